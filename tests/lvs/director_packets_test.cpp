// Verdicts of the director for single packets, direct routing.
#include "director_bed.h"

namespace lvslab::lvs::test {
namespace {

TEST(DirectorPackets, AnAckOfAKnownConnectionFollowsItsSyn) {
  Bed bed;
  bed.add_web("rr", {1, 1, 1});
  const hook::Verdict first = bed.send(client(1), kSyn);
  EXPECT_EQ(first.kind, Kind::kSendToward);
  EXPECT_EQ(first.toward, server(3).address);
  EXPECT_EQ(bed.send(client(1), kAck).toward, server(3).address);
}

TEST(DirectorPackets, RoundRobinWalksTheListNewestFirst) {
  Bed bed;
  bed.add_web("rr", {1, 1, 1});
  for (const int expected : {3, 2, 1, 3, 2, 1}) {
    static int n = 0;
    EXPECT_EQ(bed.open(client(++n)), server(expected).address);
  }
}

TEST(DirectorPackets, DirectRoutingTakesOneFromTheTtlAndMendsTheChecksum) {
  Bed bed;
  bed.add_web("rr", {1});
  EXPECT_EQ(bed.send(client(1), kSyn, kWeb, {.ttl = 61}).kind, Kind::kSendToward);
  EXPECT_EQ(bed.last_ttl, 60);
  EXPECT_TRUE(bed.last_checksum_ok);
}

TEST(DirectorPackets, AnExhaustedTtlIsReportedFromTheVipAndStillTookItsTurn) {
  Bed bed;
  bed.add_web("rr", {1, 1});
  const hook::Verdict verdict = bed.send(client(1), kSyn, kWeb, {.ttl = 1});
  EXPECT_EQ(verdict.kind, Kind::kReply);
  EXPECT_EQ(verdict.reason, DropReason::kTtlExceeded);
  EXPECT_EQ(verdict.icmp_type, 11);
  EXPECT_EQ(verdict.icmp_code, 0);
  EXPECT_EQ(verdict.icmp_source, kVip);
  EXPECT_EQ(bed.open(client(2)), server(1).address);
}

TEST(DirectorPackets, TooBigWithDontFragmentIsReportedWithTheMtu) {
  Bed bed;
  bed.add_web("rr", {1});
  bed.routes.mtu = 1400;
  const hook::Verdict verdict = bed.send(client(1), kSyn, kWeb, {.payload = 1400});
  EXPECT_EQ(verdict.kind, Kind::kReply);
  EXPECT_EQ(verdict.icmp_type, 3);
  EXPECT_EQ(verdict.icmp_code, 4);
  EXPECT_EQ(verdict.icmp_rest, 1400u);
  EXPECT_EQ(verdict.icmp_source, kVip);
  EXPECT_EQ(bed.send(client(2), kSyn, kWeb, {.dont_fragment = false, .payload = 1400}).kind,
            Kind::kSendToward);
  EXPECT_EQ(bed.send(client(3), kSyn, kWeb, {.payload = 1360}).kind, Kind::kSendToward);
}

TEST(DirectorPackets, NoRouteToTheServerIsHostUnreachable) {
  Bed bed;
  bed.add_web("rr", {1});
  bed.routes.unreachable.insert(server(1).address);
  const hook::Verdict verdict = bed.send(client(1), kSyn);
  EXPECT_EQ(verdict.kind, Kind::kReply);
  EXPECT_EQ(verdict.icmp_type, 3);
  EXPECT_EQ(verdict.icmp_code, 1);
}

TEST(DirectorPackets, NobodyToTakeItIsPortUnreachableFromTheVip) {
  Bed bed;
  bed.add_web("rr", {});
  const hook::Verdict empty = bed.send(client(1), kSyn);
  EXPECT_EQ(empty.kind, Kind::kReply);
  EXPECT_EQ(empty.reason, DropReason::kIpvsNoDestination);
  EXPECT_EQ(empty.icmp_type, 3);
  EXPECT_EQ(empty.icmp_code, 3);
  EXPECT_EQ(empty.icmp_source, kVip);
  EXPECT_EQ(bed.director.connections().size(), 0u);
  ASSERT_EQ(bed.notes(NoteKind::kIpvsRefused).size(), 1u);

  bed.director.add_destination(bed.turn, bed.web(), server(1), {.weight = 0}, bed.routes);
  EXPECT_EQ(bed.send(client(1), kSyn).kind, Kind::kReply);
}

TEST(DirectorPackets, OtherPortsAndStraySegmentsGoToTheHostItself) {
  Bed bed;
  bed.add_web("rr", {1});
  EXPECT_EQ(bed.send(client(1), kSyn, {kVip, 81}).kind, Kind::kAccept);
  EXPECT_EQ(bed.send(client(1), kAck).kind, Kind::kAccept);
  EXPECT_EQ(bed.send(client(1), kRst | kAck).kind, Kind::kAccept);
  EXPECT_EQ(bed.send(client(1, 20), kSyn).kind, Kind::kAccept) << "source port 20";
  EXPECT_EQ(bed.push(bed.udp(client(1), kWeb)).kind, Kind::kAccept);
  EXPECT_EQ(bed.director.connections().size(), 0u);
}

TEST(DirectorPackets, SloppyTcpLetsAnySegmentButARstBegin) {
  Bed bed;
  bed.add_web("rr", {1});
  bed.director.settings().sloppy_tcp = 1;
  EXPECT_EQ(bed.send(client(1), kRst).kind, Kind::kAccept);
  EXPECT_EQ(bed.send(client(1), kAck).kind, Kind::kSendToward);
  EXPECT_EQ(bed.find(client(1))->state, ConnectionState::kEstablished);
}

TEST(DirectorPackets, FramesForOthersAndHandledPacketsAreLeftAlone) {
  Bed bed;
  bed.add_web("rr", {1});
  bed.link = hook::LinkClass::kBroadcast;
  EXPECT_EQ(bed.send(client(1), kSyn).kind, Kind::kAccept);
  bed.link = hook::LinkClass::kHost;
  bed.done = true;
  EXPECT_EQ(bed.send(client(1), kSyn).kind, Kind::kAccept);
  bed.done = false;
  EXPECT_EQ(bed.send(client(1), kSyn).kind, Kind::kSendToward);
}

TEST(DirectorPackets, RequestsAreNotSeenWhenMerelyForwarded) {
  Bed bed;
  bed.add_web("rr", {1});
  EXPECT_EQ(bed.push(bed.tcp(client(1), kWeb, kSyn), hook::Hook::kForward).kind, Kind::kAccept);
  EXPECT_EQ(bed.director.connections().size(), 0u);
}

TEST(DirectorPackets, AServerOnTheDirectorItselfGetsThePacketUntouched) {
  Bed bed;
  bed.add_web("rr", {1});
  bed.routes.local.insert(server(1).address);
  EXPECT_EQ(bed.send(client(1), kSyn, kWeb, {.ttl = 1}).kind, Kind::kAccept);
  EXPECT_EQ(bed.last_ttl, 1);
  ASSERT_NE(bed.find(client(1)), nullptr);
  EXPECT_EQ(bed.push(bed.tcp(kWeb, client(1), kSyn | kAck), hook::Hook::kLocalOut).kind,
            Kind::kAccept);
  EXPECT_EQ(bed.real(1).stats.now.out_packets, 1u);
}

TEST(DirectorPackets, UdpIsOneStateAndCountsAsInactive) {
  Bed bed;
  const ServiceKey dns{.protocol = wire::Protocol::kUdp, .address = {kVip, 53}};
  ASSERT_EQ(bed.director.add_service(bed.turn, dns, {.scheduler = "rr"}), AdminError::kNone);
  bed.director.add_destination(bed.turn, dns, server(1, 53), {}, bed.routes);
  EXPECT_EQ(bed.push(bed.udp(client(1), dns.address)).toward, server(1).address);
  const Connection* c = bed.find(client(1), dns.address, wire::Protocol::kUdp);
  ASSERT_NE(c, nullptr);
  EXPECT_EQ(c->state, ConnectionState::kUdp);
  EXPECT_EQ(c->timeout_s, 300u);
  EXPECT_EQ(bed.real(1, dns).active, 0u);
  EXPECT_EQ(bed.real(1, dns).inactive(), 1u);
}

TEST(DirectorPackets, OnePacketServicesKeepNothing) {
  Bed bed;
  const ServiceKey dns{.protocol = wire::Protocol::kUdp, .address = {kVip, 53}};
  bed.director.add_service(bed.turn, dns, {.scheduler = "rr", .one_packet = true});
  bed.director.add_destination(bed.turn, dns, server(1, 53), {}, bed.routes);
  bed.director.add_destination(bed.turn, dns, server(2, 53), {}, bed.routes);
  EXPECT_EQ(bed.push(bed.udp(client(1), dns.address)).toward, server(2).address);
  EXPECT_EQ(bed.push(bed.udp(client(1), dns.address)).toward, server(1).address);
  EXPECT_EQ(bed.director.connections().size(), 0u);
  EXPECT_EQ(bed.real(1, dns).total + bed.real(2, dns).total, 0u);
  EXPECT_EQ(bed.real(1, dns).references, 0u);
  EXPECT_EQ(bed.real(1, dns).stats.now.connections, 1u);
}

TEST(DirectorPackets, AMarkFindsItsServiceWhateverTheAddress) {
  Bed bed;
  const ServiceKey marked{.mark = 7};
  bed.director.add_service(bed.turn, marked, {.scheduler = "rr"});
  bed.director.add_destination(bed.turn, marked, server(1, 0), {}, bed.routes);
  EXPECT_EQ(bed.send(client(1), kSyn, {kVip, 443}).kind, Kind::kAccept);
  bed.mark = 7;
  EXPECT_EQ(bed.send(client(1), kSyn, {kVip, 443}).toward, server(1).address);
  EXPECT_EQ(bed.find(client(1), {kVip, 443})->real, server(1, 443));
}

TEST(DirectorPackets, CacheBypassSendsAMarkedPacketOnToItsOwnDestination) {
  Bed bed;
  bed.director.add_service(bed.turn, {.mark = 7}, {.scheduler = "rr"});
  bed.director.settings().cache_bypass = 1;
  bed.mark = 7;
  const wire::Endpoint elsewhere{wire::ipv4(192, 0, 2, 9), 80};
  EXPECT_EQ(bed.send(client(1), kSyn, elsewhere).toward, elsewhere.address);
  EXPECT_EQ(bed.find(client(1), elsewhere)->method, Method::kBypass);
  EXPECT_EQ(bed.send(client(1), kSyn, kWeb).kind, Kind::kReply) << "the VIP is local";
}

TEST(DirectorPackets, ErrorsAboutRepliesFollowTheirConnection) {
  Bed bed;
  bed.add_web("rr", {1});
  bed.open(client(1));
  wire::Datagram reply = bed.tcp(kWeb, client(1), kAck);
  const Instant expires = bed.find(client(1))->expires;
  bed.pass(Duration::seconds(1));
  const wire::Ipv4 router = wire::ipv4(10, 9, 9, 9);
  EXPECT_EQ(bed.push(bed.icmp(router, kVip, 3, 1, reply)).toward, server(1).address);
  EXPECT_EQ(bed.push(bed.icmp(router, kVip, 3, 1, reply), hook::Hook::kForward).toward,
            server(1).address);
  EXPECT_EQ(bed.push(bed.icmp(router, kVip, 5, 1, reply)).kind, Kind::kAccept) << "no error type";
  EXPECT_EQ(bed.real(1).stats.now.in_packets, 4u);
  EXPECT_EQ(bed.find(client(1))->expires, expires);
  bed.pool.retire(reply.take());
}

TEST(DirectorPackets, ErrorsAboutForeignPacketsPass) {
  Bed bed;
  bed.add_web("rr", {1});
  wire::Datagram reply = bed.tcp(kWeb, client(1), kAck);
  EXPECT_EQ(bed.push(bed.icmp(wire::ipv4(10, 9, 9, 9), kVip, 3, 1, reply)).kind, Kind::kAccept);
  bed.director.settings().schedule_icmp = 1;
  EXPECT_EQ(bed.push(bed.icmp(wire::ipv4(10, 9, 9, 9), kVip, 3, 1, reply)).toward,
            server(1).address);
  bed.pool.retire(reply.take());
}

TEST(DirectorPackets, ErrorsOfTheDirectorItselfCountAsOutgoing) {
  Bed bed;
  bed.add_web("rr", {1});
  bed.open(client(1));
  wire::Datagram request = bed.tcp(client(1), kWeb, kAck);
  const wire::Ipv4 dip = wire::ipv4(10, 0, 0, 1);
  EXPECT_EQ(bed.push(bed.icmp(dip, client(1).address, 3, 1, request), hook::Hook::kLocalOut).kind,
            Kind::kAccept);
  EXPECT_EQ(bed.real(1).stats.now.out_packets, 1u);
  EXPECT_EQ(bed.real(1).stats.now.out_bytes, 56u);
  bed.pool.retire(request.take());
}

TEST(DirectorPackets, NatIcmpSendTellsAServerWhoseEntryIsGone) {
  Bed bed;
  bed.add_web("rr", {1}, {.method = Method::kMasq});
  const auto stray = [&](std::uint8_t flags) {
    return bed.push(bed.tcp(server(1), client(1), flags), hook::Hook::kForward);
  };
  EXPECT_EQ(stray(kAck).kind, Kind::kAccept);
  bed.director.settings().nat_icmp_send = 1;
  EXPECT_EQ(stray(kAck).icmp_code, 3);
  EXPECT_TRUE(stray(kAck).icmp_source.is_zero());
  EXPECT_EQ(stray(kRst).kind, Kind::kAccept);
}

TEST(DirectorPackets, TruncatedDatagramsAreLeftToTheHost) {
  Bed bed;
  bed.add_web("rr", {1});
  for (const std::uint32_t keep : {0u, 3u, 4u, 8u, 19u}) {
    wire::Datagram d = bed.tcp(client(1), kWeb, kSyn);
    d.packet().trim(wire::kIpv4Header + keep);
    EXPECT_EQ(bed.push(std::move(d)).kind, Kind::kAccept) << keep;
    wire::Datagram quoted = bed.tcp(kWeb, client(1), kAck);
    wire::Datagram error = bed.icmp(client(1).address, kVip, 3, 1, quoted);
    error.packet().trim(wire::kIpv4Header + 8 + keep);
    EXPECT_EQ(bed.push(std::move(error)).kind, Kind::kAccept) << keep;
    bed.pool.retire(quoted.take());
  }
}

TEST(DirectorPackets, DropPacketModeThreeDropsTheFirstAndThenEveryRateth) {
  Bed bed;
  bed.add_web("rr", {1});
  bed.director.settings().drop_packet = 3;
  bed.director.settings().am_droprate = 3;
  std::string pattern;
  for (int i = 0; i < 7; ++i) {
    pattern += bed.send(client(i), kSyn).kind == Kind::kDrop ? 'x' : '.';
  }
  EXPECT_EQ(pattern, "x..x..x");
}

}  // namespace
}  // namespace lvslab::lvs::test
