// The images of USTC-TFC2016 as samples: the first 784 bytes of a session, which are the beginning of a
// capture file.
#pragma once

#include <weir/train/dataset.hpp>

#include <string>

namespace ustc {

/// What is taken out of the bytes before a net may see them.
enum class Hidden {
  nothing,    ///< bytes as they are
  identities  ///< time stamps, MAC and IP addresses, ports, identifiers, sequence numbers, checksums: zeros
};

struct Images {
  weir::Dataset<float> training;
  weir::Dataset<float> test;
};

/// From FOLDER/{train,test}-images-idx3-ubyte.gz and their labels. Values are bytes, 0 ... 255, one a time
/// step.
[[nodiscard]] Images read_images(const std::string& folder, Hidden hidden);

}  // namespace ustc
