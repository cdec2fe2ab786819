// One list of options gives bounds, files, complaints and docs.
#include <weir/core/fields.hpp>
#include <weir/core/layer_options.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;

namespace {

enum class Colour : unsigned char { red, green, blue };
constexpr std::array<std::string_view, 3> names_of(Colour) noexcept { return {"red", "green", "blue"}; }

struct Paint {
  Index coats = 1;
  double gloss = 0.5;
  bool primer = false;
  Colour colour = Colour::green;
  Index dry_hours = 0;  ///< with primer

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit.required("coats", o.coats, IntegerRange{1, 9}, "layers of paint");
    visit("gloss", o.gloss, RealRange{0.0, 1.0}, "of the surface");
    visit("primer", o.primer, "comes first");
    visit("colour", o.colour, FirstNames{2}, "of the paint");
    visit.only_if(o.primer, "dry_hours", o.dry_hours, IntegerRange{0, 48}, "of the primer");
    visit.refuse(o.coats > 5 && o.gloss > 0.9, "gloss", "needs fewer coats");
  }
};

/// What a file with these entries gives, or the complaint.
Result<Paint> read(const Config& config) {
  ConfigReader reader("paint", config);
  Paint paint;
  read_fields(reader, paint);
  return reader.finish(paint);
}
std::string complaint(const Config& config) {
  const Result<Paint> paint = read(config);
  return paint.ok() ? "" : paint.error().what;
}
std::string refusal(const Paint& paint) {
  try {
    checked_fields("paint", paint);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

using I = std::int64_t;

}  // namespace

TEST_CASE("fields: what is written is read again, with and without the part that depends") {
  for (const bool primer : {false, true}) {
    const Paint paint{.coats = 3, .gloss = 1.0, .primer = primer, .colour = Colour::red, .dry_hours = 7};
    const Config written = config_from(paint);
    CHECK((written.find("dry_hours") != nullptr) == primer);
    const Paint copy = read(written).value();
    CHECK(config_from(copy) == written);
    CHECK(copy.coats == 3);
    CHECK(copy.colour == Colour::red);
    CHECK(copy.dry_hours == (primer ? 7 : 0));
  }
}

TEST_CASE("fields: a constructor and a file refuse the same, in the same words") {
  const Config coats{{"coats", I{3}}};
  const auto with = [&](std::string_view name, ConfigValue value) {
    Config config = coats;
    config.set(std::string(name), std::move(value));
    return complaint(config);
  };
  CHECK(complaint(coats).empty());
  CHECK(complaint({}) == "paint: 'coats' is missing");
  CHECK(with("coats", I{10}) == refusal({.coats = 10}));
  CHECK(with("coats", I{0}) == "paint: 'coats' must be an integer from 1 to 9");
  CHECK(with("gloss", 1.5) == refusal({.gloss = 1.5}));
  CHECK(with("gloss", 1.5) == "paint: 'gloss' must lie between 0 and 1");
  CHECK(refusal({.gloss = std::nan("")}) == with("gloss", 1.5));
  CHECK(with("colour", std::string("blue")) == refusal({.colour = Colour::blue}));
  CHECK(with("colour", std::string("pink")) == "paint: 'colour' must be red or green");
  CHECK(with("primer", I{1}) == "paint: 'primer' must be true or false");
  CHECK(with("shade", I{1}) == "paint: 'shade' is not an option");
  CHECK(complaint({{"coats", I{6}}, {"gloss", 1.0}}) == refusal({.coats = 6, .gloss = 1.0}));
  CHECK(refusal({.coats = 6, .gloss = 1.0}) == "paint: 'gloss' needs fewer coats");
  CHECK(refusal({.coats = 6}).empty());
}

TEST_CASE("fields: as text") {
  const std::vector<FieldText> texts = field_texts<Paint>();
  REQUIRE(texts.size() == 5);
  CHECK(texts[0].name == "coats");
  CHECK(texts[0].values == "1 to 9");
  CHECK(texts[0].standard.empty());
  CHECK(texts[1].standard == "0.5");
  CHECK(texts[2].values == "true or false");
  CHECK(texts[3].values == "red or green");
  CHECK(texts[3].standard == "green");
  CHECK(texts[4].meaning == "of the primer");
}

TEST_CASE("names of an enumeration") {
  CHECK(name_of(Colour::blue) == "blue");
  CHECK(named<Colour>("green") == Colour::green);
  CHECK_FALSE(named<Colour>("Green").has_value());
  CHECK(choices_of<Colour>() == "red, green or blue");
}
