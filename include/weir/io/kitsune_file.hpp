// A Kitsune detector's state in a file: a safetensors file with each array of its snapshot, replaced
// atomically and durably.
//
//   save_kitsune("edge.kitsune", detector);
//   Kitsune<> resumed(options);                     // the same options
//   load_kitsune("edge.kitsune", resumed);          // goes on as if it had never stopped
//
// Metadata: "weir.kitsune" = "1". Arrays are F64 or U64 of rank one, under the names that the detector gives.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/tensor.hpp>
#include <weir/detect/kitsune.hpp>
#include <weir/detect/snapshot.hpp>
#include <weir/io/dtype.hpp>
#include <weir/io/safetensors.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

[[nodiscard]] Status try_write_snapshot(const std::string& path, const Snapshot& snapshot);

[[nodiscard]] Result<Snapshot> try_read_snapshot(const std::string& path);

template <class T>
[[nodiscard]] Status try_save_kitsune(const std::string& path, const Kitsune<T>& detector) {
  return try_write_snapshot(path, detector.snapshot());
}
/// As `try_save_kitsune`; throws IoError.
template <class T>
void save_kitsune(const std::string& path, const Kitsune<T>& detector) {
  static_cast<void>(try_save_kitsune(path, detector).value());
}

/// Into a detector with the options of the saved one; unchanged on failure.
template <class T>
[[nodiscard]] Status try_load_kitsune(const std::string& path, Kitsune<T>& detector) {
  const Result<Snapshot> snapshot = try_read_snapshot(path);
  if (!snapshot) return snapshot.error();
  const Status status = detector.try_restore(snapshot.value());
  if (!status) return Failure{status.error().kind, "'" + path + "': " + status.error().what};
  return std::monostate{};
}
/// As `try_load_kitsune`; throws IoError or FormatError.
template <class T>
void load_kitsune(const std::string& path, Kitsune<T>& detector) {
  static_cast<void>(try_load_kitsune(path, detector).value());
}

#if WEIR_BODIES

WEIR_BODY Status try_write_snapshot(const std::string& path, const Snapshot& snapshot) {
  SafetensorsWriter writer;
  writer.set_metadata("weir.kitsune", "1");
  const auto add = [&](const std::string& name, const auto& values) {
    using Value = typename std::remove_cvref_t<decltype(values)>::value_type;
    writer.add(name, TensorView<const Value>(values.data(), {static_cast<Index>(values.size())}));
  };
  for (const auto& [name, values] : snapshot.numbers) add("numbers." + name, values);
  for (const auto& [name, values] : snapshot.words) add("words." + name, values);
  return try_write_safetensors(path, writer);
}

WEIR_BODY Result<Snapshot> try_read_snapshot(const std::string& path) {
  const Result<SafetensorsFile> read = try_read_safetensors(path);
  if (!read) return read.error();
  const SafetensorsView& file = read.value().view();
  if (file.metadata("weir.kitsune") != "1") {
    return Failure{ErrorKind::format, "'" + path + "': is not a detector's state of this version"};
  }
  Snapshot snapshot;
  const auto take = [&](const TensorInfo& info, auto& values) {
    using Value = typename std::remove_cvref_t<decltype(values)>::value_type;
    values.resize(info.bytes.size() / sizeof(Value));
    return file.try_read_into(info.name,
                              TensorView<Value>(values.data(), {static_cast<Index>(values.size())}));
  };
  for (std::size_t i = 0; i < file.size(); ++i) {
    const TensorInfo info = file[i];
    const bool number = info.name.starts_with("numbers.");
    if (!number && !info.name.starts_with("words.")) {
      return Failure{ErrorKind::format, "'" + path + "': unknown tensor " + detail::in_quotes(info.name)};
    }
    const std::string name(info.name.substr(number ? 8 : 6));
    const Status status = number ? take(info, snapshot.numbers[name]) : take(info, snapshot.words[name]);
    if (!status) return Failure{status.error().kind, "'" + path + "': " + status.error().what};
  }
  return snapshot;
}

#endif

}  // namespace weir::inline WEIR_ABI
