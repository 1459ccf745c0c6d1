// Direct routing (-g): only the link-level destination changes. The packet keeps the VIP and is
// handed to the neighbour that owns the RIP; one is taken from its TTL.
#include "lvs/forwarder.h"

namespace lvslab::lvs {

namespace {

class DirectRouting final : public Forwarder {
 public:
  hook::Verdict to_real(const ForwardContext& context, wire::Datagram& datagram) const override {
    const wire::Ipv4 rip = context.connection.real.address;
    const Prepared prepared = prepare_forward(context, datagram, rip, {});
    if (prepared.verdict.kind != hook::Verdict::Kind::kAccept || prepared.local) {
      return prepared.verdict;
    }
    return hook::Verdict::send_toward(rip);
  }
};

const DirectRouting kDirectRouting;

}  // namespace

const Forwarder& direct_routing() { return kDirectRouting; }

}  // namespace lvslab::lvs
