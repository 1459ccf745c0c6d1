// The tool bar's pictures, drawn in the theme's colour so that both themes show them clearly.
#pragma once

#include <QIcon>

namespace lvslab::gui {

enum class Picture {
  kOpen,
  kRun,
  kStop,
  kStart,
  kBack,
  kHopBack,
  kPlay,
  kPause,
  kStep,
  kHop,
  kEnd,
  kBookmark,
  kFind,
  kFit
};

QIcon icon(Picture picture);

}  // namespace lvslab::gui
