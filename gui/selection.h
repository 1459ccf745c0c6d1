// The one selection of the window: an event with all that hangs on it (moment, node, packet,
// connection), and the clock, which playback moves between events. Whoever chooses calls it; every
// panel follows its signals. The shown instant is that of row(): tables are folded up to it and
// including it.
#pragma once

#include <QObject>
#include <cstdint>

#include "replay/event.h"

namespace lvslab::gui {

/// What is chosen: a row of the event list and what panels need of it at once.
struct Chosen {
  replay::Row row = replay::kNoRow;
  Instant time;
  NodeIndex node = kNoNode;
  std::uint64_t packet = 0;
  Tag tag;
};

class Selection : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;

  const Chosen& chosen() const { return chosen_; }
  replay::Row row() const { return chosen_.row; }
  bool any() const { return chosen_.row != replay::kNoRow; }
  /// What the clock shows; at or after the chosen event while playback runs.
  Instant clock() const { return clock_; }
  /// The host whose tables and prompt are shown: that of the event until another is picked.
  NodeIndex node() const { return node_; }

  /// Ordinary code calls Playback::go_to_row(), which reads the event first.
  void choose(const Chosen& chosen);
  void choose_node(NodeIndex node);
  void set_clock(Instant clock);
  void clear();

 Q_SIGNALS:
  void event_changed();
  void node_changed();
  void clock_changed();
  /// "Show this line of the scenario": from Why, findings, expectations. Column 0: unknown.
  void source_wanted(int line, int column);

 private:
  Chosen chosen_;
  Instant clock_;
  NodeIndex node_ = kNoNode;
};

}  // namespace lvslab::gui
