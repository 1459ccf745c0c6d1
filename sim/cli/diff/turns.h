// A run as a list of turns, short enough to keep: who did something when, caused by which turn, and
// a fingerprint of what it did that says nothing of numbers that only count (events, packets). Two
// runs are compared by these.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/record.h"
#include "cli/diff/what_if.h"
#include "trace/scene.h"

namespace lvslab::cli {

struct TurnEntry {
  std::uint64_t event = 0, cause = 0;
  Instant time;
  NodeIndex node = kNoNode;
  std::uint64_t hash = 0;
  bool change = false;  ///< the command of --what-if ended in it
};

class TurnLog final : public Watcher {
 public:
  TurnLog(const trace::Scene& scene, const WhatIf& what_if);
  void on_record(const Record& record) override;

  /// In the order of their events; turns without a word are left out.
  const std::vector<TurnEntry>& turns() const { return turns_; }
  /// Null: there is none.
  const TurnEntry* find(std::uint64_t event) const;
  const std::string& name(NodeIndex node) const { return scene_.nodes[node].name; }

  /// The events in which things last became what they are at the end.
  struct ConnectionEvents {
    std::uint64_t served = 0, closed = 0;
  };
  std::map<std::pair<std::uint32_t, std::uint32_t>, ConnectionEvents> connections;
  std::map<std::pair<NodeIndex, std::uint32_t>, std::uint64_t> neighbours;
  /// Commands of --what-if that failed: "COMMAND: what it printed (status 1)".
  std::vector<std::string> failures;

 private:
  void remember(const Record& record);
  const trace::Scene& scene_;
  std::string host_;
  std::vector<std::string> lines_;
  std::vector<TurnEntry> turns_;
};

struct TurnDifference {
  const TurnEntry* a = nullptr;  ///< null: nothing there at that time
  const TurnEntry* b = nullptr;
};

/// The first turn that the runs do not share, the changed host's own at that moment left aside.
/// Hosts are the same if they have the same name.
std::optional<TurnDifference> first_difference(const TurnLog& a, const TurnLog& b);

}  // namespace lvslab::cli
