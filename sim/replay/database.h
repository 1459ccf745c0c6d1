// Reading an SQLite file that may be anything: opened so that nothing in it is run or trusted, with
// bounds on what one value may be. Values are views, valid until the next step.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lvslab::replay {

/// A question and its rows. After step() returned false, broken() tells a damaged file from the
/// end.
class Query {
 public:
  Query(sqlite3* db, const char* sql);
  bool valid() const { return statement_ != nullptr; }
  Query& bind(int place, std::uint64_t value);
  Query& bind(int place, std::string_view value);  ///< must live while the rows are read
  bool step();
  bool broken() const { return broken_; }
  void reset();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  std::uint64_t number(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  /// 0 when it does not fit.
  std::uint32_t small(int column) const;
  std::string_view text(int column) const;
  std::span<const std::uint8_t> bytes(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  bool broken_ = false;
};

class Database {
 public:
  /// Refuses what is no SQLite file or was cut short, with a sentence that says so.
  static Result<Database> open(const std::string& path);
  Query query(const char* sql) const { return Query(db_.get(), sql); }
  bool has_table(std::string_view name) const;
  std::string problem() const;

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  std::unique_ptr<sqlite3, Close> db_;
};

}  // namespace lvslab::replay
