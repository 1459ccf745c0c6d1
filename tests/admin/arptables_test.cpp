// arptables: the older cure for real servers that answer for the VIP.
#include <gtest/gtest.h>

#include "shell_bed.h"

namespace lvslab::test {
namespace {

// m0 asks for the VIP; m1 is a real server that holds it on lo.
class ArpCure : public ::testing::Test {
 protected:
  ArpCure() : bed(2) {
    bed.type("ip addr add 192.168.1.10/24 dev eth0", 0);
    bed.type("ip addr add 192.168.1.11/24 dev eth0; ip addr add 192.168.1.100/32 dev lo", 1);
  }
  std::string asked(const std::string& address) {
    return bed.output("arping -c 1 -w 1 -I eth0 " + address + " | grep -c reply", 0);
  }
  ShellBed bed;
};

TEST_F(ArpCure, ADroppedQuestionIsNotAnswered) {
  EXPECT_EQ(asked("192.168.1.100"), "1\n");
  EXPECT_EQ(bed.output("arptables -A INPUT -d 192.168.1.100 -j DROP", 1), "");
  EXPECT_EQ(asked("192.168.1.100"), "0\n");
  EXPECT_EQ(asked("192.168.1.11"), "1\n");
  EXPECT_EQ(bed.output("arptables -F", 1), "");
  EXPECT_EQ(asked("192.168.1.100"), "1\n");
}

TEST_F(ArpCure, AQuestionOfItsOwnGoesOutInItsOwnName) {
  bed.type("arptables -A OUT -s 192.168.1.100 -j mangle --mangle-ip-s 192.168.1.11", 1);
  bed.type("ip addr add 192.168.1.11/32 dev lo; ping -c 1 -W 1 -I 192.168.1.100 192.168.1.10", 1);
  EXPECT_EQ(bed.output("ip neigh show 192.168.1.11 | grep -c lladdr", 0), "1\n");
}

TEST_F(ArpCure, RulesAreListedAndRemoved) {
  bed.type("arptables -A INPUT -d 192.168.1.100 -j DROP", 1);
  bed.type("arptables -A OUTPUT -s 192.168.1.100 -j mangle --mangle-ip-s 192.168.1.11", 1);
  bed.type("arptables -P FORWARD DROP", 1);
  EXPECT_EQ(bed.output("arptables -n -L", 1),
            "Chain INPUT (policy ACCEPT)\n-j DROP -d 192.168.1.100 \n\n"
            "Chain OUTPUT (policy ACCEPT)\n"
            "-j mangle -s 192.168.1.100 --mangle-ip-s 192.168.1.11 \n\n"
            "Chain FORWARD (policy DROP)\n");
  EXPECT_EQ(bed.output("arptables -D INPUT -d 192.168.1.100 -j DROP", 1), "");
  EXPECT_EQ(bed.output("arptables -D INPUT -d 192.168.1.100 -j DROP", 1),
            "arptables: Bad rule (does a matching rule exist in that chain?)\n");
  EXPECT_EQ(bed.status("arptables -A NOPE -j DROP", 1), 1);
  EXPECT_EQ(bed.status("arptables -A INPUT -j NOPE", 1), 2);
}

}  // namespace
}  // namespace lvslab::test
