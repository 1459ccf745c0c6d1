// What programs print as plain text: sysctl, lsmod, ss, iptables-save, arptables-save.
#include <algorithm>
#include <charconv>

#include "fmt/format.h"
#include "import/readers.h"
#include "scenario/text.h"

namespace lvslab::importer {
namespace {

using scenario::shown;

void refuse(const TextFile& file, const Line& line, Problems& problems, const std::string& what,
            const std::string& program) {
  problems.add(file, line.offset, what + ": " + shown(line.text),
               "Collect it with `" + program + "`");
}

/// "0.0.0.0:80", "*:80", "[::]:80", "127.0.0.1%lo:53": what a scenario may serve there. False: not
/// an address with a port.
bool read_local(std::string_view text, wire::Protocol protocol, std::vector<ListenFact>& into) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  ListenFact fact{.protocol = protocol};
  const std::string_view port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), fact.port);
  if (error != std::errc{} || end != port.data() + port.size() || fact.port == 0) return false;
  const std::string_view full = text.substr(0, colon);
  const std::string_view address = full.substr(0, full.find('%'));
  if (address != "*" && address != "[::]") {
    const auto bound = wire::parse_ipv4(address);
    if (!bound) return address.starts_with('[');
    if (bound->is_loopback()) return true;
  }
  if (std::find(into.begin(), into.end(), fact) == into.end()) into.push_back(fact);
  return true;
}

/// "-d", "--opcode", "10.0.0.1", "!".
bool is_rule_word(std::string_view word) {
  return word == "!" ||
         is_plain_word(word.substr(std::min(word.find_first_not_of('-'), word.size())));
}

}  // namespace

void read_sysctls(const TextFile& file, HostFacts& host, Problems& problems) {
  for (const Line& line : lines_of(file, problems)) {
    const std::size_t equals = line.text.find('=');
    const std::string_view key = scenario::trimmed(line.text.substr(0, equals));
    // What the kernel refuses to read is printed as a message between the settings.
    if (line.text.starts_with("sysctl:")) continue;
    if (equals == std::string_view::npos || !is_plain_word(key)) {
      refuse(file, line, problems, "no `key = value`", "sysctl -a");
      return;
    }
    const std::string_view value = scenario::trimmed(line.text.substr(equals + 1));
    if (key.starts_with("net.ipv4.") && value.size() <= 200)
      host.sysctls.emplace_back(std::string(key), std::string(value));
  }
}

void read_modules(const TextFile& file, HostFacts& host, Problems& problems) {
  for (const Line& line : lines_of(file, problems)) {
    const std::string_view name = line.text.substr(0, line.text.find(' '));
    if (name == "ipip" || name == "dummy" || name == "ip_vs") host.modules.emplace_back(name);
  }
  std::sort(host.modules.begin(), host.modules.end());
  host.modules.erase(std::unique(host.modules.begin(), host.modules.end()), host.modules.end());
}

void read_listening(const TextFile& file, HostFacts& host, Problems& problems) {
  std::vector<ListenFact> found;
  for (const Line& line : lines_of(file, problems)) {
    const std::vector<std::string_view> words = words_of(line.text);
    if (words[0] == "Netid" || words[0] == "State") continue;
    const bool tcp = words[0] == "tcp", udp = words[0] == "udp";
    if (!tcp && !udp) continue;
    if (words.size() < 5 ||
        !read_local(words[4], tcp ? wire::Protocol::kTcp : wire::Protocol::kUdp, found)) {
      refuse(file, line, problems, "no listening socket", "ss -ltnuH");
      return;
    }
  }
  std::sort(found.begin(), found.end());
  host.listening = std::move(found);
}

void read_iptables(const TextFile& file, HostFacts& host, Problems& problems) {
  bool any = false;
  std::vector<std::string> lines;
  for (const Line& line : lines_of(file, problems)) {
    if (line.text[0] == '#') {
      // "# Table `filter' is incompatible, use 'nft' tool."
      if (line.text.find("incompatible") != std::string_view::npos)
        leave_out(host, "iptables-save: " + std::string(scenario::trimmed(line.text.substr(1))));
      continue;
    }
    // With -c each rule bears its counters.
    std::string_view rule = line.text;
    if (rule[0] == '[' && rule.find("] -") != std::string_view::npos)
      rule = rule.substr(rule.find("] -") + 2);
    if (line.text.starts_with(':')) {
      const std::vector<std::string_view> words = words_of(line.text);
      any = any || (words.size() > 1 && words[1] == "DROP");
    } else if (rule.starts_with("-A ") || rule.starts_with("-I ")) {
      any = true;
    } else if (line.text[0] != '*' && line.text != "COMMIT") {
      refuse(file, line, problems, "this is no line of rules", "iptables-save");
      return;
    }
    if (!is_printable(line.text) || line.text.size() > 2'000) {
      refuse(file, line, problems, "a rule with control characters or without end",
             "iptables-save");
      return;
    }
    lines.emplace_back(rule);
  }
  if (any) host.iptables = std::move(lines);
}

void read_arptables(const TextFile& file, HostFacts& host, Problems& problems) {
  for (const Line& line : lines_of(file, problems)) {
    if (line.text[0] == '#' || line.text[0] == '*' || line.text == "COMMIT") continue;
    const std::vector<std::string_view> words = words_of(line.text);
    if (line.text[0] == ':') {
      if (words.size() > 1 && words[1] == "DROP" && is_plain_word(words[0].substr(1)))
        host.arptables.push_back(fmt::format("-P {} DROP", words[0].substr(1)));
      continue;
    }
    std::string rule;
    for (const std::string_view word : words) {
      if (words[0] != "-A" || !is_rule_word(word)) {
        refuse(file, line, problems, "this is no line of rules", "arptables-save");
        return;
      }
      rule += (rule.empty() ? "" : " ") + std::string(word);
    }
    host.arptables.push_back(std::move(rule));
  }
}

}  // namespace lvslab::importer
