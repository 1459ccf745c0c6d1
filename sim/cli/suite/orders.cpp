#include "cli/suite/orders.h"

#include <algorithm>

#include "cli/suite/case.h"
#include "fmt/format.h"
#include "scenario/share.h"

namespace lvslab::cli {

using expect::Panel;
using report::CaseResult;
using report::Mismatch;

void Orders::add(std::uint64_t tie_seed, const std::vector<Panel::Judged>& judged,
                 const std::vector<std::string>& connections) {
  ++orders_;
  items_.resize(std::max(items_.size(), judged.size()));
  for (std::size_t i = 0; i < judged.size(); ++i) {
    Item& item = items_[i];
    item.place = judged[i].place;
    item.kind = judged[i].kind;
    if (i < connections.size()) item.connection = connections[i];
    const Seen seen{tie_seed, judged[i].verdict};
    if (seen.verdict.passed) {
      if (!item.held) item.held = seen;
    } else if (item.times_failed++ == 0) {
      item.failed = seen;
    }
    if (!judged[i].race) continue;
    race_declared_ = true;
    if (!item.race) item.race = judged[i].race;
    Outcome& outcome = item.outcomes[judged[i].race->outcome];
    if (outcome.count++ == 0) outcome.first = seen;
  }
}

bool Orders::has_news(const std::vector<Panel::Judged>& judged) const {
  for (std::size_t i = 0; i < judged.size(); ++i) {
    if (judged[i].verdict.passed) continue;
    if (i >= items_.size() || !items_[i].failed) return true;
    const auto& race = judged[i].race;
    if (race && !items_[i].outcomes.contains(race->outcome)) return true;
  }
  return false;
}

Mismatch Orders::mismatch(const Item& item, const Seen& seen) const {
  const bool frames = item.kind != "counter" && item.kind != "console" && item.kind != "ipvs" &&
                      item.kind != "findings";
  Mismatch one;
  one.place = item.place;
  one.kind = item.kind;
  one.expected = seen.verdict.expected;
  one.actual = seen.verdict.actual;
  one.when = seen.verdict.when;
  one.cause = seen.verdict.cause;
  one.reproduce = command_line(frames ? "explain" : "run", path_, seen.tie_seed, item.connection);
  return one;
}

void Orders::conclude(CaseResult& into) const {
  into.expectations = items_.size();
  into.orders = orders_;
  for (const Item& item : items_) {
    if (item.race)
      conclude_race(item, into);
    else if (item.failed)
      conclude_verdict(item, into);
  }
}

void Orders::conclude_verdict(const Item& item, CaseResult& into) const {
  Mismatch one = mismatch(item, *item.failed);
  if (item.held) {
    const std::string both =
        fmt::format("held under tie seed {}, failed under tie seed {} ({} of {} orders)",
                    item.held->tie_seed, item.failed->tie_seed, item.times_failed, orders_);
    if (race_declared_ && item.failed->tie_seed != 0) {
      into.remarks.push_back(fmt::format("{}: {} goes with the declared race: {}",
                                         item.place.text(), item.kind, both));
      return;
    }
    if (!race_declared_) {
      one.kind += " (a race: it depends on the order of simultaneous events)";
      one.actual += "; " + both;
      if (item.held->tie_seed == 0) one.actual += ", the first is the natural order";
    }
  }
  into.mismatches.push_back(std::move(one));
}

void Orders::conclude_race(const Item& item, CaseResult& into) const {
  std::string shares;
  const auto share_text = [&](const std::string& name, std::uint64_t count) {
    return fmt::format("{} {} of {} ({:.0f} %)", name, count, orders_,
                       100.0 * static_cast<double>(count) / static_cast<double>(orders_));
  };
  const auto add = [&](const std::string& text) { shares += (shares.empty() ? "" : ", ") + text; };
  for (const expect::Race::Listed& listed : item.race->listed) {
    const auto found = item.outcomes.find(listed.name);
    const std::uint64_t count = found == item.outcomes.end() ? 0 : found->second.count;
    add(share_text(listed.name, count));
    const auto share = scenario::parse_share(listed.share);
    if (count > 0 && share && share->holds(count, orders_)) continue;
    Mismatch one =
        mismatch(item, count > 0 ? found->second.first : *(item.held ? item.held : item.failed));
    one.expected = fmt::format("{} is {} under {} of the orders", item.race->of, listed.name,
                               listed.share == "any" ? "some" : listed.share);
    one.actual = count == 0 ? fmt::format("none of {}", orders_) : share_text("", count).substr(1);
    one.when.clear();
    one.cause.clear();
    into.mismatches.push_back(std::move(one));
  }
  for (const auto& [name, outcome] : item.outcomes) {
    const bool listed =
        std::any_of(item.race->listed.begin(), item.race->listed.end(),
                    [&, &wanted = name](const auto& l) { return l.name == wanted; });
    if (listed) continue;
    add(share_text(name, outcome.count));
    Mismatch one = mismatch(item, outcome.first);
    one.actual += fmt::format(", first under tie seed {} ({} of {} orders)", outcome.first.tie_seed,
                              outcome.count, orders_);
    into.mismatches.push_back(std::move(one));
  }
  into.remarks.push_back("outcomes of " + item.race->of + ": " + shares);
}

}  // namespace lvslab::cli
