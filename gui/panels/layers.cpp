// The panel Layers: the frame as it came in beside the frame as it left, what changed marked.
#include <QCoreApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QSplitter>
#include <QVBoxLayout>

#include "gui/document.h"
#include "gui/panel.h"
#include "gui/panels/layers_tree.h"
#include "gui/panels/make.h"
#include "gui/selection.h"
#include "gui/texts.h"
#include "replay/recording.h"

namespace lvslab::gui {
namespace {

class LayersPanel final : public Panel {
  Q_DECLARE_TR_FUNCTIONS(LayersPanel)
 public:
  explicit LayersPanel(const Context& context);
  QString exported(const QString& kind) const override;
  QStringList export_kinds() const override { return {"csv"}; }
  QWidget* picture() override { return split_; }

 protected:
  void reload() override { follow_event(); }
  void follow_event() override;
  void restyle() override { show_seen(); }
  void retranslate() override { show_seen(); }
  // Side by side where there is room for addresses in both.
  void resizeEvent(QResizeEvent* event) override {
    Panel::resizeEvent(event);
    const int needed = fontMetrics().averageCharWidth() * 90;
    split_->setOrientation(width() < needed ? Qt::Vertical : Qt::Horizontal);
  }

 private:
  struct Side {
    QLabel* title;
    LayersTree* tree;
  };
  Side add_side(const char* name);
  void show_seen();
  void show_side(const Side& side, const std::optional<replay::SeenFrame>& frame, bool after);

  QSplitter* split_;
  QLabel* changes_;
  Side in_, out_;
  replay::Inspection seen_;
};

LayersPanel::LayersPanel(const Context& context)
    : Panel(context), split_(new QSplitter), changes_(new QLabel) {
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(4, 4, 4, 4);
  all->setSpacing(4);
  all->addWidget(split_, 1);
  all->addWidget(changes_);
  changes_->setTextFormat(Qt::PlainText);
  changes_->setWordWrap(true);
  changes_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  in_ = add_side("layers_in");
  out_ = add_side("layers_out");
}

LayersPanel::Side LayersPanel::add_side(const char* name) {
  auto* box = new QWidget;
  auto* column = new QVBoxLayout(box);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(2);
  Side side{new QLabel, new LayersTree};
  side.title->setTextFormat(Qt::PlainText);
  side.title->setWordWrap(true);
  side.tree->setObjectName(name);
  column->addWidget(side.title);
  column->addWidget(side.tree, 1);
  split_->addWidget(box);
  return side;
}

void LayersPanel::follow_event() {
  const replay::Recording* recording = context().document.recording();
  const bool any = recording != nullptr && context().selection.any();
  seen_ = any ? recording->inspect(context().selection.row()) : replay::Inspection();
  show_seen();
}

void LayersPanel::show_seen() {
  show_side(in_, seen_.before, false);
  show_side(out_, seen_.after, true);
  QStringList words;
  for (const wire::Change& change : seen_.changes) {
    const QString field = text_of(change.field);
    if (change.kind == wire::Change::Kind::kPushed)
      words << tr("+ %1 header").arg(field);
    else if (change.kind == wire::Change::Kind::kPopped)
      words << tr("- %1 header").arg(field);
    else
      words << QString("%1: %2 \u2192 %3").arg(field, text_of(change.from), text_of(change.to));
  }
  if (seen_.before && seen_.after && words.isEmpty()) words << tr("Nothing changed.");
  changes_->setText(words.join(";  "));
  changes_->setVisible(!words.isEmpty());
}

void LayersPanel::show_side(const Side& side, const std::optional<replay::SeenFrame>& frame,
                            bool after) {
  const replay::Recording* recording = context().document.recording();
  if (!frame || recording == nullptr) {
    side.tree->show_layers({}, {});
    if (seen_.event.row == replay::kNoRow)
      side.title->setText(after ? tr("Out") : tr("In"));
    else
      side.title->setText(after ? tr("Out: it did not leave this node")
                                : tr("In: it was made at this node"));
    return;
  }
  const QString place = text_of(recording->scene().interface_text(frame->node, frame->interface));
  side.title->setText(after ? tr("Out: %1").arg(place) : tr("In: %1").arg(place));
  side.tree->show_layers(frame->layers, LayersTree::marks(seen_, after));
}

QString LayersPanel::exported(const QString& kind) const {
  if (kind != "csv") return {};
  QString text = "field,from,to\n";
  for (const wire::Change& change : seen_.changes)
    text += text_of(change.field + "," + change.from + "," + change.to) + "\n";
  return text;
}

}  // namespace

Panel* make_layers(const Context& context) { return new LayersPanel(context); }

}  // namespace lvslab::gui
