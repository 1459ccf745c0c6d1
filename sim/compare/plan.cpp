#include "compare/plan.h"

#include <algorithm>

#include "base/random.h"
#include "scenario/text.h"
#include "scenario/units.h"

namespace lvslab::compare {
namespace {

using scenario::CompareSpec;

constexpr std::uint32_t kReplications = 20, kMostTimes = 10;

class Planner {
 public:
  Planner(const Request& request, const scenario::ReadResult& read)
      : request_(request), read_(read) {}

  Plan make(std::vector<scenario::ReadResult>& broken) {
    plan_.file = request_.file;
    plan_.title = read_.scenario.title;
    plan_.seed = read_.scenario.seed;
    if (read_.scenario.compare) plan_.spec = *read_.scenario.compare;
    vary();
    figures();
    if (!plan_.problems.empty()) return std::move(plan_);
    cells(broken);
    if (!plan_.problems.empty() || !broken.empty()) return std::move(plan_);
    baseline();
    if (!plan_.spec.knee.empty()) knee();
    return std::move(plan_);
  }

 private:
  void problem(std::string what) { plan_.problems.push_back(std::move(what)); }

  /// --vary takes the place of the file's values of the same param, or is one more dimension.
  void vary() {
    CompareSpec& spec = plan_.spec;
    for (const std::string& text : request_.vary) {
      const std::size_t equals = text.find('=');
      if (equals == std::string::npos || equals == 0) {
        problem("--vary " + text + ": not PARAM=a,b or PARAM=1..10");
        continue;
      }
      const std::string name = text.substr(0, equals);
      if (!is_param(name)) continue;
      auto values = scenario::parse_values(text.substr(equals + 1));
      if (!values) {
        problem("--vary " + name + ": " + values.error().what + ". " + values.error().hint);
        continue;
      }
      const auto same = std::find_if(spec.vary.begin(), spec.vary.end(),
                                     [&](const auto& one) { return one.param == name; });
      if (same != spec.vary.end()) {
        same->values = std::move(*values);
      } else {
        spec.vary.push_back({name, std::move(*values)});
      }
    }
    if (spec.vary.empty() && spec.variants.empty())
      problem("nothing to compare: the file has no `compare`, and --vary PARAM=a,b is not given");
  }

  bool is_param(const std::string& name) {
    std::vector<std::string_view> names;
    for (const auto& [param, value] : read_.scenario.params) names.push_back(param);
    if (std::find(names.begin(), names.end(), name) != names.end()) return true;
    problem("--vary " + name + ": the file has no such param. " +
            scenario::hint_for_word(name, names));
    return false;
  }

  void percent(const char* option, const std::string& text, std::optional<double>& into) {
    if (text.empty()) return;
    const auto value = scenario::parse_percent(text);
    if (value)
      into = *value;
    else
      problem(std::string(option) + " " + text + ": " + value.error().what + ". " +
              value.error().hint);
  }

  void figures() {
    CompareSpec& spec = plan_.spec;
    percent("--half-width", request_.half_width, spec.half_width);
    percent("--threshold", request_.threshold, spec.threshold);
    if (!request_.warm_up.empty()) {
      const auto value = scenario::parse_duration(request_.warm_up);
      if (value)
        spec.warm_up = *value;
      else
        problem("--warm-up " + request_.warm_up + ": " + value.error().what + ". " +
                value.error().hint);
    }
    if (!request_.knee.empty()) spec.knee = request_.knee;
    if (request_.replications) spec.replications = request_.replications;
    if (request_.max_replications) spec.max_replications = request_.max_replications;
    plan_.replications = spec.replications.value_or(kReplications);
    plan_.most = std::max(plan_.replications,
                          spec.max_replications.value_or(plan_.replications * kMostTimes));
    if (!spec.half_width) plan_.most = plan_.replications;
    plan_.metrics = spec.metrics;
    if (plan_.metrics.empty()) plan_.metrics = {"mean", "p99"};
  }

  void cells(std::vector<scenario::ReadResult>& broken) {
    const CompareSpec& spec = plan_.spec;
    const auto names = scenario::cells_of(spec);
    if (!names) return problem(names.error().what + ". " + names.error().hint);
    for (const CompareSpec::Vary& one : spec.vary) plan_.dimensions.push_back(one.param);
    if (!spec.variants.empty()) plan_.dimensions.emplace_back("variant");
    for (const std::vector<std::string>& values : *names) {
      Cell cell;
      cell.name = scenario::cell_name(values);
      cell.values = values;
      for (std::size_t i = 0; i < spec.vary.size(); ++i)
        cell.set.emplace_back(spec.vary[i].param, values[i]);
      if (!spec.variants.empty()) cell.variant = values.back();
      scenario::ReadResult read = read_cell(request_, cell);
      cell.fingerprint = fingerprint(cell, read);
      if (!read.errors.empty()) {
        broken.push_back(std::move(read));
        return;  // the others most likely have the same
      }
      plan_.cells.push_back(std::move(cell));
    }
  }

  std::uint64_t fingerprint(const Cell& cell, const scenario::ReadResult& read) const {
    std::uint64_t sum = mix(read.fingerprint, hash_name(LVSLAB_VERSION));
    sum = mix(sum, read.scenario.seed);
    const auto add = [&sum](std::string_view text) { sum = mix(sum, hash_name(text)); };
    for (const auto* list : {&request_.set, &cell.set}) {
      for (const auto& [name, value] : *list) {
        add(name);
        add(value);
      }
    }
    add(cell.variant);
    add(cell.name);
    const auto& warm_up = plan_.spec.warm_up;
    return mix(sum, warm_up ? static_cast<std::uint64_t>(warm_up->ps()) : ~std::uint64_t{0});
  }

  /// A whole cell is everybody's baseline; one value is that of the cells that differ in it alone.
  void baseline() {
    const std::string name = !request_.baseline.empty() ? request_.baseline : plan_.spec.baseline;
    std::vector<Cell>& cells = plan_.cells;
    if (name.empty()) return everybody_against(0);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].name == name) return everybody_against(i);
    }
    for (std::size_t d = 0; d < plan_.dimensions.size(); ++d) {
      if (std::none_of(cells.begin(), cells.end(),
                       [&](const Cell& c) { return c.values[d] == name; }))
        continue;
      for (Cell& cell : cells) {
        std::vector<std::string> wanted = cell.values;
        wanted[d] = name;
        for (std::size_t i = 0; i < cells.size(); ++i) {
          if (cells[i].values == wanted && &cells[i] != &cell) cell.against = i;
        }
      }
      return;
    }
    problem("--baseline " + name + ": no cell and no value is called so");
  }

  void everybody_against(std::size_t one) {
    for (std::size_t i = 0; i < plan_.cells.size(); ++i) {
      if (i != one) plan_.cells[i].against = one;
    }
  }

  /// "highest LOAD with p99 < 20ms"
  void knee() {
    Knee knee;
    knee.text = plan_.spec.knee;
    std::vector<std::string> words;
    for (const std::string_view word : scenario::split_words(knee.text, ' ')) {
      if (!word.empty()) words.emplace_back(word);
    }
    const std::string how = "Write: highest PARAM with p99 < 20ms";
    if (words.size() != 6 || (words[0] != "highest" && words[0] != "lowest") ||
        words[2] != "with" || (words[4] != "<" && words[4] != ">") ||
        !scenario::is_metric(words[3]))
      return problem("knee '" + knee.text + "' is not understood. " + how);
    knee.highest = words[0] == "highest";
    knee.metric = words[3];
    knee.op = words[4];
    const auto found = std::find(plan_.dimensions.begin(), plan_.dimensions.end(), words[1]);
    if (found == plan_.dimensions.end())
      return problem("knee '" + knee.text + "': " + words[1] + " is not varied");
    knee.dimension = static_cast<std::size_t>(found - plan_.dimensions.begin());
    if (!bound(words[5], knee))
      return problem("knee '" + knee.text + "': " + words[5] + " is no value of " + knee.metric +
                     ". " + how);
    plan_.knee = std::move(knee);
  }

  static bool bound(const std::string& text, Knee& knee) {
    if (knee.metric == "rate") {
      const auto gap = scenario::parse_event_gap(text);
      if (gap) knee.bound = 1 / gap->in_seconds();
      return gap.has_value();
    }
    if (knee.metric == "failed" || knee.metric == "jain") {
      const auto share = scenario::parse_percent(text);
      if (share) knee.bound = *share;
      return share.has_value();
    }
    const auto time = scenario::parse_duration(text);
    if (time) knee.bound = time->in_seconds();
    return time.has_value();
  }

  const Request& request_;
  const scenario::ReadResult& read_;
  Plan plan_;
};

}  // namespace

scenario::ReadResult read_cell(const Request& request, const Cell& cell) {
  scenario::ReadOptions how;
  how.seed = request.seed;
  how.variant = cell.variant;
  for (const auto& assignment : request.set) {
    const bool varied = std::any_of(cell.set.begin(), cell.set.end(),
                                    [&](const auto& one) { return one.first == assignment.first; });
    if (!varied) how.set.push_back(assignment);
  }
  how.set.insert(how.set.end(), cell.set.begin(), cell.set.end());
  return scenario::read_scenario(request.file, how);
}

Plan make_plan(const Request& request, const scenario::ReadResult& read,
               std::vector<scenario::ReadResult>& broken) {
  return Planner(request, read).make(broken);
}

}  // namespace lvslab::compare
