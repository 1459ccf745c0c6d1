// What a host's packet filter would do with one packet, found out without sending it: rules are
// walked as a packet walks them, counters and tracked connections stay as they are.
#pragma once

#include <string>

#include "diagnose/survey.h"

namespace lvslab::diagnose {

/// A packet as rules look at it. A TCP packet of a request is a SYN, of a reply a SYN-ACK.
struct Probe {
  wire::Protocol protocol = wire::Protocol::kTcp;
  wire::Endpoint source, destination;
  std::uint32_t mark = 0;
  bool reply = false;
};

/// A client's port where any will do.
inline constexpr std::uint16_t kSomePort = 40'000;

struct FilterAnswer {
  bool dropped = false;
  bool answered = false;    ///< dropped with an answer to the sender (REJECT)
  std::string rule;         ///< the rule, or the policy, that dropped it: "filter FORWARD -j DROP"
  std::uint32_t mark = 0;   ///< as rules left it
  std::string translation;  ///< DNAT SNAT MASQUERADE REDIRECT, or empty
  std::string translation_rule;
};

/// All tables of that hook in their order.
FilterAnswer filter(const Survey& survey, std::size_t host, hook::Hook hook, const Probe& probe,
                    InterfaceIndex in, InterfaceIndex out);

}  // namespace lvslab::diagnose
