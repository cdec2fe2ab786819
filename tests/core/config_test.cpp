// Options, results, errors and names.
#include <weir/core/config.hpp>
#include <weir/core/error.hpp>
#include <weir/core/layer.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>

using namespace weir;

TEST_CASE("config: entries keep their order; setting again replaces") {
  Config config{{"units", std::int64_t{3}}, {"bias", true}};
  config.set("rate", 0.5);
  config.set("units", std::int64_t{4});
  REQUIRE(config.entries().size() == 3);
  CHECK(config.entries()[0].first == "units");
  CHECK(std::get<std::int64_t>(*config.find("units")) == 4);
  CHECK(config.find("none") == nullptr);
  CHECK(config == Config{{"units", std::int64_t{4}}, {"bias", true}, {"rate", 0.5}});
  CHECK_FALSE(config == Config{{"units", std::int64_t{4}}});
}

TEST_CASE("config reader: values, fallbacks, ranges") {
  const Config config{{"units", std::int64_t{3}},
                      {"bias", false},
                      {"rate", 0.5},
                      {"name", std::string("x")},
                      {"whole", std::int64_t{2}}};
  ConfigReader read("layer", config);
  CHECK(read.integer("units", 9, 1, 5) == 3);
  CHECK(read.integer("absent", 9, 1, 5) == 9);
  CHECK(read.required("units", 1, 5) == 3);
  CHECK(read.flag("bias", true) == false);
  CHECK(read.number("rate", 0.1, 0.0, 1.0) == 0.5);
  CHECK(read.number("whole", 0.1, 0.0, 3.0) == 2.0);  // an integer is a number
  CHECK(read.text("name", "y") == "x");
  CHECK(read.text("absent", "y") == "y");
  CHECK(read.ok());
  CHECK(read.finish(7).value() == 7);
}

TEST_CASE("config reader: complaints name the owner, the option and the limit; the first one counts") {
  const auto complaint = [](const Config& config, auto use) {
    ConfigReader read("dense", config);
    use(read);
    const Result<int> result = read.finish(1);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind == ErrorKind::config);
    return result.error().what;
  };
  const auto integer = [](ConfigReader& r) { static_cast<void>(r.integer("n", 1, 1, 5)); };
  CHECK(complaint({{"n", std::int64_t{6}}}, integer) == "dense: 'n' must be an integer from 1 to 5");
  CHECK(complaint({{"n", std::int64_t{0}}}, integer) == "dense: 'n' must be an integer from 1 to 5");
  CHECK(complaint({{"n", 2.0}}, integer) == "dense: 'n' must be an integer from 1 to 5");
  CHECK(complaint({}, [](ConfigReader& r) { static_cast<void>(r.required("n", 1, 5)); }) ==
        "dense: 'n' is missing");
  const auto number = [](ConfigReader& r) { static_cast<void>(r.number("x", 0.5, 0.0, 1.0)); };
  CHECK(complaint({{"x", 1.5}}, number).find("'x' must lie between") != std::string::npos);
  CHECK(complaint({{"x", std::numeric_limits<double>::quiet_NaN()}}, number).find("'x' must lie") !=
        std::string::npos);
  CHECK(complaint({{"x", true}}, number) == "dense: 'x' must be a number");
  CHECK(complaint({{"b", std::int64_t{1}}}, [](ConfigReader& r) { static_cast<void>(r.flag("b", true)); }) ==
        "dense: 'b' must be true or false");
  CHECK(complaint({{"t", true}}, [](ConfigReader& r) { static_cast<void>(r.text("t", "")); }) ==
        "dense: 't' must be a text");
  CHECK(complaint({{"typo", true}}, [](ConfigReader&) {}) == "dense: 'typo' is not an option");
  CHECK(complaint({{"n", 2.0}, {"typo", true}}, integer) == "dense: 'n' must be an integer from 1 to 5");
}

TEST_CASE("results: a value, or the reason why there is none") {
  Result<std::unique_ptr<int>> good = std::make_unique<int>(4);
  REQUIRE(good.ok());
  CHECK(**good == 4);
  CHECK(*good.value() == 4);
  const std::unique_ptr<int> taken = std::move(good).value();
  CHECK(*taken == 4);
  const Result<std::string> bad = Failure{ErrorKind::format, "offset 12"};
  CHECK_FALSE(static_cast<bool>(bad));
  CHECK(bad.error().kind == ErrorKind::format);
  CHECK_THROWS_WITH_AS(static_cast<void>(bad.value()), "offset 12", FormatError);
  const Result<std::string> text = std::string("abc");
  CHECK(text.value() == "abc");
}

TEST_CASE("errors: each kind has its exception, and one base for all") {
  const auto kind_of = [](ErrorKind kind) {
    try {
      fail(kind, "text");
    } catch (const Error& error) {
      CHECK(std::string(error.what()) == "text");
      return error.kind();
    }
  };
  for (const ErrorKind kind : {ErrorKind::shape, ErrorKind::config, ErrorKind::format, ErrorKind::data,
                               ErrorKind::io, ErrorKind::numeric}) {
    CHECK(kind_of(kind) == kind);
  }
  CHECK_THROWS_AS(fail(ErrorKind::shape, ""), ShapeError);
  CHECK_THROWS_AS(fail(ErrorKind::config, ""), ConfigError);
  CHECK_THROWS_AS(fail(ErrorKind::format, ""), FormatError);
  CHECK_THROWS_AS(fail(ErrorKind::data, ""), DataError);
  CHECK_THROWS_AS(fail(ErrorKind::io, ""), IoError);
  CHECK_THROWS_AS(fail(ErrorKind::numeric, ""), NumericError);
}

TEST_CASE("parameter names") {
  const ParamName leaf("weight");
  const ParamName inner(2, leaf);
  const ParamName outer(10, inner);
  CHECK(leaf.str() == "weight");
  CHECK(outer.str() == "10.2.weight");
  CHECK(std::string(outer.leaf()) == "weight");
}

TEST_CASE("a pass forks its random numbers and keeps the rest") {
  const Pass pass{.training = true, .logits = true, .key = RngKey{5}, .first_sample = 8};
  const Pass inner = pass.fork(3);
  CHECK(inner.training);
  CHECK(inner.logits);
  CHECK(inner.first_sample == 8);
  CHECK(inner.key.value == RngKey{5}.fork(3).value);
  CHECK(inner.key.value != pass.fork(4).key.value);
}

TEST_CASE("a value has the text by which its option spells it") {
  CHECK(weir::detail::value_text(true) == "true");
  CHECK(weir::detail::value_text(std::int64_t{64}) == "64");
  CHECK(weir::detail::value_text(0.3) == "0.3");
  CHECK(weir::detail::value_text(std::string("same")) == "same");
}
