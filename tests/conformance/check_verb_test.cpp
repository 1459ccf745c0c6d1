// `lvslab check`, and findings as `run` and scenarios know them.
#include "conformance/cli_bed.h"

namespace lvslab::testing {
namespace {

class CheckVerb : public CommandLine {
 protected:
  static std::string pair(const std::string& name) {
    return repository_path("scenarios/arp-conflicts/" + name + ".yaml");
  }
};

TEST_F(CheckVerb, AHealthyLabHasNoFindingAndStatus0) {
  const auto result = lvslab("check " + pair("01-real-servers-answer"));
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out, "nothing found\n");
}

TEST_F(CheckVerb, AFindingSaysPlaceHostSymptomAndCureAndGivesStatus1) {
  const auto result = lvslab("check " + pair("04-sysctl-on-lo-only-broken"));
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.out.find("04-sysctl-on-lo-only.yaml:"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("error arp-ignore-on-lo-only on rs1: rs1 answers for"),
            std::string::npos);
  EXPECT_NE(result.out.find("cure: rs1# sysctl -w net.ipv4.conf.all.arp_ignore=1"),
            std::string::npos);
}

TEST_F(CheckVerb, JsonHasTheContractsKeys) {
  const auto result = lvslab("check --format json " + pair("02-announce-0-broken"));
  EXPECT_EQ(result.status, 1);
  for (const char* key :
       {"\"id\": \"arp-announce-off\"", "\"severity\": \"error\"", "\"host\": \"rs1\"",
        "\"place\": {\"file\": ", "\"summary\": ", "\"symptom\": ",
        "\"cure\": [{\"host\": \"rs1\", \"command\": ", "\"assumptions\": [", "\"waived\": null"}) {
    EXPECT_NE(result.out.find(key), std::string::npos) << key << "\n" << result.out;
  }
}

TEST_F(CheckVerb, SarifNamesRulesAndLocations) {
  const auto result = lvslab("check --format sarif " + pair("02-announce-0-broken"));
  EXPECT_NE(result.out.find("\"version\": \"2.1.0\""), std::string::npos);
  EXPECT_NE(result.out.find("\"ruleId\": \"arp-announce-off\""), std::string::npos);
  EXPECT_NE(result.out.find("\"startLine\": "), std::string::npos);
}

TEST_F(CheckVerb, SeveralFilesAreAllChecked) {
  const auto result =
      lvslab("check " + pair("02-announce-0-broken") + " " + pair("29-arp-ignore-8-broken"));
  EXPECT_NE(result.out.find("arp-announce-off"), std::string::npos);
  EXPECT_NE(result.out.find("address-not-answered"), std::string::npos);
}

TEST_F(CheckVerb, AWaivedFindingIsPrintedWithItsReasonAndDoesNotCount) {
  const std::string path = scenario(
      "timeline: []\nwaive: [{finding: lossy-link, reason: a bad cable is the lesson}]\n"
      "link_defaults: {loss: 5%}\nexpect: [{findings: []}]\n");
  const auto result = lvslab("check " + path);
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("waived: a bad cable is the lesson"), std::string::npos) << result.out;
  EXPECT_EQ(lvslab("run --quiet " + path).status, 0);
}

TEST_F(CheckVerb, AMistakeInTheFileIsStatus2) {
  const auto result = lvslab("check " + scenario("hostz: {}\n"));
  EXPECT_EQ(result.status, 2);
  EXPECT_NE(result.err.find("hostz"), std::string::npos);
}

TEST_F(CheckVerb, AnExpectationOnFindingsFailsForWhatItDoesNotName) {
  const std::string path = scenario("link_defaults: {loss: 5%}\nexpect: [{findings: []}]\n");
  const auto result = lvslab("run --quiet " + path);
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.out.find("lossy-link on client"), std::string::npos) << result.out;
}

TEST_F(CheckVerb, WhatComesUpWhileRunningIsSeenFromItsMomentOn) {
  const std::string path =
      scenario("timeline: [{at: 500ms, host: server, serve: {tcp: 80}, state: closed}]\n");
  EXPECT_EQ(lvslab("check " + path).status, 0);
  const auto result = lvslab("run " + path);
  EXPECT_NE(result.out.find("error nothing-listens on server"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("    from 0.5 s on"), std::string::npos) << result.out;
}

}  // namespace
}  // namespace lvslab::testing
