// The canvas: hosts in tiers, links, and the frames that move along them while time passes.
#include <QCheckBox>
#include <QComboBox>
#include <QGraphicsScene>
#include <QGraphicsView>
#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QToolTip>
#include <QVBoxLayout>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <map>

#include "gui/document.h"
#include "gui/panel.h"
#include "gui/panels/host_facts.h"
#include "gui/panels/make.h"
#include "gui/panels/topology_items.h"
#include "gui/panels/topology_layout.h"
#include "gui/panels/topology_view.h"
#include "gui/playback.h"
#include "gui/selection.h"
#include "gui/texts.h"
#include "replay/recording.h"

namespace lvslab::gui {
namespace {

constexpr std::size_t kMostEnvelopes = 300;  // beyond that links show how many they carry

class TopologyPanel final : public Panel {
  Q_DECLARE_TR_FUNCTIONS(TopologyPanel)
 public:
  explicit TopologyPanel(const Context& context);
  QWidget* picture() override { return view_; }
  void fit() override { view_->fit(); }
  void settle() override;
  QString command_line() const override;

 protected:
  void reload() override;
  void follow_event() override;
  void follow_node() override;
  void follow_clock() override;
  void restyle() override;
  void retranslate() override;

 private:
  void lay_out();
  void show_frames();
  void show_legend();
  std::vector<FramesItem::Mark> marks(Instant now);
  QPointF on_link(const Flight& flight, double share) const;

  QGraphicsScene scene_;
  TopologyView* view_;
  QComboBox* layout_;
  QCheckBox* map_;
  QLabel* legend_;
  std::vector<NodeItem*> nodes_;
  std::vector<LinkItem*> links_;
  FramesItem* frames_ = nullptr;
  Flights flights_;
  HostFacts facts_;
};

TopologyPanel::TopologyPanel(const Context& context)
    : Panel(context),
      view_(new TopologyView(&scene_)),
      layout_(new QComboBox),
      map_(new QCheckBox),
      legend_(new QLabel) {
  auto* bar = new QHBoxLayout;
  bar->addWidget(legend_, 1);
  bar->addWidget(map_);
  bar->addWidget(layout_);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(4, 4, 4, 4);
  all->setSpacing(4);
  all->addLayout(bar);
  all->addWidget(view_, 1);
  layout_->addItems({"", ""});
  view_->setObjectName("canvas");
  connect(layout_, &QComboBox::currentIndexChanged, this, [this] { lay_out(); });
  connect(map_, &QCheckBox::toggled, view_, &TopologyView::show_map);
  connect(&scene_, &QGraphicsScene::selectionChanged, this, [this] {
    const auto chosen = scene_.selectedItems();
    if (chosen.isEmpty()) return;
    if (const auto* item = qgraphicsitem_cast<NodeItem*>(chosen.front()))
      this->context().selection.choose_node(item->node());
  });
  view_->clicked = [this](const QPointF& at) {
    for (const FramesItem::Mark& mark :
         frames_ ? frames_->marks() : std::vector<FramesItem::Mark>{}) {
      if (std::hypot(mark.at.x() - at.x(), mark.at.y() - at.y()) > 16) continue;
      this->context().playback.pause();
      this->context().playback.go_to_row(mark.cross ? mark.flight->end_row : mark.flight->row);
      return true;
    }
    return false;
  };
  view_->hovered = [this](const QPointF& at) {
    for (const FramesItem::Mark& mark :
         frames_ ? frames_->marks() : std::vector<FramesItem::Mark>{}) {
      if (std::hypot(mark.at.x() - at.x(), mark.at.y() - at.y()) > 16) continue;
      return text_of(mark.flight->info) + (mark.text.isEmpty() ? QString() : "\n" + mark.text);
    }
    return QString();
  };
}

void TopologyPanel::reload() {
  scene_.clear();
  nodes_.clear();
  links_.clear();
  frames_ = nullptr;
  const replay::Recording* recording = context().document.recording();
  flights_.set_recording(recording);
  facts_.set_recording(recording);
  if (recording == nullptr) return;
  const trace::Scene& who = recording->scene();
  for (NodeIndex i = 0; i < who.nodes.size(); ++i) {
    nodes_.push_back(new NodeItem(i, who.nodes[i]));
    scene_.addItem(nodes_.back());
  }
  for (const trace::SceneLink& link : who.links) {
    auto* item = new LinkItem(*nodes_[link.node_a], *nodes_[link.node_b],
                              text_of(who.interface_text(link.node_a, link.interface_a) + " - " +
                                      who.interface_text(link.node_b, link.interface_b)));
    links_.push_back(item);
    scene_.addItem(item);
  }
  frames_ = new FramesItem;
  scene_.addItem(frames_);
  lay_out();
}

void TopologyPanel::lay_out() {
  const replay::Recording* recording = context().document.recording();
  if (recording == nullptr || nodes_.empty()) return;
  const std::vector<QPointF> at = layout_->currentIndex() == 1 ? free_layout(recording->scene())
                                                               : tier_layout(recording->scene());
  for (NodeItem* node : nodes_) node->moved = nullptr;
  for (std::size_t i = 0; i < nodes_.size(); ++i) nodes_[i]->setPos(at[i]);
  for (LinkItem* link : links_) link->follow();
  for (NodeItem* node : nodes_) {
    node->moved = [this] {
      for (LinkItem* link : links_) link->follow();
      show_frames();
    };
  }
  follow_event();
  view_->fit();
}

void TopologyPanel::follow_event() {
  const replay::Recording* recording = context().document.recording();
  if (recording == nullptr || frames_ == nullptr) return;
  const replay::Row row = context().selection.any() ? context().selection.row() : 0;
  for (NodeItem* node : nodes_) {
    node->set_lines(facts_.addresses(node->node(), row));
    node->set_halo(facts_.owner_text(node->node(), context().selection.clock()));
  }
  show_frames();
}

void TopologyPanel::follow_node() {
  for (NodeItem* node : nodes_) node->set_chosen(node->node() == context().selection.node());
}

void TopologyPanel::follow_clock() { show_frames(); }

QPointF TopologyPanel::on_link(const Flight& flight, double share) const {
  const QPointF a = nodes_[flight.from]->pos(), b = nodes_[flight.to]->pos();
  const QPointF along = b - a;
  const double length = std::hypot(along.x(), along.y());
  if (length < 1) return a;
  // From rim to rim, and to the right of the way, so that both directions can be told apart.
  const double rim = std::min(34.0, length / 3);
  const QPointF unit = along / length;
  return a + unit * (rim + (length - 2 * rim) * share) + QPointF(-unit.y(), unit.x()) * 9;
}

std::vector<FramesItem::Mark> TopologyPanel::marks(Instant now) {
  std::vector<FramesItem::Mark> all;
  const Selection& selection = context().selection;
  const bool playing = context().playback.playing();
  // A cross stays long enough to be read.
  const auto stay = Duration::picoseconds(
      playing ? static_cast<std::int64_t>(context().playback.rate() * 0.6) : 0);
  for (const Flight& flight : flights_.around(selection.row())) {
    if (flight.sent > now) continue;
    const bool chosen = flight.packet == selection.chosen().packet && flight.packet != 0;
    const bool ended = flight.lost || flight.dropped;
    const bool seen_end = flight.end_row != replay::kNoRow && flight.end_row <= selection.row();
    FramesItem::Mark mark{{}, flight.layer, chosen, false, {}, &flight};
    const bool not_yet = flight.sent == now && flight.row > selection.row() && !playing;
    if (not_yet) continue;
    if (ended && now >= flight.arrived && now <= flight.arrived + stay && seen_end) {
      mark.cross = true;
      mark.at = on_link(flight, flight.lost ? 0.5 : 1.0);
      mark.text = text_of(flight.reason);
    } else if (now < flight.arrived || (now == flight.arrived && !playing && !seen_end)) {
      if (flight.arrived.is_never()) continue;
      const double whole = (flight.arrived - flight.sent).in_seconds();
      const double share = whole <= 0 ? 0 : (now - flight.sent).in_seconds() / whole;
      mark.at = on_link(flight, std::clamp(share, 0.0, 1.0));
    } else if (now == flight.arrived && !playing && flight.end_row == selection.row()) {
      mark.at = on_link(flight, 1.0);
    } else {
      continue;
    }
    all.push_back(std::move(mark));
  }
  return all;
}

void TopologyPanel::show_frames() {
  if (frames_ == nullptr || !context().selection.any()) {
    if (frames_ != nullptr) frames_->show_marks({}, {});
    return;
  }
  auto now = marks(context().selection.clock());
  std::map<std::uint32_t, int> loads;
  if (now.size() > kMostEnvelopes) {
    for (const FramesItem::Mark& mark : now) ++loads[mark.flight->link];
    now.clear();
  }
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const auto load = loads.find(static_cast<std::uint32_t>(i));
    links_[i]->set_load(load == loads.end() ? 0 : load->second);
  }
  QRectF bounds;
  for (const NodeItem* node : nodes_) bounds |= node->sceneBoundingRect();
  frames_->show_marks(std::move(now), bounds.adjusted(-20, -20, 20, 20));
  view_->map_changed();
}

void TopologyPanel::show_legend() {
  QString text;
  for (int i = 0; i < static_cast<int>(Layer::kCount); ++i) {
    const auto layer = static_cast<Layer>(i);
    text += QString("<span style=\"color:%1\">&#9632;</span>&nbsp;%2&nbsp;%3&nbsp;&nbsp; ")
                .arg(theme().layer(layer).name(), layer_letter(layer), layer_name(layer));
  }
  text += QString("<span style=\"color:%1\"><b>&#10007;</b></span>&nbsp;%2&nbsp;&nbsp; ")
              .arg(theme().bad.name(), tr("dropped"));
  text += QString("<span style=\"color:%1\"><b>&#9676;</b></span>&nbsp;%2")
              .arg(theme().warn.name(), tr("believed to own the VIP"));
  legend_->setText(text);
}

void TopologyPanel::restyle() {
  view_->setBackgroundBrush(theme().base);
  for (QGraphicsItem* item : scene_.items()) item->update();
  show_legend();
}

void TopologyPanel::retranslate() {
  layout_->setItemText(0, tr("Tiers"));
  layout_->setItemText(1, tr("Free layout"));
  layout_->setToolTip(tr("How hosts are placed; drag a host to move it"));
  map_->setText(tr("Overview"));
  map_->setToolTip(tr("A small map of the whole picture"));
  view_->setAccessibleName(tr("Topology"));
  show_legend();
}

QString TopologyPanel::command_line() const {
  const QString file = context().document.scenario_path();
  return file.isEmpty() ? QString() : "lvslab graph " + file + " --format svg";
}

void TopologyPanel::settle() {
  Panel::settle();
  view_->fit();
}

}  // namespace

Panel* make_topology(const Context& context) { return new TopologyPanel(context); }

}  // namespace lvslab::gui
