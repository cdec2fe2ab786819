// Whatever the user gets wrong: exit code 2 and one line that says what.
#include "cli/program.hpp"

using namespace cli_test;

namespace {

/// `weir train` on the usual table with more arguments.
void training_refused(std::vector<std::string> more, const std::string& reason) {
  std::vector<std::string> arguments{"train", train_csv(), "--model", folder() / "never.weir", "--quiet"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  refused(arguments, reason);
  CHECK(!fs::exists(folder() / "never.weir"));
}

}  // namespace

TEST_CASE("usage") {
  if (!built()) return;
  refused({}, "subcommand");
  refused({"tarin"}, "unknown command 'tarin'; did you mean 'train'");
  refused({"train"}, "TRAIN");
  refused({"train", train_csv()}, "--model");
  refused({"predict", model()}, "INPUT");
  refused({"inspect", model(), "extra"}, "unexpected argument 'extra'");
  refused({"predict", model(), test_csv(), "extra"}, "extra: cannot open");
  refused({"evaluate", model(), test_csv(), "--jsn"}, "unknown option '--jsn'; did you mean '--json'");
  CHECK(run_weir({"--help"}).code == 0);
  CHECK(run_weir({"train", "--help"}).code == 0);
  CHECK(run_weir({"--version"}).out.rfind("weir ", 0) == 0);
}

TEST_CASE("options with wrong values") {
  if (!built()) return;
  training_refused({"--label", "label", "--epochs", "0"}, "--epochs");
  training_refused({"--label", "label", "--epochs", "many"}, "--epochs");
  training_refused({"--label", "label", "--lr", "nan"}, "--lr");
  training_refused({"--label", "label", "--validation", "1"}, "--validation");
  training_refused({"--label", "label", "--optimizer", "magic"}, "'magic' is not one of sgd|adam|adamw");
  training_refused({"--label", "label", "--format", "xls"}, "csv|nsl-kdd");
  training_refused({"--label", "label", "--layers", "dense:64,rlu"}, "unknown layer 'rlu'");
  training_refused({"--label", "label", "--layers", "dense:0"}, "units");
  training_refused({"--label", "label", "--separator", ";;"}, "--separator");
  training_refused({"--label", "label", "--classes", "5"}, "--classes 5 is for --format nsl-kdd");
  refused({"synth", "--attack-share", "0.9"}, "--attack-share");
}

TEST_CASE("columns and labels that are not there") {
  if (!built()) return;
  training_refused({}, "--label");
  training_refused({"--label", "lable"}, "there is no column 'lable'; did you mean 'label'");
  training_refused({"--label", "label", "--drop", "fwd_byte"}, "did you mean 'fwd_bytes'");
  training_refused({"--label", "label", "--drop", "label"}, "is the label");
  training_refused({"--label", "label", "--benign", "bening"}, "no value 'bening'; did you mean 'benign'");
  training_refused({"--label", "label", "--benign", "benign", "--positive", "beacon"}, "exclude each other");
  training_refused({"--label", "label", "--task", "anomaly"}, "--benign");
  training_refused({"--label", "label", "--task", "anomaly", "--benign", "benign", "--validation", "0"},
                   "--validation above 0");
  training_refused({"--label", "label", "--task", "regress"}, "holds names");
  training_refused({"--label", "duration_ms"}, "--task regress");
}

TEST_CASE("files that are not there or not what they should be") {
  if (!built()) return;
  refused({"train", folder() / "no.csv", "--label", "x", "--model", folder() / "x.weir"}, "No such file");
  refused(
      {"train", train_csv(), "--label", "label", "--epochs", "1", "--quiet", "--model", "/nowhere/x.weir"},
      "/nowhere");
  refused({"evaluate", folder() / "no.weir", test_csv()}, "no.weir");
  refused({"evaluate", test_csv(), test_csv()}, "test.csv");
  refused({"inspect", folder() / ""}, "not a regular file");
  refused({"predict", model(), folder() / "no.csv"}, "No such file");
  refused({"predict", model(), test_csv(), "-o", "/nowhere/out.csv"}, "/nowhere/out.csv");
  refused({"predict", model(), write_file("empty.csv", "")}, "empty");
  std::string damaged = read_file(model());
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
  refused({"inspect", write_file("damaged.weir", damaged)}, "damaged.weir");
  refused({"inspect", write_file("short.weir", damaged.substr(0, 100))}, "short.weir");
}

TEST_CASE("tables that do not fit the model, or hold what is no number") {
  if (!built()) return;
  const auto lines = lines_of(read_file(test_csv()));
  std::string other = lines[0];
  other.replace(other.find("fwd_bytes"), 9, "bytes_fwd");
  refused({"predict", model(), write_file("other.csv", other + "\n" + lines[1] + "\n")},
          "there is no column 'fwd_bytes'");
  std::string text = lines[2];
  text.replace(text.find(',', 12) + 1, 1, "many");
  refused({"evaluate", model(), write_file("text.csv", lines[0] + "\n" + lines[1] + "\n" + text + "\n")},
          ":3:");
  refused({"evaluate", model(), write_file("ragged.csv", lines[0] + "\n" + lines[1] + ",more\n")},
          "34 fields, not 33");
  std::string unlabelled;
  for (std::size_t i = 0; i < 5; ++i) unlabelled += lines[i].substr(0, lines[i].rfind(',')) + "\n";
  refused({"evaluate", model(), write_file("unlabelled.csv", unlabelled)}, "there is no column 'label'");
  refused({"train", write_file("semicolons.csv", "a;b;label\n1;2;x\n3;4;y\n"), "--label", "label", "--model",
           folder() / "never.weir"},
          "--separator ';'");
  refused({"train", write_file("one.csv", "a,label\n1,x\n2,x\n3,x\n"), "--label", "label", "--model",
           folder() / "never.weir", "--quiet"},
          "one value only");
  std::string hosts = "host,bytes,label\n";
  for (int i = 0; i < 1500; ++i) hosts += "h" + std::to_string(i) + ",1," + (i % 2 == 0 ? "x" : "y") + "\n";
  refused({"train", write_file("hosts.csv", hosts), "--label", "label", "--model", folder() / "never.weir"},
          "--drop host");
  refused({"train", write_file("line.csv", "a,\"la\nbel\"\n1,x\n"), "--label", "label", "--model",
           folder() / "never.weir"},
          "no column 'label'");  // one line, although the name of a column has two
}

TEST_CASE("a training that runs away is stopped") {
  if (!built()) return;
  training_refused({"--label", "fwd_payload", "--drop", "label", "--task", "regress", "--optimizer", "sgd",
                    "--lr", "1000"},
                   "not finite");
}
