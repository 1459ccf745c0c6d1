#include "trace/scene.h"

namespace lvslab::trace {

const SceneNode* Scene::find(std::string_view name) const {
  for (const SceneNode& node : nodes) {
    if (node.name == name) return &node;
  }
  return nullptr;
}

std::string Scene::tag_text(const Tag& tag) const {
  if (tag.traffic == 0 || tag.traffic > traffics.size()) return {};
  return traffics[tag.traffic - 1] + "/" + std::to_string(tag.connection);
}

std::string Scene::address_text(wire::Ipv4 address) const {
  for (const auto& [known, name] : names) {
    if (known == address) return wire::to_string(address) + " (" + name + ")";
  }
  return wire::to_string(address);
}

std::string Scene::mac_text(wire::Mac mac) const {
  if (mac.is_broadcast()) return "broadcast";
  if (mac.is_zero()) return "zero";
  for (const SceneNode& node : nodes) {
    if (node.is_switch) continue;
    for (const SceneInterface& nic : node.interfaces) {
      if (nic.mac == mac) return node.name + "." + nic.name;
    }
  }
  return wire::to_string(mac);
}

std::string Scene::interface_text(NodeIndex node, InterfaceIndex interface) const {
  if (node >= nodes.size()) return "?";
  const SceneNode& owner = nodes[node];
  if (interface >= owner.interfaces.size()) return owner.name;
  return owner.name + (owner.is_switch ? " towards " : ".") + owner.interfaces[interface].name;
}

std::string Scene::named(std::string_view field, const std::string& text) const {
  if (field.find("eth.") != std::string_view::npos ||
      field.find("hw_mac") != std::string_view::npos) {
    if (const auto mac = wire::parse_mac(text)) return mac_text(*mac);
  }
  if (const auto address = wire::parse_ipv4(text)) return address_text(*address);
  return text;
}

}  // namespace lvslab::trace
