// The rule of over-fitting, case by case.
#include <weir/train/overfitting.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

using namespace weir;

namespace {

History history(const std::vector<std::pair<double, double>>& losses) {
  History result;
  for (const auto& [loss, held_back] : losses) {
    EpochReport& epoch = result.epochs.emplace_back();
    epoch.epoch = static_cast<Index>(result.epochs.size());
    epoch.loss = loss;
    epoch.validation_loss = held_back;
  }
  return result;
}

}  // namespace

TEST_CASE("overfitting: none where both losses go down together and settle") {
  const OverfittingSign found =
      overfitting_of(history({{1.0, 1.0}, {0.3, 0.31}, {0.21, 0.22}, {0.2, 0.22}}), 4);
  CHECK(found.sign == Overfitting::none);
  CHECK(
      to_text(found) ==
      "No sign of over-fitting: at epoch 4, whose weights are kept, the loss is 0.2200 on held-back rows and "
      "0.2000 on training rows.");
}

TEST_CASE("overfitting: held-back rows get worse while training rows get better") {
  const History turned = history({{1.0, 1.0}, {0.5, 0.5}, {0.3, 0.6}, {0.1, 0.8}});
  const OverfittingSign found = overfitting_of(turned, 2);
  CHECK(found.sign == Overfitting::overfitted);
  CHECK(found.lowest.epoch == 2);
  CHECK(to_text(found).find("Over-fitting after epoch 2") == 0);
  CHECK(to_text(found).find("fell from 0.5000 to 0.1000") != std::string::npos);
  CHECK(to_text(found).find("rose from 0.5000 to 0.8000") != std::string::npos);
  CHECK(to_text(found).find("little harm") != std::string::npos);
  CHECK(to_text(overfitting_of(turned, 4)).find("early stopping") != std::string::npos);
}

TEST_CASE("overfitting: a small rise does not count, nor one beside losses far above") {
  CHECK(overfitting_of(history({{1.0, 1.0}, {0.5, 0.50}, {0.45, 0.51}}), 3).sign == Overfitting::none);
  CHECK(overfitting_of(history({{1.0, 1.0}, {0.01, 0.010}, {0.009, 0.015}}), 3).sign == Overfitting::none);
}

TEST_CASE("overfitting: a gap at the weights that are kept") {
  CHECK(overfitting_of(history({{1.0, 1.0}, {0.3, 0.5}, {0.29, 0.499}}), 3).sign == Overfitting::gap);
}

TEST_CASE("overfitting: losses that still fall") {
  CHECK(overfitting_of(history({{1.0, 1.0}, {0.8, 0.8}, {0.7, 0.7}}), 3).sign == Overfitting::unfinished);
}

TEST_CASE("overfitting: nothing is told without held-back rows, or of one epoch") {
  CHECK(overfitting_of(history({{1.0, std::nan("")}, {0.5, std::nan("")}}), 2).sign == Overfitting::unknown);
  CHECK(overfitting_of(history({{1.0, 1.0}}), 1).sign == Overfitting::unknown);
  CHECK(overfitting_of(History(), 0).sign == Overfitting::unknown);
  CHECK_FALSE(to_text(overfitting_of(History(), 0)).empty());
}
