#include "replay/index.h"

#include <algorithm>
#include <filesystem>

#include "replay/turn_log.h"
#include "trace/sqlite_schema.h"

namespace lvslab::replay {
namespace {

constexpr std::uint64_t kLargestTurn = std::uint64_t{1} << 42;
constexpr std::int64_t kLatest = std::int64_t{1} << 62;  // ps
constexpr std::uint64_t kMostRows = 0xfffffff0;
constexpr std::size_t kTurnsPerProgress = 1 << 14;

tl::unexpected<Error> damaged(const std::string& path, const std::string& what) {
  return fail(path + ": the recording is damaged: " + what,
              "copy it again, or run the scenario again with --record");
}

// Reads the turns in order, as they stand in the file.
class Scan {
 public:
  Scan(Index& index, const Database& db) : index_(index), db_(db) {}

  Result<bool> turns(const Recording::Progress& progress) {
    Query query = db_.query(
        "SELECT id, t, node, frame, packet, traffic, connection, log FROM turns ORDER BY id");
    if (!query.valid()) return damaged(index_.path, db_.problem());
    std::error_code ignored;
    const std::uint64_t size = std::filesystem::file_size(index_.path, ignored);
    Query last = db_.query("SELECT max(id) FROM turns");
    const std::uint64_t end = last.step() ? std::max<std::uint64_t>(last.number(0), 1) : 1;
    while (query.step()) {
      if (auto error = turn(query)) return damaged(index_.path, *error);
      if (progress && index_.turns.size() % kTurnsPerProgress == 0) {
        const double share = static_cast<double>(index_.turns.back().id) / static_cast<double>(end);
        if (!progress(static_cast<std::uint64_t>(share * static_cast<double>(size)), size))
          return fail("stopped");
      }
    }
    if (query.broken()) return damaged(index_.path, db_.problem());
    return sent();
  }

 private:
  std::optional<std::string> turn(const Query& query) {
    TurnEntry entry{.id = query.number(0),
                    .packet = query.number(4),
                    .time = query.integer(1),
                    .first = static_cast<std::uint32_t>(index_.rows),
                    .node = query.small(2),
                    .traffic = query.small(5),
                    .connection = query.small(6)};
    const std::string name = "turn " + std::to_string(entry.id);
    if (entry.id == 0 || entry.id >= kLargestTurn) return "there is no " + name;
    if (entry.node >= index_.scene.nodes.size()) return name + " is of a node that is not there";
    if (entry.time < 0 || entry.time > kLatest) return name + " is at no time that a run has";
    if (!index_.turns.empty() && entry.time < index_.turns.back().time)
      return name + " is before the one before it";
    if (query.number(3) != 0) {
      if (query.number(3) >> trace::kPlaceBits >= entry.id) return name + " comes before its frame";
      ++index_.rows;
      entry.node |= TurnEntry::kArrived;
    }
    if (auto error = log(query.text(7), entry)) return name + *error;
    index_.turns.push_back(entry);
    return std::nullopt;
  }

  std::optional<std::string> log(std::string_view text, const TurnEntry& entry) {
    LogReader reader(text);
    std::uint64_t places = 0;
    while (reader.next(element_)) {
      ++places;
      if (element_.kind != LogElement::Kind::kNote) continue;
      const NoteKind kind = index_.note_kind(element_.values[0] % trace::kLostBase);
      if (kind == NoteKind::kNoteKindCount) return ": no such kind of note";
      const std::int64_t packet = element_.values[1];
      if (packet > 0) other(static_cast<std::uint64_t>(packet));
      if (kind == NoteKind::kStateInterface)
        interface(entry.node_index(), element_.values[3], index_.word(element_.values[2]));
    }
    if (reader.broken()) return ": what happened in it cannot be read";
    if (places >= std::uint64_t{1} << trace::kPlaceBits) return ": too much happened in it";
    index_.rows += places;
    if (index_.rows > kMostRows) return ": there are too many events";
    return std::nullopt;
  }

  void other(std::uint64_t packet) {
    const OtherPacket seen{static_cast<std::uint32_t>(index_.turns.size()), packet};
    if (index_.others.empty() || index_.others.back() != seen) index_.others.push_back(seen);
  }

  // One that came up during the run, and is not among those that were there from the start.
  void interface(NodeIndex node, std::int64_t number, std::string_view name) {
    constexpr std::int64_t kMostInterfaces = 4096;
    auto& known = index_.scene.nodes[node].interfaces;
    if (number < 0 || number >= kMostInterfaces || name.empty()) return;
    while (known.size() <= static_cast<std::size_t>(number)) known.push_back({});
    auto& nic = known[static_cast<std::size_t>(number)];
    if (nic.name.empty()) nic.raw_ip = name.starts_with("tun");
    nic.name = std::string(name);
  }

  Result<bool> sent() {
    Query query = db_.query("SELECT id, packet FROM sent ORDER BY id");
    if (!query.valid()) return damaged(index_.path, db_.problem());
    std::size_t turn = 0;
    while (query.step()) {
      const std::uint64_t id = query.number(0) >> trace::kPlaceBits;
      while (turn < index_.turns.size() && index_.turns[turn].id < id) ++turn;
      if (turn == index_.turns.size() || index_.turns[turn].id != id)
        return damaged(index_.path, "a frame was sent in no turn");
      const std::uint64_t packet = query.number(1);
      if (packet != index_.turns[turn].packet)
        index_.others.push_back({static_cast<std::uint32_t>(turn), packet});
    }
    if (query.broken()) return damaged(index_.path, db_.problem());
    std::sort(index_.others.begin(), index_.others.end());
    index_.others.erase(std::unique(index_.others.begin(), index_.others.end()),
                        index_.others.end());
    return true;
  }

  Index& index_;
  const Database& db_;
  LogElement element_;
};

}  // namespace

std::optional<Error> read_scene(Index& index, const Database& db);  // scene_reader.cpp

namespace {

void read_kinds(Index& index, const Database& db) {
  constexpr std::int64_t kMost = trace::kLostBase;
  constexpr auto kCount = static_cast<std::size_t>(NoteKind::kNoteKindCount);
  Query query = db.query("SELECT kind, name FROM note_kinds");
  while (query.step()) {
    const std::int64_t number = query.integer(0);
    if (number < 0 || number >= kMost) continue;
    const auto place = static_cast<std::size_t>(number);
    if (index.kinds.size() <= place) index.kinds.resize(place + 1, NoteKind::kNoteKindCount);
    for (std::size_t kind = 0; kind < kCount; ++kind) {
      if (note_kind_name(static_cast<NoteKind>(kind)) == query.text(1))
        index.kinds[place] = static_cast<NoteKind>(kind);
    }
  }
}

}  // namespace

Result<Index> Index::read(const std::string& path, const Database& db,
                          const Recording::Progress& progress) {
  Index index;
  index.path = path;
  if (auto error = read_scene(index, db)) return tl::unexpected<Error>(std::move(*error));
  read_kinds(index, db);
  auto scanned = Scan(index, db).turns(progress);
  if (!scanned) return tl::unexpected<Error>(scanned.error());
  return index;
}

std::size_t Index::turn_of_row(Row row) const {
  const auto after = std::upper_bound(turns.begin(), turns.end(), row,
                                      [](Row r, const TurnEntry& t) { return r < t.first; });
  return static_cast<std::size_t>(after - turns.begin()) - (after == turns.begin() ? 0 : 1);
}

std::optional<std::size_t> Index::turn_of_id(std::uint64_t turn_id) const {
  const auto at = std::lower_bound(turns.begin(), turns.end(), turn_id,
                                   [](const TurnEntry& t, std::uint64_t id) { return t.id < id; });
  if (at == turns.end() || at->id != turn_id) return std::nullopt;
  return static_cast<std::size_t>(at - turns.begin());
}

NoteKind Index::note_kind(std::int64_t number) const {
  if (number < 0 || static_cast<std::uint64_t>(number) >= kinds.size())
    return NoteKind::kNoteKindCount;
  return kinds[static_cast<std::size_t>(number)];
}

std::string_view Index::word(std::int64_t number) const {
  if (number < 1 || static_cast<std::uint64_t>(number) > words.size()) return {};
  return words[static_cast<std::size_t>(number - 1)];
}

std::optional<std::size_t> Index::next_turn_with(std::uint64_t packet, std::size_t turn,
                                                 Direction direction, std::size_t reach) const {
  const auto border = std::lower_bound(others.begin(), others.end(),
                                       OtherPacket{static_cast<std::uint32_t>(turn), 0});
  if (direction == Direction::kForward) {
    auto other = border;
    while (other != others.end() && other->turn <= turn) ++other;
    const std::size_t end = std::min(turns.size(), turn + 1 + reach);
    for (std::size_t i = turn + 1; i < end; ++i) {
      if (turns[i].packet == packet) return i;
      for (; other != others.end() && other->turn == i; ++other) {
        if (other->packet == packet) return i;
      }
    }
    return std::nullopt;
  }
  auto other = border;
  const std::size_t end = turn > reach ? turn - reach : 0;
  for (std::size_t i = turn; i-- > end;) {
    if (turns[i].packet == packet) return i;
    for (; other != others.begin() && std::prev(other)->turn == i; --other) {
      if (std::prev(other)->packet == packet) return i;
    }
  }
  return std::nullopt;
}

Tag Index::tag_of(std::uint64_t packet, std::size_t turn) const {
  constexpr std::size_t kReach = 4096;
  for (const Direction direction : {Direction::kForward, Direction::kBack}) {
    std::size_t at = turn;
    for (int tries = 0; tries < 8; ++tries) {
      const auto found = next_turn_with(packet, at, direction, kReach);
      if (!found) break;
      if (turns[*found].packet == packet)
        return {turns[*found].traffic, turns[*found].connection, 0};
      at = *found;
    }
  }
  return {};
}

}  // namespace lvslab::replay
