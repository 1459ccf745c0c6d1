// Builtins that set variables, options and positional parameters.
#include <algorithm>

#include "admin/arithmetic.h"
#include "admin/parser.h"
#include "admin/shell.h"

namespace lvslab::admin {

// export and readonly.
Shell::BuiltinResult Shell::do_export(Turn& turn, Job& job, Frame& frame) {
  const bool readonly = frame.fields[0] == "readonly";
  int status = 0;
  for (std::size_t i = 1; i < frame.fields.size(); ++i) {
    const std::string& word = frame.fields[i];
    if (word.starts_with('-')) continue;
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    if (!is_name(name)) {
      complain(turn, job, frame, frame.fields[0] + ": `" + word + "': not a valid identifier");
      status = 1;
      continue;
    }
    if (equals != std::string::npos && !job.state.set(name, word.substr(equals + 1))) {
      complain(turn, job, frame, name + ": readonly variable");
      status = 1;
    }
    (readonly ? job.state.variables[name].readonly : job.state.variables[name].exported) = true;
  }
  return status;
}

// local, and declare (which outside a function is a plain assignment).
Shell::BuiltinResult Shell::do_local(Turn& turn, Job& job, Frame& frame) {
  Frame* call = nullptr;
  for (auto it = job.frames.rbegin(); it != job.frames.rend() && call == nullptr; ++it) {
    if ((*it)->boundary == Boundary::kCall) call = it->get();
    if ((*it)->boundary == Boundary::kSubshell) break;
  }
  if (call == nullptr && frame.fields[0] == "local") {
    complain(turn, job, frame, "local: can only be used in a function");
    return 1;
  }
  for (std::size_t i = 1; i < frame.fields.size(); ++i) {
    const std::string& word = frame.fields[i];
    if (word.starts_with('-')) {
      if (word.find('a') == std::string::npos && word.find('A') == std::string::npos) continue;
      complain(turn, job, frame, frame.fields[0] + ": arrays are not known here");
      return 2;
    }
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    if (!is_name(name)) {
      complain(turn, job, frame, frame.fields[0] + ": `" + word + "': not a valid identifier");
      return 1;
    }
    if (call != nullptr) {
      std::optional<Variable> old;
      if (const auto it = job.state.variables.find(name); it != job.state.variables.end())
        old = it->second;
      call->saved_variables.emplace_back(name, std::move(old));
      if (equals == std::string::npos) job.state.variables.erase(name);
    }
    if (equals != std::string::npos && !job.state.set(name, word.substr(equals + 1))) {
      complain(turn, job, frame, name + ": readonly variable");
      return 1;
    }
  }
  return 0;
}

Shell::BuiltinResult Shell::do_let(Turn& turn, Job& job, Frame& frame) {
  std::int64_t value = 0;
  for (std::size_t i = 1; i < frame.fields.size(); ++i) {
    const auto result = evaluate_arithmetic(frame.fields[i], job.state);
    if (!result) {
      complain(turn, job, frame, "let: " + result.error().what);
      return 1;
    }
    value = *result;
  }
  return value != 0 ? 0 : 1;
}

Shell::BuiltinResult Shell::do_read(Turn&, Job& job, Frame& frame) {
  std::vector<std::string> names;
  bool raw = false;
  for (std::size_t i = 1; i < frame.fields.size(); ++i) {
    if (frame.fields[i] == "-r") raw = true;
    if (frame.fields[i] == "-p")
      ++i;
    else if (is_name(frame.fields[i]))
      names.push_back(frame.fields[i]);
  }
  if (names.empty()) names.emplace_back("REPLY");
  Stream& stream = job.streams[frame.io.in];
  const bool any = stream.kind == Stream::Kind::kText && stream.read < stream.text.size();
  std::string line;
  bool ended = false;
  while (any && stream.read < stream.text.size() && !ended) {
    char c = stream.text[stream.read++];
    if (c == '\\' && !raw && stream.read < stream.text.size()) {
      c = stream.text[stream.read++];
      if (c == '\n') continue;
    } else if (c == '\n') {
      ended = true;
      break;
    }
    line += c;
  }
  steps_ += line.size() / 64;
  const std::string* ifs = job.state.find("IFS");
  const std::string separators = ifs != nullptr ? *ifs : " \t\n";
  const std::string blanks = [&] {
    std::string result;
    for (const char c : separators) {
      if (c == ' ' || c == '\t' || c == '\n') result += c;
    }
    return result;
  }();
  const auto trim = [&](std::string& text) {
    text.erase(0, std::min(text.find_first_not_of(blanks), text.size()));
    text.erase(text.find_last_not_of(blanks) + 1);
  };
  trim(line);
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string value = line;
    if (i + 1 < names.size()) {
      const std::size_t end = std::min(line.find_first_of(separators), line.size());
      value = line.substr(0, end);
      line.erase(0, std::min(end + 1, line.size()));
      trim(line);
    }
    job.state.set(names[i], std::move(value));
  }
  return ended ? 0 : 1;
}

Shell::BuiltinResult Shell::do_set(Turn& turn, Job& job, Frame& frame) {
  std::size_t i = 1;
  for (; i < frame.fields.size(); ++i) {
    const std::string& word = frame.fields[i];
    if (word.size() < 2 || (word[0] != '-' && word[0] != '+') || word == "--") break;
    const bool on = word[0] == '-';
    for (const char c : word.substr(1)) {
      const std::string option =
          c == 'o' && i + 1 < frame.fields.size() ? frame.fields[i + 1] : std::string(1, c);
      if (c == 'o') ++i;
      if (option == "e" || option == "errexit")
        job.state.errexit = on;
      else if (option == "u" || option == "nounset")
        job.state.nounset = on;
      else if (option == "x" || option == "xtrace")
        job.state.xtrace = on;
      else if (option == "f" || option == "noglob")
        job.state.noglob = on;
      else if (option == "pipefail")
        job.state.pipefail = on;
      else {
        complain(turn, job, frame, "set: " + word + ": invalid option");
        return 2;
      }
    }
  }
  if (i < frame.fields.size()) {
    if (frame.fields[i] == "--") ++i;
    job.state.positional.assign(frame.fields.begin() + static_cast<std::ptrdiff_t>(i),
                                frame.fields.end());
  }
  return 0;
}

Shell::BuiltinResult Shell::do_shift(Turn&, Job& job, Frame& frame) {
  const int count = frame.fields.size() > 1 ? small_number(frame.fields[1]).value_or(-1) : 1;
  if (count < 0 || static_cast<std::size_t>(count) > job.state.positional.size()) return 1;
  job.state.positional.erase(job.state.positional.begin(), job.state.positional.begin() + count);
  return 0;
}

Shell::BuiltinResult Shell::do_unset(Turn& turn, Job& job, Frame& frame) {
  for (std::size_t i = 1; i < frame.fields.size(); ++i) {
    const std::string& name = frame.fields[i];
    if (name == "-v" || name == "-f") continue;
    const auto it = job.state.variables.find(name);
    if (it == job.state.variables.end()) {
      job.state.functions.erase(name);
    } else if (it->second.readonly) {
      complain(turn, job, frame, "unset: " + name + ": cannot unset: readonly variable");
      return 1;
    } else {
      job.state.variables.erase(it);
    }
  }
  return 0;
}

}  // namespace lvslab::admin
