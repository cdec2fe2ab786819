// weir demo: the whole way from records to verdicts, in files that stay for a look.
#include "child_process.hpp"
#include "commands.hpp"
#include "files.hpp"
#include "report.hpp"

#include <weir/core/error.hpp>
#include <weir/traffic/synth.hpp>

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

namespace cli {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t training_connections = 60'000;
constexpr std::uint64_t test_connections = 20'000;
constexpr std::uint64_t new_connections = 5'000;

class Demo {
 public:
  explicit Demo(const DemoOptions& options)
      : options_(options), talk_(!options.output.quiet && !options.output.json) {}

  void run() {
    std::error_code failure;
    fs::create_directories(options_.out, failure);
    if (failure) weir::fail(weir::ErrorKind::io, "cannot make " + options_.out + ": " + failure.message());
    write_tables();
    classifier();
    nsl_kdd();
    finish();
  }

 private:
  [[nodiscard]] std::string file(const std::string& name) const {
    return (fs::path(options_.out) / name).string();
  }
  void say(const std::string& text) const {
    if (talk_) print(text);
  }

  void make(const std::string& name, std::uint64_t connections, std::uint64_t seed, const std::string& what) {
    SynthOptions synthetic{.connections = connections, .seed = seed, .out = file(name)};
    synthetic.output.quiet = true;
    synth(synthetic);
    say("  " + left(file(name), 28) + right(std::to_string(connections), 7) + " connections, " + what + "\n");
    files_.push_back(file(name));
  }

  void write_tables() {
    say("1. Traffic. Made up by weir's generator; it shows the way, not how well the way works on yours.\n");
    make("train.csv", training_connections, 1, "labelled: to learn from");
    make("test.csv", test_connections, 2, "labelled: another site, to be judged by");
    make("new.csv", new_connections, 3, "a third site; its labels are taken away");
    take_labels_away(file("new.csv"));
  }

  static void take_labels_away(const std::string& path) {
    std::ifstream in(path);
    OutputFile out(path);
    for (std::string line; std::getline(in, line);) out.write(line.substr(0, line.rfind(',')) + "\n");
    out.commit();
  }

  /// Runs this program again, showing what was typed.
  void again(const std::vector<std::string>& arguments) const {
    if (talk_) {
      std::string line = "\n$ weir";
      for (const std::string& argument : arguments) line += " " + argument;
      print(line + "\n");
    }
    run_program(options_.program, arguments, talk_ ? std::string() : std::string("/dev/null"));
  }

  /// Trains here, measures in another process that knows nothing but the file; the numbers go to `name`.json.
  void learn_and_measure(const TrainOptions& lesson, const std::string& shown, const std::string& test) {
    say("\n$ weir train " + shown + "\n");
    TrainOptions options = lesson;
    options.output.quiet = !talk_;
    train(options);
    files_.push_back(lesson.model);
    again({"evaluate", lesson.model, test});
    const std::string numbers = fs::path(lesson.model).replace_extension("json").string();
    run_program(options_.program, {"evaluate", lesson.model, test, "--json"}, numbers);
    files_.push_back(numbers);
    results_[fs::path(lesson.model).stem().string()] = Json::parse(std::ifstream(numbers));
  }

  void classifier() {
    say("\n2. Learn benign or attack, save one file, and measure it in a fresh process.\n");
    TrainOptions lesson;
    lesson.table = file("train.csv");
    lesson.model = file("ids.weir");
    lesson.label = "label";
    lesson.benign = {"benign"};
    lesson.quick = true;
    learn_and_measure(lesson, lesson.table + " --label label --benign benign --quick --model " + lesson.model,
                      file("test.csv"));
    say("\n3. Judge new records, in a fresh process.\n");
    again({"predict", lesson.model, file("new.csv"), "-o", file("verdicts.csv")});
    files_.push_back(file("verdicts.csv"));
    show_alarms(file("verdicts.csv"));
  }

  void show_alarms(const std::string& path) const {
    std::ifstream in(path);
    std::string text, line;
    for (std::size_t shown = 0; shown < 4 && std::getline(in, line);) {
      if (shown > 0 && line.back() != '1') continue;
      text += "  " + line + "\n";
      ++shown;
    }
    say("The first alarms:\n" + text);
  }

  [[nodiscard]] static std::string found(const fs::path& folder, const std::string& name) {
    for (const char* ending : {".txt", ".txt.gz"}) {
      if (fs::exists(folder / (name + ending))) return (folder / (name + ending)).string();
    }
    return {};
  }

  void nsl_kdd() {
    const char* data = std::getenv("WEIR_DATA");
    const fs::path folder = fs::path(data == nullptr ? "" : data) / "nsl-kdd";
    const std::string training = data == nullptr ? std::string() : found(folder, "KDDTrain+");
    const std::string test = data == nullptr ? std::string() : found(folder, "KDDTest+");
    if (training.empty() || test.empty()) {
      say("\n4. NSL-KDD: not found, so left out. WEIR_DATA names the folder that holds nsl-kdd/KDDTrain+.txt "
          "and KDDTest+.txt.\n");
      results_["nsl_kdd"] = nullptr;
      return;
    }
    say("\n4. NSL-KDD, found through WEIR_DATA: an anomaly model, which learns from its normal rows only.\n");
    TrainOptions lesson;
    lesson.table = training;
    lesson.model = file("nsl_kdd.weir");
    lesson.input.format = "nsl-kdd";
    lesson.task = "anomaly";
    lesson.benign = {"normal"};
    lesson.quick = true;
    lesson.epochs = 10;
    lesson.batch_size = 256;
    learn_and_measure(
        lesson,
        training +
            " --format nsl-kdd --task anomaly --benign normal --quick --epochs 10 --batch-size 256 --model " +
            lesson.model,
        test);
  }

  void finish() {
    if (options_.output.json) {
      Json json{{"folder", options_.out}, {"files", files_}};
      json.update(results_);
      print_json(json);
    }
    say("\nThe files are in " + fs::absolute(options_.out).string() + ":\n");
    for (const std::string& name : files_) say("  " + name + "\n");
    say("Try next: weir inspect " + file("ids.weir") + "\n");
  }

  const DemoOptions& options_;
  bool talk_;
  std::vector<std::string> files_;
  Json results_ = Json::object();
};

}  // namespace

void demo(const DemoOptions& options) { Demo(options).run(); }

}  // namespace cli
