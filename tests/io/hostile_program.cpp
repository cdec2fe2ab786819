// What hostile model files take: thousands of them, of every kind of layer, each with a right checksum. Each
// is refused, or read and run within 8 times its size and 1 MiB. Replaces the global operator new, so this
// file needs a program of its own.
#include <weir/io/load_any.hpp>
#include <weir/io/save.hpp>
#include <weir/pipeline/scorer.hpp>

#include "counting_new.hpp"
#include "hostile_files.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;
using weir_test::counter;

namespace {

using Any = Pipeline<AnyModel<float>>;

/// Of this process, whatever else the machine does.
double seconds_since(std::clock_t start) {
  return static_cast<double>(std::clock() - start) / static_cast<double>(CLOCKS_PER_SEC);
}

/// Whether the reason is the memory that the file asks for.
bool for_memory(const std::string& reason) {
  return reason.find("may ask for") != std::string::npos ||
         reason.find("more values than there are") != std::string::npos;
}

std::size_t limit_of(std::size_t file) { return 8 * file + 1048576; }

/// Reads the file and scores a sample; the most memory it took, the file included.
struct Taken {
  std::size_t peak = 0;
  std::string reason{};  ///< of a refusal
};
Taken read_and_run(const std::vector<std::byte>& file) {
  Taken taken;
  const std::size_t before = counter.live;
  counter.peak = before;
  {
    const Result<Any> pipeline = try_parse_any(file);
    if (pipeline.ok()) {
      Scorer scorer(pipeline.value());
      const std::vector<float> sample(static_cast<std::size_t>(pipeline.value().input.size()), 0.25F);
      static_cast<void>(scorer.score(sample));
    } else {
      taken.reason = pipeline.error().what;
    }
  }
  taken.peak = counter.peak - before + file.size();
  return taken;
}

/// A file of given layers, with tensors that fit them.
std::vector<std::byte> file_of_layers(const std::string& layers, Shape input) {
  Any pipeline;
  pipeline.input = input;
  pipeline.labels = {"", {"a", "b"}, {}, ""};
  pipeline.net = build<float>(layers, input);
  return try_serialize(pipeline).value();
}

}  // namespace

TEST_CASE("hostile files of every kind of layer take at most 8 times their size and 1 MiB") {
  weir_test::HostileFiles files(20240611);
  std::size_t accepted = 0, refused_for_memory = 0, reached_probe = 0;
  double slowest = 0.0;
  const int count = 4000;
  for (int i = 0; i < count; ++i) {
    const std::vector<std::byte> file = files.next();
    const auto start = std::clock();
    const Taken taken = read_and_run(file);
    const double seconds = seconds_since(start);
    slowest = std::max(slowest, seconds);
    CAPTURE(files.layers());
    CAPTURE(files.input().str());
    CAPTURE(taken.reason);
    CAPTURE(file.size());
    CHECK(taken.peak <= limit_of(file.size()));
    CHECK(seconds < 20.0);
    CHECK(taken.reason.size() < 2000);
    accepted += std::size_t{taken.reason.empty()};
    refused_for_memory += std::size_t{for_memory(taken.reason)};
    reached_probe += std::size_t{taken.reason.find("the probe gives") != std::string::npos};
  }
  MESSAGE(accepted << " read, " << reached_probe << " refused for their probe, " << refused_for_memory
                   << " for memory, of " << count << "; slowest " << slowest << " s");
  CHECK(accepted > 100);
  CHECK(refused_for_memory > 100);
}

TEST_CASE("what asks for more is refused with layer, need, limit and the way out; a caller may allow more") {
  const std::vector<std::byte> file =
      file_of_layers("multi_head_attention:1,global_max_pool1d,dense:2", {2, 2000});
  const Taken taken = read_and_run(file);
  CHECK(taken.peak <= limit_of(file.size()));
  for (const char* part : {"layer 0 (multi_head_attention: 15.", "MiB", "a file of", "max_memory"}) {
    CHECK_MESSAGE(taken.reason.find(part) != std::string::npos, taken.reason);
  }
  CHECK(try_parse_any(file, {.max_memory = std::size_t{32} << 20}).ok());
  CHECK_FALSE(try_parse_any(file, {.max_memory = std::size_t{8} << 20}).ok());
}

TEST_CASE("nested and repeated layers count each for itself") {
  int refused = 0;
  for (const char* layers :
       {"residual[residual[residual[conv1d:2:9:causal:dilation=9000]]],global_max_pool1d",
        "time_distributed[reshape:1:2,up_sampling1d:60,global_max_pool1d],global_max_pool1d,dense:2",
        "bidirectional[up_sampling1d:200],global_max_pool1d,dense:2",
        "up_sampling1d:4,conv1d:2:3:same,up_sampling1d:4,conv1d:2:3:same,up_sampling1d:4,conv1d:2:3:same,"
        "up_sampling1d:4,conv1d:2:3:same,global_max_pool1d",
        "parallel[up_sampling1d:30|up_sampling1d:30|up_sampling1d:30|up_sampling1d:30|up_sampling1d:30|"
        "up_sampling1d:30|up_sampling1d:30],global_max_pool1d,dense:2"}) {
    CAPTURE(layers);
    const std::vector<std::byte> file = file_of_layers(layers, {2, 2000});
    const Taken taken = read_and_run(file);
    CHECK(taken.peak <= limit_of(file.size()));
    refused += for_memory(taken.reason) ? 1 : 0;
  }
  CHECK(refused >= 4);
}

TEST_CASE("texts of many values take no more, and no longer than their length") {
  const auto text_of = [](std::string_view head, std::string_view item, std::size_t count,
                          std::string_view tail) {
    std::string text(head);
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) text += ',';
      for (const char c : item) text += c == '#' ? std::to_string(i) : std::string(1, c);
    }
    return text += tail;
  };
  struct Text {
    const char* key;
    const char *head, *item, *tail;
  };
  const std::vector<std::byte> good = file_of_layers("dense:2", {4, 1});
  const auto view = parse_safetensors(good);
  for (const Text& t :
       {Text{"weir.layers", "[{\"kind\":\"relu\",", "\"o#\":1", "}]"}, Text{"weir.layers", "[", "{}", "]"},
        Text{"weir.layers", "[{\"kind\":\"parallel\",\"branches\":[", "[]", "]}]"},
        Text{"weir.layers", "[", "{\"kind\":\"relu\"}", "]"},
        Text{"weir.labels", "{\"classes\":[", "\"\"", "]}"},
        Text{"weir.labels", "{\"classes\":[", "\"c#\"", "]}"},
        Text{"weir.labels", "{\"map\":{", "\"#\":\"\"", "}}"},
        Text{"weir.labels", "{\"map\":{", "\"\":\"\"", "}}"},
        Text{"weir.labels", "{", "\"column\":\"\"", "}"}, Text{"weir.record", "{", "\"#\":\"\"", "}"},
        Text{"weir.record", "{", "\"a name of some length #\":\"a text of some length #\"", "}"},
        Text{"weir.preprocess", "{\"exclude\":[", "\"\"", "]}"},
        Text{"weir.preprocess", "{\"columns\":[", "{\"name\":\"#\",\"kind\":\"numeric\"}", "]}"},
        Text{"weir.preprocess", "{\"columns\":[", "{\"name\":\"#\",\"kind\":\"categorical\"}", "]}"},
        Text{"weir.preprocess", "{\"columns\":[{\"landmarks\":[", "1", "]}]}"},
        Text{"weir.samples", "{", "\"horizon\":1", "}"}, Text{"weir.input", "[", "1", "]"},
        Text{"other.key", "{", "\"\"", "}"}}) {
    double before = 0.0;
    for (const std::size_t count : {std::size_t{3000}, std::size_t{100000}}) {
      SafetensorsWriter writer;
      for (std::size_t i = 0; i < view.metadata_size(); ++i) {
        const auto [key, value] = view.metadata_at(i);
        if (key != "weir.checksum" && key != t.key) writer.set_metadata(std::string(key), std::string(value));
      }
      writer.set_metadata(t.key, text_of(t.head, t.item, count, t.tail));
      for (std::size_t i = 0; i < view.size(); ++i) {
        writer.add(std::string(view[i].name), view[i].dtype, view[i].shape, view[i].bytes);
      }
      const std::vector<std::byte> file = writer.bytes();
      const auto start = std::clock();
      const Taken taken = read_and_run(file);
      const double seconds = seconds_since(start);
      CAPTURE(t.head);
      CAPTURE(t.item);
      CAPTURE(count);
      CAPTURE(taken.reason);
      CHECK(taken.peak <= limit_of(file.size()));
      CHECK(seconds < 200.0 * before + 1.0);  // 33 times the text
      before = seconds;
    }
  }
}
