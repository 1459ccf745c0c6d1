#include "replay/host_table.h"

#include <algorithm>
#include <functional>
#include <set>

#include "fmt/format.h"
#include "replay/origin.h"
#include "replay/recording.h"
#include "replay/store.h"
#include "replay/table_lines.h"

namespace lvslab::replay {
namespace {

// The lines of two instants side by side: what differs, what came and what went.
std::vector<HostTable::Line> compared(Store& store, const std::vector<TableLine>& before,
                                      const std::vector<TableLine>& after, std::uint64_t& more) {
  std::map<std::string_view, const TableLine*> known;
  for (const TableLine& line : before) known.emplace(line.key, &line);
  std::set<std::string_view> still;
  for (const TableLine& line : after) still.insert(line.key);
  std::vector<HostTable::Line> lines;
  const auto add = [&](const TableLine& line, const TableLine* was, bool removed) {
    if (lines.size() >= kMostLines) {
      ++more;
      return;
    }
    HostTable::Line shown{.cells = {}, .removed = removed};
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      const bool same = was != nullptr && i < was->cells.size() && was->cells[i] == line.cells[i];
      shown.cells.push_back({line.cells[i], removed || !same});
    }
    shown.since = store.row_of(line.event).value_or(kNoRow);
    lines.push_back(std::move(shown));
  };
  auto old = before.begin();
  for (const TableLine& line : after) {
    // What went keeps its place among those that stay.
    for (; old != before.end() && old->key != line.key; ++old) {
      if (still.contains(old->key)) break;
      add(*old, nullptr, true);
    }
    if (old != before.end() && old->key == line.key) ++old;
    const auto was = known.find(line.key);
    add(line, was == known.end() ? nullptr : was->second, false);
  }
  for (; old != before.end(); ++old) {
    if (!still.contains(old->key)) add(*old, nullptr, true);
  }
  return lines;
}

}  // namespace

std::vector<HostTable> Recording::tables(NodeIndex node, Row row) const {
  if (node >= scene().nodes.size() || row >= rows()) return {};
  Store& store = *store_;
  const std::uint64_t event = id_of(row);
  const std::uint64_t begin = event >> 20 << 20;
  // Mostly nothing changed; of another node than the event's nothing can.
  Query changes = store.database().query(
      "SELECT 1 FROM state WHERE node = ?1 AND event >= ?2 AND event <= ?3 LIMIT 1");
  if (changes.valid()) changes.bind(1, node).bind(2, begin).bind(3, event);
  const bool own = node_of(row) == node && changes.step();
  const Fold before = own ? store.fold(node, begin - 1) : Fold();
  const Fold& after = store.fold(node, event);
  std::vector<HostTable> tables;
  for (const TableKind& kind : table_kinds()) {
    if (kind.switches != scene().nodes[node].is_switch) continue;
    HostTable table{.name = kind.name, .command = kind.command, .columns = {}, .lines = {}};
    for (const char* column : kind.columns) {
      if (column != nullptr) table.columns.emplace_back(column);
    }
    const std::vector<TableLine> now = kind.lines(store, node, after);
    table.lines = compared(store, own ? kind.lines(store, node, before) : now, now, table.more);
    tables.push_back(std::move(table));
  }
  return tables;
}

std::optional<ScenarioPlace> Recording::place_of_line(NodeIndex node,
                                                      const HostTable::Line& line) const {
  if (line.since >= rows() || line.cells.empty()) return std::nullopt;
  std::string key;
  for (const HostTable::Cell& cell : line.cells) key += cell.text + " ";
  if (line.cells.front().text == "->") return ipvs_command(*store_, node, id_of(line.since), key);
  return origin_of_entry(*store_, id_of(line.since), key).place;
}

}  // namespace lvslab::replay
