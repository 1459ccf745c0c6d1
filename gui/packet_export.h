// The frames of the selection as pcapng files for Wireshark.
#pragma once

#include <QString>

#include "gui/selection.h"

namespace lvslab::replay {
class Recording;
}

namespace lvslab::gui {

/// Writes a file per interface, and all.pcapng, into `folder`: frames of the chosen connection, of
/// the chosen packet if it belongs to none, of everything if nothing is chosen; from long
/// recordings, those around the chosen event. Empty: written; otherwise what was wrong.
QString write_packets(const replay::Recording& recording, const Chosen& chosen,
                      const QString& folder);

}  // namespace lvslab::gui
