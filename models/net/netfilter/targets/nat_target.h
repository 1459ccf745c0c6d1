// What DNAT, SNAT, MASQUERADE and REDIRECT share: which ports, and flags of the choice.
#pragma once

#include <string>
#include <string_view>

#include "net/netfilter/conntrack.h"
#include "net/netfilter/nat.h"
#include "net/netfilter/targets/targets.h"

namespace lvslab::net::netfilter {

/// getopt takes the beginning of a long option for the whole: "--to", "--to-port", "--to-dest".
inline bool abbreviates(const std::string& option, std::string_view whole) {
  return option.size() >= 4 && whole.starts_with(option);
}

class NatTarget : public Target {
 public:
  bool tracks() const override { return true; }

 protected:
  /// "80", "http", "80-90", "80-90/8080".
  void read_ports(Words& words, const std::string& text, bool with_base = false);
  /// "A", "A-B", "A:80", ":80-90" and so on.
  void read_range(Words& words, const std::string& text);
  /// --random, --random-fully, --persistent, as far as the target knows them.
  bool read_flags(Words& words, bool fully, bool persistent);
  std::string range_text() const;
  std::string ports_text() const;
  std::string flags_text(bool save) const;
  /// The rule decides about that end of the packet's connection.
  Effect settle_as(Seen& seen, End end, const NatRange& range) const;

  NatRange range_;
  bool random_ = false, fully_ = false;
};

}  // namespace lvslab::net::netfilter
