// Model files with a right checksum and a wrong meaning: each setting that would make a program misbehave is
// refused when the file is read, and not written by save.
#include <weir/io/load_any.hpp>
#include <weir/io/save.hpp>
#include <weir/models/sequential.hpp>

#include "forged_file.hpp"
#include "support.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;
using weir_test::forged;

namespace {

using Any = Pipeline<AnyModel<float>>;

constexpr double infinity = std::numeric_limits<double>::infinity();

Any model(Task task, const char* layers, Shape input, std::vector<std::string> classes) {
  Any pipeline;
  pipeline.task = task;
  pipeline.input = input;
  pipeline.labels.column = "label";
  pipeline.labels.classes = std::move(classes);
  pipeline.net = build<float>(std::string_view(layers), input);
  const auto features = static_cast<std::size_t>(input.size());
  if (task == Task::anomaly) {
    pipeline.errors = {std::vector<double>(features, 0.0), std::vector<double>(features, 1.0)};
  }
  return pipeline;
}

/// Two features of a number and a text.
Any of_records() {
  Any pipeline = model(Task::classify, "dense:1", {3}, {"benign", "attack"});
  pipeline.preprocess.schema.columns = {{"a", ColumnKind::numeric}, {"b", ColumnKind::categorical}};
  pipeline.preprocess.numeric = {{.name = "a"}};
  pipeline.preprocess.categorical = {{.name = "b", .categories = {"tcp"}}};
  return pipeline;
}

std::string reason(const Result<Any>& result) { return result.ok() ? "accepted" : result.error().what; }

/// Why the file is refused when `key` has this text.
std::string refusal(const Any& pipeline, std::string_view key, const std::string& text) {
  return reason(try_parse_any(forged(try_serialize(pipeline).value(), key, text)));
}

/// Why a file for these bytes is refused.
std::string refusal_of(std::string_view bytes) { return reason(try_parse_any(weir_test::to_bytes(bytes))); }

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("labels name what the outputs say, each class once") {
  const Any binary = model(Task::classify, "dense:1", {4}, {"benign", "attack"});
  const Any three = model(Task::classify, "dense:3", {4}, {"a", "b", "c"});
  const Any anomaly = model(Task::anomaly, "dense:4", {4}, {"benign", "anomaly"});
  const Any regression = model(Task::regress, "dense:1", {4}, {});
  struct Wrong {
    const Any& of;
    const char* labels;
    const char* part;
  };
  for (const Wrong& wrong : {
           Wrong{binary, R"({"classes":["benign"]})", "the number of classes, 1,"},
           Wrong{binary, R"({"classes":[]})", "the number of classes, 0,"},
           Wrong{binary, R"({})", "the number of classes, 0,"},
           Wrong{binary, R"({"classes":["a","b","c"]})", "outputs name, 2"},
           Wrong{binary, R"({"classes":["a","a"]})", "two classes 'a'"},
           Wrong{binary, R"({"classes":["","a"]})", "a class has no name"},
           Wrong{binary, R"({"classes":["a","b"],"map":{"x":"c"}})", "'map' names 'c'"},
           Wrong{binary, R"({"classes":["a","b"],"map":{"x":""}})", "'map' names ''"},
           Wrong{binary, R"({"classes":["a","b"],"map":{"x":"a","x":"b"}})", "member 'x' comes twice"},
           Wrong{binary, R"({"classes":["a","b"],"otherwise":"c"})", "'otherwise' names 'c'"},
           Wrong{binary, R"({"classes":["a","b"],"classes":["a","b"]})", "member 'classes' comes twice"},
           Wrong{binary, R"({"classes":["a","b"],"cl\u0061sses":["a","b"]})", "member 'classes' comes twice"},
           Wrong{binary, R"({"classes":["a","b"]}})", "text after the end"},
           Wrong{three, R"({"classes":["a","b"]})", "the number of classes, 2,"},
           Wrong{three, R"({"classes":["a","b","c","d"]})", "the number of classes, 4,"},
           Wrong{anomaly, R"({"classes":["benign"]})", "the number of classes, 1,"},
           Wrong{anomaly, R"({"classes":["a","b","c"]})", "the number of classes, 3,"},
           Wrong{regression, R"({"classes":["a"]})", "the number of classes, 1,"},
       }) {
    CAPTURE(wrong.labels);
    const std::string text = refusal(wrong.of, "weir.labels", wrong.labels);
    CHECK_MESSAGE(has(text, wrong.part), text);
  }
  CHECK(refusal(binary, "weir.labels", R"({"classes":["a","b"],"map":{"x":"a","y":"a"},"otherwise":"b"})") ==
        "accepted");
  // An anomaly model without names has the usual ones.
  const Result<Any> unnamed = try_parse_any(forged(try_serialize(anomaly).value(), "weir.labels", "{}"));
  REQUIRE(unnamed.ok());
  CHECK(unnamed.value().labels.classes == std::vector<std::string>{"benign", "anomaly"});
}

TEST_CASE("what belongs to another task, or stands twice, is refused") {
  const Any binary = model(Task::classify, "dense:1", {4}, {"benign", "attack"});
  const Any regression = model(Task::regress, "dense:1", {4}, {});
  CHECK(has(refusal(binary, "weir.target_mean", "1"), "does not belong to task classify"));
  CHECK(has(refusal(regression, "weir.target_deviation", "0"), "weir.target_deviation"));
  CHECK(has(refusal(regression, "weir.target_deviation", "-1"), "weir.target_deviation"));
  CHECK(has(refusal(regression, "weir.target_deviation", "1e999"), "finite number"));
  CHECK(has(refusal(binary, "weir.threshold", "1e999"), "finite number"));
  CHECK(has(refusal(binary, "weir.record", R"({"a":"1","a":"2"})"), "member 'a' comes twice"));
  CHECK(has(refusal(binary, "weir.layers", R"([{"kind":"dense","units":1,"units":2}])"),
            "member 'units' comes twice"));
  CHECK(has(refusal(binary, "weir.layers", R"([{"kind":"dense","kind":"dense","units":1}])"), "comes twice"));
  CHECK(has(refusal(binary, "weir.samples", R"({"kind":"image","rows":2,"rows":2,"columns":2})"),
            "comes twice"));

  SafetensorsWriter writer;  // errors.* of a classifier
  const std::vector<std::byte> good = try_serialize(binary).value();
  const SafetensorsView view = parse_safetensors(good);
  for (std::size_t i = 0; i < view.metadata_size(); ++i) {
    const auto [key, value] = view.metadata_at(i);
    if (key != "weir.checksum") writer.set_metadata(std::string(key), std::string(value));
  }
  for (std::size_t i = 0; i < view.size(); ++i) {
    writer.add(std::string(view[i].name), view[i].dtype, view[i].shape, view[i].bytes);
  }
  const std::vector<double> ones(4, 1.0);
  writer.add("errors.mean", TensorView<const double>(ones.data(), {4}));
  writer.add("errors.deviation", TensorView<const double>(ones.data(), {4}));
  CHECK(has(reason(try_parse_any(writer.bytes())), "errors.mean"));
}

TEST_CASE("preprocessing and samples mean something") {
  const Any records = of_records();
  const Any ready = model(Task::classify, "dense:1", {4}, {"benign", "attack"});
  const auto columns = [](const std::string& text) { return R"({"columns":[)" + text + "]}"; };
  const std::string b = R"(,{"name":"b","kind":"categorical","categories":["tcp"]})";
  struct Wrong {
    std::string text;
    const char* part;
  };
  for (
      const Wrong& wrong : {
          Wrong{columns(R"({"kind":"numeric"})" + b), "no name"},
          Wrong{columns(R"({"name":"a","kind":"text"})" + b), "unknown kind"},
          Wrong{columns(R"({"name":"b","kind":"numeric"})" + b), "two columns 'b'"},
          Wrong{columns(R"({"name":"a","kind":"numeric","name":"c"})" + b), "comes twice"},
          Wrong{columns(R"({"name":"a","kind":"numeric","categories":["x"]})" + b), "does not have"},
          Wrong{columns(R"({"name":"a","kind":"categorical","scale":2})" + b), "does not have"},
          Wrong{columns(R"({"name":"a","kind":"numeric","scale":0})" + b), "scaling"},
          Wrong{columns(R"({"name":"a","kind":"numeric","scale":-1})" + b), "scaling"},
          Wrong{columns(R"({"name":"a","kind":"numeric","scale":1e999})" + b), "finite"},
          Wrong{columns(R"({"name":"a","kind":"numeric","low":1,"high":1})" + b), "scaling"},
          Wrong{columns(R"({"name":"a","kind":"numeric","low":-1e39})" + b), "low"},
          Wrong{columns(R"({"name":"a","kind":"numeric","stand_in":NaN})" + b), "finite"},
          Wrong{columns(R"({"name":"a","kind":"numeric","landmarks":[1,2]})" + b), "landmarks"},
          Wrong{columns(R"({"name":"a","kind":"numeric","scaling":"rank","landmarks":[1]})" + b),
                "landmarks"},
          Wrong{columns(R"({"name":"a","kind":"numeric","scaling":"rank","landmarks":[2,1]})" + b),
                "landmarks"},
          Wrong{columns(R"({"name":"a","kind":"numeric","scaling":"cubic"})" + b), "'cubic' is not known"},
          Wrong{
              columns(
                  R"({"name":"a","kind":"numeric"},{"name":"b","kind":"categorical","categories":["x","x"]})"),
              "ascending"},
          Wrong{
              columns(
                  R"({"name":"a","kind":"numeric"},{"name":"b","kind":"categorical","categories":["y","x"]})"),
              "ascending"},
          Wrong{columns(R"({"name":"a","kind":"numeric"})"),
                "preprocessing gives 1 features, the net takes 3"},
          Wrong{columns(R"({"name":"a","kind":"numeric","used":false})" + b),
                "preprocessing gives 2 features"},
          Wrong{R"({"columns":[],"columns":[]})", "comes twice"},
      }) {
    CAPTURE(wrong.text);
    const std::string text = refusal(records, "weir.preprocess", wrong.text);
    CHECK_MESSAGE(has(text, wrong.part), text);
  }
  CHECK(refusal(records, "weir.preprocess", columns(R"({"name":"a","kind":"numeric"})" + b)) == "accepted");

  for (const Wrong& wrong : {
           Wrong{R"({"kind":"sequence","horizon":3})", "'sequence' does not have"},
           Wrong{R"({"kind":"image","rows":2,"columns":2,"relative":true})", "'image' does not have"},
           Wrong{R"({"kind":"image","rows":3,"columns":2})", "an image has"},
           Wrong{R"({"kind":"image","rows":16777216,"columns":16777216})", "an image has"},
           Wrong{R"({"kind":"image","rows":2,"columns":2,"scale":0})", "an image has"},
           Wrong{R"({"kind":"image","rows":-2,"columns":-2})", "rows"},
           Wrong{R"({"kind":"window","horizon":1})", "windows are for forecasts"},
           Wrong{R"({"kind":"film"})", "'film' is not known"},
       }) {
    CAPTURE(wrong.text);
    const std::string text = refusal(ready, "weir.samples", wrong.text);
    CHECK_MESSAGE(has(text, wrong.part), text);
  }
}

TEST_CASE("save does not write what load refuses") {
  const auto complaint = [](const Any& pipeline) {
    const auto bytes = try_serialize(pipeline);
    return bytes.ok() ? std::string("written") : bytes.error().what;
  };
  Any pipeline = of_records();
  CHECK(complaint(pipeline) == "written");
  pipeline.threshold = infinity;
  CHECK(has(complaint(pipeline), "weir.threshold"));
  pipeline = of_records();
  pipeline.labels.classes = {"one"};
  CHECK(has(complaint(pipeline), "the number of classes, 1,"));
  pipeline = of_records();
  pipeline.labels.map = {{"x", "benign"}, {"x", "attack"}};
  CHECK(has(complaint(pipeline), "comes twice"));
  pipeline = of_records();
  pipeline.labels.map = {{"x\x96", "benign"}};
  CHECK(has(complaint(pipeline), "UTF-8"));
  pipeline = of_records();
  pipeline.preprocess.numeric[0].stand_in = std::numeric_limits<double>::quiet_NaN();
  CHECK(has(complaint(pipeline), "not finite"));
  pipeline = of_records();
  pipeline.input = {5};
  CHECK(has(complaint(pipeline), "dense takes 3 channels but gets 5"));
  Any regression = model(Task::regress, "dense:1", {4}, {});
  regression.target.deviation = 0.0;
  CHECK(has(complaint(regression), "weir.target_deviation"));
}

TEST_CASE("what is no model says what it looks like") {
  const char* expected = "expected is a file written by save() or `weir train`";
  struct Thing {
    std::string bytes;
    const char* part;
  };
  for (const Thing& thing : {
           Thing{"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "git-lfs"},
           Thing{"a,b,label\n1,2,x\n", "table"},
           Thing{"<!DOCTYPE html><html></html>", "HTML"},
           Thing{"PK\x03\x04 and more", "zip"},
           Thing{"", "empty"},
           Thing{"\x1F\x8B\x08 gzip", "gzip"},
           Thing{"{\"a\":1}", "JSON"},
       }) {
    const std::string text = refusal_of(thing.bytes);
    CHECK_MESSAGE(has(text, thing.part), text);
    CHECK_MESSAGE(has(text, expected), text);
    const auto net = try_parse_net<Sequential<Dense<float, 2, 1>>>(
        std::span<const std::byte>(weir_test::to_bytes(thing.bytes)));
    CHECK_FALSE(net.ok());
    CHECK(has(net.error().what, thing.part));
  }
  // A safetensors file of another program.
  SafetensorsWriter writer;
  const float one = 1.0F;
  writer.add("w", TensorView<const float>(&one, {1}));
  const std::vector<std::byte> other = weir_test::file_of(
      R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", std::string_view("\0\0\0\0", 4));
  CHECK(has(reason(try_parse_any(other)), "it was not written by weir"));
}

TEST_CASE("__metadata__ may be null, as the reference reads it") {
  const std::vector<std::byte> file =
      weir_test::file_of(R"({"__metadata__":null,"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
                         std::string_view("\0\0\0\0", 4));
  const auto view = try_parse_safetensors(file, {.require_checksum = false});
  REQUIRE(view.ok());
  CHECK(view.value().metadata_size() == 0);
  CHECK(view.value().find("w").has_value());
  CHECK_FALSE(try_parse_safetensors(file).ok());
  for (const char* metadata : {"nul", "nulll", "NULL", "null,", "1", "[]", "true"}) {
    const std::string header = std::string("{\"__metadata__\":") + metadata + "}";
    CHECK_FALSE(try_parse_safetensors(weir_test::file_of(header), {.require_checksum = false}).ok());
  }
}

TEST_CASE("layer texts take each option once") {
  CHECK(has(try_build<float>(std::string_view("dense:4:units=5"), Shape{3}).error().what, "'units' twice"));
  CHECK(has(try_build<float>(std::string_view("dense:4:bias=true:bias=true"), Shape{3}).error().what,
            "'bias' twice"));
}
