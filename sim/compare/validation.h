// The validation cases: figures that queueing theory, arithmetic or published measurements give,
// each with the scenario file and parameters that measure it. A figure passes if the estimate is
// within the tolerance or within four standard errors of it, from independent replications.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lvslab::compare {

/// One figure of a case; lines of one case stand together and have the same id.
struct CaseLine {
  std::string id;
  std::string file;    ///< below scenarios/
  std::string set;     ///< "A=1|B=x y", what is always set
  std::string metric;  ///< see validation_metrics.cpp
  double unit = 1;     ///< the figure is divided by it
  double value = 0;
  double relative = 0, absolute = 0;  ///< tolerance
  std::string full;                   ///< set with --all: as `set`
  std::uint32_t replications = 20;    ///< with --all
  std::string fast;                   ///< set in the quick check; "-": the case is not in it
  std::uint32_t fast_replications = 20;
  bool equal = false;  ///< not against `value`: all lines of the case must agree
  std::string note;
};
/// scenarios/validation/cases.txt.
Result<std::vector<CaseLine>> read_cases(const std::string& path);

/// Cases that no scenario file measures, each with the reason, or the test that does.
struct OtherCase {
  std::string_view id;
  std::string_view where;
};
std::span<const OtherCase> cases_elsewhere();
/// Figures that are formulas: what the program computes, beside the value.
struct FormulaLine {
  std::string_view id, what;
  double computed, value, relative;
};
std::vector<FormulaLine> formulas();

struct ValidateHow {
  bool all = false;
  std::string only;       ///< an id; empty: every one
  std::string scenarios;  ///< the folder
  unsigned jobs = 1;
  const std::atomic<bool>* interrupted = nullptr;
  /// A case is done: its lines for people, and its place among all.
  std::function<void(const std::string& lines, std::size_t done, std::size_t cases)> tell;
};
struct ValidateEnd {
  std::size_t passed = 0, failed = 0;
  bool interrupted = false;
  std::string csv;
};
ValidateEnd validate(const ValidateHow& how, const std::vector<CaseLine>& cases);

/// How often the 95 % interval of 20 replications covers the exact mean of M/M/1 at load 0.8, over
/// seeds 1 to `seeds` with `requests` a replication.
struct Coverage {
  std::size_t seeds = 0, covered = 0;
  double mean = 0;  ///< of all estimates, in service times
  bool interrupted = false;
};
Coverage coverage(std::size_t seeds, std::uint64_t requests, const ValidateHow& how);

}  // namespace lvslab::compare
