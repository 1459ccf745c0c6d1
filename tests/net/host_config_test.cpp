// Addresses, routes and interfaces of a host as an administrator changes them.
#include <gtest/gtest.h>

#include "arp_lab.h"
#include "net/sysctl.h"

namespace lvslab::net {
namespace {
using wire::Ipv4;
using wire::ipv4;

class HostConfig : public testing::Test, public ArpLab {
 protected:
  HostConfig() { eth0 = add_nic(host, "eth0"); }
  ConfigError add(const char* address, InterfaceIndex nic = 1, Scope scope = Scope::kUniverse) {
    return add_address(host, nic, address, scope);
  }
  ConfigError remove(const char* address, InterfaceIndex nic = 1) {
    const wire::Prefix p = *wire::parse_prefix(address);
    return host.remove_address(turn, nic, p.address, p.length);
  }
  ConfigError route(const char* prefix, const char* gateway, InterfaceIndex device = kNoInterface,
                    Host::RouteAction action = Host::RouteAction::kAdd,
                    const char* source = nullptr) {
    Route r;
    r.destination = *wire::parse_prefix(prefix);
    if (gateway != nullptr) r.gateway = *wire::parse_ipv4(gateway);
    if (source != nullptr) r.preferred_source = *wire::parse_ipv4(source);
    r.device = device;
    return host.add_route(turn, r, action);
  }
  /// "TYPE PREFIX [via GW] dev NAME [src A]" of one table, in listing order.
  std::vector<std::string> shown(std::uint32_t table) const {
    constexpr const char* kTypes[] = {"unicast",     "local",    "broadcast", "blackhole",
                                      "unreachable", "prohibit", "throw"};
    std::vector<std::string> lines;
    for (const Route& r : host.routes().list(table)) {
      if (r.device == 0 && r.destination.address.is_loopback()) continue;
      std::string line =
          std::string(kTypes[static_cast<int>(r.type)]) + " " + to_string(r.destination);
      if (!r.gateway.is_zero()) line += " via " + to_string(r.gateway);
      if (r.device != kNoInterface) line += " dev " + host.interface(r.device).name;
      if (!r.preferred_source.is_zero()) line += " src " + to_string(r.preferred_source);
      lines.push_back(line);
    }
    return lines;
  }
  std::vector<std::string> main_table() const { return shown(kTableMain); }
  std::vector<std::string> local_table() const { return shown(kTableLocal); }
  using Lines = std::vector<std::string>;

  Host& host = add_host("host");
  InterfaceIndex eth0;
};

TEST_F(HostConfig, LoExistsFromTheStartWithItsWholePrefixLocal) {
  EXPECT_EQ(host.interface(0).name, "lo");
  EXPECT_EQ(host.interface(0).ifindex, 1);
  EXPECT_EQ(host.interface(eth0).ifindex, 2);
  EXPECT_TRUE(host.is_local(ipv4(127, 9, 9, 9)));
  EXPECT_FALSE(host.is_local(ipv4(127, 255, 255, 255)));
}

TEST_F(HostConfig, AddressBringsLocalPrefixAndAllOnesBroadcastRoutes) {
  EXPECT_EQ(add("192.168.0.21/24"), ConfigError::kNone);
  EXPECT_EQ(main_table(), (Lines{"unicast 192.168.0.0/24 dev eth0 src 192.168.0.21"}));
  EXPECT_EQ(local_table(), (Lines{"local 192.168.0.21/32 dev eth0 src 192.168.0.21",
                                  "broadcast 192.168.0.255/32 dev eth0 src 192.168.0.21"}));
}

TEST_F(HostConfig, SlashThirtyTwoHasNoPrefixRouteAndThirtyOneNoBroadcast) {
  add("192.168.0.100/32");
  EXPECT_EQ(main_table(), Lines{});
  EXPECT_EQ(local_table(), (Lines{"local 192.168.0.100/32 dev eth0 src 192.168.0.100"}));
  remove("192.168.0.100/32");
  add("10.0.0.0/31");
  EXPECT_EQ(main_table(), (Lines{"unicast 10.0.0.0/31 dev eth0 src 10.0.0.0"}));
  EXPECT_EQ(local_table().size(), 1u);
}

TEST_F(HostConfig, PrefixOnLoBecomesLocalAsAWhole) {
  add("192.168.0.100/24", 0);
  EXPECT_EQ(main_table(), Lines{});
  EXPECT_EQ(local_table()[0], "local 192.168.0.0/24 dev lo src 192.168.0.100");
  EXPECT_TRUE(host.is_local(ipv4(192, 168, 0, 77)));
  remove("192.168.0.100/24", 0);
  EXPECT_EQ(local_table(), Lines{});
}

TEST_F(HostConfig, NoPrefixRouteFlagLeavesItOut) {
  host.add_address(turn, eth0,
                   {.local = ipv4(10, 0, 0, 1), .prefix_length = 24, .no_prefix_route = true});
  EXPECT_EQ(main_table(), Lines{});
}

TEST_F(HostConfig, ExplicitBroadcastIsARouteAndTheAddressItselfStaysLocal) {
  host.add_address(turn, 0, {.local = ipv4(192, 168, 0, 100), .broadcast = ipv4(192, 168, 0, 100)});
  EXPECT_EQ(local_table().size(), 2u);
  EXPECT_TRUE(host.is_local(ipv4(192, 168, 0, 100)));
  remove("192.168.0.100/32", 0);
  EXPECT_EQ(local_table(), Lines{});
}

TEST_F(HostConfig, SameMaskAndSubnetMakesASecondaryElsewhereAPrimary) {
  add("192.168.0.21/24"), add("192.168.0.100/24"), add("192.168.0.101/32");
  const auto& list = host.interface(eth0).addresses;
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0].local, ipv4(192, 168, 0, 21));
  EXPECT_EQ(list[1].local, ipv4(192, 168, 0, 101));
  EXPECT_FALSE(list[1].secondary);
  EXPECT_TRUE(list[2].secondary);
  EXPECT_EQ(add("192.168.0.100/24"), ConfigError::kExists);
  EXPECT_EQ(add("192.168.0.100/32"), ConfigError::kNone) << "another mask is another address";
}

TEST_F(HostConfig, PrimariesStandByDescendingScopeNumber) {
  add("10.0.0.1/24"), add("10.0.1.1/24", 1, Scope::kHost), add("10.0.2.1/24", 1, Scope::kLink),
      add("10.0.3.1/24");
  std::vector<int> third;
  for (const Address& a : host.interface(eth0).addresses)
    third.push_back(int(a.local.value >> 8 & 0xff));
  EXPECT_EQ(third, (std::vector<int>{1, 2, 0, 3}));
}

TEST_F(HostConfig, RemovingAPrimaryTakesItsSecondariesAlong) {
  add("192.168.0.21/24"), add("192.168.0.100/24"), add("10.0.0.1/8");
  EXPECT_EQ(remove("192.168.0.21/24"), ConfigError::kNone);
  ASSERT_EQ(host.interface(eth0).addresses.size(), 1u);
  EXPECT_FALSE(host.is_local(ipv4(192, 168, 0, 100)));
  EXPECT_EQ(main_table(), (Lines{"unicast 10.0.0.0/8 dev eth0 src 10.0.0.1"}));
  EXPECT_EQ(remove("192.168.0.21/24"), ConfigError::kNotFound);
  EXPECT_EQ(remove("10.0.0.1/16"), ConfigError::kNotFound) << "the length counts";
  EXPECT_EQ(host.remove_address(turn, eth0, ipv4(10, 0, 0, 1), 255), ConfigError::kNone);
}

TEST_F(HostConfig, PromoteSecondariesMakesTheFirstOneThePrimary) {
  host.conf_all().promote_secondaries = 1;
  add("192.168.0.21/24"), add("192.168.0.100/24"), add("192.168.0.101/24");
  remove("192.168.0.21/24");
  const auto& list = host.interface(eth0).addresses;
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].local, ipv4(192, 168, 0, 100));
  EXPECT_FALSE(list[0].secondary);
  EXPECT_TRUE(list[1].secondary);
  EXPECT_EQ(main_table(), (Lines{"unicast 192.168.0.0/24 dev eth0 src 192.168.0.100"}));
  EXPECT_EQ(local_table(), (Lines{"local 192.168.0.100/32 dev eth0 src 192.168.0.100",
                                  "local 192.168.0.101/32 dev eth0 src 192.168.0.100",
                                  "broadcast 192.168.0.255/32 dev eth0 src 192.168.0.100"}));
}

TEST_F(HostConfig, AddressOnADownDeviceIsLocalAllTheSame) {
  host.set_up(turn, eth0, false);
  add("192.168.0.21/24");
  EXPECT_EQ(local_table(), (Lines{"local 192.168.0.21/32 dev eth0 src 192.168.0.21"}));
  EXPECT_EQ(main_table(), Lines{});
  host.set_up(turn, eth0, true);
  EXPECT_EQ(main_table().size(), 1u);
  EXPECT_EQ(local_table().size(), 2u);
}

TEST_F(HostConfig, LinkDownTakesAllItsRoutesAndUpBringsOnlyTheConnectedOnes) {
  add("192.168.0.21/24");
  ASSERT_EQ(route("0.0.0.0/0", "192.168.0.1"), ConfigError::kNone);
  ASSERT_EQ(route("10.9.0.0/16", nullptr, eth0), ConfigError::kNone);
  set_neighbour(host, eth0, ipv4(192, 168, 0, 1), {0x0200000000aa}, NeighbourState::kPermanent);
  host.set_up(turn, eth0, false);
  EXPECT_EQ(main_table(), Lines{});
  EXPECT_TRUE(host.is_local(ipv4(192, 168, 0, 21)));
  EXPECT_EQ(host.neighbours().size(), 0u) << "permanent entries too";
  host.set_up(turn, eth0, true);
  EXPECT_EQ(main_table(), (Lines{"unicast 192.168.0.0/24 dev eth0 src 192.168.0.21"}));
}

TEST_F(HostConfig, CarrierLossKeepsRoutesAndPermanentEntries) {
  add("192.168.0.21/24");
  set_neighbour(host, eth0, ipv4(192, 168, 0, 1), {0x0200000000aa}, NeighbourState::kPermanent);
  set_neighbour(host, eth0, ipv4(192, 168, 0, 2), {0x0200000000ab}, NeighbourState::kReachable);
  host.carrier_changed(turn, 0, false);
  EXPECT_FALSE(host.interface(eth0).running());
  EXPECT_EQ(main_table().size(), 1u);
  EXPECT_EQ(host.neighbours().size(), 1u);
  host.carrier_changed(turn, 0, true);
  host.edit_interface(eth0).conf.arp_evict_nocarrier = 0;
  set_neighbour(host, eth0, ipv4(192, 168, 0, 2), {0x0200000000ab}, NeighbourState::kReachable);
  host.carrier_changed(turn, 0, false);
  EXPECT_EQ(host.neighbours().size(), 2u);
}

TEST_F(HostConfig, RemovingTheLastAddressTakesEveryRouteAndNeighbourOfTheDevice) {
  add("192.168.0.21/24");
  route("0.0.0.0/0", "192.168.0.1");
  set_neighbour(host, eth0, ipv4(192, 168, 0, 1), {0x0200000000aa}, NeighbourState::kReachable);
  remove("192.168.0.21/24");
  EXPECT_EQ(main_table(), Lines{});
  EXPECT_EQ(host.neighbours().size(), 0u);
}

TEST_F(HostConfig, RoutesNamingARemovedAddressAsSourceGo) {
  add("192.168.0.21/24"), add("192.168.0.100/32");
  ASSERT_EQ(
      route("10.0.0.0/8", "192.168.0.1", kNoInterface, Host::RouteAction::kAdd, "192.168.0.100"),
      ConfigError::kNone);
  remove("192.168.0.100/32");
  EXPECT_EQ(main_table().size(), 1u);
}

TEST_F(HostConfig, AddressOnTwoDevicesStaysLocalUntilBothAreGone) {
  add("192.168.0.100/32"), add("192.168.0.100/32", 0);
  remove("192.168.0.100/32");
  EXPECT_TRUE(host.is_local(ipv4(192, 168, 0, 100)));
  remove("192.168.0.100/32", 0);
  EXPECT_FALSE(host.is_local(ipv4(192, 168, 0, 100)));
}

TEST_F(HostConfig, GatewayMustBeOnALink) {
  add("192.168.0.21/24");
  EXPECT_EQ(route("0.0.0.0/0", "10.0.0.1"), ConfigError::kInvalidGateway);
  EXPECT_EQ(route("0.0.0.0/0", "192.168.0.255"), ConfigError::kInvalidGateway);
  EXPECT_EQ(route("0.0.0.0/0", "192.168.0.1"), ConfigError::kNone);
  EXPECT_EQ(route("10.0.0.0/8", "172.16.0.1"), ConfigError::kInvalidGateway)
      << "not through the default route";
  Route r;
  r.destination = *wire::parse_prefix("10.0.0.0/8");
  r.gateway = ipv4(172, 16, 0, 1);
  r.device = eth0;
  EXPECT_EQ(host.add_route(turn, r), ConfigError::kInvalidGateway);
  r.onlink = true;
  EXPECT_EQ(host.add_route(turn, r), ConfigError::kNone);
}

TEST_F(HostConfig, RouteChecksAnswerWithTheKernelsReasons) {
  add("192.168.0.21/24");
  EXPECT_EQ(route("10.0.0.1/8", nullptr, eth0), ConfigError::kInvalidPrefix);
  EXPECT_EQ(route("10.0.0.0/8", nullptr), ConfigError::kNoSuchDevice);
  EXPECT_EQ(route("10.0.0.0/8", nullptr, 77), ConfigError::kNoSuchDevice);
  EXPECT_EQ(route("10.0.0.0/8", nullptr, eth0, Host::RouteAction::kAdd, "10.1.1.1"),
            ConfigError::kInvalidSource);
  EXPECT_EQ(route("10.0.0.0/8", nullptr, eth0), ConfigError::kNone);
  EXPECT_EQ(route("10.0.0.0/8", nullptr, eth0), ConfigError::kExists);
  EXPECT_EQ(route("11.0.0.0/8", nullptr, eth0, Host::RouteAction::kChange), ConfigError::kNotFound);
  EXPECT_EQ(route("10.0.0.0/8", "192.168.0.1", eth0, Host::RouteAction::kReplace),
            ConfigError::kNone);
  EXPECT_EQ(main_table()[0], "unicast 10.0.0.0/8 via 192.168.0.1 dev eth0");
  Route hole;
  hole.destination = *wire::parse_prefix("10.0.0.0/8");
  hole.type = RouteType::kBlackhole;
  EXPECT_EQ(host.remove_route(turn, hole, false, false, false), ConfigError::kNoSuchProcess);
  hole.device = eth0;
  EXPECT_EQ(host.add_route(turn, hole), ConfigError::kInvalidArgument);
  host.set_up(turn, eth0, false);
  EXPECT_EQ(route("12.0.0.0/8", nullptr, eth0), ConfigError::kDeviceDown);
}

TEST_F(HostConfig, ScopeFollowsFromWhatTheRouteIs) {
  add("192.168.0.21/24");
  route("10.0.0.0/8", nullptr, eth0), route("11.0.0.0/8", "192.168.0.1");
  Route local;
  local.destination = *wire::parse_prefix("12.0.0.0/8");
  local.type = RouteType::kLocal;
  local.device = 0;
  local.table = kTableLocal;
  ASSERT_EQ(host.add_route(turn, local), ConfigError::kNone);
  EXPECT_EQ(host.routes().lookup({.destination = ipv4(10, 0, 0, 1)})->scope, Scope::kLink);
  EXPECT_EQ(host.routes().lookup({.destination = ipv4(11, 0, 0, 1)})->scope, Scope::kUniverse);
  EXPECT_EQ(host.routes().lookup({.destination = ipv4(12, 0, 0, 1)})->scope, Scope::kHost);
  EXPECT_TRUE(host.routes().custom());
}

TEST_F(HostConfig, NewInterfacesCopyTheDefaultSettings) {
  host.conf_default().arp_ignore = 1;
  EXPECT_EQ(host.interface(eth0).conf.arp_ignore, 0);
  Interface d;
  d.name = "dummy0";
  d.kind = InterfaceKind::kDummy;
  const auto added = host.add_virtual(turn, d);
  ASSERT_TRUE(added);
  EXPECT_EQ(host.interface(*added).conf.arp_ignore, 1);
  EXPECT_TRUE(host.interface(*added).noarp);
  EXPECT_FALSE(host.interface(*added).mac.is_zero());
  EXPECT_FALSE(host.interface(*added).mac.is_group());
  EXPECT_EQ(host.add_virtual(turn, d).error(), ConfigError::kExists);
  d.name = "much/too:long for a name";
  EXPECT_EQ(host.add_virtual(turn, d).error(), ConfigError::kInvalidArgument);
}

TEST_F(HostConfig, RemovedInterfaceLeavesNothingButItsSlot) {
  Interface d;
  d.name = "dummy0";
  d.kind = InterfaceKind::kDummy;
  d.up = true;
  const InterfaceIndex dummy = *host.add_virtual(turn, d);
  add("10.0.0.1/24", dummy);
  route("11.0.0.0/8", "10.0.0.9");
  EXPECT_EQ(host.remove_interface(turn, dummy), ConfigError::kNone);
  EXPECT_EQ(host.find_interface("dummy0"), nullptr);
  EXPECT_EQ(main_table(), Lines{});
  EXPECT_FALSE(host.is_local(ipv4(10, 0, 0, 1)));
  EXPECT_EQ(add("10.0.0.1/24", dummy), ConfigError::kNoSuchDevice);
  EXPECT_EQ(host.remove_interface(turn, dummy), ConfigError::kNoSuchDevice);
  EXPECT_EQ(host.remove_interface(turn, 0), ConfigError::kInvalidArgument);
  EXPECT_EQ(*host.add_virtual(turn, d), dummy + 1) << "slots are not used again";
}

TEST_F(HostConfig, VlanFollowsItsParent) {
  Interface v;
  v.name = "eth0.10";
  v.kind = InterfaceKind::kVlan;
  v.parent = eth0;
  v.vlan_id = 10;
  v.up = true;
  const InterfaceIndex vlan = *host.add_virtual(turn, v);
  EXPECT_EQ(host.interface(vlan).mac, host.interface(eth0).mac);
  host.set_up(turn, eth0, false);
  EXPECT_FALSE(host.interface(vlan).up);
  EXPECT_EQ(host.set_up(turn, vlan, true), ConfigError::kDeviceDown);
  host.set_up(turn, eth0, true);
  EXPECT_TRUE(host.interface(vlan).up);
  host.carrier_changed(turn, 0, false);
  EXPECT_FALSE(host.interface(vlan).running());
  host.set_mac(turn, eth0, {0x0200000000cc});
  EXPECT_EQ(host.interface(vlan).mac.value, 0x0200000000ccu);
  host.set_mtu(turn, eth0, 1'400);
  EXPECT_EQ(host.interface(vlan).mtu, 1'400u);
  EXPECT_EQ(host.set_mtu(turn, vlan, 1'500), ConfigError::kInvalidArgument);
  v.name = "other";
  EXPECT_EQ(host.add_virtual(turn, v).error(), ConfigError::kExists) << "one device a VLAN";
}

TEST_F(HostConfig, TinyMtuIsRefusedOnEthernetAndEndsIpv4OnADummy) {
  EXPECT_EQ(host.set_mtu(turn, eth0, 67), ConfigError::kInvalidArgument);
  Interface d;
  d.name = "dummy0";
  d.kind = InterfaceKind::kDummy;
  d.up = true;
  const InterfaceIndex dummy = *host.add_virtual(turn, d);
  add("10.0.0.1/24", dummy);
  EXPECT_EQ(host.set_mtu(turn, dummy, 60), ConfigError::kNone);
  EXPECT_TRUE(host.interface(dummy).addresses.empty());
  EXPECT_EQ(add("10.0.0.1/24", dummy), ConfigError::kInvalidArgument);
}

TEST_F(HostConfig, RenamingNeedsTheDeviceDownAndCarriesLabelsAlong) {
  host.add_address(turn, eth0,
                   {.local = ipv4(10, 0, 0, 1), .prefix_length = 24, .label = "eth0:1"});
  EXPECT_EQ(host.rename_interface(turn, eth0, "lan0"), ConfigError::kInvalidArgument);
  host.set_up(turn, eth0, false);
  EXPECT_EQ(host.rename_interface(turn, eth0, "lo"), ConfigError::kExists);
  EXPECT_EQ(host.rename_interface(turn, eth0, "lan0"), ConfigError::kNone);
  EXPECT_EQ(host.interface(eth0).addresses[0].label, "lan0:1");
}

TEST_F(HostConfig, IpForwardReachesEveryInterfaceAndStopsObeyingRedirects) {
  host.set_forwarding(true);
  EXPECT_TRUE(host.ip_forward());
  EXPECT_EQ(host.interface(eth0).conf.forwarding, 1);
  EXPECT_EQ(host.conf_default().forwarding, 1);
  EXPECT_FALSE(host.conf(eth0).accept_redirects());
  host.conf_all().accept_redirects = 1;
  host.set_forwarding(true);
  EXPECT_EQ(host.conf_all().accept_redirects, 1) << "the same value written again does nothing";
  host.set_forwarding(false);
  EXPECT_EQ(host.interface(eth0).conf.forwarding, 0);
}

TEST_F(HostConfig, LoGetsItsAddressBackOnlyWhenItHasNone) {
  host.set_up(turn, 0, false);
  host.remove_address(turn, 0, ipv4(127, 0, 0, 1), 8);
  EXPECT_TRUE(host.interface(0).addresses.empty());
  host.set_up(turn, 0, true);
  ASSERT_EQ(host.interface(0).addresses.size(), 1u);
  EXPECT_EQ(host.interface(0).addresses[0].scope, Scope::kHost);
  EXPECT_TRUE(host.is_local(ipv4(127, 0, 0, 5)));
}

TEST_F(HostConfig, PowerLossForgetsNeighboursAndEndsWhatWaited) {
  add("192.168.0.21/24");
  ping(host, ipv4(192, 168, 0, 21), ipv4(192, 168, 0, 9));
  host.set_power(turn, false);
  EXPECT_EQ(host.neighbours().size(), 0u);
  EXPECT_EQ(dropped(DropReason::kPowerOff), 1u);
  host.set_power(turn, true);
  EXPECT_EQ(main_table().size(), 1u) << "the configuration comes back with the power";
}

TEST_F(HostConfig, OneHostsGlobalSettingsAreItsOwn) {
  Host& other = add_host("other");
  host.edit_global().ip_default_ttl = 32;
  EXPECT_EQ(host.global().ip_default_ttl, 32);
  EXPECT_EQ(other.global().ip_default_ttl, 64);
}

TEST_F(HostConfig, ChangesAreNotedWithNamesThatOutliveThem) {
  host.add_address(turn, eth0,
                   {.local = ipv4(10, 0, 0, 1), .prefix_length = 24, .label = "eth0:1"});
  host.set_up(turn, eth0, false);
  host.rename_interface(turn, eth0, "lan0");
  for (int i = 0; i < 50; ++i) add_nic(host, "more" + std::to_string(i));
  run_to(ms(1));
  EXPECT_TRUE(noted(NoteKind::kStateInterface, "eth0"));
  EXPECT_TRUE(noted(NoteKind::kStateInterface, "lan0"));
  EXPECT_TRUE(noted(NoteKind::kStateAddress, "eth0:1"));
  EXPECT_TRUE(noted(NoteKind::kStateRoute, "main"));
  EXPECT_TRUE(noted(NoteKind::kStateRoute, "local"));
}

TEST(Sysctl, KeysAreSortedAndUnique) {
  const auto check = [](auto keys) {
    for (std::size_t i = 1; i < keys.size(); ++i) EXPECT_LT(keys[i - 1].name, keys[i].name);
  };
  check(interface_keys());
  check(neighbour_keys());
  check(global_keys());
}

TEST(Counters, EveryCounterHasItsOwnName) {
  std::vector<std::string_view> names;
  for (int i = 0; i < static_cast<int>(Counter::kCounterCount); ++i) {
    names.push_back(counter_name(static_cast<Counter>(i)));
    EXPECT_FALSE(names.back().empty());
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  EXPECT_EQ(counter_name(Counter::kIpReversePathFilter), "TcpExtIPReversePathFilter");
  EXPECT_EQ(counter_name(Counter::kIpInAddrErrors), "IpInAddrErrors");
}

}  // namespace
}  // namespace lvslab::net
