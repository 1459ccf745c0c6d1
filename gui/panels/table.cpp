// The panels, in order of their tabs and of their keys 1 to 9.
#include <QtGlobal>

#include "gui/panel.h"
#include "gui/panels/make.h"

namespace lvslab::gui {
namespace {

constexpr PanelEntry kPanels[] = {
    {"topology", QT_TRANSLATE_NOOP("Panels", "Topology"), Place::kCentre, make_topology,
     QT_TRANSLATE_NOOP("Panels", "Hosts, links and the frames on them")},
    {"ladder", QT_TRANSLATE_NOOP("Panels", "Ladder"), Place::kCentre, make_ladder,
     QT_TRANSLATE_NOOP("Panels", "Who sends what to whom, in order of time")},
    {"charts", QT_TRANSLATE_NOOP("Panels", "Charts"), Place::kCentre, make_charts,
     QT_TRANSLATE_NOOP("Panels", "Latency, connections, requests and shares over time")},
    {"events", QT_TRANSLATE_NOOP("Panels", "Events"), Place::kBottom, make_events,
     QT_TRANSLATE_NOOP("Panels", "Everything that was seen, and a filter")},
};

}  // namespace

std::span<const PanelEntry> panel_table() { return kPanels; }

}  // namespace lvslab::gui
