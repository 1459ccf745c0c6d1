// The editor of the panel Source: line numbers, colours of YAML, and marks below what is wrong.
#pragma once

#include <QPlainTextEdit>
#include <QSyntaxHighlighter>
#include <vector>

namespace lvslab::gui {

/// Something said about a place of the scenario. Lines and columns from 1; column 0: the line.
struct SourceMark {
  int line = 0, column = 0;
  bool error = false;  ///< otherwise a warning or a finding
  QString text, hint;
};

class YamlColours : public QSyntaxHighlighter {
 public:
  using QSyntaxHighlighter::QSyntaxHighlighter;

 protected:
  void highlightBlock(const QString& text) override;
};

class SourceEditor : public QPlainTextEdit {
  Q_OBJECT
 public:
  explicit SourceEditor(QWidget* parent = nullptr);
  void show_marks(std::vector<SourceMark> marks);
  const std::vector<SourceMark>& marks() const { return marks_; }
  void go_to(int line, int column);
  void restyle();

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool event(QEvent* event) override;

 private:
  friend class LineNumbers;
  int margin_width() const;
  void place_margin();
  void paint_margin(QPaintEvent* event);
  void underline();
  const SourceMark* mark_of(int line) const;

  QWidget* margin_;
  YamlColours* colours_;
  std::vector<SourceMark> marks_;
};

}  // namespace lvslab::gui
