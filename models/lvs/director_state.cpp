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

void Director::advance_state(Turn& turn, Connection& c, const wire::Datagram& d, bool out) {
  const ConnectionState before = c.state;
  if (out && c.protocol != wire::Protocol::kUdp) c.unset(kNoOutput);
  c.state = next_state(c, d, out, settings_.secure_tcp == 3);
  c.timeout_s = timeout_of(c.state);
  // Its template is worth keeping when it is established, or (UDP) answered.
  const bool proven = c.protocol == wire::Protocol::kUdp
                          ? out
                          : c.state != before && (c.state == ConnectionState::kEstablished ||
                                                  c.state == ConnectionState::kSctpEstablished);
  if (proven && c.controller != kNoSlot) {
    Connection& controller = table_.at(c.controller);
    if (controller.state != ConnectionState::kAssured) {
      controller.state = ConnectionState::kAssured;
      note_connection(turn, controller);
    }
  }
  if (c.state == before) return;
  count_state(turn, c);
  note_connection(turn, c);
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

std::uint32_t Director::timeout_of(ConnectionState state) const {
  switch (state) {
    case ConnectionState::kEstablished:
      return timeouts_[0];
    case ConnectionState::kFinWait:
      return timeouts_[1];
    case ConnectionState::kUdp:
      return timeouts_[2];
    default:
      return default_timeout_s(state);
  }
}

}  // namespace lvslab::lvs
