// ip tunnel: IP in IP. Other modes exist in Linux and are not simulated.
#include <optional>
#include <string>

#include "admin/commands/ip.h"

namespace lvslab::admin {
namespace {

using net::Interface;
using net::InterfaceKind;

struct TunnelRequest {
  std::string name, mode;
  std::optional<wire::Ipv4> remote, local;
  std::optional<std::uint8_t> ttl;
  std::optional<bool> pmtudisc;
};

void read_mode(IpCall& ip, TunnelRequest& request) {
  const std::string mode = ip.value();
  if (ip.failed()) return;
  request.mode = mode;
  if (mode == "ipip" || mode == "ip/ip" || mode == "ipv4/ipv4") return;
  if (mode == "gre" || mode == "gre/ip" || mode == "sit" || mode == "isatap" || mode == "vti") {
    ip.not_simulated("tunnel mode " + mode);
  } else {
    ip.fail(255, "Unknown tunnel mode \"" + mode + "\"");
  }
}

void read_ttl(IpCall& ip, TunnelRequest& request) {
  if (ip.more() && ip.peek() == "inherit") {
    ip.take();
    request.ttl = std::uint8_t{0};
    return;
  }
  request.ttl = static_cast<std::uint8_t>(ip.number(255, "invalid TTL\n") & 0xff);
}

TunnelRequest read_request(IpCall& ip) {
  TunnelRequest request;
  while (ip.more()) {
    std::string word = ip.take();
    if (word == "mode") {
      read_mode(ip, request);
    } else if (word == "remote") {
      request.remote = ip.address();
    } else if (word == "local") {
      request.local = ip.address();
    } else if (word == "ttl" || word == "hoplimit" || word == "hlim") {
      read_ttl(ip, request);
    } else if (word == "pmtudisc" || word == "nopmtudisc") {
      request.pmtudisc = word == "pmtudisc";
    } else if (word == "dev" || word == "tos" || word == "dsfield") {
      // Bound to a device, or a type of service: outer datagrams are routed and marked as any
      // other.
      ip.value();
    } else {
      if (word == "name") word = ip.value();
      if (!request.name.empty()) ip.garbage("name", word);
      if (!ip.failed() && (!valid_name_characters(word) || word.size() > kLongestName)) {
        ip.wrong(word, "\"name\" not a valid ifname");
      }
      request.name = word;
    }
  }
  if (!ip.failed() && request.ttl.value_or(0) != 0 && !request.pmtudisc.value_or(true)) {
    ip.fail(1, "ttl != 0 and nopmtudisc are incompatible");
  }
  return request;
}

int failed(IpCall& ip, std::string_view verb, std::string_view name, std::string_view why) {
  return ip.fail(
      1, std::string(verb) + " tunnel \"" + std::string(name) + "\" failed: " + std::string(why));
}

const Interface* same_ends(IpCall& ip, wire::Ipv4 remote, wire::Ipv4 local) {
  for (const Interface& device : ip.host().interfaces()) {
    if (!device.removed && device.kind == InterfaceKind::kIpip && device.tunnel_remote == remote &&
        device.tunnel_local == local) {
      return &device;
    }
  }
  return nullptr;
}

int add(IpCall& ip) {
  const TunnelRequest request = read_request(ip);
  if (ip.failed()) return ip.status();
  if (request.mode.empty())
    return ip.fail(1, "cannot determine tunnel mode (ipip, gre, vti or sit)");
  // The request goes to the module's own device, hence its name in the errors.
  if (!ip.machine().load_module(ip.turn(), "ipip"))
    return failed(ip, "add", "tunl0", "No such device");
  Interface device;
  device.kind = InterfaceKind::kIpip;
  device.mtu = 1480;
  device.tunnel_remote = request.remote.value_or(wire::Ipv4{});
  device.tunnel_local = request.local.value_or(wire::Ipv4{});
  device.tunnel_ttl = request.ttl.value_or(0);
  device.tunnel_pmtudisc = request.pmtudisc.value_or(true);
  device.name = request.name;
  for (std::uint32_t number = 1; device.name.empty(); ++number) {
    const std::string name = "tunl" + std::to_string(number);
    if (ip.host().find_interface(name) == nullptr) device.name = name;
  }
  const bool taken = ip.host().find_interface(device.name) != nullptr;
  if (taken || same_ends(ip, device.tunnel_remote, device.tunnel_local) != nullptr) {
    return failed(ip, "add", "tunl0", "File exists");
  }
  const auto index = ip.host().add_virtual(ip.turn(), device);
  return index ? 0 : failed(ip, "add", "tunl0", "Invalid argument");
}

int change(IpCall& ip) {
  const TunnelRequest request = read_request(ip);
  if (ip.failed()) return ip.status();
  const Interface* device = ip.host().find_interface(request.name);
  if (device == nullptr) return failed(ip, "get", request.name, "No such device");
  if (device->kind != InterfaceKind::kIpip)
    return failed(ip, "get", request.name, "Operation not supported");
  const wire::Ipv4 remote = request.remote.value_or(device->tunnel_remote);
  const wire::Ipv4 local = request.local.value_or(device->tunnel_local);
  const Interface* other = same_ends(ip, remote, local);
  if (other != nullptr && other != device) return failed(ip, "change", request.name, "File exists");
  if (is_fallback_tunnel(*device) && (!remote.is_zero() || !local.is_zero())) {
    return failed(ip, "change", request.name, "Invalid argument");
  }
  Interface& edited = ip.host().edit_interface(device->index);
  edited.tunnel_remote = remote;
  edited.tunnel_local = local;
  if (request.ttl) edited.tunnel_ttl = *request.ttl;
  if (request.pmtudisc) edited.tunnel_pmtudisc = *request.pmtudisc;
  ip.host().routes().touch();
  return 0;
}

int remove(IpCall& ip) {
  const TunnelRequest request = read_request(ip);
  if (ip.failed()) return ip.status();
  const Interface* device = ip.host().find_interface(request.name);
  if (device == nullptr) return failed(ip, "delete", request.name, "No such device");
  if (device->kind != InterfaceKind::kIpip)
    return failed(ip, "delete", request.name, "Operation not supported");
  if (is_fallback_tunnel(*device))
    return failed(ip, "delete", request.name, "Operation not permitted");
  return ip.answer(ip.host().remove_interface(ip.turn(), device->index));
}

int show(IpCall& ip) {
  const TunnelRequest request = read_request(ip);
  if (ip.failed()) return ip.status();
  const auto end = [](wire::Ipv4 a) { return a.is_zero() ? std::string("any") : to_string(a); };
  for (const Interface& device : ip.host().interfaces()) {
    if (device.removed || device.kind != InterfaceKind::kIpip) continue;
    if (!request.name.empty() && device.name != request.name) continue;
    ip.out() += device.name + (is_fallback_tunnel(device) ? ": any/ip" : ": ip/ip") + " remote " +
                end(device.tunnel_remote) + " local " + end(device.tunnel_local) + " ttl " +
                (device.tunnel_ttl == 0 ? "inherit" : std::to_string(device.tunnel_ttl)) +
                (device.tunnel_pmtudisc && !is_fallback_tunnel(device) ? "" : " nopmtudisc") + "\n";
  }
  return 0;
}

}  // namespace

int ip_tunnel(IpCall& ip) {
  if (ip.exhausted()) return show(ip);
  const std::string word = ip.take();
  if (abbreviates(word, "add")) return add(ip);
  if (abbreviates(word, "change")) return change(ip);
  if (abbreviates(word, "delete")) return remove(ip);
  if (abbreviates(word, "show") || word == "lst" || abbreviates(word, "list")) return show(ip);
  if (abbreviates(word, "help")) {
    return ip.fail(
        255,
        "Usage: ip tunnel { add | change | del | show } [ NAME ] [ mode ipip ] [ remote ADDRESS ]\n"
        "                 [ local ADDRESS ] [ ttl N|inherit ] [ nopmtudisc ]");
  }
  return ip.unknown_command(word, "tunnel", false);
}

}  // namespace lvslab::admin
