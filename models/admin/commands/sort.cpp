// sort and uniq.
#include <algorithm>

#include "admin/commands/commands.h"
#include "admin/commands/filters.h"

namespace lvslab::admin {
namespace {

struct SortOptions {
  bool numeric = false, reverse = false, unique = false;
  std::size_t key = 0;  ///< field to compare from, 0: whole line
  std::vector<std::string> files;
};

/// A status, or 0 to go on.
int parse(CommandContext& context, SortOptions& options) {
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    if (word.size() < 2 || word[0] != '-') {
      options.files.push_back(word);
    } else if (word.starts_with("-k")) {
      const bool apart = word.size() == 2 && i + 1 < context.args.size();
      const std::string field = apart ? context.args[++i] : word.substr(2);
      const auto value = parse_count(field.substr(0, field.find_first_not_of("0123456789")));
      if (!value || *value == 0) {
        context.err +=
            "sort: invalid number at field start: invalid count at start of '" + field + "'\n";
        return 2;
      }
      options.key = static_cast<std::size_t>(*value);
      options.numeric = options.numeric || field.find('n') != std::string::npos;
      options.reverse = options.reverse || field.find('r') != std::string::npos;
    } else {
      for (const char c : word.substr(1)) {
        bool* flag = c == 'n'   ? &options.numeric
                     : c == 'r' ? &options.reverse
                     : c == 'u' ? &options.unique
                                : nullptr;
        if (flag == nullptr) return refuse_option(context, word);
        *flag = true;
      }
    }
  }
  return 0;
}

std::string_view key_of(std::string_view line, const SortOptions& options) {
  const auto skip = [&](bool blanks) {
    const std::size_t end = blanks ? line.find_first_not_of(" \t") : line.find_first_of(" \t");
    line.remove_prefix(std::min(end, line.size()));
  };
  for (std::size_t k = 1; k < options.key && !line.empty(); ++k) {
    skip(true);
    skip(false);
  }
  if (options.key > 0 || options.numeric) skip(true);
  return line;
}

long long value_of(std::string_view line) {
  const bool negative = line.starts_with('-');
  long long value = 0;
  for (const char c : line.substr(negative ? 1 : 0)) {
    if (c < '0' || c > '9' || value > 1'000'000'000'000'000LL) break;
    value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

}  // namespace

CommandResult run_sort(CommandContext& context) {
  SortOptions options;
  if (const int status = parse(context, options); status != 0) return status;
  int status = 0;
  std::string text;
  for (const NamedText& input : read_inputs(context, options.files, status)) {
    text += input.text;
    if (!text.empty() && text.back() != '\n') text += '\n';
  }
  struct Line {
    std::string_view whole, key;
    long long value;
  };
  std::vector<Line> lines;
  for (const std::string_view line : lines_of(text)) {
    const std::string_view key = key_of(line, options);
    lines.push_back({line, key, options.numeric ? value_of(key) : 0});
  }
  std::sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    if (a.value != b.value) return a.value < b.value;
    return a.key != b.key ? a.key < b.key : a.whole < b.whole;
  });
  if (options.reverse) std::reverse(lines.begin(), lines.end());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (options.unique && i > 0 && lines[i].whole == lines[i - 1].whole) continue;
    context.out += std::string(lines[i].whole) + "\n";
  }
  return status;
}

CommandResult run_uniq(CommandContext& context) {
  bool count = false;
  std::vector<std::string> names;
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    if (context.args[i] == "-c") {
      count = true;
    } else if (context.args[i].size() > 1 && context.args[i][0] == '-') {
      return refuse_option(context, context.args[i]);
    } else {
      names.push_back(context.args[i]);
    }
  }
  int status = 0;
  for (const NamedText& input : read_inputs(context, names, status)) {
    const std::vector<std::string_view> lines = lines_of(input.text);
    for (std::size_t i = 0; i < lines.size();) {
      std::size_t end = i + 1;
      while (end < lines.size() && lines[end] == lines[i]) ++end;
      if (count) {
        const std::string times = std::to_string(end - i);
        context.out += std::string(times.size() < 7 ? 7 - times.size() : 0, ' ') + times + " ";
      }
      context.out += std::string(lines[i]) + "\n";
      i = end;
    }
  }
  return status;
}

}  // namespace lvslab::admin
