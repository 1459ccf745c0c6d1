// Listeners, ports and queues.
#include <gmock/gmock.h>

#include "transport/tcp_bed.h"

namespace lvslab::test {
namespace {

using wire::kAck, wire::kRst, wire::kSyn;

class TcpListen : public TcpBed {
 protected:
  SocketError listen_error(wire::Endpoint at) {
    const auto r = pair.call(1, [&](Turn& t) { return sb.tcp_listen(t, at, &server); });
    return r ? SocketError::kNone : r.error();
  }
};

constexpr wire::Ipv4 kOther = wire::ipv4(10, 0, 0, 77);

TEST_F(TcpListen, BindConflictsAreSamePortWithTheSameAddressOrTheWildcard) {
  EXPECT_EQ(listen_error({kServer.address, 80}), SocketError::kNone);
  EXPECT_EQ(listen_error({kServer.address, 80}), SocketError::kAddressInUse);
  EXPECT_EQ(listen_error({{}, 80}), SocketError::kAddressInUse);
  EXPECT_EQ(listen_error({wire::ipv4(127, 0, 0, 1), 80}), SocketError::kNone);
  EXPECT_EQ(listen_error({{}, 81}), SocketError::kNone);
  EXPECT_EQ(listen_error({kServer.address, 81}), SocketError::kAddressInUse);
}

TEST_F(TcpListen, AForeignAddressCannotBeBoundUnlessTheSysctlAllowsIt) {
  EXPECT_EQ(listen_error({kOther, 80}), SocketError::kAddressNotAvailable);
  pair.host(1).edit_global().ip_nonlocal_bind = 1;
  EXPECT_EQ(listen_error({kOther, 80}), SocketError::kNone);
}

TEST_F(TcpListen, AListenerOnTheExactAddressComesBeforeTheWildcard) {
  pair.call(1, [&](Turn& t) {
    pair.host(1).add_address(t, 1, {.local = kOther, .prefix_length = 32, .label = "eth0"});
  });
  App exact(sb);
  // The wildcard first, so that order of making does not decide; a conflict unless a socket is
  // closed.
  const auto any = pair.call(1, [&](Turn& t) { return sb.tcp_listen(t, {{}, 80}, &server); });
  ASSERT_TRUE(any);
  pair.call(1, [&](Turn& t) { sb.close(t, *any); });
  pair.call(1, [&](Turn& t) { return sb.tcp_listen(t, {kOther, 80}, &exact); });
  listen();
  connect({kOther, 80});
  connect();
  pair.host(0).neighbours();
  run(10);
  EXPECT_EQ(exact.accepted + server.accepted, 1 + (client.connected == 2 ? 1 : 0));
  EXPECT_EQ(server.accepted, 1);
}

TEST_F(TcpListen, ADaemonOnAnotherAddressMeansRefusedFromTheAddressAsked) {
  pair.call(1, [&](Turn& t) {
    pair.host(1).add_address(
        t, 0,
        {.local = kOther, .prefix_length = 32, .scope = net::Scope::kUniverse, .label = "lo"});
  });
  pair.call(0, [&](Turn& t) {
    pair.host(0).neighbours().update(t, 1, kOther, {2}, net::NeighbourState::kPermanent,
                                     net::kOverride | net::kAdmin, true);
  });
  listen();
  connect({kOther, 80});
  run(1);
  EXPECT_EQ(client.error, SocketError::kRefused);
  EXPECT_EQ(last(1).source, kOther);
}

TEST_F(TcpListen, AFullAcceptQueueDropsSynsUntilTheAppAccepts) {
  listen(kServer, {.backlog = 2});
  pair.call(1, [&](Turn& t) { sb.tcp_set_accepting(t, listener, false); });
  for (int i = 0; i < 4; ++i) {
    connect();
    run(1);
  }
  EXPECT_EQ(client.connected, 3);  // backlog + 1, as the kernel counts
  EXPECT_EQ(server.accepted, 0);
  EXPECT_EQ(pair.turn().dropped()[static_cast<std::size_t>(DropReason::kBacklogFull)], 1u);
  EXPECT_EQ(sb.tcp_view(listener)->receive_queue, 3u);
  EXPECT_EQ(pair.host(1).counter(net::Counter::kTcpExtListenOverflows), 1u);
  pair.call(1, [&](Turn& t) { sb.tcp_set_accepting(t, listener, true); });
  run(1);
  EXPECT_EQ(server.accepted, 3);
  run(1100);  // the fourth tries again
  EXPECT_EQ(server.accepted, 4);
}

TEST_F(TcpListen, SomaxconnCapsTheBacklog) {
  pair.host(1).edit_global().somaxconn = 5;
  listen(kServer, {.backlog = 100});
  EXPECT_EQ(sb.tcp_view(listener)->send_queue, 5u);
}

TEST_F(TcpListen, DataAndFinWaitForAccept) {
  listen();
  pair.call(1, [&](Turn& t) { sb.tcp_set_accepting(t, listener, false); });
  client.when_connected = [&](Turn& t, SocketId id) {
    sa.tcp_write(t, id, "hello", 0, {});
    sa.tcp_close(t, id);
  };
  connect();
  run(100);
  EXPECT_EQ(server.data, "");
  pair.call(1, [&](Turn& t) { sb.tcp_set_accepting(t, listener, true); });
  run(100);
  EXPECT_EQ(server.data, "hello");
  EXPECT_EQ(server.peer_closed, 1);
  EXPECT_EQ(server.closed, 1);
  EXPECT_EQ(client.closed, 1);
}

TEST_F(TcpListen, ClosingAListenerResetsWhatWaitsAndRefusesNewOnes) {
  listen();
  pair.call(1, [&](Turn& t) { sb.tcp_set_accepting(t, listener, false); });
  connect();
  run(1);
  pair.call(1, [&](Turn& t) { sb.close(t, listener); });
  run(1);
  EXPECT_EQ(client.error, SocketError::kReset);
  connect();
  run(1);
  EXPECT_EQ(client.error, SocketError::kRefused);
}

TEST_F(TcpListen, EphemeralPortsAreInRangeDistinctAndTheSameInEveryRun) {
  const auto ports = [](std::uint64_t) {
    std::vector<std::uint16_t> found;
    WirePair p;
    Sockets s(p.host(0));
    App app(s);
    for (int i = 0; i < 200; ++i) {
      const auto id = p.call(0, [&](Turn& t) { return s.tcp_connect(t, {}, kServer, &app, {}); });
      found.push_back(s.tcp_local(*id).port);
    }
    return found;
  };
  std::vector<std::uint16_t> first = ports(1);
  EXPECT_EQ(first, ports(1));
  EXPECT_THAT(first, testing::Each(testing::AllOf(testing::Ge(32768), testing::Le(60999))));
  std::sort(first.begin(), first.end());
  EXPECT_EQ(std::unique(first.begin(), first.end()), first.end());
}

TEST_F(TcpListen, WhenEveryPortIsTakenConnectFails) {
  pair.host(0).edit_global().port_range_low = 40000;
  pair.host(0).edit_global().port_range_high = 40002;
  for (int i = 0; i < 3; ++i) connect();
  const auto r = pair.call(0, [&](Turn& t) { return sa.tcp_connect(t, {}, kServer, &client, {}); });
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error(), SocketError::kNoPorts);
  EXPECT_TRUE(pair.call(0, [&](Turn& t) {  // the same ports serve another destination
    return sa.tcp_connect(t, {}, {kServer.address, 81}, &client, {}).has_value();
  }));
}

TEST_F(TcpListen, ConnectingWithoutARouteFailsAtOnceAndSendsNothing) {
  const auto r = pair.call(0, [&](Turn& t) {
    return sa.tcp_connect(t, {}, {wire::ipv4(9, 9, 9, 9), 80}, &client, {});
  });
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error(), SocketError::kNetUnreachable);
  EXPECT_TRUE(pair.frames().empty());
}

TEST_F(TcpListen, AStaleSocketIdDoesNothing) {
  establish();
  const SocketId old = client.socket;
  pair.call(0, [&](Turn& t) { sa.tcp_abort(t, old); });
  run(1);
  connect();
  run(1);
  const std::size_t before = pair.frames().size();
  pair.call(0, [&](Turn& t) {
    sa.tcp_write(t, old, "x", 0, {});
    sa.tcp_close(t, old);
    sa.tcp_abort(t, old);
  });
  run(1);
  EXPECT_EQ(pair.frames().size(), before);
  EXPECT_EQ(state(0), TcpState::kEstablished);
}

}  // namespace
}  // namespace lvslab::test
