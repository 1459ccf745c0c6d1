// The parts of a comparison's report.html. Each is a <section> or empty. Keys of figures are paths
// into compare.json, list elements by number: "cells/0/traffic/0/metrics/mean/mean".
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compare/print.h"
#include "report/page_frame.h"

namespace lvslab::compare {

/// A traffic by name and kind of loop, and where each cell has it (nothing: it has not).
struct PageTraffic {
  std::string name;
  bool open_loop = true;
  std::vector<const TrafficResult*> of_cell;
  std::vector<std::size_t> place;  ///< in the cell's list
};
std::vector<PageTraffic> page_traffics(const Printed& printed);
/// "open loop: web"
std::string page_traffic_name(const Printed& printed, const PageTraffic& traffic);

/// A mean with its interval behind it; `path` of the estimate.
report::PageCell page_estimate(const Printed& printed, std::string_view metric,
                               const Estimate& estimate, const std::string& path);

std::string page_what(const Printed& printed);  ///< what was compared, and how
std::string page_wanted(const Printed& printed);
std::string page_estimates(const Printed& printed);
std::string page_differences(const Printed& printed);
std::string page_against(const Printed& printed);
std::string page_knees(const Printed& printed);
std::string page_bars(const Printed& printed);
std::string page_curves(const Printed& printed);  ///< of latencies
std::string page_shares(const Printed& printed);
std::string page_load(const Printed& printed);

/// Cells in one chart, charts of a kind, and rows in a table: what is left out is said.
inline constexpr std::size_t kPageLines = 8, kPageCharts = 4, kPageSmall = 12, kPageBars = 32,
                             kPageCells = 200;

}  // namespace lvslab::compare
