// What runs an awk program: its variables, arrays and fields, one line after the other. Bounded in
// steps and in what it keeps. Source: POSIX awk.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "admin/command.h"
#include "admin/commands/awk_program.h"
#include "admin/commands/filters.h"
#include "admin/commands/regex.h"

namespace lvslab::admin {

/// A number, a text, or a text from outside that may be a number.
struct AwkValue {
  std::string text;
  double number = 0;
  enum class Kind : unsigned char { kNone, kNumber, kText, kOutside } kind = Kind::kNone;
};

AwkValue awk_of_number(double number);
AwkValue awk_of_text(std::string text);
AwkValue awk_from_outside(std::string text);
bool awk_looks_numeric(const std::string& text, double& number);
double awk_to_number(const AwkValue& value);
long long awk_whole(double number);
std::string awk_number_text(double number);
std::string awk_to_text(const AwkValue& value);
bool awk_to_bool(const AwkValue& value);

/// Bytes of one text.
inline constexpr std::size_t kAwkLargestText = 1u << 20;

class Awk {
 public:
  Awk(CommandContext& context, std::vector<AwkRule>& rules);
  void set(const std::string& name, const std::string& text);

  int run(const std::vector<NamedText>& inputs, bool only_begin);

 private:
  enum class Flow : unsigned char { kGo, kBreak, kContinue, kNext, kExit };

  bool fine();
  /// What takes longer than a step: bytes copied, keys listed.
  void charge(std::size_t amount) { steps_ += amount / 16; }
  void fail(const std::string& what);

  void for_rules(AwkRule::When when);

  bool record(std::string_view line);

  bool applies(AwkRule& rule);

  void print_line(const std::string& text);

  // --- fields ------------------------------------------------------------------------------------
  std::vector<std::string> split(const std::string& text, const std::string& separator);
  void split_record(std::string text);
  void join_record();

  // --- places ------------------------------------------------------------------------------------
  AwkValue& element(const std::string& array, const std::string& key);
  AwkValue read(const AwkNode& place);
  void write(const AwkNode& place, AwkValue value);

  // --- statements --------------------------------------------------------------------------------
  /// Whether a loop ends here.
  bool loop_ends();
  void execute(const AwkNode& s);
  void print(const AwkNode& s);

  // --- expressions -------------------------------------------------------------------------------
  AwkValue evaluate(const AwkNode& e);
  double compute(char sign, double a, double b);
  bool compare(const AwkNode& e);

  Regex& pattern(const std::string& text);
  std::string pattern_text(const AwkNode& e);
  bool found(const std::string& text, const std::string& wanted);

  // --- functions ---------------------------------------------------------------------------------
  AwkValue call(const AwkNode& e);
  AwkValue substring(const AwkNode& e);
  // sub and gsub
  AwkValue substitute(const AwkNode& e);
  std::string formatted(const std::vector<AwkNode>& list);
  std::string converted(const std::string& spec, char letter, const AwkValue& value);

  CommandContext& context_;
  std::vector<AwkRule>& rules_;
  std::map<std::string, AwkValue> variables_;
  std::map<std::string, std::map<std::string, AwkValue>> arrays_;
  std::map<std::string, Regex> patterns_;
  std::string line_;
  std::vector<std::string> fields_;
  Flow flow_ = Flow::kGo;
  int status_ = 0;
  std::uint64_t steps_ = 0;
  std::string error_;
};

}  // namespace lvslab::admin
