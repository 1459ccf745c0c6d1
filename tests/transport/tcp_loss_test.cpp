// Losses: what is written arrives exactly once and in order, by fast retransmission where possible.
#include <gmock/gmock.h>

#include "transport/tcp_bed.h"

namespace lvslab::test {
namespace {

using wire::kAck, wire::kFin, wire::kSyn;

class TcpLoss : public TcpBed {
 protected:
  std::string pattern(std::size_t n) {
    std::string s(n, 0);
    for (std::size_t i = 0; i < n; ++i) s[i] = static_cast<char>(mix(i) & 0xff);
    return s;
  }
  void send_text(std::string text) {
    written = std::move(text);  // must stay until it is acknowledged
    pair.call(0, [&](Turn& t) { sa.tcp_write(t, client.socket, written, 0, {1, 1, 1}); });
  }
  std::string written;
};

TEST_F(TcpLoss, OneLostSegmentIsSentAgainAfterThreeDuplicatesAndNothingElse) {
  pair.set_level(WatchLevel::kEverything);
  establish();
  int n = 0;
  pair.set_loss([&](const SeenFrame& f) { return f.payload == 1448 && ++n == 2; });
  const std::string text = pattern(10 * 1448);
  send_text(text);
  run(50);  // well below the timeout of 200 ms
  EXPECT_TRUE(server.data == text);
  EXPECT_EQ(sa.tcp_retransmissions(client.socket), 1u);
  EXPECT_THAT(
      pair.notes(NoteKind::kTcpEvent),
      testing::IsSupersetOf({"out of order", "duplicate ack", "fast retransmit", "retransmit"}));
}

TEST_F(TcpLoss, ReceiverReportsHolesWithTheLatestBlockFirst) {
  establish();
  int n = 0;
  pair.set_loss([&](const SeenFrame& f) { return f.payload == 1448 && (++n == 1 || n == 3); });
  send_text(pattern(5 * 1448));
  pair.run_for(Duration::microseconds(110));
  const std::uint32_t start = pair.frames()[2].tcp.sequence;
  const SeenFrame& report = last(1);
  EXPECT_EQ(report.tcp.acknowledgement, start);
  ASSERT_EQ(report.tcp.options.sack_count, 2);
  EXPECT_EQ(report.tcp.options.sack[0], (wire::SackBlock{start + 3 * 1448, start + 5 * 1448}));
  EXPECT_EQ(report.tcp.options.sack[1], (wire::SackBlock{start + 1448, start + 2 * 1448}));
}

TEST_F(TcpLoss, SeveralHolesAreMendedWithoutResendingWhatArrived) {
  establish();
  int n = 0;
  pair.set_loss(
      [&](const SeenFrame& f) { return f.payload == 1448 && (++n == 1 || n == 3 || n == 5); });
  const std::string text = pattern(10 * 1448);
  send_text(text);
  run(100);
  EXPECT_TRUE(server.data == text);
  EXPECT_EQ(sa.tcp_retransmissions(client.socket), 3u);
}

TEST_F(TcpLoss, NewRenoMendsSeveralHolesWithoutSack) {
  pair.host(0).edit_global().tcp_sack = 0;
  establish();
  int n = 0;
  pair.set_loss([&](const SeenFrame& f) { return f.payload == 1448 && (++n == 1 || n == 3); });
  const std::string text = pattern(10 * 1448);
  send_text(text);
  run(100);
  EXPECT_TRUE(server.data == text);
}

TEST_F(TcpLoss, ALostTailCostsATimeout) {
  establish();
  int n = 0;
  pair.set_loss([&](const SeenFrame& f) { return f.payload > 0 && ++n == 3; });
  const std::string text = pattern(3 * 1448);
  send_text(text);
  run(150);
  EXPECT_EQ(server.received, 2u * 1448);
  run(150);
  EXPECT_TRUE(server.data == text);
}

TEST_F(TcpLoss, ReorderedSegmentsAreSortedAndAcknowledgedAtOnce) {
  establish();
  const wire::TcpHeader& ack = pair.frames()[2].tcp;
  wire::TcpHeader h{.sequence = ack.sequence + 100,
                    .acknowledgement = ack.acknowledgement,
                    .flags = kAck,
                    .window = 500};
  const wire::Endpoint from = sa.tcp_local(client.socket);
  inject(1, kServer, from, h, 100);
  EXPECT_EQ(server.received, 0u);
  EXPECT_EQ(last(1).tcp.acknowledgement, ack.sequence);
  h.sequence -= 100;
  inject(1, kServer, from, h, 150);  // overlaps the one that waits
  EXPECT_EQ(server.received, 200u);
  EXPECT_EQ(last(1).tcp.acknowledgement, ack.sequence + 200);
  inject(1, kServer, from, h, 150);  // all of it again
  EXPECT_EQ(server.received, 200u);
}

TEST_F(TcpLoss, AFinAheadOfItsDataWaits) {
  establish();
  const wire::TcpHeader& ack = pair.frames()[2].tcp;
  wire::TcpHeader h{.sequence = ack.sequence + 10,
                    .acknowledgement = ack.acknowledgement,
                    .flags = kAck | kFin,
                    .window = 500};
  inject(1, kServer, sa.tcp_local(client.socket), h, 10);
  EXPECT_EQ(server.peer_closed, 0);
  h.sequence -= 10;
  h.flags = kAck;
  inject(1, kServer, sa.tcp_local(client.socket), h, 10);
  EXPECT_EQ(server.received, 20u);
  EXPECT_EQ(server.peer_closed, 1);
}

class TcpLossy : public TcpLoss, public testing::WithParamInterface<int> {};

TEST_P(TcpLossy, AMegabyteArrivesByteForByteAndBothSidesClose) {
  Random chance(static_cast<std::uint64_t>(GetParam()));
  const double loss = GetParam() % 2 == 0 ? 0.01 : 0.05;
  pair.set_delay(Duration::microseconds(GetParam() * 300));
  pair.set_loss([&](const SeenFrame&) { return chance.unit() < loss; });
  if (GetParam() % 3 == 0) pair.host(0).edit_global().tcp_sack = 0;
  const std::string text = pattern(1'000'000);
  client.when_connected = [&](Turn& t, SocketId id) {
    sa.tcp_write(t, id, text, 0, {1, 1, 1});
    sa.tcp_close(t, id);
  };
  listen();
  connect();
  run(600'000);
  EXPECT_EQ(server.received, text.size());
  EXPECT_TRUE(server.data == text);
  EXPECT_EQ(client.closed, 1);
  EXPECT_EQ(server.closed, 1);
  EXPECT_EQ(client.error, SocketError::kNone);
  EXPECT_GT(client.retransmissions, 0u);
  EXPECT_EQ(pair.pool().leaked(), 0u);
}
INSTANTIATE_TEST_SUITE_P(Seeds, TcpLossy, testing::Range(1, 13));

TEST_F(TcpLoss, ALongTransferWithoutLossUsesTheWholePathAfterSlowStart) {
  pair.set_delay(Duration::milliseconds(20));
  server.keep = false;
  listen();
  connect();
  run(100);
  write(0, 20'000'000);
  run(600);  // 14 round trips of 40 ms: 10 * 1448 * (2^14 - 1) would be far more
  EXPECT_EQ(server.received, 20'000'000u);
  EXPECT_EQ(sa.tcp_retransmissions(client.socket), 0u);
}

}  // namespace
}  // namespace lvslab::test
