#include "report/svg_chart.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "report/markup.h"
#include "report/svg_axis.h"
#include "report/well_formed.h"

namespace lvslab::report {
namespace {

std::vector<std::string> texts(const PlacedAxis& axis) {
  std::vector<std::string> out;
  for (const auto& tick : axis.ticks()) out.push_back(tick.text);
  return out;
}

using Strings = std::vector<std::string>;

TEST(ChartAxis, TicksAreRoundAndCoverTheValues) {
  EXPECT_EQ(texts(PlacedAxis({}, 3, 97, 5)), (Strings{"0", "20", "40", "60", "80", "100"}));
  EXPECT_EQ(texts(PlacedAxis({.from_zero = false}, 24.8, 49.5, 5)),
            (Strings{"20", "25", "30", "35", "40", "45", "50"}));
  EXPECT_EQ(texts(PlacedAxis({}, 0, 40'000, 4)), (Strings{"0", "10k", "20k", "30k", "40k"}));
}

TEST(ChartAxis, AllTicksOfATimeAxisHaveOneUnit) {
  PlacedAxis axis({.title = "latency", .unit = ChartAxis::Unit::kSeconds}, 0, 0.0042, 5);
  EXPECT_EQ(texts(axis), (Strings{"0", "1", "2", "3", "4", "5"}));
  EXPECT_EQ(axis.title(), "latency (ms)");
}

TEST(ChartAxis, ALogarithmicAxisHasDecadesAndLeavesOutWhatIsNotPositive) {
  PlacedAxis axis({.scale = ChartAxis::Scale::kLog, .unit = ChartAxis::Unit::kSeconds}, 2e-6, 0.5,
                  5);
  EXPECT_EQ(texts(axis), (Strings{"1 us", "10 us", "100 us", "1 ms", "10 ms", "100 ms", "1 s"}));
  axis.place(0, 100);
  EXPECT_FALSE(axis.holds(0));
  EXPECT_NEAR(axis.at(1e-3), 50, 0.01);
}

TEST(ChartAxis, PercentilesLieByTheirDistanceFromOne) {
  PlacedAxis axis({.scale = ChartAxis::Scale::kTail}, 0, 0.999, 5);
  EXPECT_EQ(texts(axis), (Strings{"0 %", "50 %", "90 %", "99 %", "99.9 %"}));
  axis.place(0, 300);
  EXPECT_NEAR(axis.at(0.9), 100, 0.01);
  EXPECT_NEAR(axis.at(0.99), 200, 0.01);
}

TEST(Chart, TextsAreShortAndHaveUnits) {
  EXPECT_EQ(chart_text(0.0123, ChartAxis::Unit::kSeconds), "12.3 ms");
  EXPECT_EQ(chart_text(2e-4, ChartAxis::Unit::kSeconds), "200 us");
  EXPECT_EQ(chart_text(0, ChartAxis::Unit::kSeconds), "0 s");
  EXPECT_EQ(chart_text(0.25, ChartAxis::Unit::kShare), "25 %");
  EXPECT_EQ(chart_text(1'500'000, ChartAxis::Unit::kNumber), "1.5M");
  EXPECT_EQ(chart_text(std::nan(""), ChartAxis::Unit::kNumber), "-");
}

TEST(Chart, HostileTextsAndValuesLeaveItWellFormed) {
  const double inf = std::numeric_limits<double>::infinity();
  LineChart chart{.title = "</title><script>alert(1)</script>",
                  .about = "\x01\xff&\"'",
                  .x = {},
                  .y = {.title = "<b>", .scale = ChartAxis::Scale::kLog},
                  .series = {},
                  .moments = {}};
  chart.series.push_back({"<img src=x onerror=alert(1)>",
                          {{0, 1}, {1, 0}, {2, -5}, {3, inf}, {4, std::nan("")}, {5, 1e300}},
                          ChartSeries::Form::kStep});
  chart.series.push_back({"", {}, ChartSeries::Form::kPoints});
  chart.moments.push_back({2, "<x>"});
  const std::string text = svg(chart);
  const Markup read = read_markup(text);
  EXPECT_EQ(read.problem, "");
  EXPECT_EQ(text.find("<script"), std::string::npos);
  EXPECT_EQ(text.find("<img"), std::string::npos);
  EXPECT_EQ(text.find("nan"), std::string::npos);
  EXPECT_EQ(text.find("inf"), std::string::npos);
}

TEST(Chart, WithoutDataItSaysSo) {
  EXPECT_NE(svg(LineChart{}).find("no data"), std::string::npos);
  EXPECT_NE(svg(BarChart{}).find("no data"), std::string::npos);
}

TEST(Chart, ItsSizeDoesNotFollowTheNumberOfPoints) {
  LineChart chart;
  ChartSeries series{"many", {}, ChartSeries::Form::kLine};
  for (int i = 0; i < 200'000; ++i)
    series.points.push_back({static_cast<double>(i), static_cast<double>((i * 7919) % 1000)});
  chart.series.push_back(series);
  EXPECT_LT(svg(chart).size(), 64'000U);
}

TEST(Chart, SeriesDifferByMoreThanColour) {
  LineChart chart;
  for (const char* name : {"a", "b", "c"})
    chart.series.push_back({name, {{0, 1}, {1, 2}}, ChartSeries::Form::kLine});
  const std::string text = svg(chart);
  EXPECT_NE(text.find("<circle"), std::string::npos);
  EXPECT_NE(text.find("<polygon"), std::string::npos);
  EXPECT_NE(chart_css().find("path.k1{stroke-dasharray"), std::string::npos);
}

TEST(Chart, BarsHaveWhiskersAtTheEndsOfTheirIntervals) {
  BarChart chart{.title = "p99",
                 .about = {},
                 .value = {.title = "p99", .unit = ChartAxis::Unit::kSeconds},
                 .kinds = {},
                 .rows = {}};
  chart.rows.push_back({"rr", {{.value = 0.010, .low = 0.008, .high = 0.012, .text = {}}}});
  chart.rows.push_back({"wlc", {{.value = 0.005, .low = {}, .high = {}, .text = "better"}}});
  const std::string text = svg(chart);
  EXPECT_EQ(read_markup(text).problem, "");
  EXPECT_NE(text.find("class=\"whisker\""), std::string::npos);
  EXPECT_NE(text.find(">10 ms</text>"), std::string::npos);
  EXPECT_NE(text.find(">better</text>"), std::string::npos);
}

TEST(Chart, TheSameValuesGiveTheSameBytes) {
  LineChart chart;
  chart.series.push_back({"a", {{0, 1.0 / 3}, {1, 2.0 / 7}}, ChartSeries::Form::kLine});
  EXPECT_EQ(svg(chart), svg(chart));
}

TEST(Markup, EverythingSpecialIsEscaped) {
  EXPECT_EQ(escaped("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
  EXPECT_EQ(escaped(std::string("\0\x1b", 2)), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(escaped("\xc3("), "\xef\xbf\xbd(");
  EXPECT_EQ(escaped("\xe5\xa4\xaa"), "\xe5\xa4\xaa");
}

TEST(Markup, ShorteningKeepsWholeCharacters) {
  EXPECT_EQ(shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(shortened("abcdefg", 6), "abcde\xe2\x80\xa6");
  EXPECT_EQ(shortened("\xe5\xa4\xaa\xe5\xa4\xaa\xe5\xa4\xaa", 5),
            "\xe5\xa4\xaa\xe5\xa4\xaa\xe2\x80\xa6");
}

}  // namespace
}  // namespace lvslab::report
