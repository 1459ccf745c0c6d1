#include "admin/commands/awk_program.h"

#include <algorithm>
#include <cstdlib>

#include "admin/commands/awk_tokens.h"

namespace lvslab::admin {
namespace {

using K = AwkNode::Kind;

constexpr int kDeepest = 200;
constexpr int kMostLinks = 500;  ///< of a chain like 1+1+1: each is a level of its tree

AwkNode node(K kind, std::string text = {}, std::vector<AwkNode> parts = {}) {
  AwkNode made;
  made.kind = kind;
  made.text = std::move(text);
  made.parts = std::move(parts);
  return made;
}

template <typename... Parts>
AwkNode tree(K kind, std::string text, Parts... parts) {
  AwkNode made = node(kind, std::move(text));
  (made.parts.push_back(std::move(parts)), ...);
  return made;
}

class Reader : private AwkScanner {
 public:
  Reader(std::string_view text, std::vector<AwkRule>& rules) : AwkScanner(text), rules_(rules) {}

  std::string read() {
    advance();
    skip_ends();
    while (error_.empty() && token_.kind != AwkToken::Kind::kEnd) {
      rules_.push_back(rule());
      skip_ends();
    }
    return error_;
  }

 private:
  bool is(std::string_view sign) const {
    return token_.kind == AwkToken::Kind::kSign && token_.text == sign;
  }
  bool is_word(std::string_view word) const {
    return token_.kind == AwkToken::Kind::kName && token_.text == word;
  }
  bool take(std::string_view sign) {
    if (!is(sign)) return false;
    advance();
    return true;
  }
  void want(std::string_view sign) {
    if (!take(sign)) fail();
  }
  void skip_newlines() {
    while (token_.kind == AwkToken::Kind::kNewline) advance();
  }
  void skip_ends() {
    while (token_.kind == AwkToken::Kind::kNewline || is(";")) advance();
  }

  // --- rules and statements ----------------------------------------------------------------------
  AwkRule rule() {
    AwkRule made;
    if (is_word("BEGIN") || is_word("END")) {
      made.when = is_word("BEGIN") ? AwkRule::When::kBegin : AwkRule::When::kEnd;
      advance();
      if (!is("{")) fail();
    } else if (!is("{")) {
      made.when = AwkRule::When::kExpression;
      made.pattern.push_back(expression());
      if (take(",")) {
        made.when = AwkRule::When::kRange;
        skip_newlines();
        made.pattern.push_back(expression());
      }
    }
    if (is("{")) {
      made.action = block();
    } else {
      made.prints_line = true;
    }
    return made;
  }
  AwkNode block() {
    want("{");
    AwkNode made = node(K::kBlock);
    skip_ends();
    while (error_.empty() && !is("}")) {
      if (token_.kind == AwkToken::Kind::kEnd) fail();
      made.parts.push_back(statement());
      skip_ends();
    }
    want("}");
    return made;
  }
  void end_statement() {
    if (is(";") || token_.kind == AwkToken::Kind::kNewline) {
      advance();
    } else if (!is("}") && token_.kind != AwkToken::Kind::kEnd) {
      fail();
    }
  }
  AwkNode body() {
    skip_newlines();
    if (is(";")) {
      advance();
      return node(K::kBlock);
    }
    return statement();
  }
  AwkNode statement() {
    links_ = 0;
    if (++depth_ > kDeepest) fail();
    AwkNode made = simple_or_compound();
    --depth_;
    return made;
  }
  AwkNode simple_or_compound() {
    if (is("{")) return block();
    if (is_word("if")) return branch();
    if (is_word("while")) {
      advance();
      want("(");
      AwkNode condition = expression();
      want(")");
      return tree(K::kWhile, "", std::move(condition), body());
    }
    if (is_word("do")) {
      advance();
      AwkNode inner = body();
      skip_ends();
      if (!is_word("while")) fail();
      advance();
      want("(");
      AwkNode condition = expression();
      want(")");
      end_statement();
      return tree(K::kDo, "", std::move(inner), std::move(condition));
    }
    if (is_word("for")) return loop();
    AwkNode made = simple();
    end_statement();
    return made;
  }
  AwkNode branch() {
    advance();
    want("(");
    AwkNode condition = expression();
    want(")");
    AwkNode made = tree(K::kIf, "", std::move(condition), body());
    const std::size_t mark = at_;
    const AwkToken token = token_;
    skip_ends();
    if (is_word("else")) {
      advance();
      made.parts.push_back(body());
    } else {
      at_ = mark;
      token_ = token;
    }
    return made;
  }
  AwkNode loop() {
    advance();
    want("(");
    AwkNode first = is(";") ? node(K::kBlock) : simple();
    if (is(")") && first.kind == K::kExpression && first.parts[0].kind == K::kIn &&
        first.parts[0].parts[0].kind == K::kVariable) {
      advance();
      AwkNode made = node(K::kForIn, first.parts[0].text);
      made.parts.push_back(std::move(first.parts[0].parts[0]));
      made.parts.push_back(body());
      return made;
    }
    want(";");
    skip_newlines();
    AwkNode condition = is(";") ? node(K::kNumber, "1") : expression();
    if (condition.kind == K::kNumber && condition.text == "1") condition.number = 1;
    want(";");
    skip_newlines();
    AwkNode step = is(")") ? node(K::kBlock) : simple();
    want(")");
    return tree(K::kFor, "", std::move(first), std::move(condition), std::move(step), body());
  }
  AwkNode simple() {
    if (is_word("print") || is_word("printf")) {
      AwkNode made = node(is_word("print") ? K::kPrint : K::kPrintf);
      advance();
      in_print_ = true;
      while (error_.empty() && token_.kind != AwkToken::Kind::kEnd &&
             token_.kind != AwkToken::Kind::kNewline && !is(";") && !is("}")) {
        made.parts.push_back(expression());
        if (!take(",")) break;
        skip_newlines();
      }
      in_print_ = false;
      // print (a, b): a list in parentheses
      if (made.parts.size() == 1 && made.parts[0].kind == K::kGroup &&
          made.parts[0].parts.size() > 1) {
        std::vector<AwkNode> list = std::move(made.parts[0].parts);
        made.parts = std::move(list);
      }
      return made;
    }
    if (is_word("next") || is_word("exit") || is_word("break") || is_word("continue")) {
      AwkNode made = node(is_word("next")    ? K::kNext
                          : is_word("exit")  ? K::kExit
                          : is_word("break") ? K::kBreak
                                             : K::kContinue);
      advance();
      if (made.kind == K::kExit && !is(";") && !is("}") &&
          token_.kind != AwkToken::Kind::kNewline && token_.kind != AwkToken::Kind::kEnd)
        made.parts.push_back(expression());
      return made;
    }
    if (is_word("delete")) {
      advance();
      AwkNode made = node(K::kDelete, token_.text);
      advance();
      if (take("[")) {
        made.parts.push_back(subscripts());
        want("]");
      }
      return made;
    }
    return tree(K::kExpression, "", expression());
  }

  void link() {
    if (++links_ > kMostLinks) fail();
  }

  // --- expressions, loosest first ----------------------------------------------------------------
  AwkNode expression() {
    if (++depth_ > kDeepest) fail();
    AwkNode left = conditional();
    static constexpr std::string_view kAssigns[] = {"=", "+=", "-=", "*=", "/=", "%=", "^="};
    for (const std::string_view sign : kAssigns) {
      if (!is(sign)) continue;
      if (left.kind != K::kVariable && left.kind != K::kElement && left.kind != K::kField) fail();
      advance();
      skip_newlines();
      left = tree(K::kAssign, std::string(sign.substr(0, sign.size() - 1)), std::move(left),
                  expression());
      break;
    }
    --depth_;
    return left;
  }
  AwkNode conditional() {
    AwkNode left = either();
    if (!take("?")) return left;
    skip_newlines();
    AwkNode yes = expression();
    skip_newlines();
    want(":");
    skip_newlines();
    return tree(K::kConditional, "", std::move(left), std::move(yes), expression());
  }
  AwkNode either() {
    AwkNode left = both();
    while (take("||")) {
      skip_newlines();
      link();
      left = tree(K::kOr, "", std::move(left), both());
    }
    return left;
  }
  AwkNode both() {
    AwkNode left = member();
    while (take("&&")) {
      skip_newlines();
      link();
      left = tree(K::kAnd, "", std::move(left), member());
    }
    return left;
  }
  AwkNode member() {
    AwkNode left = matching();
    while (is_word("in")) {
      advance();
      link();
      left = tree(K::kIn, token_.text, std::move(left));
      advance();
    }
    return left;
  }
  AwkNode matching() {
    AwkNode left = comparison();
    while (is("~") || is("!~")) {
      const std::string sign = token_.text;
      advance();
      link();
      left = tree(K::kMatch, sign, std::move(left), comparison());
    }
    return left;
  }
  AwkNode comparison() {
    AwkNode left = joined();
    for (const std::string_view sign : {"<", "<=", "==", "!=", ">", ">="}) {
      if (!is(sign) || (in_print_ && groups_ == 0 && sign == ">")) continue;
      advance();
      return tree(K::kCompare, std::string(sign), std::move(left), joined());
    }
    return left;
  }
  bool begins_operand() const {
    if (token_.kind == AwkToken::Kind::kName)
      return token_.text != "in" && token_.text != "else" && token_.text != "while";
    return token_.kind == AwkToken::Kind::kNumber || token_.kind == AwkToken::Kind::kString ||
           is("$") || is("(") || is("!") || is("-") || is("+") || is("++") || is("--");
  }
  AwkNode joined() {
    AwkNode left = sum();
    while (error_.empty() && begins_operand()) {
      link();
      left = tree(K::kJoin, "", std::move(left), sum());
    }
    return left;
  }
  AwkNode sum() {
    AwkNode left = product();
    while (is("+") || is("-")) {
      const std::string sign = token_.text;
      advance();
      link();
      left = tree(K::kArithmetic, sign, std::move(left), product());
    }
    return left;
  }
  AwkNode product() {
    AwkNode left = unary();
    while (is("*") || is("/") || is("%")) {
      const std::string sign = token_.text;
      advance();
      link();
      left = tree(K::kArithmetic, sign, std::move(left), unary());
    }
    return left;
  }
  AwkNode unary() {
    if (++depth_ > kDeepest) fail();
    AwkNode made;
    if (take("!")) {
      made = tree(K::kNot, "", unary());
    } else if (take("-")) {
      made = tree(K::kNegate, "-", unary());
    } else if (take("+")) {
      made = tree(K::kNegate, "+", unary());
    } else {
      made = changed();
      if (take("^") || take("**")) made = tree(K::kArithmetic, "^", std::move(made), unary());
    }
    --depth_;
    return made;
  }
  AwkNode changed() {
    if (is("++") || is("--")) {
      const std::string sign = token_.text.substr(1);
      advance();
      return tree(K::kBefore, sign, primary());
    }
    AwkNode made = primary();
    const bool place =
        made.kind == K::kVariable || made.kind == K::kElement || made.kind == K::kField;
    if (place && (is("++") || is("--"))) {
      const std::string sign = token_.text.substr(1);
      advance();
      return tree(K::kAfter, sign, std::move(made));
    }
    return made;
  }
  AwkNode subscripts() {
    ++groups_;
    AwkNode made = expression();
    while (take(",")) {
      link();
      made = tree(K::kJoin, "", tree(K::kJoin, "", std::move(made), node(K::kString, "\034")),
                  expression());
    }
    --groups_;
    return made;
  }
  AwkNode primary() {
    const AwkToken token = token_;
    switch (token.kind) {
      case AwkToken::Kind::kNumber: {
        AwkNode made = node(K::kNumber, token.text);
        made.number = std::strtod(token.text.c_str(), nullptr);
        advance();
        return made;
      }
      case AwkToken::Kind::kString:
        advance();
        return node(K::kString, token.text);
      case AwkToken::Kind::kPattern:
        advance();
        return node(K::kPattern, token.text);
      case AwkToken::Kind::kName:
        return named(token);
      default:
        break;
    }
    if (take("$")) {
      if (++depth_ > kDeepest) fail();
      AwkNode made = tree(K::kField, "", is("-") || is("++") || is("--") ? unary() : primary());
      --depth_;
      return made;
    }
    if (take("(")) {
      ++groups_;
      AwkNode made = tree(K::kGroup, "", expression());
      while (take(",")) made.parts.push_back(expression());
      --groups_;
      want(")");
      return made;
    }
    fail();
    return {};
  }
  AwkNode named(const AwkToken& token) {
    static constexpr std::string_view kFunctions[] = {
        "length", "substr",  "index",   "split",   "sub",    "gsub",   "match",
        "int",    "sprintf", "tolower", "toupper", "system", "getline"};
    advance();
    const bool known =
        std::find(std::begin(kFunctions), std::end(kFunctions), token.text) != std::end(kFunctions);
    if (known || token.call) {
      AwkNode made = node(K::kCall, token.text);
      if (!known || token.text == "system" || token.text == "getline") {
        token_ = token;
        fail();
        return made;
      }
      if (!token.call && token.text == "length") return made;
      ++groups_;
      want("(");
      while (error_.empty() && !is(")")) {
        made.parts.push_back(expression());
        if (!take(",")) break;
        skip_newlines();
      }
      --groups_;
      want(")");
      return made;
    }
    if (!take("[")) return node(K::kVariable, token.text);
    AwkNode made = tree(K::kElement, token.text, subscripts());
    want("]");
    return made;
  }

  std::vector<AwkRule>& rules_;
  int depth_ = 0, groups_ = 0, links_ = 0;
  bool in_print_ = false;
};

}  // namespace

std::string awk_unescape(std::string_view text) {
  std::string made;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 >= text.size()) {
      made += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'n':
        made += '\n';
        break;
      case 't':
        made += '\t';
        break;
      case '\\':
      case '"':
      case '/':
        made += text[i];
        break;
      default:
        made += '\\';
        made += text[i];
    }
  }
  return made;
}

std::string read_awk_program(std::string_view text, std::vector<AwkRule>& rules) {
  return Reader(text, rules).read();
}

}  // namespace lvslab::admin
