// Which cards share a segment: cables that are up, joined by switches, VLAN by VLAN.
#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "diagnose/survey.h"

namespace lvslab::diagnose {
namespace {

using scenario::LinkEnd;
using scenario::LinkSpec;

// A place where untagged frames (or those of one VLAN) are the same wire: a card, or one VLAN of a
// switch. `inner`: a tag that a switch without VLANs carries along unread.
struct Spot {
  bool is_switch;
  std::size_t node;
  std::uint32_t port_or_vlan;
  std::uint16_t inner;
  auto operator<=>(const Spot&) const = default;
};

class Joiner {
 public:
  std::size_t place(const Spot& spot) {
    const auto [it, added] = places_.emplace(spot, parents_.size());
    if (added) parents_.push_back(parents_.size());
    return it->second;
  }
  void join(const Spot& a, const Spot& b) {
    const std::size_t x = root(place(a)), y = root(place(b));
    parents_[std::max(x, y)] = std::min(x, y);
  }
  std::size_t root(std::size_t at) {
    while (parents_[at] != at) at = parents_[at] = parents_[parents_[at]];
    return at;
  }

 private:
  std::map<Spot, std::size_t> places_;
  std::vector<std::size_t> parents_;
};

bool vlan_aware(const LinkEnd& end) { return end.access_vlan != 0 || !end.trunk.empty(); }

bool trunks(const LinkEnd& end, std::uint16_t vlan) {
  return std::find(end.trunk.begin(), end.trunk.end(), vlan) != end.trunk.end();
}

// Where a frame with this tag (0: none) is once it went into the switch by that port.
std::optional<Spot> inside(std::size_t node, const LinkEnd& end, std::uint16_t tag) {
  if (!vlan_aware(end)) return Spot{true, node, 1, tag};
  if (tag == 0) {
    if (end.access_vlan == 0) return std::nullopt;
    return Spot{true, node, end.access_vlan, 0};
  }
  if (!trunks(end, tag)) return std::nullopt;
  return Spot{true, node, tag, 0};
}

// One cable end, and what stands behind it for each tag.
struct EndOfCable {
  const LinkEnd& end;
  std::size_t node;
  InterfaceIndex card;
  std::optional<Spot> behind(std::uint16_t tag) const {
    if (end.is_switch) return inside(node, end, tag);
    return Spot{false, node, card, tag};
  }
};

}  // namespace

void Survey::find_segments() {
  const std::vector<LinkSpec>& links = lab_.scenario().links;
  std::set<std::uint16_t> tags{0};
  for (std::size_t h = 0; h < host_count(); ++h) {
    where_.emplace_back(host(h).interfaces().size());
    for (const net::Interface& nic : host(h).interfaces()) {
      if (nic.kind == net::InterfaceKind::kVlan && !nic.removed) tags.insert(nic.vlan_id);
    }
  }
  for (const LinkSpec& link : links) {
    for (const LinkEnd* end : {&link.a, &link.b}) tags.insert(end->trunk.begin(), end->trunk.end());
  }
  Joiner joiner;
  std::vector<InterfaceIndex> next_card(host_count(), 1);  // lo is 0; cables are met in this order
  for (std::size_t i = 0; i < links.size(); ++i) {
    const auto side = [&](const LinkEnd& end) -> EndOfCable {
      if (end.is_switch) return {end, static_cast<std::size_t>(lab_.find_switch(end.node)), 0};
      const auto node = static_cast<std::size_t>(lab_.find_host(end.node));
      const InterfaceIndex card = next_card[node]++;
      cards_.push_back({node, card});
      where_[node][card].link = static_cast<int>(i);
      return {end, node, card};
    };
    const EndOfCable a = side(links[i].a), b = side(links[i].b);
    if (!lab_.world().link_up(static_cast<engine::LinkIndex>(i))) continue;
    for (const std::uint16_t tag : tags) {
      const auto x = a.behind(tag), y = b.behind(tag);
      if (x && y) joiner.join(*x, *y);
    }
  }
  for (std::size_t h = 0; h < host_count(); ++h) {
    for (const net::Interface& nic : host(h).interfaces()) {
      if (nic.kind == net::InterfaceKind::kVlan && !nic.removed) cards_.push_back({h, nic.index});
    }
  }
  std::map<std::size_t, std::size_t> numbers;
  for (const Nic& nic : cards_) {
    const net::Interface& device = interface(nic);
    const bool vlan = device.kind == net::InterfaceKind::kVlan;
    const Spot spot{false, nic.host, vlan ? device.parent : device.index,
                    vlan ? device.vlan_id : std::uint16_t{0}};
    const auto [it, added] = numbers.emplace(joiner.root(joiner.place(spot)), numbers.size());
    if (added) members_.emplace_back();
    where_[nic.host][nic.index].segment = it->second;
    members_[it->second].push_back(nic);
  }
}

const Survey::Card* Survey::card(Nic nic) const {
  const std::vector<Card>& own = where_[nic.host];
  return nic.index < own.size() ? &own[nic.index] : nullptr;
}

std::size_t Survey::segment_of(Nic nic) const {
  const Card* at = card(nic);
  return at == nullptr ? kNoSegment : at->segment;
}

int Survey::link_of(Nic nic) const {
  const Card* at = card(nic);
  return at == nullptr ? -1 : at->link;
}

std::vector<Nic> Survey::neighbours_of(Nic nic) const {
  const std::size_t segment = segment_of(nic);
  if (segment == kNoSegment) return {};
  std::vector<Nic> all = members_[segment];
  std::erase(all, nic);
  return all;
}

const std::vector<Nic>& Survey::candidates(std::size_t segment, wire::Ipv4 address) const {
  const auto [at, added] = candidates_.try_emplace({segment, address});
  if (added && segment != kNoSegment) {
    for (const Nic& nic : members_[segment]) {
      const net::Host& asked = host(nic.host);
      if (asked.routes().is_local(address) || asked.conf(nic.index).forwarding())
        at->second.push_back(nic);
    }
  }
  return at->second;
}

bool Survey::share_segment(Nic a, Nic b) const {
  const std::size_t segment = segment_of(a);
  return segment != kNoSegment && segment == segment_of(b);
}

}  // namespace lvslab::diagnose
