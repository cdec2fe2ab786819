// A capture of made-up traffic with its label rules, in files that go when it does: what the examples on
// packets run on without data from outside.
#pragma once

#include <weir/synth.hpp>
#include <weir/traffic/flow/label_rules.hpp>

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <sstream>
#include <string>
#include <system_error>

class SyntheticCapture {
 public:
  explicit SyntheticCapture(const weir::SynthOptions& options, const weir::SynthCaptureOptions& how = {})
      : path_((std::filesystem::temp_directory_path() /
               ("weir-example-" + std::to_string(getpid()) + "-" + std::to_string(options.seed) + ".pcap"))
                  .string()) {
    weir::CaptureWriter writer = weir::CaptureWriter::create(path_, weir::link_type::ethernet);
    std::ostringstream rules;
    weir::write_capture(writer, rules, options, how);
    static_cast<void>(writer.close().value());
    rules_text_ = rules.str();
    rules_ = weir::FlowLabelRules::try_parse(rules_text_).value();
  }
  SyntheticCapture(const SyntheticCapture&) = delete;
  SyntheticCapture& operator=(const SyntheticCapture&) = delete;
  ~SyntheticCapture() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] const weir::FlowLabelRules& rules() const noexcept { return rules_; }

 private:
  std::string path_, rules_text_;
  weir::FlowLabelRules rules_;
};
