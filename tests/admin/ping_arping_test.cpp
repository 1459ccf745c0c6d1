// ping and arping: what they print, how long they take, and how they end.
#include <gtest/gtest.h>

#include "shell_bed.h"

namespace lvslab::admin {
namespace {

using test::ShellBed;

/// Two machines, 10.0.0.1 and 10.0.0.2, 1.25 ms apart.
ShellBed& addressed(ShellBed& bed) {
  bed.type("ip addr add 10.0.0.1/24 brd + dev eth0\n", 0);
  bed.type("ip addr add 10.0.0.2/24 brd + dev eth0\n", 1);
  return bed;
}

TEST(Ping, PrintsAsIputilsDoes) {
  ShellBed bed(2, Duration::microseconds(1'250));
  addressed(bed);
  EXPECT_EQ(bed.output("ping -c 2 10.0.0.2\n"),
            "PING 10.0.0.2 (10.0.0.2) 56(84) bytes of data.\n"
            "64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=5.00 ms\n"
            "64 bytes from 10.0.0.2: icmp_seq=2 ttl=64 time=2.50 ms\n\n"
            "--- 10.0.0.2 ping statistics ---\n2 packets transmitted, 2 received, 0% packet loss, "
            "time 1000ms\n"
            "rtt min/avg/max/mdev = 2.500/3.750/5.000/1.250 ms\n");
  EXPECT_EQ(bed.console().entries.back().status, 0);
}

TEST(Ping, AnUnansweredArpIsHostUnreachable) {
  ShellBed bed(2, Duration::microseconds(1'250));
  addressed(bed);
  EXPECT_EQ(bed.output("ping -c 3 10.0.0.9\n"),
            "PING 10.0.0.9 (10.0.0.9) 56(84) bytes of data.\n"
            "From 10.0.0.1 icmp_seq=1 Destination Host Unreachable\n"
            "From 10.0.0.1 icmp_seq=2 Destination Host Unreachable\n"
            "From 10.0.0.1 icmp_seq=3 Destination Host Unreachable\n\n"
            "--- 10.0.0.9 ping statistics ---\n3 packets transmitted, 0 received, +3 errors, 100% "
            "packet loss, time 2000ms\npipe 3\n");
  EXPECT_EQ(bed.console().entries.back().status, 1);
}

TEST(Ping, OptionsAndErrors) {
  ShellBed bed(2, Duration::microseconds(1'250));
  addressed(bed);
  EXPECT_EQ(bed.output("ping -c 1 8.8.8.8\n"), "ping: connect: Network is unreachable\n");
  EXPECT_EQ(bed.console().entries.back().status, 2);
  EXPECT_EQ(bed.output("ping -c 1 nobody\n"), "ping: nobody: Name or service not known\n");
  EXPECT_EQ(bed.output("ping -c 0 10.0.0.2\n").substr(0, 28), "ping: invalid argument: '0':");
  EXPECT_EQ(bed.output("ping -qc1 -s 100 -I eth0 10.0.0.2 | head -1\n"),
            "PING 10.0.0.2 (10.0.0.2) from 10.0.0.1 eth0: 100(128) bytes of data.\n");
  EXPECT_EQ(bed.output("ping -c 1 -I 10.0.0.77 10.0.0.2\n"),
            "ping: bind: Cannot assign requested address\n");
  EXPECT_NE(
      bed.output("ping -c 3 -i 0.2 127.0.0.1\n").find("3 received, 0% packet loss, time 400ms"),
      std::string::npos);
}

TEST(Ping, WithoutAnswersItGivesUpAfterTheGivenTime) {
  ShellBed bed(2, Duration::microseconds(1'250));
  addressed(bed);
  bed.type("sysctl -qw net.ipv4.icmp_echo_ignore_all=1\n", 1);
  const Instant start = bed.now();
  EXPECT_EQ(bed.status("ping -c 1 -W 2 10.0.0.2\n"), 1);
  EXPECT_EQ(bed.now() - start, Duration::seconds(2));
  EXPECT_EQ(bed.status("ping -w 3 10.0.0.2\n"), 1);
  EXPECT_EQ(bed.now() - start, Duration::seconds(5));
  EXPECT_NE(bed.console().entries.back().out.find(
                "3 packets transmitted, 0 received, 100% packet loss, time 2000ms"),
            std::string::npos);
}

TEST(Ping, TooLargeForTheLinkGoesInFragmentsUnlessToldOtherwise) {
  ShellBed bed(2);
  addressed(bed);
  const std::string whole = bed.output("ping -c 1 -s 2000 10.0.0.2\n");
  EXPECT_NE(whole.find("2008 bytes from 10.0.0.2: icmp_seq=1"), std::string::npos);
  const std::string refused = bed.output("ping -c 1 -M do -s 2000 10.0.0.2\n");
  EXPECT_NE(refused.find("local error: message too long, mtu=1500"), std::string::npos);
  EXPECT_NE(refused.find("+1 errors, 100% packet loss, time 0ms\n\n"), std::string::npos);
  const std::string small = bed.output("ping -c 1 -s 4 10.0.0.2\n");
  EXPECT_EQ(small.find("rtt"), std::string::npos);
}

TEST(Curl, TellsTheCodeAndWhatItAsked) {
  ShellBed bed;
  bed.type("ip link set lo up\n");
  bed.machine().files()["/var/www/html/index.html"].text = "hello\n";
  bed.type("systemctl start nginx\n");
  EXPECT_EQ(bed.output("curl -s -o /dev/null -w '%{http_code}\\n' 127.0.0.1\n"), "200\n");
  EXPECT_EQ(bed.output("curl -s -w '%{http_code}\\n' 127.0.0.1:81\n"), "000\n");
  const std::string told = bed.output("curl -sv 127.0.0.1\n");
  EXPECT_NE(told.find("* Connected to 127.0.0.1 (127.0.0.1) port 80 (#0)\n> GET / HTTP/1.1\r\n"),
            std::string::npos);
}

TEST(Arping, AskPrintsTheAnswerAndItsMac) {
  ShellBed bed(2, Duration::microseconds(1'388));
  addressed(bed);
  EXPECT_EQ(bed.output("arping -c 2 -I eth0 10.0.0.2\n"),
            "ARPING 10.0.0.2 from 10.0.0.1 eth0\nUnicast reply from 10.0.0.2 [02:00:00:00:00:02]  "
            "2.776ms\n"
            "Unicast reply from 10.0.0.2 [02:00:00:00:00:02]  2.776ms\nSent 2 probes (1 "
            "broadcast(s))\nReceived 2 response(s)\n");
  EXPECT_EQ(bed.console().entries.back().status, 0);
  EXPECT_EQ(bed.status("arping -c 1 -I eth0 10.0.0.77\n"), 1);
}

// The recordings of arping on a real server with the VIP on lo (what it prints depends on no time
// but the reply's).
TEST(Arping, DetectionAnnouncementAndForeignSourceAsRecorded) {
  ShellBed bed(2, Duration::microseconds(1'388));
  bed.type("ip addr add 192.168.1.21/24 dev eth0; ip addr add 192.168.1.100/32 dev lo\n", 0);
  bed.type("ip addr add 192.168.1.10/24 dev eth0\n", 1);
  EXPECT_EQ(bed.output("arping -c 1 -w 1 -U -I eth0 192.168.1.100\n"),
            "ARPING 192.168.1.100 from 192.168.1.100 eth0\nSent 1 probes (1 "
            "broadcast(s))\nReceived 0 response(s)\n");
  EXPECT_EQ(bed.console().entries.back().status, 0);
  EXPECT_EQ(bed.output("arping -c 2 -w 2 -D -I eth0 192.168.1.10\n"),
            "ARPING 192.168.1.10 from 0.0.0.0 eth0\nUnicast reply from 192.168.1.10 "
            "[02:00:00:00:00:02]  2.776ms\n"
            "Sent 1 probes (1 broadcast(s))\nReceived 1 response(s)\n");
  EXPECT_EQ(bed.console().entries.back().status, 1);
  EXPECT_EQ(bed.output("arping -c 1 -w 1 -I eth0 -s 192.168.1.100 192.168.1.10\n"),
            "ARPING 192.168.1.10 from 192.168.1.100 eth0\nUnicast reply from 192.168.1.10 "
            "[02:00:00:00:00:02]  2.776ms\n"
            "Sent 1 probes (1 broadcast(s))\nReceived 1 response(s)\n");
  EXPECT_EQ(bed.console().entries.back().status, 0);
  EXPECT_EQ(bed.status("arping -c 2 -D -I eth0 192.168.1.50\n"), 0);
}

TEST(Arping, Errors) {
  ShellBed bed(2);
  addressed(bed);
  EXPECT_EQ(bed.output("arping -c 1 -U -I eth0 10.0.0.77\n"),
            "arping: bind: Cannot assign requested address\n");
  EXPECT_EQ(bed.output("arping -c 1 -I nope 10.0.0.2\n"), "arping: Device nope not available.\n");
  EXPECT_EQ(bed.output("arping -c 1 -I lo 10.0.0.2\n"), "Interface \"lo\" is not ARPable\n");
}

TEST(Curl, TimesOutWhenNobodyAnswers) {
  ShellBed bed(2);
  addressed(bed);
  EXPECT_EQ(
      bed.output("curl --connect-timeout 2 10.0.0.9\n"),
      "curl: (28) Failed to connect to 10.0.0.9 port 80 after 2000 ms: Timeout was reached\n");
  EXPECT_EQ(bed.console().entries.back().status, 28);
  EXPECT_EQ(bed.output("curl 10.0.0.9\n").substr(0, 47),
            "curl: (7) Failed to connect to 10.0.0.9 port 80");
  EXPECT_NE(bed.console().entries.back().err.find("Couldn't connect to server"), std::string::npos);
  EXPECT_EQ(
      bed.output("curl 8.8.8.8\n"),
      "curl: (7) Failed to connect to 8.8.8.8 port 80 after 0 ms: Couldn't connect to server\n");
  EXPECT_EQ(bed.output("curl foo://x/\n"),
            "curl: (1) Protocol \"foo\" not supported or disabled in libcurl\n");
  EXPECT_EQ(bed.output("curl -s\n"),
            "curl: no URL specified!\ncurl: try 'curl --help' or 'curl --manual' for more "
            "information\n");
}

}  // namespace
}  // namespace lvslab::admin
