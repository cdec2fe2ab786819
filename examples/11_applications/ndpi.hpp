// nDPI's test captures: which application category its engine found in each flow.
#pragma once

#include <weir/traffic/flow/flow_record.hpp>

#include <map>
#include <string>
#include <vector>

namespace applications {

class NdpiLabels {
 public:
  /// Reads `flows.csv.gz`; keeps categories that occur in at least `captures` captures.
  NdpiLabels(const std::string& path, std::size_t captures);

  [[nodiscard]] const std::vector<std::string>& captures() const noexcept { return captures_; }
  /// Empty: none.
  [[nodiscard]] std::string category(const std::string& capture, const weir::FlowBase& flow) const;

 private:
  std::map<std::string, std::string> categories_{};  ///< by capture and ends
  std::vector<std::string> captures_{};
};

}  // namespace applications
