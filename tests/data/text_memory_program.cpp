// Memory of the readers of text: bounded whatever the file holds, while kinds are guessed and afterwards. The
// files are made as they are read, so that they may be larger than memory. Replaces the global operator new,
// so this file needs a program of its own.
#include <weir/data/formats/arff.hpp>
#include <weir/data/formats/csv.hpp>
#include <weir/data/formats/json_lines.hpp>
#include <weir/data/formats/zeek_log.hpp>

#include <doctest/doctest.h>
#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <utility>

namespace {

struct Counter {
  std::size_t live = 0;
  std::size_t peak = 0;
};

Counter counter;  // a test program may have one

void* allocate(std::size_t size, std::size_t align) noexcept {
  void* memory = nullptr;
  if (::posix_memalign(&memory, std::max(align, sizeof(void*)), size == 0 ? 1 : size) != 0) return nullptr;
  counter.live += ::malloc_usable_size(memory);
  counter.peak = std::max(counter.peak, counter.live);
  return memory;
}

void* allocate_or_throw(std::size_t size, std::size_t align) {
  void* memory = allocate(size, align);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void release(void* memory) noexcept {
  if (memory == nullptr) return;
  counter.live -= ::malloc_usable_size(memory);
  std::free(memory);
}

constexpr std::size_t plain = alignof(std::max_align_t);

}  // namespace

void* operator new(std::size_t size) { return allocate_or_throw(size, plain); }
void* operator new[](std::size_t size) { return allocate_or_throw(size, plain); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, plain); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, plain); }
void* operator new(std::size_t size, std::align_val_t align) {
  return allocate_or_throw(size, static_cast<std::size_t>(align));
}
void* operator new[](std::size_t size, std::align_val_t align) {
  return allocate_or_throw(size, static_cast<std::size_t>(align));
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { release(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { release(memory); }

namespace {

using namespace weir;

constexpr std::size_t mebi = std::size_t{1} << 20;

/// A beginning, then one piece again and again up to a size, then an end.
class EndlessSource final : public ByteSource {
 public:
  EndlessSource(std::string begin, std::string piece, std::size_t size, std::string end)
      : ByteSource("endless"),
        text_(std::move(begin)),
        piece_(std::move(piece)),
        left_(size),
        end_(std::move(end)) {}

  Result<std::size_t> read(std::span<char> out) override {
    std::size_t filled = 0;
    while (filled < out.size() && (used_ < text_.size() || refill())) {
      const std::size_t count = std::min(out.size() - filled, text_.size() - used_);
      std::copy_n(text_.data() + used_, count, out.data() + filled);
      used_ += count;
      filled += count;
    }
    return filled;
  }

 private:
  bool refill() {
    used_ = 0;
    if (left_ > 0) {
      left_ -= std::min(left_, piece_.size());
      text_ = piece_;
      return true;
    }
    text_ = std::exchange(end_, std::string());
    return !text_.empty();
  }

  std::string text_, piece_;
  std::size_t left_;
  std::string end_;
  std::size_t used_ = 0;
};

struct Reading {
  std::size_t peak = 0;
  CsvReport report;
  bool good = false;
};

/// Reads it all, in pieces that are thrown away.
template <class Open = decltype(&CsvReader::try_make)>
Reading read_all(std::unique_ptr<ByteSource> source, CsvOptions options, Open open = &CsvReader::try_make) {
  Reading result;
  const std::size_t before = counter.live;
  counter.peak = before;
  {
    auto reader = open(std::move(source), std::move(options));
    while (reader.ok()) {
      Table rows = reader->make_table();
      const Result<std::size_t> count = reader->try_read(rows, 1'000);
      result.good = count.ok();
      if (!count.ok() || count.value() == 0) break;
    }
    if (reader.ok()) result.report = reader->report();
  }
  result.peak = counter.peak - before;
  return result;
}

std::string piece_of(const std::string& text) {
  std::string piece;
  while (piece.size() < 64'000) piece += text;
  return piece;
}

}  // namespace

TEST_CASE("csv memory: blank lines take none, before, between and behind rows") {
  const std::string header = "a,b\n", rows = "1,x\n2,y\n";
  for (const std::string line : {"\n", "\r\n"}) {
    for (const auto& [begin, end] :
         {std::pair(std::string(), header + rows), std::pair(header, rows), std::pair(header + "1,x\n", rows),
          std::pair(header + rows, std::string())}) {
      const Reading reading =
          read_all(std::make_unique<EndlessSource>(begin, piece_of(line), 16 * mebi, end), {});
      CHECK(reading.good);
      CHECK(reading.report.rows >= 2);
      CHECK(reading.report.blank_lines > 7'000'000);
      CHECK(reading.peak < 4 * mebi);
    }
  }
}

TEST_CASE("csv memory: the kind of a column behind many blank lines is still seen") {
  CsvReader reader =
      CsvReader::make(std::make_unique<EndlessSource>("a,b\n", piece_of("\n"), 8 * mebi, "1,x\n"), {});
  CHECK(reader.schema().columns[1].kind == ColumnKind::categorical);
}

TEST_CASE("csv memory: a line of any length, and a quote that is never closed") {
  for (const std::size_t sample : {std::size_t{1'000}, std::size_t{0}}) {
    for (const auto& [begin, piece] :
         {std::pair("a,b\n1,", "x"), std::pair("a,b\n\"1,", "x"), std::pair("a,b\n1,\"", "x\n"),
          std::pair("a,b\n1,\"", "2,3\n"), std::pair("a,b\n1,2\n", "\"\"\"\",\n"), std::pair("\"", "y")}) {
      const std::string shown = begin;
      CAPTURE(shown);
      const Reading reading =
          read_all(std::make_unique<EndlessSource>(begin, piece_of(piece), 32 * mebi, "\n1,2\n"),
                   {.infer_rows = sample, .bad_rows = BadRows::collect});
      CHECK(reading.peak < 24 * mebi);
    }
  }
}

TEST_CASE("csv memory: the sample is bounded by its bytes, whatever the rows are") {
  std::string wide = "1";
  for (int i = 1; i < 4'000; ++i) wide += ",1";
  const std::string header(3'999, ',');
  for (const std::string& row : {wide, std::string(3'999, ','), std::string("1,2")}) {
    const Reading reading =
        read_all(std::make_unique<EndlessSource>(header + "\n", piece_of(row + "\n"), 24 * mebi, ""),
                 {.infer_rows = 1'000'000'000, .bad_rows = BadRows::skip});
    CHECK(reading.good);
    // The sample, and a thousand rows of 4,000 numbers.
    CHECK(reading.peak < 64 * mebi);
  }
}

TEST_CASE("csv memory: columns of one name are told apart at once") {
  std::string header = "a";
  for (int i = 1; i < 4'000; ++i) header += ",a";
  const CsvReader reader = CsvReader::make(std::make_unique<EndlessSource>(header + "\n", "", 0, ""), {});
  CHECK(reader.schema().columns.back().name == "a.3999");
}

TEST_CASE("lines memory: a line of any length, in any place, takes a bounded buffer") {
  const std::string arff = "@relation r\n@attribute a string\n@data\n",
                    zeek = "#separator \\x09\n#fields\ta\n";
  const std::string long_text(64'000, 'x');
  const CsvOptions options{.bad_rows = BadRows::collect};
  for (const auto& [begin, end] : {std::pair(arff + "x\n", "\ny\n"), std::pair(arff + "'x", "'\ny\n")}) {
    const Reading reading = read_all(std::make_unique<EndlessSource>(begin, long_text, 32 * mebi, end),
                                     options, &try_arff_reader);
    CHECK(reading.good);
    CHECK(reading.report.bad_rows == 1);
    CHECK(reading.peak < 24 * mebi);
  }
  const Reading log = read_all(std::make_unique<EndlessSource>(zeek + "x\n", long_text, 32 * mebi, "\ny\n"),
                               options, &try_zeek_reader);
  CHECK(log.report.rows == 2);
  CHECK(log.peak < 24 * mebi);
  const Reading json = read_all(std::make_unique<EndlessSource>("{\"a\":\"x\"}\n{\"a\":\"", long_text,
                                                                32 * mebi, "\"}\n{\"a\":\"y\"}\n"),
                                options, &try_json_reader);
  CHECK(json.report.rows == 2);
  CHECK(json.peak < 48 * mebi);
}

TEST_CASE("lines memory: declarations and names without end are refused") {
  const auto peak = [](std::string begin, const std::string& piece, auto open) {
    const Reading reading = read_all(
        std::make_unique<EndlessSource>(std::move(begin), piece_of(piece), 128 * mebi, ""), {}, open);
    CHECK_FALSE(reading.good);
    return reading.peak;
  };
  CHECK(peak("@relation r\n", "@attribute a {x,y,z}\n", &try_arff_reader) < 24 * mebi);
  CHECK(peak("@relation r\n@attribute a {x", ",y", &try_arff_reader) < 24 * mebi);
  CHECK(peak("#separator \\x09\n#fields", "\ta", &try_zeek_reader) < 24 * mebi);
  CHECK(peak("{\"a\":1", ",\"b\":1", &try_json_reader) < 48 * mebi);
}
