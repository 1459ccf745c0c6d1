// lblcr, locality-based least connection with replication: a set of servers is remembered for each
// destination address; it grows when its least loaded member wants relief and loses its most loaded
// member when it has not changed for long. A set is walked: it holds the few servers that one
// address needed, and every address would need a ranking of its own.
#include <algorithm>

#include "lvs/address_cache.h"

namespace lvslab::lvs {

namespace {

struct ServerSet {
  std::vector<Destination*> members;  ///< most recently inserted first
  Instant changed;

  Destination* least() const {
    Destination* best = nullptr;
    for (Destination* member : members) {
      if (member->deleted || !member->available()) continue;
      if (best == nullptr || more_loaded(*best, overhead(*best), *member, overhead(*member))) {
        best = member;
      }
    }
    return best;
  }

  void drop_most_loaded(Instant now) {
    Destination* most = nullptr;
    for (Destination* member : members) {
      if (member->options.weight <= 0) continue;
      if (most == nullptr || more_loaded(*member, overhead(*member), *most, overhead(*most))) {
        most = member;
      }
    }
    if (most == nullptr) return;
    std::erase(members, most);
    changed = now;
  }

  void insert(Destination* d, Instant now) {
    if (std::find(members.begin(), members.end(), d) != members.end()) return;
    members.insert(members.begin(), d);
    changed = now;
  }
};

class Replicated final : public TreeScheduler<Loads> {
 public:
  explicit Replicated(Instant now) : cache_(now) {}

  Destination* pick(const DestinationList& all, const SchedulingRequest& request) override {
    const Duration expiration = Duration::seconds(request.settings->lblcr_expiration);
    cache_.catch_up(request.now, expiration);
    const wire::Ipv4 address = request.header_destination();
    auto* entry = cache_.find(address);
    if (entry != nullptr) {
      entry->last_use = request.now;
      ServerSet& set = entry->value;
      Destination* known = set.least();
      if (set.members.size() > 1 && request.now > set.changed + expiration) {
        set.drop_most_loaded(request.now);
      }
      if (known != nullptr && !tree_.wants_relief(all, *known)) return known;
    }
    Destination* best = tree_.least(all);
    if (best == nullptr) return nullptr;
    if (entry != nullptr) {
      entry->value.insert(best, request.now);
    } else {
      cache_.add(address, request.now, {{best}, request.now});
    }
    return best;
  }

 private:
  AddressCache<ServerSet> cache_;
};

}  // namespace

std::unique_ptr<Scheduler> make_lblcr(const SchedulerSetup& setup) {
  return std::make_unique<Replicated>(setup.now);
}

}  // namespace lvslab::lvs
