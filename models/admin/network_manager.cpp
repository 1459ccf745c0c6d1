#include "admin/network_manager.h"

#include <algorithm>
#include <cstdio>

#include "admin/ifcfg.h"
#include "admin/machine.h"
#include "base/random.h"

namespace lvslab::admin {
namespace {

constexpr std::string_view kFolder = "/etc/NetworkManager/system-connections/";
constexpr std::size_t kMostEntries = 256;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

std::string_view next_field(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view field = trim(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return field;
}

// "192.168.0.21/24,192.168.0.1": the gateway of the first address that has one is the default
// route's.
void take_address(NmConnection& connection, std::string_view value) {
  if (const std::size_t comment = value.find('#'); comment != std::string_view::npos)
    value = value.substr(0, comment);
  const std::string_view address = next_field(value, ',');
  auto prefix = wire::parse_prefix(address);
  if (!prefix || connection.addresses.size() >= kMostEntries) return;
  if (address.find('/') == std::string_view::npos) prefix->length = 24;
  connection.addresses.push_back(*prefix);
  const auto gateway = wire::parse_ipv4(trim(value));
  if (gateway && connection.gateway.is_zero()) connection.gateway = *gateway;
}

void take_route(NmConnection& connection, std::string_view value) {
  NmRoute route;
  const auto prefix = wire::parse_prefix(next_field(value, ','));
  if (!prefix || connection.routes.size() >= kMostEntries) return;
  route.destination = *prefix;
  if (const auto gateway = wire::parse_ipv4(next_field(value, ','))) route.gateway = *gateway;
  std::uint32_t metric = 0;
  const std::string_view digits = trim(value);
  for (const char c : digits)
    metric = c >= '0' && c <= '9' ? (metric * 10 + static_cast<std::uint32_t>(c - '0')) : metric;
  if (!digits.empty()) route.metric = metric;
  connection.routes.push_back(route);
}

std::uint32_t metric_of(const NmConnection& connection) {
  if (connection.type == "bridge") return 425;
  if (connection.type == "vlan") return 400;
  if (connection.type == "dummy") return 550;
  if (connection.type == "ip-tunnel") return 675;
  return 100;
}

}  // namespace

std::string uuid_of(std::string_view name) {
  const std::uint64_t a = hash_name(name);
  const std::uint64_t b = mix(a, 1);
  char text[40];
  std::snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(a >> 32),
                static_cast<unsigned>(a >> 16) & 0xffffu,
                0x3000u | (static_cast<unsigned>(a) & 0xfffu),
                0x8000u | (static_cast<unsigned>(b >> 48) & 0x3fffu),
                static_cast<unsigned long long>(b & 0xffffffffffffULL));
  return text;
}

std::optional<NmConnection> NetworkManager::parse(const std::string& path,
                                                  std::string_view text) const {
  NmConnection connection;
  connection.path = path;
  std::string_view section;
  while (!text.empty()) {
    const std::string_view line = next_field(text, '\n');
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (line.front() == '[') {
      section = trim(line.substr(1, line.find(']') - 1));
      continue;
    }
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = trim(line.substr(0, equals));
    const std::string_view value = trim(line.substr(equals + 1));
    if (section == "connection") {
      if (key == "id") connection.id = value;
      if (key == "uuid") connection.uuid = value;
      if (key == "type") connection.type = value;
      if (key == "interface-name") connection.interface = value;
      if (key == "autoconnect") connection.autoconnect = value != "false" && value != "no";
    } else if (section == "ipv4") {
      if (key == "method") connection.manual = value == "manual";
      if (key.starts_with("address") || key == "addresses") take_address(connection, value);
      if (key.starts_with("route") && key.find_first_of("_-") == std::string_view::npos)
        take_route(connection, value);
      if (key == "never-default") connection.never_default = value == "true" || value == "yes";
      if (key == "gateway") {
        if (const auto gateway = wire::parse_ipv4(value)) connection.gateway = *gateway;
      }
    }
  }
  if (connection.id.empty()) {
    connection.id = path.substr(
        kFolder.size(), path.size() - kFolder.size() - std::string_view(".nmconnection").size());
  }
  if (connection.uuid.empty()) connection.uuid = uuid_of(path);
  return connection;
}

void NetworkManager::reload() {
  std::erase_if(connections_, [](const NmConnection& c) { return !c.path.empty(); });
  const auto& files = machine_.files();
  for (auto it = files.lower_bound(std::string(kFolder)); it != files.end(); ++it) {
    const auto& [path, file] = *it;
    if (!path.starts_with(kFolder)) break;
    // A keyfile that others may read is ignored: it may hold secrets.
    if (!path.ends_with(".nmconnection") || file.directory || (file.mode & 0777) != 0600) continue;
    if (auto connection = parse(path, file.text)) connections_.push_back(std::move(*connection));
  }
  read_ifcfg();
}

void NetworkManager::save(NmConnection& connection) {
  if (connection.path.starts_with(kIfcfgFolder)) return;  // what stands there keeps its own form
  if (connection.path.empty()) {
    std::string name = connection.id;
    std::replace(name.begin(), name.end(), '/', '*');
    connection.path = std::string(kFolder) + name + ".nmconnection";
  }
  std::string text = "[connection]\nid=" + connection.id + "\nuuid=" + connection.uuid +
                     "\ntype=" + connection.type + "\ninterface-name=" + connection.interface +
                     "\n";
  if (!connection.autoconnect) text += "autoconnect=false\n";
  text += std::string("\n[ipv4]\nmethod=") + (connection.manual ? "manual" : "auto") + "\n";
  int number = 0;
  for (const wire::Prefix& address : connection.addresses)
    text += "address" + std::to_string(++number) + "=" + to_string(address.address) + "/" +
            std::to_string(address.length) + "\n";
  if (!connection.gateway.is_zero()) text += "gateway=" + to_string(connection.gateway) + "\n";
  number = 0;
  for (const NmRoute& route : connection.routes) {
    text += "route" + std::to_string(++number) + "=" + to_string(route.destination) + "," +
            to_string(route.gateway);
    if (route.metric) text += "," + std::to_string(*route.metric);
    text += "\n";
  }
  if (connection.never_default) text += "never-default=true\n";
  machine_.files()[connection.path] = {text, 0600, false};
}

// ifcfg files are connections too; aliases belong to their interface's. Bringing them all up is the
// network service's.
void NetworkManager::read_ifcfg() {
  const std::vector<Ifcfg> files = ifcfg_files(machine_);
  for (const Ifcfg& file : files) {
    if (file.alias() || file.device() == "lo") continue;
    NmConnection connection;
    connection.interface = file.device();
    connection.id = file.get("NAME").empty() ? "System " + file.device() : file.get("NAME");
    connection.path = file.path;
    connection.uuid = file.get("UUID").empty() ? uuid_of(file.path) : file.get("UUID");
    connection.autoconnect = !file.says_no("ONBOOT");
    connection.never_default = file.says_no("DEFROUTE");
    if (const auto gateway = wire::parse_ipv4(file.get("GATEWAY"))) connection.gateway = *gateway;
    for (const Ifcfg& other : files) {
      if (other.parent() != file.device()) continue;
      for (wire::Prefix address : other.addresses()) {
        if (address.length > 32) address.length = 24;
        connection.addresses.push_back(address);
      }
    }
    connection.manual = !connection.addresses.empty();
    connections_.push_back(std::move(connection));
  }
}

NmConnection* NetworkManager::find(std::string_view name) {
  for (NmConnection& connection : connections_) {
    if (connection.id == name || connection.uuid == name) return &connection;
  }
  for (NmConnection& connection : connections_) {
    if (connection.interface == name && !name.empty()) return &connection;
  }
  return nullptr;
}

NmConnection& NetworkManager::add(NmConnection connection) {
  if (connection.uuid.empty()) {
    connection.uuid =
        uuid_of(machine_.name() + "/" + connection.id + "/" + std::to_string(connections_.size()));
  }
  connections_.push_back(std::move(connection));
  return connections_.back();
}

void NetworkManager::remove(Turn& turn, const NmConnection& connection) {
  if (active_on(connection.interface) == &connection) deactivate(turn, connection.interface);
  if (!connection.path.empty()) machine_.files().erase(connection.path);
  const std::string uuid = connection.uuid;
  std::erase_if(connections_, [&](const NmConnection& c) { return c.uuid == uuid; });
}

const NmConnection* NetworkManager::active_on(std::string_view interface) const {
  const auto it = active_.find(interface);
  if (it == active_.end()) return nullptr;
  for (const NmConnection& connection : connections_) {
    if (connection.uuid == it->second.uuid) return &connection;
  }
  return nullptr;
}

void NetworkManager::deactivate(Turn& turn, const std::string& interface) {
  const auto it = active_.find(interface);
  if (it == active_.end()) return;
  net::Host& host = machine_.host();
  if (const net::Interface* nic = host.find_interface(interface)) {
    for (const net::Route& route : it->second.routes)
      host.remove_route(turn, route, true, true, true);
    for (const wire::Prefix& address : it->second.addresses) {
      host.remove_address(turn, nic->index, address.address, address.length);
    }
  }
  active_.erase(it);
}

void NetworkManager::add_route(Turn& turn, Active& active, net::Route route) {
  if (machine_.host().add_route(turn, route) == net::ConfigError::kNone)
    active.routes.push_back(route);
}

void NetworkManager::add_routes(Turn& turn, Active& active, const NmConnection& connection,
                                InterfaceIndex index) {
  const std::uint32_t metric = metric_of(connection);
  for (const NmRoute& route : connection.routes) {
    add_route(turn, active,
              {.destination = route.destination,
               .protocol = net::RouteProtocol::kStatic,
               .gateway = route.gateway,
               .device = index,
               .metric = route.metric.value_or(metric)});
  }
  if (!connection.gateway.is_zero() && !connection.never_default) {
    net::Route route{.destination = {{}, 0},
                     .protocol = net::RouteProtocol::kStatic,
                     .gateway = connection.gateway,
                     .device = index,
                     .metric = metric};
    // NetworkManager makes a gateway outside every network of the connection reachable on the link
    // first.
    const bool covered =
        std::any_of(connection.addresses.begin(), connection.addresses.end(),
                    [&](const wire::Prefix& p) { return p.contains(connection.gateway); });
    if (!covered) {
      add_route(turn, active,
                {.destination = {connection.gateway, 32},
                 .scope = net::Scope::kLink,
                 .protocol = net::RouteProtocol::kStatic,
                 .device = index,
                 .metric = metric});
    }
    add_route(turn, active, route);
  }
}

std::string NetworkManager::activate(Turn& turn, const NmConnection& connection) {
  net::Host& host = machine_.host();
  const std::string interface = connection.interface;
  const net::Interface* nic = host.find_interface(interface);
  if (nic == nullptr) {
    return "Error: Connection activation failed: No suitable device found for this connection "
           "(device " +
           (interface.empty() ? "--" : interface) + " not available).";
  }
  const InterfaceIndex index = nic->index;
  deactivate(turn, interface);
  host.set_up(turn, index, true);
  Active& active = active_[interface];
  active.uuid = connection.uuid;
  const std::uint32_t metric = metric_of(connection);
  const bool loopback = host.interface(index).loopback();
  for (const wire::Prefix& prefix : connection.addresses) {
    net::Address address;
    address.local = prefix.address;
    address.prefix_length = prefix.length;
    address.no_prefix_route = !loopback;
    address.label = interface;
    if (prefix.length < 31 && !loopback) address.broadcast = prefix.broadcast();
    if (prefix.address.is_loopback()) address.scope = net::Scope::kHost;
    if (host.add_address(turn, index, address) != net::ConfigError::kNone) continue;
    active.addresses.push_back(prefix);
    if (loopback || prefix.length == 32) continue;
    add_route(turn, active,
              {.destination = {prefix.network(), prefix.length},
               .scope = net::Scope::kLink,
               .protocol = net::RouteProtocol::kKernel,
               .device = index,
               .preferred_source = prefix.address,
               .metric = metric});
  }
  add_routes(turn, active, connection, index);
  ++activations_;
  return {};
}

void NetworkManager::activate_all(Turn& turn) {
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    const bool other = connections_[i].path.starts_with(kIfcfgFolder);
    if (connections_[i].autoconnect && !other) (void)activate(turn, connections_[i]);
  }
}

}  // namespace lvslab::admin
