// The commands of the program and what each is told. main.cpp fills these from the command line; a command
// throws weir::Error or std::exception and prints its result to standard output.
#pragma once

#include <weir/data/table_options.hpp>
#include <weir/pipeline/learn_options.hpp>
#include <weir/pipeline/sample_options.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cli {

/// What every command may be told about its output.
struct OutputOptions {
  bool json = false;
  bool quiet = false;
};

struct TrainOptions {
  std::string table{};
  std::string test{};
  std::string test_labels{};  ///< idx
  std::string model{};
  weir::TableOptions input{};
  OutputOptions output{};

  weir::SampleOptions samples{};
  weir::LearnOptions learning{};
  std::optional<int> classes{};
  std::string sequence{};  ///< "30x3": a row's columns are 30 steps of 3 channels
  std::string log{};
};

struct EvaluateOptions {
  std::string model{};
  std::string table{};
  weir::TableOptions input{};
  OutputOptions output{};
  bool ignore_unknown = false;
  std::optional<double> threshold{};
  std::uint64_t model_memory = 0;  ///< bytes that MODEL may ask for; 0: 4 times its size and 1 MiB
};

struct PredictOptions {
  std::string model{};
  std::string table{};
  weir::TableOptions input{};
  std::string out = "-";
  bool json = false;  ///< one JSON object a row instead of CSV
  bool alerts_only = false;
  std::optional<double> threshold{};
  std::uint64_t model_memory = 0;
};

struct InspectOptions {
  std::string model{};
  bool json = false;
  std::uint64_t model_memory = 0;
};

struct SynthOptions {
  std::uint64_t connections = 10'000;
  std::uint64_t seed = 1;
  double attack_share = 0.12;
  double ipv6_share = 0.0;
  std::string out = "-";
  std::string pcap{};    ///< a capture to write instead of a table
  std::string labels{};  ///< rules for its flows
  bool kinds = false;    ///< they name the application of each
  std::uint64_t snap = 65'535;
  OutputOptions output{};
};

struct DemoOptions {
  std::string out = "weir-demo";
  std::string program{};  ///< how this program was started, to start it again
  OutputOptions output{};
};

/// "weir 0.1.0"
[[nodiscard]] std::string version_text();

void train(const TrainOptions& options);
void evaluate(const EvaluateOptions& options);
void predict(const PredictOptions& options);
void inspect(const InspectOptions& options);
void synth(const SynthOptions& options);
void demo(const DemoOptions& options);

}  // namespace cli
