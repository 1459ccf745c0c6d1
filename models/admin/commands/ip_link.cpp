// ip link: add, set, del, show.
#include <optional>
#include <string>

#include "admin/commands/ip.h"

namespace lvslab::admin {
namespace {

using net::ConfigError;
using net::Interface;
using net::InterfaceKind;

struct LinkRequest {
  std::string device, new_name, parent, type;
  std::optional<bool> up, arp, promiscuous;
  std::optional<wire::Mac> mac;
  std::optional<std::uint32_t> mtu, queue;
};

// As the tool checks names; longer ones than the kernel takes get as far as the kernel when they
// stand alone.
std::string read_name(IpCall& ip, const std::string& word, std::string_view keyword,
                      std::size_t longest) {
  if (!ip.failed() && (!valid_name_characters(word) || word.size() > longest)) {
    ip.wrong(word, "\"" + std::string(keyword) + "\" not a valid ifname");
  }
  return word;
}

/// Words of `set` and those of `add` before `type`.
LinkRequest read_request(IpCall& ip, bool adding) {
  LinkRequest request;
  while (ip.more() && request.type.empty()) {
    std::string word = ip.take();
    if (word == "up" || word == "down") {
      request.up = word == "up";
    } else if (word == "name") {
      request.new_name = read_name(ip, ip.value(), "name", kLongestName);
    } else if (word == "type") {
      request.type = ip.value();
    } else if (word == "link") {
      request.parent = ip.value();
    } else if (abbreviates(word, "address") && word.size() > 1) {
      request.mac = ip.lladdr();
    } else if (word == "mtu") {
      request.mtu = ip.number(0x7fffffff, "Invalid \"mtu\" value\n");
    } else if (word == "arp") {
      request.arp = ip.on_off(word);
    } else if (word == "promisc") {
      request.promiscuous = ip.on_off(word);
    } else if (word == "multicast" || word == "allmulticast" || word == "dynamic" ||
               word == "trailers") {
      ip.on_off(word);
    } else if (word == "txqueuelen" || word == "qlen" || word == "txqlen") {
      request.queue = ip.number(0x7fffffff, "Invalid \"txqueuelen\" value\n");
    } else if (word == "alias" || word == "group" || word == "numtxqueues" ||
               word == "numrxqueues" || word == "addrgenmode") {
      ip.value();
    } else if (word == "nomaster") {
      // Nothing is enslaved.
    } else if (word == "master" || word == "vrf" || word == "netns") {
      ip.not_simulated(word);
    } else {
      if (word == "dev") word = ip.value();
      if (!request.device.empty()) ip.garbage("dev", word);
      request.device = read_name(ip, word, "dev", adding ? 4096 : kLongestName);
    }
  }
  return request;
}

int set_mtu(IpCall& ip, const Interface& device, std::uint32_t mtu) {
  const ConfigError error = ip.host().set_mtu(ip.turn(), device.index, mtu);
  if (error != ConfigError::kInvalidArgument) return ip.answer(error);
  if (mtu < 68) return ip.refused("mtu less than device minimum.");
  if (device.kind == InterfaceKind::kVlan) return ip.kernel("Numerical result out of range");
  return ip.refused("mtu greater than device maximum.");
}

int set_mac(IpCall& ip, const Interface& device, wire::Mac mac) {
  const bool settable = !device.loopback() && device.kind != InterfaceKind::kIpip;
  if (!settable) return ip.kernel("Operation not supported");
  const ConfigError error = ip.host().set_mac(ip.turn(), device.index, mac);
  if (error == ConfigError::kInvalidArgument) return ip.kernel("Cannot assign requested address");
  return ip.answer(error);
}

int set_name(IpCall& ip, const Interface& device, const std::string& name) {
  if (name == device.name) return 0;
  if (ip.host().find_interface(name) != nullptr) return ip.kernel("File exists");
  if (device.up) return ip.kernel("Device or resource busy");
  return ip.answer(ip.host().rename_interface(ip.turn(), device.index, name));
}

int set_up(IpCall& ip, const Interface& device, bool up) {
  const ConfigError error = ip.host().set_up(ip.turn(), device.index, up);
  return error == ConfigError::kDeviceDown ? ip.kernel("Network is down") : ip.answer(error);
}

/// In the order in which the kernel applies one request: whether the link is up comes late.
int apply(IpCall& ip, InterfaceIndex index, const LinkRequest& request) {
  net::Host& host = ip.host();
  if (request.mac && set_mac(ip, host.interface(index), *request.mac) != 0) return ip.status();
  if (request.mtu && set_mtu(ip, host.interface(index), *request.mtu) != 0) return ip.status();
  if (!request.new_name.empty() && set_name(ip, host.interface(index), request.new_name) != 0) {
    return ip.status();
  }
  if (request.up && set_up(ip, host.interface(index), *request.up) != 0) return ip.status();
  if (request.arp) host.set_noarp(ip.turn(), index, !*request.arp);
  if (request.promiscuous) host.edit_interface(index).promiscuous = *request.promiscuous;
  if (request.queue) host.edit_interface(index).txqueuelen = static_cast<int>(*request.queue);
  return 0;
}

int set(IpCall& ip) {
  const LinkRequest request = read_request(ip, false);
  if (ip.failed()) return ip.status();
  if (request.device.empty())
    return ip.fail(255, "Not enough information: \"dev\" argument is required.");
  if (!request.type.empty()) return ip.not_simulated("ip link set type");
  const Interface* device = ip.device(request.device);
  return device == nullptr ? ip.status() : apply(ip, device->index, request);
}

void read_tunnel(IpCall& ip, Interface& device) {
  while (ip.more()) {
    const std::string word = ip.take();
    if (word == "remote") {
      device.tunnel_remote = ip.address();
    } else if (word == "local") {
      device.tunnel_local = ip.address();
    } else if (word == "ttl" || word == "hoplimit") {
      if (ip.more() && ip.peek() == "inherit") {
        ip.take();
        device.tunnel_ttl = 0;
      } else {
        device.tunnel_ttl = static_cast<std::uint8_t>(ip.number(255, "invalid TTL\n"));
      }
    } else if (word == "pmtudisc" || word == "nopmtudisc") {
      device.tunnel_pmtudisc = word == "pmtudisc";
    } else {
      ip.fail(255, "ipip: unknown command \"" + word + "\"?");
    }
  }
  if (!ip.failed() && device.tunnel_ttl != 0 && !device.tunnel_pmtudisc) {
    ip.fail(255, "ttl != 0 and nopmtudisc are incompatible");
  }
}

void read_vlan(IpCall& ip, Interface& device, const LinkRequest& request) {
  std::optional<std::uint32_t> id;
  while (ip.more()) {
    const std::string word = ip.take();
    if (abbreviates(word, "id")) {
      id = ip.number(0xffff, "id is invalid\n");
    } else if (abbreviates(word, "protocol")) {
      const std::string protocol = ip.value();
      if (protocol != "802.1Q" && protocol != "802.1q")
        ip.not_simulated("VLAN protocol " + protocol);
    } else {
      ip.fail(255, "vlan: unknown command \"" + word + "\"?");
    }
  }
  if (ip.failed()) return;
  if (request.parent.empty()) {
    ip.refused("8021q: link not specified.");
  } else if (!id) {
    ip.refused("8021q: VLAN properties not specified.");
  } else if (*id >= 4095) {
    ip.refused("8021q: Invalid VLAN id.");
  } else if (const Interface* parent = ip.device(request.parent)) {
    device.parent = parent->index;
    device.vlan_id = static_cast<std::uint16_t>(*id);
    device.mtu = parent->mtu;
  }
}

bool read_type(IpCall& ip, Interface& device, const LinkRequest& request) {
  const std::string& type = request.type;
  if (type == "dummy") {
    device.kind = InterfaceKind::kDummy;
    if (ip.more()) ip.garbage("type", ip.take());
  } else if (type == "ipip") {
    device.kind = InterfaceKind::kIpip;
    device.mtu = 1480;
    read_tunnel(ip, device);
  } else if (type == "vlan") {
    device.kind = InterfaceKind::kVlan;
    read_vlan(ip, device, request);
  } else {
    for (const std::string_view known :
         {"bond", "bridge", "gre", "ifb", "ipvlan", "macvlan", "sit", "veth", "vrf", "vxlan"}) {
      if (type == known) ip.not_simulated("a device of type " + type);
    }
    if (!ip.failed()) ip.refused("Unknown device type.");
  }
  return !ip.failed();
}

std::string free_name(const net::Host& host, std::string_view base) {
  for (std::uint32_t number = 0;; ++number) {
    std::string name = std::string(base) + std::to_string(number);
    if (host.find_interface(name) == nullptr) return name;
  }
}

int add(IpCall& ip) {
  const LinkRequest request = read_request(ip, true);
  if (ip.failed()) return ip.status();
  if (request.type.empty())
    return ip.fail(1, "Not enough information: \"type\" argument is required");
  Interface device;
  device.name = request.new_name.empty() ? request.device : request.new_name;
  if (device.name.size() > kLongestName) return ip.refused("Attribute failed policy validation.");
  if (!request.parent.empty() && ip.device(request.parent) == nullptr) return ip.status();
  if (!read_type(ip, device, request)) return ip.status();
  if (ip.host().find_interface(device.name) != nullptr) return ip.kernel("File exists");
  if (device.kind == InterfaceKind::kIpip) {
    // The first tunnel loads the module, which makes tunl0 too.
    if (!ip.machine().load_module(ip.turn(), "ipip")) return ip.refused("Unknown device type.");
    for (const Interface& other : ip.host().interfaces()) {
      if (!other.removed && other.kind == InterfaceKind::kIpip &&
          other.tunnel_remote == device.tunnel_remote &&
          other.tunnel_local == device.tunnel_local) {
        return ip.kernel("File exists");
      }
    }
  }
  if (device.name.empty()) {
    device.name = free_name(ip.host(), device.kind == InterfaceKind::kIpip ? "tunl" : request.type);
  }
  if (request.mac && device.kind != InterfaceKind::kIpip) {
    if (request.mac->is_group() || request.mac->is_zero())
      return ip.kernel("Cannot assign requested address");
    device.mac = *request.mac;
  }
  const auto index = ip.host().add_virtual(ip.turn(), device);
  if (!index) {
    const bool vlan = device.kind == InterfaceKind::kVlan && index.error() == ConfigError::kExists;
    return vlan ? ip.refused("8021q: VLAN device already exists.") : ip.answer(index.error());
  }
  LinkRequest rest = request;
  rest.new_name.clear();
  rest.mac.reset();
  return apply(ip, *index, rest);
}

int remove(IpCall& ip) {
  const LinkRequest request = read_request(ip, false);
  if (ip.failed()) return ip.status();
  if (request.device.empty())
    return ip.fail(255, "Not enough information: \"dev\" argument is required.");
  const Interface* device = ip.device(request.device);
  if (device == nullptr) return ip.status();
  if (device->loopback() || device->kind == InterfaceKind::kEthernet)
    return ip.kernel("Operation not supported");
  // The tunnel module keeps its own device and says nothing.
  if (is_fallback_tunnel(*device)) return 0;
  return ip.answer(ip.host().remove_interface(ip.turn(), device->index));
}

void show_device(IpCall& ip, const Interface& device) {
  if (ip.options.brief) {
    ip.out() += pad_right(link_name(ip.host(), device), 16) + " " +
                pad_right(link_state(device), 14) + " " + link_address(device) + " " +
                link_flags(device) + " \n";
    return;
  }
  std::string text = link_lines(ip, ip.host(), device, false);
  if (ip.options.statistics > 0) text += link_statistics(device);
  ip.out() += ip.options.oneline ? one_line(std::move(text)) : text;
}

int show(IpCall& ip) {
  std::string name, type;
  bool up = false;
  while (ip.more()) {
    std::string word = ip.take();
    if (word == "up") {
      up = true;
    } else if (word == "type") {
      type = ip.value();
    } else {
      if (word == "dev") word = ip.value();
      if (!name.empty()) ip.garbage("dev", word);
      name = word;
    }
  }
  if (ip.failed()) return ip.status();
  if (!name.empty() && ip.host().find_interface(name) == nullptr) {
    return ip.fail(1, "Device \"" + name + "\" does not exist.");
  }
  for (const Interface& device : ip.host().interfaces()) {
    if (device.removed || (!name.empty() && device.name != name) || (up && !device.up)) continue;
    if (type.empty() || link_type_name(device.kind) == type) show_device(ip, device);
  }
  return 0;
}

}  // namespace

int ip_link(IpCall& ip) {
  if (ip.exhausted()) return show(ip);
  const std::string word = ip.take();
  if (abbreviates(word, "add")) return add(ip);
  if (abbreviates(word, "set") || abbreviates(word, "change")) return set(ip);
  if (abbreviates(word, "delete")) return remove(ip);
  if (abbreviates(word, "show") || abbreviates(word, "lst") || abbreviates(word, "list"))
    return show(ip);
  if (abbreviates(word, "help")) {
    return ip.fail(
        255,
        "Usage: ip link add [ link DEVICE ] [ name ] NAME type { dummy | ipip | vlan } [ ARGS ]\n"
        "       ip link set DEVICE { up | down | mtu N | address MAC | arp on|off | promisc on|off "
        "|"
        " name NAME }\n"
        "       ip link { del | show } [ DEVICE ]");
  }
  return ip.unknown_command(word, "link");
}

}  // namespace lvslab::admin
