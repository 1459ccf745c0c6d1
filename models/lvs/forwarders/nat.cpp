// Masquerading (-m): requests get the real server as destination, replies the VIP as source.
// Replies must pass the director; errors are translated outside and in the packet they quote.
#include "lvs/forwarder.h"
#include "lvs/forwarders/rewrite.h"
#include "wire/ipv4.h"

namespace lvslab::lvs {

namespace {

using hook::Verdict;

constexpr ForwardRules kAnywhere{.redirect_allowed = true};
constexpr ForwardRules kElsewhere{.local_allowed = false};

/// A reply's route is looked up again as if this host had sent it, unless it stays here.
Verdict after_rewriting_reply(const ForwardContext& context) {
  if (context.settings.snat_reroute == 0 || context.info.hook == hook::Hook::kLocalIn ||
      context.info.route == hook::RouteKind::kLocal) {
    return Verdict::accept();
  }
  Verdict verdict;
  verdict.kind = Verdict::Kind::kReroute;
  return verdict;
}

class Masquerading final : public Forwarder {
 public:
  Verdict to_real(const ForwardContext& context, wire::Datagram& datagram) const override {
    const wire::Endpoint& real = context.connection.real;
    const Prepared prepared = prepare_forward(context, datagram, real.address, kAnywhere);
    if (prepared.verdict.kind != Verdict::Kind::kAccept) return prepared.verdict;
    if (prepared.local && real.address.is_loopback() && !context.info.locally_generated) {
      return Verdict::drop(DropReason::kIpvsBoundary);
    }
    if (!rewrite_destination(datagram, real)) {
      return Verdict::drop(DropReason::kBadTransportHeader);
    }
    return prepared.local ? Verdict::accept() : Verdict::send_toward(real.address);
  }

  Verdict to_client(const ForwardContext& context, wire::Datagram& datagram) const override {
    if (!rewrite_source(datagram, context.connection.service)) {
      return Verdict::drop(DropReason::kBadTransportHeader);
    }
    return after_rewriting_reply(context);
  }

  Verdict error_to_real(const ForwardContext& context, wire::Datagram& datagram) const override {
    if (!icmp_error_checksum_ok(datagram)) {
      return Verdict::drop(DropReason::kBadTransportChecksum);
    }
    const wire::Endpoint& real = context.connection.real;
    const bool routed_through = context.info.hook == hook::Hook::kForward;
    const Prepared prepared =
        prepare_forward(context, datagram, real.address, routed_through ? kElsewhere : kAnywhere);
    if (prepared.verdict.kind != Verdict::Kind::kAccept) return prepared.verdict;
    wire::set_destination(datagram.edit_ip(), real.address);
    rewrite_quoted_source(datagram, real);
    return prepared.local ? Verdict::accept() : Verdict::send_toward(real.address);
  }

  // The error may come from a router in between: it too seems to come from the VIP.
  Verdict error_to_client(const ForwardContext& context, wire::Datagram& datagram) const override {
    if (!icmp_error_checksum_ok(datagram)) {
      return Verdict::drop(DropReason::kBadTransportChecksum);
    }
    wire::set_source(datagram.edit_ip(), context.connection.service.address);
    rewrite_quoted_destination(datagram, context.connection.service);
    return after_rewriting_reply(context);
  }
};

const Masquerading kMasquerading;

}  // namespace

const Forwarder& masquerading() { return kMasquerading; }

}  // namespace lvslab::lvs
