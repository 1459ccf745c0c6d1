#include "trace/sentence.h"

#include "fmt/format.h"
#include "wire/dissect.h"
#include "wire/icmp.h"

namespace lvslab::trace {
namespace {

// What the sentences are made of.
struct Words {
  const Scene& scene;
  NodeIndex node;
  const Note& n;
  const lang::Words& t;

  std::string a() const { return scene.address_text({n.a}); }
  std::string b() const { return scene.address_text({n.b}); }
  std::string mac() const { return scene.mac_text({n.m}); }
  std::string device() const {
    const SceneNode& owner = scene.nodes[node];
    return n.x < owner.interfaces.size() ? owner.interfaces[n.x].name : t.say("interface {}", n.x);
  }
  std::string port(std::uint32_t number) const {
    const SceneNode& owner = scene.nodes[node];
    return number < owner.interfaces.size() ? owner.interfaces[number].name
                                            : t.say("port {}", number);
  }
};

/// "600 ns", "1.25 us"
std::string span_text(std::uint64_t ps) {
  const auto value = static_cast<double>(ps);
  if (ps < 1'000'000) return fmt::format("{:.6g} ns", value / 1e3);
  if (ps < 1'000'000'000) return fmt::format("{:.6g} us", value / 1e6);
  return fmt::format("{:.6g} ms", value / 1e9);
}

std::string dropped(const Words& w) {
  const auto reason = static_cast<DropReason>(w.n.x);
  return w.t.say("dropped ({}): {}", drop_reason_name(reason), w.t(drop_reason_sentence(reason)));
}

std::string route(const Words& w) {
  if (w.n.word == "local")
    return w.t.say("route: {} is an address of this host: local delivery", w.a());
  if (w.n.a == w.n.b) return w.t.say("route: {} is on link, out of {}", w.a(), w.device());
  return w.t.say("route: to {} by gateway {} out of {}", w.a(), w.b(), w.device());
}

std::string arp_request(const Words& w) {
  const std::string what = w.t.say("asks by ARP: who has {}? tell {}", w.a(), w.b());
  const std::string to =
      w.n.m == wire::kBroadcastMac.value || w.n.m == 0 ? "" : w.t.say(" (to {} alone)", w.mac());
  return what + to + (w.n.word.empty() ? "" : w.t.say(", {}", w.t(w.n.word)));
}

std::string arp_refused(const Words& w) {
  if (w.n.word == "arp_ignore") {
    return w.t.say("does not answer {} who asks for {}: arp_ignore={} on {}", w.b(), w.a(), w.n.y,
                   w.device());
  }
  return w.t.say("does not answer {} who asks for {}: {} on {}", w.b(), w.a(), w.t(w.n.word),
                 w.device());
}

std::string picked(const Words& w) {
  const std::uint64_t position = w.n.m >> 32, count = w.n.m & 0xffffffff;
  return w.t.say(
      "scheduled: {} picked {}:{} for {}:{} (weight {}, {} active, {} inactive before; number {} "
      "of {} "
      "in the kernel's list, newest first)",
      w.n.word, w.a(), w.n.x, w.b(), w.n.y, w.n.z, w.n.v >> 32, w.n.v & 0xffffffff, position + 1,
      count);
}

std::string forwarded(const Words& w) {
  if (w.n.word == "Route")
    return w.t.say("IPVS direct routing: the packet stays as it is, only its next hop becomes {}",
                   w.a());
  if (w.n.word == "Masq") return w.t.say("IPVS masquerading: the destination becomes {}", w.a());
  if (w.n.word == "Tunnel") return w.t.say("IPVS tunnelling: wrapped in a packet to {}", w.a());
  if (w.n.word == "FullNat")
    return w.t.say("IPVS full translation: the source becomes a local address, the destination {}",
                   w.a());
  return w.t.say("IPVS forwards to {} by {}", w.a(), w.n.word);
}

std::string found(const Words& w) {
  const Note& n = w.n;
  if (n.z == 0)
    return w.t.say("IPVS: packet of a known connection to {}:{}, now {}", w.a(), n.x, n.word);
  std::string text =
      w.t.say("IPVS: {} the known connection {}:{} - {}:{}, now {}",
              n.z == 1 ? w.t("reply on") : w.t("ICMP error about"), w.b(), n.y, w.a(), n.x, n.word);
  if (n.m == 0) return text;
  const std::string service = fmt::format(
      "{}:{}", w.scene.address_text({static_cast<std::uint32_t>(n.m >> 16)}), n.m & 0xffff);
  if (n.z != 1)
    return text + w.t("; addresses and ports are translated outside and in what it quotes");
  text += w.t.say("; its source becomes {}", service);
  return n.v == 0 ? text : text + w.t.say(", its destination {}:{}", w.b(), n.y);
}

std::string mac_state(const Words& w) {
  if (w.n.z == 1) return w.t.say("learns: {} is behind {}", w.mac(), w.port(w.n.x));
  if (w.n.z == 2)
    return w.t.say("MAC MOVED: {} was behind {}, now behind {}", w.mac(),
                   w.port(static_cast<std::uint32_t>(w.n.v)), w.port(w.n.x));
  return w.t.say("forgets {} behind {}", w.mac(), w.port(w.n.x));
}

std::string neighbour_state(const Words& w) {
  if (w.n.word.empty()) return w.t.say("neighbour {} on {} removed", w.a(), w.device());
  std::string text = w.t.say("neighbour {} on {}: {}", w.a(), w.device(), w.n.word);
  if (w.n.m != 0) text += " " + w.mac();
  if (w.n.v != 0 && w.n.m != 0 && w.n.v != w.n.m)
    text += w.t.say(" (was {})", w.scene.mac_text({w.n.v}));
  return text;
}

// "nat: source 10.0.0.9:1234 becomes 192.0.2.1:1234 (nat POSTROUTING: -j MASQUERADE)"
std::string translated(const Words& w) {
  const Note& n = w.n;
  const auto end = [](std::string address, std::uint32_t port) {
    return port == 0 ? std::move(address) : address + ":" + std::to_string(port);
  };
  return w.t.say("nat: {}{} {} becomes {}{} ({})",
                 (n.z & 4) != 0 ? w.t("ICMP error about a translated connection, ") : "",
                 (n.z & 1) != 0 ? w.t("destination") : w.t("source"),
                 end(wire::to_string(wire::Ipv4{n.a}), n.x),
                 end(wire::to_string(wire::Ipv4{n.b}), n.y),
                 (n.z & 2) != 0 ? w.t(", as its connection is translated") : "", n.word);
}

std::string why(const Words& w) {
  const Note& n = w.n;
  switch (n.kind) {
    case NoteKind::kDropped:
      return dropped(w);
    case NoteKind::kDelivered:
      return n.x != 0 ? w.t.say("delivered to {} on {}:{}", w.t(n.word), w.a(), n.x)
                      : w.t.say("delivered to {}", w.t(n.word));
    case NoteKind::kHook:
      return w.t.say("passes {}", n.word);
    case NoteKind::kRoute:
      return route(w);
    case NoteKind::kTtlDecremented:
      return w.t.say("TTL is now {}", n.x);
    case NoteKind::kNeighbourUsed:
      return w.t.say("next hop {} is known by ARP: {} ({})", w.a(), w.mac(), n.word);
    case NoteKind::kNeighbourWait:
      return w.t.say("waits: the MAC of next hop {} is not known yet on {}", w.a(), w.device());
    case NoteKind::kArpRequestSent:
      return arp_request(w);
    case NoteKind::kArpReplySent:
      return w.t.say("answers {} ({}): {} is at the MAC of {}", w.b(), w.mac(), w.a(), w.device());
    case NoteKind::kArpRefused:
      return arp_refused(w);
    case NoteKind::kArpNoEffect:
      return w.t.say("ARP from {} ({}) changes nothing here: {}", w.a(), w.mac(), w.t(n.word));
    case NoteKind::kIcmpSent:
      return w.t.say(
          "sends ICMP {} to {} from {}",
          wire::icmp_text(static_cast<std::uint8_t>(n.x), static_cast<std::uint8_t>(n.y)), w.a(),
          w.b());
    case NoteKind::kIcmpSuppressed:
      return w.t.say(
          "no ICMP {} to {}: {}",
          wire::icmp_text(static_cast<std::uint8_t>(n.x), static_cast<std::uint8_t>(n.y)), w.a(),
          w.t(n.word));
    case NoteKind::kRedirectAccepted:
      return w.t.say("ICMP redirect accepted: {} by {} from now on", w.a(), w.b());
    case NoteKind::kSourceChosen:
      return w.t.say("source {} chosen for {}: {}", w.a(), w.b(), w.t(n.word));
    case NoteKind::kFragmented:
      return w.t.say("cut into {} fragments for MTU {}", n.x, n.y);
    case NoteKind::kReassembled:
      return w.t.say("{} fragments put together: {} bytes", n.x, n.y);
    case NoteKind::kPmtuLearnt:
      return w.t.say("path MTU to {} is {} from now on", w.a(), n.x);
    case NoteKind::kChecksumWrong:
      return w.t.say("wrong {} checksum", n.word);
    case NoteKind::kMartian:
      return w.t.say("martian: source {} to {} cannot arrive on {}", w.a(), w.b(), w.device());
    case NoteKind::kSwitchFlood:
      return w.t.say("floods to {} ports ({})", n.y, w.t(n.word));
    case NoteKind::kSwitchForward:
      return w.t.say("MAC table: {} is behind {}", w.mac(), w.port(n.y));
    case NoteKind::kIpvsPicked:
      return picked(w);
    case NoteKind::kIpvsFound:
      return found(w);
    case NoteKind::kIpvsForwarded:
      return forwarded(w);
    case NoteKind::kIpvsRefused:
      return w.t.say("IPVS does not schedule for {}:{}: {}", w.b(), n.y, w.t(n.word));
    case NoteKind::kTcpEvent:
      return w.t.say("TCP {}:{} - {}:{}: {}", wire::to_string(wire::Ipv4{n.a}), n.x,
                     wire::to_string(wire::Ipv4{n.b}), n.y, w.t(n.word));
    case NoteKind::kTracked:
      return n.word == "UNTRACKED" || n.word == "INVALID"
                 ? w.t.say("connection tracking: {}", n.word)
                 : w.t.say("connection tracking: {}, in {} direction", n.word,
                           n.x != 0 ? w.t("reply") : w.t("the original"));
    case NoteKind::kTranslated:
      return translated(w);
    case NoteKind::kCpuTime:
      return w.t.say("core {} takes {} for it ({}), after {} of waiting", n.x, span_text(n.m),
                     w.t(work_name(static_cast<Work>(n.y))), span_text(n.v));
    case NoteKind::kRule:
      return n.x != 0 ? w.t.say("rule {}: {}", n.x, w.t(n.word)) : w.t.say("rule: {}", w.t(n.word));
    default:
      return {};
  }
}

std::string state(const Words& w) {
  const Note& n = w.n;
  switch (n.kind) {
    case NoteKind::kStateNeighbour:
      return neighbour_state(w);
    case NoteKind::kStateMac:
      return mac_state(w);
    case NoteKind::kStateAddress:
      return w.t.say("address {}/{} {} {}", wire::to_string(wire::Ipv4{n.a}), n.y,
                     n.z != 0 ? w.t("added to") : w.t("removed from"), n.word);
    case NoteKind::kStateRoute:
      return w.t.say("route {}/{} {} table {}", wire::to_string(wire::Ipv4{n.a}), n.y,
                     n.z != 0 ? w.t("added to") : w.t("removed from"), n.word);
    case NoteKind::kStateInterface:
      return w.t.say("interface {} {}", n.word, (n.y & 1) != 0 ? w.t("up") : w.t("down"));
    case NoteKind::kStateIpvsConnection:
      return n.word.empty()
                 ? w.t.say("IPVS connection of {}:{} expired", w.a(), n.x)
                 : w.t.say("IPVS connection {}:{} -> {}:{}: {}", w.a(), n.x, w.b(), n.y, n.word);
    case NoteKind::kStateSocket:
      return n.word.empty() ? w.t.say("socket {}:{} gone", w.a(), n.x)
                            : w.t.say("socket {}:{}: {}", w.a(), n.x, n.word);
    case NoteKind::kStateService:
      return w.t.say("service {}:{} {}", w.b(), n.y,
                     n.x != 0 ? std::string(n.word) : w.t("removed"));
    case NoteKind::kStateDestination:
      return w.t.say("destination {}:{} of {}:{}", w.a(), n.x, w.b(), n.y);
    default:
      return {};
  }
}

}  // namespace

std::string sentence(const Scene& scene, NodeIndex node, const Note& note,
                     const lang::Words& words_of) {
  const Words words{scene, node, note, words_of};
  std::string text = why(words);
  return text.empty() ? state(words) : text;
}

}  // namespace lvslab::trace
