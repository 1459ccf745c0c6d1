#include "metrics/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "metrics/series.h"

namespace lvslab::metrics {
namespace {

std::int64_t by_rank(std::vector<std::int64_t> values, unsigned thousandths) {
  std::sort(values.begin(), values.end());
  return values[std::max<std::size_t>((values.size() * thousandths + 999) / 1000, 1) - 1];
}

TEST(Histogram, EveryBucketStandsForItsValuesWithin04Percent) {
  for (std::int64_t v = 1; v < (std::int64_t{1} << 62); v += 1 + v / 37) {
    const auto stands = static_cast<double>(Histogram::value_of(Histogram::bucket_of(v)));
    EXPECT_LE(std::abs(stands - static_cast<double>(v)), 0.004 * static_cast<double>(v)) << v;
  }
  EXPECT_EQ(Histogram::value_of(Histogram::bucket_of(0)), 0);
}

TEST(Histogram, FewValuesAreExactAndManyWithin04Percent) {
  for (const std::size_t count : {std::size_t{1}, Histogram::kExact, Histogram::kExact * 4}) {
    Random chance(count);
    Histogram histogram;
    std::vector<std::int64_t> values;
    __int128 sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      values.push_back(static_cast<std::int64_t>(exponential(chance.unit(), 1e10)));
      histogram.add(values.back());
      sum += values.back();
    }
    EXPECT_EQ(histogram.count(), count);
    EXPECT_TRUE(histogram.sum() == sum);
    EXPECT_EQ(histogram.min(), *std::min_element(values.begin(), values.end()));
    EXPECT_EQ(histogram.max(), *std::max_element(values.begin(), values.end()));
    const double slack = count <= Histogram::kExact ? 0 : 0.004;
    for (const unsigned p : {500u, 900u, 990u, 999u}) {
      const auto exact = static_cast<double>(by_rank(values, p));
      EXPECT_NEAR(static_cast<double>(histogram.percentile(p)), exact, exact * slack) << p;
    }
  }
}

TEST(Histogram, TwoJoinedAreAsOneOfAllValues) {
  Histogram first, second, all;
  Random chance(3);
  for (std::size_t i = 0; i < 3 * Histogram::kExact; ++i) {
    const auto v = static_cast<std::int64_t>(chance.below(1'000'000));
    (i % 3 == 0 ? first : second).add(v);
    all.add(v);
  }
  first.merge(second);
  EXPECT_EQ(first.count(), all.count());
  EXPECT_EQ(first.mean(), all.mean());
  EXPECT_EQ(first.percentile(990), all.percentile(990));
}

Instant ms(std::int64_t n) { return Instant::at(Duration::milliseconds(n)); }

TEST(Series, HasAbout200BinsOfARoundWidthAndLosesNothing) {
  Series series;
  Instant end;
  for (std::int64_t i = 0; i < 5'000; ++i) {
    end = ms(i);
    if (series.moves(end)) {
      series.end_levels(7, {.active = static_cast<std::uint32_t>(i)});
      series.go_to(end);
    }
    series.now_at(7).add_latency(i);
    series.add_busy(7, ms(std::max<std::int64_t>(i - 1, 0)), end, 2);
  }
  const Series::Table table = series.table(end);
  EXPECT_EQ(table.width, Duration::milliseconds(50));
  ASSERT_EQ(table.servers.size(), 1u);
  EXPECT_EQ(table.servers[0].first, 7u);
  const std::vector<Bin>& bins = table.servers[0].second;
  EXPECT_EQ(bins.size(), 100u);
  std::uint64_t requests = 0;
  std::int64_t busy = 0;
  for (const Bin& bin : bins) {
    requests += bin.requests;
    busy += bin.busy;
    EXPECT_EQ(bin.requests, 50u);
  }
  EXPECT_EQ(requests, 5'000u);
  EXPECT_EQ(busy, 2 * Duration::milliseconds(4'999).ps());
  EXPECT_EQ(bins[3].latency_min, 150);
  EXPECT_EQ(bins[3].percentile(990), 199);
  EXPECT_EQ(bins[3].active, 200u);
}

TEST(Series, AServerWithoutNewsKeepsItsLevels) {
  Series series;
  series.end_levels(1, {.active = 3, .inactive = 2, .queue = 1});
  series.go_to(ms(1'000));
  const Series::Table table = series.table(ms(1'000));
  for (std::size_t i = 0; i + 1 < table.servers[0].second.size(); ++i) {
    EXPECT_EQ(table.servers[0].second[i].active, 3u) << i;
    EXPECT_EQ(table.servers[0].second[i].queue, 1u) << i;
  }
}

}  // namespace
}  // namespace lvslab::metrics
