// `lvslab diff`: where two runs part, what came of it, and the way between.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/cli_bed.h"

namespace lvslab::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

constexpr char kTwoOwners[] = R"(lvslab: 1
names: {VIP: 10.0.0.100}
hosts:
  router: {interfaces: {eth0: {address: 10.0.0.1/24}}}
  lvs:
    interfaces: {eth0: {address: [10.0.0.2/24, 10.0.0.100/32]}}
    serve: [{tcp: 80, reply: "lvs\n"}]
  rs1:
    interfaces: {eth0: {address: [10.0.0.3/24, 10.0.0.100/32]}}
    serve: [{tcp: 80, reply: "rs1\n"}]
switches: {lan: {}}
links: [[router:eth0, lan], [lvs:eth0, lan], [rs1:eth0, lan]]
traffic:
  web: {from: router, to: $VIP:80, connections: 2, arrivals: every 1s, request: "GET /\r\n"}
)";

class Diff : public CommandLine {
 protected:
  std::string owners(const std::string& name = "a.yaml", const std::string& rest = {}) {
    return file(name, kTwoOwners + rest);
  }
};

TEST_F(Diff, ARunAgainstItselfDiffersInNothing) {
  const auto result = lvslab("diff " + owners() + " " + owners("b.yaml"));
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out, "nothing differs\n");
  EXPECT_EQ(result.err, "");
}

TEST_F(Diff, ACommandIsFollowedFromTheFirstEventItChangesToTheOutcome) {
  const auto result =
      lvslab("diff " + owners() + " --what-if 'lvs: sysctl -w net.ipv4.conf.all.arp_ignore=8'");
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err, "");
  const std::size_t first = result.out.find("the first event that differs");
  const std::size_t outcome = result.out.find("what came of it");
  const std::size_t way = result.out.find("the way to: connection web/1");
  ASSERT_TRUE(first < outcome && outcome < way && way != std::string::npos) << result.out;
  const std::string parting = result.out.substr(first, outcome - first);
  EXPECT_THAT(parting, ContainsRegex("-  0.000 011 024 s  lvs"));
  EXPECT_THAT(parting, ContainsRegex("- .*answers 10.0.0.1"));
  EXPECT_THAT(parting, ContainsRegex("[+] .*does not answer 10.0.0.1 .*arp_ignore=8"));
  EXPECT_THAT(result.out,
              HasSubstr("  connection web/1\n- completed by lvs\n+ completed by rs1\n"));
  EXPECT_THAT(result.out,
              HasSubstr("  neighbour of router 10.0.0.100 (VIP)\n- lvs.eth0\n+ rs1.eth0\n"));
  const std::string chain = result.out.substr(way);
  EXPECT_THAT(chain, ContainsRegex("[+] .*neighbour 10.0.0.100 .VIP. on eth0: REACHABLE rs1.eth0"));
  EXPECT_THAT(chain, ContainsRegex("[+] .*web/1: the server process gets the connection"));
}

TEST_F(Diff, WhatTheLadderLeavesOutIsNamedToo) {
  std::string text = kTwoOwners;
  text.replace(text.find("10.0.0.2/24"), 11, "10.0.0.2/25");
  const auto result = lvslab("diff " + owners() + " " + file("b.yaml", text));
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, HasSubstr("address 10.0.0.2/24 added to eth0"));
  EXPECT_THAT(result.out, HasSubstr("address 10.0.0.2/25 added to eth0"));
}

TEST_F(Diff, VerdictsOfTheSameExpectationsAreCompared) {
  const std::string expects =
      "expect:\n  - {neighbour: {of: router, address: $VIP}, is: lvs:eth0}\n";
  const auto result = lvslab("diff " + owners("a.yaml", expects) +
                             " --what-if 'lvs: sysctl -w net.ipv4.conf.all.arp_ignore=8'");
  EXPECT_THAT(result.out,
              HasSubstr("  expectation neighbour number 1\n- held\n+ failed, actual rs1.eth0\n"));
}

TEST_F(Diff, ACommandWithoutConsequenceChangesNoOutcome) {
  const auto result = lvslab("diff " + owners() + " --what-if 'lvs: echo hello'");
  EXPECT_EQ(result.status, 0) << "what the command itself printed is not a consequence";
  EXPECT_EQ(result.out, "nothing differs\n");
}

TEST_F(Diff, BadUsageIsRefusedWithTheNearestWord) {
  const std::string a = owners();
  for (const std::string& arguments :
       {std::string(), a, a + " " + a + " " + a, a + " " + a + " --what-if 'lvs: ls'",
        a + " --what-if lvs", a + " --what-if 'lvs:'", a + " --what-if 'lvx: ls'",
        a + " --what-if 'lvs: frobnicate'", a + " --what-if 'lvs: if x'", a + " nowhere.yaml"}) {
    const auto result = lvslab("diff " + arguments);
    EXPECT_EQ(result.status, 2) << arguments;
    EXPECT_EQ(result.out, "") << arguments;
    EXPECT_NE(result.err, "") << arguments;
  }
  EXPECT_THAT(lvslab("diff " + a + " --what-if 'lvx: ls'").err, HasSubstr("Did you mean 'lvs'?"));
}

}  // namespace
}  // namespace lvslab::testing
