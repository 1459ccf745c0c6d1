// A cable: how long a frame takes, which frames wait, which are lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/boxes.h"

namespace lvslab::engine {
namespace {

using ::testing::ElementsAre;

struct Cable {
  explicit Cable(const LinkShape& shape, std::uint64_t seed = 1) : world(seed) {
    a = world.add_node(&left);
    b = world.add_node(&right);
    link = world.connect(a, 0, b, 0, shape, "cable");
  }
  void send(std::uint8_t first_byte, std::uint32_t length = 60) {
    world.act(a, [&](Turn& turn) { turn.transmit(0, frame_of(turn, first_byte, length)); });
  }
  void run(std::int64_t us) { world.run_until(world.now() + Duration::microseconds(us)); }
  std::vector<std::int64_t> arrivals_ps() const {
    std::vector<std::int64_t> times;
    for (const auto& arrived : right.arrivals) times.push_back(arrived.time.ps());
    return times;
  }
  Box left, right;
  World world;
  NodeIndex a = 0, b = 0;
  LinkIndex link = 0;
};

TEST(Link, AFrameTakesItsBytesAtTheRateAndThenTheDelay) {
  Cable cable({.bits_per_second = 100'000'000'000, .delay = Duration::nanoseconds(7)});
  cable.send(1, 1514);  // 1514 + 4 of checksum at 80 ps each
  cable.run(100);
  EXPECT_THAT(cable.arrivals_ps(), ElementsAre(1518 * 80 + 7'000));
}

TEST(Link, AShortFrameTakesAsLongAsTheShortestThatEthernetKnows) {
  Cable cable({.bits_per_second = 1'000'000'000, .delay = Duration()});
  cable.world.act(cable.a, [](Turn& turn) {
    const std::vector<std::uint8_t> bytes(42, 1);  // ARP without its padding
    turn.transmit(0, turn.packets().copy_of(bytes));
  });
  cable.run(10);
  EXPECT_THAT(cable.arrivals_ps(), ElementsAre(64 * 8'000));
}

TEST(Link, ARateThatDoesNotDivideAPicosecondIsRoundedPerFrameAndNotPerByte) {
  Cable cable({.bits_per_second = 3'000'000'000, .delay = Duration()});
  cable.send(1, 1514);
  cable.run(100);
  EXPECT_THAT(cable.arrivals_ps(), ElementsAre(1518LL * 8'000'000'000'000LL / 3'000'000'000LL));
}

TEST(Link, FramesWaitForTheOneBeingSentAndKeepTheirOrder) {
  Cable cable({.bits_per_second = 1'000'000'000, .delay = Duration::microseconds(5)});
  for (std::uint8_t i = 0; i < 3; ++i) cable.send(i);
  cable.run(100);
  EXPECT_THAT(cable.arrivals_ps(), ElementsAre(5'512'000, 6'024'000, 6'536'000));
  EXPECT_EQ(cable.right.arrivals[2].first_byte, 2);
}

TEST(Link, AnUnlimitedLinkTakesOnlyItsDelay) {
  Cable cable({.bits_per_second = 0, .delay = Duration::microseconds(5)});
  for (std::uint8_t i = 0; i < 3; ++i) cable.send(i, 1514);
  cable.run(100);
  EXPECT_THAT(cable.arrivals_ps(), ElementsAre(5'000'000, 5'000'000, 5'000'000));
}

TEST(Link, AFullQueueDropsTheFrameThatComesLast) {
  Cable cable({.bits_per_second = 1'000'000, .queue_frames = 2});
  for (std::uint8_t i = 0; i < 5; ++i)
    cable.send(i);  // one is being sent, two wait, two are dropped
  EXPECT_EQ(cable.world.dropped(DropReason::kQueueFull), 2u);
  cable.run(1'000'000);
  ASSERT_EQ(cable.right.arrivals.size(), 3u);
  EXPECT_EQ(cable.right.arrivals[2].first_byte, 2);
}

TEST(Link, AQueueHasRoomAgainWhenAFrameBeginsToLeaveIt) {
  Cable cable({.bits_per_second = 1'000'000, .queue_frames = 1});
  cable.send(0);
  cable.send(1);
  cable.run(511);  // the first ends after 512 us
  cable.send(2);
  EXPECT_EQ(cable.world.dropped(DropReason::kQueueFull), 1u);
  cable.run(1);
  cable.send(3);
  EXPECT_EQ(cable.world.dropped(DropReason::kQueueFull), 1u);
}

TEST(Link, LossIsAsLikelyAsStatedAndTheSameForTheSameSeed) {
  const auto lost = [](std::uint64_t seed) {
    Cable cable({.bits_per_second = 0, .loss = 0.25}, seed);
    for (int i = 0; i < 4000; ++i) cable.send(1);
    cable.run(100);
    EXPECT_EQ(cable.world.check_conservation(), "");
    return cable.world.dropped(DropReason::kLinkLoss);
  };
  EXPECT_NEAR(static_cast<double>(lost(1)), 1000.0, 5 * 27.4);  // five standard deviations
  EXPECT_EQ(lost(1), lost(1));
  EXPECT_NE(lost(1), lost(2));
}

TEST(Link, ALinkThatIsDownLosesFramesAndBothEndsSeeTheCarrier) {
  Cable cable({});
  cable.world.set_link_up(cable.link, false);
  cable.send(1);
  cable.run(100);
  EXPECT_TRUE(cable.right.arrivals.empty());
  EXPECT_EQ(cable.world.dropped(DropReason::kLinkDown), 1u);
  cable.world.set_link_up(cable.link, true);
  cable.world.set_link_up(cable.link, true);  // nothing changes: nothing is said
  cable.send(2);
  cable.run(100);
  EXPECT_EQ(cable.right.arrivals.size(), 1u);
  for (const Box* box : {&cable.left, &cable.right}) {
    ASSERT_EQ(box->carrier.size(), 2u);
    EXPECT_FALSE(box->carrier[0].up);
    EXPECT_TRUE(box->carrier[1].up);
  }
}

TEST(Link, AShorterDelayLetsNoFrameOvertakeAndTimeNeverRunsBack) {
  Cable cable({.bits_per_second = 0, .delay = Duration::microseconds(50)});
  cable.send(1);
  cable.run(10);
  cable.world.set_link_delay(cable.link, Duration::microseconds(1));
  cable.send(2);
  cable.run(100);
  ASSERT_EQ(cable.right.arrivals.size(), 2u);
  EXPECT_EQ(cable.right.arrivals[0].first_byte, 1);
  EXPECT_EQ(cable.right.arrivals[0].time.ps(), 50'000'000);
  EXPECT_EQ(cable.right.arrivals[1].time.ps(), 50'000'000);
}

TEST(Link, ANewRateHoldsForTheNextFrame) {
  Cable cable({.bits_per_second = 1'000'000'000, .delay = Duration()});
  cable.send(1);
  cable.world.set_link_rate(cable.link, 100'000'000);
  cable.send(2);
  cable.run(100);
  EXPECT_THAT(cable.arrivals_ps(), ElementsAre(512'000, 512'000 + 5'120'000));
}

TEST(Link, TheTwoDirectionsDoNotWaitForEachOther) {
  Cable cable({.bits_per_second = 1'000'000'000, .delay = Duration()});
  cable.send(1);
  cable.world.act(cable.b, [](Turn& turn) { turn.transmit(0, frame_of(turn, 2)); });
  cable.run(10);
  ASSERT_EQ(cable.left.arrivals.size(), 1u);
  EXPECT_EQ(cable.left.arrivals[0].time, cable.right.arrivals[0].time);
}

}  // namespace
}  // namespace lvslab::engine
