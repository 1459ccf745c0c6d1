// An outcome as people and programs read it: tables for the terminal, CSV, and compare.json, which
// has all that a page with plots needs (histograms, load over time, values of every run).
#pragma once

#include <string>
#include <vector>

#include "compare/plan.h"
#include "compare/verdict.h"

namespace lvslab::compare {

struct Printed {
  const Plan& plan;
  const Outcome& outcome;
  const std::vector<std::vector<RunFigures>>& runs;
  std::vector<std::string> bounds;
  std::string version;
  bool interrupted = false;
};

std::string text_of(const Printed& printed, bool colour);
std::string csv_of(const Printed& printed);
std::string json_of(const Printed& printed);

}  // namespace lvslab::compare
