# Among OBJECTS the one of weir.hpp alone holds no function and no table of ours: who includes a header pays for reading
# it, not for what is never called.
cmake_minimum_required(VERSION 3.25)

list(FILTER OBJECTS INCLUDE REGEX "/weir_weir_hpp\\.")
execute_process(COMMAND ${NM} --defined-only ${OBJECTS} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]* [TtWwVuBbDd] [^\n]*4weir[^\n]*" found "${symbols}")
if(found)
  list(LENGTH found count)
  list(GET found 0 first)
  message(FATAL_ERROR "including weir.hpp compiles ${count} symbols, the first of them\n${first}")
endif()
