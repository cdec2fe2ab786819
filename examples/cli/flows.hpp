// weir flows CAPTURE...|--interface IF: what the command is told. main.cpp fills it from the command line.
#pragma once

#include "meter_options.hpp"
#include "source_options.hpp"

#include <weir/core/option_bounds.hpp>

#include <string>
#include <vector>

namespace cli {

struct FlowsOptions {
  SourceOptions source{};
  std::string out = "-";
  MeterOptions meter{.profile = "core"};
  long threads = 1;
  std::string labels{};             ///< file of label rules
  std::string anonymise{};          ///< file of the key
  std::vector<std::string> keep{};  ///< what columns of bytes may still tell beside hidden addresses
  bool source_column = false;
  bool json = false;
  bool quiet = false;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("out", o.out, weir::AnyText{"file"}, "file to write to; - is standard output");
    visit("threads", o.threads, weir::IntegerRange{1, 256}, "the result is the same for any number");
    visit("labels", o.labels, weir::AnyText{"rules"}, "file of label rules; adds a column");
    visit("anonymise", o.anonymise, weir::AnyText{"keyfile"}, "file of a key: hides addresses (Crypto-PAn)");
    visit("keep", o.keep, "beside hidden addresses: timestamps, ip_id, payload");
    visit("source_column", o.source_column,
          "adds a column `capture`: the file of a flow's first packet, or the interface");
    visit("json", o.json, "one JSON object a flow instead of CSV");
    visit("quiet", o.quiet, "no progress, no summary");
  }
};

/// 0; 1 when a capture was cut or damaged, after what could be read; 2 when nothing of one could be read.
/// Throws weir::Error when one cannot be opened, or nothing of any can be read.
[[nodiscard]] int flows(const FlowsOptions& options);

}  // namespace cli
