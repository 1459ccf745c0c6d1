// What a packet makes of its connection: the next state, its timeout, and the server's count of
// active connections.
#include <optional>

#include "lvs/director.h"
#include "lvs/sctp_state.h"
#include "lvs/tcp_state.h"
#include "wire/tcp.h"

namespace lvslab::lvs {

namespace {

/// What the packet makes of the connection's state; a header that is cut short: nothing.
ConnectionState next_state(const Connection& c, const wire::Datagram& d, bool out, bool secure) {
  TcpDirection direction = out ? TcpDirection::kOutput : TcpDirection::kInput;
  if (!out && c.is(kNoOutput)) direction = TcpDirection::kInputOnly;
  switch (c.protocol) {
    case wire::Protocol::kTcp:
      return d.transport_real_size() < wire::kTcpHeader
                 ? c.state
                 : next_tcp_state(direction, tcp_event(wire::TcpView{d.transport()}.flags()),
                                  c.state, secure);
    case wire::Protocol::kSctp: {
      const std::optional<SctpEvent> event = sctp_event_of(d);
      return event ? next_sctp_state(direction, *event, c.state) : c.state;
    }
    default:
      return ConnectionState::kUdp;
  }
}

}  // namespace

void Director::advance_state(Turn& turn, std::uint32_t slot, const wire::Datagram& d, bool out) {
  Connection& c = table_.at(slot);
  const ConnectionState before = c.state;
  const bool udp = c.protocol == wire::Protocol::kUdp;
  if (out && !udp) c.unset(kNoOutput);
  const ConnectionState after = next_state(c, d, out, settings_.secure_tcp == 3);
  c.timeout_s = timeouts_[static_cast<std::size_t>(after)];
  if (out && udp) prove_controller(turn, slot);
  if (after == before) return;
  c.state = after;
  if (after == ConnectionState::kEstablished || after == ConnectionState::kSctpEstablished) {
    prove_controller(turn, slot);
  }
  count_state(turn, c);
  note_connection(turn, slot);
}

// A template is worth keeping when one of its connections is established, or (UDP) answered.
void Director::prove_controller(Turn& turn, std::uint32_t slot) {
  const std::uint32_t controller = table_.controller(slot);
  if (controller == kNoSlot) return;
  Connection& c = table_.at(controller);
  if (c.state == ConnectionState::kAssured) return;
  c.state = ConnectionState::kAssured;
  note_connection(turn, controller);
}

// The server's connection moves between the active and the inactive ones.
void Director::count_state(Turn& turn, Connection& c) {
  const bool active = counts_as_active(c.state);
  Destination* destination = c.destination;
  if (destination == nullptr || active != c.is(kInactive)) return;
  if (active) {
    ++destination->active;
    c.unset(kInactive);
  } else {
    if (destination->active > 0) --destination->active;
    c.set(kInactive);
  }
  if (destination->owner == nullptr) return;
  if (destination->owner->scheduler) destination->owner->scheduler->on_counted(*destination);
  note_destination(turn, destination->owner->key, *destination);
}

}  // namespace lvslab::lvs
