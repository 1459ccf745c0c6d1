// What an ICMP error means to the socket whose packet it quotes.
#pragma once

#include <cstdint>

#include "transport/sockets.h"
#include "wire/icmp.h"

namespace lvslab::transport {

/// kNone for what does not concern a socket (redirects, source quench, fragmentation needed).
inline SocketError socket_error_of(std::uint8_t type, std::uint8_t code) {
  switch (static_cast<wire::IcmpType>(type)) {
    case wire::IcmpType::kUnreachable:
      switch (code) {
        case wire::kNetUnreachable:
        case 6:  // destination network unknown
        case wire::kNetProhibited:
        case 11:  // network unreachable for this type of service
          return SocketError::kNetUnreachable;
        case wire::kProtocolUnreachable:
          return SocketError::kProtocolNotAvailable;
        case wire::kPortUnreachable:
          return SocketError::kRefused;
        case wire::kFragmentationNeeded:
          return SocketError::kNone;
        default:
          return SocketError::kHostUnreachable;
      }
    case wire::IcmpType::kTimeExceeded:
      return SocketError::kHostUnreachable;
    case wire::IcmpType::kParameterProblem:
      return SocketError::kProtocolNotAvailable;
    default:
      return SocketError::kNone;
  }
}

}  // namespace lvslab::transport
