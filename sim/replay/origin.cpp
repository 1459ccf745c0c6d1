#include "replay/origin.h"

#include <cctype>
#include <charconv>

namespace lvslab::replay {
namespace {

std::string address(std::uint32_t value) { return wire::to_string(wire::Ipv4{value}); }

std::string device(const trace::Scene& scene, NodeIndex node, std::uint32_t interface) {
  const auto& list = scene.nodes[node].interfaces;
  return interface < list.size() ? list[interface].name : std::to_string(interface);
}

// The table and the key of the entry that a note used, as trace/state_rows.cpp writes them.
std::pair<std::string_view, std::string> entry_of(const trace::Scene& scene, NodeIndex node,
                                                  const Note& n) {
  switch (n.kind) {
    case NoteKind::kNeighbourUsed:
      return {"neighbours", device(scene, node, n.x) + " " + address(n.a)};
    case NoteKind::kArpReplySent:
      return {"addresses", address(n.a) + "/"};
    default:
      return {};
  }
}

bool mentions(std::string_view command, std::string_view word) {
  for (std::size_t at = command.find(word); at != std::string_view::npos;
       at = command.find(word, at + 1)) {
    const auto digit = [&](std::size_t i) {
      return i < command.size() && std::isdigit(static_cast<unsigned char>(command[i])) != 0;
    };
    const bool inside = (at > 0 && digit(at - 1)) || digit(at + word.size());
    if (!inside) return true;
  }
  return false;
}

// Whether a command names every address among the words of a key, and there is one.
bool names_all(std::string_view command, std::string_view key) {
  bool named = false;
  while (!key.empty()) {
    const std::size_t end = key.find(' ');
    std::string_view word = key.substr(0, end);
    key = end == std::string_view::npos ? "" : key.substr(end + 1);
    word = word.substr(0, word.find_first_of("/:"));
    if (!wire::parse_ipv4(word)) continue;
    if (!mentions(command, word)) return false;
    named = true;
  }
  return named;
}

// The longest prefix that holds the address, in the main table, then by local ones.
const std::pair<const std::string, Entry>* route_to(const Fold& fold, const Note& n) {
  const auto* routes = fold.find("routes");
  const std::pair<const std::string, Entry>* best = nullptr;
  unsigned longest = 0;
  if (routes == nullptr) return nullptr;
  for (const auto& route : *routes) {
    const std::string_view key = route.first;
    const auto prefix = wire::parse_prefix(key.substr(key.rfind(' ') + 1));
    const bool local = key.starts_with("local ");
    if (!prefix || local != (n.word == "local")) continue;
    const std::uint32_t mask = wire::netmask(prefix->length);
    if ((n.a & mask) != (prefix->address.value & mask)) continue;
    if (best != nullptr && prefix->length < longest) continue;
    best = &route;
    longest = prefix->length;
  }
  return best;
}

}  // namespace

std::optional<ScenarioPlace> place_of(const Command& command, Row row) {
  ScenarioPlace place{.file = command.place, .command = command.command, .row = row};
  int* const numbers[] = {&place.column, &place.line};
  for (int* number : numbers) {
    const std::size_t colon = place.file.rfind(':');
    if (colon == std::string::npos) return std::nullopt;
    const char* end = place.file.data() + place.file.size();
    const auto [rest, problem] = std::from_chars(place.file.data() + colon + 1, end, *number);
    if (problem != std::errc{} || rest != end) return std::nullopt;
    place.file.resize(colon);
  }
  return place;
}

Origin origin_of_entry(Store& store, std::uint64_t event, std::string_view key) {
  Origin origin{.row = store.row_of(event), .place = std::nullopt};
  // Commands of the same turn: the last one that names an address of the key.
  const auto& commands = store.index().commands;
  const std::uint64_t turn = event >> 20;
  for (auto at = commands.lower_bound(turn << 20); at != commands.end() && at->first >> 20 == turn;
       ++at) {
    if (!names_all(at->second.command, key)) continue;
    if (auto place = place_of(at->second, store.row_of(at->first).value_or(kNoRow)))
      origin.place = std::move(place);
  }
  return origin;
}

std::optional<ScenarioPlace> ipvs_command(Store& store, NodeIndex node, std::uint64_t event,
                                          std::string_view key) {
  const auto& commands = store.index().commands;
  for (auto at = commands.upper_bound(event); at != commands.begin();) {
    --at;
    const auto turn = store.index().turn_of_id(at->first >> 20);
    if (!turn || store.index().turns[*turn].node_index() != node) continue;
    if (!mentions(at->second.command, "ipvsadm") || !names_all(at->second.command, key)) continue;
    return place_of(at->second, store.row_of(at->first).value_or(kNoRow));
  }
  return std::nullopt;
}

std::optional<Origin> origin_of(Store& store, NodeIndex node, std::uint64_t event,
                                const Note& note) {
  if (note.kind == NoteKind::kRoute) {
    const auto* route = route_to(store.fold(node, event), note);
    if (route == nullptr) return std::nullopt;
    return origin_of_entry(store, route->second.event, route->first);
  }
  if (note.kind == NoteKind::kIpvsPicked) {
    // What stands in the table now is of the last connection; the command is what matters.
    auto place = ipvs_command(store, node, event, address(note.a));
    if (!place) return std::nullopt;
    return Origin{.row = place->row, .place = std::move(place)};
  }
  const auto [table, key] = entry_of(store.scene(), node, note);
  if (table.empty()) return std::nullopt;
  const auto* entries = store.fold(node, event).find(table);
  if (entries == nullptr) return std::nullopt;
  const auto at = entries->find(key);
  if (at != entries->end()) return origin_of_entry(store, at->second.event, key);
  // An address by itself: of whichever interface.
  for (const auto& [name, entry] : *entries) {
    if (key.ends_with("/") && name.find(" " + key) != std::string::npos)
      return origin_of_entry(store, entry.event, name);
  }
  return std::nullopt;
}

}  // namespace lvslab::replay
