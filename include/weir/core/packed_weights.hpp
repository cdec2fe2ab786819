// Weights in the forms that kernels like (packed panels), of a net whose weights stay as they are: made once,
// read by any number of threads. Without it a layer reads its weights where they lie, or packs them anew in each
// pass.
//
//   const PackedWeights packed = pack_weights(net, input);       // models/workspace.hpp
//   Workspace first(net, input, 1, packed), second(net, input, 1, packed);
//
// A layer that has such a form asks for it in forward and in step, and makes do without where there is none:
//
//   const auto* rows = find_packed<Form>(pass, weights, [&](Form& form) { ... });
#pragma once

#include <weir/core/abi.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace weir::inline WEIR_ABI {

/// A handle: copies share the forms. They belong to the weights at the addresses of the net that was packed, with
/// the values that they had then: a net that is moved, trained or loaded anew needs `pack_weights` again.
class PackedWeights {
 public:
  PackedWeights() = default;  ///< nothing is packed

  [[nodiscard]] explicit operator bool() const noexcept { return forms_ != nullptr; }

  /// One that takes what layers make, until it is closed.
  [[nodiscard]] static PackedWeights open() {
    PackedWeights made;
    made.forms_ = std::make_shared<Forms>();
    return made;
  }
  /// From now on it is only read: threads may share it.
  void close() noexcept { forms_->closed = true; }

  /// The form of the weights at `weights`; while it is open, make(form) fills one that is not there. Null when
  /// there is none.
  template <class Form, class Make>
  [[nodiscard]] const Form* find(const void* weights, Make make) const {
    if (forms_ == nullptr) return nullptr;
    for (const Entry& entry : forms_->entries) {
      if (entry.weights == weights && entry.kind == &kind_of<Form>) {
        return &static_cast<const Held<Form>&>(*entry.held).form;
      }
    }
    if (forms_->closed) return nullptr;
    auto held = std::make_unique<Held<Form>>();
    make(held->form);
    const Form* form = &held->form;
    forms_->entries.push_back({weights, &kind_of<Form>, std::move(held)});
    return form;
  }

 private:
  struct Base {
    virtual ~Base() = default;
  };
  template <class Form>
  struct Held final : Base {
    Form form;
  };
  template <class Form>
  static constexpr char kind_of = 0;

  struct Entry {
    const void* weights;
    const void* kind;
    std::unique_ptr<Base> held;
  };
  struct Forms {
    std::vector<Entry> entries;
    bool closed = false;
  };

  std::shared_ptr<Forms> forms_;
};

}  // namespace weir::inline WEIR_ABI
