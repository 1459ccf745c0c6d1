#include "gui/panels/shell_child.h"

#include <QFile>
#include <QFileInfo>

#ifdef Q_OS_UNIX
#include <csignal>
#include <utility>
#endif

#include "gui/runner.h"

namespace lvslab::gui {

ShellChild::ShellChild(QObject* parent) : QObject(parent) {}

ShellChild::~ShellChild() {
  if (process_ == nullptr) return;
  process_->disconnect(this);
  process_->kill();
  process_->waitForFinished(1000);
}

void ShellChild::start(const QString& path, const QString& text) {
  stop();
  const QString program = Runner::program();
  if (program.isEmpty())
    return Q_EMIT ended(tr("The program lvslab is neither beside this one nor in PATH."));
  QString file = path;
  if (file.isEmpty()) {
    file = folder_.filePath("scenario.yaml");
    QFile copy(file);
    if (!copy.open(QIODevice::WriteOnly) || copy.write(text.toUtf8()) < 0)
      return Q_EMIT ended(copy.errorString());
  }
  command_line_ = "lvslab shell " + file;
  process_ = new QProcess(this);
  process_->setWorkingDirectory(QFileInfo(file).absolutePath());
  connect(process_, &QProcess::readyReadStandardOutput, this, &ShellChild::read);
  connect(process_, &QProcess::readyReadStandardError, this,
          [this] { Q_EMIT printed(QString::fromUtf8(process_->readAllStandardError()), true); });
  connect(process_, &QProcess::finished, this, [this] { done({}); });
  connect(process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error == QProcess::FailedToStart) done(process_->errorString());
  });
  waiting_ = 1;  // for its first prompt
  process_->start(program, {"shell", file});
  Q_EMIT state_changed();
}

void ShellChild::stop() {
  if (process_ == nullptr) return;
  Runner::abandon(std::exchange(process_, nullptr), this);
  waiting_ = 0;
  Q_EMIT state_changed();
}

void ShellChild::interrupt() {
#ifdef Q_OS_UNIX
  if (process_ != nullptr && process_->processId() > 0)
    ::kill(static_cast<pid_t>(process_->processId()), SIGINT);
#endif
}

void ShellChild::send(const QString& line) {
  if (process_ == nullptr) return;
  ++waiting_;
  process_->write(line.toUtf8() + "\n");
  Q_EMIT state_changed();
}

// Each answer ends with a prompt, "HOST# ", behind which the shell echoes what it was sent.
void ShellChild::read() {
  const QString text = QString::fromUtf8(process_->readAllStandardOutput());
  if (text.endsWith("# ")) waiting_ = 0;
  Q_EMIT printed(text, false);
  Q_EMIT state_changed();
}

void ShellChild::done(const QString& why) {
  if (process_ == nullptr) return;
  QProcess* child = process_;
  const QString rest = QString::fromUtf8(child->readAllStandardOutput());
  const QString errors = QString::fromUtf8(child->readAllStandardError());
  process_ = nullptr;
  waiting_ = 0;
  child->deleteLater();
  if (!rest.isEmpty()) Q_EMIT printed(rest, false);
  if (!errors.isEmpty()) Q_EMIT printed(errors, true);
  Q_EMIT ended(why.isEmpty() ? tr("The shell has ended.") : why);
  Q_EMIT state_changed();
}

}  // namespace lvslab::gui
