// What the output of a net is compared with: labels, target values, or the net's own input. Whatever does not
// fit is refused here, before a loss reads it.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/kinds.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/losses/loss.hpp>
#include <weir/train/dataset.hpp>

#include <span>
#include <string>

namespace weir::inline WEIR_ABI::detail {

enum class Against : unsigned char { labels, targets, input };

/// Whether the loss works on logits of this net; throws ConfigError when the net ends in another loss's
/// activation.
template <class Net, class Loss>
[[nodiscard]] bool takes_logits(const Net& net, const Loss& loss) {
  const Link wanted = final_link(loss);
  const Link found = final_link(net);
  if (wanted != Link::identity && found != Link::identity && found != wanted) {
    fail(ErrorKind::config,
         "the net ends in another activation than its loss expects: binary cross-entropy goes with "
         "sigmoid, categorical cross-entropy with softmax");
  }
  return wanted != Link::identity;
}

/// Throws ConfigError when the loss cannot be compared with what the data set has.
template <class T, class Loss>
[[nodiscard]] Against compared_with(const Dataset<T>& data, const Loss& loss, const std::string& owner) {
  const Takes takes = taken_by(loss);
  const auto wrong = [&](const char* what) { fail(ErrorKind::config, owner + what); };
  if (data.has_labels() && data.has_targets() && takes == Takes::both) {
    wrong("there are labels and targets, and the loss takes either: clear the ones that are not meant");
  }
  if (data.has_targets() && takes != Takes::labels) return Against::targets;
  if (data.has_labels() && takes != Takes::values) return Against::labels;
  if (data.has_labels()) {
    wrong(
        "the loss compares with numbers, but there are labels only. For classes take binary or categorical "
        "cross-entropy; for a regression put the numbers into `targets`; an autoencoder learns its own "
        "input: leave `labels` empty");
  }
  if (data.has_targets()) wrong("the loss compares with labels, but there are targets only");
  if (takes == Takes::labels || final_link(loss) == Link::softmax) {
    wrong("the loss compares with classes, but there are no labels: set `labels`");
  }
  return Against::input;
}

template <class Loss>
void check_labels(std::span<const Label> labels, Index rows, Shape output, const Loss& loss,
                  const std::string& owner) {
  const auto wrong = [&](const std::string& what) { fail(ErrorKind::shape, owner + what); };
  const bool softmax = final_link(loss) == Link::softmax;
  const Index most = class_count(labels) - 1;
  if (softmax && output.channels == 1) {
    wrong(
        "categorical cross-entropy needs an output for each class, but the net gives one: take binary "
        "cross-entropy, or two outputs");
  }
  if (!softmax && final_link(loss) == Link::sigmoid && output.channels != 1) {
    wrong("labels need one output or categorical cross-entropy; the net gives " + output.str());
  }
  const Index classes = output.channels == 1 ? 2 : output.channels;
  if (most >= classes) {
    wrong("label " + std::to_string(most) + " is too large for a net with " +
          std::to_string(output.channels) + " outputs: labels are 0 to " + std::to_string(classes - 1));
  }
  if (static_cast<Index>(labels.size()) != rows * output.length) {
    wrong("the net gives " + output.str() + " a sample, so there must be " + std::to_string(output.length) +
          " labels a row, " + std::to_string(rows * output.length) + " in all, but there are " +
          std::to_string(labels.size()));
  }
}

/// Throws ConfigError or ShapeError when labels or targets do not fit the loss or what the net gives, or an
/// option of the loss lies outside of its bounds.
/// `owner` begins the text, such as "fit: ".
template <class T, class Loss>
Against check_targets(const Dataset<T>& data, Shape output, const Loss& loss, const std::string& owner) {
  check_own_options(loss);
  const Against against = compared_with(data, loss, owner);
  if (against == Against::labels) {
    check_labels(data.labels, data.rows(), output, loss, owner);
    return against;
  }
  const bool own = against == Against::input;
  const Index size = own ? data.shape.size() : data.targets.extents()[0];
  if (size != output.size()) {
    const std::string gives = "the net gives " + std::to_string(output.size()) + " values a sample, ";
    fail(ErrorKind::shape,
         owner + gives +
             (own ? "its input has " + std::to_string(size) +
                        ": without labels and targets it learns to give its input back. Set `labels` for "
                        "classes, `targets` for numbers"
                  : "the targets have " + std::to_string(size)));
  }
  if (final_link(loss) == Link::sigmoid) {
    const Matrix<T>& values = own ? data.x : data.targets;
    for (Index i = 0; i < values.size(); ++i) {
      if (values[i] < T(0) || values[i] > T(1)) {
        fail(ErrorKind::data, owner + "binary cross-entropy compares with numbers from 0 to 1, but row " +
                                  std::to_string(i / size) + (own ? " of x" : " of the targets") + " holds " +
                                  std::to_string(values[i]) + ": scale them, or take mean squared error");
      }
    }
  }
  return against;
}

/// What the outputs of all rows are compared with.
template <class T>
[[nodiscard]] Targets<T> targets_of(const Dataset<T>& data, Against against, Shape output) {
  Targets<T> targets;
  switch (against) {
    case Against::labels: targets.labels = data.labels; break;
    case Against::targets: targets.values = {data.targets.data(), output, data.rows()}; break;
    case Against::input: targets.values = data.inputs(); break;
  }
  return targets;
}

}  // namespace weir::inline WEIR_ABI::detail
