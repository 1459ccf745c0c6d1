#include "compare/verdict.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/check.h"

namespace lvslab::compare {
namespace {

constexpr double kSignificant = 0.05;

TrafficResult traffic_result(const std::vector<RunFigures>& runs, std::size_t t) {
  TrafficResult result;
  result.name = runs.front().traffics[t].name;
  result.open_loop = runs.front().traffics[t].open_loop;
  for (const std::string_view metric : scenario::metric_words()) {
    MetricFigures figures{std::string(metric), {}, {}};
    bool answered = true;
    for (const RunFigures& run : runs) {
      figures.values.push_back(value_of(run, t, metric));
      answered = answered && run.traffics[t].requests > 0;
    }
    // A run without an answer has no latency: 0 would be the best of all.
    if (answered || !is_latency(metric)) figures.estimate = estimate(figures.values);
    result.metrics.push_back(std::move(figures));
  }
  std::vector<double> cuts;
  std::map<std::uint16_t, std::uint64_t> histogram;
  for (const RunFigures& run : runs) {
    const TrafficFigures& traffic = run.traffics[t];
    cuts.push_back(static_cast<double>(traffic.cut) * 1e-12);
    const std::uint64_t all = traffic.cut_requests + traffic.requests;
    if (all > 0) {
      result.most_cut = std::max(
          result.most_cut, static_cast<double>(traffic.cut_requests) / static_cast<double>(all));
    }
    for (const auto& [bucket, count] : traffic.histogram) histogram[bucket] += count;
  }
  result.cut = estimate(cuts);
  result.histogram.assign(histogram.begin(), histogram.end());
  return result;
}

CellResult cell_result(const std::vector<RunFigures>& runs) {
  CellResult cell;
  cell.replications = runs.size();
  if (runs.empty()) return cell;
  for (std::size_t t = 0; t < runs.front().traffics.size(); ++t)
    cell.traffics.push_back(traffic_result(runs, t));
  for (std::size_t s = 0; s < runs.front().servers.size(); ++s) {
    std::vector<double> shares, busy;
    for (const RunFigures& run : runs) {
      if (s >= run.servers.size()) continue;
      busy.push_back(run.servers[s].busy);
      // Without a connection after the warm-up there is nothing to share.
      const bool any = std::any_of(run.servers.begin(), run.servers.end(),
                                   [](const ServerFigures& one) { return one.connections > 0; });
      if (any) shares.push_back(run.servers[s].share);
    }
    cell.servers.push_back({runs.front().servers[s].name, estimate(shares), estimate(busy)});
  }
  for (const RunFigures& run : runs) cell.little_gap = std::max(cell.little_gap, run.little_gap);
  return cell;
}

class Judge {
 public:
  explicit Judge(const Plan& plan) : plan_(plan) {}

  Outcome judge(const std::vector<std::vector<RunFigures>>& runs) {
    for (const auto& list : runs) outcome_.cells.push_back(cell_result(list));
    differences();
    if (plan_.knee) knees();
    wanted();
    return std::move(outcome_);
  }

 private:
  void differences() {
    std::vector<double> p;
    for (std::size_t c = 0; c < plan_.cells.size(); ++c) {
      if (!plan_.cells[c].against) continue;
      const CellResult& mine = outcome_.cells[c];
      const CellResult& base = outcome_.cells[*plan_.cells[c].against];
      const std::size_t traffics = std::min(mine.traffics.size(), base.traffics.size());
      for (std::size_t t = 0; t < traffics; ++t) {
        for (const std::string& metric : plan_.metrics) {
          if (metric == "jain" && t > 0) continue;  // it is of the servers, whatever the traffic
          add(c, t, metric, mine.traffics[t].of(metric), base.traffics[t].of(metric));
          p.push_back(outcome_.differences.back().paired.p);
        }
      }
    }
    const std::vector<double> adjusted = holm(p);
    for (std::size_t i = 0; i < adjusted.size(); ++i) {
      Difference& d = outcome_.differences[i];
      d.adjusted = adjusted[i];
      d.verdict = verdict_of(d.metric, d.paired, d.adjusted, d.relative, d.relative_half_width,
                             plan_.spec.threshold.value_or(0));
    }
  }

  void add(std::size_t cell, std::size_t traffic, const std::string& metric,
           const MetricFigures& mine, const MetricFigures& base) {
    Difference d{.cell = cell,
                 .against = *plan_.cells[cell].against,
                 .traffic = traffic,
                 .metric = metric,
                 .paired = paired(mine.values, base.values)};
    // Of the replications that both have.
    const std::size_t n = d.paired.difference.count;
    const double level = estimate(std::span(base.values).first(n)).mean;
    if (level != 0) {
      d.relative = d.paired.difference.mean / std::abs(level);
      d.relative_half_width = d.paired.difference.half_width / std::abs(level);
    }
    if (mine.estimate.count == 0 || base.estimate.count == 0) d.paired.p = 1;
    outcome_.differences.push_back(std::move(d));
  }

  /// Whether a cell keeps the bound, and whether its interval leaves no doubt.
  std::pair<bool, bool> keeps(std::size_t cell, std::size_t traffic) const {
    const Estimate& e = outcome_.cells[cell].traffics[traffic].of(plan_.knee->metric).estimate;
    if (e.count == 0) return {false, true};  // nothing was answered
    const double bound = plan_.knee->bound;
    const bool below = e.mean < bound;
    const bool certain = e.has_interval() && std::abs(e.mean - bound) > e.half_width;
    return {plan_.knee->op == "<" ? below : !below && e.mean != bound, certain};
  }

  void knees() {
    const std::size_t d = plan_.knee->dimension;
    std::vector<std::vector<std::string>> seen;
    for (std::size_t c = 0; c < plan_.cells.size(); ++c) {
      std::vector<std::string> others = plan_.cells[c].values;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(d));
      if (std::find(seen.begin(), seen.end(), others) != seen.end()) continue;
      seen.push_back(others);
      std::vector<std::size_t> line;  // cells along the dimension, in the order given
      for (std::size_t i = 0; i < plan_.cells.size(); ++i) {
        std::vector<std::string> theirs = plan_.cells[i].values;
        theirs.erase(theirs.begin() + static_cast<std::ptrdiff_t>(d));
        if (theirs == others && outcome_.cells[i].replications > 0) line.push_back(i);
      }
      // Upwards, in whichever order they were given.
      std::stable_sort(line.begin(), line.end(), [&](std::size_t a, std::size_t b) {
        return scenario::less_figure(plan_.cells[a].values[d], plan_.cells[b].values[d]);
      });
      if (!plan_.knee->highest) std::reverse(line.begin(), line.end());
      if (line.empty()) continue;
      for (std::size_t t = 0; t < outcome_.cells[line[0]].traffics.size(); ++t)
        one_knee(line, t, scenario::cell_name(others));
    }
  }

  void one_knee(const std::vector<std::size_t>& line, std::size_t traffic, std::string where) {
    KneeResult knee{.where = std::move(where),
                    .traffic = outcome_.cells[line[0]].traffics[traffic].name};
    for (const std::size_t cell : line) {
      const auto [kept, certain] = keeps(cell, traffic);
      const std::string& value = plan_.cells[cell].values[plan_.knee->dimension];
      if (!certain) knee.certain = false;
      if (!kept) {
        knee.first = value;
        break;
      }
      knee.last = value;
    }
    outcome_.knees.push_back(std::move(knee));
  }

  void wanted() {
    for (const scenario::CompareSpec::Wanted& one : plan_.spec.expect) {
      JudgedWanted judged{one, true, ""};
      bool any = false;
      for (const Difference& d : outcome_.differences) {
        if (plan_.cells[d.cell].name != one.cell || d.metric != one.metric) continue;
        any = true;
        if (verdict_word(d.verdict) == one.verdict) continue;
        judged.held = false;
        judged.actual = verdict_word(d.verdict);
      }
      if (!any) {
        judged.held = false;
        judged.actual = "this cell and metric are not compared with anything";
      }
      outcome_.wanted.push_back(std::move(judged));
    }
  }

  const Plan& plan_;
  Outcome outcome_;
};

}  // namespace

std::string_view verdict_word(Verdict verdict) {
  switch (verdict) {
    case Verdict::kBetter:
      return "better";
    case Verdict::kWorse:
      return "worse";
    case Verdict::kWithinThreshold:
      return "within the threshold";
    default:
      return "not distinguishable";
  }
}

Verdict verdict_of(std::string_view metric, const Paired& paired, double adjusted, double relative,
                   double half_width, double threshold) {
  if (adjusted >= kSignificant || paired.difference.mean == 0) return Verdict::kNotDistinguishable;
  // Of a baseline of 0 nothing is a small part.
  if (relative != 0 && threshold > 0) {
    if (std::abs(relative) + half_width <= threshold) return Verdict::kWithinThreshold;
    if (std::abs(relative) - half_width < threshold) return Verdict::kNotDistinguishable;
  }
  const bool less = paired.difference.mean < 0;
  return less == less_is_better(metric) ? Verdict::kBetter : Verdict::kWorse;
}

const MetricFigures& TrafficResult::of(std::string_view metric) const {
  const auto found = std::find_if(metrics.begin(), metrics.end(),
                                  [&](const MetricFigures& m) { return m.metric == metric; });
  LVSLAB_CHECK(found != metrics.end());
  return *found;
}

bool Outcome::held() const {
  return std::all_of(wanted.begin(), wanted.end(), [](const auto& one) { return one.held; });
}

Outcome judge(const Plan& plan, const std::vector<std::vector<RunFigures>>& runs) {
  return Judge(plan).judge(runs);
}

}  // namespace lvslab::compare
