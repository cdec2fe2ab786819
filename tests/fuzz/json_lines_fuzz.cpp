// Fuzz target of the reader of JSON lines; table_fuzz.hpp says what must hold.
#include "table_fuzz.hpp"

#include <weir/data/formats/json_lines.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return table_fuzz::run(data, size, [](auto source, auto options) {
    return weir::try_json_reader(std::move(source), std::move(options));
  });
}
