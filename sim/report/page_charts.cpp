// The charts of report.html, and who owned which address by ARP.
#include <algorithm>

#include "fmt/format.h"
#include "report/markup.h"
#include "report/page_parts.h"
#include "report/svg_chart.h"
#include "report/svg_parts.h"

namespace lvslab::report {
namespace {

using Unit = ChartAxis::Unit;

/// More lines than this in one chart cannot be told apart.
constexpr std::size_t kMostLines = kSeriesLooks;

double seconds(std::int64_t ps) { return static_cast<double>(ps) * 1e-12; }

std::vector<ChartMoment> moments(const RunResult& result) {
  std::vector<ChartMoment> out;
  if (!result.lab.is_ready()) return out;
  for (const scenario::TimelineItem& item : result.lab.scenario().timeline) {
    if (out.size() >= 8) break;
    std::string name = "link";
    if (const auto* run = std::get_if<scenario::RunAction>(&item.action))
      name = run->host + ": " + run->script.text;
    else if (const auto* power = std::get_if<scenario::PowerAction>(&item.action))
      name = power->host + (power->on ? " on" : " off");
    else if (const auto* serve = std::get_if<scenario::ServeAction>(&item.action))
      name = serve->host + " serve";
    else if (const auto* inject = std::get_if<scenario::InjectAction>(&item.action))
      name = inject->host + " inject";
    const double at = seconds(result.lab.ready().ps() + item.at.ps());
    if (at <= seconds(result.lab.world().now().ps())) out.push_back({at, name});
  }
  return out;
}

LineChart over_time(const RunResult& result, std::string title, std::string y, Unit unit) {
  LineChart chart;
  chart.title = std::move(title);
  chart.no_data = result.words("no data");
  chart.x = {.title = result.words("simulated time"), .unit = Unit::kSeconds};
  chart.y = {.title = std::move(y), .unit = unit};
  chart.moments = moments(result);
  chart.width = 540;
  return chart;
}

std::string name_of(const RunResult& result, NodeIndex node) {
  return result.lab.scene().nodes[node].name;
}

/// A line for each server, or one for their sum when they are too many.
template <typename Value>
std::string per_server(const RunResult& result, const metrics::Series::Table& table,
                       const std::string& title, const std::string& y, Value value) {
  LineChart chart = over_time(result, title, y, Unit::kNumber);
  const double width = seconds(table.width.ps());
  const bool apart = table.servers.size() <= kMostLines;
  if (!apart) {
    chart.about = result.words.say("The sum over {} real servers.", table.servers.size());
    chart.series.push_back(
        {result.words.say("all {}", table.servers.size()), {}, ChartSeries::Form::kStep});
  }
  for (const auto& [node, bins] : table.servers) {
    if (apart) chart.series.push_back({name_of(result, node), {}, ChartSeries::Form::kStep});
    std::vector<ChartPoint>& points = chart.series.back().points;
    points.resize(bins.size());
    for (std::size_t i = 0; i < bins.size(); ++i) {
      points[i].x = width * static_cast<double>(i);
      points[i].y += value(bins[i], width);
    }
  }
  return page_figure(title, svg(chart));
}

std::string latency_over_time(const RunResult& result, const metrics::Series::Table& table) {
  const lang::Words& t = result.words;
  LineChart chart = over_time(result, t("Latency over time"), t("latency"), Unit::kSeconds);
  chart.series = {{t("mean"), {}, ChartSeries::Form::kLine}, {"p99", {}, ChartSeries::Form::kLine}};
  const std::size_t bins = table.servers.front().second.size();
  for (std::size_t i = 0; i < bins; ++i) {
    metrics::Bin all;
    for (const auto& [node, list] : table.servers) all.join(list[i]);
    if (all.requests == 0) continue;
    all.settle();
    const double x = seconds(table.width.ps()) * (static_cast<double>(i) + 0.5);
    chart.series[0].points.push_back(
        {x, seconds(
                static_cast<std::int64_t>(all.latency_sum / static_cast<__int128>(all.requests)))});
    chart.series[1].points.push_back({x, seconds(all.percentile(990))});
  }
  return page_figure(chart.title + t(", all real servers"), svg(chart));
}

std::string percentiles(const RunResult& result) {
  const lang::Words& t = result.words;
  LineChart chart;
  chart.no_data = t("no data");
  chart.title = t("Latency by percentile");
  chart.x = {.title = t("percentile"), .scale = ChartAxis::Scale::kTail};
  chart.y = {.title = t("latency"), .scale = ChartAxis::Scale::kLog, .unit = Unit::kSeconds};
  chart.width = 540;
  const auto list = by_traffic(result);
  std::size_t left = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const metrics::Histogram& h = list[i].latency;
    if (h.empty()) continue;
    if (chart.series.size() >= kMostLines) {
      ++left;
      continue;
    }
    ChartSeries series{result.lab.scene().traffics[i], {}, ChartSeries::Form::kLine};
    for (const unsigned p :
         {10U, 100U, 250U, 500U, 750U, 900U, 950U, 980U, 990U, 995U, 998U, 999U}) {
      // A percentile needs a value beyond it to be more than the greatest.
      if (p > 500 && static_cast<double>(h.count()) * (1000.0 - p) < 1000.0) break;
      series.points.push_back({p / 1000.0, seconds(h.percentile(p))});
    }
    chart.series.push_back(std::move(series));
  }
  if (chart.series.empty()) return {};
  return page_figure(chart.title + t(", per traffic"),
                     svg(chart) + page_left_out(t, left, 0, t("tables above")));
}

std::string shares(const RunResult& result) {
  const lang::Words& t = result.words;
  const auto list = by_real_server(result);
  std::uint64_t all = 0;
  for (const auto& [node, f] : list) all += f.tally.connections;
  if (all == 0) return {};
  BarChart chart;
  chart.title = t("Share of the connections");
  chart.value = {.title = t("share"), .unit = Unit::kShare};
  chart.width = 540;
  const std::size_t shown = std::min<std::size_t>(list.size(), 20);
  for (std::size_t i = 0; i < shown; ++i) {
    chart.rows.push_back({name_of(result, list[i].first),
                          {{.value = std::stod(share_text(list[i].second, all)),
                            .low = {},
                            .high = {},
                            .text = {}}}});
  }
  return page_figure(chart.title + t(" per real server"),
                     svg(chart) + page_left_out(t, list.size(), shown, t("summary.json has all")));
}

}  // namespace

std::string page_charts(const RunResult& result) {
  const lang::Words& t = result.words;
  const metrics::Series::Table table = result.collector.series().table(result.lab.world().now());
  std::string body = shares(result) + percentiles(result);
  if (!table.servers.empty() && !table.servers.front().second.empty()) {
    body += latency_over_time(result, table);
    body += per_server(result, table, t("Requests answered per second"), t("requests/s"),
                       [](const metrics::Bin& bin, double width) {
                         return width > 0 ? static_cast<double>(bin.requests) / width : 0.0;
                       });
    body +=
        per_server(result, table, t("Active connections, as the directors count them"), t("active"),
                   [](const metrics::Bin& bin, double) { return static_cast<double>(bin.active); });
    body += per_server(
        result, table, t("Inactive connections"), t("inactive"),
        [](const metrics::Bin& bin, double) { return static_cast<double>(bin.inactive); });
  }
  if (body.empty()) return {};
  return page_section("charts", t("Latency and load"),
                      "<div class=\"charts\">\n" + body + "</div>\n" + "<p class=\"note\">" +
                          t.say("Each point over time stands for {}; upright lines are what the "
                                "timeline did.",
                                page_time(table.width.ps())) +
                          "</p>\n");
}

// A bar for each stretch in which somebody believed an address to be at a MAC.
std::string page_owners(const RunResult& result) {
  if (result.owners == nullptr) return {};
  const lang::Words& t = result.words;
  const trace::Scene& scene = result.lab.scene();
  std::vector<const trace::Owners::Belief*> list;
  for (const trace::Owners::Belief* belief : result.owners->beliefs()) {
    const bool named = std::any_of(scene.names.begin(), scene.names.end(),
                                   [&](const auto& name) { return name.first == belief->address; });
    if (named || belief->changed()) list.push_back(belief);
  }
  std::stable_partition(list.begin(), list.end(), [](const auto* b) { return b->changed(); });
  const std::size_t shown = std::min<std::size_t>(list.size(), 16);
  if (shown == 0) return {};
  PlacedAxis axis({.title = t("simulated time"), .unit = Unit::kSeconds}, 0,
                  seconds(result.lab.world().now().ps()), 8);
  constexpr double kLeft = 250, kRow = 44;
  axis.place(kLeft, 1080);
  const double bottom = kRow * static_cast<double>(shown) + 8;
  std::string out = chart_opening("owners", t("Who owns which address, by ARP"),
                                  t("A row for each host and address, a bar for each stretch of "
                                    "time in which it sent to one MAC."),
                                  1100, static_cast<int>(bottom + 44));
  for (const PlacedAxis::Tick& tick : axis.ticks()) {
    out += fmt::format("<path d=\"M{} 4V{}\" class=\"grid\"/>\n", px(tick.at), px(bottom));
    out += chart_words(tick.at, bottom + 16, "middle", "soft", tick.text);
  }
  out += chart_words(1080, bottom + 36, "end", "", axis.title());
  std::vector<std::string> owners;
  for (std::size_t i = 0; i < shown; ++i) {
    const double y = kRow * static_cast<double>(i) + 8;
    const std::string who = scene.nodes[list[i]->node].name;
    out += chart_words(kLeft - 10, y + 14, "end", "",
                       shortened(scene.address_text(list[i]->address), 34));
    out +=
        chart_words(kLeft - 10, y + 29, "end", "soft", shortened(t.say("as {} believes", who), 34));
    std::size_t drawn = 0;
    double free_from = 0;
    for (const trace::Owners::Stretch& s : list[i]->stretches) {
      if (++drawn > 60) break;
      const std::string owner = scene.mac_text(s.mac);
      auto known = std::find(owners.begin(), owners.end(), owner);
      if (known == owners.end()) known = owners.insert(owners.end(), owner);
      const auto look = static_cast<std::size_t>(known - owners.begin());
      const Instant until = s.until.is_never() ? result.lab.world().now() : s.until;
      const double from = axis.at(seconds(s.from.ps())), to = axis.at(seconds(until.ps()));
      out += fmt::format(
          "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"14\" class=\"mark k{}\"><title>{}</title>"
          "</rect>\n",
          px(from), px(y + 2), px(std::max(2.0, to - from)), look % kSeriesLooks,
          escaped(
              t.say("{}, from {} to {}", owner, page_time(s.from.ps()), page_time(until.ps()))));
      const double begin = std::min(from, 1095 - text_width(owner, kChartFont));
      if (begin < free_from) continue;
      out += chart_words(begin, y + 30, "start", "", owner);
      free_from = begin + text_width(owner, kChartFont) + 8;
    }
  }
  return page_section("owners", t("Who owns which address, by ARP"),
                      "<figure>" + out + "</svg></figure>\n" +
                          page_left_out(t, list.size(), shown, t("summary.json has all")));
}

}  // namespace lvslab::report
