// What every forwarding method does first: route, boundary, TTL, MTU, in that order.
#include "lvs/forwarder.h"
#include "wire/icmp.h"
#include "wire/ipv4.h"

namespace lvslab::lvs {

namespace {

constexpr std::uint32_t kLeastTunnelMtu = 68;

hook::Verdict check_mtu(const ForwardContext& context, const wire::Datagram& datagram,
                        const hook::RouteAnswer& route, const ForwardRules& rules) {
  const bool tunnelled = rules.overhead > 0;
  if (route.mtu == 0) return hook::Verdict::accept();
  const std::uint32_t mtu = route.mtu > rules.overhead ? route.mtu - rules.overhead : 0;
  if (tunnelled && mtu < kLeastTunnelMtu) return hook::Verdict::drop(DropReason::kIpvsBoundary);
  if (!rules.check_mtu || context.relayed_error) return hook::Verdict::accept();
  if (!datagram.ip().dont_fragment() || datagram.packet().length() <= mtu) {
    return hook::Verdict::accept();
  }
  return reply_with_error(datagram, DropReason::kFragmentationNeeded,
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
  wire::set_ttl(datagram.edit_ip(), static_cast<std::uint8_t>(ttl - 1));
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
  Prepared prepared;
  prepared.route = context.routes.to(address);
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
  prepared.verdict = check_mtu(context, datagram, route, rules);
  return prepared;
}

}  // namespace lvslab::lvs
