// What a person does with the window: open, step, filter, play, run, stop, and files that are none.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QLineEdit>
#include <QSlider>
#include <QTableView>
#include <QTest>

#include "gui/gui_support.h"
#include "gui/language.h"
#include "gui/theme.h"
#include "replay/recording.h"

namespace lvslab::gui {
namespace {

QTableView& table_of(Window& window) { return *window.findChild<QTableView*>("events"); }

void filter(Window& window, const QString& words) {
  auto* line = window.findChild<QLineEdit*>("filter");
  line->setText(words);
  QTest::keyClick(line, Qt::Key_Return);
  window.panel("events")->settle();
}

TEST(Window, OpensEveryLabAndStepsThroughIt) {
  const auto window = window_with({});
  for (const QString& name : QDir(in_source("scenarios/labs")).entryList({"*.yaml"})) {
    window->open(recording_of("scenarios/labs/" + name));
    ASSERT_TRUE(wait_until([&] { return !window->document().opening(); })) << qPrintable(name);
    const replay::Recording* recording = window->document().recording();
    ASSERT_NE(recording, nullptr) << qPrintable(name + ": " + window->document().problem());
    ASSERT_GT(recording->rows(), 100u) << qPrintable(name);
    window->playback().to_start();
    const replay::Row stride = std::max<replay::Row>(recording->rows() / 40, 1);
    for (replay::Row row = 0; row + 1 < recording->rows(); row += stride) {
      window->playback().go_to_row(row);
      window->playback().step_event(1);
      ASSERT_EQ(window->selection().row(), row + 1) << qPrintable(name);
      ASSERT_EQ(window->selection().clock(), recording->event(row + 1).time) << qPrintable(name);
      ASSERT_EQ(table_of(*window).currentIndex().row(), static_cast<int>(row + 1));
      QCoreApplication::processEvents();
    }
  }
}

TEST(Window, TheEventListShowsWhatTheRecordingHolds) {
  const auto window = window_with(recording_of("scenarios/labs/D-corrected.yaml"));
  const replay::Recording& recording = *window->document().recording();
  const QAbstractItemModel& model = *table_of(*window).model();
  ASSERT_EQ(model.rowCount(), static_cast<int>(recording.rows()));
  for (replay::Row row = 0; row < recording.rows(); row += 37) {
    const replay::Event event = recording.event(row);
    const auto cell = [&](int column) {
      return model.index(static_cast<int>(row), column).data().toString().toStdString();
    };
    EXPECT_EQ(cell(0), std::to_string(row + 1));
    EXPECT_EQ(cell(3), recording.scene().nodes.at(event.node).name);
    EXPECT_EQ(cell(4), event.stage);
    EXPECT_EQ(cell(5), event.type);
    EXPECT_EQ(cell(6), event.source);
    EXPECT_EQ(cell(7), event.destination);
    EXPECT_NE(cell(8).find(event.info), std::string::npos);
  }
}

TEST(Window, AFilterKeepsWhatMatchesAndTellsWhatIsNoFilter) {
  const auto window = window_with(recording_of("scenarios/labs/D-corrected.yaml"));
  const QAbstractItemModel& model = *table_of(*window).model();
  const int all = model.rowCount();
  filter(*window, "arp and node == lvs");
  const int matching = model.rowCount();
  EXPECT_GT(matching, 0);
  EXPECT_LT(matching, all);
  for (int row = 0; row < matching; ++row)
    EXPECT_EQ(model.index(row, 3).data().toString(), QString("lvs"));
  filter(*window, "tcp.nonsense ==");
  EXPECT_FALSE(window->status().isEmpty());
  filter(*window, "");
  EXPECT_EQ(model.rowCount(), all);
}

TEST(Window, KeysMoveThroughTime) {
  const auto window = window_with(recording_of("scenarios/labs/D-corrected.yaml"));
  Selection& selection = window->selection();
  const auto press = [&](auto key, Qt::KeyboardModifiers with = {}) {
    QTest::keyClick(&table_of(*window), key, with);
  };
  table_of(*window).setFocus();
  press(Qt::Key_Home);
  EXPECT_EQ(selection.row(), 0u);
  press(Qt::Key_Right);
  press(Qt::Key_Right);
  EXPECT_EQ(selection.row(), 2u);
  press(Qt::Key_Left);
  EXPECT_EQ(selection.row(), 1u);
  press(Qt::Key_End);
  EXPECT_EQ(selection.row(), window->playback().rows() - 1);
  window->playback().go_to_row(0);
  ASSERT_TRUE(window->playback().run_until("tcp and frame"));
  ASSERT_TRUE(wait_until([&] { return !window->playback().searching(); }));
  const std::uint64_t packet = selection.chosen().packet;
  const replay::Row before = selection.row();
  press(Qt::Key_Right, Qt::ShiftModifier);
  EXPECT_GT(selection.row(), before);
  EXPECT_EQ(selection.chosen().packet, packet);
  press(Qt::Key_Left, Qt::ShiftModifier);
  EXPECT_EQ(selection.row(), before);
  press(Qt::Key_B);
  EXPECT_EQ(window->playback().bookmarks().count(before), 1u);
  press(Qt::Key_Home);
  press(Qt::Key_N);
  EXPECT_EQ(selection.row(), before);
}

TEST(Window, PlaysToTheEndAndStopsThere) {
  const auto window = window_with(recording_of("scenarios/labs/B-dr-on-one-lan.yaml"));
  window->playback().set_speed(Playback::kFastest);
  window->playback().play();
  EXPECT_TRUE(window->playback().playing());
  ASSERT_TRUE(wait_until([&] { return !window->playback().playing(); }, 30'000));
  EXPECT_EQ(window->selection().row(), window->playback().rows() - 1);
}

TEST(Window, RunsAScenarioAndOpensWhatWasRecorded) {
  const auto window = window_with(in_source("scenarios/labs/D-corrected.yaml"));
  ASSERT_NE(window->document().recording(), nullptr) << qPrintable(window->runner().errors());
  EXPECT_EQ(window->document().scenario_path(), in_source("scenarios/labs/D-corrected.yaml"));
  EXPECT_GT(window->document().recording()->rows(), 100u);
}

TEST(Window, StopAnswersAtOnceAndLeavesTheWindowAsItWas) {
  const auto window = window_with({});
  window->open(in_source("scenarios/labs/F-nat-with-persistence.yaml"));
  ASSERT_TRUE(window->runner().running());
  QElapsedTimer waited;
  waited.start();
  window->runner().stop();
  EXPECT_FALSE(window->runner().running());
  EXPECT_LT(waited.elapsed(), 100);
  EXPECT_EQ(window->document().recording(), nullptr);
  window->run_scenario();
  ASSERT_TRUE(
      wait_until([&] { return !window->runner().running() && !window->document().opening(); }));
  EXPECT_NE(window->document().recording(), nullptr);
}

TEST(Window, AScenarioWithAMistakeSaysSo) {
  QFile broken(temporary("broken.yaml"));
  ASSERT_TRUE(broken.open(QIODevice::WriteOnly));
  broken.write("title: broken\nhosts: {a: {adress: 1}}\n");
  broken.close();
  const auto window = window_with(broken.fileName());
  EXPECT_EQ(window->document().recording(), nullptr);
  EXPECT_TRUE(window->runner().errors().contains("adress"));
  EXPECT_FALSE(window->status().isEmpty());
}

class NoRecording : public testing::TestWithParam<const char*> {};

TEST_P(NoRecording, IsAMessageAndNoEnd) {
  const QString kind = GetParam();
  QByteArray bytes;
  if (kind == "text after the mark") bytes = "SQLite format 3\0 and then nonsense";
  if (kind == "cut short" || kind == "bytes changed") {
    QFile good(recording_of("scenarios/labs/B-dr-on-one-lan.yaml"));
    ASSERT_TRUE(good.open(QIODevice::ReadOnly));
    bytes = good.readAll();
    if (kind == "cut short") bytes.truncate(bytes.size() / 3);
    for (qsizetype i = 5000; kind == "bytes changed" && i < bytes.size(); i += 97)
      bytes[i] = static_cast<char>(bytes[i] ^ 0x5a);
  }
  if (kind == "zeros") bytes = QByteArray(20'000, '\0');
  QFile file(temporary("bad.sqlite"));
  ASSERT_TRUE(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
  file.write(bytes);
  file.close();
  const auto window = window_with({});
  ASSERT_FALSE(window->document().open_recording(file.fileName()));
  EXPECT_FALSE(window->document().problem().isEmpty());
  window->open(file.fileName());
  ASSERT_TRUE(
      wait_until([&] { return !window->document().opening() && !window->runner().running(); }));
  EXPECT_EQ(window->document().recording(), nullptr);
  EXPECT_FALSE(window->status().isEmpty());
  QTest::keyClick(window.get(), Qt::Key_End);
}

INSTANTIATE_TEST_SUITE_P(Window, NoRecording,
                         testing::Values("empty", "text after the mark", "cut short",
                                         "bytes changed", "zeros"));

TEST(Window, ARecordingWithoutEventsIsShownAsEmpty) {
  const QString path = temporary("nothing.sqlite");
  ASSERT_TRUE(QFile::copy(recording_of("scenarios/labs/B-dr-on-one-lan.yaml"), path));
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.toUtf8().constData(), &db), SQLITE_OK);
  for (const char* table : {"turns", "sent", "state", "keyframes", "connections", "requests",
                            "series", "console", "findings", "expectations"})
    sqlite3_exec(db, (std::string("DELETE FROM ") + table).c_str(), nullptr, nullptr, nullptr);
  sqlite3_close(db);
  const auto window = window_with(path);
  ASSERT_NE(window->document().recording(), nullptr) << qPrintable(window->document().problem());
  EXPECT_EQ(window->playback().rows(), 0u);
  EXPECT_FALSE(window->status().isEmpty());
  for (const PanelEntry& entry : panel_table()) {
    window->show_panel(entry.name)->settle();
    QTest::keyClick(window.get(), Qt::Key_Right);
  }
  EXPECT_FALSE(window->selection().any());
}

TEST(Window, FollowsLanguageAndTheme) {
  const auto window = window_with(recording_of("scenarios/labs/D-corrected.yaml"));
  const auto titles = [&] {
    QStringList all;
    for (const QAction* action : window->keyed_actions()) all << action->text();
    return all;
  };
  const QStringList english = titles();
  set_language("zh_CN");
  QCoreApplication::processEvents();
  const QStringList chinese = titles();
  for (qsizetype i = 0; i < english.size(); ++i)
    EXPECT_NE(english[i], chinese[i]) << qPrintable(english[i]);
  set_language("en");
  QCoreApplication::processEvents();
  EXPECT_EQ(titles(), english);
  for (const bool dark : {true, false}) {
    window->use_theme(dark, 150);
    QCoreApplication::processEvents();
    const QColor ground = window->palette().color(QPalette::Base);
    EXPECT_EQ(ground.lightness() < 100, dark);
  }
  window->use_theme(false, 100);
}

}  // namespace
}  // namespace lvslab::gui
