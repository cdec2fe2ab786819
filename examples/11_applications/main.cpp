// Which application is a flow of? Judged twice: on flows of captures that were also learned from, and on
// captures that were not.
//
//   11_applications [FOLDER] [--seeds N]      FOLDER holds nDPI's flows.csv.gz and pcap/
//
// Without FOLDER it takes WEIR_DATA/ndpi, and without that six made-up sites.
#include "../flow_classifier.hpp"
#include "../labelled_flows.hpp"
#include "../mean_and_deviation.hpp"
#include "../synthetic_capture.hpp"
#include "ndpi.hpp"

#include <weir/data/splits/folds.hpp>
#include <weir/data/splits/group_folds.hpp>
#include <weir/data/splits/k_fold.hpp>
#include <weir/data/splits/row_groups.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace {

using Flows = LabelledFlows<weir::CicFlow, weir::PacketSequence>;

[[nodiscard]] weir::FlowOptions options() {
  weir::FlowOptions o;
  o.max_flows = 65'536;
  o.features.packets = 12;
  return o;
}

[[nodiscard]] weir::Table ndpi_flows(const std::string& folder) {
  const applications::NdpiLabels labels(folder + "/flows.csv.gz", 10);
  Flows flows(options());
  for (const std::string& capture : labels.captures()) {
    flows.add(folder + "/pcap/" + capture, capture,
              [&](const weir::FlowBase& flow) { return labels.category(capture, flow); });
  }
  return flows.table();
}

[[nodiscard]] weir::Table made_up_flows() {
  Flows flows(options());
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const SyntheticCapture site({.connections = 500, .seed = seed}, {.kinds = true});
    flows.add(site.path(), "site " + std::to_string(seed),
              [&](const weir::FlowBase& flow) { return std::string(site.rules().label(flow)); });
  }
  return flows.table();
}

/// Every flow is judged once, by a net that has learned from the other folds.
[[nodiscard]] weir::ConfusionMatrix cross_validate(const weir::Table& flows, const weir::Folds& folds,
                                                   std::uint64_t seed) {
  const std::vector<std::string> classes = classes_of(flows);
  weir::ConfusionMatrix counts(static_cast<weir::Index>(classes.size()));
  for (std::size_t i = 0; i < folds.size(); ++i) {
    const weir::Split parts = weir::split_by_fold(flows, folds[i]);
    judge_rows(learn(parts.training, classes, seed), parts.held_out, counts);
  }
  return counts;
}

struct Measures {
  std::vector<double> accuracy{}, macro_f1{};
  void add(const weir::ConfusionMatrix& counts) {
    accuracy.push_back(counts.accuracy());
    macro_f1.push_back(counts.f1(weir::ConfusionMatrix::Average::macro));
  }
};

/// The share of the largest class: what always naming it would reach.
[[nodiscard]] double largest_class(const weir::Table& flows) {
  std::map<std::string, double, std::less<>> counts;
  for (std::size_t row = 0; row < flows.rows(); ++row) counts[std::string(flows.text("label", row))] += 1.0;
  double most = 0.0;
  for (const auto& [name, count] : counts) most = std::max(most, count);
  return most / static_cast<double>(flows.rows());
}

void report(const weir::Table& flows, std::uint64_t seeds) {
  std::printf("%zu flows, %zu applications, the largest %.1f %%\n", flows.rows(), classes_of(flows).size(),
              100 * largest_class(flows));
  Measures by_flow, by_capture;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const weir::KFoldOptions five{.folds = 5, .shuffle = true, .seed = seed};
    by_flow.add(cross_validate(flows, weir::stratified_k_fold(weir::row_groups(flows, "label"), five), seed));
    by_capture.add(cross_validate(flows, weir::group_k_fold(weir::row_groups(flows, "capture"), five), seed));
  }
  std::printf("  %-18s %-18s %s\n", "split", "accuracy %", "macro F1 %");
  for (const auto& [name, measures] :
       {std::pair{"by flow", &by_flow}, std::pair{"by capture", &by_capture}}) {
    std::printf("  %-18s %-18s %s\n", name, mean_and_deviation(measures->accuracy).c_str(),
                mean_and_deviation(measures->macro_f1).c_str());
  }
  const auto mean = [](const std::vector<double>& values) {
    double sum = 0.0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  };
  const bool flatters = mean(by_flow.macro_f1) > mean(by_capture.macro_f1);
  std::printf("%s\n", flatters ? "the split by flow flatters: its macro F1 is higher" : "both splits agree");
}

}  // namespace

int main(int argc, char** argv) {
  const char* data = std::getenv("WEIR_DATA");
  std::string folder = data == nullptr ? std::string() : std::string(data).append("/ndpi");
  std::uint64_t seeds = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--seeds" && i + 1 < argc) {
      seeds = std::max<std::uint64_t>(std::strtoull(argv[++i], nullptr, 10), 1);
    } else {
      folder = argument;
    }
  }
  try {
    const bool real = !folder.empty() && std::filesystem::exists(folder + "/flows.csv.gz");
    std::printf("%s\n",
                real ? "nDPI's test captures" : "six made-up sites (nDPI's captures: SKIPPED, not found)");
    report(real ? ndpi_flows(folder) : made_up_flows(), seeds);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "11_applications: %s\n", error.what());
    return 2;
  }
}
