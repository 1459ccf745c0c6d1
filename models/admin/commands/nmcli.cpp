// nmcli: NetworkManager's connections at the prompt.
#include <algorithm>

#include "admin/commands/commands.h"
#include "admin/commands/words.h"
#include "admin/network_manager.h"

namespace lvslab::admin {
namespace {

int usage(CommandContext& context, const std::string& word) {
  context.err += "Error: argument '" + word + "' not understood. Try passing --help instead.\n";
  return 2;
}

int unknown(CommandContext& context, const std::string& name) {
  context.err += "Error: unknown connection '" + name + "'.\n";
  return 10;
}

std::string full_name(const NmConnection& connection) {
  return "'" + connection.id + "' (" + connection.uuid + ")";
}

// NAME, or after one of the words id, uuid, path, ifname.
std::string connection_name(const std::vector<std::string>& words, std::size_t from) {
  if (from >= words.size()) return {};
  const bool qualified = words[from] == "id" || words[from] == "uuid" || words[from] == "path" ||
                         words[from] == "ifname";
  return qualified ? (from + 1 < words.size() ? words[from + 1] : "") : words[from];
}

int up(CommandContext& context, const std::string& name) {
  NetworkManager& manager = context.machine.network_manager();
  const NmConnection* connection = manager.find(name);
  if (connection == nullptr) return unknown(context, name);
  const std::string error = manager.activate(context.turn, *connection);
  if (!error.empty()) {
    context.err += error + "\n";
    return 4;
  }
  context.out +=
      "Connection successfully activated (D-Bus active path: "
      "/org/freedesktop/NetworkManager/ActiveConnection/" +
      std::to_string(manager.activations()) + ")\n";
  return 0;
}

int down(CommandContext& context, const std::string& name) {
  NetworkManager& manager = context.machine.network_manager();
  const NmConnection* connection = manager.find(name);
  if (connection == nullptr || manager.active_on(connection->interface) != connection) {
    context.err += "Error: '" + name +
                   "' is not an active connection.\nError: no active connection provided.\n";
    return 10;
  }
  manager.deactivate(context.turn, connection->interface);
  context.out += "Connection '" + connection->id +
                 "' successfully deactivated (D-Bus active path: "
                 "/org/freedesktop/NetworkManager/ActiveConnection/" +
                 std::to_string(manager.activations()) + ")\n";
  return 0;
}

int remove(CommandContext& context, const std::vector<std::string>& words) {
  NetworkManager& manager = context.machine.network_manager();
  int status = 0;
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (words[i] == "id" || words[i] == "uuid") continue;
    const NmConnection* connection = manager.find(words[i]);
    if (connection == nullptr) {
      status = unknown(context, words[i]);
      continue;
    }
    context.out += "Connection " + full_name(*connection) + " successfully deleted.\n";
    manager.remove(context.turn, *connection);
  }
  return status;
}

int show(CommandContext& context, bool active_only) {
  NetworkManager& manager = context.machine.network_manager();
  std::size_t width = 4;
  for (const NmConnection& c : manager.connections()) width = std::max(width, c.id.size());
  context.out += pad_right("NAME", width) + "  " + pad_right("UUID", 36) + "  " +
                 pad_right("TYPE", 9) + "  DEVICE \n";
  for (const NmConnection& c : manager.connections()) {
    const bool active = manager.active_on(c.interface) == &c;
    if (active_only && !active) continue;
    context.out += pad_right(c.id, width) + "  " + c.uuid + "  " + pad_right(c.type, 9) + "  " +
                   pad_right(active ? c.interface : "--", 6) + " \n";
  }
  return 0;
}

int devices(CommandContext& context) {
  NetworkManager& manager = context.machine.network_manager();
  context.out += "DEVICE  TYPE      STATE         CONNECTION \n";
  for (const net::Interface& nic : context.machine.host().interfaces()) {
    if (nic.removed) continue;
    const NmConnection* active = manager.active_on(nic.name);
    const std::string type = nic.loopback()                           ? "loopback"
                             : nic.kind == net::InterfaceKind::kDummy ? "dummy"
                             : nic.kind == net::InterfaceKind::kIpip  ? "iptunnel"
                             : nic.kind == net::InterfaceKind::kVlan  ? "vlan"
                                                                      : "ethernet";
    context.out += pad_right(nic.name, 6) + "  " + pad_right(type, 8) + "  " +
                   pad_right(active != nullptr ? "connected" : "disconnected", 12) + "  " +
                   pad_right(active != nullptr ? active->id : "--", 10) + " \n";
  }
  return 0;
}

// One property of `con add` and `con modify`; an error's text, or empty.
std::string set_property(NmConnection& connection, std::string key, const std::string& value) {
  const bool adds = key.starts_with('+');
  if (adds || key.starts_with('-')) key.erase(0, 1);
  if (key == "ip4") key = "ipv4.addresses";
  if (key == "gw4") key = "ipv4.gateway";
  if (key == "ipv4.addresses" || key == "ipv4.address") {
    if (!adds) connection.addresses.clear();
    for (std::string_view rest = value; !rest.empty();) {
      const std::size_t end = std::min(rest.find_first_of(", "), rest.size());
      const std::string_view item = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (item.empty()) continue;
      const auto prefix = wire::parse_prefix(item);
      if (!prefix || connection.addresses.size() > 255) {
        return "Error: failed to modify ipv4.addresses: invalid IP address: Invalid IPv4 address "
               "'" +
               std::string(item) + "'.";
      }
      connection.addresses.push_back(*prefix);
    }
    return {};
  }
  if (key == "ipv4.gateway") {
    const auto gateway = wire::parse_ipv4(value);
    if (!gateway && !value.empty())
      return "Error: failed to modify ipv4.gateway: invalid IP address: '" + value + "'.";
    connection.gateway = gateway.value_or(wire::Ipv4{});
    return {};
  }
  if (key == "ipv4.method") {
    if (value == "manual" && connection.addresses.empty()) {
      return "Error: Failed to modify connection '" + connection.id +
             "': ipv4.addresses: this property cannot be empty for 'method=manual'";
    }
    connection.manual = value == "manual";
  } else if (key == "connection.id" || key == "con-name") {
    connection.id = value;
  } else if (key == "connection.interface-name" || key == "ifname") {
    connection.interface = value;
  } else if (key == "connection.type" || key == "type") {
    connection.type = value;
  } else if (key == "connection.autoconnect" || key == "autoconnect") {
    connection.autoconnect = value != "no" && value != "false";
  } else if (key == "ipv4.never-default") {
    connection.never_default = value == "yes" || value == "true";
  } else if (!key.starts_with("ipv4.dns") && !key.starts_with("ipv6.")) {
    return "Error: invalid property '" + key + "'.";
  }
  return {};
}

int set_properties(CommandContext& context, NmConnection& connection,
                   const std::vector<std::string>& words, std::size_t from) {
  // The method is checked against the addresses, wherever it stands among them.
  std::vector<std::pair<std::string, std::string>> last;
  for (std::size_t i = from; i < words.size(); i += 2) {
    if (i + 1 >= words.size()) {
      context.err += "Error: value for '" + words[i] + "' is missing.\n";
      return 2;
    }
    if (words[i] == "ipv4.method") {
      last.emplace_back(words[i], words[i + 1]);
      continue;
    }
    if (const std::string error = set_property(connection, words[i], words[i + 1]);
        !error.empty()) {
      context.err += error + "\n";
      return 2;
    }
  }
  for (const auto& [key, value] : last) {
    if (const std::string error = set_property(connection, key, value); !error.empty()) {
      context.err += error + "\n";
      return 2;
    }
  }
  return 0;
}

int add(CommandContext& context, const std::vector<std::string>& words) {
  NmConnection connection;
  if (const int status = set_properties(context, connection, words, 2); status != 0) return status;
  if (context.machine.network_manager().connections().size() > 255) return 1;
  if (connection.id.empty()) connection.id = connection.type + "-" + connection.interface;
  connection.manual = !connection.addresses.empty();
  NmConnection& added = context.machine.network_manager().add(std::move(connection));
  context.machine.network_manager().save(added);
  context.out += "Connection " + full_name(added) + " successfully added.\n";
  if (added.autoconnect) (void)context.machine.network_manager().activate(context.turn, added);
  return 0;
}

int modify(CommandContext& context, const std::vector<std::string>& words) {
  const bool qualified = words.size() > 2 && (words[2] == "id" || words[2] == "uuid");
  const std::string name = connection_name(words, 2);
  NmConnection* connection = context.machine.network_manager().find(name);
  if (connection == nullptr) return unknown(context, name);
  NmConnection changed = *connection;
  const int status = set_properties(context, changed, words, qualified ? 4 : 3);
  if (status == 0) {
    *connection = std::move(changed);
    context.machine.network_manager().save(*connection);
  }
  return status;
}

int connection(CommandContext& context, const std::vector<std::string>& words) {
  const std::string verb = words.size() > 1 ? words[1] : "show";
  const std::string name = connection_name(words, 2);
  const auto is = [&](std::string_view full) { return abbreviates(verb, full); };
  if (is("show"))
    return show(context, std::find(words.begin(), words.end(), "--active") != words.end());
  if (is("up") || is("down")) {
    if (!name.empty()) return is("up") ? up(context, name) : down(context, name);
    context.err += "Error: No connection specified.\n";
    return 2;
  }
  if (is("reload")) {
    context.machine.network_manager().reload();
    return 0;
  }
  if (is("load")) {
    context.machine.network_manager().reload();
    return 0;
  }
  if (is("delete")) return words.size() > 2 ? remove(context, words) : usage(context, verb);
  if (is("add")) return add(context, words);
  if (is("modify")) return modify(context, words);
  return usage(context, verb);
}

}  // namespace

CommandResult run_nmcli(CommandContext& context) {
  std::vector<std::string> words;
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    if (words.empty() && (word == "-t" || word == "-p")) continue;
    if (words.empty() && (word == "-f" || word == "-g" || word == "-w")) {
      ++i;
      continue;
    }
    words.push_back(word);
  }
  if (words.empty()) return devices(context);
  if (abbreviates(words[0], "connection")) return connection(context, words);
  if (abbreviates(words[0], "device")) {
    const std::string verb = words.size() > 1 ? words[1] : "status";
    if (abbreviates(verb, "status") || abbreviates(verb, "show")) return devices(context);
    const NmConnection* active =
        words.size() > 2 ? context.machine.network_manager().find(words[2]) : nullptr;
    if (active == nullptr && words.size() > 2) {
      context.err += "Error: Device '" + words[2] + "' not found.\n";
      return 10;
    }
    if (active != nullptr && (abbreviates(verb, "connect") || abbreviates(verb, "reapply")))
      return up(context, active->id);
    if (active != nullptr && abbreviates(verb, "disconnect")) return down(context, active->id);
    return usage(context, verb);
  }
  if (abbreviates(words[0], "general") || abbreviates(words[0], "networking")) return 0;
  context.err += "Error: argument '" + words[0] + "' not understood. Try passing --help instead.\n";
  return 2;
}

}  // namespace lvslab::admin
