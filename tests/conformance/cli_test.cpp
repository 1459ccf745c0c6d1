// The command line's contract: exit statuses, what goes to stdout and what to stderr, verbs and
// options.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "conformance/cli_bed.h"

namespace lvslab::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(CommandLine, ARunThatHoldsItsExpectationsEndsWithZeroAndSaysNothingOnStderr) {
  const auto result = lvslab("run " + scenario("expect:\n  - {connections: web, completed: 2}\n"));
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(result.out, HasSubstr("Two hosts on a cable"));
  EXPECT_THAT(result.out, HasSubstr("expectations: 1 held, 0 failed"));
}

TEST_F(CommandLine, AFailedExpectationEndsWithOneAndSaysWhatWasSeen) {
  const auto result = lvslab("run " + scenario("expect:\n  - {connections: web, completed: 7}\n"));
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, ContainsRegex("FAILED .*small.yaml:14:[0-9]+: connections"));
  EXPECT_THAT(result.out, HasSubstr("expected: "));
  EXPECT_THAT(result.out, HasSubstr("actual: "));
}

TEST_F(CommandLine, QuietPrintsOnlyWhatWentWrong) {
  EXPECT_EQ(lvslab("run --quiet " + scenario()).out, "");
  EXPECT_THAT(
      lvslab("run --quiet " + scenario("expect:\n  - {connections: web, completed: 7}\n")).out,
      HasSubstr("FAILED"));
}

TEST_F(CommandLine, AMistakeInTheFileEndsWithTwoAndNamesThePlaceOnStderr) {
  for (const char* verb : {"run", "explain", "graph"}) {
    const auto result = lvslab(std::string(verb) + " " + scenario("expcet: []\n"));
    EXPECT_EQ(result.status, 2) << verb;
    EXPECT_EQ(result.out, "") << verb;
    EXPECT_THAT(result.err, ContainsRegex("small.yaml:13:1: .*expcet")) << verb;
    EXPECT_THAT(result.err, HasSubstr("expect")) << "the nearest known word";
  }
}

TEST_F(CommandLine, AFileThatIsNotThereEndsWithTwo) {
  const auto result = lvslab("run " + folder_.file("nowhere.yaml"));
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("nowhere.yaml"));
}

TEST_F(CommandLine, BadUsageEndsWithTwoAndPrintsNoResult) {
  const std::string file = scenario();
  for (const std::string& arguments : {std::string(""),
                                       std::string("frobnicate"),
                                       std::string("run"),
                                       "run --no-such-option " + file,
                                       "run --seed x " + file,
                                       "run --seed -1 " + file,
                                       "run --set COUNT " + file,
                                       "run --set =3 " + file,
                                       "run --set NOBODY=3 " + file,
                                       "run --until soon " + file,
                                       "run --until 5 " + file,
                                       "run --pcap " + file,
                                       "run " + file + " " + file,
                                       "explain --format pdf " + file,
                                       "explain --connection web " + file,
                                       "explain --connection web/0 " + file,
                                       "explain --connection nobody/1 " + file,
                                       "graph --format pdf " + file,
                                       std::string("list"),
                                       std::string("list nonsense"),
                                       std::string("schema extra")}) {
    const auto result = lvslab(arguments);
    EXPECT_EQ(result.status, 2) << arguments;
    EXPECT_EQ(result.out, "") << arguments;
    EXPECT_NE(result.err, "") << arguments;
  }
}

TEST_F(CommandLine, WhatCannotBeWrittenEndsWithThree) {
  const std::string file = scenario();
  this->file("occupied", "a file where a folder should be");
  for (const std::string& arguments :
       std::vector<std::string>{"run --out " + folder_.file("occupied") + " " + file,
                                "run --out " + folder_.file("occupied/below") + " " + file,
                                "run --record " + folder_.file("no/such/folder.db") + " " + file,
                                "run " + file + " >/dev/full", "explain " + file + " >/dev/full",
                                "list schedulers >/dev/full", "schema >/dev/full"}) {
    const auto result = lvslab(arguments);
    EXPECT_EQ(result.status, 3) << arguments;
    EXPECT_NE(result.err, "") << arguments;
  }
}

TEST_F(CommandLine, AFullDiskEndsWithThreeWhicheverFileItHits) {
  for (const char* name : {"frames.jsonl", "all.pcapng", "client-eth0.pcapng", "console.jsonl",
                           "summary.json", "connections.csv"}) {
    const std::filesystem::path out = folder_.file(std::string("out-") + name);
    std::filesystem::create_directories(out);
    std::filesystem::create_symlink("/dev/full", out / name);
    const auto result = lvslab("run --pcap --out " + out.string() + " " + lab_b());
    EXPECT_EQ(result.status, 3) << name;
    EXPECT_NE(result.err, "") << name;
  }
}

TEST_F(CommandLine, UntilStopsAtThatMoment) {
  const auto result =
      lvslab("run --quiet --until 500ms --out " + folder_.file("out") + " " + scenario());
  EXPECT_EQ(result.status, 0);
  const auto summary = nlohmann::json::parse(read_text_file(folder_.file("out/summary.json")));
  EXPECT_EQ(summary["simulated_time"], 0.5);
  EXPECT_EQ(summary["traffic"]["web"]["connections"], 1) << "the second starts at 1 s";
}

TEST_F(CommandLine, SetGivesAParamAnotherValue) {
  const auto result =
      lvslab("run --set COUNT=5 " + scenario("expect:\n  - {connections: web, completed: 5}\n"));
  EXPECT_EQ(result.status, 0) << result.out << result.err;
}

TEST_F(CommandLine, TheSameFileAndSeedGiveTheSameBytes) {
  for (const char* out : {"a", "b"})
    ASSERT_EQ(lvslab("run --quiet --pcap --out " + folder_.file(out) + " " + lab_b()).status, 0);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.file("a"))) {
    EXPECT_EQ(read_text_file(entry.path().string()),
              read_text_file((folder_.path() / "b" / entry.path().filename()).string()))
        << entry.path();
    ++files;
  }
  EXPECT_GE(files, 6u + 9u);
}

TEST_F(CommandLine, StatsGoToStderrAndLeaveTheResultsAsTheyAre) {
  const std::string file = scenario();
  const auto plain = lvslab("run " + file), with = lvslab("run --stats " + file);
  EXPECT_EQ(plain.out, with.out);
  EXPECT_THAT(with.err, HasSubstr("frame-hops/s"));
}

TEST_F(CommandLine, ASkippedScenarioIsFineAndSaysWhy) {
  const auto result = lvslab("run " + scenario("skip: needs a kernel we do not have\n"));
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("needs a kernel we do not have"));
}

// --foreground: else timeout signals twice, and the second Ctrl-C does not wait for files.
TEST_F(CommandLine, AnInterruptedRunEndsWith130AndWritesWhatItHas) {
  std::string text = kSmallScenario;
  text.replace(text.find("connections: $COUNT, arrivals: every 1s"), 39,
               "connections: 1000000, arrivals: every 100us");
  const std::string long_run = file("long.yaml", text + "duration: 3600s\n");
  const auto result = run_process("timeout --foreground --preserve-status -s INT 2 '" LVSLAB_PROGRAM
                                  "' run --out " +
                                      folder_.file("out") + " " + long_run,
                                  folder_.path().string());
  EXPECT_EQ(result.status, 130) << result.err;
  const auto summary =
      nlohmann::json::parse(read_text_file(folder_.file("out/summary.json")), nullptr, false);
  ASSERT_TRUE(summary.is_object());
  EXPECT_EQ(summary["interrupted"], true);
}

TEST_F(CommandLine, ExplainOfAConnectionShowsItAndWhy) {
  const auto result = lvslab("explain --connection web/1 " + lab_b());
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(result.out, HasSubstr("[web/1]"));
  EXPECT_THAT(result.out, HasSubstr("scheduled: rr picked"));
  EXPECT_THAT(result.out, HasSubstr("arp_ignore=1"));
  EXPECT_THAT(result.out, ContainsRegex("eth.dst +director.eth0 -> rs[12].eth0"));
}

TEST_F(CommandLine, ExplainNamesTheTrafficsWhenTheConnectionIsUnknown) {
  EXPECT_THAT(lvslab("explain --connection wbe/1 " + lab_b()).err, HasSubstr("traffics here: web"));
}

TEST_F(CommandLine, ExplainAsMermaid) {
  const auto result = lvslab("explain --format mermaid --connection web/1 " + lab_b());
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.out, StartsWith("sequenceDiagram\n"));
}

TEST_F(CommandLine, ColoursAreForTerminalsWithoutNoColor) {
  EXPECT_THAT(lvslab("explain " + lab_b()).out, Not(HasSubstr("\033["))) << "no terminal";
  if (!have_program("script")) GTEST_SKIP() << "script(1) is not installed: no terminal to try";
  const auto on_terminal = [&](const std::string& environment) {
    return run_process("script -qec \"" + environment + " '" LVSLAB_PROGRAM "' explain " + lab_b() +
                           "\" /dev/null",
                       folder_.path().string())
        .out;
  };
  EXPECT_THAT(on_terminal("env -u NO_COLOR"), HasSubstr("\033[33m"));
  EXPECT_THAT(on_terminal("env NO_COLOR=1"), Not(HasSubstr("\033[")));
  EXPECT_THAT(on_terminal("env NO_COLOR="), HasSubstr("\033[33m"))
      << "an empty NO_COLOR counts as none";
}

TEST_F(CommandLine, ListsWhatThereIs) {
  const std::pair<const char*, const char*> kLists[] = {
      {"schedulers", "\nwlc "},        {"modes", "Route"},
      {"commands", "\nipvsadm "},      {"expectations", "\nneighbour "},
      {"fields", "\ntcp.flags.syn\n"}, {"limits", "\nipv6 "}};
  for (const auto& [what, line] : kLists) {
    const auto result = lvslab(std::string("list ") + what);
    EXPECT_EQ(result.status, 0) << what;
    EXPECT_EQ(result.err, "") << what;
    EXPECT_THAT("\n" + result.out, HasSubstr(line)) << what;
  }
}

TEST_F(CommandLine, GraphDrawsEveryNodeInEachFormat) {
  const std::pair<const char*, const char*> kFormats[] = {
      {"dot", "graph "}, {"graphml", "<?xml"}, {"svg", "<svg"}};
  for (const auto& [format, start] : kFormats) {
    const auto result = lvslab(std::string("graph --format ") + format + " " + lab_b());
    EXPECT_EQ(result.status, 0) << format;
    EXPECT_EQ(result.err, "") << format;
    EXPECT_THAT(result.out, StartsWith(start));
    for (const char* name : {"client", "director", "rs1", "rs2", "lan", "192.168.57.126"})
      EXPECT_THAT(result.out, HasSubstr(name)) << format;
  }
}

TEST_F(CommandLine, GraphsInXmlAreWellFormed) {
  if (!have_program("python3")) GTEST_SKIP() << "python3 is not installed: nothing was parsed";
  for (const char* format : {"graphml", "svg"}) {
    const auto result = run_process(
        "'" LVSLAB_PROGRAM "' graph --format " + std::string(format) + " " + lab_b() +
            " | python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.stdin.buffer)'",
        folder_.path().string());
    EXPECT_EQ(result.status, 0) << format << result.err;
  }
}

TEST_F(CommandLine, SchemaIsJson) {
  const auto result = lvslab("schema");
  EXPECT_EQ(result.status, 0);
  const auto schema = nlohmann::json::parse(result.out, nullptr, false);
  ASSERT_TRUE(schema.is_object());
  EXPECT_TRUE(schema.contains("$schema"));
  EXPECT_TRUE(schema["properties"].contains("hosts"));
}

TEST_F(CommandLine, HelpAndVersionAreResults) {
  for (const char* option : {"--help", "--version", "run --help"}) {
    const auto result = lvslab(option);
    EXPECT_EQ(result.status, 0) << option;
    EXPECT_NE(result.out, "") << option;
    EXPECT_EQ(result.err, "") << option;
  }
}

}  // namespace
}  // namespace lvslab::testing
