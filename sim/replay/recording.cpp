#include "replay/recording.h"

#include <algorithm>

#include "replay/display_filter.h"
#include "replay/event_text.h"
#include "replay/store.h"

namespace lvslab::replay {
namespace {

// How far a packet's next place is looked for, in turns: further than any packet waits.
constexpr std::size_t kHopReach = std::size_t{1} << 20;

bool is_hop(const Thing& thing, std::uint64_t packet) {
  if (thing.packet != packet && thing.parent != packet) return false;
  return thing.frame() || thing.kind == EventKind::kLost ||
         (thing.kind == EventKind::kNote && thing.note.kind == NoteKind::kDropped);
}

bool matches(Store& store, const DisplayFilter& filter, const Turn& turn, std::size_t thing,
             std::size_t& layers_of, std::vector<wire::Layer>& layers) {
  if (filter.everything()) return true;
  if (!turn.readable) return false;
  if (filter.wants_layers() || filter.wants_texts()) {
    const std::size_t frame = frame_of(turn, thing);
    if (frame == std::string::npos)
      layers.clear();
    else if (frame != layers_of)
      layers = store.layers(turn.node, turn.things[frame]);
    layers_of = frame;
  }
  const Event event = filter.wants_texts() ? told_event(store.scene(), turn, thing, layers)
                                           : bare_event(turn, thing);
  return filter.matches(event, store.scene(), layers);
}

}  // namespace

Recording::Recording(std::unique_ptr<Store> store) : store_(std::move(store)) {}
Recording::Recording(Recording&&) noexcept = default;
Recording& Recording::operator=(Recording&&) noexcept = default;
Recording::~Recording() = default;

Result<Recording> Recording::open(const std::string& path, const Progress& progress) {
  auto store = Store::open(path, progress);
  if (!store) return tl::unexpected<Error>(store.error());
  return Recording(std::move(*store));
}

Result<Recording> Recording::again() const {
  auto store = store_->again();
  if (!store) return tl::unexpected<Error>(store.error());
  return Recording(std::move(*store));
}

const std::string& Recording::path() const { return store_->index().path; }
const trace::Scene& Recording::scene() const { return store_->scene(); }
const std::string& Recording::scenario_text() const { return store_->index().scenario; }
std::string Recording::meta(const std::string& key) const {
  const auto at = store_->index().meta.find(key);
  return at == store_->index().meta.end() ? std::string() : at->second;
}
bool Recording::complete() const { return meta("complete") == "1"; }

Row Recording::rows() const { return store_->index().rows; }

Instant Recording::end() const {
  const auto& turns = store_->index().turns;
  return turns.empty() ? Instant() : Instant::at(Duration::picoseconds(turns.back().time));
}

Event Recording::event(Row row) const {
  if (row >= rows()) return {};
  const auto [turn, thing] = store_->at(row);
  const std::size_t frame = frame_of(*turn, thing);
  std::vector<wire::Layer> layers;
  if (frame != std::string::npos) layers = store_->layers(turn->node, turn->things[frame]);
  return told_event(scene(), *turn, thing, layers);
}

std::vector<Event> Recording::events(Row from, std::size_t count) const {
  std::vector<Event> list;
  const Row end = from >= rows() ? from : from + std::min<Row>(count, rows() - from);
  list.reserve(static_cast<std::size_t>(end - from));
  for (Row row = from; row < end; ++row) list.push_back(event(row));
  return list;
}

std::uint64_t Recording::id_of(Row row) const {
  if (row >= rows()) return 0;
  const Index& index = store_->index();
  const TurnEntry& entry = index.turns[index.turn_of_row(row)];
  return (entry.id << 20) + (row - entry.first) + (entry.arrived() ? 0 : 1);
}

std::optional<Row> Recording::row_of(std::uint64_t id) const { return store_->row_of(id); }

Instant Recording::time_of(Row row) const {
  if (row >= rows()) return end();
  const Index& index = store_->index();
  return Instant::at(Duration::picoseconds(index.turns[index.turn_of_row(row)].time));
}

NodeIndex Recording::node_of(Row row) const {
  if (row >= rows()) return kNoNode;
  const Index& index = store_->index();
  return index.turns[index.turn_of_row(row)].node_index();
}

Row Recording::row_at(Instant t) const {
  const auto& turns = store_->index().turns;
  const auto at = std::lower_bound(turns.begin(), turns.end(), t.ps(),
                                   [](const TurnEntry& e, std::int64_t ps) { return e.time < ps; });
  return at == turns.end() ? rows() : at->first;
}

std::pair<Row, Row> Recording::turn_of(Row row) const {
  if (row >= rows()) return {rows(), rows()};
  const Index& index = store_->index();
  const std::size_t turn = index.turn_of_row(row);
  return {index.turns[turn].first, index.end_of(turn)};
}

std::optional<Row> Recording::hop(Row row, Direction direction) const {
  if (row >= rows()) return std::nullopt;
  const auto [start, place] = store_->at(row);
  const std::uint64_t packet = start->things[place].packet;
  if (packet == 0) return std::nullopt;
  const bool forward = direction == Direction::kForward;
  std::size_t index = store_->index().turn_of_row(row);
  std::shared_ptr<const Turn> turn = start;
  std::size_t thing = place;
  for (;;) {
    if (forward) {
      for (std::size_t i = thing + 1; i < turn->things.size(); ++i) {
        if (is_hop(turn->things[i], packet)) return turn->first + i;
      }
    } else {
      for (std::size_t i = thing; i-- > 0;) {
        if (is_hop(turn->things[i], packet)) return turn->first + i;
      }
    }
    const auto next = store_->index().next_turn_with(packet, index, direction, kHopReach);
    if (!next) return std::nullopt;
    index = *next;
    turn = store_->turn(index);
    thing = forward ? static_cast<std::size_t>(-1) : turn->things.size();
  }
}

Recording::Search Recording::find(const DisplayFilter& filter, Row from, Direction direction,
                                  std::uint64_t most) const {
  const bool forward = direction == Direction::kForward;
  Row row = from;
  std::vector<wire::Layer> layers;
  std::shared_ptr<const Turn> turn;
  std::size_t layers_of = std::string::npos;
  for (std::uint64_t looked = 0; looked < most; ++looked) {
    if (row >= rows()) return {.found = std::nullopt, .next = rows(), .done = true};
    if (turn == nullptr || row < turn->first || row - turn->first >= turn->things.size()) {
      turn = store_->at(row).first;
      layers_of = std::string::npos;
    }
    const auto thing = static_cast<std::size_t>(row - turn->first);
    if (matches(*store_, filter, *turn, thing, layers_of, layers))
      return {.found = row, .next = row, .done = false};
    if (!forward && row == 0) return {.found = std::nullopt, .next = 0, .done = true};
    row = forward ? row + 1 : row - 1;
  }
  return {.found = std::nullopt, .next = row, .done = row >= rows()};
}

void Recording::matching(const DisplayFilter& filter, Row from, Row to,
                         std::vector<Row>& rows_found) const {
  to = std::min(to, rows());
  while (from < to) {
    const Search search = find(filter, from, Direction::kForward, to - from);
    if (!search.found) return;
    rows_found.push_back(*search.found);
    from = *search.found + 1;
  }
}

void Recording::replay(Watcher& watcher, Row from, Row to) const {
  to = std::min(to, rows());
  if (from >= to) return;
  const Index& index = store_->index();
  for (std::size_t i = index.turn_of_row(from); i < index.turns.size(); ++i) {
    if (index.turns[i].first >= to) return;
    const auto turn = store_->turn(i);
    if (!turn->readable) continue;
    watcher.on_record({.kind = RecordKind::kTurn,
                       .time = turn->time,
                       .event = turn->id,
                       .cause = turn->cause,
                       .node = turn->node,
                       .note = {}});
    for (std::size_t k = 0; k < turn->things.size(); ++k) {
      if (turn->first + k < from || turn->first + k >= to) continue;
      Record record = turn->record(k);
      const Command* command = turn->things[k].command;
      ConsoleText text;
      if (command != nullptr) {
        text = {command->command, command->status, command->out, command->err, command->place};
      }
      if (turn->things[k].kind == EventKind::kCommand) record.console = &text;
      watcher.on_record(record);
    }
  }
}

}  // namespace lvslab::replay
