// The probe's model: a small net over 16 numbers of a flow, trained on flows of made-up traffic.
#pragma once

#include <weir/pipeline.hpp>

#include "traffic.hpp"

#include <weir/pipeline/pipeline.hpp>
#include <weir/traffic/features/flow_features.hpp>
#include <weir/traffic/flow/flow_table.hpp>

#include <array>
#include <string>
#include <type_traits>

/// What the model sees of a flow: no address, no client port, no time of day.
[[nodiscard]] inline std::array<double, 16> numbers_of(const weir::FlowBase& f) {
  const auto number = [](auto value) { return static_cast<double>(value); };
  const auto& [fwd, bwd] = f.sides;
  return {number(f.key.protocol),
          number(f.port(1)),
          number(f.duration_ns()),
          number(fwd.packets),
          number(bwd.packets),
          number(fwd.bytes),
          number(bwd.bytes),
          number(fwd.payload_bytes),
          number(bwd.payload_bytes),
          number(fwd.first_window),
          number(bwd.first_window),
          number(f.count(weir::tcp_flag::fin)),
          number(f.count(weir::tcp_flag::syn)),
          number(f.count(weir::tcp_flag::rst)),
          number(f.count(weir::tcp_flag::psh)),
          number(fwd.packets > 0 ? fwd.payload_bytes / fwd.packets : 0)};
}

inline const auto untrained = weir::Sequential{weir::Dense{16, 32}, weir::Relu{}, weir::Dense{32, 16},
                                               weir::Relu{}, weir::Dense{16, 2}};
using Judge = weir::Pipeline<std::remove_const_t<decltype(untrained)>>;

[[nodiscard]] inline Judge learn(const Traffic& traffic) {
  weir::Schema schema;
  for (int i = 0; i < 16; ++i) schema.columns.push_back({"number_" + std::to_string(i)});
  weir::Table flows(schema);
  weir::Dataset<float> data;
  data.shape = weir::Shape{16};
  const auto keep = [&](const auto& flow) {
    flows.append_row(numbers_of(*flow), {});
    data.labels.push_back(traffic.attack[flow->id - 1] ? 1 : 0);
  };
  weir::FlowTable<weir::CoreFlow> table({.max_flows = 100'000});
  for (const weir::Packet& packet : traffic.packets) table.add(packet, keep);
  table.flush(keep);
  Judge judge{{.input = weir::Shape{16}, .labels = {.classes = {"benign", "attack"}}}, untrained};
  const weir::PreprocessOptions options{
      .numeric = {.scaling = weir::Scaling::log_standard, .drop_constant = false, .low = -10, .high = 10}};
  judge.preprocess = weir::Preprocessor::fit(weir::training_rows(weir::Table(flows)), options);
  data.x = judge.preprocess.transform(flows);
  weir::fit(judge.net, data, weir::CategoricalCrossEntropy{}, weir::Adam{.learning_rate = 0.003},
            {.epochs = 20});
  return judge;
}
