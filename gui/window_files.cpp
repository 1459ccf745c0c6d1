// What the window opens, runs and writes, and its small dialogs.
#include <QApplication>
#include <QClipboard>
#include <QDialog>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "gui/export.h"
#include "gui/packet_export.h"
#include "gui/texts.h"
#include "gui/theme.h"
#include "gui/window.h"
#include "replay/recording.h"

namespace lvslab::gui {
namespace {

// A modeless window with a text and one button; Escape closes it.
QDialog* text_window(QWidget* parent, const QString& title, const QString& html) {
  auto* dialog = new QDialog(parent);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(title);
  auto* label = new QLabel(html);
  label->setTextFormat(Qt::RichText);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  label->setContentsMargins(12, 8, 12, 8);
  auto* area = new QScrollArea;
  area->setWidget(label);
  area->setWidgetResizable(true);
  area->setFrameShape(QFrame::NoFrame);
  auto* close = new QPushButton(QCoreApplication::translate("Window", "Close"));
  QObject::connect(close, &QPushButton::clicked, dialog, &QDialog::close);
  auto* all = new QVBoxLayout(dialog);
  all->addWidget(area, 1);
  all->addWidget(close, 0, Qt::AlignRight);
  const QSize wanted = label->sizeHint() + QSize(60, 90);
  dialog->resize(wanted.boundedTo(QSize(900, 760)));
  return dialog;
}

}  // namespace

void Window::open(const QString& path) {
  const QFileInfo file(path);
  if (!file.exists() || file.isDir()) return say(tr("There is no file %1.").arg(path));
  if (path.endsWith(".json")) {
    if (document_.open_comparison(path)) show_panel("comparison");
    return;
  }
  runner_.stop();
  if (Document::is_recording(path)) {
    document_.begin_open(file.absoluteFilePath());
  } else if (document_.open_scenario(file.absoluteFilePath())) {
    run_scenario();
  }
  update_state();
}

void Window::choose_file() {
  const QString path = QFileDialog::getOpenFileName(
      this, tr("Open"), document_.scenario_path(),
      tr("Scenarios, recordings, comparisons (*.yaml *.yml *.sqlite *.db *.json);;All files (*)"));
  if (!path.isEmpty()) open(path);
}

void Window::run_scenario() {
  if (document_.scenario_path().isEmpty()) return say(tr("No scenario is open: Ctrl+O opens one."));
  playback_.pause();
  runner_.run(document_.scenario_path());
  update_state();
}

void Window::stop() {
  if (playback_.playing()) playback_.pause();
  playback_.stop_search();
  if (runner_.running()) {
    runner_.stop();
    say(tr("Stopped."));
  }
  if (document_.opening()) {
    document_.stop_opening();
    say(tr("Stopped."));
  }
  update_state();
}

void Window::run_finished(int status, const QString& recording, const QString& errors) {
  if (!recording.isEmpty())
    document_.begin_open(recording, runner_.scenario());
  else if (!errors.isEmpty())
    say(errors.section('\n', 0, 0));
  else if (status != 0)
    say(tr("The run ended with status %1.").arg(status));
  if (status == 1) say(tr("The run ended: an expectation failed."));
  update_state();
}

void Window::note_opened(bool good) {
  if (!good) say(tr("Cannot open: %1").arg(document_.problem()));
  if (good && document_.recording() != nullptr) {
    if (document_.recording()->rows() == 0)
      say(tr("The recording is empty: nothing happened in this run."));
    else if (!document_.recording()->complete())
      say(tr("The run was interrupted: this is what it did until then."));
  }
  update_state();
}

void Window::save_recording() {
  if (document_.recording() == nullptr) return;
  const QString path = QFileDialog::getSaveFileName(this, tr("Save recording"), "lab.sqlite",
                                                    tr("Recordings (*.sqlite);;All files (*)"));
  if (path.isEmpty() || path == document_.recording_path()) return;
  QFile::remove(path);
  say(QFile::copy(document_.recording_path(), path) ? tr("Saved as %1.").arg(path)
                                                    : tr("Could not write %1.").arg(path));
}

void Window::export_dialog() {
  Panel* panel = front_panel();
  if (panel == nullptr) return;
  const QStringList known = panel->export_kinds();
  QString kinds = tr("Picture (*.png);;Vector picture (*.svg)");
  if (known.contains("csv")) kinds += ";;CSV (*.csv)";
  if (known.contains("txt")) kinds += ";;" + tr("Text (*.txt)");
  if (known.contains("mmd")) kinds += ";;Mermaid (*.mmd)";
  const QString path =
      QFileDialog::getSaveFileName(this, tr("Export panel"), panel->objectName() + ".png", kinds);
  if (!path.isEmpty()) export_panel(panel, path);
}

void Window::export_packets() {
  if (document_.recording() == nullptr) return;
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Folder for the pcapng files"));
  if (folder.isEmpty()) return;
  const QString problem = write_packets(*document_.recording(), selection_.chosen(), folder);
  say(problem.isEmpty() ? tr("Saved in %1.").arg(folder) : problem);
}

bool Window::export_panel(Panel* panel, const QString& file) {
  const QString problem = write_panel(*panel, file);
  say(problem.isEmpty() ? tr("Saved as %1.").arg(file) : problem);
  return problem.isEmpty();
}

void Window::show_command_line() {
  const Panel* panel = front_panel();
  QString line = panel != nullptr ? panel->command_line() : QString();
  if (line.isEmpty() && !document_.scenario_path().isEmpty())
    line = "lvslab run " + document_.scenario_path();
  if (line.isEmpty()) return say(tr("No command prints this."));
  QApplication::clipboard()->setText(line);
  say(tr("Copied: %1").arg(line));
}

void Window::show_keys() {
  QString rows;
  for (const QAction* action : keyed_) {
    QStringList keys;
    for (const QKeySequence& key : action->shortcuts()) keys << key.toString().toHtmlEscaped();
    QString tip = action->toolTip();
    const QString first = action->shortcut().toString(QKeySequence::NativeText);
    if (tip.endsWith("(" + first + ")")) tip.chop(first.size() + 3);
    rows += QString("<tr><td><b>%1</b>&nbsp;&nbsp;</td><td>%2</td></tr>")
                .arg(keys.join(", "), tip.toHtmlEscaped());
  }
  const QString more =
      tr("In pictures: the wheel zooms, dragging the background moves, F fits. In charts: a double "
         "click shows "
         "everything again.");
  text_window(this, tr("Keys"),
              "<table cellspacing=3>" + rows + "</table><p>" + more.toHtmlEscaped() + "</p>")
      ->show();
}

void Window::show_about() {
  text_window(
      this, tr("About lvslab"),
      QString("<h3>lvslab %1</h3><p>%2</p>")
          .arg(LVSLAB_VERSION,
               tr("A simulator of Linux Virtual Server laboratories: every hop of every frame, "
                  "what changed, and why.")
                   .toHtmlEscaped()))
      ->show();
}

void Window::focus_filter() {
  if (Panel* front = front_panel(); front != nullptr && front->focus_search()) return;
  if (Panel* events = show_panel("events")) events->focus_search();
}

void Window::fit_panel() {
  if (Panel* front = front_panel()) front->fit();
  if (auto* panel = dynamic_cast<Panel*>(centre_->currentWidget())) panel->fit();
}

void Window::run_until() {
  until_->setFocus(Qt::ShortcutFocusReason);
  until_->selectAll();
}

void Window::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void Window::dropEvent(QDropEvent* event) {
  const QList<QUrl> urls = event->mimeData()->urls();
  if (!urls.isEmpty() && urls.front().isLocalFile()) open(urls.front().toLocalFile());
}

}  // namespace lvslab::gui
