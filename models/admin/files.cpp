#include <algorithm>
#include <array>
#include <set>

#include "admin/files.h"
#include "admin/machine.h"
#include "admin/pattern.h"
#include "admin/proc_net.h"
#include "admin/sysctl_paths.h"

namespace lvslab::admin {
namespace {

constexpr std::string_view kProcSys = "/proc/sys/";
constexpr std::string_view kProcNet = "/proc/net/";

// Folders that every machine has.
constexpr auto kFolders = std::to_array<std::string_view>({"/",
                                                           "/bin",
                                                           "/dev",
                                                           "/etc",
                                                           "/etc/NetworkManager",
                                                           "/etc/NetworkManager/system-connections",
                                                           "/etc/default",
                                                           "/etc/init.d",
                                                           "/etc/keepalived",
                                                           "/etc/modules-load.d",
                                                           "/etc/network",
                                                           "/etc/rc.d",
                                                           "/etc/rc.d/init.d",
                                                           "/etc/sysconfig",
                                                           "/etc/sysconfig/network-scripts",
                                                           "/etc/sysctl.d",
                                                           "/home",
                                                           "/opt",
                                                           "/proc",
                                                           "/proc/net",
                                                           "/proc/sys",
                                                           "/root",
                                                           "/sbin",
                                                           "/tmp",
                                                           "/usr",
                                                           "/usr/bin",
                                                           "/usr/lib",
                                                           "/usr/lib/sysctl.d",
                                                           "/usr/local",
                                                           "/usr/local/bin",
                                                           "/usr/local/sbin",
                                                           "/usr/sbin",
                                                           "/usr/share",
                                                           "/usr/share/nginx",
                                                           "/usr/share/nginx/html",
                                                           "/var",
                                                           "/var/lib",
                                                           "/var/lock",
                                                           "/var/lock/subsys",
                                                           "/var/log",
                                                           "/var/run",
                                                           "/var/www",
                                                           "/var/www/html"});

bool is_usual_folder(std::string_view path) {
  return std::find(kFolders.begin(), kFolders.end(), path) != kFolders.end();
}

bool is_device(std::string_view path) {
  return path == "/dev/null" || path == "/dev/stdout" || path == "/dev/stderr" ||
         path == "/dev/stdin" || path == "/dev/tty" || path == "/dev/zero";
}

/// Whether some key of /proc/sys lies below `path`.
bool is_sysctl_folder(const Machine& machine, const std::string& path) {
  if (!path.starts_with(kProcSys)) return false;
  const std::string prefix = path.substr(kProcSys.size()) + "/";
  const std::vector<std::string> all = list_sysctls(machine);
  const auto it = std::lower_bound(all.begin(), all.end(), prefix);
  return it != all.end() && it->starts_with(prefix);
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

}  // namespace

std::string_view file_error_text(FileError error) {
  switch (error) {
    case FileError::kNone:
      return "Success";
    case FileError::kNotFound:
      return "No such file or directory";
    case FileError::kIsDirectory:
      return "Is a directory";
    case FileError::kNotDirectory:
      return "Not a directory";
    case FileError::kPermission:
      return "Permission denied";
    case FileError::kInvalid:
      return "Invalid argument";
    case FileError::kTooLarge:
      return "No space left on device";
    case FileError::kExists:
      return "File exists";
  }
  return "";
}

std::string absolute_path(std::string_view directory, std::string_view name) {
  const std::string whole =
      name.starts_with('/') ? std::string(name) : std::string(directory) + "/" + std::string(name);
  std::string path;
  for (std::size_t p = 0; p < whole.size();) {
    const std::size_t end = std::min(whole.find('/', p), whole.size());
    const std::string_view step = std::string_view(whole).substr(p, end - p);
    p = end + 1;
    if (step.empty() || step == ".") continue;
    if (step == "..") {
      path.erase(path.empty() ? 0 : path.rfind('/'));
      continue;
    }
    path += '/';
    path += step;
  }
  return path.empty() ? "/" : path;
}

bool is_directory(const Machine& machine, const std::string& path) {
  if (is_usual_folder(path)) return true;
  const auto& files = machine.files();
  const auto own = files.find(path);
  if (own != files.end()) return own->second.directory;
  const auto below = files.lower_bound(path + "/");
  if (below != files.end() && below->first.starts_with(path + "/")) return true;
  return is_sysctl_folder(machine, path);
}

bool file_exists(const Machine& machine, const std::string& path) {
  if (machine.files().contains(path) || is_device(path) || is_directory(machine, path)) return true;
  if (path.starts_with(kProcNet)) {
    return read_proc_net(machine, std::string_view(path).substr(kProcNet.size())).has_value();
  }
  std::string value;
  return path.starts_with(kProcSys) &&
         read_sysctl(machine, std::string_view(path).substr(kProcSys.size()), value) ==
             SysctlResult::kDone;
}

std::uint32_t file_mode(const Machine& machine, const std::string& path) {
  const auto it = machine.files().find(path);
  if (it != machine.files().end()) return it->second.mode;
  return is_directory(machine, path) ? 0755 : 0644;
}

FileError read_file(const Machine& machine, const std::string& path, std::string& text) {
  text.clear();
  const auto it = machine.files().find(path);
  if (it != machine.files().end() && !it->second.directory) {
    text = it->second.text;
    return FileError::kNone;
  }
  if (is_device(path)) return FileError::kNone;
  if (path.starts_with(kProcNet)) {
    auto shown = read_proc_net(machine, std::string_view(path).substr(kProcNet.size()));
    if (!shown) return FileError::kNotFound;
    text = std::move(*shown);
    return FileError::kNone;
  }
  if (path.starts_with(kProcSys)) {
    if (read_sysctl(machine, std::string_view(path).substr(kProcSys.size()), text) ==
        SysctlResult::kDone) {
      text += '\n';
      return FileError::kNone;
    }
  }
  return is_directory(machine, path) ? FileError::kIsDirectory : FileError::kNotFound;
}

FileError check_writable(const Machine& machine, const std::string& path) {
  if (is_device(path)) return FileError::kNone;
  if (is_directory(machine, path)) return FileError::kIsDirectory;
  if (path.starts_with(kProcNet) && file_exists(machine, path)) return FileError::kPermission;
  if (path.starts_with("/proc/")) {
    return file_exists(machine, path) ? FileError::kNone : FileError::kNotFound;
  }
  if (machine.files().contains(path)) return FileError::kNone;
  const std::string parent = parent_of(path);
  if (!is_directory(machine, parent)) {
    return file_exists(machine, parent) ? FileError::kNotDirectory : FileError::kNotFound;
  }
  return machine.files().size() < kMostFiles ? FileError::kNone : FileError::kTooLarge;
}

FileError write_file(Turn& turn, Machine& machine, const std::string& path, std::string_view text,
                     bool append) {
  const FileError error = check_writable(machine, path);
  if (error != FileError::kNone || is_device(path)) return error;
  if (path.starts_with(kProcSys)) {
    switch (write_sysctl(turn, machine, std::string_view(path).substr(kProcSys.size()), text)) {
      case SysctlResult::kDone:
        return FileError::kNone;
      case SysctlResult::kNoSuchKey:
        return FileError::kNotFound;
      case SysctlResult::kInvalid:
        return FileError::kInvalid;
      case SysctlResult::kReadOnly:
        return FileError::kPermission;
    }
  }
  File& file = machine.files()[path];
  if ((append ? file.text.size() : 0) + text.size() > kLargestFile) return FileError::kTooLarge;
  if (!append) file.text.clear();
  file.text += text;
  machine.file_written(turn, path);
  return FileError::kNone;
}

std::vector<std::string> list_directory(const Machine& machine, const std::string& path) {
  const std::string prefix = path == "/" ? path : path + "/";
  std::set<std::string> names;
  const auto take = [&](std::string_view whole) {
    if (!whole.starts_with(prefix) || whole.size() == prefix.size()) return;
    names.emplace(whole.substr(prefix.size(), whole.find('/', prefix.size()) - prefix.size()));
  };
  for (const std::string_view folder : kFolders) take(folder);
  for (auto it = machine.files().lower_bound(prefix); it != machine.files().end(); ++it) {
    if (!it->first.starts_with(prefix)) break;
    take(it->first);
  }
  if (prefix.starts_with(kProcSys)) {
    for (const std::string& key : list_sysctls(machine)) take(std::string(kProcSys) + key);
  }
  if (prefix == kProcNet) {
    for (const std::string& name : list_proc_net(machine)) names.insert(name);
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> matching_files(const Machine& machine, const std::string& directory,
                                        std::string_view pattern, std::uint64_t& steps) {
  std::vector<std::string> found{pattern.starts_with('/') ? "/" : ""};
  constexpr std::size_t kMost = 4096;
  std::uint64_t budget = 2'000'000;
  for (std::size_t p = 0; p < pattern.size() && !found.empty();) {
    const std::size_t end = std::min(pattern.find('/', p), pattern.size());
    const std::string_view step = pattern.substr(p, end - p);
    p = end + 1;
    if (step.empty()) continue;
    std::vector<std::string> next;
    for (const std::string& base : found) {
      const std::string start = base.empty() || base.ends_with('/') ? base : base + "/";
      if (++steps > 1'000'000'000 || next.size() > kMost) break;
      if (!has_wildcards(step)) {
        std::string path = start + unescape_pattern(step);
        steps += 16;
        if (file_exists(machine, absolute_path(directory, path))) next.push_back(std::move(path));
        continue;
      }
      for (const std::string& name :
           list_directory(machine, absolute_path(directory, base.empty() ? "." : base))) {
        ++steps;
        if (name.starts_with('.') && !step.starts_with('.')) continue;
        if (pattern_matches(step, name, budget) && next.size() <= kMost)
          next.push_back(start + name);
      }
    }
    found.swap(next);
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace lvslab::admin
