// How often this program has asked the heap for memory, by any form of `new`.
#pragma once

#include <cstddef>

[[nodiscard]] std::size_t allocations() noexcept;
