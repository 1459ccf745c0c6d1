// Compound commands: if, for, while, case, functions, [[ ]] and (( )).
#include <algorithm>

#include "admin/parser.h"

namespace lvslab::admin {

std::unique_ptr<Node> Parser::compound(std::string_view word) {
  const std::uint32_t start = place();
  if (word == "[[") return test_command();
  position_ += word.size();
  if (word == "if") return if_command();
  if (word == "for") return for_command();
  if (word == "while" || word == "until") return while_command(word == "until");
  if (word == "case") return case_command();
  if (word == "function") {
    skip_blanks();
    const std::string name{peek_plain()};
    position_ += name.size();
    skip_blanks();
    if (at("(")) {
      ++position_;
      skip_blanks();
      if (!at(")")) {
        unexpected();
        return nullptr;
      }
      ++position_;
    }
    return function(name, start);
  }
  auto node = make(Node::Kind::kGroup);
  auto body = list();
  if (!body || !expect("}")) return nullptr;
  node->children.push_back(std::move(body));
  return node;
}

std::unique_ptr<Node> Parser::function(std::string name, std::uint32_t start) {
  if (name.empty() || name.find_first_of("$`\"'\\=") != std::string::npos) {
    fail("`" + name + "': not a valid identifier");
    return nullptr;
  }
  skip_newlines();
  auto node = make(Node::Kind::kFunction);
  node->place = start;
  const Deeper deeper(*this);
  if (!deeper.ok()) return nullptr;
  auto body = command();
  if (!body) return nullptr;
  node->children.push_back(std::move(body));
  functions_.push_back(name);
  node->name = std::move(name);
  return finish(std::move(node));
}

std::unique_ptr<Node> Parser::if_command() {
  auto node = make(Node::Kind::kIf);
  for (;;) {
    auto condition = list();
    if (!condition || !expect("then")) return nullptr;
    auto body = list();
    if (!body) return nullptr;
    node->children.push_back(std::move(condition));
    node->children.push_back(std::move(body));
    if (peek_plain() != "elif") break;
    position_ += 4;
  }
  if (peek_plain() == "else") {
    position_ += 4;
    auto body = list();
    if (!body) return nullptr;
    node->children.push_back(std::move(body));
  }
  if (!expect("fi")) return nullptr;
  return node;
}

std::unique_ptr<Node> Parser::for_command() {
  auto node = make(Node::Kind::kFor);
  skip_blanks();
  if (at("((")) {
    if (!for_arithmetic(*node)) return nullptr;
  } else {
    node->name = peek_plain();
    if (!is_name(node->name)) {
      unexpected();
      return nullptr;
    }
    position_ += node->name.size();
    skip_newlines();
    node->has_words = peek_plain() == "in";
    if (node->has_words) {
      position_ += 2;
      skip_blanks();
      while (!problem_ && !done() && here() != '\n' && here() != ';') {
        if (at("&") || at("|") || at("(") || at(")") || at("<") || at(">")) {
          unexpected();
          return nullptr;
        }
        node->words.push_back(word());
        skip_blanks();
      }
    }
  }
  skip_blanks();
  if (at(";")) ++position_;
  if (!expect("do")) return nullptr;
  auto body = list();
  if (!body || !expect("done")) return nullptr;
  node->children.push_back(std::move(body));
  return node;
}

bool Parser::for_arithmetic(Node& node) {
  const auto end = arithmetic_end(position_ + 2);
  if (!end) return unexpected();
  std::string_view inner = text_.substr(position_ + 2, *end - position_ - 2);
  node.kind = Node::Kind::kForArithmetic;
  for (int i = 0; i < 3; ++i) {
    const std::size_t semicolon = inner.find(';');
    if ((semicolon == std::string_view::npos) != (i == 2)) {
      return fail("syntax error: arithmetic expression required", "for ((first; condition; next))");
    }
    node.words.push_back(expression(inner.substr(0, semicolon)));
    inner.remove_prefix(i == 2 ? inner.size() : semicolon + 1);
  }
  position_ = *end + 2;
  return !problem_;
}

std::unique_ptr<Node> Parser::while_command(bool until) {
  auto node = make(Node::Kind::kWhile);
  node->negated = until;
  auto condition = list();
  if (!condition || !expect("do")) return nullptr;
  auto body = list();
  if (!body || !expect("done")) return nullptr;
  node->children.push_back(std::move(condition));
  node->children.push_back(std::move(body));
  return node;
}

std::unique_ptr<Node> Parser::case_command() {
  auto node = make(Node::Kind::kCase);
  skip_blanks();
  node->words.push_back(word());
  if (node->words[0].parts.empty()) unexpected();
  if (!expect("in")) return nullptr;
  for (;;) {
    skip_newlines();
    if (problem_) return nullptr;
    if (peek_plain() == "esac") break;
    if (!case_item(*node)) return nullptr;
  }
  position_ += 4;
  return node;
}

bool Parser::case_item(Node& node) {
  CaseItem item;
  if (at("(")) ++position_;
  for (;;) {
    skip_blanks();
    Word pattern = word();
    if (problem_) return false;
    if (pattern.parts.empty()) return unexpected();
    item.patterns.push_back(std::move(pattern));
    skip_blanks();
    if (at(")")) break;
    if (!at("|")) return unexpected();
    ++position_;
  }
  ++position_;
  item.body = list();
  if (!item.body) return false;
  node.items.push_back(std::move(item));
  if (at(";;")) {
    position_ += 2;
    return true;
  }
  return peek_plain() == "esac" ? true : unexpected();
}

std::unique_ptr<Node> Parser::test_command() {
  auto node = make(Node::Kind::kTest);
  position_ += 2;
  for (;;) {
    skip_newlines();
    if (problem_) return nullptr;
    if (done()) {
      unexpected();
      return nullptr;
    }
    if (peek_plain() == "]]") break;
    // The operators of [[ ]] are words of their own, never redirections or lists.
    std::size_t length = 0;
    for (const std::string_view op : {"&&", "||", "(", ")", "<", ">"}) {
      if (length == 0 && at(op)) length = op.size();
    }
    Word next;
    if (length == 0) {
      next = word();
      if (next.parts.empty()) {
        unexpected();
        return nullptr;
      }
    } else {
      next.place = place();
      next.source = text_.substr(position_, length);
      next.parts.emplace_back();
      next.parts.back().text = next.source;
      position_ += length;
    }
    node->words.push_back(std::move(next));
  }
  position_ += 2;
  return node;
}

std::unique_ptr<Node> Parser::arithmetic_command() {
  auto node = make(Node::Kind::kArithmetic);
  const std::size_t end = *arithmetic_end(position_ + 2);
  node->words.push_back(expression(text_.substr(position_ + 2, end - position_ - 2)));
  position_ = end + 2;
  return problem_ ? nullptr : std::move(node);
}

}  // namespace lvslab::admin
