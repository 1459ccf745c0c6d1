// A recording (`lvslab run FILE --record F`) read back, by range and without ever holding it whole:
// opening it reads who is who and counts what is in each turn; everything else is read when it is
// asked for. The file is foreign input: whatever is wrong in it becomes an error when it is opened,
// or an event that says it cannot be read. Nothing is written to it.
//
// A Recording is used by one thread at a time; again() gives another thread a reader of its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "replay/event.h"
#include "replay/host_table.h"
#include "replay/inspection.h"
#include "trace/scene.h"

namespace lvslab::replay {

class DisplayFilter;
class Store;

enum class Direction : std::uint8_t { kBack, kForward };

class Recording {
 public:
  /// Calls `progress(done, all)` now and then while it counts (bytes of the file, roughly); when
  /// that returns false, opening ends with the error "stopped".
  using Progress = std::function<bool(std::uint64_t done, std::uint64_t all)>;
  static Result<Recording> open(const std::string& path, const Progress& progress = {});
  /// A second reader of the same file, without counting anew.
  Result<Recording> again() const;

  Recording(Recording&&) noexcept;
  Recording& operator=(Recording&&) noexcept;
  ~Recording();

  const std::string& path() const;
  const trace::Scene& scene() const;               ///< nodes, interfaces, links, names
  const std::string& scenario_text() const;        ///< as it was run
  std::string meta(const std::string& key) const;  ///< "title", "seed" ...; empty: not there
  bool complete() const;  ///< false: the run was interrupted, what it did until then is here

  // --- the event list ---------------------------------------------------------------------------
  Row rows() const;
  Instant end() const;  ///< time of the last event
  Event event(Row row) const;
  std::vector<Event> events(Row from, std::size_t count) const;
  std::uint64_t id_of(Row row) const;
  /// The row of an event's id; of an unknown one: none.
  std::optional<Row> row_of(std::uint64_t id) const;
  /// Time and node alone: much cheaper than event().
  Instant time_of(Row row) const;
  NodeIndex node_of(Row row) const;
  /// First event at or after `t`; rows() if none.
  Row row_at(Instant t) const;
  /// First event of the turn that `row` is in (a node handed one frame, or woken), and the one
  /// behind its last.
  std::pair<Row, Row> turn_of(Row row) const;
  /// The next place where the packet of `row` (or its fragment) is seen arriving, leaving, lost or
  /// dropped.
  std::optional<Row> hop(Row row, Direction direction) const;

  /// Looks at no more than `most` events from `from` on (`from` itself included), so that a window
  /// can look on later: found, or go on at `next`; done: nothing is left in that direction.
  struct Search {
    std::optional<Row> found;
    Row next = 0;
    bool done = false;
  };
  Search find(const DisplayFilter& filter, Row from, Direction direction,
              std::uint64_t most = 20'000) const;
  /// Rows in [from, to) that match, appended to `rows`: for a window's own index, built in slices.
  void matching(const DisplayFilter& filter, Row from, Row to, std::vector<Row>& rows) const;

  // --- one event, one instant -------------------------------------------------------------------
  /// All that is known about an event; see inspection.h.
  Inspection inspect(Row row) const;
  /// A host's or switch's tables as they are right after the event; see host_table.h.
  std::vector<HostTable> tables(NodeIndex node, Row row) const;
  /// The command that asked for a line of one of these tables, if one did.
  std::optional<ScenarioPlace> place_of_line(NodeIndex node, const HostTable::Line& line) const;

  /// The records of [from, to) as the run made them, for everything that folds them: ladder,
  /// stages, pcapng writer, metrics. What a record points to is valid during the call, words as
  /// long as the recording.
  void replay(Watcher& watcher, Row from, Row to) const;

  /// For the other files of this library.
  Store& store() const { return *store_; }

 private:
  explicit Recording(std::unique_ptr<Store> store);
  std::unique_ptr<Store> store_;
};

}  // namespace lvslab::replay
