// A lab as a graph for pictures: hosts with their addresses as they are now, switches, links.
#pragma once

#include "scenario/lab.h"
#include "topology/topology.h"

namespace lvslab::scenario {

topology::Graph graph_of(const Lab& lab);

}  // namespace lvslab::scenario
