// The kinds of expectation, the keys each takes and what their values are. The reader checks shapes
// and references (hosts, interfaces, traffics, connections) by this table; the judges in expect/
// read the same keys.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace lvslab::scenario {

enum class ValueShape : std::uint8_t {
  kCount,          ///< 3, or a bound: "< 3", ">= 2" (units.h: parse_count_bound)
  kDuration,       ///< a time: 5s
  kDurationBound,  ///< "< 3ms"
  kSizeBound,      ///< 200B, "> 1MB"
  kNumber,         ///< a plain whole number
  kText,
  kWord,        ///< one of `words`
  kTraffic,     ///< name of a traffic
  kConnection,  ///< "web/3", within the traffic's count
  kHost,
  kSwitch,
  kNode,       ///< host or switch
  kInterface,  ///< host:interface
  kPoint,      ///< host, host:interface, switch or switch:label
  kAddress,
  kMac,           ///< MAC or host:interface
  kService,       ///< address:port
  kRealEnd,       ///< address:port of a destination; port 0 under a firewall mark
  kServer,        ///< host, address or address:port
  kServers,       ///< list of kServer
  kServerCounts,  ///< map of kServer to kCount
  kLatencies,     ///< map of mean min max p50 p90 p99 p99.9 to kDurationBound
  kNodes,         ///< list of kNode
  kTexts,         ///< list of texts
  kDestinations,  ///< list of [address:port, weight, active, inactive]
  kNeighbour,     ///< host:interface, MAC or none
  kPort,    ///< far end of the switch port (host:interface or switch), its switch:label, or none
  kWhen,    ///< always, finally, never, or a time
  kFilter,  ///< trace/frame_filter.h
  kDropReason,  ///< base/note.h
  kRace,        ///< "neighbour HOST ADDRESS", "connection web/1" or "served web"
  kShares,      ///< map of outcomes to how often they may occur (share.h)
  kMap,         ///< `subject` keys
};

struct ExpectationKey {
  std::string_view name;
  ValueShape shape = ValueShape::kText;
  std::string_view about;
  bool required = false;
  std::string_view words = {};
};

struct ExpectationKind {
  std::string_view kind;
  std::string_view about;
  ValueShape shape = ValueShape::kText;     ///< of the kind's own value
  std::span<const ExpectationKey> subject;  ///< its keys, with kMap
  std::span<const ExpectationKey> keys;     ///< the keys beside it
  bool needs_key = true;                    ///< says nothing without one of `keys`
  bool later = false;                       ///< answered "not yet"
};

std::span<const ExpectationKind> expectation_kinds();
/// Null when there is none.
const ExpectationKind* find_expectation_kind(std::string_view kind);

}  // namespace lvslab::scenario
