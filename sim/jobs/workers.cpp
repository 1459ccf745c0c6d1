#include "jobs/workers.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "fmt/format.h"

namespace lvslab::jobs {
namespace {

// Of a worker that could not go on, as the command line has it.
constexpr int kFine = 0, kInternal = 4;
constexpr int kLookAgain = 200;  ///< ms: a signal that falls between two looks is seen then
enum class Kind : std::uint64_t { kStep, kResult };
struct Head {
  Kind kind;
  std::uint64_t value;  ///< kStep: the step; kResult: bytes that follow
};

void close_all(std::initializer_list<int*> files) {
  for (int* file : files) {
    if (*file >= 0) close(*file);
    *file = -1;
  }
}

bool write_all(int file, const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t wrote = write(file, at, size);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    at += wrote;
    size -= static_cast<std::size_t>(wrote);
  }
  return true;
}

bool read_all(int file, void* data, std::size_t size) {
  char* at = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = read(file, at, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

struct Worker {
  pid_t pid = -1;
  int orders = -1, results = -1;  ///< the parent's ends of two pipes
  int messages = -1;              ///< a file in memory: the worker's stderr
  std::string received;
  std::optional<std::size_t> job;
  std::uint64_t step = 0;
  std::chrono::steady_clock::time_point start;
};

/// What a worker does until its parent has no more for it.
[[noreturn]] void serve(const Jobs& jobs, int orders, int results) {
  std::uint64_t job = 0;
  while (read_all(orders, &job, sizeof job)) {
    const auto step = [&](std::uint64_t number) {
      const Head head{Kind::kStep, number};
      if (!write_all(results, &head, sizeof head)) _exit(kInternal);
    };
    std::string bytes;
    try {
      bytes = jobs.run(job, step);
    } catch (const std::exception& e) {
      std::fprintf(stderr, "internal error: %s. Please report this.\n", e.what());
      _exit(kInternal);
    }
    const Head head{Kind::kResult, bytes.size()};
    if (!write_all(results, &head, sizeof head) || !write_all(results, bytes.data(), bytes.size()))
      _exit(kInternal);
  }
  _exit(kFine);
}

std::string death_text(int status) {
  if (WIFSIGNALED(status))
    return fmt::format("signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  return fmt::format("exit status {}", WIFEXITED(status) ? WEXITSTATUS(status) : status);
}

class Pool {
 public:
  explicit Pool(const Jobs& jobs)
      : jobs_(jobs), workers_(std::min<std::size_t>(jobs.workers, jobs.count)) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    for (Worker& worker : workers_) {
      if (worker.pid > 0) kill(worker.pid, SIGKILL);
      bury(worker);
    }
  }

  bool run() {
    std::size_t next = 0, ended = 0;
    while (ended < jobs_.count) {
      if (jobs_.interrupted != nullptr && *jobs_.interrupted) return false;
      for (Worker& worker : workers_) {
        if (!worker.job && next < jobs_.count) hand_out(worker, next++);
      }
      for (Worker* worker : wait()) ended += listen(*worker);
    }
    return true;
  }

 private:
  void hire(Worker& worker) {
    int orders[2] = {-1, -1}, results[2] = {-1, -1};
    worker.messages = memfd_create("messages", MFD_CLOEXEC);
    if (worker.messages < 0 || fcntl(worker.messages, F_SETFL, O_APPEND) < 0 ||
        pipe2(orders, O_CLOEXEC) < 0 || pipe2(results, O_CLOEXEC) < 0)
      throw std::runtime_error(std::string("no pipe: ") + std::strerror(errno));
    std::fflush(nullptr);  // or both would write what is waiting
    const pid_t parent = getpid();
    worker.pid = fork();
    if (worker.pid < 0)
      throw std::runtime_error(std::string("no process: ") + std::strerror(errno));
    if (worker.pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent) _exit(kInternal);
      signal(SIGINT, SIG_IGN);  // Ctrl-C reaches all at once; the parent decides
      signal(SIGTERM, SIG_DFL);
      dup2(worker.messages, STDERR_FILENO);
      for (Worker& other : workers_) close_all({&other.orders, &other.results, &other.messages});
      close_all({&orders[1], &results[0]});
      serve(jobs_, orders[0], results[1]);
    }
    close_all({&orders[0], &results[1]});
    worker.orders = orders[1];
    worker.results = results[0];
  }

  /// Its status.
  int bury(Worker& worker) {
    close_all({&worker.orders, &worker.results, &worker.messages});
    int status = 0;
    if (worker.pid > 0) {
      while (waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) continue;
    }
    worker = Worker();
    return status;
  }

  void hand_out(Worker& worker, std::size_t job) {
    if (worker.pid < 0) hire(worker);
    worker.job = job;
    worker.step = 0;
    worker.start = std::chrono::steady_clock::now();
    const std::uint64_t order = job;
    // One that is gone is noticed when it is listened to.
    (void)write_all(worker.orders, &order, sizeof order);
  }

  std::vector<Worker*> wait() {
    std::vector<pollfd> files;
    for (const Worker& worker : workers_)
      files.push_back({worker.job ? worker.results : -1, POLLIN, 0});
    std::vector<Worker*> ready;
    if (poll(files.data(), files.size(), kLookAgain) <= 0) return ready;
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (files[i].revents != 0) ready.push_back(&workers_[i]);
    }
    return ready;
  }

  /// How many jobs ended by what it said: 0 or 1.
  std::size_t listen(Worker& worker) {
    char buffer[1 << 16];
    const ssize_t got = read(worker.results, buffer, sizeof buffer);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return 0;
    JobEnd end;
    if (got > 0) {
      worker.received.append(buffer, static_cast<std::size_t>(got));
      if (!take_result(worker, end)) return 0;
    }
    end.job = *worker.job;
    end.step = worker.step;
    end.messages = messages_of(worker);
    end.milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(
                           std::chrono::steady_clock::now() - worker.start)
                           .count();
    worker.job.reset();
    if (!end.bytes) end.death = death_text(bury(worker));
    jobs_.done(std::move(end));
    return 1;
  }

  bool take_result(Worker& worker, JobEnd& end) {
    Head head{};
    while (worker.received.size() >= sizeof head) {
      std::memcpy(&head, worker.received.data(), sizeof head);
      if (head.kind == Kind::kStep) {
        worker.step = head.value;
        worker.received.erase(0, sizeof head);
        continue;
      }
      if (worker.received.size() < sizeof head + head.value) return false;
      end.bytes = worker.received.substr(sizeof head, head.value);
      worker.received.clear();
      return true;
    }
    return false;
  }

  static std::string messages_of(const Worker& worker) {
    std::string text;
    char buffer[1 << 12];
    for (;;) {
      const ssize_t got =
          pread(worker.messages, buffer, sizeof buffer, static_cast<off_t>(text.size()));
      if (got <= 0) break;
      text.append(buffer, static_cast<std::size_t>(got));
    }
    if (!text.empty() && ftruncate(worker.messages, 0) != 0) text += "(and what came before)\n";
    return text;
  }

  const Jobs& jobs_;
  std::vector<Worker> workers_;
};

}  // namespace

bool run_jobs(const Jobs& jobs) { return Pool(jobs).run(); }

}  // namespace lvslab::jobs
