// MD5 (RFC 1321), which consistent hashing uses to spread names over a ring; nothing here depends
// on it being hard to forge. Texts of up to 55 bytes: one block.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace lvslab::lvs {

inline constexpr std::size_t kMd5OneBlock = 55;
/// The digest as four words, each little-endian in the digest's bytes. text.size() <= kMd5OneBlock.
std::array<std::uint32_t, 4> md5_words(std::string_view text);

}  // namespace lvslab::lvs
