// Texts and statuses as iproute2 6.1 gives them on Linux 6.1.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "admin/network_console.h"

namespace lvslab::test {
namespace {

class Ip : public testing::Test, public NetworkConsole {};

constexpr const char* kForever = "       valid_lft forever preferred_lft forever\n";

TEST_F(Ip, AddressListingShowsLinkAndAddresses) {
  EXPECT_EQ(silent("ip addr add 192.168.0.100/24 brd + dev eth0 label eth0:1"), "");
  EXPECT_EQ(out("ip addr"),
            "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default "
            "qlen 1000\n"
            "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n"
            "    inet 127.0.0.1/8 scope host lo\n" +
                std::string(kForever) +
                "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group "
                "default qlen 1000\n"
                "    link/ether 02:00:00:00:00:a1 brd ff:ff:ff:ff:ff:ff\n"
                "    inet 192.168.0.21/24 brd 192.168.0.255 scope global eth0\n" +
                kForever +
                "    inet 192.168.0.100/24 brd 192.168.0.255 scope global secondary eth0:1\n" +
                kForever);
}

TEST_F(Ip, WordsMayBeShortened) {
  const std::string all = out("ip address show");
  for (const char* line :
       {"ip a", "ip a s", "ip addr sh", "ip add list", "ip a l", "ip addr lst", "ip -c a"}) {
    EXPECT_EQ(out(line), all) << line;
  }
  EXPECT_EQ(out("ip r"), out("ip route show"));
  EXPECT_EQ(out("ip ro li"), out("ip route show"));
  EXPECT_EQ(out("ip l"), out("ip link show"));
  EXPECT_EQ(out("ip ru"), out("ip rule list"));
  EXPECT_EQ(silent("ip n a 192.168.0.9 lladdr 2:0:0:0:0:9 dev eth0"), "");
  EXPECT_EQ(out("ip n"), "192.168.0.9 dev eth0 lladdr 02:00:00:00:00:09 PERMANENT \n");
}

TEST_F(Ip, UnknownWordsAreRefusedEachInItsWay) {
  EXPECT_EQ(err("ip frob"), "Object \"frob\" is unknown, try \"ip help\".\n");
  EXPECT_EQ(status("ip frob"), 1);
  EXPECT_EQ(err("ip addr foo"), "Command \"foo\" is unknown, try \"ip address help\".\n");
  EXPECT_EQ(status("ip addr foo"), 255);
  EXPECT_EQ(err("ip tunnel foo"), "Command \"foo\" is unknown, try \"ip tunnel help\"\n");
  EXPECT_EQ(err("ip -z addr"), "Option \"-z\" is unknown, try \"ip -help\".\n");
  EXPECT_EQ(status("ip -z addr"), 255);
  EXPECT_EQ(status("ip"), 255);
}

TEST_F(Ip, AddressErrorsHaveTheirTexts) {
  struct Case {
    const char* line;
    const char* text;
    int status;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"ip addr add 192.168.0.21/24 dev eth0", "Error: ipv4: Address already assigned.\n", 2},
           {"ip addr del 192.168.0.22/24 dev eth0", "Error: ipv4: Address not found.\n", 2},
           {"ip addr del 192.168.0.21/25 dev eth0", "Error: ipv4: Address not found.\n", 2},
           {"ip addr add 1.2.3.4/32 dev nope", "Cannot find device \"nope\"\n", 1},
           {"ip addr add 300.1.1.1/24 dev eth0",
            "Error: any valid prefix is expected rather than \"300.1.1.1/24\".\n", 1},
           {"ip addr add 1.2.3.4/33 dev eth0",
            "Error: any valid prefix is expected rather than \"1.2.3.4/33\".\n", 1},
           {"ip addr add 1.2.3.4/32", "Not enough information: \"dev\" argument is required.\n", 1},
           {"ip addr add 1.2.3.4/32 dev", "Command line is not complete. Try option \"help\"\n",
            255},
           {"ip addr add 1.2.3.4 dev eth0 bogus",
            "Error: either \"local\" is duplicate, or \"bogus\" is a garbage.\n", 255},
           {"ip addr add 1.2.3.4 dev eth0 brd zz",
            "Error: inet address is expected rather than \"zz\".\n", 1},
           {"ip addr add 1.2.3.4 dev eth0 scope 300",
            "Error: argument \"300\" is wrong: invalid scope value.\n", 255},
           {"ip addr add 1.2.3.4 dev eth0 label eth0:12345678901",
            "Error: Attribute failed policy validation.\n", 2},
           {"ip addr add dev eth0", "RTNETLINK answers: Operation not supported\n", 2},
           {"ip addr flush", "Flush requires arguments.\n", 1},
           {"ip addr flush dev nope", "Device \"nope\" does not exist.\n", 1},
           {"ip addr show nope", "Device \"nope\" does not exist.\n", 1},
           {"ip addr show eth0 lo", "Error: either \"dev\" is duplicate, or \"lo\" is a garbage.\n",
            255}}) {
    const Outcome outcome = run(c.line);
    EXPECT_EQ(outcome.err, c.text) << c.line;
    EXPECT_EQ(outcome.status, c.status) << c.line;
    EXPECT_EQ(outcome.out, "") << c.line;
  }
}

TEST_F(Ip, AddressGetsLengthScopeAndBroadcastOnlyAsAsked) {
  for (const char* line :
       {"ip addr add 10.0.0.1 dev lo", "ip addr add 127.0.0.5/8 dev lo",
        "ip addr add 10.0.1.1/24 broadcast 10.0.1.99 dev eth0",
        "ip addr add 10.0.2.1/24 brd - dev eth0", "ip addr add 10.0.3.1/24 scope host dev eth0",
        "ip addr add 10.0.4.1/255.255.255.0 dev eth0", "ip addr add 10.0.5.1/31 brd + dev eth0",
        "ip addr add 10.0.6.1/24 noprefixroute dev eth0",
        "ip addr add 10.8/16 scope 77 dev eth0"}) {
    EXPECT_EQ(silent(line), "") << line;
  }
  EXPECT_EQ(
      out("ip -4 -o addr"),
      "1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n"
      "1: lo    inet 10.0.0.1/32 scope global lo\\       valid_lft forever preferred_lft forever\n"
      "1: lo    inet 127.0.0.5/8 scope host secondary lo\\       valid_lft forever preferred_lft "
      "forever\n"
      "2: eth0    inet 10.0.3.1/24 scope host eth0\\       valid_lft forever preferred_lft "
      "forever\n"
      "2: eth0    inet 10.8.0.0/16 scope 77 eth0\\       valid_lft forever preferred_lft forever\n"
      "2: eth0    inet 192.168.0.21/24 brd 192.168.0.255 scope global eth0\\"
      "       valid_lft forever preferred_lft forever\n"
      "2: eth0    inet 10.0.1.1/24 brd 10.0.1.99 scope global eth0\\       valid_lft forever "
      "preferred_lft forever\n"
      "2: eth0    inet 10.0.2.1/24 brd 10.0.2.0 scope global eth0\\       valid_lft forever "
      "preferred_lft forever\n"
      "2: eth0    inet 10.0.4.1/24 scope global eth0\\       valid_lft forever preferred_lft "
      "forever\n"
      "2: eth0    inet 10.0.5.1/31 scope global eth0\\       valid_lft forever preferred_lft "
      "forever\n"
      "2: eth0    inet 10.0.6.1/24 scope global noprefixroute eth0\\"
      "       valid_lft forever preferred_lft forever\n");
}

TEST_F(Ip, DeletingWithoutLengthWarnsAndMatchesAnyLength) {
  run("ip addr add 192.168.0.100/32 dev lo");
  const Outcome outcome = run("ip addr del 192.168.0.100 dev lo");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(
      outcome.err,
      "Warning: Executing wildcard deletion to stay compatible with old scripts.\n"
      "         Explicitly specify the prefix length (192.168.0.100/32) to avoid this warning.\n"
      "         This special behaviour is likely to disappear in further releases,\n"
      "         fix your scripts!\n");
  EXPECT_EQ(host().interface(0).find(wire::ipv4(192, 168, 0, 100)), nullptr);
}

TEST_F(Ip, AddressFiltersPickDevicesAndAddresses) {
  run("ip addr add 192.168.0.100/32 dev eth0 label eth0:1");
  run("ip addr add 192.168.0.22/24 dev eth0");
  run("ip link add dummy0 type dummy");
  EXPECT_EQ(out("ip addr show eth0 label eth0:*"),
            "    inet 192.168.0.100/32 scope global eth0:1\n" + std::string(kForever));
  EXPECT_EQ(out("ip -br addr show to 192.168.0.0/24"),
            "eth0             UP             192.168.0.21/24 192.168.0.100/32 192.168.0.22/24 \n");
  EXPECT_EQ(out("ip -br addr show secondary dev eth0"),
            "eth0             UP             192.168.0.22/24 \n");
  EXPECT_EQ(out("ip -br -4 addr show scope host"),
            "lo               UNKNOWN        127.0.0.1/8 \n");
  EXPECT_EQ(out("ip -br addr"),
            "lo               UNKNOWN        127.0.0.1/8 \n"
            "eth0             UP             192.168.0.21/24 192.168.0.100/32 192.168.0.22/24 \n"
            "dummy0           DOWN           \n");
  EXPECT_EQ(out("ip -br addr show up").find("dummy0"), std::string::npos);
}

TEST_F(Ip, FlushRemovesWhatTheFilterNames) {
  run("ip addr add 192.168.0.100/32 dev eth0 label eth0:1");
  run("ip addr add 192.168.0.22/24 dev eth0");
  EXPECT_EQ(silent("ip addr flush dev eth0 label eth0:*"), "");
  EXPECT_EQ(host().interface(1).addresses.size(), 2u);
  EXPECT_EQ(out("ip -s addr flush dev eth0"),
            "\n*** Round 1, deleting 2 addresses ***\n*** Flush is complete after 1 round ***\n");
  EXPECT_TRUE(host().interface(1).addresses.empty());
  EXPECT_EQ(silent("ip addr flush dev eth0"), "");
}

TEST_F(Ip, ReplaceAddsOnceAndThenKeeps) {
  EXPECT_EQ(silent("ip addr replace 192.168.0.100/32 dev eth0"), "");
  EXPECT_EQ(silent("ip addr replace 192.168.0.100/32 dev eth0"), "");
  EXPECT_EQ(host().interface(1).addresses.size(), 2u);
}

TEST_F(Ip, LinkSetChangesTheDevice) {
  EXPECT_EQ(silent("ip link set eth0 address 02:00:00:00:00:b2 mtu 1400 arp off promisc on"), "");
  EXPECT_EQ(out("ip link show eth0"),
            "2: eth0: <BROADCAST,MULTICAST,NOARP,PROMISC,UP,LOWER_UP> mtu 1400 qdisc noqueue state "
            "UP mode DEFAULT "
            "group default qlen 1000\n    link/ether 02:00:00:00:00:b2 brd ff:ff:ff:ff:ff:ff\n");
  EXPECT_EQ(err("ip link set eth0 name lan0"), "RTNETLINK answers: Device or resource busy\n");
  EXPECT_EQ(silent("ip link set dev eth0 down"), "");
  EXPECT_EQ(silent("ip link set eth0 name lan0 txqueuelen 500 arp on promisc off"), "");
  EXPECT_EQ(out("ip -o link show lan0"),
            "2: lan0: <BROADCAST,MULTICAST> mtu 1400 qdisc noqueue state DOWN mode DEFAULT group "
            "default qlen 500\\"
            "    link/ether 02:00:00:00:00:b2 brd ff:ff:ff:ff:ff:ff\n");
}

TEST_F(Ip, LinkErrorsHaveTheirTexts) {
  struct Case {
    const char* line;
    const char* text;
    int status;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"ip link set nope up", "Cannot find device \"nope\"\n", 1},
           {"ip link show nope", "Device \"nope\" does not exist.\n", 1},
           {"ip link set up", "Not enough information: \"dev\" argument is required.\n", 255},
           {"ip link set eth0 mtu 10", "Error: mtu less than device minimum.\n", 2},
           {"ip link set eth0 mtu 99999999", "Error: mtu greater than device maximum.\n", 2},
           {"ip link set eth0 mtu abc",
            "Error: argument \"abc\" is wrong: Invalid \"mtu\" value\n\n", 255},
           {"ip link set eth0 mtu 4294967297",
            "Error: argument \"4294967297\" is wrong: Invalid \"mtu\" value\n\n", 255},
           {"ip link set eth0 address zz", "\"zz\" is invalid lladdr.\n", 1},
           {"ip link set eth0 address 02:00:00:00:00",
            "Invalid address length 5 - must be 6 bytes\n", 1},
           {"ip link set eth0 address 01:00:00:00:00:01",
            "RTNETLINK answers: Cannot assign requested address\n", 2},
           {"ip link set eth0 arp maybe",
            "Error: argument of \"arp\" must be \"on\" or \"off\", not \"maybe\"\n", 1},
           {"ip link set eth0 bogus",
            "Error: either \"dev\" is duplicate, or \"bogus\" is a garbage.\n", 255},
           {"ip link set eth0 name lo", "RTNETLINK answers: File exists\n", 2},
           {"ip link set eth0 name a/b",
            "Error: argument \"a/b\" is wrong: \"name\" not a valid ifname\n", 255},
           {"ip link add name aaaaaaaaaaaaaaaa type dummy",
            "Error: argument \"aaaaaaaaaaaaaaaa\" is wrong: \"name\" not a valid ifname\n", 255},
           {"ip link add aaaaaaaaaaaaaaaa type dummy",
            "Error: Attribute failed policy validation.\n", 2},
           {"ip link add a/b type dummy",
            "Error: argument \"a/b\" is wrong: \"dev\" not a valid ifname\n", 255},
           {"ip link add eth0 type dummy", "RTNETLINK answers: File exists\n", 2},
           {"ip link add x0 type nonesuch", "Error: Unknown device type.\n", 2},
           {"ip link add x0", "Not enough information: \"type\" argument is required\n", 1},
           {"ip link add link nope name v type vlan id 4", "Cannot find device \"nope\"\n", 1},
           {"ip link add t1 type ipip ttl 500", "Error: argument \"500\" is wrong: invalid TTL\n\n",
            255},
           {"ip link add t1 type ipip ttl 5 nopmtudisc",
            "ttl != 0 and nopmtudisc are incompatible\n", 255},
           {"ip link del lo", "RTNETLINK answers: Operation not supported\n", 2},
           {"ip link del eth0", "RTNETLINK answers: Operation not supported\n", 2},
           {"ip link del nope", "Cannot find device \"nope\"\n", 1}}) {
    const Outcome outcome = run(c.line);
    EXPECT_EQ(outcome.err, c.text) << c.line;
    EXPECT_EQ(outcome.status, c.status) << c.line;
  }
}

TEST_F(Ip, DummyTunnelAndVlanDevicesComeAndGo) {
  EXPECT_EQ(silent("ip link add dummy0 address 02:00:00:00:00:d0 type dummy"), "");
  EXPECT_EQ(silent("ip addr add 192.168.0.100/32 dev dummy0"), "");
  EXPECT_EQ(silent("ip link set dummy0 up"), "");
  EXPECT_EQ(silent("ip link add link eth0 name eth0.10 type vlan id 10"), "");
  EXPECT_EQ(silent("ip link add t1 type ipip remote 9.9.9.9 local 192.168.0.21"), "");
  EXPECT_EQ(
      out("ip link"),
      "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group "
      "default qlen 1000\n"
      "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n"
      "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT "
      "group default "
      "qlen 1000\n    link/ether 02:00:00:00:00:a1 brd ff:ff:ff:ff:ff:ff\n"
      "3: dummy0: <BROADCAST,NOARP,UP,LOWER_UP> mtu 1500 qdisc noqueue state UNKNOWN mode DEFAULT "
      "group default "
      "qlen 1000\n    link/ether 02:00:00:00:00:d0 brd ff:ff:ff:ff:ff:ff\n"
      "4: eth0.10@eth0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN mode DEFAULT group "
      "default qlen 1000\n"
      "    link/ether 02:00:00:00:00:a1 brd ff:ff:ff:ff:ff:ff\n"
      "5: tunl0@NONE: <NOARP> mtu 1480 qdisc noop state DOWN mode DEFAULT group default qlen 1000\n"
      "    link/ipip 0.0.0.0 brd 0.0.0.0\n"
      "6: t1@NONE: <POINTOPOINT,NOARP> mtu 1480 qdisc noop state DOWN mode DEFAULT group default "
      "qlen 1000\n"
      "    link/ipip 192.168.0.21 peer 9.9.9.9\n");
  EXPECT_EQ(err("ip link add link eth0 name v2 type vlan id 10"),
            "Error: 8021q: VLAN device already exists.\n");
  EXPECT_EQ(err("ip link add t2 type ipip remote 9.9.9.9 local 192.168.0.21"),
            "RTNETLINK answers: File exists\n");
  EXPECT_EQ(silent("ip link del dummy0"), "");
  EXPECT_EQ(err("ip link del dummy0"), "Cannot find device \"dummy0\"\n");
  EXPECT_FALSE(host().is_local(wire::ipv4(192, 168, 0, 100)));
  EXPECT_EQ(silent("ip link del tunl0"), "");
  EXPECT_NE(host().find_interface("tunl0"), nullptr) << "the module keeps its own device";
}

TEST_F(Ip, CarrierLossShowsInFlagsStateAndRoutes) {
  host().carrier_changed(turn, 0, false);
  EXPECT_EQ(
      out("ip -br link show eth0"),
      "eth0             DOWN           02:00:00:00:00:a1 <NO-CARRIER,BROADCAST,MULTICAST,UP> \n");
  EXPECT_EQ(out("ip route"),
            "192.168.0.0/24 dev eth0 proto kernel scope link src 192.168.0.21 linkdown \n");
}

TEST_F(Ip, StatisticsWidenTheirColumnsForLargeNumbers) {
  net::Interface& eth0 = host().edit_interface(1);
  eth0.rx_packets = 3;
  eth0.rx_bytes = 266;
  eth0.tx_packets = 12345678;
  eth0.tx_bytes = 123456789012;
  const std::string text = out("ip -s link show eth0");
  EXPECT_EQ(text.substr(text.find("    RX")),
            "    RX:    bytes  packets errors dropped  missed   mcast           \n"
            "             266        3      0       0       0       0 \n"
            "    TX:    bytes  packets errors dropped carrier collsns           \n"
            "    123456789012 12345678      0       0       0       0 \n");
}

}  // namespace
}  // namespace lvslab::test
