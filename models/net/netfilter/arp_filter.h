// The packet filter for ARP (arptables(8)): what a host hears and says about addresses can be
// dropped or changed, which was the cure for real servers that answer for the VIP before arp_ignore
// existed. One table with built-in chains only; the first rule that fits and ends its way decides.
#pragma once

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hook/hook.h"
#include "net/host.h"

namespace lvslab::net::netfilter {

inline constexpr std::size_t kMostArpRules = 1'024;  ///< of a chain

struct ArpRule {
  struct Address {
    wire::Ipv4 address;  ///< without the bits outside the mask
    std::uint32_t mask = 0;
    bool inverted = false;
    bool fits(wire::Ipv4 other) const {
      return ((other.value & mask) == address.value) != inverted;
    }
  };
  Address source, target;  ///< protocol addresses of sender and target
  std::optional<wire::Mac> source_mac, target_mac;
  std::string in, out;  ///< devices; empty: any
  std::optional<std::uint16_t> operation;
  enum class Verdict : std::uint8_t { kAccept, kDrop, kContinue };
  Verdict verdict = Verdict::kContinue;
  bool mangles = false;  ///< changes before it decides
  std::optional<wire::Ipv4> mangle_source, mangle_target;
  std::optional<wire::Mac> mangle_source_mac, mangle_target_mac;
  bool has_target = false;  ///< -j was given
  std::uint64_t packets = 0;
  std::string_view text{};  ///< for notes

  bool fits(const wire::Arp& arp, bool outgoing, std::string_view device) const;
  /// "-j DROP -d 10.0.0.100 ": the form in which arptables shows rules.
  std::string show() const;
};

class ArpFilter final : public hook::ArpHook {
 public:
  struct Chain {
    std::string_view name;
    bool drops = false;
    std::vector<ArpRule> rules;
  };
  explicit ArpFilter(Host& host) : host_(host) {}
  ~ArpFilter() override { host_.set_arp_hook(nullptr); }

  std::array<Chain, 3>& chains() { return chains_; }
  /// "INPUT" or, as older tools call it, "IN"; null: no such chain.
  Chain* find(std::string_view name);
  /// After a change: the host asks only while there is something to ask.
  void changed();
  void reset();

  bool passes(Turn& turn, bool out, wire::Arp& arp, std::string_view device) override;

 private:
  Host& host_;
  std::array<Chain, 3> chains_{{{"INPUT"}, {"OUTPUT"}, {"FORWARD"}}};
  std::set<std::string> texts_;  ///< notes point to them for the whole run
};

}  // namespace lvslab::net::netfilter
