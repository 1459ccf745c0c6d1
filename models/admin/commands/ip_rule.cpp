// ip rule: which routing table is asked for which datagrams.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "admin/commands/ip.h"
#include "net/netfilter/extension.h"

namespace lvslab::admin {
namespace {

using net::Rule;

struct RuleRequest {
  Rule rule;
  std::optional<std::uint32_t> priority, table, mask;
  std::string in_device;
  bool inverted = false;
};

void read_mark(IpCall& ip, RuleRequest& request) {
  const std::string word = ip.value();
  if (ip.failed()) return;
  const std::size_t slash = word.find('/');
  const auto mark = parse_number(std::string_view(word).substr(0, slash));
  if (!mark) {
    ip.wrong(word, "fwmark value is invalid\n");
    return;
  }
  request.rule.mark = *mark;
  if (slash == std::string::npos) return;
  request.mask = parse_number(std::string_view(word).substr(slash + 1));
  if (!request.mask) ip.wrong(word, "fwmark value is invalid\n");
}

// `from all` is what stands there when nothing is asked of the source.
std::optional<wire::Prefix> read_selector(IpCall& ip) {
  const wire::Prefix prefix = ip.prefix().prefix;
  if (prefix.length == 0) return std::nullopt;
  return wire::Prefix{prefix.network(), prefix.length};
}

std::uint32_t read_table(IpCall& ip) {
  const std::string word = ip.value();
  if (word == "local") return net::kTableLocal;
  if (word == "main") return net::kTableMain;
  if (word == "default") return net::kTableDefault;
  const auto number = parse_number(word);
  if (!ip.failed() && !number) ip.wrong(word, "invalid table ID\n");
  return number.value_or(0);
}

RuleRequest read_request(IpCall& ip) {
  RuleRequest request;
  while (ip.more()) {
    const std::string word = ip.take();
    const bool is_type = word == "blackhole" || word == "unreachable" || word == "prohibit" ||
                         word == "goto" || word == "nop" || word == "nat";
    if (word == "not") {
      request.inverted = true;
    } else if (word == "from") {
      request.rule.from = read_selector(ip);
    } else if (word == "to") {
      request.rule.to = read_selector(ip);
    } else if (word.size() > 1 &&
               (abbreviates(word, "priority") || abbreviates(word, "preference"))) {
      request.priority = ip.number(0xffffffff, "preference value is invalid\n");
    } else if (word == "order") {
      request.priority = ip.number(0xffffffff, "preference value is invalid\n");
    } else if (word == "fwmark") {
      read_mark(ip, request);
    } else if (word == "table" || abbreviates(word, "lookup")) {
      request.table = read_table(ip);
    } else if (word == "iif" || word == "dev") {
      request.in_device = ip.value();
    } else if (is_type || word == "oif" || word == "tos" || word == "dsfield" ||
               word == "uidrange" || word == "ipproto" || word == "sport" || word == "dport" ||
               word == "realms" || word == "l3mdev" || word.rfind("suppress_", 0) == 0) {
      ip.not_simulated("rule option \"" + word + "\"");
    } else {
      ip.wrong(word, "Failed to parse rule type");
    }
  }
  if (!request.in_device.empty()) {
    if (const net::Interface* device = ip.device(request.in_device))
      request.rule.in_device = device->index;
  }
  request.rule.priority = request.priority.value_or(0);
  request.rule.mark_mask = request.mask.value_or(0xffffffff);
  request.rule.inverted = request.inverted;
  return request;
}

bool fits(const RuleRequest& wanted, const Rule& rule) {
  return (!wanted.priority || *wanted.priority == rule.priority) &&
         (!wanted.table || *wanted.table == rule.table) &&
         (!wanted.rule.from || wanted.rule.from == rule.from) &&
         (!wanted.rule.to || wanted.rule.to == rule.to) &&
         (!wanted.rule.mark || wanted.rule.mark == rule.mark) &&
         (!wanted.mask || *wanted.mask == rule.mark_mask) &&
         (wanted.in_device.empty() || wanted.rule.in_device == rule.in_device) &&
         (!wanted.inverted || rule.inverted);
}

bool same(const Rule& a, const Rule& b) {
  return a.priority == b.priority && a.from == b.from && a.to == b.to && a.mark == b.mark &&
         a.mark_mask == b.mark_mask && a.in_device == b.in_device && a.table == b.table &&
         a.inverted == b.inverted;
}

std::string selector(const wire::Prefix& prefix) {
  return prefix.length == 32 ? to_string(prefix.address) : to_string(prefix);
}

std::string rule_line(const net::Host& host, const Rule& rule) {
  std::string text = std::to_string(rule.priority) + ":\t" + (rule.inverted ? "not " : "") +
                     "from " + (rule.from ? selector(*rule.from) : "all");
  if (rule.to) text += " to " + selector(*rule.to);
  if (rule.mark && (*rule.mark != 0 || rule.mark_mask != 0xffffffff)) {
    text += " fwmark " + net::netfilter::hex(*rule.mark);
    if (rule.mark_mask != 0xffffffff) text += "/" + net::netfilter::hex(rule.mark_mask);
  }
  if (rule.in_device < host.interfaces().size()) {
    const net::Interface& device = host.interface(rule.in_device);
    text += " iif " + device.name + (device.removed ? " [detached]" : "");
  }
  return text + " lookup " + table_name(rule.table) + "\n";
}

// Bound on hostile scripts: every lookup walks the rules.
constexpr std::size_t kMostRules = 4'096;

int add(IpCall& ip) {
  if (ip.exhausted()) return ip.fail(1, "\"ip rule add\" requires arguments.");
  RuleRequest request = read_request(ip);
  if (ip.failed()) return ip.status();
  Rule& rule = request.rule;
  rule.table = request.table.value_or(net::kTableMain);
  if (rule.table == 0) return ip.not_simulated("a rule for table 0");
  const std::vector<Rule> present = ip.host().routes().rules();
  if (present.size() >= kMostRules) return ip.kernel("Cannot allocate memory");
  const bool exists =
      std::any_of(present.begin(), present.end(), [&](const Rule& r) { return same(r, rule); });
  if (request.priority && exists) return ip.kernel("File exists");
  ip.host().routes().add_rule(rule);
  return 0;
}

int remove(IpCall& ip) {
  if (ip.exhausted()) return ip.fail(1, "\"ip rule del\" requires arguments.");
  const RuleRequest request = read_request(ip);
  if (ip.failed()) return ip.status();
  for (const Rule& rule : ip.host().routes().rules()) {
    if (!fits(request, rule)) continue;
    if (ip.host().routes().remove_rule(rule)) return 0;
  }
  return ip.kernel("No such file or directory");
}

int show(IpCall& ip) {
  const RuleRequest request = read_request(ip);
  if (ip.failed()) return ip.status();
  for (const Rule& rule : ip.host().routes().rules()) {
    if (fits(request, rule)) ip.out() += rule_line(ip.host(), rule);
  }
  return 0;
}

// All but those of priority 0.
int flush(IpCall& ip) {
  const RuleRequest request = read_request(ip);
  if (ip.failed()) return ip.status();
  for (const Rule& rule : ip.host().routes().rules()) {
    if (rule.priority != 0 && fits(request, rule)) ip.host().routes().remove_rule(rule);
  }
  return 0;
}

}  // namespace

int ip_rule(IpCall& ip) {
  if (ip.exhausted()) return show(ip);
  const std::string word = ip.take();
  if (abbreviates(word, "list") || word == "lst" || abbreviates(word, "show")) return show(ip);
  if (abbreviates(word, "add")) return add(ip);
  if (abbreviates(word, "delete")) return remove(ip);
  if (abbreviates(word, "flush")) return flush(ip);
  if (abbreviates(word, "help")) {
    return ip.fail(
        255,
        "Usage: ip rule { add | del | show | flush } [ not ] [ from PREFIX ] [ to PREFIX ]\n"
        "               [ fwmark MARK[/MASK] ] [ iif DEVICE ] [ priority N ] [ table T ]");
  }
  return ip.unknown_command(word, "rule");
}

}  // namespace lvslab::admin
