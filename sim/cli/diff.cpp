// `lvslab diff`: two runs, the first turn in which they part, what each came to, and the way from
// cause to cause to the first difference in that. Each is run twice: once to find where they
// differ, once for the ladder of those turns.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <set>

#include "cli/diff/outcome.h"
#include "cli/diff/texts.h"
#include "cli/diff/turns.h"
#include "cli/diff/what_if.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "fmt/format.h"
#include "trace/clock_text.h"
#include "trace/writers.h"

namespace lvslab::cli {
namespace {

constexpr std::size_t kOutcomesShown = 20, kWayShown = 24, kLinesShown = 12;

/// One of the two: `sign` stands before its lines.
struct Side {
  Options options;
  char sign = '-';
  std::unique_ptr<Session> session;
  std::unique_ptr<TurnLog> log;
  DiffRun run;
  std::set<std::uint64_t> wanted;
  std::unique_ptr<TurnTexts> texts;

  /// kFine, or why there is nothing to compare; what was wrong went to stderr.
  int first_pass() {
    session = Session::open(options);
    if (session == nullptr) return kBadInput;
    log = std::make_unique<TurnLog>(session->lab().scene(), WhatIf::read(options.what_if));
    session->watchers().add(log.get());
    const auto end = session->run(options, WatchLevel::kEverything);
    if (!end) return kBadInput;
    run = {session.get(), log.get(), session->panel().judge(session->lab(), session->collector())};
    return *end == scenario::EndReason::kInterrupted ? kInterrupted : kFine;
  }
  /// The same once more, for the words.
  bool second_pass() {
    const auto again = Session::open(options);
    if (again == nullptr) return false;
    texts = std::make_unique<TurnTexts>(again->lab().scene(), wanted);
    again->watchers().add(texts.get());
    const auto end = again->run(options, WatchLevel::kEverything);
    texts->finish();
    return end.has_value() && *end != scenario::EndReason::kInterrupted;
  }
  void print(std::uint64_t event) const {
    const std::string text = texts->ladder(event);
    if (text.empty()) return print_records(event);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      std::printf("%c %.*s\n", sign, static_cast<int>(end - at), text.data() + at);
      at = end + 1;
    }
  }
  /// A turn that the ladder leaves out.
  void print_records(std::uint64_t event) const {
    const TurnEntry* turn = log->find(event);
    if (turn == nullptr) return;
    std::printf("%c %s  %s\n", sign, trace::clock_text(turn->time).c_str(),
                log->name(turn->node).c_str());
    const auto lines = texts->records(event);
    for (std::size_t i = 0; i < lines.size() && i < kLinesShown; ++i)
      std::printf("%c %21s%s\n", sign, "", lines[i].c_str());
  }
};

/// From the turn `event` back to what caused it, as far as frames lead; oldest first.
std::vector<std::uint64_t> way_to(const TurnLog& log, std::uint64_t event) {
  std::vector<std::uint64_t> way;
  for (const TurnEntry* turn = log.find(event); turn != nullptr; turn = log.find(turn->cause)) {
    way.push_back(turn->event);
    if (turn->cause == 0 || turn->cause >= turn->event) break;
  }
  std::reverse(way.begin(), way.end());
  return way;
}

struct Findings {
  std::optional<TurnDifference> first;
  std::vector<OutcomeDifference> outcomes;
  const OutcomeDifference* explained = nullptr;
  std::vector<std::uint64_t> way_a, way_b;
};

Findings find(Side& a, Side& b) {
  Findings found;
  found.first = first_difference(*a.log, *b.log);
  found.outcomes = compare_outcomes(a.run, b.run);
  for (const OutcomeDifference& one : found.outcomes) {
    if (one.event_a == 0 && one.event_b == 0) continue;
    found.explained = &one;
    found.way_a = way_to(*a.log, one.event_a);
    found.way_b = way_to(*b.log, one.event_b);
    break;
  }
  if (found.first && found.first->a != nullptr) a.wanted.insert(found.first->a->event);
  if (found.first && found.first->b != nullptr) b.wanted.insert(found.first->b->event);
  a.wanted.insert(found.way_a.begin(), found.way_a.end());
  b.wanted.insert(found.way_b.begin(), found.way_b.end());
  return found;
}

/// The same words on both sides: what differs is among what the ladder leaves out.
void print_unsaid(const Side& a, const Side& b, const TurnDifference& first) {
  const auto of_a = a.texts->records(first.a->event), of_b = b.texts->records(first.b->event);
  const auto print_only = [](const Side& side, const auto& lines, const auto& others) {
    std::size_t shown = 0;
    for (const std::string& line : lines) {
      if (std::count(lines.begin(), lines.end(), line) ==
          std::count(others.begin(), others.end(), line))
        continue;
      if (++shown > kLinesShown) break;
      std::printf("%c %21s%s\n", side.sign, "", line.c_str());
    }
    return shown;
  };
  std::printf("  %s  %s\n", trace::clock_text(first.a->time).c_str(),
              a.log->name(first.a->node).c_str());
  const std::size_t shown = print_only(a, of_a, of_b) + print_only(b, of_b, of_a);
  if (shown == 0) std::printf("  (bytes or figures that no line shows)\n");
}

void print_first(const Side& a, const Side& b, const TurnDifference& first) {
  const auto print_side = [](const Side& side, const TurnEntry* turn, const TurnEntry* other,
                             const TurnLog& other_log) {
    if (turn != nullptr) return side.print(turn->event);
    std::printf("%c %s  %s: nothing\n", side.sign, trace::clock_text(other->time).c_str(),
                other_log.name(other->node).c_str());
  };
  std::printf("the first event that differs\n");
  if (first.a != nullptr && first.b != nullptr &&
      a.texts->ladder(first.a->event) == b.texts->ladder(first.b->event))
    return print_unsaid(a, b, first);
  print_side(a, first.a, first.b, *b.log);
  print_side(b, first.b, first.a, *a.log);
}

void print_outcomes(const Findings& found) {
  std::printf("\nwhat came of it\n");
  if (found.outcomes.empty())
    std::printf("  the same connections, expectations and neighbour tables\n");
  for (std::size_t i = 0; i < found.outcomes.size() && i < kOutcomesShown; ++i) {
    const OutcomeDifference& one = found.outcomes[i];
    std::printf("  %s\n- %s\n+ %s\n", one.what.c_str(), one.a.c_str(), one.b.c_str());
  }
  if (found.outcomes.size() > kOutcomesShown)
    std::printf("  and %zu more\n", found.outcomes.size() - kOutcomesShown);
}

/// Turns before the first difference are in both runs: only their number is told.
void print_way(const Side& side, const std::vector<std::uint64_t>& way,
               const std::optional<TurnDifference>& first) {
  if (way.empty()) return;
  std::size_t begin = 0;
  if (first) {
    const Instant time = (first->a != nullptr ? first->a : first->b)->time;
    while (begin + 1 < way.size() && side.log->find(way[begin])->time < time) ++begin;
  }
  if (begin > 0) std::printf("%c   (after %zu turns that both share)\n", side.sign, begin);
  for (std::size_t i = begin; i < way.size(); ++i) {
    const std::size_t shown = i - begin, left = way.size() - i;
    if (shown == kWayShown && left > 2) {
      std::printf("%c   (%zu turns)\n", side.sign, left - 1);
      i = way.size() - 1;
    }
    side.print(way[i]);
  }
}

void print(const Side& a, const Side& b, const Findings& found) {
  if (!b.options.what_if.empty()) {
    const WhatIf what = WhatIf::read(b.options.what_if);
    std::printf("- %s\n+ %s, with %s also running: %s\n\n", a.options.file.c_str(),
                b.options.file.c_str(), what.host.c_str(), what.command.c_str());
  } else {
    std::printf("- %s\n+ %s\n\n", a.options.file.c_str(), b.options.file.c_str());
  }
  if (found.first)
    print_first(a, b, *found.first);
  else
    std::printf("no event differs\n");
  print_outcomes(found);
  if (found.explained == nullptr) return;
  std::printf("\nthe way to: %s\n", found.explained->what.c_str());
  print_way(a, found.way_a, found.first);
  print_way(b, found.way_b, found.first);
}

}  // namespace

void add_diff_options(CLI::App& verb, Options& options) {
  verb.add_option("FILE", options.files, "two scenario files, or one with --what-if")
      ->required()
      ->expected(1, 2);
  verb.add_option("--what-if", options.what_if,
                  "HOST: COMMAND: compare with a run in which the host's start script ends so");
  verb.add_option("--set", options.set, "NAME=VALUE: another value for a param or name, in both")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  verb.add_option("--seed", options.seed, "seed of all chance, in both")
      ->check(CLI::NonNegativeNumber);
  verb.add_option("--tie-seed", options.tie_seed, "order of simultaneous events, in both");
  verb.footer("Exit status: 0 nothing differs, 1 something does, 2 bad usage or input.");
}

int diff_verb(const Options& options) {
  if ((options.files.size() == 2) == !options.what_if.empty()) {
    std::fprintf(stderr, "lvslab diff: give two files, or one file and --what-if.\n");
    return kBadInput;
  }
  Side a, b;
  a.options = b.options = options;
  a.options.file = options.files.front();
  b.options.file = options.files.back();
  a.options.what_if.clear();
  b.sign = '+';
  for (Side* side : {&a, &b}) {
    const int status = side->first_pass();
    if (status != kFine) return status;
  }
  for (const std::string& failure : b.log->failures)
    std::fprintf(stderr, "lvslab diff: --what-if: %s\n", failure.c_str());
  const Findings found = find(a, b);
  if (!found.first && found.outcomes.empty()) {
    std::printf("nothing differs\n");
    return kFine;
  }
  if (!a.second_pass() || !b.second_pass()) return interrupted ? kInterrupted : kBadInput;
  print(a, b, found);
  return kFailed;
}

}  // namespace lvslab::cli
