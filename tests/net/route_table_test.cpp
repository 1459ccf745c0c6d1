#include "net/route_table.h"

#include <gtest/gtest.h>

namespace lvslab::net {
namespace {
using wire::ipv4;
using wire::Prefix;

Route route(const char* prefix, InterfaceIndex device, std::uint32_t metric = 0) {
  Route r;
  r.destination = *wire::parse_prefix(prefix);
  r.device = device;
  r.metric = metric;
  r.scope = Scope::kLink;
  return r;
}

Route local(const char* prefix) {
  Route r = route(prefix, 0);
  r.type = RouteType::kLocal;
  r.table = kTableLocal;
  r.scope = Scope::kHost;
  r.protocol = RouteProtocol::kKernel;
  return r;
}

InterfaceIndex device_for(const RouteTables& tables, wire::Ipv4 address) {
  const Route* r = tables.lookup({.destination = address});
  return r == nullptr ? kNoInterface : r->device;
}

TEST(RouteTables, LongestPrefixWinsThenLowestMetricThenFirstAdded) {
  RouteTables tables;
  tables.add(route("0.0.0.0/0", 1));
  tables.add(route("10.0.0.0/8", 2));
  tables.add(route("10.1.0.0/16", 3, 5));
  tables.add(route("10.1.0.0/16", 4, 2));
  EXPECT_EQ(tables.add(route("10.1.0.0/16", 5, 2), true), RouteTables::AddResult::kAdded);
  EXPECT_EQ(device_for(tables, ipv4(10, 1, 2, 3)), 4);
  EXPECT_EQ(device_for(tables, ipv4(10, 2, 2, 3)), 2);
  EXPECT_EQ(device_for(tables, ipv4(11, 2, 2, 3)), 1);
}

TEST(RouteTables, SecondRouteOfSamePrefixAndMetricIsRefusedUnlessAppended) {
  RouteTables tables;
  EXPECT_EQ(tables.add(route("10.0.0.0/8", 1)), RouteTables::AddResult::kAdded);
  EXPECT_EQ(tables.add(route("10.0.0.0/8", 2)), RouteTables::AddResult::kExists);
  EXPECT_EQ(tables.add(route("10.0.0.0/8", 2), true), RouteTables::AddResult::kAdded);
  EXPECT_EQ(tables.add(route("10.0.0.0/8", 2), true), RouteTables::AddResult::kExists);
  EXPECT_EQ(device_for(tables, ipv4(10, 0, 0, 1)), 1);
}

TEST(RouteTables, TableLocalIsAskedFirst) {
  RouteTables tables;
  tables.add(route("192.168.0.0/24", 1));
  tables.add(local("192.168.0.21/32"));
  EXPECT_EQ(tables.lookup({.destination = ipv4(192, 168, 0, 21)})->type, RouteType::kLocal);
  EXPECT_EQ(tables.lookup({.destination = ipv4(192, 168, 0, 22)})->type, RouteType::kUnicast);
}

TEST(RouteTables, LocalPrefixMakesEveryAddressOfItOurOwn) {
  RouteTables tables;
  tables.add(local("192.168.0.0/24"));
  EXPECT_TRUE(tables.is_local(ipv4(192, 168, 0, 77)));
  EXPECT_FALSE(tables.is_local(ipv4(192, 168, 1, 77)));
  tables.add(local("192.168.0.100/32"));
  EXPECT_TRUE(tables.is_configured(ipv4(192, 168, 0, 100)));
  EXPECT_FALSE(tables.is_configured(ipv4(192, 168, 0, 77)));
}

TEST(RouteTables, BroadcastRouteInsideALocalPrefixIsNotLocal) {
  RouteTables tables;
  tables.add(local("192.168.0.0/24"));
  Route broadcast = local("192.168.0.255/32");
  broadcast.type = RouteType::kBroadcast;
  tables.add(broadcast);
  EXPECT_FALSE(tables.is_local(ipv4(192, 168, 0, 255)));
}

TEST(RouteTables, LookupAtLinkScopeIgnoresRoutesThroughGateways) {
  RouteTables tables;
  Route gateway = route("10.0.0.0/8", 1);
  gateway.scope = Scope::kUniverse;
  gateway.gateway = ipv4(192, 168, 0, 1);
  tables.add(gateway);
  EXPECT_EQ(tables.lookup({.destination = ipv4(10, 0, 0, 1), .scope = Scope::kLink}), nullptr);
  EXPECT_NE(tables.lookup({.destination = ipv4(10, 0, 0, 1)}), nullptr);
}

TEST(RouteTables, BoundDeviceSkipsRoutesThroughOthers) {
  RouteTables tables;
  tables.add(route("10.1.0.0/16", 1));
  tables.add(route("10.0.0.0/8", 2));
  const Route* found = tables.lookup({.destination = ipv4(10, 1, 0, 1), .out_device = 2});
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->device, 2);
}

TEST(RouteTables, ThrowGoesOnWithTheNextRuleAndBlackholeEndsTheSearch) {
  RouteTables tables;
  Route stop = route("10.0.0.0/8", kNoInterface);
  stop.type = RouteType::kThrow;
  stop.table = 100;
  tables.add(stop);
  Route hole = route("11.0.0.0/8", kNoInterface);
  hole.type = RouteType::kBlackhole;
  hole.table = 100;
  tables.add(hole);
  tables.add_rule({.priority = 10, .table = 100});
  tables.add(route("0.0.0.0/0", 3));
  EXPECT_EQ(device_for(tables, ipv4(10, 0, 0, 1)), 3);
  EXPECT_EQ(tables.lookup({.destination = ipv4(11, 0, 0, 1)})->type, RouteType::kBlackhole);
}

TEST(RouteTables, RulesSelectBySourceMarkAndInputDevice) {
  RouteTables tables;
  tables.add(route("0.0.0.0/0", 1));
  const auto only = [&](std::uint32_t table, InterfaceIndex device) {
    Route r = route("0.0.0.0/0", device);
    r.table = table;
    tables.add(r);
  };
  only(100, 2), only(101, 3), only(102, 4);
  tables.add_rule({.priority = 10, .from = Prefix{ipv4(10, 0, 0, 0), 8}, .table = 100});
  tables.add_rule({.priority = 11, .mark = 7, .table = 101});
  tables.add_rule({.priority = 12, .in_device = 5, .table = 102});
  const auto via = [&](RouteQuery q) {
    q.destination = ipv4(8, 8, 8, 8);
    return tables.lookup(q)->device;
  };
  EXPECT_EQ(via({}), 1);
  EXPECT_EQ(via({.source = ipv4(10, 3, 0, 1)}), 2);
  EXPECT_EQ(via({.mark = 7}), 3);
  EXPECT_EQ(via({.in_device = 5}), 4);
  EXPECT_EQ(via({.in_device = 6}), 1);
}

TEST(RouteTables, RuleWithoutPriorityGoesOneBelowTheLowestAndRemovingFindsIt) {
  RouteTables tables;
  EXPECT_FALSE(tables.custom());
  tables.add_rule({.table = 100});
  tables.add_rule({.table = 101});
  const std::vector<Rule> rules = tables.rules();
  ASSERT_EQ(rules.size(), 5u);
  EXPECT_EQ(rules[0].table, kTableLocal);
  EXPECT_EQ(rules[1].priority, 32'764u);
  EXPECT_EQ(rules[1].table, 101u);
  EXPECT_EQ(rules[2].priority, 32'765u);
  EXPECT_TRUE(tables.custom());
  EXPECT_TRUE(tables.remove_rule({.table = 101}));
  EXPECT_FALSE(tables.remove_rule({.table = 101}));
  EXPECT_EQ(tables.rules().size(), 4u);
}

TEST(RouteTables, RemovingTheRuleForMainHidesTableMain) {
  RouteTables tables;
  tables.add(route("10.0.0.0/8", 1));
  EXPECT_TRUE(tables.remove_rule({.priority = 32'766, .table = 0}));
  EXPECT_EQ(tables.lookup({.destination = ipv4(10, 0, 0, 1)}), nullptr);
}

TEST(RouteTables, OnlyUserMadeLocalRoutesCountAsCustom) {
  RouteTables tables;
  tables.add(local("10.0.0.1/32"));
  EXPECT_FALSE(tables.custom());
  Route mine = local("10.0.0.2/32");
  mine.protocol = RouteProtocol::kBoot;
  tables.add(mine);
  EXPECT_TRUE(tables.custom());
}

TEST(RouteTables, ReplaceTakesThePlaceAndRemoveMatchesOnlyTheFieldsAsked) {
  RouteTables tables;
  Route r = route("10.0.0.0/8", 1);
  r.gateway = ipv4(192, 168, 0, 1);
  tables.add(r);
  Route other = r;
  other.gateway = ipv4(192, 168, 0, 2);
  const auto old = tables.replace(other);
  ASSERT_TRUE(old);
  EXPECT_EQ(old->gateway, ipv4(192, 168, 0, 1));
  EXPECT_EQ(tables.list(kTableMain).size(), 1u);
  EXPECT_FALSE(tables.remove(r, true, false, false));
  EXPECT_TRUE(tables.remove(r, false, true, true));
  EXPECT_TRUE(tables.list(kTableMain).empty());
}

TEST(RouteTables, ListIsByAddressWithTheDefaultFirst) {
  RouteTables tables;
  for (const char* p : {"192.168.0.0/24", "10.0.0.0/8", "0.0.0.0/0", "10.0.0.0/24"})
    tables.add(route(p, 1));
  std::vector<std::string> shown;
  for (const Route& r : tables.list(kTableMain)) shown.push_back(wire::to_string(r.destination));
  EXPECT_EQ(shown,
            (std::vector<std::string>{"0.0.0.0/0", "10.0.0.0/24", "10.0.0.0/8", "192.168.0.0/24"}));
}

// The index for many routes must find exactly what the scan of few finds.
TEST(RouteTables, ManyRoutesAreFoundAsFewAre) {
  RouteTables tables;
  std::vector<Route> all;
  std::uint32_t x = 12'345;
  const auto next = [&] { return x = x * 1'664'525u + 1'013'904'223u; };
  for (int i = 0; i < 400; ++i) {
    Route r;
    const auto length = static_cast<std::uint8_t>((next() >> 16) % 33);
    r.destination = {{next() & wire::netmask(length) & 0x0f0fffffu}, length};
    r.destination.address = r.destination.network();
    r.device = static_cast<InterfaceIndex>(i);
    r.metric = (next() >> 20) % 3;
    r.table = kTableLocal;
    r.type = i % 2 == 0 ? RouteType::kLocal : RouteType::kBroadcast;
    if (tables.add(r) == RouteTables::AddResult::kAdded) all.push_back(r);
  }
  for (int i = 0; i < 2'000; ++i) {
    const wire::Ipv4 address{next() & 0x0f0fffffu};
    const Route* best = nullptr;
    for (const Route& r : all) {
      if (!r.destination.contains(address)) continue;
      if (best == nullptr || r.destination.length > best->destination.length ||
          (r.destination.length == best->destination.length && r.metric < best->metric)) {
        best = &r;
      }
    }
    const Route* found = tables.lookup({.destination = address});
    ASSERT_EQ(found == nullptr, best == nullptr);
    if (best != nullptr) {
      ASSERT_EQ(found->device, best->device);
    }
    ASSERT_EQ(tables.is_local(address), best != nullptr && best->type == RouteType::kLocal);
  }
}

}  // namespace
}  // namespace lvslab::net
