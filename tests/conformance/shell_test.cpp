// `lvslab shell`: what a script of lines gets back, and that going back is exact.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "conformance/cli_bed.h"

namespace lvslab::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class ShellPrompt : public CommandLine {
 protected:
  ProcessResult typed(const std::string& lines, const std::string& file) {
    return run_process("printf '%s' '" + lines + "' | '" LVSLAB_PROGRAM "' shell " + file,
                       folder_.path().string());
  }
};

TEST_F(ShellPrompt, ACommandRunsOnTheHostThatIsNamedAndStaysThere) {
  const auto result = typed("rs1# hostname\nhostname\non client\nhostname\n", lab_b());
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("director# rs1# hostname\nrs1\n"));
  EXPECT_THAT(result.out, HasSubstr("rs1# hostname\nrs1\n"));
  EXPECT_THAT(result.out, HasSubstr("client# hostname\nclient\n"));
}

TEST_F(ShellPrompt, ItStartsOnTheDirectorWhenTheLabIsReady) {
  const auto result = typed("ipvsadm -Ln\n", lab_b());
  EXPECT_THAT(result.out, HasSubstr("director# ipvsadm -Ln\nIP Virtual Server"));
  EXPECT_THAT(result.out, HasSubstr("TCP  192.168.57.126:80 rr"));
}

TEST_F(ShellPrompt, RunWithoutATimeEndsWhenTheTrafficIsDone) {
  const auto result = typed("run\nipvsadm -Lnc\n", lab_b());
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("192.168.57.135:"));
}

TEST_F(ShellPrompt, UntilStopsAtTheFirstFrameThatFits) {
  const auto result = typed("until '\\''tcp.flags.syn == 1 && tcp.flags.ack == 1'\\''\n", lab_b());
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, ContainsRegex("s  rs[12].eth0 out: .*192.168.57.126"));
}

TEST_F(ShellPrompt, StepShowsTheNextThingThatHappensWithItsReasons) {
  const auto result = typed("step\nstep 2\n", lab_b());
  EXPECT_THAT(result.out, HasSubstr("the load starts it"));
}

TEST_F(ShellPrompt, BackUndoesWhatTheLastLinesChangedExactly) {
  const auto straight = typed("run 1ms\nipvsadm -Lnc\ntime\n", lab_b());
  const auto detour = typed("run 1ms\nipvsadm -C\nrun 2s\nback 2\nipvsadm -Lnc\ntime\n", lab_b());
  const std::string tail = straight.out.substr(straight.out.find("ipvsadm -Lnc\n"));
  EXPECT_THAT(detour.out, HasSubstr(tail));
  EXPECT_THAT(straight.out, HasSubstr("192.168.57.122:80"));
}

TEST_F(ShellPrompt, ExplainShowsTheWayOfTheLastPacketOnly) {
  const auto result = typed("run 300us\nexplain\n", lab_b());
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("out eth0"));
}

TEST_F(ShellPrompt, ExplainOfAConnectionShowsItsPickAndNobodyElses) {
  const auto result = typed("run\nexplain web/2\nexplain nobody/1\n", lab_b());
  EXPECT_THAT(result.out, HasSubstr("scheduled: rr picked"));
  EXPECT_THAT(result.out, HasSubstr("[web/2"));
  EXPECT_THAT(result.out, Not(HasSubstr("[web/1")));
  EXPECT_THAT(result.err, HasSubstr("prompt:3:1: no connection"));
  EXPECT_EQ(result.status, 2);
}

TEST_F(ShellPrompt, AMistakeIsNamedByLineAndTheRestIsStillDone) {
  const auto result = typed("on nowhere\nfrobnicate\nrun soon\nhostname\n", lab_b());
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("prompt:1:1: no host"));
  EXPECT_THAT(result.err, ContainsRegex("prompt:2:1: .*frobnicate"));
  EXPECT_THAT(result.err, HasSubstr("prompt:3:1: "));
  EXPECT_THAT(result.out, HasSubstr("director# hostname\ndirector\n"));
}

TEST_F(ShellPrompt, CommandsTakeSimulatedTime) {
  const auto result = typed("client# sleep 3\ntime\n", lab_b());
  EXPECT_THAT(result.out, ContainsRegex("client# time\n3\\.[0-9]* s"));
}

TEST_F(ShellPrompt, ABrokenFileEndsWithTwoBeforeThePrompt) {
  const auto result = typed("run\n", scenario("expcet: []\n"));
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.out, "");
}

}  // namespace
}  // namespace lvslab::testing
