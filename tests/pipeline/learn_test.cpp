// From a table to verdicts with the library alone: samples, a net by recipe, a threshold, an assessment.
#include <weir/data/formats/csv.hpp>
#include <weir/io/load_any.hpp>
#include <weir/io/save.hpp>
#include <weir/losses/mean_squared_error.hpp>
#include <weir/optimizers/adam.hpp>
#include <weir/pipeline/assessor.hpp>
#include <weir/pipeline/complete.hpp>
#include <weir/pipeline/learn.hpp>
#include <weir/pipeline/table_samples.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

using namespace weir;

namespace {

/// Flows: ordinary ones have y near 2 x, attacks near -2 x; no column tells them by itself.
std::string flows(std::size_t rows, bool with_labels = true) {
  Rng rng(7);
  std::string csv = with_labels ? "x,y,proto,label\n" : "x,y,proto\n";
  for (std::size_t i = 0; i < rows; ++i) {
    const bool attack = with_labels && i % 5 == 0;
    const double x = rng.uniform(-1.0, 1.0);
    const double y = (attack ? -2.0 : 2.0) * x + rng.uniform(-0.05, 0.05);
    csv += std::to_string(x) + "," + std::to_string(y) + (i % 2 == 0 ? ",tcp" : ",udp");
    csv += with_labels ? (attack ? ",scan\n" : ",BENIGN\n") : "\n";
  }
  return csv;
}

Table table_of(const std::string& csv, const SampleOptions& wanted) {
  return parse_csv(csv, {.kinds = kinds_for(wanted)});
}

}  // namespace

TEST_CASE("learn: an anomaly detector in six lines, its alarm rate and its file") {
  const SampleOptions wanted{.task = Task::anomaly, .label = "label", .benign = {"BENIGN"}};
  const Samples samples = make_samples(table_of(flows(1'500), wanted), wanted);
  const auto learned = learn(samples, {.quick = true, .alarm_rate = 0.05});
  const Assessment result = assess(learned.pipeline, samples);
  const auto bytes = try_serialize(learned.pipeline);
  REQUIRE(bytes.ok());

  CHECK(samples.settings.labels.classes == std::vector<std::string>{"benign", "anomaly"});
  CHECK(samples.training.rows() == 1'080);  // of 1,200 ordinary rows
  CHECK(samples.validation.rows() == 120);
  CHECK(result.rows == 420);  // the held-back ones and all 300 attacks
  CHECK(learned.alarm_rate.ordinary == 120);
  CHECK(learned.alarm_rate.alarms <= 6);
  CHECK(result.confusion.count(0, 1) == static_cast<std::int64_t>(learned.alarm_rate.alarms));
  CHECK(result.value("roc_auc") > 0.8);
  CHECK_FALSE(learned.pipeline.reference.empty());
  auto back = try_parse_any(bytes.value());
  REQUIRE(back.ok());
  CHECK(static_cast<const PipelineSettings&>(*back) ==
        static_cast<const PipelineSettings&>(learned.pipeline));
}

TEST_CASE("learn: classes, and the same bits for any number of threads") {
  const SampleOptions wanted{.label = "label"};
  const Samples samples = make_samples(table_of(flows(600), wanted), wanted);
  CHECK(samples.settings.labels.classes == std::vector<std::string>{"BENIGN", "scan"});
  CHECK(samples.class_counts == std::vector<std::size_t>{480, 120});
  const LearnOptions options{.layers = "dense:16,relu", .learning_rate = 0.02, .epochs = 30, .seed = 3};
  const auto one = learn(samples, options);
  LearnOptions threads = options;
  threads.threads = 3;
  const auto three = learn(samples, threads);
  CHECK(try_serialize(one.pipeline).value() == try_serialize(three.pipeline).value());
  CHECK(one.history.epochs.size() == 30);
  CHECK(one.alarm_rate.asked == 0.0);
  CHECK(one.pipeline.threshold == 0.5);
  CHECK(assess(one.pipeline, samples).confusion.accuracy() > 0.9);
}

TEST_CASE("learn: a number, in its own units") {
  SampleOptions wanted{.task = Task::regress, .label = "y"};
  wanted.validation = 0.2;
  const Samples samples = make_samples(table_of(flows(400, false), wanted), wanted);
  CHECK(samples.class_counts.empty());
  const auto learned =
      learn(samples, {.layers = "dense:16,relu", .learning_rate = 0.02, .epochs = 40, .batch_size = 16});
  const Assessment result = assess(learned.pipeline, samples);
  CHECK(result.rows == 80);
  CHECK(result.value("mae") < 0.15);
  CHECK(result.value("r2") > 0.97);
  CHECK(result.value("rmse") >= result.value("mae"));
  CHECK_FALSE(result.forecast);
  CHECK(result.naive.empty());
}

TEST_CASE("learn: a net of one's own is completed in the same way") {
  const SampleOptions wanted{.task = Task::anomaly, .label = "label", .benign = {"BENIGN"}};
  const Samples samples = make_samples(table_of(flows(500), wanted), wanted);
  AnyModel<float> net = build<float>(std::string_view("dense:8,tanh,dense:5"), samples.settings.input);
  fit(net, samples.training, MeanSquaredError{}, Adam{.learning_rate = 0.01}, {.epochs = 5});
  const auto done = complete_pipeline(samples, net);
  CHECK(done.alarm_rate.asked == doctest::Approx(0.05));
  CHECK(done.pipeline.threshold == done.alarm_rate.threshold);
  CHECK(done.pipeline.errors.mean.size() == 5);
}

TEST_CASE("learn: a plan says what was chosen, before anything is trained") {
  const SampleOptions wanted{.label = "label"};
  const Samples samples = make_samples(table_of(flows(600), wanted), wanted);
  const auto plan = plan_learning(samples, {.optimizer = "sgd", .epochs = 7});
  CHECK(plan.choices.learning_rate == 0.05);
  CHECK(plan.choices.weight_decay == 0.0);
  CHECK(plan.choices.batch_size == 32);
  CHECK(plan.fit.epochs == 7);
  CHECK(plan.fit.early_stopping.patience == 0);  // a number of epochs that was asked for is kept
  CHECK(plan.layers.ends_with(",dense:1"));
  CHECK(plan.loss.kind() == "binary_crossentropy");
  CHECK(plan_learning(samples, {.quick = true}).choices.layers == "dense:64,relu,dense:32,relu");
  CHECK(plan_learning(samples, {.label_smoothing = 0.1}).layers.ends_with(",dense:2"));
  CHECK(plan_learning(samples, {.loss = "categorical_crossentropy"}).layers.ends_with(",dense:2"));
  const auto steady = plan_learning(samples, {.optimizer = "sgd:momentum=0.5", .weight_decay = 0.1});
  CHECK(steady.choices.weight_decay == 0.1);
  CHECK(steady.choices.optimizer == "sgd:momentum=0.5");
  CHECK(steady.optimizer.config() ==
        Config{{"learning_rate", 0.05}, {"momentum", 0.5}, {"nesterov", true}, {"weight_decay", 0.1}});
}

TEST_CASE("learn: what does not fit is refused before training, with the mend") {
  const SampleOptions wanted{.label = "label"};
  const Samples samples = make_samples(table_of(flows(200), wanted), wanted);
  const auto refused = [&](const LearnOptions& options) -> std::string {
    try {
      static_cast<void>(plan_learning(samples, options));
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  CHECK(refused({.optimizer = "adagrad"})
            .starts_with("unknown optimizer 'adagrad'; there are 'sgd', 'adam', "));
  CHECK(refused({.optimizer = "adan"}).starts_with("unknown optimizer 'adan'; did you mean 'adam'"));
  CHECK(refused({.optimizer = "adam:beta1=1"}).starts_with("adam: 'beta1' must lie between 0 and "));
  CHECK(refused({.optimizer = "adam", .learning_rate = -1.0}) ==
        "learn: 'learning_rate' must lie between 1e-12 and 1000");
  CHECK(refused({.optimizer = "adam:learning_rate=0.1", .learning_rate = 0.1}) ==
        "adam: 'learning_rate' is given twice");
  CHECK(refused({.optimizer = "adam", .momentum = 0.5}) == "adam: 'momentum' is not an option");
  CHECK(refused({.loss = "mse"}) == "loss mse does not go with task classify");
  CHECK(refused({.loss = "categorical_crossentropi"})
            .starts_with("unknown loss 'categorical_crossentropi'; did you mean 'categorical_crossentropy'"));
  CHECK(refused({.loss = "binary_crossentropy", .label_smoothing = 0.1}) ==
        "binary_crossentropy: 'label_smoothing' is not an option");
  CHECK(refused({.schedule = "linear"}) == "learn: 'schedule' must be constant, cosine, plateau or step");
  CHECK(refused({.alarm_rate = 0.001}) ==
        "alarm_rate 0.001 takes 999 held-back rows of 'BENIGN' to set the threshold by; there are 16: "
        "alarm_rate 0.0589 or more, or more rows");
  CHECK(refused({.layers = "dense:0"}) != "accepted");
}
