#include "replay/fold.h"

namespace lvslab::replay {

const Fold& FoldCache::at(const Database& db, NodeIndex node, std::uint64_t event) {
  if (event < reached_) {
    const Kept* nearest = nullptr;
    for (const Kept& copy : copies_) {
      if (copy.event <= event) nearest = &copy;
    }
    fold_ = nearest != nullptr ? nearest->fold : Fold();
    reached_ = nearest != nullptr ? nearest->event : 0;
  }
  if (event == reached_) return fold_;
  Query query = db.query(
      "SELECT event, tbl, key, value FROM state WHERE node = ?1 AND event > ?2 AND event <= ?3 "
      "ORDER BY event, rowid");
  if (query.valid()) query.bind(1, node).bind(2, reached_).bind(3, event);
  std::size_t changes = 0;
  std::uint64_t last = reached_;
  while (query.step()) {
    const std::uint64_t now = query.number(0);
    const bool later = copies_.empty() || copies_.back().event < last;
    if (changes >= kChangesPerCopy && now != last && later && copies_.size() < kMostCopies) {
      copies_.push_back({last, fold_});
      changes = 0;
    }
    ++changes;
    last = now;
    auto& table = fold_.tables[std::string(query.text(1))];
    const std::string_view key = query.text(2);
    if (query.is_null(3))
      table.erase(std::string(key));
    else
      table[std::string(key)] = {std::string(query.text(3)), now};
  }
  reached_ = event;
  return fold_;
}

}  // namespace lvslab::replay
