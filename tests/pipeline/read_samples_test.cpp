// From files to samples, assessments and verdicts.
#include <weir/core/rng.hpp>
#include <weir/data/formats/csv.hpp>
#include <weir/layers/activations/sigmoid.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/models/sequential.hpp>
#include <weir/pipeline/assess_file.hpp>
#include <weir/pipeline/assessment_text.hpp>
#include <weir/pipeline/codes.hpp>
#include <weir/pipeline/complete.hpp>
#include <weir/pipeline/read_samples.hpp>
#include <weir/pipeline/table_scorer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;

namespace {

/// A file that goes with it.
class TextFile {
 public:
  explicit TextFile(std::string_view text, const std::string& name = "weir_read_samples_test")
      : path_(std::filesystem::temp_directory_path() / name) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  ~TextFile() { std::filesystem::remove(path_); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// Numbers with a decimal comma; every third row is an attack, one lacks its number, one its label.
std::string rows() {
  std::string csv = "x;y;label\n";
  for (int i = 0; i < 90; ++i) {
    csv += std::to_string(i) + ",5;" + (i == 7 ? "" : std::to_string(i % 5)) +
           (i % 3 == 0 ? ";scan\n" : ";benign\n");
  }
  return csv + "1,5;2;None\n";
}

const TableOptions german{.separator = ";", .decimal_comma = true};

auto untrained(const Samples& samples) {
  Sequential net{Dense{samples.settings.input.channels, 1}, Sigmoid{}};
  Rng rng(3);
  net.init(rng);
  return complete_pipeline(samples, std::move(net)).pipeline;
}

}  // namespace

TEST_CASE("read_samples: a missing value that is refused is told by its line in the file") {
  std::string csv = "x,label\n\n\"1\",a\nbad,bad,bad\n";  // lines that are no rows
  for (int i = 4; i < 60; ++i) csv += (i == 40 ? "" : std::to_string(i)) + (i % 2 == 0 ? ",a\n" : ",b\n");
  const TextFile file(csv);
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {  // in whichever part the row is
    CHECK_THROWS_WITH_AS(
        static_cast<void>(
            read_samples(file.path(), {.skip_bad_rows = true},
                         {.label = "label", .missing = OnMissing::error, .validation = 0.4, .seed = seed})),
        doctest::Contains(
            "weir_read_samples_test: line 41: column 'x' is missing or not finite, and missing error "
            "allows no such value; missing impute fills it in"),
        DataError);
  }
}

TEST_CASE(
    "read_samples: too few rows and classes, and names where numbers are wanted, are told with the mend") {
  const auto message = [](std::string_view text, const SampleOptions& options) -> std::string {
    const TextFile file(text);
    try {
      static_cast<void>(read_samples(file.path(), {}, options));
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  };
  const auto holds = [](const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  };
  CHECK(holds(message("x,label\n1,a\n2,b\n3,a\n4,b\n", {.label = "label", .words = OptionWords::flags}),
              "weir_read_samples_test: 4 rows are too few to hold some back: more rows, or --validation 0"));
  CHECK(holds(
      message("x,label\n1,a\n,b\n3,a\n,b\n",
              {.label = "label", .missing = OnMissing::reject, .validation = 0}),
      "there are not two classes to learn from when rows with missing values are left out; missing impute"));
  CHECK(holds(
      message("x,label\n1,a\n2,b\n", {.task = Task::regress, .label = "label", .words = OptionWords::flags}),
      "column 'label' holds names, and --task regress learns numbers; --task classify learns names"));
}

TEST_CASE("a row of JSON may lack what the model reads") {
  std::string text;
  for (int i = 0; i < 60; ++i) {
    text += "{\"x\": " + std::to_string(i) + ", \"y\": " + std::to_string(i % 7) + ", \"label\": \"" +
            (i % 2 == 0 ? "a" : "b") + "\"}\n";
  }
  const TextFile training(text);
  const auto pipeline = untrained(read_samples(training.path(), {}, {.label = "label", .positive = {"b"}}));
  const auto opened = [](std::string_view line) {
    return TableFile(std::make_unique<MemorySource>(line, "t"), TableOptions{});
  };
  TableFile file = opened("{\"y\": 3}\n");
  read_columns_of(pipeline, file, false);
  TableScorer scorer(pipeline);
  int usable = 0;
  scorer.score(file.read_all(),
               [&](std::uint64_t, const Verdict& verdict) { usable += verdict.usable ? 1 : 0; });
  CHECK(usable == 1);
  TableFile other = opened("{\"z\": 3}\n");
  CHECK_THROWS_WITH_AS(read_columns_of(pipeline, other, false), doctest::Contains("there is no column 'x'"),
                       DataError);
  TableFile unlabelled = opened("{\"x\": 3}\n");
  CHECK_THROWS_WITH_AS(read_columns_of(pipeline, unlabelled, true),
                       doctest::Contains("there is no column 'label'"), DataError);
}

TEST_CASE("read_samples gives what make_samples gives of the table") {
  const TextFile file(rows());
  const SampleOptions wanted{.label = "label", .drop = {"y"}, .benign = {"benign"}, .seed = 4};
  const Samples read = read_samples(file.path(), german, wanted);
  const Samples made = make_samples(
      read_csv(file.path(), {.separator = ';', .kinds = kinds_for(wanted), .numbers = {.decimal = ','}}),
      wanted);
  CHECK(read.rows == 90);
  CHECK(read.unlabelled == 1);
  CHECK(read.settings.preprocess == made.settings.preprocess);
  CHECK(read.training.labels == made.training.labels);
  CHECK(std::equal(read.training.x.span().begin(), read.training.x.span().end(),
                   made.training.x.span().begin(), made.training.x.span().end()));
}

TEST_CASE("read_samples: messages name the file and the mend") {
  const auto refused = [](const std::string& text, const TableOptions& reading, const SampleOptions& wanted) {
    const TextFile file(text);
    try {
      static_cast<void>(read_samples(file.path(), reading, wanted));
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  const auto holds = [](const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  };
  CHECK(holds(refused(rows(), german, {.label = "lable"}),
              "there is no column 'lable'; did you mean 'label'?"));
  CHECK(holds(refused(rows(), german, {.label = "label", .drop = {"label"}}), "drop: 'label' is the label"));
  const std::string left_out = refused("x,label\n1,None\n2,None\n3,a\n4,a\n", {}, {.label = "label"});
  CHECK(holds(left_out, "'None', which stands for a missing value: not_missing None keeps such rows"));
  std::string blanks = "x,label\n7,a \n";
  for (int i = 0; i < 60; ++i) blanks += std::to_string(i) + (i % 2 == 0 ? ",a\n" : ",b\n");
  const TextFile file(blanks);
  const Samples samples = read_samples(file.path(), {}, {.label = "label"});
  const auto about = [](const std::string& note) {
    return note.find("blanks around 1 label removed") != std::string::npos;
  };
  CHECK(std::any_of(samples.notes.begin(), samples.notes.end(), about));
}

TEST_CASE("texts that the training did not have are counted and told") {
  std::string csv = "proto,flag,label\n";
  for (int i = 0; i < 40; ++i) csv += i % 2 == 0 ? "tcp,S,a\n" : "udp,F,b\n";
  const auto pipeline = untrained(read_samples(TextFile(csv).path(), {}, {.label = "label"}));
  const TextFile file("proto,flag,label\nquic,S,a\nsctp,?,b\ntcp,X,a\nudp,F,b\nquic,S,a\n");
  const std::string text =
      "4 texts that the training did not have, read as unknown: 'proto' 3 (such as 'quic'), 'flag' 1 (such "
      "as "
      "'X')";

  TableFile scored = open_table(file.path(), {});
  read_columns_of(pipeline, scored, false);
  TableScorer scorer(pipeline);
  for (Table piece = scored.make_table(); scored.read(piece, 2) > 0; piece = scored.make_table()) {
    scorer.score(piece, [](std::uint64_t, const Verdict&) {});
  }
  CHECK(unseen_text(scorer.unseen()) == text);

  TableFile judged = open_table(file.path(), {});
  const std::vector<std::string> notes = notes_on(pipeline, assess(pipeline, judged));
  CHECK(std::find(notes.begin(), notes.end(), text) != notes.end());
  TableFile same = open_table(TextFile(csv).path(), {});
  CHECK(unseen_text(assess(pipeline, same).unseen).empty());
}

TEST_CASE("a file is assessed and scored as its table is") {
  const TextFile file(rows());
  const Samples samples = read_samples(file.path(), german, {.label = "label", .benign = {"benign"}});
  const auto pipeline = untrained(samples);
  TableFile opened = open_table(file.path(), german);
  const Assessment of_file = assess(pipeline, opened);
  TableFile whole = open_table(file.path(), german);
  read_columns_of(pipeline, whole, true);
  const Table table = whole.read_all();
  const Assessment of_table = assess(pipeline, table);
  CHECK(of_file.rows == 90);
  CHECK(of_file.unlabelled == 1);
  for (Index t = 0; t < 2; ++t) {
    for (Index p = 0; p < 2; ++p) CHECK(of_file.confusion.count(t, p) == of_table.confusion.count(t, p));
  }

  TableScorer scorer(pipeline);
  Scorer one(pipeline);
  std::uint64_t rows_seen = 0;
  std::int64_t alerts = 0;
  scorer.score(table, [&](std::uint64_t row, const Verdict& verdict) {
    CHECK(row == ++rows_seen);
    const std::vector<double> numbers{table.numbers("x")[row - 1], table.numbers("y")[row - 1]};
    CHECK(verdict.score == one.score(numbers, {}).score);
    alerts += verdict.alert ? 1 : 0;
  });
  CHECK(rows_seen == 91);
  CHECK(scorer.gaps().gaps().size() == 1);
  CHECK(gaps_text(scorer.gaps(), pipeline.preprocess).starts_with("1 missing and 0 infinite of 182 cells"));
  CHECK(alerts >= of_file.confusion.count(0, 1) + of_file.confusion.count(1, 1));
  const std::string text = to_text(of_file);
  CHECK(text.find("true class") != std::string::npos);
  CHECK(text.find("of 'attack' rows are found") != std::string::npos);
}

TEST_CASE("notes on an assessment: a class without a row") {
  const TextFile file(rows());
  const Samples samples = read_samples(file.path(), german, {.label = "label", .benign = {"benign"}});
  const auto pipeline = untrained(samples);
  const TextFile attacks("x;y;label\n1;2;scan\n2;2;scan\n");
  TableFile opened = open_table(attacks.path(), german);
  const std::vector<std::string> notes = notes_on(pipeline, assess(pipeline, opened));
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].starts_with("no row is 'benign'"));
}

TEST_CASE("a net that reads codes is known by its layers") {
  CHECK(vocabulary_of("embedding:256:16,lstm:32") == 256);
  CHECK(vocabulary_of("flatten,reshape:4:7,embedding:300") == 300);
  CHECK(vocabulary_of("parallel(embedding:16:4|dense:4)") == 16);
  CHECK_FALSE(vocabulary_of("dense:64,embedding:256:16").has_value());
  CHECK_FALSE(vocabulary_of("").has_value());
  CHECK_THROWS_AS(check_codes({.label = "label"}, "embedding:256:8"), ConfigError);
  CHECK_NOTHROW(check_codes({.label = "label", .scaling = Scaling::none}, "embedding:256:8"));
  CHECK(pixel_scale_for({}, "embedding:256:8") == 1.0);
  CHECK(pixel_scale_for({}, "dense:8") == 1.0 / 255.0);
  CHECK_THROWS_AS(static_cast<void>(pixel_scale_for({}, "embedding:16:8")), ConfigError);
}

TEST_CASE("several files are learned from and judged as one, and a label without class is told by its file") {
  const TextFile first("x;y;label\n1,5;2;scan\n2,5;3;benign\n3,5;3;benign\n", "weir_several_a");
  const TextFile second("label;y;x\nscan;2;1,5\nscan;4;2\nbenign;4;2\n", "weir_several_b");
  SampleOptions options{.label = "label", .validation = 0.0};
  const Samples samples =
      read_samples(std::vector<std::string>{first.path(), second.path()}, german, options);
  CHECK(samples.rows == 6);
  CHECK(samples.class_counts == std::vector<std::size_t>{3, 3});
  const auto pipeline = untrained(samples);

  TableFile both = open_tables({second.path(), first.path()}, german);
  CHECK(assess(pipeline, both).rows == 6);
  const TextFile odd("x;y;label\n1,5;2;scan\n1,5;2;worm\n", "weir_several_c");
  TableFile strange = open_tables({first.path(), odd.path()}, german);
  CHECK_THROWS_WITH_AS(static_cast<void>(assess(pipeline, strange)),
                       doctest::Contains(("line 3 of " + odd.path() + ": label 'worm'").c_str()), Error);
}

TEST_CASE("labels by patterns: of options and of a file, kept for other tables") {
  const TextFile table("x,label\n1,flow=From-Botnet-1\n2,flow=Background-UDP\n3,flow=To-Normal\n4,odd\n");
  const TextFile map("# CTU-13\n*Botnet*,botnet\n*Normal*,normal\n*Background*,background\nworm*,worm\n",
                     "weir_label_map");
  SampleOptions options{.label = "label", .validation = 0.0};
  options.label_map = map.path();
  const Samples mapped = read_samples(table.path(), {}, options);
  CHECK(mapped.settings.labels.classes == std::vector<std::string>{"background", "normal", "botnet", "odd"});
  CHECK(mapped.settings.labels.class_of("flow=To-Botnet-9") == 2);
  REQUIRE(mapped.notes.size() >= 2);
  CHECK(std::count(mapped.notes.begin(), mapped.notes.end(),
                   "label_map " + map.path() + " does not name 'odd', taken as they are") == 1);
  CHECK(std::count(mapped.notes.begin(), mapped.notes.end(),
                   "label_map " + map.path() + ": no label is left for 'worm*'") == 1);

  options.benign = {"background", "normal"};
  const LabelRule two = read_samples(table.path(), {}, options).settings.labels;
  CHECK(two.classes == std::vector<std::string>{"benign", "attack"});
  CHECK(two.class_of("flow=Background-TCP") == 0);
  CHECK(two.class_of("flow=To-Botnet-9") == 1);
  CHECK(two.class_of("never seen") == 1);

  SampleOptions by_pattern{.label = "label", .benign = {"*Background*", "flow=*Normal*"}, .validation = 0.0};
  const LabelRule rule = read_samples(table.path(), {}, by_pattern).settings.labels;
  CHECK(rule.class_of("flow=Background-TCP") == 0);
  CHECK(rule.class_of("flow=From-Normal-7") == 0);
  CHECK(rule.class_of("odd") == 1);
  by_pattern.benign = {"Normal*"};
  CHECK_THROWS_WITH_AS(static_cast<void>(read_samples(table.path(), {}, by_pattern)),
                       doctest::Contains("benign: column 'label' has no value like 'Normal*'"), Error);
}
