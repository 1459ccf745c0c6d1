// `lvslab list lessons`: which there are, for people and (as JSON, with their questions) for the
// desktop program. Nothing is run.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "cli/quiz/quiz.h"
#include "cli/session.h"
#include "cli/suite/files.h"
#include "fmt/format.h"
#include "trace/json.h"

namespace lvslab::cli {
namespace {

constexpr std::size_t kMostLessons = 500;

/// The folder that is here, or that of the sources.
std::string shipped_folder() {
  std::error_code problem;
  if (std::filesystem::exists("scenarios/lessons", problem)) return "scenarios/lessons";
  return std::string(LVSLAB_SCENARIOS) + "/lessons";
}

std::string quoted(const std::string& text) { return trace::json_string(text); }

std::string as_json(const scenario::LessonQuestion& question) {
  std::string choices;
  for (const auto& choice : question.choices)
    choices += (choices.empty() ? "" : ",") + quoted(choice.text);
  return fmt::format("{{\"ask\":{},\"choices\":[{}],\"answer\":{},\"why\":{},\"show\":{}}}",
                     quoted(question.ask), choices, quoted(question.answer.text),
                     quoted(question.why), quoted(question.show));
}

std::string as_json(const std::string& file, const scenario::Scenario& scenario) {
  std::string questions;
  for (const auto& question : scenario.lesson->questions)
    questions += (questions.empty() ? "" : ",") + as_json(question);
  return fmt::format(
      "{{\"file\":{},\"number\":{},\"title\":{},\"idea\":{},\"about\":{},\"questions\":[{}]}}",
      quoted(file), scenario.lesson->number, quoted(scenario.title), quoted(scenario.lesson->idea),
      quoted(scenario.about), questions);
}

}  // namespace

int list_lessons(const Options& options) {
  const std::string folder = options.folder.empty() ? shipped_folder() : options.folder;
  const auto files = find_scenarios({folder});
  if (!files) {
    std::fprintf(stderr, "lvslab list lessons: %s.\n", files.error().what.c_str());
    return kBadInput;
  }
  struct Found {
    std::string file;
    scenario::Scenario scenario;
  };
  std::vector<Found> lessons;
  bool mistakes = false;
  for (const std::string& file : *files) {
    if (lessons.size() == kMostLessons) break;
    scenario::ReadResult read = scenario::read_scenario(file);
    mistakes = mistakes || !read.errors.empty();
    print(read, read.errors);
    if (read.errors.empty() && read.scenario.lesson)
      lessons.push_back({file, std::move(read.scenario)});
  }
  std::stable_sort(lessons.begin(), lessons.end(), [](const Found& a, const Found& b) {
    return a.scenario.lesson->number < b.scenario.lesson->number;
  });
  const bool json = options.format == "json";
  std::string text = json ? "[" : "";
  for (const Found& lesson : lessons) {
    if (json) {
      text += (text.size() == 1 ? "\n" : ",\n") + as_json(lesson.file, lesson.scenario);
    } else {
      text += fmt::format("{:2}  {}: {}\n    {}\n", lesson.scenario.lesson->number,
                          lesson.scenario.title, lesson.scenario.lesson->idea, lesson.file);
    }
  }
  std::fputs((json ? text + "\n]\n" : text).c_str(), stdout);
  return mistakes ? kBadInput : kFine;
}

}  // namespace lvslab::cli
