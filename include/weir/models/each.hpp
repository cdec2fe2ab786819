// What layers made of layers are written on: their parts are a tuple, known at compile time, or a vector,
// from a file. The functions here walk over both alike, over a tuple without a loop.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer_contract.hpp>
#include <weir/core/layer_traits.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

template <class Layers>
struct Chain;

namespace detail {

/// A container like Parts with Of<L>::type in the place of each L.
template <template <class> class Of, class Parts>
struct MapParts;
template <template <class> class Of, class... L>
struct MapParts<Of, std::tuple<L...>> {
  using type = std::tuple<typename Of<L>::type...>;
};
template <template <class> class Of, class L>
struct MapParts<Of, std::vector<L>> {
  using type = std::vector<typename Of<L>::type>;
};
template <template <class> class Of, class Parts>
using PartsOf = typename MapParts<Of, Parts>::type;

template <class L>
struct CacheOfPart {
  using type = typename L::Cache;
};
template <class L>
struct StepCacheOfPart {
  using type = StepCache<L>;
};

template <class Parts>
struct FirstPart;
template <class L, class... More>
struct FirstPart<std::tuple<L, More...>> {
  using type = L;
};
template <class L>
struct FirstPart<std::vector<L>> {
  using type = L;
};
template <class Parts>
using ScalarOfParts = typename FirstPart<Parts>::type::Scalar;

template <class Parts>
inline constexpr bool is_tuple = false;
template <class... L>
inline constexpr bool is_tuple<std::tuple<L...>> = true;

/// Refuses what is no layer before anything is made of it. Parts of a vector have been looked at by AnyLayer.
template <class Parts>
struct AreLayers {
  static constexpr bool kept = true;
};
template <class... L>
struct AreLayers<std::tuple<L...>> {
  static_assert(sizeof...(L) > 0, "weir: there is no layer");
  static constexpr bool kept = (LayerContract<L>::kept && ...);
};

template <class Parts>
[[nodiscard]] constexpr std::size_t count_of(const Parts& parts) noexcept {
  if constexpr (is_tuple<Parts>) {
    return std::tuple_size_v<Parts>;
  } else {
    return parts.size();
  }
}

/// Makes place for something beside each part.
template <class Beside, class Parts>
void resize_like(Beside& beside, const Parts& parts) {
  if constexpr (!is_tuple<Parts>) beside.resize(parts.size());
}

template <std::size_t I, class F, class... Parts>
void call_at(F& f, Parts&... parts) {
  f(std::integral_constant<std::size_t, I>{}, std::get<I>(parts)...);
}

/// f(number, element of each container), from the first to the last. Of tuples the number is a constant.
template <class F, class First, class... More>
void each(F&& f, First& first, More&... more) {
  if constexpr (is_tuple<std::remove_const_t<First>>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) { (call_at<I>(f, first, more...), ...); }
    (std::make_index_sequence<std::tuple_size_v<std::remove_const_t<First>>>{});
  } else {
    for (std::size_t i = 0; i < first.size(); ++i) f(i, first[i], more[i]...);
  }
}
/// The same from the last to the first.
template <class F, class First, class... More>
void each_backwards(F&& f, First& first, More&... more) {
  if constexpr (is_tuple<std::remove_const_t<First>>) {
    constexpr std::size_t count = std::tuple_size_v<std::remove_const_t<First>>;
    [&]<std::size_t... I>(std::index_sequence<I...>) { (call_at<count - 1 - I>(f, first, more...), ...); }
    (std::make_index_sequence<count>{});
  } else {
    for (std::size_t i = first.size(); i-- > 0;) f(i, first[i], more[i]...);
  }
}

template <class Layers>
void takes_chain(const Chain<Layers>&);
template <class Net>
concept IsChain = requires(const Net& net) {
  detail::takes_chain(net);
};

/// f(number, layer) for each layer of a chain; of one layer, itself.
template <class Net, class F>
void each_layer(const Net& net, F f) {
  if constexpr (IsChain<Net>) {
    each(f, net.layers);
  } else {
    f(std::size_t{0}, net);
  }
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
