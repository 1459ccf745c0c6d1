// How loaded a destination is, in the terms the least-connection family compares. Weighted
// comparisons multiply crosswise and never divide, so a weight of 0 can never win.
#pragma once

#include <cstdint>

#include "lvs/service.h"

namespace lvslab::lvs {

/// An active connection counts 256 times, and every connection once (Linux 6.1.183 and later).
inline std::int64_t overhead(const Destination& d) {
  return 256 * std::int64_t{d.active} + std::int64_t{d.total};
}

/// Active connections, and the one that is to come.
inline std::int64_t active_and_one(const Destination& d) { return std::int64_t{d.active} + 1; }

/// Whether a (with its cost) is strictly more loaded for its weight than b.
inline bool more_loaded(const Destination& a, std::int64_t cost_a, const Destination& b,
                        std::int64_t cost_b) {
  return cost_a * b.options.weight > cost_b * a.options.weight;
}

/// Order of the available destinations by the least cost for their weight.
template <auto cost>
struct ByLoad {
  static bool takes(const Destination& d) { return d.available(); }
  static bool better(const Destination& a, const Destination& b) {
    return more_loaded(b, cost(b), a, cost(a));
  }
};

/// Order by the highest weight of the available destinations that `room(destination)` says may take
/// one more.
template <auto room>
struct ByWeight {
  static bool takes(const Destination& d) { return d.available() && room(d); }
  static bool better(const Destination& a, const Destination& b) {
    return a.options.weight > b.options.weight;
  }
};

}  // namespace lvslab::lvs
