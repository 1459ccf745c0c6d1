#include "net/netfilter/arp_filter.h"

#include <algorithm>

#include "net/netfilter/rule_text.h"

namespace lvslab::net::netfilter {
namespace {

std::string address_word(std::string_view option, const ArpRule::Address& test) {
  if (test.mask == 0) return {};
  return (test.inverted ? "! " : "") + std::string(option) + " " + to_string(test.address) +
         mask_text(test.mask) + " ";
}

}  // namespace

bool ArpRule::fits(const wire::Arp& arp, bool outgoing, std::string_view device) const {
  if (!source.fits(arp.sender_ip) || !target.fits(arp.target_ip)) return false;
  if (source_mac && *source_mac != arp.sender_mac) return false;
  if (target_mac && *target_mac != arp.target_mac) return false;
  if (operation && *operation != arp.operation) return false;
  return (in.empty() || (!outgoing && in == device)) &&
         (out.empty() || (outgoing && out == device));
}

std::string ArpRule::show() const {
  std::string line;
  if (has_target) {
    line = mangles                       ? "-j mangle "
           : verdict == Verdict::kDrop   ? "-j DROP "
           : verdict == Verdict::kAccept ? "-j ACCEPT "
                                         : "-j CONTINUE ";
  }
  if (!in.empty()) line += "-i " + in + " ";
  if (!out.empty()) line += "-o " + out + " ";
  line += address_word("-s", source) + address_word("-d", target);
  if (source_mac) line += "--src-mac " + to_string(*source_mac) + " ";
  if (target_mac) line += "--dst-mac " + to_string(*target_mac) + " ";
  if (operation)
    line += std::string("--opcode ") + (*operation == wire::kArpRequest ? "Request " : "Reply ");
  if (mangle_source) line += "--mangle-ip-s " + to_string(*mangle_source) + " ";
  if (mangle_target) line += "--mangle-ip-d " + to_string(*mangle_target) + " ";
  if (mangle_source_mac) line += "--mangle-mac-s " + to_string(*mangle_source_mac) + " ";
  if (mangle_target_mac) line += "--mangle-mac-d " + to_string(*mangle_target_mac) + " ";
  if (mangles && verdict == Verdict::kDrop) line += "--mangle-target DROP ";
  if (mangles && verdict == Verdict::kContinue) line += "--mangle-target CONTINUE ";
  return line;
}

ArpFilter::Chain* ArpFilter::find(std::string_view name) {
  if (name == "IN") name = "INPUT";
  if (name == "OUT") name = "OUTPUT";
  for (Chain& chain : chains_) {
    if (chain.name == name) return &chain;
  }
  return nullptr;
}

void ArpFilter::changed() {
  bool used = false;
  for (Chain& chain : chains_) {
    used = used || chain.drops || !chain.rules.empty();
    for (ArpRule& rule : chain.rules) {
      if (rule.text.empty())
        rule.text =
            *texts_.insert("arptables " + std::string(chain.name) + ": " + rule.show()).first;
    }
  }
  host_.set_arp_hook(used ? this : nullptr);
}

void ArpFilter::reset() {
  for (Chain& chain : chains_) {
    chain.rules.clear();
    chain.drops = false;
  }
  changed();
}

bool ArpFilter::passes(Turn& turn, bool out, wire::Arp& arp, std::string_view device) {
  Chain& chain = chains_[out ? 1 : 0];
  for (ArpRule& rule : chain.rules) {
    if (!rule.fits(arp, out, device)) continue;
    ++rule.packets;
    if (turn.watched()) turn.note({.kind = NoteKind::kRule, .word = rule.text});
    if (rule.mangle_source) arp.sender_ip = *rule.mangle_source;
    if (rule.mangle_target) arp.target_ip = *rule.mangle_target;
    if (rule.mangle_source_mac) arp.sender_mac = *rule.mangle_source_mac;
    if (rule.mangle_target_mac) arp.target_mac = *rule.mangle_target_mac;
    if (rule.verdict != ArpRule::Verdict::kContinue)
      return rule.verdict == ArpRule::Verdict::kAccept;
  }
  return !chain.drops;
}

}  // namespace lvslab::net::netfilter
