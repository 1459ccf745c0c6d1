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
    {"comparison", QT_TRANSLATE_NOOP("Panels", "Comparison"), Place::kCentre, make_comparison,
     QT_TRANSLATE_NOOP("Panels", "What lvslab compare found: bars, curves, verdicts")},
    {"source", QT_TRANSLATE_NOOP("Panels", "Source"), Place::kCentre, make_source,
     QT_TRANSLATE_NOOP("Panels", "The scenario: edit, save and run again")},
    {"why", QT_TRANSLATE_NOOP("Panels", "Why"), Place::kRight, make_why,
     QT_TRANSLATE_NOOP("Panels", "What decided about this packet, and where that comes from")},
    {"layers", QT_TRANSLATE_NOOP("Panels", "Layers"), Place::kRight, make_layers,
     QT_TRANSLATE_NOOP("Panels", "The frame as it came in and as it left")},
    {"bytes", QT_TRANSLATE_NOOP("Panels", "Bytes"), Place::kRight, make_bytes,
     QT_TRANSLATE_NOOP("Panels", "The frame byte for byte")},
    {"tables", QT_TRANSLATE_NOOP("Panels", "Tables"), Place::kRight, make_tables,
     QT_TRANSLATE_NOOP("Panels", "What a host holds at this instant")},
    {"lessons", QT_TRANSLATE_NOOP("Panels", "Lessons"), Place::kRight, make_lessons,
     QT_TRANSLATE_NOOP("Panels", "A question first, then the answer in the trace")},
    {"events", QT_TRANSLATE_NOOP("Panels", "Events"), Place::kBottom, make_events,
     QT_TRANSLATE_NOOP("Panels", "Everything that was seen, and a filter")},
    {"terminal", QT_TRANSLATE_NOOP("Panels", "Terminal"), Place::kBottom, make_terminal,
     QT_TRANSLATE_NOOP("Panels", "A prompt on the chosen host of a run of its own")},
};

}  // namespace

std::span<const PanelEntry> panel_table() { return kPanels; }

}  // namespace lvslab::gui
