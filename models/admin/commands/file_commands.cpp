// ls, mkdir, touch, chmod, rm, cp, mv on the machine's files.
#include <algorithm>
#include <cstdio>

#include "admin/commands/commands.h"
#include "admin/files.h"

namespace lvslab::admin {
namespace {

/// Options apart from names; letters other than `known` are refused.
bool split_words(CommandContext& context, std::string_view known, std::string& options,
                 std::vector<std::string>& names) {
  bool more = true;
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    if (more && word == "--") {
      more = false;
    } else if (more && word.starts_with("--") && word.size() > 2) {
      continue;  // long options change nothing that is modelled
    } else if (more && word.size() > 1 && word[0] == '-') {
      const std::size_t bad = word.find_first_not_of(known, 1);
      if (bad != std::string::npos) {
        context.err += context.args[0] + ": invalid option -- '" + word[bad] + "'\nTry '" +
                       context.args[0] + " --help' for more information.\n";
        return false;
      }
      options += word.substr(1);
    } else {
      names.push_back(word);
    }
  }
  return true;
}

std::string quoted(const std::string& name) { return "'" + name + "'"; }

int missing_operand(CommandContext& context) {
  context.err += context.args[0] + ": missing operand\nTry '" + context.args[0] +
                 " --help' for more information.\n";
  return 1;
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

std::string mode_text(std::uint32_t mode, bool directory) {
  std::string text(1, directory ? 'd' : '-');
  constexpr std::string_view kLetters = "rwxrwxrwx";
  for (int bit = 8; bit >= 0; --bit) {
    text += (mode >> bit & 1) != 0 ? kLetters[static_cast<std::size_t>(8 - bit)] : '-';
  }
  return text;
}

void list_one(CommandContext& context, const std::string& path, const std::string& shown,
              bool is_long) {
  if (is_long) {
    const bool directory = is_directory(context.machine, path);
    std::string text;
    if (!directory) (void)read_file(context.machine, path, text);
    char line[96];
    std::snprintf(line, sizeof line, "%s. 1 root root %6zu Jan  1 00:00 ",
                  mode_text(file_mode(context.machine, path), directory).c_str(),
                  directory ? std::size_t{4096} : text.size());
    context.out += line;
  }
  context.out += shown + "\n";
}

/// "755", "+x", "u+x,go-w": the new mode.
std::optional<std::uint32_t> changed_mode(const std::string& text, std::uint32_t mode) {
  if (!text.empty() && text.find_first_not_of("01234567") == std::string::npos) {
    if (text.size() > 4) return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : text) value = value * 8 + static_cast<std::uint32_t>(c - '0');
    return value;
  }
  for (std::size_t p = 0; p < text.size();) {
    std::uint32_t who = 0;
    for (; p < text.size() && std::string_view("ugoa").find(text[p]) != std::string_view::npos;
         ++p) {
      who |= text[p] == 'u' ? 0700u : text[p] == 'g' ? 0070u : text[p] == 'o' ? 0007u : 0777u;
    }
    if (who == 0) who = 0777;
    if (p >= text.size() || std::string_view("+-=").find(text[p]) == std::string_view::npos)
      return std::nullopt;
    const char op = text[p++];
    std::uint32_t what = 0;
    for (; p < text.size() && text[p] != ','; ++p) {
      if (text[p] == 'r')
        what |= 0444;
      else if (text[p] == 'w')
        what |= 0222;
      else if (text[p] == 'x' || text[p] == 'X')
        what |= 0111;
      else
        return std::nullopt;
    }
    if (p < text.size()) ++p;
    what &= who;
    mode = op == '+' ? mode | what : op == '-' ? mode & ~what : (mode & ~who) | what;
  }
  return text.empty() ? std::nullopt : std::optional(mode);
}

/// Files of ours at or below `path`.
std::vector<std::string> tree_of(const Machine& machine, const std::string& path) {
  std::vector<std::string> result;
  if (machine.files().contains(path)) result.push_back(path);
  const std::string prefix = path == "/" ? path : path + "/";
  for (auto it = machine.files().lower_bound(prefix);
       it != machine.files().end() && it->first.starts_with(prefix); ++it) {
    result.push_back(it->first);
  }
  return result;
}

}  // namespace

CommandResult run_ls(CommandContext& context) {
  std::string options;
  std::vector<std::string> names;
  if (!split_words(context, "la1AhdRtrZi", options, names)) return 2;
  const bool is_long = options.find('l') != std::string::npos;
  const bool itself = options.find('d') != std::string::npos;
  const bool hidden = options.find_first_of("aA") != std::string::npos;
  if (names.empty()) names.emplace_back(".");
  int status = 0;
  for (const std::string& name : names) {
    const std::string path = absolute_path(context.directory, name);
    if (!file_exists(context.machine, path)) {
      context.err += "ls: cannot access " + quoted(name) + ": No such file or directory\n";
      status = 2;
      continue;
    }
    if (itself || !is_directory(context.machine, path)) {
      list_one(context, path, name, is_long);
      continue;
    }
    if (names.size() > 1) context.out += (context.out.empty() ? "" : "\n") + name + ":\n";
    for (const std::string& entry : list_directory(context.machine, path)) {
      if (entry.starts_with('.') && !hidden) continue;
      list_one(context, absolute_path(path, entry), entry, is_long);
      if (context.out.size() > kLargestOutput) return 1;
    }
  }
  return status;
}

CommandResult run_mkdir(CommandContext& context) {
  std::string options;
  std::vector<std::string> names;
  if (!split_words(context, "pvm", options, names)) return 1;
  if (names.empty()) return missing_operand(context);
  const bool parents = options.find('p') != std::string::npos;
  int status = 0;
  for (const std::string& name : names) {
    const std::string path = absolute_path(context.directory, name);
    FileError error = FileError::kNone;
    if (file_exists(context.machine, path)) {
      error =
          parents && is_directory(context.machine, path) ? FileError::kNone : FileError::kExists;
    } else if (path.starts_with("/proc/") ||
               (!parents && !is_directory(context.machine, parent_of(path)))) {
      error = FileError::kNotFound;
    } else if (context.machine.files().size() >= kMostFiles || path.size() > 4096) {
      error = FileError::kTooLarge;
    } else {
      for (std::string up = parent_of(path); up != "/"; up = parent_of(up)) {
        const auto it = context.machine.files().find(up);
        if (it != context.machine.files().end() && !it->second.directory)
          error = FileError::kNotDirectory;
      }
      if (error == FileError::kNone) context.machine.files()[path] = {"", 0755, true};
      continue;
    }
    if (error == FileError::kNone) continue;
    context.err += "mkdir: cannot create directory " + quoted(name) + ": " +
                   std::string(file_error_text(error)) + "\n";
    status = 1;
  }
  return status;
}

CommandResult run_touch(CommandContext& context) {
  std::string options;
  std::vector<std::string> names;
  if (!split_words(context, "acm", options, names)) return 1;
  if (names.empty()) {
    context.err += "touch: missing file operand\nTry 'touch --help' for more information.\n";
    return 1;
  }
  int status = 0;
  for (const std::string& name : names) {
    const std::string path = absolute_path(context.directory, name);
    if (file_exists(context.machine, path)) continue;
    const FileError error = write_file(context.turn, context.machine, path, "", true);
    if (error == FileError::kNone) continue;
    context.err +=
        "touch: cannot touch " + quoted(name) + ": " + std::string(file_error_text(error)) + "\n";
    status = 1;
  }
  return status;
}

CommandResult run_chmod(CommandContext& context) {
  std::vector<std::string> names;
  bool recursive = false;
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    if (names.empty() && (word == "-R" || word == "-v" || word == "-f")) {
      recursive = recursive || word == "-R";
    } else {
      names.push_back(word);
    }
  }
  if (names.size() < 2) {
    context.err += names.empty() ? "chmod: missing operand\n"
                                 : "chmod: missing operand after " + quoted(names[0]) + "\n";
    return 1;
  }
  if (!changed_mode(names[0], 0)) {
    context.err +=
        "chmod: invalid mode: " + quoted(names[0]) + "\nTry 'chmod --help' for more information.\n";
    return 1;
  }
  int status = 0;
  for (std::size_t i = 1; i < names.size(); ++i) {
    const std::string path = absolute_path(context.directory, names[i]);
    auto& files = context.machine.files();
    if (!file_exists(context.machine, path)) {
      context.err += "chmod: cannot access " + quoted(names[i]) + ": No such file or directory\n";
      status = 1;
      continue;
    }
    for (const std::string& one :
         recursive ? tree_of(context.machine, path) : std::vector<std::string>{path}) {
      if (const auto it = files.find(one); it != files.end())
        it->second.mode = *changed_mode(names[0], it->second.mode);
    }
  }
  return status;
}

CommandResult run_rm(CommandContext& context) {
  std::string options;
  std::vector<std::string> names;
  if (!split_words(context, "rRfiv", options, names)) return 1;
  const bool force = options.find('f') != std::string::npos;
  const bool recursive = options.find_first_of("rR") != std::string::npos;
  if (names.empty()) return force ? CommandResult(0) : CommandResult(missing_operand(context));
  int status = 0;
  for (const std::string& name : names) {
    const std::string path = absolute_path(context.directory, name);
    std::string problem;
    if (path.starts_with("/proc/"))
      problem = "Operation not permitted";
    else if (!file_exists(context.machine, path))
      problem = force ? "" : "No such file or directory";
    else if (is_directory(context.machine, path) && !recursive)
      problem = "Is a directory";
    else {
      for (const std::string& one : tree_of(context.machine, path))
        context.machine.files().erase(one);
    }
    if (problem.empty()) continue;
    context.err += "rm: cannot remove " + quoted(name) + ": " + problem + "\n";
    status = 1;
  }
  return status;
}

namespace {

/// A file, or a folder with all that is in it.
FileError copy_tree(CommandContext& context, const std::string& from, const std::string& to,
                    bool move) {
  std::vector<std::string> sources = tree_of(context.machine, from);
  if (sources.empty()) sources.push_back(from);  // a setting under /proc/sys
  std::size_t copied = 0;
  for (const std::string& source : sources) {
    std::string text;
    const bool folder = read_file(context.machine, source, text) == FileError::kIsDirectory;
    const std::uint32_t mode = file_mode(context.machine, source);
    const std::string destination = to + source.substr(from.size());
    if (folder || source != from) {
      if (context.machine.files().size() >= kMostFiles) return FileError::kTooLarge;
      context.machine.files()[destination] = {text, mode, folder};
    } else {
      const FileError error = write_file(context.turn, context.machine, destination, text, false);
      if (error != FileError::kNone) return error;
      const auto it = context.machine.files().find(destination);
      if (it != context.machine.files().end()) it->second.mode = mode;
    }
    if (move) context.machine.files().erase(source);
    copied += text.size();
    if (copied > kLargestFile) return FileError::kTooLarge;
  }
  return FileError::kNone;
}

CommandResult copy_or_move(CommandContext& context, bool move) {
  const std::string verb = move ? "mv" : "cp";
  std::string options;
  std::vector<std::string> names;
  if (!split_words(context, "rRapfivunT", options, names)) return 1;
  if (names.size() < 2) {
    context.err += verb + (names.empty() ? ": missing file operand\n"
                                         : ": missing destination file operand after " +
                                               quoted(names[0]) + "\n");
    return 1;
  }
  const std::string target = absolute_path(context.directory, names.back());
  const bool into = is_directory(context.machine, target);
  if (names.size() > 2 && !into) {
    context.err += verb + ": target " + quoted(names.back()) + ": No such file or directory\n";
    return 1;
  }
  const bool recursive = move || options.find_first_of("rRa") != std::string::npos;
  int status = 0;
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    const std::string from = absolute_path(context.directory, names[i]);
    if (!file_exists(context.machine, from)) {
      context.err += verb + ": cannot stat " + quoted(names[i]) + ": No such file or directory\n";
      status = 1;
      continue;
    }
    const std::string to = into ? absolute_path(target, from.substr(from.rfind('/') + 1)) : target;
    if (is_directory(context.machine, from) && !recursive) {
      context.err += "cp: -r not specified; omitting directory " + quoted(names[i]) + "\n";
      status = 1;
      continue;
    }
    if (to == from || to.starts_with(from + "/")) {
      context.err +=
          verb + ": " + quoted(names[i]) + " and " + quoted(names.back()) + " are the same file\n";
      status = 1;
      continue;
    }
    const FileError error = copy_tree(context, from, to, move);
    if (error == FileError::kNone) continue;
    context.err += verb + ": cannot create regular file " + quoted(to) + ": " +
                   std::string(file_error_text(error)) + "\n";
    status = 1;
  }
  return status;
}

}  // namespace

CommandResult run_cp(CommandContext& context) { return copy_or_move(context, false); }
CommandResult run_mv(CommandContext& context) { return copy_or_move(context, true); }

}  // namespace lvslab::admin
