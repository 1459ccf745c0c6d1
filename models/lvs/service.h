// A virtual service and its real servers, as `ipvsadm` sets them up and a scheduler sees them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "lvs/stats.h"
#include "wire/flow.h"

namespace lvslab::lvs {

class Scheduler;

/// Protocol, address and port, or a firewall mark (then the rest is 0 but protocol, which is TCP).
struct ServiceKey {
  std::uint32_t mark = 0;
  wire::Protocol protocol = wire::Protocol::kTcp;
  wire::Endpoint address;
  auto operator<=>(const ServiceKey&) const = default;
};

enum class Method : std::uint8_t {
  kMasq = 0,
  kLocal = 1,
  kTunnel = 2,
  kRoute = 3,
  kBypass = 4,
  kFullNat = 5
};

enum class TunnelType : std::uint8_t { kIpip, kGue, kGre };
struct TunnelOptions {
  TunnelType type = TunnelType::kIpip;
  std::uint16_t port = 0;
  std::uint8_t checksum = 0;  ///< 0 none, 1 checksum, 2 remote checksum offload
  bool operator==(const TunnelOptions&) const = default;
};

struct DestinationOptions {
  Method method = Method::kRoute;
  std::int32_t weight = 1;
  std::uint32_t upper_threshold = 0, lower_threshold = 0;
  TunnelOptions tunnel;
};

struct Service;

/// One real server of one service. Its id never changes and is never used again within the
/// director; a deleted one lives on (`deleted`) while connections refer to it and may be revived
/// with its counters.
struct Destination {
  std::uint32_t id = 0;
  wire::Endpoint address;    ///< RIP and rport (port 0: the packet's)
  Service* owner = nullptr;  ///< null while deleted
  DestinationOptions options;
  std::int32_t last_weight = 0;  ///< for mh: weight on add, on edit only a non-zero one
  std::uint32_t active = 0;      ///< connections in an active state
  std::uint32_t total = 0;       ///< active and inactive ones
  std::uint32_t persistent = 0;  ///< templates
  bool overloaded = false;
  bool deleted = false;
  std::uint32_t references = 0;  ///< connections and templates that point here
  std::uint32_t place = 0;       ///< in its service's list, when a scheduler last numbered that
  Instant unused_since = Instant::never();  ///< deleted and seen without references
  Stats stats;
  std::uint32_t inactive() const { return total > active ? total - active : 0; }
  /// What every scheduler asks first: not quiesced and not overloaded.
  bool available() const { return options.weight > 0 && !overloaded; }

  /// Weight, method and thresholds as `-a` (`adding`) or `-e` gives them.
  void configure(const DestinationOptions& wanted, bool adding);
  /// A connection (or template) was bound to it or let go. A new connection is counted as inactive.
  void count_bound(bool is_template);
  void count_released(bool is_template, bool was_inactive);

 private:
  enum class Change : std::uint8_t { kFewer, kEdited, kMore };
  void judge_overload(Change change);
  std::uint32_t low_mark() const;  ///< at or above it an overloaded server stays so
};

/// Newest first: a new destination goes to the head, and every scheduler walks from the head.
/// Pointers stay valid while the service lives.
using DestinationList = std::vector<Destination*>;

struct SchedulerFlags {
  bool flag1 = false, flag2 = false,
       flag3 = false;  ///< sh: sh-fallback, sh-port; mh: mh-fallback, mh-port
  bool operator==(const SchedulerFlags&) const = default;
};

struct ServiceOptions {
  std::string scheduler = "wlc";
  SchedulerFlags flags;
  std::uint32_t persistence_timeout_s = 0;  ///< 0: not persistent
  std::uint32_t persistence_netmask = 0xffffffff;
  bool one_packet = false;
  std::string engine;  ///< persistence engine, or empty
};

struct Service {
  ServiceKey key;
  ServiceOptions options;
  DestinationList destinations;
  std::unique_ptr<Scheduler> scheduler;  ///< null: "none", nothing is ever scheduled
  std::string_view scheduler_name;       ///< static, for notes
  Service();
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  Stats stats;
  std::uint64_t order = 0;  ///< of creation
  /// FULLNAT: places in the director's LocalPool, and whose turn it is.
  std::vector<std::uint32_t> local_addresses;
  std::size_t next_local = 0;
  bool persistent() const { return options.persistence_timeout_s != 0; }
};

}  // namespace lvslab::lvs
