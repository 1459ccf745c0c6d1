// What the hashing schedulers share: the multiplicative hash and the port a client is hashed with.
#pragma once

#include <cstdint>

#include "lvs/scheduler.h"

namespace lvslab::lvs {

/// The upper `bits` bits of v times the golden-ratio constant.
constexpr std::uint32_t hash32(std::uint32_t v, int bits) {
  return (v * 0x61c88647u) >> (32 - bits);
}

/// 0 unless the service's flag asks for ports (flow ports are 0 where there are none).
inline std::uint16_t hashed_port(const SchedulingRequest& request, bool wanted) {
  return wanted ? request.flow.source.port : std::uint16_t{0};
}

}  // namespace lvslab::lvs
