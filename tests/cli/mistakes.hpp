// Mistakes as a table: a command line, and what the message must say of what is wrong, where, and the mend.
//
// "@name" at the beginning of an argument stands for a file of the folder below.
#pragma once

#include "cli/program.hpp"

#include <weir/core/content_kind.hpp>

#include <zlib.h>

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cli_test {

/// Every byte of the files that stand ready for mistakes, to see that none of them changes.
class MistakeFiles {
 public:
  MistakeFiles() {
    fs::create_directories(path("folder"));
    put("empty", "");
    put("pcap", std::string("\xD4\xC3\xB2\xA1\x02\x00\x04\x00", 8) + std::string(200, '\0'));
    put("json", "{\"src\": 1, \"label\": \"a\"}\n{\"src\": 2, \"label\": \"b\"}\n");
    put("json-array", "[{\"src\": 1, \"label\": \"a\"},\n {\"src\": 2, \"label\": \"b\"}]\n");
    put("zeek", "#separator \\x09\n#fields\tts\tuid\n#types\ttime\tstring\n1.5\tC1\n");
    put("arff", "@relation flows\n@attribute a numeric\n@attribute label {x,y}\n@data\n1,x\n2,y\n");
    put("html", "<!DOCTYPE html>\n<html><body>404, not found</body></html>\n");
    put("zip", std::string("PK\x03\x04\x14\x00\x00\x00", 8) + std::string(200, 'z'));
    put("hdf5", "\x89HDF\r\n\x1A\n" + std::string(200, '\1'));
    put("lfs", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n");
    put("utf16", utf16("a,label\n1,x\n2,y\n"));
    put("gz-html", gzip(read("html")));
    put("table", small_table());
    put("gz-cut", gzip(read("table")).substr(0, 400));
    put("windows-1252", "a,label\n1,BENIGN\n2,Web Attack \x96 XSS\n");
    put("rules", "dos from=2023-11-14T00:00:00Z to=2023-11-15T00:00:00Z\n");
    put("key", std::string(64, 'a'));
    const Outcome trained = run_weir(
        {"train", path("table"), "--label", "label", "--epochs", "1", "--model", path("model"), "--quiet"});
    INFO(trained.err);
    REQUIRE(trained.code == 0);
    const Outcome captured = run_weir({"synth", "--pcap", path("capture"), "--connections", "20", "--quiet"});
    REQUIRE(captured.code == 0);
    put("model-cut", read("model").substr(0, 300));
    fs::create_symlink("table", path("link-to-table"));
    fs::create_hard_link(path("table"), path("other-name-of-table"));
    fs::create_symlink("capture", path("link-to-capture"));
  }

  [[nodiscard]] static std::string path(const std::string& name) { return folder() / ("mistakes/" + name); }
  [[nodiscard]] static std::string read(const std::string& name) { return read_file(path(name)); }
  [[nodiscard]] static std::map<std::string, std::string> content() {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(path(""))) {
      files[entry.path().filename().string()] = entry.is_directory() ? "" : read_file(entry.path().string());
    }
    return files;
  }

 private:
  static void put(const std::string& name, const std::string& text) {
    static_cast<void>(write_file("mistakes/" + name, text));
  }
  /// Numbers, two texts, and labels of two classes.
  static std::string small_table() {
    std::string text = "bytes,packets,service,label\n";
    for (int i = 0; i < 200; ++i) {
      text += std::to_string(i * 37 % 101) + "," + std::to_string(i % 13) + "," +
              (i % 3 == 0 ? "dns" : "web") + "," + (i % 4 == 0 ? "attack" : "benign") + "\n";
    }
    return text;
  }
  static std::string utf16(std::string_view text) {
    std::string wide = "\xFF\xFE";
    for (const char c : text) wide += std::string{c, '\0'};
    return wide;
  }
  static std::string gzip(std::string text) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string packed(text.size() + 200, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(text.data());
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
  }
};

struct Mistake {
  std::vector<std::string> arguments;
  std::vector<std::string> says;  ///< "@name" stands for the file's path
  int code = 2;
};

/// Made once. There is no file "none".
inline void make_mistake_files() { static const MistakeFiles files; }

/// "@@name" is an @ and the file, as `--layers` takes it.
inline std::string spelt_out(const std::string& text) {
  if (text.size() < 2 || text[0] != '@') return text;
  return text[1] == '@' ? "@" + MistakeFiles::path(text.substr(2)) : MistakeFiles::path(text.substr(1));
}

/// Each ends with its code and one line that says all of it; nothing is printed, written or changed.
inline void check_mistakes(const std::vector<Mistake>& mistakes) {
  make_mistake_files();
  const auto before = MistakeFiles::content();
  for (const Mistake& mistake : mistakes) {
    std::vector<std::string> arguments;
    std::string line = "weir";
    for (const std::string& argument : mistake.arguments) {
      line += " " + argument;
      arguments.push_back(spelt_out(argument));
    }
    INFO(line);
    const Outcome outcome = run_weir(arguments);
    INFO("stderr: " << outcome.err);
    CHECK(outcome.code == mistake.code);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.rfind("weir: ", 0) == 0);
    CHECK(lines_of(outcome.err).size() == 1);
    CHECK(outcome.err.size() < 1'000);
    for (const std::string& text : mistake.says) {
      INFO("must say: " << spelt_out(text));
      CHECK(outcome.err.find(spelt_out(text)) != std::string::npos);
    }
    const auto after = MistakeFiles::content();
    for (const auto& file : after) {
      INFO("file " << file.first);
      CHECK(before.contains(file.first));
      CHECK((!before.contains(file.first) || before.at(file.first) == file.second));
    }
    CHECK(after.size() == before.size());
  }
}

/// What messages call the content of one of those files.
inline std::string looks_like(const std::string& name) {
  make_mistake_files();
  return std::string(weir::description(weir::content_kind(MistakeFiles::read(name))));
}

}  // namespace cli_test
