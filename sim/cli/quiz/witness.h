// Finds in a run the event that shows each answer of a lesson, and decides whether it does: the
// first event that a question's filter matches must hold what the answer says, and nothing that
// another choice says; with `value: count` the number of events decides. It watches everything.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "replay/display_filter.h"
#include "replay/turn.h"
#include "scenario/scenario.h"
#include "trace/writers.h"

namespace lvslab::cli {

struct Shown {
  std::uint64_t count = 0;          ///< events that match, all of them for `count`, else 0 or 1
  std::string sentence;             ///< of the first
  std::vector<std::string> values;  ///< of its field, with the names people use for them
  std::string ladder;               ///< its turn, as the ladder prints it in the reader's language
};

class Witness final : public Watcher {
 public:
  /// `lesson` has been read by the scenario reader: its filters parse.
  /// Answers are judged by the English texts, whatever `words` speaks.
  Witness(const trace::Scene& scene, const scenario::LessonSpec& lesson, const lang::Words& words = {});
  void on_record(const Record& record) override;
  /// When the run is over.
  void finish();
  const Shown& shown(std::size_t question) const { return watches_[question].shown; }
  /// Nothing: the answer is true. Else what the run shows instead.
  std::optional<std::string> untrue(std::size_t question) const;

 private:
  struct Watch {
    const scenario::LessonQuestion* question;
    replay::DisplayFilter filter;
    Shown shown;
    bool counts() const { return question->value == "count"; }
    bool open() const { return counts() || shown.count == 0; }
  };
  void take(const Record& record);
  void judge(std::size_t thing, const std::vector<wire::Layer>& layers, const std::string& ladder);
  std::vector<wire::Layer> layers_of(std::size_t thing) const;

  const trace::Scene& scene_;
  std::vector<Watch> watches_;
  std::unique_ptr<trace::Ladder> ladder_;
  replay::Turn turn_;
  std::uint64_t event_ = 0;
  std::vector<std::unique_ptr<replay::Command>> commands_;  ///< of the turn at hand
};

/// Whether `word` stands in `text` as a word of its own: "rs1" not in "rs10".
bool stands_in(std::string_view word, std::string_view text);
/// As people compare: case, blanks and quotes do not matter.
bool same_words(std::string_view a, std::string_view b);

}  // namespace lvslab::cli
