// Whose address a connection of a population draws.
#include "app/population.h"

#include <gtest/gtest.h>

#include <map>

namespace lvslab::app {
namespace {

using wire::ipv4;

Population crowd(const char* prefix) {
  Population population;
  population.prefix = *wire::parse_prefix(prefix);
  return population;
}

std::map<wire::Ipv4, int> draws(const Population& population, int count) {
  std::map<wire::Ipv4, int> seen;
  for (int i = 0; i < count; ++i)
    ++seen[population.draw(Random(mix(1, static_cast<std::uint64_t>(i))))];
  return seen;
}

TEST(Population, AllAddressesOfThePrefixButItsOwnAndItsBroadcastCome) {
  Population population = crowd("10.64.0.0/29");
  EXPECT_EQ(Population::usable(population.prefix), 6u);
  population.use_uniform(6);
  const auto seen = draws(population, 6000);
  ASSERT_EQ(seen.size(), 6u);
  EXPECT_EQ(seen.begin()->first, ipv4(10, 64, 0, 1));
  EXPECT_EQ(seen.rbegin()->first, ipv4(10, 64, 0, 6));
  for (const auto& [address, count] : seen) EXPECT_NEAR(count, 1000, 120);
}

TEST(Population, UnderZipfTheSecondComesHalfAsOftenAsTheFirst) {
  Population population = crowd("10.64.0.0/16");
  population.use_zipf(4, 1.0);  // 12/25, 6/25, 4/25, 3/25
  const auto seen = draws(population, 25'000);
  EXPECT_NEAR(seen.at(ipv4(10, 64, 0, 1)), 12'000, 320);
  EXPECT_NEAR(seen.at(ipv4(10, 64, 0, 2)), 6'000, 280);
  EXPECT_NEAR(seen.at(ipv4(10, 64, 0, 4)), 3'000, 210);
}

TEST(Population, AListedAddressComesByItsWeight) {
  Population population = crowd("10.64.0.0/16");
  population.use({{ipv4(10, 64, 9, 9), 3}, {ipv4(10, 64, 1, 1), 1}});
  const auto seen = draws(population, 4'000);
  EXPECT_NEAR(seen.at(ipv4(10, 64, 9, 9)), 3'000, 120);
}

TEST(Population, AShareIsTakenBeforeTheLaw) {
  Population population = crowd("10.64.0.0/16");
  population.use_uniform(60'000);
  population.add_share(ipv4(10, 64, 0, 1), 300'000);
  EXPECT_NEAR(draws(population, 10'000).at(ipv4(10, 64, 0, 1)), 3'000, 190);
}

TEST(Population, TheSameChanceGivesTheSameAddress) {
  Population population = crowd("10.64.0.0/12");
  population.use_uniform(1'000'000);
  EXPECT_EQ(population.draw(Random(7)), population.draw(Random(7)));
}

}  // namespace
}  // namespace lvslab::app
