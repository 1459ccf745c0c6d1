#include "net/host.h"

#include <algorithm>

#include "net/fragment.h"
#include "net/icmp_limits.h"
#include "net/path_cache.h"
#include "wire/ethernet.h"

namespace lvslab::net {
namespace {

constexpr GlobalConf kDefaultGlobals{};
constexpr std::size_t kMostLoopedInOneTurn = 256;

hook::LinkClass classify(wire::Mac destination, wire::Mac own) {
  if (destination == own) return hook::LinkClass::kHost;
  if (destination.is_broadcast()) return hook::LinkClass::kBroadcast;
  return destination.is_group() ? hook::LinkClass::kMulticast : hook::LinkClass::kOtherHost;
}

}  // namespace

Host::Host(std::string name, std::uint64_t seed)
    : neighbours_(*this, Random(mix(seed, hash_name(name)))),
      global_(&kDefaultGlobals),
      name_(std::move(name)),
      random_(seed, name_) {
  conf_all_.accept_source_route = 0;
  Interface lo;
  lo.name = "lo";
  lo.kind = InterfaceKind::kLoopback;
  lo.mtu = 65'536;
  lo.up = true;
  interfaces_.push_back(std::move(lo));
  PacketPool pool;
  Turn turn(pool);
  add_address(turn, 0,
              {.local = wire::ipv4(127, 0, 0, 1),
               .prefix_length = 8,
               .scope = Scope::kHost,
               .label = "lo"});
}

Host::~Host() = default;

const Host::Defaults& Host::defaults() const {
  static constexpr Defaults kFactory{};
  return defaults_ ? *defaults_ : kFactory;
}

void Host::receive(Turn& turn, PortIndex port, Packet packet) {
  if (!powered_) return turn.drop(std::move(packet), DropReason::kPowerOff);
  last_now_ = turn.now();
  const InterfaceIndex device = port_interfaces_[port];
  Interface& nic = interfaces_[device];
  if (!nic.up) return turn.drop(std::move(packet), DropReason::kLinkDown);
  ++nic.rx_packets;
  nic.rx_bytes += packet.length();
  if (nic.taps != 0) [[unlikely]]
    show_frame(turn, device, Direction::kIn, packet);
  receive_frame(turn, device, std::move(packet));
  if (!loopback_.empty()) drain_loopback(turn);
  wake_at(neighbours_.next_wake());
}

void Host::receive_frame(Turn& turn, InterfaceIndex device, Packet&& packet) {
  if (!wire::EthernetView::fits(packet.bytes())) {
    return turn.drop(std::move(packet), DropReason::kBadFrame);
  }
  const wire::EthernetView frame{packet.data()};
  const wire::Mac destination = frame.destination();
  const hook::LinkClass link = classify(destination, interfaces_[device].mac);
  if (link == hook::LinkClass::kOtherHost) {
    return turn.drop(std::move(packet), DropReason::kOtherHost);
  }
  switch (static_cast<wire::EtherType>(frame.type())) {
    case wire::EtherType::kIpv4:
      packet.pull(wire::kEthernetHeader);
      return receive_ip(turn, std::move(packet), {.device = device, .link = link});
    case wire::EtherType::kArp:
      packet.pull(wire::kEthernetHeader);
      return receive_arp(turn, device, std::move(packet), destination);
    case wire::EtherType::kVlan:
      return receive_tagged(turn, device, std::move(packet));
    default:
      return turn.drop(std::move(packet), DropReason::kUnknownEtherType);
  }
}

// 802.1Q: the tag comes off and the frame goes on as if it had arrived on the VLAN's own device.
void Host::receive_tagged(Turn& turn, InterfaceIndex device, Packet&& packet) {
  if (packet.real_size() < wire::kEthernetHeader + wire::kVlanTag) {
    return turn.drop(std::move(packet), DropReason::kBadFrame);
  }
  const wire::EthernetView frame{packet.data()};
  const std::uint16_t vlan = frame.vlan_id();
  for (Interface& candidate : interfaces_) {
    if (candidate.kind != InterfaceKind::kVlan || candidate.removed || !candidate.up ||
        candidate.parent != device || candidate.vlan_id != vlan) {
      continue;
    }
    const wire::Mac destination = frame.destination(), source = frame.source();
    const std::uint16_t type = frame.inner_type();
    packet.pull(wire::kEthernetHeader + wire::kVlanTag);
    wire::emit_ethernet(packet.push(wire::kEthernetHeader), destination, source, type);
    ++candidate.rx_packets;
    candidate.rx_bytes += packet.length();
    turn.capture(candidate.index, Direction::kIn, packet);
    if (candidate.taps != 0) show_frame(turn, candidate.index, Direction::kIn, packet);
    return receive_frame(turn, candidate.index, std::move(packet));
  }
  turn.drop(std::move(packet), DropReason::kVlanFiltered);
}

void Host::receive_ip(Turn& turn, Packet&& packet, InputInfo info) {
  count(Counter::kIpInReceives);
  wire::Datagram datagram;
  const wire::Datagram::Problem problem = wire::Datagram::parse(packet, datagram);
  if (problem != wire::Datagram::Problem::kNone) [[unlikely]] {
    count(Counter::kIpInHdrErrors);
    return turn.drop(std::move(packet), problem == wire::Datagram::Problem::kChecksum
                                            ? DropReason::kBadIpChecksum
                                            : DropReason::kBadIpHeader);
  }
  // Connection tracking wants whole datagrams, and wants them before any rule.
  if (tracker_ != nullptr && datagram.ip().is_fragment() &&
      !reassemble(turn, datagram, info.device)) [[unlikely]] {
    return;
  }
  note_hook(turn, datagram.packet(), hook::Hook::kPrerouting);
  if (hooked(hook::Hook::kPrerouting) &&
      run_hooks(turn, hook::Hook::kPrerouting, datagram, info, kNoInterface) >= Passed::kGone) {
    return;
  }
  route_input(turn, std::move(datagram), info);
}

void Host::transmit_resolved(Turn& turn, InterfaceIndex device, wire::Mac mac, Packet&& datagram) {
  Interface& nic = interfaces_[device];
  wire::emit_ethernet(datagram.push(wire::kEthernetHeader), mac, nic.mac,
                      static_cast<std::uint16_t>(wire::EtherType::kIpv4));
  if (nic.kind == InterfaceKind::kEthernet && nic.running()) [[likely]] {
    ++nic.tx_packets;
    nic.tx_bytes += datagram.length();
    if (nic.taps != 0) [[unlikely]]
      show_frame(turn, device, Direction::kOut, datagram);
    return turn.transmit(nic.port, device, std::move(datagram));
  }
  transmit_frame(turn, device, std::move(datagram));
}

void Host::transmit_frame(Turn& turn, InterfaceIndex device, Packet&& frame) {
  Interface& nic = interfaces_[device];
  if (!nic.running()) {
    ++nic.tx_dropped;
    return turn.drop(std::move(frame), DropReason::kLinkDown);
  }
  ++nic.tx_packets;
  nic.tx_bytes += frame.length();
  if (nic.taps != 0) [[unlikely]]
    show_frame(turn, device, Direction::kOut, frame);
  if (nic.kind == InterfaceKind::kEthernet) [[likely]] {
    return turn.transmit(nic.port, device, std::move(frame));
  }
  turn.capture(device, Direction::kOut, frame);
  if (nic.kind == InterfaceKind::kVlan) {
    const wire::EthernetView plain{frame.data()};
    const wire::Mac destination = plain.destination(), source = plain.source();
    const std::uint16_t type = plain.type();
    frame.pull(wire::kEthernetHeader);
    std::uint8_t* tag = frame.push(wire::kVlanTag);
    wire::store16(tag, nic.vlan_id);
    wire::store16(tag + 2, type);
    wire::emit_ethernet(frame.push(wire::kEthernetHeader), destination, source,
                        static_cast<std::uint16_t>(wire::EtherType::kVlan));
    return transmit_frame(turn, nic.parent, std::move(frame));
  }
  turn.deliver(std::move(frame));  // dummy0 swallows what it is given
}

void Host::show_frame(Turn& turn, InterfaceIndex device, Direction direction, const Packet& frame) {
  for (std::size_t i = 0; i < listeners_.size(); ++i)
    listeners_[i]->on_frame(turn, frame, device, direction);
}

void Host::wake(Turn& turn) {
  next_wake_ = Instant::never();
  last_now_ = turn.now();
  if (!powered_) return;
  if (!loopback_.empty()) drain_loopback(turn);
  if (!delayed_replies_.empty()) send_delayed_replies(turn);
  if (neighbours_.next_wake() <= turn.now()) neighbours_->wake(turn);
  if (fragments_ && fragments_->next_wake() <= turn.now()) expire_fragments(turn);
  // A component may add or wake others; the list does not shrink during a run.
  for (std::size_t i = 0; i < components_.size(); ++i) {
    if (components_[i]->next_wake() <= turn.now()) components_[i]->wake(turn);
  }
  if (!loopback_.empty()) drain_loopback(turn);
  for (const Component* component : components_) wake_at(component->next_wake());
  for (const DelayedReply& reply : delayed_replies_) wake_at(reply.when);
  if (fragments_) wake_at(fragments_->next_wake());
  if (!loopback_.empty()) wake_at(turn.now());
  wake_at(neighbours_.next_wake());
}

void Host::fetch_ahead(Fetch what) const {
  const auto fetch = [](const void* at) { __builtin_prefetch(at); };
  if (what == Fetch::kDeeper) {
    for (const Component* component : components_) component->fetch_ahead();
    if (interfaces_.size() > 1) fetch(interfaces_[1].addresses.data());
    if (neighbours_.get() != nullptr) neighbours_.get()->prefetch();
    return;
  }
  for (const Component* component : components_) fetch(component);
  if (interfaces_.size() > 1) {
    fetch(&interfaces_[1]);
    fetch(&interfaces_[1].addresses);
  }
  fetch(neighbours_.get());
  fetch(counters_.get());
  routes_.prefetch();
}

void Host::expire_fragments(Turn& turn) {
  for (Fragments::Expired& late : fragments_->expire(turn)) {
    count(Counter::kIpReasmTimeout);
    count(Counter::kIpReasmFails);
    const InputInfo info{.device = late.device};
    if (is_local(late.first.ip().destination())) {
      send_icmp_error(turn, late.first, info,
                      static_cast<std::uint8_t>(wire::IcmpType::kTimeExceeded), 1, 0);
    }
    turn.drop(late.first.take(), DropReason::kReassemblyTimeout);
  }
}

// A datagram for one of our own addresses goes out of lo and comes in again. It waits until the
// turn's end, so that two local sockets answering each other do not nest.
void Host::loop_back(Turn& turn, Packet&& packet, const QueuedDatagram& facts) {
  Interface& lo = interfaces_[0];
  if (!lo.up) return turn.drop(std::move(packet), DropReason::kLinkDown);
  ++lo.tx_packets;
  lo.tx_bytes += packet.length();
  if (turn.watched()) {
    wire::emit_ethernet(packet.push(wire::kEthernetHeader), {}, {},
                        static_cast<std::uint16_t>(wire::EtherType::kIpv4));
    turn.capture(0, Direction::kOut, packet);
    packet.pull(wire::kEthernetHeader);
  }
  loopback_.push_back({std::move(packet), facts.mark, facts.track});
  wake_at(turn.now());
}

void Host::drain_loopback(Turn& turn) {
  for (std::size_t done = 0; !loopback_.empty() && done < kMostLoopedInOneTurn; ++done) {
    LoopedBack item = std::move(loopback_.front());
    loopback_.erase(loopback_.begin());
    Interface& lo = interfaces_[0];
    ++lo.rx_packets;
    lo.rx_bytes += item.packet.length();
    if (turn.watched() || lo.taps != 0) {
      wire::emit_ethernet(item.packet.push(wire::kEthernetHeader), {}, {},
                          static_cast<std::uint16_t>(wire::EtherType::kIpv4));
      turn.capture(0, Direction::kIn, item.packet);
      if (lo.taps != 0) show_frame(turn, 0, Direction::kIn, item.packet);
      item.packet.pull(wire::kEthernetHeader);
    }
    receive_ip(
        turn, std::move(item.packet),
        {.device = 0, .link = hook::LinkClass::kLoopback, .mark = item.mark, .track = item.track});
  }
}

const Interface* Host::find_interface(std::string_view name) const {
  for (const Interface& nic : interfaces_) {
    if (!nic.removed && nic.name == name) return &nic;
  }
  return nullptr;
}

void Host::set_protocol(wire::Protocol protocol, ProtocolHandler* handler) {
  LVSLAB_CHECK(protocol == wire::Protocol::kTcp || protocol == wire::Protocol::kUdp);
  (protocol == wire::Protocol::kTcp ? tcp_ : udp_) = handler;
}

void Host::add_component(Component* component) {
  components_.push_back(component);
  wake_at(component->next_wake());
}

void Host::remove_listener(Listener* listener) { std::erase(listeners_, listener); }

void Host::add_hook(hook::Hook where, int priority, hook::PacketHook* object) {
  if (!hooks_) hooks_ = std::make_unique<Hooks>();
  std::vector<HookEntry>& entries = (*hooks_)[static_cast<std::size_t>(where)];
  auto place = std::upper_bound(entries.begin(), entries.end(), priority,
                                [](int p, const HookEntry& e) { return p < e.priority; });
  entries.insert(place, {priority, object});
}

void Host::remove_hook(hook::PacketHook* object) {
  if (!hooks_) return;
  for (std::vector<HookEntry>& entries : *hooks_) {
    std::erase_if(entries, [&](const HookEntry& e) { return e.object == object; });
  }
}

}  // namespace lvslab::net
