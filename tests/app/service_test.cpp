// Servers whose requests take time, closed loops and pauses for thought.
#include <algorithm>
#include <cmath>
#include <set>

#include "app/arrivals.h"
#include "app/load_bed.h"

namespace lvslab::app {
namespace {

class Service : public LoadBed {
 protected:
  ServeSpec slow(Distribution service, std::uint32_t workers = 1) {
    ServeSpec spec = text_server();
    spec.service = service;
    spec.workers = workers;
    return spec;
  }
  std::vector<double> reply_times() const {
    std::vector<double> seconds;
    for (const Duration t : lab_->times(1, NoteKind::kAppReply)) seconds.push_back(t.in_seconds());
    return seconds;
  }
};

TEST_F(Service, RequestsWaitForTheWorkerInOrder) {
  serve(slow(Duration::milliseconds(100)));
  for (int i = 0; i < 3; ++i) add(connection());
  start();
  lab_->run(Duration::seconds(1));
  const auto times = reply_times();
  ASSERT_EQ(times.size(), 3u);
  EXPECT_NEAR(times[0], 0.1, 1e-3);
  EXPECT_NEAR(times[1], 0.2, 1e-3);
  EXPECT_NEAR(times[2], 0.3, 1e-3);
}

TEST_F(Service, TwoWorkersServeTwoAtATime) {
  serve(slow(Duration::milliseconds(100), 2));
  for (int i = 0; i < 3; ++i) add(connection());
  start();
  lab_->run(Duration::seconds(1));
  const auto times = reply_times();
  ASSERT_EQ(times.size(), 3u);
  EXPECT_NEAR(times[1], 0.1, 1e-3);
  EXPECT_NEAR(times[2], 0.2, 1e-3);
}

TEST_F(Service, AServerTellsWhenARequestHasComeAndWhatItTook) {
  serve(slow(Duration::milliseconds(100)));
  add(connection());
  start();
  lab_->run(Duration::seconds(1));
  const auto served = lab_->notes(0, NoteKind::kAppServed);
  ASSERT_EQ(served.size(), 2u);
  EXPECT_EQ(served[0].tag, (Tag{1, 1, 0}));
  EXPECT_EQ(served[1].tag, (Tag{1, 1, 1}));
  EXPECT_EQ(served[1].y, 1u);
  const auto replies = lab_->notes(0, NoteKind::kAppServerReply);
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].m, static_cast<std::uint64_t>(Duration::milliseconds(100).ps()));
}

TEST_F(Service, AServerThatAnswersAtOnceTellsNothingOfQueues) {
  serve(text_server());
  add(connection());
  start();
  lab_->run(Duration::seconds(1));
  EXPECT_EQ(lab_->notes(0, NoteKind::kAppServed).size(), 1u);
}

TEST_F(Service, ARequestDrawsTheSameWhoeverWasServedBefore) {
  serve(slow(Distribution::exponential(Duration::milliseconds(50).ps())));
  for (int i = 0; i < 2; ++i) add(connection(Duration::seconds(i)));
  start();
  lab_->run(Duration::seconds(9));
  const auto both = lab_->notes(0, NoteKind::kAppServerReply);
  ASSERT_EQ(both.size(), 2u);
  EXPECT_NE(both[0].m, both[1].m);

  make(2);
  serve(slow(Distribution::exponential(Duration::milliseconds(50).ps())));
  add(connection(Duration::seconds(5)));
  add(connection(Duration::seconds(1)));
  start();
  lab_->run(Duration::seconds(9));
  const auto turned = lab_->notes(0, NoteKind::kAppServerReply);
  ASSERT_EQ(turned.size(), 2u);
  EXPECT_EQ(turned[0].m, both[1].m);
  EXPECT_EQ(turned[1].m, both[0].m);
}

TEST_F(Service, ADatagramIsServedLikeAnyRequest) {
  ServeSpec spec = slow(Duration::milliseconds(100));
  spec.protocol = wire::Protocol::kUdp;
  spec.reply = ServeSpec::Reply::kEcho;
  serve(spec);
  traffic().protocol = wire::Protocol::kUdp;
  for (int i = 0; i < 2; ++i) add(connection());
  start();
  lab_->run(Duration::seconds(1));
  const auto times = reply_times();
  ASSERT_EQ(times.size(), 2u);
  EXPECT_NEAR(times[0], 0.1, 1e-3);
  EXPECT_NEAR(times[1], 0.2, 1e-3);
  EXPECT_EQ(lab_->notes(1, NoteKind::kAppReply)[1].v, 3u);
}

TEST_F(Service, APausedProcessFinishesWhatItHadBegun) {
  serve(slow(Duration::milliseconds(100)));
  add(connection());
  start();
  lab_->run(Duration::milliseconds(50));
  set_state(ServerState::kPaused);
  lab_->run(Duration::seconds(1));
  EXPECT_TRUE(reply_times().empty());
  set_state(ServerState::kUp);
  lab_->run(Duration::seconds(1));
  ASSERT_EQ(reply_times().size(), 1u);
  EXPECT_NEAR(reply_times()[0], 1.1, 1e-3);
}

TEST_F(Service, AClosedProcessAnswersNothingOfWhatItHad) {
  serve(slow(Duration::milliseconds(100)));
  add(connection());
  start();
  lab_->run(Duration::milliseconds(50));
  set_state(ServerState::kClosed);
  lab_->run(Duration::seconds(60));
  EXPECT_NE(lab_->status(1, 1), "completed");
  EXPECT_EQ(lab_->notes(0, NoteKind::kAppServed).back().y, 2u);
}

TEST_F(Service, AUserOfAClosedLoopThinksAfterEachConnection) {
  serve(slow(Duration::milliseconds(100)));
  traffic().arrivals = Arrivals::kClosed;
  traffic().users = 2;
  traffic().user_think = Duration::seconds(1);
  traffic().count = 5;
  traffic().shape = connection();
  start();
  lab_->run(Duration::seconds(9));
  const auto intended = lab_->times(1, NoteKind::kAppIntended);
  ASSERT_EQ(intended.size(), 5u);
  EXPECT_NEAR(intended[0].in_seconds(), 1.0, 1e-9);
  EXPECT_NEAR(intended[1].in_seconds(), 1.0, 1e-9);
  EXPECT_NEAR(intended[2].in_seconds(), 2.1, 1e-3);
  EXPECT_NEAR(intended[3].in_seconds(), 2.2, 1e-3);
  EXPECT_NEAR(intended[4].in_seconds(), 3.2, 1e-3);
  EXPECT_EQ(lab_->notes(1, NoteKind::kAppIntended)[4].tag.connection, 5u);
  EXPECT_TRUE(client().settled());
}

TEST_F(Service, AUserWhoseConnectionFailedGoesOn) {
  traffic().arrivals = Arrivals::kClosed;
  traffic().users = 1;
  traffic().user_think = Duration::seconds(1);
  traffic().count = 3;
  traffic().shape = connection();
  start();
  lab_->run(Duration::seconds(9));
  EXPECT_EQ(lab_->notes(1, NoteKind::kAppClosed).size(), 3u);
  EXPECT_EQ(lab_->status(1, 3), "refused");
}

TEST_F(Service, AConnectionThinksBetweenItsRequestsAndLatencyCountsFromThere) {
  serve(text_server());
  ConnectionPlan& c = add(connection());
  c.requests = 3;
  c.think = Duration::seconds(2);
  c.timeout = Duration::seconds(1);
  start();
  lab_->run(Duration::seconds(9));
  EXPECT_EQ(lab_->status(1, 1), "completed");
  const auto sent = lab_->notes(1, NoteKind::kAppRequestSent);
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_NEAR(static_cast<double>(sent[1].m) * 1e-12, 2.0, 1e-3);
  EXPECT_NEAR(static_cast<double>(sent[2].m) * 1e-12, 4.0, 1e-3);
}

TEST_F(Service, ADrawnHoldIsTheSameForClientAndServer) {
  std::vector<double> ends;
  for (const Closer closer : {Closer::kClient, Closer::kServer}) {
    make(2);
    serve(text_server());
    ConnectionPlan& c = add(connection());
    c.hold = Distribution::exponential(Duration::seconds(3).ps());
    c.close = closer;
    start();
    lab_->run(Duration::seconds(60));
    ASSERT_EQ(lab_->status(1, 1), "completed");
    ends.push_back(lab_->times(1, NoteKind::kAppClosed).at(0).in_seconds());
  }
  EXPECT_GT(ends[0], 0.01);
  EXPECT_NEAR(ends[0], ends[1], 1e-3);
}

TEST_F(Service, DrawnSizesOfRequestsAndRepliesAreSent) {
  ServeSpec spec = text_server();
  spec.reply = ServeSpec::Reply::kBytes;
  spec.reply_size = Distribution::uniform(100, 200);
  serve(spec);
  for (int i = 0; i < 20; ++i) {
    ConnectionPlan& c = add(connection(Duration::milliseconds(i)));
    c.request = {"", 1};
    c.request_size = Distribution::uniform(10, 20);
  }
  start();
  lab_->run(Duration::seconds(1));
  std::set<std::uint64_t> up, down;
  for (const Note& note : lab_->notes(1, NoteKind::kAppClosed)) {
    up.insert(note.v);
    down.insert(note.m);
  }
  EXPECT_GT(up.size(), 4u);
  EXPECT_GE(*up.begin(), 10u);
  EXPECT_LE(*up.rbegin(), 20u);
  EXPECT_GT(down.size(), 8u);
  EXPECT_GE(*down.begin(), 100u);
  EXPECT_LE(*down.rbegin(), 200u);
}

// --- arrivals that need no server ---------------------------------------------------------------

LoadPlan load_of(Arrivals arrivals, std::uint64_t count, std::uint32_t clients = 1) {
  LoadPlan load;
  TrafficPlan traffic;
  traffic.arrivals = arrivals;
  traffic.count = count;
  traffic.gap = Duration::milliseconds(10);
  for (std::uint32_t i = 0; i < clients; ++i) traffic.clients.push_back(i);
  load.traffics.push_back(traffic);
  return load;
}

std::vector<double> seconds_of(const LoadPlan& load, std::uint32_t client = 0) {
  std::vector<double> times;
  for (ArrivalProcess p(load, 1, client); !p.exhausted(); p.advance())
    times.push_back(p.at().in_seconds());
  return times;
}

TEST(ArrivalRules, ARateThatRisesBringsMoreAndMore) {
  LoadPlan load = load_of(Arrivals::kPoisson, 1'000'000);
  load.traffics[0].rates = {{Duration(), 100e-12}, {Duration::seconds(100), 300e-12}};
  load.traffics[0].lasts = Duration::seconds(100);
  const auto times = seconds_of(load);
  // Mean of the first and second half: 150/s and 250/s for 50 s each.
  const auto half = std::count_if(times.begin(), times.end(), [](double t) { return t < 50; });
  EXPECT_NEAR(static_cast<double>(half), 7'500, 4 * std::sqrt(7'500.0));
  EXPECT_NEAR(static_cast<double>(times.size()), 20'000, 4 * std::sqrt(20'000.0));
}

TEST(ArrivalRules, ARateThatFallsToNothingEndsTheTraffic) {
  LoadPlan load = load_of(Arrivals::kPoisson, 1'000'000);
  load.traffics[0].rates = {{Duration(), 100e-12}, {Duration::seconds(10), 0}};
  const auto times = seconds_of(load);
  EXPECT_NEAR(static_cast<double>(times.size()), 500, 4 * std::sqrt(500.0));
  EXPECT_LT(times.back(), 10);
}

TEST(ArrivalRules, AConstantRateIsThePoissonProcessItself) {
  LoadPlan load = load_of(Arrivals::kPoisson, 1'000);
  const auto plain = seconds_of(load);
  load.traffics[0].rates = {{Duration(), 1 / 10e9}};
  const auto by_rate = seconds_of(load);
  ASSERT_EQ(plain.size(), by_rate.size());
  EXPECT_NEAR(plain.back(), by_rate.back(), 1e-6);
}

TEST(ArrivalRules, ABatchComesAtOneMoment) {
  LoadPlan load = load_of(Arrivals::kPoisson, 40);
  load.traffics[0].batch = 4;
  const auto times = seconds_of(load);
  ASSERT_EQ(times.size(), 40u);
  for (std::size_t i = 0; i < times.size(); ++i) EXPECT_EQ(times[i], times[i / 4 * 4]) << i;
  EXPECT_EQ(std::set<double>(times.begin(), times.end()).size(), 10u);
}

TEST(ArrivalRules, DrawnGapsAreTheTrafficsWhicheverClientAsks) {
  LoadPlan one = load_of(Arrivals::kEvery, 100, 1), two = load_of(Arrivals::kEvery, 100, 2);
  for (LoadPlan* load : {&one, &two})
    load->traffics[0].gaps = Distribution::uniform(1'000'000, 2'000'000);
  auto all = seconds_of(two, 0);
  const auto other = seconds_of(two, 1);
  all.insert(all.end(), other.begin(), other.end());
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, seconds_of(one));
}

TEST(ArrivalRules, NothingArrivesAfterTheTrafficsDuration) {
  LoadPlan load = load_of(Arrivals::kEvery, 0xffffffff);
  load.traffics[0].lasts = Duration::milliseconds(95);
  EXPECT_EQ(seconds_of(load).size(), 10u);
}

TEST(ArrivalRules, ATracedArrivalBelongsToItsClientAndKeepsItsSize) {
  LoadPlan load = load_of(Arrivals::kTrace, 3, 2);
  load.traffics[0].trace = {{Duration::seconds(1), 0, TraceArrival::kAsShape},
                            {Duration::seconds(2), 1, 700},
                            {Duration::seconds(3), 0, TraceArrival::kAsShape}};
  load.traffics[0].shape.request.zeros = 5;
  EXPECT_EQ(seconds_of(load, 0), (std::vector<double>{1, 3}));
  EXPECT_EQ(seconds_of(load, 1), (std::vector<double>{2}));
  EXPECT_EQ(load.request_zeros(load.traffics[0].shape, {1, 2, 1}), 700u);
  EXPECT_EQ(load.request_zeros(load.traffics[0].shape, {1, 3, 1}), 5u);
}

}  // namespace
}  // namespace lvslab::app
