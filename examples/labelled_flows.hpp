// The flows of captures as a table to learn from: the numeric columns of some profiles, and behind them what
// rows are divided and judged by: `start_s` (seconds since 1970), `capture`, `client` (address) and `label`.
#pragma once

#include <weir/data/tables/table.hpp>
#include <weir/traffic/capture.hpp>
#include <weir/traffic/features/flow_features.hpp>
#include <weir/traffic/flow/flow_output.hpp>
#include <weir/traffic/flow/flow_table.hpp>
#include <weir/traffic/parse/fragments.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

template <class... Profiles>
class LabelledFlows {
 public:
  /// A flow's label; an empty one leaves it out.
  using Label = std::function<std::string(const weir::FlowBase&)>;

  explicit LabelledFlows(const weir::FlowOptions& options)
      : options_(options), table_(schema(options.features)) {}

  /// Adds the flows of a capture, as far as it can be read; says whether it could be opened.
  bool add(const std::string& path, const std::string& name, const Label& label) {
    weir::Result<weir::CaptureReader> reader = weir::CaptureReader::try_open(path);
    if (!reader) return false;
    weir::FlowTable<Profiles...> meter(options_);
    weir::FragmentTable fragments;
    const auto keep = [&](const auto& flow) { this->append(flow, name, label(*flow)); };
    const auto take = [&](const weir::Packet& packet) { meter.add(packet, keep); };
    for (weir::Packet packet; reader->next(packet);) fragments.push(packet, take);
    fragments.flush(take);
    meter.flush(keep);
    return true;
  }

  [[nodiscard]] const weir::Table& table() const noexcept { return table_; }

 private:
  static weir::Schema schema(const weir::FlowFeatureOptions& features) {
    weir::Schema schema;
    for (const weir::FlowColumn& column : weir::flow_columns<Profiles...>(features)) {
      if (column.numeric) schema.columns.push_back({column.name});
    }
    schema.columns.push_back({"start_s"});
    for (const char* text : {"capture", "client", "label"}) {
      schema.columns.push_back({text, weir::ColumnKind::categorical});
    }
    return schema;
  }

  template <class View>
  void append(const View& flow, const std::string& capture, const std::string& label) {
    if (label.empty()) return;
    const std::size_t count = table_.schema().columns.size() - 4;
    std::vector<double> numbers(count + 1);
    const auto valid = std::make_unique<bool[]>(count);
    weir::FlowNumbers out(std::span<double>(numbers).first(count), {valid.get(), count});
    flow.describe(out);
    for (std::size_t i = 0; i < count; ++i) {
      if (!valid[i]) numbers[i] = std::numeric_limits<double>::quiet_NaN();
    }
    numbers[count] = static_cast<double>(flow->start_ns) / 1e9;
    const std::string client = weir::address_text(flow->address(0), flow->key.ip_version);
    table_.append_row(numbers, std::array<std::string_view, 3>{capture, client, label});
  }

  weir::FlowOptions options_;
  weir::Table table_;
};
