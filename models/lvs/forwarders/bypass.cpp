// Bypass (sysctl cache_bypass): a marked packet that no server takes goes on to its own
// destination.
#include "lvs/forwarder.h"

namespace lvslab::lvs {

namespace {

class Bypass final : public Forwarder {
 public:
  hook::Verdict to_real(const ForwardContext& context, wire::Datagram& datagram) const override {
    const wire::Ipv4 destination = datagram.ip().destination();
    const Prepared prepared =
        prepare_forward(context, datagram, destination, {.local_allowed = false});
    if (prepared.verdict.kind != hook::Verdict::Kind::kAccept) return prepared.verdict;
    return hook::Verdict::send_toward(destination);
  }
};

const Bypass kBypass;

}  // namespace

const Forwarder& bypass() { return kBypass; }

}  // namespace lvslab::lvs
