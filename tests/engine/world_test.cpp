// The order of events, wakes, and the balance of frames.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/boxes.h"

namespace lvslab::engine {
namespace {

using ::testing::ElementsAre;

Instant at_us(std::int64_t n) { return Instant::at(Duration::microseconds(n)); }

std::vector<int> order_of_simultaneous_actions(std::uint64_t tie_seed) {
  World world(1, tie_seed);
  std::vector<int> order;
  for (int i = 0; i < 8; ++i) world.at(at_us(5), [&order, i](World&) { order.push_back(i); });
  world.run_until(at_us(10));
  return order;
}

TEST(World, EventsOfOneMomentRunFirstInFirstOut) {
  EXPECT_THAT(order_of_simultaneous_actions(0), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST(World, ATieSeedShufflesSimultaneousEventsReproducibly) {
  const auto in_order = order_of_simultaneous_actions(0);
  const auto shuffled = order_of_simultaneous_actions(7);
  EXPECT_NE(shuffled, in_order);
  EXPECT_THAT(shuffled, ::testing::UnorderedElementsAreArray(in_order));
  EXPECT_EQ(shuffled, order_of_simultaneous_actions(7));
  EXPECT_NE(shuffled, order_of_simultaneous_actions(8));
}

TEST(World, EarlierEventsRunFirstWhateverTheTieSeed) {
  for (const std::uint64_t tie_seed : {0u, 1u, 2u, 3u}) {
    World world(1, tie_seed);
    std::vector<std::int64_t> times;
    for (const std::int64_t us : {9, 3, 7, 1, 5}) {
      world.at(at_us(us), [&](World& w) { times.push_back(w.now().ps() / 1'000'000); });
    }
    world.run_until(at_us(10));
    EXPECT_THAT(times, ElementsAre(1, 3, 5, 7, 9));
  }
}

TEST(World, FramesAndActionsOfOneMomentRunInTheOrderInWhichTheyWereAsked) {
  World world(1);
  Box sender, receiver;
  const NodeIndex a = world.add_node(&sender), b = world.add_node(&receiver);
  world.connect(a, 0, b, 0, {.bits_per_second = 0, .delay = Duration::microseconds(4)}, "cable");
  std::vector<std::string> order;
  receiver.on_frame = [&](Turn& turn, PortIndex, Packet&& packet) {
    order.push_back("frame");
    turn.deliver(std::move(packet));
  };
  world.at(at_us(4), [&](World&) { order.push_back("before"); });
  world.act(a, [](Turn& turn) { turn.transmit(0, frame_of(turn, 1)); });
  world.at(at_us(4), [&](World&) { order.push_back("after"); });
  world.run_until(at_us(4));
  EXPECT_THAT(order, ElementsAre("before", "frame", "after"));
}

TEST(World, ANodeIsWokenAtTheMomentItAskedFor) {
  World world(1);
  Box box;
  box.want_wake(at_us(3));
  world.add_node(&box);
  world.run_until(at_us(10));
  EXPECT_THAT(box.wakes, ElementsAre(at_us(3)));
}

TEST(World, AWakeMovedEarlierComesOnceAndEarlier) {
  World world(1);
  Box box;
  box.want_wake(at_us(8));
  const NodeIndex node = world.add_node(&box);
  world.at(at_us(1), [&](World& w) { w.act(node, [&](Turn&) { box.want_wake(at_us(2)); }); });
  world.run_until(at_us(20));
  EXPECT_THAT(box.wakes, ElementsAre(at_us(2)));
}

TEST(World, AWakeMovedLaterComesOnceAndLaterAndLeavesNoTraceOfTheFirst) {
  World world(1);
  Transcript transcript;
  world.watch(&transcript, WatchLevel::kEverything);
  Box box;
  box.want_wake(at_us(2));
  const NodeIndex node = world.add_node(&box);
  world.at(at_us(1), [&](World& w) { w.act(node, [&](Turn&) { box.want_wake(at_us(9)); }); });
  world.run_until(at_us(20));
  EXPECT_THAT(box.wakes, ElementsAre(at_us(9)));
  EXPECT_EQ(transcript.lines.size(), 2u) << "the act and one wake";
}

TEST(World, AWakeMovedThereAndBackComesOnce) {
  World world(1);
  Box box;
  box.want_wake(at_us(8));
  const NodeIndex node = world.add_node(&box);
  world.at(at_us(1), [&](World& w) { w.act(node, [&](Turn&) { box.want_wake(at_us(2)); }); });
  world.at(Instant::at(Duration::nanoseconds(1500)),
           [&](World& w) { w.act(node, [&](Turn&) { box.want_wake(at_us(8)); }); });
  world.run_until(at_us(20));
  EXPECT_THAT(box.wakes, ElementsAre(at_us(8)));
}

TEST(World, RunUntilRunsNothingLaterEvenPastAWakeThatNobodyWantsAnyMore) {
  World world(1);
  Box box;
  box.want_wake(at_us(2));
  const NodeIndex node = world.add_node(&box);
  bool later = false;
  world.at(at_us(1),
           [&](World& w) { w.act(node, [&](Turn&) { box.want_wake(Instant::never()); }); });
  world.at(at_us(50), [&](World&) { later = true; });
  world.run_until(at_us(10));
  EXPECT_FALSE(later);
  EXPECT_EQ(world.now(), at_us(10));
  EXPECT_EQ(world.next_event(), at_us(50));
}

TEST(World, NextEventIsNeverWhenOnlyUnwantedWakesAreLeft) {
  World world(1);
  Box box;
  box.want_wake(at_us(2));
  const NodeIndex node = world.add_node(&box);
  world.act(node, [&](Turn&) { box.want_wake(Instant::never()); });
  EXPECT_TRUE(world.next_event().is_never());
  EXPECT_FALSE(world.step());
}

TEST(World, ADeadlineThatIsPastWakesNow) {
  World world(1);
  Box box;
  const NodeIndex node = world.add_node(&box);
  world.at(at_us(5), [&](World& w) { w.act(node, [&](Turn&) { box.want_wake(at_us(1)); }); });
  world.run_until(at_us(9));
  EXPECT_THAT(box.wakes, ElementsAre(at_us(5)));
}

TEST(World, AFrameOutOfAPortWithoutACableIsLostAndCounted) {
  World world(1);
  Box box;
  const NodeIndex node = world.add_node(&box);
  world.act(node, [](Turn& turn) { turn.transmit(3, frame_of(turn, 1)); });
  EXPECT_EQ(world.dropped(DropReason::kNoLink), 1u);
  EXPECT_EQ(world.totals().frames_lost, 1u);
  EXPECT_EQ(world.totals().in_flight(), 0u);
  EXPECT_EQ(world.check_conservation(), "");
}

TEST(World, FramesAreConservedAtEveryMoment) {
  World world(5);
  Box sender, receiver;
  const NodeIndex a = world.add_node(&sender), b = world.add_node(&receiver);
  world.connect(a, 0, b, 0, {.bits_per_second = 1'000'000, .queue_frames = 5, .loss = 0.3},
                "cable");
  for (int burst = 0; burst < 20; ++burst) {
    world.act(a, [](Turn& turn) {
      for (std::uint8_t i = 0; i < 10; ++i) turn.transmit(0, frame_of(turn, i));
    });
    world.run_until(world.now() + Duration::microseconds(1300));
    EXPECT_EQ(world.check_conservation(), "");
    EXPECT_EQ(world.totals().frames_sent,
              world.totals().frame_hops + world.totals().frames_lost + world.totals().in_flight());
  }
  EXPECT_EQ(world.totals().frames_sent, 200u);
  EXPECT_EQ(receiver.arrivals.size(), world.totals().frame_hops);
  EXPECT_GT(world.dropped(DropReason::kQueueFull), 0u);
  EXPECT_GT(world.dropped(DropReason::kLinkLoss), 0u);
}

TEST(World, AForgottenPacketIsReported) {
  World world(1);
  Box sender, receiver;
  const NodeIndex a = world.add_node(&sender), b = world.add_node(&receiver);
  world.connect(a, 0, b, 0, {}, "cable");
  receiver.on_frame = [](Turn&, PortIndex, Packet&& packet) {
    const Packet forgotten(std::move(packet));
  };
  world.act(a, [](Turn& turn) { turn.transmit(0, frame_of(turn, 1)); });
  world.run_until(at_us(100));
  EXPECT_THAT(world.check_conservation(),
              ::testing::HasSubstr("neither delivered, dropped nor sent on"));
}

TEST(World, ARecordNamesTheTurnThatSentTheFrame) {
  World world(1);
  struct Keep final : Watcher {
    void on_record(const Record& r) override {
      if (r.kind == RecordKind::kFrameOut) sent = r.event;
      if (r.kind == RecordKind::kFrameIn) cause = r.cause;
    }
    std::uint64_t sent = 0, cause = 0;
  } keep;
  world.watch(&keep, WatchLevel::kEverything);
  Box sender, receiver;
  const NodeIndex a = world.add_node(&sender), b = world.add_node(&receiver);
  world.connect(a, 0, b, 0, {}, "cable");
  world.act(a, [](Turn& turn) { turn.transmit(0, frame_of(turn, 1)); });
  world.run_until(at_us(100));
  EXPECT_NE(keep.sent, 0u);
  EXPECT_EQ(keep.sent, keep.cause);
}

// One sender, a hub, and `ports` - 1 receivers of which one answers at once. `loss` above 0,
// however small, makes the world hand copies over one by one.
std::vector<std::string> flood(PortIndex ports, double loss, std::uint64_t tie_seed) {
  World world(1, tie_seed);
  Transcript transcript;
  world.watch(&transcript, WatchLevel::kEverything);
  Hub hub(ports);
  std::vector<Box> boxes(ports);
  const NodeIndex middle = world.add_node(&hub);
  for (PortIndex port = 0; port < ports; ++port) {
    const NodeIndex node = world.add_node(&boxes[port]);
    world.connect(node, 0, middle, port, {.loss = loss}, "cable" + std::to_string(port));
  }
  boxes[2].on_frame = [](Turn& turn, PortIndex, Packet&& packet) {
    if (packet.data()[0] < 3) turn.transmit(0, frame_of(turn, 9));
    turn.deliver(std::move(packet));
  };
  for (std::uint8_t i = 0; i < 3; ++i) {
    world.at(at_us(i), [&world, i](World&) {
      world.act(1, [i](Turn& turn) { turn.transmit(0, frame_of(turn, i)); });
    });
  }
  world.run_until(at_us(1000));
  EXPECT_EQ(world.check_conservation(), "");
  EXPECT_EQ(world.totals().in_flight(), 0u);
  EXPECT_EQ(boxes[3].arrivals.size(), 6u);
  return transcript.lines;
}

TEST(World, AFloodAsOneEventIsWhatFloodsOneByOneAre) {
  constexpr double kNearlyNone = 1e-300;
  for (const PortIndex ports : {PortIndex{7}, PortIndex{20}}) {
    const auto one_by_one = flood(ports, kNearlyNone, 0);
    EXPECT_GT(one_by_one.size(), 3u * ports);
    EXPECT_EQ(flood(ports, 0, 0), one_by_one) << ports << " ports";
    EXPECT_EQ(flood(ports, 0, 4), flood(ports, kNearlyNone, 4)) << ports << " ports, shuffled";
  }
}

TEST(World, EndingWithFramesInFlightIsNoLeak) {
  Hub hub(20);
  std::vector<Box> boxes(20);
  World world(1);
  const NodeIndex middle = world.add_node(&hub);
  for (PortIndex port = 0; port < 20; ++port)
    world.connect(world.add_node(&boxes[port]), 0, middle, port, {}, std::to_string(port));
  world.act(1, [](Turn& turn) { turn.transmit(0, frame_of(turn, 1)); });
  world.step();  // now 19 copies are on their way
  EXPECT_EQ(world.totals().in_flight(), 19u);
  EXPECT_EQ(world.check_conservation(), "");
}

}  // namespace
}  // namespace lvslab::engine
