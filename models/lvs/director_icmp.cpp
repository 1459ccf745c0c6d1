// ICMP errors about packets of connections: the quoted header says whose. Errors are unreachable,
// source quench and time exceeded; anything else is none of the director's business.
#include <optional>

#include "lvs/director.h"
#include "wire/icmp.h"

namespace lvslab::lvs {

namespace {

bool concerns_director(std::uint8_t type) {
  return type == static_cast<std::uint8_t>(wire::IcmpType::kUnreachable) ||
         type == static_cast<std::uint8_t>(wire::IcmpType::kSourceQuench) ||
         type == static_cast<std::uint8_t>(wire::IcmpType::kTimeExceeded);
}

bool is_error(const wire::Datagram& d) {
  return d.first_fragment() && !d.ip().more_fragments() &&
         d.transport_real_size() >= wire::kIcmpHeader &&
         concerns_director(wire::IcmpView{d.transport()}.type());
}

/// Who sent the quoted packet to whom; nothing when it cannot be told.
std::optional<wire::Flow> quoted_flow(const wire::Datagram& d) {
  const std::uint32_t size = d.transport_real_size();
  if (!d.first_fragment() || d.ip().more_fragments()) return std::nullopt;
  if (size < wire::kIcmpHeader + wire::kIpv4Header) return std::nullopt;
  const std::uint8_t* message = d.transport();
  if (!concerns_director(wire::IcmpView{message}.type())) return std::nullopt;
  const wire::Ipv4View ip{message + wire::kIcmpHeader};
  const std::uint32_t header = ip.header_length();
  if (ip.version() != 4 || header < wire::kIpv4Header || ip.fragment_offset() != 0 ||
      size < wire::kIcmpHeader + header + 8) {
    return std::nullopt;
  }
  const auto protocol = static_cast<wire::Protocol>(ip.protocol());
  if (protocol != wire::Protocol::kTcp && protocol != wire::Protocol::kUdp &&
      protocol != wire::Protocol::kSctp) {
    return std::nullopt;
  }
  const std::uint8_t* ports = ip.p + header;
  return wire::Flow{{ip.source(), wire::load16(ports)},
                    {ip.destination(), wire::load16(ports + 2)},
                    ip.protocol()};
}

}  // namespace

// From outside: the quoted packet is a reply on its way to the client, so the connection's client
// is its destination. State and timer stay as they are.
bool Director::relay_inwards(const Visit& visit, hook::Verdict* verdict) {
  if (is_error(visit.datagram) && relay_tunnel_error(visit, verdict)) return true;
  const std::optional<wire::Flow> quoted = quoted_flow(visit.datagram);
  if (!quoted) return false;
  const wire::Flow flow = quoted->reversed();
  const auto protocol = static_cast<wire::Protocol>(flow.protocol);
  std::uint32_t slot = table_.find_in(protocol, flow.source, flow.destination);
  if (slot == ConnectionTable::kNone) {
    if (settings_.schedule_icmp == 0) return true;
    const Found found = try_schedule(visit, flow, true);
    *verdict = found.verdict;
    if (found.slot == kNoSlot) return true;
    slot = found.slot;
    if (table_.at(slot).is(kOnePacket)) {
      count_in(table_.at(slot), visit.datagram.packet().length());
      *verdict = forward(visit, slot, true);
      end_single(visit.turn, slot);
      return true;
    }
    table_.restart(slot, visit.turn.now());
  }
  Connection& c = table_.at(slot);
  note_found(visit, c, Part::kError);
  count_in(c, visit.datagram.packet().length());
  c.count_in_packet();
  *verdict = forward(visit, slot, true);
  return true;
}

// From inside: the quoted packet is a request that reached its server (or failed to).
bool Director::relay_outwards(const Visit& visit, hook::Verdict* verdict) {
  const std::optional<wire::Flow> quoted = quoted_flow(visit.datagram);
  if (!quoted) return false;
  const auto protocol = static_cast<wire::Protocol>(quoted->protocol);
  const std::uint32_t slot = find_reply(protocol, quoted->destination, quoted->source);
  if (slot == ConnectionTable::kNone) return true;
  const Connection& c = table_.at(slot);
  const ForwardContext context = context_for(visit, slot, true);
  note_found(visit, c, Part::kError);
  const ForwarderEntry& entry = forwarder(c.method);
  visit.turn.spend(entry.work);
  *verdict = entry.get().error_to_client(context, visit.datagram);
  if (visit.info.tracker != nullptr) keep_reply_tracked(visit, c);
  count_out(c, visit.datagram.packet().length());
  return true;
}

}  // namespace lvslab::lvs
