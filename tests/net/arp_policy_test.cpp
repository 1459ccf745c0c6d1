#include "net/arp_policy.h"

#include <gtest/gtest.h>

namespace lvslab::net {
namespace {
using wire::Ipv4;
using wire::ipv4;

constexpr Ipv4 kRip = ipv4(192, 168, 0, 21), kVip = ipv4(192, 168, 0, 100),
               kClient = ipv4(192, 168, 0, 1), kFar = ipv4(172, 16, 0, 9);

Address address(Ipv4 local, std::uint8_t length, Scope scope = Scope::kUniverse,
                bool secondary = false) {
  return {.local = local, .prefix_length = length, .scope = scope, .secondary = secondary};
}

/// lo and eth0 with the RIP; the VIP is put where a test wants it.
std::vector<Interface> real_server() {
  std::vector<Interface> nics(2);
  nics[0].kind = InterfaceKind::kLoopback;
  nics[0].addresses = {address(ipv4(127, 0, 0, 1), 8, Scope::kHost)};
  nics[1].index = 1;
  nics[1].addresses = {address(kRip, 24)};
  return nics;
}

TEST(ArpIgnore, TwoNeedsTheAskerInASubnetOfTheDeviceThatHoldsTheAddress) {
  auto nics = real_server();
  nics[1].addresses.push_back(address(kVip, 32));  // VIP/32 qualifies through RIP/24
  EXPECT_TRUE(arp_ignore_allows(2, nics, 1, kClient, kVip));
  EXPECT_FALSE(arp_ignore_allows(2, nics, 1, kFar, kVip));
  EXPECT_TRUE(arp_ignore_allows(2, nics, 1, {}, kVip)) << "a probe has no sender to be in a subnet";
  nics[1].addresses.erase(nics[1].addresses.begin());
  EXPECT_FALSE(arp_ignore_allows(2, nics, 1, kClient, kVip))
      << "the /32 alone does not hold the asker";
}

TEST(ArpIgnore, ThreeSparesScopeHostAndWhatIsLocalByPrefixOnly) {
  auto nics = real_server();
  nics[0].addresses.push_back(address(kVip, 24));
  EXPECT_TRUE(arp_ignore_allows(3, nics, 1, kClient, kVip));
  EXPECT_FALSE(arp_ignore_allows(3, nics, 1, kClient, ipv4(192, 168, 0, 77)));
  nics[0].addresses.back().scope = Scope::kHost;
  EXPECT_FALSE(arp_ignore_allows(3, nics, 1, kClient, kVip));
}

TEST(ArpIgnore, UnknownValuesActAsZero) {
  const auto nics = real_server();
  for (const int value : {0, 4, 5, 6, 7, 9, 100, -1}) {
    EXPECT_TRUE(arp_ignore_allows(value, nics, 1, kClient, kVip)) << value;
  }
  EXPECT_FALSE(arp_ignore_allows(8, nics, 1, kClient, kRip));
}

TEST(AnnouncedAddress, PrefersThePrimaryWhosePrefixHoldsTheTarget) {
  auto nics = real_server();
  nics[1].addresses = {address(ipv4(10, 0, 0, 1), 24), address(kRip, 24),
                       address(kVip, 24, Scope::kUniverse, true)};
  EXPECT_EQ(select_announced_address(nics, 1, kClient, false), kRip);
  EXPECT_EQ(select_announced_address(nics, 1, kFar, false), ipv4(10, 0, 0, 1));
}

TEST(AnnouncedAddress, WithoutOneOnTheDeviceAWideOneOfAnotherIsTaken) {
  auto nics = real_server();
  nics[1].addresses.clear();
  EXPECT_EQ(select_announced_address(nics, 1, kClient, false), Ipv4{});
  nics[0].addresses.push_back(address(kVip, 32));
  EXPECT_EQ(select_announced_address(nics, 1, kClient, false), kVip);
}

TEST(AnnouncedAddress, ScopeHostOnlyWithRouteLocalnet) {
  auto nics = real_server();
  nics[1].addresses = {address(kRip, 24, Scope::kHost)};
  EXPECT_EQ(select_announced_address(nics, 1, kClient, false), Ipv4{});
  EXPECT_EQ(select_announced_address(nics, 1, kClient, true), kRip);
}

TEST(ArpAnnounce, OneDoesNotProtectAVipInTheRipsSubnet) {
  auto nics = real_server();
  nics[0].addresses.push_back(address(kVip, 32));
  EXPECT_EQ(announced_sender(0, nics, 1, kVip, kClient, false), kVip);
  EXPECT_EQ(announced_sender(1, nics, 1, kVip, kClient, false), kVip);
  EXPECT_EQ(announced_sender(2, nics, 1, kVip, kClient, false), kRip);
  EXPECT_EQ(announced_sender(1, nics, 1, kFar, kClient, false), kRip);
  EXPECT_EQ(announced_sender(0, nics, 1, {}, kClient, false), kRip) << "a probe has no packet";
  EXPECT_EQ(announced_sender(7, nics, 1, kVip, kClient, false), kVip);
}

TEST(SelectSource, SkipsSecondariesAndNarrowScopes) {
  auto nics = real_server();
  nics[1].addresses = {address(ipv4(169, 254, 0, 1), 16, Scope::kLink), address(kVip, 32),
                       address(kRip, 24)};
  EXPECT_EQ(select_source(nics, 1, kClient, Scope::kUniverse), kRip);
  EXPECT_EQ(select_source(nics, 1, kFar, Scope::kUniverse), kVip);
  EXPECT_EQ(select_source(nics, 1, kFar, Scope::kLink), ipv4(169, 254, 0, 1));
}

}  // namespace
}  // namespace lvslab::net
