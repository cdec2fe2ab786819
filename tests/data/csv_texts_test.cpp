// Encodings, blanks around texts, and header lines in the middle of a file.
#include <weir/data/formats/csv.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir;
using namespace std::string_literals;

namespace {

std::string error_of(std::string_view text, CsvOptions options = {}) {
  const Result<Table> result = try_parse_csv(text, std::move(options));
  return result.ok() ? "no error" : result.error().what;
}

std::string utf16(const std::string& ascii, bool big_endian, bool mark) {
  std::string text = !mark ? "" : big_endian ? "\xFE\xFF" : "\xFF\xFE";
  for (const char c : ascii) text += big_endian ? std::string{'\0', c} : std::string{c, '\0'};
  return text;
}

}  // namespace

TEST_CASE("utf-8: what is and what is not") {
  for (const char* text : {"", "abc", "\xC3\xA9", "\xE2\x80\x93", "\xF0\x9F\x8C\x8A", "\xEF\xBF\xBD"}) {
    CAPTURE(text);
    CHECK(is_utf8(text));
  }
  for (const std::string text : {"\x96", "a\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                 "\xE0\x80\x80", "\xE2\x80", "\xFF", "\x80"}) {
    CAPTURE(text.size());
    CHECK_FALSE(is_utf8(text));
    CHECK(is_utf8(to_utf8(text)));
  }
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  CHECK(is_utf8(to_utf8(every)));
  CHECK(to_utf8("Web Attack \x96 XSS \x80") == "Web Attack \xE2\x80\x93 XSS \xE2\x82\xAC");
  CHECK(to_utf8("caf\xE9") == "caf\xC3\xA9");
}

TEST_CASE("csv: Windows-1252 is read where a text is not UTF-8, text by text") {
  const std::string file =
      "x,label\n1,Web Attack \x96 XSS\n2,Web Attack \xE2\x80\x93 XSS\n3,BENIGN\n4,caf\xE9\n";
  CsvReport report;
  const Table t = parse_csv(file, {}, &report);
  CHECK(t.text(1, 0) == "Web Attack \xE2\x80\x93 XSS");
  CHECK(t.codes(1)[0] == t.codes(1)[1]);  // the same class, however a file writes it
  CHECK(t.text(1, 3) == "caf\xC3\xA9");
  CHECK(report.recoded == 2);
  REQUIRE(report.first_recoded.has_value());
  CHECK(report.first_recoded->line == 2);
  CHECK(report.first_recoded->column == 2);
  CHECK(report.first_recoded->text == t.text(1, 0));

  CHECK(error_of(file, {.encoding = TextEncoding::utf8}) ==
        "memory:2:2: column 'label': 'Web Attack \xE2\x80\x93 XSS' is not UTF-8");
  const Table w = parse_csv("a\n\xC3\xA9\n", {.encoding = TextEncoding::windows_1252});
  CHECK(w.text(0, 0) == "\xC3\x83\xC2\xA9");
  // Names of columns, too.
  CHECK(parse_csv("d\xE9"
                  "bit,x\n1,2\n")
            .schema()
            .columns[0]
            .name ==
        "d\xC3\xA9"
        "bit");
  CHECK(error_of("a,d\xE9\n1,2\n", {.encoding = TextEncoding::utf8}).find(":1:2: ") != std::string::npos);
}

TEST_CASE("csv: UTF-16 in both byte orders, with a mark or without") {
  const std::string file = "bytes,label\r\n10,benign\r\n20,attack\r\n";
  for (const bool big_endian : {false, true}) {
    for (const bool mark : {false, true}) {
      const Table t = parse_csv(utf16(file, big_endian, mark));
      REQUIRE(t.rows() == 2);
      CHECK(t.schema().columns[0].name == "bytes");
      CHECK(t.numbers(0)[1] == 20);
      CHECK(t.text(1, 1) == "attack");
    }
  }
  // Characters of two and of four bytes; a surrogate by itself; half a character at the end.
  const std::string odd =
      utf16("a\n", false, true) + "\xE9\0"s + "\x3C\xD8\x0A\xDF"s + "\n\0"s + "\x0A\xDFx\0"s + "z";
  CsvReport report;
  const Table t = parse_csv(odd, {}, &report);
  REQUIRE(t.rows() == 2);
  CHECK(t.text(0, 0) == "\xC3\xA9\xF0\x9F\x8C\x8A");
  CHECK(t.text(0, 1) == "\xEF\xBF\xBDx\xEF\xBF\xBD");
  CHECK(report.lost == 1);
  CHECK(error_of(utf16(file, false, true), {.encoding = TextEncoding::utf8}).find("UTF-16") !=
        std::string::npos);
  CHECK(parse_csv(utf16("a\n1\n", false, false), {.encoding = TextEncoding::utf16}).rows() == 1);
  CHECK(parse_csv("\xEF\xBB\xBF"
                  "a\n1\n")
            .schema()
            .columns[0]
            .name == "a");
}

TEST_CASE("csv: a text of which a character is lost is told") {
  const std::string file = utf16("bytes,label\n10,benign\n20,attack", false, true);
  const std::string last_byte = file.substr(0, file.size() - 1);
  const std::string half_a_pair = file + "\x3C\xD8"s;
  for (const std::string& cut : {last_byte, half_a_pair}) {
    CsvReport report;
    const Table t = parse_csv(cut, {}, &report);
    CHECK(t.rows() == 2);
    CHECK(report.lost == 1);
    REQUIRE(report.first_lost.has_value());
    CHECK(report.first_lost->line == 3);
    CHECK(report.first_lost->column == 2);
    CHECK(report.first_lost->text == t.text(1, 1));
  }
  CsvReport report;
  const std::string lost_before = "\xEF\xBF\xBD";  // by whoever wrote the file
  CHECK(parse_csv("x,a" + lost_before + "\n1,b\n2," + lost_before + "c\n", {}, &report).rows() == 2);
  CHECK(report.lost == 2);
  REQUIRE(report.first_lost.has_value());
  CHECK(report.first_lost->line == 1);
  // In a number, or instead of a line end, it cannot be read.
  CHECK(error_of(utf16("a,b\n1,2\n3,4", false, true) + "\n"s, {.infer_rows = 1}).find(":3:2: ") !=
        std::string::npos);
}

TEST_CASE("csv: blanks around a text do not belong to it, and are counted") {
  CsvReport report;
  const Table t = parse_csv("x,label\n1,DDoS\n2, DDoS\n3,DDoS \n4,\"\tDDoS\"\n5,  \n6,a b\n", {}, &report);
  CHECK(t.dictionary(1).size() == 2);
  CHECK(t.text(1, 5) == "a b");
  CHECK(t.text(1, 4).empty());
  CHECK(report.trimmed == std::vector<std::uint64_t>{0, 3});
  // Those of Unicode, and the no-break space of Windows-1252.
  const Table u = parse_csv(
      " \xE2\x80\x83x,label\xA0\n1,DDoS\xE2\x80\x83\n\xE3\x80\x80"
      "2,\xEF\xBB\xBF"
      "DDoS\n3,\xA0"
      "DDoS\n4,DDoS\n5,\xA0\n",
      {}, &report);
  CHECK(u.schema().columns[0].name == "x");
  CHECK(u.schema().columns[1].name == "label");
  CHECK(u.numeric(0));
  CHECK(u.dictionary(1).size() == 1);
  CHECK(u.text(1, 4).empty());
  CHECK(report.trimmed == std::vector<std::uint64_t>{0, 3});
}

TEST_CASE("csv: a header line among the rows is left out and counted") {
  for (const std::string again : {"src,bytes,label", " src ,\"bytes \",LABEL", "\xEF\xBB\xBFsrc,bytes,label",
                                  "\"src\",\"bytes\",\"label\"\r"}) {
    for (const std::size_t sample : {std::size_t{1'000}, std::size_t{1}, std::size_t{0}}) {
      CAPTURE(again);
      CAPTURE(sample);
      CsvReport report;
      const std::string file = "src,bytes,label\n1,2,a\n" + again + "\n3,4,b\n" + again + "\n";
      const std::vector<Column> kinds{{"label", ColumnKind::categorical}};
      const Table t = parse_csv(file, {.kinds = kinds, .infer_rows = sample}, &report);
      CHECK(t.numeric(0));
      REQUIRE(t.rows() == 2);
      CHECK(t.dictionary(2).size() == 2);
      CHECK(report.repeated_headers == 2);
      CHECK(report.first_repeated == 3);
      CHECK(report.lines == 5);
    }
  }
  // Of texts only, where such a row could be read; and a value that is called like a lone column.
  CHECK(parse_csv("proto,label\ntcp,a\nproto,label\nudp,b\n").rows() == 2);
  CHECK(parse_csv("dns\nDNS\nhttp\n").rows() == 2);
  CHECK(parse_csv("1,2\n1,2\n1,2\n").rows() == 2);  // names that are numbers
  // Other names in the same places are data at fault.
  CHECK(error_of("a,b\n1,2\nb,a\n", {.infer_rows = 1}).find(":3:1: ") != std::string::npos);
  // Without a header line, the names of the schema.
  const Schema schema{{{"a"}, {"b"}}};
  CHECK(parse_csv("a,b\n1,2\na,b\n", {.header = false, .schema = schema}).rows() == 1);
}

TEST_CASE("csv: line ends that are mixed, NUL bytes, carriage returns alone") {
  const Table t = parse_csv("a,b\r\n1,2\n3,4\r\n5,6");
  CHECK(t.rows() == 3);
  CHECK(error_of("a,b\r1,2\r3,4\r").find("carriage return") != std::string::npos);
  CHECK(error_of("a,b\n1,2\n3,\0\n"s).find("NUL") != std::string::npos);
  CHECK(error_of("a,b\n\0\0\0\0,\0\0\0\0\0\0\n"s).find("NUL") != std::string::npos);
}

TEST_CASE("csv: kinds can be chosen after the file was looked at") {
  CsvReader reader = CsvReader::make(std::make_unique<MemorySource>("a,b\n1,x\n2,y\n"));
  Schema schema = reader.schema();
  schema.columns[0].kind = ColumnKind::categorical;
  schema.columns[1].kind = ColumnKind::ignore;
  reader.use(schema);
  Table t = reader.make_table();
  reader.read(t);
  CHECK(t.text(0, 1) == "2");
  CHECK(t.columns() == 1);
  CHECK(reader.try_use(schema).error().kind == ErrorKind::config);  // too late
  CsvReader other = CsvReader::make(std::make_unique<MemorySource>("a,b\n1,x\n"));
  CHECK_FALSE(other.try_use(Schema{{{"a"}}}).ok());
}
