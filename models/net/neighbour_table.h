// The ARP cache: one entry per (address, interface) with Linux's states and timers (NUD), its queue
// of packets waiting for a MAC, garbage collection, and the rule by which what is heard changes an
// entry. Sending and the sender-address policy are the host's: the table says what it wants through
// NeighbourPort. Behaviour: an entry is asked for by broadcast (INCOMPLETE, three times a second
// apart), believed for 15..45 s (REACHABLE), then used on trust (STALE), after the next use given 5
// s (DELAY) and checked by three unicast questions (PROBE) before it FAILS.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/packet.h"
#include "base/random.h"
#include "base/turn.h"
#include "hook/hook.h"
#include "net/sysctl.h"
#include "wire/address.h"

namespace lvslab::net {

enum class NeighbourState : std::uint8_t {
  kNone,
  kIncomplete,
  kReachable,
  kStale,
  kDelay,
  kProbe,
  kFailed,
  kNoarp,
  kPermanent
};
std::string_view neighbour_state_name(NeighbourState state);  ///< "REACHABLE"
constexpr bool neighbour_valid(NeighbourState s) {
  return s == NeighbourState::kReachable || s == NeighbourState::kStale ||
         s == NeighbourState::kDelay || s == NeighbourState::kProbe ||
         s == NeighbourState::kNoarp || s == NeighbourState::kPermanent;
}

/// A packet waiting for (or with) its link header still to come. `info` tells whom to blame on
/// failure.
struct QueuedDatagram {
  Packet packet;           ///< begins with the IP header
  bool forwarded = false;  ///< failed: ICMP goes to its source through the input device
  InterfaceIndex in_device = kNoInterface;
  bool ipvs_masq = false;   ///< an error about it comes from the VIP, its original destination
  wire::Ipv4 error_source;  ///< 0: the host's own address on the way back
  std::uint32_t mark = 0;   ///< as the packet filter left it
  hook::Track track{};
};

struct Neighbour {
  wire::Ipv4 address;
  InterfaceIndex device = 0;
  NeighbourState state = NeighbourState::kNone;
  bool in_use = false;  ///< slot holds an entry
  bool timer_armed = false;
  std::uint8_t probes = 0;  ///< requests sent in this state
  wire::Mac mac;
  Instant updated, confirmed, used;
  Instant deadline;  ///< of the armed timer
  std::vector<QueuedDatagram> queue;
  std::uint32_t queue_bytes = 0;
};

/// What the table needs of its host.
class NeighbourPort {
 public:
  virtual ~NeighbourPort() = default;
  /// Send an ARP request for `entry.address`. `unicast`: to entry.mac (PROBE). `queued`: newest
  /// waiting packet, whose source arp_announce may consult, or null.
  virtual void solicit(Turn& turn, const Neighbour& entry, bool unicast, const Packet* queued) = 0;
  /// Put the packet on the wire to `mac`.
  virtual void transmit_resolved(Turn& turn, InterfaceIndex device, wire::Mac mac,
                                 Packet&& datagram) = 0;
  /// Resolution failed: host unreachable to the source, then the packet ends (kNoNeighbour).
  virtual void unreachable(Turn& turn, QueuedDatagram&& datagram) = 0;
  /// The MAC of a neighbour nobody is asked about (entry NOARP): group addresses, devices without
  /// ARP.
  virtual std::optional<wire::Mac> fixed_mac(InterfaceIndex device, wire::Ipv4 address) const {
    (void)device, (void)address;
    return std::nullopt;
  }
  virtual const NeighbourConf& neighbour_conf(InterfaceIndex device) const = 0;
  virtual const GlobalConf& global_conf() const = 0;
};

enum NeighbourUpdateFlags : std::uint8_t { kOverride = 1, kAdmin = 2 };

class NeighbourTable {
 public:
  /// `random`: the host's stream for reachable_time draws.
  NeighbourTable(NeighbourPort& port, Random random);

  /// Sends `datagram` to next hop `address` on `device`: at once when a MAC is known, else it
  /// waits.
  void output(Turn& turn, InterfaceIndex device, wire::Ipv4 address, QueuedDatagram&& datagram);

  /// Starts asking for `address` without a packet (an unresolved new gateway of a redirect).
  void resolve(Turn& turn, InterfaceIndex device, wire::Ipv4 address);

  /// What was heard about (address, device). `create`: make an entry when there is none. The update
  /// rule of the class comment's source: without kOverride a differing MAC is refused; see update()
  /// in the .cpp.
  void update(Turn& turn, InterfaceIndex device, wire::Ipv4 address, wire::Mac mac,
              NeighbourState state, std::uint8_t flags, bool create);
  /// Upper layer saw forward progress through this next hop: refreshes `confirmed`, nothing is
  /// sent.
  void confirm(Turn& turn, InterfaceIndex device, wire::Ipv4 address);

  const Neighbour* find(InterfaceIndex device, wire::Ipv4 address) const;
  /// An entry whose MAC may be used as it stands, with nothing to do about it; else null.
  const Neighbour* settled(InterfaceIndex device, wire::Ipv4 address) const {
    const std::uint32_t slot = slot_of(device, address);
    if (slot == kNoSlot) return nullptr;
    const Neighbour& entry = entries_.data()[slot];
    const bool settled = entry.state == NeighbourState::kReachable ||
                         entry.state == NeighbourState::kPermanent ||
                         entry.state == NeighbourState::kNoarp;
    return settled ? &entry : nullptr;
  }
  /// Fetches what a look-up reads first.
  void prefetch() const {
    __builtin_prefetch(buckets_.data());
    __builtin_prefetch(entries_.data());
  }
  /// Entries by device then address in numeric order.
  std::vector<const Neighbour*> list() const;
  std::size_t size() const { return count_; }

  /// `ip neigh del`: packets waiting for an answer fail as if there had been none.
  void remove(Turn& turn, InterfaceIndex device, wire::Ipv4 address);
  /// `ip neigh flush`, link down, carrier loss, MAC change. Queued packets end without ICMP.
  void flush(Turn& turn, InterfaceIndex device, bool keep_permanent, bool keep_noarp);
  void flush_all(Turn& turn, bool keep_permanent);
  /// The machine lost power: everything is gone, queued packets with it.
  void lose_power(Turn& turn);

  /// Proxy entries (`ip neigh add proxy`).
  void add_proxy(InterfaceIndex device, wire::Ipv4 address);
  bool has_proxy(InterfaceIndex device, wire::Ipv4 address) const;
  bool remove_proxy(InterfaceIndex device, wire::Ipv4 address);
  bool has_proxies() const { return !proxies_.empty(); }
  const std::vector<std::pair<InterfaceIndex, wire::Ipv4>>& proxies() const { return proxies_; }

  /// Runs timers due at turn.now() in (time, creation) order.
  void wake(Turn& turn);
  Instant next_wake() const { return next_wake_; }

 private:
  struct Timer {
    Instant when;
    std::uint64_t order;
    std::uint32_t slot;
  };
  struct Reachable {
    Duration time;
    Instant drawn;
    int base_ms = -1;  ///< the setting it was drawn for; -1: not drawn yet
  };
  static constexpr std::uint32_t kNoSlot = 0xffffffff;
  static bool later(const Timer& a, const Timer& b) {
    return a.when != b.when ? a.when > b.when : a.order > b.order;
  }
  static std::uint32_t hash(InterfaceIndex device, wire::Ipv4 address) {
    const std::uint64_t key = (std::uint64_t{device} << 32) | address.value;
    return static_cast<std::uint32_t>((key * 0x9e3779b97f4a7c15ULL) >> 32);
  }

  // neighbour_table.cpp: entries and what is heard about them
  /// kNoSlot if absent.
  std::uint32_t slot_of(InterfaceIndex device, wire::Ipv4 address) const {
    if (count_ == 0) return kNoSlot;
    const std::size_t mask = buckets_.size() - 1;
    const std::uint32_t* const buckets = buckets_.data();
    const Neighbour* const entries = entries_.data();
    for (std::size_t i = hash(device, address) & mask; buckets[i] != 0; i = (i + 1) & mask) {
      const Neighbour& entry = entries[buckets[i] - 1];
      if (entry.address == address && entry.device == device) return buckets[i] - 1;
    }
    return kNoSlot;
  }
  std::uint32_t create(Turn& turn, InterfaceIndex device,
                       wire::Ipv4 address);  ///< kNoSlot: table full
  void erase(Turn& turn, std::uint32_t slot);
  void rehash(std::size_t buckets);
  void unlink(std::uint32_t slot);
  void change(Turn& turn, Neighbour& entry, NeighbourState state, wire::Mac mac);
  void set_state(Turn& turn, Neighbour& entry, NeighbourState state) {
    change(turn, entry, state, entry.mac);
  }
  void start_timer(Turn& turn, Neighbour& entry, NeighbourState state);
  void release_queue(Turn& turn, Neighbour& entry);
  void drop_queue(Turn& turn, Neighbour& entry);
  // neighbour_timers.cpp: sending, resolution, timers, garbage collection
  void send_unresolved(Turn& turn, std::uint32_t slot, QueuedDatagram&& datagram);
  void start_resolution(Turn& turn, std::uint32_t slot);
  void ask(Turn& turn, std::uint32_t slot);
  void enqueue(Turn& turn, Neighbour& entry, QueuedDatagram&& datagram);
  void arm(Turn& turn, Neighbour& entry, Duration delay);
  void on_timer(Turn& turn, std::uint32_t slot);
  void fail(Turn& turn, std::uint32_t slot);
  void compact_timers();
  void make_room(Turn& turn);
  void periodic_collection(Turn& turn);
  Duration reachable_time(Turn& turn, InterfaceIndex device);

  NeighbourPort& port_;
  Random random_;
  std::vector<Neighbour> entries_;  ///< slots; reused
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> buckets_;  ///< open addressing: slot + 1, 0 empty
  std::vector<Timer> timers_;           ///< heap by (when, order); lazy
  std::vector<std::pair<InterfaceIndex, wire::Ipv4>> proxies_;
  std::vector<Reachable> reachable_;  ///< per device
  std::size_t count_ = 0;
  std::size_t permanent_ = 0;  ///< entries the thresholds do not count
  std::uint64_t next_order_ = 0;
  Instant next_wake_ = Instant::never();
  Instant last_forced_gc_;
  Instant next_periodic_gc_ = Instant::never();
};

}  // namespace lvslab::net
