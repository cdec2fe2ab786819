// Compiled without exceptions: hostile model files, and shapes that a net does not take, come back as errors
// by value. Whatever ended the program would fail this test.
#include <weir/infer.hpp>
#include <weir/io/load_any.hpp>
#include <weir/io/save.hpp>

#include "hostile_files.hpp"

#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#if WEIR_EXCEPTIONS
#error "this program is to be compiled without exceptions"
#endif

using namespace weir;

namespace {

using Known = Sequential<Dense<float, 8, 4>, Relu<float>, Dense<float, 4, 2>, Softmax<float>>;

int failures = 0;

void check(bool fine, std::string_view what) {
  if (fine) return;
  ++failures;
  std::printf("FAILED: %.*s\n", static_cast<int>(what.size()), what.data());
}

/// `from` with one metadata text or the stored sample changed, and a right checksum.
std::vector<std::byte> forged(const std::vector<std::byte>& from, std::string_view key,
                              const std::string& value, Index sample) {
  const SafetensorsView view = try_parse_safetensors(from).value();
  SafetensorsWriter writer;
  for (std::size_t i = 0; i < view.metadata_size(); ++i) {
    const auto [k, v] = view.metadata_at(i);
    if (k != "weir.checksum") writer.set_metadata(std::string(k), k == key ? value : std::string(v));
  }
  const std::vector<float> zeros(static_cast<std::size_t>(sample), 0.0F);
  for (std::size_t i = 0; i < view.size(); ++i) {
    if (view[i].name == "probe.input") continue;
    writer.add(std::string(view[i].name), view[i].dtype, view[i].shape, view[i].bytes);
  }
  writer.add("probe.input", TensorView<const float>(zeros.data(), {sample}));
  return writer.try_bytes().value();
}

/// A known net and a sample shape from the file.
void known_net() {
  Pipeline<Known> pipeline;
  pipeline.input = {8};
  pipeline.labels = {"", {"a", "b"}, {}, ""};
  Rng rng(1);
  pipeline.net.init(rng);
  const std::vector<std::byte> good = try_serialize(pipeline).value();
  check(try_parse_net<Known>(std::span<const std::byte>(good)).ok(), "the good file");
  check(try_parse(std::span<const std::byte>(good), Known{}).ok(), "the good file, as a pipeline");
  struct Input {
    const char* text;
    Index values;
  };
  for (const Input& input : {Input{"[7,1]", 7}, Input{"[7,1]", 8}, Input{"[1,8]", 8},
                             Input{"[16777216,16777216]", 8}, Input{"[9,3]", 27}}) {
    const std::vector<std::byte> file = forged(good, "weir.input", input.text, input.values);
    const auto net = try_parse_net<Known>(std::span<const std::byte>(file));
    check(!net.ok() && net.error().what.find("does not fit") != std::string::npos, input.text);
    check(!try_parse(std::span<const std::byte>(file), Known{}).ok(), input.text);
  }
  pipeline.input = {7};
  check(!try_serialize(pipeline).ok(), "a pipeline whose net does not take its samples");
  check(complaint(pipeline.net, Shape{7}) == "dense takes 8 channels but gets 7", "complaint");
  check(!try_out_shape(pipeline.net, Shape{7}).ok(), "try_out_shape");
}

/// Every kind of layer built for one shape and asked for others.
void every_kind() {
  for (const std::string& text : weir_test::layers_of_each_kind()) {
    const auto net = try_build<float>(text, Shape{6, 12});
    if (!net.ok()) continue;
    for (const Shape shape :
         {Shape{1, 1}, Shape{6, 1}, Shape{5, 12}, Shape{6, 100}, Shape{7, 3}, Shape{12, 6}}) {
      if (const auto output = try_out_shape(net.value(), shape); output.ok()) {
        check(workspace_bytes(net.value(), shape, 3) > 0.0, text);
      } else {
        check(!output.error().what.empty(), text);
      }
    }
  }
}

}  // namespace

int main() {
  known_net();
  every_kind();
  weir_test::HostileFiles files(7);
  int accepted = 0;
  const int count = 1000;
  for (int i = 0; i < count; ++i) {
    const std::vector<std::byte> file = files.next();
    accepted += try_parse_any(std::span<const std::byte>(file)).ok() ? 1 : 0;
  }
  std::printf("%d of %d hostile files read, the others refused by value\n", accepted, count);
  check(accepted > 50 && accepted < count, "some are read, some are not");
  return failures == 0 ? 0 : 1;
}
