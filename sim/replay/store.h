// A reader's own half of a recording: its connection to the file, the turns read last, and the
// tables folded last. The index is shared with other readers.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "replay/fold.h"
#include "replay/index.h"
#include "wire/dissect.h"

namespace lvslab::replay {

class Store {
 public:
  static Result<std::unique_ptr<Store>> open(const std::string& path,
                                             const Recording::Progress& progress);
  Result<std::unique_ptr<Store>> again() const;

  const Index& index() const { return *index_; }
  const trace::Scene& scene() const { return index_->scene; }
  const Database& database() const { return db_; }

  /// Of an index below turns.size(). Not readable (the file changed or is damaged): as many things
  /// as the index counted, all empty.
  std::shared_ptr<const Turn> turn(std::size_t index);
  /// The turn of a row and its place among the turn's things.
  std::pair<std::shared_ptr<const Turn>, std::size_t> at(Row row);
  std::optional<Row> row_of(std::uint64_t event) const;
  /// The frame's layers as they are at that interface.
  std::vector<wire::Layer> layers(NodeIndex node, const Thing& frame) const;

  /// The tables of a node up to an event, that included.
  const Fold& fold(NodeIndex node, std::uint64_t event);

 private:
  Store(std::shared_ptr<const Index> index, Database db);
  std::shared_ptr<const Turn> read(std::size_t index);
  bool read_things(Turn& turn, std::size_t index, const Query& row);
  bool read_sent(Turn& turn, std::size_t index, std::size_t base, const Query& row);
  bool read_arrival(Turn& turn);

  static constexpr std::size_t kRemembered = 256;
  std::shared_ptr<const Index> index_;
  Database db_;
  Query turn_query_, sent_query_, origin_query_, frame_query_;
  std::array<std::pair<std::size_t, std::shared_ptr<const Turn>>, kRemembered> remembered_{};
  std::map<NodeIndex, FoldCache> folds_;
};

}  // namespace lvslab::replay
