// The way from clients to the director.
#include <algorithm>

#include "diagnose/findings/looks.h"

namespace lvslab::diagnose {

void look_at_requests(const Survey& survey, Report& report) {
  for (const Trip& trip : survey.trips()) {
    const std::string packet = fmt::format("what {} sends to {}", survey.name(trip.demand->client),
                                           survey.text(trip.demand->target.address));
    explain_stop(survey, report, trip.request, LegKind::kRequest, packet);
  }
  // A director that lost the VIP while somebody else answers for it: nobody is silent, and yet.
  for (const Balanced& b : survey.services()) {
    if (b.service->key.mark != 0) continue;
    const wire::Ipv4 vip = b.vips.front();
    const bool asked = std::any_of(
        survey.trips().begin(), survey.trips().end(),
        [&](const Trip& t) { return t.demand->target.address == vip && t.balanced == nullptr; });
    // A backup waits without the address.
    const bool other =
        std::any_of(survey.services().begin(), survey.services().end(), [&](const Balanced& c) {
          return c.director != b.director && c.vips == b.vips && survey.is_local(c.director, vip);
        });
    const std::string& name = survey.name(b.director);
    if (!asked || other || survey.is_local(b.director, vip) ||
        report.has("vip-missing-on-director", name)) {
      continue;
    }
    report.add({.id = "vip-missing-on-director",
                .host = name,
                .place = survey.said(b.director, {"ipvsadm", "-A"}),
                .summary = fmt::format("{} balances for {}, but does not have the address", name,
                                       survey.text(vip)),
                .symptom = "requests never come to it, or pass it by",
                .cure = {{name, "ip addr add " + wire::to_string(vip) +
                                    "/32 dev <the card to the clients>"}}});
  }
}

}  // namespace lvslab::diagnose
