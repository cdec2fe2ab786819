// The commands of the program and what each is told. main.cpp fills these from the command line, of which their lists
// (weir/core/fields.hpp) say most; a command throws weir::Error or std::exception and prints its result to standard
// output.
#pragma once

#include <weir/core/option_bounds.hpp>
#include <weir/data/formats/table_options.hpp>
#include <weir/pipeline/cross_validation.hpp>
#include <weir/pipeline/learn_options.hpp>
#include <weir/pipeline/sample_options.hpp>
#include <weir/pipeline/search_options.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cli {

/// What every command may be told about its output.
struct OutputOptions {
  bool json = false;
  bool quiet = false;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("json", o.json, "print one JSON object");
    visit("quiet", o.quiet, "print nothing");
  }
};

struct TrainOptions {
  std::vector<std::string> tables{};
  std::vector<std::string> test{};
  std::string test_labels{};  ///< idx
  bool ignore_unknown = false;
  std::string model{};
  weir::TableOptions input{};
  OutputOptions output{};

  weir::SampleOptions samples{};
  weir::LearnOptions learning{};
  weir::CrossValidationOptions validation{.folds = 0};
  std::optional<int> classes{};
  std::string log{};
  std::string report{};
  bool find_lr = false;
  std::string given{};  ///< the flags that decide what is learned, as --config reads them
  std::string checkpoint{};
  double checkpoint_every = 30.0;
  std::string resume{};
  std::vector<std::string> command{};  ///< as it was given, to be told again

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("model", o.model, weir::AnyText{"file"},
          "file to write the model to; not needed to cross-validate alone");
    visit("test", o.test, "tables to be judged by after training");
    visit("test_labels", o.test_labels, weir::AnyText{"file"}, "idx: the labels of TEST");
    visit("ignore_unknown", o.ignore_unknown, "TEST: leave out rows whose label is no class of the model");
    visit("log", o.log, weir::AnyText{"file"}, "CSV file with a line an epoch");
    visit("report", o.report, weir::AnyText{"file"}, "page (HTML) with data, training, figures and pictures");
    visit("find_lr", o.find_lr, "only show the loss at growing learning rates, and the rate to take");
    visit("checkpoint", o.checkpoint, weir::AnyText{"file"},
          "file from which a training that was stopped goes on");
    visit("checkpoint_every", o.checkpoint_every, weir::RealRange{0.0, 1e6},
          "seconds after which it is written anew; 0: after each step");
    visit("resume", o.resume, weir::AnyText{"file"},
          "checkpoint to go on from, and to keep; all else is to be as before");
  }

  [[nodiscard]] bool cross_validates() const noexcept {
    return validation.folds > 0 || validation.leave_group_out || validation.repeat > 1;
  }
};

/// Looks for a net; what `train` says is kept for all that are tried.
struct SearchCommand {
  TrainOptions train{};
  weir::SearchOptions search{};
  std::string report{};

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("report", o.report, weir::AnyText{"file"}, "page (HTML) with the trials and pictures of them");
  }
};

struct EvaluateOptions {
  std::string model{};
  std::vector<std::string> tables{};
  weir::TableOptions input{};
  OutputOptions output{};
  bool ignore_unknown = false;
  std::optional<double> threshold{};
  std::uint64_t model_memory = 0;  ///< bytes that MODEL may ask for; 0: 8 times its size and 1 MiB
  std::string report{};

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("report", o.report, weir::AnyText{"file"}, "page (HTML) with figures and pictures");
  }
};

struct PredictOptions {
  std::string model{};
  std::vector<std::string> tables{};
  weir::TableOptions input{};
  std::string out = "-";
  bool json = false;  ///< one JSON object a row instead of CSV
  bool alerts_only = false;
  std::vector<std::string>
      keep{};  ///< columns to be seen beside the verdicts (weir/pipeline/kept_columns.hpp)
  std::optional<double> threshold{};
  std::uint64_t model_memory = 0;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("out", o.out, weir::AnyText{"file"}, "file to write to; - is standard output");
    visit("keep", o.keep,
          "columns to write beside the verdicts: names, patterns (id.*), identity, time, all, none",
          "of flows: identity,time");
    visit("alerts_only", o.alerts_only, "only rows that raise an alarm");
    visit("json", o.json, "one JSON object a row instead of CSV");
  }
};

struct InspectOptions {
  std::string model{};
  bool json = false;
  bool config = false;  ///< the flags it was trained with, as --config reads them
  std::uint64_t model_memory = 0;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("json", o.json, "print one JSON object");
    visit("config", o.config, "print the flags it was trained with, as weir train --config reads them");
  }
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

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("connections", o.connections, weir::count_from(1), "made up");
    visit("seed", o.seed, "another seed is another site");
    visit("attack_share", o.attack_share, weir::share_between(0.0, 0.5), "of the connections");
    visit("ipv6_share", o.ipv6_share, weir::share_between(0.0, 1.0),
          "share of the pairs of hosts that speak IPv6");
    visit("out", o.out, weir::AnyText{"file"}, "CSV file to write; - is standard output");
    visit("pcap", o.pcap, weir::AnyText{"file"}, "write packets instead: a capture for weir flows");
    visit("labels", o.labels, weir::AnyText{"file"}, "rules for the flows of the capture");
    visit("kinds", o.kinds, "rules name the application of each flow");
    visit("snap", o.snap, weir::IntegerRange{14, 65'535}, "bytes of a frame to keep");
  }
};

struct DemoOptions {
  std::string out = "weir-demo";
  std::string program{};  ///< how this program was started, to start it again
  OutputOptions output{};

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("out", o.out, weir::AnyText{"dir"}, "folder for its files");
  }
};

/// "weir 0.1.0"
[[nodiscard]] std::string version_text();

void train(const TrainOptions& options);
void search(const SearchCommand& options);
void evaluate(const EvaluateOptions& options);
void predict(const PredictOptions& options);
void inspect(const InspectOptions& options);
void synth(const SynthOptions& options);
void demo(const DemoOptions& options);

}  // namespace cli
