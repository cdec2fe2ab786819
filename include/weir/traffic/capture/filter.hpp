// A filter in libpcap's language for frames of any link types: compiled once for each of them.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/traffic/capture/frame.hpp>
#include <weir/traffic/parse/link.hpp>

#include <pcap/pcap.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {
namespace detail {

struct PcapClose {
  void operator()(pcap_t* pcap) const noexcept { pcap_close(pcap); }
};
using PcapHandle = std::unique_ptr<pcap_t, PcapClose>;

class FrameFilter {
 public:
  FrameFilter() = default;
  explicit FrameFilter(std::string text) : text_(std::move(text)) {}

  /// Also tells whether the text makes sense at all, before there is a frame.
  Status compile(int link_type) {
    // libpcap's own number of raw IP is not the one in files.
    const int type = link_type == link_type::raw_file ? link_type::raw : link_type;
    const PcapHandle handle(pcap_open_dead(type, 262'144));
    if (!handle) return Failure{ErrorKind::io, "filter: out of memory"};
    auto program = std::make_unique<bpf_program>();
    if (pcap_compile(handle.get(), program.get(), text_.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
      return Failure{ErrorKind::config, "filter \"" + text_ + "\": " + pcap_geterr(handle.get())};
    }
    programs_.push_back({link_type, Program(program.release())});
    return std::monostate{};
  }

  [[nodiscard]] Result<bool> passes(const CapturedFrame& frame) {
    if (text_.empty()) return true;
    auto found = find(frame.link_type);
    if (found == programs_.end()) {
      if (Status status = compile(frame.link_type); !status) return status.error();
      found = programs_.end() - 1;
    }
    pcap_pkthdr header{};
    header.caplen = static_cast<bpf_u_int32>(frame.bytes.size());
    header.len = frame.wire_length;
    return pcap_offline_filter(found->second.get(), &header,
                               reinterpret_cast<const u_char*>(frame.bytes.data())) != 0;
  }

 private:
  struct Free {
    void operator()(bpf_program* program) const noexcept {
      pcap_freecode(program);
      delete program;
    }
  };
  using Program = std::unique_ptr<bpf_program, Free>;
  using Programs = std::vector<std::pair<int, Program>>;

  [[nodiscard]] Programs::iterator find(int link_type) {
    return std::find_if(programs_.begin(), programs_.end(),
                        [&](const auto& p) { return p.first == link_type; });
  }

  std::string text_;
  Programs programs_;
};

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
