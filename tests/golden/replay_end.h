// What is left when a recorded experiment is over: how it went for the client, every host's
// neighbour table, the director's services and connections, and the counters. Each function gives
// the differences from the recording, a line each, or nothing.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "replay_lab.h"

namespace lvslab::golden {

std::string outcome_differences(const nlohmann::json& record, const ReplayLab& lab);
std::string neighbour_differences(const nlohmann::json& record, const ReplayLab& lab);
std::string director_differences(const nlohmann::json& record, const ReplayLab& lab);
/// Where the recording has counters (`after`): those of every node that are not zero, among the
/// ones it looked at. How many pure ACKs were forwarded is free.
std::string counter_differences(const nlohmann::json& record, const ReplayLab& lab);

}  // namespace lvslab::golden
