// The written scenario is set up once: kernel settings that are then other than on the live host
// are set (so defaults need no table of their own, and one setting that changes another is seen),
// and commands that lvslab refuses are found.
#pragma once

#include <string>
#include <vector>

#include "import/write.h"
#include "scenario/scenario.h"

namespace lvslab::importer {

/// One HostExtra a collected host; when the scenario cannot be read or built, why is in `errors`.
std::vector<HostExtra> settle(const std::string& text, const GuessedLab& lab,
                              std::vector<scenario::Message>& errors);

}  // namespace lvslab::importer
