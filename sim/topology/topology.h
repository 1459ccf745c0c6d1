// The lab as a graph. Loops in the layer-2 part (switches and the cables between them) and pictures
// of the whole. Boost.Graph is seen by this folder only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace lvslab::topology {

struct Vertex {
  std::string name;
  std::string role;  ///< client router director real-server switch, or empty
  bool is_switch = false;
  std::vector<std::string> lines;  ///< further lines of a label: addresses
};
struct Edge {
  std::uint32_t a = 0, b = 0;  ///< vertices
  std::string name, port_a, port_b, label;
};
struct Graph {
  std::vector<Vertex> vertices;
  std::vector<Edge> edges;
};

/// A loop among switches: the edge that closes it and the switches on the way round, first one
/// repeated at the end. Broadcasts would circle in it for ever (there is no spanning tree protocol
/// here).
struct Loop {
  std::uint32_t closing_edge = 0;
  std::vector<std::uint32_t> switches;
};
std::vector<Loop> find_loops(const Graph& graph);

/// Vertices whose failure parts the graph, ascending: single points of failure.
std::vector<std::uint32_t> articulation_points(const Graph& graph);

/// Where vertices stand when links pull like springs of length 1 (Kamada and Kawai), from a circle,
/// so always the same; more than 150 vertices stay on the circle.
struct Position {
  double x = 0, y = 0;
};
std::vector<Position> spring_layout(const Graph& graph);

std::string to_dot(const Graph& graph);
std::string to_graphml(const Graph& graph);
/// Tiers by role from top to bottom (clients, routers, switches, directors, real servers), drawn
/// without a layout engine.
std::string to_svg(const Graph& graph);
/// The same to stand in a page whose style sheet has tiers_css(): tiers by distance from the
/// clients, so that no cable passes behind a box; of more than `most` in a tier the rest share a
/// box that says how many they are.
std::string to_tiers_svg(const Graph& graph, std::size_t most);
std::string tiers_css();

}  // namespace lvslab::topology
