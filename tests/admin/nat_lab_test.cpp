// Whole connections through table nat: machines on one wire, a web server, curl.
#include <gtest/gtest.h>

#include "shell_bed.h"

namespace lvslab::test {
namespace {

// One-armed NAT: client, director and real server on one LAN.
class OneLan : public ::testing::Test {
 protected:
  OneLan() : bed(3) {
    bed.type("ip addr add 192.168.1.10/24 dev eth0", kClient);
    bed.type(
        "ip addr add 192.168.1.2/24 dev eth0; ip addr add 192.168.1.100/32 dev eth0\n"
        "sysctl -w net.ipv4.ip_forward=1\n"
        "ipvsadm -A -t 192.168.1.100:80 -s rr\n"
        "ipvsadm -a -t 192.168.1.100:80 -r 192.168.1.12:80 -m",
        kDirector);
    bed.type(
        "ip addr add 192.168.1.12/24 dev eth0; echo hello > /var/www/html/index.html\n"
        "systemctl start httpd",
        kServer);
  }
  static constexpr int kClient = 0, kDirector = 1, kServer = 2;
  static constexpr const char* kRule =
      "iptables -t nat -A POSTROUTING -d 192.168.1.0/24 -p tcp --dport 80 -j MASQUERADE";
  ShellBed bed;
};

TEST_F(OneLan, MasqueradeBringsTheRepliesBackToTheDirector) {
  ASSERT_EQ(bed.output(std::string("sysctl -q -w net.ipv4.vs.conntrack=1; ") + kRule, kDirector),
            "");
  EXPECT_EQ(bed.output("curl -s --max-time 5 http://192.168.1.100/", kClient), "hello\n");
  EXPECT_EQ(bed.output("ss -tan | grep -c 192.168.1.10", kServer), "0\n");
  // The redirects that the director would send about the replies do not leave it.
  EXPECT_EQ(bed.output("nstat -az IcmpOutRedirects | grep -c 'IcmpOutRedirects *0 '", kDirector),
            "0\n");
  EXPECT_EQ(bed.output("nstat -az IpOutDiscards | grep -c 'IpOutDiscards *0 '", kDirector), "0\n");
  EXPECT_EQ(bed.output("nstat -az IcmpInRedirects | grep -c 'IcmpInRedirects *0 '", kServer),
            "1\n");
}

TEST_F(OneLan, WithoutConntrackTheRuleIsNotAsked) {
  ASSERT_EQ(bed.output(kRule, kDirector), "");
  EXPECT_NE(bed.status("curl -s --max-time 3 http://192.168.1.100/", kClient), 0);
  EXPECT_EQ(bed.output("iptables -t nat -S POSTROUTING 1 -v", kDirector),
            "-A POSTROUTING -d 192.168.1.0/24 -p tcp -m tcp --dport 80 -c 0 0 -j MASQUERADE\n");
}

// Direct routing to a server that takes the VIP's packets by REDIRECT.
TEST_F(OneLan, RedirectInsteadOfTheVipOnLo) {
  bed.type("ipvsadm -e -t 192.168.1.100:80 -r 192.168.1.12:80 -g", kDirector);
  bed.type("iptables -t nat -A PREROUTING -d 192.168.1.100 -p tcp --dport 80 -j REDIRECT", kServer);
  EXPECT_EQ(bed.output("curl -s --max-time 5 http://192.168.1.100/", kClient), "hello\n");
}

}  // namespace
}  // namespace lvslab::test
