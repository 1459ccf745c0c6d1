// When one client host's connections of one traffic begin: the arrival process walked one
// connection at a time, so that a million arrivals need no list. Every client computes the same
// plan without talking to the others. A closed loop has no such process (see client_users.cpp).
//
// kEvery: connection c at start + (c - 1) gap, or when c drawn gaps are over. kPoisson: client i of
// n is a process of its own with mean gap n times as long (n independent Poisson processes add up
// to one), whose k-th arrival (from 0) has the number k n + i + 1 and a gap drawn for that
// connection: with one client the numbers are in order of time, with several in order of rounds.
// kListed, kTrace: as written. With a batch of b, b numbers (kPoisson: of one client) share each
// moment.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "app/load.h"

namespace lvslab::app {

class ArrivalProcess {
 public:
  /// `position`: place of this client in TrafficPlan::clients.
  ArrivalProcess(const LoadPlan& plan, std::uint32_t traffic, std::uint32_t position);

  bool exhausted() const { return connection_ == 0; }
  std::uint32_t traffic() const { return traffic_; }
  /// Of the next arrival; 0: there is none.
  std::uint32_t connection() const { return connection_; }
  Duration at() const { return at_; }
  void advance();

 private:
  const TrafficPlan& plan() const { return *load_->traffic(traffic_); }
  void place();
  void place_listed();
  void place_traced();
  /// The moment of connection `number`; nothing when it never comes.
  std::optional<Duration> moment(std::uint64_t number);
  std::optional<Duration> drawn_gaps(std::uint64_t number);

  const LoadPlan* load_;
  std::uint32_t traffic_;
  std::uint32_t position_;
  std::uint32_t connection_ = 0;
  std::uint64_t round_ = 0;   ///< arrivals of this client so far
  std::uint64_t walked_ = 0;  ///< kEvery with drawn gaps: arrivals of all clients that at_ is past
  Duration at_;
  std::vector<std::uint32_t> listed_;  ///< kListed: this client's connections, by time
};

/// base + delay, or never when that is beyond what an Instant can say.
Instant later(Instant base, Duration delay);

/// When the next event of a Poisson process comes whose rate (events per picosecond) changes by
/// `rates`, multiplied by `share`: `exposure` is the exponential draw of mean 1, `from` counts
/// since the traffic's start. Nothing: never, since the rate stays 0.
std::optional<double> next_by_rate(const std::vector<RatePoint>& rates, double share, double from,
                                   double exposure);

}  // namespace lvslab::app
