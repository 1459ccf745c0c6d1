#include "net/route_table.h"

#include <algorithm>
#include <tuple>

#include "net/multipath.h"

namespace lvslab::net {
namespace {

using wire::Ipv4;

constexpr std::size_t kIndexFrom =
    24;  ///< routes in a table before lookups search instead of scanning
constexpr std::size_t kSmallestMemo = 4, kMemoGrowth = 16, kLargestMemo = 1024;

// The order of a table: longest prefix, network, metric. Equal ones stay in order of insertion.
auto rank(const Route& r) {
  return std::tuple(32 - r.destination.length, r.destination.network().value, r.metric);
}
bool same_key(const Route& a, const Route& b) { return rank(a) == rank(b); }

bool same_hops(const Route& a, const Route& b) {
  return std::equal(a.hops.begin(), a.hops.end(), b.hops.begin(), b.hops.end(),
                    [](const Route& x, const Route& y) {
                      return x.gateway == y.gateway && x.device == y.device && x.weight == y.weight;
                    });
}

bool same_route(const Route& a, const Route& b) {
  return same_key(a, b) && same_hops(a, b) && a.type == b.type && a.gateway == b.gateway &&
         a.device == b.device && a.preferred_source == b.preferred_source && a.scope == b.scope &&
         a.protocol == b.protocol;
}

bool has_next_hop(RouteType type) {
  return type == RouteType::kUnicast || type == RouteType::kLocal || type == RouteType::kBroadcast;
}

// A wider route than the scope asked for is not seen; a lookup bound to a device sees only next
// hops through it.
bool acceptable(const Route& r, const RouteQuery& q) {
  if (r.scope < q.scope) return false;
  return q.out_device == kNoInterface || !has_next_hop(r.type) || leads_through(r, q.out_device);
}

bool rule_matches(const Rule& rule, const RouteQuery& q) {
  // A packet of this host's own counts as having come in by lo.
  const InterfaceIndex in = q.in_device == kNoInterface ? InterfaceIndex{0} : q.in_device;
  const bool hit = (!rule.from || rule.from->length == 0 || rule.from->contains(q.source)) &&
                   (!rule.to || rule.to->contains(q.destination)) &&
                   (!rule.mark || (q.mark & rule.mark_mask) == (*rule.mark & rule.mark_mask)) &&
                   (rule.in_device == kNoInterface || rule.in_device == in);
  return hit != rule.inverted;
}

std::vector<Rule> default_rules() {
  return {{.priority = 0, .table = kTableLocal},
          {.priority = 32'766, .table = kTableMain},
          {.priority = 32'767, .table = kTableDefault}};
}

}  // namespace

RouteTables::RouteTables() {
  tables_.resize(3);
  tables_[0].number = kTableDefault;
  tables_[1].number = kTableMain;
  tables_[2].number = kTableLocal;
}

const RouteTables::Table* RouteTables::find_table(std::uint32_t number) const {
  for (const Table& table : tables_) {
    if (table.number == number) return &table;
  }
  return nullptr;
}

RouteTables::Table* RouteTables::find_table(std::uint32_t number) {
  return const_cast<Table*>(std::as_const(*this).find_table(number));
}

RouteTables::Table& RouteTables::table_for(std::uint32_t number) {
  if (Table* table = find_table(number)) return *table;
  auto place = std::find_if(tables_.begin(), tables_.end(),
                            [&](const Table& t) { return t.number > number; });
  Table& added = *tables_.insert(place, Table{});
  added.number = number;
  rebuild_compact();
  return added;
}

void RouteTables::remember(Ipv4 destination, const Route* route) const {
  if (memo_.empty()) {
    memo_.resize(kSmallestMemo);
  } else if (missed_++ == 2 * memo_.size() && memo_.size() < kLargestMemo) {
    memo_.assign(memo_.size() * kMemoGrowth, Memo{});
    missed_ = 0;
  }
  memo_[memo_place(destination)] = {route, destination};
}

const Route* RouteTables::lookup_afresh(const RouteQuery& query) const {
  const auto decide = [&](std::uint32_t number) -> const Route* {
    const Table* table = find_table(number);
    const Route* found = table == nullptr ? nullptr : lookup_in(*table, query);
    return found != nullptr && found->type == RouteType::kThrow ? nullptr : found;
  };
  if (!rules_touched_) [[likely]] {
    if (compact_complete_) [[likely]] {
      const Route* found = lookup_compact(query);
      if (found != nullptr && query.out_device == kNoInterface && query.scope == Scope::kUniverse)
        remember(query.destination, found);
      return found;
    }
    for (const std::uint32_t number : {kTableLocal, kTableMain, kTableDefault}) {
      if (const Route* found = decide(number)) return found;
    }
    return nullptr;
  }
  for (const Rule& rule : rules_) {
    if (!rule_matches(rule, query)) continue;
    if (const Route* found = decide(rule.table)) return found;
  }
  return nullptr;
}

const Route* RouteTables::lookup_compact(const RouteQuery& query) const {
  constexpr std::uint32_t kNoTable = 0xffffffff;
  std::uint32_t thrown_out_of = kNoTable;
  const Compact* const end = compact_.data() + compact_.size();
  for (const Compact* at = compact_.data(); at != end; ++at) {
    const Compact& entry = *at;
    if (((query.destination.value ^ entry.network) & entry.mask) != 0) continue;
    const Route& route = tables_[entry.table].routes[entry.position];
    if (entry.table == thrown_out_of || !acceptable(route, query)) continue;
    if (route.type != RouteType::kThrow) return &route;
    thrown_out_of = entry.table;
  }
  return nullptr;
}

const Route* RouteTables::lookup_table(std::uint32_t number, const RouteQuery& query) const {
  const Table* table = find_table(number);
  return table == nullptr ? nullptr : lookup_in(*table, query);
}

const Route* RouteTables::lookup_in(const Table& table, const RouteQuery& query) const {
  const Ipv4 destination = query.destination;
  if (table.starts == nullptr) [[likely]] {
    for (const Route& route : table.routes) {
      if (route.destination.contains(destination) && acceptable(route, query)) return &route;
    }
    return nullptr;
  }
  for (int length = 32; length >= 0; --length) {
    const auto first = table.routes.begin() + (*table.starts)[static_cast<std::size_t>(length) + 1];
    const auto last = table.routes.begin() + (*table.starts)[static_cast<std::size_t>(length)];
    if (first == last) continue;
    const std::uint32_t network = destination.value & wire::netmask(length);
    auto at = std::lower_bound(first, last, network, [](const Route& r, std::uint32_t n) {
      return r.destination.network().value < n;
    });
    for (; at != last && at->destination.network().value == network; ++at) {
      if (acceptable(*at, query)) return &*at;
    }
  }
  return nullptr;
}

bool RouteTables::is_local(Ipv4 address) const {
  const Compact* const end = compact_.data() + local_count_;
  for (const Compact* at = compact_.data(); at != end; ++at) {
    const Compact& own = *at;
    if (((address.value ^ own.network) & own.mask) == 0) return own.local;
  }
  if (local_count_ != 0) return false;
  const Route* route = lookup_in(*find_table(kTableLocal), {.destination = address});
  return route != nullptr && route->type == RouteType::kLocal;
}

bool RouteTables::is_configured(Ipv4 address) const {
  if (!memo_.empty()) {  // what is remembered was found by the default rules: table local first
    const Memo& known = memo_.data()[memo_place(address)];
    if (known.route != nullptr && known.destination == address)
      return known.route->type == RouteType::kLocal && known.route->table == kTableLocal &&
             known.route->destination.length == 32;
  }
  const Compact* const end = compact_.data() + local_count_;
  for (const Compact* at = compact_.data(); at != end; ++at) {
    const Compact& own = *at;
    if (own.mask != 0xffffffff) return false;  // longest prefixes come first
    if (own.network == address.value) return own.local;
  }
  if (local_count_ != 0) return false;
  const Route* route = lookup_in(*find_table(kTableLocal), {.destination = address});
  return route != nullptr && route->type == RouteType::kLocal && route->destination.length == 32;
}

void RouteTables::mark_hops(InterfaceIndex device, bool dead) {
  for (Table& table : tables_) {
    for (Route& route : table.routes) {
      for (Route& hop : route.hops) {
        if (hop.device == device) hop.dead = dead;
      }
    }
  }
  ++generation_;
}

bool RouteTables::contains(const Route& like) const {
  const Table* table = find_table(like.table);
  return table != nullptr && std::any_of(table->routes.begin(), table->routes.end(),
                                         [&](const Route& r) { return same_key(r, like); });
}

bool RouteTables::contains_exactly(const Route& route) const {
  const Table* table = find_table(route.table);
  return table != nullptr && std::any_of(table->routes.begin(), table->routes.end(),
                                         [&](const Route& r) { return same_route(r, route); });
}

std::size_t RouteTables::insert_position(const Table& table, const Route& route) const {
  const auto place =
      std::upper_bound(table.routes.begin(), table.routes.end(), route,
                       [](const Route& a, const Route& b) { return rank(a) < rank(b); });
  return static_cast<std::size_t>(place - table.routes.begin());
}

void RouteTables::insert(Table& table, Route&& route) {
  route.destination.address = route.destination.network();
  custom_local_ |= route.type == RouteType::kLocal && route.protocol != RouteProtocol::kKernel;
  // Most hosts have a handful of routes: no spare room for those.
  if (table.routes.size() < 8) table.routes.reserve(table.routes.size() + 1);
  const auto place = static_cast<std::ptrdiff_t>(insert_position(table, route));
  table.routes.insert(table.routes.begin() + place, std::move(route));
  reindex(table);
  ++generation_;
}

// Without `append` a second route with the same prefix and metric is refused; with it only an
// identical one is.
RouteTables::AddResult RouteTables::add(Route route, bool append) {
  if (append ? contains_exactly(route) : contains(route)) return AddResult::kExists;
  insert(table_for(route.table), std::move(route));
  return AddResult::kAdded;
}

std::optional<Route> RouteTables::replace(Route route) {
  Table& table = table_for(route.table);
  const auto old = std::find_if(table.routes.begin(), table.routes.end(),
                                [&](const Route& r) { return same_key(r, route); });
  if (old == table.routes.end()) {
    insert(table, std::move(route));
    return std::nullopt;
  }
  std::optional<Route> replaced = *old;
  custom_local_ |= route.type == RouteType::kLocal && route.protocol != RouteProtocol::kKernel;
  route.destination.address = route.destination.network();
  *old = std::move(route);
  reindex(table);
  ++generation_;
  return replaced;
}

// A plain unicast `like` stands for a route of any type, since a command that deletes need not say
// the type.
std::optional<Route> RouteTables::remove(const Route& like, bool match_gateway, bool match_device,
                                         bool match_metric) {
  Table* table = find_table(like.table);
  if (table == nullptr) return std::nullopt;
  for (std::size_t i = 0; i < table->routes.size(); ++i) {
    const Route& r = table->routes[i];
    if (r.destination.length != like.destination.length ||
        r.destination.network() != like.destination.network() ||
        (like.type != RouteType::kUnicast && r.type != like.type) ||
        (match_gateway && r.gateway != like.gateway) || (match_device && r.device != like.device) ||
        (match_metric && r.metric != like.metric)) {
      continue;
    }
    std::optional<Route> removed = r;
    table->routes.erase(table->routes.begin() + static_cast<std::ptrdiff_t>(i));
    reindex(*table);
    ++generation_;
    return removed;
  }
  return std::nullopt;
}

void RouteTables::reindex(Table& table) {
  if (table.number >= kTableDefault && table.number <= kTableLocal) rebuild_compact();
  if (table.routes.size() < kIndexFrom) {
    table.starts.reset();
    return;
  }
  // Routes of length n stand in [starts[n + 1], starts[n]).
  if (!table.starts) table.starts = std::make_unique<std::array<std::uint32_t, 34>>();
  std::array<std::uint32_t, 34>& starts = *table.starts;
  starts.fill(0);
  for (const Route& r : table.routes) ++starts[r.destination.length];
  std::uint32_t end = 0;
  for (int length = 32; length >= 0; --length) {
    end += starts[static_cast<std::size_t>(length)];
    starts[static_cast<std::size_t>(length)] = end;
  }
}

void RouteTables::rebuild_compact() {
  memo_.clear();
  compact_.clear();
  local_count_ = 0;
  compact_complete_ = false;
  for (const std::uint32_t number : {kTableLocal, kTableMain, kTableDefault}) {
    const Table& table = *find_table(number);
    const auto place = static_cast<std::size_t>(&table - tables_.data());
    if (table.routes.size() >= kIndexFrom || place > 0xffff) return;
    const std::size_t count = compact_.size() + table.routes.size();
    if (compact_.capacity() < count) compact_.reserve(count);
    for (std::size_t i = 0; i < table.routes.size(); ++i) {
      const Route& r = table.routes[i];
      compact_.push_back({r.destination.network().value, wire::netmask(r.destination.length),
                          static_cast<std::uint16_t>(place), static_cast<std::uint8_t>(i),
                          r.type == RouteType::kLocal});
    }
    if (number == kTableLocal) local_count_ = static_cast<std::uint8_t>(count);
  }
  compact_complete_ = true;
}

// Within one address the longer prefix comes first, as the kernel's tree is walked.
std::vector<Route> RouteTables::list(std::uint32_t number) const {
  const Table* table = find_table(number);
  if (table == nullptr) return {};
  std::vector<Route> routes = table->routes;
  std::stable_sort(routes.begin(), routes.end(), [](const Route& a, const Route& b) {
    return a.destination.network() < b.destination.network();
  });
  return routes;
}

std::vector<std::uint32_t> RouteTables::tables() const {
  std::vector<std::uint32_t> numbers;
  for (const Table& table : tables_) numbers.push_back(table.number);
  return numbers;
}

std::vector<Rule> RouteTables::rules() const { return rules_touched_ ? rules_ : default_rules(); }

void RouteTables::materialise_rules() {
  if (!rules_touched_) rules_ = default_rules();
  rules_touched_ = true;
  memo_.clear();
  ++generation_;
}

void RouteTables::add_rule(const Rule& rule) {
  materialise_rules();
  Rule added = rule;
  if (added.priority == 0) {
    const auto lowest =
        std::find_if(rules_.begin(), rules_.end(), [](const Rule& r) { return r.priority > 0; });
    added.priority = lowest == rules_.end() ? 0 : lowest->priority - 1;
  }
  const auto place = std::find_if(rules_.begin(), rules_.end(),
                                  [&](const Rule& r) { return r.priority > added.priority; });
  rules_.insert(place, added);
}

bool RouteTables::remove_rule(const Rule& like) {
  const std::vector<Rule> present = rules();
  const auto hit = std::find_if(present.begin(), present.end(), [&](const Rule& r) {
    return (like.priority == 0 || r.priority == like.priority) &&
           (!like.from || r.from == like.from) && (!like.to || r.to == like.to) &&
           (!like.mark || r.mark == like.mark) &&
           (like.in_device == kNoInterface || r.in_device == like.in_device) &&
           (like.table == 0 || r.table == like.table) && (!like.inverted || r.inverted);
  });
  if (hit == present.end()) return false;
  materialise_rules();
  rules_.erase(rules_.begin() + (hit - present.begin()));
  return true;
}

bool RouteTables::custom() const { return rules_touched_ || custom_local_; }

}  // namespace lvslab::net
