// The files a scenario is made of: read within bounds, checked to be text, kept as lines for
// messages. Columns count characters from 1; yaml-cpp counts bytes from 0.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "scenario/scenario.h"

namespace lvslab::scenario {

/// A place inside the reader: small, since every YAML value has one.
struct Mark {
  int file = -1;             ///< index into Sources
  int line = 0, column = 0;  ///< from 1; 0: the file as a whole
};

/// Reads a whole file. A test gives its own.
using FileReader = std::function<Result<std::string>(const std::string& path)>;

/// The reader everybody uses: regular files of at most limits::kFileBytes.
Result<std::string> read_file(const std::string& path);
/// For what a scenario takes its figures from: at most limits::kDataBytes.
Result<std::string> read_data_file(const std::string& path);
/// What read_file says when the system answers `error_number` (EACCES...).
Error file_error(int error_number);

/// As read_scenario, with another way to get at files, those of data too.
ReadResult read_scenario_with(const std::string& path, const ReadOptions& options,
                              const FileReader& files);

/// The text of one file, cleaned: no byte order mark, CR LF as LF.
class Source {
 public:
  /// `problem` is set when it is not text: the rest is not to be read then.
  Source(std::string name, std::string text, std::vector<Message>& problems);

  const std::string& name() const { return name_; }
  const std::string& text() const { return text_; }
  int lines() const { return static_cast<int>(starts_.size()); }
  std::string_view line(int number) const;  ///< from 1, without its end; "" when there is none
  /// All text from a byte offset from 0 in a line from 1.
  std::string_view from(int line, std::size_t byte) const;
  /// Column in characters from 1 of a byte offset from 0 in a line from 1. Quick on long lines too.
  int column(int line, std::size_t byte) const;

 private:
  void check(std::vector<Message>& problems) const;
  std::size_t characters_before(std::size_t offset) const;

  std::string name_, text_;
  std::vector<std::size_t> starts_;  ///< offset of each line
  std::vector<std::size_t> blocks_;  ///< characters before each KiB
};

}  // namespace lvslab::scenario
