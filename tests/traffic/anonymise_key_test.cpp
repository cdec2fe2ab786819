// Keys as people keep them.
#include <weir/traffic/anonymise/anonymise_key.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

using namespace weir;

namespace {

/// A file with that content while it lives.
struct KeyFile {
  explicit KeyFile(const std::string& content) { std::ofstream(path, std::ios::binary) << content; }
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;
  ~KeyFile() { std::filesystem::remove(path); }
  std::string path = (std::filesystem::temp_directory_path() / "weir_anonymise_key_test").string();
};

}  // namespace

TEST_CASE("read_key: 32 bytes, or 64 digits with a line end of any kind") {
  std::string digits;
  for (int i = 0; i < 16; ++i) digits += "0fA0";
  for (const std::string& content : {digits, digits + "\n", digits + "\r\n"}) {
    const AnonymiseKey key = read_key(KeyFile(content).path);
    CHECK(key[0] == 0x0F);
    CHECK(key[31] == 0xA0);
  }
  CHECK(read_key(KeyFile(std::string(31, 'k') + "\n").path)[31] == '\n');
}

TEST_CASE("read_key: anything else is refused") {
  for (const std::string& content : {std::string(), std::string("secret"), std::string(64, 'x'),
                                     std::string(65, '0'), std::string(1 << 20, '0')}) {
    const KeyFile file(content);
    CHECK_THROWS_WITH_AS(static_cast<void>(read_key(file.path)),
                         (file.path + ": not a key: 32 bytes or 64 hexadecimal digits").c_str(), DataError);
  }
  CHECK_THROWS_AS(static_cast<void>(read_key("/no/such/key")), IoError);
  CHECK_THROWS_AS(static_cast<void>(read_key("/")), IoError);
}
