#include "gui/panels/source_check.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <utility>

#include "gui/runner.h"

namespace lvslab::gui {
namespace {

constexpr int kPause_ms = 400;  // of the typing

}  // namespace

SourceCheck::SourceCheck(QObject* parent) : QObject(parent) {
  later_.setSingleShot(true);
  later_.setInterval(kPause_ms);
  connect(&later_, &QTimer::timeout, this, &SourceCheck::start);
}

SourceCheck::~SourceCheck() { drop(); }

void SourceCheck::drop() {
  if (process_ != nullptr) Runner::abandon(std::exchange(process_, nullptr), this);
}

void SourceCheck::ask(const QString& text, const QString& path) {
  text_ = text;
  path_ = path;
  later_.start();
}

void SourceCheck::hurry() {
  if (!later_.isActive()) return;
  later_.stop();
  start();
}

void SourceCheck::start() {
  drop();
  const QString program = Runner::program();
  file_ = folder_.filePath("scenario.yaml");
  QFile file(file_);
  if (program.isEmpty() || !file.open(QIODevice::WriteOnly) || file.write(text_.toUtf8()) < 0)
    return;
  file.close();
  process_ = new QProcess(this);
  if (!path_.isEmpty()) process_->setWorkingDirectory(QFileInfo(path_).absolutePath());
  connect(process_, &QProcess::finished, this, &SourceCheck::done);
  process_->start(program, {"check", "--format", "json", file_});
}

void SourceCheck::done(int status) {
  QProcess* child = process_;
  process_ = nullptr;
  child->deleteLater();
  const QString errors = QString::fromUtf8(child->readAllStandardError());
  std::vector<SourceMark> marks = read_mistakes(errors, file_);
  if (status <= 1) {
    for (SourceMark& mark : read_findings(child->readAllStandardOutput()))
      marks.push_back(std::move(mark));
  } else if (marks.empty()) {
    marks.push_back({.line = 1, .error = true, .text = errors.section('\n', 0, 0), .hint = {}});
  }
  Q_EMIT answered(marks);
}

std::vector<SourceMark> SourceCheck::read_mistakes(const QString& errors, const QString& file) {
  static const QRegularExpression place("^:(\\d+):(\\d+): (.*)$");
  std::vector<SourceMark> marks;
  for (const QString& line : errors.split('\n')) {
    if (!line.startsWith(file)) continue;
    const auto match = place.match(line.mid(file.size()));
    if (!match.hasMatch()) continue;
    marks.push_back({.line = match.captured(1).toInt(),
                     .column = match.captured(2).toInt(),
                     .error = true,
                     .text = match.captured(3),
                     .hint = {}});
  }
  return marks;
}

std::vector<SourceMark> SourceCheck::read_findings(const QByteArray& json) {
  std::vector<SourceMark> marks;
  for (const QJsonValue& value : QJsonDocument::fromJson(json).array()) {
    const QJsonObject finding = value.toObject(), place = finding["place"].toObject();
    if (!finding["waived"].isNull() && !finding["waived"].isUndefined()) continue;
    QStringList hints = {finding["symptom"].toString()};
    for (const QJsonValue& cure : finding["cure"].toArray())
      hints << cure.toObject()["host"].toString() + "# " + cure.toObject()["command"].toString();
    hints.removeAll(QString());
    marks.push_back({.line = std::max(1, place["line"].toInt()),
                     .column = place["column"].toInt(),
                     .error = false,
                     .text = finding["summary"].toString(),
                     .hint = hints.join("\n")});
  }
  return marks;
}

}  // namespace lvslab::gui
