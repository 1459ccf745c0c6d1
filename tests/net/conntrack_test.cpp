// Connection tracking by itself: what TCP's flags and windows make of a connection, and how clients
// are spread over a range of addresses.
#include <gtest/gtest.h>

#include <map>

#include "net/netfilter/conntrack_tcp.h"
#include "net/netfilter/nat.h"

namespace lvslab::net::netfilter {
namespace {

using wire::ipv4;

TcpTrack::Segment segment(std::uint8_t flags, std::uint32_t sequence, std::uint32_t ack,
                          std::uint32_t length = 0, std::uint16_t window = 1'000) {
  TcpTrack::Segment s{};
  s.flags = flags;
  s.sign = tcp_sign(flags);
  s.sequence = sequence;
  s.acknowledgement = s.sack = ack;
  s.window = window;
  s.end =
      sequence + length + ((flags & wire::kSyn) != 0 ? 1 : 0) + ((flags & wire::kFin) != 0 ? 1 : 0);
  return s;
}

class Followed : public ::testing::Test {
 protected:
  /// The state after the segment, or why it has none.
  std::string sees(const TcpTrack::Segment& s, bool reply) {
    if (!begun_) {
      begun_ = true;
      if (!track_.begin(s, rules_)) return "INVALID";
    }
    switch (track_.follow(s, reply, answered_, false, rules_)) {
      case TcpOpinion::kInvalid:
        return "INVALID";
      case TcpOpinion::kAgain:
        return "again";
      case TcpOpinion::kPass:
        return "let through";
      case TcpOpinion::kFollow:
        answered_ = answered_ || reply;
        return std::string(tcp_track_name(track_.state()));
    }
    return {};
  }
  void handshake() {
    ASSERT_EQ(sees(segment(wire::kSyn, 100, 0), false), "SYN_SENT");
    ASSERT_EQ(sees(segment(wire::kSyn | wire::kAck, 300, 101), true), "SYN_RECV");
    ASSERT_EQ(sees(segment(wire::kAck, 101, 301), false), "ESTABLISHED");
  }
  TcpTrack track_;
  TcpTrackRules rules_;
  bool begun_ = false, answered_ = false;
};

TEST_F(Followed, AConnectionFromItsFirstToItsLastSegment) {
  handshake();
  EXPECT_EQ(sees(segment(wire::kAck | wire::kPsh, 101, 301, 500), false), "ESTABLISHED");
  EXPECT_EQ(sees(segment(wire::kAck, 301, 601), true), "ESTABLISHED");
  EXPECT_EQ(sees(segment(wire::kFin | wire::kAck, 601, 301), false), "FIN_WAIT");
  EXPECT_EQ(sees(segment(wire::kAck, 301, 602), true), "CLOSE_WAIT");
  EXPECT_EQ(sees(segment(wire::kFin | wire::kAck, 301, 602), true), "LAST_ACK");
  EXPECT_EQ(sees(segment(wire::kAck, 602, 302), false), "TIME_WAIT");
  EXPECT_EQ(sees(segment(wire::kSyn, 9'000, 0), false), "again");
}

TEST_F(Followed, BothSidesMayOpenAtOnce) {
  ASSERT_EQ(sees(segment(wire::kSyn, 100, 0), false), "SYN_SENT");
  EXPECT_EQ(sees(segment(wire::kSyn, 300, 0), true), "SYN_SENT2");
  EXPECT_EQ(sees(segment(wire::kSyn | wire::kAck, 100, 301), false), "SYN_RECV");
  EXPECT_EQ(sees(segment(wire::kSyn | wire::kAck, 300, 101), true), "let through");
  EXPECT_EQ(sees(segment(wire::kAck, 301, 101), true), "ESTABLISHED");
}

TEST_F(Followed, ASynIntoALivingConnectionIsLetThrough) {
  handshake();
  EXPECT_EQ(sees(segment(wire::kSyn, 7'000, 0), false), "let through");
  EXPECT_EQ(sees(segment(wire::kAck, 301, 101), true), "ESTABLISHED") << "a challenge";
}

TEST_F(Followed, ASynThatBothSidesAgreeUponStartsAnew) {
  handshake();
  EXPECT_EQ(sees(segment(wire::kSyn, 7'000, 0), false), "let through");
  EXPECT_EQ(sees(segment(wire::kSyn | wire::kAck, 900'000, 7'001), true), "SYN_RECV");
  EXPECT_EQ(sees(segment(wire::kAck, 7'001, 900'001), false), "ESTABLISHED");
}

TEST_F(Followed, ResetsMustBearTheExpectedNumber) {
  handshake();
  EXPECT_EQ(sees(segment(wire::kAck, 301, 101, 10), true), "ESTABLISHED");
  EXPECT_EQ(sees(segment(wire::kAck, 101, 311), false), "ESTABLISHED");
  EXPECT_EQ(sees(segment(wire::kRst, 305, 0), true), "INVALID") << "below what was acknowledged";
  EXPECT_EQ(sees(segment(wire::kRst, 400, 0), true), "ESTABLISHED") << "may provoke a challenge";
  EXPECT_EQ(sees(segment(wire::kRst, 311, 0), true), "CLOSE");
}

TEST_F(Followed, WindowsBoundWhatMayBeSent) {
  handshake();
  EXPECT_EQ(sees(segment(wire::kAck, 301, 101, 1'000), true), "ESTABLISHED") << "all of the window";
  EXPECT_EQ(sees(segment(wire::kAck, 1'302, 101, 1'000), true), "INVALID") << "beyond it";
  EXPECT_EQ(sees(segment(wire::kAck, 101, 1'301), false), "ESTABLISHED");
  EXPECT_EQ(sees(segment(wire::kAck, 101, 1'302), false), "INVALID") << "acknowledges the unsent";
}

TEST_F(Followed, PickedUpInItsMiddleItIsNotJudgedByWindows) {
  EXPECT_EQ(sees(segment(wire::kAck, 101, 301, 10), false), "ESTABLISHED");
  EXPECT_EQ(sees(segment(wire::kAck, 301, 111, 60'000), true), "ESTABLISHED");
  EXPECT_EQ(sees(segment(wire::kAck, 900'000, 111, 10), true), "ESTABLISHED");
}

TEST(TcpFlags, OnlySaneCombinationsMakeSense) {
  using namespace wire;
  for (const int good : std::initializer_list<int>{
           kSyn, kSyn | kUrg, kSyn | kAck, kRst, kRst | kAck, kFin | kAck, kFin | kAck | kUrg, kAck,
           kAck | kUrg, kAck | kPsh, kSyn | kEce | kCwr})
    EXPECT_TRUE(tcp_flags_make_sense(static_cast<std::uint8_t>(good))) << good;
  for (const int bad : std::initializer_list<int>{0, kFin, kSyn | kFin, kSyn | kRst, kUrg, kPsh,
                                                  kRst | kUrg, kSyn | kAck | kUrg})
    EXPECT_FALSE(tcp_flags_make_sense(static_cast<std::uint8_t>(bad))) << bad;
}

TEST(Spread, ClientsShareARangeAndAPersistentOneForgetsTheDestination) {
  NatRange range{.addresses = true, .low = ipv4(10, 0, 0, 1), .high = ipv4(10, 0, 0, 4)};
  std::map<std::uint32_t, int> picks;
  for (std::uint8_t i = 1; i < 201; ++i) {
    const wire::Ipv4 picked = spread(range, ipv4(192, 0, 2, i), ipv4(198, 51, 100, 7));
    EXPECT_GE(picked, range.low);
    EXPECT_LE(picked, range.high);
    EXPECT_EQ(picked, spread(range, ipv4(192, 0, 2, i), ipv4(198, 51, 100, 7)));
    ++picks[picked.value];
  }
  EXPECT_EQ(picks.size(), 4u);
  for (const auto& [address, count] : picks) EXPECT_GT(count, 25) << address;
  range.persistent = true;
  EXPECT_EQ(spread(range, ipv4(192, 0, 2, 9), ipv4(198, 51, 100, 7)),
            spread(range, ipv4(192, 0, 2, 9), ipv4(203, 0, 113, 1)));
}

}  // namespace
}  // namespace lvslab::net::netfilter
