#include "admin/ifcfg.h"

#include <algorithm>
#include <optional>

#include "admin/files.h"
#include "admin/machine.h"

namespace lvslab::admin {
namespace {

constexpr std::size_t kMostAddresses = 256;
constexpr std::uint8_t kNoLength = 255;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

std::uint8_t classful(wire::Ipv4 address) {
  const std::uint32_t first = address.value >> 24;
  return first < 128 ? 8 : first < 192 ? 16 : 24;
}

std::optional<std::uint8_t> length_of_mask(std::string_view text) {
  const auto mask = wire::parse_ipv4(text);
  if (!mask) return std::nullopt;
  std::uint8_t length = 0;
  while (length < 32 && (mask->value >> (31 - length) & 1) != 0) ++length;
  return length;
}

/// What goes into a script must be one plain word: an address, a name, a number.
std::string word(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '.' || c == ':' || c == '_' || c == '-' || c == '/' || c == '+';
    if (plain) result += c;
  }
  return result;
}

const Ifcfg* find(const std::vector<Ifcfg>& files, std::string_view name) {
  if (name.starts_with("ifcfg-")) name.remove_prefix(6);
  for (const Ifcfg& file : files) {
    if (file.name == name) return &file;
  }
  for (const Ifcfg& file : files) {
    if (file.device() == name) return &file;
  }
  return nullptr;
}

/// Adds an address as ifup does: asks the LAN whether it is free, puts it on, announces it. lo does
/// neither the first nor the last.
std::string add_address(const Ifcfg& file, const wire::Prefix& address, std::string_view scope) {
  const std::string device = word(file.parent()), label = word(file.device());
  const std::string a = to_string(address.address);
  const std::string whole = to_string(wire::Prefix{address.address, address.length});
  const bool loopback = device == "lo";
  std::string script =
      "if ! ip -o -4 addr show dev " + device + " | grep -q ' inet " + whole + " '; then\n";
  if (!loopback && !file.says_no("ARPCHECK")) {
    script += "  if ! found=$(arping -c 2 -w 3 -D -I " + device + " " + a +
              "); then\n    mac=$(echo \"$found\" | grep reply | head -n 1 | cut -d '[' -f 2 | "
              "cut -d ']' -f 1)\n    echo \"Error, some other host ($mac) already uses address " +
              a + ".\" >&2\n    exit 1\n  fi\n";
  }
  const std::string broadcast = word(file.get("BROADCAST"));
  script += "  ip addr add " + whole + " brd " + (broadcast.empty() ? "+" : broadcast) + " dev " +
            device + std::string(scope) + " label " + label + " || echo \"Error adding address " +
            a + " for " + device + ".\" >&2\nfi\n";
  if (!loopback && !file.says_no("ARPUPDATE")) {
    script += "arping -q -A -c 1 -I " + device + " " + a + "\n( sleep 2; arping -q -U -c 1 -I " +
              device + " " + a + " ) > /dev/null 2>&1 &\n";
  }
  return script;
}

std::vector<wire::Prefix> with_lengths(const Ifcfg& file, const Ifcfg* parent) {
  std::vector<wire::Prefix> result = file.addresses();
  for (wire::Prefix& prefix : result) {
    if (prefix.length != kNoLength) continue;
    const auto inherited = parent == nullptr ? std::vector<wire::Prefix>() : parent->addresses();
    prefix.length = !inherited.empty() && inherited[0].length != kNoLength
                        ? inherited[0].length
                        : classful(prefix.address);
  }
  return result;
}

std::string alias_script(const Ifcfg& file, const Ifcfg* parent) {
  std::string script;
  for (const wire::Prefix& address : with_lengths(file, parent))
    script += add_address(file, address, "");
  return script;
}

/// route-eth0: lines as for `ip route add`, or ADDRESSn, NETMASKn, GATEWAYn.
std::string static_routes(const Machine& machine, const std::string& device) {
  std::string text, script;
  if (read_file(machine, std::string(kIfcfgFolder) + "route-" + device, text) != FileError::kNone)
    return {};
  const auto keys = read_assignments(text);
  const auto get = [&](const std::string& key) {
    const auto it = keys.find(key);
    return it == keys.end() ? std::string() : word(it->second);
  };
  for (int i = 0; i < 100; ++i) {
    const std::string n = std::to_string(i);
    if (get("ADDRESS" + n).empty()) continue;
    const auto length = length_of_mask(get("NETMASK" + n));
    const std::string gateway = get("GATEWAY" + n);
    script += "ip route add " + get("ADDRESS" + n) + "/" + std::to_string(length.value_or(32)) +
              (gateway.empty() ? "" : " via " + gateway) + " dev " + device + "\n";
  }
  for (std::size_t p = 0; p < text.size();) {
    const std::size_t end = std::min(text.find('\n', p), text.size());
    const std::string_view line = trim(std::string_view(text).substr(p, end - p));
    p = end + 1;
    if (line.empty() || line[0] == '#' || line.find('=') != std::string_view::npos) continue;
    std::string words;
    for (std::size_t q = 0; q < line.size();) {
      const std::size_t stop = std::min(line.find(' ', q), line.size());
      if (stop > q) words += " " + word(line.substr(q, stop - q));
      q = stop + 1;
    }
    script += "ip route add" + words +
              (words.find(" dev ") == std::string::npos ? " dev " + device : "") + "\n";
  }
  return script;
}

std::string gateway_script(const Machine& machine, const Ifcfg& file,
                           const std::vector<wire::Prefix>& addresses) {
  if (file.says_no("DEFROUTE")) return {};
  std::string gateway = file.get("GATEWAY"), text;
  if (gateway.empty() && read_file(machine, "/etc/sysconfig/network", text) == FileError::kNone) {
    const auto keys = read_assignments(text);
    if (const auto it = keys.find("GATEWAY"); it != keys.end()) gateway = it->second;
  }
  const auto address = wire::parse_ipv4(gateway);
  if (!address) return {};
  const bool near = std::any_of(addresses.begin(), addresses.end(),
                                [&](const wire::Prefix& p) { return p.contains(*address); });
  return near ? "ip route replace default via " + to_string(*address) + "\n" : std::string();
}

std::string device_script(const Machine& machine, const Ifcfg& file) {
  const std::string device = word(file.device());
  std::string script;
  if (const std::size_t dot = device.find('.');
      dot != std::string::npos && file.get("VLAN") == "yes") {
    script += "ip link show " + device + " > /dev/null 2>&1 || ip link add link " +
              device.substr(0, dot) + " name " + device + " type vlan id " +
              device.substr(dot + 1) + "\n";
  } else if (machine.host().find_interface(device) == nullptr) {
    return "echo 'Device " + device +
           " does not seem to be present, delaying initialization.' >&2\nexit 1\n";
  }
  if (const std::string mac = word(file.get("MACADDR")); !mac.empty())
    script += "ip link set dev " + device + " address " + mac + "\n";
  if (const std::string mtu = word(file.get("MTU")); !mtu.empty())
    script += "ip link set dev " + device + " mtu " + mtu + "\n";
  script += "ip link set dev " + device + " up\n";
  const std::string protocol = file.get("BOOTPROTO");
  if (protocol == "dhcp" || protocol == "bootp") {
    return script + "echo 'Determining IP information for " + device + "... failed.' >&2\nexit 1\n";
  }
  const auto addresses = with_lengths(file, nullptr);
  for (const wire::Prefix& address : addresses)
    script += add_address(file, address, device == "lo" ? " scope host" : "");
  script += gateway_script(machine, file, addresses);
  const bool zeroconf = device != "lo" && !addresses.empty() && file.get("NOZEROCONF").empty();
  if (zeroconf) {
    const net::Interface* nic = machine.host().find_interface(device);
    const int metric = 1'000 + (nic == nullptr ? 0 : nic->ifindex);
    script += "ip route add 169.254.0.0/16 dev " + device + " metric " + std::to_string(metric) +
              " scope link 2> /dev/null\n";
  }
  return script + static_routes(machine, device);
}

}  // namespace

std::string Ifcfg::get(std::string_view key) const {
  const auto it = keys.find(key);
  return it == keys.end() ? std::string() : it->second;
}

std::string Ifcfg::device() const {
  const std::string given = get("DEVICE");
  return given.empty() ? name : given;
}

bool Ifcfg::says_no(std::string_view key) const {
  std::string value = get(key);
  for (char& c : value) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return value == "no" || value == "n" || value == "false" || value == "0";
}

std::vector<wire::Prefix> Ifcfg::addresses() const {
  std::vector<wire::Prefix> result;
  for (int i = -1; i < static_cast<int>(kMostAddresses); ++i) {
    const std::string n = i < 0 ? "" : std::to_string(i);
    const auto address = wire::parse_ipv4(get("IPADDR" + n));
    if (!address) continue;
    std::uint8_t length = kNoLength;
    if (const auto mask = length_of_mask(get("NETMASK" + n))) length = *mask;
    const std::string prefix = get("PREFIX" + n);
    if (!prefix.empty() && prefix.size() < 3 &&
        prefix.find_first_not_of("0123456789") == std::string::npos && std::stoi(prefix) <= 32)
      length = static_cast<std::uint8_t>(std::stoi(prefix));
    result.push_back({*address, length});
  }
  return result;
}

std::map<std::string, std::string, std::less<>> read_assignments(std::string_view text) {
  std::map<std::string, std::string, std::less<>> keys;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = line.find('=');
    if (line.empty() || line[0] == '#' || equals == std::string_view::npos) continue;
    std::string_view value = line.substr(equals + 1);
    if (!value.empty() && (value[0] == '"' || value[0] == '\'')) {
      const std::size_t quote = value.find(value[0], 1);
      value = value.substr(1, quote == std::string_view::npos ? quote : quote - 1);
    } else {
      value = value.substr(0, value.find_first_of(" \t#;"));
    }
    keys[std::string(trim(line.substr(0, equals)))] = std::string(value);
  }
  return keys;
}

std::vector<Ifcfg> ifcfg_files(const Machine& machine) {
  std::vector<Ifcfg> result;
  const std::string prefix = std::string(kIfcfgFolder) + "ifcfg-";
  const auto& files = machine.files();
  for (auto it = files.lower_bound(prefix); it != files.end(); ++it) {
    const auto& [path, file] = *it;
    if (!path.starts_with(prefix)) break;
    if (file.directory || path.ends_with('~') || path.ends_with(".bak") ||
        path.ends_with(".orig") || path.ends_with(".rpmsave") || path.ends_with(".rpmnew"))
      continue;
    result.push_back({path.substr(prefix.size()), path, read_assignments(file.text)});
  }
  return result;
}

std::string ifup_script(const Machine& machine, std::string_view name) {
  const std::vector<Ifcfg> files = ifcfg_files(machine);
  const Ifcfg* file = find(files, name);
  if (file == nullptr && name != "lo") return {};
  if (file != nullptr && file->alias()) return alias_script(*file, find(files, file->parent()));
  std::string script = file == nullptr ? "ip link set dev lo up\n" : device_script(machine, *file);
  const std::string device = file == nullptr ? "lo" : file->device();
  for (const Ifcfg& other : files) {
    if (other.alias() && other.parent() == device && !other.says_no("ONPARENT"))
      script += alias_script(other, file);
  }
  return script;
}

std::string ifdown_script(const Machine& machine, std::string_view name) {
  const std::vector<Ifcfg> files = ifcfg_files(machine);
  const Ifcfg* file = find(files, name);
  if (file == nullptr) return name == "lo" ? "ip link set dev lo down\n" : "";
  const std::string device = word(file->parent());
  if (file->alias()) return "ip addr flush dev " + device + " label " + word(file->device()) + "\n";
  if (device == "lo") return "ip link set dev lo down\n";
  return "ip addr flush dev " + device + " scope global\nip link set dev " + device + " down\n";
}

std::string network_script(const Machine& machine, bool stop, bool start) {
  const std::vector<Ifcfg> files = ifcfg_files(machine);
  std::string script = "status=0\n";
  const auto step = [&](const std::string& command) { script += command + " || status=1\n"; };
  for (const Ifcfg& file : files) {
    if (stop && !file.alias() && file.device() != "lo") step("ifdown " + word(file.name));
  }
  if (start) {
    step("ifup lo");
    for (const Ifcfg& file : files) {
      if (!file.alias() && file.device() != "lo" && !file.says_no("ONBOOT"))
        step("ifup " + word(file.name));
    }
    // An alias whose interface was configured in some other way comes up alone.
    for (const Ifcfg& file : files) {
      if (file.alias() && file.parent() != "lo" && !file.says_no("ONBOOT") &&
          find(files, file.parent()) == nullptr)
        step("ifup " + word(file.name));
    }
  }
  return script + "exit $status\n";
}

}  // namespace lvslab::admin
