// What `lvslab test` found in each file, and the forms in which it is told: lines for people, TAP
// version 14, JUnit XML, annotations for GitHub. The same results give the same bytes: no wall
// time, unless a caller adds it to the lines.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenario/scenario.h"

namespace lvslab::report {

/// One thing that is not as the file says. Texts may have several lines; empty ones are not told.
struct Mismatch {
  scenario::Place place;  ///< of the expectation; the file alone if none is to blame
  std::string kind;       ///< of the expectation, or what else: input, crash, ladder ...
  std::string expected, actual, when;
  std::string cause;      ///< what first made it so
  std::string reproduce;  ///< a command
};

struct CaseResult {
  enum class Status : std::uint8_t { kPassed, kFailed, kSkipped, kLeftOut };
  std::string path, title;
  Status status = Status::kPassed;
  std::string reason;              ///< kSkipped
  std::uint64_t expectations = 0;  ///< of the file
  std::uint64_t orders = 1;        ///< of simultaneous events it was run under
  std::vector<Mismatch> mismatches;
  std::vector<std::string> remarks;
  std::string messages;  ///< what the run said to stderr: mistakes in the file, why it crashed
};

struct CaseCounts {
  std::uint64_t passed = 0, failed = 0, skipped = 0;
  void add(const CaseResult& result);
};
/// "3 passed, 1 failed, 0 skipped"
std::string closing_line(const CaseCounts& counts);

/// For people: a line, and below it what failed and what there is to remark.
std::string case_lines(const CaseResult& result, bool colour,
                       std::optional<std::int64_t> milliseconds = {});

/// `number` from 1. The version line comes before all, the plan may come after.
inline constexpr std::string_view kTapVersion = "TAP version 14\n";
std::string tap_case(const CaseResult& result, std::uint64_t number);
std::string tap_plan(std::uint64_t cases);

/// One testsuite per folder, a testcase per file.
std::string junit(const std::vector<CaseResult>& results);

/// A line "::error file=...,line=...::..." for each mismatch.
std::string annotations(const CaseResult& result);

/// The one sentence of a mismatch, on one line.
std::string headline(const Mismatch& mismatch);
/// All of it, as "name   text" lines without the place.
std::string details(const Mismatch& mismatch);

}  // namespace lvslab::report
