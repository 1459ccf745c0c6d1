// Connection tracking: which connection a packet belongs to, and whether it begins one, answers it,
// is an error about it, or belongs to none. An entry is made by a connection's first packet and
// enters the table when that packet has gone all the way (a dropped one leaves nothing). Entries
// die when nobody renewed them in time: that is found out when they are next looked at, so that
// there are no timers. Source: the behaviour of Linux 6.1 (nf_conntrack, its sysctls), RFC 5382,
// RFC 4787.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "hook/hook.h"
#include "net/host.h"
#include "net/netfilter/conntrack_tcp.h"
#include "net/netfilter/flow_tuple.h"
#include "net/netfilter/kernel_log.h"

namespace lvslab::net::netfilter {

/// net.netfilter.*: the kernel's names without "nf_conntrack_", and its defaults. Times in seconds.
struct ConntrackSettings {
  int max = 262'144, buckets = 65'536, checksum = 1;
  int generic_timeout = 600, icmp_timeout = 30, udp_timeout = 30, udp_timeout_stream = 120;
  int tcp_loose = 1, tcp_be_liberal = 0, tcp_ignore_invalid_rst = 0, tcp_max_retrans = 3;
  int tcp_timeout_syn_sent = 120, tcp_timeout_syn_recv = 60, tcp_timeout_established = 432'000;
  int tcp_timeout_fin_wait = 120, tcp_timeout_close_wait = 60, tcp_timeout_last_ack = 30;
  int tcp_timeout_time_wait = 120, tcp_timeout_close = 10;
  int tcp_timeout_max_retrans = 300, tcp_timeout_unacknowledged = 300;
};

/// Which end of a packet a translation changes.
enum class End : std::uint8_t { kSource, kDestination };
constexpr End other(End end) { return end == End::kSource ? End::kDestination : End::kSource; }

struct ConntrackEntry {
  std::array<Tuple, 2> tuples;  ///< as the first packet was; as replies will be
  bool in_use = false, confirmed = false, seen_reply = false, assured = false;
  /// By End: a rule was asked for (or none needed), and the end really changes.
  std::array<bool, 2> settled{}, translated{};
  std::array<std::string_view, 2> rule{};  ///< what translated it, for notes
  bool dying = false;  ///< out of the table; the packet at hand still has its translation
  std::uint32_t slot = 0, generation = 0;
  std::array<std::uint32_t, 2> next{};  ///< chains of the two tuples: node numbers
  std::uint32_t next_of_source = 0;     ///< chain of entries with the same first source
  bool source_known = false;            ///< it is in such a chain
  Duration timeout;                     ///< counts from the confirmation
  Instant made, expires;
  Instant stream_from;  ///< UDP: an exchange that goes on after this is a stream
  TcpTrack tcp;
  std::uint64_t serial = 0;  ///< order of making
  InterfaceIndex masquerade_device = kNoInterface;
  std::uint32_t masquerade_downs = 0;  ///< how often that device had been down
};

class Conntrack final : public hook::Tracker {
 public:
  Conntrack(Host& host, const ConntrackSettings& given, KernelLog& log)
      : settings(given), host_(host), log_(log) {}

  const ConntrackSettings& settings;
  /// Entries in the table and on their way into it; the dead are taken out first.
  std::size_t count(Instant now);
  /// The same without tidying: counts the dead out at the host's last moment.
  std::size_t shown_count() const;
  void clear();
  /// Nobody was tracking for a while.
  void forget_windows();

  // --- the hooks' work ---------------------------------------------------------------------------
  /// PREROUTING and OUTPUT: finds or makes the packet's entry.
  hook::Verdict enter(Turn& turn, wire::Datagram& datagram, const hook::PacketInfo& info);
  /// End of INPUT and POSTROUTING.
  hook::Verdict leave(Turn& turn, const hook::PacketInfo& info);

  // --- for nat, matches and listings -------------------------------------------------------------
  /// Null: the packet belongs to no connection, or its entry is gone.
  ConntrackEntry* entry(const hook::Track& track);
  const ConntrackEntry* entry(const hook::Track& track) const;
  /// Of an entry not yet confirmed.
  void alter_reply(ConntrackEntry& entry, const Tuple& reply) { entry.tuples[1] = reply; }
  /// Whether replies to `tuple` would be taken for those of another connection.
  bool reply_taken(const Tuple& reply, const ConntrackEntry& except, Instant now);
  /// The newest entry with the same first source (address, port, protocol) as `tuple`; then on.
  std::uint32_t first_of_source(const Tuple& tuple) const;
  const ConntrackEntry& at(std::uint32_t slot) const { return entries_[slot]; }
  /// nat chose a source: from now on others from the same source may follow.
  void remember_source(ConntrackEntry& entry);
  /// Out of the table at once; the packet that holds it keeps it until its way ends.
  void remove(ConntrackEntry& entry, Instant now);
  /// Live confirmed entries in order of making.
  std::vector<const ConntrackEntry*> list(Instant now);
  Host& host() { return host_; }

  static constexpr std::uint32_t kNone = 0xffffffff;

  // --- hook::Tracker -----------------------------------------------------------------------------
  bool confirmed(const hook::Track& track) const override;
  bool confirm(const hook::Track& track, Instant now) override;
  void expect_replies_from(const hook::Track& track, wire::Endpoint real) override;
  void expect_replies_to(const hook::Track& track, wire::Endpoint address) override;

 private:
  struct Found {
    std::uint32_t slot = kNone;
    bool reply = false;
  };
  enum class Took : std::uint8_t { kGood, kInvalid, kAgain };
  Found find(const Tuple& tuple, Instant now);
  hook::Verdict follow_error(wire::Datagram& datagram, const hook::PacketInfo& info, Instant now);
  std::uint32_t make(const Tuple& tuple, const Tuple& reply, Instant now);
  bool make_room(std::uint64_t hash, Instant now);
  Took take(std::uint32_t slot, const wire::Datagram& datagram, hook::Track& track, Instant now);
  Took take_tcp(ConntrackEntry& entry, const wire::Datagram& datagram, const hook::Track& track,
                Instant now);
  bool sound(const wire::Datagram& datagram, const hook::PacketInfo& info) const;
  TcpTrackRules tcp_rules() const;
  int tcp_timeout(TcpTrackState state) const;
  void renew(ConntrackEntry& entry, int seconds, Instant now);
  bool dead(const ConntrackEntry& entry, Instant now) const;
  void link(ConntrackEntry& entry);
  void unlink(ConntrackEntry& entry);
  void unlink_source(ConntrackEntry& entry);
  void grow();
  void free(ConntrackEntry& entry);
  void forget_passing(Instant now);
  void sweep(Instant now);
  bool drop_unassured(std::uint64_t hash, Instant now);
  std::uint32_t& bucket(const Tuple& tuple) {
    return buckets_[hash_tuple(tuple) & (buckets_.size() - 1)];
  }
  static std::uint64_t hash_source(const Tuple& tuple);

  Host& host_;
  KernelLog& log_;
  std::deque<ConntrackEntry> entries_;  ///< by slot
  std::vector<std::uint32_t> free_;
  /// Heads of chains: of nodes (slot * 2 + direction), and of slots. Sizes are powers of two.
  std::vector<std::uint32_t> buckets_, source_buckets_;
  std::vector<std::uint32_t> passing_;  ///< unconfirmed or dying: gone when time goes on
  std::size_t used_ = 0;
  std::size_t hand_ = 0;  ///< the next slot to be looked at for a dead entry
  Instant next_sweep_;    ///< no entry dies of age before
  std::uint64_t next_serial_ = 1;
};

}  // namespace lvslab::net::netfilter
