// From packets to flow records, and the traffic generator. Needs no xsimd. Optional parts,
// which need libraries of their own: weir/traffic/capture.hpp, weir/traffic/anonymise.hpp.
#pragma once

#include <weir/traffic/flow_features.hpp>
#include <weir/traffic/flow_shards.hpp>
#include <weir/traffic/flow_table.hpp>
#include <weir/traffic/label_rules.hpp>
#include <weir/traffic/packet.hpp>
#include <weir/traffic/parse.hpp>
#include <weir/traffic/parse/quoted_flow.hpp>
#include <weir/traffic/synth.hpp>
