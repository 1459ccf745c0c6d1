// The simulated world: nodes, the links between them, and the order of what happens. It pops the
// next event, lets the node act in a Turn, records what watchers want, and carries the turn out.
//
// Contract: equal times run first-in first-out (with a tie seed: in a reproducible other order);
// the same nodes, links and calls give the same records; watching changes nothing. Every frame sent
// is delivered to a node, lost by a link for a reason, or in flight: check_conservation() says so.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/node.h"
#include "base/random.h"
#include "base/record.h"
#include "engine/cpu.h"
#include "engine/heap.h"
#include "engine/link.h"

namespace lvslab::engine {

using LinkIndex = std::uint32_t;

struct Totals {
  std::uint64_t events = 0;  ///< turns taken (frames received, wakes with something due, actions)
  std::uint64_t frames_sent = 0;  ///< handed to a link
  std::uint64_t frame_hops = 0;   ///< received by a node
  std::uint64_t frames_lost = 0;  ///< by links
  std::uint64_t frames_held = 0;  ///< not sent yet: a host's core is not through with them
  /// Sent, and neither received nor lost; frames that wait for a host's core among them.
  std::uint64_t in_flight() const { return frames_sent - frame_hops - frames_lost; }
  /// No frame is on its way or about to be.
  bool quiet() const { return in_flight() + frames_held == 0; }
};

class World {
 public:
  World(std::uint64_t seed, std::uint64_t tie_seed = 0);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// Nodes are owned by the caller and must outlive the world's last event.
  NodeIndex add_node(Node* node);
  Node* node(NodeIndex index) { return nodes_[index].node; }
  /// Joins two ports. `name` keys the link's chance.
  LinkIndex connect(NodeIndex a, PortIndex port_a, NodeIndex b, PortIndex port_b,
                    const LinkShape& shape, const std::string& name);

  /// The processor of a node takes time; after connect(), before anything happens. `name` keys its
  /// chance.
  void set_cpu(NodeIndex node, CpuModel model, const std::string& name);
  /// Null: it takes none.
  const Cpu* cpu(NodeIndex node) const { return nodes_[node].cpu; }

  /// One watcher (trace::Fanout joins several); null: none. Set before anything happens.
  void watch(Watcher* watcher, WatchLevel level);
  WatchLevel level() const { return level_; }
  /// A record of the caller's own (console), placed in the current turn.
  [[gnu::noinline]] void record(Record record);

  /// `action` runs at `when` as an event of its own, with the world in its hands.
  void at(Instant when, std::function<void(World&)> action);
  /// Lets a node act now, from outside of frames and wakes (commands, apps starting).
  void act(NodeIndex node, const std::function<void(Turn&)>& what);

  void set_link_up(LinkIndex link, bool up);  ///< both ends see the carrier change
  void set_link_loss(LinkIndex link, double loss);
  void set_link_rate(LinkIndex link, std::uint64_t bits_per_second);
  void set_link_delay(LinkIndex link, Duration delay);
  bool link_up(LinkIndex link) const { return lanes_[2 * link].up; }

  Instant now() const { return now_; }
  /// When step() will run its event; never if nothing is left. Wakes that nodes no longer want are
  /// forgotten.
  Instant next_event();
  /// Runs one event. False: nothing left. Stale wakes are skipped without a trace.
  bool step();
  /// Runs all events up to and including `until`; now() is `until` afterwards unless events ran out
  /// before.
  void run_until(Instant until);

  const Totals& totals() const { return totals_; }
  std::uint64_t dropped(DropReason reason) const;
  std::uint64_t delivered() const { return turn_.delivered(); }
  PacketPool& packets() { return pool_; }
  /// Empty when frames sent = received + lost + in flight and no packet was forgotten; else what
  /// does not add up.
  std::string check_conservation() const;

 private:
  static constexpr std::uint32_t kNoLane = 0xffffffff;
  enum Kind : std::uint32_t { kLaneHead, kFlood, kWake, kAction, kCore };
  struct NodeSlot {
    Node* node;
    Instant scheduled = Instant::never();
    std::vector<std::uint32_t> lanes;    ///< by port; kNoLane without a cable
    std::uint32_t first_lane = kNoLane;  ///< lanes[0] once more: most nodes have one port
    std::uint32_t first_core = 0;        ///< in cores_
    Cpu* cpu = nullptr;
  };
  struct Flood {
    Packet packet;
    std::uint64_t cause = 0;
    std::vector<std::uint32_t> lanes;
  };

  std::uint64_t next_key() {
    const std::uint64_t sequence = ++sequence_;
    return tie_seed_ == 0 ? sequence : shuffled(sequence);
  }
  [[gnu::noinline, gnu::cold]] std::uint64_t shuffled(std::uint64_t sequence) const;
  bool frame_is_next() const {
    return !frames_.empty() && (wakes_.empty() || frames_.top().before(wakes_.top()));
  }
  // A frame's whole way through the engine is one function: the rare ways are kept out of it.
  [[gnu::flatten]] void step_frame(const EventKey& event);
  [[gnu::noinline]] void run_flood(std::uint32_t index);
  bool drop_stale_wake();
  [[gnu::noinline]] void fetch_ahead() const;
  /// Says when, where and in which event it happened, and hands it to the watcher.
  void place(Record& record);
  void deliver(Lane& lane, Packet&& packet, std::uint64_t cause);
  [[gnu::noinline, gnu::cold]] void queue_for_core(Lane& lane, Packet&& packet,
                                                   std::uint64_t cause);
  void handle(NodeIndex index, std::uint32_t number, Cpu::Waiting&& frame);
  [[gnu::noinline]] void run_core(std::uint32_t index);
  void begin_turn(NodeIndex node, std::uint64_t cause);
  void carry_out(NodeIndex node);
  [[gnu::noinline]] void carry_out_watched(NodeIndex node);
  void hand_over(NodeIndex node, Transmission& out);
  std::size_t hand_over_flood(NodeIndex node, std::size_t first);
  [[gnu::noinline]] void hand_over_all(NodeIndex node);
  template <typename Change>
  void reshape(LinkIndex link, const Change& change);
  [[gnu::noinline, gnu::cold]] void lose(NodeIndex node, Transmission& out, DropReason reason);
  [[gnu::noinline]] void schedule_wake(NodeIndex node);
  std::uint32_t lane_out(NodeIndex node, PortIndex port) const {
    const NodeSlot& slot = slot_at(node);
    if (port == 0) return slot.first_lane;
    return port < slot.lanes.size() ? slot.lanes.data()[port] : kNoLane;
  }
  // For every frame: the indices are the world's own, and a checked access divides by the element's
  // size.
  Lane& lane_at(std::uint32_t index) { return lanes_.data()[index]; }
  NodeSlot& slot_at(NodeIndex node) { return nodes_.data()[node]; }
  const NodeSlot& slot_at(NodeIndex node) const { return nodes_.data()[node]; }

  PacketPool pool_;
  Turn turn_;
  std::uint64_t seed_, tie_seed_;
  Instant now_;
  std::vector<NodeSlot> nodes_;
  std::vector<Lane> lanes_;  ///< 2 per link: a to b, b to a
  EventHeap frames_;         ///< heads of lanes with frames in flight, floods
  EventHeap wakes_;          ///< nodes' wakes and actions
  std::vector<Flood> floods_;
  std::vector<std::uint32_t> free_floods_;
  std::vector<std::function<void(World&)>> actions_;
  std::vector<std::unique_ptr<Cpu>> cpus_;
  std::vector<std::pair<NodeIndex, std::uint32_t>> cores_;  ///< node and which of its cores
  std::uint64_t sequence_ = 0;
  Totals totals_;
  std::array<std::uint64_t, static_cast<std::size_t>(DropReason::kDropReasonCount)> lost_{};
  Watcher* watcher_ = nullptr;
  WatchLevel level_ = WatchLevel::kNothing;
  std::uint64_t current_event_ = 0, current_cause_ = 0;
  NodeIndex current_node_ = kNoNode;
};

}  // namespace lvslab::engine
