// `lesson`: questions with their choices, and which event of the run shows each answer. Whether an
// answer is true only a run can tell; here it must be one of the choices, and the filter must be
// one.
#include <algorithm>

#include "scenario/decoder.h"
#include "scenario/limits.h"
#include "scenario/text.h"

namespace lvslab::scenario {
namespace {

class QuestionDecoder {
 public:
  QuestionDecoder(Context& context, const Fields& fields) : context_(context), fields_(fields) {}

  std::optional<LessonQuestion> decode() {
    const std::size_t errors = context_.error_count();
    LessonQuestion question;
    question.place = context_.place(fields_.where());
    text("ask", question.ask);
    text("why", question.why);
    text("show", question.show);
    text("value", question.value);
    text("answer", question.answer.text);
    choices(question);
    const bool choices_read = context_.error_count() == errors;
    if (!question.show.empty()) {
      if (const auto problem = event_filter_problem(question.show))
        context_.error(fields_.get("show")->text_mark, problem->what, problem->hint);
    }
    value(question);
    if (choices_read) answer(question);
    if (context_.error_count() > errors) return std::nullopt;
    return question;
  }

 private:
  void text(const char* key, std::string& into) {
    const Node* node = fields_.get(key);
    if (node == nullptr) return;
    take(*node, key, into);
  }

  void take(const Node& node, std::string_view what, std::string& into) {
    const auto text = context_.text(&node, "a text");
    if (!text) return;
    into = std::string(trimmed(*text));
    if (into.empty()) {
      context_.error(node.mark, std::string(what) + " is empty", "Write a text");
    } else if (into.size() > limits::kLessonText) {
      context_.error(
          node.mark,
          std::string(what) + " is longer than " + std::to_string(limits::kLessonText) + " bytes",
          "A lesson asks one thing at a time");
    }
  }

  void choices(LessonQuestion& question) {
    const Node* node = fields_.get("choices");
    if (node == nullptr) return;
    const std::size_t count = node->is_map() ? node->entries.size() : node->items.size();
    if ((!node->is_map() && !node->is_list()) || count < 2 || count > limits::kChoices) {
      context_.error(node->mark,
                     "choices must be a list or a map of 2 to " + std::to_string(limits::kChoices) +
                         ", this is " +
                         (node->is_map() || node->is_list() ? "one of " + std::to_string(count)
                                                            : std::string(kind_name(*node))),
                     "Write choices: [rs1, rs2], or {the first one: rs1, the second: rs2}");
      return;
    }
    for (const Node* item : node->items) {
      LessonQuestion::Choice choice;
      take(*item, "a choice", choice.text);
      choice.seen = choice.text;
      add(item->mark, std::move(choice), question);
    }
    for (const Entry& entry : node->entries) {
      LessonQuestion::Choice choice{std::string(trimmed(entry.key)), {}};
      take(*entry.value, "what the event would hold", choice.seen);
      if (choice.text.empty() || choice.text.size() > limits::kLessonText)
        context_.error(entry.key_mark, "a choice is empty or too long", "Write a short text");
      add(entry.key_mark, std::move(choice), question);
    }
  }

  void add(const Mark& mark, LessonQuestion::Choice choice, LessonQuestion& question) {
    for (const auto& other : question.choices) {
      if (other.text != choice.text && other.seen != choice.seen) continue;
      context_.error(
          mark, shown(choice.text) + " is there twice, or cannot be told from " + shown(other.text),
          "Each choice must differ, and so must what the event would hold");
      return;
    }
    question.choices.push_back(std::move(choice));
  }

  void value(const LessonQuestion& question) {
    if (question.value.empty() || question.value == "count") return;
    std::vector<std::string_view> words = event_field_words();
    if (std::find(words.begin(), words.end(), question.value) != words.end()) return;
    words.push_back("count");
    context_.error(fields_.get("value")->mark, "there is no field " + shown(question.value),
                   context_.suggest(question.value, words));
  }

  void answer(LessonQuestion& question) {
    question.answer.seen = question.answer.text;
    const Node* node = fields_.get("answer");
    if (node == nullptr || question.choices.empty()) return;
    std::vector<std::string_view> words;
    for (const auto& choice : question.choices) {
      words.push_back(choice.text);
      if (choice.text != question.answer.text) continue;
      question.answer.seen = choice.seen;
      return;
    }
    context_.error(node->mark,
                   "the answer " + shown(question.answer.text) + " is none of the choices",
                   context_.suggest(question.answer.text, words));
  }

  Context& context_;
  const Fields& fields_;
};

}  // namespace

void decode_lesson(Context& context, const Node* lesson) {
  if (lesson == nullptr) return;
  const Fields fields(context, lesson, kLessonKeys, lesson->mark);
  if (!fields.is_map()) return;
  LessonSpec spec;
  spec.place = context.place(lesson->mark);
  context.read_count(fields.get("number"), spec.number, 1, 999);
  if (const Node* node = fields.get("idea")) {
    const auto idea = context.text(node, "a sentence");
    if (idea) spec.idea = std::string(trimmed(*idea));
    if (idea && (spec.idea.empty() || spec.idea.size() > limits::kLessonText))
      context.error(node->mark, "the idea is empty or too long", "Write one sentence");
  }
  if (const Node* node = fields.get("questions")) {
    const std::vector<const Node*>& list = context.list(node, "questions");
    if (node->is_list() && (list.empty() || list.size() > limits::kQuestions)) {
      context.error(node->mark,
                    "a lesson has 1 to " + std::to_string(limits::kQuestions) +
                        " questions, this " + std::to_string(list.size()),
                    "");
      return;
    }
    for (const Node* item : list) {
      const Fields question(context, item, kQuestionKeys, item->mark);
      if (!question.is_map()) continue;
      if (auto read = QuestionDecoder(context, question).decode())
        spec.questions.push_back(std::move(*read));
    }
  }
  context.scenario.lesson = std::move(spec);
}

}  // namespace lvslab::scenario
