#include "import/write.h"

#include <algorithm>
#include <map>
#include <set>

#include "fmt/format.h"

namespace lvslab::importer {
namespace {

using Kind = InterfaceFact::Kind;

constexpr std::uint32_t kLeastMtu = 68, kMostMtu = 9000;  // of the scenario language

/// Text from anywhere as part of a comment: one line, not too long.
std::string comment(std::string_view text) {
  constexpr std::size_t kMost = 240;
  std::string line;
  for (const char c : text) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  if (line.size() <= kMost) return line;
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80) --end;
  return line.substr(0, end) + " ...";
}

std::string indented(const std::string& text, const std::string& by) {
  std::string result = by;
  for (const char c : text) {
    result += c;
    if (c == '\n') result += by;
  }
  return result + "\n";
}

std::string serve_line(const std::string& host, const ListenFact& listens, const char* why) {
  if (listens.protocol == wire::Protocol::kUdp)
    return fmt::format("      - {{udp: {}, reply: echo}}  # guess: {}\n", listens.port, why);
  return fmt::format("      - {{tcp: {}, reply: \"{} {}\\n\"}}  # guess: {}\n", listens.port, host,
                     listens.port, why);
}

class Writer {
 public:
  Writer(const GuessedLab& lab, const std::vector<HostExtra>& extras) : lab_(lab), extras_(extras) {
    for (std::size_t host = 0; host < lab.hosts.size(); ++host) {
      for (const InterfaceFact& interface : lab.hosts[host].interfaces) {
        if (interface.kind != Kind::kVlan) continue;
        for (const AddressFact& address : interface.addresses) {
          const auto network = lab.network_around(address.prefix.address);
          if (network) vlans_.emplace(*network, interface.vlan);
        }
      }
    }
  }

  std::string write() {
    head();
    text_ += "\nhosts:\n";
    for (std::size_t host = 0; host < lab_.hosts.size(); ++host) write_host(host);
    for (const GuessedHost& host : lab_.others) write_guessed(host);
    text_ += "\nswitches:\n";
    for (const Segment& segment : lab_.segments)
      text_ += fmt::format("  {}: {{}}  # guess: {}\n", segment.name, comment(segment.why));
    if (lab_.segments.empty()) text_ += "  {}\n";
    text_ += "\nlinks:  # guess: every cable; the switches say what for\n";
    write_links();
    write_traffic();
    return std::move(text_);
  }

 private:
  void head() {
    text_ =
        "# Made by `lvslab import` from what live hosts said of themselves. What stands beside a\n"
        "# \"guess:\" was not said by any host: look at it first.\n";
    for (const std::string& remark : lab_.remarks) text_ += "# Note: " + comment(remark) + "\n";
    text_ += fmt::format("lvslab: 1\ntitle: Imported from {} live host{}\n", lab_.hosts.size(),
                         lab_.hosts.size() == 1 ? "" : "s");
  }

  void write_host(std::size_t index) {
    const HostFacts& host = lab_.hosts[index];
    std::vector<std::string> left_out = host.left_out;
    const std::vector<std::string> commands = commands_of(lab_, index, left_out);
    text_ += fmt::format("  {}:\n    role: {}  # guess: {}\n", host.name, lab_.roles[index],
                         comment(lab_.role_reasons[index]));
    for (const std::string& sentence : left_out)
      text_ += "    # not taken over: " + comment(sentence) + "\n";
    if (index < extras_.size()) {
      for (const std::string& refused : extras_[index].refused)
        text_ += "    # lvslab refuses: " + comment(refused) + "\n";
    }
    write_interfaces(index);
    std::set<std::string> modules(host.modules.begin(), host.modules.end());
    modules.erase("dummy");  // its dummy0 is made by a command
    if (host.interface("tunl0") != nullptr) modules.insert("ipip");
    write_modules({modules.begin(), modules.end()});
    write_serve(host);
    std::vector<std::string> script = commands;
    if (index < extras_.size()) {
      for (const auto& [key, value] : extras_[index].sysctls) {
        const bool quoted = value.find(' ') != std::string::npos || value.empty();
        script.push_back(quoted ? fmt::format("sysctl -w {}=\"{}\"", key, value)
                                : fmt::format("sysctl -w {}={}", key, value));
      }
    }
    write_script(script);
  }

  void write_interfaces(std::size_t index) {
    std::string lines;
    for (const InterfaceFact& interface : lab_.hosts[index].interfaces) {
      if (interface.kind != Kind::kCabled || !lab_.segment_of(index, interface.name)) continue;
      std::string keys;
      if (interface.mac && !interface.mac->is_zero() && !interface.mac->is_group())
        keys = fmt::format("mac: \"{}\"", wire::to_string(*interface.mac));
      const std::uint32_t mtu = std::clamp(interface.mtu, kLeastMtu, kMostMtu);
      if (mtu != 1500) keys += fmt::format("{}mtu: {}", keys.empty() ? "" : ", ", mtu);
      lines += fmt::format("      {}: {{{}}}", interface.name, keys);
      if (mtu != interface.mtu) lines += fmt::format("  # not taken over: mtu {}", interface.mtu);
      lines += "\n";
    }
    if (!lines.empty()) text_ += "    interfaces:\n" + lines;
  }

  void write_modules(const std::vector<std::string>& modules) {
    if (!modules.empty()) text_ += fmt::format("    modules: [{}]\n", fmt::join(modules, ", "));
  }

  void write_serve(const HostFacts& host) {
    std::string lines;
    if (host.listening) {
      for (const ListenFact& listens : *host.listening)
        lines += serve_line(host.name, listens, "it listened here; the reply is made up");
    } else {
      for (const ListenFact& listens : wanted_of(host))
        lines += serve_line(host.name, listens, "a director sends here; listen.txt is missing");
    }
    if (!lines.empty()) text_ += "    serve:\n" + lines;
  }
  /// What directors expect of this host.
  std::set<ListenFact> wanted_of(const HostFacts& host) const {
    std::set<ListenFact> wanted;
    for (const HostFacts& director : lab_.hosts) {
      for (const ServiceFact& service : director.services) {
        for (const ServiceFact::Destination& server : service.destinations) {
          const bool local = server.real.address.is_loopback() && &director == &host;
          if (!local && !host.owns(server.real.address)) continue;
          const std::uint16_t port = server.real.port == 0 ? std::uint16_t{80} : server.real.port;
          wanted.insert({service.kind == 'u' ? wire::Protocol::kUdp : wire::Protocol::kTcp, port});
        }
      }
    }
    return wanted;
  }

  void write_script(const std::vector<std::string>& commands) {
    if (commands.empty()) return;
    text_ += "    run: |\n";
    for (const std::string& command : commands) text_ += indented(command, "      ");
  }

  /// That of the first collected interface there: a guess must not be a mismatch of its own.
  std::uint32_t mtu_in(std::size_t segment) const {
    const auto& nics = lab_.segments[segment].nics;
    if (nics.empty()) return 1500;
    return std::clamp(lab_.hosts[nics[0].host].interfaces[nics[0].interface].mtu, kLeastMtu,
                      kMostMtu);
  }

  void write_guessed(const GuessedHost& host) {
    text_ += fmt::format("  {}:  # guess: {}\n    role: {}\n    interfaces:\n", host.name,
                         comment(host.why), host.role);
    for (std::size_t i = 0; i < host.nics.size(); ++i) {
      const GuessedNic& nic = host.nics[i];
      std::string keys = "address: " + wire::to_string(nic.address);
      if (nic.mac && !nic.mac->is_zero() && !nic.mac->is_group())
        keys += fmt::format(", mac: \"{}\"", wire::to_string(*nic.mac));
      const std::uint32_t mtu = mtu_in(nic.segment);
      if (mtu != 1500) keys += fmt::format(", mtu: {}", mtu);
      text_ += fmt::format("      eth{}: {{{}}}\n", i, keys);
    }
    if (host.forwards) text_ += "    sysctl: {net.ipv4.ip_forward: 1}\n";
    write_modules(host.modules);
    if (!host.serves.empty()) text_ += "    serve:\n";
    for (const ListenFact& listens : host.serves)
      text_ += serve_line(host.name, listens, "a director sends here");
    write_script(host.commands);
  }

  std::uint16_t vlan_of(wire::Ipv4 address) const {
    const auto network = lab_.network_around(address);
    const auto found = network ? vlans_.find(*network) : vlans_.end();
    return found == vlans_.end() ? std::uint16_t{1} : found->second;
  }
  std::string port(std::size_t segment, const std::string& vlan) const {
    const Segment& place = lab_.segments[segment];
    if (!place.has_vlans || vlan.empty()) return place.name;
    return fmt::format("{{port: {}, vlan: {{{}}}}}", place.name, vlan);
  }
  std::string vlan_words(std::size_t host, std::size_t interface) const {
    const HostFacts& facts = lab_.hosts[host];
    std::set<std::uint16_t> tagged;
    for (const InterfaceFact& other : facts.interfaces) {
      if (other.kind == Kind::kVlan && lab_.nic_of(host, other.name) == Nic{host, interface})
        tagged.insert(other.vlan);
    }
    const auto& addresses = facts.interfaces[interface].addresses;
    std::string words;
    if (!addresses.empty() || tagged.empty())
      words = fmt::format("access: {}",
                          addresses.empty() ? 1 : vlan_of(addresses.front().prefix.address));
    if (!tagged.empty())
      words += fmt::format("{}trunk: [{}]", words.empty() ? "" : ", ", fmt::join(tagged, ", "));
    return words;
  }

  void write_links() {
    bool any = false;
    for (std::size_t host = 0; host < lab_.hosts.size(); ++host) {
      const auto& interfaces = lab_.hosts[host].interfaces;
      for (std::size_t i = 0; i < interfaces.size(); ++i) {
        const auto segment = lab_.segment_of(host, interfaces[i].name);
        if (interfaces[i].kind != Kind::kCabled || !segment) continue;
        any = true;
        text_ += fmt::format("  - [{}:{}, {}]\n", lab_.hosts[host].name, interfaces[i].name,
                             port(*segment, vlan_words(host, i)));
      }
    }
    for (const GuessedHost& host : lab_.others) {
      for (std::size_t i = 0; i < host.nics.size(); ++i) {
        any = true;
        text_ +=
            fmt::format("  - [{}:eth{}, {}]\n", host.name, i,
                        port(host.nics[i].segment,
                             fmt::format("access: {}", vlan_of(host.nics[i].address.address))));
      }
    }
    if (!any) text_ += "  []\n";
  }

  void write_traffic() {
    if (lab_.traffic.empty()) return;
    text_ += "\ntraffic:\n";
    for (const GuessedTraffic& traffic : lab_.traffic) {
      text_ += fmt::format(
          "  {}:  # guess: {}\n    from: {}\n    to: {}\n    protocol: {}\n"
          "    connections: 4\n    arrivals: every 200ms\n",
          traffic.name, comment(traffic.why), traffic.from, traffic.to,
          traffic.tcp ? "tcp" : "udp");
    }
  }

  const GuessedLab& lab_;
  const std::vector<HostExtra>& extras_;
  std::map<wire::Prefix, std::uint16_t> vlans_;
  std::string text_;
};

}  // namespace

std::string write_scenario(const GuessedLab& lab, const std::vector<HostExtra>& extras) {
  return Writer(lab, extras).write();
}

}  // namespace lvslab::importer
