// populations: prefixes full of clients, each on a host of the lab.
#include <algorithm>

#include "scenario/decoder.h"
#include "scenario/limits.h"
#include "scenario/text.h"
#include "scenario/units.h"

namespace lvslab::scenario {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;

/// "uniform" or "zipf 1.0": the exponent, 0 for uniform.
Result<double> parse_pick(std::string_view text) {
  if (text == "uniform") return 0.0;
  if (text.starts_with("zipf ")) {
    const auto exponent = parse_millionths(trimmed(text.substr(5)), 10 * kMillion);
    if (exponent) return static_cast<double>(*exponent) / static_cast<double>(kMillion);
  }
  return fail(shown(text) + " is no way to pick an address", "Write uniform, or zipf 1.0");
}

/// "10.64.0.0/12": a network, no address within one.
Result<wire::Prefix> parse_network(std::string_view text) {
  const auto prefix = wire::parse_prefix(text);
  if (!prefix || text.find('/') == std::string_view::npos)
    return fail(shown(text) + " is not a network", "Write for example 10.64.0.0/12");
  if (prefix->network() != prefix->address) {
    return fail(shown(text) + " is an address within a network",
                "Write " + wire::to_string(wire::Prefix{prefix->network(), prefix->length}));
  }
  const wire::Ipv4 last = prefix->broadcast();
  if (prefix->address.is_zero_network() || prefix->address.is_loopback() || last.is_multicast() ||
      last.is_limited_broadcast())
    return fail(shown(text) + " has addresses that no host can have");
  return *prefix;
}

class Reading {
 public:
  Reading(Context& context, const Entry& entry)
      : context_(context), fields_(context, entry.value, kPopulationKeys, entry.key_mark) {
    population_.name = entry.key;
  }

  void read() {
    if (!fields_.is_map()) return;
    const auto name = context_.text(fields_.get("host"), "the name of a host");
    const auto found = name ? context_.find_host(fields_.get("host")->mark, *name) : std::nullopt;
    const bool good = context_.read(fields_.get("prefix"), population_.prefix, parse_network);
    if (!found.has_value() || !good) return;
    const std::size_t host = found.value_or(0);
    population_.host = static_cast<std::uint32_t>(host);
    if (!fits(context_.scenario.hosts[host])) return;
    fields_.has("file") ? read_file() : read_law();
    if (const Node* share = fields_.get("share")) read_shares(*share);
    context_.scenario.hosts[host].own_prefixes.push_back(population_.prefix);
    context_.scenario.load.populations.push_back(std::move(population_));
  }

 private:
  using Population = app::Population;
  void error(std::string_view key, std::string what, std::string hint = {}) {
    const Node* node = fields_.get(key);
    context_.error(node == nullptr ? fields_.where() : node->mark, std::move(what),
                   std::move(hint));
  }
  /// The host takes every address of the prefix for its own: its gateway must not be one.
  bool fits(const HostSpec& host) {
    if (Population::usable(population_.prefix) > Population::kMost) {
      error("prefix",
            "the prefix has more than " + std::to_string(Population::kMost) + " addresses");
    } else if (host.gateway && population_.prefix.contains(*host.gateway)) {
      error("prefix", "the prefix has the host's gateway " + wire::to_string(*host.gateway),
            "Give the crowd a network of its own, and the router a route to it by " + host.name);
    } else {
      return true;
    }
    return false;
  }
  void read_law() {
    double exponent = 0;
    context_.read(fields_.get("pick"), exponent, parse_pick);
    const std::uint64_t usable = Population::usable(population_.prefix);
    const std::uint64_t most = exponent > 0 ? Population::kMostWeighed : Population::kMost;
    std::uint64_t count = std::min(usable, most);
    if (fields_.has("addresses") && !context_.read_count(fields_.get("addresses"), count, 1, count))
      return;
    if (exponent == 0) return population_.use_uniform(count);
    population_.use_zipf(count, exponent);
  }
  /// One address a line, or "address,weight"; # begins a remark.
  void read_file() {
    for (const std::string_view key : {"pick", "addresses"}) {
      if (fields_.has(key))
        return error(key, "the file says which addresses there are, and how often each comes",
                     "Leave `" + std::string(key) + "` out");
    }
    const Node* node = fields_.get("file");
    const auto name = context_.text(node, "the name of a file");
    if (!name) return;
    const Result<std::string> text = context_.data_reader(node->mark)(*name);
    if (!text) return error("file", text.error().what, text.error().hint);
    std::vector<Population::Member> members;
    std::size_t number = 0;
    for (const std::string_view raw : split_words(*text, '\n')) {
      ++number;
      const std::string_view line = trimmed(raw);
      if (line.empty() || line.front() == '#') continue;
      Population::Member member;
      if (const std::string problem = read_member(line, member); !problem.empty())
        return error("file", *name + ":" + std::to_string(number) + ":1: " + problem,
                     "A line is an address of the prefix, or address,weight");
      members.push_back(member);
      if (members.size() > Population::kMostWeighed)
        return error("file", *name + " has more than " + std::to_string(Population::kMostWeighed) +
                                 " addresses");
    }
    if (members.empty()) return error("file", *name + " has no addresses");
    population_.use(members);
  }
  std::string read_member(std::string_view line, Population::Member& member) {
    const std::size_t comma = line.find(',');
    const auto address = wire::parse_ipv4(trimmed(line.substr(0, comma)));
    if (!address) return shown(line) + " does not begin with an address";
    if (!population_.prefix.contains(*address))
      return wire::to_string(*address) + " is not in " + wire::to_string(population_.prefix);
    member.address = *address;
    if (comma == std::string_view::npos) return {};
    const auto weight = parse_millionths(trimmed(line.substr(comma + 1)), 1'000'000 * kMillion);
    if (!weight || *weight == 0) return "the weight is not a number above 0";
    member.weight = static_cast<double>(*weight);
    return {};
  }
  void read_shares(const Node& node) {
    if (!node.is_map())
      return error("share", "share must be a map of addresses", "Write share: {10.64.0.1: 30%}");
    std::uint64_t all = 0;
    for (const Entry& entry : node.entries) {
      const auto address = wire::parse_ipv4(entry.key);
      double part = 0;
      if (!address || !population_.prefix.contains(*address)) {
        context_.error(entry.key_mark, shown(entry.key) + " is not an address of the prefix");
        continue;
      }
      if (!context_.read(entry.value, part, parse_percent)) continue;
      const auto millionths = static_cast<std::uint64_t>(part * kMillion + 0.5);
      all += millionths;
      if (all > kMillion)
        return context_.error(entry.value->mark, "the shares are more than all together");
      population_.add_share(*address, millionths);
    }
  }

  Context& context_;
  Fields fields_;
  Population population_;
};

}  // namespace

void decode_populations(Context& context, const Node* populations) {
  if (populations == nullptr) return;
  if (!populations->is_map()) {
    return context.error(
        populations->mark,
        "populations must be a map, this is " + std::string(kind_name(*populations)),
        "Write NAME: {host: client, prefix: 10.64.0.0/12}");
  }
  if (populations->entries.size() > limits::kPopulations) {
    return context.error(populations->mark,
                         "more than " + std::to_string(limits::kPopulations) + " populations");
  }
  for (const Entry& entry : populations->entries) {
    if (!context.check_name(entry.key_mark, entry.key, "a population")) continue;
    const auto host = context.host_index.find(entry.key);
    if (host != context.host_index.end()) {
      context.error(entry.key_mark, "there is a host " + shown(entry.key) + " already",
                    "Hosts and populations share their names");
      continue;
    }
    Reading(context, entry).read();
  }
}

}  // namespace lvslab::scenario
