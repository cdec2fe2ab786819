// Hostile pipelines in sound containers: the input becomes one or more metadata texts of an otherwise good
// file, whose checksum is made right again. What is accepted must serialise to a file that is accepted again,
// and must score.
#include <weir/io/load_any.hpp>
#include <weir/io/save.hpp>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;

namespace {

constexpr std::array<std::string_view, 10> keys{
    "weir.format",     "weir.task",      "weir.input",  "weir.labels",   "weir.layers",
    "weir.preprocess", "weir.threshold", "weir.record", "weir.surprise", "weir.samples"};

std::vector<std::byte> good_file() {
  Pipeline<AnyModel<float>> pipeline;
  pipeline.input = {4};
  pipeline.labels = {"label", {"benign", "attack"}, {{"normal", "benign"}}, "attack"};
  pipeline.net = build<float>(std::string_view("dense:3,relu,dense:1"), Shape{4});
  return try_serialize(pipeline).value();
}

/// The good file with the texts of the input, which are separated by NUL; each begins with the number of its
/// key.
std::vector<std::byte> forge(std::string_view input) {
  static const std::vector<std::byte> good = good_file();
  const SafetensorsView view = parse_safetensors(good);
  SafetensorsWriter writer;
  for (std::size_t i = 0; i < view.metadata_size(); ++i) {
    const auto [key, value] = view.metadata_at(i);
    if (key != "weir.checksum") writer.set_metadata(std::string(key), std::string(value));
  }
  while (!input.empty()) {
    const std::string_view part = input.substr(0, input.find('\0'));
    if (!part.empty()) {
      const std::string_view key = keys[static_cast<unsigned char>(part[0]) % keys.size()];
      writer.set_metadata(std::string(key), std::string(part.substr(1)));
    }
    input.remove_prefix(std::min(input.size(), part.size() + 1));
  }
  for (std::size_t i = 0; i < view.size(); ++i) {
    const TensorInfo info = view[i];
    writer.add(std::string(info.name), info.dtype, info.shape, info.bytes);
  }
  Result<std::vector<std::byte>> bytes = writer.try_bytes();
  return bytes ? std::move(*bytes) : std::vector<std::byte>();  // not UTF-8, for one
}

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Result<Pipeline<AnyModel<float>>> pipeline = try_parse_any(forge(input));
  if (!pipeline) return 0;
  Scorer scorer(*pipeline);
  const std::vector<float> sample(static_cast<std::size_t>(pipeline->input.size()), 0.5F);
  static_cast<void>(scorer.score(sample));
  const Preprocessor& preprocess = pipeline->preprocess;
  if (pipeline->takes_records()) {
    std::vector<double> numbers(preprocess.numeric.size(), 0.5);
    if (!numbers.empty()) numbers.back() = missing_number;
    const std::vector<std::string_view> texts(preprocess.categorical.size());
    static_cast<void>(scorer.score(numbers, texts));
  }
  const Result<std::vector<std::byte>> again = try_serialize(*pipeline);
  require(again.ok());
  Result<Pipeline<AnyModel<float>>> second = try_parse_any(again.value());
  require(second.ok());
  require(static_cast<const PipelineSettings&>(*second) == static_cast<const PipelineSettings&>(*pipeline));
  return 0;
}
