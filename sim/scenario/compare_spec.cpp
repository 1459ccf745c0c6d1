#include "scenario/compare_spec.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "scenario/text.h"

namespace lvslab::scenario {
namespace {

constexpr std::array<std::string_view, 9> kMetrics = {"mean", "p50",  "p90",    "p99", "p99.9",
                                                      "max",  "rate", "failed", "jain"};
constexpr std::size_t kMostDigits = 12;

/// A number with at most so many digits and what stands behind it.
struct Figure {
  std::int64_t scaled = 0;  ///< times 10^decimals
  std::size_t decimals = 0;
  std::string unit;
};

std::optional<Figure> parse_figure(std::string_view text) {
  Figure figure;
  std::size_t at = 0, digits = 0;
  for (bool dot = false; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !dot && digits > 0) {
      dot = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    if (++digits > kMostDigits) return std::nullopt;
    figure.scaled = figure.scaled * 10 + (c - '0');
    if (dot) ++figure.decimals;
  }
  if (digits == 0 || text[at - 1] == '.') return std::nullopt;
  figure.unit = text.substr(at);
  return figure;
}

std::int64_t rescaled(const Figure& figure, std::size_t decimals) {
  std::int64_t value = figure.scaled;
  for (std::size_t i = figure.decimals; i < decimals; ++i) {
    if (value > INT64_MAX / 10) return INT64_MAX;
    value *= 10;
  }
  return value;
}

std::string written(std::int64_t scaled, std::size_t decimals, const std::string& unit) {
  std::string digits = std::to_string(scaled);
  if (decimals > 0) {
    while (digits.size() <= decimals) digits.insert(digits.begin(), '0');
    digits.insert(digits.size() - decimals, ".");
    while (digits.back() == '0') digits.pop_back();
    if (digits.back() == '.') digits.pop_back();
  }
  return digits + unit;
}

Result<std::vector<std::string>> range_values(std::string_view text, std::size_t dots) {
  std::string_view last = text.substr(dots + 2), step = {};
  if (const std::size_t word = last.find(" step "); word != std::string_view::npos) {
    step = trimmed(last.substr(word + 6));
    last = last.substr(0, word);
  }
  const auto from = parse_figure(trimmed(text.substr(0, dots))), to = parse_figure(trimmed(last));
  const auto by = step.empty() ? std::optional(Figure{1, 0, {}}) : parse_figure(step);
  const Error wrong{shown(text) + " is not a range",
                    "Write 1..10, or 0.5..0.9 step 0.1, or 50/s..90/s step 10/s"};
  if (!from || !to || !by) return tl::unexpected(wrong);
  if (to->unit != from->unit || (!step.empty() && by->unit != from->unit)) {
    return tl::unexpected(Error{shown(text) + ": the units differ", wrong.hint});
  }
  const std::size_t decimals = std::max({from->decimals, to->decimals, by->decimals});
  const std::int64_t first = rescaled(*from, decimals), end = rescaled(*to, decimals),
                     stride = rescaled(*by, decimals);
  if (stride <= 0 || end < first || end == INT64_MAX) return tl::unexpected(wrong);
  if (static_cast<std::uint64_t>(end - first) / static_cast<std::uint64_t>(stride) >= kMostCells) {
    return tl::unexpected(Error{shown(text) + " has over " + std::to_string(kMostCells) + " values",
                                "Take a larger step"});
  }
  std::vector<std::string> values;
  for (std::int64_t at = first; at <= end; at += stride)
    values.push_back(written(at, decimals, from->unit));
  return values;
}

}  // namespace

bool less_figure(std::string_view a, std::string_view b) {
  const auto left = parse_figure(a), right = parse_figure(b);
  if (!left || !right || left->unit != right->unit) return false;
  const std::size_t decimals = std::max(left->decimals, right->decimals);
  return rescaled(*left, decimals) < rescaled(*right, decimals);
}

std::string cell_name(const std::vector<std::string>& values) {
  std::string name;
  for (const std::string& value : values) name += (name.empty() ? "" : " / ") + value;
  return name;
}

Result<std::vector<std::vector<std::string>>> cells_of(const CompareSpec& spec) {
  std::vector<const std::vector<std::string>*> sides;
  for (const CompareSpec::Vary& vary : spec.vary) sides.push_back(&vary.values);
  if (!spec.variants.empty()) sides.push_back(&spec.variants);
  std::vector<std::vector<std::string>> cells = {{}};
  for (const std::vector<std::string>* side : sides) {
    if (side->empty() || cells.size() > kMostCells / side->size()) {
      return tl::unexpected(Error{"the grid has no cell, or over " + std::to_string(kMostCells),
                                  "Vary fewer values"});
    }
    std::vector<std::vector<std::string>> more;
    for (const std::vector<std::string>& cell : cells) {
      for (const std::string& value : *side) {
        more.push_back(cell);
        more.back().push_back(value);
      }
    }
    cells = std::move(more);
  }
  return cells;
}

Result<std::vector<std::string>> parse_values(std::string_view text) {
  if (const std::size_t dots = text.find(".."); dots != std::string_view::npos)
    return range_values(text, dots);
  std::vector<std::string> values;
  if (trimmed(text).empty()) return tl::unexpected(Error{"no value", "Write a,b,c or 1..10"});
  for (const std::string_view part : split_words(text, ',')) {
    if (trimmed(part).empty())
      return tl::unexpected(Error{shown(text) + ": a value is missing", "Write a,b,c or 1..10"});
    values.emplace_back(trimmed(part));
  }
  return values;
}

bool names_a_baseline(const CompareSpec& spec, std::string_view text) {
  const auto in = [&](const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), text) != list.end();
  };
  if (in(spec.variants)) return true;
  for (const CompareSpec::Vary& vary : spec.vary) {
    if (in(vary.values)) return true;
  }
  const auto cells = cells_of(spec);
  if (!cells) return true;  // said already
  return std::any_of(cells->begin(), cells->end(),
                     [&](const auto& cell) { return cell_name(cell) == text; });
}

bool is_metric(std::string_view word) {
  return std::find(kMetrics.begin(), kMetrics.end(), word) != kMetrics.end();
}

std::vector<std::string_view> metric_words() { return {kMetrics.begin(), kMetrics.end()}; }

}  // namespace lvslab::scenario
