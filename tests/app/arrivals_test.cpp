#include "app/arrivals.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

namespace lvslab::app {
namespace {

LoadPlan plan(Arrivals arrivals, std::uint64_t count, std::uint32_t clients) {
  LoadPlan load;
  TrafficPlan traffic;
  traffic.arrivals = arrivals;
  traffic.count = count;
  traffic.start = Duration::seconds(2);
  traffic.gap = Duration::milliseconds(10);
  for (std::uint32_t i = 0; i < clients; ++i) traffic.clients.push_back(i + 5);
  load.traffics.push_back(traffic);
  return load;
}

/// Number and time of every arrival of all clients.
std::map<std::uint32_t, Duration> walk(const LoadPlan& load) {
  std::map<std::uint32_t, Duration> all;
  for (std::uint32_t i = 0; i < load.traffics[0].clients.size(); ++i) {
    for (ArrivalProcess p(load, 1, i); !p.exhausted(); p.advance()) {
      EXPECT_EQ((p.connection() - 1) % load.traffics[0].clients.size(), i);
      EXPECT_TRUE(all.emplace(p.connection(), p.at()).second) << p.connection();
    }
  }
  return all;
}

TEST(Arrivals, EveryGivesConnectionCToTheClientsInTurnAtStartPlusItsGaps) {
  const auto all = walk(plan(Arrivals::kEvery, 10, 3));
  ASSERT_EQ(all.size(), 10u);
  for (const auto& [number, at] : all)
    EXPECT_EQ(at, Duration::seconds(2) + Duration::milliseconds(10) * (number - 1)) << number;
}

TEST(Arrivals, PoissonNumbersAreUniqueAndCompleteWithSeveralClients) {
  const auto all = walk(plan(Arrivals::kPoisson, 1001, 7));
  ASSERT_EQ(all.size(), 1001u);
  EXPECT_EQ(all.begin()->first, 1u);
  EXPECT_EQ(all.rbegin()->first, 1001u);
}

TEST(Arrivals, PoissonOfOneClientIsInOrderOfTimeWithTheMeanGap) {
  const auto all = walk(plan(Arrivals::kPoisson, 20'000, 1));
  Duration before = Duration::seconds(2);
  for (const auto& [number, at] : all) {
    EXPECT_GE(at, before) << number;
    before = at;
  }
  const double mean = (before - Duration::seconds(2)).in_seconds() / 20'000;
  EXPECT_NEAR(mean, 0.010, 0.010 * 4 / std::sqrt(20'000.0));
}

TEST(Arrivals, SeveralPoissonClientsTogetherHaveTheMeanGapOfTheTraffic) {
  std::set<std::int64_t> times;
  for (const auto& [number, at] : walk(plan(Arrivals::kPoisson, 20'000, 50))) times.insert(at.ps());
  // The 10,000th arrival of the merged process is near 10,000 mean gaps.
  auto middle = times.begin();
  std::advance(middle, 10'000);
  EXPECT_NEAR(static_cast<double>(*middle) * 1e-12 - 2, 100.0, 100.0 * 4 / std::sqrt(10'000.0));
}

TEST(Arrivals, TheSameSeedGivesTheSameTimesAndAnotherReplicationOthers) {
  LoadPlan load = plan(Arrivals::kPoisson, 100, 2);
  const auto first = walk(load);
  EXPECT_EQ(first, walk(load));
  load.replication = 1;
  EXPECT_NE(first, walk(load));
}

TEST(Arrivals, AddingCountKeepsTheEarlierArrivals) {
  const auto few = walk(plan(Arrivals::kPoisson, 10, 2));
  const auto many = walk(plan(Arrivals::kPoisson, 20, 2));
  for (const auto& [number, at] : few) EXPECT_EQ(many.at(number), at);
}

TEST(Arrivals, ListedOnesComeByTimeAndKeepTheirPlaceAsNumber) {
  LoadPlan load = plan(Arrivals::kListed, 0, 2);
  for (const auto& [at, client] : {std::pair{3, 0u}, {1, 1u}, {2, 0u}}) {
    ConnectionPlan c;
    c.at = Duration::seconds(at);
    c.client = client;
    load.traffics[0].listed.push_back(c);
  }
  ArrivalProcess first(load, 1, 0);
  EXPECT_EQ(first.connection(), 3u);
  EXPECT_EQ(first.at(), Duration::seconds(2));
  first.advance();
  EXPECT_EQ(first.connection(), 1u);
  first.advance();
  EXPECT_TRUE(first.exhausted());
}

TEST(Arrivals, WhatLiesBeyondTheRangeOfTimeNeverComes) {
  LoadPlan load = plan(Arrivals::kEvery, 1'000'000, 1);
  load.traffics[0].gap = Duration::seconds(3'000'000);
  ArrivalProcess p(load, 1, 0);
  int arrivals = 0;
  for (; !p.exhausted(); p.advance()) ++arrivals;
  EXPECT_EQ(arrivals, 2);  // at 2 s and 3,000,002 s; the range of 53 days ends before the third
  EXPECT_TRUE(later(Instant::at(Duration::seconds(1)), Duration::max()).is_never());
}

TEST(Arrivals, NoTrafficNoArrival) {
  EXPECT_TRUE(ArrivalProcess(plan(Arrivals::kPoisson, 0, 3), 1, 2).exhausted());
  EXPECT_TRUE(ArrivalProcess(plan(Arrivals::kListed, 0, 1), 1, 0).exhausted());
  EXPECT_TRUE(ArrivalProcess(plan(Arrivals::kEvery, 2, 3), 1, 2).exhausted());
}

}  // namespace
}  // namespace lvslab::app
