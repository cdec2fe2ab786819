// Columns that are seen beside verdicts.
#include <weir/data/formats/csv_fields.hpp>
#include <weir/pipeline/kept_columns.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace weir;

namespace {

Schema schema_of(const std::vector<std::string>& names) {
  Schema schema;
  for (const std::string& name : names) schema.columns.push_back({name, ColumnKind::categorical});
  return schema;
}

const Schema flows = schema_of({"src_ip", "src_port", "dst_ip", "dst_port", "start_ns", "duration_ns",
                                "fwd_packets", "bwd_packets", "label"});
const Schema others = schema_of({"id.orig_h", "id.resp_h", "identity", "bytes", "label"});

std::string kept(const Schema& table, const std::vector<std::string>& words,
                 const std::vector<std::string>& taken = {}) {
  PipelineSettings pipeline;
  pipeline.preprocess.schema.columns = {{"bytes", ColumnKind::numeric}};
  std::string text;
  for (const KeptColumn& column : kept_columns(table, pipeline, words, taken))
    text += column.name + (column.number ? "# " : " ");
  return text;
}

std::string refusal(const Schema& table, const std::vector<std::string>& words) {
  try {
    static_cast<void>(kept(table, words));
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("names in Windows-1252, of the header or of who asks, are the same in UTF-8") {
  const Schema cities =
      schema_of(unique_names(std::vector<std::string_view>{"Gr\xF6\xDF"
                                                           "e",
                                                           "Stadt \x96 Ort"}));
  CHECK(kept(cities, {"Gr\xF6\xDF"
                      "e"}) == "Größe ");
  CHECK(kept(cities, {"Größe"}) == "Größe ");
  CHECK(kept(cities, {"Gr??e"}) == "Größe ");
  CHECK(kept(cities, {"Stadt ? Ort"}) == "Stadt – Ort ");
  CHECK(refusal(cities, {"Gr\xF6\xDF"}).starts_with("there is no column 'Größ'; did you mean 'Größe'?"));
}

TEST_CASE("hosts and times of a table of flows are kept without being asked for") {
  CHECK(kept(flows, {}) == "src_ip src_port# dst_ip start_ns# ");
  CHECK(kept(flows, {"time"}) == "start_ns# ");
  CHECK(kept(flows, {"none"}).empty());
  CHECK(kept(flows, {"time", "dst_*"}) == "dst_ip dst_port# start_ns# ");
  CHECK(kept(others, {}).empty());
}

TEST_CASE("columns are named by names, patterns and all, and come in the order of the table") {
  CHECK(kept(others, {"bytes", "id.*"}) == "id.orig_h id.resp_h bytes# ");
  CHECK(kept(others, {"identity"}) == "identity ");
  CHECK(kept(others, {"all"}, {"row", "label"}) == "id.orig_h id.resp_h identity bytes# input_label ");
  CHECK(refusal(others, {"byte"}) == "there is no column 'byte'; did you mean 'bytes'?");
  CHECK(refusal(others, {"x*"}).starts_with("there is no column 'x*'; there are 'id.orig_h'"));
  CHECK(refusal(others, {"time"}) ==
        "'time' is known of tables of flows, and this one is of no profile of theirs");
}
