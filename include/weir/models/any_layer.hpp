// One layer of a kind that is known only at run time: a small type-erased adaptor over the same layers at
// `dyn`.
//
// What runs and what trains are apart. A layer made by its constructor can do both. One that comes from a
// file or a text (`of_builtin`) has no backward pass with it: who trains takes that from the list of kinds
// (models/any_backward.hpp), and a program that only runs nets compiles none.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_contract.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/models/layer_facts.hpp>
#include <weir/models/layer_spec.hpp>
#include <weir/models/parameter_lists.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {
template <class T>
struct BuiltinBackward;
}  // namespace detail

template <class T>
class AnyLayer {
  /// A cache of any type.
  struct Memory {
    virtual ~Memory() = default;
  };

 public:
  using Scalar = T;
  class Cache;
  using Backward = void (*)(const AnyLayer& layer, BatchView<const T> x, BatchView<const T> y,
                            BatchView<const T> dy, BatchView<T> dx, Cache& cache, AnyLayer& grad,
                            const Pass& pass);

  class Cache {
   public:
    void prepare(const AnyLayer& layer, Shape input, Index count, bool training) {
      memory_ = layer.self_->make_cache(input, count, training);
    }

   private:
    friend AnyLayer;
    std::unique_ptr<Memory> memory_;
    Backward backward_ = nullptr;
  };
  class StepCache {
   public:
    void prepare(const AnyLayer& layer, Shape input, Index streams) {
      memory_ = layer.self_->make_step_cache(input, streams);
    }

   private:
    friend AnyLayer;
    std::unique_ptr<Memory> memory_;
  };

  template <class L>
  requires(!std::is_same_v<L, AnyLayer>) explicit AnyLayer(L layer) : AnyLayer(of_builtin(std::move(layer))) {
    self_->backward = &run_backward<L>;
  }
  /// Of a kind that is in models/builtin_layers.hpp.
  template <class L>
  [[nodiscard]] static AnyLayer of_builtin(L layer) {
    static_assert(LayerContract<L>::kept);
    AnyLayer any;
    any.self_ = std::unique_ptr<Base>(new Model<L>(std::move(layer)));
    return any;
  }
  AnyLayer(const AnyLayer& other) : self_(other.self_->clone()) {}
  AnyLayer(AnyLayer&&) noexcept = default;
  AnyLayer& operator=(const AnyLayer& other) {
    if (!self_ || !self_->assign(*other.self_)) self_ = other.self_->clone();
    return *this;
  }
  AnyLayer& operator=(AnyLayer&&) noexcept = default;
  ~AnyLayer() = default;

  [[nodiscard]] const LayerFacts& facts() const noexcept { return self_->facts; }
  [[nodiscard]] std::string_view kind() const noexcept { return facts().kind; }
  [[nodiscard]] Link link() const noexcept { return facts().link; }
  [[nodiscard]] Link final_link() const noexcept { return facts().final_link; }
  [[nodiscard]] bool couples_samples() const noexcept { return facts().couples_samples; }

  [[nodiscard]] LayerSpec spec() const { return self_->spec(); }
  [[nodiscard]] Config config() const { return self_->spec().config; }
  [[nodiscard]] std::string complaint(Shape input) const { return self_->complaint(input); }
  [[nodiscard]] double scratch(Shape input, Index count) const { return self_->scratch(input, count); }
  [[nodiscard]] double work(Shape input) const { return self_->work(input); }
  [[nodiscard]] Shape out_shape(Shape input) const { return self_->out_shape(input); }
  [[nodiscard]] Index out_length(Index used) const { return self_->out_length(used); }
  [[nodiscard]] Index flops(Shape input) const { return self_->flops(input); }
  void init(Rng& rng) { self_->init(rng); }

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass& pass) const {
    self_->forward(x, y, *cache.memory_, pass);
  }
  /// Compiles the backward passes of all kinds.
  void backward(BatchView<const T> x, BatchView<const T> y, BatchView<const T> dy, BatchView<T> dx,
                Cache& cache, AnyLayer& grad, const Pass& pass) const {
    if (cache.backward_ == nullptr) {
      cache.backward_ =
          self_->backward != nullptr ? self_->backward : detail::BuiltinBackward<T>::find(kind());
    }
    cache.backward_(*this, x, y, dy, dx, cache, grad, pass);
  }
  /// `backward` of a layer that is an L.
  template <class L>
  static void run_backward(const AnyLayer& any, BatchView<const T> x, BatchView<const T> y,
                           BatchView<const T> dy, BatchView<T> dx, Cache& cache, AnyLayer& grad,
                           const Pass& pass) {
    layer_of<L>(any).backward(x, y, dy, dx, value_of<typename L::Cache>(*cache.memory_), layer_of<L>(grad),
                              pass);
  }

  [[nodiscard]] bool streams() const noexcept { return facts().streams; }
  [[nodiscard]] Index state_size(Shape input) const { return self_->state_size(input); }
  void start(T* state, Shape input) const { self_->start(state, input); }
  void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states, std::span<unsigned char> ready,
            StepCache& cache, const Pass& pass = {}) const {
    self_->step(x, y, states, ready, *cache.memory_, pass);
  }

  template <class F, class Any>
  static void visit(F&& f, Any& layer) {
    auto one = [&](Role role, const ParamName& name, TensorView<T> values) {
      f(role, name, ViewIn<Any>(values));
    };
    layer.self_->visit(detail::ParameterSink<T>(one));
  }
  /// Of layers of one kind, such as one layer of a net, of its gradient and of an optimizer's moments.
  template <class F, class First, class... More>
  requires(sizeof...(More) > 0) static void visit(F&& f, First& first, More&... more) {
    detail::ParameterList<T> others;  // all of the second layer, all of the third, and so on
    (gather(*more.self_, others), ...);
    const std::size_t count = others.size() / sizeof...(More);
    std::size_t i = 0;
    auto side_by_side = [&](Role role, const ParamName& name, TensorView<T> values) {
      [&]<std::size_t... K>(std::index_sequence<K...>) {
        f(role, name, ViewIn<First>(values), ViewIn<More>(others[K * count + i])...);
      }
      (std::index_sequence_for<More...>{});
      ++i;
    };
    first.self_->visit(detail::ParameterSink<T>(side_by_side));
  }

 private:
  template <class A>
  using ViewIn = TensorView<std::conditional_t<std::is_const_v<A>, const T, T>>;

  template <class C>
  struct Held final : Memory {
    C value;
  };
  // Pointers to bases are made at once: a unique_ptr for each kind would cost more to compile than the kind.
  template <class C, class... Arguments>
  [[nodiscard]] static std::unique_ptr<Memory> hold(const Arguments&... arguments) {
    auto* held = new Held<C>;
    std::unique_ptr<Memory> memory(held);
    held->value.prepare(arguments...);
    return memory;
  }
  template <class C>
  [[nodiscard]] static C& value_of(Memory& memory) noexcept {
    return static_cast<Held<C>&>(memory).value;
  }

  struct Base {
    LayerFacts facts;
    const void* type;  ///< of the layer, without RTTI
    Backward backward = nullptr;

    Base(LayerFacts said, const void* tag) : facts(said), type(tag) {}
    virtual ~Base() = default;
    [[nodiscard]] virtual std::unique_ptr<Base> clone() const = 0;
    [[nodiscard]] virtual bool assign(const Base& other) = 0;
    [[nodiscard]] virtual LayerSpec spec() const = 0;
    [[nodiscard]] virtual std::string complaint(Shape input) const = 0;
    [[nodiscard]] virtual double scratch(Shape input, Index count) const = 0;
    [[nodiscard]] virtual double work(Shape input) const = 0;
    [[nodiscard]] virtual Shape out_shape(Shape input) const = 0;
    [[nodiscard]] virtual Index out_length(Index used) const = 0;
    [[nodiscard]] virtual Index flops(Shape input) const = 0;
    [[nodiscard]] virtual std::unique_ptr<Memory> make_cache(Shape input, Index count,
                                                             bool training) const = 0;
    virtual void init(Rng& rng) = 0;
    virtual void forward(BatchView<const T> x, BatchView<T> y, Memory& cache, const Pass& pass) const = 0;
    [[nodiscard]] virtual Index state_size(Shape input) const = 0;
    virtual void start(T* state, Shape input) const = 0;
    [[nodiscard]] virtual std::unique_ptr<Memory> make_step_cache(Shape input, Index streams) const = 0;
    virtual void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states,
                      std::span<unsigned char> ready, Memory& cache, const Pass& pass) const = 0;
    virtual void visit(const detail::ParameterSink<T>& sink) = 0;
  };

  // Caches and gradients come from layers of the same kind (a copy of the model), so the casts are safe;
  // assign, which may meet another kind, compares first.
  template <class L>
  struct Model final : Base {
    L layer;
    explicit Model(L l) : Base(detail::facts_of(l), &tag_), layer(std::move(l)) {}

    std::unique_ptr<Base> clone() const override { return std::unique_ptr<Base>(new Model(*this)); }
    bool assign(const Base& other) override {
      if (other.type != this->type) return false;
      *this = static_cast<const Model&>(other);
      return true;
    }
    LayerSpec spec() const override { return describe_layer(layer); }
    std::string complaint(Shape input) const override { return weir::complaint(layer, input); }
    double scratch(Shape input, Index count) const override { return weir::scratch(layer, input, count); }
    double work(Shape input) const override { return weir::work(layer, input); }
    Shape out_shape(Shape input) const override { return layer.out_shape(input); }
    Index out_length(Index used) const override { return weir::out_length(layer, used); }
    Index flops(Shape input) const override { return weir::flops(layer, input); }
    std::unique_ptr<Memory> make_cache(Shape input, Index count, bool training) const override {
      return hold<typename L::Cache>(layer, input, count, training);
    }
    void init(Rng& rng) override { layer.init(rng); }
    void forward(BatchView<const T> x, BatchView<T> y, Memory& cache, const Pass& pass) const override {
      layer.forward(x, y, value_of<typename L::Cache>(cache), pass);
    }
    Index state_size(Shape input) const override { return weir::state_size(layer, input); }
    void start(T* state, Shape input) const override { start_stream(layer, state, input); }
    std::unique_ptr<Memory> make_step_cache(Shape input, Index streams) const override {
      return hold<weir::StepCache<L>>(layer, input, streams);
    }
    void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states,
              std::span<unsigned char> ready, Memory& cache, const Pass& pass) const override {
      weir::step(layer, x, y, states, ready, value_of<weir::StepCache<L>>(cache), pass);
    }
    void visit(const detail::ParameterSink<T>& sink) override { L::visit(sink, layer); }

   private:
    static constexpr char tag_ = 0;
  };

  static void gather(Base& layer, detail::ParameterList<T>& to) {
    auto add = [&to](Role, const ParamName&, TensorView<T> values) { to.add(values); };
    layer.visit(detail::ParameterSink<T>(add));
  }

  template <class L>
  [[nodiscard]] static L& layer_of(AnyLayer& any) noexcept {
    return static_cast<Model<L>&>(*any.self_).layer;
  }
  template <class L>
  [[nodiscard]] static const L& layer_of(const AnyLayer& any) noexcept {
    return static_cast<const Model<L>&>(*any.self_).layer;
  }

  AnyLayer() = default;

  std::unique_ptr<Base> self_;
};

}  // namespace weir::inline WEIR_ABI
