// The lessons as the panel shows them, as `lvslab list lessons --format json` tells them: a child
// process reads the files, so that the language has one reader only.
#pragma once

#include <QByteArray>
#include <QObject>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <vector>

namespace lvslab::gui {

struct LessonQuestion {
  QString ask;
  QStringList choices;  ///< empty: a prediction in words
  QString answer;
  QString why;   ///< told with the answer
  QString show;  ///< a display filter: the first event that matches answers the question
  /// Case, blanks and quotes do not matter.
  bool right(const QString& prediction) const;
};

struct Lesson {
  QString path, number, title, idea, about;
  std::vector<LessonQuestion> questions;
};

std::vector<Lesson> read_lessons(const QByteArray& json);
/// scenarios/lessons, found from the program, the working folder or `beside` upwards, or named by
/// LVSLAB_LESSONS; empty: not found.
QString lesson_folder(const QString& beside);

class LessonReader : public QObject {
  Q_OBJECT
 public:
  explicit LessonReader(QObject* parent = nullptr) : QObject(parent) {}
  ~LessonReader() override;
  /// A question under way is dropped.
  void ask(const QString& folder);
  bool busy() const { return process_ != nullptr; }
  /// Waits for the answer.
  void hurry();

 Q_SIGNALS:
  /// `errors`: what is wrong with files that could not be read.
  void answered(const std::vector<Lesson>& lessons, const QString& errors);

 private:
  void done();
  void drop();
  QProcess* process_ = nullptr;
};

}  // namespace lvslab::gui
