// The way of a frame through a host whose processor takes time.
#include "engine/world.h"

namespace lvslab::engine {

void World::set_cpu(NodeIndex node, CpuModel model, const std::string& name) {
  NodeSlot& slot = nodes_[node];
  LVSLAB_CHECK(slot.cpu == nullptr && model.cores > 0);
  slot.first_core = static_cast<std::uint32_t>(cores_.size());
  for (std::uint32_t i = 0; i < model.cores; ++i) cores_.push_back({node, i});
  cpus_.push_back(std::make_unique<Cpu>(std::move(model), seed_, name));
  slot.cpu = cpus_.back().get();
  for (Lane& lane : lanes_) lane.takes_time = lane.takes_time || lane.to == node;
}

void World::queue_for_core(Lane& lane, Packet&& packet, std::uint64_t cause) {
  ++lane.arrived;
  const NodeIndex node = lane.to;
  Cpu& cpu = *slot_at(node).cpu;
  const std::uint32_t number = cpu.core_of(packet);
  Cpu::Core& core = cpu.cores()[number];
  Cpu::Waiting frame{lane.port, now_, cause, std::move(packet)};
  if (!core.busy) return handle(node, number, std::move(frame));
  if (core.queue.size() < cpu.model().queue_frames) {
    core.queue.push(std::move(frame));
    core.tally.most_waiting = std::max(core.tally.most_waiting, core.queue.size());
    return;
  }
  ++core.tally.dropped;
  ++totals_.frame_hops;
  begin_turn(node, cause);
  if (level_ == WatchLevel::kEverything)
    record(frame_record(RecordKind::kFrameIn, lane.node->interface_at(frame.port), frame.packet));
  turn_.drop(std::move(frame.packet), DropReason::kCpuBacklog);
  carry_out(node);
}

// A core takes a frame up: what the host makes of it is decided now, what it sends leaves later.
void World::handle(NodeIndex index, std::uint32_t number, Cpu::Waiting&& frame) {
  NodeSlot& slot = slot_at(index);
  Cpu::Core& core = slot.cpu->cores()[number];
  ++totals_.frame_hops;
  begin_turn(index, frame.cause);
  const std::uint64_t id = frame.packet.id();
  const Tag tag = frame.packet.tag();
  if (level_ == WatchLevel::kEverything)
    record(frame_record(RecordKind::kFrameIn, slot.node->interface_at(frame.port), frame.packet));
  slot.node->receive(turn_, frame.port, std::move(frame.packet));
  const Work work = turn_.work();
  const Duration cost = slot.cpu->cost(work);
  if (cost <= Duration()) return carry_out(index);
  core.busy = true;
  core.event = current_event_;
  core.tally.busy += cost;
  ++core.tally.frames;
  if (level_ != WatchLevel::kNothing) {
    unfold_log(turn_, [this](Record&& seen, const Transmission* out) {
      if (out == nullptr) place(seen);
    });
  }
  if (level_ == WatchLevel::kEverything) {
    record({.kind = RecordKind::kNote,
            .packet = id,
            .tag = tag,
            .note = {.kind = NoteKind::kCpuTime,
                     .x = number,
                     .y = static_cast<std::uint32_t>(work),
                     .m = static_cast<std::uint64_t>(cost.ps()),
                     .v = static_cast<std::uint64_t>((now_ - frame.since).ps()),
                     .tag = tag}});
  }
  core.held.swap(turn_.transmissions());
  totals_.frames_held += core.held.size();
  turn_.clear();
  wakes_.push({now_ + cost, next_key(), slot.first_core + number, kCore});
  if (slot.node->next_wake() < slot.scheduled) schedule_wake(index);
}

// A core is through with a frame: what was made of it leaves, and the next one's turn has come.
void World::run_core(std::uint32_t index) {
  const auto [node, number] = cores_[index];
  Cpu::Core& core = slot_at(node).cpu->cores()[number];
  begin_turn(node, core.event);
  totals_.frames_held -= core.held.size();
  for (Transmission& out : core.held)
    turn_.transmit(out.port, out.interface, std::move(out.packet));
  core.held.clear();
  carry_out(node);
  core.busy = false;
  while (!core.busy && !core.queue.empty()) {
    Cpu::Waiting next = std::move(core.queue.front());
    core.queue.pop();
    handle(node, number, std::move(next));
  }
}

}  // namespace lvslab::engine
