// A filter in libpcap's language for frames of any link types: compiled once for each of them. libpcap has no
// filters, or not all of them, for some links; frames of such a link do not pass.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/traffic/capture/captured_frame.hpp>
#include <weir/traffic/capture/left_out.hpp>
#include <weir/traffic/parse/link.hpp>

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cstddef>
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
  enum class Verdict { passes, stays, impossible };

  FrameFilter() = default;
  explicit FrameFilter(std::string text) : text_(std::move(text)) {}

  /// Whether the text makes sense at all, before there is a frame: for this link type, or for one that the
  /// language speaks most of.
  [[nodiscard]] Status check(int link_type) const {
    if (text_.empty()) return std::monostate{};
    std::string first;
    for (const int type :
         {link_type, link_type::ethernet, link_type::wifi, link_type::raw, link_type::null}) {
      std::string why;
      if (compile(type, why)) return std::monostate{};
      if (type == link_type::ethernet || first.empty()) first = why;
    }
    return Failure{ErrorKind::config, "filter \"" + text_ + "\": " + first};
  }
  /// Whether it can be used for frames of this link type.
  [[nodiscard]] Status check_for(int link_type) const {
    std::string why;
    if (text_.empty() || compile(link_type, why)) return std::monostate{};
    if (Status status = check(link_type); !status) return status;
    return Failure{ErrorKind::config,
                   "filter \"" + text_ + "\": not possible for " + link_type_text(link_type) + ": " + why};
  }

  [[nodiscard]] Verdict judge(const CapturedFrame& frame) {
    if (text_.empty()) return Verdict::passes;
    const Compiled& compiled = get(frame.link_type);
    if (!compiled.program) return Verdict::impossible;
    pcap_pkthdr header{};
    header.caplen = static_cast<bpf_u_int32>(frame.bytes.size());
    header.len = frame.wire_length;
    const bool passes = pcap_offline_filter(compiled.program.get(), &header,
                                            reinterpret_cast<const u_char*>(frame.bytes.data())) != 0;
    return passes ? Verdict::passes : Verdict::stays;
  }
  /// Why the last frame could not be judged: "has no such filter (...)".
  [[nodiscard]] std::string why_impossible(int link_type) {
    return "has no such filter (" + get(link_type).why + ")";
  }

 private:
  static constexpr std::size_t most_programs = 64;

  struct Free {
    void operator()(bpf_program* program) const noexcept {
      pcap_freecode(program);
      delete program;
    }
  };
  using Program = std::unique_ptr<bpf_program, Free>;
  struct Compiled {
    int link_type = 0;
    Program program{};  // null: there is none, and `why`
    std::string why{};
  };

  [[nodiscard]] Program compile(int link_type, std::string& why) const {
    // libpcap's own numbers of these links are not those in files.
    const int type = link_type == link_type::raw_file       ? link_type::raw
                     : link_type == link_type::atm_llc_file ? link_type::atm_llc
                                                            : link_type;
    const PcapHandle handle(pcap_open_dead(type, 262'144));
    auto program = std::make_unique<bpf_program>();
    if (handle && pcap_compile(handle.get(), program.get(), text_.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0) {
      return Program(program.release());
    }
    why = handle ? pcap_geterr(handle.get()) : "out of memory";
    return nullptr;
  }

  [[nodiscard]] const Compiled& get(int link_type) {
    const auto found = std::find_if(programs_.begin(), programs_.end(),
                                    [&](const Compiled& c) { return c.link_type == link_type; });
    if (found != programs_.end()) return *found;
    if (programs_.size() >= most_programs) return too_many_;
    Compiled added{link_type};
    added.program = compile(link_type, added.why);
    return programs_.emplace_back(std::move(added));
  }

  std::string text_;
  std::vector<Compiled> programs_;
  Compiled too_many_{-1, nullptr, "too many link types"};
};

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
