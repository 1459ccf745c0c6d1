// The quick cases of `lvslab validate`, and its table.
#include "compare/validation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace lvslab::compare {
namespace {

const std::string kScenarios = std::string(LVSLAB_SOURCE_DIR) + "/scenarios";

std::vector<CaseLine> table() {
  const auto cases = read_cases(kScenarios + "/validation/cases.txt");
  EXPECT_TRUE(cases.has_value()) << (cases ? "" : cases.error().what);
  return cases ? *cases : std::vector<CaseLine>();
}

TEST(Validation, TheQuickCasesPass) {
  std::string failed;
  ValidateHow how;
  how.scenarios = kScenarios;
  how.jobs = 2;
  how.tell = [&](const std::string& lines, std::size_t, std::size_t) {
    if (lines.find("FAIL") != std::string::npos) failed += lines;
  };
  const ValidateEnd end = validate(how, table());
  EXPECT_GE(end.passed, 50u);
  EXPECT_EQ(end.failed, 0u) << failed;
}

TEST(Validation, AWrongValueFails) {
  std::vector<CaseLine> lines;
  for (CaseLine& line : table()) {
    if (line.id != "mm1-fcfs-mean-0.5") continue;
    line.value *= 1.2;
    lines.push_back(line);
  }
  ASSERT_EQ(lines.size(), 1u);
  ValidateHow how;
  how.scenarios = kScenarios;
  EXPECT_EQ(validate(how, lines).failed, 1u);
}

TEST(Validation, LinesOfOneCaseStandTogether) {
  std::set<std::string> seen;
  std::string last;
  for (const CaseLine& line : table()) {
    if (line.id != last) {
      EXPECT_TRUE(seen.insert(line.id).second) << line.id;
    }
    last = line.id;
    EXPECT_TRUE(std::filesystem::exists(kScenarios + "/" + line.file)) << line.file;
  }
  EXPECT_GE(seen.size(), 80u);
}

TEST(Validation, ABrokenTableIsRefusedWithItsLine) {
  std::string name = (std::filesystem::temp_directory_path() / "cases-XXXXXX").string();
  const std::string folder = mkdtemp(name.data());
  for (const char* text : {"a; b", "a; f; ; mean; x; 1; 0; 0", "a; f; ; mean; 1; 1; 0; 0; ; 1",
                           "a; f; ; mean; 0; 1; 0; 0", "a; f; ; mean; 1; 1; 0; 0; ; ; ; ; same"}) {
    std::ofstream(folder + "/cases.txt") << "# head\n" << text << "\n";
    const auto cases = read_cases(folder + "/cases.txt");
    ASSERT_FALSE(cases) << text;
    EXPECT_NE(cases.error().what.find("cases.txt:2:"), std::string::npos) << cases.error().what;
  }
  std::filesystem::remove_all(folder);
}

TEST(Validation, FormulasAgreeWithWhatIsPublished) {
  for (const FormulaLine& line : formulas())
    EXPECT_NEAR(line.computed, line.value, line.relative * line.value) << line.id;
}

}  // namespace
}  // namespace lvslab::compare
