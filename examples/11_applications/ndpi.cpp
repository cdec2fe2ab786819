#include "ndpi.hpp"

#include <weir/data/formats/csv.hpp>
#include <weir/data/sources/gzip.hpp>
#include <weir/traffic/flow/flow_output.hpp>

#include <set>
#include <string_view>

namespace applications {

namespace {

std::string key(std::string_view capture, std::string_view protocol, const std::string& one,
                const std::string& other) {
  std::string text(capture);
  for (const std::string_view part : {protocol, std::string_view(one), std::string_view(other)}) {
    text.append(" ").append(part);
  }
  return text;
}
std::string end(std::string_view address, std::string_view port) {
  return std::string(address).append("|").append(port);
}

}  // namespace

NdpiLabels::NdpiLabels(const std::string& path, std::size_t captures) {
  // A column whose first rows hold numbers may hold texts later, such as "<1": all rows are looked at.
  weir::CsvOptions options{
      .infer_rows = 1'000'000, .mixed = weir::MixedColumns::categorical, .open = &weir::open_any};
  for (const char* text : {"pcap", "l4", "src", "sport", "dst", "dport", "category"}) {
    options.kinds.push_back({text, weir::ColumnKind::categorical});
  }
  const weir::Table rows = weir::read_csv(path, options);
  std::map<std::string, std::set<std::string>, std::less<>> found_in;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    found_in[std::string(rows.text("category", row))].emplace(rows.text("pcap", row));
  }
  std::set<std::string> kept;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const std::string category(rows.text("category", row)), capture(rows.text("pcap", row));
    const std::string_view protocol = rows.text("l4", row);
    if (category.empty() || found_in[category].size() < captures || (protocol != "TCP" && protocol != "UDP"))
      continue;
    kept.insert(capture);
    categories_[key(capture, protocol, end(rows.text("src", row), rows.text("sport", row)),
                    end(rows.text("dst", row), rows.text("dport", row)))] = category;
  }
  captures_.assign(kept.begin(), kept.end());
}

std::string NdpiLabels::category(const std::string& capture, const weir::FlowBase& flow) const {
  const auto side = [&](unsigned i) {
    return end(weir::address_text(flow.address(i), flow.key.ip_version), std::to_string(flow.port(i)));
  };
  const std::string_view protocol = flow.tcp() ? "TCP" : "UDP";
  for (const unsigned first : {0U, 1U}) {
    const auto found = categories_.find(key(capture, protocol, side(first), side(1 - first)));
    if (found != categories_.end()) return found->second;
  }
  return "";
}

}  // namespace applications
