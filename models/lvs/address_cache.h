// The cache of lblc and lblcr: what is remembered for a destination address, in 1024 chains with
// the newest entry first. Every minute it is looked over: every 30th time all entries that are too
// old go, otherwise only when there are more than 16 a chain on average. Nobody sees it between
// picks, so the minutes that passed are caught up at the next pick.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/kernel_timer.h"
#include "lvs/hashing.h"
#include "lvs/load.h"
#include "lvs/ranking.h"

namespace lvslab::lvs {

template <typename Value>
class AddressCache {
 public:
  struct Entry {
    wire::Ipv4 address;
    Instant last_use;
    Value value;
  };

  explicit AddressCache(Instant now) : next_look_(kernel_timer_expiry(now, kPeriod)) {}

  Entry* find(wire::Ipv4 address) {
    for (Entry& entry : chain(address)) {
      if (entry.address == address) return &entry;
    }
    return nullptr;
  }
  /// Nothing is remembered when the cache is half over its size.
  void add(wire::Ipv4 address, Instant now, Value value) {
    if (count_ >= kMost + kMost / 2) return;
    std::vector<Entry>& entries = chain(address);
    entries.insert(entries.begin(), Entry{address, now, std::move(value)});
    ++count_;
  }
  void erase(wire::Ipv4 address) {
    count_ -= std::erase_if(chain(address), [&](const Entry& e) { return e.address == address; });
  }
  std::size_t size() const { return count_; }

  void catch_up(Instant now, Duration expiration) {
    for (; next_look_ <= now; next_look_ = kernel_timer_expiry(next_look_, kPeriod)) {
      look_over(next_look_, expiration);
    }
  }

 private:
  static constexpr int kBits = 10;
  static constexpr std::size_t kMost = 16u << kBits;
  static constexpr Duration kPeriod = Duration::seconds(60);
  static constexpr Duration kIdleUnderPressure = Duration::seconds(360);
  static constexpr int kLooksToFullCheck = 30;

  std::vector<Entry>& chain(wire::Ipv4 address) { return chains_[hash32(address.value, kBits)]; }

  std::size_t drop_unused(std::vector<Entry>& entries, Instant now, Duration limit) {
    const std::size_t dropped =
        std::erase_if(entries, [&](const Entry& entry) { return now - entry.last_use >= limit; });
    count_ -= dropped;
    return dropped;
  }

  void look_over(Instant now, Duration expiration) {
    if (looks_ % kLooksToFullCheck == 0) {
      for (std::vector<Entry>& entries : chains_) drop_unused(entries, now, expiration);
      looks_ = 1;
      return;
    }
    if (count_ <= kMost) {
      ++looks_;
      return;
    }
    std::size_t goal = std::min((count_ - kMost) * 4 / 3, kMost / 2);
    for (std::size_t n = 0; n < chains_.size(); ++n) {
      rover_ = (rover_ + 1) % chains_.size();
      const std::size_t dropped = drop_unused(chains_[rover_], now, kIdleUnderPressure);
      if (dropped >= goal) break;
      goal -= dropped;
    }
  }

  std::array<std::vector<Entry>, std::size_t{1} << kBits> chains_;
  std::size_t count_ = 0;
  std::size_t rover_ = 0;
  int looks_ = 1;
  Instant next_look_;
};

/// What lblc and lblcr ask about all servers.
class Loads {
 public:
  /// The least overhead for its weight.
  Destination* least(const DestinationList& all) { return least_.first(all); }
  /// A cached server is given relief when it is over its weight while another is under half of its
  /// own.
  bool wants_relief(const DestinationList& all, const Destination& d) {
    if (std::int64_t{d.active} <= std::int64_t{d.options.weight}) return false;
    return idle_.first(all) != nullptr;
  }
  void list_changed() {
    least_.list_changed();
    idle_.list_changed();
  }
  void changed(const Destination& d) {
    least_.changed(d);
    idle_.changed(d);
  }

 private:
  struct HalfIdle {
    static bool takes(const Destination& d) {
      return 2 * std::int64_t{d.active} < std::int64_t{d.options.weight};
    }
    static bool better(const Destination&, const Destination&) { return false; }
  };
  Ranking<ByLoad<overhead>> least_;
  Ranking<HalfIdle> idle_;
};

}  // namespace lvslab::lvs
