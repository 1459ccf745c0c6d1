#include "engine/world.h"

#include <algorithm>

namespace lvslab::engine {
namespace {

constexpr std::size_t kFloodFrom = 8;  // fewer copies than this are cheaper one by one

}  // namespace

World::World(std::uint64_t seed, std::uint64_t tie_seed)
    : turn_(pool_), seed_(seed), tie_seed_(tie_seed) {}

World::~World() {
  for (Lane& lane : lanes_) {
    for (; !lane.ring.empty(); lane.ring.pop()) pool_.retire(std::move(lane.ring.front().packet));
  }
  for (Flood& flood : floods_) {
    if (flood.packet) pool_.retire(std::move(flood.packet));
  }
  turn_.clear();
}

NodeIndex World::add_node(Node* node) {
  nodes_.push_back({.node = node, .lanes = {}});
  const auto index = static_cast<NodeIndex>(nodes_.size() - 1);
  schedule_wake(index);
  return index;
}

LinkIndex World::connect(NodeIndex a, PortIndex port_a, NodeIndex b, PortIndex port_b,
                         const LinkShape& shape, const std::string& name) {
  const auto link = static_cast<LinkIndex>(lanes_.size() / 2);
  const auto add = [&](NodeIndex from, PortIndex from_port, NodeIndex to, PortIndex to_port,
                       const char* direction) {
    std::vector<std::uint32_t>& lanes = nodes_[from].lanes;
    if (lanes.size() <= from_port) lanes.resize(from_port + 1u, kNoLane);
    LVSLAB_CHECK(lanes[from_port] == kNoLane);
    lanes[from_port] = static_cast<std::uint32_t>(lanes_.size());
    Lane lane;
    lane.to = to;
    lane.port = to_port;
    lane.shape = shape;
    lane.random = Random(seed_, "link " + name + direction);
    lane.set_rate(shape.bits_per_second);
    lanes_.push_back(std::move(lane));
  };
  add(a, port_a, b, port_b, " forth");
  add(b, port_b, a, port_a, " back");
  return link;
}

void World::watch(Watcher* watcher, WatchLevel level) {
  watcher_ = watcher;
  level_ = watcher == nullptr ? WatchLevel::kNothing : level;
}

std::uint64_t World::next_key() {
  const std::uint64_t sequence = ++sequence_;
  return tie_seed_ == 0 ? sequence : mix(tie_seed_, sequence);
}

void World::at(Instant when, std::function<void(World&)> action) {
  actions_.push_back(std::move(action));
  wakes_.push(
      {std::max(when, now_), next_key(), static_cast<std::uint32_t>(actions_.size() - 1), kAction});
}

void World::act(NodeIndex node, const std::function<void(Turn&)>& what) {
  begin_turn(node, 0);
  what(turn_);
  carry_out(node);
}

Instant World::next_event() {
  while (frame_is_next() || !wakes_.empty()) {
    if (frame_is_next()) return frames_.top().time;
    if (!drop_stale_wake()) return wakes_.top().time;
  }
  return Instant::never();
}

bool World::frame_is_next() const {
  return !frames_.empty() && (wakes_.empty() || frames_.top().before(wakes_.top()));
}

// Takes the first wake away if its node no longer wants it then. False: it stands.
bool World::drop_stale_wake() {
  const EventKey event = wakes_.top();
  if (event.kind == kAction) return false;
  NodeSlot& slot = nodes_[event.what];
  const bool replaced = slot.scheduled != event.time;  // an earlier wake took its place
  if (!replaced && slot.node->next_wake() <= event.time) return false;
  wakes_.pop();
  if (!replaced) {  // moved later meanwhile
    slot.scheduled = Instant::never();
    schedule_wake(event.what);
  }
  return true;
}

bool World::step() {
  for (;;) {
    if (frame_is_next()) {
      const EventKey event = frames_.top();
      now_ = event.time;
      if (event.kind == kLaneHead) [[likely]] {
        Lane& lane = lane_at(event.what);
        Arrival arrival = std::move(lane.ring.front());
        lane.ring.pop();
        if (lane.ring.empty()) {
          frames_.pop();
        } else {
          const Arrival& next = lane.ring.front();
          frames_.replace_top({next.time, next.key, event.what, kLaneHead});
        }
        deliver(event.what, std::move(arrival.packet), arrival.cause);
        return true;
      }
      frames_.pop();
      Flood flood = std::move(floods_[event.what]);
      for (std::size_t i = 0; i + 1 < flood.lanes.size(); ++i) {
        deliver(flood.lanes[i], flood.packet.share(), flood.cause);
      }
      deliver(flood.lanes.back(), std::move(flood.packet), flood.cause);
      flood.lanes.clear();
      floods_[event.what] = std::move(flood);  // keeps the vector's storage
      free_floods_.push_back(event.what);
      return true;
    }
    if (wakes_.empty()) return false;
    if (drop_stale_wake()) continue;
    const EventKey event = wakes_.top();
    wakes_.pop();
    if (event.kind == kAction) {
      now_ = event.time;
      ++totals_.events;
      current_cause_ = 0;
      auto action = std::move(actions_[event.what]);
      action(*this);
      return true;
    }
    NodeSlot& slot = nodes_[event.what];
    slot.scheduled = Instant::never();
    now_ = event.time;
    begin_turn(event.what, 0);
    slot.node->wake(turn_);
    carry_out(event.what);
    return true;
  }
}

void World::run_until(Instant until) {
  while (next_event() <= until && step()) {
  }
  if (now_ < until) now_ = until;
}

void World::deliver(std::uint32_t lane_index, Packet&& packet, std::uint64_t cause) {
  Lane& lane = lane_at(lane_index);
  const NodeIndex to = lane.to;
  const PortIndex port = lane.port;
  ++lane.arrived;
  ++totals_.frame_hops;
  begin_turn(to, cause);
  if (level_ == WatchLevel::kEverything)
    record_frame(RecordKind::kFrameIn, to, nodes_[to].node->interface_at(port), packet);
  slot_at(to).node->receive(turn_, port, std::move(packet));
  carry_out(to);
}

void World::begin_turn(NodeIndex node, std::uint64_t cause) {
  current_event_ = ++totals_.events;
  current_cause_ = cause;
  current_node_ = node;
  turn_.begin(now_, level_);
  if (level_ == WatchLevel::kEverything) record({.kind = RecordKind::kTurn});
}

void World::carry_out(NodeIndex node) {
  if (level_ != WatchLevel::kNothing) {
    carry_out_watched(node);
  } else {
    std::vector<Transmission>& out = turn_.transmissions();
    if (out.size() == 1) [[likely]] {
      hand_over(node, out.front());
      out.clear();
    }
    for (std::size_t i = 0; i < out.size();) {
      if (i + 1 < out.size() && out[i].packet.same_storage(out[i + 1].packet)) {
        i = hand_over_flood(node, i);
      } else {
        hand_over(node, out[i++]);
      }
    }
    out.clear();
  }
  if (slot_at(node).node->next_wake() < slot_at(node).scheduled) schedule_wake(node);
}

// Records in the order in which things happened, then the frames leave. Frames of one turn are all
// handed over at the turn's moment, so recording first and sending afterwards shows the same.
void World::carry_out_watched(NodeIndex node) {
  std::vector<Transmission>& out = turn_.transmissions();
  for (const LogEntry& entry : turn_.log()) {
    switch (entry.kind) {
      case LogEntry::Kind::kNote:
        record({.kind = RecordKind::kNote,
                .packet = entry.packet,
                .tag = entry.note.tag,
                .note = entry.note});
        break;
      case LogEntry::Kind::kCapture:
        record_frame(
            entry.direction == Direction::kIn ? RecordKind::kFrameIn : RecordKind::kFrameOut, node,
            entry.interface, entry.frame);
        break;
      case LogEntry::Kind::kTransmit:
        record_frame(RecordKind::kFrameOut, node, out[entry.index].interface,
                     out[entry.index].packet);
        break;
    }
  }
  for (std::size_t i = 0; i < out.size();) {
    if (i + 1 < out.size() && out[i].packet.same_storage(out[i + 1].packet)) {
      i = hand_over_flood(node, i);
    } else {
      hand_over(node, out[i++]);
    }
  }
  turn_.clear();
}

void World::hand_over(NodeIndex node, Transmission& out) {
  ++totals_.frames_sent;
  const std::uint32_t index = lane_out(node, out.port);
  if (index == kNoLane) return lose(node, out, DropReason::kNoLink);
  Lane& lane = lane_at(index);
  ++lane.sent;
  Instant arrival;
  const DropReason problem = lane.offer(now_, out.packet.length(), &arrival);
  if (problem != DropReason::kNone) [[unlikely]] {
    ++lane.lost;
    return lose(node, out, problem);
  }
  arrive_at(index, arrival, std::move(out.packet));
}

void World::arrive_at(std::uint32_t index, Instant when, Packet&& packet) {
  Lane& lane = lane_at(index);
  const std::uint64_t key = next_key();
  if (lane.ring.empty()) frames_.push({when, key, index, kLaneHead});
  lane.ring.push({when, key, current_event_, std::move(packet)});
}

// Copies of one frame that reach idle cables of the same kind arrive together: one event for all of
// them. With a tie seed each copy is an event of its own, since their order may be shuffled.
std::size_t World::hand_over_flood(NodeIndex node, std::size_t first) {
  std::vector<Transmission>& out = turn_.transmissions();
  std::size_t end = first + 1;
  while (end < out.size() && out[end].packet.same_storage(out[first].packet)) ++end;
  if (tie_seed_ != 0 || end - first < kFloodFrom) {
    for (std::size_t i = first; i < end; ++i) hand_over(node, out[i]);
    return end;
  }
  std::uint32_t index;
  if (free_floods_.empty()) {
    index = static_cast<std::uint32_t>(floods_.size());
    floods_.emplace_back();
  } else {
    index = free_floods_.back();
    free_floods_.pop_back();
  }
  Flood& flood = floods_[index];
  Instant together = Instant::never();
  for (std::size_t i = first; i < end; ++i) {
    const std::uint32_t lane_index = lane_out(node, out[i].port);
    Lane* lane = lane_index == kNoLane ? nullptr : &lanes_[lane_index];
    if (lane != nullptr && lane->idle(now_)) {
      const Instant busy = now_ + lane->serialisation(out[i].packet.length());
      const Instant arrival = std::max(busy + lane->shape.delay, lane->last_arrival);
      if (together.is_never() || arrival == together) {
        lane->busy_until = busy;
        lane->last_arrival = arrival;
        ++lane->sent;
        ++totals_.frames_sent;
        together = arrival;
        flood.lanes.push_back(lane_index);
        if (flood.packet) {
          pool_.retire(std::move(out[i].packet));
        } else {
          flood.packet = std::move(out[i].packet);
        }
        continue;
      }
    }
    hand_over(node, out[i]);
  }
  if (flood.lanes.empty()) {
    free_floods_.push_back(index);
  } else {
    flood.cause = current_event_;
    frames_.push({together, next_key(), index, kFlood});
  }
  return end;
}

void World::lose(NodeIndex node, Transmission& out, DropReason reason) {
  ++totals_.frames_lost;
  ++lost_[static_cast<std::size_t>(reason)];
  if (level_ == WatchLevel::kEverything) {
    record({.kind = RecordKind::kLost,
            .node = node,
            .interface = out.interface,
            .packet = out.packet.id(),
            .tag = out.packet.tag(),
            .note = {.kind = NoteKind::kDropped, .x = static_cast<std::uint32_t>(reason)}});
  }
  pool_.retire(std::move(out.packet));
}

void World::schedule_wake(NodeIndex node) {
  NodeSlot& slot = nodes_[node];
  const Instant when = slot.node->next_wake();
  if (when.is_never() || when >= slot.scheduled) return;
  slot.scheduled = std::max(when, now_);
  wakes_.push({slot.scheduled, next_key(), node, kWake});
}

void World::record(Record record) {
  if (watcher_ == nullptr) return;
  record.time = now_;
  record.event = current_event_;
  record.cause = current_cause_;
  if (record.node == kNoNode) record.node = current_node_;
  watcher_->on_record(record);
}

void World::record_frame(RecordKind kind, NodeIndex node, InterfaceIndex interface,
                         const Packet& packet) {
  record({.kind = kind,
          .node = node,
          .interface = interface,
          .packet = packet.id(),
          .parent = packet.parent(),
          .tag = packet.tag(),
          .bytes = packet.bytes(),
          .zeros = packet.zeros()});
}

void World::set_link_up(LinkIndex link, bool up) {
  if (lanes_[2 * link].up == up) return;
  lanes_[2 * link].up = lanes_[2 * link + 1].up = up;
  for (const std::uint32_t index : {2 * link, 2 * link + 1}) {
    const NodeIndex node = lanes_[index].to;
    const PortIndex port = lanes_[index].port;
    act(node, [&](Turn& turn) { nodes_[node].node->carrier_changed(turn, port, up); });
  }
}

void World::set_link_loss(LinkIndex link, double loss) {
  lanes_[2 * link].shape.loss = lanes_[2 * link + 1].shape.loss = loss;
}

void World::set_link_rate(LinkIndex link, std::uint64_t bits_per_second) {
  lanes_[2 * link].set_rate(bits_per_second);
  lanes_[2 * link + 1].set_rate(bits_per_second);
}

void World::set_link_delay(LinkIndex link, Duration delay) {
  lanes_[2 * link].shape.delay = lanes_[2 * link + 1].shape.delay = delay;
}

std::uint64_t World::dropped(DropReason reason) const {
  const auto i = static_cast<std::size_t>(reason);
  return turn_.dropped()[i] + lost_[i];
}

std::string World::check_conservation() const {
  std::uint64_t sent = 0, arrived = 0, lost = 0, waiting = 0;
  for (const Lane& lane : lanes_) {
    sent += lane.sent;
    arrived += lane.arrived;
    lost += lane.lost;
    waiting += lane.ring.size();
  }
  for (const Flood& flood : floods_) waiting += flood.lanes.size();
  if (sent != arrived + lost + waiting) {
    return "frames sent " + std::to_string(sent) + " != delivered " + std::to_string(arrived) +
           " + dropped " + std::to_string(lost) + " + in flight " + std::to_string(waiting);
  }
  if (pool_.leaked() != 0) {
    return std::to_string(pool_.leaked()) + " packets were neither delivered, dropped nor sent on";
  }
  return {};
}

}  // namespace lvslab::engine
