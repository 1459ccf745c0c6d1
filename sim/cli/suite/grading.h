// One student's file run with the teacher's load, events and expectations (scenario/graded.h), a
// point for each expectation that holds; and the class as a CSV.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/scenario.h"

namespace lvslab::cli {

/// A run is stopped after so many events: what a class hands in may never come to an end.
inline constexpr std::uint64_t kMostGradedEvents = 20'000'000;

struct Grade {
  std::string student, file;
  std::vector<bool> passed;  ///< of each expectation; empty: the file could not be graded
  std::string reason;        ///< the first thing that is wrong, on one line
};

/// Whose file it is: the folder below `folder` that it lies in, or its own name.
std::string student_of(const std::string& folder, const std::string& file);

Grade grade_file(const std::string& folder, const std::string& file, const std::string& key,
                 const std::vector<scenario::ExpectationSpec>& wanted);

/// For the way from a worker to its parent.
std::string pack(const Grade& grade);
std::optional<Grade> unpack_grade(std::string_view bytes);

std::string grades_csv(const std::vector<Grade>& grades,
                       const std::vector<scenario::ExpectationSpec>& wanted);

}  // namespace lvslab::cli
