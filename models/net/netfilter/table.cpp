#include "net/netfilter/table.h"

#include <algorithm>
#include <array>

namespace lvslab::net::netfilter {

using hook::Hook;

const TableKind* find_table_kind(std::string_view name) {
  static const std::array<TableKind, 4> kKinds{
      {{"raw", -300, {Hook::kPrerouting, Hook::kLocalOut}},
       {"mangle",
        -150,
        {Hook::kPrerouting, Hook::kLocalIn, Hook::kForward, Hook::kLocalOut, Hook::kPostrouting}},
       {"nat", -100, {Hook::kPrerouting, Hook::kLocalIn, Hook::kLocalOut, Hook::kPostrouting}},
       {"filter", 0, {Hook::kLocalIn, Hook::kForward, Hook::kLocalOut}}}};
  for (const TableKind& kind : kKinds) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

bool DeviceTest::fits(std::string_view device) const {
  if (name.empty()) return true;
  const bool fits = name.back() == '+'
                        ? device.starts_with(std::string_view(name).substr(0, name.size() - 1))
                        : device == name;
  return fits != inverted;
}

bool Rule::fits(const Seen& seen, std::string_view in_device, std::string_view out_device) const {
  const wire::Ipv4View ip = seen.datagram.ip();
  if (!source.fits(ip.source()) || !destination.fits(ip.destination())) return false;
  if (!in.fits(in_device) || !out.fits(out_device)) return false;
  if (protocol != 0 && (ip.protocol() == protocol) == protocol_inverted) return false;
  if (fragment && (ip.fragment_offset() != 0) == fragment_inverted) return false;
  return std::all_of(matches.begin(), matches.end(),
                     [&](const Use& use) { return use.match->matches(seen); });
}

Table::Table(const TableKind& kind) : kind_(&kind) {
  for (const Hook where : kind.hooks) {
    Chain chain;
    chain.name = std::string(hook::hook_name(where));
    chain.hook = where;
    chains_.push_back(std::move(chain));
  }
}

Chain* Table::find(std::string_view name) {
  for (Chain& chain : chains_) {
    if (chain.name == name) return &chain;
  }
  return nullptr;
}
const Chain* Table::find(std::string_view name) const {
  for (const Chain& chain : chains_) {
    if (chain.name == name) return &chain;
  }
  return nullptr;
}

Chain& Table::add_chain(std::string name) {
  const auto place = std::find_if(chains_.begin(), chains_.end(),
                                  [&](const Chain& c) { return !c.hook && c.name > name; });
  Chain chain;
  chain.name = std::move(name);
  return *chains_.insert(place, std::move(chain));
}

std::size_t Table::references(std::string_view chain) const {
  std::size_t count = 0;
  for (const Chain& from : chains_) {
    for (const Rule& rule : from.rules) {
      if (rule.target == nullptr && rule.target_name == chain) ++count;
    }
  }
  return count;
}

std::size_t Table::rule_count() const {
  std::size_t count = 0;
  for (const Chain& chain : chains_) count += chain.rules.size();
  return count;
}

bool Table::in_use() const {
  return std::any_of(chains_.begin(), chains_.end(),
                     [](const Chain& c) { return c.drops || !c.rules.empty(); });
}

Table::LinkError Table::link() {
  bool jumps = false;
  for (Chain& chain : chains_) {
    for (Rule& rule : chain.rules) {
      rule.jump = rule.target != nullptr         ? Rule::Jump::kTarget
                  : rule.target_name.empty()     ? Rule::Jump::kNone
                  : rule.target_name == "ACCEPT" ? Rule::Jump::kAccept
                  : rule.target_name == "DROP"   ? Rule::Jump::kDrop
                  : rule.target_name == "RETURN" ? Rule::Jump::kReturn
                                                 : Rule::Jump::kChain;
      if (rule.jump != Rule::Jump::kChain) continue;
      const Chain* to = find(rule.target_name);
      if (to == nullptr) return LinkError::kTooMuch;
      rule.chain = static_cast<std::size_t>(to - chains_.data());
      jumps = true;
    }
  }
  if (jumps) {
    std::vector<Cost> costs(chains_.size());
    for (std::size_t i = 0; i < chains_.size(); ++i) {
      if (const LinkError error = measure(i, costs, 0); error != LinkError::kNone) return error;
    }
  }
  for (std::size_t i = 0; i < chains_.size(); ++i) {
    if (!chains_[i].hook) continue;
    std::vector<bool> visited(chains_.size());
    if (!hooks_fit(i, *chains_[i].hook, visited)) return LinkError::kWrongHook;
  }
  return LinkError::kNone;
}

// Some targets make sense at some hooks only, by whatever chains a packet comes to them.
bool Table::hooks_fit(std::size_t chain, Hook where, std::vector<bool>& visited) const {
  if (visited[chain]) return true;
  visited[chain] = true;
  return std::all_of(chains_[chain].rules.begin(), chains_[chain].rules.end(), [&](const Rule& r) {
    if (r.jump == Rule::Jump::kTarget) return r.target->works_at(where);
    return r.jump != Rule::Jump::kChain || hooks_fit(r.chain, where, visited);
  });
}

bool Table::tracks() const {
  const auto needs = [](const Rule& rule) {
    return (rule.target != nullptr && rule.target->tracks()) ||
           std::any_of(rule.matches.begin(), rule.matches.end(),
                       [](const Rule::Use& use) { return use.match->tracks(); });
  };
  return std::any_of(chains_.begin(), chains_.end(), [&](const Chain& chain) {
    return std::any_of(chain.rules.begin(), chain.rules.end(), needs);
  });
}

// How many rules a walk through the chain may meet, and how deep it leads.
Table::LinkError Table::measure(std::size_t chain, std::vector<Cost>& costs,
                                std::size_t depth) const {
  Cost& cost = costs[chain];
  if (cost.state == Cost::State::kOpen) return LinkError::kLoop;
  if (cost.state == Cost::State::kKnown) return LinkError::kNone;
  if (depth > kMostChains) return LinkError::kTooMuch;
  cost.state = Cost::State::kOpen;
  for (const Rule& rule : chains_[chain].rules) {
    ++cost.rules;
    if (rule.jump != Rule::Jump::kChain) continue;
    const LinkError error = measure(rule.chain, costs, depth + 1);
    if (error != LinkError::kNone) return error;
    cost.rules += costs[rule.chain].rules;
    cost.depth = std::max(cost.depth, costs[rule.chain].depth + 1);
    if (cost.rules > kLongestWalk || cost.depth > kDeepestJump) return LinkError::kTooMuch;
  }
  cost.state = Cost::State::kKnown;
  return LinkError::kNone;
}

bool Table::drops(Seen& seen) {
  struct Place {
    std::size_t chain, rule;
  };
  std::array<Place, kDeepestJump> callers;
  std::size_t depth = 0;
  const hook::PacketInfo& info = seen.info;
  const bool no_in = info.hook == Hook::kLocalOut || info.hook == Hook::kPostrouting;
  const bool no_out = info.hook == Hook::kPrerouting || info.hook == Hook::kLocalIn;
  const auto name = [&](InterfaceIndex device, bool none) {
    return none || device == kNoInterface ? std::string_view{} : seen.host.interface(device).name;
  };
  const std::string_view in = name(info.in_device, no_in), out = name(info.out_device, no_out);
  const std::uint64_t length = seen.datagram.packet().length();
  Place at{0, 0};
  while (chains_[at.chain].hook != info.hook) ++at.chain;
  const std::size_t base = at.chain;
  while (true) {
    Chain& chain = chains_[at.chain];
    if (at.rule >= chain.rules.size()) {
      if (depth > 0) {
        at = callers[--depth];
        continue;
      }
      break;
    }
    Rule& rule = chain.rules[at.rule++];
    if (!rule.fits(seen, in, out)) continue;
    ++rule.count.packets;
    rule.count.bytes += length;
    if (seen.turn.watched()) {
      seen.turn.note(
          seen.datagram.packet(),
          {.kind = NoteKind::kRule, .x = static_cast<std::uint32_t>(at.rule), .word = rule.text});
    }
    switch (rule.jump) {
      case Rule::Jump::kNone:
        break;
      case Rule::Jump::kAccept:
        return false;
      case Rule::Jump::kDrop:
        return true;
      case Rule::Jump::kReturn:
        at.rule = chain.rules.size();  // as if the chain ended here
        break;
      case Rule::Jump::kChain:
        if (!rule.go_to) callers[depth++] = at;
        at = {rule.chain, 0};
        break;
      case Rule::Jump::kTarget:
        seen.rule = rule.text;
        if (const Effect effect = rule.target->apply(seen); effect != Effect::kContinue)
          return effect == Effect::kDrop;
        break;
    }
  }
  Chain& chain = chains_[base];
  ++chain.policy_count.packets;
  chain.policy_count.bytes += length;
  if (chain.drops && seen.turn.watched()) {
    seen.turn.note(seen.datagram.packet(), {.kind = NoteKind::kRule, .word = chain.policy_text});
  }
  return chain.drops;
}

}  // namespace lvslab::net::netfilter
