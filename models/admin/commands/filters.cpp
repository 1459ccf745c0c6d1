// cat, tee, head, tail, wc.
#include "admin/commands/filters.h"

#include <algorithm>

#include "admin/commands/commands.h"
#include "admin/files.h"

namespace lvslab::admin {
namespace {

bool room(const CommandContext& context) { return context.out.size() < kLargestOutput; }

}  // namespace

std::optional<long> parse_count(std::string_view text) {
  if (text.empty() || text.size() > 9) return std::nullopt;
  long value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

int refuse_option(CommandContext& context, const std::string& word) {
  context.err += context.args[0] + ": invalid option -- '" + word.substr(1, 1) + "'\nTry '" +
                 context.args[0] + " --help' for more information.\n";
  return 1;
}

std::vector<NamedText> read_inputs(CommandContext& context, const std::vector<std::string>& names,
                                   int& status) {
  std::vector<NamedText> result;
  if (names.empty()) result.push_back({"-", context.input});
  std::size_t bytes = 0;
  for (const std::string& name : names) {
    std::string text;
    if (name == "-") {
      text = context.input;
    } else {
      const FileError error =
          read_file(context.machine, absolute_path(context.directory, name), text);
      if (error != FileError::kNone) {
        context.err +=
            context.args[0] + ": " + name + ": " + std::string(file_error_text(error)) + "\n";
        status = 1;
        continue;
      }
    }
    bytes += text.size();
    if (bytes > kLargestFile) break;
    result.push_back({name, std::move(text)});
  }
  return result;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

CommandResult run_cat(CommandContext& context) {
  std::vector<std::string> names;
  bool numbered = false;
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    if (context.args[i] == "-n")
      numbered = true;
    else if (context.args[i].size() > 1 && context.args[i][0] == '-')
      return refuse_option(context, context.args[i]);
    else
      names.push_back(context.args[i]);
  }
  int status = 0;
  int line_number = 0;
  for (const NamedText& input : read_inputs(context, names, status)) {
    if (!numbered) {
      context.out += input.text;
      continue;
    }
    for (const std::string_view line : lines_of(input.text)) {
      const std::string count = std::to_string(++line_number);
      context.out += std::string(count.size() < 6 ? 6 - count.size() : 0, ' ') + count + "\t" +
                     std::string(line) + "\n";
    }
  }
  return status;
}

CommandResult run_tee(CommandContext& context) {
  bool append = false;
  int status = 0;
  context.out += context.input;
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& name = context.args[i];
    if (name == "-a" || name == "--append") {
      append = true;
      continue;
    }
    const FileError error =
        write_file(context.turn, context.machine, absolute_path(context.directory, name),
                   context.input, append);
    if (error == FileError::kNone) continue;
    context.err += "tee: " + name + ": " + std::string(file_error_text(error)) + "\n";
    status = 1;
  }
  return status;
}

namespace {

CommandResult head_or_tail(CommandContext& context, bool head) {
  long count = 10;
  bool from_start = false;  // tail -n +K
  std::vector<std::string> names;
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    std::string word = context.args[i];
    if (word == "-f" || word == "-q") continue;
    if (word.size() < 2 || word[0] != '-') {
      names.push_back(word);
      continue;
    }
    word.erase(0, 1);
    if (word[0] == 'n') {
      word.erase(0, 1);
      if (word.empty() && i + 1 < context.args.size()) word = context.args[++i];
    }
    from_start = !head && word.starts_with('+');
    const auto value = parse_count(from_start ? std::string_view(word).substr(1) : word);
    if (!value) {
      context.err += context.args[0] + ": invalid number of lines: '" + word + "'\n";
      return 1;
    }
    count = *value;
  }
  int status = 0;
  const std::vector<NamedText> inputs = read_inputs(context, names, status);
  for (const NamedText& input : inputs) {
    if (inputs.size() > 1)
      context.out += (&input == &inputs[0] ? "==> " : "\n==> ") + input.name + " <==\n";
    const std::vector<std::string_view> lines = lines_of(input.text);
    const auto wanted = static_cast<std::size_t>(count);
    std::size_t first = 0;
    std::size_t last = lines.size();
    if (head)
      last = std::min(last, wanted);
    else if (from_start)
      first = std::min(last, wanted == 0 ? 0 : wanted - 1);
    else
      first = last - std::min(last, wanted);
    for (std::size_t i = first; i < last && room(context); ++i)
      context.out += std::string(lines[i]) + "\n";
  }
  return status;
}

}  // namespace

CommandResult run_head(CommandContext& context) { return head_or_tail(context, true); }
CommandResult run_tail(CommandContext& context) { return head_or_tail(context, false); }

CommandResult run_wc(CommandContext& context) {
  bool lines = false, words = false, bytes = false;
  std::vector<std::string> names;
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    if (word.size() < 2 || word[0] != '-') {
      names.push_back(word);
      continue;
    }
    for (const char c : word.substr(1)) {
      if (c == 'l')
        lines = true;
      else if (c == 'w')
        words = true;
      else if (c == 'c' || c == 'm')
        bytes = true;
      else
        return refuse_option(context, word);
    }
  }
  const bool single = lines + words + bytes == 1;
  if (!lines && !words && !bytes) lines = words = bytes = true;
  int status = 0;
  for (const NamedText& input : read_inputs(context, names, status)) {
    std::size_t word_count = 0;
    bool in_word = false;
    for (const char c : input.text) {
      const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
      if (!blank && !in_word) ++word_count;
      in_word = !blank;
    }
    const auto column = [&](bool wanted, std::size_t value) {
      if (!wanted) return;
      std::string text = std::to_string(value);
      const std::size_t width = single || input.name != "-" ? 0 : 7;
      if (text.size() < width) text.insert(0, width - text.size(), ' ');
      if (!context.out.empty() && context.out.back() != '\n') context.out += ' ';
      context.out += text;
    };
    column(lines, static_cast<std::size_t>(std::count(input.text.begin(), input.text.end(), '\n')));
    column(words, word_count);
    column(bytes, input.text.size());
    context.out += (input.name == "-" ? "" : " " + input.name) + "\n";
  }
  return status;
}

}  // namespace lvslab::admin
