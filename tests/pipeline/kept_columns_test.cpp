// Columns that are seen beside verdicts.
#include <weir/data/formats/csv_fields.hpp>
#include <weir/pipeline/kept_columns.hpp>
#include <weir/pipeline/kept_json.hpp>

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

TEST_CASE("hosts and times of flows and of EVE are called as in EVE, where that is asked for") {
  const auto line = [](const std::vector<std::string>& names, const std::vector<std::string_view>& cells,
                       const std::vector<std::string>& words = {}) {
    std::vector<KeptColumn> columns = kept_columns(schema_of(names), {}, words, {"label"}, EveNames::yes);
    std::vector<std::string_view> texts;
    for (const KeptColumn& column : columns) texts.push_back(cells[column.place]);
    std::string text;
    append_json(text, columns, texts);
    return text;
  };
  const std::vector<std::string> zeek{"ts",        "uid",   "id.orig_h",  "id.orig_p", "id.resp_h",
                                      "id.resp_p", "proto", "conn_state", "orig_pkts", "resp_pkts"};
  const std::vector<std::string_view> row{"1700000000.01", "C1", "10.0.0.1", "5", "10.0.0.2", "53",
                                          "udp",           "SF", "1",        "2"};
  CHECK(line(zeek, row) ==
        R"(,"timestamp":"2023-11-14T22:13:20.010000+0000","uid":"C1","src_ip":"10.0.0.1","src_port":5,)"
        R"("dest_ip":"10.0.0.2","dest_port":53,"proto":"UDP")");
  CHECK(line(zeek, row, {"id.orig_h", "conn_state"}) == R"(,"src_ip":"10.0.0.1","conn_state":"SF")");
  CHECK(line(zeek, row, {"none"}).empty());
  // What EVE cannot have stands as it is, and so does the second time of a flow.
  const std::vector<std::string> ours{"timestamp",   "src_ip",      "src_port",   "start_ns",
                                      "duration_ns", "fwd_packets", "bwd_packets"};
  CHECK(line(ours, {"soon", "10.0.0.1", "", "1700000000010000000", "1", "1", "1"}) ==
        R"(,"timestamp":"soon","src_ip":"10.0.0.1","start_ns":1700000000010000000)");
  CHECK(line({"timestamp", "event_type", "dest_ip", "label"},
             {"2021-06-06T15:58:31.793839+0200", "dns", "::1", "x"}) ==
        R"(,"timestamp":"2021-06-06T15:58:31.793839+0200","dest_ip":"::1")");
  CHECK(line({"timestamp", "dest_ip"}, {"1", "::1"}).empty());
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
