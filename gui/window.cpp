#include "gui/window.h"

#include <QAbstractButton>
#include <QAbstractSlider>
#include <QApplication>
#include <QCloseEvent>
#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QStatusBar>
#include <QTabBar>
#include <QTabWidget>
#include <QTreeView>

#include "gui/icons.h"
#include "gui/texts.h"
#include "gui/theme.h"
#include "replay/recording.h"

namespace lvslab::gui {

Window::Window(QWidget* parent)
    : QMainWindow(parent), playback_(document_, selection_), runner_(this) {
  setObjectName("window");
  setDockOptions(QMainWindow::AllowTabbedDocks | QMainWindow::AnimatedDocks);
  resize(1400, 900);
  setAcceptDrops(true);
  make_status();
  make_panels();
  make_actions();
  connect(&document_, &Document::about_to_change, this, [this] {
    playback_.pause();
    selection_.clear();
  });
  connect(&document_, &Document::changed, this, &Window::update_state);
  connect(&document_, &Document::opened, this, &Window::note_opened);
  connect(&document_, &Document::open_progress, this, [this](int percent) {
    busy_->setRange(0, 100);
    busy_->setValue(percent);
    busy_->show();
  });
  connect(&selection_, &Selection::source_wanted, this, [this] { show_panel("source"); });
  connect(&selection_, &Selection::event_changed, this, &Window::update_state);
  connect(&selection_, &Selection::clock_changed, this,
          [this] { clock_->setText(clock_text(selection_.clock()) + " s"); });
  connect(&playback_, &Playback::state_changed, this, &Window::update_state);
  connect(&playback_, &Playback::message, this, &Window::say);
  connect(&runner_, &Runner::started, this, &Window::update_state);
  connect(&runner_, &Runner::progress, this, [this](int percent, const QString& text) {
    busy_->setRange(0, percent < 0 ? 0 : 100);
    busy_->setValue(percent);
    busy_->show();
    run_text_->setText(text);
  });
  connect(&runner_, &Runner::finished, this, &Window::run_finished);
  qApp->installEventFilter(this);
  retranslate();
  update_icons();
  update_state();
}

Window::~Window() {
  document_.disconnect(this);
  selection_.disconnect(this);
  playback_.disconnect(this);
  runner_.disconnect(this);
  // Panels look at what the window owns: they go first.
  for (const auto& [name, panel] : panels_) delete panel;
}

void Window::make_panels() {
  const Context context{document_, selection_, playback_, runner_};
  centre_ = new QTabWidget;
  right_ = new QTabWidget;
  bottom_ = new QTabWidget;
  centre_->setObjectName("centre");
  for (QTabWidget* tabs : {centre_, right_, bottom_}) {
    tabs->setDocumentMode(true);
    tabs->tabBar()->setExpanding(false);
  }
  for (const PanelEntry& entry : panel_table()) {
    Panel* panel = entry.make(context);
    panel->setObjectName(entry.name);
    panels_[entry.name] = panel;
    tabs_of(entry.place)->addTab(panel, QString());
  }
  setCentralWidget(centre_);
  setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
  right_dock_ = new QDockWidget(this);
  right_dock_->setObjectName("right");
  right_dock_->setWidget(right_);
  bottom_dock_ = new QDockWidget(this);
  bottom_dock_->setObjectName("bottom");
  bottom_dock_->setWidget(bottom_);
  for (QDockWidget* dock : {right_dock_, bottom_dock_}) {
    dock->setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetClosable);
    dock->setTitleBarWidget(new QWidget);
  }
  addDockWidget(Qt::RightDockWidgetArea, right_dock_);
  addDockWidget(Qt::BottomDockWidgetArea, bottom_dock_);
  right_dock_->setVisible(right_->count() > 0);
  resizeDocks({right_dock_}, {440}, Qt::Horizontal);
  resizeDocks({bottom_dock_}, {290}, Qt::Vertical);
}

void Window::make_status() {
  clock_ = new QLabel;
  place_ = new QLabel;
  run_text_ = new QLabel;
  busy_ = new QProgressBar;
  busy_->setMaximumWidth(180);
  busy_->setMaximumHeight(16);
  busy_->setTextVisible(false);
  busy_->hide();
  for (QWidget* part : std::initializer_list<QWidget*>{run_text_, busy_, place_, clock_})
    statusBar()->addPermanentWidget(part);
}

QTabWidget* Window::tabs_of(Place place) const {
  return place == Place::kCentre ? centre_ : place == Place::kRight ? right_ : bottom_;
}

Panel* Window::panel(const QString& name) const {
  const auto found = panels_.find(name);
  return found == panels_.end() ? nullptr : found->second;
}

Panel* Window::show_panel(const QString& name) {
  Panel* wanted = panel(name);
  if (wanted == nullptr) return nullptr;
  for (QTabWidget* tabs : {centre_, right_, bottom_}) {
    if (tabs->indexOf(wanted) < 0) continue;
    tabs->setCurrentWidget(wanted);
    if (tabs == right_) right_dock_->show();
    if (tabs == bottom_) bottom_dock_->show();
  }
  return wanted;
}

Panel* Window::front_panel() const {
  for (QWidget* at = QApplication::focusWidget(); at != nullptr; at = at->parentWidget()) {
    if (auto* panel = dynamic_cast<Panel*>(at)) return panel;
  }
  return dynamic_cast<Panel*>(centre_->currentWidget());
}

void Window::use_theme(bool dark, int percent) {
  apply_theme(dark ? dark_theme() : light_theme(), percent);
  update_icons();
}

void Window::say(const QString& text) { statusBar()->showMessage(text, 8000); }

QString Window::status() const { return statusBar()->currentMessage(); }

void Window::update_state() {
  const replay::Recording* recording = document_.recording();
  const bool any = recording != nullptr && recording->rows() > 0;
  for (QAction* action : time_actions_) action->setEnabled(any);
  until_->setEnabled(any);
  speed_->setEnabled(any);
  const bool busy = runner_.running() || document_.opening() || playback_.searching();
  run_->setEnabled(!document_.scenario_path().isEmpty() && !runner_.running());
  stop_->setEnabled(busy);
  save_->setEnabled(recording != nullptr);
  if (!busy) busy_->hide();
  if (!runner_.running()) run_text_->clear();
  play_->setIcon(icon(playback_.playing() ? Picture::kPause : Picture::kPlay));
  play_->setText(playback_.playing() ? tr("Pause") : tr("Play"));
  const double rate = playback_.rate();
  rate_->setText(span_text(Duration::picoseconds(static_cast<std::int64_t>(rate))) + "/s");
  if (recording == nullptr)
    place_->clear();
  else if (selection_.any())
    place_->setText(tr("event %1 of %2").arg(selection_.row() + 1).arg(recording->rows()));
  else
    place_->setText(tr("%n event(s)", "", static_cast<int>(recording->rows())));
  clock_->setText(clock_text(selection_.clock()) + " s");
  const QString title = document_.title();
  setWindowTitle(title.isEmpty() ? QString("lvslab") : title + " - lvslab");
}

void Window::update_icons() {
  for (const auto& [action, picture] : pictures_)
    action->setIcon(icon(static_cast<Picture>(picture)));
  if (play_ != nullptr) update_state();
}

void Window::changeEvent(QEvent* event) {
  QMainWindow::changeEvent(event);
  if (event->type() == QEvent::LanguageChange) retranslate();
}

void Window::closeEvent(QCloseEvent* event) {
  playback_.pause();
  runner_.stop();
  document_.stop_opening();
  QMainWindow::closeEvent(event);
}

// Keys such as Space and Left are the window's, except where the widget that has the focus needs
// them.
bool Window::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() != QEvent::ShortcutOverride) return QMainWindow::eventFilter(watched, event);
  const auto* keys = static_cast<QKeyEvent*>(event);
  const int key = keys->key();
  const bool plain = (keys->modifiers() & ~Qt::KeypadModifier) == 0;
  const bool arrows = key == Qt::Key_Left || key == Qt::Key_Right;
  const bool moves = arrows || key == Qt::Key_Home || key == Qt::Key_End;
  const bool presses = key == Qt::Key_Space;
  if (plain && ((presses && (qobject_cast<QAbstractButton*>(watched) != nullptr ||
                             qobject_cast<QComboBox*>(watched) != nullptr)) ||
                (moves && qobject_cast<QAbstractSlider*>(watched) != nullptr) ||
                (arrows && (qobject_cast<QTabBar*>(watched) != nullptr ||
                            qobject_cast<QTreeView*>(watched) != nullptr)))) {
    event->accept();
    return true;
  }
  return QMainWindow::eventFilter(watched, event);
}

}  // namespace lvslab::gui
