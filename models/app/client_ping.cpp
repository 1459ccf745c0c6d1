#include <algorithm>
#include <utility>

#include "app/client_state.h"

namespace lvslab::app {
namespace {

constexpr std::uint32_t kPingBytes = 56;  // as ping sends unless told otherwise
constexpr std::uint32_t kMostPingBytes = 65'507;
constexpr std::uint32_t kIdentifiers = 65'536;

std::string_view send_status(net::SendResult result) {
  return result == net::SendResult::kMessageTooLong ? "timeout" : "unreachable";
}

}  // namespace

/// Takes a free ICMP identifier for the session.
void Client::State::ping_open(Turn& turn, std::uint32_t slot) {
  ClientSession& s = sessions_[slot];
  if (echo_slots_.empty()) echo_slots_.assign(kIdentifiers, kNone);
  std::uint32_t tried = 0;
  while (echo_slots_[next_echo_id_] != kNone && tried < kIdentifiers) {
    ++next_echo_id_;
    ++tried;
  }
  if (tried == kIdentifiers) return fail(turn, slot, "unreachable");
  s.echo_id = next_echo_id_++;
  echo_slots_[s.echo_id] = slot;
  const ConnectionPlan& p = plan(s);
  const wire::Ipv4 from = p.source.address.is_zero()
                              ? host().route_output({}, p.target.address).source
                              : p.source.address;
  turn.report(
      {.kind = NoteKind::kAppOpened, .a = from.value, .b = p.target.address.value, .tag = s.tag});
  advance(turn, slot);
}

void Client::State::ping_send(Turn& turn, std::uint32_t slot, std::string_view payload,
                              std::uint64_t zero_bytes) {
  const ClientSession& s = sessions_[slot];
  const std::uint32_t serial = s.serial;
  const ConnectionPlan& p = plan(s);
  const auto text =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(payload.size(), kMostPingBytes));
  const auto zeros =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(zero_bytes, kMostPingBytes - text));
  Packet packet =
      turn.packets().copy_of({reinterpret_cast<const std::uint8_t*>(payload.data()), text},
                             text + zeros == 0 ? kPingBytes : zeros);
  packet.set_tag(s.tag);
  wire::push_icmp(packet, static_cast<std::uint8_t>(wire::IcmpType::kEchoRequest), 0,
                  (std::uint32_t{s.echo_id} << 16) | (s.tag.request & 0xffff));
  const net::SendResult result = host().send(turn, {.packet = std::move(packet),
                                                    .source = p.source.address,
                                                    .destination = p.target.address,
                                                    .protocol = wire::Protocol::kIcmp,
                                                    .ttl = p.ttl,
                                                    .tos = p.tos,
                                                    .dont_fragment = p.dont_fragment});
  if (result != net::SendResult::kSent && same(slot, serial))
    give_up(turn, slot, send_status(result));
}

void Client::State::ping_close(std::uint32_t slot) {
  ClientSession& s = sessions_[slot];
  if (s.echo_id != 0 || echo_slots_[0] == slot) echo_slots_[s.echo_id] = kNone;
  s.echo_id = 0;
}

std::uint32_t Client::State::ping_find(std::uint16_t id, wire::Ipv4 target) const {
  if (echo_slots_.empty()) return kNone;
  const std::uint32_t slot = echo_slots_[id];
  return slot != kNone && plan(sessions_[slot]).target.address == target ? slot : kNone;
}

/// An answer to one of our echoes, or an ICMP error that quotes one.
void Client::State::icmp(Turn& turn, const wire::Datagram& datagram) {
  if (!datagram.first_fragment() || datagram.transport_real_size() < wire::kIcmpHeader) return;
  const wire::IcmpView message{datagram.transport()};
  if (message.type() == static_cast<std::uint8_t>(wire::IcmpType::kEchoReply)) {
    const std::uint32_t slot = ping_find(message.echo_id(), datagram.ip().source());
    if (slot == kNone) return;
    ClientSession& s = sessions_[slot];
    const std::uint32_t bytes = datagram.transport_length() - wire::kIcmpHeader;
    if (!s.outstanding() || message.echo_sequence() != ((s.replied + 1) & 0xffff)) return;
    s.down += bytes;
    s.reply_bytes = bytes;
    turn.report(
        {.kind = NoteKind::kAppFirstByte, .tag = {s.tag.traffic, s.tag.connection, s.replied + 1}});
    return got_reply(turn, slot);
  }
  if (!wire::icmp_is_error(message.type()) ||
      message.type() == static_cast<std::uint8_t>(wire::IcmpType::kRedirect))
    return;
  const std::uint8_t* quoted = datagram.transport() + wire::kIcmpHeader;
  const std::uint32_t size = datagram.transport_real_size() - wire::kIcmpHeader;
  if (size < wire::kIpv4Header) return;
  const wire::Ipv4View ip{quoted};
  if (ip.protocol() != static_cast<std::uint8_t>(wire::Protocol::kIcmp) ||
      size < ip.header_length() + wire::kIcmpHeader)
    return;
  const wire::IcmpView echo{quoted + ip.header_length()};
  if (echo.type() != static_cast<std::uint8_t>(wire::IcmpType::kEchoRequest)) return;
  const std::uint32_t slot = ping_find(echo.echo_id(), ip.destination());
  if (slot != kNone && sessions_[slot].outstanding()) give_up(turn, slot, "unreachable");
}

}  // namespace lvslab::app
