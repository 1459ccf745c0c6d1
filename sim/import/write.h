// The guessed lab as the text of a scenario file.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "import/topology.h"

namespace lvslab::importer {

/// What only shows when the lab is set up (settle.h), one each collected host.
struct HostExtra {
  std::vector<std::pair<std::string, std::string>> sysctls;  ///< to be set last, in this order
  std::vector<std::string> refused;                          ///< commands that lvslab refuses
};

std::string write_scenario(const GuessedLab& lab, const std::vector<HostExtra>& extras);

/// The start script of a collected host, a command (or here-document) each; what cannot be in a
/// lab is said in `left_out`.
std::vector<std::string> commands_of(const GuessedLab& lab, std::size_t host,
                                     std::vector<std::string>& left_out);

}  // namespace lvslab::importer
