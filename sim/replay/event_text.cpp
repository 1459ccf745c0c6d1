#include "replay/event_text.h"

#include <algorithm>

#include "fmt/format.h"
#include "trace/sentence.h"
#include "trace/stages.h"

namespace lvslab::replay {
namespace {

struct Ends {
  Protocol protocol = Protocol::kNone;
  std::string type, source, destination;
};

std::string port_of(const wire::Layer& layer, std::string_view name) {
  const wire::Field* port = layer.find(name);
  return port == nullptr ? std::string() : ":" + wire::field_text(*port);
}

std::string mac_of(const trace::Scene& scene, const wire::Layer& layer, std::string_view name) {
  const wire::Field* mac = layer.find(name);
  return mac == nullptr ? std::string() : scene.mac_text({mac->value});
}

// The innermost packet's ends; what an ICMP error quotes is no packet of its own.
Ends ends_of(const trace::Scene& scene, const std::vector<wire::Layer>& layers) {
  Ends ends;
  int depth = 0;
  for (const wire::Layer& layer : layers) {
    if (layer.name == "eth") {
      ends = {Protocol::kEthernet, "Ethernet", mac_of(scene, layer, "src"),
              mac_of(scene, layer, "dst")};
    } else if (layer.name == "arp") {
      ends.protocol = Protocol::kArp;
      ends.type = "ARP";
    } else if (layer.name == "ip") {
      const wire::Field* from = layer.find("src");
      const wire::Field* to = layer.find("dst");
      ends = {++depth > 1 ? Protocol::kTunnel : Protocol::kIp, depth > 1 ? "IPIP" : "IPv4",
              from == nullptr ? "" : wire::field_text(*from),
              to == nullptr ? "" : wire::field_text(*to)};
    } else if (layer.name == "tcp" || layer.name == "udp") {
      ends.type = layer.name == "tcp" ? "TCP" : "UDP";
      if (ends.protocol != Protocol::kTunnel)
        ends.protocol = layer.name == "tcp" ? Protocol::kTcp : Protocol::kUdp;
      ends.source += port_of(layer, "srcport");
      ends.destination += port_of(layer, "dstport");
      break;
    } else if (layer.name == "icmp") {
      ends.type = "ICMP";
      ends.protocol = Protocol::kIcmp;
      break;
    }
  }
  return ends;
}

std::string end_text(std::uint32_t address, std::uint32_t port) {
  return wire::to_string(wire::Ipv4{address}) + ":" + std::to_string(port);
}

std::string app_text(const Note& n) {
  switch (n.kind) {
    case NoteKind::kAppIntended:
      return fmt::format("the load wants a connection to {}", end_text(n.a, n.x));
    case NoteKind::kAppOpened:
      return fmt::format("opens {} -> {}", end_text(n.a, n.x), end_text(n.b, n.y));
    case NoteKind::kAppEstablished:
      return "the connection is established";
    case NoteKind::kAppRequestSent:
      return fmt::format("sends a request of {} bytes", n.v);
    case NoteKind::kAppFirstByte:
      return "the first byte of the reply is there";
    case NoteKind::kAppReply:
      return fmt::format("the reply is complete: {} bytes", n.v);
    case NoteKind::kAppClosed:
      return fmt::format("the connection is over: {}", n.word);
    case NoteKind::kAppServed:
      if (n.y == 1) return "a request reaches the workers";
      return n.y == 2 ? "a request is given up" : "the server accepts the connection";
    case NoteKind::kAppServerReply:
      return fmt::format("the server writes a reply of {} bytes", n.v);
    default:
      return std::string(note_kind_name(n.kind));
  }
}

bool is_state(NoteKind kind) {
  return kind >= NoteKind::kStateInterface && kind <= NoteKind::kStateExpectation;
}

bool ends_packet(const Thing& thing) {
  return thing.kind == EventKind::kLost ||
         (thing.kind == EventKind::kNote && thing.note.kind == NoteKind::kDropped);
}

}  // namespace

std::string note_text(const trace::Scene& scene, NodeIndex node, const Note& note) {
  // What a note names is as foreign as the file.
  if (note.kind == NoteKind::kDropped &&
      note.x >= static_cast<std::uint32_t>(DropReason::kDropReasonCount))
    return "dropped for an unknown reason";
  std::string text = trace::sentence(scene, node, note);
  return text.empty() ? app_text(note) : text;
}

std::size_t frame_of(const Turn& turn, std::size_t thing) {
  const Thing& it = turn.things[thing];
  if (it.frame()) return thing;
  if (it.packet == 0) return std::string::npos;
  const auto fits = [&](std::size_t i) {
    return turn.things[i].frame() && turn.things[i].packet == it.packet;
  };
  for (std::size_t i = thing; i-- > 0;) {
    if (fits(i)) return i;
  }
  for (std::size_t i = thing + 1; i < turn.things.size(); ++i) {
    if (fits(i)) return i;
  }
  return std::string::npos;
}

std::string stage_of(const trace::Scene& scene, const Turn& turn, std::size_t thing) {
  const Thing& it = turn.things[thing];
  if (it.frame()) {
    const auto& interfaces = scene.nodes[turn.node].interfaces;
    const std::string device =
        it.interface < interfaces.size() ? interfaces[it.interface].name : "?";
    return (it.kind == EventKind::kFrameIn ? "in " : "out ") + device;
  }
  if (it.kind == EventKind::kCommand) return "shell";
  if (it.kind == EventKind::kLost) return "link";
  const NoteKind kind = it.note.kind;
  if (kind == NoteKind::kHook) return std::string(it.note.word);
  if (is_state(kind)) return "tables";
  if (kind >= NoteKind::kAppIntended) return "application";
  if (const std::string_view own = trace::station_of(kind); !own.empty()) return std::string(own);
  for (std::size_t i = thing; i-- > 0;) {
    const Thing& before = turn.things[i];
    if (before.packet == it.packet && before.kind == EventKind::kNote &&
        before.note.kind == NoteKind::kHook)
      return std::string(before.note.word);
  }
  return {};
}

Event bare_event(const Turn& turn, std::size_t thing) {
  const Thing& it = turn.things[thing];
  Event event{.row = turn.first + thing,
              .id = turn.event_of(thing),
              .time = turn.time,
              .node = turn.node,
              .interface = it.interface,
              .kind = it.kind,
              .packet = it.packet,
              .tag = it.tag};
  if (it.kind == EventKind::kNote || it.kind == EventKind::kLost) event.note = it.note.kind;
  event.dropped = ends_packet(it);
  return event;
}

Event told_event(const trace::Scene& scene, const Turn& turn, std::size_t thing,
                 const std::vector<wire::Layer>& layers) {
  Event event = bare_event(turn, thing);
  if (!turn.readable) {
    event.info = "this part of the recording cannot be read";
    return event;
  }
  const Thing& it = turn.things[thing];
  Ends ends = ends_of(scene, layers);
  event.protocol = ends.protocol;
  event.source = std::move(ends.source);
  event.destination = std::move(ends.destination);
  event.stage = stage_of(scene, turn, thing);
  if (it.frame()) {
    event.type = std::move(ends.type);
    event.info = wire::summary(layers);
  } else if (it.kind == EventKind::kCommand) {
    event.type = "command";
    event.info = it.command == nullptr ? "?" : it.command->command;
  } else {
    const auto reason = static_cast<DropReason>(it.note.x);
    event.type = it.kind == EventKind::kLost ? "lost" : std::string(note_kind_name(it.note.kind));
    event.info = note_text(scene, turn.node, it.note);
    if (it.kind == EventKind::kLost &&
        it.note.x < static_cast<std::uint32_t>(DropReason::kDropReasonCount))
      event.info = fmt::format("lost on the link ({}): {}", drop_reason_name(reason),
                               drop_reason_sentence(reason));
  }
  return event;
}

}  // namespace lvslab::replay
