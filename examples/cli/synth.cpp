// weir synth -o FILE
#include "commands.hpp"
#include "report.hpp"

#include <weir/core/error.hpp>
#include <weir/traffic/synth.hpp>

#include <nlohmann/json.hpp>

#include <fstream>
#include <iostream>
#include <string>

namespace cli {

void synth(const SynthOptions& options) {
  const weir::SynthOptions what{
      .connections = options.connections, .seed = options.seed, .attack_share = options.attack_share};
  if (options.out == "-") {
    weir::write_csv(std::cout, what);
    if (!std::cout.flush()) weir::fail(weir::ErrorKind::io, "cannot write to standard output");
    return;
  }
  std::ofstream file(options.out, std::ios::binary);
  if (file) weir::write_csv(file, what);
  if (!file.flush()) weir::fail(weir::ErrorKind::io, "cannot write " + options.out);
  if (options.output.json) {
    print_json({{"file", options.out}, {"connections", options.connections}, {"seed", options.seed}});
  } else if (!options.output.quiet) {
    print(options.out + ": " + count_of(static_cast<std::int64_t>(options.connections), "connection") + "\n");
  }
}

}  // namespace cli
