// All profiles of flow features. Each is a template argument of FlowTable:
//
//   FlowTable<CicFlow, PacketSequence> table;
//
// docs/flow_features.md has the columns of each.
#pragma once

#include <weir/traffic/features/cesnet.hpp>
#include <weir/traffic/features/cic.hpp>
#include <weir/traffic/features/cic_compat.hpp>
#include <weir/traffic/features/core.hpp>
#include <weir/traffic/features/early_flow.hpp>
#include <weir/traffic/features/header_bits.hpp>
#include <weir/traffic/features/netflow.hpp>
#include <weir/traffic/features/nfstream.hpp>
#include <weir/traffic/features/payload.hpp>
#include <weir/traffic/features/sequence.hpp>
#include <weir/traffic/features/tls_mask.hpp>
#include <weir/traffic/features/zeek.hpp>
#include <weir/traffic/flow/feature_mask.hpp>
