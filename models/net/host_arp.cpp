// ARP: what a host answers, what it believes of what it hears, and how it asks. The steps of
// receive_arp() are in the kernel's order, which matters: a question that arp_ignore refuses
// changes no entry either.
#include <algorithm>

#include "base/kernel_timer.h"
#include "net/arp_policy.h"
#include "net/host.h"
#include "wire/ethernet.h"

namespace lvslab::net {
namespace {

using wire::Arp;
using wire::Ipv4;
using wire::Mac;

constexpr std::uint16_t kIeee802 = 6;  ///< hardware type also taken on receipt

}  // namespace

void Host::receive_arp(Turn& turn, InterfaceIndex device, Packet&& packet, Mac link_destination) {
  const Interface& nic = interfaces_[device];
  const bool unicast = link_destination == nic.mac;
  // 1. A device without ARP is deaf; so is everybody to another host's unicast frame.
  if (nic.noarp) return turn.drop(std::move(packet), DropReason::kArpNotForUs);
  if (!unicast && !link_destination.is_group()) {
    return turn.drop(std::move(packet), DropReason::kOtherHost);
  }
  const std::optional<Arp> parsed = wire::parse_arp(packet.bytes());
  if (!parsed) return turn.drop(std::move(packet), DropReason::kArpMalformed);
  Arp arp = *parsed;
  // 3. No IPv4 on a device with an MTU below 68.
  if (nic.mtu < 68) return turn.drop(std::move(packet), DropReason::kArpNotForUs);
  // 4. Ethernet addresses and the two operations only.
  const bool request = arp.operation == wire::kArpRequest;
  if ((arp.hardware_type != 1 && arp.hardware_type != kIeee802) ||
      (!request && arp.operation != wire::kArpReply)) {
    return turn.drop(std::move(packet), DropReason::kArpMalformed);
  }
  for (std::size_t i = 0; i < listeners_.size(); ++i)
    listeners_[i]->on_arp(turn, arp, unicast, device);
  if (arp_hook_ != nullptr && !arp_hook_->passes(turn, false, arp, nic.name)) [[unlikely]]
    return turn.drop(std::move(packet), DropReason::kFiltered);
  const EffectiveConf settings = conf(device);
  // 5. Nobody has a multicast or loopback address on a wire.
  if (arp.target_ip.is_multicast() || (arp.target_ip.is_loopback() && !settings.route_localnet())) {
    return turn.drop(std::move(packet), DropReason::kArpNotForUs);
  }
  // 6. Gratuitous ARP may be unwanted altogether.
  if (arp.sender_ip == arp.target_ip && settings.drop_gratuitous_arp()) {
    turn.note(packet, {.kind = NoteKind::kArpNoEffect,
                       .a = arp.sender_ip.value,
                       .x = device,
                       .m = arp.sender_mac.value,
                       .word = "drop_gratuitous_arp"});
    return turn.drop(std::move(packet), DropReason::kArpNotForUs);
  }
  // 7. A probe for a duplicate (sender 0) is answered, and teaches nothing.
  if (arp.sender_ip.is_zero()) return receive_probe(turn, device, arp, std::move(packet));
  // 8. A question.
  Asked asked = Asked::kListen;
  if (request) {
    asked = answer_request(turn, device, arp, unicast, packet);
    if (asked == Asked::kDone) return wake_at(neighbours_.next_wake());
  }
  // 9, 10. Anything else may change what is known of its sender.
  const bool changed = passive_update(turn, device, arp, unicast, packet);
  if (asked == Asked::kSourceInvalid) {
    turn.drop(std::move(packet), DropReason::kArpSourceInvalid);
  } else if (changed || (unicast && !request)) {
    turn.note(packet, {.kind = NoteKind::kDelivered, .word = "arp"});
    turn.deliver(std::move(packet));
    wake_at(neighbours_.next_wake());
  } else {
    turn.drop(std::move(packet), DropReason::kArpNotForUs);
  }
}

void Host::receive_probe(Turn& turn, InterfaceIndex device, const Arp& arp, Packet&& packet) {
  if (arp.operation != wire::kArpRequest || !routes_.is_local(arp.target_ip)) {
    return turn.drop(std::move(packet), DropReason::kArpNotForUs);
  }
  if (!arp_ignore_allows(conf(device).arp_ignore(), interfaces_, device, {}, arp.target_ip)) {
    return refuse_arp(turn, device, arp, std::move(packet), "arp_ignore", DropReason::kArpIgnored);
  }
  send_reply(turn, device, arp);
  turn.note(packet, {.kind = NoteKind::kDelivered, .a = arp.target_ip.value, .word = "arp"});
  turn.deliver(std::move(packet));
}

void Host::refuse_arp(Turn& turn, InterfaceIndex device, const Arp& arp, Packet&& packet,
                      std::string_view rule, DropReason reason) {
  turn.note(packet, {.kind = NoteKind::kArpRefused,
                     .a = arp.target_ip.value,
                     .b = arp.sender_ip.value,
                     .x = device,
                     .y = static_cast<std::uint32_t>(conf(device).arp_ignore()),
                     .word = rule});
  turn.drop(std::move(packet), reason);
}

// The question is treated as a packet from the asker to the address asked for would be: its route
// decides.
ArpAnswer Host::arp_answer(InterfaceIndex device, Ipv4 sender, Ipv4 target) const {
  const EffectiveConf settings = conf(device);
  const bool local = routes_.is_local(target);
  if (sender.is_zero()) {
    if (!local) return ArpAnswer::kNotOurs;
    return arp_ignore_allows(settings.arp_ignore(), interfaces_, device, {}, target)
               ? ArpAnswer::kLocal
               : ArpAnswer::kIgnored;
  }
  // Most of what a host hears is a question for somebody else: that costs it no lookup.
  if (!local && !routes_.custom()) {
    const bool proxy =
        settings.forwarding() &&
        (settings.proxy_arp() || settings.proxy_arp_pvlan() || neighbours_->has_proxies());
    if (!proxy) return ArpAnswer::kNotOurs;
  }
  const ArpAnswer source_refused = local ? ArpAnswer::kSourceInvalid : ArpAnswer::kNotOurs;
  if (sender.is_multicast() || sender.is_limited_broadcast() || sender.is_zero_network() ||
      (sender.is_loopback() && !settings.route_localnet())) {
    return source_refused;
  }
  if (target.is_limited_broadcast() || target.is_zero_network()) return ArpAnswer::kNotOurs;
  const Route* route =
      routes_.lookup({.destination = target, .source = sender, .in_device = device});
  if (route == nullptr) return ArpAnswer::kNotOurs;
  const bool here = route->type == RouteType::kLocal;
  const bool forwardable = route->type == RouteType::kUnicast && settings.forwarding();
  if (!here && !forwardable) return ArpAnswer::kNotOurs;
  if (validate_source(sender, target, device) != Source::kValid) return source_refused;
  if (!here) {
    return proxies_for(device, sender, target, *route) ? ArpAnswer::kProxy : ArpAnswer::kNotOurs;
  }
  if (!arp_ignore_allows(settings.arp_ignore(), interfaces_, device, sender, target)) {
    return ArpAnswer::kIgnored;
  }
  if (settings.arp_filter()) {
    // Only the device by which we would reach the asker, from the address asked for, answers.
    const Route* back = routes_.lookup({.destination = sender, .source = target});
    const bool sendable = back != nullptr && (back->type == RouteType::kUnicast ||
                                              back->type == RouteType::kBroadcast);
    if (!sendable || back->device != device) return ArpAnswer::kFiltered;
  }
  return ArpAnswer::kLocal;
}

// Proxy ARP: a router that would forward to the address answers in its place, if the settings say
// so.
bool Host::proxies_for(InterfaceIndex device, Ipv4 sender, Ipv4 target, const Route& route) const {
  const EffectiveConf settings = conf(device);
  if (route.device == device) return settings.proxy_arp_pvlan() && sender != target;
  const int medium_in = settings.own.medium_id,
            medium_out = interfaces_[route.device].conf.medium_id;
  const bool medium_allows =
      medium_in == 0 || (medium_in != -1 && medium_out != medium_in && medium_out != -1);
  return (settings.proxy_arp() && medium_allows) || neighbours_->has_proxy(device, target);
}

// A refusal of an address of ours ends it: no answer, and no entry is touched.
Host::Asked Host::answer_request(Turn& turn, InterfaceIndex device, const Arp& arp, bool unicast,
                                 Packet& packet) {
  switch (arp_answer(device, arp.sender_ip, arp.target_ip)) {
    case ArpAnswer::kNotOurs:
      break;
    case ArpAnswer::kLocal:
      answer_local(turn, device, arp, packet);
      return Asked::kDone;
    case ArpAnswer::kProxy:
      answer_by_proxy(turn, device, arp, unicast, packet);
      return Asked::kDone;
    case ArpAnswer::kIgnored:
      refuse_arp(turn, device, arp, std::move(packet), "arp_ignore", DropReason::kArpIgnored);
      return Asked::kDone;
    case ArpAnswer::kFiltered:
      refuse_arp(turn, device, arp, std::move(packet), "arp_filter", DropReason::kArpFiltered);
      return Asked::kDone;
    case ArpAnswer::kSourceInvalid:
      turn.note(packet, {.kind = NoteKind::kArpRefused,
                         .a = arp.target_ip.value,
                         .b = arp.sender_ip.value,
                         .x = device,
                         .y = static_cast<std::uint32_t>(conf(device).arp_ignore()),
                         .word = "source validation"});
      return Asked::kSourceInvalid;
  }
  return Asked::kListen;
}

// Who asks us is entered, or replaces what we knew of that address, at once and whatever the lock
// time.
void Host::answer_local(Turn& turn, InterfaceIndex device, const Arp& arp, Packet& packet) {
  neighbours_->update(turn, device, arp.sender_ip, arp.sender_mac, NeighbourState::kStale,
                      kOverride, true);
  if (neighbours_->find(device, arp.sender_ip) == nullptr) {
    return turn.drop(std::move(packet), DropReason::kNeighbourTableFull);
  }
  send_reply(turn, device, arp);
  turn.note(packet, {.kind = NoteKind::kDelivered, .a = arp.target_ip.value, .word = "arp"});
  turn.deliver(std::move(packet));
}

void Host::answer_by_proxy(Turn& turn, InterfaceIndex device, const Arp& arp, bool unicast,
                           Packet& packet) {
  neighbours_->update(turn, device, arp.sender_ip, arp.sender_mac, NeighbourState::kStale,
                      kOverride, true);
  const NeighbourConf& neigh = interfaces_[device].neigh;
  const std::int64_t longest =
      Duration::milliseconds(std::int64_t{10} * neigh.proxy_delay) / kKernelTick;
  if (unicast || longest <= 0) {
    send_reply(turn, device, arp);
  } else if (delayed_replies_.size() > static_cast<std::size_t>(std::max(neigh.proxy_qlen, 0))) {
    return turn.drop(std::move(packet), DropReason::kNeighbourQueueFull);
  } else {
    // After a random while, so that the owner itself, if it is there, answers first.
    const auto ticks =
        static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(longest)));
    const Instant when = kernel_timer_expiry(turn.now(), kKernelTick * ticks);
    delayed_replies_.push_back({when, device, arp});
    wake_at(when);
  }
  turn.note(packet, {.kind = NoteKind::kDelivered, .a = arp.target_ip.value, .word = "arp proxy"});
  turn.deliver(std::move(packet));
}

void Host::send_delayed_replies(Turn& turn) {
  const auto due =
      std::stable_partition(delayed_replies_.begin(), delayed_replies_.end(),
                            [&](const DelayedReply& r) { return r.when > turn.now(); });
  std::vector<DelayedReply> now(due, delayed_replies_.end());
  delayed_replies_.erase(due, delayed_replies_.end());
  std::stable_sort(now.begin(), now.end(),
                   [](const DelayedReply& a, const DelayedReply& b) { return a.when < b.when; });
  for (const DelayedReply& reply : now) {
    if (interfaces_[reply.device].running()) send_reply(turn, reply.device, reply.request);
  }
}

// Whether the tables call an address somebody else's: neither ours, nor a broadcast, nor a group.
bool Host::foreign_unicast(Ipv4 address) const {
  if (address.is_multicast() || address.is_limited_broadcast() || address.is_zero_network())
    return false;
  const Route* route = routes_.lookup_table(kTableLocal, {.destination = address});
  return route == nullptr || route->type == RouteType::kUnicast;
}

bool Host::passive_update(Turn& turn, InterfaceIndex device, const Arp& arp, bool unicast,
                          const Packet& packet) {
  const auto no_effect = [&](std::string_view why) {
    turn.note(packet, {.kind = NoteKind::kArpNoEffect,
                       .a = arp.sender_ip.value,
                       .x = device,
                       .m = arp.sender_mac.value,
                       .word = why});
    return false;
  };
  const EffectiveConf settings = conf(device);
  const Ipv4 sender = arp.sender_ip;
  const Neighbour* entry = neighbours_->find(device, sender);
  const int accept = settings.arp_accept();
  if (entry == nullptr && accept == 0) [[likely]]
    return no_effect("no entry");
  const bool reply = arp.operation == wire::kArpReply;
  // An announcement; a reply is one only if it names its own MAC as target too.
  const bool gratuitous = sender == arp.target_ip && (!reply || arp.target_mac == arp.sender_mac) &&
                          foreign_unicast(sender);
  if (entry == nullptr) {
    // arp_accept: announcements and unasked replies make entries; with 2 only within a subnet of
    // the device.
    bool accepted = accept == 1;
    if (accept == 2) {
      for (const Address& a : interfaces_[device].addresses) {
        accepted |= a.scope <= Scope::kLink && a.prefix().contains(sender);
      }
    }
    if (!accepted || !(gratuitous || (reply && foreign_unicast(sender))))
      return no_effect("no entry");
  }
  // The first answer stays: a differing MAC within the lock time is refused, unless announced.
  const Duration locktime =
      Duration::milliseconds(std::int64_t{10} * interfaces_[device].neigh.locktime);
  const bool override_it = gratuitous || entry == nullptr || turn.now() > entry->updated + locktime;
  // Only an answer sent to us alone proves that its sender can be reached.
  const NeighbourState heard =
      reply && unicast ? NeighbourState::kReachable : NeighbourState::kStale;
  const NeighbourState before = entry != nullptr ? entry->state : NeighbourState::kNone;
  const Mac mac_before = entry != nullptr ? entry->mac : Mac{};
  neighbours_->update(turn, device, sender, arp.sender_mac, heard,
                      static_cast<std::uint8_t>(override_it ? kOverride : 0), true);
  entry = neighbours_->find(device, sender);
  if (entry == nullptr) return no_effect("table full");
  if (entry->state != before || entry->mac != mac_before) return true;
  if (before == NeighbourState::kPermanent || before == NeighbourState::kNoarp) {
    return no_effect("permanent entry");
  }
  return no_effect(entry->mac == arp.sender_mac ? "known already" : "lock time");
}

void Host::send_reply(Turn& turn, InterfaceIndex device, const Arp& request) {
  // To the MAC in the question's body, from the device it came in on, about exactly the address
  // asked for.
  const Arp reply{.operation = wire::kArpReply,
                  .sender_mac = interfaces_[device].mac,
                  .sender_ip = request.target_ip,
                  .target_mac = request.sender_mac,
                  .target_ip = request.sender_ip};
  send_own_arp(turn, device, request.sender_mac, reply, "reply");
}

// What the kernel itself sends may be changed or dropped by arptables.
void Host::send_own_arp(Turn& turn, InterfaceIndex device, Mac destination, const Arp& arp,
                        std::string_view why) {
  if (arp_hook_ == nullptr) [[likely]]
    return send_arp(turn, device, destination, arp, why);
  Arp message = arp;
  if (arp_hook_->passes(turn, true, message, interfaces_[device].name))
    send_arp(turn, device, destination, message, why);
}

void Host::send_arp(Turn& turn, InterfaceIndex device, Mac destination, const Arp& arp,
                    std::string_view why) {
  const Interface& nic = interfaces_[device];
  if (nic.noarp) return;
  Packet frame = turn.packets().make(64);
  wire::emit_arp(frame.append(wire::kArpSize), arp);
  wire::emit_ethernet(frame.push(wire::kEthernetHeader), destination, nic.mac,
                      static_cast<std::uint16_t>(wire::EtherType::kArp));
  if (arp.operation == wire::kArpReply) {
    turn.note(frame, {.kind = NoteKind::kArpReplySent,
                      .a = arp.sender_ip.value,
                      .b = arp.target_ip.value,
                      .x = device,
                      .m = arp.target_mac.value});
  } else {
    turn.note(frame, {.kind = NoteKind::kArpRequestSent,
                      .a = arp.target_ip.value,
                      .b = arp.sender_ip.value,
                      .x = device,
                      .m = destination.value,
                      .word = why});
  }
  transmit_frame(turn, device, std::move(frame));
}

// The kernel's own question. arp_announce may take the sender from the newest packet that waits, if
// that is an address of ours; a confirming probe has no packet.
void Host::solicit(Turn& turn, const Neighbour& entry, bool unicast, const Packet* queued) {
  const EffectiveConf settings = conf(entry.device);
  Ipv4 queued_source;
  if (queued != nullptr && queued->real_size() >= 20) {
    queued_source = Ipv4::load(queued->data() + 12);
    if (!routes_.is_local(queued_source)) queued_source = {};
  }
  const Arp question{
      .operation = wire::kArpRequest,
      .sender_mac = interfaces_[entry.device].mac,
      .sender_ip = announced_sender(settings.arp_announce(), interfaces_, entry.device,
                                    queued_source, entry.address, settings.route_localnet()),
      .target_mac = {},
      .target_ip = entry.address};
  const std::string_view why = entry.state == NeighbourState::kProbe ? "probe"
                               : entry.probes == 0                   ? "first packet"
                                                                     : "retry";
  send_own_arp(turn, entry.device, unicast ? entry.mac : wire::kBroadcastMac, question, why);
}

std::optional<Mac> Host::fixed_mac(InterfaceIndex device, Ipv4 address) const {
  const Interface& nic = interfaces_[device];
  if (nic.kind == InterfaceKind::kIpip) return Mac{};  // a tunnel has no link header
  // RFC 1112 6.4: the low 23 bits of the group.
  if (address.is_multicast()) return Mac{0x01005e000000ULL | (address.value & 0x7fffff)};
  if (nic.noarp) return nic.mac;
  const Route* route = routes_.lookup_table(kTableLocal, {.destination = address});
  if (address.is_limited_broadcast() ||
      (route != nullptr && route->type == RouteType::kBroadcast)) {
    return wire::kBroadcastMac;
  }
  return std::nullopt;
}

// arp_notify: one gratuitous question per address of the interface, secondary ones too.
void Host::announce_all(Turn& turn, InterfaceIndex device) {
  for (const Address& address : interfaces_[device].addresses) {
    const Arp announcement{.operation = wire::kArpRequest,
                           .sender_mac = interfaces_[device].mac,
                           .sender_ip = address.local,
                           .target_mac = {},
                           .target_ip = address.local};
    send_own_arp(turn, device, wire::kBroadcastMac, announcement, "announce");
  }
}

}  // namespace lvslab::net
