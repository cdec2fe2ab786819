// Every profile of flow features: the one list that programs, docs and tests read. A new one costs an include and an
// entry here. Each is a template argument of FlowTable:
//
//   FlowTable<CicFlow, PacketSequence> table;
//
// docs/flow_features.md has the columns of each.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/features/argus.hpp>
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

namespace weir::inline WEIR_ABI {

template <class... Profiles>
struct ProfileList {};

/// In the order in which they are tried where none is named. Columns that stand beside a profile's (packet
/// sequences, bytes, header bits) are none.
using AllProfiles =
    ProfileList<CoreFlow, CicFlow, CicCompatFlow, NfstreamFlow, CesnetFlow, NetflowFlow, ZeekFlow, ArgusFlow>;

}  // namespace weir::inline WEIR_ABI
