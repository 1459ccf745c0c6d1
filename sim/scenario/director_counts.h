// How many connections each real server has by the tables of the directors: what their schedulers
// go by.
#pragma once

#include <map>

#include "metrics/collector.h"
#include "metrics/series.h"
#include "scenario/lab.h"

namespace lvslab::scenario {

/// By the host that owns a destination's address; hosts that are nobody's destination are absent.
/// `owners` remembers from call to call whose the addresses were: they are looked for among all
/// hosts only when that one has lost it.
using AddressOwners = std::map<wire::Ipv4, NodeIndex>;
std::map<NodeIndex, metrics::Series::Level> director_counts(const Lab& lab, AddressOwners& owners);

/// The host that has the address now; kNoNode: none.
NodeIndex owner_of(const Lab& lab, wire::Ipv4 address, AddressOwners& owners);

/// Tells the collector what it cannot see in the records: workers, speeds, the directors' counts.
void describe_servers(const Lab& lab, metrics::Collector& collector);

}  // namespace lvslab::scenario
