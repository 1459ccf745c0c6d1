// What happens by time: connections expire, the trash is examined, the estimator copies counters
// and averages rates every two seconds.
#include <algorithm>

#include "lvs/director.h"

namespace lvslab::lvs {

namespace {

constexpr Duration kEstimatePeriod = Duration::seconds(2);
constexpr Duration kDefencePeriod = Duration::seconds(1);
constexpr std::uint32_t kControllerExtension_s = 60;

}  // namespace

Instant Director::next_wake() const {
  Instant next = std::min({table_.next_wake(), next_estimate_, next_trash_, flush_at_});
  if (settings_.drop_entry != 0) next = std::min(next, next_defence_);
  return next;
}

void Director::wake(Turn& turn) {
  const Instant now = turn.now();
  if (now >= flush_at_) {
    flush_at_ = Instant::never();
    flush_dead(turn);
  }
  for (std::uint32_t slot = table_.next_due(now); slot != ConnectionTable::kNone;
       slot = table_.next_due(now)) {
    expire(turn, slot);
  }
  if (now >= next_trash_) examine_trash(now);
  while (now >= next_defence_) {
    defend(turn);
    next_defence_ = next_defence_ + kDefencePeriod;
  }
  while (now >= next_estimate_) {
    if (settings_.run_estimation != 0) estimate();
    next_estimate_ = next_estimate_ + kEstimatePeriod;
  }
}

// One that controls others is given a minute more, and keeps that timeout.
void Director::expire(Turn& turn, std::uint32_t slot) {
  Connection& c = table_.at(slot);
  if (table_.controlled(slot) > 0) {
    c.timeout_s = kControllerExtension_s;
    table_.restart(slot, turn.now());
    return;
  }
  const std::uint32_t controller = table_.controller(slot);
  const bool forced = c.timeout_s == 0;
  remove(turn, slot);
  if (!forced || controller == kNoSlot) return;
  // A connection dropped by force takes its template along, unless that one has proved itself.
  const Connection& t = table_.at(controller);
  const bool assured = t.is(kTemplate) && t.state == ConnectionState::kAssured;
  if (table_.controlled(controller) == 0 && !assured) remove(turn, controller);
}

void Director::remove(Turn& turn, std::uint32_t slot) {
  unbind(turn, slot);
  note_connection(turn, slot, true);
  table_.erase(slot);
}

// expire_nodest_conn: entries of deleted servers go, then the templates that have become free.
void Director::flush_dead(Turn& turn) {
  for (const std::uint32_t slot : table_.list()) {
    const Connection& c = table_.at(slot);
    const bool gone = !c.is(kHashed);  // a template, with the last connection it controlled
    if (gone || c.destination == nullptr || !c.destination->deleted ||
        table_.controlled(slot) > 0) {
      continue;
    }
    const std::uint32_t controller = table_.controller(slot);
    remove(turn, slot);
    if (controller != kNoSlot && table_.controlled(controller) == 0) remove(turn, controller);
  }
}

void Director::estimate() {
  total_.tick();
  for (const auto& service : services_) {
    service->stats.tick();
    for (Destination* destination : service->destinations) destination->stats.tick();
  }
}

}  // namespace lvslab::lvs
