// The window's actions: what they are called, their keys, the tool bar, the menus.
#include <QActionGroup>
#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QSlider>
#include <QTabWidget>
#include <QToolBar>
#include <optional>

#include "gui/icons.h"
#include "gui/language.h"
#include "gui/theme.h"
#include "gui/window.h"

namespace lvslab::gui {
namespace {

constexpr int kSizes[] = {100, 125, 150, 175, 200};

}  // namespace

QAction* Window::add(const char* text, const char* tip, const QList<QKeySequence>& keys,
                     const std::function<void()>& what) {
  auto* action = new QAction(this);
  action->setShortcuts(keys);
  action->setShortcutContext(Qt::WindowShortcut);
  connect(action, &QAction::triggered, this, [what] { what(); });
  addAction(action);
  wordings_.push_back({action, text, tip});
  if (!keys.isEmpty()) keyed_.push_back(action);
  return action;
}

void Window::make_actions() {
  const auto picture = [this](QAction* action, Picture which) {
    pictures_.emplace_back(action, static_cast<int>(which));
  };
  open_ = add(QT_TR_NOOP("Open..."), QT_TR_NOOP("Open a scenario, a recording or a comparison"),
              {QKeySequence("Ctrl+O")}, [this] { choose_file(); });
  run_ = add(QT_TR_NOOP("Run"), QT_TR_NOOP("Run the scenario and open what was recorded"),
             {QKeySequence("F5")}, [this] { run_scenario(); });
  stop_ = add(QT_TR_NOOP("Stop"), QT_TR_NOOP("Stop the run, the search or the opening"),
              {QKeySequence("Esc")}, [this] { stop(); });
  save_ = add(QT_TR_NOOP("Save recording..."), QT_TR_NOOP("Keep the recording of this run"),
              {QKeySequence("Ctrl+Shift+S")}, [this] { save_recording(); });
  picture(open_, Picture::kOpen);
  picture(run_, Picture::kRun);
  picture(stop_, Picture::kStop);
  make_time_actions();
  make_view_actions();
  make_tool_bar();
  make_menus();
}

void Window::make_time_actions() {
  const auto timed = [this](const char* text, const char* tip, const char* key,
                            const std::function<void()>& what, std::optional<Picture> which = {}) {
    QAction* action = add(text, tip, {QKeySequence(key)}, what);
    if (which) pictures_.emplace_back(action, static_cast<int>(*which));
    time_actions_.push_back(action);
    return action;
  };
  timed(
      QT_TR_NOOP("Start"), QT_TR_NOOP("To the first event"), "Home",
      [this] { playback_.to_start(); }, Picture::kStart);
  timed(
      QT_TR_NOOP("Hop back"), QT_TR_NOOP("Where this packet was seen before"), "Shift+Left",
      [this] { playback_.step_hop(-1); }, Picture::kHopBack);
  timed(
      QT_TR_NOOP("Step back"), QT_TR_NOOP("One event back"), "Left",
      [this] { playback_.step_event(-1); }, Picture::kBack);
  play_ = timed(
      QT_TR_NOOP("Play"), QT_TR_NOOP("Play or pause"), "Space", [this] { playback_.toggle(); },
      Picture::kPlay);
  timed(
      QT_TR_NOOP("Step"), QT_TR_NOOP("One event on"), "Right", [this] { playback_.step_event(1); },
      Picture::kStep);
  timed(
      QT_TR_NOOP("Hop"), QT_TR_NOOP("Where this packet is seen next"), "Shift+Right",
      [this] { playback_.step_hop(1); }, Picture::kHop);
  timed(
      QT_TR_NOOP("End"), QT_TR_NOOP("To the last event"), "End", [this] { playback_.to_end(); },
      Picture::kEnd);
  timed(
      QT_TR_NOOP("Bookmark"), QT_TR_NOOP("Set or remove a bookmark at this event"), "B",
      [this] { playback_.toggle_bookmark(); }, Picture::kBookmark);
  timed(QT_TR_NOOP("Next bookmark"), QT_TR_NOOP("To the next bookmark"), "N",
        [this] { playback_.step_bookmark(1); });
  timed(QT_TR_NOOP("Previous bookmark"), QT_TR_NOOP("To the bookmark before"), "P",
        [this] { playback_.step_bookmark(-1); });
  timed(QT_TR_NOOP("Faster"), QT_TR_NOOP("Play twice as fast"), "]",
        [this] { speed_->setValue(speed_->value() + 1); });
  timed(QT_TR_NOOP("Slower"), QT_TR_NOOP("Play half as fast"), "[",
        [this] { speed_->setValue(speed_->value() - 1); });
  timed(QT_TR_NOOP("Run until..."), QT_TR_NOOP("To the next event that a filter matches"), "U",
        [this] { run_until(); });
}

void Window::make_view_actions() {
  int number = 0;
  for (const PanelEntry& entry : panel_table()) {
    ++number;
    auto* action = new QAction(this);
    if (number <= 9) action->setShortcut(QKeySequence(QString::number(number)));
    connect(action, &QAction::triggered, this, [this, name = QString(entry.name)] {
      if (Panel* shown = show_panel(name)) shown->setFocus(Qt::ShortcutFocusReason);
    });
    addAction(action);
    if (number <= 9) keyed_.push_back(action);
    panel_actions_.push_back(action);
  }
  add(QT_TR_NOOP("Filter"), QT_TR_NOOP("To the filter of the event list"), {QKeySequence("Ctrl+F")},
      [this] { focus_filter(); });
  add(QT_TR_NOOP("Fit"), QT_TR_NOOP("Fit the picture to its panel"), {QKeySequence("F")},
      [this] { fit_panel(); });
  dark_ = new QAction(this);
  dark_->setCheckable(true);
  dark_->setShortcut(QKeySequence("Ctrl+D"));
  wordings_.push_back({dark_, QT_TR_NOOP("Dark"), QT_TR_NOOP("Dark or light window")});
  dark_->setChecked(theme().dark);
  connect(dark_, &QAction::toggled, this, [this](bool dark) { use_theme(dark, text_percent()); });
  addAction(dark_);
  keyed_.push_back(dark_);
  sizes_ = new QActionGroup(this);
  for (const int percent : kSizes) {
    QAction* size = sizes_->addAction(QString("%1 %").arg(percent));
    size->setCheckable(true);
    size->setChecked(percent == text_percent());
    connect(size, &QAction::triggered, this, [this, percent] { use_theme(theme().dark, percent); });
  }
  languages_ = new QActionGroup(this);
  for (const QString& name : languages()) {
    QAction* choice = languages_->addAction(language_name(name));
    choice->setCheckable(true);
    choice->setData(name);
    connect(choice, &QAction::triggered, this, [name] { set_language(name); });
  }
  add(QT_TR_NOOP("Export panel..."), QT_TR_NOOP("The panel as picture, table or text"),
      {QKeySequence("Ctrl+E")}, [this] { export_dialog(); });
  add(QT_TR_NOOP("Export packets..."),
      QT_TR_NOOP("The frames of the chosen connection or packet as pcapng files"),
      {QKeySequence("Ctrl+Shift+E")}, [this] { export_packets(); });
  add(QT_TR_NOOP("Command line"), QT_TR_NOOP("What prints the same in a terminal"),
      {QKeySequence("Ctrl+L")}, [this] { show_command_line(); });
  add(QT_TR_NOOP("Keys"), QT_TR_NOOP("All keys"), {QKeySequence("?"), QKeySequence("F1")},
      [this] { show_keys(); });
  add(QT_TR_NOOP("About lvslab"), "", {}, [this] { show_about(); });
  add(QT_TR_NOOP("Quit"), QT_TR_NOOP("Close the window"), {QKeySequence("Ctrl+Q")},
      [this] { close(); });
}

void Window::make_tool_bar() {
  QToolBar* bar = addToolBar("tools");
  bar->setObjectName("tools");
  bar->setMovable(false);
  bar->setToolButtonStyle(Qt::ToolButtonIconOnly);
  bar->addActions({open_, run_, stop_});
  bar->addSeparator();
  for (std::size_t i = 0; i < 8; ++i) bar->addAction(time_actions_[i]);
  bar->addSeparator();
  until_ = new QLineEdit;
  until_->setObjectName("until");
  until_->setClearButtonEnabled(true);
  until_->setMaximumWidth(320);
  bar->addWidget(until_);
  connect(until_, &QLineEdit::returnPressed, this, [this] {
    if (playback_.run_until(until_->text())) setFocus();
  });
  bar->addSeparator();
  speed_ = new QSlider(Qt::Horizontal);
  speed_->setObjectName("speed");
  speed_->setRange(Playback::kSlowest, Playback::kFastest);
  speed_->setValue(playback_.speed());
  speed_->setMaximumWidth(160);
  connect(speed_, &QSlider::valueChanged, this, [this](int step) { playback_.set_speed(step); });
  bar->addWidget(speed_);
  rate_ = new QLabel;
  rate_->setMinimumWidth(90);
  rate_->setContentsMargins(6, 0, 6, 0);
  bar->addWidget(rate_);
}

void Window::make_menus() {
  const auto menu = [this](const char* title) {
    QMenu* made = menuBar()->addMenu(QString());
    menus_.emplace_back(made, title);
    return made;
  };
  const auto named = [this](const char* text) {
    for (const Wording& wording : wordings_) {
      if (qstrcmp(wording.text, text) == 0) return wording.action;
    }
    return static_cast<QAction*>(nullptr);
  };
  QMenu* file = menu(QT_TR_NOOP("&File"));
  file->addActions(
      {open_, save_, named("Export panel..."), named("Export packets..."), named("Command line")});
  file->addSeparator();
  file->addActions({run_, stop_});
  file->addSeparator();
  file->addAction(named("Quit"));
  QMenu* time = menu(QT_TR_NOOP("&Time"));
  for (QAction* action : time_actions_) time->addAction(action);
  QMenu* view = menu(QT_TR_NOOP("&View"));
  for (QAction* action : panel_actions_) view->addAction(action);
  view->addSeparator();
  view->addActions({named("Filter"), named("Fit"), dark_});
  QMenu* sizes = view->addMenu(QString());
  menus_.emplace_back(sizes, QT_TR_NOOP("Text size"));
  sizes->addActions(sizes_->actions());
  QMenu* tongues = menu(QT_TR_NOOP("&Language"));
  tongues->addActions(languages_->actions());
  QMenu* help = menu(QT_TR_NOOP("&Help"));
  help->addActions({named("Keys"), named("About lvslab")});
}

void Window::retranslate() {
  for (const Wording& wording : wordings_) {
    const QString text = tr(wording.text), tip = *wording.tip != '\0' ? tr(wording.tip) : QString();
    wording.action->setText(text);
    const QString key = wording.action->shortcut().toString(QKeySequence::NativeText);
    wording.action->setToolTip(key.isEmpty() ? tip : QString("%1 (%2)").arg(tip, key));
  }
  for (const auto& [made, title] : menus_) made->setTitle(tr(title));
  std::size_t number = 0;
  for (const PanelEntry& entry : panel_table()) {
    const QString title = QCoreApplication::translate("Panels", entry.title);
    const QString about = QCoreApplication::translate("Panels", entry.about);
    QTabWidget* tabs = tabs_of(entry.place);
    const int at = tabs->indexOf(panels_.at(entry.name));
    const QString key = number < 9 ? QString(" (%1)").arg(number + 1) : QString();
    tabs->setTabText(at, title);
    tabs->setTabToolTip(at, about + key);
    panel_actions_[number]->setText(title);
    panel_actions_[number]->setToolTip(about + key);
    ++number;
  }
  until_->setPlaceholderText(tr("Run until, as arp or dropped (U)"));
  until_->setToolTip(tr("A filter: Return goes to the next event that it matches (U)"));
  until_->setAccessibleName(tr("Run until"));
  speed_->setToolTip(tr("Speed: simulated time per second ([ and ])"));
  speed_->setAccessibleName(tr("Speed"));
  rate_->setToolTip(speed_->toolTip());
  for (QAction* choice : languages_->actions()) choice->setChecked(choice->data() == language());
  update_state();
}

}  // namespace lvslab::gui
