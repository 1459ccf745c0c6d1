// Bars, knees, shares and load of a comparison's page.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "compare/page_parts.h"
#include "compare/texts.h"
#include "fmt/format.h"
#include "report/markup.h"
#include "report/svg_chart.h"

namespace lvslab::compare {
namespace {

using report::BarChart;
using report::ChartAxis;
using report::ChartBar;
using report::ChartSeries;
using report::LineChart;
using Unit = ChartAxis::Unit;

Unit unit_of(std::string_view metric) {
  if (is_latency(metric)) return Unit::kSeconds;
  return metric == "failed" ? Unit::kShare : Unit::kNumber;
}

ChartBar bar_of(std::string_view metric, const Estimate& e) {
  ChartBar bar;
  bar.value = e.count == 0 ? std::nan("") : e.mean;
  bar.text = e.count == 0 ? "-" : value_text(metric, e.mean);
  if (e.has_interval()) {
    bar.low = e.mean - e.half_width;
    bar.high = e.mean + e.half_width;
    bar.text += " ±" + value_text(metric, e.half_width);
  }
  return bar;
}

std::string charts(const std::string& body) {
  return body.empty() ? "" : "<div class=\"charts\">\n" + body + "</div>\n";
}

/// The number a value begins with: 0.8, 50 of "50/s".
std::optional<double> leading_number(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// Cells that differ in the knee's dimension alone, by rising value.
std::vector<std::size_t> knee_line(const Printed& p, const std::string& where) {
  const std::size_t d = p.plan.knee->dimension;
  std::vector<std::size_t> line;
  for (std::size_t c = 0; c < p.plan.cells.size(); ++c) {
    std::vector<std::string> others = p.plan.cells[c].values;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(d));
    if (scenario::cell_name(others) == where && p.outcome.cells[c].replications > 0)
      line.push_back(c);
  }
  std::stable_sort(line.begin(), line.end(), [&](std::size_t a, std::size_t b) {
    return scenario::less_figure(p.plan.cells[a].values[d], p.plan.cells[b].values[d]);
  });
  return line;
}

std::string knee_chart(const Printed& p, const KneeResult& knee) {
  const Knee& wanted = *p.plan.knee;
  const std::vector<std::size_t> line = knee_line(p, knee.where);
  LineChart chart;
  chart.title = wanted.text + ", " + knee.traffic + (knee.where.empty() ? "" : ", " + knee.where);
  chart.width = 540;
  chart.no_data = p.words("no data");
  chart.x = {.title = p.plan.dimensions[wanted.dimension]};
  chart.x.from_zero = false;
  chart.y = {.title = p.words(wanted.metric), .unit = unit_of(wanted.metric)};
  ChartSeries measured{p.words(wanted.metric), {}, ChartSeries::Form::kLine};
  ChartSeries bound{p.words("bound"), {}, ChartSeries::Form::kLine};
  for (const std::size_t c : line) {
    const std::string& value = p.plan.cells[c].values[wanted.dimension];
    const std::optional<double> x = leading_number(value);
    if (!x) return {};  // words have no places on an axis; the table tells of them
    for (const TrafficResult& t : p.outcome.cells[c].traffics) {
      if (t.name != knee.traffic) continue;
      const Estimate& e = t.of(wanted.metric).estimate;
      if (e.count == 0) continue;
      report::ChartPoint point{*x, e.mean};
      if (e.has_interval()) {
        point.low = std::max(e.mean - e.half_width, 0.0);
        point.high = e.mean + e.half_width;
      }
      measured.points.push_back(point);
    }
    bound.points.push_back({*x, wanted.bound});
  }
  chart.series = {std::move(measured), std::move(bound)};
  return report::page_figure(chart.title, svg(chart));
}

/// A chart a group of cells: rows are servers, bars the cells.
std::string share_chart(const Printed& p, std::size_t from, std::size_t end) {
  BarChart chart;
  chart.title = p.words("Share of the connections per real server");
  chart.value = {.title = p.words("share"), .unit = Unit::kShare};
  chart.width = 1080;
  chart.no_data = p.words("no data");
  std::vector<std::string> servers;
  for (std::size_t c = from; c < end; ++c) {
    chart.kinds.push_back(p.plan.cells[c].name);
    for (const ServerResult& s : p.outcome.cells[c].servers) {
      if (std::find(servers.begin(), servers.end(), s.name) == servers.end())
        servers.push_back(s.name);
    }
  }
  if (servers.empty()) return {};
  const std::size_t shown = std::min<std::size_t>(servers.size(), 20);
  for (std::size_t i = 0; i < shown; ++i) {
    BarChart::Row row{servers[i], {}};
    for (std::size_t c = from; c < end; ++c) {
      ChartBar bar{.value = std::nan(""), .low = {}, .high = {}, .text = "-"};
      for (const ServerResult& s : p.outcome.cells[c].servers) {
        if (s.name != servers[i] || s.share.count == 0) continue;
        bar.value = s.share.mean;
        bar.text = fmt::format("{:.2f} %", 100 * s.share.mean);
        if (!s.share.has_interval()) continue;
        bar.low = std::max(s.share.mean - s.share.half_width, 0.0);
        bar.high = s.share.mean + s.share.half_width;
        bar.text += fmt::format(" ±{:.2f} %", 100 * s.share.half_width);
      }
      row.bars.push_back(std::move(bar));
    }
    chart.rows.push_back(std::move(row));
  }
  return "<figure>" + svg(chart) + "</figure>\n" +
         report::page_left_out(p.words, servers.size(), shown, p.words("compare.json has all"));
}

using Pick = double (*)(const LoadSeries&, std::size_t);

double pick_active(const LoadSeries& s, std::size_t bin) { return s.active[bin]; }
double pick_queue(const LoadSeries& s, std::size_t bin) { return s.queue[bin]; }

std::size_t bins_of(const LoadSeries& s) { return std::min(s.active.size(), s.queue.size()); }

/// A line for each server, or one for their sum when they are too many to tell apart.
std::vector<ChartSeries> load_lines(const Printed& p, const RunFigures& run, Pick pick) {
  std::vector<ChartSeries> lines;
  const bool apart = run.series.size() <= kPageLines;
  if (!apart)
    lines.push_back({p.words.say("all {}", run.series.size()), {}, ChartSeries::Form::kStep});
  for (const LoadSeries& server : run.series) {
    if (apart) lines.push_back({server.server, {}, ChartSeries::Form::kStep});
    std::vector<report::ChartPoint>& points = lines.back().points;
    points.resize(std::max(points.size(), bins_of(server)));
    for (std::size_t i = 0; i < bins_of(server); ++i) {
      points[i].x = run.bin * static_cast<double>(i);
      points[i].y += pick(server, i);
    }
  }
  return lines;
}

/// Small multiples over one scale, so that they can be set against each other.
std::string load_charts(const Printed& p, const std::string& title, const std::string& y,
                        Pick pick) {
  std::vector<std::pair<std::size_t, std::vector<ChartSeries>>> all;
  double most = 0;
  for (std::size_t c = 0; c < p.runs.size() && all.size() < kPageSmall; ++c) {
    if (p.runs[c].empty()) continue;
    all.emplace_back(c, load_lines(p, p.runs[c].front(), pick));
    for (const ChartSeries& line : all.back().second) {
      for (const report::ChartPoint& point : line.points) most = std::max(most, point.y);
    }
  }
  if (most == 0) return {};
  std::string body;
  for (auto& [c, lines] : all) {
    LineChart chart;
    chart.title = p.plan.cells[c].name;
    chart.about = title;
    chart.width = 540;
    chart.height = 220;
    chart.no_data = p.words("no data");
    chart.x = {.title = p.words("simulated time"), .unit = Unit::kSeconds};
    chart.y = {.title = y, .unit = Unit::kNumber, .from = 0, .to = most};
    chart.series = std::move(lines);
    body += report::page_figure(chart.title, svg(chart));
  }
  return "<h3>" + report::escaped(title) + "</h3>\n" + charts(body) +
         report::page_left_out(p.words, p.runs.size(), std::min(p.runs.size(), kPageSmall),
                               p.words("compare.json has all"));
}

}  // namespace

std::string page_bars(const Printed& p) {
  const lang::Words& t = p.words;
  std::string body;
  std::size_t drawn = 0, wanted = 0;
  const std::size_t cells = std::min(p.plan.cells.size(), kPageBars);
  bool first = true;
  for (const PageTraffic& traffic : page_traffics(p)) {
    for (const std::string& metric : p.plan.metrics) {
      if (metric == "jain" && !first) continue;  // it is of the servers, whatever the traffic
      if (++wanted > 3 * kPageCharts) continue;
      ++drawn;
      BarChart chart;
      chart.title = metric == "jain" ? t("jain") : page_traffic_name(p, traffic) + ", " + t(metric);
      chart.value = {.title = t(metric), .unit = unit_of(metric)};
      chart.width = 540;
      chart.no_data = t("no data");
      for (std::size_t c = 0; c < cells; ++c) {
        const TrafficResult* result = traffic.of_cell[c];
        if (result == nullptr) continue;
        chart.rows.push_back({p.plan.cells[c].name, {bar_of(metric, result->of(metric).estimate)}});
      }
      body += report::page_figure(chart.title, svg(chart));
    }
    first = false;
  }
  return report::page_section(
      "bars", t("Means with their intervals"),
      charts(body) +
          report::page_left_out(t, p.plan.cells.size(), cells, t("the table above has them")) +
          report::page_left_out(t, wanted, drawn, t("the table above has them")));
}

std::string page_knees(const Printed& p) {
  if (!p.plan.knee || p.outcome.knees.empty()) return {};
  const lang::Words& t = p.words;
  std::vector<std::vector<report::PageCell>> rows;
  std::string body;
  const std::size_t shown = std::min(p.outcome.knees.size(), kPageCells);
  for (std::size_t i = 0; i < shown; ++i) {
    const KneeResult& knee = p.outcome.knees[i];
    const std::string path = fmt::format("knees/{}/", i);
    rows.push_back(
        {{.text = knee.traffic, .key = path + "traffic", .value = knee.traffic, .number = false},
         {.text = knee.where, .key = path + "where", .value = knee.where, .number = false},
         {.text = knee.last.empty() ? t("none") : knee.last,
          .key = path + "last",
          .value = knee.last,
          .number = false},
         {.text = knee.first.empty() ? t("none: the last one tried holds") : knee.first,
          .key = path + "first_not",
          .value = knee.first,
          .number = false},
         {.text = knee.certain ? t("yes") : t("no: intervals overlap the bound"),
          .key = path + "certain",
          .value = knee.certain ? "true" : "false",
          .number = false}});
    if (i < kPageSmall) body += knee_chart(p, knee);
  }
  return report::page_section(
      "knee", t("The knee"),
      report::page_table(
          p.plan.knee->text,
          {t("traffic"), t("with"), t("last that holds"), t("first that does not"), t("certain")},
          rows) +
          charts(body) +
          report::page_left_out(t, p.outcome.knees.size(), shown, t("compare.json has all")));
}

std::string page_shares(const Printed& p) {
  std::string body;
  std::size_t shown = 0;
  const std::size_t cells = p.plan.cells.size();
  for (std::size_t chart = 0; chart < kPageCharts && shown < cells; ++chart) {
    const std::size_t end = std::min(cells, shown + kPageLines);
    body += share_chart(p, shown, end);
    shown = end;
  }
  if (body.empty()) return {};
  return report::page_section(
      "shares", p.words("Share of the connections per real server"),
      body + report::page_left_out(p.words, cells, shown, p.words("compare.json has all")));
}

std::string page_load(const Printed& p) {
  const lang::Words& t = p.words;
  const std::string body =
      load_charts(p, t("Active connections, as the directors count them"), t("active"),
                  pick_active) +
      load_charts(p, t("Requests present at each real server"), t("requests"), pick_queue);
  if (body.empty()) return {};
  return report::page_section(
      "load", t("Load over time"),
      "<p class=\"note\">" +
          t("The first replication of each cell; all charts of a kind have one scale.") + "</p>\n" +
          body);
}

}  // namespace lvslab::compare
