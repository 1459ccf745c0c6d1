// The director's connection table: found by (protocol, client, virtual) for packets from the client
// and by (protocol, client, real or virtual end) for replies, in one hash over protocol and client.
// Deadlines are kept in the entries and re-checked lazily, so a packet costs no timer operation.
// The bucket array grows with the table; what is listed follows the kernel's 4096 chains.
//
// Bytes for each connection: 64 its entry, 8 its place among the timers, 5 to 11 the buckets; 12
// more where packets bear tags, 4 where it belongs to a template, 4 for FULLNAT's local end.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include "base/packet.h"
#include "lvs/connection.h"
#include "lvs/connection_columns.h"
#include "wire/flow.h"

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
  /// Fetches what find_in will look at for packets that are about to come.
  void prefetch(std::span<const wire::Flow> flows) const;

  /// The newest entry of a chain is found first. References to entries stay valid.
  std::uint32_t insert(const Connection& connection);
  /// An entry that no packet and no listing finds: the connection of a single packet.
  std::uint32_t insert_unseen(const Connection& connection);
  void erase(std::uint32_t slot);
  Connection& at(std::uint32_t slot) { return pages_[slot / kPage]->entries()[slot % kPage]; }
  const Connection& at(std::uint32_t slot) const {
    return pages_[slot / kPage]->entries()[slot % kPage];
  }
  std::size_t size() const { return count_; }  ///< without unseen ones
  /// Slots in the order of listings (bucket by bucket, newest first within).
  std::vector<std::uint32_t> list() const;
  /// Slots of one of the kBuckets chains, newest first.
  std::vector<std::uint32_t> chain(std::uint32_t bucket) const;

  // --- what only some entries have -------------------------------------------------------------
  /// Slot of its template, or kNone.
  std::uint32_t controller(std::uint32_t slot) const {
    return at(slot).is(kTemplate) ? kNone : ties_.get(slot) - 1;
  }
  /// How many entries this template controls.
  std::uint32_t controlled(std::uint32_t slot) const {
    return at(slot).is(kTemplate) ? ties_.get(slot) : 0;
  }
  /// The entry belongs to the template in slot `controller`, or kNone: to none any more.
  void set_controller(std::uint32_t slot, std::uint32_t controller);
  /// FULLNAT: its place in the director's LocalPool, or kNone.
  std::uint32_t local_end(std::uint32_t slot) const {
    return at(slot).method == Method::kFullNat ? local_ends_.get(slot) - 1 : kNone;
  }
  void set_local_end(std::uint32_t slot, std::uint32_t end) { local_ends_.set(slot, end + 1); }
  /// Of the packet that made it.
  Tag tag(std::uint32_t slot) const { return tags_.get(slot); }
  void set_tag(std::uint32_t slot, const Tag& tag) { tags_.set(slot, tag); }

  // --- timers (connection_timers.cpp) ----------------------------------------------------------
  /// Restarts the entry's timer: expires = now + timeout. Cheap: no timer is touched unless it
  /// would come earlier than before.
  void restart(std::uint32_t slot, Instant now) { restart(slot, at(slot), now); }
  void restart(std::uint32_t slot, Connection& entry, Instant now);
  /// Lets the timer fire at the next kernel tick.
  void expire_soon(std::uint32_t slot, Instant now);
  /// Next entry due at `now`, or kNone; in order of (time, arming). Each due entry is returned
  /// once, and keeps no timer until restarted.
  std::uint32_t next_due(Instant now);
  /// May be early, never late.
  Instant next_wake() const;
  /// When the entry's timer fires; never: it has none.
  Instant fires(std::uint32_t slot) const;

 private:
  static constexpr std::uint32_t kPage = 4096;
  /// Neighbours among the timers of one moment; kNone: the first, the last.
  struct Link {
    std::uint32_t previous, next;
  };
  /// Entries are made when they are handed out: a page that is hardly used costs hardly anything.
  class Page {
   public:
    Connection* entries() { return std::launder(reinterpret_cast<Connection*>(entries_)); }
    const Connection* entries() const {
      return std::launder(reinterpret_cast<const Connection*>(entries_));
    }
    std::array<Link, kPage> links;

   private:
    alignas(64) std::byte entries_[kPage * sizeof(Connection)];
  };
  /// The timers that fire at one tick, in the order in which they were armed. The kernel's coarse
  /// ticks for far deadlines leave some hundred of them, whatever the number of connections.
  struct Moment {
    std::uint32_t tick = kNoTick;
    std::uint32_t first = kNone, last = kNone;
  };

  std::uint32_t take_slot(const Connection& connection);
  void grow();
  void renumber();
  Link& link(std::uint32_t slot) { return pages_[slot / kPage]->links[slot % kPage]; }
  std::uint16_t moment_at(std::uint32_t tick);
  void rearm(std::uint32_t slot, Connection& entry);
  void arm(std::uint32_t slot, Connection& entry);
  void disarm(std::uint32_t slot, Connection& entry);

  std::vector<std::unique_ptr<Page>> pages_;
  std::uint32_t used_ = 0;            ///< slots ever handed out
  std::uint32_t free_ = kNone;        ///< chain of free slots
  std::vector<std::uint32_t> heads_;  ///< a power of two, at least kBuckets
  std::vector<Moment> moments_;
  std::vector<std::uint16_t> free_moments_;
  std::vector<std::uint16_t> order_;  ///< places of the moments in use, the latest first
  std::uint32_t next_serial_ = 1;
  std::size_t count_ = 0;
  SparseColumn<std::uint32_t> ties_;  ///< of a template: how many it controls; else its slot + 1
  SparseColumn<std::uint32_t> local_ends_;  ///< plus 1
  SparseColumn<Tag> tags_;
};

}  // namespace lvslab::lvs
