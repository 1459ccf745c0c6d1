// Fetching memory into the caches before it is needed. A hint: nothing that can be seen changes.
#pragma once

namespace lvslab {

/// The cache line at `at`, which may be any address, null too. The empty statement keeps compilers
/// from taking a function that only fetches for one without effect, whose calls they then drop.
inline void prefetch(const void* at) {
  __builtin_prefetch(at);
  asm volatile("");
}

}  // namespace lvslab
