// The director: what IPVS is to a Linux host. Configured as ipvsadm does, asked for a verdict on
// every packet at LOCAL_IN, FORWARD and LOCAL_OUT. Free of the simulator: time comes with each
// call. Its files: director.cpp (services), director_destinations, _packets (IN and OUT), _state,
// _schedule (new connections), _persistence, _icmp, _timers, _defence. Source: the behaviour
// of Linux 6.1.192.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "hook/hook.h"
#include "lvs/connection_table.h"
#include "lvs/forwarder.h"
#include "lvs/local_pool.h"
#include "lvs/scheduler.h"
#include "lvs/service.h"
#include "lvs/settings.h"
#include "lvs/sync_daemon.h"

namespace lvslab::lvs {

/// Why the kernel refused, as the errno that ipvsadm turns into a text.
enum class AdminError : std::uint8_t {
  kNone,
  kServiceExists,
  kNoSuchService,
  kServiceNotDefined,
  kSchedulerNotFound,
  kDestinationExists,
  kNoSuchDestination,
  kRange,
  kInvalid,
  kDaemonRunning,
  kNoDaemon,
  kNoSuchDevice,
  kLocalAddressExists,
  kNoSuchLocalAddress
};

class Director final {
 public:
  /// `random`: the director's stream. Timers need wake(): see next_wake().
  explicit Director(Random random);
  ~Director();
  Director(const Director&) = delete;
  Director& operator=(const Director&) = delete;

  // --- configuration (ipvsadm's kernel side) ---------------------------------------------------
  AdminError add_service(Turn& turn, const ServiceKey& key, const ServiceOptions& options);
  AdminError edit_service(Turn& turn, const ServiceKey& key, const ServiceOptions& options);
  AdminError remove_service(Turn& turn, const ServiceKey& key);
  void clear(Turn& turn);
  AdminError add_destination(Turn& turn, const ServiceKey& key, wire::Endpoint address,
                             const DestinationOptions& options, const hook::RouteLookup& routes);
  AdminError edit_destination(Turn& turn, const ServiceKey& key, wire::Endpoint address,
                              const DestinationOptions& options);
  AdminError remove_destination(Turn& turn, const ServiceKey& key, wire::Endpoint address);
  /// FULLNAT's local addresses, which must be this host's.
  AdminError add_local_address(const ServiceKey& key, wire::Ipv4 address,
                               const hook::RouteLookup& routes);
  AdminError remove_local_address(const ServiceKey& key, wire::Ipv4 address);
  AdminError zero(const ServiceKey* key);  ///< null: everything
  void set_timeouts(std::uint32_t tcp_s, std::uint32_t fin_s, std::uint32_t udp_s);  ///< 0 keeps
  std::array<std::uint32_t, 3> timeouts() const;

  // --- reading ---------------------------------------------------------------------------------
  /// Order of creation.
  std::vector<const Service*> services() const;
  const Service* find_service(const ServiceKey& key) const { return service_of(key); }
  const ConnectionTable& connections() const { return table_; }
  const LocalPool& local_pool() const { return local_pool_; }
  const Stats& total() const { return total_; }
  DirectorSettings& settings() { return settings_; }
  const DirectorSettings& settings() const { return settings_; }
  SyncDaemons& sync_daemons() { return sync_daemons_; }

  // --- packets ---------------------------------------------------------------------------------
  /// Hooks exist only while a service exists: the host asks before it calls.
  bool active() const { return !services_.empty(); }
  /// The places and priorities to register at: (LOCAL_IN 98 out, 99 in), (FORWARD 99 icmp, 100
  /// out), (LOCAL_OUT -99 out, -98 in).
  struct Registration {
    hook::Hook where;
    int priority;
    hook::PacketHook* object;
  };
  std::vector<Registration> registrations();

  /// Fetches from memory what inspecting these packets will need; changes nothing. For a caller
  /// that has several at hand, as a live interface does.
  void expect(std::span<const wire::Flow> packets) const { table_.prefetch(packets); }

  void wake(Turn& turn);  ///< connections expire, estimator runs
  Instant next_wake() const;

 private:
  template <auto function>
  class EntryPoint;
  /// The packet at hand and what surrounds it.
  struct Visit {
    Turn& turn;
    wire::Datagram& datagram;
    const hook::PacketInfo& info;
    const hook::RouteLookup& routes;
  };
  /// A connection to go on with, or (kNoSlot) a verdict that ends the matter.
  struct Found {
    std::uint32_t slot = kNoSlot;
    hook::Verdict verdict;
  };
  /// What a new connection is made for.
  struct Attempt {
    Service& service;
    wire::Flow flow;       ///< client first
    bool inverse = false;  ///< from inside an ICMP error
  };

  // director_packets.cpp, director_state.cpp
  hook::Verdict inspect_in(const Visit& visit);
  hook::Verdict inspect_other(const Visit& visit);
  hook::Verdict inspect_out(const Visit& visit);
  hook::Verdict answer(const Visit& visit, std::uint32_t slot);
  hook::Verdict inspect_forwarded(const Visit& visit);  ///< ICMP only
  hook::Verdict reply_without_entry(const Visit& visit, const wire::Flow& flow) const;
  bool stands_aside() const;
  std::uint32_t find_reply(wire::Protocol protocol, const wire::Endpoint& source,
                           const wire::Endpoint& destination) const;
  ForwardContext context_for(const Visit& visit, std::uint32_t slot, bool relayed_error = false);
  /// What a packet may do with the entry it found.
  enum class Use : std::uint8_t { kGoOn, kStartAnew, kBeSilent };
  Use judge(const Visit& visit, std::uint32_t slot);
  bool wants_fresh_start(std::uint32_t slot) const;
  hook::Verdict carry_on(const Visit& visit, std::uint32_t slot);
  hook::Verdict forward(const Visit& visit, std::uint32_t slot, bool relayed_error);
  bool keep_tracked(const Visit& visit, const Connection& c, const hook::Verdict& verdict) const;
  void keep_reply_tracked(const Visit& visit, const Connection& c) const;
  bool over_old_track(const Visit& visit, const Connection& c) const;
  void advance_state(Turn& turn, std::uint32_t slot, const wire::Datagram& d, bool out);
  void prove_controller(Turn& turn, std::uint32_t slot);
  void count_state(Turn& turn, Connection& c);
  void count_in(const Connection& c, std::uint32_t bytes);
  void count_out(const Connection& c, std::uint32_t bytes);

  // director_icmp.cpp: false when the packet is no ICMP error
  bool relay_inwards(const Visit& visit, hook::Verdict* verdict);
  bool relay_outwards(const Visit& visit, hook::Verdict* verdict);
  // director_tunnel_errors.cpp: false when the error quotes no packet of a tunnel of ours
  bool relay_tunnel_error(const Visit& visit, hook::Verdict* verdict);
  bool has_tunnel_to(wire::Ipv4 real, TunnelType type, std::uint16_t port) const;

  // director_schedule.cpp
  Service* lookup(std::uint32_t mark, wire::Protocol protocol, const wire::Endpoint& address) const;
  Service* service_of(const ServiceKey& key) const;
  bool may_create(const Visit& visit, const wire::Flow& flow) const;
  Found try_schedule(const Visit& visit, const wire::Flow& flow, bool inverse);
  Destination* ask_scheduler(const Visit& visit, const Attempt& attempt);
  Found leave(const Visit& visit, const Attempt& attempt);
  Connection describe(const Attempt& attempt, Destination* destination, std::uint16_t port) const;
  Found admit(const Visit& visit, const Attempt& attempt, Connection& made,
              std::uint32_t controller);
  void bind(Turn& turn, Connection& c, Destination& destination);
  void unbind(Turn& turn, std::uint32_t slot);
  void end_single(Turn& turn, std::uint32_t slot);

  // director_persistence.cpp
  Found schedule_persistent(const Visit& visit, const Attempt& attempt);
  std::uint32_t usable_template(wire::Protocol protocol, wire::Ipv4 network,
                                const wire::Endpoint& service);
  std::uint32_t make_template(const Visit& visit, const Attempt& attempt, wire::Protocol protocol,
                              wire::Ipv4 network, const wire::Endpoint& service);

  // director_destinations.cpp
  Destination* destination_of(const Service& service, wire::Endpoint address) const;
  void unlink(Turn& turn, Service& service, Destination& destination);
  Destination* take_from_trash(const ServiceKey& key, wire::Endpoint address);
  void examine_trash(Instant now);
  void drop_service(Turn& turn, Service& service);
  AdminError set_scheduler(Turn& turn, Service& service, const ServiceOptions& options);

  // director_timers.cpp
  void expire(Turn& turn, std::uint32_t slot);
  void remove(Turn& turn, std::uint32_t slot);
  void flush_dead(Turn& turn);
  void estimate();

  // director_defence.cpp
  bool rate_drops_packet();
  void defend(Turn& turn);
  bool rate_drops_entry(const Connection& c, Instant now);
  bool drops_entry(std::uint32_t slot, Instant now);

  // director_notes.cpp
  void note_service(Turn& turn, const Service& service, bool removed = false);
  void note_destination(Turn& turn, const ServiceKey& key, const Destination& d,
                        bool removed = false);
  void note_connection(Turn& turn, std::uint32_t slot, bool gone = false);
  void note_pick(const Visit& visit, const Attempt& attempt, const Destination& d);
  /// What a packet is to the connection it belongs to.
  enum class Part : std::uint8_t { kRequest, kReply, kError };
  void note_found(const Visit& visit, const Connection& c, Part part = Part::kRequest);
  void note_refusal(const Visit& visit, const wire::Endpoint& service, std::string_view why);

  std::vector<std::unique_ptr<Service>> services_;  ///< order of creation
  std::vector<Service*> index_;                     ///< sorted by key
  std::deque<Destination> destinations_;            ///< storage; addresses are stable
  struct Trashed {
    ServiceKey key;
    Destination* destination;
    std::uint64_t last_owner;  ///< order of its last service
  };
  std::vector<Trashed> trash_;
  ConnectionTable table_;
  LocalPool local_pool_;
  DirectorSettings settings_;
  SyncDaemons sync_daemons_;
  std::array<std::uint32_t, static_cast<std::size_t>(ConnectionState::kCount)> timeouts_;
  Stats total_;
  Random random_;
  std::vector<std::unique_ptr<hook::PacketHook>> entry_points_;
  Instant next_estimate_ = Instant::never();
  Instant next_defence_ = Instant::never();
  Instant next_trash_ = Instant::never();
  Instant flush_at_ = Instant::never();
  std::uint64_t next_order_ = 1;
  std::uint32_t next_destination_ = 1;
  int packet_drop_counter_ = 0;
  std::array<int, 9> entry_drop_counters_{};  ///< by in_packets 1..8
};

}  // namespace lvslab::lvs
