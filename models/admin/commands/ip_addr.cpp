// ip address: add, change, replace, del, flush, show.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "admin/commands/ip.h"
#include "admin/pattern.h"

namespace lvslab::admin {
namespace {

using net::Address;
using net::ConfigError;
using net::Interface;

enum class Action { kAdd, kReplace, kDelete };
enum class Broadcast { kNone, kOnes, kZeros, kGiven };

struct AddressRequest {
  std::optional<InetPrefix> local;
  std::string device, label;
  std::optional<net::Scope> scope;
  Broadcast broadcast = Broadcast::kNone;
  wire::Ipv4 broadcast_address;
  bool no_prefix_route = false;
};

void read_broadcast(IpCall& ip, AddressRequest& request) {
  if (ip.more() && (ip.peek() == "+" || ip.peek() == "-")) {
    request.broadcast = ip.take() == "+" ? Broadcast::kOnes : Broadcast::kZeros;
    return;
  }
  request.broadcast_address = ip.address();
  request.broadcast = Broadcast::kGiven;
}

void read_lifetime(IpCall& ip) {
  if (ip.value() != "forever" && !ip.failed()) ip.not_simulated("an address with a lifetime");
}

void read_local(IpCall& ip, AddressRequest& request, const std::string& word) {
  if (request.local) {
    ip.garbage("local", word);
    return;
  }
  const auto prefix = parse_inet_prefix(word);
  if (!prefix) {
    ip.fail(1, "Error: any valid prefix is expected rather than \"" + word + "\".");
    return;
  }
  request.local = *prefix;
}

AddressRequest read_request(IpCall& ip) {
  AddressRequest request;
  while (ip.more()) {
    const std::string word = ip.take();
    if (word == "peer" || word == "remote") {
      const InetPrefix peer = ip.prefix();
      if (request.local && peer.prefix.address != request.local->prefix.address)
        ip.not_simulated("a peer address");
    } else if (word == "brd" || (word.size() > 1 && abbreviates(word, "broadcast"))) {
      read_broadcast(ip, request);
    } else if (word == "scope") {
      const std::string name = ip.value();
      request.scope = parse_scope(name);
      if (!request.scope) ip.wrong(name, "invalid scope value.");
    } else if (word == "dev") {
      request.device = ip.value();
    } else if (word == "label") {
      request.label = ip.value();
    } else if (word == "noprefixroute") {
      request.no_prefix_route = true;
    } else if (word == "nodad" || word == "home" || word == "mngtmpaddr" || word == "autojoin") {
      // Flags of IPv6, or of multicast groups.
    } else if (word == "valid_lft" || word == "preferred_lft") {
      read_lifetime(ip);
    } else if (word == "metric" || word == "priority" || word == "preference") {
      ip.number(0xffffffff, "\"metric\" value is invalid\n");
      ip.not_simulated("an address with a metric");
    } else {
      read_local(ip, request, word == "local" ? ip.value() : word);
    }
  }
  return request;
}

// Default scope: 127/8 does not leave the host, anything else may go anywhere (also on lo).
Address address_of(const AddressRequest& request, const Interface& device) {
  const wire::Prefix prefix = request.local->prefix;
  Address address;
  address.local = prefix.address;
  address.prefix_length = prefix.length;
  address.scope = request.scope.value_or(prefix.address.is_loopback() ? net::Scope::kHost
                                                                      : net::Scope::kUniverse);
  address.no_prefix_route = request.no_prefix_route;
  address.label = request.label.empty() ? device.name : request.label;
  if (request.broadcast == Broadcast::kGiven) address.broadcast = request.broadcast_address;
  if (prefix.length < 31) {
    if (request.broadcast == Broadcast::kOnes) address.broadcast = prefix.broadcast();
    if (request.broadcast == Broadcast::kZeros) address.broadcast = prefix.network();
  }
  return address;
}

int remove_one(IpCall& ip, const Interface& device, const AddressRequest& request) {
  const wire::Prefix prefix = request.local->prefix;
  for (const Address& a : device.addresses) {
    if (a.local != prefix.address || (!request.label.empty() && a.label != request.label)) continue;
    if (request.local->length_given && a.prefix_length != prefix.length) continue;
    const ConfigError error =
        ip.host().remove_address(ip.turn(), device.index, a.local, a.prefix_length);
    return error == ConfigError::kNotFound ? ip.refused("ipv4: Address not found.")
                                           : ip.answer(error);
  }
  return ip.refused("ipv4: Address not found.");
}

void warn_of_wildcard(IpCall& ip, wire::Ipv4 address) {
  ip.err() +=
      "Warning: Executing wildcard deletion to stay compatible with old scripts.\n"
      "         Explicitly specify the prefix length (" +
      to_string(address) +
      "/32) to avoid this warning.\n"
      "         This special behaviour is likely to disappear in further releases,\n"
      "         fix your scripts!\n";
}

int modify(IpCall& ip, Action action) {
  const AddressRequest request = read_request(ip);
  if (ip.failed()) return ip.status();
  if (request.device.empty())
    return ip.fail(1, "Not enough information: \"dev\" argument is required.");
  if (action == Action::kDelete && request.local && !request.local->length_given) {
    warn_of_wildcard(ip, request.local->prefix.address);
  }
  const Interface* device = ip.device(request.device);
  if (device == nullptr) return ip.status();
  if (!request.local || request.local->prefix.length == 0)
    return ip.kernel("Operation not supported");
  if (request.label.size() > kLongestName) return ip.refused("Attribute failed policy validation.");
  if (action == Action::kDelete) return remove_one(ip, *device, request);
  const ConfigError error =
      ip.host().add_address(ip.turn(), device->index, address_of(request, *device));
  if (error != ConfigError::kExists) return ip.answer(error);
  // Replacing touches lifetimes only, and those are forever.
  return action == Action::kReplace ? 0 : ip.refused("ipv4: Address already assigned.");
}

struct Filter {
  std::string device, type;
  std::optional<std::string> label;
  std::optional<wire::Prefix> to;
  std::optional<net::Scope> scope;
  std::optional<bool> secondary;
  bool up = false;
  bool of_addresses() const { return label || to || scope || secondary; }
};

Filter read_filter(IpCall& ip) {
  Filter filter;
  while (ip.more()) {
    std::string word = ip.take();
    if (word == "to") {
      filter.to = ip.prefix().prefix;
    } else if (word == "scope") {
      const std::string name = ip.value();
      if (name == "all") continue;
      filter.scope = parse_scope(name);
      if (!filter.scope) ip.wrong(name, "invalid \"scope\"\n");
    } else if (word == "up") {
      filter.up = true;
    } else if (word == "primary" || word == "secondary") {
      filter.secondary = word == "secondary";
    } else if (word == "permanent") {
      // All are.
    } else if (word == "label") {
      filter.label = ip.value();
    } else if (word == "type") {
      filter.type = ip.value();
    } else {
      if (word == "dev") word = ip.value();
      if (!filter.device.empty()) ip.garbage("dev", word);
      filter.device = word;
    }
  }
  return filter;
}

bool label_matches(const std::string& pattern, const std::string& label) {
  std::uint64_t budget = 10'000;
  return pattern_matches(pattern, label, budget);
}

bool wanted(const Filter& filter, const Address& address) {
  return (!filter.to ||
          (filter.to->contains(address.local) && address.prefix_length >= filter.to->length)) &&
         (!filter.scope || *filter.scope == address.scope) &&
         (!filter.secondary || *filter.secondary == address.secondary) &&
         (!filter.label || label_matches(*filter.label, address.label));
}

bool wanted(const Filter& filter, const Interface& device) {
  return !device.removed && (filter.device.empty() || device.name == filter.device) &&
         (!filter.up || device.up) &&
         (filter.type.empty() || link_type_name(device.kind) == filter.type);
}

bool device_missing(IpCall& ip, const Filter& filter) {
  if (filter.device.empty() || ip.host().find_interface(filter.device) != nullptr) return false;
  ip.fail(1, "Device \"" + filter.device + "\" does not exist.");
  return true;
}

std::string address_lines(const Address& address) {
  std::string line =
      "    inet " + to_string(address.local) + "/" + std::to_string(address.prefix_length);
  if (!address.broadcast.is_zero()) line += " brd " + to_string(address.broadcast);
  line += " scope " + scope_name(address.scope) + " ";
  if (address.secondary) line += "secondary ";
  if (address.no_prefix_route) line += "noprefixroute ";
  return line + address.label + "\n       valid_lft forever preferred_lft forever\n";
}

void show_device(IpCall& ip, const Filter& filter, const Interface& device) {
  std::vector<const Address*> shown;
  for (const Address& address : device.addresses) {
    if (wanted(filter, address)) shown.push_back(&address);
  }
  // Without a filter on addresses a device without any is listed too, unless only IPv4 is asked
  // for.
  if (shown.empty() && (ip.options.inet_only || filter.label || filter.to)) return;
  if (shown.empty() && filter.of_addresses() && !device.addresses.empty()) return;
  if (ip.options.brief) {
    ip.out() +=
        pad_right(link_name(ip.host(), device), 16) + " " + pad_right(link_state(device), 14) + " ";
    for (const Address* a : shown)
      ip.out() += to_string(wire::Prefix{a->local, a->prefix_length}) + " ";
    ip.out() += "\n";
    return;
  }
  if (ip.options.oneline) {
    for (const Address* a : shown) {
      ip.out() += std::to_string(device.ifindex) + ": " + device.name + one_line(address_lines(*a));
    }
    return;
  }
  if (!filter.label) {
    const std::string lines = link_lines(ip, ip.host(), device, true);
    // Asked for a prefix, the tool leaves the device's own address out.
    ip.out() += filter.to ? lines.substr(0, lines.find('\n') + 1) : lines;
  }
  for (const Address* a : shown) ip.out() += address_lines(*a);
  if (ip.options.statistics > 0 && !filter.label) ip.out() += link_statistics(device);
}

int show(IpCall& ip) {
  const Filter filter = read_filter(ip);
  if (ip.failed() || device_missing(ip, filter)) return ip.status();
  for (const Interface& device : ip.host().interfaces()) {
    if (wanted(filter, device)) show_device(ip, filter, device);
  }
  return 0;
}

int flush(IpCall& ip) {
  if (ip.exhausted()) return ip.fail(1, "Flush requires arguments.");
  const Filter filter = read_filter(ip);
  if (ip.failed() || device_missing(ip, filter)) return ip.status();
  std::vector<std::pair<InterfaceIndex, Address>> doomed;
  for (const Interface& device : ip.host().interfaces()) {
    if (!wanted(filter, device)) continue;
    for (const Address& address : device.addresses) {
      if (wanted(filter, address)) doomed.emplace_back(device.index, address);
    }
  }
  // A primary takes its secondaries along, so some of the list may be gone by the time it is their
  // turn.
  for (const auto& [device, address] : doomed) {
    ip.host().remove_address(ip.turn(), device, address.local, address.prefix_length);
  }
  if (ip.options.statistics > 0) {
    ip.out() += doomed.empty() ? std::string("Nothing to flush.\n")
                               : "\n*** Round 1, deleting " + std::to_string(doomed.size()) +
                                     " addresses ***\n*** Flush is complete after 1 round ***\n";
  }
  return 0;
}

}  // namespace

int ip_address(IpCall& ip) {
  if (ip.exhausted()) return show(ip);
  const std::string word = ip.take();
  if (abbreviates(word, "add")) return modify(ip, Action::kAdd);
  if (abbreviates(word, "change") || word == "chg" || abbreviates(word, "replace")) {
    return modify(ip, Action::kReplace);
  }
  if (abbreviates(word, "delete")) return modify(ip, Action::kDelete);
  if (abbreviates(word, "show") || abbreviates(word, "lst") || abbreviates(word, "list"))
    return show(ip);
  if (abbreviates(word, "flush")) return flush(ip);
  if (abbreviates(word, "help")) {
    return ip.fail(255,
                   "Usage: ip address { add | change | replace } ADDRESS[/LENGTH] dev DEVICE [ brd "
                   "ADDRESS|+|- ]\n"
                   "                  [ label DEVICE:TAG ] [ scope SCOPE ]\n"
                   "       ip address del ADDRESS[/LENGTH] dev DEVICE\n"
                   "       ip address { show | flush } [ dev DEVICE ] [ to PREFIX ] [ label "
                   "PATTERN ] [ scope SCOPE ]\n"
                   "                  [ up ] [ primary | secondary ]");
  }
  return ip.unknown_command(word, "address");
}

}  // namespace lvslab::admin
