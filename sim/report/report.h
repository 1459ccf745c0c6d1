// What a run leaves behind and prints: summary.json, connections.csv, requests.csv, series.csv, and
// the tables on the terminal. All of it comes from the record stream (through the collector) and
// the tables at the end.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnose/finding.h"
#include "expect/expectation.h"
#include "lang/lang.h"
#include "metrics/collector.h"
#include "scenario/lab.h"
#include "trace/owners.h"

namespace lvslab::report {

struct RunResult {
  const scenario::Lab& lab;
  const metrics::Collector& collector;
  const std::vector<expect::Panel::Judged>& expectations;
  std::string version;
  bool interrupted = false;
  std::vector<diagnose::Finding> findings{};
  const trace::Owners* owners = nullptr;  ///< null: nobody followed the ARP tables
  std::string_view text{};                ///< of the scenario file
  std::string_view ladder{};              ///< of `ladder_of`; empty: nobody watched single frames
  std::string ladder_of{};                ///< "web/1"
  bool ladder_cut = false;                ///< it went on
  lang::Words words{};                    ///< of report.html
};

/// Writes all files but those that watchers write themselves. An error names the file.
Result<void> write_files(const RunResult& result, const std::string& directory);
std::string summary_json(const RunResult& result);

/// Tables for the terminal: per traffic, per real server, drops, expectations (failed ones with
/// actual and when).
std::string tables(const RunResult& result, bool colour);

}  // namespace lvslab::report
