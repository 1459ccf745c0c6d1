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

/// Whether a (with its cost) is strictly more loaded for its weight than b.
inline bool more_loaded(const Destination& a, std::int64_t cost_a, const Destination& b,
                        std::int64_t cost_b) {
  return cost_a * b.options.weight > cost_b * a.options.weight;
}

/// The available destination with the least cost for its weight; the first of the list wins a tie.
template <typename Cost>
Destination* least_loaded(const DestinationList& all, Cost cost) {
  Destination* best = nullptr;
  for (Destination* candidate : all) {
    if (!candidate->available()) continue;
    if (best == nullptr || more_loaded(*best, cost(*best), *candidate, cost(*candidate))) {
      best = candidate;
    }
  }
  return best;
}

/// Of the available destinations that `takes(destination)` says may take one more, the one of the
/// highest weight; the first of the list wins a tie.
template <typename Takes>
Destination* highest_weight(const DestinationList& all, Takes takes) {
  Destination* best = nullptr;
  for (Destination* candidate : all) {
    if (!candidate->available() || !takes(*candidate)) continue;
    if (best == nullptr || candidate->options.weight > best->options.weight) best = candidate;
  }
  return best;
}

/// What a draw by weight draws from; 0 when nobody is available.
inline std::uint64_t available_weight(const DestinationList& all) {
  std::uint64_t sum = 0;
  for (const Destination* d : all) {
    if (d->available()) sum += static_cast<std::uint64_t>(d->options.weight);
  }
  return sum;
}

/// The server that `number`, below the sum of the weights of the available servers but `without`,
/// falls to: each answers to as many numbers as its weight.
inline Destination* drawn_by_weight(const DestinationList& all, std::uint64_t number,
                                    const Destination* without = nullptr) {
  for (Destination* d : all) {
    if (d == without || !d->available()) continue;
    const auto weight = static_cast<std::uint64_t>(d->options.weight);
    if (number < weight) return d;
    number -= weight;
  }
  return nullptr;
}

}  // namespace lvslab::lvs
