// What other folders know and the reader asks: the shell's grammar and commands, display filters,
// drop reasons.
#include <set>
#include <tuple>

#include "admin/script.h"
#include "base/note.h"
#include "scenario/decoder.h"
#include "trace/frame_filter.h"

namespace lvslab::scenario {

void check_scripts(Context& context) {
  std::set<std::tuple<int, int, int>> seen;  // the script of a range or of `like` is one text
  const auto check = [&](const TextAt& script) {
    const Mark mark = context.mark(script.place);
    if (!seen.insert({mark.file, mark.line, mark.column}).second) return;
    std::vector<admin::PlacedError> errors;
    admin::Script::parse(script.text, {script.place.file, script.place.line, script.place.column},
                         errors);
    for (admin::PlacedError& error : errors) {
      context.error({mark.file, error.line, error.column}, std::move(error.what),
                    std::move(error.hint));
    }
  };
  for (const HostSpec& host : context.scenario.hosts) {
    if (host.run) check(*host.run);
  }
  for (const TimelineItem& item : context.scenario.timeline) {
    if (const auto* run = std::get_if<RunAction>(&item.action)) check(run->script);
  }
}

std::optional<Error> filter_problem(std::string_view filter) {
  const auto parsed = trace::FrameFilter::parse(filter);
  if (parsed) return std::nullopt;
  return parsed.error();
}

std::optional<Error> event_filter_problem(std::string_view filter) {
  const auto parsed = trace::FrameFilter::parse(filter, trace::event_names());
  if (parsed) return std::nullopt;
  return parsed.error();
}

std::vector<std::string_view> event_field_words() {
  std::vector<std::string_view> words = trace::filter_fields();
  for (const trace::FilterName& name : trace::event_names()) words.push_back(name.name);
  return words;
}

bool is_drop_reason(std::string_view name) {
  return drop_reason_from_name(name) != DropReason::kNone;
}

std::vector<std::string_view> drop_reason_words() {
  std::vector<std::string_view> words;
  for (int i = 1; i < static_cast<int>(DropReason::kDropReasonCount); ++i) {
    words.push_back(drop_reason_name(static_cast<DropReason>(i)));
  }
  return words;
}

}  // namespace lvslab::scenario
