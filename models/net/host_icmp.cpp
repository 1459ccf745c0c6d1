// ICMP as a host speaks it: echo, errors about packets it could not handle, what it learns from
// errors and redirects (RFC 792, 1122 3.2.2, 1812 4.3, with Linux's rate limits).
#include <algorithm>
#include <cstring>

#include "net/host.h"
#include "net/icmp_limits.h"
#include "net/path_cache.h"

namespace lvslab::net {

using wire::Ipv4;

namespace {

constexpr auto kUnreachable = static_cast<std::uint8_t>(wire::IcmpType::kUnreachable);
constexpr auto kRedirect = static_cast<std::uint8_t>(wire::IcmpType::kRedirect);
constexpr std::uint32_t kLongestError = 576;

// The quoted packet of an error: the header and whatever transport bytes are there.
bool read_quote(const wire::Datagram& error, IcmpError* out) {
  const std::uint32_t size = error.transport_real_size();
  if (size < wire::kIcmpHeader + wire::kIpv4Header) return false;
  const std::uint8_t* quote = error.transport() + wire::kIcmpHeader;
  const wire::Ipv4View ip{quote};
  const std::uint32_t left = size - wire::kIcmpHeader;
  if (ip.version() != 4 || ip.header_length() < wire::kIpv4Header || ip.header_length() > left)
    return false;
  out->quoted.source.address = ip.source();
  out->quoted.destination.address = ip.destination();
  out->quoted.protocol = ip.protocol();
  const std::uint8_t* transport = quote + ip.header_length();
  const std::uint32_t transport_left = left - ip.header_length();
  if (transport_left >= 4) {
    out->quoted.source.port = wire::load16(transport);
    out->quoted.destination.port = wire::load16(transport + 2);
  }
  if (transport_left >= 8) out->quoted_sequence = wire::load32(transport + 4);
  return true;
}

}  // namespace

void Host::send_icmp_error(Turn& turn, const wire::Datagram& about, const InputInfo& info,
                           std::uint8_t type, std::uint8_t code, std::uint32_t rest, Ipv4 source) {
  const Ipv4 to = about.ip().source();
  const auto suppress = [&](std::string_view why) {
    turn.note(
        about.packet(),
        {.kind = NoteKind::kIcmpSuppressed, .a = to.value, .x = type, .y = code, .word = why});
  };
  // RFC 1122 3.2.2: never about a broadcast, a later fragment, an odd source, or another ICMP
  // error.
  if (info.link != hook::LinkClass::kHost && info.link != hook::LinkClass::kLoopback) {
    return suppress("link-level broadcast");
  }
  if (info.route == hook::RouteKind::kBroadcast || info.route == hook::RouteKind::kMulticast) {
    return suppress("broadcast");
  }
  if (!about.first_fragment()) return suppress("not the first fragment");
  if (to.is_zero() || to.is_multicast() || to.is_limited_broadcast())
    return suppress("source is no host");
  if (about.protocol() == wire::Protocol::kIcmp &&
      (about.transport_real_size() < 1 || wire::icmp_is_error(about.transport()[0]))) {
    return suppress("about an ICMP error");
  }
  const Path back = route_output({}, to);  // fwmark_reflect is off: the error bears no mark
  if (back.kind == hook::RouteKind::kNone) return suppress("no route back");
  if (back.kind != hook::RouteKind::kLocal && type != kRedirect) {
    if (!icmp_limits_) icmp_limits_ = std::make_unique<IcmpLimits>();
    if (!icmp_limits_->allow(turn.now(), to, type, code, *global_)) return suppress("rate limit");
  }
  if (source.is_zero()) {
    const Ipv4 original = about.ip().destination();
    if (is_local(original)) {
      source = original;
    } else if (global_->icmp_errors_use_inbound_ifaddr != 0 && info.device != kNoInterface &&
               !interfaces_[info.device].addresses.empty()) {
      source = interfaces_[info.device].addresses.front().local;
    } else {
      source = back.source;
    }
  }
  const Packet& original = about.packet();
  const std::uint32_t room = kLongestError - wire::kIpv4Header - wire::kIcmpHeader;
  const std::uint32_t real = std::min(original.real_size(), room);
  const std::uint32_t zeros = std::min(original.zeros(), room - real);
  Packet message = turn.packets().copy_of({original.data(), real}, zeros);
  message.set_tag(original.tag());
  wire::push_icmp(message, type, code, rest);
  count(Counter::kIcmpOutMsgs);
  if (type == kUnreachable) count(Counter::kIcmpOutDestUnreachs);
  if (type == static_cast<std::uint8_t>(wire::IcmpType::kTimeExceeded))
    count(Counter::kIcmpOutTimeExcds);
  if (type == kRedirect) count(Counter::kIcmpOutRedirects);
  turn.note(original,
            {.kind = NoteKind::kIcmpSent, .a = to.value, .b = source.value, .x = type, .y = code});
  send(turn, {.packet = std::move(message),
              .source = source,
              .destination = to,
              .protocol = wire::Protocol::kIcmp,
              .tos = static_cast<std::uint8_t>((about.ip().tos() & 0x1e) | 0xc0),
              .track = info.track.related()});
}

void Host::send_redirect(Turn& turn, const wire::Datagram& about, const InputInfo& info,
                         Ipv4 gateway) {
  // With shared_media off the sender and the gateway must share a subnet of this interface.
  if (!conf(info.device).shared_media()) {
    const auto& addresses = interfaces_[info.device].addresses;
    const bool together = std::any_of(addresses.begin(), addresses.end(), [&](const Address& a) {
      return a.prefix().contains(about.ip().source()) && a.prefix().contains(gateway);
    });
    if (!together) return;
  }
  if (!paths_) paths_ = std::make_unique<PathCache>();
  if (!paths_->allow_redirect(about.ip().source(), turn.now())) return;
  send_icmp_error(turn, about, info, kRedirect, 1, gateway.value);
}

void Host::receive_icmp(Turn& turn, wire::Datagram&& datagram, const InputInfo& info) {
  count(Counter::kIcmpInMsgs);
  if (datagram.transport_real_size() < wire::kIcmpHeader) {
    count(Counter::kIcmpInErrors);
    return turn.drop(datagram.take(), DropReason::kBadTransportHeader);
  }
  {
    const std::uint64_t sum =
        wire::sum_words({datagram.transport(), datagram.transport_real_size()});
    if (wire::finish_sum(sum) != 0) {
      count(Counter::kIcmpInErrors);
      return turn.drop(datagram.take(), DropReason::kBadTransportChecksum);
    }
  }
  for (std::size_t i = 0; i < listeners_.size(); ++i)
    listeners_[i]->on_icmp(turn, datagram, info.device);
  const wire::IcmpView icmp{datagram.transport()};
  const std::uint8_t type = icmp.type();
  switch (static_cast<wire::IcmpType>(type)) {
    case wire::IcmpType::kEchoRequest: {
      count(Counter::kIcmpInEchos);
      const bool broadcast = info.route == hook::RouteKind::kBroadcast;
      if (global_->icmp_echo_ignore_all != 0 ||
          (broadcast && global_->icmp_echo_ignore_broadcasts != 0)) {
        return turn.drop(datagram.take(), DropReason::kIcmpIgnored);
      }
      return answer_echo(turn, std::move(datagram), info);
    }
    case wire::IcmpType::kEchoReply:
      count(Counter::kIcmpInEchoReps);
      break;
    case wire::IcmpType::kRedirect:
      count(Counter::kIcmpInRedirects);
      accept_redirect(turn, datagram, info);
      break;
    case wire::IcmpType::kUnreachable:
    case wire::IcmpType::kTimeExceeded:
    case wire::IcmpType::kSourceQuench:
    case wire::IcmpType::kParameterProblem:
      receive_icmp_error(turn, datagram);
      break;
    default:
      break;
  }
  turn.note(datagram.packet(),
            {.kind = NoteKind::kDelivered, .a = datagram.ip().destination().value, .word = "icmp"});
  turn.deliver(datagram.take());
}

void Host::answer_echo(Turn& turn, wire::Datagram&& datagram, const InputInfo& info) {
  const wire::IcmpView icmp{datagram.transport()};
  const std::uint32_t rest = wire::load32(icmp.p + 4);
  const Ipv4 asker = datagram.ip().source(), asked = datagram.ip().destination();
  const std::uint8_t tos = datagram.ip().tos();
  Packet reply = turn.packets().copy_of(
      {icmp.p + wire::kIcmpHeader, datagram.transport_real_size() - wire::kIcmpHeader},
      datagram.packet().zeros());
  reply.set_tag(datagram.packet().tag());
  wire::push_icmp(reply, static_cast<std::uint8_t>(wire::IcmpType::kEchoReply), 0, rest);
  turn.note(datagram.packet(),
            {.kind = NoteKind::kDelivered, .a = asked.value, .word = "icmp echo"});
  turn.deliver(datagram.take());
  count(Counter::kIcmpOutMsgs);
  count(Counter::kIcmpOutEchoReps);
  send(turn, {.packet = std::move(reply),
              .source = info.route == hook::RouteKind::kLocal ? asked : Ipv4{},
              .destination = asker,
              .protocol = wire::Protocol::kIcmp,
              .tos = tos});
}

// An error about something this host sent: the path MTU is learnt here, the socket hears the rest.
void Host::receive_icmp_error(Turn& turn, const wire::Datagram& datagram) {
  const wire::IcmpView icmp{datagram.transport()};
  if (icmp.type() == kUnreachable) count(Counter::kIcmpInDestUnreachs);
  if (icmp.type() == static_cast<std::uint8_t>(wire::IcmpType::kTimeExceeded))
    count(Counter::kIcmpInTimeExcds);
  IcmpError error{.type = icmp.type(), .code = icmp.code(), .from = datagram.ip().source()};
  if (!read_quote(datagram, &error) || !is_local(error.quoted.source.address)) return;
  if (error.type == kUnreachable && error.code == wire::kFragmentationNeeded &&
      global_->ip_no_pmtu_disc == 0) {
    error.mtu =
        learn_mtu(turn, datagram.packet(), error.quoted.destination.address, icmp.next_hop_mtu());
  }
  ProtocolHandler* handler = handler_of(error.quoted.protocol);
  if (handler != nullptr) handler->receive_error(turn, error);
}

// Never below min_pmtu: what would need less is sent without DF.
std::uint32_t Host::learn_mtu(Turn& turn, const Packet& report, Ipv4 destination,
                              std::uint32_t reported) {
  if (global_->ip_no_pmtu_disc != 0) return mtu_after(destination, reported);
  if (!paths_) paths_ = std::make_unique<PathCache>();
  PathCache::Path& path = paths_->edit(destination);
  const auto least = static_cast<std::uint32_t>(global_->min_pmtu);
  path.mtu_locked = reported < least;
  path.mtu = std::max(reported, least);
  path.mtu_expires = turn.now() + Duration::seconds(global_->mtu_expires);
  turn.note(report, {.kind = NoteKind::kPmtuLearnt, .a = destination.value, .x = path.mtu});
  return path.mtu;
}

std::uint32_t Host::mtu_after(Ipv4 destination, std::uint32_t reported) const {
  const hook::RouteAnswer route = to(destination);
  const auto least = static_cast<std::uint32_t>(global_->min_pmtu);
  if (!route.found) return std::max(reported, least);
  if (global_->ip_no_pmtu_disc != 0) return route.mtu;
  return std::min(route.mtu, std::max(reported, least));
}

// A redirect counts when it comes from the gateway now in use for that destination and names
// another on-link host. The route changes only once the new gateway's MAC is known; until then this
// starts the question.
void Host::accept_redirect(Turn& turn, const wire::Datagram& datagram, const InputInfo& info) {
  if (info.device == kNoInterface || !conf(info.device).accept_redirects()) return;
  const wire::IcmpView icmp{datagram.transport()};
  const Ipv4 gateway = icmp.gateway();
  IcmpError quote{.type = kRedirect, .code = icmp.code(), .from = datagram.ip().source()};
  if (icmp.code() > 3 || !read_quote(datagram, &quote)) return;
  ProtocolHandler* handler = handler_of(quote.quoted.protocol);
  if (handler != nullptr && !handler->heeds_redirect(quote, turn.now())) return;
  const Ipv4 destination = quote.quoted.destination.address;
  Path path = route_output({}, destination);
  if (path.kind != hook::RouteKind::kUnicast || path.device != info.device) return;
  std::uint32_t mtu = path.mtu;
  apply_learnt(destination, turn.now(), &path.next_hop, &mtu);
  if (path.next_hop != datagram.ip().source() || gateway == path.next_hop) return;
  if (gateway.is_zero() || gateway.is_multicast() || gateway.is_limited_broadcast() ||
      is_local(gateway))
    return;
  if (!conf(info.device).shared_media()) {
    const auto& addresses = interfaces_[info.device].addresses;
    if (std::none_of(addresses.begin(), addresses.end(),
                     [&](const Address& a) { return a.prefix().contains(gateway); })) {
      return;
    }
    if (conf(info.device).secure_redirects()) {
      const Route* known = routes_.lookup({.destination = Ipv4{}});
      if (known == nullptr || known->gateway != gateway) return;
    }
  }
  const Neighbour* neighbour = neighbours_->find(info.device, gateway);
  if (neighbour == nullptr || !neighbour_valid(neighbour->state)) {
    neighbours_->resolve(turn, info.device, gateway);
    wake_at(neighbours_.next_wake());
    return;
  }
  if (!paths_) paths_ = std::make_unique<PathCache>();
  PathCache::Path& learnt = paths_->edit(destination);
  learnt.gateway = gateway;
  learnt.gateway_expires = turn.now() + Duration::seconds(300);
  turn.note(datagram.packet(), {.kind = NoteKind::kRedirectAccepted,
                                .a = destination.value,
                                .b = gateway.value,
                                .x = info.device});
}

// Nobody answered for the next hop. The source of a packet passing through hears it from us; a
// packet of our own comes back over lo from our own address.
void Host::unreachable(Turn& turn, QueuedDatagram&& queued) {
  wire::Datagram datagram = wire::Datagram::trusted(std::move(queued.packet));
  const InputInfo info{
      .device = queued.in_device, .route = hook::RouteKind::kUnicast, .track = queued.track};
  Ipv4 source = queued.error_source;
  if (source.is_zero()) {
    // For a packet the director passed on (its destination is ours) the error bears the address of
    // the way back.
    source = route_output({}, datagram.ip().source()).source;
  }
  send_icmp_error(turn, datagram, info, kUnreachable, wire::kHostUnreachable, 0, source);
  turn.drop(datagram.take(), DropReason::kNoNeighbour);
}

}  // namespace lvslab::net
