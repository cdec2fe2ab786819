// weir demo: the whole way from packets to alerts, in files that stay for a look. Each step is this program again,
// called as it is shown, so a step knows nothing but the files of those before.
#include "child_process.hpp"
#include "commands.hpp"
#include "demo_report.hpp"
#include "files.hpp"
#include "report.hpp"

#include <weir/core/error.hpp>
#include <weir/core/plain_text.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace cli {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t office_connections = 30'000;
constexpr std::uint64_t branch_connections = 5'000;
constexpr std::uint64_t kept_bytes = 96;  // of a frame: all headers; lengths are counted from the headers

using Arguments = std::vector<std::string>;

class Demo {
 public:
  explicit Demo(const DemoOptions& options)
      : options_(options), talk_(!options.output.quiet && !options.output.json) {}

  void run() {
    std::error_code failure;
    fs::create_directories(options_.out, failure);
    if (failure) weir::fail(weir::ErrorKind::io, "cannot make " + options_.out + ": " + failure.message());
    packets();
    flows();
    learn();
    measure();
    watch();
    nsl_kdd();
    finish();
  }

 private:
  /// A file of the demo, which is told of at the end.
  std::string file(const std::string& name) {
    std::string path = path_of(name);
    files_.push_back(path);
    return path;
  }
  [[nodiscard]] std::string path_of(const std::string& name) const {
    return (fs::path(options_.out) / name).string();
  }
  void say(const std::string& text) const {
    if (talk_) print(text);
  }

  /// Runs this program; shows what the user would type. What it prints goes to `out`.
  void call(const Arguments& shown, const Arguments& hidden, const std::string& out) const {
    say(command_line(shown));
    Arguments all = shown;
    all.insert(all.end(), hidden.begin(), hidden.end());
    run_program(options_.program, all, out);
  }
  void call(const Arguments& shown) const { call(shown, {"--quiet"}, "/dev/null"); }
  /// The same for a command that says in JSON what it did.
  [[nodiscard]] Json ask(const Arguments& shown, const std::string& name) {
    const std::string answer = file(name);
    call(shown, {"--json"}, answer);
    return Json::parse(std::ifstream(answer));
  }

  void capture(const std::string& site, std::uint64_t connections, std::uint64_t seed) {
    const std::string pcap = file(site + ".pcap");
    const std::string rules = file(site + ".rules");
    call({"synth", "--connections", std::to_string(connections), "--seed", std::to_string(seed), "--snap",
          std::to_string(kept_bytes), "--pcap", pcap, "--labels", rules},
         {}, talk_ ? std::string() : std::string("/dev/null"));
  }

  void packets() {
    say("1. Packets of two sites. They are made up, so that the demo needs no traffic of\n"
        "   yours: it shows the way, not how well the way works on your network.\n");
    capture("office", office_connections, 1);
    capture("branch", branch_connections, 2);
  }

  void flows() {
    say("\n2. Flows: a line for each connection, with what was counted of its packets.\n"
        "   The rules, written with the packets, tell which of them are attacks.\n");
    for (const std::string site : {"office", "branch"}) {
      call({"flows", path_of(site + ".pcap"), "--labels", path_of(site + ".rules"), "-o",
            file(site + ".csv")});
    }
    const DemoFlows office = read_flows(path_of("office.csv"));
    say("   " + weir::count_text(office.rows, "flow") + " of the office, " +
        weir::count_text(office.columns, "column") + " each. Some of both sorts:\n\n" + office.sample);
  }

  void learn() {
    say("\n3. A model: ordinary or attack, learned from the office. Columns that name hosts\n"
        "   and moments are left out, or the model would learn the attackers' addresses.\n");
    const Json lesson = ask({"train", path_of("office.csv"), "--label", "label", "--benign", "benign",
                             "--quick", "--model", file("ids.weir")},
                            "training.json");
    say("   " + describe_training(lesson));
  }

  void measure() {
    say("\n4. How good it is: on the branch, whose hosts and attackers it has never seen.\n");
    const Json measured = ask({"evaluate", path_of("ids.weir"), path_of("branch.csv")}, "ids.json");
    say(describe_measures(measured));
    results_["ids"] = measured;
  }

  void watch() {
    say("\n5. Alerts: the model watches the branch's packets. It would listen on a network\n"
        "   interface in the same way.\n");
    const std::string alerts = file("alerts.jsonl");
    call({"watch", path_of("ids.weir"), "--read", path_of("branch.pcap"), "-o", alerts});
    const DemoAlerts told = read_alerts(alerts, path_of("branch.csv"));
    say(told.text);
    results_["alerts"] = told.numbers;
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
      say("\n6. NSL-KDD: not found, so left out. WEIR_DATA may name the folder that holds\n"
          "   nsl-kdd/KDDTrain+.txt and KDDTest+.txt.\n");
      results_["nsl_kdd"] = nullptr;
      return;
    }
    say("\n6. NSL-KDD, found through WEIR_DATA: a model of ordinary traffic alone, to which\n"
        "   attacks are what deviates.\n");
    const std::string model = file("nsl_kdd.weir");
    call({"train", training, "--format", "nsl-kdd", "--task", "anomaly", "--benign", "normal", "--quick",
          "--epochs", "10", "--batch-size", "256", "--model", model});
    const Json measured = ask({"evaluate", model, test}, "nsl_kdd.json");
    say(describe_measures(measured));
    results_["nsl_kdd"] = measured;
  }

  void finish() const {
    if (options_.output.json) {
      Json json{{"folder", options_.out}, {"files", files_}};
      json.update(results_);
      print_json(json);
    }
    say("\nThe program is " + program_path() + "\nits files are in " + fs::absolute(options_.out).string() +
        "\n\nTry next, in " + fs::current_path().string() + ":\n");
    for (const std::string& next :
         {"inspect " + path_of("ids.weir"), "evaluate " + path_of("ids.weir") + " " + path_of("branch.csv"),
          "watch --kitsune --read " + path_of("branch.pcap"),
          std::string("flows CAPTURE -o flows.csv    (a pcap of yours)"), std::string("train --help")}) {
      say("  " + options_.program + " " + next + "\n");
    }
  }
  /// Where this program is, however it was called.
  [[nodiscard]] std::string program_path() const {
    std::error_code none;
    const fs::path here = fs::read_symlink("/proc/self/exe", none);
    return none ? options_.program : here.string();
  }

  const DemoOptions& options_;
  bool talk_;
  std::vector<std::string> files_;
  Json results_ = Json::object();
};

}  // namespace

void demo(const DemoOptions& options) { Demo(options).run(); }

}  // namespace cli
