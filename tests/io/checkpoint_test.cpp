#include <doctest/doctest.h>
#include <train/toy_data.hpp>
#include <weir/io/checkpoint.hpp>
#include <weir/layers/activations/relu.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/regularisation/dropout.hpp>
#include <weir/losses/binary_cross_entropy.hpp>
#include <weir/models/registry.hpp>
#include <weir/models/sequential.hpp>
#include <weir/optimizers/adam.hpp>
#include <weir/optimizers/any_optimizer.hpp>
#include <weir/optimizers/sgd.hpp>

#include <filesystem>
#include <string>

using namespace weir;

namespace {
auto net() { return Sequential{Dense{8, 12}, Relu{}, Dropout{0.3}, Dense{12, 1}}; }

struct TemporaryFile {
  std::string path = (std::filesystem::temp_directory_path() / "weir_checkpoint_test.ckpt").string();
  TemporaryFile() { std::filesystem::remove(path); }
  ~TemporaryFile() { std::filesystem::remove(path); }
};

template <class Net>
bool equal(const Net& a, const Net& b) {
  bool same = true;
  Net::visit(
      [&](Role, const ParamName&, auto x, auto y) {
        same = same && std::equal(x.data(), x.data() + x.size(), y.data(), y.data() + y.size());
      },
      a, b);
  return same;
}
}  // namespace

TEST_CASE("Resuming from a checkpoint file equals never having stopped") {
  const TemporaryFile file;
  const auto data = toy::classes(300, 8, 2, 1);
  const auto held = toy::classes(100, 8, 2, 2);
  FitOptions options{.epochs = 7, .batch_size = 32, .seed = 4, .early_stopping = {.patience = 6}};
  const Adam optimizer{.learning_rate = 0.01};
  auto straight = start_fit(net(), optimizer, options.seed);
  continue_fit(straight, data, held, BinaryCrossEntropy{}, optimizer, options);

  options.epochs = 3;
  auto first = start_fit(net(), optimizer, options.seed);
  CHECK_FALSE(resume(file.path, first));
  options.early_stopping.restore_best = true;
  continue_fit(first, data, held, BinaryCrossEntropy{}, optimizer, options, Checkpoint{file.path});

  options.epochs = 7;
  auto second = start_fit(net(), optimizer, 99);  // other weights: all of it must come from the file
  REQUIRE(resume(file.path, second));
  CHECK(second.epochs_done() == 3);
  continue_fit(second, data, held, BinaryCrossEntropy{}, optimizer, options);
  CHECK(equal(straight.net, second.net));
  CHECK(equal(straight.optimizer.second, second.optimizer.second));
  CHECK(straight.history.best_epoch == second.history.best_epoch);
  for (std::size_t i = 0; i < 7; ++i) {
    CHECK(straight.history.epochs[i].loss == second.history.epochs[i].loss);
    CHECK(straight.history.epochs[i].validation_loss == second.history.epochs[i].validation_loss);
  }
}

TEST_CASE("A checkpoint of another net or optimizer is refused and changes nothing") {
  const TemporaryFile file;
  const auto state = start_fit(net(), Adam{}, 1);
  REQUIRE(try_save_checkpoint(file.path, state).ok());
  auto sgd = start_fit(net(), SGD{}, 2);
  const auto before = sgd.net;
  CHECK_THROWS_AS(resume(file.path, sgd), FormatError);
  CHECK(equal(before, sgd.net));
  auto other = start_fit(Sequential{Dense{8, 1}}, Adam{}, 1);
  CHECK_THROWS_AS(resume(file.path, other), FormatError);
}

TEST_CASE("An optimizer chosen at run time resumes to the same bits, its own state alone") {
  const TemporaryFile file;
  const auto data = toy::classes(300, 8, 2, 1);
  const auto held = toy::classes(100, 8, 2, 2);
  const auto any_net = [] {
    return build<float>(std::string_view("dense:12,relu,dropout:0.3,dense:1"), Shape{8});
  };
  for (const AnyOptimizer& optimizer :
       {AnyOptimizer(Adam{.learning_rate = 0.01}), AnyOptimizer(AdamW{.learning_rate = 0.01}),
        AnyOptimizer(SGD{.learning_rate = 0.05, .momentum = 0.9})}) {
    CAPTURE(optimizer.kind());
    FitOptions options{.epochs = 5, .batch_size = 32, .seed = 4};
    auto straight = start_fit(any_net(), optimizer, options.seed);
    continue_fit(straight, data, held, BinaryCrossEntropy{}, optimizer, options);

    options.epochs = 2;
    auto first = start_fit(any_net(), optimizer, options.seed);
    continue_fit(first, data, held, BinaryCrossEntropy{}, optimizer, options, Checkpoint{file.path});
    options.epochs = 5;
    auto second = start_fit(any_net(), optimizer, 99);
    REQUIRE(resume(file.path, second));
    CHECK(second.epochs_done() == 2);
    continue_fit(second, data, held, BinaryCrossEntropy{}, optimizer, options);
    CHECK(equal(straight.net, second.net));
    CHECK(equal(straight.optimizer.first, second.optimizer.first));
    CHECK(equal(straight.optimizer.second, second.optimizer.second));
    CHECK(straight.optimizer.steps == second.optimizer.steps);

    // A file of one optimizer is refused by another, by name.
    const bool sgd = optimizer.kind() == "sgd";
    auto other = start_fit(any_net(), sgd ? AnyOptimizer(Adam{}) : AnyOptimizer(SGD{}), 1);
    const Status status = try_load_checkpoint(file.path, other);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().what.find(sgd ? "another optimizer than adam" : "another optimizer than sgd") !=
          std::string::npos);
    CHECK_THROWS_AS(continue_fit(other, data, held, BinaryCrossEntropy{}, optimizer, options), ConfigError);
  }
}

TEST_CASE("A checkpoint every 0 epochs, and one whose counts are none, are refused") {
  const TemporaryFile file;
  auto state = start_fit(net(), Adam{}, 1);
  const auto data = toy::classes(50, 8, 2, 1);
  CHECK_THROWS_AS(
      continue_fit(state, data, {}, BinaryCrossEntropy{}, Adam{}, {.epochs = 1}, Checkpoint{file.path, 0}),
      ConfigError);
  state.optimizer.steps = -1;
  REQUIRE(try_save_checkpoint(file.path, state).ok());
  CHECK_THROWS_AS(resume(file.path, state), FormatError);
}

TEST_CASE("A checkpoint does not care whether the optimizer's kind was known to the compiler") {
  const TemporaryFile file;
  auto state = start_fit(net(), Adam{}, 1);
  REQUIRE(try_save_checkpoint(file.path, state).ok());
  auto any = start_fit(net(), AnyOptimizer(Adam{}), 2);
  REQUIRE(resume(file.path, any));
  CHECK(equal(any.net, state.net));
}
