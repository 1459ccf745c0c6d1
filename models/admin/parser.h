// Reads shell text into the tree of script_tree.h by recursive descent. Internal to Script. The
// first syntax error ends the reading; its words are bash's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/script_tree.h"

namespace lvslab::admin {

class Parser {
 public:
  struct Problem {
    std::uint32_t place = 0;
    std::string what, hint;
  };
  /// A command word that is literal: to be looked up.
  struct Name {
    std::uint32_t place;
    std::string name;
  };

  /// `fixed_place`: what is read stands in for text elsewhere (backquotes, here-documents), at that
  /// offset.
  explicit Parser(std::string_view text, int depth = 0,
                  std::optional<std::uint32_t> fixed_place = {})
      : text_(text), depth_(depth), fixed_place_(fixed_place) {}

  /// The whole text as commands; null when there are none or on a problem.
  std::unique_ptr<Node> script();
  /// The whole text as a here-document or an arithmetic expression: only $ ` \ mean something.
  Word quoted_text();

  const std::optional<Problem>& problem() const { return problem_; }
  const std::vector<Name>& names() const { return names_; }
  const std::vector<std::string>& functions() const { return functions_; }
  /// A file is sourced: it may define any function.
  bool sources() const { return sources_; }

 private:
  struct Here {
    Node* node;
    std::size_t index;
    std::string delimiter;
    bool strip_tabs, quoted;
  };
  class Deeper;

  // parser.cpp: commands
  std::unique_ptr<Node> list();
  std::unique_ptr<Node> and_or();
  std::unique_ptr<Node> pipeline();
  std::unique_ptr<Node> command();
  std::unique_ptr<Node> compound(std::string_view word);
  std::unique_ptr<Node> simple();
  std::unique_ptr<Node> if_command();
  std::unique_ptr<Node> for_command();
  std::unique_ptr<Node> while_command(bool until);
  std::unique_ptr<Node> case_command();
  bool case_item(Node& node);
  std::unique_ptr<Node> function(std::string name, std::uint32_t start);
  std::unique_ptr<Node> test_command();
  std::unique_ptr<Node> arithmetic_command();
  bool for_arithmetic(Node& node);
  bool take_redirections(Node& node);
  bool redirection(Node& node);
  bool redirection_target(Node& node, Redirection&& r, std::size_t start);
  bool take_assignment(Node& node, Word& word);
  void note_names(const Node& node);
  bool expect(std::string_view reserved);
  std::unique_ptr<Node> make(Node::Kind kind) const;
  std::unique_ptr<Node> finish(std::unique_ptr<Node> node) const;

  // parser_words.cpp: characters and words
  void skip_blanks();
  void skip_newlines();
  void take_newline();
  void skip_prompt();
  void read_here_documents();
  std::string_view peek_plain() const;
  bool at_list_end() const;
  bool at(std::string_view token) const { return text_.substr(position_, token.size()) == token; }
  bool done() const { return position_ >= text_.size(); }
  char here() const { return text_[position_]; }
  Word word();
  /// Up to an unquoted `stop`, which is not taken; spaces belong to the word.
  Word operand(std::string_view stops, bool in_quotes);
  bool word_character(Word& word, bool in_quotes);
  bool double_quotes(Word& word);
  bool single_quotes(Word& word);
  bool dollar(Word& word, bool quoted);
  bool dollar_single_quotes(Word& word);
  bool brace(Part& part);
  bool brace_operation(Part& part, bool quoted);
  bool command_substitution(Word& word, bool quoted);
  bool backquotes(Word& word, bool quoted);
  bool arithmetic(Word& word, bool quoted);
  std::optional<std::size_t> arithmetic_end(std::size_t from) const;
  Word expression(std::string_view text);
  void inherit(const Parser& inner);

  bool fail(std::string what, std::string hint = {});
  bool unexpected();
  std::uint32_t place() const {
    return fixed_place_ ? *fixed_place_ : static_cast<std::uint32_t>(position_);
  }

  std::string_view text_;
  std::size_t position_ = 0;
  int depth_;
  std::optional<std::uint32_t> fixed_place_;
  std::optional<Problem> problem_;
  std::vector<Here> pending_;
  std::vector<Name> names_;
  std::vector<std::string> functions_;
  bool sources_ = false;
};

/// One more level of nesting while it lives.
class Parser::Deeper {
 public:
  explicit Deeper(Parser& parser) : parser_(parser) {
    if (++parser_.depth_ > kDeepestNesting) parser_.fail("nested too deep", "at most 100 levels");
  }
  ~Deeper() { --parser_.depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;
  bool ok() const { return !parser_.problem_; }

 private:
  Parser& parser_;
};

/// A variable's name: letter or _, then letters, digits, _.
bool is_name(std::string_view text);
bool is_name_character(char c);

}  // namespace lvslab::admin
