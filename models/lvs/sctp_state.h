// The director's own view of an SCTP association: a table of (direction, kind of packet, state).
// The kind is the first chunk's type; a director that sees no replies (DR, TUN) uses the input-only
// rows. Source: the behaviour of Linux 6.1.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "lvs/connection.h"
#include "lvs/tcp_state.h"
#include "wire/datagram.h"

namespace lvslab::lvs {

enum class SctpEvent : std::uint8_t {
  kData,  ///< and everything without an event of its own
  kInit,
  kInitAck,
  kCookieEcho,
  kCookieAck,
  kShutdown,
  kShutdownAck,
  kShutdownComplete,
  kError,
  kAbort
};

/// Of a packet that begins with its common header; an ABORT bundled behind a COOKIE-ECHO or
/// COOKIE-ACK is what counts. Nothing: no chunk can be read.
std::optional<SctpEvent> sctp_event(std::span<const std::uint8_t> packet);
inline std::optional<SctpEvent> sctp_event_of(const wire::Datagram& d) {
  return sctp_event({d.transport(), d.transport_real_size()});
}
ConnectionState next_sctp_state(TcpDirection direction, SctpEvent event, ConnectionState state);

}  // namespace lvslab::lvs
