// `lvslab grade`: points by what happens, whatever way it was configured; mistakes, cheating and
// missing hosts cost points and never the run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "conformance/cli_bed.h"

namespace lvslab::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kKey[] = R"(lvslab: 1
title: The exercise
names: {SERVER: 10.0.0.2}
params: {COUNT: 2}
hosts:
  client: {interfaces: {eth0: {address: 10.0.0.1/24}}}
  server:
    interfaces: {eth0: {address: 10.0.0.2/24}}
    serve: [{tcp: 80}]
links:
  - [client:eth0, server:eth0]
traffic:
  web: {from: client, to: $SERVER:80, connections: $COUNT, arrivals: every 1s, timeout: 2s}
expect:
  - {connections: web, completed: 2}
  - {neighbour: {of: client, address: $SERVER}, is: server:eth0, when: finally}
)";

// The same by commands, with names and traffic of the student's own that do not count.
constexpr char kGood[] = R"(lvslab: 1
names: {SERVER: 172.16.0.9}
params: {COUNT: 0}
hosts:
  client: {run: ip addr add 10.0.0.1/24 dev eth0}
  server:
    run: ip addr add 10.0.0.2/24 dev eth0
    serve: [{tcp: 80, reply: "mine\n"}]
links:
  - [client:eth0, server:eth0]
traffic:
  other: {from: client, to: 10.0.0.2:80, connections: 50}
expect:
  - {connections: other, completed: 50}
)";

class Grade : public CommandLine {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_.path() / "class");
    file("key.yaml", kKey);
  }
  std::string put(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_.path() / "class" / name).parent_path());
    return file("class/" + name, text);
  }
  static std::string changed(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  }
  ProcessResult grade(const std::string& arguments = {}) {
    return run_process("cd '" + folder_.path().string() +
                           "' && '" LVSLAB_PROGRAM "' grade class --key key.yaml " + arguments,
                       folder_.path().string());
  }
};

TEST_F(Grade, EqualBehaviourHasAllPointsWhateverTheConfigurationAndTheStudentsOwnTraffic) {
  put("ann.yaml", kGood);
  const auto result = grade();
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.out,
            "student,file,points,of,percent,1 connections web,2 neighbour,reason\n"
            "ann,class/ann.yaml,2,2,100.0,pass,pass,\n");
}

TEST_F(Grade, RowsAreInTheOrderOfNamesForAnyNumberOfWorkersAndFoldersAreStudents) {
  put("carl/lab.yaml", kGood);
  put("bob.yaml", changed(kGood, "10.0.0.2/24", "10.0.0.3/24"));
  put("ann.yml", kGood);
  std::string first;
  for (const char* jobs : {"--jobs 1", "--jobs 3"}) {
    const auto result = grade(jobs);
    EXPECT_EQ(result.status, 1);
    if (first.empty()) first = result.out;
    EXPECT_EQ(result.out, first);
  }
  const std::size_t ann = first.find("\nann,"),
                    bob = first.find("\nbob,class/bob.yaml,0,2,0.0,fail,fail,"),
                    carl = first.find("\ncarl,class/carl/lab.yaml,2,2,100.0");
  ASSERT_NE(ann, std::string::npos) << first;
  ASSERT_NE(bob, std::string::npos) << first;
  ASSERT_NE(carl, std::string::npos) << first;
  EXPECT_LT(ann, bob);
  EXPECT_LT(bob, carl);
  EXPECT_THAT(first, HasSubstr("1 connections web: expected completed: 2, actual completed: 0"));
}

TEST_F(Grade, AnExpectationThatNamesWhatTheFileLacksCostsItsPointOnly) {
  file("key.yaml",
       std::string(kKey) + "  - {counter: {of: backup, name: IpInReceives}, value: 0}\n");
  auto key = std::string(kKey);
  key = changed(key, "links:", "  backup: {}\nlinks:") +
        "  - {counter: {of: backup, name: IpInReceives}, value: 0}\n";
  file("key.yaml", key);
  put("ann.yaml", kGood);
  const auto result = grade();
  EXPECT_EQ(result.status, 1) << result.err;
  EXPECT_THAT(result.out, HasSubstr("ann,class/ann.yaml,2,3,66.6,pass,pass,fail,"));
  EXPECT_THAT(result.out, HasSubstr("backup"));
}

TEST_F(Grade, WithoutTheHostThatTheTrafficComesFromThereAreNoPoints) {
  std::string text = kGood;
  for (const char* name : {"  client: {run", "[client:eth0", "from: client"}) {
    std::string other(name);
    text = changed(text, name, other.replace(other.find("client"), 6, "laptop"));
  }
  put("ann.yaml", text);
  const auto result = grade();
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, HasSubstr("ann,class/ann.yaml,0,2,0.0,fail,fail,"));
  EXPECT_THAT(result.out, HasSubstr("client"));
}

TEST_F(Grade, AFileWithMistakesHasARowWithTheirPlaceAndTheOthersAreGraded) {
  put("ann.yaml", "lvslab: 1\nhosst: {}\n");
  put("bob.yaml", kGood);
  put("carl.yaml", "lvslab: 1\nhosts: {a: {run: frobnicate}}\n");
  const auto result = grade("--out grades.csv");
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err, "");
  const std::string csv = read_text_file(folder_.file("grades.csv"));
  EXPECT_THAT(csv, HasSubstr("ann,class/ann.yaml,0,2,0.0,fail,fail,"));
  EXPECT_THAT(csv, HasSubstr("class/ann.yaml:2:1: "));
  EXPECT_THAT(csv, HasSubstr("bob,class/bob.yaml,2,2,100.0,pass,pass,\n"));
  EXPECT_THAT(csv, HasSubstr("class/carl.yaml:2:"));
  EXPECT_THAT(result.out, HasSubstr("bob                  2/2  all\n"));
}

TEST_F(Grade, CellsAreEscapedAndAFileMayNotTakeInAnothers) {
  put("ann, \"the best\".yaml", kGood);
  put("bob.yaml", "lvslab: 1\nextends: ../key.yaml\n");
  const auto result = grade();
  EXPECT_THAT(result.out,
              HasSubstr("\n\"ann, \"\"the best\"\"\",\"class/ann, \"\"the best\"\".yaml\",2,"));
  EXPECT_THAT(result.out, HasSubstr("bob,class/bob.yaml,0,"));
  EXPECT_THAT(result.out, HasSubstr("other files cannot be read here"));
}

TEST_F(Grade, WaiversAndSkipOfTheStudentDoNotCount) {
  put("ann.yaml", "skip: please\n" + changed(kGood, "10.0.0.2/24", "10.0.0.3/24"));
  EXPECT_THAT(grade().out, HasSubstr("ann,class/ann.yaml,0,2,"));
}

TEST_F(Grade, MistakesOfTheTeacherEndWithTwo) {
  put("ann.yaml", kGood);
  file("key.yaml", "lvslab: 1\nhosst: {}\n");
  EXPECT_EQ(grade().status, 2);
  file("key.yaml", kSmallScenario);
  const auto nothing = grade();
  EXPECT_EQ(nothing.status, 2);
  EXPECT_THAT(nothing.err, HasSubstr("expects nothing"));
  EXPECT_EQ(lvslab("grade nowhere --key key.yaml").status, 2);
  EXPECT_EQ(lvslab("grade " + folder_.file("class")).status, 2);
}

TEST_F(Grade, AnEmptyClassEndsWithThreeAndTheKeyIsNobody) {
  EXPECT_EQ(grade().status, 3);
  file("class/key.yaml", kKey);
  EXPECT_EQ(
      lvslab("grade " + folder_.file("class") + " --key " + folder_.file("class/key.yaml")).status,
      3);
}

}  // namespace
}  // namespace lvslab::testing
