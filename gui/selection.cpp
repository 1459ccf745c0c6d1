#include "gui/selection.h"

#include <algorithm>

namespace lvslab::gui {

void Selection::choose(const Chosen& chosen) {
  const bool same = chosen == chosen_;
  chosen_ = chosen;
  if (chosen.node != 0xffffffff) choose_node(chosen.node);
  set_clock(chosen.time);
  if (!same) Q_EMIT event_changed();
}

void Selection::choose_node(std::uint32_t node) {
  if (node == node_) return;
  node_ = node;
  Q_EMIT node_changed();
}

void Selection::set_clock(std::int64_t ps) {
  ps = std::max<std::int64_t>(ps, 0);
  if (ps == clock_) return;
  clock_ = ps;
  Q_EMIT clock_changed();
}

void Selection::clear() {
  chosen_ = {};
  clock_ = 0;
  node_ = 0xffffffff;
  Q_EMIT event_changed();
  Q_EMIT node_changed();
  Q_EMIT clock_changed();
}

}  // namespace lvslab::gui
