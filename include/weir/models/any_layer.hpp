// One layer of a kind that is known only at run time: a small type-erased adaptor over the same layers at
// `dyn`.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/stream.hpp>
#include <weir/models/chain.hpp>
#include <weir/models/layer_spec.hpp>

#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// One parameter of a layer, whatever its kind.
template <class T>
struct Parameter {
  Role role = Role::weight;
  ParamName name = "";
  TensorView<T> values;
};

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

  [[nodiscard]] Index parameters() const { return self_->parameters(); }
  [[nodiscard]] Parameter<T> parameter(Index i) { return self_->parameter(i); }
  [[nodiscard]] Parameter<const T> parameter(Index i) const {
    const Parameter<T> p = self_->parameter(i);
    return {p.role, p.name, p.values};
  }

 private:
  struct Base {
    virtual ~Base() = default;
    [[nodiscard]] virtual std::unique_ptr<Base> clone() const = 0;
    [[nodiscard]] virtual bool assign(const Base& other) = 0;
    [[nodiscard]] virtual const void* type() const noexcept = 0;
    [[nodiscard]] virtual std::string_view kind() const = 0;
    [[nodiscard]] virtual Config config() const = 0;
    [[nodiscard]] virtual std::vector<std::vector<LayerSpec>> branches() const = 0;
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
    [[nodiscard]] virtual Index parameters() const = 0;
    [[nodiscard]] virtual Parameter<T> parameter(Index i) = 0;
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
    Config config() const override {
      if constexpr (requires { layer.config(); }) {
        return layer.config();
      } else {
        return {};
      }
    }
    std::vector<std::vector<LayerSpec>> branches() const override {
      if constexpr (requires { layer.branches(); }) {
        return layer.branches();
      } else {
        return {};
      }
    }
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
    Index parameters() const override {
      Index count = 0;
      L::visit([&](Role, const ParamName&, auto) { ++count; }, layer);
      return count;
    }
    Parameter<T> parameter(Index wanted) override {
      Parameter<T> found;
      Index i = 0;
      L::visit(
          [&](Role role, const ParamName& name, TensorView<T> values) {
            if (i++ == wanted) found = {role, name, values};
          },
          layer);
      return found;
    }

   private:
    static constexpr char tag_ = 0;
  };

  std::unique_ptr<Base> self_;
};

}  // namespace weir::inline WEIR_ABI
