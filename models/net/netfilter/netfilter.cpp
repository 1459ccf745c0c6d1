#include "net/netfilter/netfilter.h"

#include <algorithm>

namespace lvslab::net::netfilter {

Netfilter::~Netfilter() { reset(); }

Table& Netfilter::table(const TableKind& kind) {
  for (const auto& place : places_) {
    if (&place->table.kind() == &kind) return place->table;
  }
  places_.push_back(std::make_unique<Place>(host_, kind));
  return places_.back()->table;
}

std::vector<const Table*> Netfilter::tables() const {
  std::vector<const Table*> all;
  for (auto it = places_.rbegin(); it != places_.rend(); ++it) all.push_back(&(*it)->table);
  return all;
}

void Netfilter::replace(Table table) {
  Table& place = this->table(table.kind());
  place = std::move(table);
  changed(place);
}

void Netfilter::changed(Table& table) {
  const std::string name{table.kind().name};
  for (Chain& chain : table.chains()) {
    const std::string place = name + " " + chain.name;
    if (chain.hook && chain.drops) chain.policy_text = intern(place + ": policy DROP");
    for (Rule& rule : chain.rules) {
      if (rule.text.empty()) rule.text = intern(place + ":" + rule.save());
    }
  }
  for (const auto& place : places_) {
    if (&place->table != &table || place->hooked == table.in_use()) continue;
    place->hooked = table.in_use();
    if (!place->hooked) {
      host_.remove_hook(place.get());
      continue;
    }
    for (const hook::Hook where : table.kind().hooks)
      host_.add_hook(where, table.kind().priority, place.get());
  }
}

void Netfilter::reset() {
  for (const auto& place : places_) host_.remove_hook(place.get());
  places_.clear();
}

hook::Verdict Netfilter::Place::inspect(Turn& turn, wire::Datagram& datagram,
                                        const hook::PacketInfo& info,
                                        const hook::RouteLookup& routes) {
  (void)routes;
  Seen seen{turn, host, datagram, info, info.mark};
  if (table.drops(seen)) return hook::Verdict::drop(DropReason::kFiltered);
  hook::Verdict verdict;
  verdict.remark = seen.mark != info.mark;
  verdict.mark = seen.mark;
  return verdict;
}

}  // namespace lvslab::net::netfilter
