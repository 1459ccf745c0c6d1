#include "lvs/connection.h"

namespace lvslab::lvs {

static_assert(sizeof(Connection) <= 128);

std::string_view connection_state_name(ConnectionState s) {
  constexpr std::string_view kNames[] = {
      "NONE",       "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT", "TIME_WAIT", "CLOSE",
      "CLOSE_WAIT", "LAST_ACK",    "LISTEN",   "SYNACK",   "UDP",      "ASSURED"};
  return kNames[static_cast<std::size_t>(s)];
}

}  // namespace lvslab::lvs
