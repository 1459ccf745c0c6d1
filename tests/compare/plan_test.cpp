// From `compare:` and the command line to cells: names, order, baselines, and what is refused.
#include "compare/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace lvslab::compare {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A scenario of one server in a folder that goes with it.
class Bed {
 public:
  explicit Bed(const std::string& compare) {
    std::string name = (std::filesystem::temp_directory_path() / "plan-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    std::ofstream file(path());
    file << "lvslab: 1\ntitle: t\nparams: {RATE: 10/s, K: 1}\n"
            "hosts:\n  a: {interfaces: {eth0: {address: 10.0.0.1/24}}}\n"
            "  b: {interfaces: {eth0: {address: 10.0.0.2/24}}, serve: [{udp: 53}]}\n"
            "links: [[\"a:eth0\", \"b:eth0\"]]\n"
            "traffic:\n  q: {from: a, to: 10.0.0.2:53, protocol: udp, connections: 5, arrivals: "
            "poisson $RATE}\n"
         << compare;
  }
  ~Bed() { std::filesystem::remove_all(folder_); }
  std::string path() const { return folder_ + "/lab.yaml"; }

  Plan plan(Request request = {}) {
    request.file = path();
    const auto read = scenario::read_scenario(path());
    for (const auto& e : read.errors) ADD_FAILURE() << scenario::render(e, "");
    std::vector<scenario::ReadResult> broken;
    Plan plan = make_plan(request, read, broken);
    for (const auto& one : broken) plan.problems.push_back(one.errors.front().what);
    return plan;
  }
  std::vector<std::string> errors() {
    std::vector<std::string> list;
    for (const auto& e : scenario::read_scenario(path()).errors) {
      list.push_back(std::to_string(e.place.line) + ":" + std::to_string(e.place.column) + " " +
                     e.what);
    }
    return list;
  }

 private:
  std::string folder_;
};

std::vector<std::string> names(const Plan& plan) {
  std::vector<std::string> list;
  for (const Cell& cell : plan.cells) list.push_back(cell.name);
  return list;
}

TEST(Plan, CellsAreInScenarioOrderTheLastDimensionFastest) {
  Bed bed("compare: {vary: {RATE: [20/s, 10/s], K: 1..2}, variants: {small: {K: 5}, large: {}}}\n");
  EXPECT_THAT(
      names(bed.plan()),
      ElementsAre("20/s / 1 / small", "20/s / 1 / large", "20/s / 2 / small", "20/s / 2 / large",
                  "10/s / 1 / small", "10/s / 1 / large", "10/s / 2 / small", "10/s / 2 / large"));
}

TEST(Plan, AValueAsBaselineIsThatOfTheCellsThatDifferInItAlone) {
  Bed bed("compare: {vary: {RATE: [10/s, 20/s], K: [1, 2]}, baseline: 20/s}\n");
  const Plan plan = bed.plan();
  ASSERT_EQ(plan.cells.size(), 4u);
  EXPECT_EQ(plan.cells[0].against, 2u);
  EXPECT_EQ(plan.cells[1].against, 3u);
  EXPECT_FALSE(plan.cells[2].against);
  Request request;
  request.baseline = "10/s / 2";
  const Plan other = bed.plan(request);
  EXPECT_EQ(other.cells[0].against, 1u);
  EXPECT_EQ(other.cells[3].against, 1u);
  EXPECT_FALSE(other.cells[1].against);
}

TEST(Plan, RangesCountInDecimalsWithTheirUnits) {
  using scenario::parse_values;
  EXPECT_THAT(*parse_values("1..4"), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(*parse_values("0.7..0.9 step 0.1"), ElementsAre("0.7", "0.8", "0.9"));
  EXPECT_THAT(*parse_values("50/s..90/s step 20/s"), ElementsAre("50/s", "70/s", "90/s"));
  EXPECT_THAT(*parse_values("a, b"), ElementsAre("a", "b"));
  for (const char* wrong : {"1..", "..", "4..1", "1..2 step 0", "1ms..2s", "1..2000000", "a..b",
                            "1..9999999999999", "a,,b", ""})
    EXPECT_FALSE(parse_values(wrong)) << wrong;
}

TEST(Plan, WhatDecidesARunIsInItsFingerprint) {
  Bed bed("compare: {vary: {K: [1, 2]}}\n");
  const Plan plan = bed.plan();
  EXPECT_NE(plan.cells[0].fingerprint, plan.cells[1].fingerprint);
  EXPECT_EQ(plan.cells[0].fingerprint, bed.plan().cells[0].fingerprint);
  Request seed, warm_up, set;
  seed.seed = 7;
  warm_up.warm_up = "1s";
  set.set = {{"RATE", "11/s"}};
  for (const Request& other : {seed, warm_up, set})
    EXPECT_NE(bed.plan(other).cells[0].fingerprint, plan.cells[0].fingerprint);
}

TEST(Plan, TheCommandLineIsCheckedInOneGo) {
  Bed bed("");
  Request request;
  request.vary = {"RAT=1/s", "K", "K=1.."};
  request.half_width = "2";
  request.warm_up = "5";
  EXPECT_GE(bed.plan(request).problems.size(), 5u);
  EXPECT_THAT(bed.plan().problems, ElementsAre(HasSubstr("nothing to compare")));
  Request knee;
  knee.vary = {"K=1,2"};
  for (const char* text :
       {"highest X with p99 < 2ms", "highest K with p99 < 2", "N", "highest K with q < 1ms"}) {
    knee.knee = text;
    EXPECT_EQ(bed.plan(knee).problems.size(), 1u) << text;
  }
  knee.knee = "highest K with p99 < 20ms";
  EXPECT_TRUE(bed.plan(knee).problems.empty());
}

TEST(Plan, AVariantsOverridesArePathsOrParams) {
  Bed bed(
      "compare: {variants: {slow: {link_defaults: {rate: 1Mbps}, hosts.b.gateway: 10.0.0.1}, n: "
      "{K: 3}}}\n");
  EXPECT_TRUE(bed.plan().problems.empty());
  const auto read = scenario::read_scenario(bed.path(), {.variant = "slow"});
  ASSERT_TRUE(read.errors.empty());
  EXPECT_EQ(read.scenario.link_defaults.bits_per_second, 1'000'000u);
  EXPECT_TRUE(read.scenario.hosts[1].gateway.has_value());
  const auto other = scenario::read_scenario(bed.path(), {.variant = "n"});
  EXPECT_EQ(other.scenario.params[1].second, "3");
  EXPECT_FALSE(scenario::read_scenario(bed.path(), {.variant = "none"}).errors.empty());
}

TEST(CompareKeys, HostileOnesAreRefusedWithTheirPlace) {
  const std::pair<const char*, const char*> kCases[] = {
      {"compare: 3\n", "10:10"},
      {"compare: {vari: {}}\n", "10:11"},
      {"compare: {vary: [1]}\n", "10:17"},
      {"compare: {vary: {RAT: [1]}}\n", "10:18"},
      {"compare: {vary: {K: []}}\n", "10:21"},
      {"compare: {vary: {K: 5..1}}\n", "10:21"},
      {"compare: {vary: {K: [1, 1]}}\n", "10:21"},
      {"compare: {vary: {K: 1..9999, RATE: [1/s, 2/s]}}\n", "10:10"},
      {"compare: {variants: {a: 3}}\n", "10:25"},
      {"compare: {variants: {a/b: {}}}\n", "10:22"},
      {"compare: {vary: {K: [1]}, baseline: 2}\n", "10:37"},
      {"compare: {vary: {K: [1]}, replications: 1}\n", "10:41"},
      {"compare: {vary: {K: [1]}, replications: 5, max_replications: 4}\n", "10:62"},
      {"compare: {vary: {K: [1]}, warm_up: 3}\n", "10:36"},
      {"compare: {vary: {K: [1]}, half_width: 3}\n", "10:39"},
      {"compare: {vary: {K: [1]}, metrics: [p98]}\n", "10:37"},
      {"compare: {vary: {K: [1]}, unit: 0s}\n", "10:33"},
      {"compare: {vary: {K: [1]}, exact: {2: 3ms}}\n", "10:35"},
      {"compare: {vary: {K: [1, 2]}, expect: [{cell: 3, is: better}]}\n", "10:46"},
      {"compare: {vary: {K: [1, 2]}, expect: [{cell: 2, is: good}]}\n", "10:53"},
      {"compare: {vary: {K: [1, 2]}, expect: [{is: better}]}\n", "10:39"},
  };
  for (const auto& [text, place] : kCases) {
    Bed bed(text);
    const auto errors = bed.errors();
    ASSERT_FALSE(errors.empty()) << text;
    EXPECT_THAT(errors.front(), testing::StartsWith(place)) << text;
  }
}

}  // namespace
}  // namespace lvslab::compare
