// id, whoami, date, tac, xargs.
#include <algorithm>
#include <array>
#include <ctime>

#include "admin/commands/filters.h"
#include "admin/commands/text_tools.h"

namespace lvslab::admin {
namespace {

std::string quoted(std::string_view word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

CommandResult run_id(CommandContext& context) {
  if (context.args.size() < 2) {
    context.out += "uid=0(root) gid=0(root) groups=0(root)\n";
    return 0;
  }
  const std::string& what = context.args[1];
  if (what == "-u" || what == "-g" || what == "-G") {
    context.out += "0\n";
  } else if (what == "-un" || what == "-gn" || what == "-nu") {
    context.out += "root\n";
  } else if (what == "root") {
    context.out += "uid=0(root) gid=0(root) groups=0(root)\n";
  } else {
    context.err += "id: '" + what + "': no such user\n";
    return 1;
  }
  return 0;
}

CommandResult run_whoami(CommandContext& context) {
  context.out += "root\n";
  return 0;
}

// The clock of a lab starts with the year 1970.
CommandResult run_date(CommandContext& context) {
  std::string format = "%a %b %e %H:%M:%S UTC %Y";
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    if (word.size() > 1 && word[0] == '+') {
      format = word.substr(1);
    } else if (word != "-u") {
      context.err += "date: invalid date '" + word + "'\n";
      return 1;
    }
  }
  const std::int64_t ps = (context.turn.now() - Instant::start()).ps();
  const std::time_t seconds = ps / 1'000'000'000'000;
  std::string nanoseconds = std::to_string(ps / 1'000 % 1'000'000'000);
  nanoseconds.insert(0, 9 - nanoseconds.size(), '0');
  for (std::size_t at = 0; (at = format.find("%N", at)) != std::string::npos;)
    format.replace(at, 2, nanoseconds);
  std::tm fields{};
  std::array<char, 512> text{};
  if (gmtime_r(&seconds, &fields) == nullptr) return 1;
  context.out +=
      std::string(text.data(), std::strftime(text.data(), text.size(), format.c_str(), &fields)) +
      "\n";
  return 0;
}

CommandResult run_tac(CommandContext& context) {
  int status = 0;
  const std::vector<std::string> names(context.args.begin() + 1, context.args.end());
  for (const NamedText& input : read_inputs(context, names, status)) {
    const std::vector<std::string_view> lines = lines_of(input.text);
    for (auto it = lines.rbegin(); it != lines.rend(); ++it) context.out += std::string(*it) + "\n";
  }
  return status;
}

CommandResult run_xargs(CommandContext& context) {
  std::size_t most = 0;      // -n: words a command
  std::string replaced;      // -I
  bool even_without = true;  // -r: nothing is run without words
  std::size_t i = 1;
  for (; i < context.args.size() && context.args[i].size() > 1 && context.args[i][0] == '-'; ++i) {
    const std::string& word = context.args[i];
    std::string value = word.substr(2);
    if (word == "-r" || word == "-t") {
      even_without = even_without && word != "-r";
      continue;
    }
    if (value.empty() && i + 1 < context.args.size()) value = context.args[++i];
    const auto count = parse_count(value);
    if (word[1] == 'n' && count && *count > 0) {
      most = static_cast<std::size_t>(*count);
    } else if (word[1] == 'I') {
      replaced = value;
    } else {
      return refuse_option(context, word);
    }
  }
  std::vector<std::string> command(context.args.begin() + static_cast<std::ptrdiff_t>(i),
                                   context.args.end());
  if (command.empty()) command.emplace_back("echo");
  std::vector<std::string> words;
  const std::string_view blanks = replaced.empty() ? " \t\n" : "\n";
  for (std::size_t p = context.input.find_first_not_of(blanks); p != std::string::npos;) {
    const std::size_t end = std::min(context.input.find_first_of(blanks, p), context.input.size());
    words.push_back(context.input.substr(p, end - p));
    p = context.input.find_first_not_of(blanks, end);
  }
  if (words.empty() && (!even_without || !replaced.empty())) return 0;
  if (!replaced.empty()) most = 1;
  std::string script;
  std::size_t next = 0;
  do {
    const std::size_t end = most == 0 ? words.size() : std::min(next + most, words.size());
    for (const std::string& part : command) {
      std::string text = part;
      for (std::size_t at = 0;
           !replaced.empty() && next < words.size() && text.size() < kLargestOutput &&
           (at = text.find(replaced, at)) != std::string::npos;
           at += words[next].size())
        text.replace(at, replaced.size(), words[next]);
      script += quoted(text) + " ";
    }
    for (; next < end; ++next) {
      if (replaced.empty()) script += quoted(words[next]) + " ";
    }
    script += "\n";
    if (script.size() > kLargestOutput) break;
  } while (next < words.size());
  return ScriptText{script};
}

}  // namespace lvslab::admin
