// The state of a detector as named arrays: what a file holds of it, and what it is made from again.
#pragma once

#include <weir/core/abi.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct Snapshot {
  std::map<std::string, std::vector<double>> numbers;
  std::map<std::string, std::vector<std::uint64_t>> words;

  /// The array of this name and size, or null. A size of `any` takes every size.
  [[nodiscard]] const std::vector<double>* find_numbers(const std::string& name, std::size_t size) const {
    return find_in(numbers, name, size);
  }
  [[nodiscard]] const std::vector<std::uint64_t>* find_words(const std::string& name,
                                                             std::size_t size) const {
    return find_in(words, name, size);
  }
  static constexpr std::size_t any = ~std::size_t{0};

  friend bool operator==(const Snapshot&, const Snapshot&) = default;

 private:
  template <class Map>
  static const typename Map::mapped_type* find_in(const Map& map, const std::string& name, std::size_t size) {
    const auto found = map.find(name);
    if (found == map.end() || (size != any && found->second.size() != size)) return nullptr;
    return &found->second;
  }
};

}  // namespace weir::inline WEIR_ABI
