// Whatever the program answers with "not simulated", "not modelled" or "not yet" has a line in
// `lvslab list limits`: a new answer of the kind needs one.
#include "cli/limits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace lvslab::cli {
namespace {

bool covered(const std::string& file, const std::string& path) {
  return std::any_of(limits().begin(), limits().end(), [&](const Limit& limit) {
    std::istringstream words{std::string(limit.covers)};
    for (std::string word; words >> word;) {
      if (file.starts_with(word) || path.find("/" + word + "/") != std::string::npos) return true;
    }
    return false;
  });
}

TEST(Limits, EveryAnswerThatSomethingIsMissingHasALine) {
  std::set<std::string> uncovered;
  int answers = 0;
  for (const char* folder : {"/models", "/sim"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(std::string(LVSLAB_SOURCE_DIR) + folder)) {
      const std::string file = entry.path().filename().string();
      const std::string ending = entry.path().extension().string();
      if ((ending != ".cpp" && ending != ".h") || file.starts_with("limits.")) continue;
      std::ifstream stream(entry.path());
      std::ostringstream all;
      all << stream.rdbuf();
      const std::string text = all.str();
      for (const char* phrase :
           {"not yet modelled", "not modelled", "not simulated", "not_simulated(",
            "not yet:", "(not yet)", "\"not yet\"", "not yet for"}) {
        if (text.find(phrase) == std::string::npos) continue;
        ++answers;
        if (!covered(file, entry.path().string())) uncovered.insert(file + ": " + phrase);
      }
    }
  }
  EXPECT_GT(answers, 15);
  EXPECT_EQ(uncovered, std::set<std::string>());
}

TEST(Limits, EachSaysItOnceAndWithItsConsequence) {
  std::set<std::string_view> names;
  for (const Limit& limit : limits()) {
    EXPECT_TRUE(names.insert(limit.name).second) << limit.name;
    EXPECT_GT(limit.about.size(), 40u) << limit.name;
    EXPECT_EQ(limit.about.find('\n'), std::string_view::npos) << limit.name;
  }
  for (const std::string_view name : {"ipv6", "netfilter", "tcp", "tcpdump", "boot", "sync"})
    EXPECT_TRUE(names.contains(name)) << name;
}

}  // namespace
}  // namespace lvslab::cli
