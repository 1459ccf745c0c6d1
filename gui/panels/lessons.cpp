// The panel Lessons: a scenario with a question each. First the question and the learner's
// prediction; then the answer, and the event of the run that shows it. The score lasts as long as
// the window.
#include <QButtonGroup>
#include <QCoreApplication>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>
#include <map>
#include <utility>

#include "gui/document.h"
#include "gui/panel.h"
#include "gui/panels/lesson_file.h"
#include "gui/panels/make.h"
#include "gui/playback.h"
#include "gui/runner.h"
#include "gui/theme.h"

namespace lvslab::gui {
namespace {

class LessonsPanel final : public Panel {
  Q_DECLARE_TR_FUNCTIONS(LessonsPanel)
 public:
  explicit LessonsPanel(const Context& context);
  void settle() override {
    Panel::settle();
    reader_.hurry();
  }
  QString command_line() const override {
    return lesson() == nullptr ? QString() : "lvslab explain " + lesson()->path + " --quiz";
  }

 protected:
  void reload() override;
  void restyle() override { show_verdict(); }
  void retranslate() override;

 private:
  /// What the learner said to a question, once.
  struct Said {
    QString prediction;
    bool right = false;
  };
  const Lesson* lesson() const;
  const LessonQuestion* question() const;
  std::pair<int, int> key() const { return {list_->currentRow(), asked_}; }
  void take(const std::vector<Lesson>& lessons, const QString& errors);
  void show_lesson();
  void show_question();
  void show_verdict();
  void answer();
  void begin();
  void show_in_trace();
  void find_answer();
  bool is_open() const;
  void show_score();
  QString prediction() const;

  QListWidget* list_;
  QLabel *title_, *about_, *ask_, *verdict_, *score_;
  QVBoxLayout* choices_;
  QButtonGroup* group_;
  QLineEdit* words_;
  QPushButton *begin_, *answer_, *next_, *trace_;
  LessonReader reader_;
  bool asked_for_lessons_ = false;
  QString errors_;     ///< of files that could not be read
  QString show_next_;  ///< to be found in the trace once the lesson has been run
  std::vector<Lesson> lessons_;
  int asked_ = 0;
  std::map<std::pair<int, int>, Said> said_;
};

QLabel* text_label() {
  auto* label = new QLabel;
  label->setWordWrap(true);
  label->setTextFormat(Qt::PlainText);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  return label;
}

LessonsPanel::LessonsPanel(const Context& context)
    : Panel(context),
      list_(new QListWidget),
      title_(text_label()),
      about_(text_label()),
      ask_(text_label()),
      verdict_(text_label()),
      score_(new QLabel),
      choices_(new QVBoxLayout),
      group_(new QButtonGroup(this)),
      words_(new QLineEdit),
      begin_(new QPushButton),
      answer_(new QPushButton),
      next_(new QPushButton),
      trace_(new QPushButton) {
  auto* page = new QWidget;
  auto* column = new QVBoxLayout(page);
  auto* buttons = new QHBoxLayout;
  for (QPushButton* button : {answer_, trace_, next_}) buttons->addWidget(button);
  buttons->addStretch(1);
  for (QWidget* part : {static_cast<QWidget*>(title_), static_cast<QWidget*>(about_),
                        static_cast<QWidget*>(begin_), static_cast<QWidget*>(ask_)})
    column->addWidget(part, 0, part == begin_ ? Qt::AlignLeft : Qt::Alignment());
  column->addLayout(choices_);
  column->addWidget(words_);
  column->addLayout(buttons);
  column->addWidget(verdict_);
  column->addStretch(1);
  auto* area = new QScrollArea;
  area->setWidget(page);
  area->setWidgetResizable(true);
  auto* split = new QSplitter(Qt::Vertical);
  split->addWidget(list_);
  split->addWidget(area);
  split->setStretchFactor(1, 2);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(4, 4, 4, 4);
  all->setSpacing(4);
  all->addWidget(split, 1);
  all->addWidget(score_);
  list_->setObjectName("lessons_list");
  words_->setObjectName("lessons_words");
  ask_->setObjectName("lessons_ask");
  verdict_->setObjectName("lessons_verdict");
  score_->setObjectName("lessons_score");
  begin_->setObjectName("lessons_begin");
  answer_->setObjectName("lessons_answer");
  trace_->setObjectName("lessons_trace");
  next_->setObjectName("lessons_next");
  connect(&reader_, &LessonReader::answered, this, &LessonsPanel::take);
  connect(list_, &QListWidget::currentRowChanged, this, [this] {
    asked_ = 0;
    show_lesson();
  });
  connect(begin_, &QPushButton::clicked, this, &LessonsPanel::begin);
  connect(answer_, &QPushButton::clicked, this, &LessonsPanel::answer);
  connect(words_, &QLineEdit::returnPressed, this, &LessonsPanel::answer);
  connect(trace_, &QPushButton::clicked, this, &LessonsPanel::show_in_trace);
  connect(next_, &QPushButton::clicked, this, [this] {
    const auto count = lesson() == nullptr ? 0 : static_cast<int>(lesson()->questions.size());
    if (asked_ + 1 < count) {
      ++asked_;
      show_question();
    } else if (list_->currentRow() + 1 < list_->count()) {
      list_->setCurrentRow(list_->currentRow() + 1);
    }
  });
}

void LessonsPanel::reload() {
  if (!asked_for_lessons_) {
    asked_for_lessons_ = true;
    reader_.ask(lesson_folder(context().document.scenario_path()));
  }
  show_verdict();
  if (!show_next_.isEmpty() && is_open()) find_answer();
}

void LessonsPanel::take(const std::vector<Lesson>& lessons, const QString& errors) {
  lessons_ = lessons;
  errors_ = errors.trimmed();
  asked_for_lessons_ = !lessons_.empty();  // none: asked again with the next file
  list_->clear();
  const QString open = QFileInfo(context().document.scenario_path()).canonicalFilePath();
  int row = lessons_.empty() ? -1 : 0;
  for (const Lesson& lesson : lessons_) {
    list_->addItem(lesson.number + "  " + lesson.title);
    if (!open.isEmpty() && QFileInfo(lesson.path).canonicalFilePath() == open)
      row = list_->count() - 1;
  }
  list_->setCurrentRow(row);
  show_lesson();
}

void LessonsPanel::retranslate() {
  begin_->setText(tr("Run this lesson"));
  answer_->setText(tr("That is my prediction"));
  trace_->setText(tr("Show it in the trace"));
  next_->setText(tr("Next"));
  words_->setPlaceholderText(tr("your prediction"));
  list_->setAccessibleName(tr("Lessons"));
  show_lesson();
}

const Lesson* LessonsPanel::lesson() const {
  const int row = list_->currentRow();
  return row < 0 || row >= static_cast<int>(lessons_.size())
             ? nullptr
             : &lessons_[static_cast<std::size_t>(row)];
}

const LessonQuestion* LessonsPanel::question() const {
  const Lesson* now = lesson();
  if (now == nullptr || asked_ >= static_cast<int>(now->questions.size())) return nullptr;
  return &now->questions[static_cast<std::size_t>(asked_)];
}

void LessonsPanel::show_lesson() {
  const Lesson* now = lesson();
  QFont bold = font();
  bold.setBold(true);
  title_->setFont(bold);
  title_->setText(now == nullptr ? tr("There are no lessons here.") : now->title);
  QString about = tr("Lessons are the scenarios in the folder scenarios/lessons.");
  if (!errors_.isEmpty()) about += "\n" + errors_;
  if (now != nullptr) about = now->about;
  about_->setText(about);
  begin_->setVisible(now != nullptr);
  show_question();
}

void LessonsPanel::show_question() {
  const LessonQuestion* now = question();
  for (QAbstractButton* button : group_->buttons()) delete button;
  ask_->setText(now == nullptr ? QString() : now->ask);
  QFont bold = font();
  bold.setBold(true);
  ask_->setFont(bold);
  words_->clear();
  words_->setVisible(now != nullptr && now->choices.isEmpty());
  for (qsizetype i = 0; now != nullptr && i < now->choices.size(); ++i) {
    auto* button = new QRadioButton(now->choices[i]);
    group_->addButton(button, static_cast<int>(i));
    choices_->addWidget(button);
  }
  show_verdict();
}

QString LessonsPanel::prediction() const {
  const LessonQuestion* now = question();
  if (now == nullptr || now->choices.isEmpty()) return words_->text();
  const int chosen = group_->checkedId();
  return chosen < 0 || chosen >= now->choices.size() ? QString() : now->choices[chosen];
}

// The first prediction counts; the answer is told only after it.
void LessonsPanel::answer() {
  const LessonQuestion* now = question();
  if (now == nullptr || said_.contains(key()) || prediction().trimmed().isEmpty()) return;
  said_[key()] = {prediction(), now->right(prediction())};
  show_verdict();
}

void LessonsPanel::show_verdict() {
  const LessonQuestion* now = question();
  const auto said = said_.find(key());
  const bool told = now != nullptr && said != said_.end();
  answer_->setVisible(now != nullptr && !told);
  trace_->setVisible(told && !now->show.isEmpty());
  next_->setVisible(lesson() != nullptr);
  for (QAbstractButton* button : group_->buttons()) button->setEnabled(!told);
  words_->setEnabled(!told);
  QString text;
  if (told) {
    text = said->second.right
               ? "\u2713 " + tr("Right: %1").arg(now->answer)
               : "\u2717 " + tr("You said %1; it is %2").arg(said->second.prediction, now->answer);
    if (!now->why.isEmpty()) text += "\n" + now->why;
    // The idea would give answers away: it comes with the last of them.
    if (asked_ + 1 == static_cast<int>(lesson()->questions.size())) text += "\n\n" + lesson()->idea;
  }
  verdict_->setText(text);
  QPalette colours = palette();
  if (told) colours.setColor(QPalette::WindowText, said->second.right ? theme().good : theme().bad);
  verdict_->setPalette(colours);
  show_score();
}

void LessonsPanel::show_score() {
  int right = 0;
  for (const auto& [key, said] : said_) right += said.right ? 1 : 0;
  score_->setText(said_.empty() ? QString()
                                : tr("Score: %1 of %2 right").arg(right).arg(said_.size()));
}

void LessonsPanel::begin() {
  if (lesson() != nullptr) context().runner.run(lesson()->path);
}

/// Whether the recording at hand is the lesson's.
bool LessonsPanel::is_open() const {
  const QString open = context().document.scenario_path();
  return lesson() != nullptr && context().document.recording() != nullptr && !open.isEmpty() &&
         QFileInfo(open).canonicalFilePath() == QFileInfo(lesson()->path).canonicalFilePath();
}

void LessonsPanel::show_in_trace() {
  const LessonQuestion* now = question();
  if (now == nullptr) return;
  show_next_ = now->show;
  if (is_open()) return find_answer();
  begin();
}

void LessonsPanel::find_answer() {
  const QString show = std::exchange(show_next_, QString());
  context().playback.to_start();
  context().playback.run_until(show);
}

}  // namespace

Panel* make_lessons(const Context& context) { return new LessonsPanel(context); }

}  // namespace lvslab::gui
