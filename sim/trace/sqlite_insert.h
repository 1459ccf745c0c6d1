// Prepared insertions into an SQLite database, typed by what they are given.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

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
  Insert(sqlite3* db, const char* sql) {
    sqlite3_stmt* s = nullptr;
    const int problem = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, nullptr);
    LVSLAB_CHECK(problem == SQLITE_OK);
    statement_.reset(s);
  }
  /// Whether every row so far could be written.
  bool good() const { return good_; }
  /// Text and bytes need to live during the call only. Empty bytes and null pointers: NULL.
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

}  // namespace lvslab::trace
