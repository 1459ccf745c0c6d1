// Machines on one hub (every frame reaches all others after a delay) with an event loop of their
// own, and a console that keeps what was typed: what shell and command tests need of a world.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "admin/machine.h"
#include "admin/script.h"

namespace lvslab::test {

class Typed final : public admin::Console {
 public:
  void command_ended(const admin::ConsoleEntry& entry) override { entries.push_back(entry); }
  void unknown_command(const std::string& place, const std::string& name) override {
    unknown.push_back(place + " " + name);
  }
  std::vector<admin::ConsoleEntry> entries;
  std::vector<std::string> unknown;
};

class ShellBed {
 public:
  explicit ShellBed(int machines = 1, Duration delay = Duration::microseconds(50)) : delay_(delay) {
    for (int i = 0; i < machines; ++i) {
      machines_.push_back(std::make_unique<admin::Machine>("m" + std::to_string(i), 1,
                                                           static_cast<std::uint32_t>(i)));
      consoles_.push_back(std::make_unique<Typed>());
      machine(i).set_console(consoles_.back().get());
      turn_.begin(now_, WatchLevel::kNothing);
      machine(i).host().add_ethernet(turn_, "eth0",
                                     {0x020000000001u + static_cast<std::uint64_t>(i)}, 1500, true);
      carry_out(i);
    }
  }
  ~ShellBed() {
    for (Event& event : arrivals_) pool_.retire(std::move(event.packet));
  }

  admin::Machine& machine(int i = 0) { return *machines_[static_cast<std::size_t>(i)]; }
  Typed& console(int i = 0) { return *consoles_[static_cast<std::size_t>(i)]; }
  Instant now() const { return now_; }
  Turn& turn() { return turn_; }

  /// Calls into machine `i` from outside.
  template <typename Call>
  void call(int i, Call&& what) {
    turn_.begin(now_, WatchLevel::kNothing);
    what(turn_);
    carry_out(i);
  }

  /// Types `text` on machine `i` and lets time go on until its script has ended (at most `limit`).
  void type(const std::string& text, int i = 0, Duration limit = Duration::seconds(600)) {
    start(text, i);
    run_until(now_ + limit, [&] { return !machine(i).shell_busy(); });
  }
  /// Types without waiting.
  void start(const std::string& text, int i = 0) {
    errors.clear();
    auto script = std::make_shared<const admin::Script>(
        admin::Script::parse(text, {"lab.yaml", 10, 5}, errors));
    turn_.begin(now_, WatchLevel::kNothing);
    machine(i).run(turn_, script);
    carry_out(i);
  }
  /// Everything the last command line printed, out then err.
  std::string output(const std::string& text, int i = 0) {
    console(i).entries.clear();
    type(text, i);
    std::string all;
    for (const auto& entry : console(i).entries) all += entry.out + entry.err;
    return all;
  }
  int status(const std::string& text, int i = 0) {
    console(i).entries.clear();
    type(text, i);
    return console(i).entries.empty() ? -1 : console(i).entries.back().status;
  }
  void run_for(Duration time) {
    run_until(now_ + time, [] { return false; });
  }

  std::vector<admin::PlacedError> errors;

 private:
  struct Event {
    Instant time;
    std::uint64_t order;
    int to;
    Packet packet;
  };
  static bool later(const Event& x, const Event& y) {
    return x.time != y.time ? x.time > y.time : x.order > y.order;
  }

  template <typename Predicate>
  void run_until(Instant end, Predicate done) {
    for (int steps = 0; steps < 1'000'000 && !done(); ++steps) {
      int who = 0;
      for (int i = 1; i < static_cast<int>(machines_.size()); ++i) {
        if (machine(i).host().next_wake() < machine(who).host().next_wake()) who = i;
      }
      Instant next = machine(who).host().next_wake();
      const bool arrival = !arrivals_.empty() && arrivals_.front().time <= next;
      if (arrival) next = arrivals_.front().time;
      if (next > end) break;
      now_ = std::max(now_, next);
      turn_.begin(now_, WatchLevel::kNothing);
      if (arrival) {
        std::pop_heap(arrivals_.begin(), arrivals_.end(), later);
        Event event = std::move(arrivals_.back());
        arrivals_.pop_back();
        who = event.to;
        machine(who).host().receive(turn_, 0, std::move(event.packet));
      } else {
        machine(who).host().wake(turn_);
      }
      carry_out(who);
    }
    if (!done()) now_ = std::max(now_, end);
  }

  void carry_out(int from) {
    for (Transmission& t : turn_.transmissions()) {
      for (int to = 0; to < static_cast<int>(machines_.size()); ++to) {
        if (to == from) continue;
        arrivals_.push_back({now_ + delay_, order_++, to, pool_.clone(t.packet)});
        std::push_heap(arrivals_.begin(), arrivals_.end(), later);
      }
      pool_.retire(std::move(t.packet));
    }
    turn_.clear();
  }

  PacketPool pool_;
  Turn turn_{pool_};
  Instant now_;
  Duration delay_;
  std::vector<std::unique_ptr<Typed>> consoles_;
  std::vector<std::unique_ptr<admin::Machine>> machines_;
  std::vector<Event> arrivals_;
  std::uint64_t order_ = 0;
};

}  // namespace lvslab::test
