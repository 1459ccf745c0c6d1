// `lvslab check FILE...`: what the doctor says of scenarios as they are set up, before any traffic.
#include <cstdio>

#include "cli/session.h"
#include "cli/verbs.h"
#include "diagnose/doctor.h"

namespace lvslab::cli {
namespace {

constexpr Duration kLongestSetUp = Duration::seconds(3600);

// Start scripts run (they are the configuration); nothing after them does.
std::optional<std::vector<diagnose::Finding>> examine(const Options& options) {
  scenario::ReadResult read;
  if (!read_input(options, read)) return std::nullopt;
  std::vector<diagnose::Finding> findings = diagnose::examine(read.scenario);
  if (!findings.empty()) return findings;  // such a lab cannot be built
  const auto session = Session::open(options);
  if (session == nullptr) return std::nullopt;
  scenario::Lab& lab = session->lab();
  bool looked = false;
  diagnose::ConsoleLog console;
  lab.on_command(
      [&](std::size_t host, const admin::ConsoleEntry& entry) { console.add(host, entry); });
  lab.on_ready([&](scenario::Lab& ready) {
    findings = diagnose::examine(ready, console);
    looked = true;
  });
  if (!session->prepare(WatchLevel::kNothing)) return std::nullopt;
  lab.begin();
  while (!looked && !interrupted && lab.step(Instant::at(kLongestSetUp))) {
  }
  if (!looked && !interrupted) findings = diagnose::examine(lab, console);
  if (session->print_runtime_errors()) return std::nullopt;
  return findings;
}

}  // namespace

int check_verb(const Options& options) {
  std::vector<diagnose::Finding> all;
  bool bad = false;
  for (const std::string& file : options.files) {
    Options one = options;
    one.file = file;
    const auto findings = examine(one);
    if (!findings) {
      bad = true;
      continue;
    }
    if (interrupted) return kInterrupted;
    all.insert(all.end(), findings->begin(), findings->end());
  }
  if (options.format == "json") {
    std::printf("%s\n", diagnose::to_json(all).c_str());
  } else if (options.format == "sarif") {
    std::fputs(diagnose::to_sarif(all, LVSLAB_VERSION).c_str(), stdout);
  } else {
    std::fputs(diagnose::to_text(all, colour_wanted(1)).c_str(), stdout);
    if (all.empty() && !bad) std::printf("nothing found\n");
  }
  if (bad) return kBadInput;
  for (const diagnose::Finding& finding : all) {
    if (finding.severity != diagnose::Severity::kNote && finding.waived.empty()) return kFailed;
  }
  return kFine;
}

}  // namespace lvslab::cli
