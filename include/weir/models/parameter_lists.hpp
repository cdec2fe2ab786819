// The parameters of layers whose kind is known only at run time, of several at once: `visit` of a kind is
// compiled for one layer, and what it gives is put side by side here.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/tensor.hpp>

#include <array>
#include <cstddef>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

/// A function that takes one parameter of one layer.
template <class T>
class ParameterSink {
 public:
  template <class F>
  explicit ParameterSink(F& f)
      : function_(&f), call_([](void* function, Role role, const ParamName& name, TensorView<T> values) {
          (*static_cast<F*>(function))(role, name, values);
        }) {}

  void operator()(Role role, const ParamName& name, TensorView<T> values) const {
    call_(function_, role, name, values);
  }

 private:
  void* function_;
  void (*call_)(void*, Role, const ParamName&, TensorView<T>);
};

/// Parameters in a row. Few of them take no memory from the heap, so that a step of training need not.
template <class T>
class ParameterList {
 public:
  void add(TensorView<T> values) {
    if (size_ < few_.size()) {
      few_[size_] = values;
    } else {
      many_.push_back(values);
    }
    ++size_;
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] TensorView<T> operator[](std::size_t i) const noexcept {
    return i < few_.size() ? few_[i] : many_[i - few_.size()];
  }

 private:
  std::array<TensorView<T>, 16> few_;
  std::vector<TensorView<T>> many_;
  std::size_t size_ = 0;
};

}  // namespace weir::inline WEIR_ABI::detail
