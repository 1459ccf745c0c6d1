// Routing: the tables local (255), main (254), default (253) and any other number, the policy rules
// that order them, and the lookup (rule by rule; longest prefix; then lowest metric; then first
// added).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/interface.h"
#include "wire/address.h"

namespace lvslab::net {

inline constexpr std::uint32_t kTableLocal = 255, kTableMain = 254, kTableDefault = 253;

enum class RouteType : std::uint8_t {
  kUnicast,
  kLocal,
  kBroadcast,
  kBlackhole,
  kUnreachable,
  kProhibit,
  kThrow
};
enum class RouteProtocol : std::uint8_t {
  kKernel = 2,
  kBoot = 3,
  kStatic = 4,
  kRedirect = 1,
  kDhcp = 16
};

struct Route;

/// The next hops of a route that has several; one pointer, since hardly any route has.
class NextHops {
 public:
  NextHops();
  NextHops(const NextHops& other);
  NextHops(NextHops&& other) noexcept;
  NextHops& operator=(const NextHops& other);
  NextHops& operator=(NextHops&& other) noexcept;
  ~NextHops();
  bool empty() const { return list_ == nullptr; }
  std::size_t size() const;
  Route* begin();
  Route* end();
  const Route* begin() const;
  const Route* end() const;
  void push_back(Route hop);
  void clear();

 private:
  std::unique_ptr<std::vector<Route>> list_;  ///< null: none
};

/// Every host has a handful of these: small ones stand together.
struct Route {
  wire::Prefix destination;
  RouteType type = RouteType::kUnicast;
  Scope scope = Scope::kUniverse;
  RouteProtocol protocol = RouteProtocol::kBoot;
  bool onlink : 1 = false;
  bool dead : 1 = false;                 ///< a next hop whose device is down
  wire::Ipv4 gateway;                    ///< 0: on link
  InterfaceIndex device = kNoInterface;  ///< kNoInterface for blackhole and the like
  std::uint16_t weight = 1;              ///< of a next hop among others
  wire::Ipv4 preferred_source;           ///< 0: none
  std::uint32_t metric = 0;
  std::uint32_t table = kTableMain;
  std::uint32_t mtu = 0;  ///< 0: the device's
  /// Several next hops, each a complete route; what is said above is the first one's. See
  /// multipath.h.
  NextHops hops;
};

static_assert(sizeof(Route) <= 48);

struct Rule {
  std::uint32_t priority = 0;
  std::optional<wire::Prefix> from, to;
  std::optional<std::uint32_t> mark;
  std::uint32_t mark_mask = 0xffffffff;
  InterfaceIndex in_device = kNoInterface;  ///< kNoInterface: any
  std::uint32_t table = kTableMain;
  bool inverted = false;
};

struct RouteQuery {
  wire::Ipv4 destination;
  wire::Ipv4 source;  ///< 0: not chosen yet
  std::uint32_t mark = 0;
  InterfaceIndex in_device = kNoInterface;   ///< input lookups
  InterfaceIndex out_device = kNoInterface;  ///< output bound to a device
  Scope scope = Scope::kUniverse;            ///< kLink ignores wider routes
};

class RouteTables {
 public:
  RouteTables();
  RouteTables(const RouteTables&) = delete;  // what is remembered points into the tables
  RouteTables& operator=(const RouteTables&) = delete;

  /// The best route, or nothing. `kThrow` goes on with the next rule.
  const Route* lookup(const RouteQuery& query) const {
    if (!memo_.empty() && query.out_device == kNoInterface && query.scope == Scope::kUniverse) {
      const Memo& known = memo_.data()[memo_place(query.destination)];
      if (known.route != nullptr && known.destination == query.destination) return known.route;
    }
    return lookup_afresh(query);
  }
  /// Whether `address` has a local-type route in table local (what "our own address" means).
  bool is_local(wire::Ipv4 address) const;
  /// Whether `address` itself is configured (has a local /32), not just inside a local prefix such
  /// as a /24 on lo. Source validation without rp_filter refuses only these.
  bool is_configured(wire::Ipv4 address) const;

  enum class AddResult : std::uint8_t { kAdded, kExists };
  AddResult add(Route route, bool append = false);
  /// Replaces the first route with the same prefix, metric and table, or adds; the one replaced, if
  /// any.
  std::optional<Route> replace(Route route);
  /// Whether there is a route with the same prefix, metric and table.
  bool contains(const Route& like) const;
  /// Whether exactly this route is there (all but its order equal).
  bool contains_exactly(const Route& route) const;
  /// The best route of one table only, or nothing.
  const Route* lookup_table(std::uint32_t number, const RouteQuery& query) const;
  /// Removes the first match of the fields given; the route removed, or nothing.
  std::optional<Route> remove(const Route& like, bool match_gateway, bool match_device,
                              bool match_metric);
  /// Removes all that `doomed(route)` says; returns them in order.
  template <typename Predicate>
  std::vector<Route> remove_if(Predicate doomed);

  /// Next hops through the device, of routes that have several, die with it and come back with it.
  void mark_hops(InterfaceIndex device, bool dead);

  /// All routes of a table as `ip route` lists them: by prefix address, then length, then metric,
  /// order.
  std::vector<Route> list(std::uint32_t table) const;
  std::vector<std::uint32_t> tables() const;

  /// All rules ascending by priority, the default ones (0 local, 32766 main, 32767 default)
  /// included.
  std::vector<Rule> rules() const;
  void add_rule(const Rule& rule);  ///< a rule without priority gets one below the lowest non-zero
  /// Removes the first rule that has the fields given in `like`; priority 0, table 0, kNoInterface
  /// and absent options match any.
  bool remove_rule(const Rule& like);
  /// Rules were touched, or a user put routes into table local: source validation loses its
  /// shortcut.
  bool custom() const;
  /// Fetches what a look-up reads first.
  void prefetch() const {
    __builtin_prefetch(memo_.data());
    __builtin_prefetch(compact_.data());
  }
  /// Grows with every change, for caches.
  std::uint64_t generation() const { return generation_; }
  void touch() { ++generation_; }

 private:
  struct Table {
    std::uint32_t number = 0;
    /// Longest prefix first, then by network address, metric, order: the first match is the best.
    std::vector<Route> routes;
    /// starts[n]: first route of prefix length n; only kept up when there are many routes.
    std::unique_ptr<std::array<std::uint32_t, 34>> starts;
  };
  struct Compact {  ///< what a look-up reads of a route before it is known to match
    std::uint32_t network = 0;
    std::uint32_t mask = 0;
    std::uint16_t table = 0;    ///< place in tables_
    std::uint8_t position = 0;  ///< in the table
    bool local = false;
  };
  /// What was last found for some destinations, as long as neither routes nor rules change. Only
  /// while a destination alone decides (default rules, all routes in compact_).
  struct Memo {
    const Route* route = nullptr;
    wire::Ipv4 destination;
  };
  std::size_t memo_place(wire::Ipv4 destination) const {
    return (destination.value * 0x9e3779b1u >> 16) & (memo_.size() - 1);
  }
  void remember(wire::Ipv4 destination, const Route* route) const;
  const Route* lookup_afresh(const RouteQuery& query) const;
  const Route* lookup_in(const Table& table, const RouteQuery& query) const;
  Table* find_table(std::uint32_t number);
  const Table* find_table(std::uint32_t number) const;
  Table& table_for(std::uint32_t number);
  std::size_t insert_position(const Table& table, const Route& route) const;
  void insert(Table& table, Route&& route);
  void reindex(Table& table);
  void rebuild_compact();
  const Route* lookup_compact(const RouteQuery& query) const;
  void materialise_rules();

  mutable std::vector<Memo> memo_;  ///< by hash of the destination; grows with what it misses
  /// The routes of local, then of main and default, in their order: one pass answers a look-up, and
  /// the first local_count_ say what is local, which is asked per ARP frame. Main and default only
  /// if all is small.
  std::vector<Compact> compact_;
  mutable std::uint32_t missed_ = 0;  ///< by memo_ since it last grew
  std::uint8_t local_count_ = 0;
  bool compact_complete_ = false;  ///< all three are in it
  bool rules_touched_ = false;     ///< no longer just the three default rules
  bool custom_local_ = false;      ///< a user put a local route somewhere
  std::vector<Table> tables_;      ///< ascending by number; local, main and default always exist
  std::vector<Rule> rules_;        ///< ascending by priority; used once rules_touched_
  std::uint64_t generation_ = 1;
};

template <typename Predicate>
std::vector<Route> RouteTables::remove_if(Predicate doomed) {
  std::vector<Route> removed;
  for (Table& table : tables_) {
    for (std::size_t i = 0; i < table.routes.size();) {
      if (doomed(static_cast<const Route&>(table.routes[i]))) {
        removed.push_back(table.routes[i]);
        table.routes.erase(table.routes.begin() + static_cast<std::ptrdiff_t>(i));
      } else {
        ++i;
      }
    }
    reindex(table);
  }
  if (!removed.empty()) ++generation_;
  return removed;
}

}  // namespace lvslab::net
