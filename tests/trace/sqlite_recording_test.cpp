// The recording as anyone with SQLite reads it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>
#include <sstream>

#include "trace/lab_recording.h"

namespace lvslab::trace {
namespace {

using lvslab::testing::options_for;
using lvslab::testing::ScratchFolder;

class Reader {
 public:
  explicit Reader(const std::string& path) {
    EXPECT_EQ(sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db_);
  }
  ~Reader() { sqlite3_close(db_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// First column of every row.
  std::vector<std::string> column(const std::string& query) {
    std::vector<std::string> values;
    sqlite3_stmt* s = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(db_, query.c_str(), -1, &s, nullptr), SQLITE_OK)
        << query << ": " << sqlite3_errmsg(db_);
    int status = SQLITE_ERROR;
    while (s != nullptr && (status = sqlite3_step(s)) == SQLITE_ROW) {
      const auto* text = sqlite3_column_text(s, 0);
      values.emplace_back(text == nullptr ? "NULL" : reinterpret_cast<const char*>(text));
    }
    EXPECT_EQ(status, SQLITE_DONE) << query << ": " << sqlite3_errmsg(db_);
    sqlite3_finalize(s);
    return values;
  }
  std::string one(const std::string& query) {
    const auto values = column(query);
    return values.size() == 1 ? values[0] : std::to_string(values.size()) + " rows";
  }
  std::size_t count(const std::string& query) {
    return std::stoul(one("SELECT count(*) FROM " + query));
  }

 private:
  sqlite3* db_ = nullptr;
};

// Counts what the recording should hold.
struct Tally final : Watcher {
  void on_record(const Record& r) override {
    if (r.kind == RecordKind::kTurn) return;
    ++events;
    if (r.kind == RecordKind::kFrameIn || r.kind == RecordKind::kFrameOut) {
      ++frames;
      bytes += r.bytes.size();
    }
    if (r.kind == RecordKind::kFrameIn || r.kind == RecordKind::kFrameOut) {
      frame_lines.push_back(words(r.event, r.node, r.interface,
                                  r.kind == RecordKind::kFrameIn ? "in" : "out", r.packet,
                                  r.bytes.size()));
    }
    if (r.kind == RecordKind::kNote || r.kind == RecordKind::kLost) {
      const Note& n = r.note;
      note_lines.push_back(words(r.event, r.time.ps(), r.node, r.packet, note_kind_name(n.kind),
                                 n.word, n.a, n.b, n.x, n.y, n.z, n.m, n.v, n.tag.traffic,
                                 n.tag.connection));
      ++notes;
    }
    if (r.kind == RecordKind::kConsole) ++console;
  }
  template <typename... Values>
  static std::string words(const Values&... values) {
    std::ostringstream text;
    const char* gap = "";
    ((text << gap << values, gap = " "), ...);
    return text.str();
  }
  std::vector<std::string> note_lines, frame_lines;
  std::size_t events = 0, frames = 0, notes = 0, console = 0, bytes = 0;
};

// Runs lab B into `path`; `at_end` is called before the recording is closed.
Tally record(const std::string& path, const std::function<void()>& at_end = {}) {
  Tally tally;
  std::unique_ptr<Writer> recording;
  const auto run = lvslab::testing::run_scenario(options_for(kLabB), [&](cli::Session& session) {
    auto made = sqlite_recording(session.lab().scene(), path, session.text());
    ASSERT_TRUE(made) << made.error().what;
    recording = std::move(*made);
    session.watchers().add(recording.get());
    session.watchers().add(&tally);
  });
  EXPECT_TRUE(run.ended);
  if (at_end) at_end();
  EXPECT_TRUE(recording->finish());
  recording.reset();
  return tally;
}

TEST(Recording, HoldsEveryTableOfTheContract) {
  const ScratchFolder folder("recording");
  record(folder.file("lab.db"));
  Reader db(folder.file("lab.db"));
  EXPECT_THAT(
      db.column("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"),
      ::testing::IsSupersetOf({"meta", "scenario", "nodes", "interfaces", "links", "events",
                               "frames", "state", "keyframes", "notes", "connections", "requests",
                               "series", "console", "findings", "expectations"}));
  EXPECT_EQ(db.one("SELECT value FROM meta WHERE key = 'schema'"), "2");
  EXPECT_EQ(db.one("SELECT value FROM meta WHERE key = 'complete'"), "1");
  EXPECT_EQ(db.one("PRAGMA integrity_check"), "ok");
}

TEST(Recording, HoldsARowForEveryRecord) {
  const ScratchFolder folder("recording");
  const Tally tally = record(folder.file("lab.db"));
  Reader db(folder.file("lab.db"));
  EXPECT_EQ(db.count("events"), tally.events);
  EXPECT_EQ(db.count("frames"), tally.frames);
  EXPECT_EQ(db.count("notes"), tally.notes);
  EXPECT_EQ(db.count("console"), tally.console);
  EXPECT_EQ(db.count("nodes"), 5u);
  EXPECT_EQ(db.count("links"), 4u);
  EXPECT_EQ(db.count("(SELECT DISTINCT traffic, connection FROM connections)"), 2u);
  EXPECT_GT(db.count("state WHERE tbl = 'neighbours'"), 0u);
  EXPECT_GT(db.count("state WHERE tbl = 'macs'"), 0u);
}

TEST(Recording, StoresBytesOnceAndShowsThemAtBothEnds) {
  const ScratchFolder folder("recording");
  const Tally tally = record(folder.file("lab.db"));
  Reader db(folder.file("lab.db"));
  EXPECT_EQ(db.count("frames WHERE bytes IS NULL"), 0u);
  EXPECT_EQ(db.one("SELECT sum(length(bytes)) FROM frames"), std::to_string(tally.bytes));
  EXPECT_LT(std::stoul(db.one("SELECT sum(length(bytes)) FROM (SELECT bytes FROM turns UNION ALL "
                              "SELECT bytes FROM sent)")),
            tally.bytes * 7 / 10);
}

// What the views unfold is what was recorded, field for field and in order.
TEST(Recording, ShowsEveryNoteAsItWasMade) {
  const ScratchFolder folder("recording");
  const Tally tally = record(folder.file("lab.db"));
  Reader db(folder.file("lab.db"));
  EXPECT_EQ(
      db.column("SELECT turn || ' ' || t || ' ' || node || ' ' || packet || ' ' || kind || ' ' "
                "|| word || ' ' || a || ' ' || b || ' ' || x || ' ' || y || ' ' || z || ' ' "
                "|| m || ' ' || v || ' ' || traffic || ' ' || connection FROM notes ORDER BY "
                "event"),
      tally.note_lines);
  EXPECT_EQ(
      db.column("SELECT turn || ' ' || node || ' ' || interface || ' ' || dir || ' ' || packet "
                "|| ' ' || length(bytes) FROM frames ORDER BY event"),
      tally.frame_lines);
}

TEST(Recording, KeepsTheScenarioAsItWasWritten) {
  const ScratchFolder folder("recording");
  record(folder.file("lab.db"));
  Reader db(folder.file("lab.db"));
  EXPECT_EQ(db.one("SELECT text FROM scenario"),
            lvslab::testing::read_text_file(lvslab::testing::repository_path(kLabB)));
}

TEST(Recording, TwoRunsGiveTheSameRowsInTheSameOrder) {
  const ScratchFolder folder("recording");
  record(folder.file("a.db"));
  record(folder.file("b.db"));
  Reader a(folder.file("a.db")), b(folder.file("b.db"));
  for (const char* query :
       {"SELECT id || ' ' || turn || ' ' || t || ' ' || node || ' ' || kind || ' ' || ref FROM "
        "events",
        "SELECT id || ' ' || cause || ' ' || t || ' ' || coalesce(log, '') FROM turns",
        "SELECT event || ' ' || hex(bytes) FROM frames",
        "SELECT event || kind || a || b || x || y || z || m || v || word FROM notes",
        "SELECT event || node || tbl || key || coalesce(value, '') FROM state"}) {
    EXPECT_EQ(a.column(query), b.column(query)) << query;
  }
}

// A program that is killed leaves the file and its journal: a copy of both is what it would leave.
TEST(Recording, OfAnInterruptedRunIsReadable) {
  const ScratchFolder folder("recording");
  record(folder.file("lab.db"), [&] {
    std::filesystem::copy_file(folder.file("lab.db"), folder.file("left.db"));
    if (std::filesystem::exists(folder.file("lab.db-journal"))) {
      std::filesystem::copy_file(folder.file("lab.db-journal"), folder.file("left.db-journal"));
    }
  });
  Reader db(folder.file("left.db"));
  EXPECT_EQ(db.one("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(db.one("SELECT value FROM meta WHERE key = 'schema'"), "2");
  EXPECT_EQ(db.count("meta WHERE key = 'complete'"), 0u);
  EXPECT_EQ(db.count("nodes"), 5u) << "who was there is known from the first moment";
  EXPECT_EQ(db.count("frames WHERE bytes IS NULL"), 0u);
}

TEST(Recording, ReplacesAnOlderFileAndLeavesNoLogBehind) {
  const ScratchFolder folder("recording");
  std::ofstream(folder.file("lab.db")) << "not a database at all, but some older file";
  std::ofstream(folder.file("lab.db-wal")) << "nor is this a log";
  record(folder.file("lab.db"));
  EXPECT_FALSE(std::filesystem::exists(folder.file("lab.db-wal")));
  EXPECT_FALSE(std::filesystem::exists(folder.file("lab.db-journal")));
  Reader db(folder.file("lab.db"));
  EXPECT_EQ(db.one("PRAGMA integrity_check"), "ok");
}

TEST(Recording, SaysWhenItCannotBeWritten) {
  const Scene scene;
  const auto made = sqlite_recording(scene, "/no-such-folder/lab.db", "");
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().what, ::testing::HasSubstr("/no-such-folder/lab.db"));
}

}  // namespace
}  // namespace lvslab::trace
