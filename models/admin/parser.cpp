// Commands: lists, pipelines, compound commands, simple commands and their redirections.
#include "admin/parser.h"

#include <algorithm>
#include <array>

namespace lvslab::admin {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::unique_ptr<Node> Parser::make(Node::Kind kind) const {
  auto node = std::make_unique<Node>();
  node->kind = kind;
  node->place = place();
  return node;
}

std::unique_ptr<Node> Parser::finish(std::unique_ptr<Node> node) const {
  if (problem_) return nullptr;
  std::size_t end = position_;
  while (end > 0 && (text_[end - 1] == ' ' || text_[end - 1] == '\t')) --end;
  node->end = fixed_place_ ? *fixed_place_ : static_cast<std::uint32_t>(end);
  return node;
}

bool Parser::fail(std::string what, std::string hint) {
  if (!problem_) problem_ = Problem{place(), std::move(what), std::move(hint)};
  return false;
}

bool Parser::unexpected() {
  if (done()) return fail("syntax error: unexpected end of file");
  if (here() == '\n') return fail("syntax error near unexpected token `newline'");
  std::string token{peek_plain()};
  if (token.empty()) {
    token = std::string(1, here());
    if (position_ + 1 < text_.size() && text_[position_ + 1] == here()) token += here();
  }
  return fail("syntax error near unexpected token `" + token.substr(0, 40) + "'");
}

bool Parser::expect(std::string_view reserved) {
  if (problem_) return false;
  skip_newlines();
  if (peek_plain() != reserved) return unexpected();
  position_ += reserved.size();
  return true;
}

std::unique_ptr<Node> Parser::script() {
  auto root = list();
  if (!problem_ && !done()) unexpected();
  if (!problem_) read_here_documents();
  return problem_ ? nullptr : std::move(root);
}

std::unique_ptr<Node> Parser::list() {
  const Deeper deeper(*this);
  if (!deeper.ok()) return nullptr;
  skip_newlines();
  auto node = make(Node::Kind::kList);
  while (!problem_ && !at_list_end()) {
    auto child = and_or();
    if (!child) return nullptr;
    node->children.push_back(std::move(child));
    skip_blanks();
    bool background = false;
    bool separated = false;
    if (at("&") && !at("&&") && !at("&>")) {
      background = separated = true;
      ++position_;
    } else if (at(";") && !at(";;")) {
      separated = true;
      ++position_;
    } else if (!done() && here() == '\n') {
      separated = true;
    }
    node->marks.push_back(background);
    skip_newlines();
    if (!separated && !at_list_end()) {
      unexpected();
      return nullptr;
    }
  }
  return finish(std::move(node));
}

std::unique_ptr<Node> Parser::and_or() {
  auto first = pipeline();
  if (!first) return nullptr;
  skip_blanks();
  if (!at("&&") && !at("||")) return first;
  auto node = make(Node::Kind::kAndOr);
  node->place = first->place;
  node->children.push_back(std::move(first));
  node->marks.push_back(false);
  while (at("&&") || at("||")) {
    node->marks.push_back(here() == '|');
    position_ += 2;
    skip_newlines();
    auto next = pipeline();
    if (!next) return nullptr;
    node->children.push_back(std::move(next));
    skip_blanks();
  }
  return finish(std::move(node));
}

std::unique_ptr<Node> Parser::pipeline() {
  skip_blanks();
  auto node = make(Node::Kind::kPipeline);
  while (peek_plain() == "!") {
    node->negated = !node->negated;
    ++position_;
    skip_blanks();
  }
  for (;;) {
    auto child = command();
    if (!child) return nullptr;
    node->children.push_back(std::move(child));
    skip_blanks();
    if (!at("|") || at("||")) break;
    ++position_;
    if (at("&")) {
      fail("`|&' is not known here", "write 2>&1 | instead");
      return nullptr;
    }
    skip_newlines();
  }
  if (node->children.size() == 1 && !node->negated) return std::move(node->children[0]);
  return finish(std::move(node));
}

std::unique_ptr<Node> Parser::command() {
  if (problem_) return nullptr;
  skip_blanks();
  if (done() || here() == '\n' || at(";") || at("&") || at("|") || at(")")) {
    if (!at("&>")) {
      unexpected();
      return nullptr;
    }
  }
  const std::uint32_t start = place();
  const std::string_view plain = peek_plain();
  std::unique_ptr<Node> node;
  if (at("((") && arithmetic_end(position_ + 2)) {
    node = arithmetic_command();
  } else if (at("(")) {
    ++position_;
    node = make(Node::Kind::kSubshell);
    node->place = start;
    auto body = list();
    if (!body) return nullptr;
    if (!at(")")) {
      unexpected();
      return nullptr;
    }
    ++position_;
    node->children.push_back(std::move(body));
  } else {
    constexpr auto kCompound = std::to_array<std::string_view>(
        {"if", "for", "while", "until", "case", "{", "[[", "function"});
    const bool reserved = std::find(kCompound.begin(), kCompound.end(), plain) != kCompound.end();
    node = reserved ? compound(plain) : simple();
  }
  if (!node || problem_) return nullptr;
  if (node->kind != Node::Kind::kSimple && node->kind != Node::Kind::kFunction) {
    if (!take_redirections(*node)) return nullptr;
  }
  node->place = start;
  return finish(std::move(node));
}

std::unique_ptr<Node> Parser::simple() {
  auto node = make(Node::Kind::kSimple);
  for (;;) {
    skip_blanks();
    if (done() || here() == '\n' || here() == ';' || here() == '|' || here() == ')') break;
    if (here() == '&' && !at("&>")) break;
    if (here() == '(') {
      const bool definition = node->words.size() == 1 && node->assignments.empty() &&
                              node->redirections.empty() && node->words[0].literal();
      if (!node->assignments.empty() && node->words.empty()) {
        fail("arrays are not known here", "use a plain variable and for x in $list");
        return nullptr;
      }
      ++position_;
      skip_blanks();
      if (!definition || !at(")")) {
        --position_;
        unexpected();
        return nullptr;
      }
      ++position_;
      return function(node->words[0].text(), node->words[0].place);
    }
    const std::size_t before = node->redirections.size();
    if (!redirection(*node)) {
      if (problem_) return nullptr;
      Word next = word();
      if (problem_) return nullptr;
      if (!node->words.empty() || !take_assignment(*node, next))
        node->words.push_back(std::move(next));
    } else if (node->redirections.size() == before) {
      return nullptr;
    }
  }
  if (node->words.empty() && node->assignments.empty() && node->redirections.empty()) {
    unexpected();
    return nullptr;
  }
  note_names(*node);
  return finish(std::move(node));
}

bool Parser::take_assignment(Node& node, Word& word) {
  if (word.parts.empty() || word.parts[0].kind != Part::Kind::kLiteral || word.parts[0].quoted) {
    return false;
  }
  const std::string& text = word.parts[0].text;
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) return false;
  Assignment assignment;
  assignment.append = text[equals - 1] == '+';
  assignment.name = text.substr(0, equals - (assignment.append ? 1 : 0));
  if (!is_name(assignment.name)) return false;
  assignment.value = std::move(word);
  std::string rest = assignment.value.parts[0].text.substr(equals + 1);
  if (rest.empty()) {
    assignment.value.parts.erase(assignment.value.parts.begin());
  } else {
    assignment.value.parts[0].text = std::move(rest);
  }
  node.assignments.push_back(std::move(assignment));
  return true;
}

void Parser::note_names(const Node& node) {
  // What stands before the command proper: sudo -u root CMD, nohup CMD.
  std::size_t i = 0;
  while (i < node.words.size() && node.words[i].literal()) {
    const std::string name = node.words[i].text();
    if (name == "." || name == "source" || name == "eval") sources_ = true;
    if (name != "sudo" && name != "nohup" && name != "exec" && name != "command") {
      names_.push_back({node.words[i].place, name});
      return;
    }
    names_.push_back({node.words[i].place, name});
    ++i;
    while (i < node.words.size() && node.words[i].literal() &&
           node.words[i].text().starts_with('-')) {
      i += node.words[i].text() == "-u" ? 2 : 1;
    }
  }
}

bool Parser::take_redirections(Node& node) {
  for (;;) {
    skip_blanks();
    const std::size_t before = node.redirections.size();
    if (!redirection(node)) return !problem_;
    if (node.redirections.size() == before) return false;
  }
}

// True when a redirection stands here (it is then taken, or a problem set).
bool Parser::redirection(Node& node) {
  const std::size_t start = position_;
  std::size_t p = position_;
  Redirection r;
  bool both = false;
  int number = -1;
  if (at("&>")) {
    both = true;
    ++p;
  } else {
    while (p < text_.size() && is_digit(text_[p]) && p - start < 4) ++p;
    if (p >= text_.size() || (text_[p] != '<' && text_[p] != '>')) return false;
    if (p > start) {
      number = 0;
      for (std::size_t i = start; i < p; ++i) number = number * 10 + (text_[i] - '0');
    }
  }
  const char direction = text_[p];
  r.descriptor = both ? 3 : number >= 0 ? number : direction == '<' ? 0 : 1;
  if (!both && r.descriptor > 2) {
    fail("only descriptors 0, 1 and 2 are known here");
    return true;
  }
  position_ = p + 1;
  if (direction == '<') {
    r.kind = Redirection::Kind::kIn;
    if (at("<<")) {
      r.kind = Redirection::Kind::kHereString;
      position_ += 2;
    } else if (at("<")) {
      r.kind = Redirection::Kind::kHere;
      ++position_;
    } else if (at("(")) {
      fail("process substitution <( ) is not known here", "write the text to a file first");
      return true;
    }
  } else if (at(">")) {
    r.kind = Redirection::Kind::kAppend;
    ++position_;
  } else if (at("|")) {
    ++position_;
  }
  return redirection_target(node, std::move(r), start) || true;
}

bool Parser::redirection_target(Node& node, Redirection&& r, std::size_t start) {
  const bool plain = r.kind == Redirection::Kind::kOut || r.kind == Redirection::Kind::kIn;
  if (plain && at("&")) {
    ++position_;
    const bool closes = at("-");
    if (closes || (!done() && is_digit(here()))) {
      r.from = closes ? -1 : here() - '0';
      ++position_;
      if (r.from > 2) return fail("only descriptors 0, 1 and 2 are known here");
      r.kind = Redirection::Kind::kDuplicate;
      r.source = text_.substr(start, position_ - start);
      node.redirections.push_back(std::move(r));
      return true;
    }
    r.descriptor = 3;  // >& FILE is &> FILE
  }
  Here pending{&node, node.redirections.size(), {}, false, false};
  if (r.kind == Redirection::Kind::kHere && at("-")) {
    pending.strip_tabs = true;
    ++position_;
  }
  skip_blanks();
  r.source = text_.substr(start, position_ - start);
  Word target = word();
  if (problem_) return false;
  if (target.parts.empty()) return unexpected();
  if (r.kind == Redirection::Kind::kHere) {
    r.source += target.source;
    pending.delimiter = target.text();
    pending.quoted = std::any_of(target.parts.begin(), target.parts.end(),
                                 [](const Part& part) { return part.quoted; });
    pending_.push_back(std::move(pending));
  } else {
    r.target = std::move(target);
  }
  node.redirections.push_back(std::move(r));
  return true;
}

}  // namespace lvslab::admin
