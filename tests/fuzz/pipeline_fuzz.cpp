// Hostile pipelines in sound containers, with right checksums.
//
// An input is the number of a model and texts, each with the number of a metadata key, which take the place
// of that model's own. There is a model for each task, for each way to make samples, and for each kind of
// layer. The mutator knows JSON: it exchanges numbers and words, repeats, drops and moves members, and nests;
// half of its work is libFuzzer's.
//
// What is read and scored takes at most 8 times the file and 1 MiB (the sanitizer's allocator counts). Where
// new extents are all that is wrong, the file gets tensors that fit. What is accepted serialises to a file
// that is accepted again.
#include <weir/io/load_any.hpp>
#include <weir/io/save.hpp>
#include <weir/pipeline/scorer.hpp>

#include "../io/hostile_files.hpp"

#include <sanitizer/allocator_interface.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);
/// Short stacks of allocations: unwinding each is what takes the time.
extern "C" const char* __asan_default_options() {  // NOLINT: the sanitizer's name
  return "malloc_context_size=1:quarantine_size_mb=4:thread_local_quarantine_size_kb=64";
}

namespace {

using Any = Pipeline<AnyModel<float>>;

constexpr std::array<std::string_view, 12> keys{
    "weir.format",   "weir.task",       "weir.input",       "weir.labels",
    "weir.layers",   "weir.preprocess", "weir.threshold",   "weir.record",
    "weir.surprise", "weir.samples",    "weir.target_mean", "weir.target_deviation"};
constexpr std::size_t layers_key = 4;

struct Counter {
  std::size_t live = 0;
  std::size_t peak = 0;
  bool on = false;
};
Counter counter;

void on_malloc(const volatile void*, std::size_t size) {
  if (!counter.on) return;
  counter.live += size;
  counter.peak = std::max(counter.peak, counter.live);
}
void on_free(const volatile void* memory) {
  if (counter.on && memory != nullptr) {
    const std::size_t size = __sanitizer_get_allocated_size(const_cast<const void*>(memory));
    counter.live -= std::min(counter.live, size);
  }
}

void require(bool condition) {
  if (!condition) std::abort();
}

/// A good file in parts.
struct Model {
  std::array<std::string, keys.size()> texts;
  std::string tensors;  ///< of the header
  std::vector<std::byte> data;
};

/// The tensors that the net needs, for a file of texts only.
Model with_tensors(const Any& pipeline) {
  const std::vector<std::byte> file = try_serialize(pipeline).value();
  const SafetensorsView view = try_parse_safetensors(file).value();
  Model model;
  for (std::size_t i = 0; i < keys.size(); ++i) model.texts[i] = view.metadata(keys[i]).value_or("");
  for (std::size_t i = 0; i < view.size(); ++i) {
    const TensorInfo tensor = view[i];
    const std::size_t begin = model.data.size();
    model.data.insert(model.data.end(), tensor.bytes.begin(), tensor.bytes.end());
    model.tensors += ",\"" + std::string(tensor.name) + "\":{\"dtype\":\"" +
                     std::string(name_of(tensor.dtype)) + "\",\"shape\":" + tensor.shape.str() +
                     ",\"data_offsets\":[" + std::to_string(begin) + "," + std::to_string(model.data.size()) +
                     "]}";
  }
  return model;
}

/// The model's texts but for those of the input.
std::vector<std::byte> assemble(const Model& model, const std::array<std::string, keys.size()>& texts) {
  constexpr std::string_view prefix = "{\"__metadata__\":{\"weir.checksum\":\"crc64:";
  std::string header(prefix);
  header += "0000000000000000\"";
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (texts[i].empty()) continue;
    header += ",\"" + std::string(keys[i]) + "\":";
    append_json_string(header, texts[i]);
  }
  header += "}" + model.tensors + "}";
  std::vector<std::byte> file(8 + header.size());
  for (unsigned i = 0; i < 8; ++i) file[i] = static_cast<std::byte>(std::uint64_t{header.size()} >> (8 * i));
  std::copy_n(std::as_bytes(std::span(header)).begin(), header.size(), file.begin() + 8);
  file.insert(file.end(), model.data.begin(), model.data.end());
  const detail::ChecksumText digits = detail::checksum_of(file, 8 + prefix.size());
  std::copy_n(std::as_bytes(std::span(digits)).begin(), digits.size(),
              file.begin() + 8 + static_cast<std::ptrdiff_t>(prefix.size()));
  return file;
}

Any classifier(std::string_view layers, Shape input) {
  Any pipeline;
  pipeline.input = input;
  pipeline.labels = {"label", {"benign", "attack"}, {{"normal", "benign"}}, "attack"};
  pipeline.net = build<float>(layers, input);
  return pipeline;
}

Preprocessor two_columns(bool categorical) {
  Preprocessor pre;
  pre.schema.columns = {{"a", ColumnKind::numeric},
                        {"b", categorical ? ColumnKind::categorical : ColumnKind::numeric}};
  pre.exclude = {"label"};
  pre.numeric = {{.name = "a", .scaler = {Scaling::log_standard, 1.0, 2.0, {}}}};
  if (categorical) {
    pre.categorical = {{.name = "b", .categories = {"tcp", "udp"}}};
  } else {
    pre.numeric.push_back({.name = "b", .scaler = {Scaling::min_max, 0.0, 3.0, {}}});
  }
  return pre;
}

std::vector<Model> all_models() {
  std::vector<Model> models;
  models.push_back(with_tensors(classifier("dense:3,relu,dense:1", {4})));
  Any records = classifier("dense:3,relu,dense:3", {4});
  records.labels.classes = {"benign", "attack", "scan"};
  records.preprocess = two_columns(true);
  records.preprocess.numeric[0].scaler = {Scaling::rank, 0.0, 1.0, {1.0, 2.0, 5.0}};
  models.push_back(with_tensors(records));
  Any anomaly = classifier("dense:2,tanh,dense:4", {4});
  anomaly.task = Task::anomaly;
  anomaly.errors = {{0.0, 0.1, 0.2, 0.3}, {1.0, 1.0, 1.0, 1.0}};
  anomaly.preprocess = two_columns(true);
  models.push_back(with_tensors(anomaly));
  Any sequence = classifier("gru:2,dense:2", {1, 2});
  sequence.samples.kind = SampleKind::sequence;
  sequence.preprocess = two_columns(false);
  models.push_back(with_tensors(sequence));
  Any image = classifier("conv2d:1:2:same:planes=1,flatten,dense:2", {2, 2});
  image.samples = {.kind = SampleKind::image, .rows = 2, .columns = 2};
  models.push_back(with_tensors(image));
  Any window = classifier("flatten,dense:1", {2, 2});
  window.task = Task::regress;
  window.labels = {"a", {}, {}, ""};
  window.target = {0.25, 0.5};
  window.samples = {.kind = SampleKind::window, .horizon = 2, .target = 1, .relative = true};
  window.preprocess = two_columns(false);
  models.push_back(with_tensors(window));
  for (const std::string& kind : weir_test::layers_of_each_kind()) {
    const Shape input{6, kind.starts_with("repeat_vector") ? 1 : 12};
    models.push_back(with_tensors(classifier(kind + ",flatten,slice:0:1", input)));
  }
  return models;
}

const std::vector<Model>& models() {
  static const std::vector<Model> all = all_models();
  return all;
}

/// The input as the number of its model and its texts.
struct Input {
  std::size_t model = 0;
  std::array<std::string, keys.size()> texts{};
};
Input parse_input(std::string_view input) {
  Input parsed;
  if (input.empty()) return parsed;
  parsed.model = static_cast<unsigned char>(input[0]) % models().size();
  input.remove_prefix(1);
  while (!input.empty()) {
    const std::string_view part = input.substr(0, input.find('\0'));
    if (!part.empty()) parsed.texts[static_cast<unsigned char>(part[0]) % keys.size()] = part.substr(1);
    input.remove_prefix(std::min(input.size(), part.size() + 1));
  }
  return parsed;
}
std::string unparse(const Input& input) {
  std::string text(1, static_cast<char>(input.model));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (input.texts[i].empty()) continue;
    text += static_cast<char>(i + keys.size());  // never NUL
    text += input.texts[i];
    text += '\0';
  }
  return text;
}

void score(const Any& pipeline) {
  Scorer scorer(pipeline);
  const std::vector<float> sample(static_cast<std::size_t>(pipeline.input.size()), 0.5F);
  const auto named = [&](const Verdict& verdict) {
    if (pipeline.task == Task::regress || !verdict.usable) return;
    require(static_cast<std::size_t>(verdict.label) < pipeline.labels.classes.size());
    if (pipeline.task != Task::classify) return;
    for (std::size_t i = 0; i < pipeline.labels.classes.size(); ++i) {
      static_cast<void>(scorer.probability(static_cast<std::int32_t>(i)));
    }
  };
  named(scorer.score(sample));
  if (pipeline.input.length > 1) named(scorer.score(sample, 1));
  if (!pipeline.takes_records()) return;
  std::vector<double> numbers(pipeline.preprocess.numeric.size(), 0.5);
  const std::vector<std::string_view> texts(pipeline.preprocess.categorical.size());
  named(scorer.score(numbers, texts));
  if (!numbers.empty()) numbers.back() = missing_number;
  for (Index i = 0; i < std::min<Index>(pipeline.input.length, 4); ++i) named(scorer.score(numbers, texts));
}

/// Reads the file and scores samples with it; why it was refused.
std::string read_and_score(const std::vector<std::byte>& file, bool again) {
  std::string reason;
  counter = {.live = 0, .peak = 0, .on = true};
  {
    const Result<Any> pipeline = try_parse_any(file);
    if (pipeline.ok()) {
      score(pipeline.value());
    } else {
      reason = pipeline.error().what;
      require(!reason.empty() && reason.size() < 4000);
    }
    counter.on = false;
    require(counter.peak + file.size() <= 8 * file.size() + 1048576);
    if (pipeline.ok() && again) {
      const Result<std::vector<std::byte>> bytes = try_serialize(pipeline.value());
      require(bytes.ok());
      const Result<Any> second = try_parse_any(bytes.value());
      require(second.ok());
      require(static_cast<const PipelineSettings&>(second.value()) ==
              static_cast<const PipelineSettings&>(pipeline.value()));
    }
  }
  return reason;
}

/// The same layers with tensors that fit them, where these are few.
std::vector<std::byte> fitted(const Model& model, const std::array<std::string, keys.size()>& texts) {
  const auto input = detail::parse_shape(texts[2]);
  const auto specs = detail::parse_layers(texts[layers_key]);
  if (!input.ok() || !specs.ok() || input.value().size() > 4096) return {};
  const BuildLimits limits{.layers = 64, .values = 4096, .outputs = 4096};
  auto net = try_build<float>(std::span<const LayerSpec>(specs.value()), input.value(), limits);
  if (!net.ok() || workspace_bytes(net.value(), input.value(), 1) > 65536.0) return {};
  Any pipeline;
  pipeline.input = input.value();
  pipeline.net = std::move(*net);
  const Index outputs = pipeline.net.out_shape(pipeline.input).size();
  for (Index i = 0; i < std::max<Index>(outputs, 2); ++i)
    pipeline.labels.classes.push_back("c" + std::to_string(i));
  const auto bytes = try_serialize(pipeline);
  require(bytes.ok());
  const Model own = with_tensors(pipeline);
  auto all = texts;
  if (model.texts[1] == "classify") all[3] = own.texts[3];
  return assemble(own, all);
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
  for (const Model& model : models()) require(read_and_score(assemble(model, model.texts), true).empty());
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input = parse_input({reinterpret_cast<const char*>(data), size});
  const Model& model = models()[input.model];
  std::size_t hash = size;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (input.texts[i].empty()) input.texts[i] = model.texts[i];
    for (const char c : input.texts[i]) hash = hash * 31 + static_cast<unsigned char>(c);
  }
  const bool again = hash % 8 == 0;
  const std::string reason = read_and_score(assemble(model, input.texts), again);
  if (reason.find("tensor") == std::string::npos && reason.find("number of classes") == std::string::npos)
    return 0;
  const std::vector<std::byte> file = fitted(model, input.texts);
  if (!file.empty()) static_cast<void>(read_and_score(file, again));
  return 0;
}

namespace {

/// Where a text has a token of one of these characters: begin and end.
using Range = std::pair<std::size_t, std::size_t>;
template <class Belongs>
Range some_token(const std::string& text, std::minstd_rand& random, Belongs belongs) {
  const std::size_t start = random() % text.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::size_t at = (start + i) % text.size();
    if (!belongs(text[at])) continue;
    std::size_t end = at;
    while (at > 0 && belongs(text[at - 1])) --at;
    while (end < text.size() && belongs(text[end])) ++end;
    return {at, end};
  }
  return {0, 0};
}

void mutate_json(std::string& text, std::minstd_rand& random) {
  constexpr std::array<std::string_view, 20> numbers{
      "0",     "1",     "-1",  "2",     "3",      "7",     "16",       "64",   "300",      "1024",
      "20000", "65536", "0.5", "1e300", "1e-300", "1e999", "16777216", "1e15", "16777217", "-0"};
  constexpr std::array<std::string_view, 28> words{
      "same",   "causal",   "valid",    "explicit", "sequence", "state",       "last",
      "add",    "concat",   "true",     "false",    "relu",     "dense",       "gru",
      "conv1d", "identity", "kind",     "branches", "stride",   "dilation",    "padding",
      "impute", "rank",     "standard", "window",   "image",    "log_min_max", "numeric"};
  const auto is_number = [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+'; };
  const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9'); };
  const auto replace = [&](Range at, std::string_view by) {
    if (at.second > at.first) text.replace(at.first, at.second - at.first, by);
  };
  if (text.empty()) text = "{}";
  switch (random() % 7) {
    case 0:
    case 1: replace(some_token(text, random, is_number), numbers[random() % numbers.size()]); break;
    case 2: replace(some_token(text, random, is_word), words[random() % words.size()]); break;
    case 3: {  // a member or item once more, somewhere
      const std::size_t begin = text.find_first_of(",{[", random() % text.size());
      if (begin == std::string::npos) break;
      const std::size_t end = text.find_first_of(",}]", begin + 1);
      if (end == std::string::npos) break;
      const std::string part = "," + text.substr(begin + 1, end - begin - 1);
      for (std::size_t count = random() % 16 == 0 ? 1 + random() % 40 : 1; count > 0; --count)
        text.insert(end, part);
      break;
    }
    case 4: {  // one less
      const std::size_t begin = text.find(',', random() % text.size());
      if (begin == std::string::npos) break;
      const std::size_t end = text.find_first_of(",}]", begin + 1);
      if (end != std::string::npos) text.erase(begin, end - begin);
      break;
    }
    case 5: {  // layers within layers
      constexpr std::array<std::string_view, 5> around{"parallel", "bidirectional", "time_distributed",
                                                       "sequential", "sequence_autoencoder"};
      text = "[{\"kind\":\"" + std::string(around[random() % around.size()]) + "\",\"branches\":[" + text +
             (random() % 2 == 0 ? "]}]" : "," + text + "]}]");
      break;
    }
    case 6: {  // an option more
      const std::size_t end = text.find('}', random() % text.size());
      if (end == std::string::npos) break;
      const std::string value(random() % 2 == 0 ? numbers[random() % numbers.size()]
                                                : "\"" + std::string(words[random() % words.size()]) + "\"");
      text.insert(end, ",\"" + std::string(words[random() % words.size()]) + "\":" + value);
      break;
    }
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  std::minstd_rand random(seed);
  if (random() % 8 == 0) return LLVMFuzzerMutate(data, size, max_size);
  Input input = parse_input({reinterpret_cast<const char*>(data), size});
  if (random() % 8 == 0) input.model = random() % models().size();
  for (std::size_t count = 1 + random() % 3; count > 0; --count) {
    const std::size_t key = random() % 2 == 0 ? layers_key : random() % keys.size();
    std::string& text = input.texts[key];
    if (text.empty())
      text = models()[random() % 8 == 0 ? random() % models().size() : input.model].texts[key];
    if (random() % 4 == 0) {
      std::vector<std::uint8_t> bytes(text.begin(), text.end());
      bytes.resize(text.size() + 64);
      bytes.resize(LLVMFuzzerMutate(bytes.data(), text.size(), bytes.size()));
      for (std::uint8_t& byte : bytes) byte = byte == 0 ? ' ' : byte & 0x7F;
      text.assign(bytes.begin(), bytes.end());
    } else {
      mutate_json(text, random);
    }
  }
  const std::string result = unparse(input);
  if (result.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::copy(result.begin(), result.end(), data);
  return result.size();
}
