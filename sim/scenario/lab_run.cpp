// A lab's way through time: start scripts, `ready`, timeline and load, the end.
#include <algorithm>

#include "scenario/host_setup.h"
#include "scenario/lab.h"

namespace lvslab::scenario {
namespace {

constexpr std::uint64_t kProgressEvery = 1 << 14;
constexpr Duration kLongestRun = Duration::seconds(100 * 86'400);

}  // namespace

void Lab::at(Duration after_ready, std::function<void(Lab&)> what) {
  ++pending_timeline_;
  later_.push_back({after_ready, std::move(what)});
}

bool Lab::shells_busy() {
  return std::any_of(machines_.begin(), machines_.end(),
                     [](const auto& m) { return m->shell_busy(); });
}

bool Lab::settled() {
  while (first_unsettled_ < clients_.size() && clients_[first_unsettled_]->settled())
    ++first_unsettled_;
  return first_unsettled_ == clients_.size() && !shells_busy();
}

void Lab::begin() {
  for (std::size_t i = 0; i < machines_.size(); ++i) {
    if (!scenario_.hosts[i].run) continue;
    const auto script = script_of(*scenario_.hosts[i].run);
    world_.act(static_cast<NodeIndex>(i), [&](Turn& turn) { machines_[i]->run(turn, script); });
  }
}

void Lab::become_ready() {
  ready_ = true;
  ready_at_ = world_.now();
  scenario_.load.ready = ready_at_;
  schedule_timeline();
  for (Later& item : later_) {
    world_.at(ready_at_ + item.after, [this, what = std::move(item.what)](engine::World&) {
      --pending_timeline_;
      what(*this);
    });
  }
  later_.clear();
  for (const auto& hook : ready_hooks_) hook(*this);
  for (std::size_t i = 0; i < machines_.size(); ++i) {
    app::Client* client = machines_[i]->client();
    if (client == nullptr) continue;
    world_.act(static_cast<NodeIndex>(i), [&](Turn& turn) { client->start(turn, ready_at_); });
  }
}

void Lab::schedule_timeline() {
  for (const TimelineItem& item : scenario_.timeline) {
    ++pending_timeline_;
    world_.at(ready_at_ + item.at, [this, &item](engine::World&) {
      --pending_timeline_;
      perform(item);
      for (const auto& hook : timeline_hooks_) hook(*this);
    });
  }
}

void Lab::run_action(const RunAction& action) {
  const auto host = static_cast<std::size_t>(find_host(action.host));
  const auto script = script_of(action.script);
  world_.act(static_cast<NodeIndex>(host), [&](Turn& turn) { machines_[host]->run(turn, script); });
}

// A machine that loses power takes its cables' carrier with it. With power the carrier comes first:
// what the boot runs may send at once.
void Lab::power_action(const PowerAction& action) {
  const auto host = static_cast<std::size_t>(find_host(action.host));
  const auto power = [&] {
    world_.act(static_cast<NodeIndex>(host),
               [&](Turn& turn) { machines_[host]->set_power(turn, action.on); });
  };
  if (!action.on) power();
  for (std::size_t i = 0; i < scenario_.links.size(); ++i) {
    const LinkSpec& link = scenario_.links[i];
    const bool mine = (!link.a.is_switch && link.a.node == action.host) ||
                      (!link.b.is_switch && link.b.node == action.host);
    if (mine) world_.set_link_up(static_cast<engine::LinkIndex>(i), action.on);
  }
  if (action.on) power();
}

void Lab::finish() {
  for (std::size_t i = 0; i < machines_.size(); ++i) {
    if (!machines_[i]->watches()) continue;
    world_.act(static_cast<NodeIndex>(i), [&](Turn& turn) { machines_[i]->hang_up(turn); });
  }
}

void Lab::perform(const TimelineItem& item) {
  if (const auto* run = std::get_if<RunAction>(&item.action)) return run_action(*run);
  if (const auto* power = std::get_if<PowerAction>(&item.action)) return power_action(*power);
  if (const auto* link = std::get_if<LinkAction>(&item.action)) {
    if (link->up) world_.set_link_up(link->link, *link->up);
    if (link->loss) world_.set_link_loss(link->link, *link->loss);
    if (link->bits_per_second) world_.set_link_rate(link->link, *link->bits_per_second);
    if (link->delay) world_.set_link_delay(link->link, *link->delay);
    return;
  }
  if (const auto* serve = std::get_if<ServeAction>(&item.action)) {
    const auto host = static_cast<std::size_t>(find_host(serve->host));
    bool known = false;
    world_.act(static_cast<NodeIndex>(host), [&](Turn& turn) {
      known = machines_[host]->change_server(turn, serve->protocol, serve->port, serve->change);
    });
    if (!known) {
      runtime_errors_.push_back(
          {item.place, serve->host + " serves nothing on port " + std::to_string(serve->port),
           "give it in `serve`"});
    }
    return;
  }
  const auto& inject = std::get<InjectAction>(item.action);
  const auto host = static_cast<std::size_t>(find_host(inject.host));
  world_.act(static_cast<NodeIndex>(host), [&](Turn& turn) {
    const net::Interface* nic = machines_[host]->host().find_interface(inject.interface);
    LVSLAB_CHECK(nic != nullptr);
    turn.transmit(nic->port, nic->index, turn.packets().copy_of(inject.frame));
  });
}

bool Lab::over() {
  return ready_ && pending_timeline_ == 0 && world_.totals().quiet() && settled();
}

bool Lab::step(Instant limit) {
  if (!ready_ && !shells_busy()) {
    become_ready();
    return true;
  }
  if (const Instant next = world_.next_event(); next > limit || next.is_never()) {
    world_.run_until(limit);
    return false;
  }
  return world_.step();
}

EndReason Lab::run(const RunOptions& options) {
  begin();
  const Instant longest = Instant::at(kLongestRun);
  for (std::uint64_t steps = 0;; ++steps) {
    if (!ready_ && !shells_busy()) become_ready();
    if (steps % kProgressEvery == 0) {
      if (options.interrupted != nullptr && *options.interrupted) return EndReason::kInterrupted;
      if (options.progress) options.progress(*this);
    }
    Instant limit = std::min(options.until, longest);
    const bool timed = scenario_.duration && ready_;
    if (timed) limit = std::min(limit, ready_at_ + *scenario_.duration);
    if (!timed && over()) return EndReason::kSettled;
    if (world_.next_event().is_never() && !timed && options.until.is_never())
      return EndReason::kNothingLeft;
    if (!step(limit)) return limit == options.until ? EndReason::kUntil : EndReason::kDuration;
  }
}

}  // namespace lvslab::scenario
