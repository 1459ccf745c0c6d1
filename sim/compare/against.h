// An outcome against what an earlier comparison has saved: cell by cell of the same name, run by
// run on the same random numbers, with Holm's correction over all tests of this table.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compare/plan.h"
#include "compare/run_file.h"
#include "compare/verdict.h"

namespace lvslab::compare {

struct Against {
  struct Row {
    std::size_t cell = 0, traffic = 0;
    std::string metric;
    Paired paired;
    double relative = 0, relative_half_width = 0;  ///< of the saved mean
    double adjusted = 1;                           ///< p by Holm
    Verdict verdict = Verdict::kNotDistinguishable;
  };
  std::string name;       ///< the folder, as it was given
  std::vector<Row> rows;  ///< of what is in both
};
Against against_saved(const Plan& plan, const Outcome& outcome, const std::vector<SavedCell>& saved,
                      std::string name);

}  // namespace lvslab::compare
