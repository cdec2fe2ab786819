// weir: trains models on tables of network traffic, measures them, and lets them judge new records.
//
// Ends with 0; by a signal if there was one; with 2 and one line on standard error when the input or the
// command line is at fault; with 1 when something else is. CLI11 is included here and in headers for here only,
// because it is slow to compile.
#include "anonymise.hpp"
#include "commands.hpp"
#include "completion.hpp"
#include "config_file.hpp"
#include "describe.hpp"
#include "flows.hpp"
#include "interruption.hpp"
#include "manual.hpp"
#include "option_checks.hpp"
#include "option_flags.hpp"
#include "report.hpp"
#include "training_choices.hpp"
#include "watch.hpp"

#include <weir/core/error.hpp>
#include <weir/core/near_names.hpp>
#include <weir/core/option_words.hpp>
#include <weir/data/formats/table_formats.hpp>
#include <weir/traffic/features/profiles.hpp>
#include <weir/traffic/flow/feature_mask.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <initializer_list>
#include <new>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using cli::add_choice;
using cli::add_flags;
using cli::add_list;
using CLI::App;
using cli::between;
using cli::kind_of;
using cli::not_empty;
using cli::one_of;

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

void add_input(App& app, weir::TableOptions& input) {
  app.add_option("--format", input.format, "layout of the table; idx: images")
      ->check(one_of(weir::table_format_names()));
  app.add_option("--separator", input.separator, "between fields of CSV: one character, or 'tab'")
      ->check(not_empty())
      ->type_name("C");
  app.add_flag("--no-header", input.no_header, "CSV without a header line: the first line is a row");
  add_list(app, "--columns", input.columns, "with --no-header, the names of the columns; else c1, c2, ...");
  app.add_flag("--common-columns", input.common_columns,
               "several tables: read the columns that all have, instead of refusing others");
  app.add_option("--source-column", input.source_column,
                 "name of the column with the file of each row [source, of several tables]");
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

/// Calls of a command, at the end of its help.
void add_examples(App& app, std::initializer_list<const char*> calls) {
  std::string text = "Examples:";
  for (const char* call : calls) text.append("\n  weir ").append(app.get_name()).append(" ").append(call);
  app.footer(text);
}

/// Where rows come from and how they become samples.
void add_learning_from(App& app, cli::TrainOptions& o) {
  app.add_option("TRAIN", o.tables,
                 "tables to learn from, or patterns of them; - is standard input; may be gzip or zstd")
      ->required();
  app.add_option("--config", "file of flags, as on the command line and as inspect --config prints them")
      ->type_name("FILE");
  add_input(app, o.input);
  add_labels(app, o.input);
  add_flags(app, o.samples, {"pixel_scale", "seed"});  // chosen by the file; one seed for all
  app.add_option("--classes", o.classes, "NSL-KDD: the five classes of its attack types")
      ->check(one_of({"5"}))
      ->group("What to learn");
}

/// Tells which layers, losses and optimizers there are.
void describe_kinds(App& app) {
  app.get_option("--layers")
      ->description(
          "hidden layers, such as dense:64,relu,dropout:0.2, or @FILE; the last is added [by the rows]");
  app.get_option("--loss")
      ->description("for " + cli::losses_by_task() + " [by task and classes]")
      ->check(kind_of(cli::loss_kinds(), cli::loss_complaint));
  app.get_option("--optimizer")->check(kind_of(cli::optimizer_kinds(), cli::optimizer_complaint));
}

void add_train(App& app, cli::TrainOptions& o) {
  add_flags(app, o);
  add_learning_from(app, o);
  add_flags(app, o.validation);
  add_flags(app, o.learning);
  describe_kinds(app);
  add_flags(app, o.output);
  const auto excludes = [&app](const char* flag, std::initializer_list<const char*> others) {
    for (const char* other : others) app.get_option(flag)->excludes(app.get_option(other));
  };
  excludes("--folds", {"--leave-group-out"});
  excludes("--find-lr", {"--model", "--test", "--log", "--report", "--checkpoint", "--resume", "--folds",
                         "--leave-group-out", "--repeat"});
  for (const char* of_test : {"--test-labels", "--ignore-unknown"})
    app.get_option(of_test)->needs(app.get_option("--test"));
  add_examples(
      app, {"flows.csv --label label --model ids.weir",
            "flows.csv --label label --task anomaly --benign BENIGN --alarm-rate 0.01 --model ids.weir",
            "hourly.csv --label bits --window 168 --model volume.weir", "flows.csv --label label --find-lr",
            "flows.csv --label label --group src_ip --folds 5"});
}

void add_search(App& app, cli::SearchCommand& o) {
  add_learning_from(app, o.train);
  add_flags(app, o.search);
  add_flags(app, o.train.learning, {"quick", "epochs", "seed", "threads", "alarm_rate"});
  describe_kinds(app);
  add_flags(app, o);
  add_flags(app, o.train.output);
  add_examples(app, {"flows.csv --label label --threads 2 --report search.html",
                     "flows.csv --label label --trials 200 --most-units 512"});
}

void add_model_memory(App& app, std::uint64_t& bytes) {
  app.add_option("--model-memory", bytes,
                 "that MODEL may ask for, as 512M or 2G [8 times its size and 1 MiB]")
      ->transform(CLI::AsSizeValue(false))
      ->transform(cli::whole_number(true))  // comes first
      ->type_name("SIZE");
}

void add_evaluate(App& app, cli::EvaluateOptions& o) {
  app.add_option("MODEL", o.model, "file written by train")->required();
  app.add_option("TEST", o.tables,
                 "labelled tables, or patterns of them; - is standard input; may be gzip or zstd")
      ->required();
  add_input(app, o.input);
  add_labels(app, o.input);
  add_threshold(app, o.threshold);
  app.add_flag("--ignore-unknown", o.ignore_unknown, "leave out rows whose label is no class of the model");
  add_flags(app, o);
  add_model_memory(app, o.model_memory);
  add_flags(app, o.output, {"quiet"});
  add_examples(app, {"ids.weir tuesday.csv", "ids.weir tuesday.csv --threshold 0.9 --json"});
}

void add_predict(App& app, cli::PredictOptions& o) {
  app.add_option("MODEL", o.model, "file written by train")->required();
  app.add_option(
         "INPUT", o.tables,
         "tables, with or without label, or patterns of them; - is standard input; may be gzip or zstd")
      ->required();
  add_input(app, o.input);
  add_threshold(app, o.threshold);
  add_flags(app, o);
  add_model_memory(app, o.model_memory);
  add_examples(app, {"ids.weir tuesday.csv -o verdicts.csv", "ids.weir - --alerts --json < tuesday.csv"});
}

void add_inspect(App& app, cli::InspectOptions& o) {
  app.add_option("MODEL", o.model, "file written by train")->required();
  add_model_memory(app, o.model_memory);
  add_flags(app, o);
  app.get_option("--config")->excludes("--json");
  add_examples(app, {"ids.weir", "ids.weir --config > ids.flags"});
}

void add_synth(App& app, cli::SynthOptions& o) {
  add_flags(app, o);
  app.get_option("--pcap")->excludes("--out");
  for (const char* of_capture : {"--labels", "--kinds", "--snap"})
    app.get_option(of_capture)->needs("--pcap");
  app.get_option("--kinds")->needs("--labels");
  add_flags(app, o.output);
  add_examples(app, {"-o flows.csv", "--pcap day.pcap --labels day.rules"});
}

[[nodiscard]] std::string mask_help() {
  std::string text = "left out of payload and headers: ";
  for (const auto& member : weir::FeatureMask::members()) text.append(member.name).append(", ");
  return text + "all";
}

[[nodiscard]] CLI::Validator profile_name() {
  return one_of({weir::profile_names.begin(), weir::profile_names.end()});
}

constexpr const char* captures_help =
    "pcap or pcapng files, may be gzip or zstd, or folders of them; merged in the order of time";

void add_flows(App& app, cli::FlowsOptions& o) {
  CLI::Option* captures = app.add_option("CAPTURE", o.source.captures, captures_help);
  app.add_option("--profile", o.meter.profile, "columns [core]")->check(profile_name());
  add_flags(app, o.meter);
  add_list(app, "--mask", o.meter.mask, mask_help())->type_name("WHAT");
  app.add_option("--packets", o.meter.packets, "columns for the first N packets [nfstream, cesnet: 30]")
      ->check(between(1, 10'000, "N"));
  app.add_option("--payload", o.meter.payload, "columns for the first N payload bytes")
      ->check(between(1, 65'536, "N"));
  app.add_option("--header-bits", o.meter.header_bits,
                 "columns for each bit of the headers of N packets (nPrint)")
      ->check(between(1, 1'000, "N"));
  app.add_option("--early", o.meter.early, "columns as they were after N packets")
      ->check(between(1, 1e9, "N"));
  app.add_flag("--inner", o.meter.inner, "flows inside tunnels instead of the tunnels");
  add_flags(app, o);
  add_flags(app, o.source);
  app.get_option("--interface")->excludes(captures);
  app.get_option("--keep")->needs("--anonymise");
  add_examples(app, {"day.pcap -o flows.csv", "lab.pcap --labels lab.rules --profile cic -o lab.csv"});
}

void add_watch(App& app, cli::WatchOptions& o) {
  CLI::Option* model = app.add_option("MODEL", o.model, "file written by train, of the columns of flows");
  CLI::Option* kitsune =
      app.add_flag("--kitsune", o.kitsune, "judge packets by what is learned from them, without a model")
          ->excludes(model);
  const std::string packets = "Packets", flows = "Flows, for a MODEL", of_packets = "Kitsune";
  const auto belongs = [=](CLI::Option* option) {
    if (option->get_group() == flows) option->needs(model);
    if (option->get_group() == of_packets) option->needs(kitsune);
  };
  const auto of_flows = [&](CLI::Option* option) { belongs(option->group(flows)); };
  CLI::Option* read =
      app.add_option("--read", o.source.captures, captures_help)->type_name("CAPTURE")->group(packets);
  app.add_flag("--inner", o.meter.inner, "look into tunnels")->group(packets);
  add_threshold(app, o.threshold);
  add_model_memory(app, o.model_memory);
  add_flags(app, o, {}, belongs);
  add_flags(app, o.source);
  app.get_option("--interface")->excludes(read);
  app.add_option("--features", o.features, "of a packet [100]")
      ->check(one_of({"100", "115"}))
      ->group(of_packets)
      ->needs(kitsune);

  of_flows(app.add_option("--profile", o.meter.profile, "columns [the first that has the model's]")
               ->check(profile_name()));
  add_flags(app, o.meter, {}, of_flows);
  of_flows(add_list(app, "--mask", o.meter.mask, mask_help())->type_name("WHAT"));
  of_flows(app.add_option("--packets", o.meter.packets, "nfstream, cesnet: as in flows [30]")
               ->check(between(1, 10'000, "N")));
  of_flows(app.add_option("--early", o.meter.early, "judge a flow also after N packets")
               ->check(between(1, 1e9, "N")));
  add_examples(app,
               {"ids.weir --read today.pcap", "ids.weir --interface eth0", "--kitsune --interface eth0"});
}

void add_anonymise(App& app, cli::AnonymiseOptions& o) {
  app.add_option("IN", o.in, "pcap or pcapng file; - is standard input; may be gzip or zstd")->required();
  app.add_option("OUT", o.out, "pcap file to write")->required();
  add_flags(app, o);
  app.get_option("--key")->required();
  app.add_option("--shift", o.shift_ns, "added to each time, nanoseconds [0]")->type_name("NS");
  add_examples(app, {"day.pcap day_hidden.pcap --key key.txt"});
}

void add_demo(App& app, cli::DemoOptions& o) {
  add_flags(app, o);
  add_flags(app, o.output);
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

/// The flags of a command that were given and decide what it learns, as --config reads them.
[[nodiscard]] std::string flags_given(const App& command) {
  std::string text;
  for (const CLI::Option* option : command.get_options()) {
    static constexpr std::array of_this_run = std::to_array<std::string_view>(
        {"--checkpoint", "--checkpoint-every", "--resume", "--model", "--test", "--test-labels",
         "--ignore-unknown", "--log", "--report", "--json", "--quiet", "--threads", "--find-lr", "--help",
         "--folds", "--leave-group-out", "--repeat"});
    const std::string name = option->get_lnames().empty() ? "" : "--" + option->get_lnames().front();
    if (name.empty() || option->count() == 0 || std::count(of_this_run.begin(), of_this_run.end(), name) > 0)
      continue;
    text.append(text.empty() ? "" : " ").append(name);
    if (option->get_items_expected_max() > 0)
      text.append(" ").append(weir::shell_word(CLI::detail::join(option->results(), ",")));
  }
  return text;
}

/// "help train" is "train --help"; and flags of a file stand in the place of --config.
[[nodiscard]] std::vector<std::string> words_of(const App& app, int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  const bool of_help = words.size() > 1 && words[1].starts_with('-');
  if (!words.empty() && words[0] == "help" && !of_help) {
    words.erase(words.begin());
    const std::vector<const App*> commands = app.get_subcommands(nullptr);
    const auto is_asked_for = [&](const App* command) { return command->get_name() == words[0]; };
    if (words.empty() || std::any_of(commands.begin(), commands.end(), is_asked_for))
      words.emplace_back("--help");
  }
  const bool learns = !words.empty() && (words[0] == "train" || words[0] == "search");
  return learns ? cli::with_config(std::move(words)) : words;
}

int run(int argc, char** argv) {
  App app("Learns to judge network traffic: trains, measures and runs models on tables of flows.", "weir");
  app.set_version_flag("--version", cli::version_text());
  app.require_subcommand(1);
  app.fallthrough(false);
  cli::TrainOptions train;
  cli::SearchCommand search;
  cli::EvaluateOptions evaluate;
  cli::PredictOptions predict;
  cli::InspectOptions inspect;
  cli::FlowsOptions flows;
  cli::WatchOptions watch;
  cli::AnonymiseOptions anonymise;
  cli::SynthOptions synth;
  cli::DemoOptions demo;
  demo.program = argv[0];
  train.command.assign(argv, argv + argc);
  add_train(*app.add_subcommand("train", "learn from a labelled table and write a model"), train);
  add_search(*app.add_subcommand("search", "look for the layers and rates that suit a table"), search);
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
  app.add_subcommand("help", "tell the options of a command")->add_option("COMMAND", "of which command");
  app.add_subcommand("manual", "write the manual page; weir manual | man -l -");
  refuse_empty(app);
  try {
    std::vector<std::string> words = words_of(app, argc, argv);
    std::reverse(words.begin(), words.end());  // as CLI11 takes them
    app.parse(std::move(words));
    if (app.got_subcommand("train")) {
      const App& command = *app.get_subcommand("train");
      if (train.model.empty() && !train.find_lr && !train.cross_validates())
        throw CLI::RequiredError("--model");
      if (command.count("--checkpoint-every") > 0 && train.checkpoint.empty() && train.resume.empty())
        throw CLI::RequiresError("--checkpoint-every", "--checkpoint or --resume");
      train.given = flags_given(command);
    }
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
  if (command == "search") cli::search(search);
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
