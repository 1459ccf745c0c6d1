// Retransmission times, persist timer, ICMP errors.
#include <gmock/gmock.h>

#include "transport/tcp_bed.h"

namespace lvslab::test {
namespace {

using testing::ElementsAre;
using wire::kAck, wire::kFin, wire::kRst, wire::kSyn;

class TcpTimer : public TcpBed {
 protected:
  std::vector<std::int64_t> times_ms(int from) {
    std::vector<std::int64_t> t;
    for (const SeenFrame& f : pair.frames()) {
      if (f.from == from) t.push_back(f.time.since_start() / Duration::milliseconds(1));
    }
    return t;
  }
  void icmp(int i, std::uint8_t type, std::uint8_t code, std::uint32_t rest,
            const SeenFrame& about) {
    std::uint8_t quote[28] = {};
    wire::emit_ipv4(quote, {.source = about.source,
                            .destination = about.destination,
                            .protocol = 6,
                            .dont_fragment = true,
                            .payload_length = about.ip_length - 20});
    wire::store16(quote + 20, about.tcp.source_port);
    wire::store16(quote + 22, about.tcp.destination_port);
    wire::store32(quote + 24, about.tcp.sequence);
    Packet p = pair.pool().copy_of(quote);
    wire::push_icmp(p, type, code, rest);
    push_ip(p, {.source = about.destination, .destination = about.source, .protocol = 1});
    pair.inject(i, std::move(p));
  }
};

TEST_F(TcpTimer, SynIsSentSevenTimesOnTheKernelsTicksThenTimesOut) {
  pair.set_loss([](const SeenFrame&) { return true; });
  connect();
  run(140'000);
  EXPECT_THAT(times_ms(0), ElementsAre(0, 1024, 3040, 7168, 15360, 31488, 65536));
  EXPECT_EQ(client.error, SocketError::kTimedOut);
  EXPECT_EQ(client.closed, 1);
  EXPECT_EQ(client.retransmissions, 6u);
}

TEST_F(TcpTimer, TcpSynRetriesLimitsThem) {
  pair.host(0).edit_global().tcp_syn_retries = 1;
  pair.set_loss([](const SeenFrame&) { return true; });
  connect();
  run(10'000);
  EXPECT_EQ(pair.frames().size(), 2u);
  EXPECT_EQ(client.error, SocketError::kTimedOut);
}

// As recorded when answers are lost upstream: the timer and the repeated SYN each bring a SYN-ACK.
TEST_F(TcpTimer, LostSynAcksComeFromTheTimerAndForEachRepeatedSyn) {
  pair.set_loss([](const SeenFrame& f) { return f.from == 1; });
  listen();
  connect();
  run(3'500);
  EXPECT_THAT(times_ms(0), ElementsAre(0, 1024, 3040));
  EXPECT_THAT(times_ms(1), ElementsAre(0, 1024, 1024, 3040, 3040));
}

TEST_F(TcpTimer, AnUnansweredSynAckIsForgottenAfterFiveRetries) {
  pair.set_loss([](const SeenFrame& f) { return f.from == 0; });
  listen();
  inject(1, kServer, {wire::ipv4(10, 0, 0, 1), 5000},
         {.sequence = 1, .flags = kSyn, .window = 1000});
  run(70'000);
  EXPECT_EQ(pair.count([](const SeenFrame& f) { return f.from == 1; }), 6u);
  EXPECT_EQ(sb.list().size(), 1u);
}

TEST_F(TcpTimer, DataTimesOutWithDoublingFrom200Ms) {
  establish();
  pair.set_loss([](const SeenFrame& f) { return f.from == 0; });
  pair.frames().clear();
  write(0, 100);
  run(1'600);
  const auto t = times_ms(0);
  ASSERT_EQ(t.size(), 4u);  // 0, 0.2, 0.6, 1.4 s and up to a tick more
  EXPECT_NEAR(static_cast<double>(t[1] - t[0]), 204, 6);
  EXPECT_NEAR(static_cast<double>(t[2] - t[1]), 408, 40);
  EXPECT_NEAR(static_cast<double>(t[3] - t[2]), 808, 40);
  EXPECT_EQ(sa.tcp_retransmissions(client.socket), 3u);
  run(1'000'000);
  EXPECT_EQ(client.error, SocketError::kTimedOut);
}

TEST_F(TcpTimer, ATimedOutConnectionTellsTheIcmpErrorItHeard) {
  establish();
  pair.host(0).edit_global().tcp_retries2 = 2;
  pair.set_loss([](const SeenFrame& f) { return f.from == 0; });
  write(0, 100);
  run(1);
  icmp(0, 3, 1, 0, last(0));
  EXPECT_EQ(state(0), TcpState::kEstablished);
  run(10'000);
  EXPECT_EQ(client.error, SocketError::kHostUnreachable);
}

TEST_F(TcpTimer, AConnectionAttemptEndsAtOnceWithTheIcmpErrorsMeaning) {
  const std::pair<std::pair<int, int>, SocketError> cases[] = {
      {{3, 0}, SocketError::kNetUnreachable},       {{3, 1}, SocketError::kHostUnreachable},
      {{3, 2}, SocketError::kProtocolNotAvailable}, {{3, 3}, SocketError::kRefused},
      {{3, 9}, SocketError::kNetUnreachable},       {{3, 10}, SocketError::kHostUnreachable},
      {{3, 13}, SocketError::kHostUnreachable},     {{11, 0}, SocketError::kHostUnreachable}};
  pair.set_loss([](const SeenFrame&) { return true; });
  int closed = 0;
  for (const auto& [what, error] : cases) {
    connect();
    SeenFrame wrong = last(0);
    wrong.tcp.sequence += 1000;
    icmp(0, static_cast<std::uint8_t>(what.first), static_cast<std::uint8_t>(what.second), 0,
         wrong);
    EXPECT_EQ(client.closed, closed);
    icmp(0, static_cast<std::uint8_t>(what.first), static_cast<std::uint8_t>(what.second), 0,
         last(0));
    EXPECT_EQ(client.closed, ++closed);
    EXPECT_EQ(client.error, error) << what.first << "/" << what.second;
  }
}

TEST_F(TcpTimer, AHalfOpenConnectionIsForgottenWhenItsAnswerFindsNoWay) {
  listen();
  inject(1, kServer, {wire::ipv4(10, 0, 0, 1), 5000},
         {.sequence = 1, .flags = kSyn, .window = 1000});
  EXPECT_EQ(sb.list().size(), 2u);
  icmp(1, 3, 0, 0, last(1));
  EXPECT_EQ(sb.list().size(), 1u);
}

TEST_F(TcpTimer, FragmentationNeededLowersTheSegmentSizeAndSendsAgainAtOnce) {
  establish();
  pair.set_loss([](const SeenFrame& f) { return f.ip_length > 1400; });
  write(0, 5000);
  EXPECT_EQ(pair.count([](const SeenFrame& f) { return f.lost; }), 0u);  // at the next wake
  run(1);
  ASSERT_EQ(last(0).ip_length, 708u);  // 5000 - 3 * 1448 + 52
  icmp(0, 3, 4, 1400, pair.frames()[3]);
  run(150);
  EXPECT_EQ(server.received, 5000u);
  EXPECT_EQ(pair.count([](const SeenFrame& f) { return f.ip_length == 1400; }), 3u);
}

TEST_F(TcpTimer, AReaderThatSleepsClosesTheWindowAndTheSenderProbes) {
  pair.set_level(WatchLevel::kEverything);
  establish();
  pair.call(1, [&](Turn& t) { sb.tcp_set_reading(t, server.socket, false); });
  write(0, 300'000);
  run(500);
  EXPECT_EQ(last(1).tcp.window, 0);
  const std::uint32_t held = sb.tcp_view(server.socket)->receive_queue;
  EXPECT_GT(held, 60'000u);
  EXPECT_LT(held, 66'000u);
  EXPECT_EQ(server.received, 0u);
  run(5'000);
  EXPECT_EQ(sb.tcp_view(server.socket)->receive_queue, held);
  EXPECT_GE(pair.count([&](const SeenFrame& f) {
    return f.from == 0 && f.payload == 0 && f.time > pair.now() - Duration::seconds(5);
  }),
            3u);  // probes
  pair.call(1, [&](Turn& t) { sb.tcp_set_reading(t, server.socket, true); });
  run(500);
  EXPECT_EQ(server.received, 300'000u);
  EXPECT_EQ(server.data, std::string(300'000, '\0'));
}

TEST_F(TcpTimer, AShutWindowIsSurvivedWhenTheWindowUpdateIsLost) {
  establish();
  pair.call(1, [&](Turn& t) { sb.tcp_set_reading(t, server.socket, false); });
  write(0, 200'000);
  run(1'000);
  pair.set_loss([](const SeenFrame& f) { return f.from == 1; });
  pair.call(1, [&](Turn& t) { sb.tcp_set_reading(t, server.socket, true); });
  run(1);
  pair.set_loss({});
  run(10'000);
  EXPECT_EQ(server.received, 200'000u);
}

TEST_F(TcpTimer, AnOrphanWhosePeerNeverClosesIsForgottenAfterFinTimeout) {
  server.close_with_peer = false;
  establish();
  close(0);
  run(55'000);
  EXPECT_EQ(state(0), TcpState::kFinWait2);
  run(10'000);
  EXPECT_EQ(state(0), std::nullopt);
  EXPECT_EQ(client.closed, 1);
}

TEST_F(TcpTimer, ALostFinIsSentAgain) {
  establish();
  bool first = true;
  pair.set_loss([&](const SeenFrame& f) { return f.has(kFin) && std::exchange(first, false); });
  close(0);
  run(1'000);
  EXPECT_EQ(server.closed, 1);
  EXPECT_EQ(client.closed, 1);
  EXPECT_EQ(client.retransmissions, 1u);
}

TEST_F(TcpTimer, AWakeWithNothingDueLeavesNoTrace) {
  establish();
  pair.set_level(WatchLevel::kEverything);
  const auto before = pair.frames().size();
  pair.call(0, [&](Turn& t) { sa.wake(t); });
  EXPECT_EQ(pair.frames().size(), before);
  EXPECT_TRUE(pair.notes(NoteKind::kTcpEvent).empty());
}

}  // namespace
}  // namespace lvslab::test
