// What `fit` tells its callbacks, and what they may answer. A callback is any object with some of these members:
//
//   on_batch(report), on_batch(state, report)    after each batch
//   on_epoch(report), on_epoch(state, report)    after each epoch, the loss of the validation rows included
//   on_end(state)                                when training ends, whatever ends it but an exception
//
// The first two may return `Go::stop`: training then ends between two batches, and can go on from there.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/tensor.hpp>
#include <weir/train/history.hpp>

#include <type_traits>

namespace weir::inline WEIR_ABI {

enum class Go : unsigned char { on, stop };

/// The batch that has just been trained on.
struct BatchReport {
  Index epoch = 0;  ///< counted from 1
  Index epochs = 0;
  Index batch = 0;  ///< counted from 1
  Index batches = 0;
  double loss = 0.0;
};

namespace detail {

/// Who says nothing lets training go on.
template <class Call>
[[nodiscard]] Go answer(Call call) {
  if constexpr (std::is_void_v<decltype(call())>) {
    call();
    return Go::on;
  } else {
    return call();
  }
}

template <class Callback, class State>
[[nodiscard]] Go tell_batch(Callback& callback, const State& state, const BatchReport& report) {
  if constexpr (requires { callback.on_batch(state, report); }) {
    return answer([&] { return callback.on_batch(state, report); });
  } else if constexpr (requires { callback.on_batch(report); }) {
    return answer([&] { return callback.on_batch(report); });
  } else {
    return Go::on;
  }
}

template <class Callback, class State>
[[nodiscard]] Go tell_epoch(Callback& callback, const State& state, const EpochReport& report) {
  if constexpr (requires { callback.on_epoch(state, report); }) {
    return answer([&] { return callback.on_epoch(state, report); });
  } else if constexpr (requires { callback.on_epoch(report); }) {
    return answer([&] { return callback.on_epoch(report); });
  } else {
    return Go::on;
  }
}

template <class Callback, class State>
void tell_end(Callback& callback, const State& state) {
  if constexpr (requires { callback.on_end(state); }) callback.on_end(state);
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
