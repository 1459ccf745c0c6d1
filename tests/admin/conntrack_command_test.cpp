// conntrack and /proc/net: the entries of connection tracking as conntrack-tools 1.4.7 prints them
// on Debian 12, and the kernel's files next to them.
#include <gtest/gtest.h>

#include "shell_bed.h"

namespace lvslab::admin {
namespace {

using test::ShellBed;

constexpr const char* kShown = "conntrack v1.4.7 (conntrack-tools): ";

void addressed(ShellBed& bed) {
  bed.type("ip addr add 10.0.0.1/24 dev eth0\n");
  bed.type("ip addr add 10.0.0.2/24 dev eth0\n", 1);
}

TEST(ConntrackCommand, ListsCountsAndForgets) {
  ShellBed bed(2);
  addressed(bed);
  EXPECT_EQ(bed.output("conntrack -L\n"),
            std::string(kShown) + "0 flow entries have been shown.\n");
  bed.type("iptables -A INPUT -m conntrack --ctstate NEW -j ACCEPT\nping -c 1 10.0.0.2\n");
  const std::string line = bed.output("conntrack -L 2>/dev/null\n");
  EXPECT_EQ(line.substr(0, 56), "icmp     1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id");
  EXPECT_NE(line.find(" src=10.0.0.2 dst=10.0.0.1 type=0 code=0 id="), std::string::npos);
  EXPECT_EQ(line.find("UNREPLIED"), std::string::npos);
  EXPECT_EQ(line.substr(line.size() - 14), " mark=0 use=1\n");
  EXPECT_EQ(bed.output("conntrack -C\ncat /proc/sys/net/netfilter/nf_conntrack_count\n"), "1\n1\n");
  EXPECT_EQ(bed.output("cat /proc/net/nf_conntrack\n").substr(0, 22), "ipv4     2 icmp     1 ");
  EXPECT_EQ(bed.output("conntrack -L -p tcp\n"),
            std::string(kShown) + "0 flow entries have been shown.\n");
  EXPECT_EQ(bed.output("conntrack -D -s 10.0.0.9\n"),
            std::string(kShown) + "0 flow entries have been deleted.\n");
  EXPECT_EQ(bed.status("conntrack -D -s 10.0.0.9\n"), 1);
  EXPECT_EQ(bed.status("conntrack -D -s 10.0.0.1\n"), 0);
  EXPECT_EQ(bed.output("conntrack -C\n"), "0\n");
  EXPECT_EQ(bed.output("conntrack -F\n"),
            std::string(kShown) + "connection tracking table has been emptied.\n");
}

TEST(ConntrackCommand, AConnectionNobodyAnsweredIsUnreplied) {
  ShellBed bed(2);
  addressed(bed);
  bed.type(
      "iptables -t nat -A OUTPUT -d 9.9.9.9 -p tcp -j DNAT --to-destination 10.0.0.2\n"
      "ip route add 9.9.9.9 via 10.0.0.2\n");
  bed.type("iptables -A INPUT -p tcp -j DROP\n", 1);
  bed.type("curl -s -m 1 9.9.9.9\n");
  const std::string line = bed.output("conntrack -L -g 2>/dev/null\n");
  EXPECT_EQ(line.substr(0, 14), "tcp      6 118");
  EXPECT_NE(line.find(" SYN_SENT src=10.0.0.1 dst=9.9.9.9 "), std::string::npos);
  EXPECT_NE(line.find(" dport=80 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 sport=80 "),
            std::string::npos);
  EXPECT_EQ(bed.output("conntrack -L -n 2>/dev/null\n"), "");  // -n asks for changed sources
}

TEST(ConntrackCommand, Errors) {
  ShellBed bed;
  const std::string hint = "\nTry `conntrack -h' or 'conntrack --help' for more information.\n";
  EXPECT_EQ(bed.output("conntrack -X\n"), kShown + ("unknown option `-X'" + hint));
  EXPECT_EQ(bed.output("conntrack -L foo\n"), kShown + ("unknown type `foo'" + hint));
  EXPECT_EQ(bed.output("conntrack -L -p foo\n"), kShown + ("`foo' unsupported protocol" + hint));
  EXPECT_EQ(bed.output("conntrack -L -s foo\n"), kShown + ("Invalid IP address `foo'" + hint));
  EXPECT_EQ(bed.status("conntrack -L -s foo\n"), 2);
}

TEST(ProcNet, ArpRouteAndDirectorAsTheKernelShowsThem) {
  ShellBed bed(2);
  addressed(bed);
  bed.type("ping -c 1 10.0.0.2\n");
  EXPECT_EQ(bed.output("cat /proc/net/arp\n"),
            "IP address       HW type     Flags       HW address            Mask     Device\n"
            "10.0.0.2         0x1         0x2         02:00:00:00:00:02     *        eth0\n");
  EXPECT_EQ(bed.output("grep eth0 /proc/net/route\n").substr(0, 38),
            "eth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FF");
  EXPECT_EQ(bed.output("cat /proc/net/ip_vs\n"),
            "cat: /proc/net/ip_vs: No such file or directory\n");
  bed.type(
      "ipvsadm -A -t 10.0.0.100:80 -s wlc -p 50\nipvsadm -a -t 10.0.0.100:80 -r 10.0.0.2 -g\n");
  EXPECT_EQ(bed.output("cat /proc/net/ip_vs\n"),
            "IP Virtual Server version 1.2.1 (size=4096)\n"
            "Prot LocalAddress:Port Scheduler Flags\n"
            "  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n"
            "TCP  0A000064:0050 wlc  persistent 12500 FFFFFFFF\n"
            "  -> 0A000002:0050      Route   1      0          0         \n");
  EXPECT_EQ(bed.output("echo 1 > /proc/net/arp\n"), "bash: /proc/net/arp: Permission denied\n");
}

}  // namespace
}  // namespace lvslab::admin
