// `compare`: the grid of runs, checked as far as the file alone can tell.
#include <algorithm>

#include "scenario/compare_spec.h"
#include "scenario/decoder.h"
#include "scenario/text.h"
#include "scenario/units.h"

namespace lvslab::scenario {
namespace {

constexpr std::string_view kVerdicts = "better|worse|not distinguishable|within the threshold";

class CompareDecoder {
 public:
  CompareDecoder(Context& context, const Fields& fields) : context_(context), fields_(fields) {}

  CompareSpec decode() {
    vary();
    variants();
    if (const auto cells = cells_of(spec_); !cells)
      context_.error(fields_.where(), cells.error().what, cells.error().hint);
    baseline();
    count("replications", spec_.replications);
    count("max_replications", spec_.max_replications);
    if (spec_.replications && spec_.max_replications &&
        *spec_.max_replications < *spec_.replications) {
      context_.error(fields_.get("max_replications")->mark,
                     "max_replications is below replications",
                     "It is where `half_width` stops asking for more");
    }
    duration("warm_up", spec_.warm_up);
    duration("unit", spec_.unit);
    if (spec_.unit && spec_.unit->ps() == 0)
      context_.error(fields_.get("unit")->mark, "unit must be more than 0s", "unit: 20ms");
    share("threshold", spec_.threshold);
    share("half_width", spec_.half_width);
    metrics();
    if (const auto knee = context_.text(fields_.get("knee"), "a condition")) spec_.knee = *knee;
    exact();
    wanted();
    return std::move(spec_);
  }

 private:
  void vary() {
    const Node* node = fields_.get("vary");
    if (node == nullptr) return;
    if (!node->is_map()) {
      context_.error(node->mark, "vary must be a map, this is " + std::string(kind_name(*node)),
                     "Write vary: {SCHED: [rr, wlc]}");
      return;
    }
    for (const Entry& entry : node->entries) {
      if (!known_param(entry.key_mark, entry.key)) continue;
      CompareSpec::Vary one{entry.key, {}};
      if (entry.value->is_scalar()) {
        context_.read(entry.value, one.values, parse_values);
      } else {
        for (const Node* item : context_.list(entry.value, "the values of " + entry.key)) {
          if (const auto value = context_.text(item, "a value")) one.values.push_back(*value);
        }
      }
      if (one.values.empty() && !entry.value->is_scalar())
        context_.error(entry.value->mark, "no value for " + shown(entry.key), "Give at least one");
      for (std::size_t i = 0; i < one.values.size(); ++i) {
        if (std::find(one.values.begin(), one.values.begin() + static_cast<std::ptrdiff_t>(i),
                      one.values[i]) != one.values.begin() + static_cast<std::ptrdiff_t>(i)) {
          context_.error(entry.value->mark, shown(one.values[i]) + " is there twice",
                         "Name each value once");
          break;
        }
      }
      if (!one.values.empty()) spec_.vary.push_back(std::move(one));
    }
  }

  bool known_param(const Mark& mark, const std::string& name) {
    std::vector<std::string_view> names;
    for (const auto& [param, value] : context_.scenario.params) names.push_back(param);
    if (std::find(names.begin(), names.end(), name) != names.end()) return true;
    context_.error(
        mark, "there is no param " + shown(name),
        names.empty() ? "`vary` names what `params` has" : context_.suggest(name, names));
    return false;
  }

  void variants() {
    const Node* node = fields_.get("variants");
    if (node == nullptr) return;
    if (!node->is_map()) {
      context_.error(node->mark, "variants must be a map, this is " + std::string(kind_name(*node)),
                     "Write variants: {small: {link_defaults.rate: 100Mbps}, large: {}}");
      return;
    }
    for (const Entry& entry : node->entries) {
      if (entry.key.empty() || entry.key.size() > 63 || entry.key.find('/') != std::string::npos) {
        context_.error(entry.key_mark, shown(entry.key) + " cannot name a variant",
                       "Up to 63 characters without '/'");
      } else if (!entry.value->is_map()) {
        context_.error(entry.value->mark,
                       "a variant must be a map of what it changes, this is " +
                           std::string(kind_name(*entry.value)),
                       "Write {} for the file as it is");
      } else {
        spec_.variants.push_back(entry.key);
      }
    }
  }

  void baseline() {
    const Node* node = fields_.get("baseline");
    const auto text = context_.text(node, "a value or a cell");
    if (!text) return;
    spec_.baseline = *text;
    if (!names_a_baseline(spec_, *text)) {
      context_.error(node->mark, "no cell is called " + shown(*text),
                     "A varied value, a variant, or a whole cell as \"rr / 10\"");
    }
  }

  void count(const char* key, std::optional<std::uint32_t>& into) {
    std::uint32_t value = 0;
    if (context_.read_count(fields_.get(key), value, 2, kMostReplications)) into = value;
  }
  void duration(const char* key, std::optional<Duration>& into) {
    Duration value;
    if (context_.read(fields_.get(key), value, parse_duration)) into = value;
  }
  void share(const char* key, std::optional<double>& into) {
    double value = 0;
    if (context_.read(fields_.get(key), value, parse_percent)) into = value;
  }

  bool metric(const Node* node, std::string& into) {
    const auto word = context_.text(node, "a metric");
    if (!word) return false;
    into = *word;
    if (is_metric(*word)) return true;
    context_.error(node->mark, "there is no metric " + shown(*word),
                   context_.suggest(*word, metric_words()));
    return false;
  }

  void metrics() {
    const Node* node = fields_.get("metrics");
    if (node == nullptr) return;
    for (const Node* item : context_.list(node, "metrics")) {
      std::string word;
      if (metric(item, word)) spec_.metrics.push_back(std::move(word));
    }
  }

  bool known_cell(const Mark& mark, const std::string& cell) {
    const auto cells = cells_of(spec_);
    if (!cells || std::any_of(cells->begin(), cells->end(),
                              [&](const auto& one) { return cell_name(one) == cell; }))
      return true;
    context_.error(mark, "no cell is called " + shown(cell),
                   "Cells are called \"rr\", \"rr / 10\"");
    return false;
  }

  void exact() {
    const Node* node = fields_.get("exact");
    if (node == nullptr) return;
    if (!node->is_map()) {
      context_.error(node->mark, "exact must be a map, this is " + std::string(kind_name(*node)),
                     "Write exact: {rr: 65.35ms}");
      return;
    }
    for (const Entry& entry : node->entries) {
      Duration value;
      if (!known_cell(entry.key_mark, entry.key)) continue;
      if (context_.read(entry.value, value, parse_duration))
        spec_.exact.push_back({entry.key, value.in_seconds()});
    }
  }

  void wanted() {
    for (const Node* item : context_.list(fields_.get("expect"), "expect")) {
      const Fields one(context_, item, kCompareExpectKeys, item->mark);
      if (!one.is_map()) continue;
      CompareSpec::Wanted wanted;
      wanted.place = context_.place(item->mark).text();
      wanted.metric = "mean";
      const auto cell = context_.text(one.get("cell"), "a cell");
      if (one.has("metric") && !metric(one.get("metric"), wanted.metric)) continue;
      const auto word = context_.word(one.get("is"), kVerdicts);
      if (!cell || !word || !known_cell(one.get("cell")->mark, *cell)) continue;
      wanted.cell = *cell;
      wanted.verdict = std::string(split_words(kVerdicts)[*word]);
      spec_.expect.push_back(std::move(wanted));
    }
  }

  Context& context_;
  const Fields& fields_;
  CompareSpec spec_;
};

}  // namespace

void decode_compare(Context& context, const Node* compare) {
  if (compare == nullptr) return;
  const Fields fields(context, compare, kCompareKeys, compare->mark);
  if (fields.is_map()) context.scenario.compare = CompareDecoder(context, fields).decode();
}

}  // namespace lvslab::scenario
