// weir: trains models on tables of network traffic, measures them, and lets them judge new records.
//
// Ends with 0; by a signal if there was one; with 2 and one line on standard error when the input or the
// command line is at fault; with 1 when something else is. CLI11 is included here only, because it is slow to
// compile.
#include "anonymise.hpp"
#include "commands.hpp"
#include "completion.hpp"
#include "describe.hpp"
#include "flows.hpp"
#include "interruption.hpp"
#include "manual.hpp"
#include "report.hpp"
#include "training_choices.hpp"
#include "watch.hpp"

#include <weir/core/error.hpp>
#include <weir/core/near_names.hpp>
#include <weir/data/table_formats.hpp>
#include <weir/traffic/features/profiles.hpp>
#include <weir/traffic/flow/feature_mask.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

using CLI::App;

constexpr int ended_well = 0;
constexpr int other_fault = 1;
constexpr int users_fault = 2;

/// One line, whatever a file put into the message.
int complain(std::string text, int code) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; },
      ' ');
  std::fprintf(stderr, "weir: %s\n", text.c_str());
  return code;
}

/// A number between two bounds; NaN is not.
[[nodiscard]] CLI::Validator between(double low, double high, const std::string& name) {
  return {[=](std::string& text) {
            double value = 0.0;
            const bool number = CLI::detail::lexical_cast(text, value);
            return number && value >= low && value <= high
                       ? std::string()
                       : "'" + text + "' is not a number from " + CLI::detail::to_string(low) + " to " +
                             CLI::detail::to_string(high);
          },
          name};
}
/// One of these words; a misspelt one is told its neighbours.
[[nodiscard]] CLI::Validator one_of(std::vector<std::string> names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : "|") + name;
  return {[=](std::string& text) {
            return std::find(names.begin(), names.end(), text) != names.end()
                       ? std::string()
                       : "'" + text + "' is not one of " + list + weir::did_you_mean(text, names);
          },
          list};
}
/// One of these kinds, alone or with options as in sgd:momentum=0.5, of which `complaint` says what is wrong.
[[nodiscard]] CLI::Validator kind_of(const std::vector<std::string>& kinds,
                                     std::string (*complaint)(const std::string&)) {
  const CLI::Validator known = one_of(kinds);
  return {[=](std::string& text) {
            std::string kind = text.substr(0, text.find(':'));
            const std::string unknown = known(kind);
            return unknown.empty() ? complaint(text) : unknown;
          },
          known.get_description()};
}
/// CLI11 itself would take -1 for the largest number that there is.
[[nodiscard]] CLI::Validator whole_number() {
  return {[](std::string& text) {
            return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos
                       ? std::string()
                       : "'" + text + "' is not a whole number from 0 up";
          },
          "N"};
}
[[nodiscard]] CLI::Validator count_from(double low) { return between(low, 1e9, "N"); }

/// An empty text, such as that of a shell variable that is not set, is no choice.
[[nodiscard]] CLI::Validator not_empty() {
  return {[](std::string& text) { return text.empty() ? std::string("nothing is given") : std::string(); },
          ""};
}

/// "a,b" into a list; the option may also be repeated.
CLI::Option* add_list(App& app, const char* name, std::vector<std::string>& list, const std::string& help) {
  return app
      .add_option_function<std::vector<std::string>>(
          name,
          [&list](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              for (std::string& part : CLI::detail::split(text, ',')) {
                if (!part.empty()) list.push_back(std::move(part));
              }
            }
          },
          help)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(not_empty())
      ->type_name("A,B");
}

/// One of an enumeration's names, or of these words, which stand for its values from the `first` on.
template <class Enum, class Value>
CLI::Option* add_choice(App& app, const char* name, Value& value, const std::string& help,
                        std::vector<std::string> words = {}, std::size_t first = 0) {
  const auto names = names_of(Enum{});
  if (words.empty()) words.assign(names.begin(), names.end());
  return app
      .add_option_function<std::string>(
          name,
          [&value, words, first](const std::string& word) {
            const auto at =
                static_cast<std::size_t>(std::find(words.begin(), words.end(), word) - words.begin());
            value = static_cast<Enum>(first + at);
          },
          help)
      ->check(one_of(words));
}

void add_input(App& app, weir::TableOptions& input) {
  app.add_option("--format", input.format, "layout of the table; idx: images")
      ->check(one_of(weir::table_format_names()));
  app.add_option("--separator", input.separator, "between fields of CSV: one character, or 'tab'")
      ->check(not_empty())
      ->type_name("C");
  app.add_flag("--no-header", input.no_header, "CSV without a header line: the first line is a row");
  add_list(app, "--columns", input.columns, "with --no-header, the names of the columns; else c1, c2, ...");
  app.add_flag("--skip-bad-rows", input.skip_bad_rows, "leave out rows that cannot be read, and count them");
  const char* group = "Numbers and texts of the table";
  add_list(app, "--missing-values", input.missing_values, "more words that stand for a missing value")
      ->group(group);
  add_list(app, "--not-missing", input.not_missing, "words that are texts, such as None or NA")->group(group);
  app.add_flag("--decimal-comma", input.decimal_comma, "numbers such as 3,14")->group(group);
  app.add_option("--thousands", input.thousands, "sign between groups of three digits, such as , in 12,000")
      ->check(not_empty())
      ->type_name("C")
      ->group(group);
  add_choice<weir::TextEncoding>(app, "--encoding", input.encoding, "of texts [by the bytes]",
                                 {"utf-8", "windows-1252", "utf-16"}, 1)
      ->group(group);
}

void add_labels(App& app, weir::TableOptions& input) {
  app.add_option("--labels", input.labels, "idx: the file of labels")->type_name("FILE");
}

void add_threshold(App& app, std::optional<double>& threshold) {
  app.add_option("--threshold", threshold, "another score from which a row raises an alarm")
      ->check(between(-1e300, 1e300, "X"));
}

void add_train(App& app, cli::TrainOptions& o) {
  weir::SampleOptions& samples = o.samples;
  weir::LearnOptions& learning = o.learning;
  app.add_option("TRAIN", o.table, "table to learn from; - is standard input; may be gzip")->required();
  app.add_option("--model", o.model, "file to write the model to")->required()->type_name("FILE");
  add_input(app, o.input);
  add_labels(app, o.input);

  app.add_option("--label", samples.label, "column to learn")->type_name("COLUMN")->group("What to learn");
  add_choice<weir::Task>(app, "--task", samples.task,
                         "classes, deviation from ordinary traffic, or a number [classify]")
      ->group("What to learn");
  add_list(app, "--benign", samples.benign, "labels of ordinary traffic; all others are attacks")
      ->group("What to learn");
  add_list(app, "--positive", samples.positive, "labels of the positive class; all others are negative")
      ->group("What to learn");
  app.add_option("--classes", o.classes, "NSL-KDD: the five classes of its attack types")
      ->check(one_of({"5"}))
      ->group("What to learn");
  add_list(app, "--drop", samples.drop, "columns to leave out")->group("What to learn");
  add_list(app, "--categorical", samples.categorical, "columns whose numbers are names, such as ports")
      ->group("What to learn");
  app.add_flag("--keep-identities", samples.keep_identities,
               "learn also from hosts, client ports and times in a table of weir flows")
      ->group("What to learn");
  app.add_option("--test", o.test, "table to be judged by after training")->type_name("TEST");
  app.add_option("--test-labels", o.test_labels, "idx: the labels of TEST")->type_name("FILE");
  app.add_option("--validation", samples.validation, "share of the rows held back from training [0.1]")
      ->check(between(0.0, 0.9, "SHARE"));
  app.add_option("--alarm-rate", learning.alarm_rate,
                 "share of ordinary rows that may raise an alarm; sets the threshold [anomaly: 0.05]")
      ->check(between(1e-7, 0.5, "SHARE"));

  add_choice<weir::Scaling>(app, "--scaling", samples.scaling,
                            "of numbers [log_standard; anomaly: log_min_max]")
      ->group("Preparation");
  add_choice<weir::OnMissing>(app, "--missing", samples.missing,
                              "values that are missing or not finite [impute]", {"impute", "skip", "error"})
      ->group("Preparation");

  const char* series = "Series";
  app.add_option("--sequence", o.sequence, "columns are steps of channels: a row is a sequence, such as 30x3")
      ->type_name("LENGTHxCHANNELS")
      ->group(series);
  app.add_option("--window", samples.window, "rows are steps of one series: forecast COLUMN from the last N")
      ->check(count_from(1))
      ->group(series);
  app.add_option("--horizon", samples.horizon, "steps ahead that are forecast [1]")
      ->check(count_from(1))
      ->group(series);

  const char* net = "Net and training";
  app.add_option("--layers", learning.layers,
                 "hidden layers, such as dense:64,relu,dropout:0.2, or @FILE; the last is added")
      ->type_name("LAYERS")
      ->group(net);
  app.add_flag("--quick", learning.quick, "a small net and 20 epochs, instead of what suits the rows")
      ->group(net);
  app.add_option("--loss", learning.loss, "for " + cli::losses_by_task() + " [by task and classes]")
      ->check(kind_of(cli::loss_kinds(), cli::loss_complaint))
      ->group(net);
  app.add_option("--optimizer", learning.optimizer,
                 "alone or with options, such as sgd:momentum=0.5 [adamw; quick: adam]")
      ->check(kind_of(cli::optimizer_kinds(), cli::optimizer_complaint))
      ->group(net);
  app.add_option("--lr", learning.learning_rate,
                 "learning rate [0.002; own layers, quick: 0.001; anomaly: 0.003; sgd: 0.05]")
      ->check(between(1e-12, 1e3, "X"))
      ->group(net);
  app.add_option("--schedule", learning.schedule, "of the learning rate [cosine]")
      ->check(one_of({"constant", "cosine", "step"}))
      ->group(net);
  app.add_option("--epochs", learning.epochs, "[by rows and net, 10 to 400]")
      ->check(count_from(1))
      ->group(net);
  app.add_option("--batch-size", learning.batch_size, "[by rows, 32 to 128]")
      ->check(count_from(1))
      ->group(net);
  app.add_option("--patience", learning.patience,
                 "stop after so many epochs without a lower loss; 0 never [a third of epochs]")
      ->check(count_from(0))
      ->group(net);
  app.add_option("--momentum", learning.momentum, "of an optimizer that has one [sgd: 0.9]")
      ->check(between(0.0, 0.9999, "X"))
      ->group(net);
  app.add_option("--weight-decay", learning.weight_decay, "[0.01; quick, own optimizer: 0]")
      ->check(between(0.0, 10.0, "X"))
      ->group(net);
  app.add_option("--clip-norm", learning.clip_norm, "largest norm of the gradient; 0: any [0]")
      ->check(between(0.0, 1e9, "X"))
      ->group(net);
  app.add_option("--label-smoothing", learning.label_smoothing, "[0]")
      ->check(between(0.0, 0.5, "X"))
      ->group(net);
  add_choice<weir::ClassWeights>(app, "--class-weights", learning.class_weights,
                                 "balanced: rare classes weigh more [none]")
      ->group(net);
  app.add_option("--seed", learning.seed, "of everything random [0]")->check(whole_number())->group(net);
  app.add_option("--threads", learning.threads, "the result is the same for any number [1]")
      ->check(between(1, 256, "N"))
      ->group(net);
  app.add_option("--log", o.log, "CSV file with a line an epoch")->type_name("FILE");
  app.add_flag("--json", o.output.json, "print one JSON object");
  app.add_flag("--quiet", o.output.quiet, "print nothing");
}

void add_model_memory(App& app, std::uint64_t& bytes) {
  app.add_option("--model-memory", bytes,
                 "that MODEL may ask for, as 512M or 2G [4 times its size and 1 MiB]")
      ->transform(CLI::AsSizeValue(false))
      ->transform(CLI::Validator(
          [](const std::string& text) {
            return text.starts_with('-') ? "'" + text + "' is no size" : std::string();
          },
          ""))
      ->type_name("SIZE");
}

void add_evaluate(App& app, cli::EvaluateOptions& o) {
  app.add_option("MODEL", o.model, "file written by train")->required();
  app.add_option("TEST", o.table, "labelled table; - is standard input; may be gzip")->required();
  add_input(app, o.input);
  add_labels(app, o.input);
  add_threshold(app, o.threshold);
  app.add_flag("--ignore-unknown", o.ignore_unknown, "leave out rows whose label is no class of the model");
  add_model_memory(app, o.model_memory);
  app.add_flag("--json", o.output.json, "print one JSON object");
}

void add_predict(App& app, cli::PredictOptions& o) {
  app.add_option("MODEL", o.model, "file written by train")->required();
  app.add_option("INPUT", o.table, "table, with or without label; - is standard input; may be gzip")
      ->required();
  add_input(app, o.input);
  add_threshold(app, o.threshold);
  app.add_option("-o,--out", o.out, "file to write to instead of standard output")->type_name("FILE");
  app.add_flag("--alerts", o.alerts_only, "only rows that raise an alarm");
  add_model_memory(app, o.model_memory);
  app.add_flag("--json", o.json, "one JSON object a row instead of CSV");
}

void add_inspect(App& app, cli::InspectOptions& o) {
  app.add_option("MODEL", o.model, "file written by train")->required();
  add_model_memory(app, o.model_memory);
  app.add_flag("--json", o.json, "print one JSON object");
}

void add_synth(App& app, cli::SynthOptions& o) {
  app.add_option("--connections", o.connections, "[10000]")->check(between(1, 1e9, "N"));
  app.add_option("--seed", o.seed, "another seed is another site [1]")->check(whole_number());
  app.add_option("--attack-share", o.attack_share, "of the connections [0.12]")
      ->check(between(0.0, 0.5, "SHARE"));
  app.add_option("--ipv6", o.ipv6_share, "share of the pairs of hosts that speak IPv6 [0]")
      ->check(between(0.0, 1.0, "SHARE"));
  CLI::Option* table =
      app.add_option("-o,--out", o.out, "CSV file to write; - is standard output [-]")->type_name("FILE");
  CLI::Option* pcap = app.add_option("--pcap", o.pcap, "write packets instead: a capture for weir flows")
                          ->type_name("FILE")
                          ->excludes(table);
  app.add_option("--labels", o.labels, "rules for the flows of the capture")->type_name("FILE")->needs(pcap);
  app.add_flag("--kinds", o.kinds, "rules name the application of each flow")->needs(pcap);
  app.add_option("--snap", o.snap, "bytes of a frame to keep [65535]")
      ->check(between(14, 65'535, "N"))
      ->needs(pcap);
  app.add_flag("--json", o.output.json, "print one JSON object");
  app.add_flag("--quiet", o.output.quiet, "print nothing");
}

[[nodiscard]] std::string mask_help() {
  std::string text = "left out of payload and headers: ";
  for (const auto& member : weir::FeatureMask::members()) text.append(member.name).append(", ");
  return text + "all";
}

/// How flows are metered; `of_flows` places each option.
template <class Place>
void add_meter(App& app, cli::MeterOptions& o, Place&& of_flows) {
  of_flows(app.add_option("--idle", o.idle, "seconds without a packet that end a flow [120]")
               ->check(between(0.001, 1e9, "S")));
  of_flows(app.add_option("--active", o.active, "seconds after which a flow is cut [1800]")
               ->check(between(0.001, 1e9, "S")));
  of_flows(app.add_option(
                  "--max-flows", o.max_flows,
                  "open at a time; sets the memory: a million take 0.4 GB, in cic 0.9, nfstream 1.2, cesnet "
                  "2.1 [1000000]")
               ->check(between(1, 1e9, "N")));
  of_flows(
      add_list(app, "--apart", o.apart,
               "what keeps flows of equal addresses and ports apart: vlan, tunnel, outer, none [vlan,tunnel]")
          ->type_name("WHAT"));
  of_flows(add_list(app, "--mask", o.mask, mask_help())->type_name("WHAT"));
}

[[nodiscard]] CLI::Validator profile_name() {
  return one_of({weir::profile_names.begin(), weir::profile_names.end()});
}

void add_flows(App& app, cli::FlowsOptions& o) {
  app.add_option("CAPTURE", o.captures, "pcap or pcapng files, may be gzip; merged in the order of time")
      ->required();
  app.add_option("-o,--out", o.out, "file to write to; - is standard output [-]")->type_name("FILE");
  app.add_option("--profile", o.meter.profile, "columns [core]")->check(profile_name());
  add_meter(app, o.meter, [](CLI::Option*) {});
  app.add_option("--packets", o.meter.packets, "columns for the first N packets [nfstream, cesnet: 30]")
      ->check(between(1, 10'000, "N"));
  app.add_option("--payload", o.meter.payload, "columns for the first N payload bytes")
      ->check(between(1, 65'536, "N"));
  app.add_option("--header-bits", o.meter.header_bits,
                 "columns for each bit of the headers of N packets (nPrint)")
      ->check(between(1, 1'000, "N"));
  app.add_option("--early", o.meter.early, "columns as they were after N packets")
      ->check(between(1, 1e9, "N"));
  app.add_option("--threads", o.threads, "the result is the same for any number [1]")
      ->check(between(1, 256, "N"));
  app.add_option("--filter", o.filter, "only packets that fit, in libpcap's language")->type_name("BPF");
  app.add_option("--labels", o.labels, "file of label rules; adds a column")->type_name("RULES");
  app.add_option("--anonymise", o.anonymise, "file of a key: hides addresses (Crypto-PAn)")
      ->type_name("KEYFILE");
  add_list(app, "--keep", o.keep, "beside hidden addresses: timestamps, ip_id, payload")
      ->needs("--anonymise");
  app.add_flag("--inner", o.meter.inner, "flows inside tunnels instead of the tunnels");
  app.add_flag("--json", o.json, "one JSON object a flow instead of CSV");
  app.add_flag("--quiet", o.quiet, "no progress, no summary");
}

void add_watch(App& app, cli::WatchOptions& o) {
  CLI::Option* model = app.add_option("MODEL", o.model, "file written by train, of the columns of flows");
  CLI::Option* kitsune =
      app.add_flag("--kitsune", o.kitsune, "judge packets by what is learned from them, without a model")
          ->excludes(model);
  const char* source = "Packets";
  CLI::Option* read =
      app.add_option("--read", o.captures, "pcap or pcapng files, may be gzip; merged in the order of time")
          ->type_name("CAPTURE")
          ->group(source);
  app.add_option("--interface", o.interface, "until Ctrl-C")->type_name("IF")->excludes(read)->group(source);
  app.add_option("--filter", o.filter, "only packets that fit, in libpcap's language")
      ->type_name("BPF")
      ->group(source);
  app.add_flag("--inner", o.meter.inner, "look into tunnels")->group(source);
  app.add_option("-o,--out", o.out, "file for the alarms; - is standard output [-]")->type_name("FILE");
  add_threshold(app, o.threshold);
  add_model_memory(app, o.model_memory);
  app.add_flag("--quiet", o.quiet, "no summary");

  const auto of_flows = [&](CLI::Option* option) { option->needs(model)->group("Flows, for a MODEL"); };
  of_flows(app.add_option("--profile", o.meter.profile, "columns [the first that has the model's]")
               ->check(profile_name()));
  add_meter(app, o.meter, of_flows);
  of_flows(app.add_option("--packets", o.meter.packets, "nfstream, cesnet: as in flows [30]")
               ->check(between(1, 10'000, "N")));
  of_flows(app.add_option("--early", o.meter.early, "judge a flow also after N packets")
               ->check(between(1, 1e9, "N")));
  of_flows(app.add_option("--drift", o.drift, "tell when N flows differ from the training")
               ->check(between(10, 1e9, "N")));

  const auto of_kitsune = [&](CLI::Option* option) { option->needs(kitsune)->group("Kitsune"); };
  of_kitsune(app.add_option("--features", o.features, "of a packet [100]")->check(one_of({"100", "115"})));
  of_kitsune(app.add_option("--map", o.map, "packets that tell which features belong together [5000]")
                 ->check(between(1, 1e8, "N")));
  of_kitsune(app.add_option("--train", o.train, "packets to learn from, after those [50000]")
                 ->check(between(1, 1e12, "N")));
  of_kitsune(app.add_option("--calibrate", o.calibrate, "packets that set the threshold, then [10000]")
                 ->check(between(1, 1e8, "N")));
  of_kitsune(app.add_option("--alarm-rate", o.alarm_rate, "share of ordinary packets that may alarm [0.0001]")
                 ->check(between(1e-7, 0.5, "SHARE")));
  of_kitsune(app.add_flag("--hold", o.hold, "keep the threshold where calibration set it"));
  of_kitsune(app.add_option("--state", o.state, "resume from this file if it is there; save to it at the end")
                 ->type_name("FILE"));
}

void add_anonymise(App& app, cli::AnonymiseOptions& o) {
  app.add_option("IN", o.in, "pcap or pcapng file; - is standard input; may be gzip")->required();
  app.add_option("OUT", o.out, "pcap file to write")->required();
  app.add_option("--key", o.key, "file with 32 secret bytes, or 64 hexadecimal digits")
      ->required()
      ->type_name("FILE");
  app.add_option("--payload", o.payload, "bytes of each payload to keep [0]")->check(count_from(0));
  app.add_option("--shift", o.shift_ns, "added to each time, nanoseconds [0]")->type_name("NS");
  app.add_flag("--ports", o.ports, "hide ports from 1024 up");
  add_list(app, "--keep", o.keep, "as they are: timestamps, ip_id, flow_label");
  app.add_flag("--quiet", o.quiet, "print nothing");
}

void add_demo(App& app, cli::DemoOptions& o) {
  app.add_option("--out", o.out, "folder for its files [weir-demo]")->type_name("DIR");
  app.add_flag("--json", o.output.json, "print one JSON object");
  app.add_flag("--quiet", o.output.quiet, "print nothing");
}

/// Names of files, columns and layers are not empty; "" is what is left of a variable that was never set.
void refuse_empty(App& app) {
  for (App* command : app.get_subcommands({})) {
    for (CLI::Option* option : command->get_options()) {
      const std::string& type = option->get_type_name();
      const bool name = type == "FILE" || type == "COLUMN" || type == "LAYERS" || type == "CAPTURE" ||
                        type == "KEYFILE" || type == "RULES" || type == "TEST" || type == "DIR";
      if (!name && !option->get_positional()) continue;
      option->check(CLI::Validator(
          [](std::string& text) { return text.empty() ? std::string("the name is empty") : std::string(); },
          ""));
    }
  }
}

/// What CLI11 found wrong, with a suggestion for a misspelt name.
[[nodiscard]] std::string usage_message(const App& app, const CLI::ParseError& error) {
  const App* command = app.get_subcommands().empty() ? &app : app.get_subcommands().front();
  const std::string where = command == &app ? std::string() : command->get_name() + ": ";
  const std::vector<std::string> rest = app.remaining(true);
  const auto is = [&](CLI::ExitCodes code) { return error.get_exit_code() == static_cast<int>(code); };
  // What is missing may be what was misspelt.
  const bool misspelt =
      command != &app && is(CLI::ExitCodes::RequiredError) && !rest.empty() && rest.front().starts_with('-');
  if (!rest.empty() && (is(CLI::ExitCodes::ExtrasError) || misspelt)) {
    std::vector<std::string> known;
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
    const bool option = rest.front().rfind("-", 0) == 0;
    const std::string name = rest.front().substr(0, rest.front().find('='));
    return where + (option ? "unknown option '" + name + "'" + weir::near_names(name, known)
                           : "unexpected argument '" + name + "'");
  }
  if (command == &app && !rest.empty()) {
    std::vector<std::string> commands;
    for (const App* known : app.get_subcommands(nullptr)) commands.push_back(known->get_name());
    return "unknown command '" + rest.front() + "'" + weir::near_names(rest.front(), commands);
  }
  return where + error.what() + "; see weir " + (command == &app ? "" : command->get_name() + " ") + "--help";
}

int run(int argc, char** argv) {
  App app("Learns to judge network traffic: trains, measures and runs models on tables of flows.", "weir");
  app.set_version_flag("--version", cli::version_text());
  app.require_subcommand(1);
  app.fallthrough(false);
  cli::TrainOptions train;
  cli::EvaluateOptions evaluate;
  cli::PredictOptions predict;
  cli::InspectOptions inspect;
  cli::FlowsOptions flows;
  cli::WatchOptions watch;
  cli::AnonymiseOptions anonymise;
  cli::SynthOptions synth;
  cli::DemoOptions demo;
  demo.program = argv[0];
  add_train(*app.add_subcommand("train", "learn from a labelled table and write a model"), train);
  add_evaluate(*app.add_subcommand("evaluate", "measure a model on a labelled table"), evaluate);
  add_predict(*app.add_subcommand("predict", "judge the rows of a table"), predict);
  add_inspect(*app.add_subcommand("inspect", "show what a model reads, computes and says"), inspect);
  add_flows(*app.add_subcommand("flows", "meter the flows of captures"), flows);
  add_watch(*app.add_subcommand("watch", "judge traffic as it comes, and tell alarms"), watch);
  add_anonymise(*app.add_subcommand("anonymise", "rewrite a capture without addresses and payload"),
                anonymise);
  add_synth(*app.add_subcommand("synth", "write made-up labelled traffic"), synth);
  add_demo(*app.add_subcommand("demo", "show the whole way, on made-up traffic"), demo);
  std::string shell;
  app.add_subcommand("completion", "write what makes a shell complete commands and options")
      ->add_option("SHELL", shell, "whose script to write")
      ->required()
      ->check(one_of({"bash", "zsh", "fish"}));
  app.add_subcommand("manual", "write the manual page; weir manual | man -l -");
  refuse_empty(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {  // --help and --version
    std::ostringstream text;
    const int code = app.exit(done, text, text);
    cli::print(text.str());
    return code;
  } catch (const CLI::ParseError& error) {
    return complain(usage_message(app, error), users_fault);
  }
  const std::string command = app.get_subcommands().front()->get_name();
  if (command == "train") cli::train(train);
  if (command == "evaluate") cli::evaluate(evaluate);
  if (command == "predict") cli::predict(predict);
  if (command == "inspect") cli::inspect(inspect);
  if (command == "flows") return cli::flows(flows);
  if (command == "watch") return cli::watch(watch);
  if (command == "anonymise") return cli::anonymise(anonymise);
  if (command == "synth") cli::synth(synth);
  if (command == "demo") cli::demo(demo);
  if (command == "completion") cli::print(cli::completion(cli::describe(app), shell));
  if (command == "manual") cli::print(cli::manual(cli::describe(app)));
  return ended_well;
}

}  // namespace

int main(int argc, char** argv) {
  cli::prepare_for_signals();
  try {
    return run(argc, argv);
  } catch (const weir::Error& error) {
    return complain(error.what(), users_fault);
  } catch (const std::bad_alloc&) {
    return complain("out of memory", other_fault);
  } catch (const std::exception& error) {
    return complain(error.what(), other_fault);
  }
}
