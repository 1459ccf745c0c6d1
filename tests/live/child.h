// A program in the background whose output goes to a file: started, waited for, ended by its own
// id, and never left behind.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/text_file.h"

namespace lvslab::testing {

using Seconds = std::chrono::duration<double>;

/// Asks again and again until it is so, or the time is up.
template <typename Question>
bool becomes(const Question& is_so, Seconds limit = Seconds(30)) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

class Child {
 public:
  Child() = default;
  /// Starts `words` with stdout and stderr going to `output`.
  Child(const std::vector<std::string>& words, std::string output) : output_(std::move(output)) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const pid_t parent = getpid();
    // Before it starts: what an earlier one wrote must not be taken for its words.
    const int file = open(output_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    pid_ = fork();
    if (pid_ != 0) {
      close(file);
      return;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is killed takes its children along
    if (getppid() != parent) _exit(127);
    const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(null, 0);
    dup2(file, 1);
    dup2(file, 2);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  Child(Child&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)), output_(std::move(other.output_)) {}
  Child& operator=(Child&& other) noexcept {
    if (this != &other) {
      end(SIGKILL);
      pid_ = std::exchange(other.pid_, -1);
      output_ = std::move(other.output_);
    }
    return *this;
  }
  ~Child() { end(SIGKILL); }

  std::string output() const { return read_text_file(output_); }
  bool says(const std::string& text, Seconds limit = Seconds(30)) const {
    return becomes([&] { return output().find(text) != std::string::npos; }, limit);
  }
  /// Waits for its end: its exit status; -1: ended by a signal, or not in time.
  int wait(Seconds limit = Seconds(30)) {
    if (pid_ <= 0) return -1;
    int status = 0;
    if (!becomes([&] { return waitpid(pid_, &status, WNOHANG) == pid_; }, limit)) return -1;
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  int stop(int signal = SIGTERM) {
    if (pid_ > 0) kill(pid_, signal);
    return wait();
  }

 private:
  void end(int signal) {
    if (pid_ <= 0) return;
    kill(pid_, signal);
    waitpid(std::exchange(pid_, -1), nullptr, 0);
  }

  pid_t pid_ = -1;
  std::string output_;
};

/// Runs a program to its end.
struct Finished {
  int status;
  std::string output;
};
inline Finished run_child(const std::vector<std::string>& words, const std::string& output,
                          Seconds limit = Seconds(30)) {
  Child child(words, output);
  const int status = child.wait(limit);
  return {status, child.output()};
}

}  // namespace lvslab::testing
