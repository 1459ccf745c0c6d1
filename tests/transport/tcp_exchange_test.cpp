// Whole exchanges, frame by frame, as recorded kernels make them.
#include <gmock/gmock.h>

#include "transport/tcp_bed.h"

namespace lvslab::test {
namespace {

using testing::ElementsAre;
using wire::kAck, wire::kFin, wire::kPsh, wire::kRst, wire::kSyn;

class TcpExchange : public TcpBed {};

TEST_F(TcpExchange, HandshakeCarriesTheOptionsWindowsAndIpIdsOfLinux) {
  establish();
  ASSERT_EQ(pair.frames().size(), 3u);
  const SeenFrame& syn = pair.frames()[0];
  EXPECT_EQ(syn.tcp.flags, kSyn);
  EXPECT_EQ(syn.ip_length, 60u);
  EXPECT_TRUE(syn.dont_fragment);
  EXPECT_EQ(syn.ttl, 64);
  EXPECT_EQ(syn.tcp.window, 64240);
  EXPECT_EQ(syn.tcp.options.mss, 1460);
  EXPECT_TRUE(syn.tcp.options.sack_permitted);
  EXPECT_TRUE(syn.tcp.options.timestamps);
  EXPECT_EQ(syn.tcp.options.window_scale, 7);
  const SeenFrame& answer = pair.frames()[1];
  EXPECT_EQ(answer.tcp.flags, kSyn | kAck);
  EXPECT_EQ(answer.tcp.acknowledgement, syn.tcp.sequence + 1);
  EXPECT_EQ(answer.tcp.window, 65160);
  EXPECT_EQ(answer.ip_id, 0);
  EXPECT_TRUE(answer.dont_fragment);
  EXPECT_EQ(answer.ip_length, 60u);
  EXPECT_EQ(answer.tcp.options.timestamp_echo, syn.tcp.options.timestamp);
  const SeenFrame& ack = pair.frames()[2];
  EXPECT_EQ(ack.tcp.flags, kAck);
  EXPECT_EQ(ack.ip_length, 52u);
  EXPECT_EQ(ack.ip_id, static_cast<std::uint16_t>(syn.ip_id + 1));
  EXPECT_EQ(ack.tcp.window, 502);
}

TEST_F(TcpExchange, OptionsTurnedOffBySysctlAreNotOffered) {
  pair.host(0).edit_global().tcp_timestamps = 0;
  pair.host(0).edit_global().tcp_sack = 0;
  pair.host(0).edit_global().tcp_window_scaling = 0;
  establish();
  EXPECT_EQ(pair.frames()[0].ip_length, 44u);
  EXPECT_EQ(pair.frames()[1].ip_length, 44u);
  write(0, 3000);
  run(1);
  EXPECT_EQ(server.received, 3000u);
  EXPECT_EQ(pair.count([](const SeenFrame& f) { return f.payload == 1460; }), 2u);
}

// The recorded exchange dr-tcp-client-closes: 80 bytes, 200 bytes, the client closes, the server
// later.
TEST_F(TcpExchange, RecordedExchangeWithTheClientClosingFirst) {
  server.close_with_peer = false;
  establish();
  write(0, 80);
  run(80);
  write(1, 200);
  run(80);
  close(0);
  run(80);
  EXPECT_EQ(state(0), TcpState::kFinWait2);
  EXPECT_EQ(state(1), TcpState::kCloseWait);
  close(1);
  run(80);
  EXPECT_THAT(texts(),
              ElementsAre("a SYN", "b SYN, ACK", "a ACK", "a PSH, ACK", "b ACK", "b PSH, ACK",
                          "a ACK", "a FIN, ACK", "b ACK", "b FIN, ACK", "a ACK"));
  const auto& f = pair.frames();
  const Duration ack_delay = f[8].time - f[7].time;
  EXPECT_GE(ack_delay, Duration::milliseconds(40));  // the FIN alone is acknowledged late
  EXPECT_LE(ack_delay, Duration::milliseconds(45));
  EXPECT_EQ(f[10].time - f[9].time, Duration::microseconds(50));  // the last one at once
  EXPECT_EQ(client.error, SocketError::kNone);
  EXPECT_EQ(server.error, SocketError::kNone);
  EXPECT_EQ(client.closed + server.closed, 2);
  EXPECT_EQ(state(0), TcpState::kTimeWait);
  EXPECT_EQ(state(1), std::nullopt);
  EXPECT_EQ(client.pushes, 1);
  EXPECT_EQ(server.pushes, 1);
}

TEST_F(TcpExchange, AnAppThatClosesWithItsPeerPutsTheAckOnItsFin) {
  establish();
  close(0);
  run(80);
  EXPECT_THAT(texts(),
              ElementsAre("a SYN", "b SYN, ACK", "a ACK", "a FIN, ACK", "b FIN, ACK", "a ACK"));
}

// 8192 bytes and a close in one go: FIN rides on the last segment, and it is 16 frames in all.
TEST_F(TcpExchange, ARequestAndAClosingReplyOf8192BytesTakeSixteenFrames) {
  client.when_connected = [&](Turn& t, SocketId id) { sa.tcp_write(t, id, {}, 100, {1, 1, 1}); };
  server.when_data = [&](Turn& t, SocketId id, const Chunk& c) {
    sb.tcp_write(t, id, {}, 8192, c.tag);
    sb.tcp_close(t, id);
  };
  listen();
  connect();
  run(1);
  EXPECT_THAT(texts(), ElementsAre("a SYN", "b SYN, ACK", "a ACK", "a PSH, ACK", "b ACK", "b ACK",
                                   "b ACK", "b ACK", "b ACK", "b ACK", "b FIN, PSH, ACK", "a ACK",
                                   "a ACK", "a ACK", "a FIN, ACK", "b ACK"));
  EXPECT_EQ(pair.frames()[5].payload, 1448u);
  EXPECT_EQ(client.received, 8192u);
  EXPECT_EQ(client.closed, 1);
  EXPECT_EQ(server.closed, 1);
  EXPECT_EQ(state(1), TcpState::kTimeWait);
  run(63'000);
  EXPECT_TRUE(sa.list().empty());
  EXPECT_EQ(sb.list().size(), 1u);  // the listener
  EXPECT_EQ(pair.pool().alive(), 0u);
  EXPECT_EQ(pair.pool().leaked(), 0u);
}

TEST_F(TcpExchange, WriteThenCloseFromOutsideACallbackStillPutsFinOnTheData) {
  establish();
  pair.call(1, [&](Turn& t) {
    sb.tcp_write(t, server.socket, "bye", 0, {1, 1, 1});
    sb.tcp_close(t, server.socket);
  });
  run(1);
  EXPECT_EQ(pair.frames()[3].text(), "b FIN, PSH, ACK");
  EXPECT_EQ(pair.frames()[3].payload, 3u);
  EXPECT_EQ(client.data, "bye");
}

TEST_F(TcpExchange, TheSecondSmallRequestIsAcknowledgedByItsReplyOrAfter40Ms) {
  establish();
  write(0, 80);
  run(100);
  const std::size_t before = pair.frames().size();
  write(0, 80);
  run(100);
  ASSERT_EQ(pair.frames().size(), before + 2);
  const Duration delay = pair.frames()[before + 1].time - pair.frames()[before].time;
  EXPECT_GE(delay, Duration::milliseconds(40));
  EXPECT_LE(delay, Duration::milliseconds(45));
  server.when_data = [&](Turn& t, SocketId id, const Chunk&) { sb.tcp_write(t, id, "ok", 0, {}); };
  write(0, 80);
  run(1);
  ASSERT_GE(pair.frames().size(), before + 4);
  EXPECT_EQ(pair.frames()[before + 3].text(), "b PSH, ACK");
  EXPECT_EQ(pair.frames()[before + 3].tcp.acknowledgement,
            pair.frames()[before + 2].tcp.sequence + 80);
}

TEST_F(TcpExchange, BothClosingAtOnceGoThroughClosingToTimeWait) {
  client.close_with_peer = server.close_with_peer = false;
  establish();
  close(0);
  close(1);
  run(1);
  EXPECT_THAT(texts(), ElementsAre("a SYN", "b SYN, ACK", "a ACK", "a FIN, ACK", "b FIN, ACK",
                                   "b ACK", "a ACK"));
  EXPECT_EQ(state(0), TcpState::kTimeWait);
  EXPECT_EQ(state(1), TcpState::kTimeWait);
  EXPECT_EQ(client.closed + server.closed, 2);
}

TEST_F(TcpExchange, TextAndZerosOfSeveralWritesArriveInOrder) {
  std::string expected;
  establish();
  const std::string first = "first ", third(2000, 'x');
  const std::uint8_t copied[3] = {1, 2, 3};
  pair.call(0, [&](Turn& t) {
    sa.tcp_write(t, client.socket, first, 5000, {1, 1, 1});
    sa.tcp_write_copy(t, client.socket, copied, 4, {1, 1, 2});
    sa.tcp_write(t, client.socket, third, 0, {1, 1, 3});
  });
  expected = first + std::string(5000, '\0') + "\1\2\3" + std::string(4, '\0') + third;
  run(5);
  EXPECT_EQ(server.data, expected);
  EXPECT_EQ(server.last_tag.request, 1u + 2u);
  EXPECT_EQ(client.drained, 1);
}

TEST_F(TcpExchange, PacketsCarryTheTagOfWhatTheyBelongTo) {
  establish();
  EXPECT_EQ(pair.frames()[0].tag, (Tag{1, 1, 0}));
  EXPECT_EQ(pair.frames()[1].tag, (Tag{1, 1, 0}));  // the accepting side takes over the SYN's
  write(0, 10, {1, 1, 7});
  run(1);
  EXPECT_EQ(pair.frames()[3].tag, (Tag{1, 1, 7}));
  EXPECT_EQ(server.last_tag, (Tag{1, 1, 7}));
}

TEST_F(TcpExchange, ConnectingToAnAddressOfOnesOwnGoesOverLoopback) {
  App local(sb);
  listen();
  server.when_data = [&](Turn& t, SocketId id, const Chunk&) {
    sb.tcp_write(t, id, "pong", 0, {});
    sb.tcp_close(t, id);
  };
  local.when_connected = [&](Turn& t, SocketId id) { sb.tcp_write(t, id, "ping", 0, {}); };
  pair.call(1, [&](Turn& t) { return sb.tcp_connect(t, {}, kServer, &local, {}); });
  run(10);
  EXPECT_EQ(local.data, "pong");
  EXPECT_EQ(local.closed, 1);
  EXPECT_TRUE(pair.frames().empty());
}

TEST_F(TcpExchange, StateNotesFollowTheConnection) {
  pair.set_level(WatchLevel::kEverything);
  establish();
  close(0);
  run(1);
  EXPECT_THAT(pair.notes(NoteKind::kStateSocket),
              ElementsAre("LISTEN", "SYN-SENT", "SYN-RECV", "ESTAB", "ESTAB", "FIN-WAIT-1",
                          "CLOSE-WAIT", "LAST-ACK", "FIN-WAIT-2", "TIME-WAIT", ""));
}

}  // namespace
}  // namespace lvslab::test
