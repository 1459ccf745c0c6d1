// A pool of worker processes, each forked once and handed one job after the other, so that a job
// that crashes takes nothing with it but its own result. What a job writes to stderr is kept and
// handed over with it. Workers never outlive the call, nor their parent.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace lvslab::jobs {

struct JobEnd {
  std::size_t job = 0;
  std::optional<std::string> bytes;  ///< nothing: the worker ended before its time
  std::string messages;              ///< what it wrote to stderr
  std::string death;                 ///< how the worker ended: "signal 11 (...)", "exit status 4"
  std::uint64_t step = 0;            ///< the last step that the job told of
  std::int64_t milliseconds = 0;     ///< of wall time, for people
};

struct Jobs {
  std::size_t count = 0;
  unsigned workers = 1;
  const std::atomic<bool>* interrupted = nullptr;  ///< set: no job is begun, those at work end
  /// In a worker; `step` may be called to say how far it is.
  std::function<std::string(std::size_t job, const std::function<void(std::uint64_t)>& step)> run;
  /// In the parent, in the order in which jobs end.
  std::function<void(JobEnd&&)> done;
};

/// False: interrupted; the workers are gone and jobs that had not ended were not told of. Throws
/// std::runtime_error when no process can be had.
bool run_jobs(const Jobs& jobs);

}  // namespace lvslab::jobs
