// One run's figures as a small JSON file in DIR/runs: how a grid outlives the processes that work
// on it, and how they hand each other results. A file is there whole or not at all (it is renamed
// into place) and says what it is the result of, so that a stale one is not believed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "compare/figures.h"

namespace lvslab::compare {

std::string run_text(const RunFigures& run);
/// Nothing: this is not such a text.
std::optional<RunFigures> parse_run(std::string_view text);

/// "DIR/runs/0003-0007.json"
std::string run_path(const std::string& directory, std::uint32_t cell, std::uint32_t replication);
/// False: could not be written.
bool write_whole(const std::string& path, std::string_view text);
/// The result of this very cell and replication from disk, if it is there and came of the same
/// input.
std::optional<RunFigures> stored_run(const std::string& directory, std::uint32_t cell,
                                     std::uint32_t replication, std::uint64_t fingerprint);

/// Something is there that is no such result.
bool is_damaged(const std::string& directory, std::uint32_t cell, std::uint32_t replication);

/// What `compare.json` of an earlier comparison says of single runs, by cell name and metric.
struct SavedCell {
  std::string name;
  struct Values {
    std::string traffic, metric;
    std::vector<double> values;
    bool answered = true;  ///< of a latency: every run had one
  };
  std::vector<Values> values;
};
Result<std::vector<SavedCell>> saved_cells(const std::string& directory);

}  // namespace lvslab::compare
