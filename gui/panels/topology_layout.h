// Where hosts stand on the canvas: in tiers by role, from clients on the left to real servers on
// the right, switches between those they join.
#pragma once

#include <QPointF>
#include <vector>

#include "trace/scene.h"

namespace lvslab::gui {

/// By node; distances fit nodes of about 150 x 90.
std::vector<QPointF> tier_layout(const trace::Scene& scene);
/// Linked ones near each other (topology::spring_layout).
std::vector<QPointF> free_layout(const trace::Scene& scene);

}  // namespace lvslab::gui
