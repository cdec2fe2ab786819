// Where `flows` and `watch` take packets from. main.cpp fills it from the command line.
#pragma once

#include <weir/core/option_bounds.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace cli {

struct SourceOptions {
  std::vector<std::string> captures{};  ///< files, folders of them, patterns
  std::string interface {};             ///< in their place
  std::string filter{};
  double seconds = 0;       ///< of listening; 0: to the end
  std::uint64_t count = 0;  ///< packets; 0: to the end

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit.group("Packets");
    visit("interface", o.interface, weir::AnyText{"if"}, "listen, until Ctrl-C or as long as is said");
    visit("seconds", o.seconds, weir::RealRange{0, 1e9, "s"}, "end listening after N seconds");
    visit("count", o.count, weir::ZeroOr{1, 1'000'000'000'000}, "end after N packets");
    visit("filter", o.filter, weir::AnyText{"bpf"}, "only packets that fit, in libpcap's language");
  }
};

}  // namespace cli
