// One layer of a kind that is known only at run time: a small type-erased adaptor over the same layers at
// `dyn`.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_needs.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/stream.hpp>
#include <weir/models/chain.hpp>
#include <weir/models/layer_spec.hpp>

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

/// A function that takes one parameter, as several layers of one kind hold it.
template <class T>
class ParameterSink {
 public:
  template <class F>
  explicit ParameterSink(const F& f)
      : function_(&f),
        call_([](const void* function, Role role, const ParamName& name, const TensorView<T>* values) {
          (*static_cast<const F*>(function))(role, name, values);
        }) {}

  void operator()(Role role, const ParamName& name, const TensorView<T>* values) const {
    call_(function_, role, name, values);
  }

 private:
  const void* function_;
  void (*call_)(const void*, Role, const ParamName&, const TensorView<T>*);
};

}  // namespace detail

template <class T>
class AnyLayer {
 public:
  using Scalar = T;

  class Cache {
   public:
    virtual ~Cache() = default;
    virtual void prepare(const AnyLayer& layer, Shape input, Index count, bool training) = 0;
  };
  class StepCache {
   public:
    virtual ~StepCache() = default;
    virtual void prepare(const AnyLayer& layer, Shape input, Index streams) = 0;
  };

  template <class L>
  requires(!std::is_same_v<L, AnyLayer> && requires { L::kind; }) explicit AnyLayer(L layer)
      : self_(std::make_unique<Model<L>>(std::move(layer))) {
    static_assert(Layer<L>);
  }
  AnyLayer(const AnyLayer& other) : self_(other.self_->clone()) {}
  AnyLayer(AnyLayer&&) noexcept = default;
  AnyLayer& operator=(const AnyLayer& other) {
    if (!self_ || !self_->assign(*other.self_)) self_ = other.self_->clone();
    return *this;
  }
  AnyLayer& operator=(AnyLayer&&) noexcept = default;
  ~AnyLayer() = default;

  [[nodiscard]] std::string_view kind() const { return self_->kind(); }
  [[nodiscard]] Config config() const { return self_->config(); }
  [[nodiscard]] std::vector<std::vector<LayerSpec>> branches() const { return self_->branches(); }
  [[nodiscard]] std::string complaint(Shape input) const { return self_->complaint(input); }
  [[nodiscard]] double scratch(Shape input, Index count) const { return self_->scratch(input, count); }
  [[nodiscard]] double work(Shape input) const { return self_->work(input); }
  [[nodiscard]] Shape out_shape(Shape input) const { return self_->out_shape(input); }
  [[nodiscard]] Index out_length(Index used) const { return self_->out_length(used); }
  [[nodiscard]] Index flops(Shape input) const { return self_->flops(input); }
  [[nodiscard]] Link link() const { return self_->link(); }
  [[nodiscard]] bool whole_batch() const { return self_->whole_batch(); }
  [[nodiscard]] detail::Hop hop(Shape input) const { return self_->hop(input); }
  [[nodiscard]] std::unique_ptr<Cache> make_cache() const { return self_->make_cache(); }
  void init(Rng& rng) { self_->init(rng); }

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass& pass) const {
    self_->forward(x, y, cache, pass);
  }
  void backward(BatchView<const T> x, BatchView<const T> y, BatchView<const T> dy, BatchView<T> dx,
                Cache& cache, AnyLayer& grad, const Pass& pass) const {
    self_->backward(x, y, dy, dx, cache, *grad.self_, pass);
  }

  [[nodiscard]] bool streams() const { return self_->streams(); }
  [[nodiscard]] Index state_size(Shape input) const { return self_->state_size(input); }
  void start(T* state, Shape input) const { self_->start(state, input); }
  [[nodiscard]] std::unique_ptr<StepCache> make_step_cache() const { return self_->make_step_cache(); }
  void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states, std::span<unsigned char> ready,
            StepCache& cache) const {
    self_->step(x, y, states, ready, cache);
  }

  /// Of layers of one kind, such as one layer of a net, of its gradient and of an optimizer's moments.
  template <class F, class... A>
  static void visit(F&& f, A&... layer) {
    static_assert(sizeof...(A) <= most_visited);
    const auto spread = [&f](Role role, const ParamName& name, const TensorView<T>* values) {
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        f(role, name, static_cast<ViewIn<A>>(values[I])...);
      }
      (std::index_sequence_for<A...>{});
    };
    const std::array<Base*, sizeof...(A)> all{layer.self_.get()...};
    all[0]->visit(detail::ParameterSink<T>(spread), all);
  }

 private:
  static constexpr std::size_t most_visited = 4;
  template <class A>
  using ViewIn = TensorView<std::conditional_t<std::is_const_v<A>, const T, T>>;

  struct Base {
    virtual ~Base() = default;
    [[nodiscard]] virtual std::unique_ptr<Base> clone() const = 0;
    [[nodiscard]] virtual bool assign(const Base& other) = 0;
    [[nodiscard]] virtual const void* type() const noexcept = 0;
    [[nodiscard]] virtual std::string_view kind() const = 0;
    [[nodiscard]] virtual Config config() const = 0;
    [[nodiscard]] virtual std::vector<std::vector<LayerSpec>> branches() const = 0;
    virtual std::string complaint(Shape input) const = 0;
    virtual double scratch(Shape input, Index count) const = 0;
    virtual double work(Shape input) const = 0;
    [[nodiscard]] virtual Shape out_shape(Shape input) const = 0;
    [[nodiscard]] virtual Index out_length(Index used) const = 0;
    [[nodiscard]] virtual Index flops(Shape input) const = 0;
    [[nodiscard]] virtual Link link() const = 0;
    [[nodiscard]] virtual bool whole_batch() const = 0;
    [[nodiscard]] virtual detail::Hop hop(Shape input) const = 0;
    [[nodiscard]] virtual std::unique_ptr<Cache> make_cache() const = 0;
    virtual void init(Rng& rng) = 0;
    virtual void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass& pass) const = 0;
    virtual void backward(BatchView<const T> x, BatchView<const T> y, BatchView<const T> dy, BatchView<T> dx,
                          Cache& cache, Base& grad, const Pass& pass) const = 0;
    [[nodiscard]] virtual bool streams() const = 0;
    [[nodiscard]] virtual Index state_size(Shape input) const = 0;
    virtual void start(T* state, Shape input) const = 0;
    [[nodiscard]] virtual std::unique_ptr<StepCache> make_step_cache() const = 0;
    virtual void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states,
                      std::span<unsigned char> ready, StepCache& cache) const = 0;
    /// Of `all` at once, the first of which is this.
    virtual void visit(const detail::ParameterSink<T>& sink, std::span<Base* const> all) = 0;
  };

  template <class L>
  struct Model;

  template <class L>
  struct CacheOf final : Cache {
    typename L::Cache cache;
    void prepare(const AnyLayer& layer, Shape input, Index count, bool training) override {
      cache.prepare(static_cast<const Model<L>&>(*layer.self_).layer, input, count, training);
    }
  };

  template <class L>
  struct StepCacheOf final : StepCache {
    weir::StepCache<L> cache;
    void prepare(const AnyLayer& layer, Shape input, Index streams) override {
      cache.prepare(static_cast<const Model<L>&>(*layer.self_).layer, input, streams);
    }
  };

  // Caches and gradients come from layers of the same kind (a copy of the model), so the casts below are
  // safe; assign, which may meet another kind, compares first. No RTTI is needed.
  template <class L>
  struct Model final : Base {
    L layer;
    explicit Model(L l) : layer(std::move(l)) {}

    std::unique_ptr<Base> clone() const override { return std::make_unique<Model>(layer); }
    const void* type() const noexcept override { return &tag_; }
    bool assign(const Base& other) override {
      if (other.type() != type()) return false;
      layer = static_cast<const Model&>(other).layer;
      return true;
    }
    std::string_view kind() const override { return L::kind; }
    Config config() const override { return config_of(layer); }
    std::vector<std::vector<LayerSpec>> branches() const override {
      if constexpr (requires { layer.branches(); }) {
        return layer.branches();
      } else {
        return {};
      }
    }
    std::string complaint(Shape input) const override { return weir::complaint(layer, input); }
    double scratch(Shape input, Index count) const override { return weir::scratch(layer, input, count); }
    double work(Shape input) const override { return weir::work(layer, input); }
    Shape out_shape(Shape input) const override { return layer.out_shape(input); }
    Index out_length(Index used) const override { return weir::out_length(layer, used); }
    Index flops(Shape input) const override {
      if constexpr (requires { layer.flops(input); }) {
        return layer.flops(input);
      } else {
        return 0;
      }
    }
    Link link() const override { return link_of<L>(); }
    bool whole_batch() const override { return couples_samples(layer); }
    detail::Hop hop(Shape input) const override { return detail::hop_of(layer, input); }
    std::unique_ptr<Cache> make_cache() const override { return std::make_unique<CacheOf<L>>(); }
    void init(Rng& rng) override { layer.init(rng); }
    void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass& pass) const override {
      layer.forward(x, y, static_cast<CacheOf<L>&>(cache).cache, pass);
    }
    void backward(BatchView<const T> x, BatchView<const T> y, BatchView<const T> dy, BatchView<T> dx,
                  Cache& cache, Base& grad, const Pass& pass) const override {
      layer.backward(x, y, dy, dx, static_cast<CacheOf<L>&>(cache).cache, static_cast<Model&>(grad).layer,
                     pass);
    }
    bool streams() const override { return weir::streams(layer); }
    Index state_size(Shape input) const override { return weir::state_size(layer, input); }
    void start(T* state, Shape input) const override { start_stream(layer, state, input); }
    std::unique_ptr<StepCache> make_step_cache() const override { return std::make_unique<StepCacheOf<L>>(); }
    void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states,
              std::span<unsigned char> ready, StepCache& cache) const override {
      weir::step(layer, x, y, states, ready, static_cast<StepCacheOf<L>&>(cache).cache);
    }
    void visit(const detail::ParameterSink<T>& sink, std::span<Base* const> all) override {
      const auto gather = [&](Role role, const ParamName& name, auto... values) {
        const TensorView<T> list[]{values...};
        sink(role, name, list);
      };
      const auto at = [&](std::size_t i) -> L& { return static_cast<Model&>(*all[i]).layer; };
      switch (all.size()) {
        case 1: return L::visit(gather, at(0));
        case 2: return L::visit(gather, at(0), at(1));
        case 3: return L::visit(gather, at(0), at(1), at(2));
        case 4: return L::visit(gather, at(0), at(1), at(2), at(3));
      }
    }

   private:
    static constexpr char tag_ = 0;
  };

  std::unique_ptr<Base> self_;
};

}  // namespace weir::inline WEIR_ABI
