// The director's own view of a TCP connection: a table of (direction, kind of segment, state). It
// sees flags only, no sequence numbers; a director that sees no replies (DR, TUN) uses the
// input-only rows. Source: the behaviour of Linux 6.1.
#pragma once

#include <cstdint>

#include "lvs/connection.h"

namespace lvslab::lvs {

enum class TcpDirection : std::uint8_t { kInput, kOutput, kInputOnly };
enum class TcpEvent : std::uint8_t { kSyn, kFin, kAck, kRst, kOther };

/// First match of RST, SYN, FIN, ACK.
TcpEvent tcp_event(std::uint8_t flags);
/// `secure`: the rows that secure_tcp puts in.
ConnectionState next_tcp_state(TcpDirection direction, TcpEvent event, ConnectionState state,
                               bool secure);
/// Whether a connection in this state (of any protocol) counts as active; UDP never does.
bool counts_as_active(ConnectionState state);
/// Seconds; the kernel's defaults before `ipvsadm --set`.
std::uint32_t default_timeout_s(ConnectionState state);

}  // namespace lvslab::lvs
