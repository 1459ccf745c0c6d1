// Expectations and findings, which are known only when the run is over.
#include "trace/sqlite_insert.h"
#include "trace/writers.h"

namespace lvslab::trace {
namespace {

bool add_rows(sqlite3* db, const std::string& table, std::size_t columns,
              const std::vector<std::vector<std::string>>& rows) {
  std::string marks;
  for (std::size_t i = 0; i < columns; ++i) marks += i == 0 ? "?" : ",?";
  sqlite3_stmt* raw = nullptr;
  const std::string sql = "INSERT INTO " + table + " VALUES(" + marks + ")";
  if (sqlite3_prepare_v2(db, sql.c_str(), -1, &raw, nullptr) != SQLITE_OK) return false;
  const Statement insert(raw);
  bool good = true;
  for (const std::vector<std::string>& row : rows) {
    LVSLAB_CHECK(row.size() == columns);
    for (std::size_t i = 0; i < columns; ++i) {
      sqlite3_bind_text(raw, static_cast<int>(i + 1), row[i].data(),
                        static_cast<int>(row[i].size()), SQLITE_TRANSIENT);
    }
    good = sqlite3_step(raw) == SQLITE_DONE && good;
    sqlite3_reset(raw);
  }
  return good;
}

}  // namespace

bool add_to_recording(const std::string& path, const JudgedRows& rows) {
  sqlite3* raw = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE, nullptr);
  const Database db(raw);
  if (opened != SQLITE_OK) return false;
  constexpr std::size_t kExpectationColumns = 5, kFindingColumns = 10;
  return sqlite3_exec(raw, "BEGIN", nullptr, nullptr, nullptr) == SQLITE_OK &&
         add_rows(raw, "expectations", kExpectationColumns, rows.expectations) &&
         add_rows(raw, "findings", kFindingColumns, rows.findings) &&
         sqlite3_exec(raw, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK;
}

}  // namespace lvslab::trace
