// Panels as files, and pictures of the window.
#pragma once

#include <QString>

class QWidget;

namespace lvslab::gui {

class Panel;

/// By the file's ending: png, svg (pictures), else what the panel knows: csv, txt, mmd. Empty:
/// written; otherwise what was wrong.
QString write_panel(Panel& panel, const QString& file);
/// PNG at twice the resolution or SVG of a widget.
QString write_picture(QWidget& widget, const QString& file, double scale = 2);

}  // namespace lvslab::gui
