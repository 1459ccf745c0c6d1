// Prepared insertions into an SQLite database, typed by what they are given.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/check.h"

namespace lvslab::trace {

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

class Insert {
 public:
  Insert(sqlite3* db, const std::string& sql) {
    sqlite3_stmt* s = nullptr;
    const int problem =
        sqlite3_prepare_v3(db, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &s, nullptr);
    LVSLAB_CHECK(problem == SQLITE_OK);
    statement_.reset(s);
  }
  /// Whether every row so far could be written.
  bool good() const { return good_; }
  /// Text and bytes need to live during the call only. Empty bytes and null pointers: NULL.
  template <typename... Values>
  void row(const Values&... values) {
    place(0, values...);
    write();
  }
  /// One of the rows of a statement that inserts several; text and bytes must live until write().
  template <typename... Values>
  void place(int row, const Values&... values) {
    int column = row * static_cast<int>(sizeof...(Values));
    (bind(++column, values), ...);
  }
  void write() {
    if (sqlite3_step(statement_.get()) != SQLITE_DONE) good_ = false;
    sqlite3_reset(statement_.get());
  }

 private:
  void bind(int c, std::int64_t v) { sqlite3_bind_int64(statement_.get(), c, v); }
  void bind(int c, std::uint64_t v) { bind(c, static_cast<std::int64_t>(v)); }
  void bind(int c, std::uint32_t v) { bind(c, static_cast<std::int64_t>(v)); }
  void bind(int c, int v) { bind(c, static_cast<std::int64_t>(v)); }
  void bind(int c, std::string_view v) {
    if (v.data() == nullptr)
      sqlite3_bind_null(statement_.get(), c);
    else
      sqlite3_bind_text(statement_.get(), c, v.data(), static_cast<int>(v.size()), SQLITE_STATIC);
  }
  void bind(int c, const std::string& v) { bind(c, std::string_view(v)); }
  void bind(int c, std::nullptr_t) { sqlite3_bind_null(statement_.get(), c); }
  void bind(int c, std::span<const std::uint8_t> v) {
    if (v.data() == nullptr)
      sqlite3_bind_null(statement_.get(), c);
    else
      sqlite3_bind_blob(statement_.get(), c, v.data(), static_cast<int>(v.size()), SQLITE_STATIC);
  }
  Statement statement_;
  bool good_ = true;
};

/// "INSERT INTO table VALUES(?,?),(?,?)..."
inline std::string insert_sql(std::string_view table, std::size_t columns, std::size_t rows) {
  std::string row = "(?";
  for (std::size_t i = 1; i < columns; ++i) row += ",?";
  row += ')';
  std::string sql = "INSERT INTO " + std::string(table) + " VALUES" + row;
  for (std::size_t i = 1; i < rows; ++i) sql += ',' + row;
  return sql;
}

/// Rows that wait until there are enough for one statement: together they cost about half of what
/// they cost one by one. Texts are not copied: they must live until flush().
template <typename... Columns>
class Batch {
 public:
  Batch(sqlite3* db, std::string_view table)
      : one_(db, insert_sql(table, sizeof...(Columns), 1)),
        many_(db, insert_sql(table, sizeof...(Columns), kRows)) {
    rows_.reserve(kRows);
  }
  bool good() const { return one_.good() && many_.good(); }
  void row(const Columns&... values) {
    rows_.emplace_back(values...);
    if (rows_.size() == kRows) flush();
  }
  void flush() {
    const bool together = rows_.size() == kRows;
    int at = 0;
    for (const std::tuple<Columns...>& row : rows_) {
      std::apply([&](const Columns&... v) { (together ? many_ : one_).place(at, v...); }, row);
      if (together)
        ++at;
      else
        one_.write();
    }
    if (together) many_.write();
    rows_.clear();
  }

 private:
  static constexpr std::size_t kRows = 32;
  Insert one_, many_;
  std::vector<std::tuple<Columns...>> rows_;
};

}  // namespace lvslab::trace
