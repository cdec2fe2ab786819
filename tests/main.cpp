// The main function of every test program that has none of its own.
// The first macro follows from the second, but not when the precompiled header has read doctest.h already.
#define DOCTEST_CONFIG_IMPLEMENT
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
