#include "cli/diff/turns.h"

#include <algorithm>

#include "base/random.h"

namespace lvslab::cli {
namespace {

/// Interfaces are the same if they have the same name: a lab with one more cable numbers them
/// otherwise.
std::uint64_t digest(const trace::Scene& scene, const Record& record) {
  std::uint64_t value = static_cast<std::uint64_t>(record.kind) + 1;
  const auto add = [&](std::uint64_t x) { value = mix(value, x); };
  const auto& interfaces = scene.nodes[record.node].interfaces;
  add(record.interface < interfaces.size() ? hash_name(interfaces[record.interface].name)
                                           : record.interface);
  add(record.bytes.size());
  add(record.zeros);
  for (const std::uint8_t byte : record.bytes) value = (value ^ byte) * 0x100000001b3;
  add(0);
  if (record.kind == RecordKind::kNote || record.kind == RecordKind::kLost) {
    const Note& n = record.note;
    for (const std::uint64_t x :
         {static_cast<std::uint64_t>(n.kind), std::uint64_t{n.a}, std::uint64_t{n.b},
          std::uint64_t{n.x}, std::uint64_t{n.y}, std::uint64_t{n.z}, n.m, n.v, hash_name(n.word)})
      add(x);
  }
  if (record.console != nullptr) {
    add(hash_name(record.console->command));
    add(hash_name(record.console->out));
    add(hash_name(record.console->err));
    add(static_cast<std::uint64_t>(record.console->status));
  }
  return value;
}

using Slice = std::map<std::string, std::vector<const TurnEntry*>>;

/// The turns of one moment by node, from `at` on.
Slice slice_at(const TurnLog& log, std::size_t& at, Instant time) {
  Slice slice;
  for (; at < log.turns().size() && log.turns()[at].time == time; ++at)
    slice[log.name(log.turns()[at].node)].push_back(&log.turns()[at]);
  return slice;
}

bool changed(const std::vector<const TurnEntry*>& turns) {
  return std::any_of(turns.begin(), turns.end(), [](const TurnEntry* t) { return t->change; });
}

std::optional<TurnDifference> compare(const std::vector<const TurnEntry*>& a,
                                      const std::vector<const TurnEntry*>& b) {
  if (changed(a) || changed(b)) return std::nullopt;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    if (i < a.size() && i < b.size() && a[i]->hash == b[i]->hash) continue;
    return TurnDifference{i < a.size() ? a[i] : nullptr, i < b.size() ? b[i] : nullptr};
  }
  return std::nullopt;
}

std::uint64_t order_of(const TurnDifference& difference) {
  return difference.b != nullptr ? difference.b->event : difference.a->event;
}

}  // namespace

TurnLog::TurnLog(const trace::Scene& scene, const WhatIf& what_if)
    : scene_(scene), host_(what_if.host), lines_(what_if.lines()) {}

void TurnLog::on_record(const Record& record) {
  if (record.kind == RecordKind::kTurn || record.node >= scene_.nodes.size()) return;
  if (turns_.empty() || turns_.back().event != record.event || turns_.back().node != record.node)
    turns_.push_back({record.event, record.cause, record.time, record.node, 0, false});
  TurnEntry& turn = turns_.back();
  turn.hash = mix(turn.hash, digest(scene_, record));
  if (record.console != nullptr && name(record.node) == host_ &&
      std::find(lines_.begin(), lines_.end(), record.console->command) != lines_.end()) {
    turn.change = true;
    if (record.console->status != 0) {
      std::string said(record.console->err.empty() ? record.console->out : record.console->err);
      while (!said.empty() && said.back() == '\n') said.pop_back();
      failures.push_back(std::string(record.console->command) + ": " + said + " (status " +
                         std::to_string(record.console->status) + ")");
    }
  }
  if (record.kind == RecordKind::kNote) remember(record);
}

void TurnLog::remember(const Record& record) {
  const Tag& tag = record.note.tag;
  switch (record.note.kind) {
    case NoteKind::kAppServed:
      connections[{tag.traffic, tag.connection}].served = record.event;
      return;
    case NoteKind::kAppClosed:
      connections[{tag.traffic, tag.connection}].closed = record.event;
      return;
    case NoteKind::kStateNeighbour:
      if (record.note.m != record.note.v) neighbours[{record.node, record.note.a}] = record.event;
      return;
    default:
      return;
  }
}

const TurnEntry* TurnLog::find(std::uint64_t event) const {
  const auto at =
      std::lower_bound(turns_.begin(), turns_.end(), event,
                       [](const TurnEntry& turn, std::uint64_t e) { return turn.event < e; });
  return at == turns_.end() || at->event != event ? nullptr : &*at;
}

std::optional<TurnDifference> first_difference(const TurnLog& a, const TurnLog& b) {
  std::size_t i = 0, j = 0;
  while (i < a.turns().size() || j < b.turns().size()) {
    Instant time = Instant::never();
    if (i < a.turns().size()) time = a.turns()[i].time;
    if (j < b.turns().size()) time = std::min(time, b.turns()[j].time);
    const Slice of_a = slice_at(a, i, time);
    Slice of_b = slice_at(b, j, time);
    for (const auto& [node, turns] : of_a) of_b.try_emplace(node);
    std::optional<TurnDifference> first;
    for (const auto& [node, turns] : of_b) {
      const auto there = of_a.find(node);
      const auto one =
          compare(there == of_a.end() ? std::vector<const TurnEntry*>() : there->second, turns);
      if (one && (!first || order_of(*one) < order_of(*first))) first = one;
    }
    if (first) return first;
  }
  return std::nullopt;
}

}  // namespace lvslab::cli
