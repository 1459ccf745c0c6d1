// What the director says about itself: why a server was picked, and what its tables hold from now
// on.
#include <algorithm>

#include "lvs/director.h"

namespace lvslab::lvs {

namespace {

std::uint32_t protocol_number(wire::Protocol protocol) {
  return static_cast<std::uint32_t>(protocol);
}

/// A marked service has its mark in place of the port.
std::uint32_t port_or_mark(const ServiceKey& key) {
  return key.mark != 0 ? key.mark : key.address.port;
}

std::uint64_t packed(const wire::Endpoint& end) {
  return (std::uint64_t{end.address.value} << 16) | end.port;
}

std::uint64_t active_and_inactive(const Destination& d) {
  return (std::uint64_t{d.active} << 32) | d.inactive();
}

}  // namespace

void Director::note_service(Turn& turn, const Service& service, bool removed) {
  turn.note({.kind = NoteKind::kStateService,
             .b = service.key.address.address.value,
             .x = removed ? 0u : 1u,
             .y = port_or_mark(service.key),
             .z = protocol_number(service.key.protocol),
             .word = service.scheduler_name});
}

void Director::note_destination(Turn& turn, const ServiceKey& key, const Destination& d,
                                bool removed) {
  if (!turn.watched()) return;
  turn.note({.kind = NoteKind::kStateDestination,
             .a = d.address.address.value,
             .b = key.address.address.value,
             .x = d.address.port,
             .y = port_or_mark(key),
             .z = protocol_number(key.protocol),
             .m = (static_cast<std::uint64_t>(d.options.weight) << 32) |
                  static_cast<std::uint64_t>(d.options.method),
             .v = active_and_inactive(d),
             .word = removed ? "removed" : ""});
}

void Director::note_connection(Turn& turn, std::uint32_t slot, bool gone) {
  if (!turn.reports()) return;
  const Connection& c = table_.at(slot);
  const std::uint32_t end = table_.local_end(slot);
  const wire::Endpoint local =
      end == LocalPool::kNone ? wire::Endpoint{} : local_pool_.at(end).local;
  turn.report({.kind = NoteKind::kStateIpvsConnection,
               .a = c.client.address.value,
               .b = c.service.address.value,
               .x = c.client.port,
               .y = c.service.port,
               .z = protocol_number(c.protocol),
               .m = packed(c.real),
               .v = (packed(local) << 16) | static_cast<std::uint64_t>(c.method),
               .word = gone ? std::string_view() : connection_state_name(c.state),
               .tag = table_.tag(slot)});
}

// The numbers are those the scheduler saw.
void Director::note_pick(const Visit& visit, const Attempt& attempt, const Destination& d) {
  if (!visit.turn.reports()) return;
  const DestinationList& list = attempt.service.destinations;
  std::uint64_t place = 0;
  if (visit.turn.watched()) {
    place = static_cast<std::uint64_t>(std::find(list.begin(), list.end(), &d) - list.begin());
  }
  const Packet& packet = visit.datagram.packet();
  visit.turn.report({.kind = NoteKind::kIpvsPicked,
                     .a = d.address.address.value,
                     .b = attempt.flow.destination.address.value,
                     .x = d.address.port != 0 ? d.address.port : attempt.flow.destination.port,
                     .y = attempt.flow.destination.port,
                     .z = static_cast<std::uint32_t>(d.options.weight),
                     .m = (place << 32) | list.size(),
                     .v = active_and_inactive(d),
                     .word = attempt.service.scheduler_name,
                     .tag = packet.tag()},
                    packet.id());
}

void Director::note_found(const Visit& visit, const Connection& c, Part part) {
  if (!visit.turn.watched()) return;
  const bool both_ends = c.method == Method::kFullNat;
  const bool rewritten = part != Part::kRequest && (both_ends || c.method == Method::kMasq);
  visit.turn.note(visit.datagram.packet(), {.kind = NoteKind::kIpvsFound,
                                            .a = c.real.address.value,
                                            .b = c.client.address.value,
                                            .x = c.real.port,
                                            .y = c.client.port,
                                            .z = static_cast<std::uint32_t>(part),
                                            .m = rewritten ? packed(c.service) : 0,
                                            .v = rewritten && both_ends ? 1u : 0u,
                                            .word = connection_state_name(c.state)});
}

void Director::note_refusal(const Visit& visit, const wire::Endpoint& service,
                            std::string_view why) {
  visit.turn.note(
      visit.datagram.packet(),
      {.kind = NoteKind::kIpvsRefused, .b = service.address.value, .y = service.port, .word = why});
}

}  // namespace lvslab::lvs
