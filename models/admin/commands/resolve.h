// Names of hosts at the prompt: dotted addresses, localhost, and what /etc/hosts says.
#pragma once

#include <optional>
#include <string>

#include "admin/machine.h"
#include "wire/address.h"

namespace lvslab::admin {

std::optional<wire::Ipv4> resolve(const Machine& machine, const std::string& name);
/// Whole seconds or a decimal fraction ("0.2"); nothing: not a number, or above a day.
std::optional<Duration> parse_seconds(const std::string& text);

}  // namespace lvslab::admin
