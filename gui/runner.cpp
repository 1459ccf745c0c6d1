#include "gui/runner.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace lvslab::gui {

Runner::Runner(QObject* parent) : QObject(parent), folder_(std::make_unique<QTemporaryDir>()) {}

Runner::~Runner() {
  if (process_ == nullptr) return;
  process_->disconnect(this);
  process_->kill();
  process_->waitForFinished(1000);
}

QString Runner::program() {
  const QString named = qEnvironmentVariable("LVSLAB_PROGRAM");
  if (!named.isEmpty()) return named;
  const QString beside = QDir(QCoreApplication::applicationDirPath()).filePath("lvslab");
  if (QFileInfo(beside).isExecutable()) return beside;
  return QStandardPaths::findExecutable("lvslab");
}

void Runner::abandon(QProcess* child, QObject* owner) {
  child->disconnect(owner);
  child->setParent(nullptr);
  connect(child, &QProcess::finished, child, &QObject::deleteLater);
  child->kill();
}

void Runner::run(const QString& scenario) {
  if (process_ != nullptr) stop();
  output_.clear();
  errors_.clear();
  scenario_ = scenario;
  recording_ = folder_->filePath(QString("run-%1.sqlite").arg(++runs_));
  command_line_ = "lvslab run " + scenario + " --record lab.sqlite";
  const QString lvslab = program();
  if (lvslab.isEmpty()) {
    errors_ = tr("The program lvslab is neither beside this one nor in PATH.");
    Q_EMIT finished(-1, {}, errors_);
    return;
  }
  stopping_ = false;
  process_ = new QProcess(this);
  auto* child = process_;
  connect(child, &QProcess::readyReadStandardError, this, &Runner::read_errors);
  connect(child, &QProcess::readyReadStandardOutput, this, [this, child] {
    output_ += QString::fromUtf8(child->readAllStandardOutput());
    constexpr qsizetype kMost = 4 << 20;
    if (output_.size() > kMost) output_ = output_.right(kMost / 2);
  });
  connect(child, &QProcess::finished, this, [this](int status, QProcess::ExitStatus how) {
    done(how == QProcess::NormalExit ? status : -1);
  });
  connect(child, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error == QProcess::FailedToStart) done(-1);
  });
  Q_EMIT started();
  Q_EMIT progress(-1, {});
  child->start(lvslab, {"run", scenario, "--record", recording_, "--progress"});
}

void Runner::stop() {
  if (process_ == nullptr) return;
  // The answer is at once; the child may take its time to end.
  stopping_ = true;
  done(-1);
}

void Runner::read_errors() {
  const QString text = QString::fromUtf8(process_->readAllStandardError());
  for (const QString& line : text.split('\n', Qt::SkipEmptyParts)) {
    if (line.startsWith("progress: "))
      Q_EMIT progress(-1, line.mid(10));
    else
      errors_ += line + "\n";
  }
}

void Runner::done(int status) {
  if (process_ == nullptr) return;
  QProcess* child = process_;
  if (!stopping_) {
    output_ += QString::fromUtf8(child->readAllStandardOutput());
    read_errors();
    if (child->error() == QProcess::FailedToStart) errors_ = child->errorString();
  }
  process_ = nullptr;
  child->disconnect(this);
  if (child->state() != QProcess::NotRunning) {
    connect(child, &QProcess::finished, child, &QObject::deleteLater);
    child->kill();
  } else {
    child->deleteLater();
  }
  const bool recorded = !stopping_ && (status == 0 || status == 1 || status == 130) &&
                        QFileInfo(recording_).size() > 0;
  Q_EMIT finished(status, recorded ? recording_ : QString(), errors_);
}

}  // namespace lvslab::gui
