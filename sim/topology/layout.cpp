#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/circle_layout.hpp>
#include <boost/graph/connected_components.hpp>
#include <boost/graph/kamada_kawai_spring_layout.hpp>
#include <boost/graph/topology.hpp>

#include "topology/topology.h"

namespace lvslab::topology {
namespace {

using Plane = boost::square_topology<>;
using Net = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property,
                                  boost::property<boost::edge_weight_t, double>>;

// Its cost grows with the cube of the number of vertices.
constexpr std::size_t kMostForSprings = 150;

// The springs need one piece: further pieces hang on the first by long invisible ones.
Net connected(const Graph& graph) {
  Net net(graph.vertices.size());
  for (const Edge& e : graph.edges) boost::add_edge(e.a, e.b, 1.0, net);
  std::vector<std::size_t> piece(graph.vertices.size());
  const std::size_t pieces = boost::connected_components(net, piece.data());
  for (std::size_t wanted = 1; wanted < pieces; ++wanted) {
    for (std::size_t v = 0; v < piece.size(); ++v) {
      if (piece[v] != wanted) continue;
      boost::add_edge(std::size_t{0}, v, 2.0, net);
      break;
    }
  }
  return net;
}

}  // namespace

std::vector<Position> spring_layout(const Graph& graph) {
  const std::size_t count = graph.vertices.size();
  std::vector<Position> places(count);
  if (count == 0) return places;
  const Net net = connected(graph);
  std::vector<Plane::point_type> at(count);
  const auto positions =
      boost::make_iterator_property_map(at.begin(), boost::get(boost::vertex_index, net));
  boost::circle_graph_layout(net, positions, 1.0);
  if (count > 2 && count <= kMostForSprings) {
    boost::kamada_kawai_spring_layout(net, positions, boost::get(boost::edge_weight, net),
                                      Plane(1.0), boost::edge_length(1.0));
  }
  for (std::size_t v = 0; v < count; ++v) places[v] = {at[v][0], at[v][1]};
  return places;
}

}  // namespace lvslab::topology
