// UDP: lookup, closed ports, sources, DF.
#include "transport/tcp_bed.h"

namespace lvslab::test {
namespace {

class UdpApp : public UdpOwner {
 public:
  void on_datagram(Turn& turn, SocketId id, const wire::Endpoint& sender, wire::Ipv4 address,
                   const Chunk& c) override {
    ++datagrams;
    from = sender;
    to = address;
    length = c.length();
    text.assign(reinterpret_cast<const char*>(c.bytes.data()), c.bytes.size());
    if (answer) answer(turn, id, sender);
  }
  void on_error(Turn&, SocketId, const wire::Endpoint& about, SocketError e) override {
    ++errors;
    error = e;
    remote = about;
  }
  int datagrams = 0, errors = 0;
  wire::Endpoint from, remote;
  wire::Ipv4 to;
  std::uint32_t length = 0;
  std::string text;
  SocketError error = SocketError::kNone;
  std::function<void(Turn&, SocketId, const wire::Endpoint&)> answer;
};

class UdpTest : public testing::Test {
 protected:
  SocketId bind(int side, wire::Endpoint at, UdpOwner& owner) {
    const auto r =
        pair.call(side, [&](Turn& t) { return (side == 0 ? sa : sb).udp_bind(t, at, &owner); });
    EXPECT_TRUE(r.has_value());
    return r.value_or(SocketId{});
  }
  SocketError send(SocketId id, wire::Endpoint to, std::string_view text, std::uint32_t zeros = 0) {
    return pair.call(0, [&](Turn& t) {
      return sa.udp_send(t, id, to,
                         {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, zeros,
                         {3, 4, 5});
    });
  }
  void run() { pair.run_for(Duration::milliseconds(1)); }

  const wire::Endpoint dns{wire::ipv4(10, 0, 0, 2), 53};
  WirePair pair;
  Sockets sa{pair.host(0)}, sb{pair.host(1)};
  UdpApp client, server;
};

TEST_F(UdpTest, ADatagramArrivesWithItsBytesZerosAndAddresses) {
  bind(1, {{}, 53}, server);
  const SocketId id = bind(0, {}, client);
  EXPECT_EQ(send(id, dns, "query", 20), SocketError::kNone);
  run();
  EXPECT_EQ(server.datagrams, 1);
  EXPECT_EQ(server.text, "query");
  EXPECT_EQ(server.length, 25u);
  EXPECT_EQ(server.from, (wire::Endpoint{wire::ipv4(10, 0, 0, 1), sa.udp_local(id).port}));
  EXPECT_EQ(server.to, dns.address);
  EXPECT_TRUE(pair.frames()[0].dont_fragment);
  EXPECT_EQ(pair.frames()[0].ip_id, 0);
  EXPECT_EQ(pair.frames()[0].tag, (Tag{3, 4, 5}));
}

TEST_F(UdpTest, AClosedPortIsAnsweredWithPortUnreachableThatReachesTheSender) {
  const SocketId id = bind(0, {}, client);
  send(id, dns, "query");
  run();
  ASSERT_EQ(pair.frames().size(), 2u);
  EXPECT_EQ(pair.frames()[1].icmp_type, 3);
  EXPECT_EQ(pair.frames()[1].icmp_code, 3);
  EXPECT_EQ(client.errors, 1);
  EXPECT_EQ(client.error, SocketError::kRefused);
  EXPECT_EQ(client.remote, dns);
  EXPECT_EQ(pair.host(1).counter(net::Counter::kUdpNoPorts), 1u);
}

TEST_F(UdpTest, ASocketOnTheAddressComesBeforeTheWildcardAndConflictsAreRefused) {
  bind(1, dns, server);
  UdpApp other;
  const auto clash = pair.call(1, [&](Turn& t) { return sb.udp_bind(t, {{}, 53}, &other); });
  ASSERT_FALSE(clash);
  EXPECT_EQ(clash.error(), SocketError::kAddressInUse);
  bind(1, {wire::ipv4(127, 0, 0, 1), 53}, other);
  send(bind(0, {}, client), dns, "q");
  run();
  EXPECT_EQ(server.datagrams, 1);
  EXPECT_EQ(other.datagrams, 0);
}

// The classic fault of UDP daemons behind a VIP: bound to any address, they answer from the
// route's.
TEST_F(UdpTest, ASocketBoundToAnyAnswersFromTheRoutesSourceUnlessToldOtherwise) {
  const wire::Ipv4 vip = wire::ipv4(10, 0, 0, 100);
  pair.call(1, [&](Turn& t) {
    pair.host(1).add_address(t, 0, {.local = vip, .prefix_length = 32, .label = "lo"});
  });
  pair.call(0, [&](Turn& t) {
    pair.host(0).neighbours().update(t, 1, vip, {2}, net::NeighbourState::kPermanent,
                                     net::kOverride | net::kAdmin, true);
  });
  bind(1, {{}, 53}, server);
  const SocketId id = bind(0, {}, client);
  wire::Ipv4 source{};
  server.answer = [&](Turn& t, SocketId socket, const wire::Endpoint& to) {
    sb.udp_send(t, socket, to, {}, 10, {}, {}, source);
  };
  send(id, {vip, 53}, "q");
  run();
  EXPECT_EQ(server.to, vip);
  EXPECT_EQ(client.from.address, wire::ipv4(10, 0, 0, 2));
  source = vip;
  send(id, {vip, 53}, "q");
  run();
  EXPECT_EQ(client.from.address, vip);
}

TEST_F(UdpTest, WhatDoesNotFitIsFragmentedWithoutDf) {
  bind(1, {{}, 53}, server);
  const SocketId id = bind(0, {}, client);
  send(id, dns, "", 4000);
  run();
  ASSERT_EQ(pair.frames().size(), 3u);
  EXPECT_FALSE(pair.frames()[0].dont_fragment);
  EXPECT_EQ(server.length, 4000u);
  EXPECT_EQ(send(id, dns, "", 65'508), SocketError::kMessageTooLong);
}

TEST_F(UdpTest, WhatMustNotBeCutIsRefusedWhenItDoesNotFit) {
  bind(1, {{}, 53}, server);
  const SocketId id = bind(0, {}, client);
  const auto send_whole = [&](std::uint32_t length) {
    return pair.call(0, [&](Turn& t) {
      return sa.udp_send(t, id, dns, {}, length, {}, {.must_not_fragment = true});
    });
  };
  EXPECT_EQ(send_whole(1473), SocketError::kMessageTooLong);
  EXPECT_EQ(send_whole(1472), SocketError::kNone);
  run();
  ASSERT_EQ(pair.frames().size(), 1u);
  EXPECT_TRUE(pair.frames()[0].dont_fragment);
  EXPECT_EQ(server.length, 1472u);
}

TEST_F(UdpTest, BadLengthAndChecksumAreDropped) {
  bind(1, {{}, 53}, server);
  for (const int fault : {0, 1, 2}) {
    Packet p = pair.pool().make(0);
    p.append_zeros(10);
    wire::push_udp(p, {wire::ipv4(10, 0, 0, 1), 999}, dns);
    if (fault == 0) p.edit()[6] ^= 0x55;
    if (fault == 1) wire::store16(p.edit() + 4, 7);
    if (fault == 2) wire::store16(p.edit() + 4, 100);
    push_ip(p, {.source = wire::ipv4(10, 0, 0, 1), .destination = dns.address, .protocol = 17});
    pair.inject(1, std::move(p));
  }
  EXPECT_EQ(server.datagrams, 0);
  EXPECT_EQ(pair.host(1).counter(net::Counter::kUdpInErrors), 3u);
  EXPECT_EQ(pair.pool().alive(), 0u);
}

TEST_F(UdpTest, AClosedSocketIsGoneAndItsIdDoesNothing) {
  const SocketId id = bind(1, {{}, 53}, server);
  pair.call(1, [&](Turn& t) { sb.close(t, id); });
  EXPECT_TRUE(sb.list().empty());
  const SocketId again = bind(1, {{}, 53}, server);
  EXPECT_NE(id, again);
  pair.call(1, [&](Turn& t) { sb.close(t, id); });
  EXPECT_EQ(sb.list().size(), 1u);
}

TEST_F(UdpTest, NoRouteIsToldAtOnce) {
  EXPECT_EQ(send(bind(0, {}, client), {wire::ipv4(9, 9, 9, 9), 53}, "q"),
            SocketError::kNetUnreachable);
}

}  // namespace
}  // namespace lvslab::test
