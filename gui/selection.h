// The one selection of the window: an event with all that hangs on it (moment, node, packet, connection),
// and the clock, which playback moves between events. Whoever chooses calls it; every panel follows its
// signals. The shown instant is event(): tables are folded up to it and including it.
#pragma once

#include <QObject>
#include <cstdint>

namespace lvslab::gui {

/// What is chosen. Ids are those of the recording (trace/sqlite_schema.h); 0 or kNoNode: none.
struct Chosen {
  std::int64_t event = 0;          ///< turn << 20 | place
  std::int64_t row = -1;           ///< of the event list
  std::int64_t time = 0;           ///< ps since the start
  std::uint32_t node = 0xffffffff;
  std::int64_t packet = 0;
  std::uint32_t traffic = 0, connection = 0;
  bool operator==(const Chosen&) const = default;
};

class Selection : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;

  const Chosen& chosen() const { return chosen_; }
  std::int64_t event() const { return chosen_.event; }
  /// What the clock shows, ps; at or after the chosen event while playback runs.
  std::int64_t clock() const { return clock_; }
  /// The host whose tables and prompt are shown: that of the event until another is picked.
  std::uint32_t node() const { return node_; }

  void choose(const Chosen& chosen);
  void choose_node(std::uint32_t node);
  void set_clock(std::int64_t ps);
  void clear();

 Q_SIGNALS:
  void event_changed();
  void node_changed();
  void clock_changed();
  /// "Show line N of the scenario": from Why, findings, expectations. Column 0: unknown.
  void source_wanted(int line, int column);

 private:
  Chosen chosen_;
  std::int64_t clock_ = 0;
  std::uint32_t node_ = 0xffffffff;
};

}  // namespace lvslab::gui
