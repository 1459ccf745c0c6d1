// Files that are no recordings, or were one before something happened to them: a clear message, or
// what is left of it; never a crash, never a wait.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>

#include "base/random.h"
#include "replay/display_filter.h"
#include "replay/recorded_lab.h"
#include "replay/results.h"
#include "support/text_file.h"

namespace lvslab::replay {
namespace {

using lvslab::testing::ScratchFolder;

void write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

void run_sql(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  char* error = nullptr;
  EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK)
      << (error == nullptr ? "" : error);
  sqlite3_free(error);
  sqlite3_close(db);
}

std::string problem_of(const std::string& path) {
  const auto opened = Recording::open(path);
  if (opened) return "it opened";
  EXPECT_FALSE(opened.error().hint.empty()) << opened.error().what;
  return opened.error().what;
}

// Looks at everything there is.
void read_all(const Recording& recording) {
  const auto filter = DisplayFilter::parse("tcp.port == 80 or info contains rr");
  std::vector<Row> rows;
  recording.matching(*filter, 0, recording.rows(), rows);
  for (Row row = 0; row < recording.rows(); row += 41) {
    recording.inspect(row);
    recording.hop(row, Direction::kForward);
    if (row % 5 == 0) recording.tables(recording.node_of(row), row);
  }
  beliefs(recording);
  connections(recording);
  requests(recording);
  console(recording);
  findings(recording);
  expectations(recording);
  load_over_time(recording, 50);
}

TEST(HostileRecording, SaysOfEveryOtherFileWhatItIs) {
  const ScratchFolder folder("hostile");
  EXPECT_NE(problem_of(folder.file("none.db")).find("there is no such file"), std::string::npos);
  EXPECT_NE(problem_of(folder.file("")).find("not a file"), std::string::npos);
  write(folder.file("empty.db"), "");
  EXPECT_NE(problem_of(folder.file("empty.db")).find("the file is empty"), std::string::npos);
  write(folder.file("text.db"), "lvslab: 1\ntitle: a scenario\n" + std::string(200, ' '));
  EXPECT_NE(problem_of(folder.file("text.db")).find("no SQLite file"), std::string::npos);
  run_sql(folder.file("other.db"), "CREATE TABLE songs(name TEXT)");
  EXPECT_NE(problem_of(folder.file("other.db")).find("no recording"), std::string::npos);
}

TEST(HostileRecording, RefusesAnotherSchema) {
  const ScratchFolder folder("hostile");
  std::filesystem::copy_file(RecordedLab::d().path, folder.file("old.db"));
  run_sql(folder.file("old.db"), "UPDATE meta SET value = '9' WHERE key = 'schema'");
  EXPECT_NE(problem_of(folder.file("old.db")).find("schema 9"), std::string::npos);
}

TEST(HostileRecording, RefusesViewsInPlaceOfTables) {
  const ScratchFolder folder("hostile");
  std::filesystem::copy_file(RecordedLab::d().path, folder.file("view.db"));
  run_sql(folder.file("view.db"),
          "DROP VIEW events; DROP VIEW frames; DROP VIEW all_sent; DROP VIEW notes;"
          "DROP VIEW arp_owners; DROP TABLE sent; CREATE VIEW sent AS WITH RECURSIVE "
          "n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id FROM n");
  EXPECT_NE(problem_of(folder.file("view.db")).find("no table sent"), std::string::npos);
}

TEST(HostileRecording, SaysThatAFileWasCutShort) {
  const ScratchFolder folder("hostile");
  const std::string whole = lvslab::testing::read_text_file(RecordedLab::d().path);
  for (const std::size_t part : {1u, 2u, 3u, 5u}) {
    write(folder.file("cut.db"), whole.substr(0, whole.size() * part / 7 + 150));
    EXPECT_NE(problem_of(folder.file("cut.db")).find("cut short"), std::string::npos);
  }
}

TEST(HostileRecording, OpensOneInWhichNothingHappened) {
  const ScratchFolder folder("hostile");
  std::filesystem::copy_file(RecordedLab::d().path, folder.file("nothing.db"));
  run_sql(folder.file("nothing.db"),
          "DELETE FROM turns; DELETE FROM sent; DELETE FROM state; DELETE FROM console;"
          "DELETE FROM connections; DELETE FROM requests");
  const auto opened = Recording::open(folder.file("nothing.db"));
  ASSERT_TRUE(opened) << opened.error().what;
  EXPECT_EQ(opened->rows(), 0u);
  EXPECT_EQ(opened->row_at(Instant()), 0u);
  EXPECT_TRUE(opened->tables(0, 0).empty());
  EXPECT_EQ(opened->inspect(0).event.row, kNoRow);
  read_all(*opened);
}

TEST(HostileRecording, OpensWhatARunThatWasKilledLeaves) {
  const ScratchFolder folder("hostile");
  const trace::Scene& scene = RecordedLab::d().scene();
  const auto writer = trace::sqlite_recording(scene, folder.file("run.db"), "text");
  ASSERT_TRUE(writer);
  for (const char* part : {"", "-journal"}) {
    if (std::filesystem::exists(folder.file("run.db") + part))
      std::filesystem::copy_file(folder.file("run.db") + part, folder.file("left.db") + part);
  }
  const auto opened = Recording::open(folder.file("left.db"));
  ASSERT_TRUE(opened) << opened.error().what;
  EXPECT_FALSE(opened->complete());
  EXPECT_EQ(opened->scene().nodes.size(), scene.nodes.size());
}

// Each says something that cannot be.
TEST(HostileRecording, RefusesATurnThatCannotBe) {
  const ScratchFolder folder("hostile");
  const char* const lies[] = {"UPDATE turns SET log = '[0' WHERE id = 20",
                              "UPDATE turns SET log = '[7]' WHERE id = 20",
                              "UPDATE turns SET log = '[[999,1]]' WHERE id = 20",
                              "UPDATE turns SET log = '{\"a\": 1}' WHERE id = 20",
                              "UPDATE turns SET node = 4000 WHERE id = 20",
                              "UPDATE turns SET node = -1 WHERE id = 20; DELETE FROM nodes",
                              "UPDATE turns SET t = -5 WHERE id = 20",
                              "UPDATE turns SET t = t - 1000000000000000",
                              "UPDATE turns SET t = t + 9000000000000000000",
                              "UPDATE turns SET frame = 999999999999 WHERE id = 20",
                              "UPDATE links SET node_b = 77",
                              "UPDATE interfaces SET interface = 900",
                              "INSERT INTO sent VALUES(3, 0, 1, 0, 0, x'00')",
                              "UPDATE words SET word = word + 5000"};
  for (const char* lie : lies) {
    std::filesystem::copy_file(RecordedLab::d().path, folder.file("lie.db"),
                               std::filesystem::copy_options::overwrite_existing);
    run_sql(folder.file("lie.db"), lie);
    EXPECT_NE(problem_of(folder.file("lie.db")).find("damaged"), std::string::npos) << lie;
  }
}

// Each is wrong in a place that is only looked at later.
TEST(HostileRecording, BearsWrongValuesInWhatItReadsLater) {
  const ScratchFolder folder("hostile");
  const char* const lies[] = {
      "UPDATE turns SET place = 5000 WHERE place <> 0",
      "UPDATE turns SET bytes = NULL, zeros = 4000000000",
      "UPDATE turns SET bytes = randomblob(200000) WHERE id % 50 = 0",
      "UPDATE turns SET interface = 60000, out = -3",
      "UPDATE turns SET traffic = 4000000000, connection = -1",
      "UPDATE turns SET log = replace(log, '[6,', '[0,')",
      "UPDATE turns SET log = replace(log, '[8,', '[11,')",
      "UPDATE sent SET bytes = NULL, packet = 0",
      "UPDATE state SET key = value, value = key",
      "UPDATE state SET key = '', value = ' ' WHERE rowid % 3 = 0",
      "UPDATE state SET event = event * 7",
      "UPDATE connections SET event = 1, what = 'app-served'",
      "UPDATE requests SET event = event + 1, what = 'app-request-sent'",
      "UPDATE console SET place = 'a:b:c:99999999999999999999', event = event + 1",
      "UPDATE words SET text = char(0, 255, 10) || text",
      "UPDATE traffics SET name = ''; DELETE FROM names",
      "DELETE FROM console; DROP TABLE findings; DROP TABLE expectations"};
  for (const char* lie : lies) {
    std::filesystem::copy_file(RecordedLab::d().path, folder.file("lie.db"),
                               std::filesystem::copy_options::overwrite_existing);
    run_sql(folder.file("lie.db"), lie);
    const auto opened = Recording::open(folder.file("lie.db"));
    if (opened) read_all(*opened);
  }
}

TEST(HostileRecording, BearsAnyByteTurned) {
  const ScratchFolder folder("hostile");
  const std::string whole = lvslab::testing::read_text_file(RecordedLab::d().path);
  Random random(3, "turned bytes");
  int opened_all = 0;
  for (int i = 0; i < 150; ++i) {
    std::string bytes = whole;
    for (std::uint64_t k = 0; k <= random.below(30); ++k)
      bytes[random.below(i % 2 == 0 ? bytes.size() : 40'000)] ^=
          static_cast<char>(random.below(256));
    write(folder.file("turned.db"), bytes);
    const auto opened = Recording::open(folder.file("turned.db"));
    if (!opened) continue;
    ++opened_all;
    read_all(*opened);
  }
  EXPECT_GT(opened_all, 3) << "bytes are turned that nobody reads";
}

}  // namespace
}  // namespace lvslab::replay
