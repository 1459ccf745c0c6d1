#include "replay/table_lines.h"

#include <algorithm>
#include <charconv>

namespace lvslab::replay {
namespace {

using Lines = std::vector<TableLine>;

// The words of a key or value; missing ones are empty.
template <std::size_t kCount>
std::array<std::string, kCount> words(std::string_view text) {
  std::array<std::string, kCount> list;
  for (std::string& word : list) {
    const std::size_t end = text.find(' ');
    word = std::string(text.substr(0, end));
    text = end == std::string_view::npos ? "" : text.substr(end + 1);
  }
  return list;
}

std::string protocol_name(std::uint32_t number) {
  switch (number) {
    case 1:
      return "ICMP";
    case 6:
      return "TCP";
    case 17:
      return "UDP";
    case 132:
      return "SCTP";
    default:
      return number == 0 ? "" : std::to_string(number);
  }
}

std::string method_name(std::uint64_t method) {
  constexpr const char* kNames[] = {"Masq", "Local", "Tunnel", "Route", "Bypass", "FullNat"};
  return method < std::size(kNames) ? kNames[method] : std::to_string(method);
}

std::uint32_t number(std::string_view text) {
  std::uint32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The note behind an entry has what its text leaves out.
Note note_of(Store& store, std::uint64_t event) {
  const auto row = store.row_of(event);
  if (!row) return {};
  const auto [turn, thing] = store.at(*row);
  return turn->things[thing].note;
}

template <typename Add>
Lines each(const Fold& fold, std::string_view table, const Add& add) {
  Lines lines;
  const auto* entries = fold.find(table);
  if (entries == nullptr) return lines;
  for (const auto& [key, entry] : *entries) {
    if (lines.size() > kMostLines) break;
    lines.push_back({key, add(key, entry), entry.event});
  }
  return lines;
}

using Cells = std::vector<std::string>;

Lines interfaces(Store&, NodeIndex, const Fold& fold) {
  return each(fold, "interfaces", [](const std::string& key, const Entry& entry) {
    const std::uint32_t flags = number(entry.value);
    return Cells{key, (flags & 1) != 0 ? "UP" : "DOWN", (flags & 2) != 0 ? "LOWER_UP" : ""};
  });
}

Lines addresses(Store&, NodeIndex, const Fold& fold) {
  return each(fold, "addresses", [](const std::string& key, const Entry& entry) {
    const auto [device, address] = words<2>(key);
    return Cells{device, address, entry.value == device ? "" : entry.value};
  });
}

Lines routes(Store&, NodeIndex, const Fold& fold) {
  Lines lines = each(fold, "routes", [](const std::string& key, const Entry& entry) {
    const auto [table, prefix] = words<2>(key);
    const auto [gateway, device] = words<2>(entry.value);
    return Cells{prefix == "0.0.0.0/0" ? "default" : prefix, gateway == "0.0.0.0" ? "" : gateway,
                 device, table};
  });
  // As `ip route` prints first: what sends packets elsewhere before what is the host's own.
  std::stable_sort(lines.begin(), lines.end(), [](const TableLine& a, const TableLine& b) {
    return (a.cells[3] == "local") < (b.cells[3] == "local");
  });
  return lines;
}

Lines neighbours(Store& store, NodeIndex, const Fold& fold) {
  return each(fold, "neighbours", [&](const std::string& key, const Entry& entry) {
    const auto [device, address] = words<2>(key);
    auto [mac, state] = words<2>(entry.value);
    if (state.empty()) std::swap(mac, state);
    const auto parsed = wire::parse_mac(mac);
    return Cells{address, device, mac, state, parsed ? store.scene().mac_text(*parsed) : ""};
  });
}

Lines macs(Store& store, NodeIndex, const Fold& fold) {
  return each(fold, "macs", [&](const std::string& key, const Entry& entry) {
    const auto [vlan, mac] = words<2>(key);
    const auto parsed = wire::parse_mac(mac);
    return Cells{mac, entry.value, vlan, parsed ? store.scene().mac_text(*parsed) : ""};
  });
}

Lines ipvs(Store& store, NodeIndex, const Fold& fold) {
  Lines lines;
  const auto* services = fold.find("services");
  const auto* destinations = fold.find("destinations");
  if (services == nullptr) return lines;
  for (const auto& [key, service] : *services) {
    const Note note = note_of(store, service.event);
    const bool marked = key.starts_with("0.0.0.0:");
    lines.push_back({key,
                     {marked ? "FWM" : protocol_name(note.z), marked ? key.substr(8) : key,
                      service.value, "", "", ""},
                     service.event});
    if (destinations == nullptr) continue;
    for (auto at = destinations->lower_bound(key + " ");
         at != destinations->end() && at->first.starts_with(key + " "); ++at) {
      if (lines.size() > kMostLines) return lines;
      const std::string server = at->first.substr(key.size() + 1);
      const Note about = note_of(store, at->second.event);
      const auto [weight, active, inactive] = words<3>(at->second.value);
      lines.push_back({at->first,
                       {"->", server, method_name(about.m & 0xff), weight, active, inactive},
                       at->second.event});
    }
  }
  return lines;
}

Lines connections(Store& store, NodeIndex, const Fold& fold) {
  return each(fold, "connections", [&](const std::string& key, const Entry& entry) {
    const auto [client, service] = words<2>(key);
    const auto [state, server] = words<2>(entry.value);
    const Note note = note_of(store, entry.event);
    return Cells{protocol_name(note.z), state, client, service,
                 server + ":" + std::to_string(note.m & 0xffff)};
  });
}

Lines sockets(Store&, NodeIndex, const Fold& fold) {
  return each(fold, "sockets", [](const std::string& key, const Entry& entry) {
    auto [protocol, local, remote] = words<3>(key);
    if (remote == "0.0.0.0:0") remote = "0.0.0.0:*";
    return Cells{protocol_name(number(protocol)), entry.value, local, remote};
  });
}

constexpr TableKind kKinds[] = {
    {"interfaces", "ip link", false, {"Device", "State", "Carrier"}, interfaces},
    {"addresses", "ip addr", false, {"Device", "Address", "Label"}, addresses},
    {"routes", "ip route", false, {"Destination", "Gateway", "Device", "Table"}, routes},
    {"neighbours", "ip neigh", false, {"Address", "Device", "MAC", "State", "Whose"}, neighbours},
    {"ipvs",
     "ipvsadm -Ln",
     false,
     {"Prot", "Address:Port", "Scheduler / Forward", "Weight", "ActiveConn", "InActConn"},
     ipvs},
    {"connections",
     "ipvsadm -Lnc",
     false,
     {"Prot", "State", "Source", "Virtual", "Destination"},
     connections},
    {"sockets", "ss -an", false, {"Prot", "State", "Local", "Peer"}, sockets},
    {"macs", "bridge fdb", true, {"MAC", "Port", "VLAN", "Whose"}, macs},
};

}  // namespace

std::span<const TableKind> table_kinds() { return kKinds; }

}  // namespace lvslab::replay
