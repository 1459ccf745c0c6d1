// An outcome as people and programs read it: tables for the terminal, CSV, compare.json, which has
// all that a page with plots needs (histograms, load over time, values of every run), and that
// page.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compare/against.h"
#include "compare/plan.h"
#include "compare/verdict.h"
#include "lang/lang.h"

namespace lvslab::compare {

struct Printed {
  const Plan& plan;
  const Outcome& outcome;
  const std::vector<std::vector<RunFigures>>& runs;
  std::vector<std::string> bounds;
  std::string version;
  bool interrupted = false;
  const Against* against = nullptr;  ///< nothing saved was asked for
  lang::Words words{};               ///< of the page
};

/// How lists and disciplines stand in the runs: each setting once, with the cells it is of.
std::vector<std::pair<std::string, std::vector<std::string>>> settings_of(const Printed& printed);

std::string text_of(const Printed& printed, bool colour);
std::string csv_of(const Printed& printed);
std::string json_of(const Printed& printed);
/// report.html: one page that needs nothing else; its numbers are those of compare.json.
std::string page_of(const Printed& printed);

}  // namespace lvslab::compare
