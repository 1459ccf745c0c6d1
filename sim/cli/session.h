// What `run` and `explain` share: a scenario read and built with its expectations, ready for
// watchers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "expect/expectation.h"
#include "metrics/collector.h"
#include "scenario/lab.h"
#include "trace/fanout.h"

namespace lvslab::cli {

/// Reads and checks the file that `options` names. False: everything wrong was printed to stderr.
bool read_input(const Options& options, scenario::ReadResult& read);
/// To stderr, with the source line of each.
void print(const scenario::ReadResult& read, const std::vector<scenario::Message>& messages);

class Session {
 public:
  /// Reads, checks and builds. On a mistake everything wrong is printed to stderr and nothing is
  /// returned.
  static std::unique_ptr<Session> open(const Options& options);

  scenario::Lab& lab() { return *lab_; }
  metrics::Collector& collector() { return *collector_; }
  expect::Panel& panel() { return *panel_; }
  trace::Fanout& watchers() { return watchers_; }
  const std::string& text() const { return text_; }
  const std::string& skip() const { return lab_->scenario().skip; }

  /// Watches at the level given (or what expectations want, whichever is more) and configures.
  /// False: mistakes were printed.
  bool prepare(WatchLevel level);
  /// Mistakes that only showed while it ran, to stderr. Whether there were any.
  bool print_runtime_errors() const;
  /// prepare(), and the run. Nothing: mistakes were printed.
  std::optional<scenario::EndReason> run(const Options& options, WatchLevel level);

 private:
  scenario::ReadResult read_;
  std::string text_;
  std::unique_ptr<scenario::Lab> lab_;
  std::unique_ptr<metrics::Collector> collector_;
  std::unique_ptr<expect::Panel> panel_;
  trace::Fanout watchers_;
};

}  // namespace lvslab::cli
