// How a pipeline does on the labelled rows of a file, which are read and judged in pieces.
//
//   TableFile file = open_table("other_day.csv", recorded_options({}, pipeline.record));
//   const Assessment result = assess(pipeline, file);
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/formats/open_table.hpp>
#include <weir/data/preparing/event_types.hpp>
#include <weir/pipeline/assessment.hpp>
#include <weir/pipeline/assessor.hpp>
#include <weir/pipeline/image_samples.hpp>
#include <weir/pipeline/pipeline.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// DataError when the file lacks a column that a pipeline reads, its label among them if asked for. Where rows may
/// lack any (JSON), one of the features is enough.
inline void require_columns_of(const PipelineSettings& settings, const TableFile& file, bool label) {
  const std::vector<Column> columns = columns_of(settings, label);
  const std::vector<Column>& features = settings.preprocess.schema.columns;
  const auto there = [&file](const Column& column) { return file.has(column.name); };
  const bool none = !features.empty() && std::none_of(features.begin(), features.end(), there);
  for (const Column& column : columns) {
    if (none || (label && column.name == settings.labels.column)) file.require(column.name);
    file.require_readable(column.name);
  }
}

/// Reads what a pipeline reads and nothing else, with its label column if asked for, under any known spelling of the
/// columns, as require_columns_of() wants them.
inline void read_columns_of(const PipelineSettings& settings, TableFile& file, bool label) {
  file.respell(columns_of(settings, label));
  require_columns_of(settings, file, label);
  file.read_only(columns_of(settings, label));
}

/// Keeps the type of each event of an EVE log (Suricata) beside what is read of it, and says in which place
/// of TableFile::kept(); nothing for other tables.
[[nodiscard]] inline std::optional<std::size_t> keep_event_types(TableFile& file) {
  const std::optional<std::size_t> type = file.schema().find(event_type_column);
  if (!type || !file.has("timestamp")) return std::nullopt;
  std::vector<std::size_t> kept = file.kept().columns();
  kept.push_back(*type);
  file.keep(kept);
  return kept.size() - 1;
}

/// All rows that are left of a table of which none was read.
template <class Net>
[[nodiscard]] Assessment assess(const Pipeline<Net>& pipeline, TableFile& file, AssessOptions options = {}) {
  constexpr std::size_t rows_at_once = 8'192;
  read_columns_of(pipeline, file, true);
  if (options.source.empty()) options.source = file.name();
  const std::optional<std::size_t> type = keep_event_types(file);
  EventTypes events;
  Assessor<Net> assessor(pipeline, std::move(options));
  for (Table rows = file.make_table(); file.read(rows, rows_at_once) > 0; rows = file.make_table()) {
    assessor.add(rows);
    if (type) events.add(rows, [&](std::size_t row) { return file.kept().text(row, *type); });
  }
  Assessment result = assessor.finish();
  result.events = std::move(events);
  return result;
}

/// Labelled images.
template <class Net>
[[nodiscard]] Assessment assess(const Pipeline<Net>& pipeline, const LabelledImages& images,
                                AssessOptions options = {}) {
  check_images(images, pipeline.samples, options.source);
  Assessor<Net> assessor(pipeline, std::move(options));
  std::vector<typename Net::Scalar> sample(static_cast<std::size_t>(pipeline.input.size()));
  for (std::size_t i = 0; i < images.count(); ++i) {
    encode_pixels(images.pixels.image(i), pipeline.samples, sample);
    assessor.add(assessor.class_of(images.label(i), static_cast<std::int64_t>(i) + 1),
                 std::span<const typename Net::Scalar>(sample));
  }
  return assessor.finish();
}

}  // namespace weir::inline WEIR_ABI
