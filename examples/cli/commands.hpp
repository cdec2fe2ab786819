// The commands of the program and what each is told. main.cpp fills these from the command line; a command
// throws weir::Error or std::exception and prints its result to standard output.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cli {

/// How a table, or a file of images, is to be read.
struct InputOptions {
  std::string format{};     ///< "csv", "nsl-kdd", "idx"; empty: what the model was trained on, or CSV
  std::string labels{};     ///< idx: the file of labels
  std::string separator{};  ///< one character or "tab"; empty: what the model was trained on, or a comma
  bool skip_bad_rows = false;
  std::vector<std::string> missing_words{};  ///< more words that stand for a missing value
  std::vector<std::string> not_missing{};    ///< words that do not, although they usually do
  bool decimal_comma = false;                ///< false: as the model was trained, or a point
  std::string thousands{};                   ///< one character; empty: as the model was trained, or none
  std::string encoding{};                    ///< "utf-8", "windows-1252", "utf-16"; empty: by the bytes
};

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
  InputOptions input{};
  OutputOptions output{};

  std::string label{};
  std::vector<std::string> drop{};
  std::vector<std::string> categorical{};
  bool keep_identities = false;  ///< learn also from what names hosts and moments in a table of flows
  std::vector<std::string> positive{};
  std::vector<std::string> benign{};
  std::optional<int> classes{};
  std::string task = "classify";
  std::string sequence{};        ///< "30x3": a row's columns are 30 steps of 3 channels
  std::optional<long> window{};  ///< rows are steps of a series, of which a sample sees so many
  long horizon = 1;              ///< steps ahead that are forecast

  std::string scaling{};
  std::string missing = "impute";
  std::string layers{};
  bool quick = false;       ///< a small net and a short training instead of the recipe
  std::string loss{};       ///< empty: by the task
  std::string optimizer{};  ///< this and what is optional below: the recipe chooses
  std::optional<double> learning_rate{};
  std::optional<double> momentum{};
  std::optional<double> weight_decay{};
  double clip_norm = 0.0;
  double label_smoothing = 0.0;
  std::string schedule{};
  std::string class_weights = "none";
  std::optional<long> epochs{};
  std::optional<long> batch_size{};
  std::optional<long> patience{};
  double validation = 0.1;
  std::optional<double> alarm_rate{};
  std::uint64_t seed = 0;
  long threads = 1;
  std::string log{};
};

struct EvaluateOptions {
  std::string model{};
  std::string table{};
  InputOptions input{};
  OutputOptions output{};
  bool ignore_unknown = false;
  std::optional<double> threshold{};
  std::uint64_t model_memory = 0;  ///< bytes that MODEL may ask for; 0: 4 times its size and 1 MiB
};

struct PredictOptions {
  std::string model{};
  std::string table{};
  InputOptions input{};
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
