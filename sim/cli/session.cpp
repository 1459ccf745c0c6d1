#include "cli/session.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "cli/diff/what_if.h"
#include "scenario/director_counts.h"
#include "scenario/units.h"

namespace lvslab::cli {
namespace {

// A bar on stderr once a run takes over half a second on a terminal, or lines for a program that
// asked for them. Wall time is only looked at here, for people.
class Progress {
 public:
  Progress(bool wanted, bool lines) : wanted_(lines || (wanted && isatty(2) != 0)), lines_(lines) {}
  ~Progress() {
    if (shown_ && !lines_) std::fprintf(stderr, "\r\033[K");
  }
  void show(const scenario::Lab& lab) {
    if (!wanted_) return;
    const auto now = std::chrono::steady_clock::now();
    if (now - start_ < std::chrono::milliseconds(500) ||
        now - last_ < std::chrono::milliseconds(100))
      return;
    last_ = now;
    shown_ = true;
    std::fprintf(stderr, lines_ ? "progress: %.3f s simulated, %llu events\n"
                                : "\r\033[K%.3f s simulated, %llu events",
                 lab.world().now().since_start().in_seconds(),
                 static_cast<unsigned long long>(lab.world().totals().events));
    std::fflush(stderr);
  }

 private:
  bool wanted_, lines_, shown_ = false;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now(), last_ = start_;
};

}  // namespace

void print(const scenario::ReadResult& read, const std::vector<scenario::Message>& messages) {
  for (const scenario::Message& message : messages) {
    std::string_view line;
    const auto file = read.lines.find(message.place.file);
    if (file != read.lines.end() && message.place.line >= 1 &&
        static_cast<std::size_t>(message.place.line) <= file->second.size()) {
      line = file->second[static_cast<std::size_t>(message.place.line) - 1];
    }
    std::fprintf(stderr, "%s\n", scenario::render(message, line).c_str());
  }
}

bool read_input(const Options& options, scenario::ReadResult& read) {
  scenario::ReadOptions how;
  how.seed = options.seed;
  bool usable = true;
  for (const std::string& assignment : options.set) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0) {
      std::fprintf(stderr, "--set %s: not NAME=VALUE.\n", assignment.c_str());
      usable = false;
      continue;
    }
    how.set.emplace_back(assignment.substr(0, equals), assignment.substr(equals + 1));
  }
  if (!usable) return false;
  read = scenario::read_scenario(options.file, how);
  print(read, read.errors);
  return read.errors.empty();
}

std::unique_ptr<Session> Session::open(const Options& options) {
  auto session = std::make_unique<Session>();
  if (!read_input(options, session->read_)) return nullptr;
  if (!options.what_if.empty() && !append_what_if(options.what_if, session->read_.scenario))
    return nullptr;
  std::ifstream file(options.file, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  session->text_ = text.str();
  std::vector<scenario::Message> errors;
  session->lab_ =
      scenario::Lab::build(session->read_.scenario, {.tie_seed = options.tie_seed}, errors);
  if (errors.empty()) session->panel_ = expect::Panel::make(*session->lab_, errors);
  if (!errors.empty()) {
    print(session->read_, errors);
    return nullptr;
  }
  session->collector_ = std::make_unique<metrics::Collector>(session->lab_->scene());
  scenario::describe_servers(*session->lab_, *session->collector_);
  session->watchers_.add(&session->lab_->scene_keeper());
  session->watchers_.add(session->collector_.get());
  session->watchers_.add(session->panel_.get());
  return session;
}

bool Session::prepare(WatchLevel level) {
  lab_->world().watch(&watchers_, std::max(level, panel_->wants()));
  std::vector<scenario::Message> errors;
  lab_->configure(errors);
  print(read_, errors);
  return errors.empty();
}

bool Session::print_runtime_errors() const {
  print(read_, lab_->runtime_errors());
  return !lab_->runtime_errors().empty();
}

std::optional<scenario::EndReason> Session::run(const Options& options, WatchLevel level) {
  scenario::Lab::RunOptions how;
  if (!options.until.empty()) {
    const auto until = scenario::parse_duration(options.until);
    if (!until) {
      std::fprintf(stderr, "--until %s: %s. %s\n", options.until.c_str(),
                   until.error().what.c_str(), until.error().hint.c_str());
      return std::nullopt;
    }
    how.until = Instant::at(*until);
  }
  if (!prepare(level)) return std::nullopt;
  Progress progress(!options.quiet, options.progress);
  how.interrupted = &interrupted;
  how.progress = [&](const scenario::Lab& lab) { progress.show(lab); };
  const scenario::EndReason end = lab_->run(how);
  lab_->finish();
  collector_->finish(lab_->world().now());
  if (print_runtime_errors()) return std::nullopt;
  return end;
}

}  // namespace lvslab::cli
