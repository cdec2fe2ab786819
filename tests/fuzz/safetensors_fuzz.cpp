// libFuzzer target of the safetensors reader.
//
//   clang++ -std=c++20 -O1 -g -fsanitize=fuzzer,address,undefined -Iinclude tests/fuzz/safetensors_fuzz.cpp
//
// For every input: reading takes at most three times its size (the sanitizer's allocator counts); a file that
// is accepted can be written and read again and is then the same; a JSON library accepts its header too. The
// mutator keeps header and data apart, repairs the header's length and, half the time, the checksum, so that
// the fuzzer gets past both.
#include <weir/io/safetensors_view.hpp>
#include <weir/io/safetensors_writer.hpp>

#include <sanitizer/allocator_interface.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

using Bytes = std::vector<std::byte>;

std::size_t live = 0;
std::size_t peak = 0;
bool counting = false;

void on_malloc(const volatile void*, std::size_t size) {
  if (!counting) return;
  live += size;
  peak = std::max(peak, live);
}

void on_free(const volatile void* memory) {
  if (counting && memory != nullptr) {
    const std::size_t size = __sanitizer_get_allocated_size(const_cast<const void*>(memory));
    live -= std::min(live, size);
  }
}

void require(bool condition) {
  if (!condition) std::abort();
}

weir::Result<weir::SafetensorsView> parse(std::span<const std::byte> file, bool require_checksum) {
  live = 0;
  peak = 0;
  counting = true;
  auto view = weir::try_parse_safetensors(file, {.require_checksum = require_checksum});
  counting = false;
  require(peak <= 3 * file.size() + 65536);
  return view;
}

weir::SafetensorsWriter writer_of(const weir::SafetensorsView& view) {
  weir::SafetensorsWriter writer;
  for (std::size_t i = 0; i < view.size(); ++i) {
    writer.add(std::string(view[i].name), view[i].dtype, view[i].shape, view[i].bytes);
  }
  for (std::size_t i = 0; i < view.metadata_size(); ++i) {
    const auto [key, value] = view.metadata_at(i);
    if (key != weir::detail::checksum_key) writer.set_metadata(std::string(key), std::string(value));
  }
  return writer;
}

void require_equal(const weir::SafetensorsView& a, const weir::SafetensorsView& b) {
  require(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto other = b.find(a[i].name);
    require(other.has_value() && other->dtype == a[i].dtype && other->shape == a[i].shape);
    require(std::equal(a[i].bytes.begin(), a[i].bytes.end(), other->bytes.begin(), other->bytes.end()));
    require(weir::byte_size(a[i].dtype, a[i].shape) == a[i].bytes.size());
  }
  for (std::size_t i = 0; i < a.metadata_size(); ++i) {
    const auto [key, value] = a.metadata_at(i);
    if (key != weir::detail::checksum_key) require(b.metadata(key) == value);
  }
}

void require_agreement(const weir::SafetensorsView& view, std::string_view header) {
  const auto json = nlohmann::json::parse(header, nullptr, false);
  require(json.is_object());
  const bool has_metadata = json.contains("__metadata__");
  require(json.size() == view.size() + (has_metadata ? 1 : 0));
  if (has_metadata) require(json["__metadata__"].size() == view.metadata_size());
  for (std::size_t i = 0; i < view.size(); ++i) {
    const weir::TensorInfo tensor = view[i];
    const auto& entry = json[std::string(tensor.name)];
    require(entry["dtype"] == weir::name_of(tensor.dtype));
    const auto extents = tensor.shape.span();
    require(entry["shape"] == std::vector<std::uint64_t>(extents.begin(), extents.end()));
  }
}

std::span<const std::byte> bytes_of(const std::uint8_t* data, std::size_t size) {
  return std::as_bytes(std::span(data, size));
}

/// Writes the right checksum into a file that has the place for one.
void repair_checksum(std::span<std::byte> file) {
  const std::string_view text = weir::detail::text_of(file);
  const std::string prefix = "\"weir.checksum\":\"" + std::string(weir::detail::checksum_prefix);
  const std::size_t at = text.find(prefix);
  if (at == std::string_view::npos) return;
  const std::size_t digits = at + prefix.size();
  if (digits + weir::detail::checksum_digits > file.size()) return;
  const auto right = weir::detail::checksum_of(file, digits);
  std::copy_n(std::as_bytes(std::span(right)).begin(), right.size(),
              file.begin() + static_cast<std::ptrdiff_t>(digits));
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = bytes_of(data, size);
  const auto view = parse(file, false);
  if (!view.ok()) {
    require(!view.error().what.empty() && view.error().what.size() < 1000);
    require(!parse(file, true).ok());
    return 0;
  }
  const bool checked = parse(file, true).ok();
  require(checked == view.value().metadata(weir::detail::checksum_key).has_value());
  require_agreement(view.value(), weir::detail::text_of(file.subspan(8, weir::detail::read_length(file))));
  const weir::SafetensorsWriter writer = writer_of(view.value());
  const auto written = writer.try_bytes();
  if (!written.ok()) {  // only a header that grows over the limit: escapes are written in full
    require(file.size() > weir::max_header_bytes / 6);
    return 0;
  }
  const auto again = parse(written.value(), true);
  require(again.ok());
  require_equal(view.value(), again.value());
  require(writer_of(again.value()).bytes() == written.value());
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  std::minstd_rand random(seed);
  if (size < 8 || max_size < 64 || random() % 16 == 0) return LLVMFuzzerMutate(data, size, max_size);
  const auto claimed = weir::detail::read_length(bytes_of(data, size));
  std::size_t header = static_cast<std::size_t>(std::min<std::uint64_t>(claimed, size - 8));
  std::vector<std::uint8_t> text(data + 8, data + 8 + header);
  std::vector<std::uint8_t> rest(data + 8 + header, data + size);
  auto& part = random() % 8 == 0 ? rest : text;
  const std::size_t old = part.size();
  const std::size_t room = max_size - size;
  if (old + room == 0) return LLVMFuzzerMutate(data, size, max_size);
  part.resize(old + room);
  part.resize(LLVMFuzzerMutate(part.data(), old, old + room));
  header = text.size();
  for (unsigned i = 0; i < 8; ++i) data[i] = static_cast<std::uint8_t>(std::uint64_t{header} >> (8 * i));
  std::copy(text.begin(), text.end(), data + 8);
  std::copy(rest.begin(), rest.end(), data + 8 + header);
  const std::size_t total = 8 + header + rest.size();
  if (random() % 2 == 0) repair_checksum(std::as_writable_bytes(std::span(data, total)));
  return total;
}
