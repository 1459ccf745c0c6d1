#include <cstdio>
#include <string>

#include "admin/command.h"
#include "cli/limits.h"
#include "cli/quiz/quiz.h"
#include "cli/verbs.h"
#include "diagnose/finding.h"
#include "expect/expectation.h"
#include "lvs/forwarder.h"
#include "lvs/scheduler.h"
#include "trace/frame_filter.h"

namespace lvslab::cli {
namespace {

void line(std::string_view name, std::string_view about) {
  std::printf("%-16.*s %.*s\n", static_cast<int>(name.size()), name.data(),
              static_cast<int>(about.size()), about.data());
}

int list_limits() {
  for (const Limit& limit : limits()) line(limit.name, limit.about);
  return kFine;
}

}  // namespace

int list_verb(const Options& options) {
  const std::string& what = options.file;
  if (what != "lessons" && (!options.folder.empty() || !options.format.empty())) {
    std::fprintf(stderr, "lvslab list: a folder and --format go with lessons.\n");
    return kBadInput;
  }
  if (what == "schedulers") {
    for (const lvs::SchedulerEntry& entry : lvs::schedulers()) {
      line(entry.name,
           entry.kernel ? std::string(entry.about) : std::string(entry.about) + " (model)");
    }
    return kFine;
  }
  if (what == "modes") {
    for (const lvs::ForwarderEntry& entry : lvs::forwarders()) {
      line(std::string(entry.name) +
               (entry.option != 0 ? std::string(" -") + entry.option : std::string()),
           entry.about);
    }
    return kFine;
  }
  if (what == "commands") {
    for (const admin::CommandEntry& entry : admin::commands()) line(entry.name, entry.about);
    return kFine;
  }
  if (what == "expectations") {
    for (const expect::ExpectationEntry& entry : expect::expectations())
      line(entry.kind, entry.about);
    return kFine;
  }
  if (what == "fields") {
    for (const std::string_view field : trace::filter_fields())
      std::printf("%.*s\n", static_cast<int>(field.size()), field.data());
    return kFine;
  }
  if (what == "limits") return list_limits();
  if (what == "findings") {
    for (const diagnose::FindingEntry& entry : diagnose::finding_entries()) {
      line(entry.id,
           std::string(diagnose::severity_name(entry.severity)) + ": " + std::string(entry.about));
    }
    return kFine;
  }
  if (what == "lessons") return list_lessons(options);
  std::fprintf(stderr,
               "lvslab list: nothing is called '%s'. One of: schedulers, modes, commands, "
               "expectations, fields, limits, findings, lessons.\n",
               what.c_str());
  return kBadInput;
}

}  // namespace lvslab::cli
