#include "cli/diff/what_if.h"

#include <algorithm>
#include <cstdio>
#include <sstream>

#include "admin/script.h"
#include "scenario/text.h"

namespace lvslab::cli {

WhatIf WhatIf::read(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return {};
  WhatIf what{std::string(scenario::trimmed(text.substr(0, colon))),
              std::string(scenario::trimmed(text.substr(colon + 1)))};
  return what.host.empty() || what.command.empty() ? WhatIf{} : what;
}

std::vector<std::string> WhatIf::lines() const {
  std::istringstream stream(command);
  std::vector<std::string> all;
  for (std::string line; std::getline(stream, line);) all.emplace_back(scenario::trimmed(line));
  return all;
}

bool append_what_if(const std::string& text, scenario::Scenario& scenario) {
  const WhatIf what = WhatIf::read(text);
  if (what.host.empty()) {
    std::fprintf(stderr, "--what-if %s: not HOST: COMMAND.\n", text.c_str());
    return false;
  }
  const auto host = std::find_if(scenario.hosts.begin(), scenario.hosts.end(),
                                 [&](const auto& one) { return one.name == what.host; });
  if (host == scenario.hosts.end()) {
    std::vector<std::string_view> names;
    for (const auto& one : scenario.hosts) names.push_back(one.name);
    std::fprintf(stderr, "--what-if: there is no host %s. %s\n", scenario::shown(what.host).c_str(),
                 scenario::hint_for_word(what.host, names).c_str());
    return false;
  }
  std::vector<admin::PlacedError> errors;
  admin::Script::parse(what.command, {"--what-if", 1, 1}, errors);
  for (const admin::PlacedError& error : errors) {
    std::fprintf(stderr, "--what-if:%d:%d: %s. %s\n", error.line, error.column, error.what.c_str(),
                 error.hint.c_str());
  }
  if (!errors.empty()) return false;
  if (!host->run) host->run = scenario::TextAt{{"--what-if", 1, 1}, {}};
  std::string& script = host->run->text;
  if (!script.empty() && script.back() != '\n') script += '\n';
  script += what.command + "\n";
  return true;
}

}  // namespace lvslab::cli
