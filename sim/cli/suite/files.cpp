#include "cli/suite/files.h"

#include <algorithm>
#include <filesystem>

namespace lvslab::cli {
namespace {

namespace fs = std::filesystem;

bool is_scenario(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

Result<void> add_folder(const std::string& folder, std::vector<std::string>& files) {
  std::error_code problem;
  fs::recursive_directory_iterator at(folder, problem), end;
  while (!problem && at != end) {
    std::error_code gone;  // a link to nowhere is no file
    if (is_scenario(at->path()) && at->is_regular_file(gone)) {
      files.push_back(at->path().lexically_normal().generic_string());
    }
    at.increment(problem);
  }
  if (problem) return fail("cannot read the folder " + folder + ": " + problem.message());
  return {};
}

}  // namespace

Result<std::vector<std::string>> find_scenarios(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code problem;
    const fs::file_status status = fs::status(path, problem);
    if (!fs::exists(status))
      return fail("there is no file or folder " + path, "Paths are looked up from where you are");
    if (!fs::is_directory(status)) {
      files.push_back(fs::path(path).lexically_normal().generic_string());
      continue;
    }
    std::string folder = path;
    while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
    if (auto added = add_folder(folder, files); !added) return tl::unexpected<Error>(added.error());
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

std::string shell_word(const std::string& text) {
  const bool plain = !text.empty() && text.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_./=+-,@%:") == std::string::npos;
  if (plain) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

}  // namespace lvslab::cli
