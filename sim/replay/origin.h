// Where a decision comes from: the entry of a table that it used, the event that made this entry,
// and the command in the scenario that asked for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "replay/inspection.h"
#include "replay/store.h"

namespace lvslab::replay {

struct Origin {
  std::optional<Row> row;
  std::optional<ScenarioPlace> place;
};

/// Of a note made at `event`; none for notes that no table decides.
std::optional<Origin> origin_of(Store& store, NodeIndex node, std::uint64_t event,
                                const Note& note);
/// Of an entry that `event` made so, known by its key.
Origin origin_of_entry(Store& store, std::uint64_t event, std::string_view key);

/// The last ipvsadm command typed on the node before `event` that names every address in `key`.
std::optional<ScenarioPlace> ipvs_command(Store& store, NodeIndex node, std::uint64_t event,
                                          std::string_view key);

/// "file:line:column" taken apart.
std::optional<ScenarioPlace> place_of(const Command& command, Row row);

}  // namespace lvslab::replay
