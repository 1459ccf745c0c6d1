// `lvslab test` as people and their CI run it: which files, in which order, what it says of a
// failure, races, golden ladders, exit statuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>

#include "conformance/cli_bed.h"

namespace lvslab::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Whose answer the router hears last decides, and both are sent at the same instant.
constexpr char kTwoAnswer[] = R"(lvslab: 1
title: Two hosts answer for one address
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
links:
  - [router:eth0, lan]
  - [lvs:eth0, lan]
  - [rs1:eth0, lan]
traffic:
  web: {from: router, to: $VIP:80, connections: 1, request: "GET /\r\n"}
expect:
)";

class TestVerb : public CommandLine {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_.path() / "suite/below"); }
  /// In a folder that holds nothing else.
  std::string put(const std::string& name, const std::string& text) {
    return file("suite/" + name, text);
  }
  std::string good() const { return std::string(kSmallScenario) + kTwo; }
  std::string bad() const { return std::string(kSmallScenario) + kSeven; }
  std::string race(const std::string& expectations) const { return kTwoAnswer + expectations; }
  ProcessResult test(const std::string& arguments) {
    return run_process(
        "cd '" + folder_.file("suite") + "' && '" LVSLAB_PROGRAM "' test " + arguments,
        folder_.path().string());
  }
  static constexpr char kTwo[] = "expect:\n  - {connections: web, completed: 2}\n";
  static constexpr char kSeven[] = "expect:\n  - {connections: web, completed: 7}\n";
};

TEST_F(TestVerb, FilesOfFoldersRunInTheOrderOfTheirPathsWhateverTheNumberOfWorkers) {
  put("b.yml", good());
  put("below/c.yaml", good());
  put("a.yaml", bad());
  put("notes.txt", "no scenario");
  std::string first;
  for (const char* workers : {"--jobs 1", "--jobs 2", "--jobs 5"}) {
    const auto result = test(std::string(workers) + " .");
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.err, "");
    if (first.empty()) first = result.out;
    EXPECT_EQ(result.out, first) << workers;
  }
  EXPECT_THAT(first, StartsWith("FAIL  a.yaml: 1 expectation, 1 failed\n"));
  EXPECT_THAT(first, EndsWith("ok    b.yml: 1 expectation\nok    below/c.yaml: 1 expectation\n"
                              "2 passed, 1 failed, 0 skipped\n"));
}

TEST_F(TestVerb, AFailureIsShownWithPlaceAndTheCommandThatReproducesIt) {
  put("a.yaml", bad());
  const auto result = test("a.yaml");
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, HasSubstr("      a.yaml:14:6: connections\n"
                                    "        expected     completed: 7\n"
                                    "        actual       completed: 2\n"
                                    "        reproduce    lvslab explain a.yaml\n"));
}

TEST_F(TestVerb, AFileWithMistakesFailsWithItsMessagesAndTheOthersRun) {
  put("a.yaml", "lvslab: 1\nhost: {}\n");
  put("b.yaml", good());
  const auto result = test(".");
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, HasSubstr("a.yaml:2:1: "));
  EXPECT_THAT(result.out, EndsWith("1 passed, 1 failed, 0 skipped\n"));
}

TEST_F(TestVerb, SkippedFilesAndFilesWithoutExpectationsDoNotFail) {
  put("a.yaml", kSmallScenario);
  put("b.yaml", std::string("skip: not today\n") + kSmallScenario + kSeven);
  const auto result = test(".");
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out,
            "ok    a.yaml: no expectations\nskip  b.yaml: not today\n"
            "1 passed, 0 failed, 1 skipped\n");
}

TEST_F(TestVerb, NothingToRunEndsWithThreeAndBadUsageWithTwo) {
  put("a.yaml", good());
  EXPECT_EQ(test("below").status, 3);
  EXPECT_THAT(test("below").err, HasSubstr("nothing to run"));
  EXPECT_EQ(test("--filter nobody .").status, 3);
  for (const char* arguments : {"", "nowhere", "--filter '(' .", "--jobs 0 .", "--order-seeds 0 .",
                                "--order-seeds 10001 .", "--junit"}) {
    const auto result = test(arguments);
    EXPECT_EQ(result.status, 2) << arguments;
    EXPECT_EQ(result.out, "") << arguments;
    EXPECT_NE(result.err, "") << arguments;
  }
  EXPECT_EQ(test("--junit no/such/folder.xml .").status, 3);
}

TEST_F(TestVerb, AFilterLooksAtPathsAndTitles) {
  put("a.yaml", good());
  put("below/b.yaml", race("  - {connections: web, completed: 1}\n"));
  put("broken.yaml", "lvslab: 1\nhost: {}\n");
  EXPECT_THAT(test("--filter '^below/' .").out, StartsWith("ok    below/b.yaml"));
  EXPECT_THAT(test("--filter '[Tt]wo hosts on' .").out, StartsWith("ok    a.yaml"));
  EXPECT_THAT(test("--filter '[Tt]wo hosts' .").out, EndsWith("2 passed, 0 failed, 0 skipped\n"));
}

TEST_F(TestVerb, AFailedNeighbourNamesTheFrameThatMadeItSo) {
  put("a.yaml", race("  - {neighbour: {of: router, address: $VIP}, is: rs1:eth0, when: always}\n"));
  const auto result = test("a.yaml");
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out,
              HasSubstr("first cause  0.000 022 048 s, router: neighbour 10.0.0.100 (VIP) on eth0: "
                        "REACHABLE lvs.eth0; the frame that brought it: 0.000 011 024 s, lvs.eth0 "
                        "sends ARP 10.0.0.100 is-at 02:00:00:00:02:00\n"));
}

TEST_F(TestVerb, AFailedConnectionNamesItsFirstLostPacket) {
  std::string text = good();
  text.replace(text.find("serve: [{tcp: 80"), 16, "serve: [{tcp: 81");
  put("a.yaml", text);
  const auto result = test("a.yaml");
  EXPECT_THAT(result.out,
              ContainsRegex("first cause  0.* s, server: dropped .no-socket.: .*web/1"));
}

TEST_F(TestVerb, AVerdictThatDependsOnTheOrderOfEventsIsARaceWithASeedOfEach) {
  put("a.yaml", race("  - {neighbour: {of: router, address: $VIP}, is: lvs:eth0}\n"));
  EXPECT_EQ(test("a.yaml").status, 0) << "the natural order alone";
  const auto result = test("--order-seeds 16 a.yaml");
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, ContainsRegex("held under tie seed 0, failed under tie seed [0-9]+"));
  std::smatch match;
  ASSERT_TRUE(std::regex_search(
      result.out, match, std::regex("reproduce +lvslab explain (a.yaml --tie-seed [0-9]+)")));
  const auto again = run_process(
      "cd '" + folder_.file("suite") + "' && '" LVSLAB_PROGRAM "' run " + match[1].str(),
      folder_.path().string());
  EXPECT_EQ(again.status, 1) << "the seed it names fails by itself";
}

TEST_F(TestVerb, ADeclaredRaceHoldsWhenEveryOutcomeListedOccursAndNoOther) {
  put("a.yaml", race("  - outcomes: {of: neighbour router $VIP, are: {lvs: any, rs1: \"> 5%\"}}\n"
                     "  - {neighbour: {of: router, address: $VIP}, is: lvs:eth0}\n"));
  const auto result = test("a.yaml");
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.out, HasSubstr("ok    a.yaml: 2 expectations, 16 orders\n"));
  EXPECT_THAT(result.out, ContainsRegex("outcomes of neighbour router 10.0.0.100: lvs [0-9]+ of 16 "
                                        "\\([0-9]+ %\\), rs1 [0-9]+ of 16"));
  EXPECT_THAT(result.out, HasSubstr("neighbour goes with the declared race"));
  EXPECT_THAT(test("--order-seeds 40 a.yaml").out, HasSubstr("40 orders"));
}

TEST_F(TestVerb, AnOutcomeThatIsMissingOrNotListedFails) {
  put("missing.yaml", race("  - outcomes: {of: neighbour router $VIP, "
                           "are: {lvs: any, rs1: any, none: any}}\n"));
  const auto missing = test("missing.yaml");
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.out, HasSubstr("is none under some of the orders"));
  put("other.yaml", race("  - outcomes: {of: connection web/1, are: {lvs: any}}\n"));
  const auto other = test("other.yaml");
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.out, ContainsRegex("actual +rs1, first under tie seed [0-9]+"));
  put("share.yaml",
      race("  - outcomes: {of: served web, are: {\"lvs=1\": \"< 10%\", \"rs1=1\": any}}\n"));
  EXPECT_EQ(test("share.yaml").status, 1);
}

TEST_F(TestVerb, ASingleRunHoldsWithOneOfTheOutcomesAndFailsWithAnother) {
  const std::string listed = file(
      "a.yaml", race("  - outcomes: {of: neighbour router $VIP, are: {lvs: any, rs1: any}}\n"));
  for (const char* seed : {"", " --tie-seed 1", " --tie-seed 2"})
    EXPECT_EQ(lvslab("run " + listed + seed).status, 0) << seed;
  const std::string none =
      file("b.yaml", race("  - outcomes: {of: neighbour router $VIP, are: {none: any}}\n"));
  EXPECT_EQ(lvslab("run " + none).status, 1);
  const std::string unknown =
      file("c.yaml", race("  - outcomes: {of: neighbour router $VIP, are: {rs7: any}}\n"));
  const auto refused = lvslab("run " + unknown);
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("Did you mean 'rs1'?"));
}

TEST_F(TestVerb, GoldenLaddersAreMadeComparedAndWrittenAnew) {
  put("a.yaml", good());
  put("b.yaml", good());
  const std::string ladder = folder_.file("suite/a.ladder");
  EXPECT_EQ(test("--update-golden .").status, 0);
  EXPECT_FALSE(std::filesystem::exists(ladder)) << "only for a file named alone";
  EXPECT_THAT(test("--update-golden a.yaml").out, HasSubstr("wrote a.ladder"));
  EXPECT_EQ(read_text_file(ladder), lvslab("explain " + folder_.file("suite/a.yaml")).out);
  EXPECT_EQ(test(".").status, 0);
  std::string text = good();
  text.replace(text.find("hello"), 5, "hallo to you");
  put("a.yaml", text);
  const auto result = test(".");
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, ContainsRegex("a.ladder:[0-9]+:1: ladder"));
  EXPECT_THAT(result.out, ContainsRegex("expected +  .*\n.*> "));
  EXPECT_THAT(test("--update-golden .").out, HasSubstr("wrote a.ladder"));
  EXPECT_EQ(test(".").status, 0);
  EXPECT_FALSE(std::filesystem::exists(folder_.file("suite/b.ladder")));
}

TEST_F(TestVerb, TheClosingLineStandsAloneAtTheEndInEveryForm) {
  put("a.yaml", bad());
  put("b.yaml", good());
  for (const char* form : {"", "--tap", "--github", "--tap --github"}) {
    const auto result = test(std::string(form) + " --junit out.xml .");
    EXPECT_EQ(result.status, 1) << form;
    EXPECT_THAT(result.out, EndsWith("\n1 passed, 1 failed, 0 skipped\n")) << form;
  }
  const auto tap = test("--tap --github .");
  EXPECT_THAT(tap.out, StartsWith("TAP version 14\nnot ok 1 - a.yaml\n"));
  EXPECT_THAT(tap.out, HasSubstr("::error file=a.yaml,line=14,col=6,title=connections::"));
  EXPECT_THAT(tap.out, HasSubstr("\n1..2\n"));
  EXPECT_THAT(read_text_file(folder_.file("suite/out.xml")),
              HasSubstr("tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\""));
}

TEST_F(TestVerb, InterruptedItTellsWhatWasDoneAndLeavesNobodyBehind) {
  put("a.yaml", good());
  std::string endless = kSmallScenario;
  endless.replace(endless.find("arrivals: every 1s"), 18, "arrivals: every 1ms");
  endless.replace(endless.find("COUNT: 2"), 8, "COUNT: 50000000");
  put("b.yaml", endless);
  const auto result = test(
      "--jobs 2 . & child=$!; sleep 1; kill -INT $child; wait $child; status=$?; "
      "pgrep -P $child >&2; exit $status");
  EXPECT_EQ(result.status, 130);
  EXPECT_EQ(result.out, "ok    a.yaml: 1 expectation\n1 passed, 0 failed, 0 skipped\n");
  EXPECT_EQ(result.err, "lvslab test: interrupted: 1 of 2 files were run.\n");
}

}  // namespace
}  // namespace lvslab::testing
