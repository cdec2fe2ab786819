// What an attacker can make of a model file: one metadata text changed, and a right checksum.
#pragma once

#include <weir/io/safetensors_view.hpp>
#include <weir/io/safetensors_writer.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir_test {

/// An empty value takes the key away.
inline std::vector<std::byte> forged(const std::vector<std::byte>& from, std::string_view key,
                                     const std::string& value) {
  const weir::SafetensorsView view = weir::try_parse_safetensors(from).value();
  weir::SafetensorsWriter writer;
  for (std::size_t i = 0; i < view.metadata_size(); ++i) {
    const auto [k, v] = view.metadata_at(i);
    if (k != "weir.checksum" && k != key) writer.set_metadata(std::string(k), std::string(v));
  }
  if (!value.empty()) writer.set_metadata(std::string(key), value);
  for (std::size_t i = 0; i < view.size(); ++i) {
    const weir::TensorInfo info = view[i];
    writer.add(std::string(info.name), info.dtype, info.shape, info.bytes);
  }
  return writer.try_bytes().value();
}

}  // namespace weir_test
