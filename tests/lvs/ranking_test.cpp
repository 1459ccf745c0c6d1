// Picks from long lists are those of a plain walk, whatever happens to the list and its loads.
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>

#include "lvs/address_cache.h"
#include "lvs/load.h"
#include "lvs/scheduler.h"

namespace lvslab::lvs {
namespace {

/// The first that `takes` lets through and nobody after it is better than, walking from the head.
template <typename Takes, typename Better>
Destination* walk(const DestinationList& all, Takes takes, Better better) {
  Destination* best = nullptr;
  for (Destination* d : all) {
    if (takes(*d) && (best == nullptr || better(*d, *best))) best = d;
  }
  return best;
}

bool available(const Destination& d) { return d.options.weight > 0 && !d.overloaded; }

template <typename Cost>
Destination* least(const DestinationList& all, Cost cost) {
  return walk(all, available, [&](const Destination& a, const Destination& b) {
    return static_cast<__int128>(cost(b)) * a.options.weight >
           static_cast<__int128>(cost(a)) * b.options.weight;
  });
}
std::int64_t both(const Destination& d) { return 256 * std::int64_t{d.active} + d.total; }
std::int64_t active(const Destination& d) { return d.active; }
std::int64_t delay(const Destination& d) { return std::int64_t{d.active} + 1; }

template <typename Room>
Destination* heaviest(const DestinationList& all, Room room) {
  return walk(
      all, [&](const Destination& d) { return available(d) && room(d); },
      [](const Destination& a, const Destination& b) {
        return a.options.weight > b.options.weight;
      });
}

Destination* idle_or_least_delay(const DestinationList& all) {
  for (Destination* d : all) {
    if (available(*d) && d->active == 0) return d;
  }
  return least(all, delay);
}

std::int64_t weights(const DestinationList& all, const Destination* without = nullptr) {
  std::int64_t sum = 0;
  for (const Destination* d : all) {
    if (available(*d) && d != without) sum += d->options.weight;
  }
  return sum;
}
/// Each answers to `weight` numbers from 1 on; 0 falls to the first.
Destination* at_weight(const DestinationList& all, std::int64_t number,
                       const Destination* without = nullptr) {
  for (Destination* d : all) {
    if (!available(*d) || d == without) continue;
    number -= d->options.weight;
    if (number <= 0) return d;
  }
  return nullptr;
}
Destination* lighter(Destination* one, Destination* two) {
  return both(*one) * two->options.weight > both(*two) * one->options.weight ? two : one;
}

/// A scheduler written as plain walks.
using Walk = std::function<Destination*(const DestinationList&, const SchedulingRequest&)>;

Walk drawing(std::string_view name) {
  const auto random = std::make_shared<Random>(1, "ranking");
  const auto below = [random](std::int64_t n) {
    return static_cast<std::int64_t>(random->below(static_cast<std::uint64_t>(n)));
  };
  return [=](const DestinationList& all, const SchedulingRequest&) -> Destination* {
    const std::int64_t sum = weights(all);
    if (sum == 0) return nullptr;
    if (name == "random") return at_weight(all, below(sum) + 1);
    if (name == "twos") {
      const std::int64_t first = below(sum + 1), second = below(sum + 1);
      return lighter(at_weight(all, first), at_weight(all, second));
    }
    Destination* one = at_weight(all, below(sum) + 1);
    if (name == "twos-replace") return lighter(one, at_weight(all, below(sum) + 1));
    const std::int64_t rest = weights(all, one);
    return rest == 0 ? one : lighter(one, at_weight(all, below(rest) + 1, one));
  };
}

bool wants_relief(const DestinationList& all, const Destination& d) {
  if (std::int64_t{d.active} <= std::int64_t{d.options.weight}) return false;
  for (const Destination* e : all) {
    if (2 * std::int64_t{e->active} < std::int64_t{e->options.weight}) return true;
  }
  return false;
}

/// lblc's and lblcr's rule while nothing grows old.
Walk remembering(bool replicate) {
  const auto sets = std::make_shared<std::map<wire::Ipv4, DestinationList>>();
  return [=](const DestinationList& all, const SchedulingRequest& request) {
    DestinationList& set = (*sets)[request.header_destination()];
    if (!set.empty()) {
      Destination* known = set.front();
      if (replicate) {
        known = walk(
            set, [](const Destination& d) { return !d.deleted && available(d); },
            [](const Destination& a, const Destination& b) {
              return both(b) * a.options.weight > both(a) * b.options.weight;
            });
      }
      const bool usable = known != nullptr && !known->deleted && known->options.weight > 0;
      if (usable && !wants_relief(all, *known)) return known;
    }
    Destination* best = least(all, both);
    if (best == nullptr) return best;
    if (!replicate) set.clear();
    if (std::find(set.begin(), set.end(), best) == set.end()) set.insert(set.begin(), best);
    return best;
  };
}

Walk walk_of(std::string_view name) {
  using All = const DestinationList&;
  const auto of = [](auto pick) -> Walk {
    return [pick](All all, const SchedulingRequest&) { return pick(all); };
  };
  const auto weight = [](const Destination& d) { return std::int64_t{d.options.weight}; };
  if (name == "lc" || name == "lc-active") {
    return of([name](All all) {
      return walk(all, available, [name](const Destination& a, const Destination& b) {
        return name == "lc" ? both(a) < both(b) : a.active < b.active;
      });
    });
  }
  if (name == "wlc") return of([](All all) { return least(all, both); });
  if (name == "wlc-active") return of([](All all) { return least(all, active); });
  if (name == "sed") return of([](All all) { return least(all, delay); });
  if (name == "nq") return of(idle_or_least_delay);
  if (name == "fo") {
    return of([](All all) { return heaviest(all, [](const Destination&) { return true; }); });
  }
  if (name == "ovf" || name == "ovf-strict") {
    const int spare = name == "ovf" ? 1 : 0;
    return of([=](All all) {
      return heaviest(all, [&](const Destination& d) { return d.active < weight(d) + spare; });
    });
  }
  if (name == "lblc" || name == "lblcr") return remembering(name == "lblcr");
  return drawing(name);
}

/// A list that is nearly always a long one, and a scheduler that is told of every change.
class Farm {
 public:
  Farm(std::string_view name, std::uint64_t seed)
      : random_(seed, name),
        scheduler_(find_scheduler(name)->make(
            {list_, Random(1, "ranking"), Instant::at(Duration::seconds(1))})) {
    service_.options.scheduler = std::string(name);
    request.now = Instant::at(Duration::seconds(1));
    request.settings = &settings_;
    for (int i = 0; i < 40; ++i) add();
  }

  void step() {
    const std::uint64_t dice = random_.below(1000);
    if (dice < 4) return list_.size() < 90 ? add() : remove();
    if (dice < 8) return list_.size() > 25 ? remove() : add();
    if (dice < 9) return quiesce();
    if (list_.empty()) return;
    Destination& d = *list_[random_.below(list_.size())];
    if (dice < 50) {
      d.configure({.weight = weight()}, false);
      return scheduler_->on_edited(list_, d);
    }
    if (dice < 100) {
      d.overloaded = !d.overloaded;
    } else if (dice < 600) {
      d.active += random_.below(2) == 0 ? 1 : 0;
      d.total += 1;
    } else {
      d.total -= d.total > d.active ? 1 : 0;
      if (random_.below(2) == 0) d.active /= 2;
    }
    scheduler_->on_counted(d);
  }
  Destination* pick() { return scheduler_->pick(list_, request); }
  const DestinationList& list() const { return list_; }
  Random& random() { return random_; }

  SchedulingRequest request;

 private:
  std::int32_t weight() {
    constexpr std::int32_t kWeights[] = {0, 1, 1, 2, 3, 7, 100, 65535};
    return kWeights[random_.below(std::size(kWeights))];
  }
  void add() {
    Destination& d = storage_.emplace_back();
    d.owner = &service_;
    d.configure({.weight = weight()}, true);
    list_.insert(list_.begin(), &d);
    scheduler_->on_added(list_, d);
  }
  void remove() {
    const auto place = static_cast<std::ptrdiff_t>(random_.below(list_.size()));
    Destination* gone = list_[static_cast<std::size_t>(place)];
    list_.erase(list_.begin() + place);
    gone->deleted = true;
    gone->owner = nullptr;
    scheduler_->on_removed(list_, *gone);
  }
  /// Nobody is available for a while.
  void quiesce() {
    for (Destination* d : list_) {
      d->configure({.weight = 0}, false);
      scheduler_->on_edited(list_, *d);
    }
  }

  Random random_;
  Service service_;
  DirectorSettings settings_;
  std::deque<Destination> storage_;
  DestinationList list_;
  std::unique_ptr<Scheduler> scheduler_;
};

class LongLists : public testing::TestWithParam<const char*> {};

TEST_P(LongLists, ArePickedFromAsAWalkWould) {
  Farm farm(GetParam(), 7);
  const Walk plain = walk_of(GetParam());
  int picked = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    farm.step();
    if (i % 8 != 0) continue;
    farm.request.flow.destination.address.value =
        static_cast<std::uint32_t>(farm.random().below(300));
    Destination* wanted = plain(farm.list(), farm.request);
    ASSERT_EQ(farm.pick(), wanted) << "after " << i;
    picked += wanted != nullptr ? 1 : 0;
  }
  EXPECT_GT(picked, 50'000);
}

std::string name_of(const testing::TestParamInfo<const char*>& name) {
  std::string text(name.param);
  std::replace(text.begin(), text.end(), '-', '_');
  return text;
}
INSTANTIATE_TEST_SUITE_P(All, LongLists,
                         testing::Values("lc", "wlc", "sed", "nq", "fo", "ovf", "lblc", "lblcr",
                                         "twos", "random", "lc-active", "wlc-active",
                                         "twos-distinct", "twos-replace", "ovf-strict"),
                         name_of);

}  // namespace
}  // namespace lvslab::lvs
