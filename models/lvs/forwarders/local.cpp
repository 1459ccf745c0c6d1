// Local node: the packet is delivered to this host's own stack as it is. ipvsadm cannot set this
// method.
#include "lvs/forwarder.h"

namespace lvslab::lvs {

namespace {

class LocalNode final : public Forwarder {
 public:
  hook::Verdict to_real(const ForwardContext&, wire::Datagram&) const override {
    return hook::Verdict::accept();
  }
};

const LocalNode kLocalNode;

}  // namespace

const Forwarder& local_node() { return kLocalNode; }

}  // namespace lvslab::lvs
