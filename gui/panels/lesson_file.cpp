#include "gui/panels/lesson_file.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QRegularExpression>

namespace lvslab::gui {
namespace {

constexpr qint64 kLargest = 4 << 20;
constexpr int kMostLessons = 500;

int indent_of(const QString& line) {
  int spaces = 0;
  while (spaces < line.size() && line[spaces] == ' ') ++spaces;
  return spaces;
}

QString unquoted(QString text) {
  text = text.trimmed();
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
      text.back() == text.front())
    return text.mid(1, text.size() - 2);
  const qsizetype comment = text.indexOf(" #");
  return comment < 0 ? text : text.left(comment).trimmed();
}

// "[a, 'b, c', d]" without its brackets.
QStringList flow_list(const QString& text) {
  static const QRegularExpression item("\"([^\"]*)\"|'([^']*)'|([^,\\[\\]]+)");
  QStringList list;
  for (auto at = item.globalMatch(text); at.hasNext();) {
    const QString word = unquoted(at.next().captured(0));
    if (!word.isEmpty()) list << word;
  }
  return list;
}

// Reads keys and values line by line, as far as lessons use YAML: block maps and lists, `|` and `>`
// texts, quoted and plain values, lists in brackets.
class Reader {
 public:
  explicit Reader(const QString& text) : lines_(text.split('\n')) {}

  void read(Lesson& lesson) {
    while (at_ < lines_.size()) {
      QString key, value;
      if (indent_of(lines_[at_]) != 0 || !split(lines_[at_], key, value)) {
        ++at_;
        continue;
      }
      if (key == "lesson") {
        ++at_;
        questions(lesson);
      } else if (key == "title" || key == "about") {
        (key == "title" ? lesson.title : lesson.about) = value_at(value, 0);
      } else {
        ++at_;
      }
    }
  }

 private:
  static bool split(const QString& line, QString& key, QString& value) {
    static const QRegularExpression pair("^\\s*(?:- )?\\s*(\\w+):(?:\\s+(.*))?$");
    const auto match = pair.match(line);
    if (!match.hasMatch()) return false;
    key = match.captured(1);
    value = match.captured(2).trimmed();
    return true;
  }

  // The value of the line at hand, further lines included; goes on behind it.
  QString value_at(const QString& value, int indent) {
    ++at_;
    if (!value.isEmpty() && value[0] != '|' && value[0] != '>') return unquoted(value);
    QStringList block;
    for (; at_ < lines_.size(); ++at_) {
      const QString& line = lines_[at_];
      if (!line.trimmed().isEmpty() && indent_of(line) <= indent) break;
      block << line.trimmed();
    }
    return block.join(value.startsWith('>') ? " " : "\n").trimmed();
  }

  void questions(Lesson& lesson) {
    while (at_ < lines_.size()) {
      const QString line = lines_[at_];
      QString key, value;
      if (!line.trimmed().isEmpty() && indent_of(line) == 0) return;
      if (!split(line, key, value)) {
        ++at_;
        continue;
      }
      const int indent = indent_of(line);
      if (key == "question" || key == "ask") lesson.questions.emplace_back();
      if (lesson.questions.empty()) {
        ++at_;
        continue;
      }
      take(lesson.questions.back(), key, value, indent);
    }
  }

  void take(LessonQuestion& question, const QString& key, const QString& value, int indent) {
    if (key == "choices" || key == "options") {
      ++at_;
      question.choices = flow_list(value);
      for (; value.isEmpty() && at_ < lines_.size(); ++at_) {
        const QString line = lines_[at_].trimmed();
        if (!line.startsWith("- ") || indent_of(lines_[at_]) < indent) break;
        question.choices << unquoted(line.mid(2));
      }
      return;
    }
    const QString text = value_at(value, indent);
    if (key == "question" || key == "ask") question.ask = text;
    if (key == "answer") question.answer = text;
    if (key == "why" || key == "because") question.why = text;
    if (key == "show" || key == "where") question.show = text;
  }

  QStringList lines_;
  qsizetype at_ = 0;
};

QString plain(const QString& text) {
  static const QRegularExpression noise("[\\s\"'`]+");
  return QString(text).replace(noise, " ").trimmed().toCaseFolded();
}

}  // namespace

bool LessonQuestion::right(const QString& prediction) const {
  return plain(prediction) == plain(answer);
}

Lesson read_lesson(const QString& path, const QString& text) {
  Lesson lesson{.path = path, .number = {}, .title = {}, .about = {}, .questions = {}};
  static const QRegularExpression number("^(\\d+)");
  const QString name = path.section('/', -1);
  lesson.number = number.match(name).captured(1);
  Reader(text).read(lesson);
  if (lesson.title.isEmpty()) lesson.title = name.section('.', 0, -2);
  return lesson;
}

std::vector<Lesson> find_lessons(const QString& beside) {
  QStringList starts = {QDir::currentPath(), QCoreApplication::applicationDirPath()};
  if (!beside.isEmpty()) starts.prepend(QFileInfo(beside).absolutePath());
  QString folder = qEnvironmentVariable("LVSLAB_LESSONS");
  for (const QString& start : starts) {
    QDir dir(start);
    do {
      if (folder.isEmpty() && dir.exists("scenarios/lessons"))
        folder = dir.filePath("scenarios/lessons");
    } while (folder.isEmpty() && dir.cdUp());
  }
  std::vector<Lesson> lessons;
  if (folder.isEmpty()) return lessons;
  const QDir dir(folder);
  for (const QString& name : dir.entryList({"*.yaml", "*.yml"}, QDir::Files, QDir::Name)) {
    QFile file(dir.absoluteFilePath(name));
    if (lessons.size() >= kMostLessons || file.size() > kLargest) break;
    if (file.open(QIODevice::ReadOnly))
      lessons.push_back(read_lesson(file.fileName(), QString::fromUtf8(file.readAll())));
  }
  return lessons;
}

}  // namespace lvslab::gui
