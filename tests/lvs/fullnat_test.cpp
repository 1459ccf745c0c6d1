// FULLNAT: both ends rewritten both ways, the client named in TOA, sequence numbers shifted, ports
// taken from the service's local addresses.
#include "director_bed.h"

namespace lvslab::lvs::test {
namespace {

constexpr wire::Ipv4 kLip = wire::ipv4(10, 1, 0, 200), kOtherLip = wire::ipv4(10, 1, 0, 201);

class FullNat : public testing::Test {
 protected:
  FullNat() {
    bed.routes.local.insert(kLip);
    bed.routes.local.insert(kOtherLip);
    bed.add_web("rr", {1}, {.method = Method::kFullNat});
  }
  void add_lip(wire::Ipv4 address = kLip) {
    ASSERT_EQ(bed.director.add_local_address(bed.web(), address, bed.routes), AdminError::kNone);
  }
  wire::Ipv4View ip() const { return {bed.last.data()}; }
  wire::TcpView tcp() const { return {bed.last.data() + 20}; }
  wire::TcpOptions options() const {
    return wire::parse_tcp_options({bed.last.data() + 40, tcp().header_length() - 20});
  }
  hook::Verdict segment(wire::Endpoint from, wire::Endpoint to, const wire::TcpHeader& header,
                        Built b = {}) {
    return bed.push(bed.segment(from, to, header, b));
  }
  std::size_t ends() const { return bed.director.local_pool().size(); }

  Bed bed;
};

TEST_F(FullNat, ASynGetsBothEndsANumberOfItsOwnAndTheClientsName) {
  add_lip();
  wire::TcpHeader syn{.sequence = 1000, .flags = kSyn};
  syn.options = {.mss = 1460, .sack_permitted = true, .window_scale = 7, .timestamps = true};
  const hook::Verdict verdict = segment(client(1), kWeb, syn, {.ttl = 61});
  EXPECT_EQ(verdict.kind, Kind::kSendToward);
  EXPECT_EQ(verdict.toward, server(1).address);
  EXPECT_EQ(ip().source(), kLip);
  EXPECT_EQ(ip().destination(), server(1).address);
  EXPECT_EQ(tcp().source_port(), 5001) << "the first port ever used";
  EXPECT_EQ(tcp().destination_port(), 80);
  EXPECT_EQ(ip().ttl(), 61) << "not taken from";
  EXPECT_NE(tcp().sequence(), 1000u);
  const wire::TcpOptions seen = options();
  EXPECT_EQ(seen.toa, client(1));
  EXPECT_FALSE(seen.timestamps);
  EXPECT_EQ(seen.mss, 1460);
  EXPECT_EQ(seen.window_scale, 7);
  EXPECT_EQ(bed.last[40], 254) << "in front of the other options";
}

TEST_F(FullNat, AConnectionFromTheHandshakeToItsEnd) {
  add_lip();
  segment(client(1), kWeb, {.sequence = 1000, .flags = kSyn});
  const std::uint32_t first = tcp().sequence();
  const wire::Endpoint local{kLip, 5001};
  wire::TcpHeader answer{.sequence = 9000, .acknowledgement = first + 1, .flags = kSyn | kAck};
  answer.options.mss = 1460;
  const hook::Verdict back = segment(server(1), local, answer);
  EXPECT_EQ(back.kind, Kind::kSendToward);
  EXPECT_EQ(back.toward, client(1).address);
  EXPECT_EQ(ip().source(), kVip);
  EXPECT_EQ(ip().destination(), client(1).address);
  EXPECT_EQ(tcp().source_port(), 80);
  EXPECT_EQ(tcp().destination_port(), client(1).port);
  EXPECT_EQ(tcp().acknowledgement(), 1001u);
  EXPECT_EQ(tcp().sequence(), 9000u);
  EXPECT_EQ(options().mss, 1452) << "room for TOA";
  segment(client(1), kWeb, {.sequence = 1001, .acknowledgement = 9001, .flags = kAck});
  EXPECT_EQ(tcp().sequence(), first + 1);
  EXPECT_EQ(options().toa, client(1));
  EXPECT_EQ(bed.find(client(1))->state, ConnectionState::kEstablished);
  // The request, before the server has said anything, and after.
  segment(client(1), kWeb, {.sequence = 1001, .acknowledgement = 9001, .flags = kAck | wire::kPsh},
          {.payload = 100});
  EXPECT_EQ(options().toa, client(1));
  segment(client(1), kWeb, {.sequence = 1101, .acknowledgement = 9500, .flags = kAck});
  EXPECT_EQ(options().toa, std::nullopt);
  EXPECT_EQ(tcp().header_length(), 20u);
  // SACK names the client's numbers, so it comes back shifted.
  wire::TcpHeader sack{.sequence = 9500, .acknowledgement = first + 101, .flags = kAck};
  sack.options.sack_count = 1;
  sack.options.sack[0] = {first + 201, first + 301};
  segment(server(1), local, sack);
  EXPECT_EQ(tcp().acknowledgement(), 1101u);
  EXPECT_EQ(options().sack[0], (wire::SackBlock{1201, 1301}));
  segment(client(1), kWeb, {.flags = kFin | kAck});
  segment(server(1), local, {.flags = kFin | kAck});
  EXPECT_EQ(bed.find(client(1))->state, ConnectionState::kTimeWait);
  EXPECT_EQ(ends(), 1u);
  bed.pass(Duration::seconds(200));
  EXPECT_EQ(bed.find(client(1)), nullptr);
  EXPECT_EQ(ends(), 0u);
  EXPECT_EQ(bed.director.total().now.out_packets, 3u);
}

TEST_F(FullNat, ARetransmittedSynKeepsItsNumber) {
  add_lip();
  segment(client(1), kWeb, {.sequence = 1000, .flags = kSyn});
  const std::uint32_t first = tcp().sequence();
  bed.pass(Duration::seconds(1));
  segment(client(1), kWeb, {.sequence = 1000, .flags = kSyn});
  EXPECT_EQ(tcp().sequence(), first);
}

TEST_F(FullNat, ToaIsLeftOutWhenItWouldNotFit) {
  add_lip();
  segment(client(1), kWeb, {.flags = kSyn});
  segment(server(1), {kLip, 5001}, {.sequence = 9000, .flags = kSyn | kAck});
  const wire::TcpHeader data{.acknowledgement = 9001, .flags = kAck};
  EXPECT_EQ(segment(client(1), kWeb, data, {.payload = 1453}).kind, Kind::kSendToward);
  EXPECT_EQ(options().toa, std::nullopt);
  EXPECT_EQ(segment(client(1), kWeb, data, {.payload = 1452}).kind, Kind::kSendToward);
  EXPECT_EQ(options().toa, client(1));
  const hook::Verdict refused = segment(client(1), kWeb, data, {.payload = 1461});
  EXPECT_EQ(refused.kind, Kind::kReply);
  EXPECT_EQ(refused.icmp_code, wire::kFragmentationNeeded);
  EXPECT_EQ(refused.icmp_rest, 1500u);
}

TEST_F(FullNat, AddressesTakeTurnsAndPortsCountUp) {
  add_lip();
  add_lip(kOtherLip);
  std::string seen;
  for (int i = 0; i < 4; ++i) {
    bed.send(client(i), kSyn);
    seen += wire::to_string(wire::Endpoint{ip().source(), tcp().source_port()}) + " ";
  }
  EXPECT_EQ(seen, "10.1.0.200:5001 10.1.0.201:5001 10.1.0.200:5002 10.1.0.201:5002 ");
}

TEST_F(FullNat, WithoutALocalAddressNothingIsScheduled) {
  const hook::Verdict verdict = bed.send(client(1), kSyn);
  EXPECT_EQ(verdict.kind, Kind::kDrop);
  EXPECT_EQ(verdict.reason, DropReason::kIpvsNoLocalPort);
  EXPECT_EQ(bed.director.connections().size(), 0u);
  EXPECT_EQ(bed.real(1).total, 0u);
  EXPECT_EQ(bed.director.total().now.connections, 0u);
}

TEST_F(FullNat, LocalAddressesAreTheDirectorsOwnEachOnce) {
  EXPECT_EQ(bed.director.add_local_address(bed.web(), server(1).address, bed.routes),
            AdminError::kInvalid);
  add_lip();
  EXPECT_EQ(bed.director.add_local_address(bed.web(), kLip, bed.routes),
            AdminError::kLocalAddressExists);
  EXPECT_EQ(bed.director.remove_local_address(bed.web(), kOtherLip),
            AdminError::kNoSuchLocalAddress);
  EXPECT_EQ(bed.director.add_local_address({.mark = 9}, kLip, bed.routes),
            AdminError::kServiceNotDefined);
}

TEST_F(FullNat, ADeletedLocalAddressServesItsConnectionsToTheEnd) {
  add_lip();
  bed.open(client(1));
  EXPECT_EQ(bed.director.remove_local_address(bed.web(), kLip), AdminError::kNone);
  bed.send(client(1), kAck);
  EXPECT_EQ(ip().source(), kLip);
  EXPECT_EQ(bed.send(client(2), kSyn).reason, DropReason::kIpvsNoLocalPort);
  bed.director.remove_service(bed.turn, bed.web());
  bed.pass(Duration::seconds(1000));
  EXPECT_EQ(ends(), 0u);
}

TEST_F(FullNat, AnErrorFromTheClientsSideNamesTheServersEnds) {
  add_lip();
  bed.open(client(1));
  wire::Datagram reply = bed.tcp(kWeb, client(1), kAck);
  bed.push(bed.icmp(wire::ipv4(10, 9, 0, 254), kVip, 3, 4, reply));
  bed.pool.retire(reply.take());
  EXPECT_EQ(ip().source(), kLip);
  EXPECT_EQ(ip().destination(), server(1).address);
  const wire::Ipv4View quoted{bed.last.data() + 28};
  EXPECT_EQ(quoted.source(), server(1).address);
  EXPECT_EQ(quoted.destination(), kLip);
  EXPECT_EQ(wire::load16(quoted.p + 20), 80);
  EXPECT_EQ(wire::load16(quoted.p + 22), 5001);
  EXPECT_EQ(wire::checksum({bed.last.data() + 20, bed.last.size() - 20}), 0);
  EXPECT_EQ(wire::checksum({quoted.p, 20}), 0);
}

TEST_F(FullNat, AnErrorFromTheServersSideNamesTheClientsEnds) {
  add_lip();
  segment(client(1), kWeb, {.sequence = 1000, .flags = kSyn});
  wire::Datagram request = bed.segment({kLip, 5001}, server(1), {.sequence = tcp().sequence()});
  const hook::Verdict verdict = bed.push(bed.icmp(wire::ipv4(10, 1, 0, 254), kLip, 3, 1, request));
  bed.pool.retire(request.take());
  EXPECT_EQ(verdict.kind, Kind::kSendToward);
  EXPECT_EQ(verdict.toward, client(1).address);
  EXPECT_EQ(ip().source(), kVip);
  EXPECT_EQ(ip().destination(), client(1).address);
  const wire::Ipv4View quoted{bed.last.data() + 28};
  EXPECT_EQ(quoted.source(), client(1).address);
  EXPECT_EQ(quoted.destination(), kVip);
  EXPECT_EQ(wire::load16(quoted.p + 20), client(1).port);
  EXPECT_EQ(wire::load16(quoted.p + 22), 80);
  EXPECT_EQ(wire::load32(quoted.p + 24), 1000u);
  EXPECT_EQ(wire::checksum({bed.last.data() + 20, bed.last.size() - 20}), 0);
}

TEST_F(FullNat, AServerOnTheDirectorItselfIsReachedWithoutLeaving) {
  add_lip();
  bed.routes.local.insert(server(1).address);
  EXPECT_EQ(bed.send(client(1), kSyn).kind, Kind::kAccept);
  EXPECT_EQ(ip().destination(), server(1).address);
  const hook::Verdict back =
      bed.push(bed.tcp(server(1), {kLip, 5001}, kSyn | kAck), hook::Hook::kLocalOut);
  EXPECT_EQ(back.toward, client(1).address);
  EXPECT_EQ(ip().source(), kVip);
}

TEST(LocalPool, RunsOutTowardsOneServerAndCountsIt) {
  LocalPool pool(1);
  Service service;
  pool.add_address(service, kLip);
  const auto take = [&](int n) {
    return pool.take(service, wire::Protocol::kTcp, server(n), Instant());
  };
  constexpr std::size_t kPorts = LocalPool::kLastPort - LocalPool::kFirstPort + 1;
  for (std::size_t i = 0; i < kPorts; ++i) ASSERT_NE(take(1), LocalPool::kNone) << i;
  EXPECT_EQ(take(1), LocalPool::kNone);
  EXPECT_EQ(pool.address(0).refused, 1u);
  EXPECT_EQ(pool.address(0).conflicts, static_cast<std::uint64_t>(LocalPool::kMostTries));
  EXPECT_EQ(pool.address(0).connections, kPorts);
  EXPECT_NE(take(2), LocalPool::kNone) << "a port serves another server too";
  for (std::uint32_t end = 0; end < kPorts; ++end) pool.release(end);
  EXPECT_EQ(pool.size(), 1u);
  EXPECT_NE(take(1), LocalPool::kNone);
}

}  // namespace
}  // namespace lvslab::lvs::test
