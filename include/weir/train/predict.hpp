// Runs a net over many samples. The result does not depend on the size of the parts nor on the number of
// threads.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/thread_pool.hpp>
#include <weir/models/workspace.hpp>
#include <weir/train/dataset.hpp>

#include <algorithm>
#include <cassert>
#include <span>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

// Rows: large enough for the products, small enough for the L2 cache.
inline constexpr Index predict_part = 256;

/// Calls run(task, worker) for each task, in the pool if there is one.
template <class F>
void for_tasks(ThreadPool* pool, Index count, F run) {
  if (pool != nullptr && pool->size() > 1) {
    pool->run(count, run);
  } else {
    for (Index task = 0; task < count; ++task) run(task, 0);
  }
}

/// Calls use(first row, result of rows [first, first + count)) for all parts of x; parts may run at the same
/// time.
template <class Net, class F>
void for_outputs(const Net& net, BatchView<const typename Net::Scalar> x, const Pass& pass, ThreadPool* pool,
                 F use) {
  const Index parts = (x.count() + predict_part - 1) / predict_part;
  const Index workers = pool == nullptr ? 1 : pool->size();
  std::vector<Workspace<Net>> workspaces;
  for (Index w = 0; w < std::min(workers, std::max<Index>(parts, 1)); ++w) {
    workspaces.emplace_back(net, x.shape(), std::min(predict_part, x.count()));
  }
  for_tasks(pool, parts, [&](Index part, Index worker) {
    const Index first = part * predict_part;
    const Index count = std::min(predict_part, x.count() - first);
    use(first, workspaces[static_cast<std::size_t>(worker)].forward(net, x.slice(first, count), pass));
  });
}

/// The outputs of all samples, one after the other.
template <class Net>
void predict_into(const Net& net, BatchView<const typename Net::Scalar> x,
                  std::span<typename Net::Scalar> outputs, ThreadPool* pool) {
  using T = typename Net::Scalar;
  const Index size = net.out_shape(x.shape()).size();
  assert(static_cast<Index>(outputs.size()) == size * x.count());
  for_outputs(net, x, Pass{}, pool, [&](Index first, BatchView<const T> y) {
    std::copy_n(y.data(), y.size(), outputs.data() + first * size);
  });
}

}  // namespace detail

/// The outputs of all samples, one column each. Throws ShapeError when the net does not take them.
template <class Net>
[[nodiscard]] Matrix<typename Net::Scalar> predict(const Net& net, BatchView<const typename Net::Scalar> x,
                                                   ThreadPool* pool = nullptr) {
  Matrix<typename Net::Scalar> result(net.out_shape(x.shape()).size(), x.count());
  detail::predict_into(net, x, result.span(), pool);
  return result;
}

/// The same for the rows of a data set, with their shape and lengths.
template <class Net>
[[nodiscard]] Matrix<typename Net::Scalar> predict(const Net& net, const Dataset<typename Net::Scalar>& data,
                                                   ThreadPool* pool = nullptr) {
  data.check();
  return predict(net, data.inputs(), pool);
}

/// The same for plain features, one sample a column.
template <class Net>
[[nodiscard]] Matrix<typename Net::Scalar> predict(const Net& net, const Matrix<typename Net::Scalar>& x,
                                                   ThreadPool* pool = nullptr) {
  return predict(net, BatchView<const typename Net::Scalar>(x.data(), {x.extents()[0]}, x.extents()[1]),
                 pool);
}

}  // namespace weir::inline WEIR_ABI
