// Commands of the start scripts that failed: what they were to set up is not there.
#include <algorithm>
#include <array>

#include "diagnose/findings/looks.h"

namespace lvslab::diagnose {
namespace {

constexpr std::array<std::string_view, 12> kSetUp{"ip",      "ifconfig", "route",     "sysctl",
                                                  "ipvsadm", "iptables", "arptables", "modprobe",
                                                  "arp",     "ifup",     "nmcli",     "vconfig"};

// The scenario says that it is to fail, by an expectation on what it prints.
bool expected(const Survey& survey, const ConsoleLog::Entry& entry) {
  const auto& all = survey.lab().scenario().expectations;
  return std::any_of(all.begin(), all.end(), [&](const scenario::ExpectationSpec& e) {
    if (e.kind != "console") return false;
    const scenario::Value* subject = e.value.find("console");
    const scenario::Value* command = subject != nullptr ? subject->find("command") : nullptr;
    return command != nullptr && command->scalar == entry.command;
  });
}

}  // namespace

void look_at_commands(const Survey& survey, Report& report) {
  for (const ConsoleLog::Entry& entry : survey.console().entries()) {
    if (entry.status == 0 || entry.place.line == 0 || entry.tested || entry.err.empty()) continue;
    const std::string word = entry.command.substr(0, entry.command.find(' '));
    if (std::find(kSetUp.begin(), kSetUp.end(), word) == kSetUp.end() || expected(survey, entry))
      continue;
    std::string said = entry.err;
    while (!said.empty() && (said.back() == '\n' || said.back() == '.')) said.pop_back();
    const std::string& name = survey.name(entry.host);
    report.add(
        {.id = "command-failed",
         .host = name,
         .place = entry.place,
         .summary = fmt::format("`{}` failed: {}", entry.command, said.substr(0, said.find('\n'))),
         .symptom = "what it was to set up is not there",
         .cure = {{name, "correct or remove the command"}}});
  }
}

}  // namespace lvslab::diagnose
