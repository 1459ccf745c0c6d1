// The recording: rows are appended with prepared statements in large transactions. A frame that
// arrives as it left (which links guarantee) refers to the row of its sending instead of storing
// its bytes twice.
#include <sqlite3.h>

#include <cstdio>
#include <map>

#include "trace/sqlite_schema.h"
#include "trace/writers.h"

namespace lvslab::trace {
namespace {

constexpr int kRowsPerTransaction = 100'000;
// Rows are in order of time, so a mark at every so many is all the index that a search by time
// needs.
constexpr int kRowsPerKeyframe = 1'024;

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
struct Finalize {
  void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

class Insert {
 public:
  Insert(sqlite3* db, const char* sql) {
    sqlite3_stmt* s = nullptr;
    const int problem = sqlite3_prepare_v2(db, sql, -1, &s, nullptr);
    LVSLAB_CHECK(problem == SQLITE_OK);
    statement_.reset(s);
  }
  /// Whether every row so far could be written.
  bool good() const { return good_; }
  template <typename... Values>
  void row(const Values&... values) {
    int column = 0;
    (bind(++column, values), ...);
    if (sqlite3_step(statement_.get()) != SQLITE_DONE) good_ = false;
    sqlite3_reset(statement_.get());
  }

 private:
  void bind(int c, std::int64_t v) { sqlite3_bind_int64(statement_.get(), c, v); }
  void bind(int c, std::uint64_t v) { bind(c, static_cast<std::int64_t>(v)); }
  void bind(int c, std::uint32_t v) { bind(c, static_cast<std::int64_t>(v)); }
  void bind(int c, int v) { bind(c, static_cast<std::int64_t>(v)); }
  void bind(int c, std::string_view v) {
    sqlite3_bind_text(statement_.get(), c, v.data(), static_cast<int>(v.size()), SQLITE_STATIC);
  }
  void bind(int c, const std::string& v) { bind(c, std::string_view(v)); }
  void bind(int c, std::span<const std::uint8_t> v) {
    if (v.data() == nullptr)
      sqlite3_bind_null(statement_.get(), c);
    else
      sqlite3_bind_blob(statement_.get(), c, v.data(), static_cast<int>(v.size()), SQLITE_STATIC);
  }
  Statement statement_;
  bool good_ = true;
};

class Recorder final : public Writer {
 public:
  Recorder(const Scene& scene, Database db)
      : scene_(scene),
        db_(std::move(db)),
        events_(db_.get(), "INSERT INTO events VALUES(?,?,?,?,?,?,?,?,?,?)"),
        frames_(db_.get(), "INSERT INTO frames VALUES(?,?,?,?,?,?)"),
        notes_(db_.get(), "INSERT INTO notes VALUES(?,?,?,?,?,?,?,?,?,?,?)"),
        state_(db_.get(), "INSERT INTO state VALUES(?,?,?,?,?)"),
        connections_(db_.get(), "INSERT INTO connections VALUES(?,?,?,?,?)"),
        requests_(db_.get(), "INSERT INTO requests VALUES(?,?,?,?,?,?)"),
        keyframes_(db_.get(), "INSERT INTO keyframes VALUES(?,?)"),
        console_(db_.get(), "INSERT INTO console VALUES(?,?,?,?,?,?,?,?)") {}

  ~Recorder() override { finish(); }

  bool finish() override {
    if (!finished_) {
      finished_ = true;
      run("COMMIT");
      run("CREATE INDEX state_by_node ON state(node, event);"
          "INSERT OR REPLACE INTO meta VALUES('complete', '1');");
      run("PRAGMA wal_checkpoint(TRUNCATE);");
    }
    for (const Insert* table : {&events_, &frames_, &notes_, &state_, &connections_, &requests_,
                                &keyframes_, &console_}) {
      good_ = good_ && table->good();
    }
    return good_;
  }

  void on_record(const Record& record) override {
    if (record.kind == RecordKind::kTurn) return;
    ++row_;
    events_.row(row_, record.event, record.cause, record.time.ps(), record.node,
                static_cast<int>(record.kind), record.packet,
                static_cast<std::uint32_t>(record.interface), record.tag.traffic,
                record.tag.connection);
    if (row_ % kRowsPerKeyframe == 1) keyframes_.row(row_, record.time.ps());
    switch (record.kind) {
      case RecordKind::kFrameIn:
      case RecordKind::kFrameOut:
        frame(record);
        break;
      case RecordKind::kNote:
      case RecordKind::kLost:
        note(record);
        break;
      case RecordKind::kConsole:
        console_.row(row_, record.time.ps(), record.node, record.console->command,
                     record.console->status, record.console->out, record.console->err,
                     record.console->place);
        break;
      case RecordKind::kTurn:
        break;
    }
    if (row_ % kRowsPerTransaction == 0) run("COMMIT; BEGIN");
  }

 private:
  void run(const char* sql) {
    if (sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) good_ = false;
  }

  void frame(const Record& record) {
    // What a packet looked like when it was last sent; its arrival at the far end is the same
    // bytes.
    Sent& sent = sent_[record.packet % kRemembered];
    if (record.kind == RecordKind::kFrameIn && sent.packet == record.packet &&
        sent.turn == record.cause && sent.size == record.bytes.size()) {
      frames_.row(row_, record.packet, record.parent, record.zeros, sent.row,
                  std::span<const std::uint8_t>());
      return;
    }
    frames_.row(row_, record.packet, record.parent, record.zeros, std::uint64_t{0}, record.bytes);
    if (record.kind == RecordKind::kFrameOut)
      sent = {record.packet, record.event, row_, record.bytes.size()};
  }

  void note(const Record& record) {
    const Note& n = record.note;
    notes_.row(row_, record.packet, note_kind_name(n.kind), n.a, n.b, n.x, n.y, n.z, n.m, n.v,
               n.word);
    if (n.kind >= NoteKind::kStateInterface && n.kind <= NoteKind::kStateSocket) state(record);
    if (n.kind >= NoteKind::kAppIntended && n.kind <= NoteKind::kAppServerReply) app(record);
  }

  void app(const Record& record) {
    const Note& n = record.note;
    if (n.tag.request != 0) {
      requests_.row(n.tag.traffic, n.tag.connection, n.tag.request, row_, note_kind_name(n.kind),
                    n.v);
    } else {
      connections_.row(n.tag.traffic, n.tag.connection, row_, note_kind_name(n.kind), n.word);
    }
  }

  void state(const Record& record) {
    const Note& n = record.note;
    const auto put = [&](std::string_view table, const std::string& key, const std::string& value) {
      state_.row(row_, record.node, table, key, value);
    };
    const auto address = [](std::uint32_t v) { return wire::to_string(wire::Ipv4{v}); };
    const auto interface = [&](std::uint32_t i) {
      const auto& list = scene_.nodes[record.node].interfaces;
      return i < list.size() ? list[i].name : std::to_string(i);
    };
    const std::string number = std::to_string(n.y);
    switch (n.kind) {
      case NoteKind::kStateInterface:
        return put("interfaces", std::string(n.word), number);
      case NoteKind::kStateAddress:
        return put("addresses", interface(n.x) + " " + address(n.a) + "/" + number,
                   n.z != 0 ? std::string(n.word) : "");
      case NoteKind::kStateRoute:
        return put("routes", std::string(n.word) + " " + address(n.a) + "/" + number,
                   n.z != 0 ? address(n.b) + " " + interface(n.x) : "");
      case NoteKind::kStateNeighbour:
        return put("neighbours", interface(n.x) + " " + address(n.a),
                   n.word.empty() ? ""
                                  : (n.m != 0 ? wire::to_string(wire::Mac{n.m}) + " " : "") +
                                        std::string(n.word));
      case NoteKind::kStateMac:
        return put("macs", number + " " + wire::to_string(wire::Mac{n.m}),
                   n.z == 0 ? "" : interface(n.x));
      case NoteKind::kStateService:
        return put("services", address(n.b) + ":" + number, n.x != 0 ? std::string(n.word) : "");
      case NoteKind::kStateDestination:
        return put("destinations",
                   address(n.b) + ":" + number + " " + address(n.a) + ":" + std::to_string(n.x),
                   n.word == "removed"
                       ? ""
                       : std::to_string(n.m >> 32) + " " + std::to_string(n.v >> 32) + " " +
                             std::to_string(n.v & 0xffffffff));
      case NoteKind::kStateIpvsConnection:
        return put("connections",
                   address(n.a) + ":" + std::to_string(n.x) + " " + address(n.b) + ":" + number,
                   n.word.empty() ? ""
                                  : std::string(n.word) + " " +
                                        address(static_cast<std::uint32_t>(n.m >> 16)));
      case NoteKind::kStateSocket:
        return put("sockets",
                   std::to_string(n.z) + " " + address(n.a) + ":" + std::to_string(n.x) + " " +
                       address(n.b) + ":" + number,
                   std::string(n.word));
      default:
        return;
    }
  }

  struct Sent {
    std::uint64_t packet = 0, turn = 0, row = 0;
    std::size_t size = 0;
  };
  static constexpr std::size_t kRemembered = 4096;
  const Scene& scene_;
  Database db_;
  Insert events_, frames_, notes_, state_, connections_, requests_, keyframes_, console_;
  std::vector<Sent> sent_ = std::vector<Sent>(kRemembered);
  std::uint64_t row_ = 0;
  bool good_ = true, finished_ = false;
};

void describe(sqlite3* db, const Scene& scene, const std::string& text) {
  Insert meta(db, "INSERT INTO meta VALUES(?,?)");
  meta.row(std::string_view("schema"), std::string_view("1"));
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
  for (const char* part : {"", "-wal", "-shm"}) std::remove((path + part).c_str());
  sqlite3* raw = nullptr;
  const int problem = sqlite3_open(path.c_str(), &raw);
  Database db(raw);
  if (problem != SQLITE_OK)
    return fail("cannot write " + path + ": " + sqlite3_errmsg(raw),
                "choose another file with --record");
  // A write-ahead log keeps what was committed readable whenever the program dies.
  sqlite3_exec(db.get(), "PRAGMA page_size=16384; PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
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
