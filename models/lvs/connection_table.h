// The director's connection table: found by (protocol, client, virtual) for packets from the client
// and by (protocol, client, real or virtual end) for replies, in one hash over protocol and client.
// Deadlines are kept in the entries and re-checked lazily, so a packet costs no timer operation.
// The bucket array grows with the table; what is listed follows the kernel's 4096 chains.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "lvs/connection.h"

namespace lvslab::lvs {

class ConnectionTable {
 public:
  static constexpr std::uint32_t kNone = kNoSlot;
  static constexpr std::uint32_t kBuckets = 4096;  ///< chains that listings and drop_entry see

  ConnectionTable();
  std::uint32_t find_in(wire::Protocol protocol, const wire::Endpoint& client,
                        const wire::Endpoint& service) const;
  /// A reply's source and destination.
  std::uint32_t find_out(wire::Protocol protocol, const wire::Endpoint& source,
                         const wire::Endpoint& destination) const;
  std::uint32_t find_template(wire::Protocol protocol, wire::Ipv4 client_network,
                              const wire::Endpoint& service) const;
  /// The newest entry of a chain is found first. References to entries stay valid.
  std::uint32_t insert(const Connection& connection);
  void erase(std::uint32_t slot);
  Connection& at(std::uint32_t slot) { return (*pages_[slot / kPage])[slot % kPage]; }
  const Connection& at(std::uint32_t slot) const { return (*pages_[slot / kPage])[slot % kPage]; }
  std::size_t size() const { return count_; }
  /// Slots in the order of listings (bucket by bucket, newest first within).
  std::vector<std::uint32_t> list() const;
  /// Slots of one of the kBuckets chains, newest first.
  std::vector<std::uint32_t> chain(std::uint32_t bucket) const;

  /// Restarts the entry's timer: expires = now + timeout. Cheap: no heap operation unless it would
  /// come earlier than the one that is armed.
  void restart(std::uint32_t slot, Instant now);
  /// Lets the timer fire at the next kernel tick.
  void expire_soon(std::uint32_t slot, Instant now);
  /// Next entry due at `now`, or kNone; in order of (time, arming). Each due entry is returned
  /// once, and keeps no timer until restarted.
  std::uint32_t next_due(Instant now);
  /// May be early, never late.
  Instant next_wake() const { return timers_.empty() ? Instant::never() : timers_.front().when; }

 private:
  static constexpr std::uint32_t kPage = 4096;
  struct Timer {
    Instant when;
    std::uint64_t order;
    std::uint32_t slot;
    bool operator<(const Timer& o) const {  // a max-heap of the latest: reversed for the earliest
      return when != o.when ? when > o.when : order > o.order;
    }
  };
  void arm(std::uint32_t slot, Connection& entry);
  void grow();

  std::vector<std::unique_ptr<std::array<Connection, kPage>>> pages_;
  std::uint32_t used_ = 0;  ///< slots ever handed out
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> heads_;  ///< a power of two, at least kBuckets
  std::vector<Timer> timers_;
  std::uint64_t next_order_ = 1;
  std::uint64_t next_serial_ = 1;
  std::size_t count_ = 0;
};

}  // namespace lvslab::lvs
