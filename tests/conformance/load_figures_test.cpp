// What a run with queues says of itself: two ways to each figure agree, long runs forget nothing,
// and the rules of the language mean what they say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "conformance/cli_bed.h"

namespace lvslab::testing {
namespace {

using nlohmann::json;

class LoadFigures : public CommandLine {
 protected:
  /// Runs a file of scenarios/ and reads its summary.
  json summary_of(const std::string& arguments) {
    const auto result =
        lvslab("run --quiet --no-frames --out " + folder_.file("out") + " " + arguments);
    EXPECT_EQ(result.status, 0) << result.out << result.err;
    return json::parse(read_text_file(folder_.file("out/summary.json")), nullptr, false);
  }
  std::vector<std::string> lines(const std::string& name) const {
    return lines_of(read_text_file(folder_.file("out/" + name)));
  }
  static std::string file(const std::string& name) {
    return std::string(LVSLAB_SOURCE_DIR) + "/scenarios/" + name;
  }
};

TEST_F(LoadFigures, LittlesLawHoldsToTheLastPicosecond) {
  const json summary = summary_of(file("comparisons/flagship.yaml"));
  ASSERT_EQ(summary["audits"]["little"].size(), 5u);
  for (const json& law : summary["audits"]["little"]) {
    EXPECT_EQ(law["gap"].get<double>(), 0.0) << law;
    const double product = law["rate"].get<double>() * law["time"].get<double>();
    EXPECT_NEAR(law["in_system"].get<double>(), product, 1e-6 * product) << law;
  }
}

TEST_F(LoadFigures, TheUtilisationLawHoldsAndRequestsAddUp) {
  const json summary = summary_of(file("validation/weighted.yaml"));
  double arrived = 0;
  for (const json& use : summary["audits"]["utilisation"]) {
    EXPECT_NEAR(use["busy_share"].get<double>(), use["work_share"].get<double>(), 1e-6) << use;
    EXPECT_EQ(use["arrived"], use["answered"]) << use;
    EXPECT_EQ(use["present"], 0) << use;
    arrived += use["arrived"].get<double>();
  }
  EXPECT_EQ(arrived, 4000);
  const json& requests = summary["audits"]["requests"][0];
  EXPECT_EQ(requests["sent"], 4000);
  EXPECT_EQ(requests["answered"], 4000);
  EXPECT_EQ(requests["balanced"], true);
  EXPECT_GT(summary["real_servers"]["rs1"]["busy_share"].get<double>(), 0.7);
}

TEST_F(LoadFigures, AClosedLoopObeysResponseTimeIsUsersOverThroughputLessThink) {
  const json summary = summary_of("--set TIME=4000s " + file("validation/closed-loop.yaml"));
  const json& users = summary["traffic"]["users"];
  EXPECT_EQ(users["loop"], "closed");
  const double seconds = summary["simulated_time"].get<double>();
  const double throughput = users["requests"].get<double>() / seconds;
  EXPECT_NEAR(5 / throughput - 0.1, users["latency"]["mean"].get<double>(), 0.001);
}

// More connections than single rows are kept: those that are done go to the files meanwhile.
TEST_F(LoadFigures, ALongRunWritesEveryConnectionInOrder) {
  const json summary = summary_of("--set COUNT=130000 " + file("validation/single-server.yaml"));
  EXPECT_EQ(summary["traffic"]["q"]["completed"], 130'000);
  EXPECT_EQ(summary["traffic"]["q"]["latency"]["mean"].is_number(), true);
  const auto connections = lines("connections.csv"), requests = lines("requests.csv");
  ASSERT_EQ(connections.size(), 130'001u);
  ASSERT_EQ(requests.size(), 130'001u);
  for (const std::size_t i : {1u, 99'999u, 130'000u}) {
    EXPECT_THAT(connections[i], ::testing::StartsWith("q/" + std::to_string(i) + ","));
    EXPECT_THAT(requests[i], ::testing::StartsWith("q/" + std::to_string(i) + ","));
  }
  double sum = 0;
  for (std::size_t i = 1; i < requests.size(); ++i) {
    const std::size_t end = requests[i].rfind(',');
    const std::size_t begin = requests[i].rfind(',', end - 1) + 1;
    sum += std::stod(requests[i].substr(begin, end - begin));
  }
  EXPECT_NEAR(sum / 130'000, summary["traffic"]["q"]["latency"]["mean"].get<double>(), 1e-9);
  EXPECT_FALSE(std::filesystem::exists(folder_.file("out/frames.jsonl")));
}

TEST_F(LoadFigures, TheSeriesHasQueueAndBusyShareInEveryBin) {
  summary_of(file("validation/single-server.yaml"));
  const auto series = lines("series.csv");
  ASSERT_GT(series.size(), 100u);
  double busy = 0;
  for (std::size_t i = 1; i < series.size(); ++i) {
    std::vector<std::string> cells(1);
    for (const char c : series[i]) {
      if (c == ',')
        cells.emplace_back();
      else
        cells.back() += c;
    }
    ASSERT_EQ(cells.size(), 11u) << series[i];
    EXPECT_FALSE(cells[4].empty());
    busy += std::stod(cells[5]);
    EXPECT_LE(std::stod(cells[5]), 1.0 + 1e-9) << series[i];
  }
  EXPECT_NEAR(busy / static_cast<double>(series.size() - 1), 0.78, 0.05);
}

// The same demands whoever picks: so two schedulers are compared on the same requests.
TEST_F(LoadFigures, UnderEverySchedulerTheSameRequestsComeAndAskTheSame) {
  std::vector<double> work;
  for (const char* scheduler : {"rr", "lc-active", "random"}) {
    const json summary = summary_of("--set MEAN=60ms --set SLACK=100% --set SCHED=" + std::string(scheduler) + " " +
                                    file("comparisons/flagship.yaml"));
    double sum = 0;
    for (const json& use : summary["audits"]["utilisation"])
      sum += use["answered"].get<double>() * use["service_mean"].get<double>();
    work.push_back(sum);
  }
  EXPECT_NEAR(work[0], work[1], 1e-6);
  EXPECT_NEAR(work[0], work[2], 1e-6);
}

// All times a thousand times as long: the same decisions, the same figures but for the unit.
TEST_F(LoadFigures, NothingHasATimeOfItsOwnWhereNothingIsTimed) {
  const json fast = summary_of("--set SLACK=100% " + file("validation/single-server.yaml"));
  const json slow = summary_of("--set MEAN=50s --set RATE=0.08/s --set 'LAW=exponential 10s' " +
                               file("validation/single-server.yaml"));
  const double ratio = slow["traffic"]["q"]["latency"]["mean"].get<double>() /
                       fast["traffic"]["q"]["latency"]["mean"].get<double>();
  EXPECT_NEAR(ratio, 1000.0, 1e-6);
}

}  // namespace
}  // namespace lvslab::testing
