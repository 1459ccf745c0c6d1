// Runs the command line in a child process: `lvslab run FILE --record TEMPORARY` with progress and
// Stop. The window never waits for it; what it printed goes to the status line and the source
// panel.
#pragma once

#include <QObject>
#include <QProcess>
#include <QString>
#include <QTemporaryDir>
#include <memory>

namespace lvslab::gui {

class Runner : public QObject {
  Q_OBJECT
 public:
  explicit Runner(QObject* parent = nullptr);
  ~Runner() override;

  /// The `lvslab` beside this program, or of LVSLAB_PROGRAM; empty: not found.
  static QString program();
  /// Ends a child that `owner` waits for no more; it goes when it has ended.
  static void abandon(QProcess* child, QObject* owner);

  bool running() const { return process_ != nullptr; }
  /// Runs a scenario file; a run under way is stopped first.
  void run(const QString& scenario);
  /// Ends the run at once; a recording that ends early is still opened.
  void stop();
  /// The file of the last run.
  QString scenario() const { return scenario_; }
  /// "lvslab run FILE --record F" of the last run.
  QString command_line() const { return command_line_; }
  QString output() const { return output_; }
  QString errors() const { return errors_; }

 Q_SIGNALS:
  void started();
  /// 0 to 100, -1: unknown; what the child says besides.
  void progress(int percent, const QString& text);
  /// `recording`: path, empty if there is none; `status`: exit status, -1 stopped or crashed.
  void finished(int status, const QString& recording, const QString& errors);

 private:
  void read_errors();
  void done(int status);
  std::unique_ptr<QTemporaryDir> folder_;
  QProcess* process_ = nullptr;
  int runs_ = 0;
  bool stopping_ = false;
  QString scenario_, recording_, command_line_, output_, errors_;
};

}  // namespace lvslab::gui
