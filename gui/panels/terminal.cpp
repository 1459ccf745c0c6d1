// The panel Terminal: a prompt on the chosen host, in a run of its own that `lvslab shell` makes
// from the open scenario. It begins at the start, or lets time pass until the chosen event.
#include <QCoreApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>

#include "gui/document.h"
#include "gui/panel.h"
#include "gui/panels/make.h"
#include "gui/panels/shell_child.h"
#include "gui/selection.h"
#include "gui/texts.h"
#include "gui/theme.h"
#include "replay/recording.h"

namespace lvslab::gui {
namespace {

constexpr int kMostLines = 20'000;

class TerminalPanel final : public Panel {
  Q_DECLARE_TR_FUNCTIONS(TerminalPanel)
 public:
  explicit TerminalPanel(const Context& context);
  bool focus_search() override {
    line_->setFocus(Qt::ShortcutFocusReason);
    return true;
  }
  QString exported(const QString& kind) const override {
    return kind == "txt" ? screen_->toPlainText() + "\n" : QString();
  }
  QStringList export_kinds() const override { return {"txt"}; }
  QString command_line() const override { return shell_.command_line(); }

 protected:
  void reload() override;
  void follow_node() override { show_host(); }
  void restyle() override;
  void retranslate() override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void begin();
  void begin_here();
  void enter();
  void print(const QString& text, const QColor& colour);
  void show_host();
  QString host() const;

  QPlainTextEdit* screen_;
  QLabel* prompt_;
  QLineEdit* line_;
  QPushButton *anew_, *here_, *stop_;
  ShellChild shell_;
  QStringList history_;
  qsizetype recalled_ = 0;
};

TerminalPanel::TerminalPanel(const Context& context)
    : Panel(context),
      screen_(new QPlainTextEdit),
      prompt_(new QLabel),
      line_(new QLineEdit),
      anew_(new QPushButton),
      here_(new QPushButton),
      stop_(new QPushButton) {
  auto* bar = new QHBoxLayout;
  bar->addWidget(prompt_);
  bar->addWidget(line_, 1);
  for (QPushButton* button : {here_, anew_, stop_}) bar->addWidget(button);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(4, 4, 4, 4);
  all->setSpacing(4);
  all->addWidget(screen_, 1);
  all->addLayout(bar);
  screen_->setObjectName("terminal_screen");
  screen_->setReadOnly(true);
  screen_->setMaximumBlockCount(kMostLines);
  line_->setObjectName("terminal_line");
  line_->installEventFilter(this);
  anew_->setObjectName("terminal_anew");
  here_->setObjectName("terminal_here");
  connect(line_, &QLineEdit::returnPressed, this, &TerminalPanel::enter);
  connect(anew_, &QPushButton::clicked, this, [this] {
    screen_->clear();
    begin();
  });
  connect(here_, &QPushButton::clicked, this, &TerminalPanel::begin_here);
  connect(stop_, &QPushButton::clicked, this, [this] { shell_.interrupt(); });
  connect(&shell_, &ShellChild::printed, this, [this](const QString& text, bool error) {
    print(text, error ? theme().bad : theme().text);
  });
  connect(&shell_, &ShellChild::state_changed, this, [this] { stop_->setEnabled(shell_.busy()); });
  connect(&shell_, &ShellChild::ended, this,
          [this](const QString& why) { print("\n" + why + "\n", theme().faint); });
  stop_->setEnabled(false);
}

void TerminalPanel::reload() {
  shell_.stop();
  screen_->clear();
  const bool any = !context().document.scenario_text().isEmpty();
  for (QWidget* part : std::initializer_list<QWidget*>{line_, anew_, here_}) part->setEnabled(any);
  show_host();
}

void TerminalPanel::restyle() {
  screen_->setFont(fixed_font(text_percent()));
  line_->setFont(fixed_font(text_percent()));
  prompt_->setFont(fixed_font(text_percent()));
}

void TerminalPanel::retranslate() {
  anew_->setText(tr("From the start"));
  here_->setText(tr("At this instant"));
  stop_->setText(tr("Interrupt"));
  anew_->setToolTip(tr("A fresh run of the scenario, at its beginning"));
  here_->setToolTip(tr("A fresh run of the scenario, up to the chosen event"));
  line_->setPlaceholderText(
      tr("a command as typed on the host; help lists the prompt's own words"));
  line_->setAccessibleName(tr("Command"));
}

QString TerminalPanel::host() const {
  const replay::Recording* recording = context().document.recording();
  const NodeIndex node = context().selection.node();
  if (recording == nullptr || node >= recording->scene().nodes.size()) return {};
  const trace::SceneNode& chosen = recording->scene().nodes[node];
  return chosen.is_switch ? QString() : text_of(chosen.name);
}

void TerminalPanel::show_host() { prompt_->setText(host() + "#"); }

void TerminalPanel::begin() {
  shell_.start(context().document.scenario_path(), context().document.scenario_text());
}

void TerminalPanel::begin_here() {
  screen_->clear();
  begin();
  const std::int64_t ps = context().selection.clock().ps();
  if (ps > 0) shell_.send(QString("run @%1ns").arg((ps + 999) / 1000));
}

void TerminalPanel::enter() {
  const QString command = line_->text().trimmed();
  if (command.isEmpty()) return;
  if (!shell_.running()) begin();
  if (history_.isEmpty() || history_.back() != command) history_ << command;
  recalled_ = history_.size();
  line_->clear();
  // Commands are for the chosen host; the prompt's own words are for none, but may stand there too.
  const QString at = host();
  shell_.send(at.isEmpty() ? command : at + "# " + command);
}

void TerminalPanel::print(const QString& text, const QColor& colour) {
  QScrollBar* bar = screen_->verticalScrollBar();
  const bool at_end = bar->value() >= bar->maximum() - 2;
  QTextCursor cursor(screen_->document());
  cursor.movePosition(QTextCursor::End);
  QTextCharFormat format;
  format.setForeground(colour);
  cursor.insertText(text, format);
  if (at_end) bar->setValue(bar->maximum());
}

bool TerminalPanel::eventFilter(QObject* watched, QEvent* event) {
  if (watched == line_ && event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Up || key == Qt::Key_Down) {
      recalled_ =
          std::clamp<qsizetype>(recalled_ + (key == Qt::Key_Up ? -1 : 1), 0, history_.size());
      line_->setText(recalled_ < history_.size() ? history_[recalled_] : QString());
      return true;
    }
  }
  return Panel::eventFilter(watched, event);
}

}  // namespace

Panel* make_terminal(const Context& context) { return new TerminalPanel(context); }

}  // namespace lvslab::gui
