// The texts of a pipeline's settings: to the byte, read back, and in any order.
#include <weir/io/settings_text.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace weir;

namespace {

Preprocessor preprocessor() {
  Preprocessor pre;
  pre.schema = {{{"a"}, {"b", ColumnKind::categorical}, {"c"}}, 3};
  pre.exclude = {"label"};
  pre.numeric = {{"a", true, OnMissing::reject, 515.7, {Scaling::log_standard, 5.5, 3.25, {}}},
                 {"c", false, OnMissing::error, -1, {Scaling::rank, 0, 1, {1, 2.5}}, -10.0F, 10.0F}};
  pre.categorical = {{"b", OnMissing::impute, {"tcp", "u\"dp"}}};
  return pre;
}

template <class T>
std::string reason(const Result<T>& result) {
  return result.ok() ? "accepted" : result.error().what;
}

}  // namespace

TEST_CASE("preprocessing as text, to the byte and back") {
  const std::string text =
      R"({"version":3,"exclude":["label"],"columns":[)"
      R"({"name":"a","kind":"numeric","used":true,"on_missing":"reject","stand_in":515.7,)"
      R"("scaling":"log_standard","shift":5.5,"scale":3.25,)"
      R"("low":-3.4028234663852886e+38,"high":3.4028234663852886e+38,"landmarks":[]},)"
      R"({"name":"b","kind":"categorical","on_missing":"impute","categories":["tcp","u\"dp"]},)"
      R"({"name":"c","kind":"numeric","used":false,"on_missing":"error","stand_in":-1,"scaling":"rank",)"
      R"("shift":0,"scale":1,"low":-10,"high":10,"landmarks":[1,2.5]}]})";
  CHECK(detail::preprocess_text(preprocessor()) == text);
  CHECK(detail::parse_preprocess(text).value() == preprocessor());
  CHECK(detail::preprocess_text({}) == R"({"version":1,"exclude":[],"columns":[]})");
}

TEST_CASE("labels, samples and a record as texts, to the byte and back") {
  const LabelRule labels{"l", {"x", "y"}, {{"n", "x"}, {"m", "y"}}, "y"};
  const std::string text = R"({"column":"l","classes":["x","y"],"map":{"n":"x","m":"y"},"otherwise":"y"})";
  CHECK(detail::labels_text(labels) == text);
  CHECK(detail::parse_labels(text).value() == labels);

  CHECK(detail::samples_text({}) == R"({"kind":"features"})");
  CHECK(detail::samples_text({.kind = SampleKind::sequence}) == R"({"kind":"sequence"})");
  const SampleRule image{.kind = SampleKind::image, .pixel_scale = 0.5, .rows = 28, .columns = 27};
  CHECK(detail::samples_text(image) == R"({"kind":"image","scale":0.5,"rows":28,"columns":27})");
  CHECK(detail::parse_samples(detail::samples_text(image)).value() == image);
  const SampleRule window{.kind = SampleKind::window, .horizon = 3, .target = 1, .relative = true};
  CHECK(detail::samples_text(window) == R"({"kind":"window","horizon":3,"target":1,"relative":true})");
  CHECK(detail::parse_samples(detail::samples_text(window)).value() == window);

  CHECK(detail::record_text({{"b", "1"}, {"a", ""}}) == R"({"b":"1","a":""})");
}

TEST_CASE("members come in any order, what a thing is also last") {
  CHECK(detail::parse_samples(R"({"rows":2,"columns":3,"kind":"image"})").value().columns == 3);
  const auto pre = detail::parse_preprocess(
      R"({"columns":[{"categories":["x"],"on_missing":"error","kind":"categorical","name":"a"}]})");
  REQUIRE(pre.ok());
  CHECK(pre.value().categorical.at(0) == CategoricalPlan{"a", OnMissing::error, {"x"}});
}

TEST_CASE("what is refused is told with its byte") {
  CHECK(reason(detail::parse_samples(R"({"rows":0,"kind":"sequence"})")) ==
        "samples: byte 28: members that 'sequence' does not have");  // even if they say nothing new
  CHECK(reason(detail::parse_samples(R"({"kind":"image","rows":16777217})")) ==
        "samples: byte 31: member 'rows' is unknown or not as expected");
  CHECK(reason(detail::parse_samples(R"({"kind":"film"})")) == "samples: byte 14: 'film' is not known here");
  CHECK(reason(detail::parse_labels(R"({"":1})")) ==
        "labels: byte 4: member '' is unknown or not as expected");
  CHECK(reason(detail::parse_labels(R"({"classes":["a",1]})")) == "labels: byte 16: expected a string");
  CHECK(reason(detail::parse_preprocess(R"({"version":4294967296})")) ==
        "preprocess: byte 21: member 'version' is unknown or not as expected");
  CHECK(reason(detail::parse_preprocess(R"({"columns":[{"name":"a","used":true,"kind":"categorical"}]})")) ==
        "preprocess: byte 57: column 'a' has members that a categorical one does not have");
  CHECK(reason(detail::parse_preprocess(R"({"columns":[{"name":"a","used":true}]})")) ==
        "preprocess: byte 36: column 'a' is of unknown kind ''");
}
