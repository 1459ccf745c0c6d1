// All runs of a grid: in worker processes of this machine, and shared with other ranks that work in
// the same folder. No message-passing library is needed for that: a rank knows its number from the
// environment that mpirun or srun gives it, and takes a run by making its claim file, which only
// one can (O_EXCL). Who is done takes what nobody has, so fast ranks do more. What a dead rank had
// claimed, rank 0 runs in the end: a run done twice gives the same bytes. Rank 0 prints.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compare/figures.h"
#include "compare/plan.h"

namespace lvslab::compare {

struct Ranks {
  std::uint32_t rank = 0, count = 1;
  std::string job;  ///< tells this start from earlier ones in the same folder
};
/// From the environment of Open MPI, PMI or Slurm; one rank without any.
Ranks ranks_of_environment();

struct RunnerHow {
  unsigned jobs = 1;
  std::string directory;  ///< of results; empty: nothing is kept
  bool resume = false;    ///< results there that came of the same input are taken
  Ranks ranks;
  const std::atomic<bool>* interrupted = nullptr;
  /// Runs done, and wanted by now; in the parent, in whatever order.
  std::function<void(std::size_t done, std::size_t wanted)> progress;
  std::function<void()> pause;  ///< a moment passes, while others work
};

struct RunnerEnd {
  enum class Kind : std::uint8_t { kDone, kInterrupted, kFailed, kCannotWrite } kind = Kind::kDone;
  std::string message;  ///< of what failed
  std::size_t reused = 0;
  std::vector<std::string> damaged;  ///< files of results that could not be read: run again
  /// By cell, in order of replication without gaps.
  std::vector<std::vector<RunFigures>> runs;
};

RunnerEnd run_grid(const Request& request, const Plan& plan, const RunnerHow& how);

}  // namespace lvslab::compare
