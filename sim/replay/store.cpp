#include "replay/store.h"

#include <algorithm>

#include "replay/turn_log.h"
#include "trace/sqlite_schema.h"
#include "wire/dissect.h"

namespace lvslab::replay {
namespace {

constexpr const char* kTurn =
    "SELECT cause, frame, interface, packet, traffic, connection, request, log, place, out, zeros, "
    "bytes FROM turns WHERE id = ?1";
constexpr const char* kSent =
    "SELECT id, interface, packet, parent, zeros, bytes FROM sent WHERE id >= ?1 AND id < ?2 "
    "ORDER BY id";
constexpr const char* kOrigin = "SELECT packet, place, zeros, bytes FROM turns WHERE id = ?1";
constexpr const char* kFrame = "SELECT packet, parent, zeros, bytes FROM sent WHERE id = ?1";

// Frames are foreign input too: none is longer than the longest IP packet and its headers.
constexpr std::size_t kLongestFrame = 66'000;

void take_bytes(Thing& thing, std::span<const std::uint8_t> bytes, std::uint32_t zeros) {
  const std::size_t size = std::min(bytes.size(), kLongestFrame);
  thing.bytes.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
  thing.zeros = std::min<std::uint32_t>(zeros, kLongestFrame);
}

Note note_of(const LogElement& e, const Index& index, const Turn& turn) {
  const auto& v = e.values;
  const auto small = [](std::int64_t value) { return static_cast<std::uint32_t>(value); };
  Note note{.kind = static_cast<NoteKind>(v[0] % trace::kLostBase),
            .a = small(v[4]),
            .b = small(v[7]),
            .x = small(v[3]),
            .y = small(v[6]),
            .z = small(v[8]),
            .m = static_cast<std::uint64_t>(v[5]),
            .v = static_cast<std::uint64_t>(v[9]),
            .word = index.word(v[2])};
  if (e.count == LogElement::kMost)
    note.tag = {small(v[10]), small(v[11]), small(v[12])};
  else if (v[1] != 0)
    note.tag = turn.tag;
  return note;
}

}  // namespace

Record Turn::record(std::size_t thing) const {
  const Thing& seen = things[thing];
  Record record{.kind = RecordKind::kNote,
                .time = time,
                .event = id,
                .cause = cause,
                .node = node,
                .interface = seen.interface,
                .packet = seen.packet,
                .parent = seen.parent,
                .tag = seen.tag,
                .bytes = seen.bytes,
                .zeros = seen.zeros,
                .note = seen.note};
  switch (seen.kind) {
    case EventKind::kFrameIn:
      record.kind = RecordKind::kFrameIn;
      break;
    case EventKind::kFrameOut:
      record.kind = RecordKind::kFrameOut;
      break;
    case EventKind::kLost:
      record.kind = RecordKind::kLost;
      break;
    case EventKind::kCommand:
      record.kind = RecordKind::kConsole;
      break;
    case EventKind::kNote:
      break;
  }
  return record;
}

Store::Store(std::shared_ptr<const Index> index, Database db)
    : index_(std::move(index)),
      db_(std::move(db)),
      turn_query_(db_.query(kTurn)),
      sent_query_(db_.query(kSent)),
      origin_query_(db_.query(kOrigin)),
      frame_query_(db_.query(kFrame)) {}

Result<std::unique_ptr<Store>> Store::open(const std::string& path,
                                           const Recording::Progress& progress) {
  auto db = Database::open(path);
  if (!db) return tl::unexpected<Error>(db.error());
  auto index = Index::read(path, *db, progress);
  if (!index) return tl::unexpected<Error>(index.error());
  std::unique_ptr<Store> store(
      new Store(std::make_shared<const Index>(std::move(*index)), std::move(*db)));
  for (const Query* query :
       {&store->turn_query_, &store->sent_query_, &store->origin_query_, &store->frame_query_}) {
    if (!query->valid())
      return fail(path + ": the recording is damaged: " + store->db_.problem(),
                  "run the scenario again with --record");
  }
  return store;
}

Result<std::unique_ptr<Store>> Store::again() const {
  auto db = Database::open(index_->path);
  if (!db) return tl::unexpected<Error>(db.error());
  std::unique_ptr<Store> store(new Store(index_, std::move(*db)));
  if (!store->turn_query_.valid() || !store->sent_query_.valid() || !store->origin_query_.valid() ||
      !store->frame_query_.valid())
    return fail(index_->path + ": the recording changed meanwhile", "open it anew");
  return store;
}

std::shared_ptr<const Turn> Store::turn(std::size_t index) {
  auto& [known, turn] = remembered_[index % kRemembered];
  if (turn == nullptr || known != index) {
    known = index;
    turn = read(index);
  }
  return turn;
}

std::pair<std::shared_ptr<const Turn>, std::size_t> Store::at(Row row) {
  const std::size_t index = index_->turn_of_row(row);
  auto found = turn(index);
  const auto thing = static_cast<std::size_t>(row - found->first);
  return {std::move(found), thing};
}

std::shared_ptr<const Turn> Store::read(std::size_t index) {
  const TurnEntry& entry = index_->turns[index];
  auto turn = std::make_shared<Turn>();
  turn->id = entry.id;
  turn->time = Instant::at(Duration::picoseconds(entry.time));
  turn->node = entry.node_index();
  turn->first = entry.first;
  turn_query_.bind(1, entry.id);
  if (turn_query_.step())
    turn->readable = read_things(*turn, index, turn_query_);
  else
    turn->readable = false;
  turn_query_.reset();
  const auto count = static_cast<std::size_t>(index_->end_of(index) - entry.first);
  if (!turn->readable || turn->things.size() != count) {
    turn->readable = false;
    turn->frame = entry.arrived() ? 1 : 0;
    turn->things.assign(count, Thing{});
  }
  return turn;
}

bool Store::read_things(Turn& turn, std::size_t index, const Query& row) {
  turn.cause = row.number(0);
  turn.frame = row.number(1);
  turn.packet = row.number(3);
  turn.tag = {row.small(4), row.small(5), row.small(6)};
  if (turn.frame != 0) {
    turn.things.push_back({.kind = EventKind::kFrameIn,
                           .packet = turn.packet,
                           .tag = turn.tag,
                           .interface = static_cast<InterfaceIndex>(row.small(2)),
                           .bytes = {}});
    if (!read_arrival(turn)) return false;
  }
  const std::size_t base = turn.things.size();
  LogReader reader(row.text(7));
  LogElement element;
  while (reader.next(element)) {
    Thing thing{.bytes = {}};
    switch (element.kind) {
      case LogElement::Kind::kFrameOut:
      case LogElement::Kind::kFrameIn:
        thing.kind =
            element.kind == LogElement::Kind::kFrameIn ? EventKind::kFrameIn : EventKind::kFrameOut;
        break;
      case LogElement::Kind::kCommand: {
        thing.kind = EventKind::kCommand;
        const auto command = index_->commands.find(turn.event_of(turn.things.size()));
        if (command != index_->commands.end()) thing.command = &command->second;
        break;
      }
      case LogElement::Kind::kNote:
        thing.kind = element.values[0] >= trace::kLostBase ? EventKind::kLost : EventKind::kNote;
        thing.packet =
            element.values[1] == -1 ? turn.packet : static_cast<std::uint64_t>(element.values[1]);
        thing.note = note_of(element, *index_, turn);
        thing.tag = thing.note.tag;
        break;
    }
    turn.things.push_back(std::move(thing));
  }
  if (reader.broken()) return false;
  const std::uint64_t place = row.number(8);
  if (place != 0) {
    if (place > turn.things.size() - base) return false;
    Thing& out = turn.things[base + place - 1];
    out.packet = turn.packet;
    out.tag = turn.tag;
    out.interface = static_cast<InterfaceIndex>(row.small(9));
    take_bytes(out, row.bytes(11), row.small(10));
  }
  return read_sent(turn, index, base, row);
}

// Frames beside the first, in rows of their own; without bytes when they are those of the first.
bool Store::read_sent(Turn& turn, std::size_t index, std::size_t base, const Query& row) {
  const auto frames = std::count_if(turn.things.begin() + static_cast<std::ptrdiff_t>(base),
                                    turn.things.end(), [](const Thing& t) { return t.frame(); });
  if (frames == (row.integer(8) == 0 ? 0 : 1)) return true;
  sent_query_.bind(1, turn.id << trace::kPlaceBits).bind(2, (turn.id + 1) << trace::kPlaceBits);
  bool good = true;
  while (good && sent_query_.step()) {
    const std::uint64_t place = sent_query_.number(0) & ((1u << trace::kPlaceBits) - 1);
    good = place != 0 && place <= turn.things.size() - base;
    if (!good) break;
    Thing& frame = turn.things[base + place - 1];
    frame.interface = static_cast<InterfaceIndex>(sent_query_.small(1));
    frame.packet = sent_query_.number(2);
    frame.parent = sent_query_.number(3);
    frame.tag = frame.packet == turn.packet ? turn.tag : index_->tag_of(frame.packet, index);
    const bool same = sent_query_.is_null(5);
    take_bytes(frame, same ? row.bytes(11) : sent_query_.bytes(5), sent_query_.small(4));
  }
  good = good && !sent_query_.broken();
  sent_query_.reset();
  return good;
}

// The frame that arrived is the one that was sent elsewhere, mostly a few turns before.
bool Store::read_arrival(Turn& turn) {
  Thing& frame = turn.things.front();
  const std::uint64_t origin_id = turn.frame >> trace::kPlaceBits;
  if (const auto index = index_->turn_of_id(origin_id)) {
    const auto& [known, origin] = remembered_[*index % kRemembered];
    const auto row = known == *index && origin != nullptr ? row_of(turn.frame) : std::nullopt;
    if (row && origin->readable) {
      const Thing& sent = origin->things[static_cast<std::size_t>(*row - origin->first)];
      frame.packet = sent.packet;
      frame.parent = sent.parent;
      take_bytes(frame, sent.bytes, sent.zeros);
      return true;
    }
  }
  frame_query_.bind(1, turn.frame);
  origin_query_.bind(1, origin_id);
  const bool beside = frame_query_.step();
  const bool there = origin_query_.step();
  if (there) {
    frame.packet = beside ? frame_query_.number(0) : origin_query_.number(0);
    frame.parent = beside ? frame_query_.number(1) : 0;
    const bool own = beside && !frame_query_.is_null(3);
    take_bytes(frame, own ? frame_query_.bytes(3) : origin_query_.bytes(3),
               beside ? frame_query_.small(2) : origin_query_.small(2));
  }
  frame_query_.reset();
  origin_query_.reset();
  return there;
}

std::optional<Row> Store::row_of(std::uint64_t event) const {
  const auto index = index_->turn_of_id(event >> trace::kPlaceBits);
  if (!index) return std::nullopt;
  const TurnEntry& entry = index_->turns[*index];
  const std::uint64_t place = event & ((1u << trace::kPlaceBits) - 1);
  if (place == 0 && !entry.arrived()) return std::nullopt;
  const Row row = entry.first + place - (entry.arrived() ? 0 : 1);
  if (row >= index_->end_of(*index)) return std::nullopt;
  return row;
}

std::vector<wire::Layer> Store::layers(NodeIndex node, const Thing& frame) const {
  const auto& interfaces = scene().nodes[node].interfaces;
  const bool raw = frame.interface < interfaces.size() && interfaces[frame.interface].raw_ip;
  return wire::dissect(frame.bytes, frame.zeros,
                       raw ? wire::LinkType::kRawIp : wire::LinkType::kEthernet);
}

const Fold& Store::fold(NodeIndex node, std::uint64_t event) {
  return folds_[node].at(db_, node, event);
}

}  // namespace lvslab::replay
