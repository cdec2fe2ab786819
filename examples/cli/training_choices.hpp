// The losses and optimizers that there are to choose from, without compiling them.
#pragma once

#include <string>
#include <vector>

namespace cli {

/// The kinds that --loss and --optimizer name.
[[nodiscard]] std::vector<std::string> loss_kinds();
[[nodiscard]] std::vector<std::string> optimizer_kinds();
/// What is wrong with a loss or an optimizer as text; empty: nothing.
[[nodiscard]] std::string loss_complaint(const std::string& text);
[[nodiscard]] std::string optimizer_complaint(const std::string& text);
/// "classify: binary_crossentropy, ...; regress, anomaly: mse, ..."
[[nodiscard]] std::string losses_by_task();

}  // namespace cli
