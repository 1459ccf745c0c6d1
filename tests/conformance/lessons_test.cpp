// Lessons: every answer of scenarios/lessons is what the run shows, an untrue one is found out, and
// what `lvslab explain --quiz` and `lvslab list lessons` print.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "cli/quiz/witness.h"
#include "conformance/cli_bed.h"

namespace lvslab::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> lesson_files() {
  std::vector<std::string> files = scenario_files();
  std::erase_if(files,
                [](const std::string& file) { return !file.starts_with("scenarios/lessons/"); });
  return files;
}

class LessonFile : public ::testing::TestWithParam<std::string> {};

// Under other orders of simultaneous events too: an answer must not be luck.
TEST_P(LessonFile, AnswersWhatTheRunShowsAndNothingElse) {
  for (std::uint64_t tie_seed = 0; tie_seed <= 3; ++tie_seed) {
    cli::Options options = options_for(GetParam());
    options.tie_seed = tie_seed;
    std::unique_ptr<cli::Witness> witness;
    const ScenarioRun run = run_scenario(options, [&](cli::Session& session) {
      if (session.lab().scenario().lesson)
        witness =
            std::make_unique<cli::Witness>(session.lab().scene(), *session.lab().scenario().lesson);
      if (witness != nullptr) session.watchers().add(witness.get());
    });
    ASSERT_TRUE(run.ended);
    ASSERT_NE(witness, nullptr) << "no lesson";
    witness->finish();
    const auto& questions = run.session->lab().scenario().lesson->questions;
    EXPECT_GE(questions.size(), 2u);
    for (std::size_t i = 0; i < questions.size(); ++i) {
      EXPECT_EQ(witness->untrue(i).value_or(""), "")
          << "question " << i + 1 << " under tie seed " << tie_seed;
    }
  }
}

TEST_P(LessonFile, IsOneIdeaWithExpectationsAndTheNumberOfItsName) {
  const auto read = scenario::read_scenario(repository_path(GetParam()));
  ASSERT_TRUE(read.errors.empty());
  ASSERT_TRUE(read.scenario.lesson.has_value());
  const std::string name = GetParam().substr(std::string("scenarios/lessons/").size());
  EXPECT_EQ(read.scenario.lesson->number, static_cast<std::uint32_t>(std::stoi(name)));
  EXPECT_FALSE(read.scenario.expectations.empty());
  EXPECT_LE(std::count(read.scenario.about.begin(), read.scenario.about.end(), '\n'), 6);
  EXPECT_FALSE(read.scenario.about.empty());
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.substr(std::string("scenarios/lessons/").size());
  name.resize(name.size() - std::string(".yaml").size());
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Lessons, LessonFile, ::testing::ValuesIn(lesson_files()), test_name);

TEST(Lessons, AreNumberedFromOneWithoutGaps) {
  std::set<std::uint32_t> numbers;
  for (const std::string& file : lesson_files())
    numbers.insert(scenario::read_scenario(repository_path(file)).scenario.lesson->number);
  EXPECT_GE(numbers.size(), 12u);
  EXPECT_EQ(numbers.size(), lesson_files().size());
  EXPECT_EQ(*numbers.rbegin(), numbers.size());
}

TEST(Lessons, AWordStandsInATextAsAWordOfItsOwn) {
  EXPECT_TRUE(cli::stands_in("rs1.eth0", "REACHABLE rs1.eth0"));
  EXPECT_FALSE(cli::stands_in("rs1", "picked rs10"));
  EXPECT_FALSE(cli::stands_in("10.0.0.2", "picked 10.0.0.21:80"));
  EXPECT_FALSE(cli::stands_in("10.0.0", "10.0.0.2"));
  EXPECT_FALSE(cli::stands_in("0.0.2", "10.0.0.2"));
  EXPECT_TRUE(cli::stands_in("10.0.0.2", "to 10.0.0.2."));
  EXPECT_TRUE(cli::stands_in("10.0.0.2:80", "picked 10.0.0.2:80 for"));
  EXPECT_FALSE(cli::stands_in("", "anything"));
  EXPECT_TRUE(cli::same_words("  The  VIP ", "the \"vip\""));
  EXPECT_FALSE(cli::same_words("the VIP", "the DIP"));
}

class Quiz : public CommandLine {
 protected:
  /// The small scenario with one question; `rest` are its keys behind the number and the idea.
  std::string lesson(const std::string& rest) {
    return scenario(
        "lesson:\n  number: 1\n  idea: The server answers.\n  questions:\n    - ask: Who?\n" +
        rest);
  }
  static constexpr char kTrue[] =
      "      choices: {the server: \"server:eth0\", the client: \"client:eth0\"}\n"
      "      answer: the server\n      why: It has the address.\n"
      "      show: in && node == client && arp.opcode == 2\n      value: eth.src\n";
};

TEST_F(Quiz, PrintsTheQuestionsBeforeTheAnswersWithTheEventInTheLaddersWords) {
  const auto result = lvslab("explain --quiz " + lesson(kTrue));
  EXPECT_EQ(result.status, 0) << result.err;
  const std::size_t ask = result.out.find("Question 1. Who?\n   a) the server\n   b) the client\n");
  const std::size_t answer = result.out.find("1. the server\n   It has the address.\n");
  ASSERT_NE(ask, std::string::npos) << result.out;
  ASSERT_NE(answer, std::string::npos) << result.out;
  EXPECT_LT(ask, answer);
  EXPECT_LT(answer, result.out.find("The idea: The server answers.\n"));
  EXPECT_THAT(result.out, HasSubstr("in  eth0  ARP 10.0.0.2 is-at 02:00:00:00:02:00\n"));
  EXPECT_EQ(lvslab("explain --quiz --answers " + lesson(kTrue)).out, result.out);
}

TEST_F(Quiz, AnAnswerThatTheEventDoesNotHoldFails) {
  const std::string untrue(kTrue);
  const std::size_t at = untrue.find("answer: the server");
  const auto result =
      lvslab("explain --quiz " + lesson(std::string(untrue).replace(at, 18, "answer: the client")));
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("small.yaml:17:7: question 1 is not answered by the run: the "
                                    "answer says 'client:eth0'"));
}

TEST_F(Quiz, AnEventThatSaysWhatAnotherChoiceSaysTooFails) {
  const auto result = lvslab(
      "explain --quiz " + lesson("      choices: [ARP, is-at]\n      answer: ARP\n      why: so\n"
                                 "      show: in && node == client && arp.opcode == 2\n"));
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("says 'is-at' too, which is another choice"));
}

TEST_F(Quiz, AFilterThatMatchesNothingFailsAndAWrongCountToo) {
  auto result =
      lvslab("explain --quiz " + lesson("      answer: x\n      why: so\n      show: icmp\n"));
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("no event of the run matches 'icmp'"));
  result = lvslab("explain --quiz " + lesson("      answer: 3\n      why: so\n"
                                             "      show: out && node == client && arp\n"
                                             "      value: count\n"));
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("the answer says 3, but 1 events match"));
  result = lvslab("explain --quiz " + lesson("      answer: 0\n      why: so\n      show: icmp\n"
                                             "      value: count\n"));
  EXPECT_EQ(result.status, 0) << "none is a count: " << result.err;
}

TEST_F(Quiz, AFileWithoutALessonIsAMistakeWithAHint) {
  const auto result = lvslab("explain --quiz " + scenario());
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("no lesson"));
  EXPECT_EQ(lvslab("explain --quiz --connection web/1 " + lesson(kTrue)).status, 2);
  EXPECT_EQ(lvslab("explain --answers " + lesson(kTrue)).status, 2);
}

TEST_F(Quiz, TheListGivesTheLessonsInTheirOrderAndTheirQuestionsAsJson) {
  lesson(kTrue);
  const auto text = lvslab("list lessons '" + folder_.path().string() + "'");
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr(" 1  Two hosts on a cable: The server answers.\n"));
  const auto json = lvslab("list lessons --format json '" + folder_.path().string() + "'");
  const auto parsed = nlohmann::json::parse(json.out, nullptr, false);
  ASSERT_EQ(parsed.size(), 1u) << json.out;
  EXPECT_EQ(parsed[0]["questions"][0]["choices"][0], "the server");
  EXPECT_EQ(parsed[0]["questions"][0]["answer"], "the server");
  EXPECT_THAT(lvslab("list lessons").out, HasSubstr("03-lab-b-direct-routing.yaml"));
  EXPECT_EQ(lvslab("list lessons no/such/folder").status, 2);
  EXPECT_EQ(lvslab("list modes elsewhere").status, 2);
}

}  // namespace
}  // namespace lvslab::testing
