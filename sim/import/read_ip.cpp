// What `ip -j` printed: interfaces with addresses, routes, rules, neighbours.
#include <algorithm>
#include <charconv>
#include <set>

#include "fmt/format.h"
#include "import/json_tree.h"
#include "import/readers.h"
#include "scenario/text.h"

namespace lvslab::importer {
namespace {

using scenario::shown;
using Kind = InterfaceFact::Kind;

/// The members of one entry of a list, by type; a wrong type is a problem, a missing one is not.
class Members {
 public:
  Members(const TextFile& file, Problems& problems, const JsonValue& map)
      : file_(file), problems_(problems), map_(map) {}

  bool has(std::string_view key) const { return map_.find(key) != nullptr; }
  std::string text(std::string_view key) const {
    const JsonValue* value = map_.find(key);
    if (value == nullptr || value->kind == JsonValue::Kind::kNull) return {};
    if (value->kind == JsonValue::Kind::kText || value->kind == JsonValue::Kind::kNumber)
      return value->text;
    wrong(*value, key, "is no text");
    return {};
  }
  /// A text that may stand in a command; empty when missing or not plain.
  std::string word(std::string_view key) const {
    std::string value = text(key);
    if (value.empty() || is_plain_word(value)) return value;
    wrong(*map_.find(key), key, "has characters that no name here has");
    return {};
  }
  std::uint32_t number(std::string_view key, std::uint32_t otherwise) const {
    const JsonValue* value = map_.find(key);
    if (value == nullptr) return otherwise;
    std::uint32_t result = otherwise;
    const char* const end = value->text.data() + value->text.size();
    const auto [stopped, error] = std::from_chars(value->text.data(), end, result);
    if (value->text.empty() || error != std::errc{} || stopped != end)
      wrong(*value, key, "is no whole number");
    return result;
  }
  std::optional<wire::Ipv4> address(std::string_view key) const {
    const std::string value = text(key);
    if (value.empty() || value.find(':') != std::string::npos) return std::nullopt;
    const auto address = wire::parse_ipv4(value);
    if (!address) wrong(*map_.find(key), key, "is no address: " + shown(value));
    return address;
  }
  bool lists(std::string_view key, std::string_view word) const {
    const JsonValue* value = map_.find(key);
    return value != nullptr &&
           std::any_of(value->items.begin(), value->items.end(),
                       [&](const JsonValue& item) { return item.text == word; });
  }
  const JsonValue* find(std::string_view key) const { return map_.find(key); }
  void wrong(const JsonValue& value, std::string_view key, const std::string& what) const {
    problems_.add(file_, value.offset, fmt::format("\"{}\" {}", key, what),
                  "Collect it again with `ip -j`");
  }

 private:
  const TextFile& file_;
  Problems& problems_;
  const JsonValue& map_;
};

/// The maps of the file's list that are not empty: iproute2 prints {} for what it filtered.
template <typename Read>
void for_each_entry(const TextFile& file, Problems& problems, Read read) {
  const std::optional<JsonValue> root = read_json(file, problems);
  if (!root) return;
  if (root->kind != JsonValue::Kind::kList) {
    problems.add(file, 0, "this is not a list", "`ip -j` prints one");
    return;
  }
  if (root->items.size() > limits::kItems) {
    problems.add(file, 0, fmt::format("more than {} entries", limits::kItems));
    return;
  }
  for (const JsonValue& item : root->items) {
    if (item.kind != JsonValue::Kind::kMap) {
      problems.add(file, item.offset, "an entry that is no map", "`ip -j` prints a list of maps");
      return;
    }
    if (!item.items.empty()) read(Members(file, problems, item));
  }
}

bool begins_with_any(const std::string& name, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view start) { return name.starts_with(start); });
}

/// What a machine of containers or virtual machines makes for itself: no cable of the lab's.
bool is_private_bridge(const std::string& name) {
  return begins_with_any(name, {"docker", "br-", "virbr", "veth", "cni", "flannel", "cali", "lxc",
                                "lxdbr", "podman", "vnet", "tap"});
}

Kind kind_of(const Members& entry, const InterfaceFact& interface) {
  const std::string link = entry.text("link_type");
  if (link == "loopback") return Kind::kLoopback;
  if (interface.name == "tunl0" && (link == "ipip" || link.empty())) return Kind::kTunl0;
  const std::string& kind = interface.kind_text;
  if (kind == "vlan") return Kind::kVlan;
  if (kind == "dummy" || (kind.empty() && interface.name.starts_with("dummy"))) return Kind::kDummy;
  const bool ether = link == "ether" && !is_private_bridge(interface.name);
  const bool cabled = kind.empty() || kind == "bond" || kind == "bridge" || kind == "team" ||
                      kind == "veth" || kind == "macvlan";
  return ether && cabled && !entry.has("master") ? Kind::kCabled : Kind::kOther;
}

void read_link_info(const Members& entry, InterfaceFact& interface, const TextFile& file,
                    Problems& problems) {
  const JsonValue* info = entry.find("linkinfo");
  if (info != nullptr) {
    const Members details(file, problems, *info);
    interface.kind_text = details.word("info_kind");
    const JsonValue* data = details.find("info_data");
    if (data != nullptr && interface.kind_text == "vlan")
      interface.vlan =
          static_cast<std::uint16_t>(Members(file, problems, *data).number("id", 0) & 0xfff);
  }
  // Without -d a VLAN shows by its name and the device below it.
  const std::size_t dot = interface.name.rfind('.');
  if (interface.vlan == 0 && dot != std::string::npos && entry.has("link") &&
      (interface.kind_text.empty() || interface.kind_text == "vlan")) {
    unsigned id = 0;
    std::from_chars(interface.name.data() + dot + 1, interface.name.data() + interface.name.size(),
                    id);
    if (id >= 1 && id <= 4094) {
      interface.vlan = static_cast<std::uint16_t>(id);
      interface.kind_text = "vlan";
    }
  }
  if (interface.vlan != 0) interface.parent = entry.word("link");
}

void read_interface_addresses(const Members& entry, InterfaceFact& interface, const TextFile& file,
                              HostFacts& host, Problems& problems) {
  const JsonValue* list = entry.find("addr_info");
  if (list == nullptr) return;
  for (const JsonValue& item : list->items) {
    const Members info(file, problems, item);
    if (info.text("family") != "inet") continue;
    const auto local = info.address("local");
    const std::uint32_t length = info.number("prefixlen", 32);
    if (!local) continue;
    if (length > 32) {
      info.wrong(*info.find("prefixlen"), "prefixlen", "is more than 32");
      continue;
    }
    AddressFact address{.prefix = {*local, static_cast<std::uint8_t>(length)},
                        .scope = info.word("scope"),
                        .label = info.word("label"),
                        .broadcast = info.address("broadcast")};
    if (address.scope.empty()) address.scope = "global";
    if (info.has("address")) {
      leave_out(host, fmt::format("{} on {}: an address with a peer", wire::to_string(*local),
                                  interface.name));
      continue;
    }
    if (interface.addresses.size() == limits::kAddresses) {
      problems.add(file, item.offset, fmt::format("more than {} addresses", limits::kAddresses));
      return;
    }
    interface.addresses.push_back(std::move(address));
  }
}

bool is_usable_name(const std::string& name) {
  return !name.empty() && name.size() <= 15 && name.find_first_of("/:@,") == std::string::npos &&
         name[0] != '.';
}

std::string words_of_rule(const Members& entry, const std::string& table) {
  std::string text = fmt::format("pref {}", entry.number("priority", 0));
  const auto selector = [&](const char* key, const char* length, const char* word) {
    const std::string value = entry.word(key);
    if (value.empty() || value == "all") return;
    text += fmt::format(" {} {}", word, value);
    if (entry.has(length)) text += fmt::format("/{}", entry.number(length, 32));
  };
  selector("src", "srclen", "from");
  selector("dst", "dstlen", "to");
  const std::string mark = entry.word("fwmark"), mask = entry.word("fwmask");
  if (!mark.empty()) text += " fwmark " + mark + (mask.empty() ? "" : "/" + mask);
  const std::string in = entry.word("iif");
  if (!in.empty()) text += " iif " + in;
  return text + " lookup " + table;
}

/// False: no lab can have it (the reason is left out) or wants it (the kernel makes it).
bool read_route(const Members& entry, RouteFact& route, HostFacts& host) {
  const std::string destination = entry.text("dst");
  if (destination.find(':') != std::string::npos || destination.empty()) return false;
  route.protocol = entry.word("protocol");
  if (route.protocol == "kernel") return false;
  if (destination != "default") {
    const auto prefix = wire::parse_prefix(destination);
    if (!prefix) {
      entry.wrong(*entry.find("dst"), "dst", "is no network: " + shown(destination));
      return false;
    }
    route.destination = *prefix;
  }
  const std::string type = entry.word("type"), table = entry.word("table");
  if (!type.empty()) route.type = type;
  if (!table.empty()) route.table = table;
  route.scope = entry.word("scope");
  route.device = entry.word("dev");
  route.gateway = entry.address("gateway");
  route.source = entry.address("prefsrc");
  route.metric = entry.number("metric", 0);
  route.onlink = entry.lists("flags", "onlink");
  if (entry.has("nexthops") || entry.has("via") || entry.has("encap")) {
    leave_out(host, "route to " + destination + ": more than one next hop, or one of its own kind");
    return false;
  }
  return true;
}

}  // namespace

void leave_out(HostFacts& host, std::string sentence) {
  constexpr std::size_t kMost = 40;
  if (host.left_out.size() < kMost) host.left_out.push_back(std::move(sentence));
}

void read_addresses(const TextFile& file, HostFacts& host, Problems& problems) {
  std::set<std::string> seen;
  for_each_entry(file, problems, [&](const Members& entry) {
    InterfaceFact interface;
    interface.name = entry.word("ifname");
    if (!is_usable_name(interface.name) || !seen.insert(interface.name).second) return;
    if (host.interfaces.size() == limits::kInterfaces) {
      if (seen.size() == limits::kInterfaces + 1)
        problems.add(file, 0, fmt::format("more than {} interfaces", limits::kInterfaces),
                     "Remove those that play no part from the file");
      return;
    }
    const std::string mac = entry.text("address");
    interface.mac = wire::parse_mac(mac);
    interface.mtu = entry.number("mtu", 1500);
    const JsonValue* flags = entry.find("flags");
    interface.up = flags == nullptr || entry.lists("flags", "UP");
    read_link_info(entry, interface, file, problems);
    interface.kind = kind_of(entry, interface);
    read_interface_addresses(entry, interface, file, host, problems);
    if (interface.kind == Kind::kOther) {
      if (!interface.addresses.empty() || entry.has("master"))
        leave_out(host,
                  fmt::format("interface {}{}", interface.name,
                              entry.has("master")           ? ": part of " + entry.text("master")
                              : interface.kind_text.empty() ? ""
                                                            : " (" + interface.kind_text + ")"));
      interface.addresses.clear();
    }
    host.interfaces.push_back(std::move(interface));
  });
}

void read_routes(const TextFile& file, HostFacts& host, Problems& problems) {
  for_each_entry(file, problems, [&](const Members& entry) {
    RouteFact route;
    if (!read_route(entry, route, host)) return;
    const JsonValue* metrics = entry.find("metrics");
    if (metrics != nullptr && !metrics->items.empty())
      route.mtu = Members(file, problems, metrics->items[0]).number("mtu", 0);
    host.routes.push_back(std::move(route));
  });
}

void read_rules(const TextFile& file, HostFacts& host, Problems& problems) {
  for_each_entry(file, problems, [&](const Members& entry) {
    const std::string table = entry.word("table");
    const std::string source = entry.text("src");
    if (source.find(':') != std::string::npos) return;
    const bool plain = source == "all" && !entry.has("fwmark") && !entry.has("iif") &&
                       !entry.has("dst") && !entry.has("oif") && !entry.has("not");
    if (plain && (table == "local" || table == "main" || table == "default")) return;
    for (const char* key : {"not", "oif", "action", "tos", "ipproto", "uid_start", "sport", "dport",
                            "suppress_prefixlen", "l3mdev"}) {
      if (!entry.has(key)) continue;
      leave_out(host, fmt::format("rule {}: it has \"{}\"", entry.number("priority", 0), key));
      return;
    }
    if (!table.empty()) host.rules.push_back(words_of_rule(entry, table));
  });
}

void read_neighbours(const TextFile& file, HostFacts& host, Problems& problems) {
  for_each_entry(file, problems, [&](const Members& entry) {
    const auto address = entry.address("dst");
    if (!address) return;
    const JsonValue* state = entry.find("state");
    NeighbourFact neighbour{
        .address = *address,
        .device = entry.word("dev"),
        .state = state == nullptr || state->items.empty() ? std::string() : state->items[0].text,
        .mac = wire::parse_mac(entry.text("lladdr"))};
    host.neighbours.push_back(std::move(neighbour));
  });
}

}  // namespace lvslab::importer
