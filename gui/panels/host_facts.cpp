#include "gui/panels/host_facts.h"

#include <QRegularExpression>
#include <algorithm>

#include "gui/texts.h"
#include "replay/host_table.h"
#include "replay/recording.h"

namespace lvslab::gui {
namespace {

constexpr int kMostLinesShown = 5;

}  // namespace

void HostFacts::set_recording(const replay::Recording* recording) {
  recording_ = recording;
  beliefs_.clear();
  vips_.clear();
  known_.clear();
  changes_.clear();
  if (recording == nullptr) return;
  for (const auto& [address, name] : recording->scene().names) {
    const QString words = text_of(name);
    if (words.startsWith("vip", Qt::CaseInsensitive)) vips_[wire::to_string(address)] = words;
  }
  for (replay::Belief& belief : replay::beliefs(*recording)) {
    if (belief.owner != kNoNode && is_vip(belief.address)) beliefs_.push_back(std::move(belief));
  }
  changes_ = replay::address_changes(*recording);
}

bool HostFacts::is_vip(const std::string& address) const { return vips_.contains(address); }

// Tables are read where addresses change and nowhere else: it takes a walk through all before.
QStringList HostFacts::addresses(NodeIndex node, replay::Row row) {
  const auto changes = changes_.find(node);
  if (recording_ == nullptr || changes == changes_.end()) return {};
  const auto next = std::upper_bound(changes->second.begin(), changes->second.end(), row);
  if (next == changes->second.begin()) return {};
  Known& known = known_[node];
  if (known.since != *(next - 1)) known = {*(next - 1), read(node, *(next - 1))};
  return known.lines;
}

QStringList HostFacts::read(NodeIndex node, replay::Row row) const {
  static const QRegularExpression form("\\d+\\.\\d+\\.\\d+\\.\\d+(/\\d+)?");
  QStringList lines;
  for (const replay::HostTable& table : recording_->tables(node, row)) {
    if (table.name != "addresses") continue;
    for (const replay::HostTable::Line& line : table.lines) {
      if (line.removed) continue;
      QString device, address;
      for (const replay::HostTable::Cell& cell : line.cells) {
        const QString text = text_of(cell.text);
        const auto match = form.match(text);
        if (address.isEmpty() && match.hasMatch())
          address = match.captured();
        else if (device.isEmpty() && !text.isEmpty() && !match.hasMatch())
          device = text;
      }
      if (address.isEmpty() || address.startsWith("127.")) continue;
      const auto vip = vips_.find(address.section('/', 0, 0).toStdString());
      if (vip != vips_.end()) address = address.section('/', 0, 0) + " " + vip->second;
      lines << device + " " + address;
    }
  }
  if (lines.size() > kMostLinesShown) {
    const auto more = lines.size() - kMostLinesShown + 1;
    lines = lines.mid(0, kMostLinesShown - 1);
    lines << QString("+%1").arg(more);
  }
  return lines;
}

QString HostFacts::owner_text(NodeIndex node, Instant now) const {
  std::map<QString, QStringList> believers;  // by VIP
  for (const replay::Belief& belief : beliefs_) {
    if (belief.owner != node || belief.since > now || belief.until <= now) continue;
    const auto& nodes = recording_->scene().nodes;
    QStringList& list = believers[vips_.at(belief.address)];
    const QString name = belief.node < nodes.size() ? text_of(nodes[belief.node].name) : QString();
    if (!list.contains(name)) list << name;
  }
  QStringList parts;
  for (const auto& [vip, who] : believers) {
    parts << vip + QString::fromUtf8(" \u2190 ") +
                 (who.size() > 3 ? QString::number(who.size()) : who.join(", "));
  }
  return parts.join("; ");
}

}  // namespace lvslab::gui
