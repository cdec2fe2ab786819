// Suggestions for names that are misspelt.
#pragma once

#include <weir/core/near_names.hpp>

namespace cli {

using weir::did_you_mean;
using weir::name_list;
using weir::near_names;

}  // namespace cli
