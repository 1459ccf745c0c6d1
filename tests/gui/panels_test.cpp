// The inspector's panels, the source and the terminal show what the recording and the child
// processes say.
#include <gtest/gtest.h>

#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableWidget>
#include <QTest>
#include <QTextBrowser>
#include <QTreeWidget>

#include "gui/gui_support.h"
#include "gui/panels/bytes_view.h"
#include "gui/panels/layers_tree.h"
#include "gui/panels/source_editor.h"
#include "gui/texts.h"
#include "replay/recording.h"

namespace lvslab::gui {
namespace {

constexpr char kLabD[] = "scenarios/labs/D-corrected.yaml";

QString layers_text(const QTreeWidget& tree) {
  QString text;
  for (int i = 0; i < tree.topLevelItemCount(); ++i) {
    const QTreeWidgetItem* layer = tree.topLevelItem(i);
    for (int k = 0; k < layer->childCount(); ++k)
      text += layer->child(k)->text(0) + "=" + layer->child(k)->text(1) + "\n";
  }
  return text;
}

QString layers_text(const std::optional<replay::SeenFrame>& frame, const LayersTree::Marks& marks) {
  QString text;
  if (!frame) return text;
  for (std::size_t i = 0; i < frame->layers.size(); ++i) {
    const std::string layer = std::to_string(i);
    for (const wire::Field& field : frame->layers[i].fields) {
      const std::string name(field.name);
      const bool marked = marks.contains(layer) || marks.contains(layer + "." + name);
      text += (marked ? "\u25c6 " : "") + text_of(name) + "=" +
              text_of(wire::field_text(field)).simplified() + "\n";
    }
  }
  return text;
}

TEST(Inspector, ItsFieldsAreTheRecordings) {
  const auto window = window_with(recording_of(kLabD));
  const replay::Recording& recording = *window->document().recording();
  window->show_panel("layers");
  const auto* in = window->findChild<QTreeWidget*>("layers_in");
  const auto* out = window->findChild<QTreeWidget*>("layers_out");
  for (replay::Row row = 80; row < recording.rows(); row += 7) {
    window->playback().go_to_row(row);
    const replay::Inspection seen = recording.inspect(row);
    ASSERT_EQ(layers_text(*in), layers_text(seen.before, LayersTree::marks(seen, false)))
        << "row " << row;
    ASSERT_EQ(layers_text(*out), layers_text(seen.after, LayersTree::marks(seen, true)))
        << "row " << row;
  }
}

replay::Row row_of(const replay::Recording& recording, replay::EventKind kind,
                   const std::string& node, const std::string& info, NoteKind note) {
  for (replay::Row row = 0; row < recording.rows(); ++row) {
    const replay::Event event = recording.event(row);
    if (event.kind == kind && recording.scene().nodes[event.node].name == node &&
        event.info.find(info) != std::string::npos && event.note == note)
      return row;
  }
  ADD_FAILURE() << "no event at " << node << ": " << info;
  return 0;
}

TEST(Inspector, MarksTheFieldsThatTheDirectorChanged) {
  const auto window = window_with(recording_of(kLabD));
  const replay::Recording& recording = *window->document().recording();
  const replay::Row row =
      row_of(recording, replay::EventKind::kFrameOut, "lvs", "[SYN]", NoteKind::kNoteKindCount);
  const replay::Inspection seen = recording.inspect(row);
  EXPECT_EQ(LayersTree::marks(seen, true),
            (LayersTree::Marks{"0.dst", "0.src", "1.checksum", "1.ttl"}));
  EXPECT_EQ(LayersTree::marks(seen, true), LayersTree::marks(seen, false));
}

TEST(Inspector, AWholeHeaderThatATunnelPutsAroundIsMarked) {
  const auto window = window_with(recording_of("scenarios/labs/G-tun.yaml"));
  const replay::Recording& recording = *window->document().recording();
  for (replay::Row row = 0; row < recording.rows(); ++row) {
    const replay::Event event = recording.event(row);
    if (event.kind != replay::EventKind::kFrameOut || event.protocol != replay::Protocol::kTunnel)
      continue;
    if (recording.scene().nodes[event.node].role != "director") continue;
    const replay::Inspection seen = recording.inspect(row);
    const auto marks = LayersTree::marks(seen, true);
    EXPECT_TRUE(marks.contains("1")) << "the outer header is new";
    EXPECT_FALSE(marks.contains("2"));
    EXPECT_FALSE(LayersTree::marks(seen, false).contains("1"));
    return;
  }
  FAIL() << "no tunnelled frame left the director";
}

TEST(Inspector, WhyTellsThePickAndLeadsToItsLine) {
  const auto window = window_with(recording_of(kLabD));
  const replay::Recording& recording = *window->document().recording();
  window->show_panel("why");
  const replay::Row row =
      row_of(recording, replay::EventKind::kNote, "lvs", "rr picked", NoteKind::kIpvsPicked);
  window->playback().go_to_row(row);
  auto* page = window->findChild<QTextBrowser*>("why");
  const QString text = page->toPlainText();
  for (const char* words : {"192.168.182.220:80", "rr", "web/1", "1 of 2, newest first",
                            "ipvsadm -a -t 192.168.182.100:80 -r 192.168.182.220:80 -g"})
    EXPECT_TRUE(text.contains(words)) << words;
  const replay::Inspection seen = recording.inspect(row);
  for (const replay::Reason& reason : seen.reasons)
    EXPECT_TRUE(text.contains(text_of(reason.sentence).simplified())) << reason.sentence;
  // Its links lead to the cause and to the scenario.
  ASSERT_TRUE(seen.cause);
  Q_EMIT page->anchorClicked(QUrl(QString("row:%1").arg(*seen.cause)));
  EXPECT_EQ(window->selection().row(), *seen.cause);
  const QSignalSpy wanted(&window->selection(), &Selection::source_wanted);
  Q_EMIT page->anchorClicked(QUrl("line:160:7"));
  ASSERT_EQ(wanted.size(), 1);
  EXPECT_EQ(window->findChild<SourceEditor*>("source")->textCursor().blockNumber(), 159);
}

TEST(Bytes, FollowTheTreeAndTheTreeFollowsThem) {
  const auto window = window_with(recording_of(kLabD));
  const replay::Recording& recording = *window->document().recording();
  window->show_panel("bytes");
  const replay::Row row =
      row_of(recording, replay::EventKind::kFrameIn, "lvs", "[SYN]", NoteKind::kNoteKindCount);
  window->playback().go_to_row(row);
  auto* view = window->findChild<BytesView*>("hex");
  auto* tree = window->findChild<LayersTree*>("bytes_tree");
  const replay::Inspection seen = recording.inspect(row);
  ASSERT_TRUE(seen.before);
  EXPECT_EQ(view->bytes(), seen.before->bytes);
  const QList<QTreeWidgetItem*> ttl =
      tree->findItems("ttl", Qt::MatchEndsWith | Qt::MatchRecursive);
  ASSERT_EQ(ttl.size(), 1);
  tree->setCurrentItem(ttl.front());
  EXPECT_EQ(view->marked(), (std::pair<std::uint32_t, std::uint32_t>{22, 1}));
  Q_EMIT view->byte_chosen(30);  // in ip.dst
  EXPECT_TRUE(tree->currentItem()->text(0).endsWith("dst"));
  EXPECT_EQ(view->marked(), (std::pair<std::uint32_t, std::uint32_t>{30, 4}));
}

TEST(Tables, ShowAnyHostAtThisInstantAndWhatChanged) {
  const auto window = window_with(recording_of(kLabD));
  const replay::Recording& recording = *window->document().recording();
  window->show_panel("tables");
  auto* host = window->findChild<QComboBox*>("tables_host");
  auto* tabs = window->findChild<QTabBar*>("tables_tabs");
  auto* table = window->findChild<QTableWidget*>("tables_table");
  const replay::Row pick =
      row_of(recording, replay::EventKind::kNote, "lvs", "rr picked", NoteKind::kIpvsPicked);
  const replay::Row row = recording.turn_of(pick).second - 1;
  window->playback().go_to_row(row);
  EXPECT_EQ(host->currentText(), "lvs");
  const auto tables = recording.tables(recording.node_of(row), row);
  ASSERT_EQ(tabs->count(), static_cast<int>(tables.size()));
  for (std::size_t i = 0; i < tables.size(); ++i) {
    tabs->setCurrentIndex(static_cast<int>(i));
    ASSERT_EQ(table->rowCount(), static_cast<int>(tables[i].lines.size())) << tables[i].name;
    for (int line = 0; line < table->rowCount(); ++line) {
      const auto& cells = tables[i].lines[static_cast<std::size_t>(line)].cells;
      for (std::size_t k = 0; k < cells.size(); ++k) {
        const QTableWidgetItem* item = table->item(line, static_cast<int>(k));
        EXPECT_EQ(item->text(), text_of(cells[k].text));
        EXPECT_EQ(item->font().bold(), cells[k].changed);
      }
    }
    if (tables[i].name == "connections") {
      EXPECT_TRUE(tabs->tabText(static_cast<int>(i)).startsWith("\u25c6"));
    }
  }
  window->selection().choose_node(0);
  EXPECT_EQ(host->currentText(), "client");
}

TEST(Terminal, AnswersOnTheChosenHost) {
  const auto window = window_with(recording_of(kLabD));
  window->show_panel("terminal");
  window->selection().choose_node(4);
  auto* line = window->findChild<QLineEdit*>("terminal_line");
  auto* screen = window->findChild<QPlainTextEdit*>("terminal_screen");
  line->setText("ipvsadm -Ln");
  QTest::keyClick(line, Qt::Key_Return);
  EXPECT_TRUE(wait_until([&] { return screen->toPlainText().contains("192.168.182.220:80"); }))
      << qPrintable(screen->toPlainText());
  window->selection().choose_node(2);
  line->setText("hostname");
  QTest::keyClick(line, Qt::Key_Return);
  EXPECT_TRUE(wait_until([&] { return screen->toPlainText().contains("rs1#"); }))
      << qPrintable(screen->toPlainText());
  QTest::keyClick(line, Qt::Key_Up);
  EXPECT_EQ(line->text(), "hostname");
}

TEST(Terminal, BeginsAtTheChosenInstant) {
  const auto window = window_with(recording_of(kLabD));
  window->show_panel("terminal");
  window->playback().to_end();
  auto* screen = window->findChild<QPlainTextEdit*>("terminal_screen");
  QTest::mouseClick(window->findChild<QPushButton*>("terminal_here"), Qt::LeftButton);
  window->selection().choose_node(4);
  auto* line = window->findChild<QLineEdit*>("terminal_line");
  line->setText("ipvsadm -Lnc");
  QTest::keyClick(line, Qt::Key_Return);
  EXPECT_TRUE(wait_until([&] { return screen->toPlainText().contains("FIN_WAIT"); }))
      << qPrintable(screen->toPlainText());
}

TEST(Source, AMistakeIsMarkedInItsLineAndGoesWhenItIsMended) {
  const QString path = temporary("edited.yaml");
  ASSERT_TRUE(QFile::copy(in_source(kLabD), path) &&
              QFile(path).setPermissions(QFile::ReadOwner | QFile::WriteOwner));
  const auto window = window_with(path);
  window->show_panel("source");
  auto* editor = window->findChild<SourceEditor*>("source");
  auto* list = window->findChild<QListWidget*>("source_marks");
  auto* save = window->findChild<QPushButton*>("source_save");
  EXPECT_TRUE(editor->marks().empty());
  EXPECT_FALSE(save->isEnabled());
  // Line 13 is "    role: client": break the key, as a typing mistake does.
  editor->go_to(13, 5);
  QTest::keyClicks(editor, "x");
  ASSERT_TRUE(wait_until([&] { return !editor->marks().empty(); }));
  EXPECT_EQ(editor->marks().front().line, 13);
  EXPECT_TRUE(editor->marks().front().error);
  EXPECT_TRUE(editor->marks().front().text.contains("xrole"));
  EXPECT_EQ(list->count(), static_cast<int>(editor->marks().size()));
  EXPECT_TRUE(save->isEnabled());
  QTest::keyClick(editor, Qt::Key_Backspace);
  EXPECT_TRUE(wait_until([&] { return editor->marks().empty(); }));
  // A change that runs: save it and run it again.
  QTextCursor four = editor->document()->find("connections: 4");
  ASSERT_FALSE(four.isNull());
  four.insertText("connections: 3");
  QTest::mouseClick(window->findChild<QPushButton*>("source_run"), Qt::LeftButton);
  EXPECT_TRUE(window->runner().running());
  ASSERT_TRUE(
      wait_until([&] { return !window->runner().running() && !window->document().opening(); }));
  QFile file(path);
  ASSERT_TRUE(file.open(QIODevice::ReadOnly));
  EXPECT_TRUE(file.readAll().contains("connections: 3"));
  EXPECT_TRUE(window->document().recording()->scenario_text().find("connections: 3") !=
              std::string::npos);
  // The expectation of four connections failed; it stands in its line.
  ASSERT_TRUE(wait_until([&] { return !editor->marks().empty(); }));
  EXPECT_TRUE(editor->marks().front().text.startsWith("expected"));
}

TEST(Source, WhatTheDoctorFindsStandsInItsLine) {
  const auto window = window_with(in_source("scenarios/labs/D-verbatim.yaml"));
  window->show_panel("source");
  auto* editor = window->findChild<SourceEditor*>("source");
  ASSERT_TRUE(wait_until([&] {
    return std::any_of(editor->marks().begin(), editor->marks().end(),
                       [](const SourceMark& mark) { return !mark.error && mark.line > 1; });
  }));
  const auto mark = std::find_if(editor->marks().begin(), editor->marks().end(),
                                 [](const SourceMark& m) { return !m.error; });
  EXPECT_TRUE(mark->text.contains("gateway"));
  EXPECT_TRUE(mark->hint.contains("ip route replace"));
}

// A cable with two hosts, as small as a lesson can be.
constexpr char kLesson[] = R"(lvslab: 1
title: Who answers
about: Two hosts on a cable.
hosts:
  a: {interfaces: {eth0: {address: 10.0.0.1/24}}}
  b: {interfaces: {eth0: {address: 10.0.0.2/24}}, serve: [{tcp: 80}]}
links: [[a:eth0, b:eth0]]
traffic: {web: {from: a, to: 10.0.0.2:80}}
lesson:
  number: 1
  idea: The owner answers.
  questions:
    - ask: Which MAC will a learn?
      choices: {its own: "a:eth0", "b's": "b:eth0"}
      answer: "b's"
      why: b has the address.
      show: in && node == a && arp.opcode == 2
      value: arp.src.hw_mac
    - ask: How many answer?
      answer: 1
      why: Nobody else is there.
      show: in && node == a && arp.opcode == 2
      value: count
)";

TEST(Lessons, AskFirstThenTellAndKeepTheScore) {
  const QString folder = temporary("lessons");
  ASSERT_TRUE(QDir().mkpath(folder));
  QFile file(folder + "/01-who-answers.yaml");
  ASSERT_TRUE(file.open(QIODevice::WriteOnly));
  file.write(kLesson);
  file.close();
  qputenv("LVSLAB_LESSONS", folder.toUtf8());
  const auto window = window_with({});
  window->show_panel("lessons");
  auto* list = window->findChild<QListWidget*>("lessons_list");
  auto* ask = window->findChild<QLabel*>("lessons_ask");
  auto* verdict = window->findChild<QLabel*>("lessons_verdict");
  auto* answer = window->findChild<QPushButton*>("lessons_answer");
  auto* words = window->findChild<QLineEdit*>("lessons_words");
  ASSERT_TRUE(wait_until([&] { return list->count() == 1; }));
  qunsetenv("LVSLAB_LESSONS");
  EXPECT_EQ(list->item(0)->text(), "1  Who answers");
  EXPECT_EQ(ask->text(), "Which MAC will a learn?");
  EXPECT_TRUE(verdict->text().isEmpty()) << "the answer comes after the prediction";
  const auto choices = window->panel("lessons")->findChildren<QRadioButton*>();
  ASSERT_EQ(choices.size(), 2);
  choices[0]->click();
  answer->click();
  EXPECT_TRUE(verdict->text().contains("b's"));
  EXPECT_TRUE(verdict->text().contains("b has the address"));
  auto* score = window->findChild<QLabel*>("lessons_score");
  EXPECT_TRUE(score->text().contains("0") && score->text().contains("1")) << "wrong: no point";
  window->findChild<QPushButton*>("lessons_next")->click();
  EXPECT_EQ(ask->text(), "How many answer?");
  words->setText(" 1 ");
  QTest::keyClick(words, Qt::Key_Return);
  EXPECT_TRUE(verdict->text().startsWith("\u2713"));
  EXPECT_TRUE(verdict->text().contains("The owner answers.")) << "the idea comes last";
  EXPECT_TRUE(score->text().contains("1") && score->text().contains("2")) << "right: a point";
  // The lesson is run, and the event that answers is chosen.
  window->findChild<QPushButton*>("lessons_trace")->click();
  EXPECT_TRUE(wait_until([&] {
    const replay::Recording* recording = window->document().recording();
    return recording != nullptr && window->selection().any() &&
           recording->event(window->selection().row()).info.find("is-at") != std::string::npos;
  }));
}

TEST(Lessons, AllThatAreShippedAreListed) {
  const auto window = window_with(in_source("scenarios/lessons/03-lab-b-direct-routing.yaml"));
  window->show_panel("lessons");
  auto* list = window->findChild<QListWidget*>("lessons_list");
  const auto files = QDir(in_source("scenarios/lessons")).entryList({"*.yaml"}, QDir::Files);
  EXPECT_TRUE(wait_until([&] { return list->count() == files.size(); })) << list->count();
  EXPECT_EQ(list->currentRow(), 2) << "the one that is open";
}

}  // namespace
}  // namespace lvslab::gui
