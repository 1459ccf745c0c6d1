#include "diagnose/firewall.h"

#include <algorithm>
#include <array>

namespace lvslab::diagnose {
namespace {

using hook::Hook;
using net::netfilter::Chain;
using net::netfilter::Rule;
using net::netfilter::Seen;
using net::netfilter::Table;

std::array<std::uint8_t, 40> bytes_of(const Probe& probe) {
  std::array<std::uint8_t, 40> b{};
  const auto put32 = [&](std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i)
      b.at(at + i) = static_cast<std::uint8_t>(value >> (24 - 8 * i));
  };
  const auto put16 = [&](std::size_t at, std::uint16_t value) {
    b.at(at) = static_cast<std::uint8_t>(value >> 8);
    b.at(at + 1) = static_cast<std::uint8_t>(value);
  };
  b[0] = 0x45;
  put16(2, 40);
  b[8] = 60;
  b[9] = static_cast<std::uint8_t>(probe.protocol);
  put32(12, probe.source.address.value);
  put32(16, probe.destination.address.value);
  if (probe.protocol == wire::Protocol::kIcmp) {
    b[20] = probe.reply ? 0 : 8;
    return b;
  }
  put16(20, probe.source.port);
  put16(22, probe.destination.port);
  if (probe.protocol == wire::Protocol::kTcp) {
    b[32] = 0x50;
    b[33] = probe.reply ? 0x12 : 0x02;
  } else {
    put16(24, 20);
  }
  return b;
}

// What `-m state` and `-m conntrack` say of a connection's first packet, or of the answer to it:
// this probe is in no table, so their lists are read.
bool state_fits(const Rule::Use& use, bool reply) {
  const std::string text = use.match->save();
  const bool listed = text.find(reply ? "ESTABLISHED" : "NEW") != std::string::npos;
  return listed != (text.find("! ") != std::string::npos);
}

bool fits(const Rule& rule, const Seen& seen, std::string_view in, std::string_view out,
          const Probe& probe) {
  const bool tracked = std::any_of(
      rule.matches.begin(), rule.matches.end(),
      [](const Rule::Use& use) { return use.name == "conntrack" || use.name == "state"; });
  if (!tracked) return rule.fits(seen, in, out);
  Rule plain = rule;
  std::erase_if(plain.matches, [](const Rule::Use& use) {
    return use.name == "conntrack" || use.name == "state";
  });
  return plain.fits(seen, in, out) &&
         std::all_of(rule.matches.begin(), rule.matches.end(), [&](const Rule::Use& use) {
           return (use.name != "conntrack" && use.name != "state") || state_fits(use, probe.reply);
         });
}

struct Walk {
  const Table& table;
  Seen& seen;
  std::string_view in, out;
  const Probe& probe;
  FilterAnswer& answer;
  std::size_t met = 0;

  std::string name_of(const Chain& chain, const std::string& rule) const {
    return std::string(table.kind().name) + " " + chain.name + rule;
  }

  // True: the packet's way through this table is decided.
  bool run(const Chain& chain, std::size_t depth) {
    constexpr std::size_t kMostMet = 100'000;
    for (const Rule& rule : chain.rules) {
      if (++met > kMostMet) return true;
      if (!fits(rule, seen, in, out, probe)) continue;
      switch (rule.jump) {
        case Rule::Jump::kNone:
          break;
        case Rule::Jump::kAccept:
          return true;
        case Rule::Jump::kDrop:
          answer.dropped = true;
          answer.rule = name_of(chain, rule.save());
          return true;
        case Rule::Jump::kReturn:
          return false;
        case Rule::Jump::kChain:
          if (depth < net::netfilter::kDeepestJump && run(table.chains()[rule.chain], depth + 1))
            return true;
          if (rule.go_to) return false;
          break;
        case Rule::Jump::kTarget:
          if (apply(chain, rule)) return true;
          break;
      }
    }
    return false;
  }

  bool apply(const Chain& chain, const Rule& rule) {
    const std::string& target = rule.target_name;
    if (target == "REJECT") {
      answer.dropped = answer.answered = true;
      answer.rule = name_of(chain, rule.save());
      return true;
    }
    if (target == "MARK") {
      rule.target->apply(seen);  // touches the mark alone
      answer.mark = seen.mark;
      return false;
    }
    if (target == "DNAT" || target == "SNAT" || target == "MASQUERADE" || target == "REDIRECT") {
      answer.translation = target;
      answer.translation_rule = name_of(chain, rule.save());
      return true;
    }
    return false;
  }
};

}  // namespace

FilterAnswer filter(const Survey& survey, std::size_t host, Hook hook, const Probe& probe,
                    InterfaceIndex in, InterfaceIndex out) {
  FilterAnswer answer;
  answer.mark = probe.mark;
  std::vector<const Table*> tables = survey.machine(host).netfilter().tables();
  if (tables.empty()) return answer;
  std::sort(tables.begin(), tables.end(),
            [](const Table* a, const Table* b) { return a->kind().priority < b->kind().priority; });
  PacketPool pool;
  Turn turn(pool);
  const auto bytes = bytes_of(probe);
  wire::Datagram datagram = wire::Datagram::trusted(pool.copy_of(bytes));
  hook::Track track;
  hook::PacketInfo info;
  info.hook = hook;
  info.in_device = in;
  info.out_device = out;
  info.mark = probe.mark;
  info.track = &track;
  net::Host& machine = survey.machine(host).host();
  Seen seen{turn, machine, datagram, info, probe.mark};
  const auto device = [&](InterfaceIndex index) {
    return index == kNoInterface ? std::string_view{} : machine.interface(index).name;
  };
  for (const Table* table : tables) {
    const Chain* chain = table->find(hook::hook_name(hook));
    if (chain == nullptr || (chain->rules.empty() && !chain->drops)) continue;
    Walk walk{*table, seen, device(in), device(out), probe, answer};
    const bool decided = walk.run(*chain, 0);
    if (!decided && chain->drops) {
      answer.dropped = true;
      answer.rule = walk.name_of(*chain, " policy DROP");
    }
    if (answer.dropped) break;
  }
  pool.retire(datagram.take());
  return answer;
}

}  // namespace lvslab::diagnose
