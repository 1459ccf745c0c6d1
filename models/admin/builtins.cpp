// What the shell does itself: variables, control flow, sourcing, jobs.
#include <algorithm>
#include <array>

#include "admin/files.h"
#include "admin/shell.h"

namespace lvslab::admin {
// A small number such as of `break 2`; nothing: not one.
std::optional<int> small_number(std::string_view text) {
  if (text.empty() || text.size() > 9) return std::nullopt;
  const bool negative = text.front() == '-';
  int value = 0;
  for (const char c : text.substr(negative ? 1 : 0)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

const Shell::Builtin* Shell::find_builtin(std::string_view name) {
  static constexpr auto kBuiltins = std::to_array<Builtin>({
      {".", &Shell::do_source},        {":", &Shell::do_nothing},
      {"bash", &Shell::do_sh},         {"break", &Shell::do_break},
      {"cd", &Shell::do_cd},           {"command", &Shell::do_prefix},
      {"continue", &Shell::do_break},  {"declare", &Shell::do_local},
      {"eval", &Shell::do_eval},       {"exec", &Shell::do_exec},
      {"exit", &Shell::do_exit},       {"export", &Shell::do_export},
      {"kill", &Shell::do_kill},       {"let", &Shell::do_let},
      {"local", &Shell::do_local},     {"killall", &Shell::do_pkill},
      {"nohup", &Shell::do_prefix},    {"pkill", &Shell::do_pkill},
      {"pwd", &Shell::do_pwd},         {"read", &Shell::do_read},
      {"readonly", &Shell::do_export}, {"return", &Shell::do_return},
      {"set", &Shell::do_set},         {"sh", &Shell::do_sh},
      {"shift", &Shell::do_shift},     {"source", &Shell::do_source},
      {"sudo", &Shell::do_prefix},     {"timeout", &Shell::do_timeout},
      {"type", &Shell::do_which},      {"typeset", &Shell::do_local},
      {"unset", &Shell::do_unset},     {"wait", &Shell::do_wait},
      {"which", &Shell::do_which},
  });
  if (name == "/bin/sh" || name == "/bin/bash" || name == "/usr/bin/bash" || name == "/usr/bin/sh")
    name = "sh";
  for (const Builtin& builtin : kBuiltins) {
    if (builtin.name == name) return &builtin;
  }
  return nullptr;
}

bool is_builtin(std::string_view name) { return Shell::find_builtin(name) != nullptr; }

Shell::BuiltinResult Shell::do_nothing(Turn&, Job&, Frame&) { return 0; }

Shell::BuiltinResult Shell::do_source(Turn& turn, Job& job, Frame& frame) {
  if (frame.fields.size() < 2) {
    complain(turn, job, frame, frame.fields[0] + ": filename argument required");
    return 2;
  }
  const std::string name = frame.fields[1];
  const std::string path = absolute_path(job.state.directory, name);
  std::string text;
  const FileError error = read_file(machine_, path, text);
  // Init scripts of RHEL begin with this file; what lvslab runs of them needs nothing out of it.
  const bool usual = path == "/etc/rc.d/init.d/functions" || path == "/etc/init.d/functions" ||
                     path == "/lib/lsb/init-functions" || path == "/etc/sysconfig/network" ||
                     path == "/etc/profile";
  if (error != FileError::kNone) {
    if (usual) return 0;
    complain(turn, job, frame, name + ": " + std::string(file_error_text(error)));
    return 1;
  }
  std::vector<std::string> positional(frame.fields.begin() + 2, frame.fields.end());
  if (!run_text(turn, job, frame, text, name, Boundary::kSource, std::move(positional))) return 2;
  return std::nullopt;
}

Shell::BuiltinResult Shell::do_eval(Turn& turn, Job& job, Frame& frame) {
  std::string text;
  for (std::size_t i = 1; i < frame.fields.size(); ++i)
    text += (i > 1 ? " " : "") + frame.fields[i];
  const std::string file = frame.script->place().file;
  if (!run_text(turn, job, frame, text, file, Boundary::kNone, {})) return 2;
  return std::nullopt;
}

Shell::BuiltinResult Shell::do_sh(Turn& turn, Job& job, Frame& frame) {
  std::size_t i = 1;
  bool string = false;
  bool trace = false;
  while (i < frame.fields.size() && frame.fields[i].size() > 1 && frame.fields[i][0] == '-') {
    string = string || frame.fields[i].find('c') != std::string::npos;
    trace = trace || frame.fields[i].find('x') != std::string::npos;
    ++i;
  }
  std::string text;
  std::string file = "bash";
  if (i < frame.fields.size() && string) {
    text = frame.fields[i++];
    if (i < frame.fields.size()) file = frame.fields[i++];
  } else if (i < frame.fields.size()) {
    file = frame.fields[i++];
    const FileError error = read_file(machine_, absolute_path(job.state.directory, file), text);
    if (error != FileError::kNone) {
      complain(turn, job, frame, file + ": " + std::string(file_error_text(error)));
      return 127;
    }
  } else if (!string) {
    text = input_of(job, frame, true);
  } else {
    complain(turn, job, frame, "-c: option requires an argument");
    return 2;
  }
  std::vector<std::string> positional(frame.fields.begin() + static_cast<std::ptrdiff_t>(i),
                                      frame.fields.end());
  if (!run_text(turn, job, frame, text, file, Boundary::kSubshell, std::move(positional))) return 2;
  job.state.xtrace = trace;
  return std::nullopt;
}

Shell::BuiltinResult Shell::do_break(Turn& turn, Job& job, Frame& frame) {
  const bool leaves = frame.fields[0] == "break";
  const int wanted = frame.fields.size() > 1 ? small_number(frame.fields[1]).value_or(1) : 1;
  // The loop meant, within this function and this subshell.
  int left = std::max(1, wanted);
  std::size_t loop = job.frames.size();
  for (std::size_t i = job.frames.size(); i-- > 0 && left > 0;) {
    const Boundary boundary = job.frames[i]->boundary;
    if (boundary == Boundary::kCall || boundary == Boundary::kSubshell) break;
    if (boundary == Boundary::kLoop) {
      loop = i;
      --left;
    }
  }
  if (loop == job.frames.size()) {
    complain(turn, job, frame,
             frame.fields[0] + ": only meaningful in a `for', `while', or `until' loop");
    return 0;
  }
  job.state.status = 0;
  while (job.frames.size() > loop + 1) {
    job.state.status = 0;
    pop(turn, job);
  }
  job.state.status = 0;
  if (leaves) finish(turn, job, 0);
  return std::nullopt;
}

Shell::BuiltinResult Shell::do_return(Turn& turn, Job& job, Frame& frame) {
  int status = job.state.status;
  if (frame.fields.size() > 1) {
    const auto given = small_number(frame.fields[1]);
    if (!given)
      complain(turn, job, frame, "return: " + frame.fields[1] + ": numeric argument required");
    status = given.value_or(2);
  }
  std::size_t call = job.frames.size();
  for (std::size_t i = job.frames.size(); i-- > 0;) {
    const Boundary boundary = job.frames[i]->boundary;
    if (boundary == Boundary::kSubshell) break;
    if (boundary == Boundary::kCall || boundary == Boundary::kSource) {
      call = i;
      break;
    }
  }
  if (call == job.frames.size()) {
    complain(turn, job, frame, "return: can only `return' from a function or sourced script");
    return 1;
  }
  while (job.frames.size() > call) {
    job.state.status = status & 0xff;
    pop(turn, job);
  }
  job.state.status = status & 0xff;
  return std::nullopt;
}

Shell::BuiltinResult Shell::do_exit(Turn& turn, Job& job, Frame& frame) {
  int status = job.state.status;
  if (frame.fields.size() > 1) {
    const auto given = small_number(frame.fields[1]);
    if (!given)
      complain(turn, job, frame, "exit: " + frame.fields[1] + ": numeric argument required");
    status = given.value_or(2);
  }
  job.state.status = status & 0xff;
  exit_shell(turn, job, status);
  return std::nullopt;
}

// sudo, nohup, command: what follows is the command.
Shell::BuiltinResult Shell::do_prefix(Turn& turn, Job& job, Frame& frame) {
  const std::string prefix = frame.fields[0];
  std::size_t i = 1;
  bool asks = false;
  while (i < frame.fields.size() && frame.fields[i].size() > 1 && frame.fields[i][0] == '-') {
    if (prefix == "command" && (frame.fields[i] == "-v" || frame.fields[i] == "-V")) asks = true;
    i += prefix == "sudo" && (frame.fields[i] == "-u" || frame.fields[i] == "-g") ? 2 : 1;
  }
  if (i >= frame.fields.size()) return prefix == "command" ? 0 : 1;
  frame.fields.erase(frame.fields.begin(), frame.fields.begin() + static_cast<std::ptrdiff_t>(i));
  if (asks) {
    frame.fields.insert(frame.fields.begin(), "command");
    return do_which(turn, job, frame);
  }
  dispatch(turn, job, frame);
  return std::nullopt;
}

Shell::BuiltinResult Shell::do_exec(Turn& turn, Job& job, Frame& frame) {
  if (frame.fields.size() < 2) {
    complain(turn, job, frame, "exec: redirections for the rest of a script are not known here");
    return 1;
  }
  return do_prefix(turn, job, frame);
}

Shell::BuiltinResult Shell::do_cd(Turn& turn, Job& job, Frame& frame) {
  std::string target = frame.fields.size() > 1 ? frame.fields[1] : "/root";
  if (target == "-")
    target = job.state.find("OLDPWD") != nullptr ? *job.state.find("OLDPWD") : job.state.directory;
  const std::string path = absolute_path(job.state.directory, target);
  if (!is_directory(machine_, path)) {
    complain(
        turn, job, frame,
        "cd: " + target +
            (file_exists(machine_, path) ? ": Not a directory" : ": No such file or directory"));
    return 1;
  }
  job.state.set("OLDPWD", job.state.directory);
  job.state.directory = path;
  return 0;
}

Shell::BuiltinResult Shell::do_pwd(Turn& turn, Job& job, Frame& frame) {
  write(turn, job, frame.io.out, job.state.directory + "\n");
  return 0;
}

// type, which, command -v.
Shell::BuiltinResult Shell::do_which(Turn& turn, Job& job, Frame& frame) {
  int status = 0;
  for (std::size_t i = 1; i < frame.fields.size(); ++i) {
    const std::string& name = frame.fields[i];
    std::string text;
    if (find_command(name) != nullptr) {
      text = name.find('/') != std::string::npos ? name : "/usr/sbin/" + name;
    } else if (is_builtin(name) || job.state.functions.contains(name)) {
      text = name;
    }
    if (frame.fields[0] == "type" && !text.empty()) text = name + " is " + text;
    if (text.empty()) {
      if (frame.fields[0] == "type") complain(turn, job, frame, "type: " + name + ": not found");
      status = 1;
    } else {
      write(turn, job, frame.io.out, text + "\n");
    }
  }
  return status;
}

}  // namespace lvslab::admin
