#include <weir/io/safetensors.hpp>

#include "../golden/python_safetensors.hpp"
#include "support.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using weir::Dtype;
using weir::dyn;
using weir::FileShape;
using weir::Index;
using weir::SafetensorsView;
using weir::SafetensorsWriter;
using weir::Tensor;
using weir::TensorInfo;
using weir_test::Bytes;
using weir_test::TemporaryDirectory;
using weir_test::to_bytes;
using weir_test::to_text;

namespace {

template <class T>
Tensor<T, dyn, dyn> counting(Index rows, Index columns) {
  Tensor<T, dyn, dyn> tensor(rows, columns);
  for (Index i = 0; i < tensor.size(); ++i) tensor[i] = static_cast<T>(i * 3 + 1);
  return tensor;
}

SafetensorsWriter writer_of(const SafetensorsView& view) {
  SafetensorsWriter writer;
  for (std::size_t i = 0; i < view.size(); ++i) {
    const TensorInfo tensor = view[i];
    writer.add(std::string(tensor.name), tensor.dtype, tensor.shape, tensor.bytes);
  }
  for (std::size_t i = 0; i < view.metadata_size(); ++i) {
    const auto [key, value] = view.metadata_at(i);
    if (key != "weir.checksum") writer.set_metadata(std::string(key), std::string(value));
  }
  return writer;
}

template <class T>
void check_type() {
  CAPTURE(weir::name_of(weir::dtype_of<T>));
  const auto before = counting<T>(3, 5);
  SafetensorsWriter writer;
  writer.add("t", before.view());
  const Bytes bytes = writer.bytes();
  const SafetensorsView view = weir::parse_safetensors(bytes);
  Tensor<T, dyn, dyn> after(3, 5);
  view.read_into("t", after.view());
  CHECK(after == before);
  CHECK(view.find("t").value().type() == std::string(weir::name_of(weir::dtype_of<T>)) + " [5, 3]");
}

}  // namespace

TEST_CASE("safetensors: tensors of every C++ type come back") {
  check_type<float>();
  check_type<double>();
  check_type<std::int8_t>();
  check_type<std::int16_t>();
  check_type<std::int32_t>();
  check_type<std::int64_t>();
  check_type<std::uint8_t>();
  check_type<std::uint16_t>();
  check_type<std::uint32_t>();
  check_type<std::uint64_t>();
}

TEST_CASE("safetensors: ranks 0 to 4, empty tensors, fixed extents") {
  Tensor<float> scalar;
  scalar[0] = 7;
  Tensor<double, 2, 3, 4, 5> four;
  for (Index i = 0; i < four.size(); ++i) four[i] = static_cast<double>(i);
  const Tensor<float, dyn, dyn> none(0, 3);
  SafetensorsWriter writer;
  writer.add("scalar", scalar.view());
  writer.add("none", none.view());
  writer.add("four", four.view());
  const Bytes bytes = writer.bytes();
  const SafetensorsView view = weir::parse_safetensors(bytes);
  CHECK(view.size() == 3);
  CHECK(view[0].name == "four");  // larger elements first
  CHECK(view[1].name == "scalar");
  CHECK(view[2].name == "none");
  CHECK(view[0].shape.str() == "[5, 4, 3, 2]");
  CHECK(view[1].shape.str() == "[]");
  CHECK(view[2].shape.str() == "[3, 0]");
  Tensor<double, 2, 3, 4, 5> back;
  view.read_into("four", back.view());
  CHECK(back == four);
  Tensor<float> number;
  view.read_into("scalar", number.view());
  CHECK(number[0] == 7);
  Tensor<float, dyn, dyn> empty(0, 3);
  CHECK(view.try_read_into("none", empty.view()).ok());
}

TEST_CASE("safetensors: read_into compares type and extents and names both") {
  const auto tensor = counting<float>(3, 5);
  SafetensorsWriter writer;
  writer.add("w", tensor.view());
  const Bytes bytes = writer.bytes();
  const SafetensorsView view = weir::parse_safetensors(bytes);
  Tensor<float, dyn, dyn> turned(5, 3);
  turned.fill(9);
  const weir::Status shape = view.try_read_into("w", turned.view());
  REQUIRE_FALSE(shape.ok());
  CHECK(shape.error().kind == weir::ErrorKind::shape);
  CHECK(shape.error().what == "tensor 'w': the file holds F32 [5, 3], needed is F32 [3, 5]");
  CHECK(turned[0] == 9);
  Tensor<double, dyn, dyn> wide(3, 5);
  const weir::Status type = view.try_read_into("w", wide.view());
  REQUIRE_FALSE(type.ok());
  CHECK(type.error().kind == weir::ErrorKind::format);
  CHECK(type.error().what == "tensor 'w': the file holds F32 [5, 3], needed is F64 [5, 3]");
  CHECK(view.try_read_into("v", turned.view()).error().what == "the file has no tensor 'v'");
#if WEIR_EXCEPTIONS
  CHECK_THROWS_AS(view.read_into("w", turned.view()), weir::ShapeError);
  CHECK_THROWS_AS(view.read_into("w", wide.view()), weir::FormatError);
#endif
}

TEST_CASE("safetensors: names and metadata with every kind of character") {
  const std::vector<std::string> names{"",
                                       "a",
                                       "b.c/../d",
                                       "quote\"back\\slash",
                                       "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x8C\x8A",
                                       "{\"dtype\":[",
                                       "  ",
                                       "__metadata__x",
                                       "weir.checksum"};
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  const auto tensor = counting<float>(1, 2);
  SafetensorsWriter writer;
  for (const std::string& name : names) writer.add(name, tensor.view());
  for (const std::string& name : names) {
    if (name != "weir.checksum") writer.set_metadata(name, all + name);
  }
  const Bytes bytes = writer.bytes();
  const SafetensorsView view = weir::parse_safetensors(bytes);
  REQUIRE(view.size() == names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    CHECK(view[i].name == names[i]);
    CHECK(view.find(names[i]).value().bytes.data() == view[i].bytes.data());
    if (names[i] != "weir.checksum") CHECK(view.metadata(names[i]) == all + names[i]);
  }
  CHECK_FALSE(view.find("c").has_value());
  CHECK_FALSE(view.metadata("c").has_value());
  CHECK(view.metadata("weir.checksum").has_value());
}

TEST_CASE("safetensors: the same content gives the same bytes, aligned") {
  const auto a = counting<float>(3, 5);
  const auto b = counting<std::uint8_t>(1, 3);
  const auto c = counting<double>(1, 1);
  const auto make = [&](bool first) {
    SafetensorsWriter writer;
    writer.set_metadata(first ? "x" : "y", "1");
    writer.set_metadata(first ? "y" : "x", "1");
    writer.add("b", b.view());
    writer.add("a", a.view());
    writer.add("c", c.view());
    return writer.bytes();
  };
  const Bytes bytes = make(true);
  CHECK(bytes == make(false));
  const std::string text = to_text(bytes);
  const std::size_t data = text.find_first_not_of(' ', text.rfind('}') + 1);
  CHECK(data % 64 == 0);
  const std::string expected = R"("c":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]},)"
                               R"("a":{"dtype":"F32","shape":[5,3],"data_offsets":[8,68]},)"
                               R"("b":{"dtype":"U8","shape":[3,1],"data_offsets":[68,71]}})";
  CHECK(text.find(expected) != std::string::npos);
  CHECK(text.find(R"({"__metadata__":{"weir.checksum":"crc64:)") == 8);
  CHECK(text.find(R"(","x":"1","y":"1"},"c":)") != std::string::npos);
}

TEST_CASE("safetensors: what is read and written again is the same file") {
  SafetensorsWriter writer;
  const auto a = counting<std::int16_t>(2, 2);
  const auto b = counting<float>(4, 1);
  writer.add("a", a.view());
  writer.add("b", b.view());
  writer.set_metadata("weir.format", "1");
  const Bytes bytes = writer.bytes();
  CHECK(writer_of(weir::parse_safetensors(bytes)).bytes() == bytes);
  const Bytes bare = writer.bytes(false);
  CHECK(to_text(bare).find("weir.checksum") == std::string::npos);
  CHECK(writer_of(weir::parse_safetensors(bare, {.require_checksum = false})).bytes(false) == bare);
  CHECK(weir::try_parse_safetensors(SafetensorsWriter{}.bytes()).value().size() == 0);
}

TEST_CASE("safetensors: the writer refuses what could not be read") {
  const auto tensor = counting<float>(1, 2);
  const auto refusal = [&](const std::string& name, const std::string& other) {
    SafetensorsWriter writer;
    writer.add(name, tensor.view());
    writer.add(other, tensor.view());
    const auto bytes = writer.try_bytes();
    return bytes.ok() ? std::string() : bytes.error().what;
  };
  CHECK(refusal("a", "b").empty());
  CHECK(refusal("a", "a").find("comes twice") != std::string::npos);
  CHECK(refusal("a", "\n").find("control character") != std::string::npos);
  CHECK(refusal("a", "\xFF").find("not UTF-8") != std::string::npos);
  CHECK_FALSE(refusal("a", "__metadata__").empty());
  SafetensorsWriter wrong_size;
  wrong_size.add(
      "a", Dtype::bf16, FileShape{.extents = {3}, .rank = 1},
      tensor.view().span().size_bytes() == 8 ? std::as_bytes(tensor.span()) : std::span<const std::byte>{});
  CHECK(wrong_size.try_bytes().error().what.find("needs 6 bytes") != std::string::npos);
  SafetensorsWriter reserved;
  reserved.set_metadata("weir.checksum", "x");
  CHECK(reserved.try_bytes().error().kind == weir::ErrorKind::config);
}

TEST_CASE("safetensors: types without a C++ type are listed and copied") {
  const Bytes data = to_bytes("123456");
  SafetensorsWriter writer;
  writer.add("half", Dtype::bf16, FileShape{.extents = {3}, .rank = 1}, data);
  writer.add("six", Dtype::f6_e2m3, FileShape{.extents = {2, 4}, .rank = 2}, data);
  writer.add("yes", Dtype::boolean, FileShape{.extents = {6}, .rank = 1}, data);
  const Bytes bytes = writer.bytes();
  const SafetensorsView view = weir::parse_safetensors(bytes);
  CHECK(view[0].type() == "BF16 [3]");
  CHECK(view[1].type() == "BOOL [6]");
  CHECK(view[2].type() == "F6_E2M3 [2, 4]");
  CHECK(to_text(view[2].bytes) == "123456");
  for (std::size_t i = 0; i < weir::detail::dtype_rows.size(); ++i) {
    CHECK(weir::find_dtype(weir::name_of(static_cast<Dtype>(i))) == static_cast<Dtype>(i));
  }
}

TEST_CASE("safetensors: files on disk") {
  const TemporaryDirectory directory;
  const std::string path = directory / "model.weir";
  const auto before = counting<float>(3, 5);
  SafetensorsWriter writer;
  writer.add("w", before.view());
  weir::write_safetensors(path, writer);
  weir::SafetensorsFile first = weir::read_safetensors(path);
  const TensorInfo info = first->find("w").value();
  const weir::SafetensorsFile file = std::move(first);
  CHECK(file->find("w").value().bytes.data() == info.bytes.data());
  Tensor<float, dyn, dyn> after(3, 5);
  file.view().read_into("w", after.view());
  CHECK(after == before);
  CHECK(weir::try_read_safetensors(path, {.max_file_bytes = 10}).error().kind == weir::ErrorKind::io);
  CHECK(weir::try_read_safetensors(directory / "none").error().what.find("No such file") !=
        std::string::npos);
  weir::write_file(path, to_bytes("rubbish, but longer than eight"));
  const auto rubbish = weir::try_read_safetensors(path);
  REQUIRE_FALSE(rubbish.ok());
  CHECK(rubbish.error().what.find("'" + path + "': safetensors: byte 0:") == 0);
  SafetensorsWriter bad;
  bad.set_metadata("\n", "");
  CHECK(weir::try_write_safetensors(path, bad).error().what.find(path) != std::string::npos);
  CHECK(weir::read_file(path, 100) == to_bytes("rubbish, but longer than eight"));
}

TEST_CASE("safetensors: a file that the Python package wrote") {
  const auto bytes = std::as_bytes(std::span(weir_test::python_safetensors));
  CHECK_FALSE(weir::try_parse_safetensors(bytes).ok());  // it has no checksum
  const SafetensorsView view = weir::parse_safetensors(bytes, {.require_checksum = false});
  CHECK(view.size() == 6);
  CHECK(view.metadata_size() == 2);
  CHECK(view.metadata("note") == "quote \" backslash \\ newline \n umlaut \xC3\xA4");
  CHECK(view.metadata("made by") == "make_python_safetensors.py");
  Tensor<float, 3, 2> matrix;  // [[0, 1, 2], [3, 4, 5]] in Python
  view.read_into("matrix", matrix.view());
  for (Index i = 0; i < 6; ++i) CHECK(matrix[i] == static_cast<float>(i));
  CHECK(matrix(2, 1) == 5);
  Tensor<double, 2> doubles;
  view.read_into("d\xC3\xB6ubles", doubles.view());
  CHECK(doubles[0] == 0.1);
  CHECK(doubles[1] == std::numeric_limits<double>::infinity());
  Tensor<std::int64_t> scalar;
  view.read_into("scalar", scalar.view());
  CHECK(scalar[0] == -(std::int64_t{1} << 40));
  Tensor<std::uint8_t, 3> small;
  view.read_into("bytes", small.view());
  CHECK(small[2] == 255);
  CHECK(view.find("half").value().type() == "F16 [2]");
  CHECK(view.find("empty").value().type() == "I32 [0, 4]");
}
