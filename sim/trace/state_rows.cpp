#include "trace/state_rows.h"

#include <utility>

#include "wire/address.h"

namespace lvslab::trace {

StateRow state_row(const Scene& scene, const Record& record) {
  const Note& n = record.note;
  const auto put = [](std::string_view table, std::string key, std::string value) {
    return StateRow{table, std::move(key), std::move(value)};
  };
  const auto address = [](std::uint32_t v) { return wire::to_string(wire::Ipv4{v}); };
  const auto interface = [&](std::uint32_t i) {
    const auto& list = scene.nodes[record.node].interfaces;
    return i < list.size() ? list[i].name : std::to_string(i);
  };
  const std::string number = std::to_string(n.y);
  switch (n.kind) {
    case NoteKind::kStateInterface:
      return put("interfaces", std::string(n.word), number);
    case NoteKind::kStateAddress:
      return put("addresses", interface(n.x) + " " + address(n.a) + "/" + number,
                 n.z != 0 ? std::string(n.word) : "");
    case NoteKind::kStateRoute:
      return put("routes", std::string(n.word) + " " + address(n.a) + "/" + number,
                 n.z != 0 ? address(n.b) + " " + interface(n.x) : "");
    case NoteKind::kStateNeighbour:
      return put("neighbours", interface(n.x) + " " + address(n.a),
                 n.word.empty() ? ""
                                : (n.m != 0 ? wire::to_string(wire::Mac{n.m}) + " " : "") +
                                      std::string(n.word));
    case NoteKind::kStateMac:
      return put("macs", number + " " + wire::to_string(wire::Mac{n.m}),
                 n.z == 0 ? "" : interface(n.x));
    case NoteKind::kStateService:
      return put("services", address(n.b) + ":" + number, n.x != 0 ? std::string(n.word) : "");
    case NoteKind::kStateDestination:
      return put("destinations",
                 address(n.b) + ":" + number + " " + address(n.a) + ":" + std::to_string(n.x),
                 n.word == "removed" ? ""
                                     : std::to_string(n.m >> 32) + " " + std::to_string(n.v >> 32) +
                                           " " + std::to_string(n.v & 0xffffffff));
    case NoteKind::kStateIpvsConnection:
      return put("connections",
                 address(n.a) + ":" + std::to_string(n.x) + " " + address(n.b) + ":" + number,
                 n.word.empty()
                     ? ""
                     : std::string(n.word) + " " + address(static_cast<std::uint32_t>(n.m >> 16)));
    case NoteKind::kStateSocket:
      return put("sockets",
                 std::to_string(n.z) + " " + address(n.a) + ":" + std::to_string(n.x) + " " +
                     address(n.b) + ":" + number,
                 std::string(n.word));
    default:
      return {};
  }
}

}  // namespace lvslab::trace
