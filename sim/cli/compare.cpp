// `lvslab compare`: a grid of runs, told in the order of its cells.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <optional>
#include <thread>

#include "cli/session.h"
#include "cli/verbs.h"
#include "compare/bounds.h"
#include "compare/print.h"
#include "compare/run_file.h"
#include "compare/runner.h"
#include "fmt/format.h"

namespace lvslab::cli {
namespace {

/// Runs done and the time that is left, on a terminal.
class Bar {
 public:
  explicit Bar(bool wanted) : wanted_(wanted && isatty(2) != 0) {}
  ~Bar() {
    if (shown_) std::fprintf(stderr, "\r\033[K");
  }
  void show(std::size_t done, std::size_t wanted) {
    if (!wanted_) return;
    if (!begun_) {
      begun_ = true;
      already_ = done;  // taken from disk: they took no time
    }
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    if (seconds < 0.5) return;
    shown_ = true;
    std::string left;
    if (done > already_) {
      left = fmt::format(", {:.0f} s left", seconds / static_cast<double>(done - already_) *
                                                static_cast<double>(wanted - done));
    }
    std::fprintf(stderr, "\r\033[K%zu of %zu runs%s", done, wanted, left.c_str());
    std::fflush(stderr);
  }

 private:
  bool wanted_, shown_ = false, begun_ = false;
  std::size_t already_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

compare::Request request_of(const Options& options) {
  const CompareOptions& given = options.compare;
  compare::Request request;
  request.file = options.file;
  request.seed = options.seed;
  request.vary = given.vary;
  request.baseline = given.baseline;
  request.warm_up = given.warm_up;
  request.half_width = given.half_width;
  request.threshold = given.threshold;
  request.knee = given.knee;
  if (given.replications != 0) request.replications = given.replications;
  if (given.max_replications != 0) request.max_replications = given.max_replications;
  for (const std::string& assignment : options.set) {
    const std::size_t equals = assignment.find('=');
    request.set.emplace_back(assignment.substr(0, equals), assignment.substr(equals + 1));
  }
  return request;
}

int print_problems(const compare::Plan& plan, const std::vector<scenario::ReadResult>& broken) {
  for (const std::string& problem : plan.problems)
    std::fprintf(stderr, "lvslab compare: %s.\n", problem.c_str());
  for (const scenario::ReadResult& read : broken) print(read, read.errors);
  return plan.problems.empty() && broken.empty() ? kFine : kBadInput;
}

bool load_saved(const std::string& folder, std::vector<compare::SavedCell>& saved) {
  auto cells = compare::saved_cells(folder);
  if (!cells) {
    std::fprintf(stderr, "lvslab compare: --against: %s. %s\n", cells.error().what.c_str(),
                 cells.error().hint.c_str());
    return false;
  }
  saved = std::move(*cells);
  return true;
}

std::string folder_of(const CompareOptions& given, const Options& options) {
  return given.resume.empty() ? options.out : given.resume;
}

int write_results(const std::string& folder, const compare::Printed& printed) {
  if (folder.empty()) return kFine;
  if (compare::write_whole(folder + "/compare.json", compare::json_of(printed)) &&
      compare::write_whole(folder + "/compare.csv", compare::csv_of(printed)) &&
      compare::write_whole(folder + "/report.html", compare::page_of(printed)))
    return kFine;
  std::fprintf(stderr, "lvslab compare: could not write into %s: is the disk full?\n",
               folder.c_str());
  return kCannotWrite;
}

compare::RunnerHow how_to_run(const Options& options, const compare::Ranks& ranks) {
  compare::RunnerHow how;
  const unsigned processors = std::max(1u, std::thread::hardware_concurrency());
  how.ranks = ranks;
  how.jobs = options.compare.jobs != 0 ? options.compare.jobs : ranks.count > 1 ? 1 : processors;
  how.directory = folder_of(options.compare, options);
  how.resume = !options.compare.resume.empty();
  how.interrupted = &interrupted;
  how.pause = [] { std::this_thread::sleep_for(std::chrono::milliseconds(50)); };
  return how;
}

int tell_interrupted(const compare::RunnerEnd& end, const std::string& folder,
                     const Options& options) {
  std::size_t done = 0;
  for (const auto& cell : end.runs) done += cell.size();
  std::fprintf(stderr, "lvslab compare: interrupted after %zu runs.\n", done);
  if (folder.empty()) {
    std::fprintf(stderr, "Without --out they are lost; the table has what was done.\n");
  } else {
    std::fprintf(stderr,
                 "They are in %s/runs: `lvslab compare %s ... --resume %s` does the rest.\n",
                 folder.c_str(), options.file.c_str(), folder.c_str());
  }
  return kInterrupted;
}

}  // namespace

void add_compare_options(CLI::App& verb, Options& options) {
  CompareOptions& given = options.compare;
  verb.add_option("FILE", options.file, "the scenario file")->required();
  const auto several = [&](const char* name, std::vector<std::string>& into, const char* about) {
    verb.add_option(name, into, about)->expected(1)->take_all()->allow_extra_args(false);
  };
  several("--set", options.set, "NAME=VALUE: another value for a param or name");
  several("--vary", given.vary, "PARAM=a,b or PARAM=1..10, PARAM=0.5..0.9 step 0.1");
  verb.add_option("--seed", options.seed, "seed of all chance (default: the file's)")
      ->check(CLI::NonNegativeNumber);
  const auto most = CLI::Range(2u, scenario::kMostReplications);
  verb.add_option("--replications", given.replications, "of each cell at first (default 20)")
      ->check(most);
  verb.add_option("--max-replications", given.max_replications, "where --half-width stops asking")
      ->check(most);
  verb.add_option("--baseline", given.baseline, "a varied value, a variant, or a whole cell");
  verb.add_option("--against", given.against, "a folder that an earlier `compare --out` wrote");
  verb.add_option("--jobs", given.jobs, "worker processes (default: one a processor)")
      ->check(CLI::Range(1, 256));
  verb.add_option("--out", options.out,
                  "write report.html, compare.json, compare.csv and runs/ here");
  verb.add_option("--resume", given.resume, "as --out, but take what is there already");
  verb.add_option("--warm-up", given.warm_up,
                  "leave out requests before this time, as 10s (default: MSER-5 finds it)");
  verb.add_option("--half-width", given.half_width,
                  "replicate until each mean is known to so much, as 2%");
  verb.add_option("--threshold", given.threshold, "differences below do not matter, as 1%");
  verb.add_option("--knee", given.knee, "'highest PARAM with p99 < 20ms'");
  verb.add_option("--format", options.format, "text, json or csv")
      ->check(CLI::IsMember({"text", "json", "csv"}));
  add_language_option(verb, options);
  verb.footer(
      "Under mpirun or srun the runs are shared out among the ranks, which need one --out folder.\n"
      "Exit status: 0, 1 an expected verdict did not come out, 2 bad usage or input, 3 could not\n"
      "write, 130 interrupted (what was done is in the folder).");
}

int compare_verb(const Options& options) {
  const CompareOptions& given = options.compare;
  scenario::ReadResult read;
  if (!read_input(options, read)) return kBadInput;
  const compare::Ranks ranks = compare::ranks_of_environment();
  if (!given.resume.empty() && !options.out.empty() && given.resume != options.out) {
    std::fprintf(stderr, "lvslab compare: --resume and --out name two folders.\n");
    return kBadInput;
  }
  const std::string folder = folder_of(given, options);
  if (ranks.count > 1 && folder.empty()) {
    std::fprintf(stderr, "lvslab compare: %u ranks need --out FOLDER (or --resume) to share.\n",
                 ranks.count);
    return kBadInput;
  }
  std::vector<compare::SavedCell> saved;
  if (!given.against.empty() && !load_saved(given.against, saved)) return kBadInput;
  const compare::Request request = request_of(options);
  std::vector<scenario::ReadResult> broken;
  const compare::Plan plan = compare::make_plan(request, read, broken);
  if (const int bad = print_problems(plan, broken); bad != kFine) return bad;

  compare::RunnerHow how = how_to_run(options, ranks);
  compare::RunnerEnd end;
  {
    Bar bar(ranks.rank == 0);
    how.progress = [&](std::size_t done, std::size_t wanted) { bar.show(done, wanted); };
    end = compare::run_grid(request, plan, how);
  }
  using Kind = compare::RunnerEnd::Kind;
  if (end.kind == Kind::kFailed || end.kind == Kind::kCannotWrite) {
    std::fprintf(stderr, "lvslab compare: %s.\n", end.message.c_str());
    return end.kind == Kind::kFailed ? kBadInput : kCannotWrite;
  }
  const bool stopped = end.kind == Kind::kInterrupted;
  if (ranks.rank != 0) return stopped ? kInterrupted : kFine;
  for (const std::string& path : end.damaged)
    std::fprintf(stderr, "%s is no result of a run: it was run again\n", path.c_str());
  if (end.reused > 0) std::fprintf(stderr, "%zu runs were there already\n", end.reused);
  const compare::Outcome outcome = compare::judge(plan, end.runs);
  compare::Printed printed{plan,           outcome, end.runs, compare::bounds_of(read.scenario),
                           LVSLAB_VERSION, stopped};
  std::optional<compare::Against> against;
  if (!given.against.empty()) against = compare::against_saved(plan, outcome, saved, given.against);
  if (against) printed.against = &*against;
  printed.words = options.words;
  if (options.format == "json") {
    std::fputs(compare::json_of(printed).c_str(), stdout);
  } else if (options.format == "csv") {
    std::fputs(compare::csv_of(printed).c_str(), stdout);
  } else {
    std::fputs(compare::text_of(printed, colour_wanted(1)).c_str(), stdout);
  }
  if (const int written = write_results(folder, printed); written != kFine) return written;
  if (stopped) return tell_interrupted(end, folder, options);
  return outcome.held() ? kFine : kFailed;
}

}  // namespace lvslab::cli
