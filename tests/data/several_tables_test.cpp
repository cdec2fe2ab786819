// Several files as one table: columns by name, kinds over all files, places, reports.
#include <weir/data/formats/open_table.hpp>
#include <weir/data/sources/file_names.hpp>
#include <weir/data/sources/gzip.hpp>
#include <weir/data/sources/same_beginnings.hpp>

#include <doctest/doctest.h>

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

using namespace weir;

namespace {

namespace fs = std::filesystem;

/// A folder of files that lives as long as a test.
class Files {
 public:
  Files() : path_(fs::temp_directory_path() / ("weir-several-" + std::to_string(getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Files() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  std::string operator()(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }
  [[nodiscard]] std::string name(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

std::string message(const std::vector<std::string>& paths, const TableOptions& options = {},
                    const std::vector<Column>& kinds = {}) {
  try {
    TableFile file = open_tables(paths, options);
    file.read_as(kinds);
    static_cast<void>(file.read_all());
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}
bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("several tables are one, in the order of the first one's columns") {
  const Files files;
  const std::string a = files("a.csv", "bytes,proto,label\n1,tcp,x\n2,udp,y\n");
  const std::string b = files("b.csv", " label ,bytes,proto\nz,3,icmp\n");
  TableFile file = open_tables({a, b});
  const Table table = file.read_all();
  REQUIRE(table.rows() == 3);
  CHECK(table.columns() == 3);  // `source` is read where it is asked for
  CHECK(table.numbers("bytes")[2] == 3.0);
  CHECK(table.text("proto", 2) == "icmp");
  CHECK(table.text("label", 2) == "z");
  CHECK(table.place(0) == "line 2 of " + a);
  CHECK(table.place(2) == "line 2 of " + b);
  CHECK(table.source(2) == b);
  CHECK(file.report().rows == 3);
  CHECK(file.name() == a + " and 1 more file");

  TableFile named = open_tables({a, b}, {.source_column = "day"});
  named.read_as({{"day", ColumnKind::categorical}});
  Table pieces = named.make_table();
  while (named.read(pieces, 1) > 0) {
  }
  REQUIRE(pieces.rows() == 3);
  CHECK(pieces.text("day", 1) == a);
  CHECK(pieces.text("day", 2) == b);
  CHECK(pieces.place(1) == "line 3 of " + a);
  CHECK(pieces.take(std::vector<std::size_t>{2}).place(0) == "line 2 of " + b);
  CHECK(open_tables({a}, {.source_column = "day"}).has("day"));
  CHECK_FALSE(open_tables({a}).has("source"));
}

TEST_CASE("several tables: a file and its packed copy are told, also under another name") {
  const Files files;
  const std::string rows = "bytes,label\n1,x\n2,y\n";
  const std::string a = files("a.csv", rows), b = files("b.csv", "bytes,label\n1,x\n3,y\n");
  const std::string packed = files.name("old.csv.gz");
  gzFile out = gzopen(packed.c_str(), "wb");
  REQUIRE(gzwrite(out, rows.data(), static_cast<unsigned>(rows.size())) == static_cast<int>(rows.size()));
  REQUIRE(gzclose(out) == Z_OK);
  TableFile file = open_tables({a, b, packed}, {.open = &open_any});
  CHECK(file.read_all().rows() == 6);
  CHECK(reading_notes(file.report()) ==
        std::vector<std::string>{"'" + packed + "' begins with the same data as '" + a +
                                 "': its rows count twice; leave it out if it is a copy"});
  const std::string empty = files("empty.csv", "bytes,label\n"), none = files("none.csv", "bytes,label\n");
  CHECK(same_beginnings({empty, none, files.name("missing.csv")}, &open_file).empty());
}

TEST_CASE("several tables: rows put together keep their files") {
  const Files files;
  const std::string a = files("a.csv", "bytes\n1\n"), b = files("b.csv", "bytes\n2\n");
  Table both = read_table(b);
  CHECK(both.place(0) == "line 2");
  both.append(open_tables({a, b}).read_all());
  CHECK(both.place(0) == "line 2");
  CHECK(both.place(1) == "line 2 of " + a);
  both.append(open_tables({b, a}).read_all());
  CHECK(both.place(3) == "line 2 of " + b);
  CHECK(both.select({"bytes"}).place(4) == "line 2 of " + a);
}

TEST_CASE("several tables: a file of other columns is refused by name, or read where all agree") {
  const Files files;
  const std::string a = files("a.csv", "bytes,proto,label\n1,tcp,x\n");
  const std::string less = files("less.csv", "bytes,label\n2,y\n");
  const std::string more = files("more.csv", "bytes,proto,label,flags\n2,udp,y,3\n");
  CHECK(message({a, less}) == less + ": there is no column 'proto', which " + a +
                                  " has; common_columns reads the columns that all files have");
  CHECK(message({a, more}) == more + ": there is no column 'flags' in " + a +
                                  "; common_columns reads the columns that all files have");
  TableFile common = open_tables({a, less, more}, {.common_columns = true});
  CHECK(reading_notes(common.report()) ==
        std::vector<std::string>{"columns 'proto', 'flags': not in all files, left out"});
  const Table table = common.read_all();
  CHECK(table.rows() == 3);
  CHECK(table.columns() == 2);
  CHECK(table.text("label", 2) == "y");
  CHECK(holds(message({a, files("none.csv", "x\n1\n")}, {.common_columns = true}),
              "there is no column that all files have"));
}

TEST_CASE("several tables: a column is of numbers when it is so in all files") {
  const Files files;
  const std::string numbers = files("numbers.csv", "port,bytes\n80,1\n81,2\n");
  const std::string names = files("names.csv", "port,bytes\nhttp,3\ndns,4\n");
  const std::string empty = files("empty.csv", "port,bytes\n,5\n,6\n");
  const std::string refused = message({numbers, names});
  CHECK(holds(refused, names + ": column 'port': it holds texts here, and numbers in " + numbers));
  CHECK(holds(refused, "categorical port"));
  TableFile as_names = open_tables({numbers, names});
  as_names.read_as({{"port", ColumnKind::categorical}});
  CHECK(as_names.read_all().text("port", 0) == "80");
  // A column without a single number is not of numbers.
  const Table table = open_tables({empty, names}).read_all();
  CHECK(table.text("port", 2) == "http");
  CHECK(table.codes("port")[0] == missing_code);
  // Numbers with a few texts, in the second file.
  std::string mixed = "port,bytes\n";
  for (int i = 0; i < 50; ++i) mixed += std::to_string(i) + (i == 7 ? ",oops\n" : ",1\n");
  const std::string odd = files("odd.csv", mixed);
  CHECK(
      holds(message({numbers, odd}), odd + ": column 'bytes': 1 of 50 cells is no number: 'oops' (line 9)"));
}

TEST_CASE(
    "several tables: the column of the files has a name of its own, and is none of a model without it") {
  const Files files;
  const std::string a = files("a.csv", "source,x\nlab,1\n"), b = files("b.csv", "source,x\nlab,2\n");
  CHECK(holds(message({a, b}, {.source_column = "x"}), "has a column 'x'; give it another name"));
  CHECK(open_tables({a, b}).has("source_file"));
  const std::string c = files("c.csv", "x\n1\n"), d = files("d.csv", "x\n2\n");
  CHECK(open_tables({c, d}).has("source"));
  TableOptions of_model;
  of_model.recorded.format = "csv";
  CHECK_FALSE(open_tables({c, d}, of_model).has("source"));
  of_model.source_column = "source";
  CHECK(open_tables({c, d}, of_model).has("source"));
}

TEST_CASE("several tables: what the format leaves out stays out") {
  const Files files;
  std::string row;
  for (int i = 0; i < 41; ++i) row += i == 1 ? "tcp," : i == 2 ? "http," : i == 3 ? "SF," : "0,";
  const std::string a = files("a.txt", row + "normal,20\n"), b = files("b.txt", row + "smurf,3\n");
  const TableOptions nsl{.format = "nsl-kdd"};
  const Schema one = open_tables({a}, nsl).schema();
  TableFile both = open_tables({a, b}, nsl);
  const auto place = both.schema().find("difficulty");
  REQUIRE(place.has_value());
  CHECK(both.schema().columns[*place].kind == one.columns[*one.find("difficulty")].kind);
  CHECK(both.schema().columns[*place].kind == ColumnKind::ignore);
}

TEST_CASE("several tables: reports add up and name the file") {
  const Files files;
  std::string many = "bytes,label\n";
  for (int i = 0; i < 1'500; ++i) many += "1,x\n";  // more than the kinds are told from
  const std::string a = files("a.csv", "bytes,label\n1, x\n2\n");
  const std::string b = files("b.csv", many + "bytes,label\nabc,x\n3,caf\xE9\n");
  CHECK(holds(message({a, b}), a + ":3"));
  TableFile file = open_tables({b, a}, {.skip_bad_rows = true});
  CHECK(file.read_all().rows() == 1'502);
  const CsvReport& report = file.report();
  CHECK(report.bad_rows == 2);
  CHECK(report.trimmed[1] == 1);
  const std::vector<std::string> notes = reading_notes(report);
  REQUIRE(notes.size() == 3);
  CHECK(holds(notes[0], "2 rows that cannot be read left out, the first in line 1503 of " + b));
  CHECK(holds(notes[1], "in line 1502 of " + b));
  CHECK(holds(notes[2], "line 1504 of " + b));
  // The mend names the column that the first file has in that place.
  const std::string turned = files(
      "turned.csv", "label,bytes\nx,1\n" + [&] {
        std::string rows;
        for (int i = 0; i < 1'500; ++i) rows += "x,1\n";
        return rows + "x,abc\n";
      }());
  const std::string refused = message({files("c.csv", "bytes,label\n1,x\n"), turned});
  CHECK(holds(refused, turned + ":1503:2"));
  CHECK(holds(refused, "drop bytes leaves it out"));
}

TEST_CASE("several tables: what is not there, and what cannot be opened again") {
  const Files files;
  const std::string a = files("a.csv", "bytes\n1\n");
  CHECK(holds(message({a, files.name("gone.csv")}), "cannot open"));
  TableFile devices = open_tables({a, "/dev/stdin"}, {.open = [](const std::string& path) {
                                    if (path != "/dev/stdin") return open_file(path);
                                    return Result<std::unique_ptr<ByteSource>>(
                                        std::make_unique<MemorySource>("bytes\n2\n3\n", "standard input"));
                                  }});
  const Table table = devices.read_all();
  REQUIRE(table.rows() == 3);
  CHECK(table.place(2) == "line 3 of standard input");
}

TEST_CASE("several tables: columns by the spellings of CICFlowMeter's versions") {
  const Files files;
  const std::string of_2017 = files("2017.csv",
                                    " Destination Port, Total Fwd Packets, Fwd Header Length, "
                                    "Fwd Header Length, Label\n80,3,60,60,BENIGN\n");
  const std::string of_2018 =
      files("2018.csv", "Dst Port,Tot Fwd Pkts,Fwd Header Len,Label\n443,5,100,Benign\n");
  TableFile both = open_tables({of_2017, of_2018});
  const Table table = both.read_all();
  REQUIRE(table.rows() == 2);
  CHECK(table.numbers("Destination Port")[1] == 443.0);
  CHECK(table.numbers("Fwd Header Length")[1] == 100.0);
  CHECK(table.numbers("Fwd Header Length.1")[1] == 100.0);
  const std::vector<std::string> notes = reading_notes(both.report());
  REQUIRE(notes.size() == 1);
  CHECK(notes[0] == "4 columns matched by spelling, such as 'Dst Port' for 'Destination Port'");

  TableFile one = open_table(of_2018);
  const std::vector<Column> wanted{{"Total Fwd Packet"}, {"Fwd Header Length"}, {"Fwd Header Length.1"}};
  one.respell(wanted);
  one.read_only(wanted);
  const Table respelt = one.read_all();
  CHECK(respelt.columns() == 3);
  CHECK(respelt.numbers("Total Fwd Packet")[0] == 5.0);
  CHECK(respelt.numbers("Fwd Header Length.1")[0] == 100.0);
  CHECK(one.report().respelt.size() == 3);
}

TEST_CASE("file names: one file by two paths is one") {
  const Files files;
  const std::string a = files("a.csv", "x\n1\n");
  fs::create_symlink(a, files.name("link.csv"));
  CHECK(expand_files({a, files.name("./a.csv"), files.name("link.csv")}) == std::vector<std::string>{a});
}

TEST_CASE("file names: patterns stand for the files that fit them, sorted") {
  const Files files;
  const std::string b = files("b.csv", ""), a = files("a.csv", ""), odd = files("odd*.txt", "");
  static_cast<void>(files(".hidden.csv", ""));
  CHECK(expand_files({files.name("*.csv")}) == std::vector<std::string>{a, b});
  CHECK(expand_files({b, files.name("?.csv"), "-"}) == std::vector<std::string>{b, a, "-"});
  CHECK(expand_files({odd}) == std::vector<std::string>{odd});
  const fs::path folder = fs::path(a).parent_path();
  const std::string deep = (folder.parent_path() / "weir-several-*" / "a.csv").string();
  const std::vector<std::string> found = expand_files({deep});
  CHECK(std::find(found.begin(), found.end(), a) != found.end());
  CHECK_THROWS_WITH_AS(static_cast<void>(expand_files({files.name("*.zip")})),
                       doctest::Contains("there is no file that fits"), Error);
  CHECK_THROWS_WITH_AS(static_cast<void>(expand_files({folder.string()})),
                       doctest::Contains("is a directory"), Error);
  CHECK(files_text({a, b}) == a + " and 1 more file");
}
