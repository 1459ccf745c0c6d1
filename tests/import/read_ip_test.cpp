// `ip -j` as hosts print it: what is taken, what is left out, where a broken file is broken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reading.h"

namespace lvslab::importer {
namespace {

using Kind = InterfaceFact::Kind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ReadAddresses, KeepsOrderLabelScopeAndBroadcast) {
  const Reading read(read_addresses, R"([
    {"ifname":"lo","flags":["LOOPBACK","UP"],"mtu":65536,"link_type":"loopback","addr_info":[
      {"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host","label":"lo"},
      {"family":"inet6","local":"::1","prefixlen":128,"scope":"host"},
      {"family":"inet","local":"10.0.0.100","prefixlen":32,"scope":"host","label":"lo:0"}]},
    {"ifname":"eth0","flags":["UP"],"mtu":1400,"link_type":"ether","address":"02:00:00:00:00:01",
     "new_key":{"a":[1.5,true,null]},"addr_info":[
      {"family":"inet","local":"10.0.0.2","prefixlen":24,"broadcast":"10.0.0.255","scope":"global",
       "label":"eth0","valid_life_time":4294967295},
      {"family":"inet","local":"10.0.0.3","prefixlen":24,"scope":"global","secondary":true}]},
    {}])");
  EXPECT_EQ(read.problems, "");
  ASSERT_EQ(read.host.interfaces.size(), 2u);
  const InterfaceFact& lo = read.host.interfaces[0];
  EXPECT_EQ(lo.kind, Kind::kLoopback);
  ASSERT_EQ(lo.addresses.size(), 2u);
  EXPECT_EQ(lo.addresses[1].label, "lo:0");
  EXPECT_EQ(lo.addresses[1].scope, "host");
  const InterfaceFact& eth0 = read.host.interfaces[1];
  EXPECT_EQ(eth0.kind, Kind::kCabled);
  EXPECT_EQ(eth0.mtu, 1400u);
  EXPECT_EQ(wire::to_string(eth0.mac.value()), "02:00:00:00:00:01");
  ASSERT_EQ(eth0.addresses.size(), 2u);
  EXPECT_EQ(wire::to_string(eth0.addresses[0].broadcast.value()), "10.0.0.255");
  EXPECT_EQ(wire::to_string(eth0.addresses[1].prefix), "10.0.0.3/24");
}

TEST(ReadAddresses, KnowsTunnelsDummiesAndVlansAndLeavesPartsOfBondsOut) {
  const Reading read(read_addresses, R"([
    {"ifname":"tunl0","link":null,"flags":["NOARP"],"mtu":1480,"link_type":"ipip","addr_info":[]},
    {"ifname":"dummy0","link_type":"ether","linkinfo":{"info_kind":"dummy"},"addr_info":[]},
    {"ifname":"eth0.10","link":"eth0","link_type":"ether","linkinfo":{"info_kind":"vlan",
      "info_data":{"protocol":"802.1Q","id":10}},"addr_info":[]},
    {"ifname":"eth0.20","link":"eth0","link_type":"ether","addr_info":[]},
    {"ifname":"bond0","link_type":"ether","linkinfo":{"info_kind":"bond"},"addr_info":[]},
    {"ifname":"eth1","master":"bond0","link_type":"ether","addr_info":[]},
    {"ifname":"docker0","link_type":"ether","addr_info":[
      {"family":"inet","local":"172.17.0.1","prefixlen":16}]}])");
  EXPECT_EQ(read.problems, "");
  std::vector<Kind> kinds;
  for (const InterfaceFact& interface : read.host.interfaces) kinds.push_back(interface.kind);
  EXPECT_THAT(kinds, ElementsAre(Kind::kTunl0, Kind::kDummy, Kind::kVlan, Kind::kVlan,
                                 Kind::kCabled, Kind::kOther, Kind::kOther));
  EXPECT_FALSE(read.host.interfaces[0].up);
  EXPECT_EQ(read.host.interfaces[2].vlan, 10);
  EXPECT_EQ(read.host.interfaces[3].vlan, 20);
  EXPECT_EQ(read.host.interfaces[3].parent, "eth0");
  EXPECT_THAT(read.host.left_out,
              ElementsAre("interface eth1: part of bond0", "interface docker0"));
}

TEST(ReadAddresses, SaysWhereAWrongValueStands) {
  EXPECT_EQ(Reading(read_addresses, "[{\"ifname\":\"e\",\n \"mtu\":\"x\"}]").problems,
            "2:10: \"mtu\" is no whole number\n");
  EXPECT_EQ(Reading(read_addresses,
                    "[{\"ifname\":\"e\",\"addr_info\":[{\"family\":\"inet\","
                    "\"local\":\"1.2.3\",\"prefixlen\":24}]}]")
                .problems,
            "1:60: \"local\" is no address: '1.2.3'\n");
  EXPECT_THAT(Reading(read_addresses,
                      "[{\"ifname\":\"e\",\"addr_info\":[{\"family\":\"inet\","
                      "\"local\":\"1.2.3.4\",\"prefixlen\":99}]}]")
                  .problems,
              HasSubstr("\"prefixlen\" is more than 32"));
  EXPECT_THAT(Reading(read_addresses, "[{\"ifname\":\"e; reboot\"}]").problems,
              HasSubstr("\"ifname\" has characters that no name here has"));
}

TEST(ReadJson, WhatIsNoListOfMapsIsRefusedWithItsPlace) {
  EXPECT_EQ(Reading(read_routes, "[{\"dst\": \"default\",}]").problems, "1:20: this is not JSON\n");
  EXPECT_EQ(Reading(read_routes, "{}").problems, "1:1: this is not a list\n");
  EXPECT_THAT(Reading(read_routes, "[1]").problems, HasSubstr("an entry that is no map"));
  EXPECT_THAT(Reading(read_routes, "Object \"route\" is unknown").problems,
              HasSubstr("this is not JSON"));
  EXPECT_THAT(Reading(read_routes, std::string(100'000, '[')).problems,
              HasSubstr("nested deeper than 32 levels"));
}

TEST(ReadRoutes, TakesWhatTheKernelDoesNotMakeByItself) {
  const Reading read(read_routes, R"([
    {"dst":"default","gateway":"10.0.0.254","dev":"eth0","protocol":"dhcp","metric":100,"flags":[]},
    {"dst":"10.0.0.0/24","dev":"eth0","protocol":"kernel","scope":"link","prefsrc":"10.0.0.2"},
    {"dst":"10.8.0.0/16","gateway":"192.168.9.9","dev":"eth0","flags":["onlink"],
     "metrics":[{"mtu":1400}]},
    {"type":"blackhole","dst":"10.9.0.0/16","flags":[]},
    {"type":"local","dst":"10.6.0.0/16","dev":"lo","table":"100","scope":"host"},
    {"dst":"fd00::/64","dev":"eth0","flags":[]},
    {"dst":"10.7.0.0/16","nexthops":[{"gateway":"10.0.0.3"},{"gateway":"10.0.0.4"}]}])");
  EXPECT_EQ(read.problems, "");
  ASSERT_EQ(read.host.routes.size(), 4u);
  EXPECT_EQ(read.host.routes[0].destination.length, 0);
  EXPECT_EQ(read.host.routes[0].metric, 100u);
  EXPECT_TRUE(read.host.routes[1].onlink);
  EXPECT_EQ(read.host.routes[1].mtu, 1400u);
  EXPECT_EQ(read.host.routes[2].type, "blackhole");
  EXPECT_EQ(read.host.routes[3].table, "100");
  ASSERT_EQ(read.host.left_out.size(), 1u);
  EXPECT_THAT(read.host.left_out[0], HasSubstr("10.7.0.0/16"));
}

TEST(ReadRules, TakesSelectorsAndLeavesThoseOutThatNoLabHas) {
  const Reading read(read_rules, R"([{"priority":0,"src":"all","table":"local"},
    {"priority":77,"src":"10.1.0.0","srclen":16,"dst":"1.2.3.4","table":"100"},
    {"priority":78,"src":"all","fwmark":"0x1","fwmask":"0xff","iif":"eth0","table":"100"},
    {"priority":79,"src":"all","oif":"eth1","table":"5"},
    {"priority":32766,"src":"all","table":"main"}])");
  EXPECT_EQ(read.problems, "");
  EXPECT_THAT(read.host.rules, ElementsAre("pref 77 from 10.1.0.0/16 to 1.2.3.4 lookup 100",
                                           "pref 78 fwmark 0x1/0xff iif eth0 lookup 100"));
  EXPECT_THAT(read.host.left_out, ElementsAre("rule 79: it has \"oif\""));
}

TEST(ReadNeighbours, KnowsStateAndMac) {
  const Reading read(read_neighbours, R"([
    {"dst":"10.0.0.9","dev":"eth0","lladdr":"02:00:00:00:00:09","state":["STALE"]},
    {"dst":"10.0.0.8","dev":"eth0","state":["FAILED"]},{"dst":"fe80::1","dev":"eth0"}])");
  EXPECT_EQ(read.problems, "");
  ASSERT_EQ(read.host.neighbours.size(), 2u);
  EXPECT_EQ(read.host.neighbours[0].state, "STALE");
  EXPECT_FALSE(read.host.neighbours[1].mac.has_value());
}

}  // namespace
}  // namespace lvslab::importer
