// A YAML file as a tree of our own: every value with its place, duplicates, cycles and tags
// refused, size and depth bounded. yaml-cpp is seen by document.cpp only, and hears of one document
// only: its loops over documents never end on some inputs (a lone ",").
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "scenario/source.h"

namespace lvslab::scenario {

struct Node;

struct Entry {
  std::string key;
  Mark key_mark;
  const Node* value = nullptr;
};

/// A YAML value. Aliases share it, so it never changes once made.
struct Node {
  enum class Kind : std::uint8_t { kNull, kScalar, kList, kMap } kind = Kind::kNull;
  enum class Style : std::uint8_t { kPlain, kQuoted, kLiteral, kFolded } style = Style::kPlain;
  bool quoted() const { return style != Style::kPlain; }

  Mark mark;       ///< where the value begins
  Mark text_mark;  ///< scalars: where its text begins (after a quote, below a `|`)
  std::string scalar;
  std::vector<const Node*> items;
  std::vector<Entry> entries;  ///< in order of the file, keys all different

  // The tree below, aliases counted as copies.
  std::size_t nodes = 1, text_bytes = 0;
  int depth = 1;

  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_list() const { return kind == Kind::kList; }
  bool is_map() const { return kind == Kind::kMap; }
  const Entry* entry(std::string_view key) const;
  const Node* find(std::string_view key) const;
};

/// "a list", "a map" ... for messages.
std::string_view kind_name(const Node& node);

/// Owns nodes and the budget of all files of a scenario.
class Tree {
 public:
  Node* make();
  std::size_t used_nodes = 0, used_text = 0;

 private:
  std::deque<Node> nodes_;
};

/// Null after an error (added to `errors`, the only one of the file) and for an empty file (no
/// error).
const Node* parse_document(const Source& source, int file, Tree& tree,
                           std::vector<Message>& errors);

/// A message of yaml-cpp in the language's words (yaml_errors.cpp).
std::optional<Error> explain_yaml_error(std::string_view message);

}  // namespace lvslab::scenario
