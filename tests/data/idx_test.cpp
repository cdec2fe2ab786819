#include <weir/data/formats/idx.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <weir/data/sources/gzip.hpp>

using namespace weir;

namespace {

std::string word(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xFFU);
  return bytes;
}
std::string image_header(std::uint32_t count, std::uint32_t rows, std::uint32_t columns) {
  return word(0x803) + word(count) + word(rows) + word(columns);
}

Result<IdxImages> images_of(const std::string& bytes) {
  MemorySource source(bytes, "images");
  return try_read_idx_images(source);
}
Result<std::vector<std::uint8_t>> labels_of(const std::string& bytes) {
  MemorySource source(bytes, "labels");
  return try_read_idx_labels(source);
}

template <class T>
void refused(const Result<T>& result, const std::string& reason) {
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == ErrorKind::format);
  INFO(result.error().what);
  CHECK(result.error().what.find(reason) != std::string::npos);
}

/// Hands out a byte at a time, and counts them.
class Drip final : public ByteSource {
 public:
  explicit Drip(std::string bytes) : ByteSource("drip"), bytes_(std::move(bytes)) {}
  Result<std::size_t> read(std::span<char> out) override {
    if (used_ == bytes_.size() || out.empty()) return std::size_t{0};
    out[0] = bytes_[used_++];
    return std::size_t{1};
  }

 private:
  std::string bytes_;
  std::size_t used_ = 0;
};

class Broken final : public ByteSource {
 public:
  Broken() : ByteSource("broken") {}
  Result<std::size_t> read(std::span<char>) override { return Failure{ErrorKind::io, "broken: no more"}; }
};

}  // namespace

TEST_CASE("idx: images and labels") {
  const std::string pixels{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, '\xFF'};
  const IdxImages images = images_of(image_header(2, 2, 3) + pixels).value();
  CHECK(images.count == 2);
  CHECK(images.rows == 2);
  CHECK(images.columns == 3);
  CHECK(images.size() == 6);
  CHECK(images.image(1)[0] == 7);
  CHECK(images.image(1)[5] == 255);
  CHECK(labels_of(word(0x801) + word(3) + std::string{19, 0, 7}).value() ==
        std::vector<std::uint8_t>{19, 0, 7});
  CHECK(images_of(image_header(0, 28, 28)).value().pixels.empty());
  CHECK(labels_of(word(0x801) + word(0)).value().empty());

  Drip drip(image_header(2, 2, 3) + pixels);
  CHECK(try_read_idx_images(drip).value() == images);
}

TEST_CASE("idx: what is refused, and at which byte") {
  const std::string labels = word(0x801) + word(3);
  refused(images_of(""), "images: byte 0: the file ends within the header");
  refused(images_of(image_header(1, 1, 1).substr(0, 14)), "byte 14: the file ends within the header");
  refused(images_of(labels + word(1) + word(1) + "x"), "byte 0: the magic number");
  refused(labels_of(image_header(1, 1, 1) + "x"), "byte 0: the magic number");
  refused(images_of(word(0xD03) + word(1) + word(1) + word(1) + "xxxx"), "magic number");  // floats
  refused(images_of(image_header(1, 0, 1)), "byte 8: images without pixels");
  refused(images_of(image_header(2, 2, 2) + "1234567"), "byte 23: the file ends");
  refused(images_of(image_header(2, 2, 2) + "123456789"), "byte 24: the file goes on");
  refused(labels_of(labels + "12"), "labels: byte 10: the file ends, and its header promises 3 values");
  refused(labels_of(labels + "1234"), "byte 11: the file goes on");
}

TEST_CASE("idx: a header that lies about its size costs nothing") {
  // 2^96 values overflow 64 bits; 2^62 would fit, and no memory holds them.
  refused(images_of(image_header(0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF)), "byte 4: more values than 64 bits");
  refused(images_of(image_header(0x40000000, 0x10000, 0x10000) + "xx"), "byte 18: the file ends");
  refused(labels_of(word(0x801) + word(0xFFFFFFFF) + "x"), "byte 9: the file ends");
}

TEST_CASE("idx: files, packed or not; what cannot be read") {
  const std::string path = std::tmpnam(nullptr);
  const std::string bytes = word(0x801) + word(3) + "abc";
  for (const bool packed : {false, true}) {
    gzFile file = gzopen(path.c_str(), packed ? "wb9" : "wbT");
    REQUIRE(file != nullptr);
    CHECK(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())) == 11);
    gzclose(file);
    CHECK(read_idx_labels(path, open_any) == std::vector<std::uint8_t>{'a', 'b', 'c'});
    CHECK_THROWS_AS(static_cast<void>(read_idx_images(path, open_any)), FormatError);
    if (packed) CHECK_THROWS_AS(static_cast<void>(read_idx_labels(path)), FormatError);
  }
  std::remove(path.c_str());
  CHECK_THROWS_AS(static_cast<void>(read_idx_labels(path)), IoError);
  CHECK_THROWS_AS(static_cast<void>(read_idx_images(path, open_any)), IoError);
  Broken broken;
  CHECK(try_read_idx_images(broken).error().kind == ErrorKind::io);
}

TEST_CASE("idx: USTC-TFC2016 as its README tells it") {
  const char* data = std::getenv("WEIR_DATA");
  if (data == nullptr) {
    MESSAGE("SKIPPED: WEIR_DATA not set");
    return;
  }
  const std::string folder = std::string(data) + "/ustc-tfc2016/";
  std::size_t all = 0;
  for (const std::string part : {"train", "test"}) {
    const IdxImages images = read_idx_images(folder + part + "-images-idx3-ubyte.gz", open_any);
    const auto labels = read_idx_labels(folder + part + "-labels-idx1-ubyte.gz", open_any);
    CHECK(images.rows == 28);
    CHECK(images.columns == 28);
    CHECK(images.count == labels.size());
    CHECK(images.pixels.size() == images.count * 784);
    std::vector<int> counts(256);
    for (const std::uint8_t label : labels) ++counts[label];
    for (std::size_t k = 0; k < 256; ++k) CHECK((counts[k] > 0) == (k < 20));
    all += images.count;
  }
  CHECK(all == 11'406);
}
