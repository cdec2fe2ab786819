// Reads the files made by make_golden.py, and measures how far weir is from them.
#pragma once

#include "source_dir.hpp"

#include <weir/core/config.hpp>
#include <weir/core/fields.hpp>
#include <weir/core/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir_test {

/// The tensors of one case, flat.
class GoldenCase {
 public:
  std::map<std::string, std::vector<double>> tensors;

  [[nodiscard]] bool has(const std::string& name) const { return tensors.count(name) != 0; }
  [[nodiscard]] const std::vector<double>& operator[](const std::string& name) const {
    return tensors.at(name);
  }
  template <class T = float>
  [[nodiscard]] std::vector<T> get(const std::string& name) const {
    std::vector<T> values;
    for (const double v : tensors.at(name)) values.push_back(static_cast<T>(v));
    return values;
  }
  [[nodiscard]] weir::Index number(const std::string& name, std::size_t i) const {
    return static_cast<weir::Index>(tensors.at(name).at(i));
  }
  /// Fills a parameter; throws when the sizes differ.
  template <class T>
  void fill(const std::string& name, weir::TensorView<T> to) const {
    const std::vector<double>& from = tensors.at(name);
    if (static_cast<weir::Index>(from.size()) != to.size()) throw std::runtime_error(name + ": another size");
    for (weir::Index i = 0; i < to.size(); ++i) to[i] = static_cast<T>(from[static_cast<std::size_t>(i)]);
  }
};

using Golden = std::map<std::string, GoldenCase>;

/// The file lies beside this header.
[[nodiscard]] inline Golden read_golden(const std::string& name) {
  std::ifstream file(source_dir() / "tests/golden" / name);
  if (!file) throw std::runtime_error("cannot open " + name);
  Golden golden;
  GoldenCase* current = nullptr;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream text(line);
    std::string key;
    text >> key;
    if (key == "case") {
      text >> key;
      current = &golden[key];
      continue;
    }
    std::size_t size = 0;
    text >> size;
    std::vector<double> values(size);
    for (double& v : values) text >> v;
    if (!text || current == nullptr) throw std::runtime_error(name + ": cannot read " + key);
    current->tensors[key] = std::move(values);
  }
  return golden;
}

/// The listed kind of which a case is: its name is the kind or begins with it and "_".
[[nodiscard]] inline std::string kind_of_case(const std::string& name,
                                              const std::vector<std::string>& kinds) {
  std::string found;
  for (const std::string& kind : kinds) {
    if ((name + "_").rfind(kind + "_", 0) == 0 && kind.size() > found.size()) found = kind;
  }
  if (found.empty()) throw std::runtime_error(name + ": is of no listed kind");
  return found;
}

/// The options of that list that the case holds.
[[nodiscard]] inline weir::Config options_in(const GoldenCase& data,
                                             const std::vector<weir::FieldText>& list) {
  weir::Config options;
  for (const weir::FieldText& option : list) {
    if (!data.has(option.name)) continue;
    const double value = data[option.name].at(0);
    options.set(option.name, option.values == "true or false" ? weir::ConfigValue(value != 0.0)
                                                              : weir::ConfigValue(value));
  }
  return options;
}

/// The larger of |a - b| / |b| (as norms), and the largest |a_i - b_i| where the b_i are numbers around 1.
template <class T>
[[nodiscard]] double distance(std::span<const T> actual, const std::vector<double>& expected) {
  if (actual.size() != expected.size()) return std::numeric_limits<double>::infinity();
  double difference = 0.0, norm = 0.0, largest = 0.0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double d = std::fabs(static_cast<double>(actual[i]) - expected[i]);
    if (std::isnan(d)) return std::numeric_limits<double>::infinity();
    difference += d * d;
    norm += expected[i] * expected[i];
    largest = std::max(largest, d / std::max(1.0, std::fabs(expected[i])));
  }
  const double relative = difference == 0.0 ? 0.0 : std::sqrt(difference / norm);
  return std::max(relative, largest);
}
template <class T>
[[nodiscard]] double distance(const std::vector<T>& actual, const std::vector<double>& expected) {
  return distance(std::span<const T>(actual), expected);
}

}  // namespace weir_test
