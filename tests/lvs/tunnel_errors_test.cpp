// ICMP errors about the director's own tunnel packets: they come to the director, and the client is
// the one who must hear of them.
#include "director_bed.h"

namespace lvslab::lvs::test {
namespace {

using wire::IcmpType;

constexpr auto kUnreachable = static_cast<std::uint8_t>(IcmpType::kUnreachable);
constexpr auto kTimeExceeded = static_cast<std::uint8_t>(IcmpType::kTimeExceeded);
constexpr wire::Ipv4 kRouter = wire::ipv4(10, 0, 0, 1), kDirector = wire::ipv4(10, 0, 0, 2);

class TunnelErrors : public ::testing::TestWithParam<TunnelType> {
 protected:
  void SetUp() override {
    DestinationOptions options{.method = Method::kTunnel};
    options.tunnel = {.type = GetParam(), .port = 6080};
    bed_.add_web("rr", {1}, options);
  }
  /// What the director sent for the client's packet, as a router on the way quotes it.
  std::vector<std::uint8_t> sent(Built built = {}) {
    EXPECT_EQ(bed_.send(client(1), kSyn, kWeb, built).kind, Kind::kSendToward);
    return bed_.last;
  }
  hook::Verdict complain(std::uint8_t type, std::uint8_t code,
                         const std::vector<std::uint8_t>& about, std::uint32_t rest = 0,
                         hook::Hook where = hook::Hook::kLocalIn) {
    return bed_.push(bed_.icmp_quoting(kRouter, kDirector, type, code, about, rest), where);
  }
  std::uint32_t overhead() const {
    return GetParam() == TunnelType::kGue ? 32u : GetParam() == TunnelType::kGre ? 24u : 20u;
  }
  Bed bed_;
};

TEST_P(TunnelErrors, GoOnToTheClientFromTheVipAboutThePacketInside) {
  const std::vector<std::uint8_t> tunnelled = sent();
  const std::vector<std::uint8_t> inner(tunnelled.begin() + overhead(), tunnelled.end());
  for (const auto& [type, code] : {std::pair{kUnreachable, wire::kHostUnreachable},
                                   std::pair{kUnreachable, wire::kPortUnreachable},
                                   std::pair{kTimeExceeded, std::uint8_t{0}}}) {
    const hook::Verdict verdict = complain(type, code, tunnelled);
    EXPECT_EQ(verdict.kind, Kind::kReply);
    EXPECT_EQ(verdict.icmp_type, type);
    EXPECT_EQ(verdict.icmp_code, code);
    EXPECT_EQ(verdict.icmp_source, kVip);
    EXPECT_TRUE(verdict.consumed);
    EXPECT_EQ(bed_.last, inner);
  }
}

TEST_P(TunnelErrors, AreCountedAsPacketsToTheClientAndLeaveTheConnectionAlone) {
  const std::vector<std::uint8_t> tunnelled = sent();
  const std::uint32_t timeout = bed_.find(client(1))->timeout_s;
  complain(kUnreachable, wire::kHostUnreachable, tunnelled);
  EXPECT_EQ(bed_.real(1).stats.now.out_packets, 1u);
  EXPECT_EQ(bed_.real(1).stats.now.out_bytes, tunnelled.size() - overhead());
  EXPECT_EQ(bed_.real(1).stats.now.in_packets, 1u);
  EXPECT_EQ(bed_.find(client(1))->timeout_s, timeout);
}

TEST_P(TunnelErrors, OfSizeTellTheClientTheRoomInsideTheTunnelAndTheHostTheRoomOfItsPath) {
  const hook::Verdict verdict = complain(kUnreachable, wire::kFragmentationNeeded, sent(), 1400);
  EXPECT_EQ(verdict.kind, Kind::kReply);
  EXPECT_EQ(verdict.icmp_rest, 1400 - overhead());
  EXPECT_EQ(verdict.path_mtu, 1400u);
  EXPECT_EQ(verdict.toward, server(1).address);
}

TEST_P(TunnelErrors, OfSizeAreNoNewsForAClientWhosePacketsMayBeCut) {
  const hook::Verdict verdict =
      complain(kUnreachable, wire::kFragmentationNeeded, sent({.dont_fragment = false}), 1400);
  EXPECT_EQ(verdict.kind, Kind::kReply);
  EXPECT_EQ(verdict.icmp_type, 0);
  EXPECT_EQ(verdict.path_mtu, 1400u);
}

TEST_P(TunnelErrors, OfTheDirectorItselfStayWithIt) {
  const hook::Verdict verdict =
      complain(kUnreachable, wire::kHostUnreachable, sent(), 0, hook::Hook::kLocalOut);
  EXPECT_EQ(verdict.kind, Kind::kReply);
  EXPECT_EQ(verdict.icmp_type, 0);
  EXPECT_TRUE(verdict.consumed);
}

TEST_P(TunnelErrors, AboutAnythingElseAreTheHostsOwnAffair) {
  std::vector<std::uint8_t> tunnelled = sent();
  EXPECT_EQ(complain(kUnreachable, wire::kHostUnreachable, tunnelled, 0, hook::Hook::kForward).kind,
            Kind::kAccept);
  std::vector<std::uint8_t> cut(tunnelled.begin(), tunnelled.begin() + overhead() + 4);
  EXPECT_EQ(complain(kUnreachable, wire::kHostUnreachable, cut).kind, Kind::kAccept);
  std::vector<std::uint8_t> stranger = tunnelled;
  wire::store16(stranger.data() + overhead() + wire::kIpv4Header, 40001);  // another client's
  EXPECT_EQ(complain(kUnreachable, wire::kHostUnreachable, stranger).kind, Kind::kAccept);
  wire::store32(tunnelled.data() + 16, server(7).address.value);  // no server of ours
  EXPECT_EQ(complain(kUnreachable, wire::kHostUnreachable, tunnelled).kind, Kind::kAccept);
}

TEST_P(TunnelErrors, WithAWrongChecksumAreDropped) {
  wire::Datagram error =
      bed_.icmp_quoting(kRouter, kDirector, kUnreachable, wire::kHostUnreachable, sent());
  error.edit_transport()[2] ^= 1;
  EXPECT_EQ(bed_.push(std::move(error)).kind, Kind::kDrop);
}

INSTANTIATE_TEST_SUITE_P(EveryTunnel, TunnelErrors,
                         ::testing::Values(TunnelType::kIpip, TunnelType::kGue, TunnelType::kGre),
                         [](const auto& instance) {
                           return std::string(instance.param == TunnelType::kIpip  ? "Ipip"
                                              : instance.param == TunnelType::kGue ? "Gue"
                                                                                   : "Gre");
                         });

}  // namespace
}  // namespace lvslab::lvs::test
