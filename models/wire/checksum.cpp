#include "wire/checksum.h"

#include <bit>
#include <cstring>

namespace lvslab::wire {
namespace {

template <typename Word>
Word load_native(const std::uint8_t* p) {
  Word word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

}  // namespace

// RFC 1071, 2 (B): the sum of words in the processor's own byte order is the byte-swapped sum, so
// the loop reads eight bytes at a time and swaps once at the end.
std::uint64_t sum_words(std::span<const std::uint8_t> bytes, std::uint64_t sum) {
  const std::uint8_t* p = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t native = 0;
  for (; left >= 8; left -= 8, p += 8) {
    const auto word = load_native<std::uint64_t>(p);
    native += (word & 0xffffffff) + (word >> 32);
  }
  if (left >= 4) {
    native += load_native<std::uint32_t>(p);
    p += 4;
    left -= 4;
  }
  if (left >= 2) {
    native += load_native<std::uint16_t>(p);
    p += 2;
    left -= 2;
  }
  if (left == 1) {
    const std::uint8_t last[2] = {*p, 0};
    native += load_native<std::uint16_t>(last);
  }
  native = (native & 0xffffffff) + (native >> 32);
  native = (native & 0xffff) + ((native >> 16) & 0xffff) + (native >> 32);
  native = (native & 0xffff) + (native >> 16);
  native = (native & 0xffff) + (native >> 16);
  if constexpr (std::endian::native == std::endian::little) {
    native = ((native & 0xff) << 8) | (native >> 8);
  }
  return sum + native;
}

}  // namespace lvslab::wire
