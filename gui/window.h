// The main window: panels at their places, the tool bar of time, menus, keys, files, runs and the
// status line.
#pragma once

#include <QMainWindow>
#include <functional>
#include <map>
#include <vector>

#include "gui/document.h"
#include "gui/panel.h"
#include "gui/playback.h"
#include "gui/runner.h"
#include "gui/selection.h"

class QActionGroup;
class QComboBox;
class QDockWidget;
class QLabel;
class QLineEdit;
class QProgressBar;
class QSlider;
class QTabWidget;

namespace lvslab::gui {

class Window : public QMainWindow {
  Q_OBJECT
 public:
  explicit Window(QWidget* parent = nullptr);
  ~Window() override;

  Document& document() { return document_; }
  Selection& selection() { return selection_; }
  Playback& playback() { return playback_; }
  Runner& runner() { return runner_; }

  /// A recording, a scenario (which is run at once), or a folder's compare.json. Errors are shown.
  void open(const QString& path);
  /// The scenario that is open, from its start.
  void run_scenario();
  /// Brings a panel to the front; null: there is none of that name.
  Panel* show_panel(const QString& name);
  Panel* panel(const QString& name) const;
  void use_theme(bool dark, int percent);
  /// Writes a panel as FILE.png, .svg, .csv, .txt or .mmd; false: see the status line.
  bool export_panel(Panel* panel, const QString& file);
  /// All actions with a key, for the list under `?`.
  const std::vector<QAction*>& keyed_actions() const { return keyed_; }
  QString status() const;

 protected:
  void changeEvent(QEvent* event) override;
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  struct Wording {
    QAction* action;
    const char* text;
    const char* tip;
  };
  void make_panels();
  void make_actions();
  void make_time_actions();
  void make_view_actions();
  void make_tool_bar();
  void make_menus();
  void make_status();
  QAction* add(const char* text, const char* tip, const QList<QKeySequence>& keys,
               const std::function<void()>& what);
  void retranslate();
  void update_state();
  void update_icons();
  void say(const QString& text);

  // window_files.cpp
  void choose_file();
  void save_recording();
  void export_dialog();
  void export_packets();
  void show_command_line();
  void stop();
  void run_finished(int status, const QString& recording, const QString& errors);
  void note_opened(bool good);

  void show_keys();
  void show_about();
  void focus_filter();
  void fit_panel();
  void run_until();
  Panel* front_panel() const;
  QTabWidget* tabs_of(Place place) const;

  Document document_;
  Selection selection_;
  Playback playback_;
  Runner runner_;
  std::map<QString, Panel*> panels_;
  std::vector<Wording> wordings_;
  std::vector<QAction*> keyed_;
  std::vector<std::pair<QAction*, int>> pictures_;  ///< Picture of each tool
  QTabWidget *centre_ = nullptr, *right_ = nullptr, *bottom_ = nullptr;
  QDockWidget *right_dock_ = nullptr, *bottom_dock_ = nullptr;
  QAction *open_ = nullptr, *run_ = nullptr, *stop_ = nullptr, *play_ = nullptr, *dark_ = nullptr,
          *save_ = nullptr;
  std::vector<QAction*> time_actions_, panel_actions_;
  QActionGroup *sizes_ = nullptr, *languages_ = nullptr;
  std::vector<std::pair<QMenu*, const char*>> menus_;
  QSlider* speed_ = nullptr;
  QLabel *rate_ = nullptr, *clock_ = nullptr, *place_ = nullptr, *run_text_ = nullptr;
  QLineEdit* until_ = nullptr;
  QProgressBar* busy_ = nullptr;
};

}  // namespace lvslab::gui
