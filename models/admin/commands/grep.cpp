// grep: lines that match a pattern.
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
    case 'E':
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
                  std::string_view& match) {
  for (Regex& pattern : patterns) {
    for (std::size_t from = 0; from <= line.size();) {
      std::size_t at = 0;
      std::size_t length = 0;
      if (!pattern.search(line.substr(from), at, length)) break;
      at += from;
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

/// False: what was wrong is in context.err.
bool parse(CommandContext& context, Options& options) {
  bool more = true;
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    if (more && word == "--") {
      more = false;
    } else if (more && word.starts_with("--color")) {
      continue;
    } else if (more && word == "-e" && i + 1 < context.args.size()) {
      options.patterns.push_back(context.args[++i]);
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
    const std::string prefix =
        named ? (input.name == "-" ? "(standard input)" : input.name) + ":" : "";
    std::size_t number = 0;
    std::size_t matched = 0;
    for (const std::string_view line : lines_of(input.text)) {
      ++number;
      std::string_view match;
      if (line_matches(patterns, options, line, match) == options.inverted) continue;
      ++matched;
      if (options.quiet || options.count || options.list_files) continue;
      context.out += prefix + (options.numbered ? std::to_string(number) + ":" : "");
      context.out += std::string(options.only && !options.inverted ? match : line) + "\n";
    }
    any = any || matched > 0;
    if (options.count && !options.quiet) context.out += prefix + std::to_string(matched) + "\n";
    if (options.list_files && matched > 0 && !options.quiet) context.out += input.name + "\n";
  }
  if (any && options.quiet) return 0;
  return status != 0 ? 2 : any ? 0 : 1;
}

}  // namespace lvslab::admin
