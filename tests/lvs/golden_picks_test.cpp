// Every recorded scenario: the pick of every connection, the state left by every close, and list
// order, weights and counters after every step, as a Linux 6.1.192 director had them.
#include <cctype>
#include <fstream>
#include <ostream>

#include "recorded_lab.h"

namespace lvslab::lvs::test {
namespace {

struct Scenario {
  std::string name;
  std::vector<std::string> lines;
};

void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.name; }

std::vector<Scenario> recorded() {
  std::ifstream file(std::string(LVSLAB_TEST_DATA) + "/lvs/data/picks.txt");
  std::vector<Scenario> all;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (line.rfind("scenario ", 0) == 0) {
      all.push_back({line.substr(9, line.find(' ', 9) - 9), {}});
    }
    all.back().lines.push_back(line);
  }
  return all;
}

class GoldenPicks : public testing::TestWithParam<Scenario> {};

TEST_P(GoldenPicks, DirectorDoesWhatLinuxDid) {
  RecordedLab lab;
  for (const std::string& line : GetParam().lines) {
    const std::string mistake = lab.play(line);
    ASSERT_EQ(mistake, "") << line;
  }
}

std::string test_name(const testing::TestParamInfo<Scenario>& scenario) {
  std::string name = scenario.param.name;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Recorded, GoldenPicks, testing::ValuesIn(recorded()), test_name);

}  // namespace
}  // namespace lvslab::lvs::test
