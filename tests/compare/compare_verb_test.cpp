// `lvslab compare` as people run it: the same bytes however the work is spread, after a death and a
// second start too; verdicts that must and must not come out.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class CompareVerb : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "compare-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    std::ofstream(file()) << R"(lvslab: 1
title: one server
params: {RATE: 80/s, COUNT: 400, DISCIPLINE: fcfs, PORT: 53}
link_defaults: {rate: unlimited, delay: 0s}
hosts:
  client: {interfaces: {eth0: {address: 10.0.0.1/24}}}
  server:
    role: real-server
    interfaces: {eth0: {address: 10.0.0.2/24}}
    serve: [{udp: 53, service_time: exponential 10ms, discipline: $DISCIPLINE}]
links: [["client:eth0", "server:eth0"]]
traffic:
  q: {from: client, to: "10.0.0.2:$PORT", protocol: udp, connections: $COUNT, arrivals: poisson $RATE, timeout: 1h}
compare: {vary: {RATE: [50/s, 60/s, 70/s]}, replications: 6}
)";
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string file() const { return folder_ + "/lab.yaml"; }
  std::string at(const std::string& name) const { return folder_ + "/" + name; }

  struct Ran {
    int status;
    std::string out;
  };
  Ran run(const std::string& arguments, const std::string& environment = {}) const {
    const std::string out = at("stdout");
    const std::string command = environment + " " LVSLAB_PROGRAM " compare " + file() + " " +
                                arguments + " > " + out + " 2>&1";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text(out)};
  }
  static std::string text(const std::string& path) {
    std::ostringstream all;
    all << std::ifstream(path, std::ios::binary).rdbuf();
    return all.str();
  }
  std::size_t runs(const std::string& folder) const {
    std::size_t count = 0;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(at(folder) + "/runs", none))
      count += entry.path().extension() == ".json";
    return count;
  }

  std::string folder_;
};

TEST_F(CompareVerb, OneJobAndThreeGiveTheSameBytes) {
  const Ran one = run("--jobs 1 --out " + at("a")), three = run("--jobs 3 --out " + at("b"));
  EXPECT_EQ(one.status, 0) << one.out;
  EXPECT_EQ(one.out, three.out);
  EXPECT_EQ(text(at("a/compare.json")), text(at("b/compare.json")));
  EXPECT_EQ(text(at("a/compare.csv")), text(at("b/compare.csv")));
  EXPECT_EQ(runs("a"), 18u);
  EXPECT_EQ(text(at("a/runs/0001-0003.json")), text(at("b/runs/0001-0003.json")));
  EXPECT_THAT(one.out, HasSubstr("60/s - 50/s"));
  EXPECT_THAT(one.out, HasSubstr("MSER-5"));
}

TEST_F(CompareVerb, KilledHalfWayAndResumedItIsTheSame) {
  const std::string slow = "--set COUNT=20000 --jobs 1";
  ASSERT_EQ(run(slow + " --out " + at("whole")).status, 0);
  const pid_t child = fork();
  if (child == 0) {
    const int quiet = open("/dev/null", 1);
    dup2(quiet, 1);
    dup2(quiet, 2);
    execl(LVSLAB_PROGRAM, "lvslab", "compare", file().c_str(), "--set", "COUNT=20000", "--jobs",
          "1", "--out", at("half").c_str(), nullptr);
    _exit(9);
  }
  while (runs("half") < 3) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_LT(runs("half"), 18u) << "it was too fast to be killed: make the runs longer";
  const Ran resumed = run(slow + " --resume " + at("half"));
  EXPECT_EQ(resumed.status, 0);
  EXPECT_THAT(resumed.out, HasSubstr("runs were there already"));
  EXPECT_EQ(text(at("half/compare.json")), text(at("whole/compare.json")));
}

TEST_F(CompareVerb, InterruptedItSaysWhatIsDoneAndEndsWith130) {
  const pid_t child = fork();
  if (child == 0) {
    const int log = open(at("log").c_str(), O_CREAT | O_WRONLY, 0644);
    dup2(log, 1);
    dup2(log, 2);
    execl(LVSLAB_PROGRAM, "lvslab", "compare", file().c_str(), "--set", "COUNT=20000", "--jobs",
          "2", "--out", at("cut").c_str(), nullptr);
    _exit(9);
  }
  while (runs("cut") < 2) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  kill(child, SIGINT);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 130);
  EXPECT_THAT(text(at("log")), HasSubstr("--resume"));
  EXPECT_THAT(text(at("cut/compare.json")), HasSubstr("\"interrupted\":true"));
}

TEST_F(CompareVerb, AResultOfOtherInputIsNotBelieved) {
  ASSERT_EQ(run("--out " + at("d")).status, 0);
  const std::string before = text(at("d/compare.json"));
  EXPECT_THAT(run("--resume " + at("d")).out, HasSubstr("18 runs were there already"));
  EXPECT_THAT(run("--seed 9 --resume " + at("d")).out, Not(HasSubstr("runs were there already")));
  EXPECT_NE(text(at("d/compare.json")), before);
  std::ofstream(at("d/runs/0000-0000.json")) << "{\"schema\":1}";
  std::ofstream(at("d/runs/0000-0001.json")) << "no result at all";
  EXPECT_EQ(run("--seed 9 --resume " + at("d")).status, 0);
}

TEST_F(CompareVerb, RanksShareTheRunsAndTheFirstOnePrints) {
  ASSERT_EQ(run("--out " + at("one")).status, 0);
  const std::string ranks =
      "for r in 0 1 2; do OMPI_COMM_WORLD_RANK=$r OMPI_COMM_WORLD_SIZE=3 "
      "PMIX_NAMESPACE=start1 " LVSLAB_PROGRAM " compare " +
      file() + " --out " + at("three") + " > " + at("rank") + "$r 2>&1 & done; wait";
  ASSERT_EQ(std::system(("bash -c '" + ranks + "'").c_str()), 0);
  EXPECT_EQ(text(at("three/compare.json")), text(at("one/compare.json")));
  EXPECT_THAT(text(at("rank0")), HasSubstr("open loop: q"));
  EXPECT_EQ(text(at("rank1")), "");
  EXPECT_EQ(run("", "OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2").status, 2)
      << "ranks need a folder";
}

TEST_F(CompareVerb, TheSameTwiceIsNotDistinguishableAndTwiceTheLoadIs) {
  EXPECT_EQ(run("--vary DISCIPLINE=fcfs,fcf").status, 2) << "a mistake of its cell";
  std::string text_of_file = text(file());
  text_of_file.replace(
      text_of_file.find("compare:"), std::string::npos,
      "compare: {variants: {a: {}, b: {}, c: {RATE: 90/s}}, expect: [{cell: b, is: "
      "not distinguishable}, {cell: c, is: worse}]}\n");
  std::ofstream(file(), std::ios::trunc) << text_of_file;
  const Ran verdicts = run("");
  EXPECT_EQ(verdicts.status, 0) << verdicts.out;
  EXPECT_THAT(verdicts.out, HasSubstr("not distinguishable"));
  EXPECT_THAT(verdicts.out, HasSubstr("worse"));
  text_of_file.replace(text_of_file.find("is: worse"), 9, "is: better");
  std::ofstream(file(), std::ios::trunc) << text_of_file;
  const Ran wrong = run("");
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.out, HasSubstr("FAILED"));
}

TEST_F(CompareVerb, KneesThresholdsAndSavedResults) {
  const Ran knee =
      run("--vary RATE=30/s..90/s\\ step\\ 20/s --knee 'highest RATE with mean < 25ms'");
  EXPECT_EQ(knee.status, 0) << knee.out;
  EXPECT_THAT(knee.out, HasSubstr("50/s, no more at 70/s"));
  // In whichever order the loads are named.
  EXPECT_THAT(run("--vary RATE=90/s,30/s,70/s,50/s --knee 'highest RATE with mean < 25ms'").out,
              HasSubstr("50/s, no more at 70/s"));
  EXPECT_THAT(run("--threshold 100%").out, HasSubstr("within the threshold"));
  ASSERT_EQ(run("--out " + at("old")).status, 0);
  const Ran against = run("--set COUNT=400 --against " + at("old"));
  EXPECT_THAT(against.out, HasSubstr("against " + at("old")));
  EXPECT_THAT(against.out, HasSubstr("p 1.0000: not distinguishable"));
  EXPECT_THAT(against.out, Not(HasSubstr(": better")));
  EXPECT_THAT(against.out, Not(HasSubstr(": worse")));
  EXPECT_EQ(run("--against " + at("nowhere")).status, 2);
}

TEST_F(CompareVerb, WhatIsNeverAnsweredIsNotFaster) {
  const Ran dead = run("--vary PORT=53,54 --threshold 5%");
  EXPECT_THAT(dead.out, Not(HasSubstr("better"))) << dead.out;
  EXPECT_THAT(dead.out, HasSubstr("not distinguishable"));
  const Ran knee = run("--vary PORT=53,54 --knee 'highest PORT with mean < 1h'");
  EXPECT_THAT(knee.out, HasSubstr("53, no more at 54")) << knee.out;
}

TEST_F(CompareVerb, ReplicatesUntilTheMeanIsKnown) {
  const Ran few = run("--vary RATE=50/s --format csv"),
            many = run("--vary RATE=50/s --half-width 3% --format csv");
  EXPECT_THAT(few.out, HasSubstr("50/s,q,open,mean,6,"));
  EXPECT_THAT(many.out, Not(HasSubstr("50/s,q,open,mean,6,")));
}

}  // namespace
