// `lvslab test`: scenario files as tests, in worker processes, told in the order of their paths.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <regex>
#include <thread>

#include "cli/suite/case.h"
#include "cli/suite/files.h"
#include "cli/suite/parcel.h"
#include "cli/verbs.h"
#include "fmt/format.h"
#include "jobs/workers.h"
#include "report/cases.h"

namespace lvslab::cli {
namespace {

using report::CaseResult;
using report::Mismatch;

int usage(const std::string& what) {
  std::fprintf(stderr, "lvslab test: %s.\n", what.c_str());
  return kBadInput;
}

/// GitHub takes a line that begins with "::" or holds "##[" for a command, whoever wrote it.
std::string disarmed(const std::string& text) {
  std::string out;
  bool line_begins = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = std::string_view(text).substr(i);
    if (line_begins && rest.starts_with("::")) out += '\\';
    if (text[i] == '[' && i >= 2 && text[i - 1] == '#' && text[i - 2] == '#') out += '\\';
    line_begins = text[i] == '\n' || (line_begins && (text[i] == ' ' || text[i] == '\t'));
    out += text[i];
  }
  return out;
}

/// Prints each case as soon as all before it are there.
class Printer {
 public:
  Printer(const Options& options, std::size_t cases)
      : options_(options.test), colour_(colour_wanted(1)), results_(cases), times_(cases) {
    if (options_.tap) std::fputs(std::string(report::kTapVersion).c_str(), stdout);
  }

  void take(std::size_t index, CaseResult result, std::int64_t milliseconds) {
    counts_.add(result);
    results_[index] = std::move(result);
    times_[index] = milliseconds;
    while (next_ < results_.size() && results_[next_]) print(next_++);
    std::fflush(stdout);
  }

  /// What is there although something before it is not, and the closing line.
  void close(bool finished) {
    for (; next_ < results_.size(); ++next_) {
      if (results_[next_]) print(next_);
    }
    if (options_.tap)
      std::fputs((finished ? report::tap_plan(told_) : "Bail out! interrupted\n").c_str(), stdout);
    std::fputs(report::closing_line(counts_).c_str(), stdout);
  }

  std::uint64_t told() const { return told_; }
  std::uint64_t failed() const { return counts_.failed; }
  std::vector<CaseResult> results() const {
    std::vector<CaseResult> all;
    for (const auto& result : results_) {
      if (result) all.push_back(*result);
    }
    return all;
  }

 private:
  void print(std::size_t index) {
    const CaseResult& result = *results_[index];
    if (result.status == CaseResult::Status::kLeftOut) return;
    ++told_;
    // How long it took is for somebody who looks on: what is kept is the same each time.
    const auto time = colour_ ? std::optional(times_[index]) : std::nullopt;
    const std::string text =
        options_.tap ? report::tap_case(result, told_) : report::case_lines(result, colour_, time);
    std::fputs((options_.github ? disarmed(text) : text).c_str(), stdout);
    if (options_.github) std::fputs(report::annotations(result).c_str(), stdout);
  }

  const TestOptions& options_;
  bool colour_;
  report::CaseCounts counts_;
  std::vector<std::optional<CaseResult>> results_;
  std::vector<std::int64_t> times_;
  std::size_t next_ = 0;
  std::uint64_t told_ = 0;
};

/// A worker died of this file.
CaseResult crashed(const std::string& path, const jobs::JobEnd& end) {
  CaseResult result;
  result.path = path;
  result.status = CaseResult::Status::kFailed;
  Mismatch one;
  one.place.file = path;
  one.kind = "crash";
  one.expected = "a run to its end";
  one.actual = "the run ended by " + end.death;
  if (end.step != 0) one.when = fmt::format("under tie seed {}", end.step);
  one.reproduce = command_line("run", path, end.step);
  result.mismatches.push_back(std::move(one));
  return result;
}

bool write_junit(const std::string& path, const Printer& printer) {
  if (path.empty()) return true;
  std::ofstream file(path, std::ios::binary);
  file << report::junit(printer.results());
  file.close();
  if (file) return true;
  std::fprintf(stderr, "lvslab test: could not write %s.\n", path.c_str());
  return false;
}

CaseOptions case_options(const TestOptions& test, const std::vector<std::string>& files) {
  CaseOptions how;
  how.orders = test.orders;
  if (!test.update_golden) return how;
  std::error_code problem;
  const bool one_file =
      test.paths.size() == 1 && !std::filesystem::is_directory(test.paths.front(), problem);
  how.golden =
      one_file && files.size() == 1 ? CaseOptions::Golden::kCreate : CaseOptions::Golden::kUpdate;
  return how;
}

}  // namespace

void add_test_options(CLI::App& verb, Options& options) {
  TestOptions& test = options.test;
  verb.add_option("PATH", test.paths, "scenario files, and folders: every *.yaml and *.yml below")
      ->required();
  verb.add_option("--junit", test.junit, "write JUnit XML to this file");
  verb.add_flag("--tap", test.tap, "print TAP version 14");
  verb.add_flag("--github", test.github, "print annotations for GitHub Actions too");
  verb.add_option("--filter", test.filter,
                  "only files whose path or title this expression matches (ECMAScript)");
  verb.add_option("--jobs", test.jobs, "worker processes (default: one a processor)")
      ->check(CLI::Range(1, 256));
  verb.add_option("--order-seeds", test.orders,
                  "run each file under so many orders of simultaneous events (tie seeds 0, 1 ...)")
      ->check(CLI::Range(std::uint64_t{1}, kMostOrders));
  verb.add_flag("--update-golden", test.update_golden,
                "write the ladders NAME.ladder that stand beside the files anew; for one file "
                "named alone, make it");
  verb.footer(
      "A file holds if all it expects comes true. One that declares a race (`outcomes`) is run "
      "under\n16 orders or more. Exit status: 0 all hold, 1 one failed, 2 bad usage, 3 nothing to "
      "run or\nnothing could be written, 130 interrupted.");
}

int test_verb(const Options& options) {
  const TestOptions& test = options.test;
  const auto files = find_scenarios(test.paths);
  if (!files) return usage(files.error().what);
  std::optional<std::regex> filter;
  try {
    if (!test.filter.empty()) filter.emplace(test.filter);
  } catch (const std::regex_error&) {
    return usage("--filter " + test.filter + ": not a regular expression");
  }
  CaseOptions how = case_options(test, *files);
  jobs::Jobs work;
  work.count = files->size();
  work.workers = test.jobs != 0 ? test.jobs : std::max(1u, std::thread::hardware_concurrency());
  work.interrupted = &interrupted;
  Printer printer(options, files->size());
  work.run = [&](std::size_t job, const std::function<void(std::uint64_t)>& step) {
    const std::string& path = (*files)[job];
    if (filter && !std::regex_search(path, *filter)) {
      how.wanted = [&](const std::string& title) { return std::regex_search(title, *filter); };
    } else {
      how.wanted = nullptr;
    }
    return pack(run_case(path, how, step));
  };
  work.done = [&](jobs::JobEnd&& end) {
    const std::string& path = (*files)[end.job];
    std::optional<CaseResult> result;
    if (end.bytes) result = unpack(*end.bytes);
    if (!result) result = crashed(path, end);
    if (result->status == CaseResult::Status::kFailed) result->messages = end.messages;
    printer.take(end.job, std::move(*result), end.milliseconds);
  };
  const bool finished = files->empty() || jobs::run_jobs(work);
  if (finished && printer.told() == 0) {
    if (test.tap) std::fputs(report::tap_plan(0).c_str(), stdout);
    std::fprintf(stderr, "lvslab test: nothing to run: %s.\n",
                 files->empty() ? "no *.yaml or *.yml there" : "--filter matches no file");
    return kCannotWrite;
  }
  printer.close(finished);
  const bool written = write_junit(test.junit, printer);
  if (!finished) {
    std::fprintf(stderr, "lvslab test: interrupted: %zu of %zu files were run.\n",
                 printer.results().size(), files->size());
    return kInterrupted;
  }
  if (!written) return kCannotWrite;
  return printer.failed() > 0 ? kFailed : kFine;
}

}  // namespace lvslab::cli
