// A frame as a tree of layers and fields, with what changed marked: for the panels Layers and
// Bytes.
#pragma once

#include <QTreeWidget>
#include <set>
#include <string>
#include <vector>

#include "replay/inspection.h"

namespace lvslab::gui {

class LayersTree : public QTreeWidget {
  Q_OBJECT
 public:
  explicit LayersTree(QWidget* parent = nullptr);

  /// Which fields of a frame changed, as "layer number.field" ("1.ttl"); a whole layer: "1".
  using Marks = std::set<std::string>;
  static Marks marks(const replay::Inspection& inspection, bool after);

  void show_layers(const std::vector<wire::Layer>& layers, const Marks& marks);
  /// Selects the smallest field that holds a byte; none: nothing changes.
  void choose_byte(std::uint32_t offset);

 Q_SIGNALS:
  /// Bytes of the chosen layer or field.
  void range_chosen(quint32 offset, quint32 size);

 private:
  void add_layer(const wire::Layer& layer, std::size_t number, const Marks& marks);
};

/// "Internet Protocol" for "ip"; other names as they are.
QString layer_title(std::string_view name);

}  // namespace lvslab::gui
