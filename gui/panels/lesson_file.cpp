#include "gui/panels/lesson_file.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <utility>

#include "gui/runner.h"

namespace lvslab::gui {
namespace {

constexpr int kPatience_ms = 10'000;  // of a screenshot

QString plain(const QString& text) {
  static const QRegularExpression noise("[\\s\"'`]+");
  return QString(text).replace(noise, " ").trimmed().toCaseFolded();
}

LessonQuestion question_of(const QJsonObject& json) {
  LessonQuestion question{.ask = json["ask"].toString(),
                          .choices = {},
                          .answer = json["answer"].toString(),
                          .why = json["why"].toString(),
                          .show = json["show"].toString()};
  for (const QJsonValue& choice : json["choices"].toArray()) question.choices << choice.toString();
  return question;
}

}  // namespace

bool LessonQuestion::right(const QString& prediction) const {
  return plain(prediction) == plain(answer);
}

std::vector<Lesson> read_lessons(const QByteArray& json) {
  std::vector<Lesson> lessons;
  for (const QJsonValue& value : QJsonDocument::fromJson(json).array()) {
    const QJsonObject object = value.toObject();
    Lesson lesson{.path = object["file"].toString(),
                  .number = QString::number(object["number"].toInt()),
                  .title = object["title"].toString(),
                  .idea = object["idea"].toString(),
                  .about = object["about"].toString().trimmed(),
                  .questions = {}};
    for (const QJsonValue& question : object["questions"].toArray())
      lesson.questions.push_back(question_of(question.toObject()));
    lessons.push_back(std::move(lesson));
  }
  return lessons;
}

QString lesson_folder(const QString& beside) {
  const QString named = qEnvironmentVariable("LVSLAB_LESSONS");
  if (!named.isEmpty()) return named;
  QStringList starts = {QDir::currentPath(), QCoreApplication::applicationDirPath()};
  if (!beside.isEmpty()) starts.prepend(QFileInfo(beside).absolutePath());
  for (const QString& start : starts) {
    QDir dir(start);
    do {
      if (dir.exists("scenarios/lessons")) return dir.absoluteFilePath("scenarios/lessons");
    } while (dir.cdUp());
  }
  return {};
}

LessonReader::~LessonReader() { drop(); }

void LessonReader::drop() {
  if (process_ != nullptr) Runner::abandon(std::exchange(process_, nullptr), this);
}

void LessonReader::ask(const QString& folder) {
  drop();
  const QString program = Runner::program();
  if (program.isEmpty()) return;
  // Without a folder the program knows those it was built with.
  QStringList words = {"list", "lessons", "--format", "json"};
  if (!folder.isEmpty()) words << folder;
  process_ = new QProcess(this);
  connect(process_, &QProcess::finished, this, &LessonReader::done);
  connect(process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error == QProcess::FailedToStart) done();
  });
  process_->start(program, words);
}

void LessonReader::hurry() {
  if (process_ != nullptr) process_->waitForFinished(kPatience_ms);
}

void LessonReader::done() {
  QProcess* child = process_;
  if (child == nullptr) return;
  process_ = nullptr;
  child->deleteLater();
  const QByteArray json = child->readAllStandardOutput();
  const QString errors = QString::fromUtf8(child->readAllStandardError());
  Q_EMIT answered(read_lessons(json), errors);
}

}  // namespace lvslab::gui
