// What a search over nets and rates (search.hpp) may try, and for how long.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/error.hpp>
#include <weir/core/field_check.hpp>
#include <weir/core/option_bounds.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace weir::inline WEIR_ABI {

struct SearchOptions {
  Index trials = 50;
  std::optional<Index> epochs{};  ///< of the first round; by the rows: 100,000 of them, and 50 epochs at most
  Index reduction = 3;     ///< a round keeps one trial of so many and gives it so many times the epochs
  std::string metric{};    ///< held-back figure to rank by (train/metrics/), or "loss"; empty: by the task
  Index most_layers = 3;   ///< hidden ones
  Index most_units = 256;  ///< of a hidden layer
  double lowest_rate = 1e-4;
  double highest_rate = 1e-2;
  double most_dropout = 0.3;
  double most_decay = 0.1;
  std::uint64_t seed = 0;
  Index threads = 1;  ///< trials run side by side; the result is the same for any number

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit.group("Search");
    visit("trials", o.trials, IntegerRange{1, 100'000}, "nets to begin with");
    visit("epochs", o.epochs, IntegerRange{1, 10'000}, "passes over the rows in the first round",
          "1 to 50, by the rows");
    visit("reduction", o.reduction, IntegerRange{2, 100},
          "a round keeps one net of so many and trains it so many times longer");
    visit("metric", o.metric, AnyText{"name"}, "figure of held-back rows to rank by, or loss",
          "classify: macro_f1; anomaly: roc_auc; regress: loss");
    visit("most_layers", o.most_layers, IntegerRange{1, 16}, "largest number of hidden layers");
    visit("most_units", o.most_units, IntegerRange{8, 65'536}, "largest width of a hidden layer");
    visit("lowest_rate", o.lowest_rate, RealRange{1e-12, 1e3}, "lowest learning rate");
    visit("highest_rate", o.highest_rate, RealRange{1e-12, 1e3}, "highest learning rate");
    visit("most_dropout", o.most_dropout, share_between(0.0, 0.9),
          "largest dropout behind a hidden layer; classify");
    visit("most_decay", o.most_decay, RealRange{0.0, 10.0}, "largest weight decay");
    visit("seed", o.seed, "of what is tried and of each training");
    visit("threads", o.threads, IntegerRange{1, 256}, "trials run side by side; the result is the same");
  }
};

/// ConfigError when an option lies outside of its bounds.
inline void check_options(const SearchOptions& options) {
  checked_fields("search", options);
  if (options.lowest_rate > options.highest_rate)
    fail(ErrorKind::config, "search", "'lowest_rate' must not lie above 'highest_rate'");
}

}  // namespace weir::inline WEIR_ABI
