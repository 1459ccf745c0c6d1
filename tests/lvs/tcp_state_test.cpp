// Every cell of the TCP state tables, against the tables as text.
#include "lvs/tcp_state.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>

#include "wire/tcp.h"

namespace lvslab::lvs {
namespace {

constexpr const char* kColumns[] = {"NO", "ES", "SS", "SR", "FW", "TW",
                                    "CL", "CW", "LA", "LI", "SA"};

// direction event: next state for each column above.
constexpr const char* kPlain = R"(
in syn   SR ES ES SR SR SR SR SR SR SR SR
in fin   CL CW SS TW TW TW CL CW LA LI TW
in ack   ES ES SS ES FW TW CL CW CL LI ES
in rst   CL CL CL SR CL CL CL CL LA LI SR
out syn  SS ES SS SR SS SS SS SS SS LI SR
out fin  TW FW SS TW FW TW CL TW LA LI TW
out ack  ES ES SS ES FW TW CL CW LA ES ES
out rst  CL CL SS CL CL TW CL CL CL CL CL
only syn SR ES ES SR SR SR SR SR SR SR SR
only fin CL FW SS TW FW TW CL CW LA LI TW
only ack ES ES SS ES FW TW CL CW CL LI ES
only rst CL CL CL SR CL CL CL CL LA LI CL
)";
constexpr const char* kSecure = R"(
in syn   SR ES ES SR SR SR SR SR SR SR SA
in fin   CL CW SS TW TW TW CL CW LA LI SA
in ack   ES ES SS SR FW TW CL CW CL LI SA
in rst   CL CL CL SR CL CL CL CL LA LI CL
out syn  SS ES SS SA SS SS SS SS SS LI SA
out fin  TW FW SS TW FW TW CL TW LA LI TW
out ack  ES ES SS ES FW TW CL CW LA ES ES
out rst  CL CL SS CL CL TW CL CL CL CL CL
only syn SA ES ES SR SA SA SA SA SA SA SA
only fin CL FW SS TW FW TW CL CW LA LI TW
only ack ES ES SS ES FW TW CL CW CL LI ES
only rst CL CL CL SR CL CL CL CL LA LI CL
)";

void expect_table(const char* text, bool secure) {
  const std::map<std::string, TcpDirection> directions{{"in", TcpDirection::kInput},
                                                       {"out", TcpDirection::kOutput},
                                                       {"only", TcpDirection::kInputOnly}};
  const std::map<std::string, TcpEvent> events{{"syn", TcpEvent::kSyn},
                                               {"fin", TcpEvent::kFin},
                                               {"ack", TcpEvent::kAck},
                                               {"rst", TcpEvent::kRst}};
  std::istringstream lines(text);
  std::string direction, event, next;
  int cells = 0;
  while (lines >> direction >> event) {
    for (std::size_t column = 0; column < kTcpStateCount; ++column, ++cells) {
      lines >> next;
      const ConnectionState state = next_tcp_state(directions.at(direction), events.at(event),
                                                   static_cast<ConnectionState>(column), secure);
      EXPECT_EQ(kColumns[static_cast<std::size_t>(state)], next)
          << direction << ' ' << event << " in " << kColumns[column];
    }
  }
  EXPECT_EQ(cells, 12 * 11);
}

TEST(TcpState, EveryCellOfThePlainTable) { expect_table(kPlain, false); }
TEST(TcpState, EveryCellOfTheSecureTcpTable) { expect_table(kSecure, true); }

TEST(TcpState, EventIsTheFirstOfRstSynFinAck) {
  EXPECT_EQ(tcp_event(wire::kRst | wire::kSyn | wire::kFin | wire::kAck), TcpEvent::kRst);
  EXPECT_EQ(tcp_event(wire::kSyn | wire::kFin | wire::kAck), TcpEvent::kSyn);
  EXPECT_EQ(tcp_event(wire::kFin | wire::kAck), TcpEvent::kFin);
  EXPECT_EQ(tcp_event(wire::kAck | wire::kPsh), TcpEvent::kAck);
  EXPECT_EQ(tcp_event(wire::kPsh), TcpEvent::kOther);
}

TEST(TcpState, NoKnownFlagCloses) {
  EXPECT_EQ(next_tcp_state(TcpDirection::kInputOnly, TcpEvent::kOther,
                           ConnectionState::kEstablished, false),
            ConnectionState::kClose);
}

TEST(TcpState, TimeoutsNamesAndActivity) {
  const struct {
    ConnectionState state;
    const char* name;
    std::uint32_t timeout_s;
    bool active;
  } kRows[] = {{ConnectionState::kNone, "NONE", 2, false},
               {ConnectionState::kEstablished, "ESTABLISHED", 900, true},
               {ConnectionState::kSynSent, "SYN_SENT", 120, true},
               {ConnectionState::kSynRecv, "SYN_RECV", 60, true},
               {ConnectionState::kFinWait, "FIN_WAIT", 120, false},
               {ConnectionState::kTimeWait, "TIME_WAIT", 120, false},
               {ConnectionState::kClose, "CLOSE", 10, false},
               {ConnectionState::kCloseWait, "CLOSE_WAIT", 60, false},
               {ConnectionState::kLastAck, "LAST_ACK", 30, false},
               {ConnectionState::kListen, "LISTEN", 120, false},
               {ConnectionState::kSynAck, "SYNACK", 120, true},
               {ConnectionState::kUdp, "UDP", 300, false}};
  for (const auto& row : kRows) {
    EXPECT_EQ(connection_state_name(row.state), row.name);
    EXPECT_EQ(default_timeout_s(row.state), row.timeout_s) << row.name;
    EXPECT_EQ(counts_as_active(row.state), row.active) << row.name;
  }
}

}  // namespace
}  // namespace lvslab::lvs
