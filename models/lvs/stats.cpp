#include "lvs/stats.h"

namespace lvslab::lvs {

namespace {

constexpr std::uint64_t Counts::*kCounters[5] = {&Counts::connections, &Counts::in_packets,
                                                 &Counts::out_packets, &Counts::in_bytes,
                                                 &Counts::out_bytes};
constexpr std::uint64_t Rates::*kRates[5] = {&Rates::connections, &Rates::in_packets,
                                             &Rates::out_packets, &Rates::in_bytes,
                                             &Rates::out_bytes};

// An average is kept in 1/1024 (connections, packets) or 1/32 (bytes) of a unit per second; a run
// sees what came in two seconds, hence half of that as the factor.
constexpr bool is_bytes(int counter) { return counter >= 3; }
constexpr int shift_of(int counter) { return is_bytes(counter) ? 5 : 10; }

}  // namespace

Rates Stats::rates() const {
  Rates rates;
  for (int i = 0; i < 5; ++i) {
    const std::uint64_t half = (std::uint64_t{1} << (shift_of(i) - 1)) - 1;
    rates.*kRates[i] = (average[i] + half) >> shift_of(i);
  }
  return rates;
}

Counts Stats::visible() const {
  Counts counts;
  for (int i = 0; i < 5; ++i) counts.*kCounters[i] = shown.*kCounters[i] - zero.*kCounters[i];
  return counts;
}

void Stats::tick() {
  for (int i = 0; i < 5; ++i) {
    const std::uint64_t since = now.*kCounters[i] - last.*kCounters[i];
    const auto rate = static_cast<std::int64_t>(since << (shift_of(i) - 1));
    const auto old = static_cast<std::int64_t>(average[i]);
    average[i] = static_cast<std::uint64_t>(old + ((rate - old) >> 2));  // a quarter of the way
  }
  last = now;
  shown = now;
}

void Stats::clear() {
  zero = shown;
  for (std::uint64_t& a : average) a = 0;
}

}  // namespace lvslab::lvs
