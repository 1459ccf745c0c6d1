// The syntax tree of a script. Internal to the shell: words are parts (literal text, variables,
// substitutions) with what was quoted marked; commands keep their place in the script.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/script.h"

namespace lvslab::admin {

/// Bounds on hostile input; over one of them the script is refused or ends with status 2.
inline constexpr std::size_t kLargestScript = 1u << 20;
inline constexpr int kDeepestNesting = 100;
inline constexpr std::size_t kLargestExpansion = 1u << 20;
inline constexpr std::uint64_t kMostSteps = 1'000'000;

struct Node;
struct Part;

struct Word {
  std::vector<Part> parts;
  std::string source;       ///< as typed
  std::uint32_t place = 0;  ///< offset in the script
  /// The text when it is literal throughout; `literal` tells.
  std::string text() const;
  bool literal() const;
};

struct Part {
  enum class Kind : std::uint8_t { kLiteral, kVariable, kCommand, kArithmetic };
  Kind kind = Kind::kLiteral;
  bool quoted = false;
  std::string text;  ///< literal text, or the variable's name
  /// ${name OP operand}: "" plain, "#name" length, or - := + ? (with ":" when it tests for empty
  /// too), # ## % %% / // and ":" (substring).
  std::string operation;
  std::vector<Word> operand;      ///< the operator's word; kArithmetic: the expression
  std::unique_ptr<Node> command;  ///< kCommand: $( ... )
};

struct Redirection {
  enum class Kind : std::uint8_t { kIn, kOut, kAppend, kDuplicate, kHere, kHereString };
  Kind kind = Kind::kOut;
  int descriptor = 1;  ///< 0, 1, 2; 3: both 1 and 2 (&>)
  int from = 1;        ///< kDuplicate: 2>&1 has descriptor 2, from 1; -1 closes
  Word target;         ///< file name, or the here-document's text
  std::string source;  ///< operator and delimiter as typed
};

struct Assignment {
  std::string name;
  bool append = false;  ///< NAME+=value
  Word value;
};

struct CaseItem {
  std::vector<Word> patterns;
  std::unique_ptr<Node> body;  ///< null: empty
};

struct Node {
  enum class Kind : std::uint8_t {
    kSimple,         ///< assignments, words, redirections
    kPipeline,       ///< children; negated: status inverted
    kAndOr,          ///< children; `or_before[i]`: child i runs when the one before failed
    kList,           ///< children; `background[i]`
    kIf,             ///< condition, body, condition, body ..., [else body]
    kFor,            ///< name, words (has_words false: "$@"), body
    kForArithmetic,  ///< three expressions in words, body
    kWhile,          ///< condition, body; negated: until
    kCase,           ///< word, items
    kFunction,       ///< name, body
    kSubshell,       ///< body
    kGroup,          ///< body
    kArithmetic,     ///< (( expression )) in words[0]
    kTest,           ///< [[ words ]]
  };
  Kind kind = Kind::kSimple;
  std::uint32_t place = 0;  ///< offset in the script
  std::uint32_t end = 0;    ///< offset behind it
  std::vector<Assignment> assignments;
  std::vector<Word> words;
  std::vector<Redirection> redirections;
  std::vector<std::unique_ptr<Node>> children;
  std::vector<bool> marks;  ///< kAndOr: or_before; kList: background
  bool negated = false;
  bool has_words = true;
  std::string name;
  std::vector<CaseItem> items;
};

struct Script::Tree {
  std::string text;
  std::unique_ptr<Node> root;  ///< kList; null when empty
  std::vector<std::uint32_t> line_starts;
  /// Line and column in the script, from 1.
  std::pair<int, int> line_column(std::uint32_t offset) const;
};

/// Whether a shell builtin has this name (cd, export, source ...).
bool is_builtin(std::string_view name);
/// Digits, perhaps behind a minus, nine characters at most (as of `break 2` or {1..5}); nothing:
/// not so.
std::optional<int> small_number(std::string_view text);

}  // namespace lvslab::admin
