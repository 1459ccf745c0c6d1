// A learning switch (IEEE 802.1D without spanning tree, the Linux bridge as model): learns the
// source of every frame, moves an address at once to the port it was last heard on, forgets after
// the aging time, floods what it does not know. VLANs per port: access or trunk; tables and
// flooding are per VLAN.
#pragma once

#include <string>
#include <vector>

#include "base/node.h"
#include "wire/ethernet.h"

namespace lvslab::net {

struct SwitchPort {
  bool up = true;
  bool vlan_aware = false;            ///< false: carries everything untagged in VLAN 1
  std::uint16_t pvid = 1;             ///< access or native VLAN; 0: none
  std::vector<std::uint16_t> tagged;  ///< trunk VLANs
};

struct MacEntry {
  wire::Mac mac;
  std::uint16_t vlan = 1;
  PortIndex port = 0;
  Instant seen;
};

class Switch final : public Node {
 public:
  Switch(std::string name, Duration aging) : name_(std::move(name)), aging_(aging) {}

  const std::string& name() const { return name_; }
  PortIndex add_port(SwitchPort port = {});

  void receive(Turn& turn, PortIndex port, Packet packet) override;
  void wake(Turn& turn) override;  ///< ages entries out, so that the table says so at the time
  void carrier_changed(Turn& turn, PortIndex port, bool up) override;

  /// Entries alive at `now`, by VLAN then MAC.
  std::vector<MacEntry> table(Instant now) const;

 private:
  [[gnu::always_inline]] inline MacEntry* find(wire::Mac mac, std::uint16_t vlan);
  void learn(Turn& turn, wire::Mac mac, std::uint16_t vlan, PortIndex port);
  void flood(Turn& turn, std::uint16_t vlan, PortIndex ingress, Packet&& packet,
             wire::Mac destination);
  void send(Turn& turn, PortIndex port, std::uint16_t vlan, Packet&& packet);
  bool carries(PortIndex port, std::uint16_t vlan, bool* tagged) const;
  void grow();
  void replace_entries(const std::vector<MacEntry>& keep);

  std::string name_;
  Duration aging_;
  std::vector<SwitchPort> ports_;
  bool vlan_aware_ = false;
  std::vector<MacEntry> entries_;  ///< open addressing, power of two; mac 0 = empty
  std::size_t used_ = 0;
};

}  // namespace lvslab::net
