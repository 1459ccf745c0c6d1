// Every file of broken/ gives exactly the messages of its .expected file. LVSLAB_UPDATE_GOLDEN=1
// rewrites those.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "scenario/scenario.h"

namespace lvslab::scenario {
namespace {

const std::filesystem::path kFolder =
    std::filesystem::path(LVSLAB_TEST_DATA) / "scenario" / "broken";

std::vector<std::string> broken_files() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string line_of(const ReadResult& result, const Place& place) {
  const auto lines = result.lines.find(place.file);
  if (lines == result.lines.end() || place.line < 1) return {};
  const auto number = static_cast<std::size_t>(place.line);
  return number <= lines->second.size() ? lines->second[number - 1] : "";
}

/// All messages, files named relative to the folder.
std::string messages_of(const std::string& name) {
  const ReadResult result = read_scenario((kFolder / (name + ".yaml")).string());
  const std::string folder = kFolder.string() + "/";
  std::string out;
  for (const Message& message : result.errors) {
    std::string text = render(message, line_of(result, message.place));
    for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder)) {
      text.erase(at, folder.size());
    }
    out += text;
  }
  return out;
}

class BrokenFile : public testing::TestWithParam<std::string> {};

TEST_P(BrokenFile, GivesItsMessages) {
  const std::filesystem::path expected = kFolder / (GetParam() + ".expected");
  const std::string messages = messages_of(GetParam());
  EXPECT_FALSE(messages.empty()) << "a broken file was taken for a good one";
  if (std::getenv("LVSLAB_UPDATE_GOLDEN") != nullptr)
    std::ofstream(expected, std::ios::binary) << messages;
  ASSERT_TRUE(std::filesystem::exists(expected));
  EXPECT_EQ(messages, contents(expected));
}

INSTANTIATE_TEST_SUITE_P(Folder, BrokenFile, testing::ValuesIn(broken_files()),
                         [](const auto& parameter) { return parameter.param; });

TEST(BrokenFiles, ThereAreAtLeastSixty) { EXPECT_GE(broken_files().size(), 60u); }

}  // namespace
}  // namespace lvslab::scenario
