// Runs a scenario file in this process, as `lvslab run` does, with watchers of the test's own. Only
// tests that link lvslab_cli can use it.
#pragma once

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/session.h"
#include "support/scratch_folder.h"
#include "trace/writers.h"

namespace lvslab::testing {

inline std::string repository_path(const std::string& path) {
  return std::string(LVSLAB_SOURCE_DIR) + "/" + path;
}

/// Paths of all scenarios, relative to the root, in a stable order.
inline std::vector<std::string> scenario_files() {
  std::vector<std::string> files;
  const std::filesystem::path root(LVSLAB_SOURCE_DIR);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "scenarios")) {
    if (entry.is_regular_file() && entry.path().extension() == ".yaml") {
      files.push_back(std::filesystem::relative(entry.path(), root).generic_string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

struct ScenarioRun {
  std::unique_ptr<cli::Session> session;  ///< null: the file has mistakes (printed to stderr)
  bool ended = false;                     ///< ran to its end without a mistake
  scenario::EndReason reason{};
  std::vector<expect::Panel::Judged> verdicts;
  std::uint64_t fingerprint = 0;

  /// What failed, a line each: empty when all expectations held.
  std::string failures() const {
    std::string text;
    for (const auto& judged : verdicts) {
      if (judged.verdict.passed) continue;
      text += judged.place.text() + ": " + judged.kind +
              "\n  expected: " + judged.verdict.expected +
              "\n  actual:   " + judged.verdict.actual + "\n";
    }
    return text;
  }
};

/// `add_watchers` is called once the scene is known and before the run; what it adds must live
/// until this returns.
inline void run_scenario_into(ScenarioRun& run, const cli::Options& options,
                              const std::function<void(cli::Session&)>& add_watchers = {}) {
  run.session = cli::Session::open(options);
  if (run.session == nullptr || !run.session->skip().empty()) return;
  trace::Fingerprint fingerprint;
  run.session->watchers().add(&fingerprint);
  if (add_watchers) add_watchers(*run.session);
  const auto end = run.session->run(options, WatchLevel::kEverything);
  run.session->lab().world().watch(nullptr, WatchLevel::kNothing);
  if (!end) return;
  run.ended = true;
  run.reason = *end;
  run.verdicts = run.session->panel().judge(run.session->lab(), run.session->collector());
  run.fingerprint = fingerprint.value();
}

inline ScenarioRun run_scenario(const cli::Options& options,
                                const std::function<void(cli::Session&)>& add_watchers = {}) {
  ScenarioRun run;
  run_scenario_into(run, options, add_watchers);
  return run;
}

inline cli::Options options_for(const std::string& file) {
  cli::Options options;
  options.verb = "run";
  options.file = repository_path(file);
  options.quiet = true;
  return options;
}

}  // namespace lvslab::testing
