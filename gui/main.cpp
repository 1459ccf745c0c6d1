// lvslab-gui [FILE] [--screenshot PICTURE --at T --panel NAME --size WxH --lang LANG --theme dark]
#include <QApplication>
#include <cstdio>
#include <cstdlib>

#include "gui/command_line.h"
#include "gui/language.h"
#include "gui/screenshot.h"
#include "gui/theme.h"
#include "gui/window.h"

namespace {

constexpr int kBadUsage = 2;

// Qt's own answer to a display that does not open is to abort.
void no_abort(QtMsgType type, const QMessageLogContext&, const QString& text) {
  if (type == QtFatalMsg || text.contains("could not connect to display")) {
    std::fprintf(stderr, "lvslab-gui: no display: %s\n", qPrintable(text.section('\n', 0, 0)));
    std::_Exit(kBadUsage);
  }
  if (type != QtDebugMsg && !text.contains("propagateSizeHints") &&
      !text.contains("XDG_RUNTIME_DIR"))
    std::fprintf(stderr, "lvslab-gui: %s\n", qPrintable(text));
}

}  // namespace

int main(int argc, char** argv) {
  using namespace lvslab::gui;
  const CommandLine words = read_command_line(argc, argv);
  if (words.done) return words.status;
  const bool display = qEnvironmentVariableIsSet("DISPLAY") ||
                       qEnvironmentVariableIsSet("WAYLAND_DISPLAY") ||
                       qEnvironmentVariableIsSet("QT_QPA_PLATFORM");
  if (!words.screenshot.isEmpty()) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
  } else if (!display) {
    std::fprintf(stderr,
                 "lvslab-gui: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set); "
                 "--screenshot FILE needs none.\n");
    return kBadUsage;
  }
  qInstallMessageHandler(no_abort);
  QApplication app(argc, argv);
  QApplication::setApplicationName("lvslab-gui");
  apply_theme(words.dark ? dark_theme() : light_theme(), words.percent);
  set_language(language_from(words.language));
  Window window;
  if (!words.size.isEmpty()) window.resize(words.size);
  if (!words.screenshot.isEmpty()) return take_screenshot(window, words);
  window.show();
  if (!words.panel.isEmpty()) window.show_panel(words.panel);
  if (!words.file.isEmpty()) window.open(words.file);
  return QApplication::exec();
}
