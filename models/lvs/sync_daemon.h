// A connection synchronisation daemon as `ipvsadm --start-daemon` sets it up. Its configuration is
// kept and listed; synchronisation packets are not modelled.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "wire/address.h"

namespace lvslab::lvs {

struct SyncDaemon {
  std::string interface;
  std::uint32_t sync_id = 0;
  std::uint32_t max_length = 0;
  wire::Ipv4 group = wire::ipv4(224, 0, 0, 81);
  std::uint16_t port = 8848;
  std::uint8_t ttl = 1;
};

/// Master, then backup: one of each at most.
using SyncDaemons = std::array<std::optional<SyncDaemon>, 2>;

}  // namespace lvslab::lvs
