// A recorded experiment as a scenario of ours: the same cables, commands as they were typed, the
// same traffic, and at the end the questions whose answers the recording holds.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace lvslab::golden {

std::string scenario_of(const nlohmann::json& record);

/// Asked of every host at the end.
inline constexpr const char* kNeighbours = "ip neigh show";
inline constexpr const char* kCounters = "nstat -az";
/// Asked of real servers that have a tunnel.
inline constexpr const char* kTunnel = "ip -s link show dev tunl0";
/// Asked of the director.
inline constexpr const char* kServices = "ipvsadm -Ln --nosort";
inline constexpr const char* kConnections = "ipvsadm -Lnc";

}  // namespace lvslab::golden
