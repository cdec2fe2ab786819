// Flow records as CSV: protocol, service and conn_state, then the numbers, then the label.
//
// Numbers have up to nine digits, written by std::to_chars: no locale, the same bytes everywhere. Addresses
// and times are left out, because a model that reads them learns the hosts instead of the behaviour.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/synth/flow_row.hpp>

#include <array>
#include <charconv>
#include <ostream>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {
namespace synth {

struct CsvOptions {
  /// Also a column `kind` before the label: the true application, which a model must not see.
  bool kind = false;
};

class CsvWriter {
 public:
  explicit CsvWriter(std::ostream& out, CsvOptions options = {}) : out_(&out), options_(options) {
    line_ = "protocol,service,conn_state";
    for (const std::string_view name : ConnectionRecord::columns) cell(name);
    if (options_.kind) cell("kind");
    cell("label");
    end_line();
  }

  void operator()(const ConnectionRecord& r) {
    line_ = r.protocol_name();
    cell(r.service);
    cell(r.state_name());
    for (const double x : r.features) number(x);
    if (options_.kind) cell(name_of(r.kind));
    cell(r.label());
    end_line();
  }

 private:
  void cell(std::string_view text) { (line_ += ',') += text; }

  void number(double x) {
    std::array<char, 32> text;
    const auto [end, error] =
        std::to_chars(text.data(), text.data() + text.size(), x, std::chars_format::general, 9);
    static_cast<void>(error);  // nine digits, a sign and an exponent always fit
    cell({text.data(), static_cast<std::size_t>(end - text.data())});
  }

  void end_line() {
    line_ += '\n';
    out_->write(line_.data(), static_cast<std::streamsize>(line_.size()));
  }

  std::ostream* out_;
  CsvOptions options_;
  std::string line_;
};

}  // namespace synth
}  // namespace weir::inline WEIR_ABI
