// Who is who in a run, for everything that prints: nodes and their interfaces, links, and the names
// that scenario authors gave to addresses. Made once when the world is built; interfaces that
// appear later (tunl0, dummy0) come with kStateInterface notes.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/record.h"
#include "wire/address.h"

namespace lvslab::trace {

struct SceneInterface {
  std::string name;
  wire::Mac mac;
  bool raw_ip = false;  ///< frames have no Ethernet header (tunl0)
};
struct SceneNode {
  std::string name;
  std::string role;
  bool is_switch = false;
  std::vector<SceneInterface> interfaces;  ///< by InterfaceIndex; a switch: its ports
};
struct SceneLink {
  std::string name;
  NodeIndex node_a = kNoNode, node_b = kNoNode;
  InterfaceIndex interface_a = 0, interface_b = 0;
};
struct Scene {
  std::string title;
  std::uint64_t seed = 1;
  std::vector<SceneNode> nodes;  ///< by NodeIndex: hosts in file order, then switches
  std::vector<SceneLink> links;
  std::vector<std::string> traffics;  ///< by Tag.traffic - 1
  std::vector<std::pair<wire::Ipv4, std::string>> names;

  const SceneNode* find(std::string_view name) const;
  /// "web/3" or empty for nobody's.
  std::string tag_text(const Tag& tag) const;
  /// "192.168.182.100 (VIP)" or the plain address.
  std::string address_text(wire::Ipv4 address) const;
  /// "lvs.eth0" for a MAC of the scene, "broadcast", or the MAC itself.
  std::string mac_text(wire::Mac mac) const;
  /// A header field's value with names in place of MACs and addresses of the scene.
  std::string named(std::string_view field, const std::string& text) const;
  std::string interface_text(NodeIndex node, InterfaceIndex interface) const;  ///< "rs1.eth0"
};

}  // namespace lvslab::trace
