#include "admin/interfaces_file.h"

#include <algorithm>
#include <map>
#include <vector>

#include "admin/files.h"
#include "admin/machine.h"

namespace lvslab::admin {
namespace {

struct Stanza {
  std::string name, method;
  std::map<std::string, std::string> options;
  std::map<std::string, std::vector<std::string>> commands;  ///< by pre-up, up, down, post-down
};
struct InterfacesFile {
  std::vector<std::string> automatic;
  std::vector<Stanza> stanzas;
};

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  for (std::size_t p = 0; p < line.size();) {
    const std::size_t first = std::min(line.find_first_not_of(" \t\r", p), line.size());
    const std::size_t last = std::min(line.find_first_of(" \t\r", first), line.size());
    if (last > first) words.emplace_back(line.substr(first, last - first));
    p = last;
  }
  return words;
}

/// Values stand in commands between blanks: anything else than plain characters is left out.
std::string plain(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
        std::string_view(".:_-/+").find(c) != std::string_view::npos)
      result += c;
  }
  return result;
}

InterfacesFile read(const Machine& machine) {
  InterfacesFile result;
  std::string text;
  if (read_file(machine, std::string(kInterfacesFile), text) != FileError::kNone) return result;
  for (std::size_t p = 0; p < text.size();) {
    const std::size_t end = std::min(text.find('\n', p), text.size());
    const std::string_view line = std::string_view(text).substr(p, end - p);
    p = end + 1;
    const std::vector<std::string> words = words_of(line);
    if (words.empty() || words[0][0] == '#') continue;
    if (words[0] == "auto" || words[0] == "allow-hotplug") {
      result.automatic.insert(result.automatic.end(), words.begin() + 1, words.end());
    } else if (words[0] == "iface") {
      result.stanzas.push_back(
          {words.size() > 1 ? words[1] : "", words.size() > 3 ? words[3] : "", {}, {}});
    } else if (!result.stanzas.empty() && words.size() > 1) {
      Stanza& stanza = result.stanzas.back();
      const std::string key = words[0] == "post-up"    ? "up"
                              : words[0] == "pre-down" ? "down"
                                                       : words[0];
      if (key == "up" || key == "pre-up" || key == "down" || key == "post-down") {
        const std::size_t start = line.find(words[1], line.find(words[0]) + words[0].size());
        stanza.commands[key].emplace_back(line.substr(start));
      } else {
        stanza.options[key] = words[1];
      }
    }
  }
  return result;
}

std::string commands(const Stanza& stanza, const std::string& key) {
  std::string script;
  const auto it = stanza.commands.find(key);
  if (it == stanza.commands.end()) return script;
  for (const std::string& command : it->second) script += command + "\n";
  return script;
}

std::string option(const Stanza& stanza, const std::string& key) {
  const auto it = stanza.options.find(key);
  return it == stanza.options.end() ? std::string() : plain(it->second);
}

/// "A/L" of address and netmask.
std::string address_of(const Stanza& stanza) {
  std::string address = option(stanza, "address");
  if (address.empty() || address.find('/') != std::string::npos) return address;
  std::string mask = option(stanza, "netmask");
  if (const auto dotted = wire::parse_ipv4(mask)) {
    int length = 0;
    while (length < 32 && (dotted->value >> (31 - length) & 1) != 0) ++length;
    mask = std::to_string(length);
  }
  if (mask.empty()) mask = "32";
  return address + "/" + mask;
}

std::string up(const Stanza& stanza) {
  const std::string name = plain(stanza.name);
  const std::string device = name.substr(0, name.find(':'));
  const std::string failed = " || { echo 'ifup: failed to bring up " + name + "' >&2; exit 1; }\n";
  std::string script = commands(stanza, "pre-up");
  if (const std::string mtu = option(stanza, "mtu"); !mtu.empty())
    script += "ip link set dev " + device + " mtu " + mtu + failed;
  const std::string address = address_of(stanza);
  if (!address.empty() && stanza.method == "static") {
    const std::string broadcast = option(stanza, "broadcast");
    script += "ip addr add " + address + " broadcast " + (broadcast.empty() ? "+" : broadcast) +
              " dev " + device + " label " + name + failed;
  }
  script += "ip link set dev " + device + " up" + failed;
  if (stanza.method == "dhcp")
    return script + "echo 'ifup: failed to bring up " + name + "' >&2\nexit 1\n";
  if (const std::string gateway = option(stanza, "gateway"); !gateway.empty())
    script += "ip route add default via " + gateway + " dev " + device + " onlink" + failed;
  return script + commands(stanza, "up");
}

std::string down(const Stanza& stanza) {
  const std::string name = plain(stanza.name);
  const std::string device = name.substr(0, name.find(':'));
  std::string script = commands(stanza, "down");
  if (name != device) {
    script += "ip addr flush dev " + device + " label " + name + "\n";
  } else {
    if (stanza.method == "static") script += "ip addr flush dev " + device + "\n";
    script += "ip link set dev " + device + " down\n";
  }
  return script + commands(stanza, "post-down");
}

std::string of_name(const Machine& machine, std::string_view name, bool brings_up) {
  std::string script;
  for (const Stanza& stanza : read(machine).stanzas) {
    if (stanza.name == name) script += brings_up ? up(stanza) : down(stanza);
  }
  return script;
}

}  // namespace

std::string debian_ifup_script(const Machine& machine, std::string_view name) {
  return of_name(machine, name, true);
}

std::string debian_ifdown_script(const Machine& machine, std::string_view name) {
  return of_name(machine, name, false);
}

std::string debian_all_script(const Machine& machine, bool brings_up) {
  std::string script = "status=0\n";
  for (const std::string& name : read(machine).automatic)
    script += (brings_up ? "ifup " : "ifdown ") + plain(name) + " || status=1\n";
  return script + "exit $status\n";
}

}  // namespace lvslab::admin
