// Services: what `ipvsadm -A -E -D -C -Z --set` does.
#include "lvs/director.h"

#include <algorithm>

#include "lvs/entry_point.h"
#include "lvs/tcp_state.h"

namespace lvslab::lvs {

namespace {

constexpr Duration kEstimatePeriod = Duration::seconds(2);
constexpr Duration kDefencePeriod = Duration::seconds(1);
constexpr std::string_view kNoScheduler = "none";
/// The states whose timeouts `ipvsadm --set` gives.
constexpr ConnectionState kSettable[] = {ConnectionState::kEstablished, ConnectionState::kFinWait,
                                         ConnectionState::kUdp};

bool key_before(const Service* service, const ServiceKey& key) { return service->key < key; }

/// A firewall mark alone identifies its service.
ServiceKey normal(const ServiceKey& key) {
  return key.mark == 0 ? key : ServiceKey{.mark = key.mark};
}

}  // namespace

// The secret is drawn from a copy, which leaves the stream itself where it is.
Director::Director(Random random)
    : local_pool_(mix(Random(random).bits(), hash_name("local pool"))), random_(random) {
  entry_points_.push_back(std::make_unique<EntryPoint<&Director::inspect_in>>(*this));
  entry_points_.push_back(std::make_unique<EntryPoint<&Director::inspect_out>>(*this));
  entry_points_.push_back(std::make_unique<EntryPoint<&Director::inspect_forwarded>>(*this));
  for (std::size_t i = 0; i < timeouts_.size(); ++i) {
    timeouts_[i] = default_timeout_s(static_cast<ConnectionState>(i));
  }
}

Director::~Director() = default;

std::vector<Director::Registration> Director::registrations() {
  hook::PacketHook* in = entry_points_[0].get();
  hook::PacketHook* out = entry_points_[1].get();
  hook::PacketHook* icmp = entry_points_[2].get();
  return {{hook::Hook::kLocalIn, 98, out},   {hook::Hook::kLocalIn, 99, in},
          {hook::Hook::kForward, 99, icmp},  {hook::Hook::kForward, 100, out},
          {hook::Hook::kLocalOut, -99, out}, {hook::Hook::kLocalOut, -98, in}};
}

Service* Director::service_of(const ServiceKey& key) const {
  const ServiceKey wanted = normal(key);
  const auto found = std::lower_bound(index_.begin(), index_.end(), wanted, key_before);
  return found != index_.end() && (*found)->key == wanted ? *found : nullptr;
}

std::vector<const Service*> Director::services() const {
  std::vector<const Service*> all;
  all.reserve(services_.size());
  for (const auto& service : services_) all.push_back(service.get());
  return all;
}

// Another scheduler starts from the list as it is; the same one keeps its state.
AdminError Director::set_scheduler(Turn& turn, Service& service, const ServiceOptions& options) {
  if (!options.engine.empty()) return AdminError::kSchedulerNotFound;  // its module is not there
  const bool same = service.scheduler != nullptr && service.options.scheduler == options.scheduler;
  if (!same) {
    const SchedulerEntry* entry = find_scheduler(options.scheduler);
    if (entry == nullptr && options.scheduler != kNoScheduler) {
      return AdminError::kSchedulerNotFound;
    }
    service.scheduler.reset();
    service.scheduler_name = entry == nullptr ? kNoScheduler : entry->name;
    if (entry != nullptr) {
      service.scheduler = entry->make({service.destinations, Random(random_.bits()), turn.now()});
    }
  }
  service.options = options;
  return AdminError::kNone;
}

AdminError Director::add_service(Turn& turn, const ServiceKey& key, const ServiceOptions& options) {
  if (service_of(key) != nullptr) return AdminError::kServiceExists;
  auto service = std::make_unique<Service>();
  service->key = normal(key);
  service->order = next_order_;
  const AdminError error = set_scheduler(turn, *service, options);
  if (error != AdminError::kNone) return error;
  ++next_order_;
  const auto place = std::lower_bound(index_.begin(), index_.end(), service->key, key_before);
  index_.insert(place, service.get());
  services_.push_back(std::move(service));
  if (next_estimate_.is_never()) {
    next_estimate_ = turn.now() + kEstimatePeriod;
    next_defence_ = turn.now() + kDefencePeriod;
  }
  note_service(turn, *services_.back());
  return AdminError::kNone;
}

AdminError Director::edit_service(Turn& turn, const ServiceKey& key,
                                  const ServiceOptions& options) {
  Service* service = service_of(key);
  if (service == nullptr) return AdminError::kNoSuchService;
  const AdminError error = set_scheduler(turn, *service, options);
  if (error == AdminError::kNone) note_service(turn, *service);
  return error;
}

AdminError Director::remove_service(Turn& turn, const ServiceKey& key) {
  Service* service = service_of(key);
  if (service == nullptr) return AdminError::kNoSuchService;
  drop_service(turn, *service);
  return AdminError::kNone;
}

void Director::clear(Turn& turn) {
  while (!services_.empty()) drop_service(turn, *services_.front());
}

AdminError Director::add_local_address(const ServiceKey& key, wire::Ipv4 address,
                                       const hook::RouteLookup& routes) {
  Service* service = service_of(key);
  if (service == nullptr) return AdminError::kServiceNotDefined;
  if (!routes.is_local(address)) return AdminError::kInvalid;  // replies would not come back
  return local_pool_.add_address(*service, address) ? AdminError::kNone
                                                    : AdminError::kLocalAddressExists;
}

AdminError Director::remove_local_address(const ServiceKey& key, wire::Ipv4 address) {
  Service* service = service_of(key);
  if (service == nullptr) return AdminError::kServiceNotDefined;
  return local_pool_.remove_address(*service, address) ? AdminError::kNone
                                                       : AdminError::kNoSuchLocalAddress;
}

void Director::drop_service(Turn& turn, Service& service) {
  service.scheduler.reset();
  local_pool_.remove_all(service);
  while (!service.destinations.empty()) unlink(turn, service, *service.destinations.front());
  note_service(turn, service, true);
  index_.erase(std::find(index_.begin(), index_.end(), &service));
  services_.erase(std::find_if(services_.begin(), services_.end(),
                               [&](const auto& s) { return s.get() == &service; }));
}

// What is shown starts from zero again; what is counted goes on.
AdminError Director::zero(const ServiceKey* key) {
  Service* only = key == nullptr ? nullptr : service_of(*key);
  if (key != nullptr && only == nullptr) return AdminError::kNoSuchService;
  for (const auto& service : services_) {
    if (only != nullptr && only != service.get()) continue;
    service->stats.clear();
    for (Destination* destination : service->destinations) destination->stats.clear();
  }
  if (only == nullptr) total_.clear();
  return AdminError::kNone;
}

// Holds from each connection's next packet on.
void Director::set_timeouts(std::uint32_t tcp_s, std::uint32_t fin_s, std::uint32_t udp_s) {
  const std::array<std::uint32_t, 3> wanted{tcp_s, fin_s, udp_s};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] != 0) timeouts_[static_cast<std::size_t>(kSettable[i])] = wanted[i];
  }
}

std::array<std::uint32_t, 3> Director::timeouts() const {
  std::array<std::uint32_t, 3> now;
  for (std::size_t i = 0; i < now.size(); ++i) {
    now[i] = timeouts_[static_cast<std::size_t>(kSettable[i])];
  }
  return now;
}

}  // namespace lvslab::lvs
