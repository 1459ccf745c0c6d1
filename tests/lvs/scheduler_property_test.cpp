// Whatever happens to the list, no scheduler picks a server that may not be picked.
#include <deque>

#include "director_bed.h"
#include "lvs/scheduler.h"

namespace lvslab::lvs::test {
namespace {

/// A service's list as the director keeps it, and a scheduler that is told of every change.
class Playground {
 public:
  explicit Playground(const SchedulerEntry& entry, std::uint64_t seed)
      : random_(seed), scheduler_(entry.make({list_, Random(seed, entry.name), now_})) {
    service_.options.scheduler = std::string(entry.name);
  }

  void step() {
    switch (random_.below(12)) {
      case 0:
        if (list_.size() < 12) return add();
        break;
      case 1:
        return remove();
      case 2:
      case 3:
        return edit();
      case 4:
      case 5:
        return load();
      default:
        break;
    }
    now_ = now_ + Duration::milliseconds(static_cast<std::int64_t>(random_.below(5000)));
  }

  Destination* pick() {
    const wire::Endpoint from =
        client(static_cast<int>(random_.below(500)), static_cast<int>(1024 + random_.below(60000)));
    const SchedulingRequest request{{from, kWeb, 6},
                                    false,
                                    now_,
                                    {random_.below(2) == 1, random_.below(2) == 1, false},
                                    &settings_};
    return scheduler_->pick(list_, request);
  }
  const DestinationList& list() const { return list_; }

 private:
  std::int32_t weight() {
    constexpr std::int32_t kWeights[] = {0, 0, 1, 1, 2, 3, 7, 100, 65535};
    // The ring of conhash grows with the weights and is made anew after every change.
    const std::size_t kinds =
        std::size(kWeights) - (service_.options.scheduler == "conhash" ? 2 : 0);
    return kWeights[random_.below(kinds)];
  }
  void add() {
    Destination& d = storage_.emplace_back();
    d.id = next_++;
    d.address = server(static_cast<int>(d.id % 200) + 1);
    d.owner = &service_;
    d.configure({.weight = weight()}, true);
    list_.insert(list_.begin(), &d);
    scheduler_->on_added(list_, d);
  }
  void remove() {
    if (list_.empty()) return;
    const auto place = static_cast<std::ptrdiff_t>(random_.below(list_.size()));
    Destination* gone = list_[static_cast<std::size_t>(place)];
    list_.erase(list_.begin() + place);
    gone->deleted = true;
    gone->owner = nullptr;
    scheduler_->on_removed(list_, *gone);
  }
  void edit() {
    if (list_.empty()) return;
    Destination& d = *list_[random_.below(list_.size())];
    d.configure({.weight = weight()}, false);
    scheduler_->on_edited(list_, d);
  }
  void load() {
    if (list_.empty()) return;
    Destination& d = *list_[random_.below(list_.size())];
    d.active = static_cast<std::uint32_t>(random_.below(200));
    d.total = d.active + static_cast<std::uint32_t>(random_.below(200));
    d.overloaded = random_.below(3) == 0;
    scheduler_->on_counted(d);
  }

  Random random_;
  Service service_;
  std::deque<Destination> storage_;
  DestinationList list_;
  DirectorSettings settings_;
  Instant now_ = Instant::at(Duration::seconds(1));
  std::uint32_t next_ = 1;
  std::unique_ptr<Scheduler> scheduler_;
};

class SchedulerProperty : public testing::TestWithParam<SchedulerEntry> {};

TEST_P(SchedulerProperty, NeverPicksAnUnavailableServer) {
  // lblc alone does not ask whether the server it remembers is overloaded.
  const bool asks_for_overload = GetParam().name != "lblc";
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Playground ground(GetParam(), seed);
    for (int i = 0; i < 4000; ++i) {
      ground.step();
      const Destination* picked = ground.pick();
      if (picked == nullptr) continue;
      ASSERT_FALSE(picked->deleted);
      ASSERT_GT(picked->options.weight, 0);
      if (asks_for_overload) {
        ASSERT_FALSE(picked->overloaded);
      }
      ASSERT_NE(std::find(ground.list().begin(), ground.list().end(), picked), ground.list().end());
    }
  }
}

std::string entry_name(const testing::TestParamInfo<SchedulerEntry>& entry) {
  std::string name(entry.param.name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(All, SchedulerProperty,
                         testing::ValuesIn(schedulers().begin(), schedulers().end()), entry_name);

}  // namespace
}  // namespace lvslab::lvs::test
