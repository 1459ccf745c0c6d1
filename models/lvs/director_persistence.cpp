// Persistence: a template remembers which server a client network was given. It is restarted only
// when a connection is made from it, and lives on by a minute at a time while it controls
// connections.
#include "lvs/director.h"

namespace lvslab::lvs {

namespace {

constexpr std::uint16_t kFtpPort = 21;
constexpr auto kAnyProtocol = static_cast<wire::Protocol>(0);

/// Shared by all ports, unless the packet came to the service's own port (FTP is shared too).
bool is_for_own_port(const Service& service, std::uint16_t port) {
  return service.key.mark == 0 && port == service.key.address.port && port != kFtpPort;
}

}  // namespace

Director::Found Director::schedule_persistent(const Visit& visit, const Attempt& attempt) {
  Service& service = attempt.service;
  const wire::Endpoint& wanted = attempt.flow.destination;
  const wire::Ipv4 network{attempt.flow.source.address.value & service.options.persistence_netmask};
  auto protocol = static_cast<wire::Protocol>(attempt.flow.protocol);
  wire::Endpoint key{wanted.address, 0};
  if (service.key.mark != 0) {
    protocol = kAnyProtocol;
    key.address = wire::Ipv4{service.key.mark};
  } else if (is_for_own_port(service, wanted.port)) {
    key.port = wanted.port;
  }
  std::uint32_t slot = usable_template(protocol, network, key);
  if (slot != ConnectionTable::kNone) {
    visit.turn.note(
        visit.datagram.packet(),
        {.kind = NoteKind::kRule, .word = "persistence: a template names this client's server"});
  } else {
    slot = make_template(visit, attempt, protocol, network, key);
    if (slot == ConnectionTable::kNone) return leave(visit, attempt);
  }
  Destination* destination = table_.at(slot).destination;
  note_pick(visit, attempt, *destination);
  const bool mapped = wanted.port == service.key.address.port && destination->address.port != 0;
  const std::uint16_t port = mapped ? destination->address.port : wanted.port;
  Connection made = describe(attempt, destination, port);
  const Found found = admit(visit, attempt, made, slot);
  table_.restart(slot, visit.turn.now());
  return found;
}

// Weight 0 and overload do not end persistence; expire_quiescent_template makes weight 0 do so. An
// unusable template is renamed so that nothing matches it, and dies by its timer.
std::uint32_t Director::usable_template(wire::Protocol protocol, wire::Ipv4 network,
                                        const wire::Endpoint& service) {
  const std::uint32_t slot = table_.find_template(protocol, network, service);
  if (slot == ConnectionTable::kNone) return slot;
  Connection& c = table_.at(slot);
  const bool quiesced = settings_.expire_quiescent_template != 0 && c.destination != nullptr &&
                        c.destination->options.weight == 0;
  if (c.destination != nullptr && !c.destination->deleted && !quiesced) return slot;
  c.service.port = 0xffff;
  c.real.port = 0xffff;
  return ConnectionTable::kNone;
}

std::uint32_t Director::make_template(const Visit& visit, const Attempt& attempt,
                                      wire::Protocol protocol, wire::Ipv4 network,
                                      const wire::Endpoint& service) {
  Destination* picked = ask_scheduler(visit, attempt);
  if (picked == nullptr) return ConnectionTable::kNone;
  const bool own_port = is_for_own_port(attempt.service, attempt.flow.destination.port);
  Connection made = describe(attempt, picked, own_port ? picked->address.port : 0);
  made.protocol = protocol;
  made.client = {network, 0};
  made.service = service;
  made.timeout_s = attempt.service.options.persistence_timeout_s;
  made.set(kTemplate);
  bind(visit.turn, made, *picked);
  const std::uint32_t slot = table_.insert(made);
  note_connection(visit.turn, slot);  // without a tag: it belongs to the client network
  return slot;
}

}  // namespace lvslab::lvs
