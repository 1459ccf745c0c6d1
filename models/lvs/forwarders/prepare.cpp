// What every forwarding method does first: route, boundary, TTL, MTU, in that order.
#include "lvs/forwarder.h"
#include "wire/icmp.h"
#include "wire/ipv4.h"

namespace lvslab::lvs {

namespace {

constexpr std::uint32_t kLeastTunnelMtu = 68;
constexpr std::uint32_t kTtlAndProtocol = 8, kChecksum = 10;

/// Changes the verdict only when the packet is too big.
void check_mtu(const ForwardContext& context, const wire::Datagram& datagram,
               const hook::RouteAnswer& route, const ForwardRules& rules, hook::Verdict& verdict) {
  const bool tunnelled = rules.overhead > 0;
  if (route.mtu == 0) return;
  const std::uint32_t mtu = route.mtu > rules.overhead ? route.mtu - rules.overhead : 0;
  if (tunnelled && mtu < kLeastTunnelMtu) {
    verdict = hook::Verdict::drop(DropReason::kIpvsBoundary);
    return;
  }
  if (!rules.check_mtu || context.relayed_error) return;
  if (datagram.packet().length() <= mtu || !datagram.ip().dont_fragment()) return;
  verdict = reply_with_error(datagram, DropReason::kFragmentationNeeded,
                             static_cast<std::uint8_t>(wire::IcmpType::kUnreachable),
                             wire::kFragmentationNeeded, mtu);
}

/// False: it has run out.
bool take_from_ttl(const ForwardContext& context, wire::Datagram& datagram,
                   hook::Verdict& verdict) {
  const std::uint8_t ttl = datagram.ip().ttl();
  if (ttl <= 1) {
    verdict = reply_with_error(datagram, DropReason::kTtlExceeded,
                               static_cast<std::uint8_t>(wire::IcmpType::kTimeExceeded), 0);
    return false;
  }
  // As a whole word, which a processor reads back at once (a byte of it, it would have to wait
  // for).
  std::uint8_t* ip = datagram.edit_ip();
  const std::uint16_t from = wire::load16(ip + kTtlAndProtocol);
  const auto to = static_cast<std::uint16_t>(from - 0x100);
  wire::store16(ip + kTtlAndProtocol, to);
  wire::store16(ip + kChecksum, wire::update_checksum(wire::load16(ip + kChecksum), from, to));
  if (context.turn.watched()) {
    context.turn.note(datagram.packet(), {.kind = NoteKind::kTtlDecremented,
                                          .x = static_cast<std::uint32_t>(ttl - 1)});
  }
  return true;
}

}  // namespace

hook::Verdict reply_with_error(const wire::Datagram& datagram, DropReason reason, std::uint8_t type,
                               std::uint8_t code, std::uint32_t rest) {
  hook::Verdict verdict;
  verdict.kind = hook::Verdict::Kind::kReply;
  verdict.reason = reason;
  verdict.icmp_type = type;
  verdict.icmp_code = code;
  verdict.icmp_rest = rest;
  verdict.icmp_source = datagram.ip().destination();
  return verdict;
}

Prepared prepare_forward(const ForwardContext& context, wire::Datagram& datagram,
                         wire::Ipv4 address, const ForwardRules& rules) {
  Prepared prepared{.route = context.routes.to(address)};
  const hook::RouteAnswer& route = prepared.route;
  if (!route.found) {
    prepared.verdict = reply_with_error(datagram, DropReason::kNoRoute,
                                        static_cast<std::uint8_t>(wire::IcmpType::kUnreachable),
                                        wire::kHostUnreachable);
    return prepared;
  }
  const bool was_local = context.info.route == hook::RouteKind::kLocal;
  const bool refused = route.local ? !rules.local_allowed || (!was_local && !rules.redirect_allowed)
                                   : !rules.remote_allowed || datagram.ip().source().is_loopback();
  if (refused) {
    prepared.verdict = hook::Verdict::drop(DropReason::kIpvsBoundary);
    return prepared;
  }
  if (route.local) {
    prepared.local = true;
    return prepared;
  }
  if (rules.take_from_ttl && !take_from_ttl(context, datagram, prepared.verdict)) return prepared;
  check_mtu(context, datagram, route, rules, prepared.verdict);
  return prepared;
}

}  // namespace lvslab::lvs
