// `lvslab validate`: the simulator against what is known exactly.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "cli/verbs.h"
#include "compare/run_file.h"
#include "compare/validation.h"
#include "fmt/format.h"

namespace lvslab::cli {
namespace {

/// The folder of the sources, or the one that is here.
std::string scenario_folder() {
  std::error_code problem;
  if (std::filesystem::exists("scenarios/validation", problem)) return "scenarios";
  return LVSLAB_SCENARIOS;
}

int tell_coverage(const ValidateOptions& given, const compare::ValidateHow& how) {
  const compare::Coverage c = compare::coverage(given.coverage, given.requests, how);
  if (isatty(2) != 0) std::fprintf(stderr, "\r\033[K");
  std::printf(
      "M/M/1 at load 0.8, seeds 1 to %zu, 20 replications of %llu requests each, MSER-5:\n"
      "%zu of %zu 95 %% intervals hold the exact mean, %.2f %%; mean of all estimates %.4f "
      "(exact 5)\n",
      c.seeds, static_cast<unsigned long long>(given.requests), c.covered, c.seeds,
      c.seeds == 0 ? 0.0 : 100.0 * static_cast<double>(c.covered) / static_cast<double>(c.seeds),
      c.mean);
  if (c.interrupted) return kInterrupted;
  const double share = static_cast<double>(c.covered) / static_cast<double>(c.seeds);
  return share >= 0.93 && share <= 0.97 ? kFine : kFailed;
}

std::size_t tell_formulas(const std::string& only) {
  std::size_t failed = 0;
  std::string last;
  for (const compare::FormulaLine& line : compare::formulas()) {
    if (!only.empty() && line.id != only) continue;
    const bool good = std::abs(line.computed - line.value) <= line.relative * std::abs(line.value);
    if (!good) ++failed;
    if (last != line.id) std::printf("%s (a formula)\n", std::string(line.id).c_str());
    last = line.id;
    std::printf("  %s %s = %.10g, published %.10g\n", good ? "ok  " : "FAIL",
                std::string(line.what).c_str(), line.computed, line.value);
  }
  return failed;
}

}  // namespace

void add_validate_options(CLI::App& verb, Options& options) {
  ValidateOptions& given = options.validate;
  verb.add_flag("--all", given.all, "every case with all its runs: about an hour");
  verb.add_option("--case", given.only, "this one only");
  verb.add_option("--jobs", given.jobs, "worker processes (default: one a processor)")
      ->check(CLI::Range(1, 256));
  verb.add_option("--out", options.out, "write validate.csv to this folder");
  verb.add_option("--coverage", given.coverage,
                  "instead: how often the interval of M/M/1 holds the truth, over seeds 1 to N")
      ->check(CLI::Range(1, 1'000'000));
  verb.add_option("--requests", given.requests, "of a replication with --coverage")
      ->check(CLI::Range(std::uint64_t{100}, std::uint64_t{10'000'000}));
  verb.footer(
      "A figure passes within its tolerance or four standard errors. Without --all the quick "
      "cases\n"
      "run, shorter. Exit status: 0 all passed, 1 one failed, 2 no such case, 130 interrupted.");
}

int validate_verb(const Options& options) {
  const ValidateOptions& given = options.validate;
  compare::ValidateHow how;
  how.all = given.all;
  how.only = given.only;
  how.scenarios = scenario_folder();
  how.jobs = given.jobs != 0 ? given.jobs : std::max(1u, std::thread::hardware_concurrency());
  how.interrupted = &interrupted;
  const bool bar = isatty(2) != 0;
  how.tell = [bar](const std::string& lines, std::size_t done, std::size_t all) {
    if (bar) std::fprintf(stderr, "\r\033[K");
    std::fputs(lines.c_str(), stdout);
    std::fflush(stdout);
    if (bar) std::fprintf(stderr, "%zu of %zu", done, all);
  };
  if (given.coverage != 0) return tell_coverage(given, how);
  const auto cases = compare::read_cases(how.scenarios + "/validation/cases.txt");
  if (!cases) {
    std::fprintf(stderr, "lvslab validate: %s. %s\n", cases.error().what.c_str(),
                 cases.error().hint.c_str());
    return kBadInput;
  }
  const compare::ValidateEnd end = compare::validate(how, *cases);
  if (bar) std::fprintf(stderr, "\r\033[K");
  const std::size_t wrong = tell_formulas(given.only);
  if (given.only.empty()) {
    std::printf("measured otherwise\n");
    for (const compare::OtherCase& one : compare::cases_elsewhere())
      std::printf("  %s: %s\n", std::string(one.id).c_str(), std::string(one.where).c_str());
  }
  std::printf("cases: %zu passed, %zu failed\n", end.passed, end.failed);
  if (!options.out.empty()) {
    std::error_code problem;
    std::filesystem::create_directories(options.out, problem);
    if (problem || !compare::write_whole(options.out + "/validate.csv", end.csv)) {
      std::fprintf(stderr, "lvslab validate: could not write into %s.\n", options.out.c_str());
      return kCannotWrite;
    }
  }
  if (end.interrupted) {
    std::fprintf(stderr, "lvslab validate: interrupted: the cases above are done.\n");
    return kInterrupted;
  }
  if (!given.only.empty() && end.passed + end.failed == 0 && wrong == 0) {
    bool formula = false;
    for (const compare::FormulaLine& line : compare::formulas()) formula |= line.id == given.only;
    if (!formula) {
      std::fprintf(stderr, "lvslab validate: no case '%s'.\n", given.only.c_str());
      return kBadInput;
    }
  }
  return end.failed + wrong == 0 ? kFine : kFailed;
}

}  // namespace lvslab::cli
