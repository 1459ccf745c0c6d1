// The ladder panel: the frames of a connection, or all around the chosen event, from host to host.
#include <QBuffer>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QSvgGenerator>
#include <QVBoxLayout>
#include <algorithm>
#include <map>

#include "gui/document.h"
#include "gui/panel.h"
#include "gui/panels/ladder_view.h"
#include "gui/panels/make.h"
#include "gui/playback.h"
#include "gui/selection.h"
#include "gui/texts.h"
#include "replay/recording.h"
#include "trace/writers.h"

namespace lvslab::gui {
namespace {

constexpr replay::Row kStretch = 6'000;  // rows shown before and after the chosen one

class LadderPanel final : public Panel {
  Q_DECLARE_TR_FUNCTIONS(LadderPanel)
 public:
  explicit LadderPanel(const Context& context);
  QString exported(const QString& kind) const override;
  QStringList export_kinds() const override { return {"txt", "mmd", "svg"}; }
  QString command_line() const override;
  QWidget* picture() override { return view_; }

 protected:
  void reload() override;
  void follow_event() override;
  void restyle() override { view_->viewport()->update(); }
  void retranslate() override;

 private:
  enum What { kEverything, kConnection, kPacket };
  What what() const { return static_cast<What>(what_->currentIndex()); }
  bool wanted(const Flight& flight) const;
  void read();
  std::vector<LadderLine> lines_of(const std::vector<Flight>& flights);
  QString svg() const;
  QString replayed(bool mermaid) const;

  QComboBox* what_;
  QCheckBox* switches_;
  QLabel* note_;
  LadderView* view_;
  replay::Row from_ = 0, to_ = 0;
  Tag tag_;
  std::uint64_t packet_ = 0;
};

LadderPanel::LadderPanel(const Context& context)
    : Panel(context),
      what_(new QComboBox),
      switches_(new QCheckBox),
      note_(new QLabel),
      view_(new LadderView) {
  auto* bar = new QHBoxLayout;
  bar->addWidget(what_);
  bar->addWidget(switches_);
  bar->addWidget(note_, 1);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(4, 4, 4, 4);
  all->setSpacing(4);
  all->addLayout(bar);
  all->addWidget(view_, 1);
  what_->addItems({"", "", ""});
  const auto anew = [this] {
    to_ = 0;
    follow_event();
  };
  connect(what_, &QComboBox::currentIndexChanged, this, anew);
  connect(switches_, &QCheckBox::toggled, this, anew);
  view_->chosen = [this](replay::Row row) {
    this->context().playback.pause();
    this->context().playback.go_to_row(row);
  };
}

void LadderPanel::reload() {
  from_ = to_ = 0;
  view_->show_lines({}, {});
  note_->clear();
}

bool LadderPanel::wanted(const Flight& flight) const {
  if (what() == kEverything) return true;
  if (what() == kPacket) return flight.packet == packet_;
  return tag_.traffic == 0 ||
         (flight.tag.traffic == tag_.traffic && flight.tag.connection == tag_.connection);
}

void LadderPanel::follow_event() {
  const replay::Recording* recording = context().document.recording();
  if (recording == nullptr) return;
  const Chosen& chosen = context().selection.chosen();
  const replay::Row row = context().selection.any() ? chosen.row : 0;
  const bool other =
      (what() == kConnection && chosen.tag.traffic != 0 &&
       (chosen.tag.traffic != tag_.traffic || chosen.tag.connection != tag_.connection)) ||
      (what() == kPacket && chosen.packet != 0 && chosen.packet != packet_);
  if (chosen.tag.traffic != 0) tag_ = chosen.tag;
  if (chosen.packet != 0) packet_ = chosen.packet;
  if (other || to_ == 0 || row < from_ || row >= to_) read();
  view_->show_row(context().selection.row(), chosen.packet);
}

void LadderPanel::read() {
  const replay::Recording& recording = *context().document.recording();
  const replay::Row row = context().selection.any() ? context().selection.row() : 0;
  from_ = row > kStretch ? row - kStretch : 0;
  to_ = std::min(recording.rows(), row + kStretch);
  std::vector<Flight> flights = read_flights(recording, from_, to_);
  std::erase_if(flights, [this](const Flight& flight) { return !wanted(flight); });
  const bool all = from_ == 0 && to_ == recording.rows();
  note_->setText(all ? tr("%n frame(s)", "", static_cast<int>(flights.size()))
                     : tr("frames of events %1 to %2").arg(from_ + 1).arg(to_));
  QStringList columns;
  const auto& nodes = recording.scene().nodes;
  std::vector<LadderLine> lines = lines_of(flights);
  // Columns in the order of their tiers, of those that take part.
  std::vector<NodeIndex> shown;
  for (const LadderLine& line : lines) {
    for (const int node : {line.from, line.to}) {
      const auto index = static_cast<NodeIndex>(node);
      if (std::find(shown.begin(), shown.end(), index) == shown.end()) shown.push_back(index);
    }
  }
  const auto tier = [&](NodeIndex node) {
    const std::string& role = nodes[node].role;
    return role == "client"        ? 0
           : role == "router"      ? 1
           : role == "director"    ? 3
           : role == "real-server" ? 4
                                   : 2;
  };
  std::stable_sort(shown.begin(), shown.end(), [&](NodeIndex a, NodeIndex b) {
    return std::pair(tier(a), a) < std::pair(tier(b), b);
  });
  std::map<NodeIndex, int> column;
  for (const NodeIndex node : shown) {
    column[node] = static_cast<int>(columns.size());
    columns << text_of(nodes[node].name);
  }
  for (LadderLine& line : lines) {
    line.from = column[static_cast<NodeIndex>(line.from)];
    line.to = column[static_cast<NodeIndex>(line.to)];
  }
  view_->show_lines(columns, std::move(lines));
}

// Without switches a frame goes from host to host: what a switch sends on continues what it was
// sent.
std::vector<LadderLine> LadderPanel::lines_of(const std::vector<Flight>& flights) {
  const auto& nodes = context().document.recording()->scene().nodes;
  std::vector<LadderLine> lines;
  std::map<std::pair<NodeIndex, std::uint64_t>, const Flight*> origin;  // by switch and packet
  for (const Flight& flight : flights) {
    const Flight* first = &flight;
    if (!switches_->isChecked()) {
      if (nodes[flight.from].is_switch) {
        const auto found = origin.find({flight.from, flight.packet});
        if (found != origin.end()) first = found->second;
      }
      if (nodes[flight.to].is_switch && !flight.lost) {
        origin[{flight.to, flight.packet}] = first;
        if (!flight.dropped) continue;
      }
      if (nodes[first->from].is_switch) continue;
    }
    lines.push_back({first->sent, flight.arrived, static_cast<int>(first->from),
                     static_cast<int>(flight.to), flight.layer, flight.lost, flight.dropped,
                     text_of(flight.info), text_of(flight.reason), first->row, flight.end_row,
                     flight.packet});
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const LadderLine& a, const LadderLine& b) { return a.row < b.row; });
  return lines;
}

QString LadderPanel::svg() const {
  constexpr int kMostLines = 2'000;
  QBuffer buffer;
  buffer.open(QIODevice::WriteOnly);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  QSize size = view_->whole();
  const int last = std::min(static_cast<int>(view_->lines().size()), kMostLines);
  size.setHeight(view_->head_height() + last * view_->step() + 12);
  generator.setSize(size);
  generator.setViewBox(QRect(QPoint(0, 0), size));
  generator.setTitle(context().document.title());
  QPainter painter(&generator);
  painter.fillRect(QRect(QPoint(0, 0), size), theme().base);
  view_->paint_lines(painter, 0, last, view_->head_height(), size.width());
  view_->paint_heads(painter, size.width());
  painter.end();
  return QString::fromUtf8(buffer.data());
}

QString LadderPanel::replayed(bool mermaid) const {
  const replay::Recording* recording = context().document.recording();
  if (recording == nullptr || to_ == from_) return {};
  trace::LadderOptions options;
  options.format =
      mermaid ? trace::LadderOptions::Format::kMermaid : trace::LadderOptions::Format::kText;
  if (what() == kConnection && tag_.traffic != 0) options.connection = tag_;
  if (what() == kPacket && packet_ != 0) options.packet = packet_;
  const auto ladder = trace::Ladder::make(recording->scene(), options);
  recording->replay(*ladder, recording->turn_of(from_).first, to_);
  return QString::fromStdString(ladder->text());
}

QString LadderPanel::exported(const QString& kind) const {
  if (context().document.recording() == nullptr) return {};
  if (kind == "svg") return svg();
  if (kind == "txt" || kind == "mmd") return replayed(kind == "mmd");
  return {};
}

QString LadderPanel::command_line() const {
  const replay::Recording* recording = context().document.recording();
  const QString file = context().document.scenario_path();
  if (recording == nullptr || file.isEmpty()) return {};
  QString line = "lvslab explain " + file;
  if (what() == kConnection && tag_.traffic != 0)
    line += " --connection " + text_of(recording->scene().tag_text(tag_));
  return line;
}

void LadderPanel::retranslate() {
  what_->setItemText(kEverything, tr("All frames"));
  what_->setItemText(kConnection, tr("This connection"));
  what_->setItemText(kPacket, tr("This packet"));
  switches_->setText(tr("Switches"));
  switches_->setToolTip(tr("A line for each switch too"));
  view_->setAccessibleName(tr("Ladder"));
  view_->viewport()->update();
}

}  // namespace

Panel* make_ladder(const Context& context) { return new LadderPanel(context); }

}  // namespace lvslab::gui
