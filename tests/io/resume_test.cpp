// A training that was stopped between any two batches, kept, and taken up again ends with the bits of one that never
// stopped: with every optimizer and schedule, dropout, statistics of batches, early stopping, weights of classes, and
// other threads than before.
#include <doctest/doctest.h>
#include <train/toy_data.hpp>
#include <weir/io/checkpoint.hpp>
#include <weir/losses/binary_cross_entropy.hpp>
#include <weir/losses/mean_squared_error.hpp>
#include <weir/models/registry.hpp>
#include <weir/optimizers/any_optimizer.hpp>
#include <weir/optimizers/make_optimizer.hpp>
#include <weir/train/callbacks.hpp>
#include <weir/train/fit.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

using namespace weir;

namespace {

using State = FitState<AnyModel<float>>;

const Dataset<float>& rows() {
  static const Dataset<float> data = toy::classes(190, 8, 2, 1);
  return data;
}
const Dataset<float>& held() {
  static const Dataset<float> data = toy::classes(60, 8, 2, 2);
  return data;
}
constexpr Index batches = 3;  // of 80 rows: cut into parts where samples do not depend on each other

State started(const std::string& layers, const AnyOptimizer& optimizer, std::uint64_t seed = 4) {
  return start_fit(build<float>(std::string_view(layers), Shape{8}), optimizer, seed);
}

bool same(const AnyModel<float>& a, const AnyModel<float>& b) {
  bool equal = true;
  AnyModel<float>::visit(
      [&](Role, const ParamName&, auto x, auto y) {
        equal = equal && std::equal(x.data(), x.data() + x.size(), y.data(), y.data() + y.size());
      },
      a, b);
  return equal;
}
bool same(const History& a, const History& b) {
  const auto equal = [](const EpochReport& x, const EpochReport& y) {
    return x.epoch == y.epoch && x.loss == y.loss && x.validation_loss == y.validation_loss &&
           x.learning_rate == y.learning_rate && x.best == y.best;
  };
  return std::equal(a.epochs.begin(), a.epochs.end(), b.epochs.begin(), b.epochs.end(), equal) &&
         a.best_epoch == b.best_epoch && a.stopped_early == b.stopped_early && a.interrupted == b.interrupted;
}
bool same(const State& a, const State& b) {
  bool equal = same(a.net, b.net) && same(a.best, b.best) && same(a.history, b.history) &&
               a.best_loss == b.best_loss && a.waited == b.waited && a.terms == b.terms &&
               a.optimizer.steps == b.optimizer.steps;
  for (std::size_t i = 0; equal && i < a.optimizer.moments.size(); ++i)
    equal = same(a.optimizer.moments[i], b.optimizer.moments[i]);
  return equal;
}

struct StopAfter {
  Index left;
  Go on_batch(const BatchReport&) { return --left == 0 ? Go::stop : Go::on; }
};

/// What a checkpoint makes of it, in a program that starts anew.
State kept(const State& state, State fresh) {
  const auto bytes = try_serialize_checkpoint(state).value();
  static_cast<void>(try_parse_checkpoint(bytes, fresh).value());
  return fresh;
}

struct Training {
  std::string layers;
  AnyOptimizer optimizer;
  FitOptions options;

  void go_on(State& state, ThreadPool* pool, auto&&... callbacks) const {
    FitOptions with = options;
    with.pool = pool;
    continue_fit(state, rows(), held(), BinaryCrossEntropy{}, optimizer, with, callbacks...);
  }

  /// Stops after each batch of all, and goes on. How it ends without that.
  History check() const {
    ThreadPool pool(2);
    State straight = started(layers, optimizer);
    go_on(straight, nullptr);
    for (Index stop = 1;; ++stop) {
      CAPTURE(stop);
      const bool even = stop % 2 == 0;
      State first = started(layers, optimizer);
      go_on(first, even ? &pool : nullptr, StopAfter{stop});
      if (!first.history.interrupted) return straight.history;
      CHECK(first.epochs_done() * batches + first.partial.batches == stop);
      State second = kept(first, started(layers, optimizer, 99));
      go_on(second, even ? nullptr : &pool);
      CHECK(same(straight, second));
    }
  }
};

const std::vector<std::pair<const char*, Schedule>>& schedules() {
  static const std::vector<std::pair<const char*, Schedule>> all{
      {"constant", {}},
      {"cosine", CosineSchedule{.final_factor = 0.1, .warmup_epochs = 0.7}},
      {"step", StepSchedule{.every = 1, .factor = 0.5}},
      {"plateau", PlateauSchedule{.patience = 1, .factor = 0.5, .min_delta = 0.05}},
      {"own", [](const TrainingMoment& now) { return 1.0 / (1.0 + now.progress); }}};
  return all;
}

}  // namespace

TEST_CASE("A training that was stopped anywhere ends with the bits of one that was not") {
  std::vector<std::string> optimizers{
      "sgd:momentum=0.9:nesterov=true",
      "rmsprop:learning_rate=0.003:centred=true:momentum=0.5:weight_decay=0.01"};
  for (const std::string& kind : kind_names(BuiltinOptimizers{})) optimizers.push_back(kind);
  for (const std::string& optimizer : optimizers) {
    for (const auto& schedule : schedules()) {
      CAPTURE(optimizer);
      CAPTURE(schedule.first);
      const FitOptions options{.epochs = 3, .batch_size = 80, .seed = 4, .schedule = schedule.second};
      Training{"dense:8,relu,dropout:0.3,dense:1", make_optimizer(optimizer), options}.check();
    }
  }
}

TEST_CASE("So does one with statistics of batches, early stopping, weights and a limit of the gradient") {
  Index early = 0;
  for (const char* layers : {"dense:8,batch_norm,relu,dropout:0.2,dense:1", "gaussian_noise:0.1,dense:1",
                             "reshape:2:4,gru:3,dense:1"}) {
    CAPTURE(layers);
    const FitOptions options{.epochs = 8,
                             .batch_size = 80,
                             .seed = 4,
                             .class_weights = {1.0, 3.0},
                             .clip_norm = 0.5,
                             .schedule = CosineSchedule{},
                             .early_stopping = {.patience = 2, .min_delta = 1e-3, .tolerance = 0.01}};
    early += Training{layers, make_optimizer("adam:learning_rate=0.05"), options}.check().stopped_early;
  }
  CHECK(early > 0);
}

TEST_CASE("What is read goes on by the terms that it began by, and the other one is named") {
  const FitOptions options{.epochs = 4, .batch_size = 80, .seed = 4, .class_weights = {1.0, 2.0}};
  const AnyOptimizer adam = make_optimizer("adam");
  const std::string layers = "dense:4,relu,dense:1";
  State state = started(layers, adam);
  continue_fit(state, rows(), held(), BinaryCrossEntropy{}, adam, options, StopAfter{4});
  const auto complaint = [&](const Dataset<float>& data, const Dataset<float>& validation, const auto& loss,
                             const AnyOptimizer& optimizer, const FitOptions& with) {
    State read = kept(state, started(layers, adam));
    const State before = read;
    std::string what;
    try {
      continue_fit(read, data, validation, loss, optimizer, with);
    } catch (const ConfigError& error) {
      what = error.what();
    }
    CHECK((what.empty() || same(read, before)));
    return what;
  };
  const auto contains = [](const std::string& text, const std::string& part) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
  };
  const BinaryCrossEntropy loss;
  CHECK(complaint(rows(), held(), loss, adam, options).empty());
  auto others = rows();
  others.x(7, 189) += 1e-6F;
  contains(complaint(others, held(), loss, adam, options), "rows was '190 of");
  others = rows();
  others.labels[3] = 1 - others.labels[3];
  contains(complaint(others, held(), loss, adam, options), "rows was");
  contains(complaint(rows(), rows(), loss, adam, options), "validation rows was '60 of");
  contains(complaint(rows(), held(), loss, make_optimizer("adam:beta1=0.8"), options),
           "optimizer was 'adam:learning_rate=0.001:beta1=0.9:");
  auto with = options;
  with.seed = 5;
  contains(complaint(rows(), held(), loss, adam, with), "seed was '4', and is '5'");
  with = options;
  with.batch_size = 81;
  contains(complaint(rows(), held(), loss, adam, with), "batch_size was '80', and is '81'");
  with = options;
  with.class_weights = {1.0, 2.5};
  contains(complaint(rows(), held(), loss, adam, with), "class_weights was '1 2', and is '1 2.5'");
  with = options;
  with.early_stopping.patience = 3;
  contains(complaint(rows(), held(), loss, adam, with), "patience was '0', and is '3'");
  with = options;
  with.schedule = StepSchedule{.every = 0.5};
  contains(complaint(rows(), held(), loss, adam, with),
           "the learning rate of epoch 1 was 0.001, and is 1e-04");
  // More epochs are no other past, as long as the schedule does not look at them.
  with = options;
  with.epochs = 9;
  CHECK(complaint(rows(), held(), loss, adam, with).empty());
  with.schedule = StepSchedule{.every = 5};
  CHECK(complaint(rows(), held(), loss, adam, with).empty());
  // Who knows what it means goes on by others.
  State free = kept(state, started(layers, adam));
  free.terms.clear();
  with.seed = 7;
  continue_fit(free, rows(), held(), loss, adam, with);
  CHECK(free.epochs_done() == 9);
}

TEST_CASE("Within an epoch, a state in memory is bound as well; between two it is not") {
  const AnyOptimizer sgd = make_optimizer("sgd");
  const BinaryCrossEntropy loss;
  State state = started("dense:1", sgd);
  continue_fit(state, rows(), loss, sgd, {.epochs = 2, .batch_size = 80}, StopAfter{1});
  CHECK(state.partial.batches == 1);
  CHECK_THROWS_WITH_AS(continue_fit(state, rows(), loss, sgd, {.epochs = 2, .batch_size = 40}),
                       doctest::Contains("batch_size was '80', and is '40'"), ConfigError);
  state.terms.clear();
  state.partial.batches = 4;
  CHECK_THROWS_WITH_AS(continue_fit(state, rows(), loss, sgd, {.epochs = 2, .batch_size = 80}),
                       doctest::Contains("it stands at batch 4 of an epoch of 3"), ConfigError);
  state.partial = {};
  continue_fit(state, rows(), loss, sgd, {.epochs = 1, .batch_size = 80});
  continue_fit(state, held(), loss, sgd, {.epochs = 2, .batch_size = 40});
  CHECK(state.epochs_done() == 2);
}

TEST_CASE("A checkpoint by time stands between two batches, and one is written where training ends") {
  const std::string path = (std::filesystem::temp_directory_path() / "weir_resume_test.ckpt").string();
  std::filesystem::remove(path);
  const AnyOptimizer adam = make_optimizer("adam");
  const FitOptions options{.epochs = 3, .batch_size = 80};
  const BinaryCrossEntropy loss;
  const auto read = [&] {
    State state = started("dense:1", adam);
    REQUIRE(resume(path, state));
    std::filesystem::remove(path);
    return state;
  };
  struct Fail {
    Index left;
    void on_batch(const BatchReport&) {
      if (--left == 0) throw IoError("the end");
    }
  };
  State state = started("dense:1", adam);
  CHECK_THROWS_AS(continue_fit(state, rows(), loss, adam, options, Checkpoint::by_time(path, 0.0), Fail{5}),
                  IoError);
  State stopped = read();
  CHECK(stopped.epochs_done() == 1);
  CHECK(stopped.partial.batches == 2);
  continue_fit(stopped, rows(), loss, adam, options, Checkpoint::by_time(path, 3600.0), StopAfter{2});
  CHECK(read().partial.batches == 1);
  continue_fit(stopped, rows(), loss, adam, options, Checkpoint(path, 100));
  CHECK(read().epochs_done() == 3);
  CHECK(stopped.seconds() > 0.0);
}
