// Who each host believes to own each address, over time: a fold of the changes of its ARP table.
// A stretch begins when an entry gets a MAC it had not, and ends when it has that MAC no more
// (another's, or none: the entry failed or was removed). States between (STALE, PROBE ...) do not
// part it: the host still sends there.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/record.h"
#include "lang/lang.h"
#include "trace/scene.h"

namespace lvslab::trace {

class Owners final : public Watcher {
 public:
  struct Stretch {
    wire::Mac mac;
    Instant from;
    Instant until = Instant::never();  ///< never: to the end
  };
  struct Belief {
    NodeIndex node = kNoNode;
    InterfaceIndex interface = kNoInterface;
    wire::Ipv4 address;
    std::vector<Stretch> stretches;  ///< in order of time
    /// It believed at least two different things.
    bool changed() const;
  };

  void on_record(const Record& record) override;
  /// By host, interface, address.
  std::vector<const Belief*> beliefs() const;

 private:
  using Key = std::pair<std::pair<NodeIndex, InterfaceIndex>, wire::Ipv4>;
  std::map<Key, Belief> beliefs_;
};

/// For people: a line a stretch, of the addresses that somebody changed his mind about; empty when
/// nobody did.
std::string owners_text(const Owners& owners, const Scene& scene, const lang::Words& words = {});
/// What `explain` prints: a ladder, and below it who was believed to own what.
std::string with_owners(std::string ladder, const Owners& owners, const Scene& scene,
                        const lang::Words& words = {});

}  // namespace lvslab::trace
