#include "lvs/tcp_state.h"

#include <array>

#include "wire/tcp.h"

namespace lvslab::lvs {

namespace {

using Row = std::array<ConnectionState, kTcpStateCount>;
using Rows = std::array<Row, 4>;  // syn fin ack rst

constexpr auto NO = ConnectionState::kNone, ES = ConnectionState::kEstablished,
               SS = ConnectionState::kSynSent, SR = ConnectionState::kSynRecv,
               FW = ConnectionState::kFinWait, TW = ConnectionState::kTimeWait,
               CL = ConnectionState::kClose, CW = ConnectionState::kCloseWait,
               LA = ConnectionState::kLastAck, LI = ConnectionState::kListen,
               SA = ConnectionState::kSynAck;
static_assert(static_cast<int>(NO) == 0);

// Columns: NO ES SS SR FW TW CL CW LA LI SA; one table per direction.
constexpr std::array<Rows, 3> kPlain = {{
    {{{SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR},
      {CL, CW, SS, TW, TW, TW, CL, CW, LA, LI, TW},
      {ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES},
      {CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, SR}}},
    {{{SS, ES, SS, SR, SS, SS, SS, SS, SS, LI, SR},
      {TW, FW, SS, TW, FW, TW, CL, TW, LA, LI, TW},
      {ES, ES, SS, ES, FW, TW, CL, CW, LA, ES, ES},
      {CL, CL, SS, CL, CL, TW, CL, CL, CL, CL, CL}}},
    {{{SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR},
      {CL, FW, SS, TW, FW, TW, CL, CW, LA, LI, TW},
      {ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES},
      {CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, CL}}},
}};

// A client must prove itself: a SYN in state SYNACK stays there, an ACK alone does not establish.
constexpr std::array<Rows, 3> kSecure = {{
    {{{SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SA},
      {CL, CW, SS, TW, TW, TW, CL, CW, LA, LI, SA},
      {ES, ES, SS, SR, FW, TW, CL, CW, CL, LI, SA},
      {CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, CL}}},
    {{{SS, ES, SS, SA, SS, SS, SS, SS, SS, LI, SA}, kPlain[1][1], kPlain[1][2], kPlain[1][3]}},
    {{{SA, ES, ES, SR, SA, SA, SA, SA, SA, SA, SA}, kPlain[2][1], kPlain[2][2], kPlain[2][3]}},
}};

struct StateFacts {
  std::uint32_t timeout_s;
  bool active;
};
constexpr std::array<StateFacts, static_cast<std::size_t>(ConnectionState::kCount)> kFacts = {{
    {2, false},
    {900, true},
    {120, true},
    {60, true},
    {120, false},
    {120, false},
    {10, false},
    {60, false},
    {30, false},
    {120, false},
    {120, true},
    {300, false},
    {0, false},
    // SCTP: INIT1 ... CLOSED
    {4, false},
    {61, false},
    {61, false},
    {61, false},
    {61, false},
    {61, false},
    {61, false},
    {900, true},
    {61, false},
    {61, false},
    {61, false},
    {4, false},
    {61, false},
}};

}  // namespace

TcpEvent tcp_event(std::uint8_t flags) {
  if ((flags & wire::kRst) != 0) return TcpEvent::kRst;
  if ((flags & wire::kSyn) != 0) return TcpEvent::kSyn;
  if ((flags & wire::kFin) != 0) return TcpEvent::kFin;
  if ((flags & wire::kAck) != 0) return TcpEvent::kAck;
  return TcpEvent::kOther;
}

ConnectionState next_tcp_state(TcpDirection direction, TcpEvent event, ConnectionState state,
                               bool secure) {
  if (event == TcpEvent::kOther) return ConnectionState::kClose;
  const auto& tables = secure ? kSecure : kPlain;
  return tables[static_cast<std::size_t>(direction)][static_cast<std::size_t>(event)]
               [static_cast<std::size_t>(state)];
}

bool counts_as_active(ConnectionState state) {
  return kFacts[static_cast<std::size_t>(state)].active;
}

std::uint32_t default_timeout_s(ConnectionState state) {
  return kFacts[static_cast<std::size_t>(state)].timeout_s;
}

}  // namespace lvslab::lvs
