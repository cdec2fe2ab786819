# OBJECT, of a program that trains nothing, holds no backward pass of any layer.
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND ${NM} --demangle ${OBJECT} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCH "[^\n]*forward\\([^\n]*" forward "${symbols}")
if(NOT forward)
  message(FATAL_ERROR "no layer runs in ${OBJECT}: the symbols do not tell")
endif()
string(REGEX MATCHALL "[^\n]*::(run_|step_|find_)?backward(_half)?[<(][^\n]*" found "${symbols}")
if(found)
  list(LENGTH found count)
  list(GET found 0 first)
  message(FATAL_ERROR "${count} symbols of backward passes, the first of them\n${first}")
endif()
