// Latency of a comparison's cells as curves: of all requests of all replications together.
#include <algorithm>

#include "compare/page_parts.h"
#include "metrics/histogram.h"
#include "report/svg_chart.h"

namespace lvslab::compare {
namespace {

using report::ChartAxis;
using report::ChartSeries;
using report::LineChart;

/// Traffics that have curves.
constexpr std::size_t kMostTraffics = 3;

double seconds_of(std::uint16_t bucket) {
  return static_cast<double>(metrics::Histogram::value_of(bucket)) * 1e-12;
}

std::uint64_t requests_of(const TrafficResult& t) {
  std::uint64_t all = 0;
  for (const auto& [bucket, count] : t.histogram) all += count;
  return all;
}

ChartSeries cumulated(const std::string& name, const TrafficResult& t) {
  ChartSeries series{name, {}, ChartSeries::Form::kStep};
  const std::uint64_t requests = requests_of(t);
  const auto all = static_cast<double>(requests);
  std::uint64_t sum = 0;
  for (const auto& [bucket, count] : t.histogram) {
    sum += count;
    if (sum * 1000 < requests) continue;  // the least of all would stretch a logarithmic axis
    series.points.push_back({seconds_of(bucket), static_cast<double>(sum) / all});
  }
  return series;
}

ChartSeries percentiles(const std::string& name, const TrafficResult& t) {
  ChartSeries series{name, {}, ChartSeries::Form::kLine};
  const std::uint64_t all = requests_of(t);
  std::uint64_t sum = 0;
  auto bucket = t.histogram.begin();
  for (const std::uint64_t p : {1000U, 10000U, 25000U, 50000U, 75000U, 90000U, 95000U, 98000U,
                                99000U, 99500U, 99800U, 99900U, 99950U, 99980U, 99990U, 99999U}) {
    // A percentile needs a value beyond it to be more than the greatest.
    if (p > 50000 && all * (100000 - p) < 100000) break;
    const std::uint64_t rank = std::max<std::uint64_t>(1, (all * p + 99999) / 100000);
    while (bucket != t.histogram.end() && sum + bucket->second < rank) {
      sum += bucket->second;
      ++bucket;
    }
    if (bucket == t.histogram.end()) break;
    series.points.push_back({static_cast<double>(p) / 100000, seconds_of(bucket->first)});
  }
  return series;
}

/// Of so many orders of magnitude that a linear axis would show one line only.
bool wide(const std::vector<const TrafficResult*>& list) {
  double least = 0, most = 0;
  for (const TrafficResult* t : list) {
    if (t == nullptr || t->histogram.empty()) continue;
    const double from = seconds_of(t->histogram.front().first);
    if (from > 0 && (least == 0 || from < least)) least = from;
    most = std::max(most, seconds_of(t->histogram.back().first));
  }
  return least > 0 && most > 20 * least;
}

std::string pair_of_charts(const Printed& p, const PageTraffic& traffic, std::size_t from,
                           std::size_t end) {
  const lang::Words& t = p.words;
  LineChart cdf, tail;
  const std::string of = page_traffic_name(p, traffic);
  cdf.title = t.say("Share of requests answered within, {}", of);
  tail.title = t.say("Latency by percentile, {}", of);
  cdf.width = tail.width = 540;
  cdf.no_data = tail.no_data = t("no data");
  cdf.x = {.title = t("latency"),
           .scale = wide(traffic.of_cell) ? ChartAxis::Scale::kLog : ChartAxis::Scale::kLinear,
           .unit = ChartAxis::Unit::kSeconds};
  cdf.y = {.title = t("share of requests"), .unit = ChartAxis::Unit::kShare, .from = 0, .to = 1};
  tail.x = {.title = t("percentile"), .scale = ChartAxis::Scale::kTail};
  tail.y = {
      .title = t("latency"), .scale = ChartAxis::Scale::kLog, .unit = ChartAxis::Unit::kSeconds};
  for (std::size_t c = from; c < end; ++c) {
    const TrafficResult* result = traffic.of_cell[c];
    if (result == nullptr || result->histogram.empty()) continue;
    cdf.series.push_back(cumulated(p.plan.cells[c].name, *result));
    tail.series.push_back(percentiles(p.plan.cells[c].name, *result));
  }
  if (cdf.series.empty()) return {};
  return report::page_figure(cdf.title, svg(cdf)) + report::page_figure(tail.title, svg(tail));
}

}  // namespace

std::string page_curves(const Printed& p) {
  const lang::Words& t = p.words;
  const std::size_t cells = p.plan.cells.size();
  const std::vector<PageTraffic> traffics = page_traffics(p);
  std::string body;
  std::size_t shown = 0;
  for (std::size_t i = 0; i < std::min(traffics.size(), kMostTraffics); ++i) {
    shown = 0;
    for (std::size_t chart = 0; chart < kPageCharts && shown < cells; ++chart) {
      const std::size_t end = std::min(cells, shown + kPageLines);
      body += pair_of_charts(p, traffics[i], shown, end);
      shown = end;
    }
  }
  if (body.empty()) return {};
  return report::page_section(
      "latency", t("Latency"),
      "<p class=\"note\">" + t("All requests after the warm-up, of all replications together.") +
          "</p>\n<div class=\"charts\">\n" + body + "</div>\n" +
          report::page_left_out(t, cells, shown, t("compare.json has all")) +
          report::page_left_out(t, traffics.size(), std::min(traffics.size(), kMostTraffics),
                                t("compare.json has all")));
}

}  // namespace lvslab::compare
