// The layout of NSL-KDD (Tavallaee, Bagheri, Lu, Ghorbani: "A detailed analysis of the KDD CUP 99 data set",
// CISDA 2009): 43 columns without a header line. The five classes are those of its papers.
//
//   Table train = read_csv("KDDTrain+.txt", nsl_kdd::csv_options());
//   train.rename_texts(nsl_kdd::label, nsl_kdd::attack_class);          // 23 attack types to five classes
//   Preprocessor pre =
//       Preprocessor::fit(training_rows(std::move(train)), {.exclude = nsl_kdd::not_features()});
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/formats/csv.hpp>
#include <weir/data/formats/csv_options.hpp>
#include <weir/data/labels/label_rule.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/tables/schema.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {
namespace nsl_kdd {

inline constexpr std::string_view label = "attack_type";
inline constexpr std::string_view difficulty = "difficulty";  ///< how many of 21 learners got the row right

inline constexpr std::array<std::string_view, 43> column_names{"duration",
                                                               "protocol_type",
                                                               "service",
                                                               "flag",
                                                               "src_bytes",
                                                               "dst_bytes",
                                                               "land",
                                                               "wrong_fragment",
                                                               "urgent",
                                                               "hot",
                                                               "num_failed_logins",
                                                               "logged_in",
                                                               "num_compromised",
                                                               "root_shell",
                                                               "su_attempted",
                                                               "num_root",
                                                               "num_file_creations",
                                                               "num_shells",
                                                               "num_access_files",
                                                               "num_outbound_cmds",
                                                               "is_host_login",
                                                               "is_guest_login",
                                                               "count",
                                                               "srv_count",
                                                               "serror_rate",
                                                               "srv_serror_rate",
                                                               "rerror_rate",
                                                               "srv_rerror_rate",
                                                               "same_srv_rate",
                                                               "diff_srv_rate",
                                                               "srv_diff_host_rate",
                                                               "dst_host_count",
                                                               "dst_host_srv_count",
                                                               "dst_host_same_srv_rate",
                                                               "dst_host_diff_srv_rate",
                                                               "dst_host_same_src_port_rate",
                                                               "dst_host_srv_diff_host_rate",
                                                               "dst_host_serror_rate",
                                                               "dst_host_srv_serror_rate",
                                                               "dst_host_rerror_rate",
                                                               "dst_host_srv_rerror_rate",
                                                               label,
                                                               difficulty};

[[nodiscard]] inline Schema schema() {
  Schema result;
  for (const std::string_view name : column_names) {
    const bool text = name == "protocol_type" || name == "service" || name == "flag" || name == label;
    result.columns.push_back({std::string(name), text ? ColumnKind::categorical : ColumnKind::numeric});
  }
  return result;
}

/// The columns that a model must not see.
[[nodiscard]] inline std::vector<std::string> not_features() {
  return {std::string(label), std::string(difficulty)};
}

/// Whether a file with these first bytes is of this layout: 41 to 43 fields, the second of them a protocol.
[[nodiscard]] inline bool looks_like(std::string_view head) {
  const std::string_view line = head.substr(0, head.find_first_of("\r\n"));
  const auto commas = static_cast<std::size_t>(std::count(line.begin(), line.end(), ','));
  if (commas + 3 < column_names.size() || commas + 1 > column_names.size()) return false;
  const std::string_view second = line.substr(line.find(',') + 1);
  const std::string_view protocol = second.substr(0, second.find(','));
  return protocol == "tcp" || protocol == "udp" || protocol == "icmp";
}

/// The reader of a file of which label and difficulty may be missing: files to score lack them. The
/// difficulty is ignored unless it is asked for. DataError when the first row has another number of fields.
[[nodiscard]] inline Result<CsvReader> try_reader(std::unique_ptr<ByteSource> source, CsvOptions options) {
  const std::string name = source->name();
  options.header = false;
  options.schema = {};
  options.names = {};
  Result<CsvReader> reader = CsvReader::try_make(std::move(source), std::move(options));
  if (!reader) return reader;
  const std::size_t count = reader->schema().columns.size();
  if (count + 2 < column_names.size() || count > column_names.size()) {
    return Failure{ErrorKind::data, name + ": the first row has " + std::to_string(count) +
                                        " fields; NSL-KDD has 43, or 41 without label and difficulty"};
  }
  Schema named = schema();
  named.columns.back().kind = ColumnKind::ignore;
  named.columns.resize(count);
  if (Status status = reader->try_use(std::move(named)); !status) return status.error();
  return reader;
}

[[nodiscard]] inline CsvOptions csv_options() { return {.header = false, .schema = schema()}; }

inline constexpr std::array<std::string_view, 5> classes{"normal", "DoS", "Probe", "R2L", "U2R"};

struct AttackType {
  std::string_view name;
  std::string_view attack_class;
};

/// All types of training and test set, in alphabetical order; 17 of them occur in the test set only.
inline constexpr std::array<AttackType, 40> attack_types{{{"apache2", "DoS"},
                                                          {"back", "DoS"},
                                                          {"buffer_overflow", "U2R"},
                                                          {"ftp_write", "R2L"},
                                                          {"guess_passwd", "R2L"},
                                                          {"httptunnel", "U2R"},
                                                          {"imap", "R2L"},
                                                          {"ipsweep", "Probe"},
                                                          {"land", "DoS"},
                                                          {"loadmodule", "U2R"},
                                                          {"mailbomb", "DoS"},
                                                          {"mscan", "Probe"},
                                                          {"multihop", "R2L"},
                                                          {"named", "R2L"},
                                                          {"neptune", "DoS"},
                                                          {"nmap", "Probe"},
                                                          {"normal", "normal"},
                                                          {"perl", "U2R"},
                                                          {"phf", "R2L"},
                                                          {"pod", "DoS"},
                                                          {"portsweep", "Probe"},
                                                          {"processtable", "DoS"},
                                                          {"ps", "U2R"},
                                                          {"rootkit", "U2R"},
                                                          {"saint", "Probe"},
                                                          {"satan", "Probe"},
                                                          {"sendmail", "R2L"},
                                                          {"smurf", "DoS"},
                                                          {"snmpgetattack", "R2L"},
                                                          {"snmpguess", "R2L"},
                                                          {"spy", "R2L"},
                                                          {"sqlattack", "U2R"},
                                                          {"teardrop", "DoS"},
                                                          {"udpstorm", "DoS"},
                                                          {"warezclient", "R2L"},
                                                          {"warezmaster", "R2L"},
                                                          {"worm", "R2L"},
                                                          {"xlock", "R2L"},
                                                          {"xsnoop", "R2L"},
                                                          {"xterm", "U2R"}}};

/// The class of an attack type; throws DataError when it is none of NSL-KDD's.
[[nodiscard]] inline std::string_view attack_class(std::string_view attack_type) {
  for (const AttackType& type : attack_types) {
    if (type.name == attack_type) return type.attack_class;
  }
  fail(ErrorKind::data, "'" + std::string(attack_type) + "' is not an attack type of NSL-KDD");
}

/// Normal traffic or not: the two-class problem.
[[nodiscard]] inline std::string_view normal_or_attack(std::string_view attack_type) {
  return attack_class(attack_type) == "normal" ? "normal" : "attack";
}

/// The five classes as a rule for a model, over the attack types of a column.
[[nodiscard]] inline LabelRule five_classes(std::string column = std::string(label)) {
  LabelRule rule{std::move(column), {}, {}, {}};
  for (const std::string_view name : classes) rule.classes.emplace_back(name);
  for (const AttackType& type : attack_types) {
    if (type.name != type.attack_class) rule.map.emplace_back(type.name, type.attack_class);
  }
  return rule;
}

}  // namespace nsl_kdd
}  // namespace weir::inline WEIR_ABI
