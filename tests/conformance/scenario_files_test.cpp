// Every file below scenarios/ is a test: it holds what it expects, gives the same records each
// time, and loses no frame, also when simultaneous events run in other orders.
#include <gtest/gtest.h>

#include <cctype>

#include "support/scenario_run.h"

namespace lvslab::testing {
namespace {

class ScenarioFile : public ::testing::TestWithParam<std::string> {};

#define SKIP_WHEN_THE_FILE_SAYS_SO(run)                                      \
  ASSERT_NE((run).session, nullptr) << "the file has mistakes (see stderr)"; \
  if (!(run).session->skip().empty()) GTEST_SKIP() << (run).session->skip()

TEST_P(ScenarioFile, HoldsWhatItExpectsTwiceTheSame) {
  const cli::Options options = options_for(GetParam());
  const ScenarioRun first = run_scenario(options);
  SKIP_WHEN_THE_FILE_SAYS_SO(first);
  ASSERT_TRUE(first.ended);
  EXPECT_EQ(first.failures(), "");
  EXPECT_EQ(first.session->lab().world().check_conservation(), "");
  const ScenarioRun second = run_scenario(options);
  ASSERT_TRUE(second.ended);
  EXPECT_EQ(first.fingerprint, second.fingerprint) << "two runs of one file gave different records";
}

TEST_P(ScenarioFile, KeepsItsFramesAndVerdictsUnderOtherOrdersOfSimultaneousEvents) {
  cli::Options options = options_for(GetParam());
  for (std::uint64_t tie_seed = 1; tie_seed <= 3; ++tie_seed) {
    SCOPED_TRACE("tie seed " + std::to_string(tie_seed));
    options.tie_seed = tie_seed;
    const ScenarioRun run = run_scenario(options);
    SKIP_WHEN_THE_FILE_SAYS_SO(run);
    ASSERT_TRUE(run.ended);
    EXPECT_EQ(run.session->lab().world().check_conservation(), "");
    EXPECT_EQ(run.failures(), "")
        << "a verdict that depends on the order of simultaneous events is a race";
  }
}

// Watching must not change what happens: with nobody watching the same number of events runs to the
// same end.
TEST_P(ScenarioFile, RunsTheSameWhenNobodyWatches) {
  const cli::Options options = options_for(GetParam());
  const ScenarioRun watched = run_scenario(options);
  SKIP_WHEN_THE_FILE_SAYS_SO(watched);
  ASSERT_TRUE(watched.ended);
  const auto session = cli::Session::open(options);
  ASSERT_NE(session, nullptr);
  ASSERT_TRUE(session->run(options, WatchLevel::kNothing));
  const engine::World& a = watched.session->lab().world();
  const engine::World& b = session->lab().world();
  EXPECT_EQ(a.now(), b.now());
  EXPECT_EQ(a.totals().frames_sent, b.totals().frames_sent);
  EXPECT_EQ(a.totals().frame_hops, b.totals().frame_hops);
  EXPECT_EQ(a.totals().events, b.totals().events);
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.substr(std::string("scenarios/").size());
  name.resize(name.size() - std::string(".yaml").size());
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, ScenarioFile, ::testing::ValuesIn(scenario_files()), test_name);

}  // namespace
}  // namespace lvslab::testing
