// From tables and images to samples, and what is refused with which mend.
#include <weir/data/formats/csv.hpp>
#include <weir/pipeline/image_samples.hpp>
#include <weir/pipeline/table_samples.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using namespace weir;

namespace {

Samples samples_of(const std::string& csv, const SampleOptions& wanted) {
  return make_samples(parse_csv(csv, {.kinds = kinds_for(wanted)}), wanted);
}

std::string refused(const std::string& csv, const SampleOptions& wanted) {
  try {
    static_cast<void>(samples_of(csv, wanted));
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

/// x counts up; every third row is an attack.
std::string rows(
    std::size_t count, const std::string& more_header = {},
    std::string (*more)(std::size_t) = [](std::size_t) { return std::string(); }) {
  std::string csv = "x" + more_header + ",label\n";
  for (std::size_t i = 0; i < count; ++i) {
    csv += std::to_string(i) + more(i) + (i % 3 == 0 ? ",scan\n" : ",benign\n");
  }
  return csv;
}

std::string series(std::size_t count) {
  std::string csv = "bytes,packets\n";
  for (std::size_t i = 0; i < count; ++i) {
    csv += std::to_string(10 + i % 7) + "," + std::to_string(i % 5) + "\n";
  }
  return csv;
}

}  // namespace

TEST_CASE("samples: held-back rows are of every class, and were not fitted to") {
  const Samples samples = samples_of(rows(90), {.label = "label", .validation = 0.2});
  CHECK(samples.settings.input.size() == 1);
  CHECK(samples.training.rows() == 72);
  CHECK(samples.validation.rows() == 18);
  CHECK(samples.held_back.rows() == 18);
  CHECK(std::count(samples.validation.labels.begin(), samples.validation.labels.end(), 1) == 6);
  const Samples all = samples_of(rows(90), {.label = "label", .validation = 0.0});
  CHECK(all.training.rows() == 90);
  CHECK(all.validation.rows() == 0);
  CHECK(all.settings.preprocess != samples.settings.preprocess);  // another mean
}

TEST_CASE("samples: a label of numbers, rows without one, and what there is to know of the table") {
  const Samples samples = samples_of("x,label\n1,0\n,1\n3,0\n4,1\n5,\n6,1\n", {.label = "label"});
  CHECK(samples.rows == 5);
  CHECK(samples.unlabelled == 1);
  CHECK(samples.settings.labels.classes == std::vector<std::string>{"0", "1"});
  CHECK(samples.gaps.cells() == 5);
  REQUIRE(samples.gaps.gaps().size() == 1);
  CHECK(samples.gaps.gaps()[0].missing == 1);
}

TEST_CASE("samples: the columns of a sequence share their scaling by channel, and padding does not count") {
  const std::string csv = "a0,b0,a1,b1,label\n1,10,2,20,u\n3,30,,,v\n5,50,6,60,u\n7,70,8,80,v\n,,,,u\n";
  const Samples samples = samples_of(csv, {.label = "label", .sequence = {2, 2}, .validation = 0.0});
  CHECK(samples.settings.samples.kind == SampleKind::sequence);
  CHECK(samples.settings.input == Shape{2, 2});
  CHECK(samples.training.rows() == 4);  // one row has no step
  CHECK(samples.training.lengths == std::vector<Index>{2, 1, 2, 2});
  const auto& plans = samples.settings.preprocess.numeric;
  CHECK(plans[0].scaler == plans[2].scaler);
  CHECK(plans[1].scaler == plans[3].scaler);
  CHECK(plans[0].scaler != plans[1].scaler);
  CHECK(refused(csv, {.label = "label", .sequence = {2, 3}}) ==
        "sequence 3x2 are 6 values, but there are 4 besides the label");
}

TEST_CASE("samples: windows are divided in time, and what is held back looks back") {
  const Samples samples =
      samples_of(series(100), {.task = Task::regress, .label = "bytes", .window = 8, .horizon = 2});
  CHECK(samples.settings.samples.kind == SampleKind::window);
  CHECK(samples.settings.input == Shape{2, 8});
  CHECK(samples.training.rows() == 90 - 9);
  CHECK(samples.validation.rows() == 10);
  CHECK(samples.history == 9);
  CHECK(samples.held_back.rows() == 19);
  CHECK(refused("when,bytes\na,1\nb,2\n", {.task = Task::regress, .label = "bytes", .window = 1}) ==
        "a series is made of numbers, and 'when' holds texts: drop when");
}

TEST_CASE("samples: images, their classes in the order of numbers") {
  LabelledImages images;
  images.pixels = {.count = 40, .rows = 2, .columns = 3};
  for (std::size_t i = 0; i < 40; ++i) {
    for (std::size_t p = 0; p < 6; ++p) images.pixels.pixels.push_back(static_cast<std::uint8_t>(i + p));
    images.labels.push_back(i % 2 == 0 ? 10 : 2);
  }
  const Samples samples = make_samples(images, {.label = "digit", .validation = 0.25});
  CHECK(samples.settings.labels.classes == std::vector<std::string>{"2", "10"});
  CHECK(samples.settings.input.size() == 6);
  CHECK(samples.training.rows() == 30);
  CHECK(samples.held_back_samples.rows() == 10);
  CHECK(samples.training.x.span()[0] <= 1.0F);
  CHECK(make_samples(images, {.label = "digit", .sequence = {3, 2}}).settings.input == Shape{3, 2});

  SampleOptions ordinary{.task = Task::anomaly, .label = "digit", .benign = {"2"}};
  const Samples one_class = make_samples(images, ordinary);
  CHECK(one_class.training.rows() == 18);
  CHECK_FALSE(one_class.training.has_labels());
  CHECK(one_class.held_back_samples.rows() == 2 + 20);
  CHECK_THROWS_WITH_AS(check_images(images, {.rows = 3, .columns = 2}, "a.idx"),
                       "a.idx: the images have 2 x 3 pixels, the model takes 3 x 2", DataError);
  images.labels.clear();
  CHECK_THROWS_AS(static_cast<void>(make_samples(images, ordinary)), DataError);
}

TEST_CASE("samples: identifiers are named all at once, with the option as the reader calls it") {
  const auto hosts = [](std::size_t i) { return ",h" + std::to_string(i) + ",g" + std::to_string(i); };
  const std::string csv = rows(1'100, ",src,dst", hosts);
  SampleOptions wanted{.label = "label", .source = "flows.csv"};
  CHECK(refused(csv, wanted) ==
        "flows.csv: more than 1000 different texts in 'src', 'dst'; identifiers are not learned from: drop "
        "src,dst");
  wanted.words = OptionWords::flags;
  CHECK(refused(csv, wanted).ends_with(": --drop src,dst"));
  wanted.drop = {"src", "dst"};
  CHECK(samples_of(csv, wanted).settings.input.size() == 1);
  wanted.drop = {"scr"};
  CHECK(refused(csv, wanted).starts_with("flows.csv: there is no column 'scr'; did you mean 'src'"));
  wanted.drop = {"label"};
  CHECK(refused(csv, wanted) == "--drop: 'label' is the label");
}

TEST_CASE("samples: labels that do not serve") {
  CHECK(refused(rows(9), {.label = "label", .benign = {"benigm"}})
            .starts_with("benign: column 'label' has no value 'benigm'"));
  CHECK(
      refused("x,label\n1,a\n2,a\n3,\n", {.label = "label"}) ==
      "column 'label' has one value only, 'a': there is nothing to tell apart; 1 row is left out, having no "
      "label");
  CHECK(refused("x,label\n1,\n2,a\n", {.label = "label"}) ==
        "there are fewer than two rows with a label; 1 row is left out, having no label");
  std::string numbers = "x,y\n";
  for (int i = 0; i < 90; ++i) numbers += std::to_string(i) + "," + std::to_string(i) + ".5\n";
  CHECK(refused(numbers, {.label = "y"}).find("task regress learns numbers") != std::string::npos);
  CHECK(refused(numbers, {.label = "y", .categorical = {"y"}}).find("quantity") == std::string::npos);
  CHECK_THROWS_WITH_AS(static_cast<void>(make_samples(parse_csv(rows(9)), {})),
                       "label is needed: the column to learn", ConfigError);
}

TEST_CASE("samples: patterns that fit one label twice name it once; several ordinary classes are told") {
  std::string csv = "x,label\n";
  for (int i = 0; i < 60; ++i)
    csv += std::to_string(i % 7) + (i % 3 == 0 ? ",Background\n" : i % 3 == 1 ? ",Normal\n" : ",scan\n");
  const SampleOptions two{.label = "label", .benign = {"Back*", "*ground", "Normal", "Normal"}};
  const Samples samples = make_samples(parse_csv(csv, {.kinds = kinds_for(two)}), two);
  CHECK(samples.settings.labels.map.size() == 3);  // and a label that is called 'benign'
  CHECK(samples.settings.labels.patterns.size() == 2);
  const SampleOptions each{.label = "label"};
  const std::vector<std::string> notes = make_samples(parse_csv(csv, {.kinds = kinds_for(each)}), each).notes;
  CHECK(std::any_of(notes.begin(), notes.end(), [](const std::string& note) {
    return note.find("'Background', 'Normal' sound like ordinary traffic") != std::string::npos;
  }));
}

TEST_CASE("samples: a class of which few rows are held back is told") {
  std::string csv = "x,label\n";
  for (int i = 0; i < 400; ++i) csv += std::to_string(i % 7) + (i % 20 == 0 ? ",scan\n" : ",benign\n");
  const auto note_of = [&csv](double validation) {
    const Samples samples = samples_of(csv, {.label = "label", .validation = validation});
    const auto few = std::find_if(samples.notes.begin(), samples.notes.end(),
                                  [](const std::string& note) { return note.starts_with("fewer than"); });
    return few == samples.notes.end() ? std::string() : *few;
  };
  CHECK(note_of(0.1) ==
        "fewer than 10 rows of 'scan' are held back, so figures of them say little; take more rows or a "
        "larger validation");
  CHECK(note_of(0.5).empty());
}

TEST_CASE("samples: options that exclude each other") {
  const auto wrong = [](const SampleOptions& options) {
    CHECK_THROWS_AS(check_options(options), ConfigError);
  };
  wrong({.label = "y", .benign = {"a"}, .positive = {"b"}});
  wrong({.task = Task::anomaly, .label = "y"});
  wrong({.task = Task::anomaly, .label = "y", .benign = {"a"}, .validation = 0.0});
  wrong({.task = Task::regress, .label = "y", .benign = {"a"}});
  wrong({.label = "y", .window = 3});
  wrong({.label = "y", .horizon = 2});
  wrong({.task = Task::regress, .label = "y", .sequence = {1, 2}, .window = 3});
  wrong({.task = Task::regress, .label = "y", .window = 3, .scaling = Scaling::rank});
  wrong({.task = Task::regress, .label = "y", .window = 3, .missing = OnMissing::reject});
  wrong({.label = "y", .sequence = {1, 2}, .missing = OnMissing::error});
  wrong({.label = "y", .validation = 1.0});
  CHECK_NOTHROW(check_options({.label = "y"}));
}

TEST_CASE("samples: of flows, what names hosts and moments is left out, and said") {
  std::string csv =
      "src_ip,src_port,dst_ip,dst_port,start_ns,duration_ns,fwd_packets,bwd_packets,end_reason,direction,"
      "label\n";
  for (int i = 0; i < 1'100; ++i) {
    csv += "h" + std::to_string(i) + "," + std::to_string(i % 50) + ",g" + std::to_string(i) + ",80," +
           std::to_string(i) + "," + std::to_string(i % 9) + ",3,4,idle,syn," +
           (i % 3 == 0 ? "scan" : "benign") + "\n";
  }
  const auto has = [](const Samples& samples, const char* column) {
    return samples.settings.preprocess.schema.find(column).has_value();
  };
  SampleOptions wanted{.label = "label"};
  const Samples samples = samples_of(csv, wanted);
  for (const char* name : {"src_ip", "src_port", "dst_ip", "start_ns"}) CHECK_FALSE(has(samples, name));
  for (const char* name : {"dst_port", "duration_ns", "end_reason"}) CHECK(has(samples, name));
  REQUIRE_FALSE(samples.notes.empty());
  CHECK(samples.notes[0] ==
        "'src_ip', 'src_port', 'dst_ip', 'start_ns' of these flows name hosts or moments and are left out; "
        "keep_identities learns from them, too");
  CHECK(samples.settings.record[0].second == "core, version 1");

  wanted.categorical = {"src_port"};  // what is asked for stays
  CHECK(has(samples_of(csv, wanted), "src_port"));
  wanted.categorical.clear();
  wanted.keep_identities = true;
  CHECK(refused(csv, wanted).find("'src_ip', 'dst_ip'; identifiers") != std::string::npos);
  wanted.drop = {"src_ip", "dst_ip"};
  CHECK(has(samples_of(csv, wanted), "start_ns"));
}

namespace {

/// Flows of ten hosts, the later ones of the day from the higher ones.
std::string flows_of_hosts() {
  std::string csv = "src_ip,start_ns,Time,duration_ns,fwd_packets,bwd_packets,label\n";
  for (int i = 0; i < 200; ++i) {
    csv += "h" + std::to_string(i / 20) + "," + std::to_string((i * 77) % 200) +
           ",2020-01-01 00:" + std::to_string(10 + (i * 77) % 200 / 5) + ":00," + std::to_string(i % 9) +
           "," + std::to_string(i % 5) + ",4," + (i % 4 == 0 ? "scan" : "benign") + "\n";
  }
  return csv;
}

/// Which of them a row is, from 0, by its line.
int flow_of(const Table& table, std::size_t row) { return std::stoi(table.place(row).substr(5)) - 2; }

bool one_says(const Samples& samples, const std::string& text) {
  return std::any_of(samples.notes.begin(), samples.notes.end(),
                     [&](const std::string& note) { return note.find(text) != std::string::npos; });
}

}  // namespace

TEST_CASE("samples: flows that chance divides are warned of; groups and times are not") {
  const std::string warning = "flows of one host or moment resemble each other";
  SampleOptions wanted{.label = "label", .drop = {"Time"}, .validation = 0.2};
  CHECK(one_says(samples_of(flows_of_hosts(), wanted),
                 warning + ", so that figures on them flatter; group src_ip or time_split judges by"));
  wanted.group = "src_ip";
  CHECK_FALSE(one_says(samples_of(flows_of_hosts(), wanted), warning));
  wanted.group.clear();
  wanted.time_split = true;
  CHECK_FALSE(one_says(samples_of(flows_of_hosts(), wanted), warning));
  wanted.time_split = false;
  wanted.validation = 0.0;
  CHECK_FALSE(one_says(samples_of(flows_of_hosts(), wanted), warning));
  wanted.validation = 0.2;
  wanted.drop = {"Time", "src_ip", "start_ns"};
  CHECK_FALSE(one_says(samples_of(flows_of_hosts(), wanted), warning));
}

TEST_CASE("samples: whole groups are held back, and their column is no feature") {
  SampleOptions wanted{.label = "label", .drop = {"Time", "src_ip"}, .validation = 0.2, .group = "src_ip"};
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    wanted.seed = seed;
    const Samples samples = samples_of(flows_of_hosts(), wanted);
    CHECK(samples.held_back_by == "src_ip");
    CHECK(samples.held_back.rows() == 40);  // two hosts
    CHECK(samples.training.rows() == 160);
    CHECK(std::count(samples.validation.labels.begin(), samples.validation.labels.end(), 1) == 10);
    CHECK_FALSE(samples.settings.preprocess.schema.find("src_ip").has_value());
    for (std::size_t row = 0; row < 40; ++row) {  // both from their first flow to their last
      CHECK(flow_of(samples.held_back, row) / 20 == flow_of(samples.held_back, row / 20 * 20) / 20);
    }
  }
  wanted.keep_identities = true;
  CHECK_FALSE(samples_of(flows_of_hosts(), wanted).settings.preprocess.schema.find("src_ip").has_value());
  wanted.task = Task::anomaly;
  wanted.benign = {"benign"};
  const Samples unusual = samples_of(flows_of_hosts(), wanted);
  CHECK(unusual.validation.rows() == 30);
  CHECK(unusual.held_back.rows() == 30 + 50);
}

TEST_CASE("samples: the latest rows are held back") {
  SampleOptions wanted{.label = "label", .drop = {"Time"}, .validation = 0.2, .time_split = true};
  const Samples samples = samples_of(flows_of_hosts(), wanted);
  CHECK(samples.held_back_by == "start_ns");
  REQUIRE(samples.held_back.rows() == 40);
  for (std::size_t row = 0; row < 40; ++row) CHECK((flow_of(samples.held_back, row) * 77) % 200 >= 160);
  wanted.time_split = false;
  wanted.drop.clear();
  wanted.time_column = "Time";
  const Samples by_text = samples_of(flows_of_hosts(), wanted);
  CHECK(by_text.held_back_by == "Time");
  for (std::size_t row = 0; row < 40; ++row) CHECK((flow_of(by_text.held_back, row) * 77) % 200 >= 160);
}

TEST_CASE("samples: groups and times that do not serve are refused") {
  SampleOptions wanted{.label = "label", .drop = {"Time"}, .group = "src_ip", .time_split = true};
  CHECK(refused(flows_of_hosts(), wanted) == "group and time_split exclude each other");
  wanted.time_split = false;
  wanted.group = "bwd_packets";
  CHECK(refused(flows_of_hosts(), wanted).find("all rows have one value in 'bwd_packets'") !=
        std::string::npos);
  wanted.group = "label";
  CHECK(refused(flows_of_hosts(), wanted) == "group: 'label' is the label");
  wanted.group = "scr_ip";
  CHECK(refused(flows_of_hosts(), wanted).find("'scr_ip'") != std::string::npos);
  wanted.group.clear();
  wanted.time_split = true;
  wanted.drop = {"Time", "start_ns"};
  CHECK(refused(flows_of_hosts(), wanted).find("time_column names it") != std::string::npos);
  const SampleOptions series{.task = Task::regress, .label = "duration_ns", .window = 4, .group = "src_ip"};
  CHECK(refused(flows_of_hosts(), series).find("window holds back the last steps") != std::string::npos);
}
