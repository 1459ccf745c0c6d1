// Texts and statuses as iproute2 6.1 gives them on Linux 6.1.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "admin/network_console.h"

namespace lvslab::test {
namespace {

class IpRoute : public testing::Test, public NetworkConsole {};

TEST_F(IpRoute, SeveralNextHopsAreListedBelowTheirRoute) {
  EXPECT_EQ(
      silent("ip route add 10.9.0.0/16 proto static metric 5 nexthop via 192.168.0.1 dev eth0 "
             "weight 3 nexthop via 192.168.0.2"),
      "");
  EXPECT_EQ(out("ip route show 10.9.0.0/16"),
            "10.9.0.0/16 proto static metric 5 \n"
            "\tnexthop via 192.168.0.1 dev eth0 weight 3 \n"
            "\tnexthop via 192.168.0.2 dev eth0 weight 1 \n");
  // It goes by no single device or gateway.
  EXPECT_EQ(out("ip route show dev eth0 10.9.0.0/16"), "");
  EXPECT_EQ(out("ip -o route show 10.9.0.0/16"),
            "10.9.0.0/16 proto static metric 5 \\\tnexthop via 192.168.0.1 dev eth0 weight 3 "
            "\\\tnexthop via 192.168.0.2 dev eth0 weight 1 \n");
  // One next hop is an ordinary route.
  EXPECT_EQ(silent("ip route replace 10.9.0.0/16 proto static metric 5 nexthop via 192.168.0.7"),
            "");
  EXPECT_EQ(out("ip route show 10.9.0.0/16"),
            "10.9.0.0/16 via 192.168.0.7 dev eth0 proto static metric 5 \n");
  EXPECT_EQ(silent("ip route del 10.9.0.0/16"), "");
  EXPECT_EQ(out("ip route show 10.9.0.0/16"), "");
}

TEST_F(IpRoute, RouteListingIsTheKernels) {
  for (const char* line :
       {"ip route add default via 192.168.0.1", "ip route add 10.0.0.0/8 via 192.168.0.1 metric 10",
        "ip route add 10.5.0.0/16 dev eth0 src 192.168.0.21", "ip route add unreachable 99.0.0.0/8",
        "ip route add blackhole 98.0.0.0/8", "ip route add 94/8 via 7.7.7.7 dev eth0 onlink",
        "ip route add 91.0.0.0/8 via 192.168.0.5 proto 77 mtu 1400",
        "ip route add local 0.0.0.0/0 dev lo table 100"}) {
    EXPECT_EQ(silent(line), "") << line;
  }
  EXPECT_EQ(out("ip route"),
            "default via 192.168.0.1 dev eth0 \n"
            "10.0.0.0/8 via 192.168.0.1 dev eth0 metric 10 \n"
            "10.5.0.0/16 dev eth0 scope link src 192.168.0.21 \n"
            "91.0.0.0/8 via 192.168.0.5 dev eth0 proto 77 mtu 1400 \n"
            "94.0.0.0/8 via 7.7.7.7 dev eth0 onlink \n"
            "blackhole 98.0.0.0/8 \n"
            "unreachable 99.0.0.0/8 \n"
            "192.168.0.0/24 dev eth0 proto kernel scope link src 192.168.0.21 \n");
  EXPECT_EQ(out("ip route show table local"),
            "local 127.0.0.0/8 dev lo proto kernel scope host src 127.0.0.1 \n"
            "local 127.0.0.1 dev lo proto kernel scope host src 127.0.0.1 \n"
            "broadcast 127.255.255.255 dev lo proto kernel scope link src 127.0.0.1 \n"
            "local 192.168.0.21 dev eth0 proto kernel scope host src 192.168.0.21 \n"
            "broadcast 192.168.0.255 dev eth0 proto kernel scope link src 192.168.0.21 \n");
  EXPECT_EQ(out("ip route show table 100"), "local default dev lo scope host \n");
  const std::string all = out("ip route show table all");
  EXPECT_EQ(all.rfind("local default dev lo table 100 scope host \ndefault via", 0), 0u) << all;
  EXPECT_NE(all.find("local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1 \n"),
            std::string::npos);
}

TEST_F(IpRoute, RouteFiltersHideWhatTheyFix) {
  run("ip route add default via 192.168.0.1");
  run("ip route add 10.0.0.0/8 via 192.168.0.1");
  EXPECT_EQ(out("ip route show dev eth0"),
            "default via 192.168.0.1 \n10.0.0.0/8 via 192.168.0.1 \n"
            "192.168.0.0/24 proto kernel scope link src 192.168.0.21 \n");
  EXPECT_EQ(out("ip route show proto kernel"),
            "192.168.0.0/24 dev eth0 scope link src 192.168.0.21 \n");
  EXPECT_EQ(out("ip route show default"), "default via 192.168.0.1 dev eth0 \n");
  EXPECT_EQ(out("ip route show match 10.1.2.3"),
            "default via 192.168.0.1 dev eth0 \n10.0.0.0/8 via 192.168.0.1 dev eth0 \n");
  EXPECT_EQ(out("ip route show root 10.0.0.0/8"), "10.0.0.0/8 via 192.168.0.1 dev eth0 \n");
  EXPECT_EQ(out("ip route show via 192.168.0.1"), "default dev eth0 \n10.0.0.0/8 dev eth0 \n");
  EXPECT_EQ(out("ip route show scope link"),
            "192.168.0.0/24 dev eth0 proto kernel src 192.168.0.21 \n");
}

TEST_F(IpRoute, RouteErrorsHaveTheirTexts) {
  host().add_ethernet(turn, "eth1", wire::Mac{0x0200000000a2}, 1500, false);
  run("ip route add default via 192.168.0.1");
  struct Case {
    const char* line;
    const char* text;
    int status;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"ip route add default via 192.168.0.1", "RTNETLINK answers: File exists\n", 2},
           {"ip route add 10.0.0.0/8 via 10.9.9.9", "Error: Nexthop has invalid gateway.\n", 2},
           {"ip route add 10.0.0.0/8 via 192.168.0.5 scope link",
            "Error: Nexthop has invalid gateway.\n", 2},
           {"ip route add 10.0.0.0/8 dev eth1", "Error: Device for nexthop is not up.\n", 2},
           {"ip route add 10.0.0.1/8 dev eth0", "Error: Invalid prefix for given prefix length.\n",
            2},
           {"ip route add 10.0.0.0/8", "RTNETLINK answers: No such device\n", 2},
           {"ip route add 10.0.0.0/8 dev nope", "Cannot find device \"nope\"\n", 1},
           {"ip route add 10.0.0.0/8 dev eth0 src 9.9.9.9", "Error: Invalid prefsrc address.\n", 2},
           {"ip route add 10.0.0.0/8 via zz",
            "Error: inet address is expected rather than \"zz\".\n", 1},
           {"ip route add 300.0.0.0/8 dev eth0",
            "Error: any valid prefix is expected rather than \"300.0.0.0/8\".\n", 1},
           {"ip route add 10.0.0.0/8 dev eth0 metric x",
            "Error: argument \"x\" is wrong: \"metric\" value is invalid\n\n", 255},
           {"ip route add 10.0.0.0/8 dev eth0 table x",
            "Error: argument \"x\" is wrong: \"table\" value is invalid\n\n", 255},
           {"ip route add 10.0.0.0/8 dev eth0 bogus",
            "Error: either \"to\" is duplicate, or \"bogus\" is a garbage.\n", 255},
           {"ip route del 10.0.0.0/8", "RTNETLINK answers: No such process\n", 2},
           {"ip route del default via 192.168.0.9", "RTNETLINK answers: No such process\n", 2},
           {"ip route change 44.0.0.0/8 via 192.168.0.3",
            "RTNETLINK answers: No such file or directory\n", 2},
           {"ip route show table 7777", "Error: ipv4: FIB table does not exist.\nDump terminated\n",
            2},
           {"ip route flush", "\"ip route flush\" requires arguments.\n", 1},
           {"ip route get 1.2.3.4 from 5.6.7.8", "RTNETLINK answers: Network is unreachable\n", 2},
           {"ip route get", "need at least a destination address\n", 1},
           {"ip route foo", "Command \"foo\" is unknown, try \"ip route help\".\n", 255}}) {
    const Outcome outcome = run(c.line);
    EXPECT_EQ(outcome.err, c.text) << c.line;
    EXPECT_EQ(outcome.status, c.status) << c.line;
    EXPECT_EQ(outcome.out, "") << c.line;
  }
}

TEST_F(IpRoute, ReplacedAppendedAndPrependedRoutesStandInOrder) {
  EXPECT_EQ(silent("ip route replace default via 192.168.0.2"), "");
  EXPECT_EQ(silent("ip route change default via 192.168.0.3"), "");
  EXPECT_EQ(silent("ip route append default via 192.168.0.4"), "");
  EXPECT_EQ(silent("ip route prepend default via 192.168.0.5"), "");
  EXPECT_EQ(err("ip route append default via 192.168.0.4"), "RTNETLINK answers: File exists\n");
  EXPECT_EQ(out("ip route show default"),
            "default via 192.168.0.5 dev eth0 \ndefault via 192.168.0.3 dev eth0 \ndefault via "
            "192.168.0.4 dev eth0 \n");
  EXPECT_EQ(silent("ip route del default via 192.168.0.3"), "");
  EXPECT_EQ(out("ip route show default"),
            "default via 192.168.0.5 dev eth0 \ndefault via 192.168.0.4 dev eth0 \n");
  EXPECT_EQ(silent("ip route flush table main"), "");
  EXPECT_EQ(out("ip route"), "");
}

TEST_F(IpRoute, RouteGetAnswersAsTheTables) {
  run("ip route add default via 192.168.0.1");
  run("ip route add unreachable 99.0.0.0/8");
  run("ip route add blackhole 98.0.0.0/8");
  run("ip route add prohibit 97.0.0.0/8");
  EXPECT_EQ(out("ip route get 8.8.8.8"),
            "8.8.8.8 via 192.168.0.1 dev eth0 src 192.168.0.21 uid 0 \n    cache \n");
  EXPECT_EQ(out("ip -o route get 192.168.0.5"),
            "192.168.0.5 dev eth0 src 192.168.0.21 uid 0 \\    cache \n");
  EXPECT_EQ(out("ip route get 192.168.0.21"),
            "local 192.168.0.21 dev lo src 192.168.0.21 uid 0 \n    cache <local> \n");
  EXPECT_EQ(out("ip route get 192.168.0.255"),
            "broadcast 192.168.0.255 dev eth0 src 192.168.0.21 uid 0 \n    cache <local,brd> \n");
  EXPECT_EQ(out("ip route get 8.8.8.8 from 192.168.0.21"),
            "8.8.8.8 from 192.168.0.21 via 192.168.0.1 dev eth0 uid 0 \n    cache \n");
  EXPECT_EQ(out("ip route get 8.8.8.8 mark 0x20"),
            "8.8.8.8 via 192.168.0.1 dev eth0 src 192.168.0.21 mark 0x20 uid 0 \n    cache \n");
  EXPECT_EQ(out("ip route get 192.168.0.21 from 192.168.0.77 iif eth0"),
            "local 192.168.0.21 from 192.168.0.77 dev lo \n    cache <local> iif eth0 \n");
  EXPECT_EQ(err("ip route get 8.8.8.8 from 192.168.0.77 iif eth0"),
            "RTNETLINK answers: No route to host\n");
  EXPECT_EQ(err("ip route get 99.1.1.1"), "RTNETLINK answers: No route to host\n");
  EXPECT_EQ(err("ip route get 98.1.1.1"), "RTNETLINK answers: Invalid argument\n");
  EXPECT_EQ(err("ip route get 97.1.1.1"), "RTNETLINK answers: Permission denied\n");
  run("ip route del default");
  EXPECT_EQ(err("ip route get 8.8.8.8"), "RTNETLINK answers: Network is unreachable\n");
}

TEST_F(IpRoute, RulesAreNumberedAndPrintedAsTheKernelDoes) {
  EXPECT_EQ(
      out("ip rule"),
      "0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n");
  for (const char* line :
       {"ip rule add from 192.168.0.100 table 100",
        "ip rule add from 192.168.0.0/24 lookup 100 pref 50",
        "ip rule add to 192.168.0.7 lookup main prio 60", "ip rule add fwmark 1 lookup 100",
        "ip rule add fwmark 0x10/0xff lookup 101 prio 70", "ip rule add iif eth0 table 101 prio 71",
        "ip rule add not from 1.2.3.4 lookup 101 prio 73"}) {
    EXPECT_EQ(silent(line), "") << line;
  }
  EXPECT_EQ(out("ip rule show"),
            "0:\tfrom all lookup local\n49:\tfrom all fwmark 0x1 lookup 100\n50:\tfrom "
            "192.168.0.0/24 lookup 100\n"
            "60:\tfrom all to 192.168.0.7 lookup main\n70:\tfrom all fwmark 0x10/0xff lookup 101\n"
            "71:\tfrom all iif eth0 lookup 101\n73:\tnot from 1.2.3.4 lookup 101\n"
            "32765:\tfrom 192.168.0.100 lookup 100\n32766:\tfrom all lookup main\n32767:\tfrom all "
            "lookup default\n");
  EXPECT_EQ(silent("ip rule del from 192.168.0.100 table 100"), "");
  EXPECT_EQ(err("ip rule del from 192.168.0.101 table 100"),
            "RTNETLINK answers: No such file or directory\n");
  EXPECT_EQ(err("ip rule add to 192.168.0.7 lookup main prio 60"),
            "RTNETLINK answers: File exists\n");
  EXPECT_EQ(err("ip rule add fwmark zz table 1"),
            "Error: argument \"zz\" is wrong: fwmark value is invalid\n\n");
  EXPECT_EQ(err("ip rule add from 1.1.1.1 bogus"),
            "Error: argument \"bogus\" is wrong: Failed to parse rule type\n");
  EXPECT_EQ(silent("ip rule flush"), "");
  EXPECT_EQ(out("ip rule"), "0:\tfrom all lookup local\n");
}

TEST_F(IpRoute, MarkedTrafficFollowsItsRule) {
  EXPECT_EQ(silent("ip rule add fwmark 1 lookup 100"), "");
  EXPECT_EQ(silent("ip route add local 0.0.0.0/0 dev lo table 100"), "");
  EXPECT_EQ(out("ip route get 9.9.9.9 mark 1").rfind("local 9.9.9.9 dev lo", 0), 0u);
  EXPECT_EQ(status("ip route get 9.9.9.9"), 2);
}

TEST_F(IpRoute, NeighboursByHand) {
  EXPECT_EQ(silent("ip neigh add 192.168.0.1 lladdr 02:00:00:00:00:01 dev eth0"), "");
  EXPECT_EQ(silent("ip neigh add 192.168.0.2 lladdr 02:00:00:00:00:02 nud reachable dev eth0"), "");
  EXPECT_EQ(silent("ip neigh replace 192.168.0.3 lladdr 02:00:00:00:00:03 dev eth0 nud stale"), "");
  EXPECT_EQ(silent("ip neigh change 192.168.0.2 lladdr 02:00:00:00:00:22 dev eth0 nud stale"), "");
  EXPECT_EQ(out("ip neigh"),
            "192.168.0.1 dev eth0 lladdr 02:00:00:00:00:01 PERMANENT \n"
            "192.168.0.2 dev eth0 lladdr 02:00:00:00:00:22 STALE \n"
            "192.168.0.3 dev eth0 lladdr 02:00:00:00:00:03 STALE \n");
  EXPECT_EQ(out("ip neigh show 192.168.0.1 dev eth0"),
            "192.168.0.1 lladdr 02:00:00:00:00:01 PERMANENT \n");
  EXPECT_EQ(out("ip neigh show nud permanent"),
            "192.168.0.1 dev eth0 lladdr 02:00:00:00:00:01 PERMANENT \n");
  EXPECT_EQ(silent("ip neigh del 192.168.0.3 dev eth0"), "");
  EXPECT_EQ(silent("ip neigh flush dev eth0"), "");
  EXPECT_EQ(out("ip neigh"), "192.168.0.1 dev eth0 lladdr 02:00:00:00:00:01 PERMANENT \n")
      << "flush keeps PERMANENT";
  EXPECT_EQ(silent("ip neigh flush dev eth0 nud permanent"), "");
  EXPECT_EQ(out("ip neigh"), "");
}

TEST_F(IpRoute, NeighbourErrorsHaveTheirTexts) {
  run("ip neigh add 192.168.0.1 lladdr 02:00:00:00:00:01 dev eth0");
  struct Case {
    const char* line;
    const char* text;
    int status;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"ip neigh add 192.168.0.1 lladdr 02:00:00:00:00:01 dev eth0",
            "RTNETLINK answers: File exists\n", 2},
           {"ip neigh change 192.168.0.9 lladdr 02:00:00:00:00:01 dev eth0",
            "RTNETLINK answers: No such file or directory\n", 2},
           {"ip neigh del 192.168.0.9 dev eth0", "RTNETLINK answers: No such file or directory\n",
            2},
           {"ip neigh add 192.168.0.9 dev eth0", "Error: No link layer address given.\n", 2},
           {"ip neigh add 192.168.0.9 lladdr zz dev eth0", "\"zz\" is invalid lladdr.\n", 1},
           {"ip neigh add 192.168.0.9 lladdr 2:0:0:0:0:1 dev eth0 nud bogus",
            "Error: argument \"bogus\" is wrong: nud state is bad\n", 255},
           {"ip neigh add 192.168.0.9 lladdr 2:0:0:0:0:1",
            "Device and destination are required arguments.\n", 255},
           {"ip neigh add 192.168.0.9 lladdr 2:0:0:0:0:1 dev nope", "Cannot find device \"nope\"\n",
            1},
           {"ip neigh add 192.168.0.9 bogus 3",
            "Error: either \"to\" is duplicate, or \"bogus\" is a garbage.\n", 255},
           {"ip neigh get 192.168.0.9 dev eth0", "Error: Neighbour entry not found.\n", 2},
           {"ip neigh flush", "Flush requires arguments.\n", 1},
           {"ip neigh foo", "Command \"foo\" is unknown, try \"ip neigh help\".\n", 255}}) {
    const Outcome outcome = run(c.line);
    EXPECT_EQ(outcome.err, c.text) << c.line;
    EXPECT_EQ(outcome.status, c.status) << c.line;
  }
}

TEST_F(IpRoute, ProxyEntriesAreAListOfTheirOwn) {
  EXPECT_EQ(silent("ip neigh add proxy 192.168.0.50 dev eth0"), "");
  EXPECT_EQ(silent("ip neigh add proxy 192.168.0.50 dev eth0"), "");
  EXPECT_EQ(out("ip neigh"), "");
  EXPECT_EQ(out("ip neigh show proxy"), "192.168.0.50 dev eth0 proxy \n");
  EXPECT_EQ(silent("ip neigh del proxy 192.168.0.50 dev eth0"), "");
  EXPECT_EQ(err("ip neigh del proxy 192.168.0.50 dev eth0"),
            "RTNETLINK answers: No such file or directory\n");
}

TEST_F(IpRoute, TunnelsLoadTheirModuleAndKeepItsDevice) {
  EXPECT_EQ(silent("ip tunnel add t1 mode ipip remote 9.9.9.9 local any"), "");
  EXPECT_EQ(silent("ip tunnel add t2 mode ipip remote 9.9.9.8 local 192.168.0.21 ttl 64"), "");
  EXPECT_TRUE(host().ipip_loaded());
  EXPECT_EQ(out("ip tunnel show"),
            "tunl0: any/ip remote any local any ttl inherit nopmtudisc\n"
            "t1: ip/ip remote 9.9.9.9 local any ttl inherit\n"
            "t2: ip/ip remote 9.9.9.8 local 192.168.0.21 ttl 64\n");
  EXPECT_EQ(silent("ip tunnel change t1 mode ipip remote 9.9.9.7 ttl 20"), "");
  EXPECT_EQ(out("ip tunnel show t1"), "t1: ip/ip remote 9.9.9.7 local any ttl 20\n");
  EXPECT_EQ(err("ip tunnel add t3 mode ipip remote 9.9.9.7"),
            "add tunnel \"tunl0\" failed: File exists\n");
  EXPECT_EQ(err("ip tunnel add t3 remote 9.9.9.6"),
            "cannot determine tunnel mode (ipip, gre, vti or sit)\n");
  EXPECT_EQ(err("ip tunnel add t3 mode foo"), "Unknown tunnel mode \"foo\"\n");
  EXPECT_EQ(err("ip tunnel change nope remote 1.1.1.1"),
            "get tunnel \"nope\" failed: No such device\n");
  EXPECT_EQ(err("ip tunnel del tunl0"),
            "delete tunnel \"tunl0\" failed: Operation not permitted\n");
  EXPECT_EQ(silent("ip tunnel del t1"), "");
  EXPECT_EQ(err("ip tunnel del t1"), "delete tunnel \"t1\" failed: No such device\n");
}

// What the recordings of real kernels were made with.
TEST_F(IpRoute, LinesOfTheRecordingsAreAccepted) {
  machine.load_module(turn, "ipip");
  for (const char* line :
       {"ip addr flush dev eth0", "ip addr add 192.168.1.2/24 dev eth0",
        "ip route add default via 192.168.1.1", "ip addr add 192.168.1.100/32 dev lo scope host",
        "ip addr add 192.168.1.100/32 dev tunl0", "ip link set tunl0 up", "ip link set tunl0 down",
        "ip addr del 192.168.1.100/32 dev tunl0", "ip link add dummy0 type dummy",
        "ip addr add 192.168.1.100/32 dev dummy0", "ip link set dummy0 up",
        "ip addr add 192.168.1.100/24 dev lo", "ip rule add fwmark 1 lookup 100",
        "ip route add local 0.0.0.0/0 dev lo table 100", "ip route add 10.9.0.0/24 via 192.168.1.1",
        "ip route del default", "ip link set eth0 address 02:00:00:00:00:b1"}) {
    EXPECT_EQ(silent(line), "") << line;
  }
}

TEST_F(IpRoute, HostileWordsNeverGetFurtherThanAnError) {
  const std::string huge(100'000, 'a');
  const std::vector<std::string> objects{"addr", "link", "route", "rule", "neigh", "tunnel"};
  const std::vector<std::string> verbs{"add",     "set",  "del",   "change",
                                       "replace", "show", "flush", "get"};
  const std::vector<std::string> keys{"dev",   "via",    "lladdr", "label", "name", "type",
                                      "table", "mtu",    "brd",    "nud",   "mode", "remote",
                                      "from",  "fwmark", "metric", "scope", "to",   "proxy"};
  const std::vector<std::string> values{"",
                                        huge,
                                        "-1",
                                        "4294967296",
                                        "0x",
                                        "1.2.3.4/",
                                        "/",
                                        "1..2",
                                        "::1",
                                        ":",
                                        "99999999999999999999",
                                        "eth0",
                                        "all",
                                        "default",
                                        "*",
                                        std::string(1, '\0')};
  for (const std::string& object : objects) {
    for (const std::string& verb : verbs) {
      for (const std::string& key : keys) {
        for (const std::string& value : values) {
          const Outcome outcome =
              run(std::vector<std::string>{"ip", object, verb, "eth0", key, value});
          EXPECT_GE(outcome.status, 0);
          EXPECT_LE(outcome.status, 255);
        }
      }
    }
  }
  for (const net::Interface& nic : host().interfaces()) EXPECT_LE(nic.name.size(), 15u);
}

}  // namespace
}  // namespace lvslab::test
