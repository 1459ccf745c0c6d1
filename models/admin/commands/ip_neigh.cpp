// ip neighbour: the ARP table by hand.
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "admin/commands/ip.h"

namespace lvslab::admin {
namespace {

using net::Neighbour;
using net::NeighbourState;

constexpr std::array<std::pair<std::string_view, NeighbourState>, 9> kStates{
    {{"permanent", NeighbourState::kPermanent},
     {"reachable", NeighbourState::kReachable},
     {"noarp", NeighbourState::kNoarp},
     {"none", NeighbourState::kNone},
     {"stale", NeighbourState::kStale},
     {"incomplete", NeighbourState::kIncomplete},
     {"delay", NeighbourState::kDelay},
     {"probe", NeighbourState::kProbe},
     {"failed", NeighbourState::kFailed}}};

std::optional<NeighbourState> parse_state(std::string_view word) {
  for (const auto& [name, state] : kStates) {
    if (abbreviates(word, name)) return state;
  }
  return std::nullopt;
}

struct NeighbourRequest {
  std::optional<wire::Ipv4> address;
  std::optional<wire::Mac> mac;
  std::string device;
  NeighbourState state = NeighbourState::kPermanent;
  bool proxy = false;
};

void read_address(IpCall& ip, NeighbourRequest& request, const std::string& word) {
  if (request.address) {
    ip.garbage("to", word);
    return;
  }
  request.address = parse_inet(word);
  if (!request.address) {
    // The tool takes a stray word after the address for a second one.
    ip.fail(1, "Error: any valid address is expected rather than \"" + word + "\".");
  }
}

NeighbourRequest read_request(IpCall& ip) {
  NeighbourRequest request;
  while (ip.more()) {
    const std::string word = ip.take();
    if (word == "lladdr") {
      request.mac = ip.lladdr();
    } else if (word == "nud") {
      const std::string name = ip.value();
      const auto state = parse_state(name);
      if (!ip.failed() && !state) ip.wrong(name, "nud state is bad");
      request.state = state.value_or(NeighbourState::kPermanent);
    } else if (word == "dev") {
      request.device = ip.value();
    } else if (word == "proxy") {
      request.proxy = true;
      read_address(ip, request, ip.value());
    } else if (word == "router" || word == "extern_learn" || word == "use" || word == "managed") {
      ip.not_simulated("neighbour flag \"" + word + "\"");
    } else if (word == "protocol") {
      ip.value();
    } else {
      read_address(ip, request, word == "to" ? ip.value() : word);
    }
  }
  return request;
}

enum class Action { kAdd, kReplace, kChange, kDelete };

int modify_proxy(IpCall& ip, InterfaceIndex device, wire::Ipv4 address, Action action) {
  net::NeighbourTable& table = ip.host().neighbours();
  if (action == Action::kDelete) {
    return table.remove_proxy(device, address) ? 0 : ip.kernel("No such file or directory");
  }
  if (!table.has_proxy(device, address)) table.add_proxy(device, address);
  return 0;
}

int modify(IpCall& ip, Action action) {
  const NeighbourRequest request = read_request(ip);
  if (ip.failed()) return ip.status();
  if (!request.address || request.device.empty()) {
    return ip.fail(255, "Device and destination are required arguments.");
  }
  const net::Interface* device = ip.device(request.device);
  if (device == nullptr) return ip.status();
  const wire::Ipv4 address = *request.address;
  if (request.proxy) return modify_proxy(ip, device->index, address, action);
  net::NeighbourTable& table = ip.host().neighbours();
  const Neighbour* known = table.find(device->index, address);
  if (action == Action::kDelete) {
    if (known == nullptr) return ip.kernel("No such file or directory");
    table.remove(ip.turn(), device->index, address);
    return 0;
  }
  if (action == Action::kAdd && known != nullptr) return ip.kernel("File exists");
  if (action == Action::kChange && known == nullptr) return ip.kernel("No such file or directory");
  const bool has_mac = request.mac || (known != nullptr && net::neighbour_valid(known->state));
  if (net::neighbour_valid(request.state) && !has_mac)
    return ip.refused("No link layer address given.");
  const wire::Mac mac = request.mac ? *request.mac : known != nullptr ? known->mac : wire::Mac{};
  table.update(ip.turn(), device->index, address, mac, request.state, net::kOverride | net::kAdmin,
               true);
  if (table.find(device->index, address) == nullptr) return ip.kernel("No buffer space available");
  return 0;
}

struct Filter {
  std::optional<wire::Prefix> to;
  std::string device;
  std::vector<NeighbourState> states;
  InterfaceIndex index = kNoInterface;
  bool all_states = false, proxy = false;
};

Filter read_filter(IpCall& ip) {
  Filter filter;
  while (ip.more()) {
    std::string word = ip.take();
    if (word == "dev") {
      filter.device = ip.value();
    } else if (word == "nud") {
      const std::string name = ip.value();
      const auto state = parse_state(name);
      if (name == "all") {
        filter.all_states = true;
      } else if (state) {
        filter.states.push_back(*state);
      } else if (!ip.failed()) {
        ip.wrong(name, "nud state is bad");
      }
    } else if (word == "unused" || word == "all") {
      // Nobody else holds on to an entry here.
    } else if (word == "proxy") {
      filter.proxy = true;
    } else {
      if (word == "to") word = ip.value();
      const auto prefix = parse_inet_prefix(word);
      if (!ip.failed() && !prefix) {
        ip.fail(1, "Error: any valid prefix is expected rather than \"" + word + "\".");
      }
      filter.to = prefix.value_or(InetPrefix{}).prefix;
    }
  }
  if (!ip.failed() && !filter.device.empty()) {
    if (const net::Interface* device = ip.device(filter.device)) filter.index = device->index;
  }
  return filter;
}

/// Without `nud`: entries without a state and those that need none stay out of sight.
bool wanted(const Filter& filter, const Neighbour& entry) {
  if (filter.index != kNoInterface && entry.device != filter.index) return false;
  if (filter.to && !filter.to->contains(entry.address)) return false;
  if (filter.all_states) return true;
  if (filter.states.empty()) {
    return entry.state != NeighbourState::kNone && entry.state != NeighbourState::kNoarp;
  }
  for (const NeighbourState state : filter.states) {
    if (state == entry.state) return true;
  }
  return false;
}

std::string age(Instant now, Instant then) {
  const std::int64_t seconds = (now - then).ps() / 1'000'000'000'000;
  return std::to_string(seconds < 0 ? 0 : seconds);
}

std::string entry_line(IpCall& ip, const Neighbour& entry, bool with_device) {
  std::string text = to_string(entry.address) + " ";
  if (with_device) text += "dev " + ip.host().interface(entry.device).name + " ";
  if (net::neighbour_valid(entry.state)) text += "lladdr " + to_string(entry.mac) + " ";
  if (ip.options.statistics > 0) {
    const Instant now = ip.turn().now();
    text += " used " + age(now, entry.used) + "/" + age(now, entry.confirmed) + "/" +
            age(now, entry.updated) + "probes " + std::to_string(entry.probes) + " ";
  }
  if (entry.state != NeighbourState::kNone)
    text += std::string(net::neighbour_state_name(entry.state)) + " ";
  return text + "\n";
}

int show(IpCall& ip) {
  const Filter filter = read_filter(ip);
  if (ip.failed()) return ip.status();
  if (filter.proxy) {
    for (const auto& [device, address] : ip.host().neighbours().proxies()) {
      if (filter.index != kNoInterface && device != filter.index) continue;
      ip.out() += to_string(address) + " ";
      if (filter.index == kNoInterface) ip.out() += "dev " + ip.host().interface(device).name + " ";
      ip.out() += "proxy \n";
    }
    return 0;
  }
  for (const Neighbour* entry : ip.host().neighbours().list()) {
    if (wanted(filter, *entry)) ip.out() += entry_line(ip, *entry, filter.index == kNoInterface);
  }
  return 0;
}

int flush(IpCall& ip) {
  if (ip.exhausted()) return ip.fail(1, "Flush requires arguments.");
  const Filter filter = read_filter(ip);
  if (ip.failed()) return ip.status();
  std::vector<std::pair<InterfaceIndex, wire::Ipv4>> doomed;
  for (const Neighbour* entry : ip.host().neighbours().list()) {
    // What was put there by hand goes only when its state is named.
    const bool kept = filter.states.empty() && entry->state == NeighbourState::kPermanent;
    if (wanted(filter, *entry) && !kept) doomed.emplace_back(entry->device, entry->address);
  }
  for (const auto& [device, address] : doomed)
    ip.host().neighbours().remove(ip.turn(), device, address);
  if (ip.options.statistics > 0) {
    ip.out() += doomed.empty() ? std::string("Nothing to flush.\n")
                               : "\n*** Round 1, deleting " + std::to_string(doomed.size()) +
                                     " entries ***\n*** Flush is complete after 1 round ***\n";
  }
  return 0;
}

int get(IpCall& ip) {
  const NeighbourRequest request = read_request(ip);
  if (ip.failed()) return ip.status();
  if (!request.address || request.device.empty()) {
    return ip.fail(255, "Device and address are required arguments.");
  }
  const net::Interface* device = ip.device(request.device);
  if (device == nullptr) return ip.status();
  const Neighbour* entry = ip.host().neighbours().find(device->index, *request.address);
  if (entry == nullptr) return ip.refused("Neighbour entry not found.");
  ip.out() += entry_line(ip, *entry, true);
  return 0;
}

}  // namespace

int ip_neighbour(IpCall& ip) {
  if (ip.exhausted()) return show(ip);
  const std::string word = ip.take();
  if (abbreviates(word, "add")) return modify(ip, Action::kAdd);
  if (abbreviates(word, "change") || word == "chg") return modify(ip, Action::kChange);
  if (abbreviates(word, "replace")) return modify(ip, Action::kReplace);
  if (abbreviates(word, "delete")) return modify(ip, Action::kDelete);
  if (abbreviates(word, "get")) return get(ip);
  if (abbreviates(word, "show") || word == "lst" || abbreviates(word, "list")) return show(ip);
  if (abbreviates(word, "flush")) return flush(ip);
  if (abbreviates(word, "help")) {
    return ip.fail(255,
                   "Usage: ip neigh { add | change | del | get | replace } ADDRESS [ lladdr MAC ] "
                   "[ nud STATE ] "
                   "dev DEVICE\n"
                   "       ip neigh { add | del } proxy ADDRESS dev DEVICE\n"
                   "       ip neigh { show | flush } [ PREFIX ] [ dev DEVICE ] [ nud STATE ]");
  }
  return ip.unknown_command(word, "neigh");
}

}  // namespace lvslab::admin
