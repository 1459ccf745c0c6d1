#include "expect/cause.h"

#include <algorithm>

#include "fmt/format.h"
#include "trace/clock_text.h"
#include "trace/sentence.h"
#include "wire/dissect.h"

namespace lvslab::expect {
namespace {

constexpr std::size_t kSendersKept = 32, kStoriesKept = 1 << 12;
constexpr std::size_t kArpSender = 14 + 14;  ///< offset of the sender's address in an ARP frame

std::string frame_text(const trace::Scene& scene, const Moment& moment) {
  const auto& interfaces = scene.nodes[moment.record.node].interfaces;
  const InterfaceIndex index = moment.record.interface;
  const bool raw = index < interfaces.size() && interfaces[index].raw_ip;
  return wire::summary(wire::dissect(moment.bytes, moment.record.zeros,
                                     raw ? wire::LinkType::kRawIp : wire::LinkType::kEthernet));
}

/// Notes, beside losses, that a connection's story is made of.
bool tells_the_way(NoteKind kind) {
  return kind == NoteKind::kIpvsPicked || kind == NoteKind::kAppServed ||
         kind == NoteKind::kDelivered || kind == NoteKind::kNeighbourUsed;
}

std::string tag_text(const trace::Scene& scene, const Record& record) {
  const std::string tag = scene.tag_text(record.tag);
  return tag.empty() ? "" : " [" + tag + "]";
}

}  // namespace

Moment Moment::of(const Record& record) {
  Moment moment{record, {record.bytes.begin(), record.bytes.end()}};
  moment.record.bytes = {};
  moment.record.console = nullptr;
  return moment;
}

std::string told(const trace::Scene& scene, const Moment& moment) {
  const Record& record = moment.record;
  std::string text = trace::clock_text(moment.record.time) + ", ";
  switch (record.kind) {
    case RecordKind::kFrameIn:
    case RecordKind::kFrameOut:
      return text + scene.interface_text(moment.record.node, record.interface) +
             (record.kind == RecordKind::kFrameIn ? " gets " : " sends ") +
             frame_text(scene, moment) + tag_text(scene, record);
    case RecordKind::kLost: {
      const auto reason = static_cast<DropReason>(record.note.x);
      return text + fmt::format("{}: lost on the link ({}): {}{}",
                                scene.interface_text(moment.record.node, record.interface),
                                drop_reason_name(reason), drop_reason_sentence(reason),
                                tag_text(scene, record));
    }
    default:
      break;
  }
  const std::string& node = moment.record.node < scene.nodes.size()
                                ? scene.nodes[moment.record.node].name
                                : std::string();
  if (record.note.kind == NoteKind::kAppServed)
    return text + node + ": the server process gets the connection" + tag_text(scene, record);
  return text + node + ": " + trace::sentence(scene, moment.record.node, record.note) +
         tag_text(scene, record);
}

bool is_loss(const Record& record) {
  if (record.kind == RecordKind::kLost) return true;
  if (record.kind != RecordKind::kNote) return false;
  if (record.note.kind == NoteKind::kIpvsRefused) return true;
  if (record.note.kind != NoteKind::kDropped) return false;
  switch (static_cast<DropReason>(record.note.x)) {
    case DropReason::kOtherHost:
    case DropReason::kSameSegment:
    case DropReason::kArpNotForUs:
    case DropReason::kArpIgnored:
    case DropReason::kArpFiltered:
      return false;
    default:
      return true;
  }
}

bool NeighbourTrack::names_address(const Record& record) const {
  if (record.bytes.size() < kArpSender + 4 || record.bytes[12] != 0x08 || record.bytes[13] != 0x06)
    return false;
  std::uint32_t sender = 0;
  for (std::size_t i = 0; i < 4; ++i) sender = sender << 8 | record.bytes[kArpSender + i];
  return sender == address_.value;
}

bool NeighbourTrack::on_record(const Record& record) {
  if (record.kind == RecordKind::kFrameOut && names_address(record)) {
    const bool relayed = std::any_of(sent_.begin(), sent_.end(),
                                     [&](const Sent& s) { return s.packet == record.packet; });
    if (relayed) return false;
    if (sent_.size() == kSendersKept) sent_.erase(sent_.begin());
    sent_.push_back({record.packet, Moment::of(record)});
    return false;
  }
  if (record.kind == RecordKind::kFrameIn && record.node == node_ && names_address(record)) {
    arrived_ = Moment::of(record);
    return false;
  }
  if (record.kind != RecordKind::kNote || record.note.a != address_.value) return false;
  if (record.note.kind == NoteKind::kArpRefused && !refused_) refused_ = Moment::of(record);
  if (record.note.kind != NoteKind::kStateNeighbour || record.node != node_) return false;
  last_state_ = Moment::of(record);
  const wire::Mac mac{record.note.m};
  if (mac == current_.mac) return false;
  current_ = {mac, *last_state_, {}, {}};
  if (arrived_ && arrived_->record.event == record.event) {
    current_.frame = arrived_;
    const auto sent = std::find_if(sent_.begin(), sent_.end(), [&](const Sent& s) {
      return s.packet == arrived_->record.packet;
    });
    if (sent != sent_.end()) current_.sent = sent->moment;
  }
  return true;
}

std::string NeighbourTrack::told(const trace::Scene& scene, const Change& change) const {
  if (change.note.record.node == kNoNode) return {};
  std::string text = expect::told(scene, change.note);
  if (change.sent) {
    text += "; the frame that brought it: " + expect::told(scene, *change.sent);
  } else if (change.frame) {
    text += "; the frame that brought it: " + expect::told(scene, *change.frame);
  }
  return text;
}

std::string NeighbourTrack::silence(const trace::Scene& scene) const {
  if (refused_) return expect::told(scene, *refused_);
  if (last_state_) return expect::told(scene, *last_state_);
  return "no packet of this host needed it";
}

void ConnectionTrack::on_record(const Record& record) {
  if (record.kind == RecordKind::kFrameIn || record.kind == RecordKind::kFrameOut)
    everything_ = true;
  const bool about = record.kind == RecordKind::kLost || record.kind == RecordKind::kNote;
  if (!about || traffic_ == 0 || !everything_) return;
  const Tag& tag = record.tag.traffic != 0 ? record.tag : record.note.tag;
  if (tag.traffic != traffic_ || (connection_ != 0 && tag.connection != connection_)) return;
  const bool loss = is_loss(record);
  if (!loss && !tells_the_way(record.note.kind)) return;
  const auto known = stories_.find(tag.connection);
  if (known == stories_.end() && stories_.size() == kStoriesKept) return;
  Story& story = known == stories_.end() ? stories_[tag.connection] : known->second;
  const auto keep = [&](std::optional<Moment>& first) {
    if (first) return;
    first = Moment::of(record);
    first->record.tag = tag;
  };
  if (loss) return keep(story.loss);
  switch (record.note.kind) {
    case NoteKind::kIpvsPicked:
      return keep(story.pick);
    case NoteKind::kAppServed:
      return keep(story.served);
    case NoteKind::kDelivered:
      story.arrived = true;
      return;
    default:  // the last hop of its first packet
      if (!story.arrived) story.hop = Moment::of(record);
      return;
  }
}

std::string ConnectionTrack::why_failed(const trace::Scene& scene, std::uint32_t connection) const {
  const auto story = stories_.find(connection);
  if (story == stories_.end() || !story->second.loss) return {};
  return told(scene, *story->second.loss);
}

std::string ConnectionTrack::why_server(const trace::Scene& scene, std::uint32_t connection) const {
  const auto found = stories_.find(connection);
  if (found == stories_.end()) return {};
  const Story& story = found->second;
  if (story.pick) return told(scene, *story.pick);
  if (!story.served) return {};
  return told(scene, *story.served) + ", which no director sent there" +
         (story.hop ? "; before it, " + told(scene, *story.hop) : "");
}

}  // namespace lvslab::expect
