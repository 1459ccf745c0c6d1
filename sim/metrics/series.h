// What happened over time at each real server, in bins: about 200 of a round width, whatever the
// length of the run, which nobody knows before it ends. Records come in order of time; bins are
// kept ten times finer than wanted at most and joined by tens when there are too many.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "base/record.h"
#include "metrics/histogram.h"

namespace lvslab::metrics {

/// One server's figures of one bin.
struct Bin {
  std::uint32_t active = 0, inactive = 0, queue = 0;  ///< at its end
  std::int64_t busy = 0;                              ///< ps, summed over workers
  std::uint64_t requests = 0, bytes_in = 0, bytes_out = 0;
  __int128 latency_sum = 0;
  std::int64_t latency_min = 0, latency_max = 0;
  std::vector<std::pair<std::uint16_t, std::uint32_t>> latencies;  ///< buckets and counts, sorted
  std::vector<std::uint16_t> fresh;                                ///< buckets not counted yet

  void add_latency(std::int64_t ps);
  /// Counts what is fresh.
  void settle();
  /// `later` follows at once.
  void join(const Bin& later);
  std::int64_t percentile(unsigned thousandths) const;  ///< after settle()
};

class Series {
 public:
  /// Counts as they are now; asked at each bin's end.
  struct Level {
    std::uint32_t active = 0, inactive = 0, queue = 0;
  };

  /// The bin of `now`; called for every record, in order of time. True: bins ended since, whose
  /// levels are to be told with end_levels() before anything is added.
  bool moves(Instant now) const { return now.ps() >= end_; }
  /// `level` is that of the end of all bins that have ended.
  void end_levels(NodeIndex server, const Level& level);
  /// After the levels: goes to the bin of `now`.
  void go_to(Instant now);
  /// Of the server, where `now` is.
  Bin& now_at(NodeIndex server);
  /// A server's workers were busy (`workers` of them) from one moment to another, neither later
  /// than the bin at hand.
  void add_busy(NodeIndex server, Instant from, Instant to, std::uint32_t workers);

  /// Bins of round width over [0, end]; each server has all of them.
  struct Table {
    Duration width;
    std::vector<std::pair<NodeIndex, std::vector<Bin>>> servers;
  };
  Table table(Instant end) const;
  static Duration round_width(Instant end);

 private:
  static constexpr std::size_t kMostBins = 2'000;
  static constexpr std::int64_t kFinest = 1'000'000;  ///< 1 us
  std::vector<Bin>& bins_of(NodeIndex server);
  void coarsen();

  std::int64_t width_ = kFinest;
  std::size_t bin_ = 0;                            ///< at hand
  std::int64_t end_ = kFinest;                     ///< of it, ps
  std::map<NodeIndex, std::vector<Bin>> servers_;  ///< up to the bin at hand
};

}  // namespace lvslab::metrics
