// What people get wrong, command by command: options, columns, wrong kinds of files.
#include "cli/mistakes.hpp"

using namespace cli_test;

namespace {

using Words = std::vector<std::string>;

[[nodiscard]] Words joined(Words a, const Words& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// `weir train` on a good table with something wrong besides.
[[nodiscard]] Mistake training(const Words& more, const Words& says) {
  return {joined({"train", "@table", "--label", "label", "--model", "@never.weir", "--quiet"}, more), says};
}

}  // namespace

TEST_CASE("mistakes: commands and options that are not there") {
  if (!built()) return;
  check_mistakes({
      {{}, {"subcommand", "weir --help"}},
      {{"trian"}, {"unknown command 'trian'", "did you mean 'train'"}},
      {{"flow", "@capture"}, {"unknown command 'flow'", "did you mean 'flows'"}},
      {{"train"}, {"train:", "TRAIN", "weir train --help"}},
      {{"train", "@table"}, {"--model", "weir train --help"}},
      {{"evaluate", "@model"}, {"TEST", "weir evaluate --help"}},
      {{"predict"}, {"MODEL", "weir predict --help"}},
      {{"inspect"}, {"MODEL", "weir inspect --help"}},
      {{"flows"}, {"CAPTURE", "weir flows --help"}},
      {{"anonymise", "@capture", "@never.pcap"}, {"--key", "weir anonymise --help"}},
      {{"watch"}, {"needs a MODEL or --kitsune"}},
      {{"watch", "@model"}, {"needs --read CAPTURE or --interface IF"}},
      {{"inspect", "@model", "@table"}, {"unexpected argument", "@table"}},
      {{"train", "@table", "--lable", "label"}, {"unknown option '--lable'", "did you mean '--label'"}},
      {{"predict", "@model", "@table", "--alert"}, {"unknown option '--alert'", "'--alerts'"}},
      {{"flows", "@capture", "--profil", "cic"}, {"unknown option '--profil'", "'--profile'"}},
      {{"watch", "@model", "--reed", "@capture"}, {"unknown option '--reed'", "'--read'"}},
      {{"synth", "--pcp", "@never"}, {"unknown option '--pcp'", "'--pcap'"}},
      {{"anonymise", "@capture", "@never", "--kye", "@key"}, {"'--kye'", "'--key'"}},
  });
}

TEST_CASE("mistakes: values that an option does not take") {
  if (!built()) return;
  check_mistakes({
      training({"--lr", "nan"}, {"--lr", "'nan' is not a number from"}),
      training({"--lr", "-1"}, {"--lr", "'-1' is not a number from"}),
      training({"--lr", "1e999"}, {"--lr", "'1e999' is not a number from"}),
      training({"--lr", "0"}, {"--lr", "'0' is not a number from"}),
      training({"--lr", "0,001"}, {"--lr", "'0,001' is not a number from"}),
      training({"--epochs", "0"}, {"--epochs", "'0' is not a number from 1"}),
      training({"--epochs", "1e99"}, {"--epochs", "'1e99' is not a number from 1"}),
      training({"--epochs", "ten"}, {"--epochs", "'ten' is not a number from 1"}),
      training({"--epochs", "2.5"}, {"--epochs", "2.5"}),
      training({"--batch-size", "-8"}, {"--batch-size", "'-8' is not a number from 1"}),
      training({"--validation", "1.5"}, {"--validation", "'1.5' is not a number from 0"}),
      training({"--alarm-rate", "5%"}, {"--alarm-rate", "'5%' is not a number from"}),
      training({"--seed", "-1"}, {"--seed", "-1"}),
      training({"--seed", "18446744073709551616"}, {"--seed", "2^64 - 1"}),
      training({"--seed", "1.5"}, {"--seed", "1.5"}),
      training({"--threads", "0"}, {"--threads", "'0' is not a number from 1"}),
      training({"--optimizer", "adm"}, {"--optimizer", "'adm' is not one of", "did you mean 'adam'"}),
      training({"--optimizer", "adam:beta1=1"}, {"--optimizer", "adam: 'beta1' must lie between 0 and"}),
      training({"--optimizer", "adam:0.1"}, {"--optimizer", "an option is name=value, which '0.1' is not"}),
      training({"--loss", "binary_crossentropi"}, {"--loss", "did you mean 'binary_crossentropy'"}),
      training({"--schedule", "cosin"}, {"--schedule", "did you mean 'cosine'"}),
      training({"--scaling", "minmax"}, {"--scaling", "did you mean 'min_max'"}),
      training({"--missing", "drop"}, {"--missing", "is not one of impute|skip|error"}),
      training({"--task", "clasify"}, {"--task", "did you mean 'classify'"}),
      training({"--class-weights", "balance"}, {"--class-weights", "did you mean 'balanced'"}),
      training({"--format", "nslkdd"}, {"--format", "did you mean 'nsl-kdd'"}),
      training({"--separator", "::"}, {"--separator", "one character or 'tab'"}),
      training({"--sequence", "3by2", "--drop", "service"}, {"--sequence", "3by2"}),
      {{"flows", "@capture", "--profile", "nfstrem"}, {"--profile", "did you mean 'nfstream'"}},
      {{"flows", "@capture", "--idle", "inf"}, {"--idle", "'inf' is not a number from"}},
      {{"flows", "@capture", "--mask", "address"}, {"address", "addresses"}},
      {{"flows", "@capture", "--filter", "tcp prot 80"}, {"filter", "tcp prot 80"}},
      {{"synth", "--connections", "0"}, {"--connections", "'0' is not a number from 1"}},
      {{"synth", "--attack-share", "90"}, {"--attack-share", "'90' is not a number from 0 to 0.5"}},
      {{"watch", "--kitsune", "--features", "99", "--read", "@capture"}, {"--features", "100|115"}},
      {{"predict", "@model", "@table", "--threshold", "high"}, {"--threshold", "'high' is not a number"}},
  });
}

TEST_CASE("mistakes: layers") {
  if (!built()) return;
  check_mistakes({
      training({"--layers", "maxpool1d:3"}, {"unknown layer 'maxpool1d'", "did you mean 'max_pool1d'"}),
      training({"--layers", "dense:64,rleu"}, {"unknown layer 'rleu'", "'relu'"}),
      training({"--layers", "dropuot"}, {"unknown layer 'dropuot'", "'dropout'"}),
      training({"--layers", "batchnorm"}, {"unknown layer 'batchnorm'", "'batch_norm'"}),
      training({"--layers", "bidirectional[lstn:8]"}, {"unknown layer 'lstn'", "'lstm'"}),
      training({"--layers", "dense:64,"}, {"unknown layer ''"}),
      training({"--layers", "dense:0"}, {"layer 0", "dense", "units"}),
      training({"--layers", "dense:64:unit=3"}, {"layer 0", "unit"}),
      training({"--layers", "dropout:2"}, {"layer 0", "dropout"}),
      training({"--layers", "relu:1:2"}, {"relu", "too many arguments"}),
      training({"--layers", ""}, {"--layers", "empty"}),
      training({"--layers", "@@empty"}, {"--layers", "empty", "dense:64,relu"}),
      training({"--layers", "@"}, {"--layers"}),
  });
}

TEST_CASE("mistakes: columns, labels and options that do not go together") {
  if (!built()) return;
  const auto train = [](const Words& more, const Words& says) {
    return Mistake{joined({"train", "@table", "--model", "@never.weir", "--quiet"}, more), says};
  };
  check_mistakes({
      train({}, {"--label COLUMN is needed"}),
      train({"--label", ""}, {"--label", "empty"}),
      train({"--label", "lable"}, {"there is no column 'lable'", "did you mean 'label'"}),
      training({"--drop", "packet"}, {"there is no column 'packet'", "'packets'"}),
      training({"--drop", "label"}, {"--drop", "'label' is the label"}),
      training({"--categorical", "ports"}, {"there is no column 'ports'", "there are 'bytes'"}),
      training({"--benign", "bening"}, {"--benign", "no value 'bening'", "did you mean 'benign'"}),
      training({"--positive", "Attack"}, {"--positive", "no value 'Attack'", "'attack'"}),
      training({"--benign", "benign", "--positive", "attack"}, {"exclude each other"}),
      training({"--task", "anomaly"}, {"--task anomaly needs --benign"}),
      training({"--task", "anomaly", "--benign", "benign", "--validation", "0"}, {"--validation above 0"}),
      training({"--task", "regress"}, {"'label' holds names", "--task classify"}),
      training({"--alarm-rate", "0.01", "--validation", "0"}, {"--alarm-rate", "--validation above 0"}),
      training({"--classes", "5"}, {"--classes 5 is for --format nsl-kdd"}),
      training({"--horizon", "3"}, {"--horizon needs --window"}),
      training({"--loss", "mse"}, {"--loss mse does not go with --task classify"}),
      training({"--optimizer", "adam", "--momentum", "0.5"}, {"adam: 'momentum' is not an option"}),
      training({"--optimizer", "adam:learning_rate=0.1", "--lr", "0.1"}, {"'learning_rate' is given twice"}),
      training({"--labels", "@table"}, {"--labels is for --format idx"}),
      training({"--test-labels", "@table"}, {"--test-labels", "--test"}),
      training({"--ignore-unknown"}, {"--ignore-unknown", "--test"}),
      training({"--checkpoint-every", "5"}, {"--checkpoint-every", "--checkpoint or --resume"}),
      training({"--find-lr"}, {"--model", "--find-lr"}),
      {{"synth", "--labels", "@never"}, {"--pcap"}},
      {{"synth", "--kinds", "--pcap", "@never"}, {"--kinds", "--labels"}},
      {{"synth", "--pcap", "@never", "-o", "@never2"}, {"--pcap", "--out"}},
      {{"watch", "@model", "--kitsune", "--read", "@capture"}, {"--kitsune"}},
      {{"watch", "@model", "--read", "@capture", "--interface", "lo"}, {"--interface", "--read"}},
  });
}

TEST_CASE("mistakes: labels that are none") {
  if (!built()) return;
  std::string numbers = "a,size,id,mean\n", same = "a,label\n";
  for (int i = 0; i < 600; ++i) {
    numbers += std::to_string(i % 7) + "," + std::to_string(i % 590) + ",host" + std::to_string(i / 2) + "," +
               std::to_string(i % 40) + ".5\n";
    same += std::to_string(i) + ",BENIGN\n";
  }
  const std::string many = write_file("numbers.csv", numbers), one = write_file("same.csv", same);
  const auto train = [](const std::string& table, const std::string& label, const Words& says) {
    return Mistake{{"train", table, "--label", label, "--model", "@never.weir", "--quiet"}, says};
  };
  check_mistakes({
      train(many, "size", {"'size'", "590 different values in 600 rows", "--task regress"}),
      train(many, "id", {"'id'", "300 different values in 600 rows", "--label"}),
      train(many, "mean", {"'mean'", "40 different values", "--task regress"}),
      train(one, "label", {"'label'", "one value only, 'BENIGN'"}),
  });
}

TEST_CASE("mistakes: files that are not there or cannot be read") {
  if (!built()) return;
  check_mistakes({
      {{"train", "@none", "--label", "label", "--model", "@never"}, {"@none", "No such file"}},
      {{"train", "@folder", "--label", "label", "--model", "@never"}, {"@folder", "directory"}},
      {{"train", "", "--label", "label", "--model", "@never"}, {"TRAIN", "empty"}},
      training({"--test", "@none"}, {"@none", "No such file"}),
      training({"--layers", "@@none"}, {"@none"}),
      {{"evaluate", "@none", "@table"}, {"@none", "No such file"}},
      {{"evaluate", "@model", "@none"}, {"@none", "No such file"}},
      {{"predict", "@folder", "@table"}, {"@folder", "not a regular file"}},
      {{"predict", "@model", "@folder"}, {"@folder", "directory"}},
      {{"inspect", "@none"}, {"@none", "No such file"}},
      {{"flows", "@none"}, {"@none", "No such file"}},
      {{"flows", "@folder"}, {"@folder"}},
      {{"flows", "@capture", "--labels", "@none"}, {"@none", "No such file"}},
      {{"flows", "@capture", "--anonymise", "@none"}, {"@none", "No such file"}},
      {{"flows", "@capture", "--anonymise", "@rules"}, {"@rules", "32 bytes or 64 hexadecimal digits"}},
      {{"anonymise", "@none", "@never", "--key", "@key"}, {"@none", "No such file"}},
      {{"anonymise", "@capture", "@never", "--key", "@none"}, {"@none", "No such file"}},
      {{"watch", "@none", "--read", "@capture"}, {"@none", "No such file"}},
      {{"watch", "--kitsune", "--read", "@none"}, {"@none", "No such file"}},
  });
}
