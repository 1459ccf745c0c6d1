// Word expansion: braces, variables, command substitution, arithmetic, splitting, file names. A
// command substitution may have to wait, so expansion can be begun again: what was computed already
// is kept in a Memo in order of evaluation, and the first substitution without a result is handed
// to the shell to run.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "admin/script_tree.h"
#include "admin/shell_state.h"

namespace lvslab::admin {

class Machine;

/// Results of substitutions and arithmetic of one command, in order of evaluation.
struct Memo {
  std::vector<std::string> done;
  std::size_t next = 0;
};

class Expander {
 public:
  Expander(Machine& machine, ShellState& state, Memo& memo, std::uint64_t& steps)
      : machine_(machine), state_(state), memo_(memo), steps_(steps) {
    memo_.next = 0;
  }

  // Each returns false when a command must be run first (`wanted()`), or when it failed
  // (`error()`).
  /// The word's fields are added to `fields`.
  bool fields(const Word& word, std::vector<std::string>& fields);
  /// One text: no splitting, no file names (assignments, here-documents, case words).
  bool text(const Word& word, std::string& text);
  /// One pattern: quoted characters stand behind a backslash.
  bool pattern(const Word& word, std::string& pattern);
  bool arithmetic(const Word& word, std::int64_t& value);

  const Node* wanted() const { return wanted_; }
  const std::string& error() const { return error_; }
  bool over_bound() const { return over_bound_; }
  /// Whether anything but literal text was expanded since the last call.
  bool take_changed() { return std::exchange(changed_, false); }

 private:
  /// Characters with a mark each: see Mark in expand.cpp.
  struct Marked {
    std::string text, marks;
    void add(std::string_view more, char mark) {
      text += more;
      marks.append(more.size(), mark);
    }
  };
  bool evaluate(const Word& word, Marked& out);
  bool part(const Part& part, Marked& out);
  bool variable(const Part& part, Marked& out);
  bool default_operation(const Part& part, bool use_word, Marked& out);
  bool pattern_operation(const Part& part, std::string value, Marked& out);
  bool substring(const Part& part, const std::string& value, Marked& out);
  std::string remove_affix(const std::string& operation, const std::string& value,
                           const std::string& pattern);
  std::string replace(const std::string& value, const std::string& pattern, const std::string& with,
                      bool all);
  void all_positional(bool at, bool quoted, Marked& out) const;
  /// The variable's value; false: not set.
  bool value_of(std::string_view name, std::string& value) const;
  void split(const Marked& word, std::vector<Marked>& fields) const;
  bool braces(const Marked& word, std::vector<Marked>& words);
  bool sequence(std::string_view body, std::vector<std::string>& items);
  void file_names(const Marked& field, std::vector<std::string>& out);
  bool fail(std::string what);
  bool too_much();
  bool charge(std::size_t bytes);

  Machine& machine_;
  ShellState& state_;
  Memo& memo_;
  std::uint64_t& steps_;
  const Node* wanted_ = nullptr;
  std::string error_;
  bool over_bound_ = false;
  bool changed_ = false;
  std::size_t produced_ = 0;
  int depth_ = 0;
};

}  // namespace lvslab::admin
