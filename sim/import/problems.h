// Files from live hosts are anybody's: how large they may be, where in them something stands, and
// what was wrong with them. Every bound is checked before the work it bounds.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/scenario.h"

namespace lvslab::importer {

namespace limits {
inline constexpr std::size_t kHosts = 500;
inline constexpr std::size_t kFileBytes = 4u << 20;
inline constexpr std::size_t kTotalBytes = 64u << 20;  ///< of all hosts
inline constexpr std::size_t kItems = 20'000;          ///< entries of one file
inline constexpr std::size_t kInterfaces = 200;        ///< of one host
inline constexpr std::size_t kAddresses = 4'000;       ///< of one host
inline constexpr std::size_t kDepth = 32;              ///< nesting
inline constexpr std::size_t kProblems = 50;           ///< shown
}  // namespace limits

struct TextFile {
  std::string name;  ///< as messages call it
  std::string text;
  scenario::Place place(std::size_t offset) const;
};

class Problems {
 public:
  void add(scenario::Place place, std::string what, std::string hint = {});
  void add(const TextFile& file, std::size_t offset, std::string what, std::string hint = {});
  bool none() const { return messages_.empty(); }
  const std::vector<scenario::Message>& messages() const { return messages_; }

 private:
  std::vector<scenario::Message> messages_;
};

/// A line of a file with where it begins; spaces at its ends are gone.
struct Line {
  std::string_view text;
  std::size_t offset = 0;
};
/// Those that are not empty; too many are a problem.
std::vector<Line> lines_of(const TextFile& file, Problems& problems);
std::vector<std::string_view> words_of(std::string_view text);

/// Letters, digits and "_.:/@+,-": nothing a shell or YAML reads anything into.
bool is_plain_word(std::string_view text);
/// No control characters: may stand in a script's line.
bool is_printable(std::string_view text);

}  // namespace lvslab::importer
