// Jobs of a shell: wait, kill, pkill, killall, timeout, and what happens to a command that would go
// on for ever. Such a command (tcpdump without -c) does not hold up its script: it becomes a job of
// its own, as if it had been typed at a second terminal, and is stopped as by Ctrl-C when the run
// ends.
#include <algorithm>

#include "admin/commands/resolve.h"
#include "admin/shell.h"

namespace lvslab::admin {
namespace {

constexpr int kTerminated = 143;  // 128 + SIGTERM
constexpr int kTimedOut = 124;    // of `timeout`

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// "5", "0.5", "1m" as `timeout` takes them.
std::optional<Duration> interval(std::string text) {
  std::int64_t unit = 1;
  if (!text.empty() && std::string_view("smhd").find(text.back()) != std::string_view::npos) {
    const char c = text.back();
    unit = c == 'm' ? 60 : c == 'h' ? 3'600 : c == 'd' ? 86'400 : 1;
    text.pop_back();
  }
  const auto seconds = parse_seconds(text);
  if (!seconds || *seconds > Duration::seconds(2'000'000)) return std::nullopt;
  return *seconds * unit;
}

}  // namespace

int Shell::terminate_process(Turn& turn, Job& job, int status) {
  Frame& frame = *job.frames.back();
  CommandContext context{turn, machine_, frame.fields, {}, job.state.directory, {}, {}};
  const std::optional<int> own = frame.process->terminate(context);
  write(turn, job, frame.io.out, context.out);
  write(turn, job, frame.io.err, context.err);
  frame.process->interrupt(turn);
  frame.process.reset();
  machine_.command_done();
  return own.value_or(status);
}

void Shell::end_job(Turn& turn, Job& job, int status) {
  const bool running = !job.frames.empty() && job.frames.back()->process != nullptr;
  if (running) {
    const bool endless = job.frames.back()->process->endless();
    status = terminate_process(turn, job, status);
    // What it printed is still to be read by the rest of its pipeline.
    if (endless) return finish(turn, job, status);
  }
  while (!job.frames.empty()) {
    job.state.status = status;
    pop(turn, job);
  }
}

void Shell::move_to_background(Turn& turn, Job& job, Frame& frame) {
  if (jobs_.size() > kMostJobs) return finish(turn, job, terminate_process(turn, job, kTerminated));
  auto fresh = std::make_unique<Job>();
  fresh->id = next_job_++;
  reset_job(*fresh);
  fresh->state = job.state;
  const auto inherit = [&](std::size_t from) {
    if (from < 4) return from;
    fresh->streams.push_back(job.streams[from]);
    fresh->streams.back().text.clear();
    return fresh->streams.size() - 1;
  };
  Frame root;
  root.script = frame.script;
  root.quiet = frame.quiet;
  root.io.out = inherit(frame.io.out);
  root.io.err = frame.io.err == frame.io.out ? root.io.out : inherit(frame.io.err);
  Frame& own = push(*fresh, root, frame.node);
  own.stream_base = 4;
  own.fields = frame.fields;
  own.shown = frame.shown;
  own.process = std::move(frame.process);
  if (frame.owns_entry) {
    own.owns_entry = true;
    fresh->entry = std::move(job.entry);
    job.entry.reset();
    frame.owns_entry = false;
  }
  job.state.last_background = fresh->id;
  jobs_.push_back(std::move(fresh));
  finish(turn, job, 0);
}

// The administrator's job is a pipeline that only watches: somebody who types more does so at
// another terminal.
void Shell::step_aside() {
  Job& first = *jobs_[0];
  const bool watches = !first.frames.empty() && first.frames.back()->process != nullptr &&
                       first.frames.back()->process->endless();
  if (!watches || jobs_.size() > kMostJobs) return;
  auto fresh = std::make_unique<Job>();
  reset_job(*fresh);
  fresh->state = first.state;
  first.id = next_job_++;
  std::swap(jobs_[0], fresh);
  jobs_.push_back(std::move(fresh));
}

bool Shell::watches() const {
  return std::any_of(jobs_.begin(), jobs_.end(), [](const auto& job) {
    return !job->frames.empty() && job->frames.back()->process != nullptr &&
           job->frames.back()->process->endless();
  });
}

void Shell::hang_up(Turn& turn) {
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    Job& job = *jobs_[i];
    if (job.frames.empty() || job.frames.back()->process == nullptr) continue;
    if (job.frames.back()->process->endless()) end_job(turn, job, kTerminated);
  }
  advance(turn);
}

// Waits for everything in the background; only the administrator's own job can.
Shell::BuiltinResult Shell::do_wait(Turn&, Job& job, Frame&) {
  if (jobs_.size() == 1 || &job != jobs_[0].get()) return 0;
  job.waits_for_jobs = true;
  job.state.status = 0;
  return std::nullopt;
}

Shell::BuiltinResult Shell::do_kill(Turn& turn, Job& job, Frame& frame) {
  int status = 0;
  bool any = false;
  for (std::size_t i = 1; i < frame.fields.size(); ++i) {
    std::string word = frame.fields[i];
    if (word.starts_with('-')) continue;
    any = true;
    if (word.starts_with('%')) word.erase(0, 1);
    Job* target = nullptr;
    for (const auto& other : jobs_) {
      if (other.get() != jobs_[0].get() && std::to_string(other->id) == word) target = other.get();
    }
    if (target == nullptr || target == &job) {
      complain(turn, job, frame, "kill: (" + word + ") - No such process");
      status = 1;
      continue;
    }
    end_job(turn, *target, kTerminated);
  }
  if (!any) {
    complain(turn, job, frame,
             "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l "
             "[sigspec]");
    return 2;
  }
  return status;
}

// By the name of the command that runs: jobs of this shell, and web servers started as services.
Shell::BuiltinResult Shell::do_pkill(Turn& turn, Job& job, Frame& frame) {
  const bool all = frame.fields[0].ends_with("killall");
  std::vector<std::string> names;
  for (std::size_t i = 1; i < frame.fields.size(); ++i) {
    if (!frame.fields[i].starts_with('-')) names.push_back(frame.fields[i]);
  }
  if (names.empty()) {
    write(
        turn, job, frame.io.err,
        all ? "Usage: killall [OPTION]... [--] NAME...\n"
            : "pkill: no matching criteria specified\nTry `pkill --help' for more information.\n");
    return all ? 1 : 2;
  }
  int status = 0;
  for (const std::string& name : names) {
    bool found = false;
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      Job& other = *jobs_[i];
      if (&other == &job || other.frames.empty() || other.frames.back()->process == nullptr)
        continue;
      const std::string running = base_name(other.frames.back()->fields[0]);
      if (all ? running != name : running.find(name) == std::string::npos) continue;
      end_job(turn, other, kTerminated);
      found = true;
    }
    auto& services = machine_.running_services();
    if (const auto service = services.find(name); service != services.end()) {
      machine_.stop_web(turn, name);
      services.erase(service);
      found = true;
    }
    if (found) continue;
    status = 1;
    if (all) write(turn, job, frame.io.err, name + ": no process found\n");
  }
  return status;
}

Shell::BuiltinResult Shell::do_timeout(Turn& turn, Job& job, Frame& frame) {
  std::size_t i = 1;
  while (i < frame.fields.size() && frame.fields[i].size() > 1 && frame.fields[i][0] == '-') {
    const std::string& option = frame.fields[i];
    i += option == "-s" || option == "-k" || option == "--signal" || option == "--kill-after" ? 2
                                                                                              : 1;
  }
  if (i + 1 >= frame.fields.size()) {
    write(turn, job, frame.io.err,
          "timeout: missing operand\nTry 'timeout --help' for more information.\n");
    return 125;
  }
  const auto limit = interval(frame.fields[i]);
  if (!limit) {
    write(turn, job, frame.io.err,
          "timeout: invalid time interval '" + frame.fields[i] +
              "'\nTry 'timeout --help' for more information.\n");
    return 125;
  }
  frame.fields.erase(frame.fields.begin(),
                     frame.fields.begin() + static_cast<std::ptrdiff_t>(i + 1));
  if (*limit > Duration()) frame.deadline = turn.now() + *limit;
  dispatch(turn, job, frame);
  return std::nullopt;
}

void Shell::end_late_process(Turn& turn, Job& job) {
  terminate_process(turn, job, kTimedOut);
  finish(turn, job, kTimedOut);
}

}  // namespace lvslab::admin
