// How the window writes times and amounts, and which colour an event has.
#pragma once

#include <QString>
#include <optional>

#include "gui/theme.h"
#include "replay/event.h"

namespace lvslab::gui {

/// "0.000 066 592": seconds with nanoseconds, as the ladder writes them.
QString clock_text(Instant time);
/// "5.512 us", "1.2 s": three or four figures and a unit.
QString span_text(Duration span);
/// "20ms", "1.5s", "300us", "12 ns", or seconds without a unit.
std::optional<Duration> span_from(const QString& text);

Layer layer_of(replay::Protocol protocol);
/// "ARP" ...: what the legend says.
QString layer_name(Layer layer);

/// For a tool tip: words from a file are shown as they are, not taken for rich text.
inline QString tip_of(const QString& text) {
  return text.isEmpty() ? text : "<qt>" + text.toHtmlEscaped().replace("\n", "<br>") + "</qt>";
}

inline QString text_of(const std::string& s) { return QString::fromStdString(s); }

}  // namespace lvslab::gui
