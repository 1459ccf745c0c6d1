// From what was collected on live hosts, one folder a host, to one scenario file: the hosts as they
// are, the cables guessed from their networks, every guess marked with "# guess: ...". Nothing is
// thrown, nothing is looked up outside the folder, and the same folder gives the same bytes.
#pragma once

#include <string>
#include <vector>

#include "import/facts.h"
#include "import/problems.h"

namespace lvslab::importer {

struct Imported {
  std::string scenario;  ///< empty when there are errors
  std::vector<scenario::Message> errors;
  std::vector<std::string> warnings;  ///< what lvslab would not take of a host's set-up
};

/// Reads the folders below `folder` and makes the scenario.
Imported import_folder(const std::string& folder);

/// The hosts alone, sorted by folder.
std::vector<HostFacts> read_folder(const std::string& folder, Problems& problems);

/// The script that collects such a folder on a live host.
std::string collect_script();

}  // namespace lvslab::importer
