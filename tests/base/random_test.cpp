#include "base/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace lvslab {
namespace {

// These numbers are a promise: results are compared across versions and machines.
TEST(Random, MixingNeverChanges) {
  EXPECT_EQ(mix(0), 0u);
  EXPECT_EQ(mix(1), 0x4179b061e0c0e0d0u);
  EXPECT_EQ(mix(1, 2), 0x194983d3dd499deu);
  EXPECT_EQ(hash_name("rs1"), 0xc2c203861a0a58f2u);
}

TEST(Random, StreamsNeverChange) {
  Random link(1, "link");
  EXPECT_EQ(link.bits(), 0x86f1cdb65b14b99du);
  EXPECT_EQ(link.bits(), 0x9bfd8a6944a2617u);
  EXPECT_EQ(link.bits(), 0x602a5176cb9d4695u);
  Random small(7, "x");
  const std::uint64_t expected[] = {32, 22, 97, 73, 27};
  for (const std::uint64_t value : expected) EXPECT_EQ(small.below(100), value);
}

TEST(Random, RequestDrawsNeverChange) {
  EXPECT_EQ(draw_bits({1, 2, 3, 4, 5}, "service"), 0xab28bbf97cf6d1du);
  EXPECT_EQ(draw_unit({}, "arrival"), 0x1.dad261daac758p-2);
}

TEST(Random, LogarithmAndExponentialNeverChange) {
  EXPECT_EQ(portable_log(10.0), 0x1.26bb1bbb55515p+1);
  EXPECT_EQ(portable_log(0.3), -0x1.34378fcbda72p+0);
  EXPECT_EQ(exponential(0.5, 2.0), 0x1.62e42fefa39efp+0);
}

TEST(Random, NeighbouringKeysDrawDifferentNumbers) {
  std::set<std::uint64_t> seen;
  for (std::uint32_t connection = 0; connection < 100; ++connection) {
    for (std::uint32_t request = 0; request < 100; ++request) {
      seen.insert(draw_bits({1, 0, 1, connection, request}, "size"));
    }
  }
  EXPECT_EQ(seen.size(), 10'000u);
}

TEST(Random, BelowStaysBelowAndReachesEveryValue) {
  Random random(3, "dice");
  int count[6] = {};
  for (int i = 0; i < 60'000; ++i) ++count[random.below(6)];
  for (const int n : count) EXPECT_NEAR(n, 10'000, 500);
}

TEST(Random, UnitIsUniform) {
  Random random(4, "unit");
  double sum = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double u = random.unit();
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u;
  }
  EXPECT_NEAR(sum / 100'000, 0.5, 0.005);
}

TEST(PortableLog, AgreesWithTheLibraryTo1e15) {
  Random random(5, "log");
  for (int i = 0; i < 200'000; ++i) {
    const double x = std::ldexp(random.unit() + 0x1p-60, static_cast<int>(random.below(200)) - 100);
    const double expected = std::log(x);
    EXPECT_LE(std::abs(portable_log(x) - expected), 1e-15 * std::abs(expected)) << x;
  }
}

TEST(PortableLog, IsExactAtOneAndHandlesSubnormals) {
  EXPECT_EQ(portable_log(1.0), 0.0);
  EXPECT_NEAR(portable_log(0x1p-1074), std::log(0x1p-1074), 1e-12);
}

TEST(Exponential, HasTheMeanItIsGiven) {
  Random random(6, "exponential");
  double sum = 0;
  for (int i = 0; i < 200'000; ++i) sum += exponential(random.unit(), 5.0);
  EXPECT_NEAR(sum / 200'000, 5.0, 0.05);
}

}  // namespace
}  // namespace lvslab
