// Fuzz target of the ARFF reader; table_fuzz.hpp says what must hold.
#include "table_fuzz.hpp"

#include <weir/data/formats/arff.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return table_fuzz::run(data, size, [](auto source, auto options) {
    return weir::try_arff_reader(std::move(source), std::move(options));
  });
}
