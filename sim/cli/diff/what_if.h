// "HOST: COMMAND": a lab with one more line at the end of a host's start script.
#pragma once

#include <string>
#include <vector>

#include "scenario/scenario.h"

namespace lvslab::cli {

struct WhatIf {
  std::string host, command;
  /// Nothing before the colon, or nothing after it: both are empty.
  static WhatIf read(const std::string& text);
  /// Its lines as the console names them.
  std::vector<std::string> lines() const;
};

/// False: there is no such host, or the command cannot be read; what is wrong went to stderr.
bool append_what_if(const std::string& text, scenario::Scenario& scenario);

}  // namespace lvslab::cli
