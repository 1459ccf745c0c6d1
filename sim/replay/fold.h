// A node's tables as the changes up to an event leave them: which entry holds what since when.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/record.h"
#include "replay/database.h"

namespace lvslab::replay {

struct Entry {
  std::string value;
  std::uint64_t event = 0;  ///< that made it so
  bool operator==(const Entry&) const = default;
};

struct Fold {
  std::map<std::string, std::map<std::string, Entry>, std::less<>> tables;  ///< by table and key
  const std::map<std::string, Entry>* find(std::string_view table) const {
    const auto at = tables.find(table);
    return at == tables.end() ? nullptr : &at->second;
  }
};

/// Goes on from where it was when a later event is asked for; earlier ones start from a copy kept
/// on the way.
class FoldCache {
 public:
  const Fold& at(const Database& db, NodeIndex node, std::uint64_t event);

 private:
  struct Kept {
    std::uint64_t event = 0;
    Fold fold;
  };
  static constexpr std::size_t kChangesPerCopy = 20'000, kMostCopies = 32;
  Fold fold_;
  std::uint64_t reached_ = 0;  ///< all up to and including this event
  std::vector<Kept> copies_;
};

}  // namespace lvslab::replay
