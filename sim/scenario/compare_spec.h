// `compare:` of a scenario: which runs are set against each other. A cell is one value for each
// param that is varied, and one variant if there are any; cells are in scenario order, the last one
// named changing fastest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace lvslab::scenario {

inline constexpr std::size_t kMostCells = 10'000;
inline constexpr std::uint32_t kMostReplications = 100'000;

struct CompareSpec {
  struct Vary {
    std::string param;
    std::vector<std::string> values;
  };
  struct Exact {
    std::string cell;
    double seconds = 0;  ///< mean latency
  };
  /// A verdict that must come out.
  struct Wanted {
    std::string place, cell, metric, verdict;
  };
  std::vector<Vary> vary;
  std::vector<std::string> variants;
  std::string baseline;  ///< of a cell, or one value: each cell against the one with that value
  std::optional<std::uint32_t> replications, max_replications;
  std::optional<Duration> warm_up;
  std::vector<std::string> metrics;
  std::optional<double> threshold, half_width;  ///< relative
  std::string knee;
  std::optional<Duration> unit;
  std::vector<Exact> exact;
  std::vector<Wanted> expect;
};

/// "50/s" before "100/s"; false for what are no numbers of one unit.
bool less_figure(std::string_view a, std::string_view b);
/// "a", or "a / 2 / small": the values in order.
std::string cell_name(const std::vector<std::string>& values);
/// Names of all cells in order; an error beyond kMostCells.
Result<std::vector<std::vector<std::string>>> cells_of(const CompareSpec& spec);
/// "1..10", "0.5..0.9 step 0.1", "50/s..90/s step 10/s", or "a,b,c", as its values.
Result<std::vector<std::string>> parse_values(std::string_view text);
/// A value of some cell, or a cell's whole name.
bool names_a_baseline(const CompareSpec& spec, std::string_view text);
/// mean p50 p90 p99 p99.9 max rate failed jain
bool is_metric(std::string_view word);
std::vector<std::string_view> metric_words();

}  // namespace lvslab::scenario
