#include "lvs/connection.h"

#include <iterator>

namespace lvslab::lvs {

std::string_view connection_state_name(ConnectionState s) {
  constexpr std::string_view kNames[] = {
      "NONE",       "ESTABLISHED", "SYN_SENT",   "SYN_RECV", "FIN_WAIT", "TIME_WAIT", "CLOSE",
      "CLOSE_WAIT", "LAST_ACK",    "LISTEN",     "SYNACK",   "UDP",      "ASSURED",   "INIT1",
      "INIT",       "C-SENT",      "C-REPLIED",  "C-WAIT",   "COOKIE",   "C-ECHOED",  "ESTABLISHED",
      "S-SENT",     "S-RECEIVED",  "S-ACK-SENT", "REJECTED", "CLOSED"};
  static_assert(std::size(kNames) == static_cast<std::size_t>(ConnectionState::kCount));
  return kNames[static_cast<std::size_t>(s)];
}

}  // namespace lvslab::lvs
