// lblc, locality-based least connection: the server remembered for the packet's destination
// address, or the weighted least connected one when there is none or the remembered one wants
// relief. An overloaded server stays remembered.
#include "lvs/address_cache.h"

namespace lvslab::lvs {

namespace {

class LocalityBased final : public TreeScheduler<Loads> {
 public:
  explicit LocalityBased(Instant now) : cache_(now) {}

  Destination* pick(const DestinationList& all, const SchedulingRequest& request) override {
    cache_.catch_up(request.now, Duration::seconds(request.settings->lblc_expiration));
    const wire::Ipv4 address = request.header_destination();
    auto* entry = cache_.find(address);
    if (entry != nullptr) {
      entry->last_use = request.now;
      Destination* known = entry->value;
      if (!known->deleted && known->options.weight > 0 && !tree_.wants_relief(all, *known))
        return known;
    }
    Destination* best = tree_.least(all);
    if (best == nullptr || (entry != nullptr && entry->value == best)) return best;
    if (entry != nullptr) cache_.erase(address);
    cache_.add(address, request.now, best);
    return best;
  }

 private:
  AddressCache<Destination*> cache_;
};

}  // namespace

std::unique_ptr<Scheduler> make_lblc(const SchedulerSetup& setup) {
  return std::make_unique<LocalityBased>(setup.now);
}

}  // namespace lvslab::lvs
