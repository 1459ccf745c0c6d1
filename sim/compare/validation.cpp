#include "compare/validation.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "compare/statistics.h"
#include "compare/validation_metrics.h"
#include "fmt/format.h"
#include "jobs/workers.h"
#include "report/cells.h"
#include "scenario/text.h"
#include "scenario/units.h"

namespace lvslab::compare {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kRunsOfAJob = 200;  ///< of very short runs
constexpr std::uint64_t kShort = 2'000;   ///< requests

Settings settings_of(std::string_view text) {
  Settings list;
  for (const std::string_view part : scenario::split_words(text, '|')) {
    const std::size_t equals = part.find('=');
    if (equals != std::string_view::npos)
      list.emplace_back(part.substr(0, equals), part.substr(equals + 1));
  }
  return list;
}

/// Runs that several lines look at.
struct RunSet {
  std::string file;
  Settings set;
  std::uint32_t replications = 0;
  std::vector<std::string> metrics;
  std::vector<std::vector<double>> values;  ///< by metric, by replication
  std::string problem;
  std::size_t index_of(std::string_view metric) {
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      if (metrics[i] == metric) return i;
    }
    metrics.emplace_back(metric);
    return metrics.size() - 1;
  }
};

/// A tenth of the requests, as a time; nothing where the run is short or has no rate.
Duration warm_up_of(const scenario::Scenario& scenario) {
  const auto& params = scenario.params;
  const auto find = [&](std::string_view name) {
    for (const auto& [param, value] : params) {
      if (param == name) return value;
    }
    return std::string();
  };
  const auto gap = scenario::parse_event_gap(find("RATE"));
  const auto count = scenario::parse_count(find("COUNT"), 0, UINT64_MAX / 2);
  const auto batch = scenario::parse_count(find("BATCH"), 1, 1'000'000);
  if (gap && count && *count >= kShort) {
    const double ps = static_cast<double>(gap->ps()) * static_cast<double>(*count) * 0.1 /
                      static_cast<double>(batch ? *batch : 1);
    return Duration::picoseconds(static_cast<std::int64_t>(ps));
  }
  const auto time = scenario::parse_duration(find("TIME"));
  if (time) return Duration::picoseconds(time->ps() / 10);
  return Duration();
}

/// In a worker: the metrics of some replications, as doubles one after the other.
std::string run_some(const RunSet& set, std::uint32_t first, std::uint32_t last) {
  scenario::ReadOptions how;
  how.set = set.set;
  const scenario::ReadResult read = scenario::read_scenario(set.file, how);
  std::vector<scenario::Message> errors = read.errors;
  std::string bytes = "=";  // figures; "!": a message
  const Duration warm_up = errors.empty() ? warm_up_of(read.scenario) : Duration();
  for (std::uint32_t r = first; r < last && errors.empty(); ++r) {
    CaseObserver observer;
    RunHow run_how{.replication = r, .warm_up = warm_up};
    observer.watch(run_how);
    const auto run = run_once(read.scenario, run_how, errors);
    if (!run) break;
    for (const std::string& metric : set.metrics) {
      const double value = observer.value(*run, metric);
      bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
  }
  if (errors.empty()) return bytes;
  return "!" + errors.front().place.text() + ": " + errors.front().what;
}

class Validation {
 public:
  Validation(const ValidateHow& how, const std::vector<CaseLine>& lines)
      : how_(how), lines_(lines) {}

  ValidateEnd run() {
    end_.csv = "case,file,set,metric,replications,estimate,half_width,value,tolerance,verdict\n";
    choose();
    plan();
    work();
    return std::move(end_);
  }

 private:
  bool wanted(const CaseLine& line) const {
    if (!how_.only.empty()) return line.id == how_.only;
    return how_.all || line.fast != "-";
  }
  bool fully(const CaseLine& line) const { return how_.all || line.fast == "-"; }

  void choose() {
    for (const CaseLine& line : lines_) {
      if (!wanted(line)) continue;
      if (cases_.empty() || cases_.back().front()->id != line.id) cases_.emplace_back();
      cases_.back().push_back(&line);
    }
  }

  std::size_t set_of(const CaseLine& line, std::string_view more, std::uint32_t replications) {
    RunSet set;
    set.file = how_.scenarios + "/" + line.file;
    set.set = settings_of(line.set);
    const auto put = [&](Settings changes) {
      for (auto& change : changes) {
        const auto same = std::find_if(set.set.begin(), set.set.end(),
                                       [&](const auto& one) { return one.first == change.first; });
        if (same == set.set.end())
          set.set.push_back(std::move(change));
        else
          *same = std::move(change);
      }
    };
    put(settings_of(fully(line) ? line.full : line.fast));
    put(settings_of(more));
    set.replications = replications;
    for (std::size_t i = 0; i < sets_.size(); ++i) {
      if (sets_[i].file == set.file && sets_[i].set == set.set &&
          sets_[i].replications == set.replications)
        return i;
    }
    sets_.push_back(std::move(set));
    return sets_.size() - 1;
  }

  struct Place {
    std::size_t set, metric;
    std::size_t other = 0, other_metric = 0;  ///< of "crn@..."
  };

  void plan() {
    for (const auto& lines : cases_) {
      std::vector<Place> places;
      for (const CaseLine* line : lines) {
        const std::uint32_t runs = fully(*line) ? line->replications : line->fast_replications;
        Place place{};
        place.set = set_of(*line, "", runs);
        if (line->metric.starts_with("crn@")) {
          place.metric = sets_[place.set].index_of("mean");
          place.other = set_of(*line, std::string_view(line->metric).substr(4), 2 * runs);
          place.other_metric = sets_[place.other].index_of("mean");
        } else {
          place.metric = sets_[place.set].index_of(line->metric);
        }
        places.push_back(place);
      }
      places_.push_back(std::move(places));
    }
  }

  struct Job {
    std::size_t set;
    std::uint32_t first, last;
  };

  void work() {
    std::vector<Job> todo;
    for (std::size_t s = 0; s < sets_.size(); ++s) {
      RunSet& set = sets_[s];
      set.values.assign(set.metrics.size(), std::vector<double>(set.replications, NAN));
      const std::uint32_t chunk = set.replications > 100 ? kRunsOfAJob : 1;
      for (std::uint32_t r = 0; r < set.replications; r += chunk)
        todo.push_back({s, r, std::min(set.replications, r + chunk)});
      left_.push_back((set.replications + chunk - 1) / chunk);
    }
    jobs::Jobs pool;
    pool.count = todo.size();
    pool.workers = how_.jobs;
    pool.interrupted = how_.interrupted;
    pool.run = [&](std::size_t job, const auto&) {
      return run_some(sets_[todo[job].set], todo[job].first, todo[job].last);
    };
    pool.done = [&](jobs::JobEnd&& end) {
      take(todo[end.job], end);
      tell_ready();
    };
    if (!todo.empty() && !jobs::run_jobs(pool)) end_.interrupted = true;
  }

  void take(const Job& job, const jobs::JobEnd& end) {
    RunSet& set = sets_[job.set];
    --left_[job.set];
    if (!end.bytes || end.bytes->starts_with('!')) {
      set.problem = end.bytes ? end.bytes->substr(1) : "a run ended by " + end.death;
      return;
    }
    const std::size_t wide = set.metrics.size();
    for (std::uint32_t r = job.first; r < job.last; ++r) {
      for (std::size_t m = 0; m < wide; ++m) {
        const std::size_t at = 1 + ((r - job.first) * wide + m) * sizeof(double);
        if (at + sizeof(double) > end.bytes->size()) return;
        std::memcpy(&set.values[m][r], end.bytes->data() + at, sizeof(double));
      }
    }
  }

  /// Cases in their order, each as soon as all its runs are there.
  void tell_ready() {
    while (told_ < cases_.size()) {
      for (const Place& place : places_[told_]) {
        if (left_[place.set] > 0 || left_[place.other] > 0) {
          if (left_[place.set] > 0 || cases_[told_].front()->metric.starts_with("crn@")) return;
        }
      }
      judge(told_++);
    }
  }

  void judge(std::size_t number) {
    const auto& lines = cases_[number];
    const auto& places = places_[number];
    std::string text = lines.front()->id + "\n";
    bool passed = true;
    std::vector<double> first;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const CaseLine& line = *lines[i];
      const RunSet& set = sets_[places[i].set];
      std::vector<double> values = set.values[places[i].metric];
      for (double& value : values) value /= line.unit;
      bool good = false;
      std::string found;
      double shown_value = line.value;
      const Estimate e = estimate(values);
      if (!set.problem.empty()) {
        found = set.problem;
      } else if (line.metric.starts_with("crn@")) {
        found = ratio(set.values[places[i].metric],
                      sets_[places[i].other].values[places[i].other_metric], line, good);
      } else if (line.equal) {
        if (i == 0) first = values;
        good = equal(values, first, line.relative);
        shown_value = estimate(first).mean;
        found = fmt::format("{:.9g}", e.mean);
      } else {
        const double tolerance = std::max(line.relative * std::abs(line.value), line.absolute);
        // Few replications say little of their own spread.
        constexpr std::size_t kEnough = 20;
        const double allowed =
            values.size() < kEnough ? tolerance : std::max(tolerance, 4 * e.standard_error());
        good = std::abs(e.mean - line.value) <= allowed + 1e-15;
        found = fmt::format("{:.7g} ±{:.2g}", e.mean, e.half_width);
      }
      passed = passed && good;
      std::string settings;
      for (const auto& [name, value] : set.set)
        settings +=
            " " + name + "=" + (value.find(' ') == std::string::npos ? value : "\"" + value + "\"");
      text += fmt::format("  {} {} = {}, exact {:.9g} ({:+.2f} %, {} runs){}{}\n    {}{}\n",
                          good ? "ok  " : "FAIL", line.metric, found, shown_value,
                          shown_value == 0 ? 0 : 100 * (e.mean / shown_value - 1), values.size(),
                          line.note.empty() ? "" : ": ", line.note, line.file, settings);
      end_.csv += fmt::format(
          "{},{},{},{},{},{:.9g},{:.3g},{:.9g},{:.3g},{}\n", line.id, line.file,
          report::cell(settings), line.metric, values.size(), e.mean, e.half_width, shown_value,
          std::max(line.relative * std::abs(line.value), line.absolute), good ? "ok" : "FAIL");
    }
    ++(passed ? end_.passed : end_.failed);
    if (how_.tell) how_.tell(text, number + 1, cases_.size());
  }

  static bool equal(const std::vector<double>& a, const std::vector<double>& b, double relative) {
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
      if (!(std::abs(a[i] - b[i]) <= relative * std::abs(b[i]))) return false;
    }
    return a.size() == b.size();
  }

  /// Variance of the difference with independent runs over that with common random numbers.
  static std::string ratio(const std::vector<double>& one, const std::vector<double>& other,
                           const CaseLine& line, bool& good) {
    const std::size_t n = one.size();
    std::vector<double> common, independent;
    for (std::size_t r = 0; r < n; ++r) {
      common.push_back(one[r] - other[r]);
      independent.push_back(one[r] - other[n + r]);
    }
    const double a = estimate(independent).deviation, b = estimate(common).deviation;
    const double found = a * a / (b * b);
    good = std::abs(found - line.value) <= line.relative * line.value;
    return fmt::format("{:.3g}", found);
  }

  const ValidateHow& how_;
  const std::vector<CaseLine>& lines_;
  std::vector<std::vector<const CaseLine*>> cases_;
  std::vector<std::vector<Place>> places_;
  std::vector<RunSet> sets_;
  std::vector<std::size_t> left_;
  std::size_t told_ = 0;
  ValidateEnd end_;
};

}  // namespace

ValidateEnd validate(const ValidateHow& how, const std::vector<CaseLine>& cases) {
  return Validation(how, cases).run();
}

Coverage coverage(std::size_t seeds, std::uint64_t requests, const ValidateHow& how) {
  constexpr std::uint32_t kReplications = 20;
  constexpr double kExact = 5, kService = 0.01;
  Coverage result;
  jobs::Jobs pool;
  pool.count = seeds;
  pool.workers = how.jobs;
  pool.interrupted = how.interrupted;
  pool.run = [&](std::size_t job, const auto&) {
    scenario::ReadOptions options;
    options.seed = job + 1;
    options.set = {{"COUNT", std::to_string(requests)}};
    const auto read =
        scenario::read_scenario(how.scenarios + "/validation/single-server.yaml", options);
    std::vector<double> means;
    std::vector<Duration> cuts;
    std::vector<scenario::Message> errors = read.errors;
    for (std::uint32_t r = 0; r < kReplications && errors.empty(); ++r) {
      const auto run = run_once(read.scenario, {.replication = r, .cuts = cuts}, errors);
      if (!run) break;
      if (r == 0) cuts = cuts_of(*run);
      means.push_back(value_of(*run, 0, "mean") / kService);
    }
    const Estimate e = estimate(means);
    return fmt::format("{:.17g} {:.17g}", e.mean, e.half_width);
  };
  double sum = 0;
  pool.done = [&](jobs::JobEnd&& end) {
    double mean = 0, half = 0;
    if (!end.bytes || std::sscanf(end.bytes->c_str(), "%lf %lf", &mean, &half) != 2) return;
    ++result.seeds;
    sum += mean;
    if (std::abs(mean - kExact) <= half) ++result.covered;
    if (how.tell) how.tell("", result.seeds, seeds);
  };
  result.interrupted = !jobs::run_jobs(pool);
  if (result.seeds > 0) result.mean = sum / static_cast<double>(result.seeds);
  return result;
}

}  // namespace lvslab::compare
