// Memory: how much reading takes at its peak, and what happens when any allocation fails. Replaces the global
// operator new, so this file needs a program of its own.
#include <weir/io/safetensors.hpp>

#include "counting_new.hpp"
#include "support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <limits>
#include <new>
#include <string>
#include <vector>

namespace {

using weir_test::Bytes;
using weir_test::counter;
using weir_test::file_of;

constexpr std::size_t slack = 65536;

template <class Action>
std::size_t peak_of(Action action) {
  const std::size_t before = counter.live;
  counter.peak = before;
  action();
  CHECK(counter.live == before);
  return counter.peak - before;
}

std::string repeat(std::size_t size, const std::string& piece) {
  std::string text;
  while (text.size() < size) text += piece;
  return text;
}

/// Short distinct names: base 64, three characters.
std::string short_name(std::size_t i) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-";
  return {letters[i % 64], letters[i / 64 % 64], letters[i / 4096 % 64]};
}

std::string many(std::size_t size, const std::function<std::string(std::size_t)>& piece) {
  std::string text;
  for (std::size_t i = 0; text.size() < size && i < 64 * 64 * 64; ++i) text += (i == 0 ? "" : ",") + piece(i);
  return text;
}

/// Headers of about `size` bytes that cost as much as possible; some are accepted, some refused.
std::vector<std::string> hostile_headers(std::size_t size) {
  const std::string tensor = R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  const auto tensors = many(size, [&](std::size_t i) { return "\"" + short_name(i) + tensor; });
  const auto metadata = many(size, [](std::size_t i) { return "\"" + short_name(i) + "\":\"\""; });
  const std::string n(size, 'n');
  return {
      "{" + tensors + "}",
      "{" + tensors + "}x",
      "{" + tensors + ",\"aaa" + tensor + "}",
      "{\"__metadata__\":{" + metadata + "}}",
      "{\"__metadata__\":{" + metadata + ",\"aaa\":\"\"}}",
      "{\"__metadata__\":{\"k\":\"" + n + "\"}}",
      "{\"__metadata__\":{\"" + n + "\":\"\"}}",
      "{\"" + n + tensor + "}",
      "{\"" + n + tensor + ",\"" + n + tensor + "}",
      "{\"" + n,
      "{\"" + n + "\x01",
      "{\"" + repeat(size, "\\n") + tensor + "}",
      "{\"__metadata__\":{\"k\":\"" + repeat(size, "\\u0001") + "\"}}",
      "{\"__metadata__\":{\"k\":\"" + repeat(size, "\\ud83c\\udf0a") + "\"}}",
      "{\"a\":{\"" + n + "\":1}}",
      "{\"a\":{\"dtype\":\"" + n + "\"}}",
      "{\"a\":{\"shape\":[" + repeat(size, "1,") + "1]}}",
      "{\"a\":{\"shape\":[" + std::string(size, '1') + "]}}",
      "{\"a\":{\"shape\":[" + std::string(size, ' ') + "1]}}",
      "{" + std::string(size, '\n') + "}",
      "{}" + std::string(size, ' '),
      repeat(size, "{\"a\":"),
      repeat(size, "["),
      "{\"a\":" + repeat(size, "["),
      repeat(size, "{"),
      repeat(size, "\""),
      repeat(size, "\\"),
      "{\"" + repeat(size, "\xF0\x9F\x8C\x8A") + tensor + "}",
      "{\"" + repeat(size, "\xF0\x9F\x8C") + tensor + "}",
      std::string(size, '\0'),
  };
}

}  // namespace

TEST_CASE("memory: reading takes at most three times the size of the file, whatever is in it") {
  for (const std::size_t size : std::array<std::size_t, 3>{1000, 200000, 2000000}) {
    double most = 0;
    int accepted = 0;
    int which = 0;
    for (const std::string& header : hostile_headers(size)) {
      const Bytes file = file_of(header);
      const std::size_t peak = peak_of(
          [&] { accepted += weir::try_parse_safetensors(file, {.require_checksum = false}).ok() ? 1 : 0; });
      CAPTURE(which++);
      CHECK(peak <= 3 * file.size() + slack);
      most = std::max(most, static_cast<double>(peak) / static_cast<double>(file.size()));
    }
    CHECK(accepted == 10);
    MESSAGE("headers of " << size << " bytes: at most " << most << " bytes a byte");
  }
}

TEST_CASE("memory: reading a file takes at most four times its size") {
  const weir_test::TemporaryDirectory directory;
  const std::string path = directory / "file";
  for (const std::string& header : hostile_headers(200000)) {
    const Bytes file = file_of(header);
    weir::write_file(path, file);
    const std::size_t peak = peak_of(
        [&] { static_cast<void>(weir::try_read_safetensors(path, {.require_checksum = false}).ok()); });
    CHECK(peak <= 4 * file.size() + slack);
  }
}

TEST_CASE("memory: a header that lies about its size takes nothing") {
  for (unsigned bit = 0; bit < 64; ++bit) {
    const Bytes file = weir_test::raw_file(std::uint64_t{1} << bit, "{", "");
    CHECK(peak_of([&] { CHECK_FALSE(weir::try_parse_safetensors(file).ok()); }) < 2000);
  }
}

TEST_CASE("memory: a failing allocation anywhere leaves nothing behind") {
  const weir_test::TemporaryDirectory directory;
  const std::string path = directory / "model.weir";
  const Bytes data(64);
  const auto write_and_read = [&] {
    weir::SafetensorsWriter writer;
    writer.set_metadata("a key that is longer than a short string", "and a value that is longer, too");
    writer.add("a name that is longer than a short string", weir::Dtype::f32, {.extents = {16}, .rank = 1},
               data);
    weir::write_safetensors(path, writer);
    weir::Tensor<float, weir::dyn> tensor(16);
    weir::read_safetensors(path)->read_into("a name that is longer than a short string", tensor.view());
  };
  counter.allocations = 0;
  write_and_read();
  const std::size_t allocations = counter.allocations;
  const std::size_t live = counter.live;
  std::size_t failures = 0;
  for (std::size_t k = 0; k < allocations; ++k) {
    counter.allocations = 0;
    counter.fail_at = k;
    try {
      write_and_read();
    } catch (const std::bad_alloc&) {
      ++failures;
    }
    counter.fail_at = std::numeric_limits<std::size_t>::max();
    if (counter.live != live) FAIL_CHECK("allocation " << k << " leaves memory behind");
    if (!weir::try_read_safetensors(path).ok()) FAIL_CHECK("allocation " << k << " leaves a broken file");
    if (directory.names().size() != 1) FAIL_CHECK("allocation " << k << " leaves a file behind");
  }
  CHECK(failures == allocations);
  MESSAGE(allocations << " allocations");
}
