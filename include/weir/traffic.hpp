// From packets to flow records. Needs no xsimd. Made-up traffic: weir/synth.hpp. Optional parts, which need
// libraries of their own: weir/traffic/capture.hpp, weir/traffic/anonymise.hpp.
#pragma once

#include <weir/traffic/features/flow_features.hpp>
#include <weir/traffic/flow/flow_shards.hpp>
#include <weir/traffic/flow/flow_table.hpp>
#include <weir/traffic/flow/label_rules.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse.hpp>
#include <weir/traffic/parse/quoted_flow.hpp>
