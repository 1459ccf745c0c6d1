// Quantities as scenario files write them, read strictly: decimal digits with an optional fraction
// and a unit without a space between. No sign, exponent, hexadecimal, leading zero or missing unit,
// and nothing is rounded. The hint says how to write it right.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "wire/address.h"

namespace lvslab::scenario {

/// "6": a whole number within [least, most].
Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t least, std::uint64_t most);
/// "5us", "1.5s": ps ns us ms s min h; at most limits::kDuration.
Result<Duration> parse_duration(std::string_view text);
/// "100Mbps": bps Kbps Mbps Gbps Tbps, in bits per second; "unlimited" is 0.
Result<std::uint64_t> parse_bit_rate(std::string_view text);
/// "64B", "8KiB", "1MB", in bytes.
Result<std::uint64_t> parse_size(std::string_view text);
/// "0.1%" as a probability.
Result<double> parse_percent(std::string_view text);
/// "1000/s" as the mean gap between two events.
Result<Duration> parse_event_gap(std::string_view text);
/// true | false
Result<bool> parse_flag(std::string_view text);
/// "0600": octal file permissions.
Result<std::uint32_t> parse_file_mode(std::string_view text);

Result<wire::Ipv4> parse_address(std::string_view text);
/// "192.168.1.1/24": the prefix length must be there, and the address must be one a host can have.
Result<wire::Prefix> parse_interface_address(std::string_view text);
/// "192.168.1.1:80", port 1..65535.
Result<wire::Endpoint> parse_service(std::string_view text);
Result<wire::Mac> parse_mac_address(std::string_view text);

/// What an expectation says of a figure: "3", "< 3ms", ">= 2", "!= 0", "1.95ms +- 2%". Durations
/// count in picoseconds.
struct Bound {
  enum class Operator : std::uint8_t {
    kEqual,
    kNotEqual,
    kLess,
    kAtMost,
    kGreater,
    kAtLeast,
    kWithin
  };
  Operator op = Operator::kEqual;
  std::int64_t value = 0;
  std::int64_t slack = 0;  ///< kWithin: so far from `value` at most
  bool holds(std::int64_t figure) const;
};
Result<Bound> parse_count_bound(std::string_view text);
Result<Bound> parse_duration_bound(std::string_view text);
Result<Bound> parse_size_bound(std::string_view text);

}  // namespace lvslab::scenario
