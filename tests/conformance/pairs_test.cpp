// Pairs of scenarios/arp-conflicts: NAME.yaml, which is well, and NAME-broken.yaml, the same with
// one change. Each side's expectations must fail on the other: so they say what the change does.
#include <gtest/gtest.h>

#include <string>

#include "support/scenario_run.h"

namespace lvslab {
namespace {

constexpr std::string_view kSuffix = "-broken.yaml";

std::vector<std::string> broken_files() {
  std::vector<std::string> all;
  for (const std::string& file : testing::scenario_files()) {
    if (file.starts_with("scenarios/arp-conflicts/") && file.ends_with(kSuffix))
      all.push_back(file);
  }
  return all;
}

std::string cured(const std::string& broken) {
  return broken.substr(0, broken.size() - kSuffix.size()) + ".yaml";
}

// How many of `judge`'s expectations fail when `lab` runs.
std::size_t failures(const std::string& lab, const std::string& judge) {
  scenario::ReadResult read = scenario::read_scenario(testing::repository_path(lab));
  const scenario::ReadResult expectations =
      scenario::read_scenario(testing::repository_path(judge));
  EXPECT_TRUE(read.errors.empty() && expectations.errors.empty()) << lab;
  read.scenario.expectations = expectations.scenario.expectations;
  std::vector<scenario::Message> errors;
  const auto built = scenario::Lab::build(read.scenario, {}, errors);
  const auto panel = expect::Panel::make(*built, errors);
  metrics::Collector collector(built->scene());
  trace::Fanout watchers;
  watchers.add(&built->scene_keeper());
  watchers.add(&collector);
  watchers.add(panel.get());
  built->world().watch(&watchers, WatchLevel::kEverything);
  built->configure(errors);
  EXPECT_TRUE(errors.empty()) << lab;
  built->run({});
  built->finish();
  std::size_t failed = 0;
  for (const auto& judged : panel->judge(*built, collector))
    failed += judged.verdict.passed ? 0 : 1;
  return failed;
}

class Pair : public ::testing::TestWithParam<std::string> {};

TEST_P(Pair, UndoingTheOneChangeFlipsTheVerdict) {
  const std::string& broken = GetParam();
  const std::string well = cured(broken);
  EXPECT_EQ(failures(well, well), 0u);
  EXPECT_EQ(failures(broken, broken), 0u);
  EXPECT_GT(failures(broken, well), 0u) << "what is expected of the cured lab holds when broken";
  EXPECT_GT(failures(well, broken), 0u) << "the symptom shows in the cured lab";
}

INSTANTIATE_TEST_SUITE_P(ArpConflicts, Pair, ::testing::ValuesIn(broken_files()),
                         [](const ::testing::TestParamInfo<std::string>& of) {
                           std::string name;
                           const std::string& path = of.param;
                           for (const char c : path.substr(path.rfind('/') + 1))
                             name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
                           return name;
                         });

TEST(Pairs, EveryBrokenLabHasItsCure) {
  EXPECT_GE(broken_files().size(), 30u);
  for (const std::string& broken : broken_files())
    EXPECT_TRUE(std::filesystem::exists(testing::repository_path(cured(broken)))) << broken;
}

}  // namespace
}  // namespace lvslab
