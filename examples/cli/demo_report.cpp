#include "demo_report.hpp"

#include <weir/core/error.hpp>
#include <weir/core/plain_text.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace cli {

namespace {

constexpr std::size_t line_width = 80;
constexpr const char* ordinary = "benign";  // the generator's label
constexpr std::size_t hosts_shown = 8;

/// A line of CSV without quotes, as weir flows writes it.
[[nodiscard]] std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> cells;
  std::size_t begin = 0;
  for (std::size_t comma; (comma = line.find(',', begin)) != std::string::npos; begin = comma + 1) {
    cells.push_back(line.substr(begin, comma - begin));
  }
  cells.push_back(line.substr(begin));
  return cells;
}

/// A table of weir flows, row by row, with its cells by the names of their columns.
class FlowRows {
 public:
  explicit FlowRows(const std::string& path) : in_(path) {
    std::string header;
    if (!std::getline(in_, header)) weir::fail(weir::ErrorKind::io, "cannot read " + path);
    names_ = split(header);
  }
  [[nodiscard]] bool next() {
    std::string line;
    if (!std::getline(in_, line)) return false;
    cells_ = split(line);
    return true;
  }
  [[nodiscard]] const std::string& operator[](std::string_view name) const {
    const auto at = std::find(names_.begin(), names_.end(), name) - names_.begin();
    return cells_.at(static_cast<std::size_t>(at));
  }
  [[nodiscard]] std::size_t columns() const { return names_.size(); }

 private:
  std::ifstream in_;
  std::vector<std::string> names_, cells_;
};

[[nodiscard]] std::string protocol(const std::string& number) {
  if (number == "6") return "TCP";
  return number == "17" ? "UDP" : number;
}

[[nodiscard]] std::string flow_line(const std::string& client, const std::string& server,
                                    const std::string& proto, const std::string& packets,
                                    const std::string& bytes, const std::string& label) {
  return "   " + weir::pad_right(client, 15) + " " + weir::pad_right(server, 21) + " " +
         weir::pad_right(proto, 5) + weir::pad_left(packets, 8) + weir::pad_left(bytes, 9) + "  " + label +
         "\n";
}

[[nodiscard]] std::string flow_line(const FlowRows& rows) {
  const auto sum = [&](const char* forward, const char* backward) {
    return std::to_string(std::stoull(rows[forward]) + std::stoull(rows[backward]));
  };
  return flow_line(rows["src_ip"], rows["dst_ip"] + ":" + rows["dst_port"], protocol(rows["protocol"]),
                   sum("fwd_packets", "bwd_packets"), sum("fwd_bytes", "bwd_bytes"), rows["label"]);
}

[[nodiscard]] std::string share(std::int64_t part, std::int64_t whole) {
  const double of = whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
  return weir::pad_left(std::to_string(part), 7) + " of " + weir::pad_left(std::to_string(whole), 6) +
         weir::pad_left(weir::percent_text(of), 10);
}

}  // namespace

std::string command_line(const std::vector<std::string>& arguments) {
  std::string text = "\n$ weir";
  std::size_t used = text.size() - 1;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string part = arguments[i];
    // An option and its value stay together.
    if (part.starts_with('-') && i + 1 < arguments.size() && !arguments[i + 1].starts_with('-')) {
      part += " " + arguments[++i];
    }
    if (used + 1 + part.size() > line_width - 2) {
      text += " \\\n     ";
      used = 5;
    }
    text += " " + part;
    used += 1 + part.size();
  }
  return text + "\n";
}

DemoFlows read_flows(const std::string& path) {
  constexpr std::size_t shown = 6;
  FlowRows rows(path);
  DemoFlows flows{0, rows.columns() - 1, flow_line("client", "server", "", "packets", "bytes", "label")};
  std::map<std::string, std::size_t> of_label;
  std::size_t lines = 0;
  for (; rows.next(); ++flows.rows) {
    std::size_t& seen = of_label[rows["label"]];
    const bool wanted = rows["label"] == ordinary ? seen < 2 : seen < 1;
    if (!wanted || lines == shown) continue;
    ++seen;
    ++lines;
    flows.sample += flow_line(rows);
  }
  return flows;
}

std::string describe_training(const Json& lesson) {
  return "Learned from " + std::to_string(lesson.at("rows_trained").get<std::int64_t>()) + " flows in " +
         weir::brief_text(std::round(lesson.at("seconds").get<double>() * 10) / 10) +
         " s: " + std::to_string(lesson.at("features").get<std::int64_t>()) + " numbers of a flow, " +
         std::to_string(lesson.at("epochs").size()) + " epochs.\n";
}

std::string describe_measures(const Json& measured) {
  const auto count = [&](std::size_t truth, std::size_t verdict) {
    return measured.at("confusion").at(truth).at(verdict).get<std::int64_t>();
  };
  const std::int64_t found = count(1, 1), missed = count(1, 0), wrong = count(0, 1), quiet = count(0, 0);
  return "   attacks found          " + share(found, found + missed) + "\n   false alarms           " +
         share(wrong, wrong + quiet) + " of ordinary ones" + "\n   alarms that are right  " +
         share(found, found + wrong) + "\n";
}

namespace {

struct Alert {
  std::uint64_t flow = 0;
  std::string clock, source, target, port, proto;
  double score = 0.0;
  std::string truth{};
};

/// What was alerted, with the label of each flow.
class AlertBook {
 public:
  AlertBook(const std::string& alerts, const std::string& flows) {
    std::unordered_map<std::uint64_t, std::string> labels;
    for (FlowRows rows(flows); rows.next();) {
      labels.emplace(std::stoull(rows["flow_id"]), rows["label"]);
      ++flows_of_label_[rows["label"]];
    }
    std::ifstream in(alerts);
    for (std::string line; std::getline(in, line);) {
      const Json json = Json::parse(line);
      const auto text = [&](const char* name) { return json.at(name).get<std::string>(); };
      Alert alert{json.at("flow_id").get<std::uint64_t>(),
                  text("timestamp").substr(11, 8),
                  text("src_ip"),
                  text("dest_ip"),
                  std::to_string(json.value("dest_port", 0)),
                  text("proto"),
                  json.value("score", 0.0)};
      alert.truth = labels.at(alert.flow);
      ++found_of_label_[alert.truth];
      alerts_.push_back(std::move(alert));
    }
  }

  [[nodiscard]] const std::vector<Alert>& alerts() const { return alerts_; }
  [[nodiscard]] std::int64_t found(const std::string& label) const { return at(found_of_label_, label); }

  /// "syn_flood 118 of 128, ...", best first.
  [[nodiscard]] std::string by_kind() const {
    std::vector<std::pair<double, std::string>> kinds;
    for (const auto& [label, flows] : flows_of_label_) {
      if (label == ordinary) continue;
      const std::int64_t hits = found(label);
      kinds.emplace_back(static_cast<double>(hits) / static_cast<double>(flows),
                         "   " + weir::pad_right(label, 16) + share(hits, flows) + "\n");
    }
    std::sort(kinds.rbegin(), kinds.rend());
    std::string text;
    for (const auto& [share, line] : kinds) text += line;
    return text;
  }

 private:
  using Counts = std::map<std::string, std::int64_t>;
  [[nodiscard]] static std::int64_t at(const Counts& counts, const std::string& label) {
    const auto found = counts.find(label);
    return found == counts.end() ? 0 : found->second;
  }

  std::vector<Alert> alerts_;
  Counts flows_of_label_, found_of_label_;
};

/// Alerts that have one host in common.
struct HostAlerts {
  bool target = false;  ///< the host is what they go to
  std::string host;
  std::vector<const Alert*> alerts{};

  [[nodiscard]] std::string line() const {
    std::set<std::string> others, ports;
    std::map<std::string, std::size_t> truths;
    for (const Alert* alert : alerts) {
      others.insert(target ? alert->source : alert->target);
      ports.insert(alert->port);
      ++truths[alert->truth];
    }
    const std::string port = ports.size() == 1 ? "port " + *ports.begin() : count(ports.size(), "port");
    const auto most = std::max_element(truths.begin(), truths.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    return weir::pad_left(std::to_string(alerts.size()), 8) + "  " + (target ? "to   " : "from ") +
           weir::pad_right(host, 16) + weir::pad_right(count(others.size(), "host") + ", " + port, 21) +
           weir::pad_right(alerts.front()->clock, 9) + std::to_string(most->second) + " " + most->first +
           "\n";
  }

 private:
  [[nodiscard]] static std::string count(std::size_t n, const std::string& thing) {
    return weir::count_text(n, thing);
  }
};

/// The hosts that explain most alerts: again and again the one, as source or target, with the most of those that are
/// left. A scan so becomes one line of its source, a flood with false sources one of its target.
[[nodiscard]] std::vector<HostAlerts> by_host(const std::vector<Alert>& alerts) {
  std::vector<const Alert*> open;
  for (const Alert& alert : alerts) open.push_back(&alert);
  std::vector<HostAlerts> groups;
  while (!open.empty()) {
    std::map<std::pair<bool, std::string>, std::size_t> counts;
    for (const Alert* alert : open) {
      ++counts[{false, alert->source}];
      ++counts[{true, alert->target}];
    }
    const auto most = std::max_element(counts.begin(), counts.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    HostAlerts group{most->first.first, most->first.second};
    const auto part = std::stable_partition(open.begin(), open.end(), [&](const Alert* alert) {
      return (group.target ? alert->target : alert->source) != group.host;
    });
    group.alerts.assign(part, open.end());
    open.erase(part, open.end());
    groups.push_back(std::move(group));
  }
  return groups;
}

}  // namespace

DemoAlerts read_alerts(const std::string& alerts, const std::string& flows) {
  const AlertBook book(alerts, flows);
  const std::vector<HostAlerts> groups = by_host(book.alerts());
  const auto all = static_cast<std::int64_t>(book.alerts().size());
  const std::int64_t wrong = book.found(ordinary);
  DemoAlerts told;
  told.numbers = {{"alerts", all}, {"right", all - wrong}, {"hosts", groups.size()}};
  told.text = "   " + weir::count_text(all, "alert") +
              ", a line of JSON each, by the hosts that explain most of them:\n\n" +
              "  alerts  host                 on                   first    in truth\n";
  std::int64_t rest = all;
  for (std::size_t i = 0; i < std::min(hosts_shown, groups.size()); ++i) {
    told.text += groups[i].line();
    rest -= static_cast<std::int64_t>(groups[i].alerts.size());
  }
  if (groups.size() > hosts_shown) {
    told.text += weir::pad_left(std::to_string(rest), 8) + "  of " +
                 weir::count_text(static_cast<std::int64_t>(groups.size() - hosts_shown), "other host") +
                 "\n";
  }
  told.text +=
      "\n   How many flows of each attack it found. A beacon or a slow scan shows in many\n"
      "   flows, hardly in one: a model finds what its columns can tell.\n\n" +
      book.by_kind();
  return told;
}

}  // namespace cli
