// Commands that only make texts: echo, printf, seq, basename, dirname, true, false, test.
#include <algorithm>
#include <cstdio>

#include "admin/commands/commands.h"
#include "admin/test_expression.h"

namespace lvslab::admin {
namespace {

/// The character of an escape at text[i] (behind the backslash); `i` moves to its last character.
bool escape(std::string_view text, std::size_t& i, std::string& out) {
  switch (text[i]) {
    case 'n':
      out += '\n';
      return true;
    case 't':
      out += '\t';
      return true;
    case 'r':
      out += '\r';
      return true;
    case 'a':
      out += '\a';
      return true;
    case 'e':
      out += '\033';
      return true;
    case '\\':
      out += '\\';
      return true;
    case '0':
    case '1':
    case '2':
    case '3': {
      int value = 0;
      int digits = 0;
      while (i < text.size() && text[i] >= '0' && text[i] <= '7' && digits < 4) {
        value = value * 8 + (text[i++] - '0');
        ++digits;
      }
      --i;
      out += static_cast<char>(value & 0xff);
      return true;
    }
    default:
      return false;
  }
}

std::string unescape(std::string_view text, bool* stop = nullptr) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 >= text.size()) {
      out += text[i];
      continue;
    }
    ++i;
    if (text[i] == 'c' && stop != nullptr) {
      *stop = true;
      return out;
    }
    if (!escape(text, i, out)) {
      out += '\\';
      out += text[i];
    }
  }
  return out;
}

std::int64_t integer(std::string_view text, bool& valid) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::int64_t value = 0;
  valid = !text.empty() && text.size() < 18;
  for (const char c : text) {
    if (c < '0' || c > '9' || !valid) {
      valid = false;
      break;
    }
    value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

/// One conversion such as %-5s: flags, width, precision, letter.
struct Conversion {
  std::string flags;
  int width = 0, precision = -1;
  char letter = 's';
};

std::string convert(const Conversion& conversion, const std::string& argument, std::string& error) {
  std::string text;
  if (conversion.letter == 's' || conversion.letter == 'b') {
    text = conversion.letter == 'b' ? unescape(argument) : argument;
    if (conversion.precision >= 0)
      text = text.substr(0, static_cast<std::size_t>(conversion.precision));
  } else if (conversion.letter == 'c') {
    text = argument.substr(0, 1);
  } else {
    bool valid = true;
    const std::int64_t value = argument.empty() ? 0 : integer(argument, valid);
    if (!valid) error = argument + ": invalid number";
    char buffer[32];
    const char* format = conversion.letter == 'x'   ? "%llx"
                         : conversion.letter == 'X' ? "%llX"
                         : conversion.letter == 'o' ? "%llo"
                         : conversion.letter == 'u' ? "%llu"
                                                    : "%lld";
    std::snprintf(buffer, sizeof buffer, format, static_cast<long long>(valid ? value : 0));
    text = buffer;
  }
  const auto width = static_cast<std::size_t>(conversion.width);
  if (text.size() >= width) return text;
  const std::size_t missing = width - text.size();
  if (conversion.flags.find('-') != std::string::npos) return text + std::string(missing, ' ');
  const bool zeros = conversion.flags.find('0') != std::string::npos && conversion.letter != 's';
  if (zeros && text[0] == '-') return "-" + std::string(missing, '0') + text.substr(1);
  return std::string(missing, zeros ? '0' : ' ') + text;
}

}  // namespace

CommandResult run_echo(CommandContext& context) {
  bool newline = true;
  bool escapes = false;
  std::size_t i = 1;
  for (; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    if (word.size() < 2 || word[0] != '-' || word.find_first_not_of("neE", 1) != std::string::npos)
      break;
    for (const char c : word.substr(1)) {
      if (c == 'n') newline = false;
      if (c != 'n') escapes = c == 'e';
    }
  }
  for (std::size_t first = i; i < context.args.size(); ++i) {
    if (i > first) context.out += ' ';
    bool stop = false;
    context.out += escapes ? unescape(context.args[i], &stop) : context.args[i];
    if (stop) return 0;
  }
  if (newline) context.out += '\n';
  return 0;
}

CommandResult run_printf(CommandContext& context) {
  if (context.args.size() < 2) {
    context.err += "printf: usage: printf [-v var] format [arguments]\n";
    return 2;
  }
  const std::string format = context.args[1];
  std::size_t next = 2;
  int status = 0;
  do {
    const std::size_t before = next;
    for (std::size_t i = 0; i < format.size(); ++i) {
      if (format[i] == '\\' && i + 1 < format.size()) {
        ++i;
        if (!escape(format, i, context.out)) context.out += std::string("\\") + format[i];
      } else if (format[i] == '%' && i + 1 < format.size() && format[i + 1] == '%') {
        context.out += '%';
        ++i;
      } else if (format[i] == '%') {
        Conversion conversion;
        ++i;
        while (i < format.size() &&
               std::string_view("-+ 0#").find(format[i]) != std::string_view::npos)
          conversion.flags += format[i++];
        while (i < format.size() && format[i] >= '0' && format[i] <= '9')
          conversion.width = std::min(10'000, conversion.width * 10 + (format[i++] - '0'));
        if (i < format.size() && format[i] == '.') {
          conversion.precision = 0;
          ++i;
          while (i < format.size() && format[i] >= '0' && format[i] <= '9')
            conversion.precision =
                std::min(10'000, conversion.precision * 10 + (format[i++] - '0'));
        }
        if (i >= format.size() ||
            std::string_view("sbcdiuxXo").find(format[i]) == std::string_view::npos) {
          context.err += "bash: printf: `" + std::string(1, i < format.size() ? format[i] : '%') +
                         "': invalid format character\n";
          return 1;
        }
        conversion.letter = format[i];
        std::string error;
        context.out +=
            convert(conversion, next < context.args.size() ? context.args[next++] : "", error);
        if (!error.empty()) {
          context.err += "bash: printf: " + error + "\n";
          status = 1;
        }
      } else {
        context.out += format[i];
      }
      if (context.out.size() > kLargestOutput) return 1;
    }
    if (next == before) break;  // the format takes no arguments
  } while (next < context.args.size());
  return status;
}

CommandResult run_true(CommandContext&) { return 0; }
CommandResult run_false(CommandContext&) { return 1; }

CommandResult run_test(CommandContext& context) {
  std::vector<std::string> words(context.args.begin() + 1, context.args.end());
  if (context.args[0] == "[") {
    if (words.empty() || words.back() != "]") {
      context.err += "bash: [: missing `]'\n";
      return 2;
    }
    words.pop_back();
  }
  std::string error;
  const int status = evaluate_test(context.machine, context.directory, words, false, error);
  if (!error.empty()) context.err += "bash: " + context.args[0] + ": " + error + "\n";
  return status;
}

CommandResult run_seq(CommandContext& context) {
  std::int64_t numbers[3] = {1, 1, 1};
  std::string separator = "\n";
  std::vector<std::string> words(context.args.begin() + 1, context.args.end());
  if (words.size() > 1 && words[0] == "-s") {
    separator = words[1];
    words.erase(words.begin(), words.begin() + 2);
  }
  if (words.empty() || words.size() > 3) {
    context.err +=
        words.empty() ? "seq: missing operand\n" : "seq: extra operand '" + words[3] + "'\n";
    return 1;
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    bool valid = true;
    const std::size_t place = words.size() == 1 ? 2 : words.size() == 2 && i == 1 ? 2 : i;
    numbers[place] = integer(words[i], valid);
    if (!valid) {
      context.err += "seq: invalid floating point argument: '" + words[i] + "'\n";
      return 1;
    }
  }
  const auto [first, step, last] = numbers;
  if (step == 0) {
    context.err += "seq: invalid Zero increment value: '0'\n";
    return 1;
  }
  for (std::int64_t i = first; step > 0 ? i <= last : i >= last; i += step) {
    context.out += (i == first ? "" : separator) + std::to_string(i);
    if (context.out.size() > kLargestOutput) return 1;
  }
  if (!context.out.empty()) context.out += '\n';
  return 0;
}

CommandResult run_basename(CommandContext& context) {
  if (context.args.size() < 2) {
    context.err += "basename: missing operand\n";
    return 1;
  }
  std::string text = context.args[1];
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  if (text.size() > 1) text = text.substr(text.rfind('/') + 1);
  if (context.args.size() > 2 && text != context.args[2] && text.ends_with(context.args[2])) {
    text.erase(text.size() - context.args[2].size());
  }
  context.out += text + "\n";
  return 0;
}

CommandResult run_dirname(CommandContext& context) {
  if (context.args.size() < 2) {
    context.err += "dirname: missing operand\n";
    return 1;
  }
  std::string text = context.args[1];
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  const std::size_t slash = text.rfind('/');
  context.out += (slash == std::string::npos ? "."
                  : slash == 0               ? "/"
                                             : text.substr(0, slash)) +
                 "\n";
  return 0;
}

}  // namespace lvslab::admin
