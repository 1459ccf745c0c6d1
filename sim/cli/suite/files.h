// Which files `lvslab test` runs: those named, and in folders named every *.yaml and *.yml below
// them. In the order of their paths, each once.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace lvslab::cli {

Result<std::vector<std::string>> find_scenarios(const std::vector<std::string>& paths);

/// As a shell takes it for one word.
std::string shell_word(const std::string& text);

}  // namespace lvslab::cli
