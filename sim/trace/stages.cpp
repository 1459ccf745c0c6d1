#include "trace/stages.h"

#include <algorithm>

#include "fmt/format.h"
#include "trace/sentence.h"
#include "wire/header_diff.h"

namespace lvslab::trace {
namespace {

constexpr std::size_t kMostVisits = 256;  // a packet in a loop ends by its TTL

}  // namespace

std::string_view station_of(NoteKind kind) {
  switch (kind) {
    case NoteKind::kRoute:
    case NoteKind::kSourceChosen:
    case NoteKind::kMartian:
      return "routing";
    case NoteKind::kNeighbourUsed:
    case NoteKind::kNeighbourWait:
      return "neighbour";
    case NoteKind::kSwitchForward:
    case NoteKind::kSwitchFlood:
      return "MAC table";
    default:
      return {};
  }
}

StageCollector::StageCollector(const Scene& scene, std::optional<Tag> connection,
                               const lang::Words& words)
    : scene_(scene), connection_(connection), words_(words) {}

std::string StageCollector::connection_text() const {
  if (!connection_) return {};
  return scene_.tag_text({connection_->traffic, connection_->connection, 0});
}

bool StageCollector::concerns(const Tag& tag) {
  if (tag.traffic == 0 || tag.connection == 0) return false;
  if (!connection_) connection_ = tag;
  return tag.traffic == connection_->traffic && tag.connection == connection_->connection;
}

// The first packet is the request; the reply is the first that another host makes.
StageCollector::Way* StageCollector::way_of(const Record& record) {
  for (Way& way : ways_) {
    if (way.packet == record.packet || (record.parent != 0 && way.packet == record.parent))
      return &way;
  }
  const bool full = ways_.size() == 2;
  const bool again = ways_.size() == 1 && ways_.front().maker == record.node;
  if (record.packet == 0 || full || again || !concerns(record.tag)) return nullptr;
  // A note may come before the frame; what enters a host was made elsewhere, unseen.
  if (record.kind == RecordKind::kFrameIn) return nullptr;
  if (record.kind == RecordKind::kNote && record.note.kind == NoteKind::kDelivered) return nullptr;
  if (record.kind == RecordKind::kNote && record.note.kind >= NoteKind::kStateInterface)
    return nullptr;
  ways_.push_back({.packet = record.packet, .maker = record.node, .title = {}, .visits = {}});
  return &ways_.back();
}

StageCollector::Visit& StageCollector::visit_of(Way& way, const Record& record) {
  const bool arrives = record.kind == RecordKind::kFrameIn;
  for (std::size_t i = way.visits.size(); i-- > 0;) {
    Visit& visit = way.visits[i];
    if (visit.shown.node != record.node) continue;
    if (!(arrives && visit.left)) return visit;
    break;
  }
  if (way.visits.size() < kMostVisits)
    way.visits.push_back(
        {.shown = {.node = record.node, .since = record.time, .stations = {}}, .entered = {}});
  return way.visits.back();
}

Station& StageCollector::at(Visit& visit, std::string name, Station::Kind kind) {
  std::vector<Station>& stations = visit.shown.stations;
  if (stations.empty() || stations.back().name != name)
    stations.push_back({.kind = kind, .name = std::move(name), .lines = {}});
  return stations.back();
}

void StageCollector::on_record(const Record& record) {
  const bool frame_seen =
      record.kind == RecordKind::kFrameIn || record.kind == RecordKind::kFrameOut;
  if (!frame_seen && record.kind != RecordKind::kNote && record.kind != RecordKind::kLost) return;
  Way* way = way_of(record);
  if (way == nullptr) return;
  if (frame_seen) return frame(*way, record);
  note(*way, record);
}

void StageCollector::frame(Way& way, const Record& record) {
  const SceneNode& node = scene_.nodes[record.node];
  const bool known = record.interface < node.interfaces.size();
  const bool raw = known && node.interfaces[record.interface].raw_ip;
  const std::string device = known ? node.interfaces[record.interface].name : "?";
  std::vector<wire::Layer> layers = wire::dissect(
      record.bytes, record.zeros, raw ? wire::LinkType::kRawIp : wire::LinkType::kEthernet);
  if (way.title.empty()) way.title = wire::summary(layers);
  Visit& visit = visit_of(way, record);
  if (record.kind == RecordKind::kFrameIn) {
    at(visit, words_.say("in {}", device), Station::Kind::kWire)
        .lines.push_back(wire::summary(layers));
    visit.entered = std::move(layers);
    return;
  }
  visit.left = true;
  Station& out = at(visit, words_.say("out {}", device), Station::Kind::kWire);
  if (visit.entered.empty()) {
    out.lines.push_back(wire::summary(layers));
    return;
  }
  for (const wire::Change& change : wire::header_diff(visit.entered, layers)) {
    switch (change.kind) {
      case wire::Change::Kind::kField:
        out.lines.push_back(fmt::format("{} {} -> {}", change.field,
                                        scene_.named(change.field, change.from),
                                        scene_.named(change.field, change.to)));
        break;
      case wire::Change::Kind::kPushed:
        out.lines.push_back(words_.say("+ {} header {}", change.field, change.to));
        break;
      case wire::Change::Kind::kPopped:
        out.lines.push_back(words_.say("- {} header {}", change.field, change.from));
        break;
    }
  }
}

void StageCollector::note(Way& way, const Record& record) {
  const Note& n = record.note;
  if (n.kind >= NoteKind::kStateInterface) return;
  Visit& visit = visit_of(way, record);
  const std::string text = sentence(scene_, record.node, n, words_);
  if (n.kind == NoteKind::kHook) {
    at(visit, std::string(n.word));
    return;
  }
  if (n.kind == NoteKind::kDropped) {
    const auto reason = static_cast<DropReason>(n.x);
    visit.bystander = visit.bystander || reason == DropReason::kOtherHost;
    at(visit, words_("dropped"), Station::Kind::kDropped).lines.push_back(text);
    return;
  }
  if (n.kind == NoteKind::kDelivered) {
    at(visit, words_("delivered"), Station::Kind::kArrived).lines.push_back(text);
    return;
  }
  const std::string_view own = station_of(n.kind);
  if (!own.empty()) {
    at(visit, words_(own)).lines.push_back(text);
  } else if (!text.empty()) {
    if (visit.shown.stations.empty()) at(visit, words_("made here"));
    visit.shown.stations.back().lines.push_back(text);
  }
}

std::vector<PacketWay> StageCollector::ways() const {
  std::vector<PacketWay> all;
  for (const Way& way : ways_) {
    PacketWay shown{.packet = way.packet, .title = way.title, .visits = {}};
    shown.title = (all.empty() ? words_("request: ") : words_("reply: ")) + shown.title;
    for (const Visit& visit : way.visits) {
      if (!visit.bystander) shown.visits.push_back(visit.shown);
    }
    all.push_back(std::move(shown));
  }
  return all;
}

}  // namespace lvslab::trace
