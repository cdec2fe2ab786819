// The main function of every test program that has none of its own.
#define DOCTEST_CONFIG_IMPLEMENT  // implied by the next, but not when the precompiled header has read doctest.h
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
