#include "replay/inspection.h"

#include <algorithm>

#include "replay/event_text.h"
#include "replay/origin.h"
#include "replay/recording.h"
#include "replay/store.h"

namespace lvslab::replay {
namespace {

// How many turns a packet is followed through while it waits in a node.
constexpr std::size_t kWaitReach = std::size_t{1} << 18;
constexpr std::size_t kMostReasons = 2000;

/// A thing of a turn.
struct Spot {
  std::shared_ptr<const Turn> turn;
  std::size_t index = 0;  ///< of the turn
  std::size_t thing = 0;
  const Thing& operator*() const { return turn->things[thing]; }
  Row row() const { return turn->first + thing; }
};

class Inspector {
 public:
  Inspector(Store& store, Row row) : store_(store) {
    const auto [turn, thing] = store.at(row);
    spot_ = {turn, store.index().turn_of_row(row), thing};
    packet_ = (*spot_).packet;
    seen_.event = told_event(store.scene(), *turn, thing, layers_of(spot_));
  }

  Inspection inspect() && {
    seen_.connection = store_.scene().tag_text(seen_.event.tag);
    if (packet_ != 0)
      follow();
    else
      tell_turn();
    find_cause();
    if (const Command* command = (*spot_).command; command != nullptr) {
      seen_.place = place_of(*command, spot_.row());
      seen_.output = command->out + command->err;
    }
    return std::move(seen_);
  }

 private:
  std::vector<wire::Layer> layers_of(const Spot& at) {
    const std::size_t frame = frame_of(*at.turn, at.thing);
    if (frame == std::string::npos) return {};
    return store_.layers(at.turn->node, at.turn->things[frame]);
  }

  // The next turn at this node in which the packet is seen.
  std::optional<Spot> step(const Spot& from, Direction direction) {
    std::size_t index = from.index, reach = kWaitReach;
    for (;;) {
      const auto next = store_.index().next_turn_with(packet_, index, direction, reach);
      if (!next) return std::nullopt;
      const std::size_t gone = *next > index ? *next - index : index - *next;
      reach -= std::min(reach, gone);
      index = *next;
      if (store_.index().turns[index].node_index() == spot_.turn->node)
        return Spot{store_.turn(index), index, 0};
    }
  }

  bool is_frame(const Spot& at, EventKind kind) const {
    return (*at).kind == kind && (*at).packet == packet_;
  }

  // Back to where the packet came in, then on to where it leaves, or comes in again.
  void follow() {
    std::optional<Spot> came;
    Spot earliest = spot_;
    for (std::optional<Spot> at = spot_; at && !came; at = step(*at, Direction::kBack)) {
      std::size_t end = at->index == spot_.index ? spot_.thing + 1 : at->turn->things.size();
      // A frame that leaves is compared with the one that came before it.
      while (end-- > 0 && !came) {
        at->thing = end;
        if (is_frame(*at, EventKind::kFrameIn)) came = *at;
      }
      earliest = {at->turn, at->index, 0};
    }
    if (came) seen_.before = seen_frame(*came);
    tell(came ? *came : earliest);
  }

  // Notes from a thing on, turn by turn, until the frame has left after the chosen event.
  void tell(const Spot& from) {
    std::size_t first = from.thing;
    for (std::optional<Spot> turn = from; turn; turn = step(*turn, Direction::kForward)) {
      for (turn->thing = first; turn->thing < turn->turn->things.size(); ++turn->thing) {
        const bool later = turn->row() > spot_.row();
        if (later && is_frame(*turn, EventKind::kFrameIn)) return finish();
        if (turn->row() >= spot_.row() && is_frame(*turn, EventKind::kFrameOut)) {
          seen_.after = seen_frame(*turn);
          return finish();
        }
        const bool ours = (**turn).packet == packet_;
        const bool table = (**turn).packet == 0 && turn->index == spot_.index;
        if (ours || table) reason(*turn);
      }
      first = 0;
      if (turn->index >= spot_.index && ended()) return finish();
    }
    finish();
  }

  bool ended() const {
    return !seen_.reasons.empty() && (seen_.reasons.back().kind == NoteKind::kDropped ||
                                      seen_.reasons.back().kind == NoteKind::kDelivered);
  }

  void tell_turn() {
    Spot at = spot_;
    for (at.thing = 0; at.thing < at.turn->things.size(); ++at.thing) {
      if (at.thing == 0 && (*at).kind == EventKind::kFrameIn) seen_.before = seen_frame(at);
      reason(at);
    }
    finish();
  }

  void finish() {
    if (seen_.before && seen_.after && seen_.after->row > seen_.before->row)
      seen_.changes = wire::header_diff(seen_.before->layers, seen_.after->layers);
  }

  SeenFrame seen_frame(const Spot& at) {
    const Thing& thing = *at;
    SeenFrame frame{.row = at.row(),
                    .node = at.turn->node,
                    .interface = thing.interface,
                    .in = thing.kind == EventKind::kFrameIn,
                    .bytes = thing.bytes,
                    .real_size = static_cast<std::uint32_t>(thing.bytes.size()),
                    .layers = store_.layers(at.turn->node, thing)};
    frame.bytes.resize(frame.bytes.size() + thing.zeros, 0);
    return frame;
  }

  void reason(const Spot& at) {
    const Thing& thing = *at;
    if (thing.frame() || thing.kind == EventKind::kCommand) return;
    if (seen_.reasons.size() >= kMostReasons) return;
    const Note& n = thing.note;
    Reason reason{.row = at.row(),
                  .kind = n.kind,
                  .stage = stage_of(store_.scene(), *at.turn, at.thing),
                  .sentence = thing.kind == EventKind::kLost
                                  ? told_event(store_.scene(), *at.turn, at.thing, {}).info
                                  : note_text(store_.scene(), at.turn->node, n),
                  .cause = std::nullopt,
                  .place = std::nullopt};
    if (const auto origin = origin_of(store_, at.turn->node, at.turn->event_of(at.thing), n)) {
      reason.cause = origin->row;
      reason.place = origin->place;
    }
    last_of_each(reason);
    if (n.kind == NoteKind::kIpvsPicked) pick(at.row(), n);
    seen_.reasons.push_back(std::move(reason));
  }

  void last_of_each(const Reason& reason) {
    switch (reason.kind) {
      case NoteKind::kHook:
        seen_.hook = reason.sentence;
        break;
      case NoteKind::kRule:
      case NoteKind::kTranslated:
        seen_.rule = reason.sentence;
        break;
      case NoteKind::kRoute:
        seen_.route = reason.sentence;
        break;
      case NoteKind::kNeighbourUsed:
      case NoteKind::kNeighbourWait:
      case NoteKind::kSwitchForward:
      case NoteKind::kSwitchFlood:
        seen_.neighbour = reason.sentence;
        break;
      default:
        break;
    }
  }

  void pick(Row row, const Note& n) {
    const auto end = [](std::uint32_t address, std::uint32_t port) {
      return wire::to_string(wire::Ipv4{address}) + ":" + std::to_string(port);
    };
    seen_.pick = Pick{.row = row,
                      .scheduler = std::string(n.word),
                      .service = end(n.b, n.y),
                      .destination = end(n.a, n.x),
                      .weight = n.z,
                      .active = static_cast<std::uint32_t>(n.v >> 32),
                      .inactive = static_cast<std::uint32_t>(n.v),
                      .position = static_cast<std::uint32_t>(n.m >> 32) + 1,
                      .count = static_cast<std::uint32_t>(n.m)};
  }

  void find_cause() {
    const Turn& turn = *spot_.turn;
    const bool arrival = turn.frame != 0 && spot_.thing == 0;
    if (arrival)
      seen_.cause = store_.row_of(turn.frame);
    else if (turn.frame != 0)
      seen_.cause = turn.first;
    else if (const auto index = store_.index().turn_of_id(turn.cause))
      seen_.cause = store_.index().turns[*index].first;
    if (seen_.cause && *seen_.cause >= spot_.row()) seen_.cause.reset();
  }

  Store& store_;
  Spot spot_;
  std::uint64_t packet_ = 0;
  Inspection seen_;
};

}  // namespace

Inspection Recording::inspect(Row row) const {
  if (row >= rows()) return {};
  return Inspector(*store_, row).inspect();
}

}  // namespace lvslab::replay
