// Counts every allocation of this test program: how many, and how many bytes are in use. The
// replaced operators are in allocation_test.cpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lvslab::counting {

std::uint64_t allocations();  ///< made so far
std::size_t
bytes_in_use();  ///< usable bytes of all blocks that exist, without the allocator's own headers

}  // namespace lvslab::counting
