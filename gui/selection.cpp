#include "gui/selection.h"

namespace lvslab::gui {

void Selection::choose(const Chosen& chosen) {
  const bool same = chosen.row == chosen_.row;
  chosen_ = chosen;
  if (chosen.node != kNoNode) choose_node(chosen.node);
  set_clock(chosen.time);
  if (!same) Q_EMIT event_changed();
}

void Selection::choose_node(NodeIndex node) {
  if (node == node_) return;
  node_ = node;
  Q_EMIT node_changed();
}

void Selection::set_clock(Instant clock) {
  if (clock == clock_) return;
  clock_ = clock;
  Q_EMIT clock_changed();
}

void Selection::clear() {
  chosen_ = {};
  clock_ = {};
  node_ = kNoNode;
  Q_EMIT event_changed();
  Q_EMIT node_changed();
  Q_EMIT clock_changed();
}

}  // namespace lvslab::gui
