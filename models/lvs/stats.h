// Counters of a service or destination and the moving averages shown by --rate. What ipvsadm shows
// is the copy the estimator took at its last two-second tick, minus the value at the last -Z.
#pragma once

#include <cstdint>

namespace lvslab::lvs {

struct Counts {
  std::uint64_t connections = 0, in_packets = 0, out_packets = 0, in_bytes = 0, out_bytes = 0;
};

struct Rates {  ///< per second
  std::uint64_t connections = 0, in_packets = 0, out_packets = 0, in_bytes = 0, out_bytes = 0;
};

struct Stats {
  Counts now;                     ///< counted as packets pass
  Counts shown;                   ///< copy of the last estimator run
  Counts zero;                    ///< value of `shown` at the last zeroing
  Counts last;                    ///< value at the previous run
  std::uint64_t average[5] = {};  ///< scaled as the estimator keeps them
  Rates rates() const;
  Counts visible() const;  ///< shown - zero
  void tick();             ///< one estimator run (every 2 s)
  void clear();            ///< -Z
};

}  // namespace lvslab::lvs
