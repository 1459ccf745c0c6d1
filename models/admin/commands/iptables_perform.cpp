// What the kernel does with an iptables request, and what libiptc says when it refuses.
#include <algorithm>
#include <utility>

#include "admin/commands/iptables.h"

namespace lvslab::admin::iptables {

using net::netfilter::Chain;
using net::netfilter::Rule;
using net::netfilter::Table;

namespace {

constexpr const char* kNoChain = "No chain/target/match by that name";
constexpr const char* kBadRule = "Bad rule (does a matching rule exist in that chain?)";
constexpr const char* kNoMemory = "Memory allocation problem";

std::string refused(Table::LinkError error) {
  if (error == Table::LinkError::kWrongHook) return "Invalid argument";
  return error == Table::LinkError::kLoop ? "Too many levels of symbolic links" : kNoMemory;
}

// Rules put in and taken out again if the kernel does not take the whole.
std::string put(Table& table, Chain& chain, std::size_t place, const std::vector<Rule>& rules) {
  if (table.rule_count() + rules.size() > net::netfilter::kMostRules) return kNoMemory;
  const auto at = chain.rules.begin() + static_cast<std::ptrdiff_t>(place);
  chain.rules.insert(at, rules.begin(), rules.end());
  const Table::LinkError error = table.link();
  if (error == Table::LinkError::kNone) return {};
  const auto first = chain.rules.begin() + static_cast<std::ptrdiff_t>(place);
  chain.rules.erase(first, first + static_cast<std::ptrdiff_t>(rules.size()));
  (void)table.link();
  return refused(error);
}

std::string delete_rules(Table& table, Chain& chain, const Request& request) {
  if (request.number) {
    if (*request.number > chain.rules.size()) return "Index of deletion too big";
    chain.rules.erase(chain.rules.begin() + (*request.number - 1));
    (void)table.link();
    return {};
  }
  for (const Rule& rule : request.rules) {
    const std::string text = rule.save();
    const auto found = std::find_if(chain.rules.begin(), chain.rules.end(),
                                    [&](const Rule& r) { return r.save() == text; });
    if (found == chain.rules.end()) return kBadRule;
    if (request.verb == Verb::kDelete) chain.rules.erase(found);
  }
  (void)table.link();
  return {};
}

void zero(Chain& chain, const std::optional<std::uint32_t>& number) {
  if (number) {
    if (*number <= chain.rules.size()) chain.rules[*number - 1].count = {};
    return;
  }
  chain.policy_count = {};
  for (Rule& rule : chain.rules) rule.count = {};
}

std::string rename(Table& table, const Request& request) {
  if (table.find(request.other) != nullptr) return "File exists";
  Chain* chain = table.find(request.chain);
  if (chain == nullptr) return kNoChain;
  if (chain->hook) return "Invalid argument";
  Chain moved = std::move(*chain);
  table.chains().erase(table.chains().begin() + (chain - table.chains().data()));
  moved.name = request.other;
  for (Rule& rule : moved.rules) rule.text = {};
  table.add_chain(request.other) = std::move(moved);
  for (Chain& from : table.chains()) {
    for (Rule& rule : from.rules) {
      if (rule.target != nullptr || rule.target_name != request.chain) continue;
      rule.target_name = request.other;
      rule.text = {};
    }
  }
  (void)table.link();
  return {};
}

std::string delete_chain(Table& table, const std::string& name) {
  const Chain* chain = table.find(name);
  if (chain == nullptr) return kNoChain;
  if (chain->hook) return "Invalid argument";
  if (table.references(name) > 0) return "Too many links";
  if (!chain->rules.empty()) return "Directory not empty";
  table.chains().erase(table.chains().begin() + (chain - table.chains().data()));
  (void)table.link();
  return {};
}

std::string delete_chains(Table& table, const std::string& name) {
  if (!name.empty()) return delete_chain(table, name);
  std::vector<std::string> names;
  for (const Chain& chain : table.chains()) {
    if (!chain.hook) names.push_back(chain.name);
  }
  for (const std::string& each : names) {
    if (const std::string why = delete_chain(table, each); !why.empty()) return why;
  }
  return {};
}

std::string new_chain(Table& table, const std::string& name) {
  if (table.find(name) != nullptr) return "Chain already exists";
  if (table.chains().size() >= net::netfilter::kMostChains) return kNoMemory;
  table.add_chain(name);
  (void)table.link();
  return {};
}

std::string set_policy(Table& table, const Request& request) {
  Chain* chain = table.find(request.chain);
  if (chain == nullptr || !chain->hook) return "Bad built-in chain name";
  if (request.other != "ACCEPT" && request.other != "DROP") return "Bad policy name";
  chain->drops = request.other == "DROP";
  return {};
}

std::string edit_rules(const Request& request, Table& table, Chain& chain) {
  switch (request.verb) {
    case Verb::kAppend:
      return put(table, chain, chain.rules.size(), request.rules);
    case Verb::kInsert: {
      const std::size_t place = request.number.value_or(1) - 1;
      if (place > chain.rules.size()) return "Index of insertion too big";
      return put(table, chain, place, request.rules);
    }
    case Verb::kReplace: {
      if (*request.number > chain.rules.size()) return "Index of replacement too big";
      Rule old = std::exchange(chain.rules[*request.number - 1], request.rules.front());
      const Table::LinkError error = table.link();
      if (error == Table::LinkError::kNone) return {};
      chain.rules[*request.number - 1] = std::move(old);
      (void)table.link();
      return refused(error);
    }
    default:
      return delete_rules(table, chain, request);
  }
}

}  // namespace

std::string perform(const Request& request, Table& table) {
  switch (request.verb) {
    case Verb::kNewChain:
      return new_chain(table, request.chain);
    case Verb::kDeleteChain:
      return delete_chains(table, request.chain);
    case Verb::kRename:
      return rename(table, request);
    case Verb::kPolicy:
      return set_policy(table, request);
    default:
      break;
  }
  Chain* chain = request.chain.empty() ? nullptr : table.find(request.chain);
  if (!request.chain.empty() && chain == nullptr) return kNoChain;
  if (request.verb == Verb::kFlush || request.verb == Verb::kZero || request.and_zero) {
    for (Chain& each : table.chains()) {
      if (chain != nullptr && &each != chain) continue;
      if (request.verb == Verb::kFlush)
        each.rules.clear();
      else
        zero(each, request.number);
    }
    (void)table.link();
    return {};
  }
  if (request.verb == Verb::kList || request.verb == Verb::kSave) return {};
  if (chain == nullptr) return kNoChain;  // -A ""
  return edit_rules(request, table, *chain);
}

Refusal check_targets(Request& request, const Table& table, std::string& kernel) {
  for (Rule& rule : request.rules) {
    const std::string& name = rule.target_name;
    for (const Rule::Use& use : rule.matches) {
      const auto* match = net::netfilter::find_match(use.name);
      if (match->protocol != 0 && (match->protocol != rule.protocol || rule.protocol_inverted))
        kernel = "Invalid argument";
    }
    if (rule.target != nullptr) {
      const auto* entry = net::netfilter::find_target(name);
      const bool fits = entry->table.empty() || entry->table == table.kind().name;
      if (!fits || !rule.target->valid(rule)) kernel = "Invalid argument";
      continue;
    }
    if (name.empty() || name == "ACCEPT" || name == "DROP" || name == "RETURN") {
      if (rule.go_to && !name.empty()) return {"goto '" + name + "' is not a chain\n"};
      continue;
    }
    const Chain* chain = table.find(name);
    if (chain == nullptr) {
      if (rule.go_to) return {"goto '" + name + "' is not a chain\n"};
      return {net::netfilter::is_unmodelled_target(name)
                  ? "target `" + name + "' is not yet modelled"
                  : "Couldn't load target `" + name + "':No such file or directory\n"};
    }
    if (chain->hook) kernel = "Invalid argument";
  }
  return {};
}

}  // namespace lvslab::admin::iptables
