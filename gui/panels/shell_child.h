// `lvslab shell FILE` as a child process: lines in, what it prints out, which host it is at.
#pragma once

#include <QObject>
#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>

namespace lvslab::gui {

class ShellChild : public QObject {
  Q_OBJECT
 public:
  explicit ShellChild(QObject* parent = nullptr);
  ~ShellChild() override;

  /// Ends a shell that runs. `path` may be empty: then the text is written to a file of its own.
  void start(const QString& path, const QString& text);
  void stop();
  bool running() const { return process_ != nullptr; }
  /// Waits for an answer to the last line.
  bool busy() const { return running() && waiting_ > 0; }
  /// Sent at once, or when the shell is ready.
  void send(const QString& line);
  void interrupt();
  QString command_line() const { return command_line_; }

 Q_SIGNALS:
  /// Text between prompts; `error`: from its error output.
  void printed(const QString& text, bool error);
  void state_changed();
  void ended(const QString& why);

 private:
  void read();
  void done(const QString& why);
  QTemporaryDir folder_;
  QProcess* process_ = nullptr;
  QString command_line_;
  int waiting_ = 0;
};

}  // namespace lvslab::gui
