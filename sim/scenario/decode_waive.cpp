// `waive`: findings that a scenario means to have, each with its reason.
#include "scenario/decoder.h"

namespace lvslab::scenario {

void decode_waivers(Context& context, const Node* waive) {
  for (const Node* item : context.list(waive, "waive")) {
    const Fields fields(context, item, kWaiveKeys, item->mark);
    if (!fields.is_map()) continue;
    Waiver waiver;
    waiver.place = context.place(item->mark);
    const auto finding = context.text(fields.get("finding"), "the id of a finding");
    const auto reason = context.text(fields.get("reason"), "a reason");
    if (!finding || !reason) continue;
    waiver.finding = *finding;
    waiver.reason = *reason;
    if (reason->empty()) {
      context.error(fields.get("reason")->mark, "the reason is missing",
                    "Say why it is meant to be so");
      continue;
    }
    if (const Node* host = fields.get("host")) {
      const auto name = context.text(host, "the name of a host");
      if (!name || (!context.find_host(host->mark, *name))) continue;
      waiver.host = *name;
    }
    context.scenario.waivers.push_back(std::move(waiver));
  }
}

}  // namespace lvslab::scenario
