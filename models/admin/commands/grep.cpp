// grep, egrep, fgrep: lines that match a pattern, and lines around them.
#include <algorithm>

#include "admin/commands/commands.h"
#include "admin/commands/filters.h"
#include "admin/commands/regex.h"

namespace lvslab::admin {
namespace {

struct Options {
  Regex::Syntax syntax = Regex::Syntax::kBasic;
  bool ignore_case = false, inverted = false, count = false, quiet = false, numbered = false,
       only = false;
  bool names = false, no_names = false, words = false, whole_line = false, list_files = false,
       silent = false;
  long before = 0, after = 0, most = -1;  ///< -B, -A, -m
  std::vector<std::string> patterns, files;
};

/// The offending letter, or 0.
char take_option(Options& options, char c) {
  switch (c) {
    case 'i':
      options.ignore_case = true;
      return 0;
    case 'v':
      options.inverted = true;
      return 0;
    case 'c':
      options.count = true;
      return 0;
    case 'q':
      options.quiet = true;
      return 0;
    case 'n':
      options.numbered = true;
      return 0;
    case 'o':
      options.only = true;
      return 0;
    case 'w':
      options.words = true;
      return 0;
    case 'x':
      options.whole_line = true;
      return 0;
    case 'l':
      options.list_files = true;
      return 0;
    case 'H':
      options.names = true;
      return 0;
    case 'h':
      options.no_names = true;
      return 0;
    case 's':
      options.silent = true;
      return 0;
    case 'a':
    case 'r':
      return 0;
    case 'E':
    case 'P':
      options.syntax = Regex::Syntax::kExtended;
      return 0;
    case 'F':
      options.syntax = Regex::Syntax::kFixed;
      return 0;
    case 'G':
      options.syntax = Regex::Syntax::kBasic;
      return 0;
    default:
      return c;
  }
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool line_matches(std::vector<Regex>& patterns, const Options& options, std::string_view line,
                  std::string_view& match, std::size_t begin = 0) {
  for (Regex& pattern : patterns) {
    for (std::size_t from = begin; from <= line.size();) {
      std::size_t at = 0;
      std::size_t length = 0;
      if (!pattern.search(line, at, length, from)) break;
      match = line.substr(at, length);
      const bool edges = (at == 0 || !is_word(line[at - 1])) &&
                         (at + length >= line.size() || !is_word(line[at + length]));
      const bool whole = at == 0 && length == line.size();
      if ((!options.words || edges) && (!options.whole_line || whole)) return true;
      if (!options.words) break;
      from = at + 1;
    }
  }
  return false;
}

/// "-A3", "-A 3", "-3": false when `word` is none of these.
bool take_count(CommandContext& context, Options& options, std::size_t& i) {
  const std::string& word = context.args[i];
  const bool bare = word[1] >= '0' && word[1] <= '9';
  if (!bare && std::string_view("ABCm").find(word[1]) == std::string_view::npos) return false;
  std::string value = word.substr(bare ? 1 : 2);
  if (value.empty() && i + 1 < context.args.size()) value = context.args[++i];
  const auto count = parse_count(value);
  if (!count) return false;
  if (word[1] == 'm') {
    options.most = *count;
    return true;
  }
  if (word[1] != 'A') options.before = *count;
  if (word[1] != 'B') options.after = *count;
  return true;
}

/// False: what was wrong is in context.err.
bool parse(CommandContext& context, Options& options) {
  bool more = true;
  if (context.args[0].ends_with("egrep")) options.syntax = Regex::Syntax::kExtended;
  if (context.args[0].ends_with("fgrep")) options.syntax = Regex::Syntax::kFixed;
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    if (more && word == "--") {
      more = false;
    } else if (more && word.starts_with("--color")) {
      continue;
    } else if (more && word == "-e" && i + 1 < context.args.size()) {
      options.patterns.push_back(context.args[++i]);
    } else if (more && word.size() > 1 && word[0] == '-' && take_count(context, options, i)) {
      continue;
    } else if (more && word.size() > 1 && word[0] == '-') {
      for (const char c : word.substr(1)) {
        if (take_option(options, c) == 0) continue;
        context.err += std::string("grep: invalid option -- '") + c +
                       "'\nUsage: grep [OPTION]... PATTERNS [FILE]...\n";
        return false;
      }
    } else if (options.patterns.empty()) {
      options.patterns.push_back(word);
    } else {
      options.files.push_back(word);
    }
  }
  if (options.patterns.empty()) {
    context.err +=
        "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n";
    return false;
  }
  return true;
}

std::string shown_name(const NamedText& input) {
  return input.name == "-" ? "(standard input)" : input.name;
}

/// How many lines of `input` were selected; they and their surroundings are in context.out.
std::size_t search(CommandContext& context, const Options& options, std::vector<Regex>& patterns,
                   const NamedText& input, bool named) {
  const std::vector<std::string_view> lines = lines_of(input.text);
  const bool around = (options.before > 0 || options.after > 0) && !options.only;
  std::size_t matched = 0, shown = 0;  ///< lines up to `shown` have been printed
  std::size_t follow = 0;              ///< lines before this one follow a match
  const auto print = [&](std::size_t i, std::string_view text, char mark) {
    if (context.out.size() > kLargestOutput) return;
    if (named) context.out += shown_name(input) + mark;
    if (options.numbered) context.out += std::to_string(i + 1) + mark;
    context.out += std::string(text) + "\n";
  };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string_view match;
    const bool over = options.most >= 0 && static_cast<long>(matched) >= options.most;
    if (over || line_matches(patterns, options, lines[i], match) == options.inverted) {
      if (over && i >= follow) break;
      if (around && i < follow) {
        print(i, lines[i], '-');
        shown = i + 1;
      }
      continue;
    }
    ++matched;
    if (options.quiet || options.count || options.list_files) continue;
    if (around) {
      const auto reach = std::min(static_cast<std::size_t>(options.before), i);
      const std::size_t first = std::max(shown, i - reach);
      if (shown > 0 && first > shown) context.out += "--\n";
      for (std::size_t k = first; k < i; ++k) print(k, lines[k], '-');
      follow = i + 1 + static_cast<std::size_t>(options.after);
    }
    shown = i + 1;
    if (!options.only || options.inverted) {
      print(i, lines[i], ':');
      continue;
    }
    // -o: every match of the line, from left to right
    std::size_t from = 0;
    while (!match.empty()) {
      print(i, match, ':');
      from = static_cast<std::size_t>(match.data() - lines[i].data()) + match.size();
      if (from >= lines[i].size() || !line_matches(patterns, options, lines[i], match, from)) break;
    }
  }
  return matched;
}

}  // namespace

CommandResult run_grep(CommandContext& context) {
  Options options;
  if (!parse(context, options)) return 2;
  std::vector<Regex> patterns;
  for (const std::string& pattern : options.patterns) {
    patterns.emplace_back(pattern, options.syntax, options.ignore_case);
    if (patterns.back().error().empty()) continue;
    context.err += "grep: " + patterns.back().error() + "\n";
    return 2;
  }
  int status = 0;
  const std::string errors = context.err;
  const std::vector<NamedText> inputs = read_inputs(context, options.files, status);
  if (options.silent) context.err = errors;
  const bool named = (options.names || options.files.size() > 1) && !options.no_names;
  bool any = false;
  for (const NamedText& input : inputs) {
    const std::size_t matched = search(context, options, patterns, input, named);
    any = any || matched > 0;
    const std::string prefix = named ? shown_name(input) + ":" : "";
    if (options.count && !options.quiet) context.out += prefix + std::to_string(matched) + "\n";
    if (options.list_files && matched > 0 && !options.quiet) context.out += input.name + "\n";
  }
  if (any && options.quiet) return 0;
  return status != 0 ? 2 : any ? 0 : 1;
}

}  // namespace lvslab::admin
