// The parts of report.html, and what they are written with. Each part is a <section> or empty.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/internal.h"

namespace lvslab::report {

/// A cell; `key` names the figure as summary.json's path does ("real_servers/rs1/share") and
/// `value` is its text there, so that a page's numbers can be compared with the file's.
struct PageCell {
  std::string text, key = {}, value = {};
  bool number = true;
};
/// Bodies are escaped here.
std::string page_table(std::string_view caption, const std::vector<std::string>& heads,
                       const std::vector<std::vector<PageCell>>& rows);
std::string page_section(std::string_view id, std::string_view title, std::string_view body);
/// "12.5 ms" of picoseconds.
std::string page_time(std::int64_t ps);
/// "and 12 more, not shown here" or nothing.
std::string page_left_out(std::size_t all, std::size_t shown, std::string_view where);

std::string page_traffic(const RunResult& result);
std::string page_servers(const RunResult& result);
std::string page_ends(const RunResult& result);  ///< drops, counters, IPVS tables at the end
std::string page_verdicts(const RunResult& result);
std::string page_findings(const RunResult& result);
std::string page_charts(const RunResult& result);
std::string page_owners(const RunResult& result);

/// Lists in a page are no longer than this; what is left out is said.
inline constexpr std::size_t kPageRows = 60;

}  // namespace lvslab::report
