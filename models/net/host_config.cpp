// Interfaces, settings and power of a host.
#include <algorithm>

#include "net/fragment.h"
#include "net/host.h"

namespace lvslab::net {
namespace {

constexpr std::uint32_t kSmallestMtu = 68;  ///< below it a device carries no IPv4
constexpr std::uint32_t kLargestMtu = 65'535;
constexpr std::size_t kMostInterfaces = 4'096;

// As the kernel: not empty, at most 15 characters, no slash, blank or colon, not "." or "..".
bool valid_name(std::string_view name) {
  if (name.empty() || name.size() > 15 || name == "." || name == "..") return false;
  return name.find_first_of("/: \t\n\r\v\f") == std::string_view::npos;
}

}  // namespace

bool Host::usable(InterfaceIndex index) const {
  return index < interfaces_.size() && !interfaces_[index].removed;
}

// Names in notes must outlive the interface they were made for.
std::string_view Host::intern(std::string_view text) {
  for (const std::string& known : names_) {
    if (known == text) return known;
  }
  names_.emplace_front(text);
  return names_.front();
}

void Host::note_interface(Turn& turn, InterfaceIndex index, std::uint32_t flags) {
  if (!turn.watched()) return;
  const Interface& nic = interfaces_[index];
  flags |= (nic.up ? 1u : 0u) | (nic.running() ? 2u : 0u) | (nic.removed ? 8u : 0u);
  turn.note({.kind = NoteKind::kStateInterface, .x = index, .y = flags, .word = intern(nic.name)});
}

// A new device starts with the settings that stand under `default` now.
InterfaceIndex Host::append_interface(Interface&& interface) {
  const auto index = static_cast<InterfaceIndex>(interfaces_.size());
  interface.index = index;
  interface.ifindex = index + 1;
  interface.conf = defaults().conf;
  interface.neigh = defaults().neigh;
  if (interfaces_.size() < 4) interfaces_.reserve(interfaces_.size() + 1);
  interfaces_.push_back(std::move(interface));
  return index;
}

InterfaceIndex Host::add_ethernet(Turn& turn, std::string name, wire::Mac mac, std::uint32_t mtu,
                                  bool up) {
  Interface nic;
  nic.name = std::move(name);
  nic.kind = InterfaceKind::kEthernet;
  nic.port = static_cast<PortIndex>(port_interfaces_.size());
  nic.mac = mac;
  nic.mtu = mtu;
  const InterfaceIndex index = append_interface(std::move(nic));
  port_interfaces_.push_back(index);
  note_interface(turn, index, 4);
  if (up) set_up(turn, index, true);
  return index;
}

tl::expected<InterfaceIndex, ConfigError> Host::add_virtual(Turn& turn,
                                                            const Interface& description) {
  const auto refuse = [](ConfigError e) { return tl::unexpected<ConfigError>(e); };
  if (!valid_name(description.name) || interfaces_.size() >= kMostInterfaces) {
    return refuse(ConfigError::kInvalidArgument);
  }
  if (find_interface(description.name) != nullptr) return refuse(ConfigError::kExists);
  Interface nic = description;
  nic.addresses.clear();
  nic.up = nic.removed = nic.had_address = false;
  nic.carrier = true;
  switch (nic.kind) {
    case InterfaceKind::kDummy:
      nic.noarp = true;
      // An address of its own as the kernel draws one: random, unicast, locally administered.
      if (nic.mac.is_zero()) {
        nic.mac = {(random_.bits() & 0xfcffffffffffULL) | 0x020000000000ULL};
      }
      break;
    case InterfaceKind::kIpip:
      nic.noarp = true;
      nic.mac = {};
      break;
    case InterfaceKind::kVlan: {
      if (!usable(nic.parent)) return refuse(ConfigError::kNoSuchDevice);
      const Interface& parent = interfaces_[nic.parent];
      if (parent.kind != InterfaceKind::kEthernet || nic.vlan_id >= 4095) {
        return refuse(ConfigError::kInvalidArgument);
      }
      for (const Interface& other : interfaces_) {
        if (!other.removed && other.kind == InterfaceKind::kVlan && other.parent == nic.parent &&
            other.vlan_id == nic.vlan_id) {
          return refuse(ConfigError::kExists);
        }
      }
      nic.port = parent.port;
      nic.carrier = parent.carrier;
      nic.mtu = std::min(nic.mtu, parent.mtu);
      if (nic.mac.is_zero()) nic.mac = parent.mac;
      break;
    }
    case InterfaceKind::kEthernet:
    case InterfaceKind::kLoopback:
      return refuse(ConfigError::kInvalidArgument);
  }
  const InterfaceIndex index = append_interface(std::move(nic));
  note_interface(turn, index, 4);
  if (description.up) set_up(turn, index, true);
  return index;
}

// Only what was made by hand can be removed, and the tunnel module's own device cannot either.
ConfigError Host::remove_interface(Turn& turn, InterfaceIndex index) {
  if (!usable(index)) return ConfigError::kNoSuchDevice;
  Interface& nic = interfaces_[index];
  if (nic.kind == InterfaceKind::kEthernet || nic.kind == InterfaceKind::kLoopback ||
      (nic.kind == InterfaceKind::kIpip && nic.name == "tunl0")) {
    return ConfigError::kInvalidArgument;
  }
  set_up(turn, index, false);
  while (!nic.addresses.empty()) erase_address(turn, index, nic.addresses.size() - 1);
  remove_routes_of_device(turn, index, true);
  neighbours_.flush(turn, index, false);
  nic.removed = true;
  note_interface(turn, index);
  return ConfigError::kNone;
}

ConfigError Host::set_up(Turn& turn, InterfaceIndex index, bool up) {
  if (!usable(index)) return ConfigError::kNoSuchDevice;
  Interface& nic = interfaces_[index];
  if (nic.up == up) return ConfigError::kNone;
  if (up && nic.kind == InterfaceKind::kVlan && !interfaces_[nic.parent].up) {
    return ConfigError::kDeviceDown;
  }
  // VLAN devices follow the device below them, both ways.
  const auto children_follow = [&] {
    for (InterfaceIndex i = 0; i < interfaces_.size(); ++i) {
      if (interfaces_[i].kind == InterfaceKind::kVlan && interfaces_[i].parent == index) {
        set_up(turn, i, up);
      }
    }
  };
  if (!up) children_follow();
  nic.up = up;
  note_interface(turn, index);
  if (!up) {
    ++nic.times_down;
    // Down: every route through the device goes, static ones too, and every neighbour, permanent
    // ones too. Its addresses stay, and stay local.
    remove_routes_of_device(turn, index, false);
    neighbours_.flush(turn, index, false);
    return ConfigError::kNone;
  }
  // Up: only the connected routes come back, and next hops of routes that have others.
  routes_.mark_hops(index, false);
  for (const Address& address : nic.addresses) add_address_routes(turn, index, address);
  if (nic.loopback() && nic.addresses.empty()) {
    add_address(turn, index,
                {.local = wire::ipv4(127, 0, 0, 1), .prefix_length = 8, .scope = Scope::kHost});
  }
  if (conf(index).arp_notify() != 0) announce_all(turn, index);
  children_follow();
  return ConfigError::kNone;
}

ConfigError Host::set_mtu(Turn& turn, InterfaceIndex index, std::uint32_t mtu) {
  if (!usable(index)) return ConfigError::kNoSuchDevice;
  Interface& nic = interfaces_[index];
  const bool may_be_tiny = nic.loopback() || nic.kind == InterfaceKind::kDummy;
  if ((mtu < kSmallestMtu && !may_be_tiny) ||
      mtu > (nic.loopback() ? kLargestMtu + 1 : kLargestMtu)) {
    return ConfigError::kInvalidArgument;
  }
  if (nic.kind == InterfaceKind::kVlan && mtu > interfaces_[nic.parent].mtu) {
    return ConfigError::kInvalidArgument;
  }
  nic.mtu = mtu;
  routes_.touch();
  for (Interface& other : interfaces_) {
    if (other.kind == InterfaceKind::kVlan && other.parent == index)
      other.mtu = std::min(other.mtu, mtu);
  }
  if (mtu < kSmallestMtu) {  // no IPv4 on such a device: its addresses go
    while (!nic.addresses.empty()) erase_address(turn, index, nic.addresses.size() - 1);
    remove_routes_of_device(turn, index, true);
    neighbours_.flush(turn, index, false);
  }
  note_interface(turn, index);
  return ConfigError::kNone;
}

// A new MAC: what is known through the device is forgotten (permanent entries too), and with
// arp_notify the neighbours are told. VLANs that had the device's MAC keep having it.
ConfigError Host::set_mac(Turn& turn, InterfaceIndex index, wire::Mac mac) {
  if (!usable(index)) return ConfigError::kNoSuchDevice;
  Interface& nic = interfaces_[index];
  if (mac.is_group() || mac.is_zero() || nic.loopback() || nic.kind == InterfaceKind::kIpip) {
    return ConfigError::kInvalidArgument;
  }
  const wire::Mac old = nic.mac;
  nic.mac = mac;
  neighbours_.flush(turn, index, false);
  note_interface(turn, index);
  if (conf(index).arp_notify() != 0) announce_all(turn, index);
  for (InterfaceIndex i = 0; i < interfaces_.size(); ++i) {
    const Interface& other = interfaces_[i];
    if (other.kind == InterfaceKind::kVlan && other.parent == index && !other.removed &&
        other.mac == old) {
      set_mac(turn, i, mac);
    }
  }
  return ConfigError::kNone;
}

ConfigError Host::rename_interface(Turn& turn, InterfaceIndex index, std::string name) {
  if (!usable(index)) return ConfigError::kNoSuchDevice;
  Interface& nic = interfaces_[index];
  if (nic.name == name) return ConfigError::kNone;
  if (!valid_name(name) || nic.up) return ConfigError::kInvalidArgument;
  if (find_interface(name) != nullptr) return ConfigError::kExists;
  for (Address& address : nic.addresses) {
    const std::size_t colon = address.label.find(':');
    address.label = colon == std::string::npos ? name : name + address.label.substr(colon);
  }
  nic.name = std::move(name);
  note_interface(turn, index);
  return ConfigError::kNone;
}

ConfigError Host::set_noarp(Turn& turn, InterfaceIndex index, bool noarp) {
  if (!usable(index)) return ConfigError::kNoSuchDevice;
  if (interfaces_[index].noarp == noarp) return ConfigError::kNone;
  interfaces_[index].noarp = noarp;
  neighbours_.flush(turn, index, false);
  return ConfigError::kNone;
}

// Carrier: routes stay. Without it, what is known of the neighbours goes, but for permanent entries
// (arp_evict_nocarrier, on by default).
void Host::carrier_changed(Turn& turn, PortIndex port, bool up) {
  for (InterfaceIndex i = 0; i < interfaces_.size(); ++i) {
    Interface& nic = interfaces_[i];
    const bool on_cable = nic.kind == InterfaceKind::kEthernet || nic.kind == InterfaceKind::kVlan;
    if (!on_cable || nic.removed || nic.port != port || nic.carrier == up) continue;
    nic.carrier = up;
    note_interface(turn, i);
    if (!up && conf(i).arp_evict_nocarrier()) neighbours_.flush(turn, i, true);
  }
}

GlobalConf& Host::edit_global() {
  if (!own_global_) {
    own_global_ = std::make_unique<GlobalConf>(*global_);
    global_ = own_global_.get();
  }
  return *own_global_;
}

// A write that changes nothing has no effect; otherwise every interface and `default` follow, and a
// router stops obeying redirects.
void Host::set_forwarding(bool on) {
  if (ip_forward() == on) return;
  conf_all_.forwarding = edit_defaults().conf.forwarding = on ? 1 : 0;
  conf_all_.accept_redirects = on ? 0 : 1;
  for (Interface& nic : interfaces_) nic.conf.forwarding = on ? 1 : 0;
}

// Off: what the machine was doing is lost; its configuration comes back with the power.
void Host::set_power(Turn& turn, bool on) {
  if (powered_ == on) return;
  powered_ = on;
  if (on) return wake_at(turn.now());
  neighbours_->lose_power(turn);
  delayed_replies_.clear();
  for (LoopedBack& item : loopback_) turn.drop(std::move(item.packet), DropReason::kPowerOff);
  loopback_.clear();
  if (fragments_) fragments_->clear(turn);
}

}  // namespace lvslab::net
