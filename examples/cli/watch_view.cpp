#include "watch_view.hpp"

#include <weir/core/error.hpp>
#include <weir/core/plain_text.hpp>

#include <nlohmann/json.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace cli {

namespace {

/// The first columns of a text, letters of UTF-8 counted once and control characters left out.
[[nodiscard]] std::string cut_to(std::string_view text, std::size_t width) {
  std::string line;
  std::size_t columns = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool begins = (byte & 0xC0U) != 0x80U;
    if (begins && columns == width) break;
    if (byte < 0x20 || byte == 0x7F) continue;
    columns += begins ? 1 : 0;
    line += c;
  }
  return line;
}

/// "12:45:03  10.0.0.5:4123 -> 10.0.0.9:80  TCP  attack  0.9712"
[[nodiscard]] std::string alarm_line(const Json& alert) {
  const auto text = [&](const char* name) {
    const auto found = alert.find(name);
    if (found == alert.end()) return std::string();
    return found->is_string() ? found->get<std::string>() : found->dump();
  };
  const auto end = [&](const char* ip, const char* port) {
    return text(ip) + (alert.contains(port) ? ":" + text(port) : std::string());
  };
  const std::string time = text("timestamp");
  std::string line = time.size() > 19 ? time.substr(11, 8) : time;
  if (text("event_type") == "drift") return line + "  drift after " + text("flows") + " flows";
  line += "  " + end("src_ip", "src_port") + " -> " + end("dest_ip", "dest_port") + "  " + text("proto");
  if (alert.contains("label")) line += "  " + text("label");
  if (alert.contains("score")) line += "  " + weir::brief_text(alert.at("score").get<double>());
  return alert.contains("early") ? line + "  early" : line;
}

[[nodiscard]] std::string clock_text(double seconds) {
  const auto whole = static_cast<long>(seconds);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%02ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
  return text.data();
}

}  // namespace

WatchView::WatchView(std::string title)
    : title_(std::move(title)), colours_(std::getenv("NO_COLOR") == nullptr) {
  if (isatty(STDOUT_FILENO) != 0) return;
  weir::fail(weir::ErrorKind::config, "--view draws on a terminal, and standard output is none");
}

WatchView::~WatchView() { draw(); }

void WatchView::alarm(const Json& alert) {
  constexpr std::size_t kept = 200;
  last_.push_front(alarm_line(alert));
  if (last_.size() > kept) last_.pop_back();
  if (alert.at("event_type") == "drift") return;
  ++alarms_;
  for (const char* end : {"src_ip", "dest_ip"}) {
    if (alert.contains(end)) hosts_.add(alert.at(end).get<std::string>());
  }
  const std::int64_t now = minute();
  if (last_minute_ == 0) last_minute_ = now;
  for (; last_minute_ < now && last_minute_ + static_cast<std::int64_t>(minutes_shown) > now; ++last_minute_)
    by_minute_[static_cast<std::size_t>(last_minute_ + 1) % minutes_shown] = 0;
  if (last_minute_ < now) by_minute_.fill(0);
  last_minute_ = std::max(last_minute_, now);
  ++by_minute_[static_cast<std::size_t>(last_minute_) % minutes_shown];
}

void WatchView::draw_in_time() {
  if (Clock::now() - drawn_ >= std::chrono::milliseconds(250)) draw();
}

std::string WatchView::minutes_text() const {
  constexpr std::array<const char*, 8> heights{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::uint64_t most = *std::max_element(by_minute_.begin(), by_minute_.end());
  std::string text;
  for (std::size_t back = minutes_shown; back-- > 0;) {
    const std::int64_t at = minute() - static_cast<std::int64_t>(back);
    const bool counted =
        at > 0 && at <= last_minute_ && at + static_cast<std::int64_t>(minutes_shown) > last_minute_;
    const std::uint64_t count = counted ? by_minute_[static_cast<std::size_t>(at) % minutes_shown] : 0;
    text += count == 0 ? " " : heights[most == 0 ? 0 : static_cast<std::size_t>((count * 8 - 1) / most)];
  }
  return text + "  most " + std::to_string(most);
}

std::string WatchView::hosts_text() const {
  std::string text;
  for (const weir::TopCounts::Entry& host : hosts_.most(8))
    text += (text.empty() ? "" : "   ") + host.name + " " + std::to_string(host.count);
  return text;
}

std::vector<std::string> WatchView::frame(std::size_t width, std::size_t height) const {
  const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
  std::vector<std::string> lines;
  lines.push_back(title_ + "   " + clock_text(seconds));
  lines.push_back("packets " + std::to_string(packets_) + "  " + weir::detail::formatted("%.0f", rate_) +
                  "/s" + (flows_ > 0 ? "   flows judged " + std::to_string(flows_) : "") + "   alarms " +
                  std::to_string(alarms_) + (dropped_ > 0 ? "   dropped " + std::to_string(dropped_) : ""));
  lines.push_back("alarms a minute " + minutes_text());
  if (hosts_.total() > 0) lines.push_back("hosts " + hosts_text());
  lines.emplace_back();
  for (const std::string& alarm : last_) {
    if (lines.size() + 1 >= height) break;
    lines.push_back(alarm);
  }
  for (std::string& line : lines) line = cut_to(line, width);
  return lines;
}

void WatchView::draw() {
  const Clock::time_point now = Clock::now();
  const double passed = std::chrono::duration<double>(now - drawn_).count();
  if (passed > 0.01) rate_ = static_cast<double>(packets_ - packets_drawn_) / passed;
  packets_drawn_ = packets_;
  drawn_ = now;
  winsize size{};
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
  const std::vector<std::string> lines = frame(known ? size.ws_col - 1U : 79, known ? size.ws_row : 24);
  std::string text;
  if (lines_drawn_ > 0) text = "\033[" + std::to_string(lines_drawn_) + "A";
  text += "\r\033[J";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool heading = colours_ && i == 0;
    const bool alarming = colours_ && i == 1 && alarms_ > 0;
    text += (heading    ? "\033[1m"
             : alarming ? "\033[31m"
                        : "") +
            lines[i] + (heading || alarming ? "\033[0m\n" : "\n");
  }
  lines_drawn_ = lines.size();
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace cli
