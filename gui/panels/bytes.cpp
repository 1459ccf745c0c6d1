// The panel Bytes: a frame's tree above its bytes; choosing in one chooses in the other.
#include <QComboBox>
#include <QCoreApplication>
#include <QSplitter>
#include <QVBoxLayout>

#include "gui/document.h"
#include "gui/panel.h"
#include "gui/panels/bytes_view.h"
#include "gui/panels/layers_tree.h"
#include "gui/panels/make.h"
#include "gui/selection.h"
#include "gui/texts.h"
#include "replay/recording.h"

namespace lvslab::gui {
namespace {

class BytesPanel final : public Panel {
  Q_DECLARE_TR_FUNCTIONS(BytesPanel)
 public:
  explicit BytesPanel(const Context& context);
  QString exported(const QString& kind) const override {
    return kind == "txt" ? view_->text() : QString();
  }
  QStringList export_kinds() const override { return {"txt"}; }

 protected:
  void reload() override { follow_event(); }
  void follow_event() override;
  void restyle() override {
    view_->restyle();
    show_frame();
  }
  void retranslate() override;

 private:
  void show_frame();

  QComboBox* which_;
  LayersTree* tree_;
  BytesView* view_;
  replay::Inspection seen_;
};

BytesPanel::BytesPanel(const Context& context)
    : Panel(context), which_(new QComboBox), tree_(new LayersTree), view_(new BytesView) {
  auto* split = new QSplitter(Qt::Vertical);
  split->addWidget(tree_);
  split->addWidget(view_);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(4, 4, 4, 4);
  all->setSpacing(4);
  all->addWidget(which_);
  all->addWidget(split, 1);
  tree_->setObjectName("bytes_tree");
  which_->setObjectName("bytes_which");
  which_->addItems({"", ""});
  connect(which_, &QComboBox::currentIndexChanged, this, &BytesPanel::show_frame);
  connect(tree_, &LayersTree::range_chosen, view_, &BytesView::mark);
  connect(view_, &BytesView::byte_chosen, tree_, &LayersTree::choose_byte);
}

void BytesPanel::retranslate() {
  which_->setItemText(0, tr("The frame as it came in"));
  which_->setItemText(1, tr("The frame as it left"));
  show_frame();
}

void BytesPanel::follow_event() {
  const replay::Recording* recording = context().document.recording();
  const bool any = recording != nullptr && context().selection.any();
  seen_ = any ? recording->inspect(context().selection.row()) : replay::Inspection();
  const bool left = seen_.event.kind == replay::EventKind::kFrameOut || !seen_.before;
  const QSignalBlocker quiet(which_);
  which_->setCurrentIndex(left && seen_.after ? 1 : 0);
  show_frame();
}

void BytesPanel::show_frame() {
  const bool after = which_->currentIndex() == 1;
  const auto& frame = after ? seen_.after : seen_.before;
  if (!frame) {
    tree_->show_layers({}, {});
    view_->show_bytes({}, 0);
    return;
  }
  tree_->show_layers(frame->layers, LayersTree::marks(seen_, after));
  view_->show_bytes(frame->bytes, frame->real_size);
}

}  // namespace

Panel* make_bytes(const Context& context) { return new BytesPanel(context); }

}  // namespace lvslab::gui
