// Asks `lvslab check` about a scenario's text, in a child process; of several questions only the
// last is answered.
#pragma once

#include <QObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTimer>
#include <vector>

#include "gui/panels/source_editor.h"

namespace lvslab::gui {

class SourceCheck : public QObject {
  Q_OBJECT
 public:
  explicit SourceCheck(QObject* parent = nullptr);
  ~SourceCheck() override;
  /// `path`: the file the text is of, for what it names beside itself; may be empty.
  void ask(const QString& text, const QString& path);
  bool busy() const { return process_ != nullptr || later_.isActive(); }
  /// Starts at once what would have waited for the typing to pause.
  void hurry();

  /// "file:line:column: text" lines with what stands below each, as lvslab prints mistakes.
  static std::vector<SourceMark> read_mistakes(const QString& errors, const QString& file);
  static std::vector<SourceMark> read_findings(const QByteArray& json);

 Q_SIGNALS:
  void answered(const std::vector<SourceMark>& marks);

 private:
  void start();
  void done(int status);
  void drop();
  QTemporaryDir folder_;
  QTimer later_;
  QProcess* process_ = nullptr;
  QString text_, path_, file_;
};

}  // namespace lvslab::gui
