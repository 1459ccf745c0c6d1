// Behaviour and texts of net-tools 2.10 on Linux.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "admin/network_console.h"

namespace lvslab::test {
namespace {

class RouteCommand : public testing::Test, public NetworkConsole {};

constexpr const char* kTitle =
    "Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    "
    "Use Iface\n";

TEST_F(RouteCommand, ListingIsTheKernels) {
  for (const char* line :
       {"route add default gw 192.168.0.1", "route add -net 99.0.0.0 netmask 255.0.0.0 reject",
        "route add -net 10.0.0.0/8 gw 192.168.0.5 metric 5",
        "route add -host 192.168.0.104 gw 192.168.0.5", "ip route add blackhole 77.0.0.0/8"}) {
    EXPECT_EQ(silent(line), "") << line;
  }
  EXPECT_EQ(out("route -n"),
            std::string(kTitle) +
                "0.0.0.0         192.168.0.1     0.0.0.0         UG    0      0        0 eth0\n"
                "10.0.0.0        192.168.0.5     255.0.0.0       UG    5      0        0 eth0\n"
                "77.0.0.0        0.0.0.0         255.0.0.0       U     0      0        0 *\n"
                "99.0.0.0        -               255.0.0.0       !     0      -        0 -\n"
                "192.168.0.0     0.0.0.0         255.255.255.0   U     0      0        0 eth0\n"
                "192.168.0.104   192.168.0.5     255.255.255.255 UGH   0      0        0 eth0\n");
  EXPECT_EQ(out("route").substr(std::string(kTitle).size(), 77),
            "default         192.168.0.1     0.0.0.0         UG    0      0        0 eth0\n");
  EXPECT_EQ(out("route -en").substr(0, 181),
            "Kernel IP routing table\n"
            "Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n"
            "0.0.0.0         192.168.0.1     0.0.0.0         UG        0 0          0 eth0\n");
}

TEST_F(RouteCommand, LabelStandsForItsDeviceAndItsAddress) {
  run("ifconfig lo:0 192.168.0.100 netmask 255.255.255.255 up");
  EXPECT_EQ(silent("route add -host 192.168.0.100 dev lo:0"), "");
  EXPECT_EQ(out("ip route show 192.168.0.100"),
            "192.168.0.100 dev lo scope link src 192.168.0.100 \n");
  EXPECT_EQ(err("route add -host 192.168.0.100 dev lo:0"), "SIOCADDRT: File exists\n");
  EXPECT_EQ(err("route add -host 192.168.0.100 dev lo:9"), "SIOCADDRT: No such device\n");
  EXPECT_EQ(silent("route del -host 192.168.0.100 dev lo:0"), "");
}

TEST_F(RouteCommand, SecondDefaultGatewayGoesBeforeTheFirst) {
  EXPECT_EQ(silent("route add default gw 192.168.0.1"), "");
  EXPECT_EQ(silent("route add -net default gw 192.168.0.2"), "");
  EXPECT_EQ(out("ip route show default"),
            "default via 192.168.0.2 dev eth0 \ndefault via 192.168.0.1 dev eth0 \n");
  EXPECT_EQ(silent("route del default gw 192.168.0.2"), "");
  EXPECT_EQ(silent("route del default"), "");
  EXPECT_EQ(out("ip route show default"), "");
}

TEST_F(RouteCommand, TargetWithoutNetIsAHost) {
  EXPECT_EQ(silent("route add 12.0.0.5 dev eth0"), "");
  EXPECT_EQ(silent("route add 12.0.0.0 eth0"), "");
  EXPECT_EQ(out("ip route show root 12.0.0.0/8"),
            "12.0.0.0 dev eth0 scope link \n12.0.0.5 dev eth0 scope link \n");
  EXPECT_EQ(silent("route del 12.0.0.5"), "");
  EXPECT_EQ(out("ip route show root 12.0.0.0/8"), "12.0.0.0 dev eth0 scope link \n");
}

TEST_F(RouteCommand, ErrorsHaveTheirTexts) {
  run("route add default gw 192.168.0.1");
  struct Case {
    const char* line;
    const char* text;
    int status;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"route add default gw 192.168.0.1", "SIOCADDRT: File exists\n", 7},
           {"route add default gw 10.10.10.10", "SIOCADDRT: Network is unreachable\n", 7},
           {"route add -host 192.168.0.102 dev nope", "SIOCADDRT: No such device\n", 7},
           {"route add -host 192.168.0.103", "SIOCADDRT: No such device\n", 7},
           {"route add -net 11.0.0.0 gw 192.168.0.5", "SIOCADDRT: Invalid argument\n", 7},
           {"route add default", "SIOCADDRT: No such device\n", 7},
           {"route add default gw 192.168.0.11 bogus", "SIOCADDRT: No such device\n", 7},
           {"route del -net 10.0.0.0/8", "SIOCDELRT: No such process\n", 7},
           {"route del default gw 192.168.0.99", "SIOCDELRT: No such process\n", 7},
           {"route add -host zz dev eth0", "zz: Unknown host\n", 6},
           {"route add default gw zz", "zz: Unknown host\n", 6}}) {
    const Outcome outcome = run(c.line);
    EXPECT_EQ(outcome.err, c.text) << c.line;
    EXPECT_EQ(outcome.status, c.status) << c.line;
  }
  for (const char* line : {"route add -net 10.1.2.3 netmask 255.255.255.0 gw 192.168.0.5",
                           "route add -net 10.1.2.3/24 gw 192.168.0.5"}) {
    EXPECT_EQ(err(line).rfind("route: netmask doesn't match route address\nUsage", 0), 0u) << line;
    EXPECT_EQ(status(line), 3) << line;
  }
  for (const char* line :
       {"route add -net 96.0.0.0 netmask 255.0.255.0 eth0", "route add 10.0.0.0/8 dev eth0",
        "route add default gw", "route add -net", "route foo", "route -x",
        "route add default gw 192.168.0.1 metric x"}) {
    EXPECT_EQ(status(line), 3) << line;
  }
}

TEST_F(RouteCommand, DownDeviceTakesNoRoutes) {
  run("ifconfig eth0 down");
  EXPECT_EQ(err("route add -host 5.5.5.5 dev eth0"), "SIOCADDRT: Network is down\n");
  EXPECT_EQ(err("route add default gw 192.168.0.1"), "SIOCADDRT: Network is unreachable\n");
  EXPECT_EQ(out("route -n"), kTitle);
}

}  // namespace
}  // namespace lvslab::test
