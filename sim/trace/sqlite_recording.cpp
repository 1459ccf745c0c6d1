// The recording: a row per turn with what happened in it, a row per frame sent, appended with
// prepared statements in large transactions. The schema says how it is read.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <vector>

#include "trace/sqlite_insert.h"
#include "trace/sqlite_schema.h"
#include "trace/sqlite_turn.h"
#include "trace/state_rows.h"
#include "trace/writers.h"

namespace lvslab::trace {
namespace {

constexpr int kTurnsPerTransaction = 50'000;
// Turns are in order of time, so a mark at every so many is all the index that a search by time
// needs.
constexpr int kTurnsPerKeyframe = 1'024;

constexpr int kTurnsPerBatch = 32;

class Recorder final : public Writer {
 public:
  Recorder(const Scene& scene, Database db)
      : scene_(scene),
        db_(std::move(db)),
        words_(db_.get()),
        turns_(db_.get(), "turns"),
        sent_(db_.get(), "INSERT INTO sent VALUES(?,?,?,?,?,?)"),
        state_(db_.get(), "INSERT INTO state VALUES(?,?,?,?,?)"),
        connections_(db_.get(), "connections"),
        requests_(db_.get(), "requests"),
        keyframes_(db_.get(), "INSERT INTO keyframes VALUES(?,?)"),
        console_(db_.get(), "INSERT INTO console VALUES(?,?,?,?,?,?,?,?)"),
        interfaces_(db_.get(), "INSERT INTO interfaces VALUES(?,?,?,?,?)") {
    for (const SceneNode& node : scene.nodes) described_.push_back(node.interfaces.size());
  }

  ~Recorder() override { finish(); }

  bool finish() override {
    if (!finished_) {
      finished_ = true;
      write_turn();
      flush();
      run("COMMIT");
      run("CREATE INDEX state_by_node ON state(node, event);"
          "INSERT OR REPLACE INTO meta VALUES('complete', '1');"
          "PRAGMA journal_mode=DELETE;");  // else an empty journal lies beside the file
    }
    for (const Insert* table : {&sent_, &state_, &keyframes_, &console_, &interfaces_})
      good_ = good_ && table->good();
    return good_ =
               good_ && words_.good() && turns_.good() && connections_.good() && requests_.good();
  }

  void on_record(const Record& record) override {
    if (record.kind == RecordKind::kTurn || record.event != turn_->id || turn_->empty())
      begin_turn(record);
    switch (record.kind) {
      case RecordKind::kFrameIn:
        return frame_in(record);
      case RecordKind::kFrameOut:
        return frame_out(record);
      case RecordKind::kNote:
      case RecordKind::kLost:
        return note(record);
      case RecordKind::kConsole:
        turn_->next();
        turn_->log += '2';
        console_.row(turn_->event(), record.time.ps(), record.node, record.console->command,
                     record.console->status, record.console->out, record.console->err,
                     record.console->place);
        return;
      case RecordKind::kTurn:
        return;
    }
  }

 private:
  void run(const char* sql) {
    if (sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) good_ = false;
  }

  void begin_turn(const Record& record) {
    write_turn();
    turn_->id = record.event;
    turn_->cause = record.cause;
    turn_->time = record.time.ps();
    turn_->node = record.node;
  }

  // A turn in which nothing was seen leaves no row.
  void write_turn() {
    if (turn_->empty()) return turn_->clear();
    if (turn_->places != 0) turn_->log += ']';
    if (written_ % kTurnsPerKeyframe == 0) keyframes_.row(turn_->id << kPlaceBits, turn_->time);
    const OpenTurn& t = *turn_++;
    turns_.row(t.id, t.cause, t.time, t.node, t.interface, t.frame, t.packet, t.tag.traffic,
               t.tag.connection, t.tag.request,
               t.places == 0 ? std::string_view() : std::string_view(t.log), t.place, t.out,
               t.zeros, t.place == 0 ? std::span<const std::uint8_t>() : t.bytes);
    const bool commit = ++written_ % kTurnsPerTransaction == 0;
    if (commit || turn_ == batch_.data() + batch_.size()) flush();
    if (commit) run("COMMIT; BEGIN");
  }

  void flush() {
    turns_.flush();
    connections_.flush();
    requests_.flush();
    for (OpenTurn* t = batch_.data(); t != turn_; ++t) t->clear();
    turn_ = batch_.data();
  }

  void concerns(std::uint64_t packet, const Tag& tag) {
    if (turn_->packet == 0) {
      turn_->packet = packet;
      turn_->tag = tag;
    }
  }

  void frame_in(const Record& record) {
    concerns(record.packet, record.tag);
    // What a packet looked like when it was last sent; its arrival at the far end is the same
    // bytes.
    const Sent& sent = remembered_[record.packet % kRemembered];
    const bool by_cable = turn_->places == 0 && turn_->frame == 0 && sent.packet == record.packet &&
                          sent.turn == record.cause && sent.size == record.bytes.size();
    if (by_cable) {
      turn_->frame = sent.id;
      turn_->interface = record.interface;
    } else {
      turn_->next();
      turn_->log += '1';
      write_frame(record);
    }
  }

  void frame_out(const Record& record) {
    concerns(record.packet, record.tag);
    turn_->next();
    turn_->log += '0';
    write_frame(record);
    remembered_[record.packet % kRemembered] = {record.packet, record.event, turn_->event(),
                                                record.bytes.size()};
  }

  void write_frame(const Record& record) {
    const auto interface = static_cast<std::uint32_t>(record.interface);
    if (turn_->place == 0 && record.packet == turn_->packet && record.parent == 0) {
      turn_->place = turn_->places;
      turn_->out = interface;
      turn_->zeros = record.zeros;
      turn_->bytes.assign(record.bytes.begin(), record.bytes.end());
      return;
    }
    const bool same = turn_->place != 0 && std::ranges::equal(record.bytes, turn_->bytes);
    sent_.row(turn_->event(), interface, record.packet, record.parent, record.zeros,
              same ? std::span<const std::uint8_t>() : record.bytes);
  }

  void note(const Record& record) {
    const Note& n = record.note;
    if (record.packet != 0) concerns(record.packet, n.tag);
    turn_->next();
    const auto kind = static_cast<std::int64_t>(n.kind);
    const std::int64_t packet = record.packet == 0               ? 0
                                : record.packet == turn_->packet ? -1
                                                                 : to_signed(record.packet);
    const bool same_tag = record.packet == 0 ? n.tag == Tag{} : n.tag == turn_->tag;
    const std::int64_t values[] = {kind + (record.kind == RecordKind::kLost ? kLostBase : 0),
                                   packet,
                                   words_.number(n.word),
                                   n.x,
                                   n.a,
                                   to_signed(n.m),
                                   n.y,
                                   n.b,
                                   n.z,
                                   to_signed(n.v),
                                   n.tag.traffic,
                                   n.tag.connection,
                                   n.tag.request};
    std::size_t count = std::size(values) - (same_tag ? 3 : 0);
    while (same_tag && values[count - 1] == 0 && count > 1) --count;
    std::array<char, 13 * 21 + 1> text;
    char* end = text.data();
    for (std::size_t i = 0; i < count; ++i) {
      *end++ = i == 0 ? '[' : ',';
      if (values[i] >= 0 && values[i] < 10)
        *end++ = static_cast<char>('0' + values[i]);
      else
        end = std::to_chars(end, text.data() + text.size(), values[i]).ptr;
    }
    *end++ = ']';
    turn_->log.append(text.data(), static_cast<std::size_t>(end - text.data()));
    if (n.kind >= NoteKind::kStateInterface && n.kind <= NoteKind::kStateSocket) {
      const StateRow row = state_row(scene_, record);
      state_.row(turn_->event(), record.node, row.table, row.key,
                 row.value.empty() ? std::string_view() : row.value);
      if (n.kind == NoteKind::kStateInterface) new_interfaces(record.node);
    }
    if (n.kind >= NoteKind::kAppIntended && n.kind <= NoteKind::kAppServerReply) app(n);
  }
  static std::int64_t to_signed(std::uint64_t v) { return static_cast<std::int64_t>(v); }

  // Those that came up since the file was begun (tunl0, dummy0).
  void new_interfaces(NodeIndex node) {
    const std::vector<SceneInterface>& known = scene_.nodes[node].interfaces;
    for (std::size_t& i = described_[node]; i < known.size(); ++i) {
      interfaces_.row(node, i, known[i].name, wire::to_string(known[i].mac),
                      known[i].raw_ip ? 1 : 0);
    }
  }

  void app(const Note& n) {
    if (n.tag.request != 0) {
      requests_.row(n.tag.traffic, n.tag.connection, n.tag.request, turn_->event(),
                    note_kind_name(n.kind), n.v);
    } else {
      connections_.row(n.tag.traffic, n.tag.connection, turn_->event(), note_kind_name(n.kind),
                       n.word);
    }
  }

  struct Sent {
    std::uint64_t packet = 0, turn = 0, id = 0;
    std::size_t size = 0;
  };
  static constexpr std::size_t kRemembered = 4096;
  const Scene& scene_;
  Database db_;
  Words words_;
  Batch<std::uint64_t, std::uint64_t, std::int64_t, std::uint32_t, std::uint32_t, std::uint64_t,
        std::uint64_t, std::uint32_t, std::uint32_t, std::uint32_t, std::string_view, std::uint64_t,
        std::uint32_t, std::uint32_t, std::span<const std::uint8_t>>
      turns_;
  Insert sent_, state_;
  Batch<std::uint32_t, std::uint32_t, std::uint64_t, std::string_view, std::string_view>
      connections_;
  Batch<std::uint32_t, std::uint32_t, std::uint32_t, std::uint64_t, std::string_view, std::uint64_t>
      requests_;
  Insert keyframes_, console_, interfaces_;
  std::vector<std::size_t> described_;  ///< interfaces of each node that have a row
  std::vector<Sent> remembered_ = std::vector<Sent>(kRemembered);
  // Turns that wait to be written: the batch points to their texts.
  std::vector<OpenTurn> batch_ = std::vector<OpenTurn>(kTurnsPerBatch);
  OpenTurn* turn_ = batch_.data();  ///< the one that is open; those before it wait to be written
  std::uint64_t written_ = 0;
  bool good_ = true, finished_ = false;
};

void describe(sqlite3* db, const Scene& scene, const std::string& text) {
  Insert meta(db, "INSERT INTO meta VALUES(?,?)");
  meta.row(std::string_view("schema"), std::string_view("2"));
  meta.row(std::string_view("title"), scene.title);
  meta.row(std::string_view("seed"), std::to_string(scene.seed));
  Insert(db, "INSERT INTO scenario VALUES(?)").row(text);
  Insert nodes(db, "INSERT INTO nodes VALUES(?,?,?,?)"),
      interfaces(db, "INSERT INTO interfaces VALUES(?,?,?,?,?)");
  for (std::size_t i = 0; i < scene.nodes.size(); ++i) {
    const SceneNode& node = scene.nodes[i];
    nodes.row(i, node.name, node.role, node.is_switch ? 1 : 0);
    for (std::size_t k = 0; k < node.interfaces.size(); ++k) {
      interfaces.row(i, k, node.interfaces[k].name, wire::to_string(node.interfaces[k].mac),
                     node.interfaces[k].raw_ip ? 1 : 0);
    }
  }
  Insert traffics(db, "INSERT INTO traffics VALUES(?,?)");
  for (std::size_t i = 0; i < scene.traffics.size(); ++i) traffics.row(i + 1, scene.traffics[i]);
  Insert names(db, "INSERT INTO names VALUES(?,?)");
  for (const auto& [address, name] : scene.names) names.row(wire::to_string(address), name);
  Insert kinds(db, "INSERT INTO note_kinds VALUES(?,?)");
  for (int kind = 0; kind < static_cast<int>(NoteKind::kNoteKindCount); ++kind)
    kinds.row(kind, note_kind_name(static_cast<NoteKind>(kind)));
  Insert links(db, "INSERT INTO links VALUES(?,?,?,?,?,?)");
  for (std::size_t i = 0; i < scene.links.size(); ++i) {
    const SceneLink& l = scene.links[i];
    links.row(i, l.name, l.node_a, static_cast<std::uint32_t>(l.interface_a), l.node_b,
              static_cast<std::uint32_t>(l.interface_b));
  }
}

}  // namespace

Result<std::unique_ptr<Writer>> sqlite_recording(const Scene& scene, const std::string& path,
                                                 const std::string& scenario_text) {
  for (const char* part : {"", "-journal", "-wal", "-shm"}) std::remove((path + part).c_str());
  sqlite3* raw = nullptr;
  // One thread writes, and nobody else sees this connection.
  const int problem =
      sqlite3_open_v2(path.c_str(), &raw,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database db(raw);
  if (problem != SQLITE_OK)
    return fail("cannot write " + path + ": " + sqlite3_errmsg(raw),
                "choose another file with --record");
  // Rows are only ever appended, so that the journal, which keeps what was committed readable
  // whenever the program dies, holds little more than the last page of each table.
  sqlite3_exec(db.get(),
               "PRAGMA page_size=16384; PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=OFF;"
               "PRAGMA cache_size=-16384;",
               nullptr, nullptr, nullptr);
  if (sqlite3_exec(db.get(), kRecordingSchema, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return fail("cannot write " + path + ": " + sqlite3_errmsg(db.get()),
                "choose another file with --record");
  }
  sqlite3_exec(db.get(), "BEGIN", nullptr, nullptr, nullptr);
  describe(db.get(), scene, scenario_text);
  sqlite3_exec(db.get(), "COMMIT; BEGIN", nullptr, nullptr,
               nullptr);  // known from the first moment, whatever comes
  return std::unique_ptr<Writer>(std::make_unique<Recorder>(scene, std::move(db)));
}

}  // namespace lvslab::trace
