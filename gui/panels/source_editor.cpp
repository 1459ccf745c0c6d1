#include "gui/panels/source_editor.h"

#include <QHelpEvent>
#include <QPainter>
#include <QRegularExpression>
#include <QTextBlock>
#include <QToolTip>

#include "gui/texts.h"
#include "gui/theme.h"

namespace lvslab::gui {

class LineNumbers final : public QWidget {
 public:
  explicit LineNumbers(SourceEditor* editor) : QWidget(editor), editor_(editor) {}
  QSize sizeHint() const override { return {editor_->margin_width(), 0}; }

 protected:
  void paintEvent(QPaintEvent* event) override { editor_->paint_margin(event); }

 private:
  SourceEditor* editor_;
};

void YamlColours::highlightBlock(const QString& text) {
  static const QRegularExpression key("^\\s*(- )?\"?[\\w.\\[\\]$/-]+\"?(?=\\s*:(\\s|$))");
  static const QRegularExpression inner("[{,]\\s*([\\w.-]+)(?=:)");
  static const QRegularExpression quoted("(?<!\\w)(\"[^\"]*\"|'[^']*')(?!\\w)");
  static const QRegularExpression variable("\\$\\{?\\w+\\}?");
  static const QRegularExpression comment("(^|\\s)#.*$");
  const auto paint = [&](const QRegularExpression& what, const QColor& colour, int group = 0) {
    for (auto at = what.globalMatch(text); at.hasNext();) {
      const auto match = at.next();
      setFormat(static_cast<int>(match.capturedStart(group)),
                static_cast<int>(match.capturedLength(group)), colour);
    }
  };
  paint(key, theme().accent);
  paint(inner, theme().accent, 1);
  paint(variable, theme().series(2));
  paint(quoted, theme().good);
  paint(comment, theme().faint);
}

SourceEditor::SourceEditor(QWidget* parent)
    : QPlainTextEdit(parent),
      margin_(new LineNumbers(this)),
      colours_(new YamlColours(document())) {
  setObjectName("source");
  setLineWrapMode(NoWrap);
  setTabChangesFocus(false);
  connect(this, &QPlainTextEdit::blockCountChanged, this, &SourceEditor::place_margin);
  connect(this, &QPlainTextEdit::cursorPositionChanged, this, &SourceEditor::underline);
  connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect& rect, int moved) {
    if (moved != 0)
      margin_->scroll(0, moved);
    else
      margin_->update(0, rect.y(), margin_->width(), rect.height());
  });
  restyle();
}

void SourceEditor::restyle() {
  setFont(fixed_font(text_percent()));
  colours_->rehighlight();
  place_margin();
  underline();
}

int SourceEditor::margin_width() const {
  const int digits = std::max(3, static_cast<int>(QString::number(blockCount()).size()));
  return fontMetrics().horizontalAdvance('9') * (digits + 2) + 6;
}

void SourceEditor::place_margin() {
  setViewportMargins(margin_width(), 0, 0, 0);
  const QRect inner = contentsRect();
  margin_->setGeometry(inner.left(), inner.top(), margin_width(), inner.height());
}

void SourceEditor::resizeEvent(QResizeEvent* event) {
  QPlainTextEdit::resizeEvent(event);
  place_margin();
}

const SourceMark* SourceEditor::mark_of(int line) const {
  const SourceMark* found = nullptr;
  for (const SourceMark& mark : marks_) {
    if (mark.line == line && (found == nullptr || mark.error)) found = &mark;
  }
  return found;
}

void SourceEditor::paint_margin(QPaintEvent* event) {
  QPainter painter(margin_);
  painter.fillRect(event->rect(), theme().window);
  painter.setFont(font());
  for (QTextBlock block = firstVisibleBlock(); block.isValid(); block = block.next()) {
    const QRectF rect = blockBoundingGeometry(block).translated(contentOffset());
    if (rect.top() > event->rect().bottom()) break;
    const int line = block.blockNumber() + 1, top = static_cast<int>(rect.top());
    const SourceMark* mark = mark_of(line);
    painter.setPen(mark == nullptr ? theme().faint : mark->error ? theme().bad : theme().warn);
    const QRect place(0, top, margin_->width() - 4, fontMetrics().height());
    painter.drawText(place, Qt::AlignRight, QString::number(line));
    // A shape besides the colour: a cross for an error, a mark for a finding.
    if (mark != nullptr) painter.drawText(place, Qt::AlignLeft, mark->error ? "\u2717" : "!");
  }
}

void SourceEditor::show_marks(std::vector<SourceMark> marks) {
  marks_ = std::move(marks);
  underline();
  margin_->update();
}

void SourceEditor::underline() {
  QList<QTextEdit::ExtraSelection> list;
  QTextEdit::ExtraSelection current;
  current.format.setBackground(theme().window);
  current.format.setProperty(QTextFormat::FullWidthSelection, true);
  current.cursor = textCursor();
  current.cursor.clearSelection();
  list << current;
  for (const SourceMark& mark : marks_) {
    const QTextBlock block = document()->findBlockByNumber(mark.line - 1);
    if (!block.isValid()) continue;
    QTextEdit::ExtraSelection wave;
    wave.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
    wave.format.setUnderlineColor(mark.error ? theme().bad : theme().warn);
    wave.cursor = QTextCursor(block);
    const int start = std::min(std::max(mark.column - 1, 0), std::max(0, block.length() - 2));
    wave.cursor.setPosition(block.position() + start);
    wave.cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
    list << wave;
  }
  setExtraSelections(list);
}

void SourceEditor::go_to(int line, int column) {
  const QTextBlock block = document()->findBlockByNumber(line - 1);
  if (!block.isValid()) return;
  QTextCursor cursor(block);
  cursor.setPosition(block.position() + std::clamp(column - 1, 0, std::max(0, block.length() - 1)));
  setTextCursor(cursor);
  centerCursor();
}

// The language knows no tabs; a new line begins where the one before does.
void SourceEditor::keyPressEvent(QKeyEvent* event) {
  if (isReadOnly()) return QPlainTextEdit::keyPressEvent(event);
  if (event->key() == Qt::Key_Tab) {
    insertPlainText("  ");
  } else if (event->key() == Qt::Key_Return && event->modifiers() == Qt::NoModifier) {
    static const QRegularExpression indent("^ *");
    const QString before = textCursor().block().text().left(textCursor().positionInBlock());
    insertPlainText("\n" + indent.match(before).captured());
    ensureCursorVisible();
  } else {
    QPlainTextEdit::keyPressEvent(event);
  }
}

bool SourceEditor::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QPlainTextEdit::event(event);
  auto* help = static_cast<QHelpEvent*>(event);
  const QPoint at = viewport()->mapFrom(this, help->pos());
  const SourceMark* mark = mark_of(cursorForPosition(at).blockNumber() + 1);
  if (mark == nullptr)
    QToolTip::hideText();
  else
    QToolTip::showText(help->globalPos(),
                       tip_of(mark->text + (mark->hint.isEmpty() ? "" : "\n" + mark->hint)), this);
  return true;
}

}  // namespace lvslab::gui
