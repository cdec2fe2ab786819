// libFuzzer target of the reader of checkpoints.
//
// Tensors and metadata of a good checkpoint are changed where the input says, and the checksum is made right again.
// What is refused changes nothing and is told; what is read is written to bytes that are read again, and training goes
// on from it or is refused, without a crash. The pieces of an input are: which metadata or tensor, then its new bytes.
#include <weir/io/checkpoint.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/losses/mean_squared_error.hpp>
#include <weir/models/sequential.hpp>
#include <weir/optimizers/adam.hpp>
#include <weir/train/fit.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;

namespace {

using Net = Sequential<Dense<float>>;
using State = FitState<Net>;

void require(bool condition) {
  if (!condition) std::abort();
}

Dataset<float> rows() {
  Dataset<float> data;
  data.shape = {2};
  data.x = Matrix<float>(2, 6);
  for (Index i = 0; i < data.x.size(); ++i) data.x.data()[i] = static_cast<float>(i % 5) - 2.0F;
  return data;
}
const Dataset<float> training = rows();

State begun() { return start_fit(Net{Dense{2, 2}}, Adam{}, 1); }

struct StopAfter {
  Index left;
  Go on_batch(const BatchReport&) { return --left == 0 ? Go::stop : Go::on; }
};

void train(State& state, Index batches) {
  continue_fit(state, training, {}, MeanSquaredError{}, Adam{}, {.epochs = 3, .batch_size = 2},
               StopAfter{batches});
}

std::vector<std::byte> good() {
  State state = begun();
  train(state, 5);
  return try_serialize_checkpoint(state).value();
}

/// The good file with what the input changes.
std::vector<std::byte> changed(std::string_view input) {
  static const std::vector<std::byte> file = good();
  static const SafetensorsView view = try_parse_safetensors(file).value();
  std::vector<std::string> texts(view.metadata_size());
  std::vector<std::vector<std::byte>> tensors(view.size());
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = view.metadata_at(i).second;
  for (std::size_t i = 0; i < tensors.size(); ++i)
    tensors[i].assign(view[i].bytes.begin(), view[i].bytes.end());
  while (!input.empty()) {
    const std::size_t which = static_cast<unsigned char>(input[0]) % (texts.size() + tensors.size());
    const std::string_view piece = input.substr(1, input.find('\xFF', 1) - 1);
    if (which < texts.size()) {
      texts[which] = piece;
    } else {
      std::vector<std::byte>& bytes = tensors[which - texts.size()];
      std::memcpy(bytes.data(), piece.data(), std::min(bytes.size(), piece.size()));
    }
    input.remove_prefix(std::min(input.size(), piece.size() + 2));
  }
  SafetensorsWriter writer;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string key(view.metadata_at(i).first);
    if (key != "weir.checksum") writer.set_metadata(key, texts[i]);
  }
  for (std::size_t i = 0; i < tensors.size(); ++i)
    writer.add(std::string(view[i].name), view[i].dtype, view[i].shape, tensors[i]);
  const Result<std::vector<std::byte>> bytes = writer.try_bytes();
  return bytes.ok() ? bytes.value() : file;  // not UTF-8
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  State state = begun();
  const std::vector<std::byte> before = try_serialize_checkpoint(state).value();
  const std::vector<std::byte> file = changed({reinterpret_cast<const char*>(data), size});
  const Status read = try_parse_checkpoint(file, state);
  if (!read) {
    require(!read.error().what.empty() && read.error().what.size() < 4000);
    require(try_serialize_checkpoint(state).value() == before);
    return 0;
  }
  const std::vector<std::byte> again = try_serialize_checkpoint(state).value();
  State second = begun();
  require(try_parse_checkpoint(again, second).ok());
  require(try_serialize_checkpoint(second).value() == again);
  try {
    train(state, 4);
  } catch (const ConfigError&) {
  } catch (const NumericError&) {
  }
  return 0;
}
