// Clients and servers over real host stacks: box 0 is the server, the others are clients.
#include "app/load_bed.h"

namespace lvslab::app {
namespace {

class LoadFaults : public LoadBed {};

TEST_F(LoadFaults, SilenceTimesOutCountedFromTheIntendedStart) {
  serve(text_server());
  lab_->cut(0, true);
  lab_->cut(1, true);
  ConnectionPlan& c = add(connection(Duration::seconds(1)));
  c.target.address = wire::ipv4(10, 0, 0, 1);
  c.timeout = Duration::seconds(2);
  start();
  lab_->run(Duration::milliseconds(2'990));
  EXPECT_EQ(lab_->status(1, 1), "");
  lab_->run(Duration::milliseconds(20));
  EXPECT_EQ(lab_->status(1, 1), "timeout");
}

TEST_F(LoadFaults, AHungServerAcceptsAndNeverAnswers) {
  ServeSpec spec = text_server();
  spec.state = ServerState::kHung;
  serve(spec);
  add(connection()).timeout = Duration::seconds(3);
  start();
  lab_->run(Duration::seconds(5));
  EXPECT_EQ(lab_->notes(1, NoteKind::kAppEstablished).size(), 1u);
  EXPECT_EQ(lab_->notes(0, NoteKind::kAppServed).size(), 1u);
  EXPECT_EQ(lab_->status(1, 1), "timeout");
}

TEST_F(LoadFaults, APausedServerAnswersWhenItGoesOn) {
  ServeSpec spec = text_server();
  spec.state = ServerState::kPaused;
  serve(spec);
  add(connection());
  start();
  lab_->run(Duration::seconds(5));
  EXPECT_EQ(lab_->notes(1, NoteKind::kAppEstablished).size(), 1u);  // by the kernel
  EXPECT_TRUE(lab_->notes(0, NoteKind::kAppServed).empty());
  set_state(ServerState::kUp);
  lab_->run(Duration::seconds(1));
  EXPECT_EQ(lab_->status(1, 1), "completed");
}

TEST_F(LoadFaults, AServerThatIsClosedRefusesAndServesAgainWhenUp) {
  serve(text_server());
  set_state(ServerState::kClosed);
  add(connection());
  add(connection(Duration::seconds(2)));
  start();
  lab_->run(Duration::seconds(1));
  set_state(ServerState::kUp);
  lab_->run(Duration::seconds(2));
  EXPECT_EQ(lab_->status(1, 1), "refused");
  EXPECT_EQ(lab_->status(1, 2), "completed");
}

TEST_F(LoadFaults, AServerThatStopsClosesItsConnectionsAndWhoWaitsForAnAnswerFails) {
  serve(text_server());
  add(connection()).send = {{Duration::seconds(10), {"late", 0}}};
  start();
  lab_->run(Duration::seconds(1));
  set_state(ServerState::kClosed);
  lab_->run(Duration::seconds(1));
  EXPECT_EQ(lab_->status(1, 1), "reset");
}

TEST_F(LoadFaults, NoRouteIsUnreachable) {
  add(connection()).target.address = wire::ipv4(192, 168, 9, 9);
  start();
  lab_->run(Duration::seconds(1));
  EXPECT_EQ(lab_->status(1, 1), "unreachable");
}

TEST_F(LoadFaults, AHostWithoutAnAnswerToArpIsUnreachable) {
  add(connection()).target.address = wire::ipv4(10, 0, 0, 99);
  start();
  lab_->run(Duration::seconds(10));
  EXPECT_EQ(lab_->status(1, 1), "unreachable");
}

TEST_F(LoadFaults, TheSourcePortGrowsWithTheConnection) {
  serve(text_server());
  traffic().arrivals = Arrivals::kEvery;
  traffic().count = 3;
  traffic().gap = Duration::seconds(1);
  traffic().first_port = 40'001;
  traffic().shape = connection();
  start();
  lab_->run(Duration::seconds(5));
  const auto opened = lab_->notes(1, NoteKind::kAppOpened);
  ASSERT_EQ(opened.size(), 3u);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(opened[i].x, 40'001 + i);
}

TEST_F(LoadFaults, ArrivalsKeepTheirMomentsWhateverBecameOfTheOthers) {
  ServeSpec spec = text_server();
  spec.state = ServerState::kHung;
  serve(spec);
  traffic().arrivals = Arrivals::kEvery;
  traffic().count = 10;
  traffic().start = Duration::seconds(1);
  traffic().gap = Duration::milliseconds(100);
  traffic().shape = connection();
  start();
  lab_->run(Duration::seconds(3));
  const auto times = lab_->times(1, NoteKind::kAppIntended);
  ASSERT_EQ(times.size(), 10u);
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(times[static_cast<std::size_t>(i)], Duration::milliseconds(1'000 + 100 * i));
  EXPECT_EQ(client().open(), 10u);
  lab_->run(Duration::seconds(40));
  EXPECT_TRUE(client().settled());
}

TEST_F(LoadFaults, ManyArrivalsAtOneMomentAllStartThen) {
  serve(text_server());
  traffic().arrivals = Arrivals::kEvery;
  traffic().count = 300;
  traffic().shape = connection();
  start();
  lab_->run(Duration::seconds(8));
  for (const Duration at : lab_->times(1, NoteKind::kAppIntended)) EXPECT_EQ(at, Duration());
  EXPECT_EQ(lab_->notes(1, NoteKind::kAppIntended).size(), 300u);
  std::size_t completed = 0;
  for (const Note& n : lab_->notes(1, NoteKind::kAppClosed)) completed += n.word == "completed";
  EXPECT_EQ(completed, 300u);
}

TEST_F(LoadFaults, SeveralClientsShareATrafficAndEachConnectionIsStartedOnce) {
  make(4);
  serve(text_server());
  traffic().arrivals = Arrivals::kPoisson;
  traffic().count = 31;
  traffic().gap = Duration::milliseconds(10);
  traffic().shape = connection();
  start();
  lab_->run(Duration::seconds(10));
  std::map<std::uint32_t, int> seen;
  for (std::uint32_t i = 1; i <= 3; ++i) {
    EXPECT_TRUE(client(i).settled());
    for (const Note& n : lab_->notes(i, NoteKind::kAppClosed)) {
      ++seen[n.tag.connection];
      EXPECT_EQ((n.tag.connection - 1) % 3 + 1, i);
      EXPECT_EQ(n.word, "completed");
    }
  }
  EXPECT_EQ(seen.size(), 31u);
}

TEST_F(LoadFaults, AHostMayTalkToItself) {
  serve(text_server());
  traffic().clients = {0};
  traffic().listed = {connection(), connection(Duration::seconds(1))};
  traffic().listed[1].target.port = 81;  // closed
  plan_.ready = lab_->now();
  clients_.push_back(std::make_unique<Client>(lab_->box(0).sockets, 0, plan_));
  lab_->act(0, [&](Turn& turn) { client().start(turn, plan_.ready); });
  lab_->run(Duration::seconds(5));
  EXPECT_EQ(lab_->status(0, 1), "completed");
  EXPECT_EQ(lab_->status(0, 2), "refused");
  EXPECT_EQ(lab_->pool().leaked(), 0u);
}

TEST_F(LoadFaults, NothingIsLeftUnderWayWhenAllAreSettled) {
  serve(text_server());
  traffic().arrivals = Arrivals::kPoisson;
  traffic().count = 500;
  traffic().gap = Duration::milliseconds(1);
  traffic().shape = connection();
  start();
  lab_->run(Duration::seconds(3));
  EXPECT_TRUE(client().settled());
  EXPECT_TRUE(client().next_wake().is_never());
  EXPECT_EQ(lab_->pool().leaked(), 0u);
}

// --- UDP
// -------------------------------------------------------------------------------------------

class UdpLoad : public LoadFaults {
 protected:
  void SetUp() override {
    LoadFaults::SetUp();
    traffic().protocol = wire::Protocol::kUdp;
  }
  static ServeSpec udp(ServeSpec spec) {
    spec.protocol = wire::Protocol::kUdp;
    return spec;
  }
};

TEST_F(UdpLoad, ADatagramIsAnsweredAndTheExchangeCompleted) {
  serve(udp(text_server("pong!")));
  ConnectionPlan& c = add(connection());
  c.source.port = 5'353;
  c.requests = 2;
  start();
  lab_->run(Duration::seconds(1));
  EXPECT_EQ(lab_->status(1, 1), "completed");
  ASSERT_EQ(lab_->notes(1, NoteKind::kAppReply).size(), 2u);
  EXPECT_EQ(lab_->notes(1, NoteKind::kAppReply)[0].v, 5u);
  EXPECT_EQ(lab_->notes(1, NoteKind::kAppOpened)[0].x, 5'353u);
  EXPECT_EQ(lab_->notes(1, NoteKind::kAppOpened)[0].a, lab_->box(1).address.value);
  EXPECT_EQ(lab_->notes(0, NoteKind::kAppServed).size(), 1u);
  EXPECT_TRUE(client().settled());
}

TEST_F(UdpLoad, AnEchoOfZerosIsZeros) {
  ServeSpec spec = udp(text_server());
  spec.reply = ServeSpec::Reply::kEcho;
  serve(spec);
  add(connection()).request = {"", 1'000};
  start();
  lab_->run(Duration::seconds(1));
  ASSERT_EQ(lab_->notes(1, NoteKind::kAppReply).size(), 1u);
  EXPECT_EQ(lab_->notes(1, NoteKind::kAppReply)[0].v, 1'000u);
}

TEST_F(UdpLoad, AClosedPortIsRefusedByIcmp) {
  add(connection());
  start();
  lab_->run(Duration::seconds(1));
  EXPECT_EQ(lab_->status(1, 1), "refused");
}

TEST_F(UdpLoad, SilenceTimesOut) {
  ServeSpec spec = udp(text_server());
  spec.state = ServerState::kHung;
  serve(spec);
  add(connection()).timeout = Duration::seconds(2);
  start();
  lab_->run(Duration::seconds(3));
  EXPECT_EQ(lab_->status(1, 1), "timeout");
}

TEST_F(UdpLoad, APausedServerAnswersWhatWaitedInItsBuffer) {
  ServeSpec spec = udp(text_server());
  spec.state = ServerState::kPaused;
  serve(spec);
  add(connection());
  start();
  lab_->run(Duration::seconds(2));
  EXPECT_EQ(lab_->status(1, 1), "");
  set_state(ServerState::kUp);
  lab_->run(Duration::seconds(1));
  EXPECT_EQ(lab_->status(1, 1), "completed");
}

// --- ping
// ------------------------------------------------------------------------------------------

TEST_F(LoadFaults, APingIsAnsweredWithItsFiftySixBytes) {
  traffic().protocol = wire::Protocol::kIcmp;
  ConnectionPlan& c = add(connection());
  c.request = {};
  c.requests = 3;
  start();
  lab_->run(Duration::seconds(1));
  EXPECT_EQ(lab_->status(1, 1), "completed");
  const auto replies = lab_->notes(1, NoteKind::kAppReply);
  ASSERT_EQ(replies.size(), 3u);
  EXPECT_EQ(replies[2].v, 56u);
  EXPECT_EQ(replies[2].tag, (Tag{1, 1, 3}));
}

TEST_F(LoadFaults, APingToNobodyIsUnreachable) {
  traffic().protocol = wire::Protocol::kIcmp;
  ConnectionPlan& c = add(connection());
  c.request = {};
  c.target.address = wire::ipv4(10, 0, 0, 77);
  start();
  lab_->run(Duration::seconds(10));
  EXPECT_EQ(lab_->status(1, 1), "unreachable");
}

}  // namespace
}  // namespace lvslab::app
