// Colours: a palette for the light and the dark window, and the layers' colours after Okabe and
// Ito, which people with any colour vision tell apart; every colour comes with a letter or a shape
// besides.
#pragma once

#include <QColor>
#include <QFont>

namespace lvslab::gui {

/// What a frame is coloured by.
enum class Layer { kArp, kIcmp, kUdp, kTcp, kTunnel, kOther, kCount };

struct Theme {
  bool dark = false;
  QColor window, base, alternate, text, faint, line, accent, accent_text;
  QColor good, bad, warn;  ///< verdicts
  QColor changed;          ///< background of a cell or field that this event changed

  QColor layer(Layer layer) const;
  /// Behind text of the event list.
  QColor layer_row(Layer layer) const;
  /// Of series number `i` of a chart (real servers).
  QColor series(int i) const;
};

/// "A", "I", "U", "T", "=", "?": so that colour is never alone.
QString layer_letter(Layer layer);

const Theme& light_theme();
const Theme& dark_theme();

QFont plain_font(int percent);
QFont fixed_font(int percent);

/// Style, palette and fonts of the whole program; `percent`: 100 to 200.
void apply_theme(const Theme& theme, int percent);
/// What apply_theme() set last.
const Theme& theme();
int text_percent();

}  // namespace lvslab::gui
