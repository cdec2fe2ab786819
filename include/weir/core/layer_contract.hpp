// Whether a type keeps the contract of layers, said by the compiler in one plain line: what it must have
// (core/layer.hpp), and that what it may have (core/layer_traits.hpp) stands there under its name and in
// its form, which would otherwise be passed over in silence. Chains, AnyLayer and training ask before they
// use a layer.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace weir::inline WEIR_ABI {

namespace detail {

// Stand in where a layer lacks them, so that one mistake gives one line.
template <class L>
struct ScalarIn {
  using type = float;
};
template <class L>
requires requires { typename L::Scalar; }
struct ScalarIn<L> {
  using type = typename L::Scalar;
};
template <class L>
struct CacheIn {
  using type = NoCache;
};
template <class L>
requires requires { typename L::Cache; }
struct CacheIn<L> {
  using type = typename L::Cache;
};

template <class L>
struct StepCacheIn {
  using type = NoCache;
};
template <class L>
requires has_step<L>
struct StepCacheIn<L> {
  using type = typename L::StepCache;
};

template <class L>
using In = BatchView<const typename ScalarIn<L>::type>;
template <class L>
using Out = BatchView<typename ScalarIn<L>::type>;

struct AnyVisitor {
  template <class... T>
  void operator()(Role, const ParamName&, TensorView<T>...) const {}
};

/// The type of &L::name, where that is a member function.
template <class M>
concept Function = std::is_member_function_pointer_v<M> || std::is_function_v<std::remove_pointer_t<M>>;

template <class L, class Self = L>
concept RunsForward = requires(Self layer, In<L> x, Out<L> y, typename CacheIn<L>::type& cache,
                               const Pass& pass) {
  layer.forward(x, y, cache, pass);
};
template <class L, class Self = L>
concept RunsBackward = requires(Self layer, In<L> x, Out<L> dx, typename CacheIn<L>::type& cache, L& grad,
                                const Pass& pass) {
  layer.backward(x, x, x, dx, cache, grad, pass);
};
template <class L, class Self = L>
concept HasOutShape = requires(Self layer, Shape input) {
  layer.out_shape(input);
};
template <class L>
concept GivesShape = !HasOutShape<L> || requires(L layer, Shape input) {
  { layer.out_shape(input) } -> std::same_as<Shape>;
};
template <class L>
concept VisitsOne = requires(L layer) {
  L::visit(AnyVisitor{}, layer);
};
template <class L>
concept VisitsSeveral = requires(const L layer, L other) {
  L::visit(AnyVisitor{}, layer, other, other);
};

}  // namespace detail

/// What a layer must have.
template <class L>
struct LayerHasAll {
  static_assert(
      requires { typename L::Scalar; }, "weir: this layer has no `Scalar` (float or double)");
  static_assert(
      requires { typename L::Cache; },
      "weir: this layer has no `Cache`: `using Cache = weir::NoCache` will "
      "do when backward needs nothing but x and y");
  static_assert(
      requires {
        { L::kind } -> std::convertible_to<std::string_view>;
      },
      "weir: this layer has no `static constexpr std::string_view kind`");
  static_assert(std::copyable<L>, "weir: this layer cannot be copied");
  static_assert(detail::HasOutShape<L>, "weir: this layer has no `Shape out_shape(Shape input) const`");
  static_assert(!detail::HasOutShape<L> || detail::HasOutShape<L, const L>,
                "weir: `out_shape` of this layer is not const");
  static_assert(detail::GivesShape<L>, "weir: `out_shape` of this layer does not return weir::Shape");
  static_assert(
      requires(L layer, Rng& rng) { layer.init(rng); }, "weir: this layer has no `void init(Rng&)`");
  static_assert(
      requires(typename detail::CacheIn<L>::type cache, const L& layer, Shape input, Index count) {
        cache.prepare(layer, input, count, true);
      },
      "weir: the `Cache` of this layer has no `void prepare(layer, Shape input, Index count, bool "
      "training)`");
  static_assert(detail::RunsForward<L>,
                "weir: this layer has no `void forward(BatchView<const Scalar> x, "
                "BatchView<Scalar> y, Cache&, const Pass&) const`");
  static_assert(!detail::RunsForward<L> || detail::RunsForward<L, const L>,
                "weir: `forward` of this layer is not const");
  static_assert(
      detail::RunsBackward<L>,
      "weir: this layer has no `void backward(BatchView<const Scalar> x, BatchView<const Scalar> y, "
      "BatchView<const Scalar> dy, BatchView<Scalar> dx, Cache&, layer& grad, const Pass&) const`");
  static_assert(!detail::RunsBackward<L> || detail::RunsBackward<L, const L>,
                "weir: `backward` of this layer is not const");
  static_assert(detail::VisitsOne<L> || detail::VisitsSeveral<L>,
                "weir: this layer has no `static void visit(f, layers...)`");
  static_assert(
      !detail::VisitsOne<L> || detail::VisitsSeveral<L>,
      "weir: `visit` of this layer does not take several layers: `static void visit(F&& f, L&... layers)`");
};

/// Names that are nearly those of members, in place of them.
template <class L>
struct LayerNamesAreRight {
  static_assert(
      !requires { &L::output_shape; } || requires { &L::out_shape; },
      "weir: this layer has `output_shape`; the name is `out_shape`");
  static_assert(
      !requires { &L::initialize; } || requires { &L::init; },
      "weir: this layer has `initialize`; the name is `init`");
  static_assert(
      !requires { &L::inplace; } || requires { &L::in_place; },
      "weir: this layer has `inplace`; the name is `in_place`");
  static_assert(
      !requires { &L::reads_outputs; } || requires { &L::reads_output; },
      "weir: this layer has `reads_outputs`; the name is `reads_output`");
  static_assert(
      !requires { &L::read_output; } || requires { &L::reads_output; },
      "weir: this layer has `read_output`; the name is `reads_output`");
  static_assert(
      !requires { &L::readsOutput; } || requires { &L::reads_output; },
      "weir: this layer has `readsOutput`; the name is `reads_output`");
  static_assert(
      !requires { &L::whole_batches; } || requires { &L::whole_batch; },
      "weir: this layer has `whole_batches`; the name is `whole_batch`");
  static_assert(
      !requires { &L::couple_samples; } || requires { &L::couples_samples; },
      "weir: this layer has `couple_samples`; the name is `couples_samples`");
  static_assert(
      !requires { &L::along_times; } || requires { &L::along_time; },
      "weir: this layer has `along_times`; the name is `along_time`");
  static_assert(
      !requires { &L::out_len; } || requires { &L::out_length; },
      "weir: this layer has `out_len`; the name is `out_length`");
  static_assert(
      !requires { &L::output_length; } || requires { &L::out_length; },
      "weir: this layer has `output_length`; the name is `out_length`");
  static_assert(
      !requires { &L::keep_shape; } || requires { &L::keeps_shape; },
      "weir: this layer has `keep_shape`; the name is `keeps_shape`");
  static_assert(
      !requires { &L::complaints; } || requires { &L::complaint; },
      "weir: this layer has `complaints`; the name is `complaint`");
  static_assert(
      !requires { &L::scratch_bytes; } || requires { &L::scratch; },
      "weir: this layer has `scratch_bytes`; the name is `scratch`");
  static_assert(
      !requires { &L::flop; } || requires { &L::flops; }, "weir: this layer has `flop`; the name is `flops`");
  static_assert(
      !requires { &L::branch; } || requires { &L::branches; },
      "weir: this layer has `branch`; the name is `branches`");
};

/// What a layer may have, in the form in which it is asked for.
template <class L>
struct LayerSaysItRight {
  static_assert(
      !requires { &L::in_place; } ||
          requires {
            { &L::in_place } -> std::same_as<const bool*>;
          },
      "weir: `in_place` of this layer is not `static constexpr bool`");
  static_assert(
      !requires { &L::reads_output; } ||
          requires {
            { &L::reads_output } -> std::same_as<const bool*>;
          },
      "weir: `reads_output` of this layer is not `static constexpr bool`");
  static_assert(
      !requires { &L::whole_batch; } ||
          requires {
            { &L::whole_batch } -> std::same_as<const bool*>;
          },
      "weir: `whole_batch` of this layer is not `static constexpr bool`");
  static_assert(
      !requires { &L::along_time; } ||
          requires {
            { &L::along_time } -> std::same_as<const bool*>;
          },
      "weir: `along_time` of this layer is not `static constexpr bool`");
  static_assert(
      !requires {
        { &L::couples_samples } -> detail::Function;
      } ||
          requires(const L layer) {
            { layer.couples_samples() } -> std::same_as<bool>;
          },
      "weir: `couples_samples` of this layer is not `bool couples_samples() const`");
  static_assert(
      !requires {
        { &L::out_length } -> detail::Function;
      } ||
          requires(const L layer) {
            { layer.out_length(Index{}) } -> std::convertible_to<Index>;
          },
      "weir: `out_length` of this layer is not `Index out_length(Index used) const`");
  static_assert(
      !requires {
        { &L::complaint } -> detail::Function;
      } ||
          requires(const L layer, Shape input) {
            { layer.complaint(input) } -> std::same_as<std::string>;
          },
      "weir: `complaint` of this layer is not `std::string complaint(Shape input) const`");
  static_assert(
      !requires {
        { &L::scratch } -> detail::Function;
      } ||
          requires(const L layer, Shape input) {
            { layer.scratch(input, Index{}) } -> std::same_as<double>;
          },
      "weir: `scratch` of this layer is not `double scratch(Shape input, Index count) const`");
  static_assert(
      !requires {
        { &L::work } -> detail::Function;
      } ||
          requires(const L layer, Shape input) {
            { layer.work(input) } -> std::same_as<double>;
          },
      "weir: `work` of this layer is not `double work(Shape input) const`");
  static_assert(
      !requires {
        { &L::flops } -> detail::Function;
      } ||
          requires(const L layer, Shape input) {
            { layer.flops(input) } -> std::convertible_to<Index>;
          },
      "weir: `flops` of this layer is not `Index flops(Shape input) const`");
  static_assert(
      !requires {
        { &L::streams } -> detail::Function;
      } ||
          requires(const L layer) {
            { layer.streams() } -> std::same_as<bool>;
          },
      "weir: `streams` of this layer is not `bool streams() const`");
  static_assert(
      !has_step<L> ||
          requires(const L layer, Shape input) {
            { layer.state_size(input) } -> std::convertible_to<Index>;
          },
      "weir: this layer has a `StepCache` but no `Index state_size(Shape input) const`");
  static_assert(
      !has_step<L> || requires(const L layer, typename detail::ScalarIn<L>::type* state,
                               Shape input) { layer.start(state, input); },
      "weir: this layer has a `StepCache` but no `void start(Scalar* state, Shape input) const`");
  static_assert(
      !has_step<L> || requires(const L layer, detail::In<L> x, detail::Out<L> y,
                               typename detail::StepCacheIn<L>::type& cache,
                               std::span<typename detail::ScalarIn<L>::type* const> states,
                               std::span<unsigned char> ready) { layer.step(x, y, states, ready, cache); },
      "weir: this layer has a `StepCache` but no `void step(x, y, states, ready, StepCache&) const`");
  static_assert(
      has_step<L> ||
          !requires {
            { &L::step } -> detail::Function;
          },
      "weir: this layer has `step` but no `StepCache`");
};

/// Does not compile, with a plain first line, when L is no layer.
template <class L>
struct LayerContract : LayerNamesAreRight<L>, LayerHasAll<L>, LayerSaysItRight<L> {
  static constexpr bool kept = true;
};

}  // namespace weir::inline WEIR_ABI
