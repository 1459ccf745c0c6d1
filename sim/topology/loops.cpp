#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/biconnected_components.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/pending/disjoint_sets.hpp>
#include <iterator>

#include "topology/topology.h"

namespace lvslab::topology {
namespace {

using Undirected = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS>;

// The way from `from` to `to` in a forest, by breadth-first search.
std::vector<std::uint32_t> path_in_forest(const Undirected& forest, std::uint32_t from,
                                          std::uint32_t to) {
  std::vector<std::size_t> parent(boost::num_vertices(forest));
  for (std::size_t i = 0; i < parent.size(); ++i) parent[i] = i;
  boost::breadth_first_search(forest, from,
                              boost::visitor(boost::make_bfs_visitor(boost::record_predecessors(
                                  parent.data(), boost::on_tree_edge()))));
  std::vector<std::uint32_t> path;
  for (std::size_t at = to;; at = parent[at]) {
    path.push_back(static_cast<std::uint32_t>(at));
    if (at == from || parent[at] == at) break;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace

std::vector<Loop> find_loops(const Graph& graph) {
  const std::size_t count = graph.vertices.size();
  std::vector<std::size_t> rank(count), parent(count);
  boost::disjoint_sets<std::size_t*, std::size_t*> sets(rank.data(), parent.data());
  for (std::size_t i = 0; i < count; ++i) sets.make_set(i);
  Undirected forest(count);
  std::vector<Loop> loops;
  for (std::uint32_t e = 0; e < graph.edges.size(); ++e) {
    const Edge& edge = graph.edges[e];
    if (!graph.vertices[edge.a].is_switch || !graph.vertices[edge.b].is_switch) continue;
    if (sets.find_set(edge.a) != sets.find_set(edge.b)) {
      sets.link(sets.find_set(edge.a), sets.find_set(edge.b));
      boost::add_edge(edge.a, edge.b, forest);
      continue;
    }
    Loop loop{.closing_edge = e, .switches = path_in_forest(forest, edge.a, edge.b)};
    loop.switches.push_back(edge.a);
    loops.push_back(std::move(loop));
  }
  return loops;
}

std::vector<std::uint32_t> articulation_points(const Graph& graph) {
  Undirected whole(graph.vertices.size());
  for (const Edge& edge : graph.edges) boost::add_edge(edge.a, edge.b, whole);
  std::vector<std::size_t> points;
  boost::articulation_points(whole, std::back_inserter(points));
  std::vector<std::uint32_t> result(points.begin(), points.end());
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

}  // namespace lvslab::topology
