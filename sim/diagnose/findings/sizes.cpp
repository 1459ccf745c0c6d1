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

void one_segment(const Survey& survey, Report& report, const std::vector<Nic>& segment) {
  std::map<std::uint32_t, std::size_t> cards;  // by MTU
  for (const Nic& nic : segment) ++cards[survey.interface(nic).mtu];
  if (cards.size() < 2) return;
  // Most of them; of equally many, Ethernet's own.
  const auto rank = [](const auto& a) { return std::pair(a.second, a.first == 1500); };
  const std::uint32_t usual =
      std::max_element(cards.begin(), cards.end(), [&](const auto& a, const auto& b) {
        return rank(a) < rank(b);
      })->first;
  for (const Nic& nic : segment) {
    const net::Interface& card = survey.interface(nic);
    if (!card.up || card.kind != net::InterfaceKind::kEthernet || card.mtu == usual) continue;
    const std::string& name = survey.name(nic.host);
    report.add({.id = "mtu-mismatch",
                .host = name,
                .place = survey.said(nic.host, {card.name, "mtu"}),
                .summary = fmt::format("{} has an MTU of {}, its neighbours {}", survey.text(nic),
                                       card.mtu, usual),
                .symptom = "no router on the segment says that a packet is too big: larger ones "
                           "are lost, fragmented, or small ones sent for nothing",
                .cure = {{name, fmt::format("ip link set {} mtu {}", card.name, usual)}}});
  }
}

}  // namespace

void look_at_sizes(const Survey& survey, Report& report) {
  tunnels(survey, report);
  for (const std::vector<Nic>& segment : survey.segments()) one_segment(survey, report, segment);
}

}  // namespace lvslab::diagnose
