// cut and tr.
#include <algorithm>

#include "admin/commands/commands.h"
#include "admin/commands/filters.h"

namespace lvslab::admin {
namespace {

struct CutOptions {
  char delimiter = '\t';
  bool characters = false;
  std::vector<std::pair<long, long>> ranges;
  std::vector<std::string> files;

  bool wanted(long n) const {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const auto& r) { return n >= r.first && n <= r.second; });
  }
};

/// "1,3-4,6-": numbers from 1.
void parse_ranges(std::string_view rest, CutOptions& options) {
  while (!rest.empty() && options.ranges.size() < 1000) {
    const std::string_view item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(item.size() + 1, rest.size()));
    const std::size_t dash = item.find('-');
    const bool open = dash != std::string_view::npos;
    const auto low = parse_count(item.substr(0, dash));
    const auto high = open ? parse_count(item.substr(dash + 1)) : low;
    options.ranges.emplace_back(low.value_or(1), high.value_or(open ? 1'000'000'000L : 0));
  }
}

void cut_line(CommandContext& context, const CutOptions& options, std::string_view line) {
  if (!options.characters && line.find(options.delimiter) == std::string_view::npos) {
    context.out += std::string(line) + "\n";
    return;
  }
  bool first = true;
  for (long n = 1; !line.empty(); ++n) {
    const std::size_t end =
        options.characters ? 1 : std::min(line.find(options.delimiter), line.size());
    if (options.wanted(n)) {
      if (!first && !options.characters) context.out += options.delimiter;
      context.out += line.substr(0, end);
      first = false;
    }
    line.remove_prefix(std::min(options.characters ? 1 : end + 1, line.size()));
  }
  context.out += '\n';
}

/// A set of characters with ranges and escapes written out.
std::string expand_set(const std::string& text) {
  std::string set;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      c = text[++i];
      c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
    }
    if (i + 2 < text.size() && text[i + 1] == '-') {
      const int last = static_cast<unsigned char>(text[i + 2]);
      for (int k = static_cast<unsigned char>(c); k <= last; ++k) set += static_cast<char>(k);
      i += 2;
    } else {
      set += c;
    }
  }
  return set;
}

}  // namespace

CommandResult run_cut(CommandContext& context) {
  CutOptions options;
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    if (word.size() < 2 || word[0] != '-') {
      options.files.push_back(word);
      continue;
    }
    const bool apart = word.size() == 2 && i + 1 < context.args.size();
    const std::string value = apart ? context.args[i + 1] : word.substr(2);
    if (word[1] == 'd') {
      options.delimiter = value.empty() ? '\t' : value[0];
    } else if (word[1] == 'f' || word[1] == 'c') {
      options.characters = word[1] == 'c';
      parse_ranges(value, options);
    } else {
      return refuse_option(context, word);
    }
    if (apart) ++i;
  }
  if (options.ranges.empty()) {
    context.err += "cut: you must specify a list of bytes, characters, or fields\n";
    return 1;
  }
  int status = 0;
  for (const NamedText& input : read_inputs(context, options.files, status)) {
    for (const std::string_view line : lines_of(input.text)) cut_line(context, options, line);
  }
  return status;
}

CommandResult run_tr(CommandContext& context) {
  bool deletes = false, squeezes = false;
  std::vector<std::string> sets;
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    deletes = deletes || word == "-d";
    squeezes = squeezes || word == "-s";
    if (word != "-d" && word != "-s") sets.push_back(word);
  }
  if (sets.empty() || (sets.size() < 2 && !deletes && !squeezes)) {
    context.err +=
        sets.empty() ? "tr: missing operand\n" : "tr: missing operand after '" + sets[0] + "'\n";
    return 1;
  }
  const std::string from = expand_set(sets[0]);
  const std::string to = sets.size() > 1 ? expand_set(sets[1]) : deletes ? "" : from;
  for (const char c : context.input) {
    const std::size_t at = from.find(c);
    if (at != std::string::npos && deletes) continue;
    const char made = at != std::string::npos && !to.empty() ? to[std::min(at, to.size() - 1)] : c;
    const bool repeats = squeezes && !context.out.empty() && context.out.back() == made &&
                         to.find(made) != std::string::npos;
    if (!repeats) context.out += made;
  }
  return 0;
}

}  // namespace lvslab::admin
