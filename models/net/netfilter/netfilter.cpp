#include "net/netfilter/netfilter.h"

#include <algorithm>
#include <limits>

namespace lvslab::net::netfilter {
namespace {

constexpr std::string_view kNatTable = "nat";
constexpr int kTrackPriority = -200, kDestinationPriority = -100, kSourcePriority = 100;
constexpr int kLastPriority = std::numeric_limits<int>::max();

}  // namespace

Netfilter::~Netfilter() { reset(); }

Table& Netfilter::table(const TableKind& kind) {
  for (const auto& place : places_) {
    if (&place->table.kind() == &kind) return place->table;
  }
  places_.push_back(std::make_unique<Place>(*this, kind));
  if (tracking_) track_if_needed();  // table nat settles even what no rule of it names
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
  for (const auto& each : places_) {
    if (&each->table == &table) place(*each);
  }
  track_if_needed();
}

void Netfilter::place(Place& place) {
  const TableKind& kind = place.table.kind();
  if (kind.name == kNatTable || place.hooked == place.table.in_use()) return;
  place.hooked = place.table.in_use();
  if (!place.hooked) return host_.remove_hook(&place);
  for (const hook::Hook where : kind.hooks) host_.add_hook(where, kind.priority, &place);
}

void Netfilter::track_if_needed() {
  const bool needed = std::any_of(places_.begin(), places_.end(),
                                  [](const auto& place) { return place->table.tracks(); });
  if (needed)
    start_tracking();
  else if (tracking_)
    stop_tracking();
}

void Netfilter::start_tracking() {
  using hook::Hook;
  if (!conntrack_) conntrack_ = std::make_unique<Conntrack>(host_, settings_, log_);
  if (!tracking_) {
    tracking_ = true;
    host_.set_tracker(conntrack_.get());
    for (const Hook where : {Hook::kPrerouting, Hook::kLocalOut})
      host_.add_hook(where, kTrackPriority, &enter_);
    for (const Hook where : {Hook::kLocalIn, Hook::kPostrouting})
      host_.add_hook(where, kLastPriority, &leave_);
  }
  if (translating_) return;
  for (const auto& place : places_) {
    if (place->table.kind().name != kNatTable) continue;
    translating_ = true;
    if (!nat_) nat_ = std::make_unique<Nat>(*conntrack_, place->table, log_);
    for (const Hook where : {Hook::kPrerouting, Hook::kLocalOut})
      host_.add_hook(where, kDestinationPriority, nat_.get());
    for (const Hook where : {Hook::kLocalIn, Hook::kPostrouting})
      host_.add_hook(where, kSourcePriority, nat_.get());
  }
}

// Connections stay in the table until their time is over.
void Netfilter::stop_tracking() {
  tracking_ = translating_ = false;
  host_.set_tracker(nullptr);
  for (hook::PacketHook* gate :
       {static_cast<hook::PacketHook*>(&enter_), static_cast<hook::PacketHook*>(&leave_)})
    host_.remove_hook(gate);
  if (nat_) host_.remove_hook(nat_.get());
  if (conntrack_) conntrack_->forget_windows();
}

void Netfilter::reset() {
  for (const auto& place : places_) host_.remove_hook(place.get());
  if (tracking_) stop_tracking();
  places_.clear();
  nat_.reset();
  conntrack_.reset();
  arp_.reset();
  settings_ = {};
  log_.clear();
}

hook::Verdict Netfilter::Gate::inspect(Turn& turn, wire::Datagram& datagram,
                                       const hook::PacketInfo& info,
                                       const hook::RouteLookup& routes) {
  (void)routes;
  return in ? filter.conntrack_->enter(turn, datagram, info) : filter.conntrack_->leave(turn, info);
}

hook::Verdict Netfilter::Place::inspect(Turn& turn, wire::Datagram& datagram,
                                        const hook::PacketInfo& info,
                                        const hook::RouteLookup& routes) {
  (void)routes;
  Seen seen{turn, filter.host_, datagram, info, info.mark, filter.conntrack_.get(), &filter.log_};
  if (table.drops(seen)) return hook::Verdict::drop(seen.reason);
  hook::Verdict verdict;
  verdict.remark = seen.mark != info.mark;
  verdict.mark = seen.mark;
  return verdict;
}

}  // namespace lvslab::net::netfilter
