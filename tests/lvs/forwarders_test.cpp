// What each forwarding method does to the bytes.
#include "director_bed.h"
#include "lvs/forwarders/rewrite.h"

namespace lvslab::lvs::test {
namespace {

class Forwarders : public testing::Test {
 protected:
  Connection connection(Method method, std::uint16_t port = 80) {
    Connection c;
    c.client = client(1);
    c.service = kWeb;
    c.real = server(1, port);
    c.method = method;
    c.destination = &destination;
    return c;
  }
  hook::Verdict request(const Connection& c, wire::Datagram& d) {
    return forwarder(c.method).get().to_real({bed.turn, c, info, bed.routes, settings}, d);
  }
  hook::Verdict reply(const Connection& c, wire::Datagram& d) {
    return forwarder(c.method).get().to_client({bed.turn, c, info, bed.routes, settings}, d);
  }
  void expect_sound(const wire::Datagram& d) {
    EXPECT_EQ(wire::checksum(d.packet().bytes().first(d.header_length())), 0);
    EXPECT_EQ(d.ip().total_length(), d.packet().length());
    Packet segment = d.packet().share();
    segment.pull(d.header_length());
    const bool ok = d.protocol() == wire::Protocol::kTcp
                        ? wire::tcp_checksum_ok(segment, d.ip().source(), d.ip().destination())
                        : wire::udp_checksum_ok(segment, d.ip().source(), d.ip().destination());
    EXPECT_TRUE(ok);
    bed.pool.retire(std::move(segment));
  }

  Bed bed;
  Destination destination;
  DirectorSettings settings;
  hook::PacketInfo info{.hook = hook::Hook::kLocalIn, .route = hook::RouteKind::kLocal};
};

TEST_F(Forwarders, EveryMethodIsInTheTableOnce) {
  EXPECT_EQ(forwarder(Method::kRoute).name, "Route");
  EXPECT_EQ(forwarder(Method::kMasq).name, "Masq");
  EXPECT_EQ(forwarder(Method::kTunnel).name, "Tunnel");
  EXPECT_EQ(forwarder(Method::kLocal).name, "Local");
  std::set<Method> seen;
  for (const ForwarderEntry& entry : forwarders()) EXPECT_TRUE(seen.insert(entry.method).second);
  EXPECT_EQ(forwarder(Method::kFullNat).name, "FullNat");
  EXPECT_EQ(forwarder(Method::kFullNat).option, 'b');
}

TEST_F(Forwarders, MasqueradingRewritesRequestAndReply) {
  const Connection c = connection(Method::kMasq, 8080);
  for (const bool udp : {false, true}) {
    wire::Datagram d = udp ? bed.udp(client(1), kWeb, {.payload = 33})
                           : bed.tcp(client(1), kWeb, kAck, {.payload = 33});
    EXPECT_EQ(request(c, d).toward, server(1).address);
    EXPECT_EQ(d.ip().source(), client(1).address);
    EXPECT_EQ(d.ip().destination(), server(1).address);
    EXPECT_EQ(d.destination_port(), 8080);
    EXPECT_EQ(d.ip().ttl(), 63);
    expect_sound(d);
    bed.pool.retire(d.take());
  }
  wire::Datagram back = bed.tcp(server(1, 8080), client(1), kAck);
  info = {.hook = hook::Hook::kForward, .route = hook::RouteKind::kUnicast};
  EXPECT_EQ(reply(c, back).kind, Kind::kReroute);
  EXPECT_EQ(back.ip().source(), kVip);
  EXPECT_EQ(back.source_port(), 80);
  EXPECT_EQ(back.ip().ttl(), 64) << "forwarding itself takes the one";
  expect_sound(back);
  settings.snat_reroute = 0;
  bed.pool.retire(back.take());
  back = bed.tcp(server(1, 8080), client(1), kAck);
  EXPECT_EQ(reply(c, back).kind, Kind::kAccept);
  bed.pool.retire(back.take());
}

TEST_F(Forwarders, AUdpChecksumOfZeroIsComputedWhenRewriting) {
  wire::Datagram d = bed.udp(client(1), kWeb, {.payload = 5});
  wire::store16(d.edit_transport() + 6, 0);
  EXPECT_TRUE(rewrite_destination(d, server(1, 53)));
  EXPECT_NE(wire::load16(d.transport() + 6), 0);
  expect_sound(d);
  bed.pool.retire(d.take());
}

TEST_F(Forwarders, AWrongChecksumStaysWrongByAsMuch) {
  wire::Datagram d = bed.tcp(client(1), kWeb, kAck);
  wire::store16(d.edit_transport() + 16,
                static_cast<std::uint16_t>(wire::load16(d.transport() + 16) ^ 0x1111));
  EXPECT_TRUE(rewrite_destination(d, server(1)));
  Packet segment = d.packet().share();
  segment.pull(20);
  EXPECT_FALSE(wire::tcp_checksum_ok(segment, d.ip().source(), d.ip().destination()));
  bed.pool.retire(std::move(segment));
  bed.pool.retire(d.take());
}

TEST_F(Forwarders, MasqueradingTranslatesTheQuotedPacketOfAnError) {
  bed.add_web("rr", {1}, {.method = Method::kMasq});
  bed.send(client(1), kSyn);
  wire::Datagram request_seen = bed.tcp(client(1), server(1), kSyn);
  wire::Datagram error = bed.icmp(server(1).address, client(1).address, 3, 3, request_seen);
  const Connection c = connection(Method::kMasq);
  info = {.hook = hook::Hook::kForward, .route = hook::RouteKind::kUnicast};
  const ForwardContext context{bed.turn, c, info, bed.routes, settings, true};
  EXPECT_EQ(forwarder(Method::kMasq).get().error_to_client(context, error).kind, Kind::kReroute);
  EXPECT_EQ(error.ip().source(), kVip);
  const wire::Ipv4View quoted{error.transport() + 8};
  EXPECT_EQ(quoted.destination(), kVip);
  EXPECT_EQ(wire::checksum({quoted.p, 20}), 0);
  EXPECT_EQ(wire::load16(quoted.p + 22), 80);
  EXPECT_TRUE(icmp_error_checksum_ok(error));
  bed.pool.retire(error.take());
  bed.pool.retire(request_seen.take());
}

TEST_F(Forwarders, TunnellingCopiesTtlTosAndDf) {
  const Connection c = connection(Method::kTunnel);
  wire::Datagram d = bed.tcp(client(1), kWeb, kAck, {.ttl = 61, .payload = 100});
  EXPECT_EQ(request(c, d).toward, server(1).address);
  EXPECT_EQ(d.ip().protocol(), 4);
  EXPECT_EQ(d.ip().destination(), server(1).address);
  EXPECT_EQ(d.ip().ttl(), 60);
  EXPECT_TRUE(d.ip().dont_fragment());
  EXPECT_EQ(d.ip().id(), 0);
  EXPECT_EQ(d.ip().total_length(), 160);
  EXPECT_EQ(wire::checksum(d.packet().bytes().first(20)), 0);
  const wire::Ipv4View inner{d.transport()};
  EXPECT_EQ(inner.destination(), kVip);
  EXPECT_EQ(inner.ttl(), 60);
  bed.pool.retire(d.take());
}

TEST_F(Forwarders, TunnellingRefusesWhatDoesNotFitWithItsHeader) {
  const Connection c = connection(Method::kTunnel);
  wire::Datagram d = bed.tcp(client(1), kWeb, kAck, {.payload = 1460});
  const hook::Verdict verdict = request(c, d);
  EXPECT_EQ(verdict.kind, Kind::kReply);
  EXPECT_EQ(verdict.icmp_code, 4);
  EXPECT_EQ(verdict.icmp_rest, 1480u);
  bed.pool.retire(d.take());
  settings.pmtu_disc = 0;
  d = bed.tcp(client(1), kWeb, kAck, {.payload = 1460});
  EXPECT_EQ(request(c, d).kind, Kind::kSendToward);
  EXPECT_FALSE(d.ip().dont_fragment());
  bed.pool.retire(d.take());
}

TEST_F(Forwarders, GueAndGreHaveTheirHeaders) {
  const Connection c = connection(Method::kTunnel);
  destination.options.tunnel = {TunnelType::kGue, 6080, 1};
  wire::Datagram d = bed.tcp(client(1), kWeb, kAck);
  request(c, d);
  EXPECT_EQ(d.ip().protocol(), 17);
  EXPECT_EQ(d.destination_port(), 6080);
  EXPECT_EQ(d.transport()[9], 4);
  expect_sound(d);
  bed.pool.retire(d.take());
  destination.options.tunnel = {TunnelType::kGre, 0, 1};
  d = bed.tcp(client(1), kWeb, kAck);
  request(c, d);
  EXPECT_EQ(d.ip().protocol(), 47);
  EXPECT_EQ(wire::load16(d.transport() + 2), 0x0800);
  EXPECT_EQ(wire::checksum({d.transport(), d.transport_real_size()}), 0);
  EXPECT_EQ(d.transport_length(), 8u + 40u);
  bed.pool.retire(d.take());
}

}  // namespace
}  // namespace lvslab::lvs::test
