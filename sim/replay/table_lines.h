// The tables of a host one by one: how their folded entries are printed.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "replay/store.h"

namespace lvslab::replay {

struct TableLine {
  std::string key;  ///< what makes it the same line at another instant
  std::vector<std::string> cells;
  std::uint64_t event = 0;
};

struct TableKind {
  const char* name;
  const char* command;
  bool switches;  ///< of switches; otherwise of hosts
  std::array<const char*, 7> columns;
  std::vector<TableLine> (*lines)(Store& store, NodeIndex node, const Fold& fold);
};

std::span<const TableKind> table_kinds();

}  // namespace lvslab::replay
