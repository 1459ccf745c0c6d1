#include "lvs/stats.h"

#include <gtest/gtest.h>

namespace lvslab::lvs {
namespace {

TEST(Stats, ASteadyHundredPerSecondIsApproachedByQuarters) {
  Stats stats;
  for (const std::uint64_t expected : {25u, 44u, 58u, 68u, 76u}) {
    stats.now.connections += 200;
    stats.tick();
    EXPECT_EQ(stats.rates().connections, expected);
  }
}

TEST(Stats, ByteRatesUseTheirOwnScale) {
  Stats stats;
  stats.now.in_bytes += 8000;  // 4000 a second
  stats.tick();
  EXPECT_EQ(stats.rates().in_bytes, 1000u);
}

TEST(Stats, AveragesFallWhenTrafficEnds) {
  Stats stats;
  stats.now.in_packets = 2000;
  stats.tick();
  EXPECT_EQ(stats.rates().in_packets, 250u);
  stats.tick();
  EXPECT_EQ(stats.rates().in_packets, 187u);
}

TEST(Stats, ShownCountersLagUntilTheTick) {
  Stats stats;
  stats.now.in_packets = 5;
  EXPECT_EQ(stats.visible().in_packets, 0u);
  stats.tick();
  EXPECT_EQ(stats.visible().in_packets, 5u);
}

TEST(Stats, ZeroingCountsFromWhatWasShown) {
  Stats stats;
  stats.now.in_packets = 5;
  stats.tick();
  stats.now.in_packets = 8;
  stats.clear();
  EXPECT_EQ(stats.visible().in_packets, 0u);
  EXPECT_EQ(stats.rates().in_packets, 0u);
  stats.tick();
  EXPECT_EQ(stats.visible().in_packets, 3u);
}

}  // namespace
}  // namespace lvslab::lvs
