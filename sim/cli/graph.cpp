#include "scenario/graph.h"

#include <cstdio>

#include "cli/session.h"
#include "cli/verbs.h"
#include "scenario/scenario.h"
#include "topology/topology.h"

namespace lvslab::cli {
// The picture shows addresses as they are once the start scripts have run.
int graph_verb(const Options& options) {
  const auto session = Session::open(options);
  if (session == nullptr) return kBadInput;
  Options at_start = options;
  at_start.until = "0s";
  at_start.quiet = true;
  if (!session->run(at_start, WatchLevel::kNothing)) return kBadInput;
  const topology::Graph graph = scenario::graph_of(session->lab());
  const std::string text = options.format == "graphml" ? topology::to_graphml(graph)
                           : options.format == "svg"   ? topology::to_svg(graph)
                                                       : topology::to_dot(graph);
  std::fputs(text.c_str(), stdout);
  return kFine;
}

int schema_verb(const Options&) {
  std::fputs(scenario::json_schema().c_str(), stdout);
  return kFine;
}

}  // namespace lvslab::cli
