// sysctl: reads and writes the settings under /proc/sys, at the prompt or from files.
#include <algorithm>

#include "admin/commands/commands.h"
#include "admin/commands/regex.h"
#include "admin/files.h"
#include "admin/sysctl_paths.h"

namespace lvslab::admin {
namespace {

struct Options {
  bool values_only = false, names_only = false, quiet = false, ignore = false, binary = false;
};

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

void print(CommandContext& context, const Options& options, std::string_view path,
           std::string_view value) {
  if (options.binary) {
    context.out += value;
  } else if (options.names_only) {
    context.out += sysctl_key(path) + "\n";
  } else if (options.values_only) {
    context.out += std::string(value) + "\n";
  } else {
    context.out += sysctl_key(path) + " = " + std::string(value) + "\n";
  }
}

int missing(CommandContext& context, const Options& options, std::string_view path) {
  if (options.ignore) return 0;
  context.err +=
      "sysctl: cannot stat /proc/sys/" + std::string(path) + ": No such file or directory\n";
  return 1;
}

int show(CommandContext& context, const Options& options, std::string_view key) {
  const std::string path = sysctl_path(key);
  std::string value;
  if (read_sysctl(context.machine, path, value) == SysctlResult::kDone) {
    print(context, options, path, value);
    return 0;
  }
  // A folder stands for all that is in it.
  const std::string prefix = path + "/";
  bool any = false;
  for (const std::string& one : list_sysctls(context.machine)) {
    if (!one.starts_with(prefix) || read_sysctl(context.machine, one, value) != SysctlResult::kDone)
      continue;
    print(context, options, one, value);
    any = true;
  }
  return any ? 0 : missing(context, options, path);
}

int set(CommandContext& context, const Options& options, std::string_view key,
        std::string_view value) {
  const std::string path = sysctl_path(key);
  switch (write_sysctl(context.turn, context.machine, path, value)) {
    case SysctlResult::kDone:
      if (!options.quiet) print(context, options, path, value);
      return 0;
    case SysctlResult::kNoSuchKey:
      return missing(context, options, path);
    case SysctlResult::kReadOnly:
      context.err +=
          "sysctl: setting key \"" + sysctl_key(path) + "\", ignoring: Read-only file system\n";
      return 1;
    case SysctlResult::kInvalid:
      break;
  }
  context.err += "sysctl: setting key \"" + sysctl_key(path) + "\": Invalid argument\n";
  return 1;
}

/// A line of a file: what to set, and whether a failure counts.
struct Setting {
  std::string key, value;
  bool forgiving = false;
};

int apply(CommandContext& context, const Options& options, const Setting& setting) {
  int status = 0;
  const bool pattern_key = setting.key.find('*') != std::string::npos;
  if (!pattern_key) {
    status = set(context, options, setting.key, setting.value);
  } else {  // a key with a pattern stands for every setting it names
    std::uint64_t steps = 0;
    const std::string pattern = "/proc/sys/" + sysctl_path(setting.key);
    for (const std::string& path : matching_files(context.machine, "/", pattern, steps))
      status |= set(context, options, path.substr(10), setting.value);
  }
  // "-" forgives a value that is refused, not a key that is missing.
  std::string value;
  const bool there =
      read_sysctl(context.machine, sysctl_path(setting.key), value) != SysctlResult::kNoSuchKey;
  return setting.forgiving && (pattern_key || there) ? 0 : status;
}

// The whole file is read before anything is set: what is wrong with its lines is said first.
int load_text(CommandContext& context, const Options& options, const std::string& file,
              std::string_view text) {
  int status = 0;
  int number = 0;
  std::vector<Setting> settings;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.size() < 2 || line[0] == '#' || line[0] == ';') continue;
    Setting setting;
    setting.forgiving = line[0] == '-';
    if (setting.forgiving) line.remove_prefix(1);
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) {
      context.err +=
          "sysctl: " + file + "(" + std::to_string(number) + "): invalid syntax, continuing...\n";
      status = 1;
      continue;
    }
    setting.key = trim(line.substr(0, equals));
    setting.value = trim(line.substr(equals + 1));
    settings.push_back(std::move(setting));
  }
  for (const Setting& setting : settings) {
    status |= apply(context, options, setting);
    if (context.out.size() > kLargestOutput) break;
  }
  return status;
}

int load_file(CommandContext& context, const Options& options, const std::string& name) {
  std::string text;
  if (name == "-") return load_text(context, options, name, context.input);
  const FileError error = read_file(context.machine, absolute_path(context.directory, name), text);
  if (error == FileError::kNone) return load_text(context, options, name, text);
  if (options.ignore) return 0;
  context.err +=
      "sysctl: cannot open \"" + name + "\": " + std::string(file_error_text(error)) + "\n";
  return 1;
}

// Files of the folders in order of their names (the first folder that has a name wins), sysctl.conf
// last.
int load_system(CommandContext& context, const Options& options) {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> found;
  for (const std::string folder :
       {"/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d"}) {
    for (const std::string& name : list_directory(context.machine, folder)) {
      const bool known =
          std::any_of(found.begin(), found.end(), [&](const auto& f) { return f.first == name; });
      if (name.ends_with(".conf") && !known) found.emplace_back(name, folder + "/" + name);
    }
  }
  std::sort(found.begin(), found.end());
  if (file_exists(context.machine, "/etc/sysctl.conf")) found.emplace_back("", "/etc/sysctl.conf");
  for (const auto& [name, path] : found) {
    if (!options.quiet) context.out += "* Applying " + path + " ...\n";
    status |= load_file(context, options, path);
  }
  return status;
}

/// What the options ask for.
struct Request {
  Options options;
  bool write = false, all = false, system = false, load = false, version = false;
  std::string pattern;  ///< -r: only keys that match
  std::vector<std::string> words;
};

std::string parse(const CommandContext& context, Request& request) {
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    if (word == "--system")
      request.system = true;
    else if (word == "--all")
      request.all = true;
    else if (word == "--write")
      request.write = true;
    else if (word == "--quiet")
      request.options.quiet = true;
    else if (word == "--ignore")
      request.options.ignore = true;
    else if (word == "--values")
      request.options.values_only = true;
    else if (word == "--names")
      request.options.names_only = true;
    else if (word == "--binary")
      request.options.binary = true;
    else if (word == "--version")
      request.version = true;
    else if (word == "--pattern" && i + 1 < context.args.size())
      request.pattern = context.args[++i];
    else if (word.starts_with("--pattern="))
      request.pattern = word.substr(10);
    else if (word == "--load" || word.starts_with("--load=")) {
      request.load = true;
      if (word.size() > 7) request.words.push_back(word.substr(7));
    } else if (word.size() < 2 || word[0] != '-')
      request.words.push_back(word);
    else {
      for (std::size_t j = 1; j < word.size(); ++j) {
        switch (word[j]) {
          case 'b':
            request.options.binary = true;
            break;
          case 'o':
          case 'x':
            break;
          case 'V':
            request.version = true;
            break;
          case 'r':
            request.pattern = word.substr(j + 1);
            if (request.pattern.empty() && i + 1 < context.args.size())
              request.pattern = context.args[++i];
            j = word.size();
            break;
          case 'n':
            request.options.values_only = true;
            break;
          case 'N':
            request.options.names_only = true;
            break;
          case 'q':
            request.options.quiet = true;
            break;
          case 'e':
            request.options.ignore = true;
            break;
          case 'w':
            request.write = true;
            break;
          case 'a':
          case 'A':
          case 'X':
            request.all = true;
            break;
          case 'p':
          case 'f':
            request.load = true;
            break;
          default:
            return std::string(1, word[j]);
        }
      }
    }
  }
  return {};
}

}  // namespace

CommandResult run_sysctl(CommandContext& context) {
  Request request;
  if (const std::string bad = parse(context, request); !bad.empty()) {
    context.err += "sysctl: invalid option -- '" + bad +
                   "'\n\nUsage:\n sysctl [options] [variable[=value] ...]\n";
    return 1;
  }
  const Options& options = request.options;
  if (request.version) {
    context.out += "sysctl from procps-ng 4.0.2\n";
    return 0;
  }
  if (request.system) return load_system(context, options);
  int status = 0;
  if (request.load) {
    if (request.words.empty()) request.words.emplace_back("/etc/sysctl.conf");
    for (const std::string& file : request.words) status |= load_file(context, options, file);
    return status;
  }
  if (request.all) {
    Regex pattern(request.pattern, Regex::Syntax::kExtended, false);
    for (const std::string& path : list_sysctls(context.machine)) {
      std::string value;
      std::size_t at = 0, length = 0;
      if (!request.pattern.empty() && !pattern.search(sysctl_key(path), at, length)) continue;
      if (read_sysctl(context.machine, path, value) == SysctlResult::kDone)
        print(context, options, path, value);
    }
    return 0;
  }
  if (request.words.empty()) {
    context.err += "sysctl: no variables specified\nTry `sysctl --help' for more information.\n";
    return 1;
  }
  for (const std::string& word : request.words) {
    const std::size_t equals = word.find('=');
    if (word.size() < 2)
      continue;  // too short for a setting: "=" and "1" of "key = 1" are passed over
    if (equals == std::string::npos ? request.write : equals == 0) {
      context.err += "sysctl: command line(0): invalid syntax, continuing...\n";
      status = 1;
    } else if (equals == std::string::npos) {
      status |= show(context, options, word);
    } else {
      status |= set(context, options, trim(std::string_view(word).substr(0, equals)),
                    trim(std::string_view(word).substr(equals + 1)));
    }
    if (context.out.size() > kLargestOutput) break;
  }
  return status;
}

}  // namespace lvslab::admin
