// FULLNAT (-b), outside the mainline kernel: the client's end becomes one of the director's own
// (LIP:lport), the service's end the real server's; replies come to the LIP by ordinary routing,
// whatever the real server's gateway, and get both ends back. TTL is left alone both ways, ids and
// options too; TCP sequence numbers are shifted and the client is named in TOA. Errors are
// translated at both ends, outside and in the packet they quote. Source: the behaviour of
// alibaba/LVS.
#include "lvs/forwarder.h"
#include "lvs/forwarders/rewrite.h"
#include "lvs/forwarders/toa.h"
#include "wire/icmp.h"
#include "wire/ipv4.h"
#include "wire/tcp.h"

namespace lvslab::lvs {

namespace {

using hook::Verdict;

constexpr ForwardRules kAnywhere{.redirect_allowed = true, .take_from_ttl = false};
constexpr ForwardRules kElsewhere{.local_allowed = false, .take_from_ttl = false};

bool accepted(const Prepared& prepared) { return prepared.verdict.kind == Verdict::Kind::kAccept; }

Verdict onward(const Prepared& prepared, wire::Ipv4 address) {
  return prepared.local ? Verdict::accept() : Verdict::send_toward(address);
}

bool is_whole_tcp(const wire::Datagram& d) {
  return d.protocol() == wire::Protocol::kTcp && d.transport_real_size() >= wire::kTcpHeader;
}

/// The packet an error quotes has a TCP sequence number in its first 8 bytes.
void shift_quoted(wire::Datagram& error, std::uint32_t by) {
  std::uint8_t* quoted = error.edit_transport() + wire::kIcmpHeader;
  if (quoted[9] != static_cast<std::uint8_t>(wire::Protocol::kTcp)) return;
  std::uint8_t* sequence = quoted + wire::Ipv4View{quoted}.header_length() + 4;
  wire::store32(sequence, wire::load32(sequence) + by);
}

class FullNat final : public Forwarder {
 public:
  Verdict to_real(const ForwardContext& context, wire::Datagram& datagram) const override {
    LocalEnd* end = context.local_end;
    if (end == nullptr) return Verdict::drop(DropReason::kIpvsNoLocalPort);
    const wire::Endpoint& real = context.connection.real;
    const Prepared prepared = prepare_forward(context, datagram, real.address, kAnywhere);
    if (!accepted(prepared)) return prepared.verdict;
    if (prepared.local && real.address.is_loopback() && !context.info.locally_generated) {
      return Verdict::drop(DropReason::kIpvsBoundary);
    }
    if (!rewrite_source(datagram, end->local) || !rewrite_destination(datagram, real)) {
      return Verdict::drop(DropReason::kBadTransportHeader);
    }
    if (is_whole_tcp(datagram)) {
      const bool told = shift_request(datagram, *end, context.connection.client,
                                      prepared.local ? 0 : prepared.route.mtu);
      if (told && context.turn.watched()) {
        context.turn.note(datagram.packet(), {.kind = NoteKind::kRule,
                                              .word = "TOA: the client's address and port are "
                                                      "added as a TCP option"});
      }
    }
    return onward(prepared, real.address);
  }

  Verdict to_client(const ForwardContext& context, wire::Datagram& datagram) const override {
    LocalEnd* end = context.local_end;
    if (end == nullptr) return Verdict::accept();
    const Connection& c = context.connection;
    const Prepared prepared = prepare_forward(context, datagram, c.client.address, kAnywhere);
    if (!accepted(prepared)) return prepared.verdict;
    if (!rewrite_source(datagram, c.service) || !rewrite_destination(datagram, c.client)) {
      return Verdict::drop(DropReason::kBadTransportHeader);
    }
    if (is_whole_tcp(datagram)) shift_reply(datagram, *end);
    return onward(prepared, c.client.address);
  }

  // What is quoted is a reply: the server's own numbers stand in it.
  Verdict error_to_real(const ForwardContext& context, wire::Datagram& datagram) const override {
    const LocalEnd* end = context.local_end;
    if (end == nullptr) return Verdict::drop(DropReason::kIpvsNoLocalPort);
    if (!icmp_error_checksum_ok(datagram)) {
      return Verdict::drop(DropReason::kBadTransportChecksum);
    }
    const wire::Endpoint& real = context.connection.real;
    const bool routed_through = context.info.hook == hook::Hook::kForward;
    const Prepared prepared =
        prepare_forward(context, datagram, real.address, routed_through ? kElsewhere : kAnywhere);
    if (!accepted(prepared)) return prepared.verdict;
    wire::set_source(datagram.edit_ip(), end->local.address);
    wire::set_destination(datagram.edit_ip(), real.address);
    rewrite_quoted_source(datagram, real);
    rewrite_quoted_destination(datagram, end->local);
    return onward(prepared, real.address);
  }

  Verdict error_to_client(const ForwardContext& context, wire::Datagram& datagram) const override {
    const LocalEnd* end = context.local_end;
    if (end == nullptr) return Verdict::accept();
    if (!icmp_error_checksum_ok(datagram)) {
      return Verdict::drop(DropReason::kBadTransportChecksum);
    }
    const Connection& c = context.connection;
    const Prepared prepared = prepare_forward(context, datagram, c.client.address, kAnywhere);
    if (!accepted(prepared)) return prepared.verdict;
    wire::set_source(datagram.edit_ip(), c.service.address);
    wire::set_destination(datagram.edit_ip(), c.client.address);
    shift_quoted(datagram, 0u - end->shift);
    rewrite_quoted_source(datagram, c.client);
    rewrite_quoted_destination(datagram, c.service);
    return onward(prepared, c.client.address);
  }
};

const FullNat kFullNat;

}  // namespace

const Forwarder& full_nat() { return kFullNat; }

}  // namespace lvslab::lvs
