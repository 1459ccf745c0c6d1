// The house rules that no compiler checks. Each failure names file and line.
#include <gtest/gtest.h>
#include <regex.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/text_file.h"

namespace lvslab::testing {
namespace {

namespace fs = std::filesystem;

struct SourceFile {
  std::string path;  ///< from the root, "models/base/time.h"
  std::vector<std::string> lines;
  bool below(std::string_view folder) const { return path.starts_with(std::string(folder) + "/"); }
  bool is_header() const { return path.ends_with(".h"); }
  bool is_code() const { return is_header() || path.ends_with(".cpp"); }
};

// Everything people wrote; recorded data and hostile inputs are what they are.
std::vector<SourceFile> read_repository() {
  const fs::path root(LVSLAB_SOURCE_DIR);
  std::vector<fs::path> paths;
  for (const char* folder :
       {"models", "sim", "tests", "gui", "bench", "cmake", "scenarios", "docs", ".ci"}) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file()) paths.push_back(entry.path());
    }
  }
  for (const char* file : {"CMakeLists.txt", "CMakePresets.json", "README.md", "lab"}) {
    if (fs::exists(root / file)) paths.push_back(root / file);
  }
  std::vector<SourceFile> files;
  for (const fs::path& path : paths) {
    SourceFile file{.path = fs::relative(path, root).generic_string(), .lines = {}};
    const bool data = file.path.find("/data/") != std::string::npos ||
                      file.below("tests/fuzz/corpus") || file.below("tests/scenario/broken");
    if (data || file.path.find("__pycache__") != std::string::npos || path.extension() == ".png")
      continue;
    file.lines = lines_of(read_text_file(path.string()));
    files.push_back(std::move(file));
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

const std::vector<SourceFile>& repository() {
  static const std::vector<SourceFile> files = read_repository();
  return files;
}

// A POSIX extended expression: much faster than std::regex over a whole repository.
class Pattern {
 public:
  explicit Pattern(const std::string& text) {
    if (regcomp(&compiled_, text.c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
      ADD_FAILURE() << "no expression: " << text;
      std::abort();
    }
  }
  ~Pattern() { regfree(&compiled_); }
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;
  bool in(const std::string& line) const {
    return regexec(&compiled_, line.c_str(), 0, nullptr, 0) == 0;
  }

 private:
  regex_t compiled_{};
};

// Lines of the files `where` that contain a match of `pattern`, as "path:line: text".
template <typename Where>
std::string offenders(const std::string& pattern, const Where& where) {
  const Pattern expression(pattern);
  std::string found;
  for (const SourceFile& file : repository()) {
    if (!where(file)) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (expression.in(file.lines[i]))
        found += file.path + ":" + std::to_string(i + 1) + ": " + file.lines[i] + "\n";
    }
  }
  return found;
}

TEST(Tidy, TheRepositoryIsFound) {
  EXPECT_GT(std::count_if(repository().begin(), repository().end(),
                          [](const SourceFile& f) { return f.is_code(); }),
            200);
}

TEST(Tidy, NoSourceFileIsLongerThan500Lines) {
  for (const SourceFile& file : repository()) {
    if (file.is_code()) {
      EXPECT_LE(file.lines.size(), 500u) << file.path;
    }
  }
}

TEST(Tidy, NoSourceLineIsLongerThan120Columns) {
  for (const SourceFile& file : repository()) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const auto columns = std::count_if(file.lines[i].begin(), file.lines[i].end(),
                                         [](char c) { return (c & 0xc0) != 0x80; });
      if (file.is_code()) {
        EXPECT_LE(columns, 120) << file.path << ":" << i + 1;
      }
    }
  }
}

TEST(Tidy, NoTabsAndNoSpacesAtTheEndOfALine) {
  const auto text = [](const SourceFile& f) {
    return f.is_code() || f.path.ends_with(".yaml") || f.path.ends_with(".cmake");
  };
  EXPECT_EQ(offenders("\t", text), "");
  EXPECT_EQ(offenders(" $", text), "");
}

TEST(Tidy, EveryHeaderBeginsByTellingWhatItIsAndIsIncludedOnce) {
  for (const SourceFile& file : repository()) {
    if (!file.is_header()) continue;
    ASSERT_FALSE(file.lines.empty()) << file.path;
    EXPECT_TRUE(file.lines[0].starts_with("// ") && file.lines[0].size() > 20) << file.path;
    EXPECT_EQ(std::count(file.lines.begin(), file.lines.end(), "#pragma once"), 1) << file.path;
  }
}

TEST(Tidy, NothingIsLeftToDoInComments) {
  const std::string left = std::string("TO") + "DO|FIX" + "ME|XX" + "X";
  EXPECT_EQ(offenders("\\b(" + left + ")\\b",
                      [](const SourceFile& f) { return f.path != "tests/tidy/tidy_test.cpp"; }),
            "");
}

// Same inputs, same bytes: no order of addresses or hashes, no clock, no chance but our own.
TEST(Tidy, ResultsDependOnNothingButTheInputs) {
  const auto judged = [](const SourceFile& f) {
    return f.is_code() && (f.below("models") || f.below("sim"));
  };
  EXPECT_EQ(
      offenders(
          R"(\bunordered_(multi)?(map|set)\b|\brandom_device\b|\bsystem_clock\b|\bhigh_resolution_clock\b)",
          judged),
      "");
  EXPECT_EQ(
      offenders(
          R"(\bstd::[a-z_]+_distribution\b|\bmt19937|\bstd::rand\b|\bsrand\(|[^_a-z]time\((NULL|nullptr|0)\))",
          judged),
      "");
  EXPECT_EQ(offenders(R"(\bsteady_clock\b|\bgettimeofday\b|\bclock_gettime\b)",
                      [&](const SourceFile& f) {
                        return judged(f) && !f.below("sim/cli") && !f.below("sim/live") &&
                               !f.below("sim/jobs");
                      }),
            "");
}

TEST(Tidy, ModelsThrowNothingAndShareNothing) {
  const auto models = [](const SourceFile& f) { return f.is_code() && f.below("models"); };
  EXPECT_EQ(
      offenders(
          R"(^\s*(throw\b|try \{)|\bshared_ptr<[^c]|#include <(iostream|thread|mutex|regex)>)",
          models),
      "");
}

TEST(Tidy, NothingPointsOutOfTheRepository) {
  const std::string outside =
      std::string("\\.\\./sha") + "red|(^|[^a-zA-Z0-9_.}$])/wo" + "rk(/|\\b)";
  EXPECT_EQ(offenders(outside, [](const SourceFile&) { return true; }), "");
  // A simulated host has a folder for temporary files of its own, which the tests of its shell use;
  // a script asks mktemp.
  EXPECT_EQ(offenders(std::string("/tm") + "p/",
                      [](const SourceFile& f) {
                        return !f.below("tests/admin") && f.path != "lab" && !f.below(".ci");
                      }),
            "");
}

// Which folder may include which, as the build links them.
const std::map<std::string, std::vector<std::string>>& allowed() {
  static const std::map<std::string, std::vector<std::string>> table = {
      {"base", {}},
      {"wire", {"base"}},
      {"hook", {"wire"}},
      {"net", {"hook"}},
      {"transport", {"net"}},
      {"app", {"transport"}},
      {"lvs", {"hook"}},
      {"admin", {"app", "lvs"}},
      {"lang", {"base"}},
      {"trace", {"wire", "lang"}},
      {"metrics", {"trace"}},
      {"replay", {"metrics"}},
      {"engine", {"admin"}},
      {"topology", {"base"}},
      {"scenario", {"engine", "topology", "metrics"}},
      {"expect", {"diagnose"}},
      {"diagnose", {"scenario"}},
      {"report", {"expect"}},
      {"live", {"admin"}},
      {"import", {"scenario"}},
      {"jobs", {"base"}},
      {"compare", {"report", "jobs"}},
      {"cli", {"compare", "live", "import", "replay"}},
  };
  return table;
}

void reach(const std::string& folder, std::set<std::string>& reached) {
  if (!reached.insert(folder).second) return;
  for (const std::string& next : allowed().at(folder)) reach(next, reached);
}

TEST(Tidy, FoldersIncludeOnlyWhatTheArchitectureAllows) {
  const std::string include = "#include \"";
  for (const SourceFile& file : repository()) {
    if (!file.is_code() || !(file.below("models") || file.below("sim"))) continue;
    const std::string inner = file.path.substr(file.path.find('/') + 1);
    const std::string folder = inner.substr(0, inner.find('/'));
    if (folder == "main.cpp" || !allowed().contains(folder)) continue;
    std::set<std::string> reached;
    reach(folder, reached);
    for (const std::string& line : file.lines) {
      const std::size_t slash = line.find('/');
      if (!line.starts_with(include) || slash == std::string::npos) continue;
      const std::string target = line.substr(include.size(), slash - include.size());
      if (target == "fmt") continue;
      EXPECT_TRUE(reached.contains(target)) << file.path << " includes " << target << "/";
    }
  }
}

TEST(Tidy, ForeignLibrariesAreSeenByOneFolderEach) {
  const std::pair<const char*, std::vector<const char*>> kLibraries[] = {
      {"yaml-cpp/", {"sim/scenario"}},
      {"boost/", {"sim/topology"}},
      {"sqlite3.h", {"sim/trace", "sim/replay"}},
      {"CLI/", {"sim/cli"}},
      {"nlohmann/", {"sim/import", "sim/compare"}},
      {"Q[A-Z]", {"gui", "bench/gui_gap.cpp"}}};
  for (const auto& [name, folders] : kLibraries) {
    const auto elsewhere = [&, &owners = folders](const SourceFile& f) {
      return f.is_code() && !f.below("tests") &&
             std::none_of(owners.begin(), owners.end(),
                          [&](const char* owner) { return f.below(owner) || f.path == owner; });
    };
    EXPECT_EQ(offenders(std::string("#include [<\"]") + name, elsewhere), "") << name;
  }
}

TEST(Tidy, ModelsIncludeNothingButTheStandardLibraryAndExpected) {
  EXPECT_EQ(offenders(R"(#include <(fmt/|boost/|yaml|sqlite|CLI/|sys/|unistd|net/|linux/))",
                      [](const SourceFile& f) { return f.is_code() && f.below("models"); }),
            "");
  EXPECT_EQ(offenders(R"(#include "fmt/)",
                      [](const SourceFile& f) { return f.is_code() && f.below("models"); }),
            "");
}

}  // namespace
}  // namespace lvslab::testing
