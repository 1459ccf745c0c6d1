// The folders of a collection: which files are read, in which order, and how large they may be.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <system_error>

#include "fmt/format.h"
#include "import/import.h"
#include "import/readers.h"
#include "scenario/text.h"

namespace lvslab::importer {
namespace {

namespace fs = std::filesystem;

struct FileKind {
  const char* name;
  void (*read)(const TextFile& file, HostFacts& host, Problems& problems);
};
// keepalived.conf last: it counts only where the kernel had no services.
constexpr FileKind kFiles[] = {
    {"addr.json", read_addresses},
    {"route.json", read_routes},
    {"rule.json", read_rules},
    {"neigh.json", read_neighbours},
    {"sysctl.txt", read_sysctls},
    {"modules.txt", read_modules},
    {"listen.txt", read_listening},
    {"iptables.txt", read_iptables},
    {"arptables.txt", read_arptables},
    {"ipvsadm.txt", read_ipvsadm},
    {"ipvsadm-timeout.txt", read_timeouts},
    {"keepalived.conf", read_keepalived},
};

class FolderReader {
 public:
  explicit FolderReader(Problems& problems) : problems_(problems) {}

  HostFacts read_host(const fs::path& folder) {
    HostFacts host;
    host.folder = folder.filename().string();
    host.name = name_for(host.folder);
    bool any = false;
    for (const FileKind& kind : kFiles) {
      const std::optional<TextFile> file = read_file(folder / kind.name);
      if (!file) continue;
      any = true;
      // An empty file is a program that was not there, or had nothing to say.
      if (!scenario::trimmed(file->text).empty() || kind.read == read_listening)
        kind.read(*file, host, problems_);
    }
    if (!any)
      problems_.add({.file = folder.string(), .line = 0, .column = 0},
                    "the folder has none of the files that are read",
                    "`lvslab import --collect` prints the script that makes them");
    return host;
  }

 private:
  std::optional<TextFile> read_file(const fs::path& path) {
    std::error_code problem;
    if (!fs::is_regular_file(path, problem)) return std::nullopt;
    TextFile file{.name = path.string(), .text = {}};
    const scenario::Place place{.file = file.name, .line = 1, .column = 1};
    const std::uintmax_t size = fs::file_size(path, problem);
    if (problem || size > limits::kFileBytes) {
      problems_.add(place, fmt::format("the file is larger than {} MiB", limits::kFileBytes >> 20));
      return std::nullopt;
    }
    total_ += static_cast<std::size_t>(size);
    if (total_ > limits::kTotalBytes) {
      problems_.add(place,
                    fmt::format("the files are larger than {} MiB", limits::kTotalBytes >> 20));
      return std::nullopt;
    }
    std::ifstream stream(path, std::ios::binary);
    file.text.resize(static_cast<std::size_t>(size));
    stream.read(file.text.data(), static_cast<std::streamsize>(size));
    if (stream.bad() || (!stream && !stream.eof())) {
      problems_.add(place, "the file cannot be read");
      return std::nullopt;
    }
    file.text.resize(static_cast<std::size_t>(stream.gcount()));
    const auto bad = scenario::first_bad_utf8(file.text);
    const std::size_t zero = file.text.find('\0');
    if (bad || zero != std::string::npos) {
      problems_.add(file, bad ? *bad : zero, "this is not text");
      return std::nullopt;
    }
    return file;
  }
  /// Letters, digits and '-', and no other host's name.
  std::string name_for(const std::string& folder) {
    std::string name;
    for (const char c : folder.substr(0, folder.find('.'))) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      const bool upper = c >= 'A' && c <= 'Z';
      name += plain ? c : upper ? static_cast<char>(c - 'A' + 'a') : '-';
    }
    name.erase(0, std::min(name.find_first_not_of('-'), name.size()));
    if (name.empty()) name = "host";
    name.resize(std::min<std::size_t>(name.size(), 40));
    std::string unique = name;
    for (int number = 2; !taken_.insert(unique).second; ++number)
      unique = fmt::format("{}-{}", name, number);
    return unique;
  }

  Problems& problems_;
  std::size_t total_ = 0;
  std::set<std::string> taken_{"broadcast", "any", "all"};
};

}  // namespace

std::vector<HostFacts> read_folder(const std::string& folder, Problems& problems) {
  std::vector<HostFacts> hosts;
  std::vector<fs::path> folders;
  std::error_code problem;
  const scenario::Place place{.file = folder, .line = 0, .column = 0};
  for (fs::directory_iterator entry(folder, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    std::error_code ignored;
    if (!entry->is_directory(ignored) || entry->path().filename().string()[0] == '.') continue;
    folders.push_back(entry->path());
    if (folders.size() > limits::kHosts) {
      problems.add(place, fmt::format("more than {} hosts", limits::kHosts));
      return hosts;
    }
  }
  if (problem) {
    problems.add(place, "the folder cannot be read: " + problem.message());
  } else if (folders.empty()) {
    problems.add(place, "there is no folder in it",
                 "One folder a host: `lvslab import --collect` prints the script that makes it");
  }
  std::sort(folders.begin(), folders.end());
  FolderReader reader(problems);
  for (const fs::path& path : folders) hosts.push_back(reader.read_host(path));
  return hosts;
}

}  // namespace lvslab::importer
