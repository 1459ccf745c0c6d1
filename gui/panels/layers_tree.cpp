#include "gui/panels/layers_tree.h"

#include <QCoreApplication>
#include <QHeaderView>
#include <algorithm>
#include <map>

#include "gui/texts.h"
#include "gui/theme.h"

namespace lvslab::gui {
namespace {

constexpr int kOffset = Qt::UserRole, kSize = Qt::UserRole + 1;

std::map<std::string_view, std::size_t> counts(const std::vector<wire::Layer>& layers) {
  std::map<std::string_view, std::size_t> count;
  for (const wire::Layer& layer : layers) ++count[layer.name];
  return count;
}

}  // namespace

QString layer_title(std::string_view name) {
  static constexpr std::pair<std::string_view, const char*> kTitles[] = {
      {"eth", QT_TRANSLATE_NOOP("LayersTree", "Ethernet")},
      {"vlan", QT_TRANSLATE_NOOP("LayersTree", "VLAN tag")},
      {"arp", QT_TRANSLATE_NOOP("LayersTree", "Address Resolution Protocol")},
      {"ip", QT_TRANSLATE_NOOP("LayersTree", "Internet Protocol")},
      {"icmp", QT_TRANSLATE_NOOP("LayersTree", "Internet Control Message Protocol")},
      {"tcp", QT_TRANSLATE_NOOP("LayersTree", "Transmission Control Protocol")},
      {"udp", QT_TRANSLATE_NOOP("LayersTree", "User Datagram Protocol")},
      {"data", QT_TRANSLATE_NOOP("LayersTree", "Data")},
      {"undecoded", QT_TRANSLATE_NOOP("LayersTree", "Not decoded")}};
  for (const auto& [known, title] : kTitles) {
    if (known == name) return QCoreApplication::translate("LayersTree", title);
  }
  return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

LayersTree::LayersTree(QWidget* parent) : QTreeWidget(parent) {
  setColumnCount(2);
  setHeaderHidden(true);
  setUniformRowHeights(true);
  setIndentation(14);
  setSelectionMode(QAbstractItemView::SingleSelection);
  header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
  connect(this, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
    if (item != nullptr)
      Q_EMIT range_chosen(item->data(0, kOffset).toUInt(), item->data(0, kSize).toUInt());
  });
}

// A change names a repeated layer with its number from outside, counted in the frame in which it is
// repeated; layers belong together from the innermost outwards.
LayersTree::Marks LayersTree::marks(const replay::Inspection& inspection, bool after) {
  Marks marks;
  if (!inspection.before || !inspection.after) return marks;
  const auto& own = after ? inspection.after->layers : inspection.before->layers;
  const auto before = counts(inspection.before->layers), now = counts(inspection.after->layers);
  const auto count = [](const auto& table, std::string_view name) {
    const auto at = table.find(name);
    return at == table.end() ? std::size_t{0} : at->second;
  };
  std::map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < own.size(); ++i) {
    const std::string_view name = own[i].name;
    const std::size_t ours = count(after ? now : before, name);
    const std::size_t theirs = count(after ? before : now, name);
    const std::size_t nth = seen[name]++;
    if (ours > theirs && nth < ours - theirs) marks.insert(std::to_string(i));
    // Its number where numbers are counted.
    const std::size_t counted = count(now, name) > 1 ? count(now, name) : count(before, name);
    const std::string number = std::to_string(nth + counted - std::min(counted, ours));
    const std::string plain = std::string(name) + ".",
                      indexed = std::string(name) + "[" + number + "].";
    for (const wire::Change& change : inspection.changes) {
      if (change.kind != wire::Change::Kind::kField) continue;
      for (const std::string& prefix : {plain, indexed}) {
        if (change.field.starts_with(prefix))
          marks.insert(std::to_string(i) + "." + change.field.substr(prefix.size()));
      }
    }
  }
  return marks;
}

void LayersTree::show_layers(const std::vector<wire::Layer>& layers, const Marks& marks) {
  const QSignalBlocker quiet(this);
  clear();
  for (std::size_t i = 0; i < layers.size(); ++i) add_layer(layers[i], i, marks);
  expandAll();
}

void LayersTree::add_layer(const wire::Layer& layer, std::size_t number, const Marks& marks) {
  auto* top = new QTreeWidgetItem(this);
  top->setText(0, layer_title(layer.name));
  top->setFirstColumnSpanned(true);
  top->setData(0, kOffset, layer.offset);
  top->setData(0, kSize, layer.size);
  QFont bold = font();
  bold.setBold(true);
  top->setFont(0, bold);
  const std::string name = std::to_string(number);
  const bool whole = marks.contains(name);
  if (whole) {
    top->setText(0, "\u25c6 " + top->text(0));
    top->setBackground(0, theme().changed);
  }
  for (const wire::Field& field : layer.fields) {
    auto* item = new QTreeWidgetItem(top);
    const bool changed = whole || marks.contains(name + "." + std::string(field.name));
    item->setText(
        0, (changed ? "\u25c6 " : "") +
               QString::fromUtf8(field.name.data(), static_cast<qsizetype>(field.name.size())));
    item->setText(1, text_of(wire::field_text(field)).simplified());
    item->setToolTip(
        0, QString::fromUtf8(layer.name.data(), static_cast<qsizetype>(layer.name.size())) + "." +
               QString::fromUtf8(field.name.data(), static_cast<qsizetype>(field.name.size())));
    item->setData(0, kOffset, field.offset);
    item->setData(0, kSize, field.size);
    if (!changed) continue;
    for (const int column : {0, 1}) item->setBackground(column, theme().changed);
    item->setData(0, Qt::AccessibleDescriptionRole,
                  QCoreApplication::translate("LayersTree", "changed"));
  }
}

void LayersTree::choose_byte(std::uint32_t offset) {
  QTreeWidgetItem* best = nullptr;
  quint32 smallest = 0;
  for (int i = 0; i < topLevelItemCount(); ++i) {
    QTreeWidgetItem* layer = topLevelItem(i);
    for (int k = -1; k < layer->childCount(); ++k) {
      QTreeWidgetItem* item = k < 0 ? layer : layer->child(k);
      const quint32 from = item->data(0, kOffset).toUInt(), size = item->data(0, kSize).toUInt();
      if (offset < from || offset - from >= size) continue;
      if (best != nullptr && size > smallest) continue;
      best = item;
      smallest = size;
    }
  }
  if (best != nullptr) setCurrentItem(best);
}

}  // namespace lvslab::gui
