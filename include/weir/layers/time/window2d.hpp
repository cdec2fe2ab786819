// Images as samples, and windows that slide over them: what convolution and pooling in two dimensions share.
//
// An image of H rows, W pixels a row and P planes is a sample of H steps of W P channels: row after row, in a
// row pixel after pixel, the planes of a pixel side by side (Keras's channels_last). So rows are time: a
// batch's `lengths` are numbers of rows, and the bytes of packets are an image that grows downwards.
//
// A window is one of layers/time/window.hpp along the rows and one along the columns. Options without `_columns`
// are those of the rows, and of the columns too unless these have their own.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/config.hpp>
#include <weir/core/fields.hpp>
#include <weir/layers/time/window.hpp>

#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct Window2D {
  Window rows;
  Window columns;

  /// Why a layer cannot take images of `planes_in` planes; empty when it can.
  [[nodiscard]] std::string complaint(std::string_view owner, Shape input, Index planes_in) const {
    if (input.channels % planes_in != 0) {
      return std::string(owner) + " takes rows of pixels of " + std::to_string(planes_in) +
             " planes but gets rows of " + std::to_string(input.channels) + " channels";
    }
    const Index width = input.channels / planes_in;
    if (columns.out_length(width) < 1) {
      return std::string(owner) + " has no output for rows of " + std::to_string(width) + " pixels";
    }
    return detail::length_complaint(owner, rows.out_length(input.length), input.length);
  }
  /// The image that a layer of `planes_out` planes makes of `input`, which has `planes_in` and fits.
  [[nodiscard]] Shape out_shape(Shape input, Index planes_in, Index planes_out) const {
    const Index width = input.channels / planes_in;
    return {columns.out_length(width) * planes_out, rows.out_length(input.length)};
  }
};

namespace detail {

inline constexpr IntegerRange planes_range{1, Window::limit};

/// An option of the rows and the same of the columns; 0 stands for another one, which the meaning tells.
template <class Visitor, class Rows>
void axes_fields(Visitor& visit, std::string_view name, Rows& rows, Rows& columns, IntegerRange range,
                 std::string_view meaning) {
  visit(name, rows, range, meaning);
  visit(std::string(name) + "_columns", columns, IntegerRange{0, range.high},
        "the same along the columns; 0: as along the rows");
}

/// Complains, of the option `name`, of windows that do not fit images of `planes_in` planes, or are out of
/// all proportion to them: a layer needs room for the rows that a window sees.
inline void check_window2d(ConfigReader& read, std::string_view name, const Window2D& window, Shape input,
                           Index planes_in, Index planes_out) {
  if (input.channels % planes_in != 0) {
    read.complain("planes", "must divide the channels of a row, " + std::to_string(input.channels));
    return;
  }
  const Index width = input.channels / planes_in, width_out = window.columns.out_length(width);
  const double room = static_cast<double>(window.rows.size) * static_cast<double>(planes_in) *
                      static_cast<double>(width + window.columns.extent());
  if (room > 4096.0 * static_cast<double>(input.size()) + 0x1p24) {
    read.complain(name, "makes the windows too large for such images");
  }
  check_window(read, name, window.rows, input.length);
  check_window(read, name, window.columns, width);
  check_output(read, name, planes_out, width_out);
  if (read.ok()) check_output(read, name, planes_out * width_out, window.rows.out_length(input.length));
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
