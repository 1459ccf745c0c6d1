// A lesson as the panel shows it: the scenario's number, title and idea, and the questions under
// its `lesson` key. Only that key is read here; whether the file is a good scenario is for the
// command line.
#pragma once

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
  QString path, number, title, about;
  std::vector<LessonQuestion> questions;
};

Lesson read_lesson(const QString& path, const QString& text);
/// All of scenarios/lessons, found from the program, the working folder or `beside` upwards, or
/// named by LVSLAB_LESSONS; in order of their names.
std::vector<Lesson> find_lessons(const QString& beside);

}  // namespace lvslab::gui
