// The way out: forwarding, local sending, hooks, fragmentation, tunnels, and the hand-over to ARP.
#include <algorithm>
#include <string_view>

#include "net/fragment.h"
#include "net/host.h"
#include "net/path_cache.h"
#include "wire/ethernet.h"

namespace lvslab::net {

using wire::Ipv4;

namespace {

constexpr auto kUnreachable = static_cast<std::uint8_t>(wire::IcmpType::kUnreachable);
constexpr auto kTimeExceeded = static_cast<std::uint8_t>(wire::IcmpType::kTimeExceeded);

DropReason reason_of(std::uint8_t type, std::uint8_t code) {
  if (type == kTimeExceeded) return DropReason::kTtlExceeded;
  if (code == wire::kFragmentationNeeded) return DropReason::kFragmentationNeeded;
  if (code == wire::kPortUnreachable) return DropReason::kIpvsNoDestination;
  return DropReason::kNoRoute;
}

bool by_netfilter(DropReason reason) {
  return reason == DropReason::kFiltered || reason == DropReason::kConntrackFull ||
         reason == DropReason::kNatRefused;
}

// 224.a.b.c goes to 01:00:5e and the low 23 bits (RFC 1112 6.4).
wire::Mac multicast_mac(Ipv4 group) { return {0x01005e000000ULL | (group.value & 0x7fffff)}; }

}  // namespace

Host::Passed Host::run_hooks(Turn& turn, hook::Hook where, wire::Datagram& datagram,
                             InputInfo& info, InterfaceIndex out, bool locally_generated,
                             Ipv4 next_hop) {
  hook::PacketInfo about{.hook = where,
                         .link = info.link,
                         .route = info.route,
                         .in_device = info.device,
                         .out_device = out,
                         .mark = info.mark,
                         .ipvs_done = info.ipvs_done,
                         .locally_generated = locally_generated,
                         .track = &info.track,
                         .tracker = tracker_,
                         .next_hop = next_hop};
  Passed passed = Passed::kOn;
  last_now_ = turn.now();
  for (const HookEntry& entry : (*hooks_)[static_cast<std::size_t>(where)]) {
    const hook::Verdict verdict = entry.object->inspect(turn, datagram, about, *this);
    switch (verdict.kind) {
      case hook::Verdict::Kind::kAccept:
        if (verdict.leave_alone) about.ipvs_done = info.ipvs_done = true;
        if (verdict.remark) about.mark = info.mark = verdict.mark;
        continue;
      case hook::Verdict::Kind::kReroute:
        passed = Passed::kReroute;
        about.ipvs_done = info.ipvs_done = true;
        continue;
      case hook::Verdict::Kind::kSendToward:
        send_toward(turn, std::move(datagram), verdict, info);
        return Passed::kGone;
      case hook::Verdict::Kind::kDrop:
        turn.drop(datagram.take(), verdict.reason);
        return by_netfilter(verdict.reason) ? Passed::kFiltered : Passed::kGone;
      case hook::Verdict::Kind::kReply:
        answer_for_hook(turn, std::move(datagram), info, verdict);
        return Passed::kGone;
    }
  }
  return passed;
}

// The packet ends at a hook with an ICMP message to its source.
void Host::answer_for_hook(Turn& turn, wire::Datagram&& datagram, const InputInfo& info,
                           const hook::Verdict& verdict) {
  if (verdict.path_mtu != 0) learn_mtu(turn, datagram.packet(), verdict.toward, verdict.path_mtu);
  const bool expired = verdict.icmp_type == kTimeExceeded && !verdict.consumed;
  if (expired) count(Counter::kIpInHdrErrors);
  // An error must bear an address of this host: about a packet to a foreign address nothing is
  // sent.
  if (verdict.icmp_type != 0 && (verdict.icmp_source.is_zero() || is_local(verdict.icmp_source)))
    send_icmp_error(turn, datagram, info, verdict.icmp_type, verdict.icmp_code, verdict.icmp_rest,
                    verdict.icmp_source);
  if (verdict.consumed) return turn.deliver(datagram.take());
  turn.drop(datagram.take(), reason_of(verdict.icmp_type, verdict.icmp_code));
}

// RFC 1812 5.2, in the kernel's order: link type, TTL, size, redirect, then the FORWARD hook.
void Host::forward(Turn& turn, wire::Datagram&& datagram, const InputInfo& info,
                   const Route& route) {
  if (info.link != hook::LinkClass::kHost) {
    return turn.drop(datagram.take(), DropReason::kBroadcastNotForwarded);
  }
  const auto refuse = [&](std::uint8_t type, std::uint8_t code, std::uint32_t rest,
                          DropReason reason) {
    send_icmp_error(turn, datagram, info, type, code, rest);
    turn.drop(datagram.take(), reason);
  };
  switch (route.type) {
    case RouteType::kBlackhole:
      return turn.drop(datagram.take(), DropReason::kBlackhole);
    case RouteType::kUnreachable:
      return refuse(kUnreachable, wire::kHostUnreachable, 0, DropReason::kUnreachableRoute);
    case RouteType::kProhibit:
      return refuse(kUnreachable, wire::kAdminProhibited, 0, DropReason::kProhibitedRoute);
    default:
      break;
  }
  if (datagram.ip().ttl() <= 1) {
    count(Counter::kIpInHdrErrors);
    return refuse(kTimeExceeded, 0, 0, DropReason::kTtlExceeded);
  }
  InterfaceIndex device = route.device;
  Ipv4 next_hop = route.gateway.is_zero() ? datagram.ip().destination() : route.gateway;
  std::uint32_t mtu = route.mtu != 0 ? route.mtu : interfaces_[device].mtu;
  if (paths_ != nullptr) [[unlikely]] {
    apply_learnt(datagram.ip().destination(), turn.now(), &next_hop, &mtu);
  }
  if (datagram.packet().length() > mtu && datagram.ip().dont_fragment()) {
    return refuse(kUnreachable, wire::kFragmentationNeeded, mtu, DropReason::kFragmentationNeeded);
  }
  turn.spend(Work::kRoute);
  wire::set_ttl(datagram.edit_ip(), static_cast<std::uint8_t>(datagram.ip().ttl() - 1));
  // The redirect quotes the packet as it goes on, and is sent whatever FORWARD says of it.
  if (device == info.device && conf(device).send_redirects()) {
    bool on_link = false;
    validate_source(datagram.ip().source(), datagram.ip().destination(), device, &on_link);
    if (on_link) send_redirect(turn, datagram, info, next_hop);
  }
  count(Counter::kIpForwDatagrams);
  QueuedDatagram facts{
      .forwarded = true, .in_device = info.device, .mark = info.mark, .track = info.track};
  note_hook(turn, datagram.packet(), hook::Hook::kForward);
  if (hooked(hook::Hook::kForward)) {
    // Whoever looks at ports here must see whole datagrams; the way out cuts them again.
    if (datagram.ip().is_fragment() && !reassemble(turn, datagram, info.device)) return;
    InputInfo passing = info;
    const Passed passed = run_hooks(turn, hook::Hook::kForward, datagram, passing, device);
    if (passed >= Passed::kGone) return;
    facts.mark = passing.mark;
    facts.track = passing.track;
    if (passed == Passed::kReroute) {
      const Path again = route_output(datagram.ip().source(), datagram.ip().destination(),
                                      kNoInterface, passing.mark);
      if (again.kind == hook::RouteKind::kUnicast) {
        device = again.device;
        next_hop = again.next_hop;
        mtu = again.mtu;
      }
    }
  }
  finish_output(turn, std::move(datagram), device, next_hop, std::move(facts), mtu);
}

// A packet the director sends on: as if this host had made it, but it keeps its own header.
void Host::send_toward(Turn& turn, wire::Datagram&& datagram, const hook::Verdict& verdict,
                       InputInfo info) {
  Path path = route_output({}, verdict.toward);
  if (path.kind != hook::RouteKind::kUnicast) {
    send_icmp_error(turn, datagram, info, kUnreachable, wire::kHostUnreachable, 0);
    return turn.drop(datagram.take(), DropReason::kNoRoute);
  }
  apply_learnt(verdict.toward, turn.now(), &path.next_hop, &path.mtu);
  QueuedDatagram facts{
      .forwarded = true, .in_device = info.device, .error_source = verdict.icmp_source};
  info.ipvs_done = true;
  note_hook(turn, datagram.packet(), hook::Hook::kLocalOut);
  if (hooked(hook::Hook::kLocalOut) &&
      run_hooks(turn, hook::Hook::kLocalOut, datagram, info, path.device, true) >= Passed::kGone) {
    return;
  }
  facts.mark = info.mark;
  facts.track = info.track;
  finish_output(turn, std::move(datagram), path.device, path.next_hop, std::move(facts), path.mtu);
}

SendResult Host::send(Turn& turn, Outgoing&& out, const Path* known) {
  const auto refuse = [&](SendResult result, DropReason reason) {
    turn.drop(std::move(out.packet), reason);
    return result;
  };
  last_now_ = turn.now();
  count(Counter::kIpOutRequests);
  Path path =
      known != nullptr ? *known : route_output(out.source, out.destination, out.device, out.mark);
  if (path.kind == hook::RouteKind::kNone) [[unlikely]] {
    if (path.route == nullptr) {
      count(Counter::kIpOutNoRoutes);
      return refuse(SendResult::kNetUnreachable, DropReason::kNoRoute);
    }
    switch (path.route->type) {
      case RouteType::kUnreachable:
        return refuse(SendResult::kHostUnreachable, DropReason::kUnreachableRoute);
      case RouteType::kProhibit:
        return refuse(SendResult::kProhibited, DropReason::kProhibitedRoute);
      default:
        return refuse(SendResult::kInvalid, DropReason::kBlackhole);
    }
  }
  if (paths_ != nullptr) [[unlikely]] {
    apply_learnt(out.destination, turn.now(), &path.next_hop, &path.mtu);
  }
  const std::uint32_t payload = out.packet.length();
  if (payload + wire::kIpv4Header > path.mtu && out.dont_fragment) {
    return refuse(SendResult::kMessageTooLong, DropReason::kFragmentationNeeded);
  }
  if (payload + wire::kIpv4Header > 65'535)
    return refuse(SendResult::kMessageTooLong, DropReason::kBadIpHeader);
  const std::uint16_t id = out.id ? *out.id
                           : out.dont_fragment
                               ? std::uint16_t{0}
                               : next_ip_id(path.source, out.destination, out.protocol);
  wire::emit_ipv4(
      out.packet.push(wire::kIpv4Header),
      {.source = path.source,
       .destination = out.destination,
       .protocol = static_cast<std::uint8_t>(out.protocol),
       .ttl = out.ttl != 0 ? out.ttl : static_cast<std::uint8_t>(global_->ip_default_ttl),
       .tos = out.tos,
       .dont_fragment = out.dont_fragment,
       .id = id,
       .payload_length = payload});
  wire::Datagram datagram = wire::Datagram::trusted(std::move(out.packet));
  if (turn.watched()) {
    turn.note(datagram.packet(),
              {.kind = NoteKind::kRoute,
               .a = out.destination.value,
               .b = path.next_hop.value,
               .x = path.device,
               .word = path.kind == hook::RouteKind::kLocal ? "local" : "unicast"});
    note_hook(turn, datagram.packet(), hook::Hook::kLocalOut);
  }
  QueuedDatagram facts{.mark = out.mark, .track = out.track};
  // What netfilter dropped is the sender's failure; of TCP the kernel does not count it.
  const auto filtered = [&] {
    if (out.protocol != wire::Protocol::kTcp) count(Counter::kIpOutDiscards);
    return SendResult::kFiltered;
  };
  if (hooked(hook::Hook::kLocalOut)) {
    InputInfo info{.device = kNoInterface,
                   .link = hook::LinkClass::kLoopback,
                   .route = path.kind,
                   .mark = out.mark,
                   .track = out.track};
    const Passed passed = run_hooks(turn, hook::Hook::kLocalOut, datagram, info, path.device, true);
    if (passed == Passed::kFiltered) return filtered();
    if (passed == Passed::kGone) return SendResult::kSent;
    facts.mark = info.mark;
    facts.track = info.track;
    // A hook translated or marked it: its route may be another.
    if (datagram.ip().destination() != out.destination || info.mark != out.mark) {
      const Ipv4 destination = datagram.ip().destination();
      path = route_output(datagram.ip().source(), destination, out.device, info.mark);
      if (path.kind == hook::RouteKind::kNone) {
        turn.drop(datagram.take(), DropReason::kNoRoute);
        return SendResult::kSent;
      }
      apply_learnt(destination, turn.now(), &path.next_hop, &path.mtu);
    }
  }
  if (path.kind == hook::RouteKind::kUnicast) [[likely]] {
    return finish_output(turn, std::move(datagram), path.device, path.next_hop, std::move(facts),
                         path.mtu)
               ? SendResult::kSent
               : filtered();
  }
  if (!pass_postrouting(turn, datagram, path.device, path.next_hop, facts)) return filtered();
  if (path.kind == hook::RouteKind::kLocal) {
    loop_back(turn, datagram.take(), facts);
  } else {
    transmit_resolved(turn, path.device, wire::kBroadcastMac, datagram.take());
  }
  return SendResult::kSent;
}

bool Host::pass_postrouting(Turn& turn, wire::Datagram& datagram, InterfaceIndex device,
                            Ipv4 next_hop, QueuedDatagram& facts) {
  note_hook(turn, datagram.packet(), hook::Hook::kPostrouting);
  if (!hooked(hook::Hook::kPostrouting)) return true;
  InputInfo info{
      .device = facts.in_device, .mark = facts.mark, .ipvs_done = true, .track = facts.track};
  const Passed passed =
      run_hooks(turn, hook::Hook::kPostrouting, datagram, info, device, !facts.forwarded, next_hop);
  facts.mark = info.mark;
  facts.track = info.track;
  return passed < Passed::kGone;
}

// False: it was dropped in POSTROUTING.
bool Host::finish_output(Turn& turn, wire::Datagram&& datagram, InterfaceIndex device,
                         Ipv4 next_hop, QueuedDatagram&& facts, std::uint32_t mtu) {
  if (!pass_postrouting(turn, datagram, device, next_hop, facts)) return false;
  if (fragments_ != nullptr) [[unlikely]]
    mtu = fragments_->mtu_for(datagram.packet().id(), mtu);
  if (datagram.packet().length() <= mtu) [[likely]] {
    output_device(turn, std::move(datagram), device, next_hop, std::move(facts));
    return true;
  }
  count(Counter::kIpFragOKs);
  for (Packet& piece : fragment(turn, std::move(datagram), mtu)) {
    count(Counter::kIpFragCreates);
    QueuedDatagram same{.forwarded = facts.forwarded,
                        .in_device = facts.in_device,
                        .error_source = facts.error_source,
                        .mark = facts.mark,
                        .track = facts.track};
    output_device(turn, wire::Datagram::trusted(std::move(piece)), device, next_hop,
                  std::move(same));
  }
  return true;
}

void Host::output_device(Turn& turn, wire::Datagram&& datagram, InterfaceIndex device,
                         Ipv4 next_hop, QueuedDatagram&& facts) {
  Interface& nic = interfaces_[device];
  switch (nic.kind) {
    case InterfaceKind::kLoopback:
      return loop_back(turn, datagram.take(), facts);
    case InterfaceKind::kIpip:
      return send_tunnel(turn, std::move(datagram), device);
    default:
      break;
  }
  if (next_hop.is_multicast())
    return transmit_resolved(turn, device, multicast_mac(next_hop), datagram.take());
  if (!turn.watched()) [[likely]] {
    if (const Neighbour* known = neighbours_->settled(device, next_hop)) [[likely]]
      return transmit_resolved(turn, device, known->mac, datagram.take());
  }
  facts.packet = datagram.take();
  neighbours_->output(turn, device, next_hop, std::move(facts));
  wake_at(neighbours_.next_wake());
}

// An ipip device: outer header from its parameters, TTL and TOS inherited, DF copied from the inner
// packet (or always set with pmtudisc), then this host's own output once more.
void Host::send_tunnel(Turn& turn, wire::Datagram&& datagram, InterfaceIndex device) {
  Interface& nic = interfaces_[device];
  const Ipv4 remote = nic.tunnel_remote.is_zero() ? Ipv4{} : nic.tunnel_remote;
  if (!nic.up || remote.is_zero()) {  // tunl0 has no far end: the kernel cannot tell where to send
    ++nic.tx_dropped;
    return turn.drop(datagram.take(), DropReason::kNoTunnel);
  }
  ++nic.tx_packets;
  nic.tx_bytes += datagram.packet().length();
  turn.capture(device, Direction::kOut, datagram.packet());
  if (nic.taps != 0) show_frame(turn, device, Direction::kOut, datagram.packet());
  const std::uint8_t ttl = nic.tunnel_ttl != 0 ? nic.tunnel_ttl : datagram.ip().ttl();
  const std::uint8_t tos = datagram.ip().tos();
  const bool df = nic.tunnel_pmtudisc || datagram.ip().dont_fragment();
  send(turn, {.packet = datagram.take(),
              .source = nic.tunnel_local,
              .destination = remote,
              .protocol = wire::Protocol::kIpip,
              .ttl = ttl,
              .tos = tos,
              .dont_fragment = df});
}

Host::Learnt Host::learnt(Ipv4 destination, Instant now) const {
  Learnt holds;
  const PathCache::Path* known = paths_ == nullptr ? nullptr : paths_->find(destination);
  if (known == nullptr) return holds;
  if (!known->gateway.is_zero() && known->gateway_expires > now) {
    holds.gateway = known->gateway;
    holds.expires = known->gateway_expires;
  }
  if (known->mtu != 0 && known->mtu_expires > now) {
    holds.mtu = known->mtu;
    holds.mtu_locked = known->mtu_locked;
    holds.expires = std::min(holds.expires, known->mtu_expires);
  }
  return holds;
}

void Host::apply_learnt(Ipv4 destination, Instant now, Ipv4* next_hop, std::uint32_t* mtu) const {
  if (paths_ == nullptr) return;
  const Learnt known = learnt(destination, now);
  if (!known.gateway.is_zero()) *next_hop = known.gateway;
  if (known.mtu != 0) *mtu = std::min(*mtu, known.mtu);
}

std::uint32_t Host::path_mtu(Ipv4 destination, Instant now) const {
  Path path = route_output({}, destination);
  if (path.kind == hook::RouteKind::kNone) return 1500;
  apply_learnt(destination, now, &path.next_hop, &path.mtu);
  return path.mtu;
}

void Host::confirm_neighbour(Turn& turn, Ipv4 source, Ipv4 destination) {
  Path path = route_output(source, destination);
  if (path.kind != hook::RouteKind::kUnicast) return;
  apply_learnt(destination, turn.now(), &path.next_hop, &path.mtu);
  neighbours_->confirm(turn, path.device, path.next_hop);
}

std::uint16_t Host::next_ip_id(Ipv4 source, Ipv4 destination, wire::Protocol protocol) {
  if (ip_ids_.empty()) {
    ip_ids_.resize(256);
    for (std::uint16_t& id : ip_ids_) id = static_cast<std::uint16_t>(random_.bits());
  }
  const std::uint64_t key = mix((std::uint64_t{source.value} << 32) | destination.value,
                                static_cast<std::uint64_t>(protocol));
  return ip_ids_[key & 255]++;
}

}  // namespace lvslab::net
