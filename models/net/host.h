// A Linux-like IPv4 host: interfaces and addresses, routing tables, ARP, delivery, forwarding,
// ICMP. Weak host model: any local address is accepted on any interface. A router is a Host that
// forwards; a director is a Host with a PacketHook registered at LOCAL_IN, FORWARD and LOCAL_OUT.
// Transport protocols and everything above attach through ProtocolHandler and Component.
//
// The way of a frame (each step is one function, in this order):
//   receive -> receive_ip -> [PREROUTING] -> route_input -> deliver_local | forward
//   deliver_local -> reassembly -> [LOCAL_IN] -> ProtocolHandler | icmp | tunnel
//   forward -> TTL, redirect, MTU -> [FORWARD] -> finish_output
//   send (local) -> route -> [LOCAL_OUT] -> finish_output
//   finish_output -> [POSTROUTING] -> fragmentation -> neighbour -> transmit_resolved
#pragma once

#include <array>
#include <forward_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/node.h"
#include "base/random.h"
#include "base/result.h"
#include "hook/hook.h"
#include "net/arp_policy.h"
#include "net/component.h"
#include "net/counters.h"
#include "net/interface.h"
#include "net/listener.h"
#include "net/neighbour_table.h"
#include "net/route_table.h"
#include "wire/arp.h"
#include "wire/datagram.h"
#include "wire/flow.h"

namespace lvslab::net {

class Fragments;
class IcmpLimits;
class PathCache;

/// What is known of a datagram besides its bytes while it crosses the host.
struct InputInfo {
  InterfaceIndex device = kNoInterface;
  hook::LinkClass link = hook::LinkClass::kHost;
  hook::RouteKind route = hook::RouteKind::kNone;
  std::uint32_t mark = 0;
  bool ipvs_done = false;
  hook::Track track{};
};

/// A datagram of this host's own making.
struct Outgoing {
  Packet packet;      ///< transport header and payload
  wire::Ipv4 source;  ///< 0: chosen by route
  wire::Ipv4 destination;
  wire::Protocol protocol = wire::Protocol::kUdp;
  std::uint8_t ttl = 0;  ///< 0: ip_default_ttl
  std::uint8_t tos = 0;
  bool dont_fragment = false;
  std::optional<std::uint16_t>
      id;  ///< nothing: 0 with DF, else a counter per (source, destination, protocol)
  InterfaceIndex device = kNoInterface;  ///< bound to a device
  std::uint32_t mark = 0;
  hook::Track track{};  ///< of an answer to a tracked packet
};

enum class SendResult : std::uint8_t {
  kSent,             ///< handed on (perhaps waiting for ARP)
  kNetUnreachable,   ///< ENETUNREACH: no route
  kHostUnreachable,  ///< EHOSTUNREACH: unreachable route
  kProhibited,       ///< EACCES
  kInvalid,          ///< EINVAL: blackhole, no source
  kMessageTooLong,   ///< EMSGSIZE: DF and larger than the path MTU
  kFiltered,         ///< EPERM
};

/// An ICMP error about a packet this host sent, as its transport hears of it.
struct IcmpError {
  std::uint8_t type = 0, code = 0;
  std::uint32_t mtu = 0;              ///< fragmentation needed
  wire::Ipv4 from;                    ///< who sent the error
  wire::Flow quoted;                  ///< of the quoted packet: source is this host
  std::uint32_t quoted_sequence = 0;  ///< TCP
};

/// TCP, UDP: datagrams of one protocol delivered to this host.
class ProtocolHandler {
 public:
  virtual ~ProtocolHandler() = default;
  /// Must deliver, drop or keep the packet.
  virtual void receive_datagram(Turn& turn, wire::Datagram&& datagram, const InputInfo& info) = 0;
  virtual void receive_error(Turn& turn, const IcmpError& error) = 0;
  /// Whether a redirect about the quoted packet is acted upon.
  virtual bool heeds_redirect(const IcmpError& redirect, Instant now) {
    (void)redirect, (void)now;
    return true;
  }
};

/// What a host does about an ARP request.
enum class ArpAnswer : std::uint8_t {
  kNotOurs,        ///< nothing
  kLocal,          ///< answers: the address is its own
  kProxy,          ///< answers for another (proxy ARP)
  kIgnored,        ///< its own address, but arp_ignore refuses
  kFiltered,       ///< its own address, but arp_filter refuses
  kSourceInvalid,  ///< its own address, but the asker's may not come in there
};

/// Why a configuration request was refused; the commands turn it into the texts of each tool.
enum class ConfigError : std::uint8_t {
  kNone,
  kNoSuchDevice,
  kExists,
  kNotFound,
  kInvalidGateway,
  kDeviceDown,
  kInvalidSource,
  kInvalidPrefix,
  kNetworkUnreachable,
  kInvalidArgument,
  kNoSuchProcess
};

class Host final : public Node, private NeighbourPort, public hook::RouteLookup {
 public:
  /// `seed` names the host's streams of chance together with its name. lo exists from the start,
  /// up.
  Host(std::string name, std::uint64_t seed);
  ~Host() override;

  const std::string& name() const { return name_; }

  // --- Node -----------------------------------------------------------------------------------
  void receive(Turn& turn, PortIndex port, Packet packet) override;
  void wake(Turn& turn) override;
  void carrier_changed(Turn& turn, PortIndex port, bool up) override;
  void fetch_ahead(Fetch what) const override;
  InterfaceIndex interface_at(PortIndex port) const override { return port_interfaces_[port]; }

  // --- for transport, apps, commands ----------------------------------------------------------
  /// `known`: what route_output() just said of it, if the caller asked.
  struct Path;
  SendResult send(Turn& turn, Outgoing&& out, const Path* known = nullptr);
  /// A frame of its own (arping): no ARP cache, no hooks. `destination` at link level.
  void send_arp(Turn& turn, InterfaceIndex device, wire::Mac destination, const wire::Arp& arp,
                std::string_view why);
  /// Route for a datagram of this host's own; source chosen if `source` is 0. Nothing: no route.
  struct Path {
    const Route* route = nullptr;
    hook::RouteKind kind = hook::RouteKind::kNone;
    InterfaceIndex device = kNoInterface;
    wire::Ipv4 next_hop;
    wire::Ipv4 source;
    std::uint32_t mtu = 0;
  };
  Path route_output(wire::Ipv4 source, wire::Ipv4 destination, InterfaceIndex device = kNoInterface,
                    std::uint32_t mark = 0) const;
  /// Forward progress of a local connection keeps the next hop's ARP entry fresh.
  void confirm_neighbour(Turn& turn, wire::Ipv4 source, wire::Ipv4 destination);
  /// Whether anything was learnt about single destinations: else routes alone say the path MTU.
  bool has_learnt_paths() const { return paths_ != nullptr; }
  /// What was learnt about a single destination and still holds: a redirect's gateway (0: none), a
  /// path MTU (0: none); `expires` of what ends first.
  struct Learnt {
    wire::Ipv4 gateway;
    std::uint32_t mtu = 0;
    bool mtu_locked = false;
    Instant expires = Instant::never();
  };
  Learnt learnt(wire::Ipv4 destination, Instant now) const;
  /// Path MTU towards `destination` (exceptions learnt from ICMP included).
  std::uint32_t path_mtu(wire::Ipv4 destination, Instant now) const;

  /// Whether a packet from `source` may arrive on `device`: our own addresses and what rp_filter
  /// refuses may not.
  enum class Source : std::uint8_t { kValid, kMartian, kReversePath };
  Source validate_source(wire::Ipv4 source, wire::Ipv4 destination, InterfaceIndex device,
                         bool* same_device_onlink = nullptr) const;
  /// What becomes of an ARP request for `target` from `sender` (0.0.0.0: a probe) that comes in on
  /// `device`, arptables and drop_gratuitous_arp aside. Changes nothing.
  ArpAnswer arp_answer(InterfaceIndex device, wire::Ipv4 sender, wire::Ipv4 target) const;

  void set_protocol(wire::Protocol protocol, ProtocolHandler* handler);
  /// Null for what is neither TCP nor UDP.
  ProtocolHandler* handler_of(std::uint8_t protocol) const {
    if (protocol == static_cast<std::uint8_t>(wire::Protocol::kTcp)) return tcp_;
    return protocol == static_cast<std::uint8_t>(wire::Protocol::kUdp) ? udp_ : nullptr;
  }
  void add_component(Component* component);
  /// May be called while components are being woken (walk them by index).
  void remove_component(Component* component) { std::erase(components_, component); }
  /// Tells the host that a component's next_wake() may have moved earlier.
  void component_changed(const Component& component) { wake_at(component.next_wake()); }
  void add_listener(Listener* listener) { listeners_.push_back(listener); }
  void remove_listener(Listener* listener);
  /// From now on (or no longer) listeners hear the frames of `device`. Costs nothing elsewhere.
  void hear_frames(InterfaceIndex device, bool on) {
    std::uint16_t& taps = interfaces_[device].taps;
    taps = static_cast<std::uint16_t>(on ? taps + 1 : taps - 1);
  }
  /// Hooks run ascending by priority; one object may be registered at several places.
  void add_hook(hook::Hook where, int priority, hook::PacketHook* object);
  void remove_hook(hook::PacketHook* object);
  /// While somebody tracks connections, fragments are put together before PREROUTING. Null: nobody.
  void set_tracker(hook::Tracker* tracker) { tracker_ = tracker; }
  /// Looks at every ARP message besides; null: nobody.
  void set_arp_hook(hook::ArpHook* arp_hook) { arp_hook_ = arp_hook; }

  // --- hook::RouteLookup ----------------------------------------------------------------------
  hook::RouteAnswer to(wire::Ipv4 destination) const override;
  bool is_local(wire::Ipv4 address) const override { return routes_.is_local(address); }
  std::uint32_t mtu_after(wire::Ipv4 destination, std::uint32_t reported) const override;

  // --- configuration (each takes effect at once, notes the change) -----------------------------
  std::span<const Interface> interfaces() const { return interfaces_; }
  const Interface& interface(InterfaceIndex index) const { return interfaces_[index]; }
  /// By name ("eth0") or nothing; labels ("eth0:1") are not names.
  const Interface* find_interface(std::string_view name) const;
  /// A NIC with a cable at `port` (ports are numbered in order of creation).
  InterfaceIndex add_ethernet(Turn& turn, std::string name, wire::Mac mac, std::uint32_t mtu,
                              bool up);
  tl::expected<InterfaceIndex, ConfigError> add_virtual(Turn& turn, const Interface& description);
  ConfigError remove_interface(Turn& turn, InterfaceIndex index);
  ConfigError set_up(Turn& turn, InterfaceIndex index, bool up);
  ConfigError set_mtu(Turn& turn, InterfaceIndex index, std::uint32_t mtu);
  ConfigError set_mac(Turn& turn, InterfaceIndex index, wire::Mac mac);
  /// The device must be down; labels ("eth0:1") follow its name.
  ConfigError rename_interface(Turn& turn, InterfaceIndex index, std::string name);
  /// `ip link set dev D arp off|on`: entries of the device are forgotten.
  ConfigError set_noarp(Turn& turn, InterfaceIndex index, bool noarp);
  Interface& edit_interface(InterfaceIndex index) {
    return interfaces_[index];
  }  ///< noarp, tunnel parameters

  /// Adds with all its routes (local, broadcast, prefix). `address.secondary` is worked out here.
  ConfigError add_address(Turn& turn, InterfaceIndex index, Address address);
  /// Exact match of address and length (length 255: any). A primary takes its secondaries along
  /// unless promote_secondaries.
  ConfigError remove_address(Turn& turn, InterfaceIndex index, wire::Ipv4 local,
                             std::uint8_t length);

  enum class RouteAction : std::uint8_t { kAdd, kAppend, kReplace, kChange };
  /// Checks gateway, device and source as the kernel does, fills in device and scope.
  ConfigError add_route(Turn& turn, Route route, RouteAction action = RouteAction::kAdd);
  ConfigError remove_route(Turn& turn, const Route& like, bool match_gateway, bool match_device,
                           bool match_metric);
  RouteTables& routes() { return routes_; }
  const RouteTables& routes() const { return routes_; }
  /// Who changes entries through it (`ip neigh`) calls neighbours_changed() afterwards.
  NeighbourTable& neighbours() { return *neighbours_; }
  void neighbours_changed() { wake_at(neighbours_.next_wake()); }
  const NeighbourTable& neighbours() const { return *neighbours_; }

  InterfaceConf& conf_all() { return conf_all_; }
  const InterfaceConf& conf_all() const { return conf_all_; }
  InterfaceConf& conf_default() { return edit_defaults().conf; }
  const InterfaceConf& conf_default() const { return defaults().conf; }
  NeighbourConf& neigh_default() { return edit_defaults().neigh; }
  const NeighbourConf& neigh_default() const { return defaults().neigh; }
  const GlobalConf& global() const { return *global_; }
  GlobalConf& edit_global();
  EffectiveConf conf(InterfaceIndex index) const { return {conf_all_, interfaces_[index].conf}; }
  bool ip_forward() const { return conf_all_.forwarding != 0; }
  /// Writing ip_forward / conf.all.forwarding: every interface and default follow, accept_redirects
  /// flips.
  void set_forwarding(bool on);
  /// Kernel modules this host has loaded (ipip: protocol 4 is handled).
  void set_ipip_loaded(bool on) { ipip_loaded_ = on; }
  bool ipip_loaded() const { return ipip_loaded_; }
  void set_power(Turn& turn, bool on);
  bool powered() const { return powered_; }

  std::uint64_t counter(Counter c) const {
    return counters_ ? (*counters_)[static_cast<std::size_t>(c)] : 0;
  }
  void count(Counter c) {
    if (!counters_) [[unlikely]]
      counters_ = std::make_unique<Counters>();
    ++(*counters_)[static_cast<std::size_t>(c)];
  }
  Random& random() { return random_; }
  /// The moment of the host's last turn, for readers that are given none.
  Instant last_turn() const { return last_now_; }

  /// ICMP about `about` (an IP datagram) to its source, if the rules allow. `source` 0: as the
  /// kernel chooses.
  void send_icmp_error(Turn& turn, const wire::Datagram& about, const InputInfo& info,
                       std::uint8_t type, std::uint8_t code, std::uint32_t rest,
                       wire::Ipv4 source = {});

 private:
  // host.cpp: frames in and out
  void receive_frame(Turn& turn, InterfaceIndex device, Packet&& packet);
  void receive_tagged(Turn& turn, InterfaceIndex device, Packet&& packet);
  void receive_ip(Turn& turn, Packet&& packet, InputInfo info);
  void expire_fragments(Turn& turn);
  void transmit_resolved(Turn& turn, InterfaceIndex device, wire::Mac mac,
                         Packet&& datagram) override;
  void transmit_frame(Turn& turn, InterfaceIndex device, Packet&& frame);
  [[gnu::noinline, gnu::cold]] void show_frame(Turn& turn, InterfaceIndex device,
                                               Direction direction, const Packet& frame);
  // host_input.cpp
  /// Of a route with several next hops.
  const Route& hop_towards(const Route& route, wire::Ipv4 source, wire::Ipv4 destination,
                           InterfaceIndex device) const;
  std::uint64_t hash_salt() const { return hash_name(name_); }
  void route_input(Turn& turn, wire::Datagram&& datagram, InputInfo info);
  bool reassemble(Turn& turn, wire::Datagram& datagram, InterfaceIndex device);
  void deliver_local(Turn& turn, wire::Datagram&& datagram, InputInfo info);
  void deliver_protocol(Turn& turn, wire::Datagram&& datagram, const InputInfo& info);
  void receive_tunnelled(Turn& turn, wire::Datagram&& datagram, const InputInfo& info);
  // host_forward.cpp
  void forward(Turn& turn, wire::Datagram&& datagram, const InputInfo& info, const Route& route);
  /// False: it ended there.
  bool pass_postrouting(Turn& turn, wire::Datagram& datagram, InterfaceIndex device,
                        wire::Ipv4 next_hop, QueuedDatagram& facts);
  bool finish_output(Turn& turn, wire::Datagram&& datagram, InterfaceIndex device,
                     wire::Ipv4 next_hop, QueuedDatagram&& facts, std::uint32_t mtu);
  void output_device(Turn& turn, wire::Datagram&& datagram, InterfaceIndex device,
                     wire::Ipv4 next_hop, QueuedDatagram&& facts);
  /// Says in the trace that a packet passes a hook; nothing when nobody watches.
  static void note_hook(Turn& turn, const Packet& packet, hook::Hook where) {
    if (turn.watched()) [[unlikely]]
      turn.note(packet, {.kind = NoteKind::kHook, .word = hook::hook_name(where)});
  }
  /// Runs the hooks of one place, ascending by priority.
  /// From kGone on the datagram has ended; kFiltered: its sender is told so.
  enum class Passed : std::uint8_t { kOn, kReroute, kGone, kFiltered };
  Passed run_hooks(Turn& turn, hook::Hook where, wire::Datagram& datagram, InputInfo& info,
                   InterfaceIndex out, bool locally_generated = false, wire::Ipv4 next_hop = {});
  void send_toward(Turn& turn, wire::Datagram&& datagram, const hook::Verdict& verdict,
                   InputInfo info);
  void answer_for_hook(Turn& turn, wire::Datagram&& datagram, const InputInfo& info,
                       const hook::Verdict& verdict);
  void drain_loopback(Turn& turn);
  void loop_back(Turn& turn, Packet&& packet, const QueuedDatagram& facts);
  void apply_learnt(wire::Ipv4 destination, Instant now, wire::Ipv4* next_hop,
                    std::uint32_t* mtu) const;
  void send_tunnel(Turn& turn, wire::Datagram&& datagram, InterfaceIndex device);
  // host_icmp.cpp
  void receive_icmp(Turn& turn, wire::Datagram&& datagram, const InputInfo& info);
  void answer_echo(Turn& turn, wire::Datagram&& datagram, const InputInfo& info);
  void receive_icmp_error(Turn& turn, const wire::Datagram& datagram);
  /// A report of a path MTU is believed; the path MTU that follows from it.
  std::uint32_t learn_mtu(Turn& turn, const Packet& report, wire::Ipv4 destination,
                          std::uint32_t reported);
  void send_redirect(Turn& turn, const wire::Datagram& about, const InputInfo& info,
                     wire::Ipv4 gateway);
  void accept_redirect(Turn& turn, const wire::Datagram& datagram, const InputInfo& info);
  void unreachable(Turn& turn, QueuedDatagram&& datagram) override;
  std::uint16_t next_ip_id(wire::Ipv4 source, wire::Ipv4 destination, wire::Protocol protocol);
  // host_arp.cpp
  /// `packet` begins with the ARP header; the frame's Ethernet destination is given apart.
  void receive_arp(Turn& turn, InterfaceIndex device, Packet&& packet, wire::Mac link_destination);
  void receive_probe(Turn& turn, InterfaceIndex device, const wire::Arp& arp, Packet&& packet);
  /// What became of a request: the packet is gone, or what is heard may still change an entry.
  enum class Asked : std::uint8_t { kDone, kListen, kSourceInvalid };
  Asked answer_request(Turn& turn, InterfaceIndex device, const wire::Arp& arp, bool unicast,
                       Packet& packet);
  void answer_local(Turn& turn, InterfaceIndex device, const wire::Arp& arp, Packet& packet);
  bool proxies_for(InterfaceIndex device, wire::Ipv4 sender, wire::Ipv4 target,
                   const Route& route) const;
  void answer_by_proxy(Turn& turn, InterfaceIndex device, const wire::Arp& arp, bool unicast,
                       Packet& packet);
  void refuse_arp(Turn& turn, InterfaceIndex device, const wire::Arp& arp, Packet&& packet,
                  std::string_view rule, DropReason reason);
  /// True: an entry changed.
  bool passive_update(Turn& turn, InterfaceIndex device, const wire::Arp& arp, bool unicast,
                      const Packet& packet);
  bool foreign_unicast(wire::Ipv4 address) const;
  void send_reply(Turn& turn, InterfaceIndex device, const wire::Arp& request);
  void send_own_arp(Turn& turn, InterfaceIndex device, wire::Mac destination, const wire::Arp& arp,
                    std::string_view why);
  /// Proxy ARP answers whose time has come.
  void send_delayed_replies(Turn& turn);
  void solicit(Turn& turn, const Neighbour& entry, bool unicast, const Packet* queued) override;
  std::optional<wire::Mac> fixed_mac(InterfaceIndex device, wire::Ipv4 address) const override;
  void announce_all(Turn& turn, InterfaceIndex device);
  // host_config.cpp
  bool usable(InterfaceIndex index) const;
  InterfaceIndex append_interface(Interface&& interface);
  void note_interface(Turn& turn, InterfaceIndex index, std::uint32_t flags = 0);
  std::string_view intern(std::string_view text);
  // host_address.cpp
  void add_address_routes(Turn& turn, InterfaceIndex index, const Address& address);
  void remove_address_routes(Turn& turn, InterfaceIndex index, const Address& gone);
  void erase_address(Turn& turn, InterfaceIndex index, std::size_t position);
  void promote_secondary(Turn& turn, InterfaceIndex index, const Address& gone);
  void remove_routes_of_device(Turn& turn, InterfaceIndex index, bool host_scope_too);
  void note_address(Turn& turn, InterfaceIndex index, const Address& address, bool added);
  // host_route.cpp
  void note_route(Turn& turn, const Route& route, bool added);
  ConfigError check_route(Route& route) const;
  ConfigError check_gateway(Route& route) const;
  const NeighbourConf& neighbour_conf(InterfaceIndex device) const override {
    return interfaces_[device].neigh;
  }
  const GlobalConf& global_conf() const override { return *global_; }

  struct HookEntry {
    int priority;
    hook::PacketHook* object;
  };
  using Hooks = std::array<std::vector<HookEntry>, 5>;
  bool hooked(hook::Hook where) const {
    return hooks_ && !(*hooks_)[static_cast<std::size_t>(where)].empty();
  }
  /// The ARP cache, made when somebody first asks for it: a host that has not spoken has none.
  class LazyNeighbours {
   public:
    LazyNeighbours(NeighbourPort& port, Random random) : port_(port), random_(random) {}
    NeighbourTable* operator->() const { return &**this; }
    NeighbourTable& operator*() const {
      if (!table_) [[unlikely]]
        table_ = std::make_unique<NeighbourTable>(port_, random_);
      return *table_;
    }
    Instant next_wake() const { return table_ ? table_->next_wake() : Instant::never(); }
    const NeighbourTable* get() const { return table_.get(); }
    void flush(Turn& turn, InterfaceIndex device, bool keep_permanent) {
      if (table_) table_->flush(turn, device, keep_permanent, false);
    }

   private:
    NeighbourPort& port_;
    Random random_;
    mutable std::unique_ptr<NeighbourTable> table_;
  };
  /// Settings of interfaces that are still to come.
  struct Defaults {
    InterfaceConf conf;
    NeighbourConf neigh;
  };
  const Defaults& defaults() const;
  Defaults& edit_defaults() {
    if (!defaults_) defaults_ = std::make_unique<Defaults>();
    return *defaults_;
  }
  using Counters = std::array<std::uint64_t, static_cast<std::size_t>(Counter::kCounterCount)>;
  struct DelayedReply {  ///< proxy ARP answers late
    Instant when;
    InterfaceIndex device;
    wire::Arp request;
  };

  // In the order of use: what every frame needs comes first.
  std::vector<Interface> interfaces_;
  std::vector<InterfaceIndex> port_interfaces_;  ///< by PortIndex
  struct LoopedBack {
    Packet packet;
    std::uint32_t mark;
    hook::Track track;
  };
  std::vector<LoopedBack> loopback_;  ///< on their way through lo, drained at the end of a turn
  std::unique_ptr<Hooks> hooks_;      ///< made at the first hook: most hosts have none
  hook::Tracker* tracker_ = nullptr;
  hook::ArpHook* arp_hook_ = nullptr;
  std::unique_ptr<Counters> counters_;  ///< made when something is first counted
  Instant last_now_;                    ///< of the last turn, for const look-ups of what expires
  std::unique_ptr<PathCache> paths_;    ///< redirects and path MTUs learnt
  ProtocolHandler* tcp_ = nullptr;
  ProtocolHandler* udp_ = nullptr;
  LazyNeighbours neighbours_;
  const GlobalConf* global_;  ///< the defaults until somebody writes one
  bool ipip_loaded_ = false;
  bool powered_ = true;
  InterfaceConf conf_all_;
  RouteTables routes_;

  std::string name_;
  std::unique_ptr<Defaults> defaults_;  ///< made when somebody writes one
  std::unique_ptr<GlobalConf> own_global_;
  std::vector<Component*> components_;
  std::vector<Listener*> listeners_;
  std::forward_list<std::string> names_;  ///< names and labels that notes point to
  std::vector<DelayedReply> delayed_replies_;
  std::unique_ptr<Fragments> fragments_;     ///< made at the first fragment
  std::unique_ptr<IcmpLimits> icmp_limits_;  ///< made at the first error
  Random random_;
  std::vector<std::uint16_t> ip_ids_;  ///< counters by hash of (source, destination, protocol)
};

}  // namespace lvslab::net
