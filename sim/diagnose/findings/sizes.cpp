// MTUs: tunnels that take less than clients send, cards of a segment that disagree.
#include <algorithm>
#include <map>

#include "diagnose/findings/looks.h"

namespace lvslab::diagnose {
namespace {

constexpr std::uint32_t kOuterHeader = 20, kIpAndUdp = 28;

void tunnels(const Survey& survey, Report& report) {
  for (const Trip& trip : survey.trips()) {
    for (const Leg& leg : trip.legs) {
      if (!leg.tunnelled || leg.to_real.end != WalkEnd::kDelivered) continue;
      std::uint32_t path = 0xffff, client = 0xffff;
      for (const Step& step : leg.to_real.steps)
        if (step.mtu != 0) path = std::min(path, step.mtu);
      for (const Step& step : trip.request.steps)
        if (step.mtu != 0) client = std::min(client, step.mtu);
      const std::uint32_t room = path - kOuterHeader;
      const std::uint64_t largest = trip.demand->largest_message + kIpAndUdp;
      // TCP learns the path MTU from the director's ICMP; a datagram that may not be fragmented
      // cannot.
      if (room >= client || largest <= room || !trip.demand->may_not_fragment) continue;
      const std::string& name = survey.name(trip.balanced->director);
      report.add({.id = "tunnel-mtu",
                  .host = name,
                  .place = trip.demand->place,
                  .summary = fmt::format("{} sends {} bytes in one packet that may not be "
                                         "fragmented, and the tunnel to {} takes {}",
                                         trip.demand->traffic, largest,
                                         wire::to_string(leg.real->address.address), room),
                  .symptom = "the director answers with ICMP fragmentation needed; the sender must "
                             "send less at a time",
                  .cure = {{name, fmt::format("raise the MTU between {} and its real servers to {}",
                                              name, client + kOuterHeader)}}});
    }
  }
}

void segments(const Survey& survey, Report& report) {
  for (const Nic& nic : survey.cards()) {
    const net::Interface& card = survey.interface(nic);
    if (!card.up || card.kind != net::InterfaceKind::kEthernet) continue;
    std::map<std::uint32_t, std::size_t> seen;
    ++seen[card.mtu];
    for (const Nic& other : survey.neighbours_of(nic)) ++seen[survey.interface(other).mtu];
    if (seen.size() < 2) continue;
    // Most of them; of equally many, Ethernet's own.
    const auto rank = [](const auto& a) { return std::pair(a.second, a.first == 1500); };
    const auto usual = std::max_element(
        seen.begin(), seen.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    if (card.mtu == usual->first) continue;
    const std::string& name = survey.name(nic.host);
    report.add({.id = "mtu-mismatch",
                .host = name,
                .place = survey.said(nic.host, {card.name, "mtu"}),
                .summary = fmt::format("{} has an MTU of {}, its neighbours {}", survey.text(nic),
                                       card.mtu, usual->first),
                .symptom = "no router on the segment says that a packet is too big: larger ones "
                           "are lost, fragmented, or small ones sent for nothing",
                .cure = {{name, fmt::format("ip link set {} mtu {}", card.name, usual->first)}}});
  }
}

}  // namespace

void look_at_sizes(const Survey& survey, Report& report) {
  tunnels(survey, report);
  segments(survey, report);
}

}  // namespace lvslab::diagnose
