// The page of all losses, optimizers and metrics says what their lists say. With WEIR_WRITE_DOCS set it is written anew.
#include <weir/layers/dense/dense.hpp>
#include <weir/losses/make_loss.hpp>
#include <weir/models/sequential.hpp>
#include <weir/optimizers/make_optimizer.hpp>
#include <weir/train/fit.hpp>
#include <weir/train/metrics.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "source_dir.hpp"
#include "toy_data.hpp"

using namespace weir;

namespace {

/// "Adam" of weir::...::Adam.
template <class K>
std::string class_name() {
  const std::string_view all =
      __PRETTY_FUNCTION__;  // "... [K = weir::Adam]", "... [with K = weir::Adam; ...]"
  const std::size_t begin = all.find("K = ") + 4;
  const std::string_view type = all.substr(begin, all.find_first_of(";]", begin) - begin);
  return std::string(type.substr(type.rfind(':') + 1));
}

template <class... K>
std::vector<std::string> class_names(KindList<K...>) {
  return {class_name<K>()...};
}

std::string targets_of(Takes takes) {
  if (takes == Takes::both) return "labels or values";
  return takes == Takes::labels ? "labels" : "values";
}

std::string taken_over(Link link) {
  if (link == Link::identity) return "";
  return link == Link::sigmoid ? "`sigmoid`" : "`softmax`";
}

std::string options_section(const KindText& text) {
  if (text.options.empty()) return "";
  std::string section = "\n### `" + text.kind + "`\n\n| option | values | otherwise | |\n|---|---|---|---|\n";
  for (const FieldText& option : text.options) {
    section += "| `" + option.name + "` | " + option.values + " | `" + option.standard + "` | " +
               option.meaning + " |\n";
  }
  return section;
}

std::string source_of(const AnyMetric& metric) {
  if (metric.as<AnyMetric::OfMatrix>() != nullptr) return "counts of all classes";
  if (metric.as<AnyMetric::OfClass>() != nullptr) return "counts of a class";
  return metric.as<AnyMetric::OfRanking>() != nullptr ? "ranking of a class" : "numbers";
}

std::string metrics_section() {
  std::string text =
      "\n## Metrics\n\n"
      "Names are those of `weir evaluate --json` and of `value(\"f1\")` of an `Evaluation` or an "
      "`Assessment`; classes are "
      "in\n`weir::metrics`. TP, FP, TN and FN count rows of a class against the rest, n_kk rows of class k "
      "that were taken "
      "for it.\nA metric of a class is that of class 1 of two; of more it is the mean over the classes that "
      "occur. e is the "
      "answer less\nthe truth t. [A metric of your own](add_a_layer.md#a-metric-of-your-own).\n\n"
      "| kind | class | value | computed from | better | as |\n|---|---|---|---|---|---|\n";
  const std::vector<std::string> classes = class_names(BuiltinMetrics{});
  const std::vector<AnyMetric> all = builtin_metrics();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const MetricText& metric = all[i].text;
    text += "| `" + std::string(metric.kind) + "` | `" + classes[i] + "` | " + std::string(metric.formula) +
            " | " + source_of(all[i]) + " | " + (metric.less_is_better ? "less" : "more") + " | " +
            std::string(metric.reference) + " |\n";
  }
  return text;
}

std::string page() {
  std::string text =
      "# Losses, optimizers and metrics\n\n"
      "In a text (`make_loss`, `make_optimizer`, `weir train --loss`, `--optimizer`) each is "
      "`kind:name=value`, such "
      "as\n"
      "`sgd:momentum=0.9`; in C++ a struct whose members are the options. Sources stand at the head of each "
      "header. "
      "This\n"
      "page is made from the lists in the code (`losses/builtin_losses.hpp`, "
      "`optimizers/builtin_optimizers.hpp`,\n"
      "`train/metrics/builtin_metrics.hpp`), and a test holds it against them. [Losses and optimizers of "
      "your own](add_a_layer.md#a-loss-of-your-own).\n"
      "\n## Losses\n\n"
      "The sum of w l over all items, divided by the sum of w. An item is a time step that counts; w is the "
      "weight "
      "of its\n"
      "sample times that of its class. y are the outputs of the net, z its logits: such a loss takes over a "
      "final "
      "activation.\n\n"
      "| kind | class | l | compares with | takes over |\n|---|---|---|---|---|\n";
  const std::vector<KindText> losses = kind_texts(BuiltinLosses{});
  const std::vector<std::string> loss_classes = class_names(BuiltinLosses{});
  for (std::size_t i = 0; i < losses.size(); ++i) {
    const AnyLoss loss = make_loss(losses[i].kind);
    text += "| `" + losses[i].kind + "` | `" + loss_classes[i] + "` | " + losses[i].formula + " | " +
            targets_of(loss.takes()) + " | " + taken_over(loss.final_link()) + " |\n";
  }
  for (const KindText& loss : losses) text += options_section(loss);
  text +=
      "\n## Optimizers\n\n"
      "p is a parameter, g its gradient, clipped. Weights decay, biases do not. Moments are the numbers kept "
      "for each\n"
      "parameter where no option asks for more.\n\n"
      "| kind | class | step | moments |\n|---|---|---|---|\n";
  const std::vector<KindText> optimizers = kind_texts(BuiltinOptimizers{});
  const std::vector<std::string> optimizer_classes = class_names(BuiltinOptimizers{});
  for (std::size_t i = 0; i < optimizers.size(); ++i) {
    text += "| `" + optimizers[i].kind + "` | `" + optimizer_classes[i] + "` | " + optimizers[i].formula +
            " | " + std::to_string(make_optimizer(optimizers[i].kind).moments()) + " |\n";
  }
  for (const KindText& optimizer : optimizers) text += options_section(optimizer);
  return text + metrics_section();
}

}  // namespace

TEST_CASE("docs/training_options.md has all losses and optimizers with their options, and all metrics") {
  const std::filesystem::path path = weir_test::source_dir() / "docs/training_options.md";
  const std::string expected = page();
  if (std::getenv("WEIR_WRITE_DOCS") != nullptr) std::ofstream(path, std::ios::binary) << expected;
  std::ifstream in(path, std::ios::binary);
  const std::string found{std::istreambuf_iterator<char>(in), {}};
  CHECK_MESSAGE(found == expected,
                "make it anew: WEIR_WRITE_DOCS=1 tests/test_train -sf='*training_options_test.cpp'");
}

TEST_CASE("losses and optimizers in texts: names, options and bounds") {
  CHECK(make_loss("categorical_crossentropy:label_smoothing=0.1").config() ==
        Config{{"label_smoothing", 0.1}});
  CHECK(make_optimizer("sgd:momentum=0.9:nesterov=true").config() ==
        Config{{"learning_rate", 0.01}, {"momentum", 0.9}, {"nesterov", true}, {"weight_decay", 0.0}});
  const auto complaint = [](std::string_view text) {
    const Result<AnyOptimizer> made = try_make_optimizer(text);
    return made.ok() ? std::string() : made.error().what;
  };
  CHECK(complaint("adm").rfind("unknown optimizer 'adm'; did you mean 'adam'", 0) == 0);
  CHECK(complaint("adam:beta=0.9").rfind("adam: 'beta' is not an option; did you mean 'beta1', 'beta2'", 0) ==
        0);
  CHECK(complaint("adam:learning_rate=-1") == "adam: 'learning_rate' must be a number from 0 up");
  CHECK(complaint("adam:learning_rate=inf") == "adam: 'learning_rate' must be a number from 0 up");
  CHECK(complaint("adam:beta1=1") == "adam: 'beta1' must lie between 0 and 0.999999999");
  CHECK(complaint("adam:0.9") == "'adam:0.9': an option is name=value, which '0.9' is not");
  CHECK(complaint("adam:beta1=0.9:beta1=0.8") == "'adam:beta1=0.9:beta1=0.8': has 'beta1' twice");
  CHECK(try_make_loss("hubert").error().what.rfind("unknown loss 'hubert'", 0) == 0);
}

TEST_CASE("options out of bounds are refused before training, in C++ as in texts") {
  const Dataset<float> data = toy::line(20, 3, 1);
  const auto refusal = [&](const auto& loss, const auto& optimizer) -> std::string {
    Sequential net{Dense{3, 1}};
    try {
      fit(net, data, loss, optimizer, {.epochs = 1});
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  };
  const MeanSquaredError mse;
  const std::string beta = try_make_optimizer("adam:beta1=1").error().what;
  CHECK(refusal(mse, Adam{.beta1 = 1.0}) == beta);
  CHECK(refusal(mse, AnyOptimizer(Adam{.beta1 = 1.0})) == beta);
  AnyOptimizer changed = SGD{};
  changed.learning_rate = -1.0;
  CHECK(refusal(mse, changed) == try_make_optimizer("sgd:learning_rate=-1").error().what);
  const std::string smoothing = try_make_loss("categorical_crossentropy:label_smoothing=2").error().what;
  CHECK(refusal(CategoricalCrossEntropy{.label_smoothing = 2.0}, SGD{}) == smoothing);
  CHECK(refusal(AnyLoss(CategoricalCrossEntropy{.label_smoothing = 2.0}), SGD{}) == smoothing);
  CHECK(refusal(mse, SGD{}).empty());
}

TEST_CASE("every option has a meaning, and every kind a formula") {
  std::vector<KindText> all = kind_texts(BuiltinLosses{});
  for (KindText& text : kind_texts(BuiltinOptimizers{})) all.push_back(std::move(text));
  for (const KindText& text : all) {
    CAPTURE(text.kind);
    CHECK_FALSE(text.formula.empty());
    for (const FieldText& option : text.options) {
      CAPTURE(option.name);
      CHECK_FALSE(option.values.empty());
      CHECK_FALSE(option.standard.empty());
      CHECK_FALSE(option.meaning.empty());
    }
  }
}
