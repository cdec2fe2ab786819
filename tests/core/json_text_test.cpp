// Numbers as JSON spells them; the rest is read back in io/settings_text.
#include <weir/core/json_text.hpp>

#include <doctest/doctest.h>

#include <limits>

using weir::JsonWriter;

TEST_CASE("JsonWriter: a real stays one, and what JSON cannot say is null") {
  JsonWriter out;
  out.begin('[').real(1.0).real(-0.25).real(1e300).real(std::numeric_limits<double>::quiet_NaN());
  out.real(-std::numeric_limits<double>::infinity()).real(0.0).number(1.0).end(']');
  CHECK(out.text() == "[1.0,-0.25,1e+300,null,null,0.0,1]");
}
