#include "replay/database.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <utility>

namespace lvslab::replay {
namespace {

constexpr int kLongestValue = 64 * 1024 * 1024;
constexpr std::string_view kMagic("SQLite format 3\0", 16);

std::uint32_t big_endian(std::span<const unsigned char> bytes) {
  std::uint32_t value = 0;
  for (const unsigned char byte : bytes) value = value << 8 | byte;
  return value;
}

// What can be told from the file's first bytes and its size.
std::optional<Error> looks_wrong(const std::string& path) {
  const std::string hint = "a recording is made by: lvslab run FILE --record " + path;
  std::error_code problem;
  const auto kind = std::filesystem::status(path, problem);
  if (!std::filesystem::exists(kind)) return Error{path + ": there is no such file", hint};
  if (!std::filesystem::is_regular_file(kind)) return Error{path + ": this is not a file", hint};
  const std::uintmax_t size = std::filesystem::file_size(path, problem);
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr || problem) {
    if (file != nullptr) std::fclose(file);
    return Error{path + ": cannot be read", "look at its permissions"};
  }
  std::array<unsigned char, 100> header{};
  const std::size_t got = std::fread(header.data(), 1, header.size(), file);
  std::fclose(file);
  if (size == 0) return Error{path + ": the file is empty", hint};
  const std::string_view start(reinterpret_cast<const char*>(header.data()), kMagic.size());
  if (got < header.size() || start != kMagic)
    return Error{path + ": this is no recording (no SQLite file)", hint};
  const std::uint32_t page_code = big_endian({header.data() + 16, 2});
  const std::uint64_t page = page_code == 1 ? 65'536 : page_code;
  const std::uint64_t pages = big_endian({header.data() + 28, 4});
  if (page * pages > size) {
    return Error{path + ": the file is cut short: " + std::to_string(size) + " of " +
                     std::to_string(page * pages) + " bytes are there",
                 "copy it again, or run the scenario again"};
  }
  return std::nullopt;
}

}  // namespace

Query::Query(sqlite3* db, const char* sql) {
  sqlite3_stmt* s = nullptr;
  sqlite3_prepare_v2(db, sql, -1, &s, nullptr);
  statement_.reset(s);
}

Query& Query::bind(int place, std::uint64_t value) {
  sqlite3_bind_int64(statement_.get(), place, static_cast<std::int64_t>(value));
  return *this;
}

Query& Query::bind(int place, std::string_view value) {
  sqlite3_bind_text(statement_.get(), place, value.data(), static_cast<int>(value.size()),
                    SQLITE_STATIC);
  return *this;
}

bool Query::step() {
  if (statement_ == nullptr) {
    broken_ = true;
    return false;
  }
  const int status = sqlite3_step(statement_.get());
  if (status == SQLITE_ROW) return true;
  if (status != SQLITE_DONE) broken_ = true;
  return false;
}

void Query::reset() {
  broken_ = false;
  sqlite3_reset(statement_.get());
}

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Query::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::uint32_t Query::small(int column) const {
  const std::int64_t value = integer(column);
  return value < 0 || value > 0xffffffffLL ? 0 : static_cast<std::uint32_t>(value);
}

std::string_view Query::text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (text == nullptr || size < 0) return {};
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
}

std::span<const std::uint8_t> Query::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (data == nullptr || size < 0) return {};
  return {static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)};
}

Result<Database> Database::open(const std::string& path) {
  if (auto error = looks_wrong(path)) return tl::unexpected<Error>(std::move(*error));
  Database database;
  // A run that was killed leaves a journal beside its file; only a writer may roll that back, and
  // nothing but that is ever written.
  std::error_code ignored;
  const auto journal = std::filesystem::file_size(path + "-journal", ignored);
  const bool interrupted = !ignored && journal > 0;
  for (const int mode : {SQLITE_OPEN_READONLY, SQLITE_OPEN_READWRITE}) {
    if (interrupted != (mode == SQLITE_OPEN_READWRITE)) continue;
    sqlite3* raw = nullptr;
    const int status = sqlite3_open_v2(path.c_str(), &raw, mode | SQLITE_OPEN_NOMUTEX, nullptr);
    database.db_.reset(raw);
    if (status != SQLITE_OK)
      return fail(path + ": cannot be opened: " + database.problem(), "look at its permissions");
  }
  sqlite3* db = database.db_.get();
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_limit(db, SQLITE_LIMIT_LENGTH, kLongestValue);
  sqlite3_busy_timeout(db, 200);
  sqlite3_exec(db, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA cache_size=-32768;",
               nullptr, nullptr, nullptr);
  Query probe = database.query("SELECT count(*) FROM sqlite_master");
  if (!probe.step())
    return fail(path + ": the file is damaged: " + database.problem(),
                "copy it again, or run the scenario again");
  sqlite3_exec(db, "PRAGMA query_only=ON", nullptr, nullptr, nullptr);
  return database;
}

bool Database::has_table(std::string_view name) const {
  Query query = this->query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1");
  return query.valid() && query.bind(1, name).step();
}

std::string Database::problem() const { return sqlite3_errmsg(db_.get()); }

}  // namespace lvslab::replay
