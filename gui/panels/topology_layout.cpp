#include "gui/panels/topology_layout.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "topology/topology.h"

namespace lvslab::gui {
namespace {

constexpr double kColumn = 164, kRow = 116;

using Neighbours = std::vector<std::vector<std::size_t>>;

// Even tiers are hosts', odd ones switches'.
int host_tier(const std::string& role) {
  if (role == "client") return 0;
  if (role == "router") return 2;
  if (role == "director") return 4;
  return role == "real-server" ? 6 : 2;
}

std::vector<int> tiers_of(const trace::Scene& scene, const Neighbours& neighbours) {
  std::vector<int> tiers(scene.nodes.size(), -1);
  for (std::size_t i = 0; i < tiers.size(); ++i) {
    if (!scene.nodes[i].is_switch) tiers[i] = host_tier(scene.nodes[i].role);
  }
  // A switch stands right of its leftmost host; one between switches alone, right of those.
  for (std::size_t round = 0; round < tiers.size(); ++round) {
    bool moved = false;
    for (std::size_t i = 0; i < tiers.size(); ++i) {
      if (!scene.nodes[i].is_switch || tiers[i] >= 0) continue;
      int least = 1'000;
      for (const std::size_t n : neighbours[i]) {
        if (tiers[n] >= 0) least = std::min(least, tiers[n]);
      }
      if (least == 1'000) continue;
      tiers[i] = least + 1;
      moved = true;
    }
    if (!moved) break;
  }
  for (int& tier : tiers) tier = std::max(tier, 0);
  // A director on the switch of its real servers alone has that switch beside it, not behind it.
  std::map<int, int> columns;
  for (const int tier : tiers) columns[tier] = 0;
  int next = 0;
  for (auto& [tier, column] : columns) column = next++;
  for (int& tier : tiers) tier = columns[tier];
  return tiers;
}

double distance_to(const QPointF& p, const QPointF& a, const QPointF& b) {
  const QPointF along = b - a;
  const double length = QPointF::dotProduct(along, along);
  const double share =
      length == 0 ? 0 : std::clamp(QPointF::dotProduct(p - a, along) / length, 0.0, 1.0);
  const QPointF off = p - (a + along * share);
  return std::hypot(off.x(), off.y());
}

// Cables that would run behind a host they do not end at: the host gives way.
void clear_cables(const trace::Scene& scene, std::vector<QPointF>& at) {
  if (at.size() > 60) return;
  for (int round = 0; round < 4; ++round) {
    bool moved = false;
    for (const trace::SceneLink& link : scene.links) {
      if (link.node_a >= at.size() || link.node_b >= at.size()) continue;
      for (std::size_t i = 0; i < at.size(); ++i) {
        if (i == link.node_a || i == link.node_b) continue;
        if (distance_to(at[i], at[link.node_a], at[link.node_b]) >= 44) continue;
        at[i].ry() -= kRow * 0.62;
        moved = true;
      }
    }
    if (!moved) return;
  }
}

}  // namespace

std::vector<QPointF> tier_layout(const trace::Scene& scene) {
  Neighbours neighbours(scene.nodes.size());
  for (const trace::SceneLink& link : scene.links) {
    if (link.node_a >= neighbours.size() || link.node_b >= neighbours.size()) continue;
    neighbours[link.node_a].push_back(link.node_b);
    neighbours[link.node_b].push_back(link.node_a);
  }
  const std::vector<int> tiers = tiers_of(scene, neighbours);
  std::map<int, std::vector<std::size_t>> columns;
  for (std::size_t i = 0; i < tiers.size(); ++i) columns[tiers[i]].push_back(i);
  std::vector<QPointF> at(scene.nodes.size());
  const auto place = [&](int column, const std::vector<std::size_t>& nodes) {
    const double top = -kRow * static_cast<double>(nodes.size() - 1) / 2;
    for (std::size_t i = 0; i < nodes.size(); ++i)
      at[nodes[i]] = {column * kColumn, top + kRow * static_cast<double>(i)};
  };
  for (const auto& [column, nodes] : columns) place(column, nodes);
  // Each column in the order of its neighbours' middles, to and fro.
  for (int round = 0; round < 4; ++round) {
    for (auto& [column, nodes] : columns) {
      std::map<std::size_t, double> middle;
      for (const std::size_t node : nodes) {
        double sum = 0;
        for (const std::size_t n : neighbours[node]) sum += at[n].y();
        middle[node] = neighbours[node].empty()
                           ? at[node].y()
                           : sum / static_cast<double>(neighbours[node].size());
      }
      std::stable_sort(nodes.begin(), nodes.end(),
                       [&](std::size_t a, std::size_t b) { return middle[a] < middle[b]; });
      place(column, nodes);
    }
  }
  clear_cables(scene, at);
  return at;
}

std::vector<QPointF> free_layout(const trace::Scene& scene) {
  topology::Graph graph;
  graph.vertices.resize(scene.nodes.size());
  for (const trace::SceneLink& link : scene.links) {
    if (link.node_a < scene.nodes.size() && link.node_b < scene.nodes.size())
      graph.edges.push_back({.a = link.node_a, .b = link.node_b});
  }
  const auto places = topology::spring_layout(graph);
  // A circle of many has to be larger than springs of length 1 make it.
  const double scale =
      std::max(200.0, 30.0 * static_cast<double>(places.size() > 150 ? places.size() : 0));
  std::vector<QPointF> at;
  for (const topology::Position& place : places) at.emplace_back(place.x * scale, place.y * scale);
  return at;
}

}  // namespace lvslab::gui
