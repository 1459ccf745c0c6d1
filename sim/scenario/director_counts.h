// How many connections each real server has by the tables of the directors: what their schedulers
// go by.
#pragma once

#include <map>

#include "metrics/series.h"
#include "scenario/lab.h"

namespace lvslab::scenario {

/// By the host that owns a destination's address; hosts that are nobody's destination are absent.
std::map<NodeIndex, metrics::Series::Level> director_counts(const Lab& lab);

}  // namespace lvslab::scenario
