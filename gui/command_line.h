// The words after lvslab-gui, read before there is an application: a picture needs no display.
#pragma once

#include <QSize>
#include <QString>
#include <optional>

#include "base/time.h"

namespace lvslab::gui {

struct CommandLine {
  QString file, screenshot, panel, language;
  std::optional<Instant> at;
  QSize size;
  bool dark = false;
  bool alone = false;  ///< the panel without the window around it
  int percent = 100;
  bool done = false;  ///< help, version or a mistake: end with `status`
  int status = 0;
};

/// Says what is wrong on stderr, help on stdout.
CommandLine read_command_line(int argc, char** argv);

}  // namespace lvslab::gui
