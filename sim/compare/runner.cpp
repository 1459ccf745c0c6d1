#include "compare/runner.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "base/random.h"
#include "compare/run_file.h"
#include "compare/run_once.h"
#include "compare/statistics.h"
#include "fmt/format.h"
#include "jobs/workers.h"

namespace lvslab::compare {
namespace {

constexpr int kPatience = 1200;  ///< pauses without news until what others claimed is run here

struct Todo {
  std::uint32_t cell = 0, replication = 0;
};

std::uint64_t fingerprint_of(const Plan& plan, const Todo& todo) {
  return mix(plan.cells[todo.cell].fingerprint, todo.replication);
}

class Grid {
 public:
  Grid(const Request& request, const Plan& plan, const RunnerHow& how)
      : request_(request), plan_(plan), how_(how), found_(plan.cells.size()) {}

  RunnerEnd run() {
    if (!make_folder()) return std::move(end_);
    std::vector<std::uint32_t> wanted(plan_.cells.size(), plan_.replications);
    // Where the warm-up ends is found in the first replication of a cell and holds for all others:
    // a cut that follows the data it is applied to takes busy times away rather than quiet ones.
    const bool good = plan_.spec.warm_up || complete(std::vector<std::uint32_t>(wanted.size(), 1));
    while (good && complete(wanted) && more(wanted)) continue;
    collect();
    return std::move(end_);
  }

 private:
  using Kind = RunnerEnd::Kind;

  bool make_folder() {
    if (how_.directory.empty()) return true;
    std::error_code problem;
    std::filesystem::create_directories(how_.directory + "/runs", problem);
    if (!problem) return true;
    fail(Kind::kCannotWrite, "cannot make the folder " + how_.directory + ": " + problem.message());
    return false;
  }

  void fail(Kind kind, std::string message) {
    if (end_.kind == Kind::kDone) {
      end_.kind = kind;
      end_.message = std::move(message);
    }
  }

  bool have(const Todo& todo) const { return found_[todo.cell].contains(todo.replication); }

  bool look_on_disk(const Todo& todo) {
    if (how_.directory.empty()) return false;
    auto run = stored_run(how_.directory, todo.cell, todo.replication, fingerprint_of(plan_, todo));
    if (!run) return false;
    found_[todo.cell].emplace(todo.replication, std::move(*run));
    return true;
  }

  /// All replications that are wanted of all cells. False: that could not be.
  bool complete(const std::vector<std::uint32_t>& wanted) {
    std::vector<Todo> todo;
    const std::uint32_t most = *std::max_element(wanted.begin(), wanted.end());
    wanted_ = 0;
    for (const std::uint32_t count : wanted) wanted_ += count;
    for (std::uint32_t r = 0; r < most; ++r) {
      for (std::uint32_t c = 0; c < wanted.size(); ++c) {
        const Todo one{c, r};
        if (r >= wanted[c] || have(one)) continue;
        if (how_.resume && look_on_disk(one)) {
          ++end_.reused;
          continue;
        }
        if (how_.resume && is_damaged(how_.directory, c, r))
          end_.damaged.push_back(run_path(how_.directory, c, r));
        todo.push_back(one);
      }
    }
    tell();
    if (!work(todo, how_.ranks.count > 1)) return false;
    return how_.ranks.count == 1 || wait_for_others(todo);
  }

  void tell() {
    if (!how_.progress) return;
    std::size_t done = 0;
    for (const auto& runs : found_) done += runs.size();
    how_.progress(done, wanted_);
  }

  bool claim(const Todo& todo) const {
    const std::string path = fmt::format("{}/runs/{:04}-{:04}.claim.{}", how_.directory, todo.cell,
                                         todo.replication, how_.ranks.job);
    const int file = open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
    if (file < 0) return false;
    close(file);
    return true;
  }

  std::vector<Duration> cuts(const Todo& todo) const {
    const auto& runs = found_[todo.cell];
    if (todo.replication == 0 || !runs.contains(0)) return {};
    return cuts_of(runs.at(0));
  }

  /// In a worker: the result's text; empty when another rank has it; nothing else is written.
  std::string do_one(const Todo& todo, bool claiming) const {
    if (claiming && !claim(todo)) return {};
    const Cell& cell = plan_.cells[todo.cell];
    scenario::ReadResult read = read_cell(request_, cell);
    std::vector<scenario::Message> errors = read.errors;
    std::optional<RunFigures> run;
    if (errors.empty()) {
      run = run_once(read.scenario,
                     {.replication = todo.replication,
                      .warm_up = plan_.spec.warm_up,
                      .cuts = cuts(todo),
                      .series = todo.replication == 0},
                     errors);
    }
    if (!run) {
      std::string text = "!" + cell.name + ":";
      for (const scenario::Message& message : errors)
        text += fmt::format(" {}: {}. {}", message.place.text(), message.what, message.hint);
      return text;
    }
    run->cell = todo.cell;
    run->fingerprint = fingerprint_of(plan_, todo);
    std::string text = run_text(*run);
    if (!how_.directory.empty() &&
        !write_whole(run_path(how_.directory, todo.cell, todo.replication), text))
      return "?";
    return text;
  }

  bool work(const std::vector<Todo>& todo, bool claiming) {
    if (todo.empty()) return true;
    jobs::Jobs pool;
    pool.count = todo.size();
    pool.workers = how_.jobs;
    pool.interrupted = how_.interrupted;
    pool.run = [&](std::size_t job, const auto&) { return do_one(todo[job], claiming); };
    pool.done = [&](jobs::JobEnd&& end) { take(todo[end.job], end); };
    const bool finished = jobs::run_jobs(pool);
    if (!finished) fail(Kind::kInterrupted, "interrupted");
    return end_.kind == Kind::kDone;
  }

  void take(const Todo& todo, const jobs::JobEnd& end) {
    if (!end.bytes) {
      fail(Kind::kFailed,
           fmt::format("a run of {} (replication {}) ended by {}. {}", plan_.cells[todo.cell].name,
                       todo.replication, end.death, end.messages));
    } else if (end.bytes->starts_with('!')) {
      fail(Kind::kFailed, end.bytes->substr(1));
    } else if (*end.bytes == "?") {
      fail(Kind::kCannotWrite,
           "could not write into " + how_.directory + "/runs: is the disk full?");
    } else if (!end.bytes->empty()) {
      auto run = parse_run(*end.bytes);
      if (!run) {
        return fail(Kind::kFailed,
                    fmt::format("the result of a run of {} (replication {}) cannot be read",
                                plan_.cells[todo.cell].name, todo.replication));
      }
      found_[todo.cell].emplace(todo.replication, std::move(*run));
      tell();
    }
  }

  /// What other ranks have claimed comes from disk.
  bool wait_for_others(const std::vector<Todo>& todo) {
    int quiet = 0;
    for (;;) {
      std::vector<Todo> missing;
      bool news = false;
      for (const Todo& one : todo) {
        if (have(one)) continue;
        if (look_on_disk(one)) {
          news = true;
        } else {
          missing.push_back(one);
        }
      }
      if (news) tell();
      if (missing.empty()) return true;
      if (how_.interrupted != nullptr && *how_.interrupted) {
        fail(Kind::kInterrupted, "interrupted");
        return false;
      }
      quiet = news ? 0 : quiet + 1;
      if (quiet > kPatience && how_.ranks.rank == 0) return work(missing, false);
      if (how_.pause) how_.pause();
    }
  }

  /// Cells whose means are not known well enough yet get half as many replications again. Decided
  /// on whole rounds, in order of replication: so it is the same however the work was spread.
  bool more(std::vector<std::uint32_t>& wanted) const {
    if (!plan_.spec.half_width) return false;
    bool any = false;
    for (std::size_t c = 0; c < wanted.size(); ++c) {
      if (wanted[c] >= plan_.most || fine(c)) continue;
      wanted[c] = std::min(plan_.most, wanted[c] + std::max(2u, plan_.replications / 2));
      any = true;
    }
    return any;
  }

  bool fine(std::size_t cell) const {
    const auto& runs = found_[cell];
    if (runs.empty()) return true;
    for (std::size_t t = 0; t < runs.begin()->second.traffics.size(); ++t) {
      std::vector<double> means;
      for (const auto& [replication, run] : runs) {
        if (run.traffics[t].requests == 0) return false;
        means.push_back(value_of(run, t, "mean"));
      }
      if (estimate(means).relative() > *plan_.spec.half_width) return false;
    }
    return true;
  }

  void collect() {
    for (auto& runs : found_) {
      std::vector<RunFigures> list;
      for (auto& [replication, run] : runs) {
        if (replication != list.size()) break;
        list.push_back(std::move(run));
      }
      end_.runs.push_back(std::move(list));
    }
  }

  const Request& request_;
  const Plan& plan_;
  const RunnerHow& how_;
  std::vector<std::map<std::uint32_t, RunFigures>> found_;
  std::size_t wanted_ = 0;
  RunnerEnd end_;
};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

}  // namespace

Ranks ranks_of_environment() {
  constexpr const char* kNames[][3] = {
      {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "PMIX_NAMESPACE"},
      {"PMI_RANK", "PMI_SIZE", "PMI_JOBID"},
      {"SLURM_PROCID", "SLURM_NTASKS", "SLURM_JOB_ID"}};
  for (const auto& [rank, size, job] : kNames) {
    const std::string mine = variable(rank), all = variable(size);
    if (mine.empty() || all.empty()) continue;
    Ranks ranks;
    ranks.rank = static_cast<std::uint32_t>(std::strtoul(mine.c_str(), nullptr, 10));
    ranks.count = static_cast<std::uint32_t>(std::strtoul(all.c_str(), nullptr, 10));
    // A restarted step of one Slurm job is another start.
    for (const std::string& part :
         {variable(job), variable("SLURM_STEP_ID"), variable("SLURM_RESTART_COUNT")}) {
      for (const char c : part) {
        const bool plain =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        ranks.job += plain ? c : '_';
      }
      ranks.job += '_';
    }
    if (ranks.count >= 1 && ranks.rank < ranks.count) return ranks;
  }
  return {};
}

RunnerEnd run_grid(const Request& request, const Plan& plan, const RunnerHow& how) {
  return Grid(request, plan, how).run();
}

}  // namespace lvslab::compare
