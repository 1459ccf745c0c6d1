// What stands on the canvas: hosts, links, and above them the frames that are under way.
#pragma once

#include <QGraphicsItem>
#include <QGraphicsObject>
#include <functional>
#include <vector>

#include "gui/panels/flights.h"
#include "trace/scene.h"

namespace lvslab::gui {

class NodeItem final : public QGraphicsItem {
 public:
  enum { Type = UserType + 1 };
  NodeItem(NodeIndex node, const trace::SceneNode& what);
  int type() const override { return Type; }
  QRectF boundingRect() const override;
  QPainterPath shape() const override;
  void paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) override;

  NodeIndex node() const { return node_; }
  void set_lines(const QStringList& lines);
  void set_chosen(bool chosen);
  /// Who believes this host to own which VIP, as "VIP: route, client"; empty: nobody.
  void set_halo(const QString& text);
  /// Called when it was moved.
  std::function<void()> moved;

 protected:
  QVariant itemChange(GraphicsItemChange change, const QVariant& value) override;

 private:
  void paint_shape(QPainter* painter) const;
  NodeIndex node_;
  QString name_, role_;
  bool is_switch_;
  QStringList lines_;
  QString halo_;
  bool chosen_ = false;
};

class LinkItem final : public QGraphicsItem {
 public:
  LinkItem(const NodeItem& a, const NodeItem& b, QString name);
  QRectF boundingRect() const override;
  QPainterPath shape() const override;
  void paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) override;
  void follow() { prepareGeometryChange(); }
  /// How many frames are on it, where they are too many to draw.
  void set_load(int frames);

 private:
  const NodeItem &a_, &b_;
  int load_ = 0;
};

/// Envelopes and crosses, drawn over everything.
class FramesItem final : public QGraphicsItem {
 public:
  struct Mark {
    QPointF at;
    Layer layer = Layer::kOther;
    bool chosen = false;  ///< the packet of the selection
    bool cross = false;   ///< it ended here
    QString text;         ///< reason of the end
    const Flight* flight = nullptr;
  };
  FramesItem();
  QRectF boundingRect() const override { return bounds_; }
  QPainterPath shape() const override { return {}; }
  void paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) override;
  void show_marks(std::vector<Mark> marks, const QRectF& bounds);
  const std::vector<Mark>& marks() const { return marks_; }

 private:
  std::vector<Mark> marks_;
  QRectF bounds_;
};

}  // namespace lvslab::gui
