// From an experiment's capture and its description to a detector that was judged honestly.
//
//   13_label_and_train [CAPTURE RULES] [--seeds N] [-o MODEL]
//
// RULES label the flows by time, addresses and ports (docs/flow_features.md). The same flows are divided in
// four ways; the last one, by host and time, is the nearest to what a detector meets. Without arguments the
// experiment is made up.
#include "../flow_classifier.hpp"
#include "../labelled_flows.hpp"
#include "../mean_and_deviation.hpp"
#include "../synthetic_capture.hpp"

#include <weir/core/rng.hpp>
#include <weir/io/save.hpp>
#include <weir/traffic/flow/label_rules.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace {

struct Arguments {
  std::string capture{}, rules{}, model{};
  std::uint64_t seeds = 1;
};

[[nodiscard]] Arguments parse(int argc, char** argv) {
  Arguments a;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--seeds" && i + 1 < argc) {
      a.seeds = std::max<std::uint64_t>(std::strtoull(argv[++i], nullptr, 10), 1);
    } else if (argument == "-o" && i + 1 < argc) {
      a.model = argv[++i];
    } else {
      (a.capture.empty() ? a.capture : a.rules) = argument;
    }
  }
  return a;
}

[[nodiscard]] weir::FlowLabelRules read_rules(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return weir::FlowLabelRules::try_parse(std::string(std::istreambuf_iterator<char>(in), {})).value();
}

/// Ordinary or attack, whatever the attack is called. What no rule fits is left out.
[[nodiscard]] weir::Table labelled(const std::string& capture, const weir::FlowLabelRules& rules) {
  weir::FlowOptions options;
  options.features.packets = 8;
  LabelledFlows<weir::CicFlow, weir::PacketSequence> flows(options);
  const auto label = [&](const weir::FlowBase& flow) -> std::string {
    const std::string_view name = rules.label(flow);
    return name.empty() || name == "benign" ? std::string(name) : std::string("attack");
  };
  if (!flows.add(capture, capture, label)) weir::fail(weir::ErrorKind::io, "cannot read " + capture);
  return flows.table();
}

/// Whether a row is held out, or neither learned from nor judged.
enum class Part { training, held_out, neither };
using Rule = std::function<Part(std::size_t row)>;

[[nodiscard]] weir::Split divide(const weir::Table& flows, const Rule& rule) {
  std::vector<std::size_t> rows;
  std::vector<bool> held_out;
  for (std::size_t row = 0; row < flows.rows(); ++row) {
    const Part part = rule(row);
    if (part == Part::neither) continue;
    rows.push_back(row);
    held_out.push_back(part == Part::held_out);
  }
  return weir::split_by_mask(flows.take(rows), held_out);
}

/// The ways to hold out a third: by chance, by time, by client, by client and time. The last one judges new
/// hosts at a new time, and drops what would mix them.
[[nodiscard]] std::vector<std::pair<const char*, Rule>> ways(const weir::Table& flows, std::uint64_t seed) {
  const std::span<const double> start = flows.numbers("start_s");
  std::vector<double> times(start.begin(), start.end());
  const auto cut = times.begin() + static_cast<std::ptrdiff_t>(times.size() * 2 / 3);
  std::nth_element(times.begin(), cut, times.end());
  const double noon = *cut;
  const auto late = [start, noon](std::size_t row) { return start[row] >= noon; };
  const auto chosen = [seed](std::uint64_t number, std::uint64_t stream) {
    return weir::RngKey{seed}.fork(stream).fork(number).value % 3 == 0;
  };
  const std::span<const std::uint32_t> clients = flows.codes("client");
  const auto other = [clients, chosen](std::size_t row) { return chosen(clients[row], 2); };
  const auto held = [](bool out) { return out ? Part::held_out : Part::training; };
  return {{"at random", [=](std::size_t row) { return held(chosen(row, 1)); }},
          {"by time", [=](std::size_t row) { return held(late(row)); }},
          {"by host", [=](std::size_t row) { return held(other(row)); }},
          {"by host and time",
           [=](std::size_t row) { return late(row) == other(row) ? held(late(row)) : Part::neither; }}};
}

struct Measures {
  std::vector<double> accuracy{}, macro_f1{}, recall{}, false_alarms{};
  void add(const weir::ConfusionMatrix& counts) {
    accuracy.push_back(counts.accuracy());
    macro_f1.push_back(counts.f1(weir::ConfusionMatrix::Average::macro));
    recall.push_back(counts.recall(1));
    false_alarms.push_back(counts.false_positive_rate(1));
  }
};

void run(const weir::Table& flows, const Arguments& a) {
  const std::vector<std::string> classes = classes_of(flows, "benign");
  if (classes.size() != 2)
    weir::fail(weir::ErrorKind::data, "the rules must label ordinary flows and attacks");
  std::printf("%zu flows with a label\n", flows.rows());
  std::printf("  %-18s %-16s %-16s %-16s %s\n", "held out", "accuracy %", "macro F1 %", "attacks found %",
              "false alarms %");
  const std::size_t count = ways(flows, 0).size();
  std::vector<double> macro_f1;
  for (std::size_t way = 0; way < count; ++way) {
    Measures measures;
    const char* name = "";
    for (std::uint64_t seed = 0; seed < a.seeds; ++seed) {
      const auto [title, rule] = ways(flows, seed)[way];
      name = title;
      const weir::Split parts = divide(flows, rule);
      const FlowClassifier judge = learn(parts.training, classes, seed);
      weir::ConfusionMatrix counts(2);
      judge_rows(judge, parts.held_out, counts);
      measures.add(counts);
      if (way + 1 == count && seed == 0 && !a.model.empty()) weir::save(a.model, judge);
    }
    std::printf("  %-18s %-16s %-16s %-16s %s\n", name, mean_and_deviation(measures.accuracy).c_str(),
                mean_and_deviation(measures.macro_f1).c_str(), mean_and_deviation(measures.recall).c_str(),
                mean_and_deviation(measures.false_alarms).c_str());
    double sum = 0.0;
    for (const double value : measures.macro_f1) sum += value;
    macro_f1.push_back(sum);
  }
  std::printf("%s\n", macro_f1.front() > macro_f1.back() ? "rows drawn at random flatter" : "all ways agree");
  if (!a.model.empty()) std::printf("saved %s\n", a.model.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Arguments a = parse(argc, argv);
    if (a.capture.empty()) {
      const SyntheticCapture experiment({.connections = 6'000, .seed = 21, .attack_share = 0.2});
      run(labelled(experiment.path(), experiment.rules()), a);
    } else {
      run(labelled(a.capture, read_rules(a.rules)), a);
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "13_label_and_train: %s\n", error.what());
    return 2;
  }
}
