#include "gui/screenshot.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFileInfo>
#include <cstdio>

#include "gui/command_line.h"
#include "gui/export.h"
#include "gui/window.h"
#include "replay/recording.h"

namespace lvslab::gui {
namespace {

constexpr int kBadInput = 2, kCannotWrite = 3;
constexpr int kPatience = 120'000;  // ms for the run of a scenario and for opening

int refuse(const QString& why, int status = kBadInput) {
  std::fprintf(stderr, "lvslab-gui: %s\n", qPrintable(why));
  return status;
}

// False: said why.
bool open_file(Window& window, const QString& file) {
  if (!QFileInfo::exists(file)) {
    refuse("there is no file " + file + ".");
    return false;
  }
  window.open(file);
  QElapsedTimer waited;
  waited.start();
  while ((window.runner().running() || window.document().opening()) && waited.elapsed() < kPatience)
    QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
  QString problem = window.document().problem();
  if (problem.isEmpty() && window.document().recording() == nullptr && !file.endsWith(".json"))
    problem = window.runner().errors().trimmed();
  if (problem.isEmpty()) return true;
  refuse(file + ": " + problem);
  return false;
}

}  // namespace

int take_screenshot(Window& window, const CommandLine& words) {
  window.show();
  if (!words.panel.isEmpty()) window.show_panel(words.panel);
  if (!words.file.isEmpty() && !open_file(window, words.file)) return kBadInput;
  if (!words.panel.isEmpty()) window.show_panel(words.panel);
  if (window.document().recording() != nullptr) {
    if (words.at)
      window.playback().go_to_time(*words.at);
    else
      window.playback().to_end();
  }
  // Twice: what one panel says may change what another shows.
  for (int round = 0; round < 2; ++round) {
    QCoreApplication::processEvents();
    for (Panel* panel : window.findChildren<Panel*>()) {
      if (panel->isVisible()) panel->settle();
    }
    QCoreApplication::processEvents();
  }
  Panel* panel = window.panel(words.panel);
  QWidget& shown = words.alone && panel != nullptr ? *panel->picture() : window;
  const QString problem = write_picture(shown, words.screenshot, 1);
  return problem.isEmpty() ? 0 : refuse(problem, kCannotWrite);
}

}  // namespace lvslab::gui
