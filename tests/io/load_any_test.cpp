// What a file may ask for, and what has to be allowed for one that asks for more.
#include <weir/io/load_any.hpp>
#include <weir/io/save.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

using namespace weir;

namespace {

std::vector<std::byte> file_of(std::string_view layers, Shape input) {
  return try_serialize(
             Pipeline<AnyModel<float>>{{.task = Task::regress, .input = input}, build<float>(layers, input)})
      .value();
}

}  // namespace

TEST_CASE("try_memory_to_allow: nothing for a file that can be read, else as much as it takes") {
  CHECK(try_memory_to_allow(file_of("dense:4,relu,dense:1", Shape{3})).value() == 0);

  const std::vector<std::byte> wide = file_of("conv1d:32:3,global_max_pool1d,dense:1", Shape{1, 40'000});
  CHECK_FALSE(try_parse_any(wide).ok());
  const std::uint64_t memory = try_memory_to_allow(wide).value();
  CHECK(memory % 1'048'576 == 0);
  CHECK(try_parse_any(wide, {.max_memory = memory}).ok());

  const std::vector<std::byte> damaged(wide.begin(), wide.begin() + 100);
  CHECK_FALSE(try_memory_to_allow(damaged).ok());
}
