#include "cli/suite/golden.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "cli/suite/files.h"

namespace lvslab::cli {
namespace {

constexpr std::size_t kAround = 3;

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Line `at` marked, with those around it.
std::string excerpt(const std::vector<std::string>& lines, std::size_t at) {
  std::string text;
  const std::size_t end = std::min(lines.size(), at + kAround + 1);
  for (std::size_t i = at > kAround ? at - kAround : 0; i < end; ++i)
    text += (i == at ? "> " : "  ") + lines[i] + "\n";
  return at < lines.size() ? text : text + "> (the end)\n";
}

}  // namespace

std::string ladder_path(const std::string& scenario) {
  return std::filesystem::path(scenario).replace_extension(".ladder").generic_string();
}

bool has_ladder(const std::string& scenario) {
  std::error_code problem;
  return std::filesystem::is_regular_file(ladder_path(scenario), problem);
}

std::optional<report::Mismatch> compare_ladder(const std::string& scenario,
                                               const std::string& ladder) {
  const std::string path = ladder_path(scenario), golden = read(path);
  if (golden == ladder) return std::nullopt;
  const auto wanted = lines_of(golden), seen = lines_of(ladder);
  const auto differ = std::mismatch(wanted.begin(), wanted.end(), seen.begin(), seen.end()).first;
  const auto at = static_cast<std::size_t>(differ - wanted.begin());
  report::Mismatch one;
  one.place = {
      path,
      static_cast<int>(at) + 1,
      1,
  };
  one.kind = "ladder";
  one.expected = excerpt(wanted, at);
  one.actual = excerpt(seen, at);
  one.reproduce = "lvslab explain " + shell_word(scenario) + " | diff " + shell_word(path) +
                  " -   # lvslab test --update-golden accepts it";
  return one;
}

Result<bool> write_ladder(const std::string& scenario, const std::string& ladder) {
  const std::string path = ladder_path(scenario);
  if (has_ladder(scenario) && read(path) == ladder) return false;
  std::ofstream file(path, std::ios::binary);
  file << ladder;
  file.close();
  if (!file) return fail("could not write " + path);
  return true;
}

}  // namespace lvslab::cli
