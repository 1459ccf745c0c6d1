// The table's timers against a naive model: a list of all that was ever armed, searched for the
// earliest.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/kernel_timer.h"
#include "base/random.h"
#include "lvs/connection_table.h"

namespace lvslab::lvs {
namespace {

/// What the table promises, in so many words: (time, order of arming), re-checked when it comes up.
class Naive {
 public:
  void restart(std::uint32_t slot, Instant now, Duration timeout) {
    Timer& t = timers_[slot];
    t.fires = kernel_timer_expiry(now, timeout);
    if (t.fires < t.armed) arm(t);
  }
  void erase(std::uint32_t slot) { timers_.erase(slot); }
  std::uint32_t next_due(Instant now) {
    while (true) {
      auto first = timers_.end();
      for (auto t = timers_.begin(); t != timers_.end(); ++t) {
        if (t->second.armed > now) continue;
        if (first == timers_.end() || key(t->second) < key(first->second)) first = t;
      }
      if (first == timers_.end()) return kNoSlot;
      first->second.armed = Instant::never();
      if (first->second.fires <= now) return first->first;
      arm(first->second);
    }
  }
  Instant fires(std::uint32_t slot) const { return timers_.at(slot).fires; }

 private:
  struct Timer {
    Instant fires, armed = Instant::never();
    std::uint64_t order = 0;
  };
  static std::pair<Instant, std::uint64_t> key(const Timer& t) { return {t.armed, t.order}; }
  void arm(Timer& t) {
    t.armed = t.fires;
    t.order = next_++;
  }
  std::map<std::uint32_t, Timer> timers_;
  std::uint64_t next_ = 1;
};

TEST(ConnectionTimers, FireInTheOrderOfANaiveModel) {
  constexpr std::uint32_t kTimeouts[] = {0,  1,   2,   3,   4,    10,     30,       60,
                                         61, 120, 300, 900, 7200, 86'400, 5'000'000};
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Random random(seed, "timers");
    ConnectionTable table;
    Naive naive;
    std::vector<std::uint32_t> slots;
    Instant now = Instant::at(Duration::seconds(5));
    for (int i = 0; i < 20'000; ++i) {
      const std::uint64_t dice = random.below(100);
      if (slots.size() < 20 || (dice < 10 && slots.size() < 80)) {
        Connection c;
        c.client.address.value = static_cast<std::uint32_t>(i);
        slots.push_back(table.insert(c));
        table.restart(slots.back(), now);
        naive.restart(slots.back(), now, Duration::seconds(3));
      } else if (dice < 60) {
        const std::uint32_t slot = slots[random.below(slots.size())];
        Connection& c = table.at(slot);
        if (random.below(2) == 0) c.timeout_s = kTimeouts[random.below(std::size(kTimeouts))];
        table.restart(slot, now);
        naive.restart(slot, now, Duration::seconds(c.timeout_s));
        ASSERT_EQ(table.fires(slot), naive.fires(slot));
        ASSERT_EQ(c.expires, now + Duration::seconds(c.timeout_s));
      } else if (dice < 64) {
        const std::uint32_t slot = slots[random.below(slots.size())];
        table.expire_soon(slot, now);
        naive.restart(slot, now, Duration());
      } else if (dice < 66) {
        const std::size_t n = random.below(slots.size());
        table.erase(slots[n]);
        naive.erase(slots[n]);
        slots.erase(slots.begin() + static_cast<std::ptrdiff_t>(n));
      } else {
        const auto wait = static_cast<std::int64_t>(random.below(dice < 95 ? 50 : 200'000));
        now = now + Duration::milliseconds(wait);
        while (true) {
          const std::uint32_t due = naive.next_due(now);
          ASSERT_EQ(table.next_due(now), due);
          if (due == kNoSlot) break;
          if (random.below(2) == 0) {  // it lives on
            table.restart(due, now);
            naive.restart(due, now, Duration::seconds(table.at(due).timeout_s));
            continue;
          }
          table.erase(due);
          naive.erase(due);
          std::erase(slots, due);
        }
        ASSERT_GT(table.next_wake(), now);
      }
    }
  }
}

TEST(ConnectionTimers, ATableThatIsNeverAskedLosesNoTimer) {
  ConnectionTable table;
  Instant now = Instant::start();
  for (std::uint32_t n = 0; n < 70'000; ++n) {
    Connection c;
    c.client.address.value = n;
    c.timeout_s = 0;
    table.restart(table.insert(c), now);
    now = now + kKernelTick;
  }
  std::uint32_t fired = 0;
  for (std::uint32_t slot = table.next_due(now + kKernelTick); slot != kNoSlot;
       slot = table.next_due(now + kKernelTick)) {
    EXPECT_EQ(slot, fired++);
    table.erase(slot);
  }
  EXPECT_EQ(fired, 70'000u);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_TRUE(table.next_wake().is_never());
}

}  // namespace
}  // namespace lvslab::lvs
