#include "engine/world.h"

#include <algorithm>

namespace lvslab::engine {
namespace {

constexpr std::size_t kFloodFrom = 8;   // fewer copies than this are cheaper one by one
constexpr std::size_t kManyNodes = 64;  // fewer stay in the caches

// Fetches what a node reads of itself for every frame, while the sender's turn still ends.
void prefetch(const Node* node) {
  constexpr std::size_t kLines = 10, kLine = 64;
  const char* const begin = reinterpret_cast<const char*>(node);
  for (std::size_t i = 0; i < kLines; ++i) __builtin_prefetch(begin + i * kLine);
}

}  // namespace

World::World(std::uint64_t seed, std::uint64_t tie_seed)
    : turn_(pool_), seed_(seed), tie_seed_(tie_seed) {}

World::~World() {
  for (Lane& lane : lanes_) {
    if (lane.loaded) pool_.retire(std::move(lane.head.packet));
    for (; !lane.behind.empty(); lane.behind.pop())
      pool_.retire(std::move(lane.behind.front().packet));
  }
  for (Flood& flood : floods_) {
    if (flood.packet) pool_.retire(std::move(flood.packet));
  }
  for (const auto& cpu : cpus_) {
    for (Cpu::Core& core : cpu->cores()) {
      for (; !core.queue.empty(); core.queue.pop())
        pool_.retire(std::move(core.queue.front().packet));
      for (Transmission& out : core.held) pool_.retire(std::move(out.packet));
    }
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
    nodes_[from].first_lane = lanes[0];
    Lane lane;
    lane.to = to;
    lane.node = nodes_[to].node;
    lane.port = to_port;
    lane.random = Random(seed_, "link " + name + direction);
    lane.set_shape(shape);
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

std::uint64_t World::shuffled(std::uint64_t sequence) const { return mix(tie_seed_, sequence); }

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

// Takes the first wake away if its node no longer wants it then. False: it stands.
bool World::drop_stale_wake() {
  const EventKey event = wakes_.top();
  if (event.kind != kWake) return false;
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
    if (frame_is_next()) [[likely]] {
      step_frame(frames_.top());
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
    if (event.kind == kCore) {
      now_ = event.time;
      run_core(event.what);
      return true;
    }
    NodeSlot& slot = nodes_[event.what];
    slot.scheduled = Instant::never();
    now_ = event.time;
    if (nodes_.size() >= kManyNodes) fetch_ahead();
    begin_turn(event.what, 0);
    slot.node->wake(turn_);
    carry_out(event.what);
    return true;
  }
}

// Among many nodes each one has left the caches when its turn comes again. What the next wakes will
// read is fetched in stages while the frames of this one are on their way.
void World::fetch_ahead() const {
  if (wakes_.empty()) return;
  const EventKey& next = wakes_.top();
  if (next.kind == kWake) slot_at(next.what).node->fetch_ahead(Node::Fetch::kDeeper);
  const EventKey* second = nullptr;
  for (const EventKey& later : wakes_.behind_top()) {
    if (later.kind == kWake) prefetch(slot_at(later.what).node);
    if (second == nullptr || later.before(*second)) second = &later;
  }
  if (second != nullptr && second->kind == kWake)
    slot_at(second->what).node->fetch_ahead(Node::Fetch::kPointees);
}

void World::step_frame(const EventKey& event) {
  now_ = event.time;
  if (event.kind != kLaneHead) [[unlikely]]
    return run_flood(event.what);
  const std::uint32_t index = event.what;
  Lane& lane = lane_at(index);
  Packet packet = std::move(lane.head.packet);
  const std::uint64_t cause = lane.head.cause;
  if (lane.behind.empty()) [[likely]] {
    lane.loaded = false;
    frames_.pop();
  } else {
    lane.head = std::move(lane.behind.front());
    lane.behind.pop();
    frames_.replace_top({lane.head.time, lane.head.key, index, kLaneHead});
  }
  deliver(lane, std::move(packet), cause);
}

void World::run_flood(std::uint32_t index) {
  frames_.pop();
  Flood flood = std::move(floods_[index]);
  const auto reach = [&](std::uint32_t lane_index, Packet&& packet) {
    deliver(lane_at(lane_index), std::move(packet), flood.cause);
  };
  for (std::size_t i = 0; i + 1 < flood.lanes.size(); ++i) {
    reach(flood.lanes[i], flood.packet.share());
  }
  reach(flood.lanes.back(), std::move(flood.packet));
  flood.lanes.clear();
  floods_[index] = std::move(flood);  // keeps the vector's storage
  free_floods_.push_back(index);
}

void World::run_until(Instant until) {
  while (next_event() <= until && step()) {
  }
  if (now_ < until) now_ = until;
}

void World::deliver(Lane& lane, Packet&& packet, std::uint64_t cause) {
  if (lane.takes_time) [[unlikely]]
    return queue_for_core(lane, std::move(packet), cause);
  ++totals_.frame_hops;
  ++lane.arrived;
  const NodeIndex to = lane.to;
  const PortIndex port = lane.port;
  Node* const node = lane.node;
  begin_turn(to, cause);
  if (level_ == WatchLevel::kEverything)
    record(frame_record(RecordKind::kFrameIn, node->interface_at(port), packet));
  node->receive(turn_, port, std::move(packet));
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
    } else {
      hand_over_all(node);
    }
    out.clear();
  }
  const NodeSlot& slot = slot_at(node);
  if (slot.node->next_wake() < slot.scheduled) schedule_wake(node);
}

// Records in the order in which things happened, then the frames leave. Frames of one turn are all
// handed over at the turn's moment, so recording first and sending afterwards shows the same.
void World::carry_out_watched(NodeIndex node) {
  unfold_log(turn_, [this](Record&& seen, const Transmission*) { place(seen); });
  hand_over_all(node);
  turn_.clear();
}

void World::hand_over_all(NodeIndex node) {
  std::vector<Transmission>& out = turn_.transmissions();
  for (std::size_t i = 0; i < out.size();) {
    if (i + 1 < out.size() && out[i].packet.same_storage(out[i + 1].packet)) {
      i = hand_over_flood(node, i);
    } else {
      hand_over(node, out[i++]);
    }
  }
}

void World::hand_over(NodeIndex node, Transmission& out) {
  ++totals_.frames_sent;
  const std::uint32_t index = lane_out(node, out.port);
  if (index == kNoLane) return lose(node, out, DropReason::kNoLink);
  Lane& lane = lane_at(index);
  Instant arrival;
  const DropReason problem = lane.offer(now_, out.packet.length(), &arrival);
  if (problem != DropReason::kNone) [[unlikely]] {
    return lose(node, out, problem);
  }
  const std::uint64_t key = next_key();
  if (lane.loaded) [[unlikely]] {
    lane.behind.push({arrival, key, current_event_, std::move(out.packet)});
    return;
  }
  lane.loaded = true;
  lane.head.cause = current_event_;
  lane.head.packet = std::move(out.packet);
  prefetch(lane.node);
  frames_.push({arrival, key, index, kLaneHead});
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
      const Instant arrival = std::max(busy + lane->delay, lane->last_arrival);
      if (together.is_never() || arrival == together) {
        lane->busy_until = busy;
        lane->last_arrival = arrival;
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

void World::record(Record record) { place(record); }

void World::place(Record& record) {
  if (watcher_ == nullptr) return;
  record.time = now_;
  record.event = current_event_;
  record.cause = current_cause_;
  if (record.node == kNoNode) record.node = current_node_;
  watcher_->on_record(record);
}

void World::set_link_up(LinkIndex link, bool up) {
  if (lanes_[2 * link].up == up) return;
  lanes_[2 * link].set_up(up);
  lanes_[2 * link + 1].set_up(up);
  for (const std::uint32_t index : {2 * link, 2 * link + 1}) {
    const NodeIndex node = lanes_[index].to;
    const PortIndex port = lanes_[index].port;
    act(node, [&](Turn& turn) { nodes_[node].node->carrier_changed(turn, port, up); });
  }
}

template <typename Change>
void World::reshape(LinkIndex link, const Change& change) {
  for (const std::uint32_t index : {2 * link, 2 * link + 1}) {
    LinkShape shape = lanes_[index].shape;
    change(shape);
    lanes_[index].set_shape(shape);
  }
}

void World::set_link_loss(LinkIndex link, double loss) {
  reshape(link, [&](LinkShape& shape) { shape.loss = loss; });
}

void World::set_link_rate(LinkIndex link, std::uint64_t bits_per_second) {
  reshape(link, [&](LinkShape& shape) { shape.bits_per_second = bits_per_second; });
}

void World::set_link_delay(LinkIndex link, Duration delay) {
  reshape(link, [&](LinkShape& shape) { shape.delay = delay; });
}

std::uint64_t World::dropped(DropReason reason) const {
  const auto i = static_cast<std::size_t>(reason);
  return turn_.dropped()[i] + lost_[i];
}

std::string World::check_conservation() const {
  std::uint64_t arrived = 0, waiting = 0;
  for (const Lane& lane : lanes_) {
    arrived += lane.arrived;
    waiting += lane.in_flight();
  }
  for (const Flood& flood : floods_) waiting += flood.lanes.size();
  const std::uint64_t sent = totals_.frames_sent, lost = totals_.frames_lost;
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
