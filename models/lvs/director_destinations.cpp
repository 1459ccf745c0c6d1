// Real servers: what `ipvsadm -a -e -d` does, and the trash, where a deleted one stays with its
// counters while connections refer to it. Added to the same service again it is that one that
// returns.
#include <algorithm>

#include "base/kernel_timer.h"
#include "lvs/director.h"

namespace lvslab::lvs {

namespace {

constexpr Duration kTrashPeriod = Duration::seconds(60);
constexpr Duration kTrashGrace = Duration::seconds(120);

// -x beyond a signed number is refused as invalid; the other limits as out of range.
AdminError check(const DestinationOptions& options) {
  if (options.weight < 0) return AdminError::kRange;
  if (options.lower_threshold > options.upper_threshold) return AdminError::kRange;
  if (options.upper_threshold > 0x7fffffff) return AdminError::kInvalid;
  if (options.tunnel.type == TunnelType::kGue && options.method == Method::kTunnel &&
      options.tunnel.port == 0) {
    return AdminError::kInvalid;
  }
  return find_forwarder(options.method) == nullptr ? AdminError::kInvalid : AdminError::kNone;
}

bool is_unicast(wire::Ipv4 address) {
  return !address.is_zero_network() && !address.is_multicast() && !address.is_limited_broadcast();
}

}  // namespace

Destination* Director::destination_of(const Service& service, wire::Endpoint address) const {
  for (Destination* destination : service.destinations) {
    if (destination->address == address) return destination;
  }
  return nullptr;
}

AdminError Director::add_destination(Turn& turn, const ServiceKey& key, wire::Endpoint address,
                                     const DestinationOptions& options,
                                     const hook::RouteLookup& routes) {
  Service* service = service_of(key);
  if (service == nullptr) return AdminError::kServiceNotDefined;
  const AdminError error = check(options);
  if (error != AdminError::kNone) return error;
  if (destination_of(*service, address) != nullptr) return AdminError::kDestinationExists;
  Destination* destination = take_from_trash(service->key, address);
  if (destination == nullptr) {
    if (!is_unicast(address.address) && !routes.is_local(address.address)) {
      return AdminError::kInvalid;
    }
    destination = &destinations_.emplace_back();
    destination->id = next_destination_++;
    destination->address = address;
  }
  destination->owner = service;
  destination->configure(options, true);
  service->destinations.insert(service->destinations.begin(), destination);
  if (service->scheduler) service->scheduler->on_added(service->destinations, *destination);
  note_destination(turn, service->key, *destination);
  return AdminError::kNone;
}

AdminError Director::edit_destination(Turn& turn, const ServiceKey& key, wire::Endpoint address,
                                      const DestinationOptions& options) {
  Service* service = service_of(key);
  if (service == nullptr) return AdminError::kServiceNotDefined;
  const AdminError error = check(options);
  if (error != AdminError::kNone) return error;
  Destination* destination = destination_of(*service, address);
  if (destination == nullptr) return AdminError::kNoSuchDestination;
  destination->configure(options, false);
  if (service->scheduler) service->scheduler->on_edited(service->destinations, *destination);
  note_destination(turn, service->key, *destination);
  return AdminError::kNone;
}

AdminError Director::remove_destination(Turn& turn, const ServiceKey& key, wire::Endpoint address) {
  Service* service = service_of(key);
  if (service == nullptr) return AdminError::kServiceNotDefined;
  Destination* destination = destination_of(*service, address);
  if (destination == nullptr) return AdminError::kNoSuchDestination;
  unlink(turn, *service, *destination);
  return AdminError::kNone;
}

void Director::unlink(Turn& turn, Service& service, Destination& destination) {
  DestinationList& list = service.destinations;
  list.erase(std::find(list.begin(), list.end(), &destination));
  destination.deleted = true;
  destination.owner = nullptr;
  destination.unused_since = Instant::never();
  if (trash_.empty()) next_trash_ = kernel_timer_expiry(turn.now(), kTrashPeriod);
  trash_.push_back({service.key, &destination, service.order});
  if (service.scheduler) service.scheduler->on_removed(list, destination);
  // Connections of deleted servers are swept one tick later.
  if (settings_.expire_nodest_conn != 0) {
    flush_at_ = std::min(flush_at_, kernel_timer_expiry(turn.now(), kKernelTick));
  }
  note_destination(turn, service.key, destination, true);
}

Destination* Director::take_from_trash(const ServiceKey& key, wire::Endpoint address) {
  const auto found = std::find_if(trash_.begin(), trash_.end(), [&](const Trashed& t) {
    return t.key == key && t.destination->address == address;
  });
  if (found == trash_.end()) return nullptr;
  Destination* destination = found->destination;
  // Connection counts continue; traffic counters only within the life of one service.
  if (found->last_owner != service_of(key)->order) destination->stats = Stats{};
  trash_.erase(found);
  if (trash_.empty()) next_trash_ = Instant::never();
  destination->deleted = false;
  destination->unused_since = Instant::never();
  return destination;
}

// An unreferenced one is stamped first and forgotten when two minutes have passed since.
void Director::examine_trash(Instant now) {
  std::erase_if(trash_, [&](const Trashed& t) {
    if (t.destination->references > 0) return false;
    if (t.destination->unused_since.is_never()) {
      t.destination->unused_since = now;
      return false;
    }
    return now >= t.destination->unused_since + kTrashGrace;
  });
  next_trash_ = trash_.empty() ? Instant::never() : kernel_timer_expiry(now, kTrashPeriod);
}

}  // namespace lvslab::lvs
