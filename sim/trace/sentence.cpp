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

  std::string a() const { return scene.address_text({n.a}); }
  std::string b() const { return scene.address_text({n.b}); }
  std::string mac() const { return scene.mac_text({n.m}); }
  std::string device() const {
    const SceneNode& owner = scene.nodes[node];
    return n.x < owner.interfaces.size() ? owner.interfaces[n.x].name
                                         : "interface " + std::to_string(n.x);
  }
  std::string port(std::uint32_t number) const {
    const SceneNode& owner = scene.nodes[node];
    return number < owner.interfaces.size() ? owner.interfaces[number].name
                                            : "port " + std::to_string(number);
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
  return fmt::format("dropped ({}): {}", drop_reason_name(reason), drop_reason_sentence(reason));
}

std::string route(const Words& w) {
  if (w.n.word == "local")
    return fmt::format("route: {} is an address of this host: local delivery", w.a());
  if (w.n.a == w.n.b) return fmt::format("route: {} is on link, out of {}", w.a(), w.device());
  return fmt::format("route: to {} by gateway {} out of {}", w.a(), w.b(), w.device());
}

std::string arp_request(const Words& w) {
  const std::string what = fmt::format("asks by ARP: who has {}? tell {}", w.a(), w.b());
  const std::string to =
      w.n.m == wire::kBroadcastMac.value || w.n.m == 0 ? "" : " (to " + w.mac() + " alone)";
  return what + to + (w.n.word.empty() ? "" : fmt::format(", {}", w.n.word));
}

std::string arp_refused(const Words& w) {
  if (w.n.word == "arp_ignore") {
    return fmt::format("does not answer {} who asks for {}: arp_ignore={} on {}", w.b(), w.a(),
                       w.n.y, w.device());
  }
  return fmt::format("does not answer {} who asks for {}: {} on {}", w.b(), w.a(), w.n.word,
                     w.device());
}

std::string picked(const Words& w) {
  const std::uint64_t position = w.n.m >> 32, count = w.n.m & 0xffffffff;
  return fmt::format(
      "scheduled: {} picked {}:{} for {}:{} (weight {}, {} active, {} inactive before; number {} "
      "of {} "
      "in the kernel's list, newest first)",
      w.n.word, w.a(), w.n.x, w.b(), w.n.y, w.n.z, w.n.v >> 32, w.n.v & 0xffffffff, position + 1,
      count);
}

std::string forwarded(const Words& w) {
  if (w.n.word == "Route")
    return fmt::format(
        "IPVS direct routing: the packet stays as it is, only its next hop becomes {}", w.a());
  if (w.n.word == "Masq")
    return fmt::format("IPVS masquerading: the destination becomes {}", w.a());
  if (w.n.word == "Tunnel") return fmt::format("IPVS tunnelling: wrapped in a packet to {}", w.a());
  if (w.n.word == "FullNat")
    return fmt::format(
        "IPVS full translation: the source becomes a local address, the destination {}", w.a());
  return fmt::format("IPVS forwards to {} by {}", w.a(), w.n.word);
}

std::string found(const Words& w) {
  const Note& n = w.n;
  if (n.z == 0)
    return fmt::format("IPVS: packet of a known connection to {}:{}, now {}", w.a(), n.x, n.word);
  std::string text =
      fmt::format("IPVS: {} the known connection {}:{} - {}:{}, now {}",
                  n.z == 1 ? "reply on" : "ICMP error about", w.b(), n.y, w.a(), n.x, n.word);
  if (n.m == 0) return text;
  const std::string service = fmt::format(
      "{}:{}", w.scene.address_text({static_cast<std::uint32_t>(n.m >> 16)}), n.m & 0xffff);
  if (n.z != 1) return text + "; addresses and ports are translated outside and in what it quotes";
  text += fmt::format("; its source becomes {}", service);
  return n.v == 0 ? text : text + fmt::format(", its destination {}:{}", w.b(), n.y);
}

std::string mac_state(const Words& w) {
  if (w.n.z == 1) return fmt::format("learns: {} is behind {}", w.mac(), w.port(w.n.x));
  if (w.n.z == 2)
    return fmt::format("MAC MOVED: {} was behind {}, now behind {}", w.mac(),
                       w.port(static_cast<std::uint32_t>(w.n.v)), w.port(w.n.x));
  return fmt::format("forgets {} behind {}", w.mac(), w.port(w.n.x));
}

std::string neighbour_state(const Words& w) {
  if (w.n.word.empty()) return fmt::format("neighbour {} on {} removed", w.a(), w.device());
  std::string text = fmt::format("neighbour {} on {}: {}", w.a(), w.device(), w.n.word);
  if (w.n.m != 0) text += " " + w.mac();
  if (w.n.v != 0 && w.n.m != 0 && w.n.v != w.n.m)
    text += fmt::format(" (was {})", w.scene.mac_text({w.n.v}));
  return text;
}

// "nat: source 10.0.0.9:1234 becomes 192.0.2.1:1234 (nat POSTROUTING: -j MASQUERADE)"
std::string translated(const Words& w) {
  const Note& n = w.n;
  const auto end = [](std::string address, std::uint32_t port) {
    return port == 0 ? std::move(address) : address + ":" + std::to_string(port);
  };
  return fmt::format("nat: {}{} {} becomes {}{} ({})",
                     (n.z & 4) != 0 ? "ICMP error about a translated connection, " : "",
                     (n.z & 1) != 0 ? "destination" : "source",
                     end(wire::to_string(wire::Ipv4{n.a}), n.x),
                     end(wire::to_string(wire::Ipv4{n.b}), n.y),
                     (n.z & 2) != 0 ? ", as its connection is translated" : "", n.word);
}

std::string why(const Words& w) {
  const Note& n = w.n;
  switch (n.kind) {
    case NoteKind::kDropped:
      return dropped(w);
    case NoteKind::kDelivered:
      return n.x != 0 ? fmt::format("delivered to {} on {}:{}", n.word, w.a(), n.x)
                      : fmt::format("delivered to {}", n.word);
    case NoteKind::kHook:
      return fmt::format("passes {}", n.word);
    case NoteKind::kRoute:
      return route(w);
    case NoteKind::kTtlDecremented:
      return fmt::format("TTL is now {}", n.x);
    case NoteKind::kNeighbourUsed:
      return fmt::format("next hop {} is known by ARP: {} ({})", w.a(), w.mac(), n.word);
    case NoteKind::kNeighbourWait:
      return fmt::format("waits: the MAC of next hop {} is not known yet on {}", w.a(), w.device());
    case NoteKind::kArpRequestSent:
      return arp_request(w);
    case NoteKind::kArpReplySent:
      return fmt::format("answers {} ({}): {} is at the MAC of {}", w.b(), w.mac(), w.a(),
                         w.device());
    case NoteKind::kArpRefused:
      return arp_refused(w);
    case NoteKind::kArpNoEffect:
      return fmt::format("ARP from {} ({}) changes nothing here: {}", w.a(), w.mac(), n.word);
    case NoteKind::kIcmpSent:
      return fmt::format(
          "sends ICMP {} to {} from {}",
          wire::icmp_text(static_cast<std::uint8_t>(n.x), static_cast<std::uint8_t>(n.y)), w.a(),
          w.b());
    case NoteKind::kIcmpSuppressed:
      return fmt::format(
          "no ICMP {} to {}: {}",
          wire::icmp_text(static_cast<std::uint8_t>(n.x), static_cast<std::uint8_t>(n.y)), w.a(),
          n.word);
    case NoteKind::kRedirectAccepted:
      return fmt::format("ICMP redirect accepted: {} by {} from now on", w.a(), w.b());
    case NoteKind::kSourceChosen:
      return fmt::format("source {} chosen for {}: {}", w.a(), w.b(), n.word);
    case NoteKind::kFragmented:
      return fmt::format("cut into {} fragments for MTU {}", n.x, n.y);
    case NoteKind::kReassembled:
      return fmt::format("{} fragments put together: {} bytes", n.x, n.y);
    case NoteKind::kPmtuLearnt:
      return fmt::format("path MTU to {} is {} from now on", w.a(), n.x);
    case NoteKind::kChecksumWrong:
      return fmt::format("wrong {} checksum", n.word);
    case NoteKind::kMartian:
      return fmt::format("martian: source {} to {} cannot arrive on {}", w.a(), w.b(), w.device());
    case NoteKind::kSwitchFlood:
      return fmt::format("floods to {} ports ({})", n.y, n.word);
    case NoteKind::kSwitchForward:
      return fmt::format("MAC table: {} is behind {}", w.mac(), w.port(n.y));
    case NoteKind::kIpvsPicked:
      return picked(w);
    case NoteKind::kIpvsFound:
      return found(w);
    case NoteKind::kIpvsForwarded:
      return forwarded(w);
    case NoteKind::kIpvsRefused:
      return fmt::format("IPVS does not schedule for {}:{}: {}", w.b(), n.y, n.word);
    case NoteKind::kTcpEvent:
      return fmt::format("TCP {}:{} - {}:{}: {}", wire::to_string(wire::Ipv4{n.a}), n.x,
                         wire::to_string(wire::Ipv4{n.b}), n.y, n.word);
    case NoteKind::kTracked:
      return n.word == "UNTRACKED" || n.word == "INVALID"
                 ? fmt::format("connection tracking: {}", n.word)
                 : fmt::format("connection tracking: {}, in {} direction", n.word,
                               n.x != 0 ? "reply" : "the original");
    case NoteKind::kTranslated:
      return translated(w);
    case NoteKind::kCpuTime:
      return fmt::format("core {} takes {} for it ({}), after {} of waiting", n.x, span_text(n.m),
                         work_name(static_cast<Work>(n.y)), span_text(n.v));
    case NoteKind::kRule:
      return n.x != 0 ? fmt::format("rule {}: {}", n.x, n.word) : fmt::format("rule: {}", n.word);
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
      return fmt::format("address {}/{} {} {}", wire::to_string(wire::Ipv4{n.a}), n.y,
                         n.z != 0 ? "added to" : "removed from", n.word);
    case NoteKind::kStateRoute:
      return fmt::format("route {}/{} {} table {}", wire::to_string(wire::Ipv4{n.a}), n.y,
                         n.z != 0 ? "added to" : "removed from", n.word);
    case NoteKind::kStateInterface:
      return fmt::format("interface {} {}", n.word, (n.y & 1) != 0 ? "up" : "down");
    case NoteKind::kStateIpvsConnection:
      return n.word.empty() ? fmt::format("IPVS connection of {}:{} expired", w.a(), n.x)
                            : fmt::format("IPVS connection {}:{} -> {}:{}: {}", w.a(), n.x, w.b(),
                                          n.y, n.word);
    case NoteKind::kStateSocket:
      return n.word.empty() ? fmt::format("socket {}:{} gone", w.a(), n.x)
                            : fmt::format("socket {}:{}: {}", w.a(), n.x, n.word);
    case NoteKind::kStateService:
      return fmt::format("service {}:{} {}", w.b(), n.y,
                         n.x != 0 ? n.word : std::string_view("removed"));
    case NoteKind::kStateDestination:
      return fmt::format("destination {}:{} of {}:{}", w.a(), n.x, w.b(), n.y);
    default:
      return {};
  }
}

}  // namespace

std::string sentence(const Scene& scene, NodeIndex node, const Note& note) {
  const Words words{scene, node, note};
  std::string text = why(words);
  return text.empty() ? state(words) : text;
}

}  // namespace lvslab::trace
