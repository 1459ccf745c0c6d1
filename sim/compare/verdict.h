// What a grid of runs says: for each cell estimates with 95 % intervals, against the baseline
// paired differences (replication k of both met the same requests) with Holm's correction over all
// tests of the table, and a word for each. No word is better than a wrong one: "not
// distinguishable" is said whenever chance explains the difference.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/figures.h"
#include "compare/plan.h"
#include "compare/statistics.h"
#include "metrics/histogram.h"

namespace lvslab::compare {

enum class Verdict : std::uint8_t { kBetter, kWorse, kNotDistinguishable, kWithinThreshold };
std::string_view verdict_word(Verdict verdict);

struct MetricFigures {
  std::string metric;
  std::vector<double> values;  ///< by replication; latencies in seconds
  Estimate estimate;           ///< of a latency: count 0 when some run had no answer
};
struct TrafficResult {
  std::string name;
  bool open_loop = true;
  std::vector<MetricFigures> metrics;  ///< all of the language, in its order
  Estimate cut;                        ///< seconds
  double most_cut = 0;                 ///< share of the requests, of the worst run
  std::vector<std::pair<std::uint16_t, std::uint64_t>> histogram;  ///< of all runs
  const MetricFigures& of(std::string_view metric) const;
};
struct ServerResult {
  std::string name;
  Estimate share, busy;
};
struct CellResult {
  std::vector<TrafficResult> traffics;
  std::vector<ServerResult> servers;
  std::size_t replications = 0;
  double little_gap = 0;
};
struct Difference {
  std::size_t cell = 0, against = 0, traffic = 0;
  std::string metric;
  Paired paired;
  double relative = 0, relative_half_width = 0;  ///< of the baseline's mean
  double adjusted = 1;                           ///< p by Holm
  Verdict verdict = Verdict::kNotDistinguishable;
};
struct KneeResult {
  std::string where;  ///< the other dimensions' values
  std::string traffic;
  std::string last;     ///< value that still holds; empty: none does
  std::string first;    ///< value that does not any more; empty: all hold
  bool certain = true;  ///< the intervals leave no doubt on either side
};
struct JudgedWanted {
  scenario::CompareSpec::Wanted wanted;
  bool held = false;
  std::string actual;
};

struct Outcome {
  std::vector<CellResult> cells;
  std::vector<Difference> differences;
  std::vector<KneeResult> knees;
  std::vector<JudgedWanted> wanted;
  bool held() const;
};
Outcome judge(const Plan& plan, const std::vector<std::vector<RunFigures>>& runs);

/// What `adjusted` and the difference come to. With a threshold the whole interval (`relative` plus
/// and minus `half_width`) must lie on one side of it.
Verdict verdict_of(std::string_view metric, const Paired& paired, double adjusted, double relative,
                   double half_width, double threshold);

}  // namespace lvslab::compare
