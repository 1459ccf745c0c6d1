#include "import/import.h"

#include <utility>

#include "fmt/format.h"
#include "import/settle.h"
#include "import/topology.h"
#include "import/write.h"
#include "scenario/limits.h"

namespace lvslab::importer {

Imported import_folder(const std::string& folder) {
  Imported imported;
  Problems problems;
  std::vector<HostFacts> hosts = read_folder(folder, problems);
  imported.errors = problems.messages();
  if (!imported.errors.empty()) return imported;
  const GuessedLab lab = guess_lab(std::move(hosts));
  if (lab.segments.size() > kMostSegments) {
    imported.errors.push_back({{.file = folder, .line = 0, .column = 0},
                               fmt::format("the hosts are in {} networks, more than {}",
                                           lab.segments.size(), kMostSegments),
                               "Leave out hosts or interfaces that play no part"});
    return imported;
  }
  const std::string draft = write_scenario(lab, {});
  if (draft.size() > scenario::limits::kFileBytes) {
    imported.errors.push_back({{.file = folder, .line = 0, .column = 0},
                               fmt::format("the scenario would be larger than {} MiB",
                                           scenario::limits::kFileBytes >> 20),
                               "Leave out hosts, routes or addresses that play no part"});
    return imported;
  }
  const std::vector<HostExtra> extras = settle(draft, lab, imported.errors);
  if (!imported.errors.empty()) return imported;
  std::string text = write_scenario(lab, extras);
  imported.errors = scenario::read_scenario_text(text, "(imported)").errors;
  if (!imported.errors.empty()) return imported;
  for (std::size_t host = 0; host < extras.size(); ++host) {
    for (const std::string& refused : extras[host].refused)
      imported.warnings.push_back(lab.hosts[host].name + ": lvslab refuses " + refused);
  }
  imported.scenario = std::move(text);
  return imported;
}

}  // namespace lvslab::importer
