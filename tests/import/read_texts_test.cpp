// sysctl, ss, lsmod, iptables-save, arptables-save, ipvsadm-save and keepalived.conf.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reading.h"

namespace lvslab::importer {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(ReadSysctls, TakesIpv4SettingsInOrder) {
  const Reading read(read_sysctls,
                     "kernel.panic = 0\nnet.ipv4.conf.eth0/10.arp_ignore = 1\n"
                     "sysctl: reading key \"net.ipv6.x\"\nnet.ipv4.tcp_mem = 1\t2\t3\n");
  EXPECT_EQ(read.problems, "");
  EXPECT_THAT(read.host.sysctls, ElementsAre(Pair("net.ipv4.conf.eth0/10.arp_ignore", "1"),
                                             Pair("net.ipv4.tcp_mem", "1\t2\t3")));
  EXPECT_EQ(Reading(read_sysctls, "\n  $(reboot) = 1\n").problems,
            "2:3: no `key = value`: '$(reboot) = 1'\n");
}

TEST(ReadListening, TakesWhatOthersCanReachOnce) {
  const Reading read(read_listening,
                     "Netid State Recv-Q Send-Q Local Peer\n"
                     "udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*\n"
                     "tcp LISTEN 0 128 0.0.0.0:80 0.0.0.0:*\ntcp LISTEN 0 128 [::]:80 [::]:*\n"
                     "tcp LISTEN 0 128 *:443 *:*\ntcp LISTEN 0 128 [fe80::1]%eth0:22 [::]:*\n");
  EXPECT_EQ(read.problems, "");
  ASSERT_TRUE(read.host.listening.has_value());
  EXPECT_THAT(*read.host.listening, ElementsAre(ListenFact{wire::Protocol::kTcp, 80},
                                                ListenFact{wire::Protocol::kTcp, 443}));
  EXPECT_THAT(Reading(read_listening, "tcp LISTEN 0\n").problems, HasSubstr("1:1: no listening"));
}

TEST(ReadModules, TakesThoseAScenarioLoads) {
  const Reading read(read_modules,
                     "Module Size Used by\nipip 1 0\next4 2 0\nip_vs 3 0\nip_vs_rr 1 0\n");
  EXPECT_THAT(read.host.modules, ElementsAre("ip_vs", "ipip"));
}

TEST(ReadIptables, TablesWithoutRulesAreNothing) {
  EXPECT_TRUE(
      Reading(read_iptables, "# x\n*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n").host.iptables.empty());
  const Reading read(read_iptables, "*filter\n:INPUT DROP [0:0]\nCOMMIT\n");
  EXPECT_THAT(read.host.iptables, ElementsAre("*filter", ":INPUT DROP [0:0]", "COMMIT"));
  EXPECT_THAT(Reading(read_iptables, "*filter\nRULES\n").problems,
              HasSubstr("2:1: this is no line"));
}

TEST(ReadIptables, CountersBeforeARuleAreNoPartOfIt) {
  const Reading read(
      read_iptables,
      "*filter\n:INPUT ACCEPT [0:0]\n[12:480] -A INPUT -s 10.0.0.1 -j DROP\nCOMMIT\n");
  EXPECT_THAT(read.host.iptables, Contains("-A INPUT -s 10.0.0.1 -j DROP"));
}

TEST(ReadIptables, ATableThatOnlyNftCanShowIsSaidToBeLeftOut) {
  const Reading read(read_iptables, "# Table `filter' is incompatible, use 'nft' tool.\n");
  EXPECT_THAT(read.host.left_out, ElementsAre(HasSubstr("is incompatible")));
}

TEST(ReadArptables, ARuleIsPlainWords) {
  const Reading read(read_arptables,
                     "*filter\n:INPUT ACCEPT\n:OUTPUT DROP\n-A INPUT -d 10.0.0.100 -j DROP\n");
  EXPECT_THAT(read.host.arptables, ElementsAre("-P OUTPUT DROP", "-A INPUT -d 10.0.0.100 -j DROP"));
  EXPECT_THAT(Reading(read_arptables, "-A INPUT -j $(reboot)\n").problems, HasSubstr("1:1: "));
}

TEST(ReadIpvsadm, KeepsEveryOption) {
  const Reading read(read_ipvsadm,
                     "-A -t 10.0.0.100:80 -s wrr -p 300 -M 255.255.255.0\n"
                     "-a -t 10.0.0.100:80 -r 10.0.0.9:8080 -m -w 3 -x 5 -y 2\n"
                     "-A -u 10.0.0.100:53 -s sh -o -b sh-port,sh-fallback\n"
                     "-A -f 7 -s rr\n-a -f 7 -r 10.0.0.9:0 -i -w 1 --tun-type ipip\n"
                     "-A -t [fd00::1]:80 -s rr\n");
  EXPECT_EQ(read.problems, "");
  ASSERT_EQ(read.host.services.size(), 3u);
  EXPECT_EQ(read.host.services[0].options, "-s wrr -p 300 -M 255.255.255.0");
  EXPECT_EQ(read.host.services[0].destinations[0].options, "-r 10.0.0.9:8080 -m -w 3 -x 5 -y 2");
  EXPECT_EQ(read.host.services[1].options, "-s sh -o -b sh-port,sh-fallback");
  EXPECT_EQ(read.host.services[2].mark, 7u);
  EXPECT_EQ(read.host.services[2].destinations[0].method, 'i');
  ASSERT_EQ(read.host.left_out.size(), 1u);
  EXPECT_THAT(read.host.left_out[0], HasSubstr("IPv6"));
}

TEST(ReadIpvsadm, SaysWhichLineIsWrong) {
  EXPECT_THAT(
      Reading(read_ipvsadm, "-A -t 1.2.3.4:80 -s rr\n-a -t 1.2.3.4:81 -r 1.1.1.1:80 -g\n").problems,
      HasSubstr("2:1: a real server of a service that is not there"));
  EXPECT_THAT(Reading(read_ipvsadm, "-A -t 1.2.3.4:80 -s `id`\n").problems,
              HasSubstr("1:1: an option"));
  EXPECT_THAT(Reading(read_ipvsadm, "-C\n").problems, HasSubstr("1:1: this line adds neither"));
  EXPECT_THAT(Reading(read_ipvsadm, "-A -t nobody:80\n").problems, HasSubstr("no address:port"));
}

constexpr const char* kKeepalived = R"(! a comment { with a brace
global_defs { router_id "a } b" }
virtual_server_group G {
  10.0.0.101 80   # first
  fwmark 7
}
vrrp_instance VI_1 { state MASTER
  virtual_ipaddress { 10.0.0.100/24 dev eth0 } }
virtual_server 10.0.0.100 80
{
  lb_algo wrr
  lb_kind DR
  persistence_timeout 50
  protocol TCP
  real_server 10.0.0.11 80 { weight 3
    HTTP_GET { url { path / digest 1234 } connect_timeout 3 } }
  real_server 10.0.0.12 80 { }
}
virtual_server group G { lb_kind TUN
  protocol UDP
  real_server 10.0.0.11 53 { weight 0 }
}
)";

TEST(ReadKeepalived, VirtualServersBecomeServices) {
  const Reading read(read_keepalived, kKeepalived);
  EXPECT_EQ(read.problems, "");
  ASSERT_EQ(read.host.services.size(), 3u);
  const ServiceFact& web = read.host.services[0];
  EXPECT_EQ(web.name + " " + web.options, "-t 10.0.0.100:80 -s wrr -p 50");
  ASSERT_EQ(web.destinations.size(), 2u);
  EXPECT_EQ(web.destinations[0].options, "-r 10.0.0.11:80 -g -w 3");
  EXPECT_EQ(web.destinations[1].options, "-r 10.0.0.12:80 -g -w 1");
  EXPECT_EQ(read.host.services[1].name, "-u 10.0.0.101:80");
  EXPECT_EQ(read.host.services[2].name, "-f 7");
  EXPECT_EQ(read.host.services[2].destinations[0].options, "-r 10.0.0.11:53 -i -w 0");
  EXPECT_THAT(read.host.left_out, ElementsAre("keepalived.conf: vrrp_instance 'VI_1'"));
}

TEST(ReadKeepalived, AServerMayHaveAMethodOfItsOwnAndWhatIsNotTakenIsSaid) {
  const Reading read(
      read_keepalived,
      "virtual_server 10.0.0.100 80 {\n lb_kind DR\n persistence_granularity 255.255.255.0\n"
      " real_server 10.0.0.11 80 {\n lvs_method TUN\n uthreshold 100\n }\n}\n"
      "virtual_server $VIP 80 {\n}\n");
  EXPECT_EQ(read.problems, "");
  ASSERT_EQ(read.host.services.size(), 1u);
  EXPECT_EQ(read.host.services[0].options, "-s wlc -M 255.255.255.0");
  EXPECT_EQ(read.host.services[0].destinations[0].options, "-r 10.0.0.11:80 -i -w 1");
  EXPECT_THAT(read.host.left_out,
              ElementsAre("keepalived.conf: uthreshold '100' of real_server '10.0.0.11'",
                          "keepalived.conf: virtual_server '$VIP', a range or a variable"));
}

TEST(ReadKeepalived, CountsOnlyWhereTheKernelHadNoServices) {
  Reading read(read_ipvsadm, "-A -t 1.2.3.4:80 -s rr\n");
  Problems problems;
  read_keepalived({.name = "k", .text = kKeepalived}, read.host, problems);
  EXPECT_EQ(read.host.services.size(), 1u);
  EXPECT_FALSE(read.host.from_keepalived);
}

TEST(ReadKeepalived, SaysWhereABlockIsBroken) {
  EXPECT_EQ(Reading(read_keepalived, "virtual_server 1.2.3.4 80 {\n lb_kind DR\n").problems,
            "1:27: a '{' without its '}'\n");
  EXPECT_EQ(Reading(read_keepalived, "a\n }\n").problems, "2:2: a '}' without its '{'\n");
  EXPECT_EQ(Reading(read_keepalived, "a \"b\n").problems, "1:3: a quoted text without its end\n");
  EXPECT_EQ(Reading(read_keepalived, "virtual_server 1.2.3.4 80 { lb_kind X }").problems,
            "1:1: lb_kind is not NAT, DR or TUN\n");
  EXPECT_EQ(Reading(read_keepalived, "{ }").problems, "1:1: a '{' without a word before it\n");
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "a {";
  EXPECT_THAT(Reading(read_keepalived, deep).problems, HasSubstr("nested deeper than 32"));
}

}  // namespace
}  // namespace lvslab::importer
