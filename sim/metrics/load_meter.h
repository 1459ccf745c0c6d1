// The queue of each real server as its own reports tell it: requests that came, were answered or
// were given up, and with them how many were present and how many workers busy at any time. Two
// ways to the same figures, the area under the number present and the sum of the times each request
// was there, make the audit by Little's law.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "base/record.h"
#include "metrics/series.h"

namespace lvslab::metrics {

/// One listening port of a real server whose requests take time.
struct ServerLoad {
  std::uint32_t workers = 1;
  std::uint64_t speed = 1'000'000;  ///< millionths
  bool steady = true;               ///< neither speed nor state change during the run
  std::uint64_t arrived = 0, answered = 0, given_up = 0;
  __int128 present_time = 0;  ///< area under the number present, ps
  __int128 busy_time = 0;     ///< area under the number of busy workers, ps
  __int128 sojourn = 0;       ///< sum of the times those that left were there, ps
  __int128 work = 0;          ///< sum of what the answered ones drew, ps at speed 1
  double work_squares = 0;    ///< in seconds squared
  Instant changed;            ///< of the last change of the number present
  __int128 arrivals = 0;      ///< sum of the moments of arrival of those still present, ps

  std::uint64_t present() const { return arrived - answered - given_up; }
  std::uint32_t busy() const {
    return static_cast<std::uint32_t>(present() < workers ? present() : workers);
  }
};

class LoadMeter {
 public:
  using Key = std::pair<NodeIndex, std::uint32_t>;  ///< host and port

  /// What the scenario says of a server; others have one worker.
  void declare(NodeIndex node, std::uint32_t port, std::uint32_t workers, std::uint64_t speed,
               bool steady);
  void came(const Record& record, Series& series);
  void answered(const Record& record, Series& series);
  void given_up(const Record& record, Series& series);
  /// Areas up to `now`.
  void advance_all(Instant now, Series& series);

  const std::map<Key, ServerLoad>& loads() const { return loads_; }
  /// All ports of a host together; null when none takes time.
  struct Total {
    std::uint64_t present = 0, busy = 0, workers = 0;
  };
  Total total(NodeIndex node) const;

 private:
  ServerLoad& at(NodeIndex node, std::uint32_t port) { return loads_[{node, port}]; }
  static void advance(NodeIndex node, ServerLoad& load, Instant now, Series& series);
  static void leave(ServerLoad& load, Instant arrived, Instant now);
  std::map<Key, ServerLoad> loads_;
};

}  // namespace lvslab::metrics
