// The program as a process: pictures without a display, words it refuses, a window under Xvfb; and
// hands that know nothing of it.
#include <gtest/gtest.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QImage>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>
#include <QTimer>
#include <algorithm>
#include <set>

#include "base/random.h"
#include "gui/gui_support.h"
#include "replay/recording.h"

namespace lvslab::gui {
namespace {

struct Ended {
  int status = -1;
  std::string out, err;
};

Ended run_program(const QStringList& words, bool display = false) {
  QProcess process;
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) {
    if (!display) environment.remove(name);
  }
  process.setProcessEnvironment(environment);
  process.start(LVSLAB_GUI_PROGRAM, words);
  EXPECT_TRUE(process.waitForFinished(60'000));
  return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
          process.readAllStandardOutput().toStdString(),
          process.readAllStandardError().toStdString()};
}

std::size_t colours_of(const QImage& image) {
  std::set<QRgb> colours;
  for (int y = 0; y < image.height(); y += 3) {
    for (int x = 0; x < image.width(); x += 3) colours.insert(image.pixel(x, y));
  }
  return colours.size();
}

TEST(Program, WithoutADisplaySaysSoInOneLine) {
  const Ended ended = run_program({});
  EXPECT_EQ(ended.status, 2);
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
  EXPECT_NE(ended.err.find("display"), std::string::npos);
}

TEST(Program, RefusesWordsItDoesNotKnow) {
  for (const QStringList& words : std::initializer_list<QStringList>{{"--nonsense"},
                                                                     {"--panel", "nonsense"},
                                                                     {"--at", "noon"},
                                                                     {"--size", "big"},
                                                                     {"--scale", "5"},
                                                                     {"--lang", "xx"},
                                                                     {"a", "b"}}) {
    const Ended ended = run_program(words);
    EXPECT_EQ(ended.status, 2) << qPrintable(words.join(' '));
    EXPECT_FALSE(ended.err.empty());
  }
  EXPECT_EQ(run_program({"--help"}).status, 0);
}

TEST(Program, APictureOfAFileThatIsNotThereIsRefused) {
  const QString picture = temporary("none.png");
  EXPECT_EQ(run_program({temporary("not-there.sqlite"), "--screenshot", picture}).status, 2);
  EXPECT_FALSE(QFile::exists(picture));
}

TEST(Program, DrawsEveryPanelWithoutADisplay) {
  const QString recording = recording_of("scenarios/labs/D-corrected.yaml");
  for (const PanelEntry& entry : panel_table()) {
    const QString picture = temporary(QString(entry.name) + ".png");
    const bool chinese = entry.place == Place::kRight;
    const Ended ended =
        run_program({recording, "--screenshot", picture, "--panel", entry.name, "--at", "150us",
                     "--size", "1000x700", "--lang", chinese ? "zh_CN" : "en", "--theme",
                     entry.place == Place::kBottom ? "dark" : "light", "--alone"});
    ASSERT_EQ(ended.status, 0) << entry.name << ": " << ended.err;
    const QImage image(picture);
    ASSERT_FALSE(image.isNull()) << entry.name;
    EXPECT_GT(colours_of(image), 3u) << entry.name << " is blank";
  }
  const QString whole = temporary("whole.svg");
  ASSERT_EQ(run_program({recording, "--screenshot", whole}).status, 0);
  EXPECT_GT(QFileInfo(whole).size(), 10'000);
}

TEST(Program, ItsWindowOpensUnderXvfb) {
  const QString server = QStandardPaths::findExecutable("Xvfb");
  if (server.isEmpty()) GTEST_SKIP() << "Xvfb is not installed: no real window was opened";
  QProcess xvfb;
  xvfb.start(server, {"-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"});
  ASSERT_TRUE(xvfb.waitForStarted(5'000));
  ASSERT_TRUE(wait_until([&] { return xvfb.waitForReadyRead(20) || xvfb.bytesAvailable() > 0; }));
  const QString display = ":" + QString::fromLatin1(xvfb.readAllStandardOutput()).trimmed();
  QProcess program;
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  environment.insert("DISPLAY", display);
  environment.remove("QT_QPA_PLATFORM");
  program.setProcessEnvironment(environment);
  program.start(LVSLAB_GUI_PROGRAM, {recording_of("scenarios/labs/B-dr-on-one-lan.yaml")});
  ASSERT_TRUE(program.waitForStarted(5'000));
  EXPECT_FALSE(program.waitForFinished(1'500)) << program.readAllStandardError().toStdString();
  program.terminate();
  program.waitForFinished(5'000);
  environment.insert("DISPLAY", ":9999");
  program.setProcessEnvironment(environment);
  program.start(LVSLAB_GUI_PROGRAM, {});
  ASSERT_TRUE(program.waitForFinished(10'000));
  EXPECT_EQ(program.exitStatus(), QProcess::NormalExit);
  EXPECT_EQ(program.exitCode(), 2);
  xvfb.terminate();
  xvfb.waitForFinished(5'000);
}

// Keys that end the window are left out.
TEST(Program, SurvivesAMonkey) {
  const auto window = window_with(recording_of("scenarios/labs/D-corrected.yaml"));
  constexpr int kKeys[] = {Qt::Key_Space,
                           Qt::Key_Left,
                           Qt::Key_Right,
                           Qt::Key_Home,
                           Qt::Key_End,
                           Qt::Key_F,
                           Qt::Key_B,
                           Qt::Key_N,
                           Qt::Key_P,
                           Qt::Key_U,
                           Qt::Key_1,
                           Qt::Key_2,
                           Qt::Key_3,
                           Qt::Key_4,
                           Qt::Key_5,
                           Qt::Key_6,
                           Qt::Key_7,
                           Qt::Key_8,
                           Qt::Key_9,
                           Qt::Key_Escape,
                           Qt::Key_Tab,
                           Qt::Key_Return,
                           Qt::Key_Up,
                           Qt::Key_Down,
                           Qt::Key_PageUp,
                           Qt::Key_PageDown,
                           Qt::Key_A,
                           Qt::Key_R,
                           Qt::Key_Backspace,
                           Qt::Key_BracketLeft,
                           Qt::Key_BracketRight,
                           Qt::Key_F1,
                           Qt::Key_Delete};
  // Dialogs, menus and lists that opened wait for nobody.
  QTimer closing;
  QObject::connect(&closing, &QTimer::timeout, &closing, [] {
    if (QWidget* popup = QApplication::activePopupWidget()) popup->close();
    if (QWidget* modal = QApplication::activeModalWidget()) modal->close();
  });
  closing.start(5);
  Random random(20'261'122);
  QElapsedTimer whole;
  whole.start();
  for (int i = 0; i < 5'000; ++i) {
    const std::uint64_t draw = random.bits();
    if (draw % 2 == 0) {
      const auto key = static_cast<Qt::Key>(kKeys[(draw >> 8) % std::size(kKeys)]);
      const Qt::KeyboardModifiers with = (draw >> 32) % 8 == 0 ? Qt::ShiftModifier : Qt::NoModifier;
      QWidget* focus = QApplication::focusWidget();
      QTest::keyClick(focus != nullptr ? focus : window.get(), key, with);
    } else {
      const QPoint at(static_cast<int>((draw >> 8) % 1200),
                      static_cast<int>(40 + (draw >> 24) % 760));
      QWidget* under = window->childAt(at);
      if (under == nullptr) continue;
      const auto button = (draw >> 40) % 8 == 0 ? Qt::MiddleButton : Qt::LeftButton;
      QTest::mouseClick(under, button, {}, under->mapFrom(window.get(), at));
    }
    if (i % 16 == 0) QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
    ASSERT_LT(whole.elapsed(), 60'000) << "hangs after " << i << " steps";
  }
  window->runner().stop();
  EXPECT_TRUE(wait_until([&] { return !window->document().opening(); }));
}

}  // namespace
}  // namespace lvslab::gui
