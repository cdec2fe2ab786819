// A capture that is written as all outputs are: whole or not at all.
#pragma once

#include "files.hpp"

#include <weir/traffic/capture/writer.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <variant>

namespace cli {

/// Its packets go to `file`, which must outlive it and be committed by the caller.
[[nodiscard]] inline weir::CaptureWriter capture_writer(OutputFile& file, const std::string& path,
                                                        int link_type) {
  const auto take = [&file](std::span<const std::byte> bytes) -> weir::Status {
    file.write({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return std::monostate{};
  };
  return weir::CaptureWriter(take, path, link_type);
}

}  // namespace cli
