// A table of the packet filter: chains of rules, policies, counters (iptables(8)). A packet walks a
// chain's rules in order; the first that ends its way decides, a user chain returns to where it was
// called from, at the end of a built-in chain its policy decides. Rules are values: a table may be
// copied, edited and put back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/netfilter/extension.h"

namespace lvslab::net::netfilter {

inline constexpr std::size_t kMostRules = 4'096;   ///< of a table
inline constexpr std::size_t kMostChains = 1'024;  ///< of a table
inline constexpr std::size_t kDeepestJump = 64;    ///< chains within chains
/// Rules that one packet may meet at most, jumps into the same chain counted each time.
inline constexpr std::uint64_t kLongestWalk = 1'000'000;

struct TrafficCount {
  std::uint64_t packets = 0, bytes = 0;
};

struct AddressTest {
  wire::Ipv4 address;  ///< without the bits outside the mask
  std::uint32_t mask = 0;
  bool inverted = false;
  bool fits(wire::Ipv4 other) const { return ((other.value & mask) == address.value) != inverted; }
};
struct DeviceTest {
  std::string name;  ///< a '+' at the end stands for any; empty: any device
  bool inverted = false;
  bool fits(std::string_view device) const;
};

struct Rule {
  AddressTest source, destination;
  DeviceTest in, out;
  std::uint8_t protocol = 0;
  bool protocol_inverted = false;
  bool fragment = false, fragment_inverted = false;  ///< -f: second and later fragments
  struct Use {
    std::string_view name;
    std::shared_ptr<const Match> match;
  };
  std::vector<Use> matches;
  std::string target_name;  ///< verdict, chain or target; empty: the rule only counts
  std::shared_ptr<const Target> target;
  bool go_to = false;
  TrafficCount count;

  // made by Table::link
  enum class Jump : std::uint8_t { kNone, kAccept, kDrop, kReturn, kChain, kTarget };
  Jump jump = Jump::kNone;
  std::size_t chain = 0;  ///< kChain: its place in the table
  std::string_view text;  ///< for notes

  bool fits(const Seen& seen, std::string_view in_device, std::string_view out_device) const;
  /// " -s 10.0.0.0/8 -p tcp ... -j DROP": what stands behind "-A CHAIN". Equal texts: equal rules.
  std::string save(bool with_count = false) const;
};

struct Chain {
  std::string name;
  std::optional<hook::Hook> hook;  ///< a built-in chain
  bool drops = false;              ///< policy of a built-in chain
  TrafficCount policy_count;
  std::vector<Rule> rules;
  std::string_view policy_text;  ///< for notes
};

struct TableKind {
  std::string_view name;
  int priority;
  std::vector<hook::Hook> hooks;
};
/// raw, mangle, nat, filter; null: none of them. (nat takes its places in the hooks by itself.)
const TableKind* find_table_kind(std::string_view name);

class Table {
 public:
  explicit Table(const TableKind& kind);

  const TableKind& kind() const { return *kind_; }
  /// The built-in ones in the order of their hooks, then the user's by name.
  std::vector<Chain>& chains() { return chains_; }
  const std::vector<Chain>& chains() const { return chains_; }
  Chain* find(std::string_view name);
  const Chain* find(std::string_view name) const;
  Chain& add_chain(std::string name);
  std::size_t references(std::string_view chain) const;
  std::size_t rule_count() const;
  /// Has rules, or a policy other than ACCEPT.
  bool in_use() const;

  /// Some rule needs connections to be tracked.
  bool tracks() const;

  enum class LinkError : std::uint8_t { kNone, kLoop, kTooMuch, kWrongHook };
  /// To be called after every change: finds the chains that rules name, refuses circles.
  LinkError link();

  /// True: the packet is dropped. Counts and notes what it met.
  bool drops(Seen& seen);

 private:
  struct Cost {
    enum class State : std::uint8_t { kUnknown, kOpen, kKnown } state = State::kUnknown;
    std::uint64_t rules = 0;
    std::size_t depth = 0;
  };
  LinkError measure(std::size_t chain, std::vector<Cost>& costs, std::size_t depth) const;
  bool hooks_fit(std::size_t chain, hook::Hook where, std::vector<bool>& visited) const;

  const TableKind* kind_;
  std::vector<Chain> chains_;
};

}  // namespace lvslab::net::netfilter
