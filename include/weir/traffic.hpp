// From packets to flow records, and the traffic generator. Needs neither Eigen nor xsimd.
#pragma once

#include <weir/traffic/synth.hpp>
