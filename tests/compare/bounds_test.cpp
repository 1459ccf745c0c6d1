// The formulas that validation and the tables print, against published values.
#include "compare/bounds.h"

#include <gtest/gtest.h>

namespace lvslab::compare {
namespace {

TEST(Bounds, ErlangAndPollaczekKhinchine) {
  EXPECT_NEAR(erlang_b(15, 20), 0.04559321559, 1e-10);
  EXPECT_NEAR(erlang_c(3.2, 4), 0.5964324718, 1e-9);
  EXPECT_NEAR(mmc_time(0.8, 4), 1.74554059, 1e-8);
  EXPECT_NEAR(mmc_time(0.8, 1), 5, 1e-12);
  EXPECT_NEAR(mg1_time(0.8, 0), 3, 1e-12);
  EXPECT_NEAR(mg1_time(0.8, 4), 11, 1e-12);
  EXPECT_EQ(erlang_c(4, 4), 1) << "overloaded: everybody waits";
}

TEST(Bounds, WhatLinksLetThroughByMode) {
  const Capacity most = capacity(1e9, 500, 10000, 30);
  EXPECT_NEAR(most.nat_one_arm, 11904.7619, 1e-3);
  EXPECT_NEAR(most.nat_two_arm, 12500, 1e-9);
  EXPECT_NEAR(most.dr, 250000, 1e-9)
      << "30 servers are more than reply/request: its own link binds";
  EXPECT_NEAR(most.tun, 240384.6154, 1e-3);
  EXPECT_NEAR(capacity(1e9, 500, 10000, 10).dr, 125000, 1e-9) << "below, the servers' do";
}

TEST(Bounds, TwoChoicesOvertakeTakingTurnsAtALoadOf0Point5186) {
  EXPECT_NEAR(dm1_time(0.8), 2.69273084, 1e-8);
  EXPECT_NEAR(two_choices_time(0.9), 2.614057377, 1e-9);
  double low = 0.3, high = 0.9;
  while (high - low > 1e-12) {
    const double middle = (low + high) / 2;
    (dm1_time(middle) < two_choices_time(middle) ? low : high) = middle;
  }
  EXPECT_NEAR(low, 0.5185838534, 1e-9);
  EXPECT_NEAR(dm1_time(low), 1.288481, 1e-6);
}

TEST(Bounds, AreSaidOfPoissonTrafficToServersAlike) {
  const auto read = scenario::read_scenario(std::string(LVSLAB_SOURCE_DIR) +
                                            "/scenarios/comparisons/flagship.yaml");
  ASSERT_TRUE(read.errors.empty());
  const auto lines = bounds_of(read.scenario);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0],
            "web: 160 requests/s for 4 workers of 20 ms is load 0.8; no pick can beat one queue, "
            "34.9108 ms; a random split has 100 ms");
}

}  // namespace
}  // namespace lvslab::compare
