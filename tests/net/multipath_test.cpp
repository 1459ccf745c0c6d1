// Routes over several next hops.
#include "net/multipath.h"

#include <gtest/gtest.h>

#include <map>

namespace lvslab::net {
namespace {
using wire::ipv4;
using wire::Ipv4;

Route two_hops(std::uint16_t weight_of_first, std::uint16_t weight_of_second) {
  Route route;
  for (const std::uint8_t n : {std::uint8_t{1}, std::uint8_t{2}}) {
    Route hop;
    hop.gateway = ipv4(10, 0, 0, n);
    hop.device = n;
    hop.weight = n == 1 ? weight_of_first : weight_of_second;
    route.hops.push_back(hop);
  }
  route.gateway = route.hops.begin()->gateway;
  route.device = route.hops.begin()->device;
  return route;
}

Ipv4 client(std::uint32_t n) { return {ipv4(10, 1, 0, 0).value + n}; }
constexpr Ipv4 kVip = ipv4(10, 9, 0, 100);

TEST(Multipath, FlowsAreSpreadInProportionToTheWeights) {
  const Route route = two_hops(3, 1);
  std::map<InterfaceIndex, int> taken;
  for (std::uint32_t n = 0; n < 4000; ++n)
    ++taken[choose_hop(route, multipath_hash(7, client(n), kVip)).device];
  EXPECT_NEAR(taken[1], 3000, 120);  // four standard deviations
  EXPECT_NEAR(taken[2], 1000, 120);
}

TEST(Multipath, BothDirectionsOfAFlowHashAlike) {
  for (std::uint32_t n = 0; n < 100; ++n)
    EXPECT_EQ(multipath_hash(7, client(n), kVip), multipath_hash(7, kVip, client(n)));
}

TEST(Multipath, HostsHashOtherwise) {
  int same = 0;
  const Route route = two_hops(1, 1);
  for (std::uint32_t n = 0; n < 400; ++n) {
    same += choose_hop(route, multipath_hash(7, client(n), kVip)).device ==
            choose_hop(route, multipath_hash(8, client(n), kVip)).device;
  }
  EXPECT_NEAR(same, 200, 40);
}

TEST(Multipath, ADeadNextHopIsNotTaken) {
  RouteTables tables;
  Route route = two_hops(1, 1);
  route.destination = *wire::parse_prefix("10.9.0.0/16");
  tables.add(route);
  tables.mark_hops(1, true);
  const Route* found = tables.lookup({.destination = kVip});
  ASSERT_NE(found, nullptr);
  for (std::uint32_t n = 0; n < 50; ++n)
    EXPECT_EQ(choose_hop(*found, multipath_hash(7, client(n), kVip)).device, 2);
  EXPECT_TRUE(leads_through(*found, 2));
  EXPECT_FALSE(leads_through(*found, 1));
  tables.mark_hops(1, false);
  EXPECT_TRUE(leads_through(*tables.lookup({.destination = kVip}), 1));
}

TEST(Multipath, RoutesThatDifferInANextHopAreDifferentRoutes) {
  RouteTables tables;
  Route route = two_hops(1, 1);
  route.destination = *wire::parse_prefix("10.9.0.0/16");
  EXPECT_EQ(tables.add(route, true), RouteTables::AddResult::kAdded);
  EXPECT_EQ(tables.add(route, true), RouteTables::AddResult::kExists);
  (route.hops.begin() + 1)->weight = 5;
  EXPECT_EQ(tables.add(route, true), RouteTables::AddResult::kAdded);
}

}  // namespace
}  // namespace lvslab::net
