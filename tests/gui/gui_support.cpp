#include "gui/gui_support.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>
#include <map>

#include "gui/language.h"
#include "gui/theme.h"

namespace lvslab::gui {

QString in_source(const QString& path) { return QString(LVSLAB_SOURCE_DIR "/") + path; }

QString temporary(const QString& name) {
  static const QTemporaryDir folder;
  return folder.filePath(name);
}

QString recording_of(const QString& scenario) {
  static std::map<QString, QString> made;
  QString& path = made[scenario];
  if (!path.isEmpty()) return path;
  path = temporary(QString("recording-%1.sqlite").arg(made.size()));
  QProcess run;
  run.start(LVSLAB_PROGRAM, {"run", in_source(scenario), "--record", path, "--quiet"});
  EXPECT_TRUE(run.waitForFinished(60'000)) << qPrintable(scenario);
  EXPECT_LE(run.exitCode(), 1) << run.readAllStandardError().toStdString();
  return path;
}

bool wait_until(const std::function<bool()>& done, int patience) {
  QElapsedTimer waited;
  waited.start();
  while (!done()) {
    if (waited.elapsed() > patience) return false;
    QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
  }
  return true;
}

std::unique_ptr<Window> window_with(const QString& file) {
  auto window = std::make_unique<Window>();
  window->resize(1200, 800);
  window->show();
  if (!file.isEmpty()) {
    window->open(file);
    EXPECT_TRUE(
        wait_until([&] { return !window->runner().running() && !window->document().opening(); }));
  }
  QCoreApplication::processEvents();
  return window;
}

}  // namespace lvslab::gui

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  qputenv("LVSLAB_PROGRAM", LVSLAB_PROGRAM);
  const QTemporaryDir runtime;  // Qt warns without one
  if (!qEnvironmentVariableIsSet("XDG_RUNTIME_DIR"))
    qputenv("XDG_RUNTIME_DIR", runtime.path().toLocal8Bit());
  testing::InitGoogleTest(&argc, argv);
  QApplication application(argc, argv);
  lvslab::gui::apply_theme(lvslab::gui::light_theme(), 100);
  return RUN_ALL_TESTS();
}
