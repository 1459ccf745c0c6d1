// Segments that do not fit: to no socket, and to each state the wrong one (reference tables of RFC
// 793 and RFC 5961 behaviour).
#include "transport/tcp_bed.h"

namespace lvslab::test {
namespace {

using wire::kAck, wire::kFin, wire::kPsh, wire::kRst, wire::kSyn;

constexpr wire::Endpoint kPeer{wire::ipv4(10, 0, 0, 1), 5000};

class TcpReset : public TcpBed {
 protected:
  /// What the server's host answers to a segment; nothing: no answer.
  std::optional<SeenFrame> answer(wire::TcpHeader header, std::uint32_t payload = 0,
                                  wire::Endpoint from = kPeer, wire::Endpoint to = kServer) {
    const std::size_t before = pair.frames().size();
    inject(1, to, from, header, payload);
    return pair.frames().size() > before ? std::optional(pair.frames()[before]) : std::nullopt;
  }
  std::uint64_t dropped(DropReason r) { return pair.turn().dropped()[static_cast<std::size_t>(r)]; }
  /// The established connection as seen from the wire: what the client would send next.
  wire::TcpHeader next_of_client() {
    const wire::TcpHeader& ack = pair.frames()[2].tcp;
    wire::TcpHeader h{.sequence = ack.sequence,
                      .acknowledgement = ack.acknowledgement,
                      .flags = kAck,
                      .window = 500};
    h.options.timestamps = true;
    h.options.timestamp = ack.options.timestamp;
    h.options.timestamp_echo = ack.options.timestamp_echo;
    return h;
  }
  wire::Endpoint client_end() { return sa.tcp_local(client.socket); }
};

TEST_F(TcpReset, SynToAClosedPortIsRefusedAsRecorded) {
  connect();
  run(1);
  ASSERT_EQ(pair.frames().size(), 2u);
  const SeenFrame& rst = pair.frames()[1];
  EXPECT_EQ(rst.tcp.flags, kRst | kAck);
  EXPECT_EQ(rst.tcp.sequence, 0u);
  EXPECT_EQ(rst.tcp.acknowledgement, pair.frames()[0].tcp.sequence + 1);
  EXPECT_EQ(rst.tcp.window, 0);
  EXPECT_EQ(rst.ip_length, 40u);
  EXPECT_EQ(rst.ip_id, 0);
  EXPECT_TRUE(rst.dont_fragment);
  EXPECT_EQ(client.error, SocketError::kRefused);
  EXPECT_EQ(dropped(DropReason::kNoSocket), 1u);
}

TEST_F(TcpReset, UnknownSegmentWithAckIsResetWithItsAckAsSequence) {
  const auto rst = answer({.sequence = 7, .acknowledgement = 1234, .flags = kAck | kPsh}, 10);
  ASSERT_TRUE(rst);
  EXPECT_EQ(rst->tcp.flags, kRst);
  EXPECT_EQ(rst->tcp.sequence, 1234u);
  EXPECT_EQ(rst->tcp.acknowledgement, 0u);
}

TEST_F(TcpReset, UnknownSegmentWithoutAckIsResetAcknowledgingSynDataAndFin) {
  const auto rst = answer({.sequence = 7, .flags = kSyn | kFin}, 10);
  ASSERT_TRUE(rst);
  EXPECT_EQ(rst->tcp.flags, kRst | kAck);
  EXPECT_EQ(rst->tcp.acknowledgement, 7u + 10 + 2);
}

TEST_F(TcpReset, UnknownRstIsIgnored) {
  EXPECT_FALSE(answer({.sequence = 7, .flags = kRst | kAck}));
}

TEST_F(TcpReset, ListenerIgnoresRstAndSynFinAndNothing) {
  listen();
  EXPECT_FALSE(answer({.flags = kRst}));
  EXPECT_FALSE(answer({.flags = kSyn | kFin}));
  EXPECT_FALSE(answer({.flags = 0}));
  EXPECT_FALSE(answer({.flags = kFin}));
}

TEST_F(TcpReset, ListenerResetsAnAck) {
  listen();
  const auto rst = answer({.sequence = 1, .acknowledgement = 99, .flags = kAck});
  ASSERT_TRUE(rst);
  EXPECT_EQ(rst->tcp.flags, kRst);
  EXPECT_EQ(rst->tcp.sequence, 99u);
}

TEST_F(TcpReset, BadHeaderLengthAndChecksumAreDroppedSilently) {
  listen();
  Packet p = pair.pool().make(0);
  wire::push_tcp(p, kPeer.address, kServer.address,
                 {.source_port = 5000, .destination_port = 80, .flags = kSyn});
  p.edit()[16] ^= 1;
  push_ip(p, {.source = kPeer.address, .destination = kServer.address, .protocol = 6});
  pair.inject(1, std::move(p));
  EXPECT_EQ(dropped(DropReason::kBadTransportChecksum), 1u);
  p = pair.pool().make(0);
  wire::push_tcp(p, kPeer.address, kServer.address,
                 {.source_port = 5000, .destination_port = 80, .flags = kSyn});
  p.edit()[12] = 0xf0;
  push_ip(p, {.source = kPeer.address, .destination = kServer.address, .protocol = 6});
  pair.inject(1, std::move(p));
  EXPECT_EQ(dropped(DropReason::kBadTransportHeader), 1u);
  EXPECT_TRUE(pair.frames().empty());
}

TEST_F(TcpReset, SynSentAnswersAnUnacceptableAckWithRstAndGoesOn) {
  pair.set_loss([](const SeenFrame& f) { return f.from == 0 && f.has(kSyn); });
  const SocketId id = connect();
  const wire::Endpoint me = sa.tcp_local(id);
  inject(0, me, kServer, {.sequence = 5, .acknowledgement = 777, .flags = kSyn | kAck});
  ASSERT_EQ(pair.frames().size(), 2u);
  EXPECT_EQ(pair.frames()[1].tcp.flags, kRst);
  EXPECT_EQ(pair.frames()[1].tcp.sequence, 777u);
  inject(0, me, kServer, {.acknowledgement = 777, .flags = kRst | kAck});
  EXPECT_EQ(client.closed, 0);
  EXPECT_EQ(sa.tcp_view(id)->state, TcpState::kSynSent);
}

TEST_F(TcpReset, SynsThatCrossMakeOneConnection) {
  pair.set_loss([](const SeenFrame& f) { return f.tcp.flags == kSyn; });
  const SocketId id = connect();
  const wire::Endpoint me = sa.tcp_local(id);
  inject(0, me, kServer, {.sequence = 900, .flags = kSyn, .window = 1000});
  EXPECT_EQ(sa.tcp_view(id)->state, TcpState::kSynReceived);
  const SeenFrame& answer = last(0);
  EXPECT_EQ(answer.tcp.flags, kSyn | kAck);
  EXPECT_EQ(answer.tcp.sequence, pair.frames()[0].tcp.sequence);
  inject(
      0, me, kServer,
      {.sequence = 901, .acknowledgement = answer.tcp.sequence + 1, .flags = kAck, .window = 1000});
  EXPECT_EQ(sa.tcp_view(id)->state, TcpState::kEstablished);
  EXPECT_EQ(client.connected, 1);
}

TEST_F(TcpReset, SynReceivedForgetsOnRstAndResetsAWrongAck) {
  listen();
  const auto syn_ack = answer({.sequence = 10, .flags = kSyn, .window = 1000});
  ASSERT_TRUE(syn_ack);
  const auto rst = answer({.sequence = 11, .acknowledgement = 4242, .flags = kAck});
  ASSERT_TRUE(rst);
  EXPECT_EQ(rst->tcp.flags, kRst);
  EXPECT_EQ(rst->tcp.sequence, 4242u);
  EXPECT_EQ(sb.list().size(), 2u);
  EXPECT_FALSE(answer({.sequence = 11, .flags = kRst}));
  EXPECT_EQ(sb.list().size(), 1u);
}

TEST_F(TcpReset, RepeatedSynGetsTheSameSynAckButNotTwiceInHalfASecond) {
  listen();
  const auto first = answer({.sequence = 10, .flags = kSyn, .window = 1000});
  const auto second = answer({.sequence = 10, .flags = kSyn, .window = 1000});
  ASSERT_TRUE(first && second);
  EXPECT_EQ(second->tcp.flags, kSyn | kAck);
  EXPECT_EQ(first->tcp.sequence, second->tcp.sequence);
  EXPECT_FALSE(answer({.sequence = 10, .flags = kSyn, .window = 1000}));
}

TEST_F(TcpReset, EstablishedIsResetByExactlyTheNextSequenceNumber) {
  establish();
  wire::TcpHeader h = next_of_client();
  h.flags = kRst;
  h.sequence += 100;
  const auto challenge = answer(h, 0, client_end());
  ASSERT_TRUE(challenge);
  EXPECT_EQ(challenge->tcp.flags, kAck);
  EXPECT_EQ(challenge->tcp.acknowledgement, next_of_client().sequence);
  EXPECT_EQ(server.closed, 0);
  h.sequence += 1'000'000;
  EXPECT_FALSE(answer(h, 0, client_end()));
  h.sequence = next_of_client().sequence;
  EXPECT_FALSE(answer(h, 0, client_end()));
  EXPECT_EQ(server.error, SocketError::kReset);
  EXPECT_EQ(server.closed, 1);
}

TEST_F(TcpReset, SynInAConnectionIsChallengedAndChangesNothing) {
  establish();
  wire::TcpHeader h = next_of_client();
  h.flags = kSyn;
  h.sequence += 1000;
  const auto challenge = answer(h, 0, client_end());
  ASSERT_TRUE(challenge);
  EXPECT_EQ(challenge->tcp.flags, kAck);
  EXPECT_EQ(state(1), TcpState::kEstablished);
  EXPECT_FALSE(answer(h, 0, client_end()));  // one in half a second
}

TEST_F(TcpReset, DataOutOfWindowIsAnsweredAndDropped) {
  establish();
  wire::TcpHeader h = next_of_client();
  h.sequence += 10'000'000;
  const auto ack = answer(h, 10, client_end());
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->tcp.acknowledgement, next_of_client().sequence);
  EXPECT_EQ(dropped(DropReason::kTcpOutOfWindow), 1u);
  EXPECT_EQ(server.received, 0u);
}

TEST_F(TcpReset, AckOfWhatWasNeverSentIsAnsweredAndDropped) {
  establish();
  wire::TcpHeader h = next_of_client();
  h.acknowledgement += 5;
  ASSERT_TRUE(answer(h, 10, client_end()));
  EXPECT_EQ(server.received, 0u);
  EXPECT_EQ(dropped(DropReason::kTcpUnacceptable), 1u);
}

TEST_F(TcpReset, OldTimestampIsRefused) {
  establish();
  wire::TcpHeader h = next_of_client();
  h.options.timestamp -= 1000;
  answer(h, 10, client_end());
  EXPECT_EQ(server.received, 0u);
}

TEST_F(TcpReset, DataAfterAFullCloseIsReset) {
  client.close_with_peer = false;
  establish();
  close(1);
  run(1);
  write(0, 10);
  run(1);
  EXPECT_EQ(last(1).tcp.flags, kRst);
  EXPECT_EQ(client.error, SocketError::kReset);
}

TEST_F(TcpReset, ClosingWithUnreadDataResets) {
  establish();
  pair.call(1, [&](Turn& t) { sb.tcp_set_reading(t, server.socket, false); });
  write(0, 10);
  run(1);
  EXPECT_EQ(sb.tcp_view(server.socket)->receive_queue, 10u);
  close(1);
  run(1);
  EXPECT_EQ(last(1).tcp.flags, kRst | kAck);
  EXPECT_EQ(client.error, SocketError::kReset);
  EXPECT_EQ(server.closed, 1);
}

TEST_F(TcpReset, AbortSendsRstAndTheOwnerHearsNothing) {
  establish();
  pair.call(0, [&](Turn& t) { sa.tcp_abort(t, client.socket); });
  run(1);
  EXPECT_EQ(last(0).tcp.flags, kRst | kAck);
  EXPECT_EQ(client.closed, 0);
  EXPECT_EQ(server.error, SocketError::kReset);
  EXPECT_TRUE(sa.list().empty());
}

TEST_F(TcpReset, HalfOpenAfterARestartEndsInResetForTheClient) {
  establish();
  sb.reset();
  write(0, 10);
  run(1);
  EXPECT_EQ(last(1).tcp.flags, kRst);
  EXPECT_EQ(client.error, SocketError::kReset);
}

class TcpTimeWait : public TcpReset {
 protected:
  void SetUp() override {  // the server closes first and waits
    establish();
    close(1);
    run(1);
    ASSERT_EQ(state(1), TcpState::kTimeWait);
  }
};

TEST_F(TcpTimeWait, ANewerSynTakesThePlaceOfTheOldConnection) {
  const wire::Endpoint again = sa.tcp_local(client.socket);
  const SeenFrame old = pair.frames()[0];
  run(10);
  const std::uint32_t old_next = last(1).tcp.sequence;
  const auto syn_ack =
      answer({.sequence = old.tcp.sequence + 100'000, .flags = kSyn, .window = 1000}, 0,
             {old.source, old.tcp.source_port});
  (void)again;
  ASSERT_TRUE(syn_ack);
  EXPECT_EQ(syn_ack->tcp.flags, kSyn | kAck);
  EXPECT_EQ(syn_ack->tcp.sequence, old_next + 65'537);
}

TEST_F(TcpTimeWait, TheClientsNextConnectionFromTheSamePortWorks) {
  const wire::Endpoint from{pair.frames()[0].source, pair.frames()[0].tcp.source_port};
  run(1'000);
  connect(kServer, from);
  run(1);
  EXPECT_EQ(client.connected, 2);
  EXPECT_EQ(server.accepted, 2);
}

TEST_F(TcpTimeWait, AnOldSynGetsAnAck) {
  const SeenFrame old = pair.frames()[0];
  wire::TcpHeader h{.sequence = old.tcp.sequence, .flags = kSyn};
  const auto ack = answer(h, 0, {old.source, old.tcp.source_port});
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->tcp.flags, kAck);
}

TEST_F(TcpTimeWait, ARepeatedFinIsAcknowledgedAgainAndRestartsTheWait) {
  const SeenFrame fin = pair.frames()[4];
  ASSERT_TRUE(fin.has(kFin));
  pair.set_loss([](const SeenFrame&) { return true; });  // or the client's RST would end it
  run(50'000);
  wire::TcpHeader h = fin.tcp;
  const auto ack = answer(h, 0, {fin.source, fin.tcp.source_port});
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->tcp.acknowledgement, fin.tcp.sequence + 1);
  EXPECT_EQ(ack->ip_id, 0);
  run(50'000);
  EXPECT_EQ(state(1), TcpState::kTimeWait);
  run(13'000);
  EXPECT_EQ(state(1), std::nullopt);
}

TEST_F(TcpTimeWait, ARstEndsIt) {
  const SeenFrame fin = pair.frames()[4];
  EXPECT_FALSE(answer({.sequence = fin.tcp.sequence + 1, .flags = kRst}, 0,
                      {fin.source, fin.tcp.source_port}));
  EXPECT_EQ(state(1), std::nullopt);
}

}  // namespace
}  // namespace lvslab::test
