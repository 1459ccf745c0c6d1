// From a valid IPv4 header to a decision: martians, route, source validation, local delivery.
#include <algorithm>

#include "net/fragment.h"
#include "net/host.h"
#include "net/multipath.h"
#include "net/path_cache.h"

namespace lvslab::net {

using wire::Ipv4;

namespace {

constexpr auto kUnreachable = static_cast<std::uint8_t>(wire::IcmpType::kUnreachable);

}  // namespace

void Host::route_input(Turn& turn, wire::Datagram&& datagram, InputInfo info) {
  const Ipv4 source = datagram.ip().source(), destination = datagram.ip().destination();
  if (info.link == hook::LinkClass::kLoopback) {  // its route was decided when it was sent
    info.route = hook::RouteKind::kLocal;
    return deliver_local(turn, std::move(datagram), info);
  }
  const auto martian = [&](DropReason reason) {
    turn.note(
        datagram.packet(),
        {.kind = NoteKind::kMartian, .a = source.value, .b = destination.value, .x = info.device});
    turn.drop(datagram.take(), reason);
  };
  // RFC 1122 3.2.1.3: such sources and destinations never stand in a packet on a wire.
  if (source.is_multicast() || source.is_limited_broadcast())
    return martian(DropReason::kMartianSource);
  if (destination.is_limited_broadcast() || (source.is_zero() && destination.is_zero())) {
    info.route = hook::RouteKind::kBroadcast;
    return deliver_local(turn, std::move(datagram), info);
  }
  if (source.is_zero_network()) return martian(DropReason::kMartianSource);
  if (destination.is_zero_network()) return martian(DropReason::kMartianDestination);
  if ((source.is_loopback() || destination.is_loopback()) && !conf(info.device).route_localnet()) {
    return martian(source.is_loopback() ? DropReason::kMartianSource
                                        : DropReason::kMartianDestination);
  }
  if (destination.is_multicast()) {  // no group is joined: nobody here listens
    return turn.drop(datagram.take(), DropReason::kBroadcastNotForwarded);
  }
  const Route* route = routes_.lookup(
      {.destination = destination, .source = source, .mark = info.mark, .in_device = info.device});
  const bool forwarding = interfaces_[info.device].conf.forwarding != 0;
  if (route == nullptr) {
    count(Counter::kIpExtInNoRoutes);
    // A host that does not forward is silent about what it cannot reach.
    if (forwarding) send_icmp_error(turn, datagram, info, kUnreachable, wire::kNetUnreachable, 0);
    return turn.drop(datagram.take(), DropReason::kNoRoute);
  }
  if (!route->hops.empty()) [[unlikely]]
    route = &choose_hop(*route,
                        multipath_hash(hash_salt(), datagram, global_->fib_multipath_hash_policy));
  const bool here = route->type == RouteType::kLocal || route->type == RouteType::kBroadcast;
  if (!here && !forwarding) {
    count(Counter::kIpInAddrErrors);
    return turn.drop(datagram.take(), DropReason::kNotForwarding);
  }
  switch (validate_source(source, destination, info.device)) {
    case Source::kValid:
      break;
    case Source::kMartian:
      return martian(DropReason::kMartianSource);
    case Source::kReversePath:
      count(Counter::kIpReversePathFilter);
      return turn.drop(datagram.take(), DropReason::kReversePath);
  }
  if (turn.watched()) {
    const Ipv4 next = route->gateway.is_zero() ? destination : route->gateway;
    turn.note(datagram.packet(), {.kind = NoteKind::kRoute,
                                  .a = destination.value,
                                  .b = next.value,
                                  .x = route->device,
                                  .word = here ? "local" : "unicast"});
  }
  if (here) {
    info.route =
        route->type == RouteType::kLocal ? hook::RouteKind::kLocal : hook::RouteKind::kBroadcast;
    return deliver_local(turn, std::move(datagram), info);
  }
  info.route = hook::RouteKind::kUnicast;
  forward(turn, std::move(datagram), info, *route);
}

// Whether a packet from `source` may arrive on `device`. Without rp_filter only our own addresses
// are refused (unless accept_local); with it the way back must exist, and in strict mode (1) lead
// out of the same device.
Host::Source Host::validate_source(Ipv4 source, Ipv4 destination, InterfaceIndex device,
                                   bool* same_device_onlink) const {
  const EffectiveConf settings = conf(device);
  const int strictness = settings.rp_filter();
  if (strictness == 0 && same_device_onlink == nullptr && !routes_.custom()) [[likely]] {
    return routes_.is_configured(source) && !settings.accept_local() ? Source::kMartian
                                                                     : Source::kValid;
  }
  const Route* back = routes_.lookup({.destination = source, .source = destination});
  if (back == nullptr) return strictness == 0 ? Source::kValid : Source::kReversePath;
  if (back->type == RouteType::kLocal && !settings.accept_local()) return Source::kMartian;
  if (back->type != RouteType::kUnicast && back->type != RouteType::kLocal) return Source::kMartian;
  if (back->device == device || (!back->hops.empty() && leads_through(*back, device))) {
    if (same_device_onlink != nullptr) *same_device_onlink = back->gateway.is_zero();
    return Source::kValid;
  }
  if (back->type == RouteType::kLocal) return Source::kValid;
  // A device without any address cannot be told apart by loose mode either.
  if (interfaces_[device].addresses.empty()) {
    return strictness == 0 ? Source::kValid : Source::kReversePath;
  }
  return strictness == 1 ? Source::kReversePath : Source::kValid;
}

// False: the datagram waits for its other pieces, or was dropped.
bool Host::reassemble(Turn& turn, wire::Datagram& datagram, InterfaceIndex device) {
  count(Counter::kIpReasmReqds);
  if (!fragments_) fragments_ = std::make_unique<Fragments>();
  std::optional<wire::Datagram> whole =
      fragments_->add(turn, std::move(datagram), device, *global_);
  wake_at(fragments_->next_wake());
  if (!whole) return false;
  count(Counter::kIpReasmOKs);
  datagram = std::move(*whole);
  return true;
}

void Host::deliver_local(Turn& turn, wire::Datagram&& datagram, InputInfo info) {
  if (datagram.ip().is_fragment() && !reassemble(turn, datagram, info.device)) [[unlikely]]
    return;
  note_hook(turn, datagram.packet(), hook::Hook::kLocalIn);
  if (hooked(hook::Hook::kLocalIn) &&
      run_hooks(turn, hook::Hook::kLocalIn, datagram, info, kNoInterface) >= Passed::kGone) {
    return;
  }
  deliver_protocol(turn, std::move(datagram), info);
}

void Host::deliver_protocol(Turn& turn, wire::Datagram&& datagram, const InputInfo& info) {
  ProtocolHandler* handler = nullptr;
  switch (datagram.protocol()) {
    case wire::Protocol::kTcp:
      handler = tcp_;
      break;
    case wire::Protocol::kUdp:
      handler = udp_;
      break;
    case wire::Protocol::kIcmp:
      count(Counter::kIpInDelivers);
      return receive_icmp(turn, std::move(datagram), info);
    case wire::Protocol::kIpip:
      if (ipip_loaded_) {
        count(Counter::kIpInDelivers);
        return receive_tunnelled(turn, std::move(datagram), info);
      }
      break;
    default:
      break;
  }
  if (handler == nullptr) {
    count(Counter::kIpInUnknownProtos);
    send_icmp_error(turn, datagram, info, kUnreachable, wire::kProtocolUnreachable, 0);
    return turn.drop(datagram.take(), DropReason::kNoProtocol);
  }
  count(Counter::kIpInDelivers);
  handler->receive_datagram(turn, std::move(datagram), info);
}

// IPIP: the first tunnel device that is up, by how exactly its ends match; tunl0 takes what is
// left. The inner packet enters anew on that device, PREROUTING and source validation included.
void Host::receive_tunnelled(Turn& turn, wire::Datagram&& datagram, const InputInfo& info) {
  const Ipv4 outer_source = datagram.ip().source(), outer_destination = datagram.ip().destination();
  const Interface* best = nullptr;
  int best_class = 6;
  for (const Interface& candidate : interfaces_) {
    if (candidate.kind != InterfaceKind::kIpip || candidate.removed || !candidate.up) continue;
    const bool any_local = candidate.tunnel_local.is_zero(),
               any_remote = candidate.tunnel_remote.is_zero();
    const bool local = candidate.tunnel_local == outer_destination;
    const bool remote = candidate.tunnel_remote == outer_source;
    const int match = local && remote           ? 1
                      : remote && any_local     ? 2
                      : local && any_remote     ? 3
                      : any_local && any_remote ? (candidate.name == "tunl0" ? 5 : 4)
                                                : 6;
    if (match < best_class) {
      best_class = match;
      best = &candidate;
    }
  }
  if (best == nullptr) {
    send_icmp_error(turn, datagram, info, kUnreachable, wire::kPortUnreachable, 0);
    return turn.drop(datagram.take(), DropReason::kNoTunnel);
  }
  const InterfaceIndex device = best->index;
  const std::uint8_t outer_ecn = datagram.ip().tos() & 3;
  Packet inner = [&] {
    const std::uint32_t header = datagram.header_length();
    Packet p = datagram.take();
    p.pull(header);
    return p;
  }();
  // RFC 6040: congestion marked on the outer header is passed on, or the packet dropped if it
  // cannot be.
  if (outer_ecn == 3 && inner.real_size() >= wire::kIpv4Header) {
    const std::uint8_t tos = wire::Ipv4View{inner.data()}.tos();
    if ((tos & 3) == 0) return turn.drop(std::move(inner), DropReason::kBadIpHeader);
    std::uint8_t* p = inner.edit();
    const std::uint16_t from = wire::load16(p);
    p[1] = static_cast<std::uint8_t>(tos | 3);
    wire::store16(p + 10, wire::update_checksum(wire::load16(p + 10), from, wire::load16(p)));
  }
  Interface& nic = interfaces_[device];
  ++nic.rx_packets;
  nic.rx_bytes += inner.length();
  turn.capture(device, Direction::kIn, inner);
  if (nic.taps != 0) show_frame(turn, device, Direction::kIn, inner);
  receive_ip(turn, std::move(inner),
             {.device = device, .link = hook::LinkClass::kHost, .ipvs_done = info.ipvs_done});
}

// Bound to a device a packet takes a next hop through it; else its addresses decide.
const Route& Host::hop_towards(const Route& route, Ipv4 source, Ipv4 destination,
                               InterfaceIndex device) const {
  if (device != kNoInterface) {
    for (const Route& hop : route.hops) {
      if (hop.device == device && !hop.dead) return hop;
    }
  }
  return choose_hop(route, multipath_hash(hash_salt(), source, destination));
}

Host::Path Host::route_output(Ipv4 source, Ipv4 destination, InterfaceIndex device,
                              std::uint32_t mark) const {
  Path path;
  path.source = source;
  const Route* route = routes_.lookup(
      {.destination = destination, .source = source, .mark = mark, .out_device = device});
  if (destination.is_limited_broadcast() && device != kNoInterface) {
    path.kind = hook::RouteKind::kBroadcast;
    path.device = device;
    path.next_hop = destination;
    path.mtu = interfaces_[device].mtu;
    return path;
  }
  if (route == nullptr) return path;
  if (!route->hops.empty()) [[unlikely]]
    route = &hop_towards(*route, source, destination, device);
  path.route = route;
  switch (route->type) {
    case RouteType::kLocal:
      path.kind = hook::RouteKind::kLocal;
      path.device = 0;
      path.next_hop = destination;
      path.mtu = interfaces_[0].mtu;
      if (source.is_zero()) {
        path.source = route->preferred_source.is_zero() || route->destination.length < 32
                          ? destination
                          : route->preferred_source;
      }
      return path;
    case RouteType::kUnicast:
    case RouteType::kBroadcast:
      break;
    default:
      return path;  // blackhole and the like: the caller reads route->type
  }
  path.kind =
      route->type == RouteType::kUnicast ? hook::RouteKind::kUnicast : hook::RouteKind::kBroadcast;
  path.device = route->device;
  path.next_hop = route->gateway.is_zero() ? destination : route->gateway;
  path.mtu = route->mtu != 0 ? route->mtu : interfaces_[route->device].mtu;
  if (source.is_zero()) {
    path.source = !route->preferred_source.is_zero()
                      ? route->preferred_source
                      : select_source(interfaces_, route->device, path.next_hop, route->scope);
  }
  return path;
}

hook::RouteAnswer Host::to(Ipv4 destination) const {
  const Path path = route_output({}, destination);
  hook::RouteAnswer answer;
  if (path.kind == hook::RouteKind::kNone) return answer;
  answer.found = true;
  answer.local = path.kind == hook::RouteKind::kLocal;
  answer.source = path.source;
  answer.next_hop = path.next_hop;
  answer.mtu = path.mtu;
  answer.device = path.device;
  if (paths_ != nullptr) apply_learnt(destination, last_now_, &answer.next_hop, &answer.mtu);
  return answer;
}

}  // namespace lvslab::net
