#include "cli/quiz/quiz.h"

#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "cli/quiz/witness.h"
#include "cli/session.h"
#include "fmt/format.h"

namespace lvslab::cli {
namespace {

using scenario::LessonQuestion;
using scenario::LessonSpec;

void print(const std::string& text) { std::fputs(text.c_str(), stdout); }

std::string indented(const std::string& text, const char* by = "   ") {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += (end == at ? "" : by) + text.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return out;
}

/// Letters, since choices are often numbers themselves.
std::string letter(std::size_t choice) { return {static_cast<char>('a' + choice)}; }

std::string question_text(std::size_t number, const LessonQuestion& question,
                          const lang::Words& words) {
  std::string text = words.say("Question {}. {}", number, question.ask) + "\n";
  for (std::size_t i = 0; i < question.choices.size(); ++i)
    text += fmt::format("   {}) {}\n", letter(i), question.choices[i].text);
  return text;
}

std::string answer_text(const LessonQuestion& question, const Shown& shown,
                        const lang::Words& words) {
  std::string text = indented(question.why);
  if (question.value == "count")
    text += indented(shown.count == 1
                         ? words.say("1 event of the run matches: {}", question.show)
                         : words.say("{} events of the run match: {}", shown.count, question.show));
  if (shown.count == 0) return text;
  text += "\n" + (shown.ladder.empty() ? indented(shown.sentence) : indented(shown.ladder, "  "));
  return text;
}

/// What somebody typed as a choice: its words or its letter.
std::string prediction_of(const LessonQuestion& question, const std::string& line) {
  for (const auto& choice : question.choices) {
    if (same_words(line, choice.text)) return choice.text;
  }
  for (std::size_t i = 0; i < question.choices.size(); ++i) {
    if (same_words(line, letter(i)) || same_words(line, letter(i) + ")"))
      return question.choices[i].text;
  }
  return line;
}

/// Asks on the terminal. False: the input ended.
bool ask(std::size_t number, const LessonQuestion& question, const Shown& shown,
         const lang::Words& words, std::size_t& right) {
  print("\n" + question_text(number, question, words) + words("your prediction> "));
  std::fflush(stdout);
  std::string line;
  do {
    if (!std::getline(std::cin, line)) return false;
  } while (line.find_first_not_of(" \t\r") == std::string::npos);
  const bool good = same_words(prediction_of(question, line), question.answer.text);
  right += good ? 1 : 0;
  print((good ? words.say("Right: {}", question.answer.text)
              : words.say("No, it is: {}", question.answer.text)) +
        "\n" + answer_text(question, shown, words));
  return true;
}

int ask_all(const LessonSpec& lesson, const Witness& witness, const lang::Words& words) {
  std::size_t right = 0, asked = 0;
  for (const LessonQuestion& question : lesson.questions) {
    if (!ask(asked + 1, question, witness.shown(asked), words, right)) break;
    ++asked;
  }
  if (asked == lesson.questions.size()) print("\n" + words.say("The idea: {}", lesson.idea) + "\n");
  print("\n" + words.say("Score: {} of {} right", right, asked) + "\n");
  return kFine;
}

void print_all(const LessonSpec& lesson, const Witness& witness, const lang::Words& words) {
  std::size_t number = 0;
  for (const LessonQuestion& question : lesson.questions)
    print("\n" + question_text(++number, question, words));
  print("\n" + words("Answers") + "\n");
  number = 0;
  for (const LessonQuestion& question : lesson.questions) {
    print(fmt::format("\n{}. {}\n", number + 1, question.answer.text) +
          answer_text(question, witness.shown(number), words));
    ++number;
  }
  // Before, it would give the answers away.
  print("\n" + words.say("The idea: {}", lesson.idea) + "\n");
}

/// Mistakes of the lesson, to stderr. How many.
std::size_t print_untrue(const LessonSpec& lesson, const Witness& witness) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < lesson.questions.size(); ++i) {
    const auto problem = witness.untrue(i);
    if (!problem) continue;
    ++count;
    std::fprintf(stderr, "%s: question %zu is not answered by the run: %s.\n",
                 lesson.questions[i].place.text().c_str(), i + 1, problem->c_str());
  }
  return count;
}

}  // namespace

int quiz_verb(const Options& options) {
  if (!options.connection.empty() || options.stages || !options.format.empty()) {
    std::fprintf(stderr,
                 "lvslab explain: --quiz stands alone: not with --connection, --stages, "
                 "--format.\n");
    return kBadInput;
  }
  const auto session = Session::open(options);
  if (session == nullptr) return kBadInput;
  const scenario::Scenario& scenario = session->lab().scenario();
  if (!scenario.lesson) {
    std::fprintf(stderr,
                 "%s:1:1: this scenario is no lesson. It needs the key `lesson` with questions, as "
                 "the files of scenarios/lessons have.\n",
                 options.file.c_str());
    return kBadInput;
  }
  const LessonSpec& lesson = *scenario.lesson;
  const lang::Words& words = options.words;
  Witness witness(session->lab().scene(), lesson, words);
  session->watchers().add(&witness);
  const auto end = session->run(options, WatchLevel::kEverything);
  if (!end) return kBadInput;
  if (*end == scenario::EndReason::kInterrupted) return kInterrupted;
  witness.finish();
  if (print_untrue(lesson, witness) > 0) return kFailed;
  print(words.say("Lesson {}: {}", lesson.number, scenario.title) + "\n");
  if (!scenario.about.empty()) print("\n" + scenario.about);
  const bool asks = !options.answers && isatty(0) != 0 && isatty(1) != 0;
  if (asks) return ask_all(lesson, witness, words);
  print_all(lesson, witness, words);
  return kFine;
}

}  // namespace lvslab::cli
