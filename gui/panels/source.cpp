// The panel Source: the scenario as text. What `lvslab check` and the run say about it stands in
// its lines and in a list below; Save writes the file, Run runs it again.
#include <QCoreApplication>
#include <QFile>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSaveFile>
#include <QSplitter>
#include <QVBoxLayout>

#include "gui/document.h"
#include "gui/panel.h"
#include "gui/panels/make.h"
#include "gui/panels/source_check.h"
#include "gui/runner.h"
#include "gui/selection.h"
#include "gui/texts.h"
#include "gui/theme.h"
#include "replay/recording.h"
#include "replay/results.h"

namespace lvslab::gui {
namespace {

class SourcePanel final : public Panel {
  Q_DECLARE_TR_FUNCTIONS(SourcePanel)
 public:
  explicit SourcePanel(const Context& context);
  bool focus_search() override {
    editor_->setFocus(Qt::ShortcutFocusReason);
    return false;
  }
  QString exported(const QString& kind) const override {
    return kind == "txt" ? editor_->toPlainText() : QString();
  }
  QStringList export_kinds() const override { return {"txt"}; }
  QString command_line() const override {
    return context().document.scenario_path().isEmpty()
               ? QString()
               : "lvslab check " + context().document.scenario_path();
  }

 protected:
  void reload() override;
  void restyle() override;
  void retranslate() override;

 private:
  bool save();
  void run();
  void show_marks();
  void show_state();
  std::vector<SourceMark> of_the_run() const;

  SourceEditor* editor_;
  QListWidget* list_;
  QPushButton *save_, *run_;
  QLabel* state_;
  SourceCheck check_;
  std::vector<SourceMark> checked_;
  QString path_;
  bool loading_ = false;
};

SourcePanel::SourcePanel(const Context& context)
    : Panel(context),
      editor_(new SourceEditor),
      list_(new QListWidget),
      save_(new QPushButton),
      run_(new QPushButton),
      state_(new QLabel) {
  auto* bar = new QHBoxLayout;
  bar->addWidget(save_);
  bar->addWidget(run_);
  bar->addWidget(state_, 1);
  auto* split = new QSplitter(Qt::Vertical);
  split->addWidget(editor_);
  split->addWidget(list_);
  split->setStretchFactor(0, 4);
  split->setStretchFactor(1, 1);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(4, 4, 4, 4);
  all->setSpacing(4);
  all->addLayout(bar);
  all->addWidget(split, 1);
  save_->setObjectName("source_save");
  run_->setObjectName("source_run");
  list_->setObjectName("source_marks");
  list_->setWordWrap(true);
  connect(save_, &QPushButton::clicked, this, &SourcePanel::save);
  connect(run_, &QPushButton::clicked, this, &SourcePanel::run);
  connect(editor_, &QPlainTextEdit::textChanged, this, [this] {
    if (!loading_) check_.ask(editor_->toPlainText(), path_);
  });
  connect(editor_->document(), &QTextDocument::modificationChanged, this, &SourcePanel::show_state);
  connect(&check_, &SourceCheck::answered, this, [this](const std::vector<SourceMark>& marks) {
    checked_ = marks;
    show_marks();
  });
  const auto go_to_item = [this](QListWidgetItem* item) {
    const auto index = static_cast<std::size_t>(list_->row(item));
    if (index >= editor_->marks().size()) return;
    editor_->go_to(editor_->marks()[index].line, editor_->marks()[index].column);
    editor_->setFocus();
  };
  connect(list_, &QListWidget::itemActivated, this, go_to_item);
  connect(list_, &QListWidget::itemClicked, this, go_to_item);
  connect(&context.selection, &Selection::source_wanted, this, [this](int line, int column) {
    settle();  // the text may not have been shown yet
    editor_->go_to(line, column);
  });
}

void SourcePanel::reload() {
  const Document& document = context().document;
  const QString text = document.scenario_text();
  const bool same = document.scenario_path() == path_ && text == editor_->toPlainText();
  const bool edited =
      editor_->document()->isModified() && document.scenario_path() == path_ && !path_.isEmpty();
  path_ = document.scenario_path();
  if (!same && !edited) {
    loading_ = true;
    editor_->setPlainText(text);
    editor_->document()->setModified(false);
    loading_ = false;
    checked_.clear();
  }
  if (!editor_->toPlainText().isEmpty()) check_.ask(editor_->toPlainText(), path_);
  show_marks();
  show_state();
}

void SourcePanel::restyle() {
  editor_->restyle();
  show_marks();
}

void SourcePanel::retranslate() {
  save_->setText(tr("Save"));
  run_->setText(tr("Run"));
  save_->setToolTip(tr("Writes the scenario's file"));
  run_->setToolTip(tr("Saves what was changed, and runs the scenario"));
  list_->setAccessibleName(tr("What is wrong with the scenario"));
  show_state();
}

void SourcePanel::show_state() {
  const bool edited = editor_->document()->isModified();
  save_->setEnabled(edited || (path_.isEmpty() && !editor_->toPlainText().isEmpty()));
  run_->setEnabled(!editor_->toPlainText().isEmpty());
  const QString name = path_.isEmpty() ? tr("as it was recorded") : path_.section('/', -1);
  state_->setText(edited ? tr("%1, edited").arg(name) : name);
}

// What the last run found while it ran; it is about the text as long as that was not edited.
std::vector<SourceMark> SourcePanel::of_the_run() const {
  std::vector<SourceMark> marks;
  const replay::Recording* recording = context().document.recording();
  if (recording == nullptr || editor_->document()->isModified()) return marks;
  const auto line_of = [](const std::string& place) {
    return std::max(1, text_of(place).section(':', -2, -2).toInt());
  };
  const auto column_of = [](const std::string& place) {
    return text_of(place).section(':', -1).toInt();
  };
  for (const replay::Expectation& expectation : replay::expectations(*recording)) {
    if (expectation.passed) continue;
    marks.push_back({.line = line_of(expectation.place),
                     .column = column_of(expectation.place),
                     .error = true,
                     .text = tr("expected: %1").arg(text_of(expectation.expected)),
                     .hint = tr("actual: %1").arg(text_of(expectation.actual))});
  }
  return marks;
}

void SourcePanel::show_marks() {
  std::vector<SourceMark> marks = checked_;
  for (SourceMark& mark : of_the_run()) marks.push_back(std::move(mark));
  list_->clear();
  for (const SourceMark& mark : marks) {
    QString text =
        QString("%1 %2: %3").arg(mark.error ? "\u2717" : "!").arg(mark.line).arg(mark.text);
    if (!mark.hint.isEmpty()) text += "\n" + mark.hint;
    auto* item = new QListWidgetItem(text, list_);
    item->setForeground(mark.error ? theme().bad : theme().text);
  }
  list_->setVisible(!marks.empty());
  editor_->show_marks(std::move(marks));
}

bool SourcePanel::save() {
  if (path_.isEmpty()) {
    const QString path = QFileDialog::getSaveFileName(this, tr("Save scenario"), "scenario.yaml",
                                                      tr("Scenarios (*.yaml *.yml)"));
    if (path.isEmpty()) return false;
    path_ = path;
  }
  QSaveFile file(path_);
  const QByteArray bytes = editor_->toPlainText().toUtf8();
  if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
    state_->setText(tr("Could not write %1.").arg(path_));
    return false;
  }
  editor_->document()->setModified(false);
  check_.ask(editor_->toPlainText(), path_);
  show_state();
  return true;
}

void SourcePanel::run() {
  if ((editor_->document()->isModified() || path_.isEmpty()) && !save()) return;
  context().runner.run(path_);
}

}  // namespace

Panel* make_source(const Context& context) { return new SourcePanel(context); }

}  // namespace lvslab::gui
