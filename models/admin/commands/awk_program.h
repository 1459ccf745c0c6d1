// An awk program, read: rules of a pattern and an action, as trees. Source: POSIX awk without
// functions of one's own, getline, pipes and redirections.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lvslab::admin {

struct AwkNode {
  enum class Kind : unsigned char {
    kNumber,
    kString,
    kPattern,
    kVariable,
    kElement,
    kField,
    kAssign,
    kConditional,
    kOr,
    kAnd,
    kIn,
    kMatch,
    kCompare,
    kJoin,
    kArithmetic,
    kNegate,
    kNot,
    kBefore,
    kAfter,
    kCall,
    kGroup,
    // statements
    kBlock,
    kPrint,
    kPrintf,
    kIf,
    kWhile,
    kDo,
    kFor,
    kForIn,
    kNext,
    kExit,
    kBreak,
    kContinue,
    kDelete,
    kExpression
  } kind = Kind::kBlock;
  std::string text;  ///< name, operator, literal
  double number = 0;
  std::vector<AwkNode> parts;
};

struct AwkRule {
  enum class When : unsigned char {
    kAlways,
    kBegin,
    kEnd,
    kExpression,
    kRange
  } when = When::kAlways;
  std::vector<AwkNode> pattern;  ///< one expression, or two of a range
  AwkNode action;
  bool prints_line = false;  ///< no action was given
  bool active = false;       ///< within its range
};

/// An error's text ("syntax error at or near X"), or empty.
std::string read_awk_program(std::string_view text, std::vector<AwkRule>& rules);
/// What escapes in a string stand for.
std::string awk_unescape(std::string_view text);

}  // namespace lvslab::admin
