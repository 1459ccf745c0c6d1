// awk (mawk 1.3.4): for each line what its rules say.
#include <algorithm>

#include "admin/commands/awk_machine.h"
#include "admin/commands/text_tools.h"
#include "admin/files.h"

namespace lvslab::admin {

CommandResult run_awk(CommandContext& context) {
  std::vector<std::pair<std::string, std::string>> settings;
  std::string program;
  bool given = false;
  std::vector<std::string> files;
  const std::vector<std::string>& args = context.args;
  for (std::size_t i = 1; i < args.size(); ++i) {
    const std::string& word = args[i];
    if (given || word.size() < 2 || word[0] != '-') {
      if (given)
        files.push_back(word);
      else
        program = word;
      given = true;
      continue;
    }
    if (word == "--") continue;
    std::string value = word.substr(2);
    if (value.empty() && i + 1 < args.size()) value = args[++i];
    const std::size_t equals = value.find('=');
    if (word[1] == 'F') {
      settings.emplace_back("FS", value == "t" ? "\t" : value);
    } else if (word[1] == 'v' && equals != std::string::npos) {
      settings.emplace_back(value.substr(0, equals), value.substr(equals + 1));
    } else {
      context.err += "awk: not an option: " + word + "\n";
      return 2;
    }
  }
  if (!given) {
    context.err += "Usage: mawk [Options] [Program] [file ...]\n";
    return 2;
  }
  std::vector<AwkRule> rules;
  if (const std::string error = read_awk_program(program, rules); !error.empty()) {
    context.err += "awk: line 1: " + error + "\n";
    return 2;
  }
  const bool only_begin = std::all_of(rules.begin(), rules.end(), [](const AwkRule& rule) {
    return rule.when == AwkRule::When::kBegin;
  });
  int status = 0;
  std::vector<NamedText> inputs;
  if (!only_begin) {
    const std::string before = context.err;
    inputs = read_inputs(context, files, status);
    if (status != 0) {
      const auto missing = std::find_if(files.begin(), files.end(), [&](const std::string& name) {
        std::string text;
        return read_file(context.machine, absolute_path(context.directory, name), text) !=
               FileError::kNone;
      });
      context.err = before + "awk: cannot open \"" + (missing == files.end() ? "" : *missing) +
                    "\" (No such file or directory)\n";
    }
  }
  if (status != 0) return 2;
  Awk awk(context, rules);
  for (const auto& [name, value] : settings) awk.set(name, value);
  return awk.run(inputs, only_begin);
}

}  // namespace lvslab::admin
