// The ladder of lab B as text, compared with a copy that people have read. LVSLAB_UPDATE_GOLDEN=1
// writes the copy anew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "trace/lab_recording.h"

namespace lvslab::trace {
namespace {

using lvslab::testing::lines_of;
using lvslab::testing::options_for;
using lvslab::testing::read_text_file;
using lvslab::testing::ScenarioRun;
using ::testing::HasSubstr;
using ::testing::Not;

std::string ladder_of(const char* file, const LadderOptions& options) {
  std::unique_ptr<Ladder> ladder;
  const ScenarioRun run =
      lvslab::testing::run_scenario(options_for(file), [&](cli::Session& session) {
        ladder = Ladder::make(session.lab().scene(), options);
        session.watchers().add(ladder.get());
      });
  EXPECT_TRUE(run.ended);
  return ladder->text();
}

TEST(Ladder, OfLabBIsTheGoldenOne) {
  const std::string golden = std::string(LVSLAB_TEST_DATA) + "/trace/data/lab_b.ladder.txt";
  const std::string text = ladder_of(kLabB, {});
  if (std::getenv("LVSLAB_UPDATE_GOLDEN") != nullptr)
    std::ofstream(golden, std::ios::binary) << text;
  const auto wanted = lines_of(read_text_file(golden)), seen = lines_of(text);
  ASSERT_FALSE(wanted.empty())
      << "no golden ladder: run once with LVSLAB_UPDATE_GOLDEN=1 and read it";
  for (std::size_t i = 0; i < wanted.size() && i < seen.size(); ++i) {
    ASSERT_EQ(seen[i], wanted[i]) << "line " << i + 1
                                  << " of the ladder; LVSLAB_UPDATE_GOLDEN=1 accepts the new one";
  }
  EXPECT_EQ(seen.size(), wanted.size());
}

TEST(Ladder, OfOneConnectionShowsNoFrameOfAnother) {
  const std::string text = ladder_of(kLabB, {.connection = Tag{1, 2, 0}});
  EXPECT_THAT(text, HasSubstr("[web/2]"));
  EXPECT_THAT(text, Not(HasSubstr("[web/1]")));
  EXPECT_THAT(text, Not(HasSubstr("ipvsadm -A"))) << "nor what administrators typed";
}

TEST(Ladder, IsColouredOnlyWhenAsked) {
  EXPECT_THAT(ladder_of(kLabB, {}), Not(HasSubstr("\033")));
  EXPECT_THAT(ladder_of(kLabB, {.colour = true}), HasSubstr("\033[33m"));
}

TEST(Ladder, AsMermaidIsASequenceDiagramOfDeclaredParticipants) {
  const auto lines = lines_of(
      ladder_of(kLabB, {.connection = Tag{1, 1, 0}, .format = LadderOptions::Format::kMermaid}));
  ASSERT_GT(lines.size(), 10u);
  EXPECT_EQ(lines[0], "sequenceDiagram");
  std::size_t messages = 0;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    EXPECT_THAT(lines[i], ::testing::AnyOf(::testing::StartsWith("  participant n"),
                                           ::testing::StartsWith("  Note over n"),
                                           ::testing::ContainsRegex("^  n[0-9]+->>n[0-9]+: .")))
        << "line " << i + 1;
    if (lines[i].find("->>") != std::string::npos) ++messages;
  }
  EXPECT_GT(messages, 10u);
}

}  // namespace
}  // namespace lvslab::trace
