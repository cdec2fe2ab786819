#include <doctest/doctest.h>
#include <train/toy_data.hpp>
#include <weir/io/checkpoint.hpp>
#include <weir/io/safetensors_writer.hpp>
#include <weir/layers/activations/relu.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/regularisation/dropout.hpp>
#include <weir/losses/binary_cross_entropy.hpp>
#include <weir/models/registry.hpp>
#include <weir/models/sequential.hpp>
#include <weir/optimizers/adam.hpp>
#include <weir/optimizers/any_optimizer.hpp>
#include <weir/optimizers/make_optimizer.hpp>
#include <weir/optimizers/sgd.hpp>
#include <weir/train/fit.hpp>

#include <cstddef>
#include <filesystem>
#include <span>
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
template <class Net>
bool equal(const OptimizerState<Net>& a, const OptimizerState<Net>& b) {
  bool same = a.kind == b.kind && a.steps == b.steps && a.moments.size() == b.moments.size();
  for (std::size_t i = 0; same && i < a.moments.size(); ++i) same = equal(a.moments[i], b.moments[i]);
  return same;
}

/// Goes down along the mean of the last three gradients, which are its moments.
struct LastThree {
  static constexpr std::string_view kind = "last_three";
  double learning_rate = 0.05;

  [[nodiscard]] static std::size_t moments() { return 3; }
  template <class T>
  void update(const ParameterStep<T>& p) const {
    for (std::size_t i = 0; i < p.values.size(); ++i) {
      p.moments[static_cast<std::size_t>(p.number % 3)][i] = static_cast<T>(p.scale) * p.gradient[i];
      const T sum = p.moments[0][i] + p.moments[1][i] + p.moments[2][i];
      p.values[i] -= static_cast<T>(p.rate / 3.0) * sum;
    }
  }
};
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
  CHECK(equal(straight.optimizer, second.optimizer));
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
  CHECK_THROWS_WITH(resume(file.path, other), doctest::Contains("layer 1 was 'dense:units=12:"));
  auto longer = start_fit(Sequential{Dense{8, 12}, Relu{}, Dropout{0.3}, Dense{12, 1}, Relu{}}, Adam{}, 1);
  CHECK_THROWS_WITH(resume(file.path, longer), doctest::Contains("layer 5 was not there, and is 'relu'"));
}

TEST_CASE("An optimizer chosen at run time resumes to the same bits, its own state alone") {
  const TemporaryFile file;
  const auto data = toy::classes(300, 8, 2, 1);
  const auto held = toy::classes(100, 8, 2, 2);
  const auto any_net = [] {
    return build<float>(std::string_view("dense:12,relu,dropout:0.3,dense:1"), Shape{8});
  };
  std::vector<AnyOptimizer> optimizers{Adam{.learning_rate = 0.01}, AdamW{.learning_rate = 0.01},
                                       SGD{.learning_rate = 0.05, .momentum = 0.9}, LastThree{}};
  for (const std::string& kind : kind_names(BuiltinOptimizers{})) optimizers.push_back(make_optimizer(kind));
  for (const AnyOptimizer& optimizer : optimizers) {
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
    CHECK(equal(straight.optimizer, second.optimizer));
    CHECK(straight.optimizer.moments.size() == optimizer.moments());

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

TEST_CASE("A checkpoint of other options of the same optimizer, which need other moments, is refused") {
  const TemporaryFile file;
  const auto plain = start_fit(net(), SGD{}, 1);
  CHECK(plain.optimizer.moments.empty());
  REQUIRE(try_save_checkpoint(file.path, plain).ok());
  auto heavy = start_fit(net(), SGD{.momentum = 0.9}, 1);
  const Status status = try_load_checkpoint(file.path, heavy);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().what.find("other options of sgd") != std::string::npos);
  const auto data = toy::classes(50, 8, 2, 1);
  CHECK_THROWS_AS(continue_fit(heavy, data, {}, BinaryCrossEntropy{}, SGD{}, {.epochs = 1}), ConfigError);
}

TEST_CASE("A file that is no checkpoint, or one of an older version, is refused by name") {
  const TemporaryFile file;
  auto state = start_fit(net(), Adam{}, 1);
  const auto complaint = [&](const SafetensorsWriter& writer) {
    REQUIRE(try_write_safetensors(file.path, writer).ok());
    const Status status = try_load_checkpoint(file.path, state);
    REQUIRE_FALSE(status.ok());
    return status.error().what;
  };
  SafetensorsWriter writer;
  CHECK(complaint(writer).find("is no checkpoint") != std::string::npos);
  for (const std::string version : {"1", "2"}) {
    writer.set_metadata("weir.checkpoint", version);
    CHECK(complaint(writer).find("a checkpoint of version '" + version + "'") != std::string::npos);
  }
}

TEST_CASE("A checkpoint with any byte damaged, or without its end, is refused and changes nothing") {
  auto state = start_fit(net(), Adam{}, 1);
  continue_fit(state, toy::classes(50, 8, 2, 1), {}, BinaryCrossEntropy{}, Adam{}, {.epochs = 2});
  const auto bytes = try_serialize_checkpoint(state).value();
  auto read = start_fit(net(), Adam{}, 2);
  const auto before = read.net;
  for (std::size_t i = 0; i < bytes.size(); i += 7) {
    auto damaged = bytes;
    damaged[i] ^= std::byte{0x10};
    CHECK_FALSE(try_parse_checkpoint(damaged, read).ok());
    CHECK_FALSE(try_parse_checkpoint(std::span(bytes).first(i), read).ok());
  }
  CHECK(equal(read.net, before));
  CHECK(try_parse_checkpoint(bytes, read).ok());
  CHECK(try_serialize_checkpoint(read).value() == bytes);
}
