// The three functions at the host's hooks: IN (requests are found or scheduled, then forwarded),
// OUT (replies) and, for packets that are only routed through, ICMP errors.
#include "lvs/director.h"
#include "lvs/sctp_state.h"
#include "wire/icmp.h"
#include "wire/tcp.h"

namespace lvslab::lvs {

namespace {

bool known_protocol(wire::Protocol protocol) {
  return protocol == wire::Protocol::kTcp || protocol == wire::Protocol::kUdp ||
         protocol == wire::Protocol::kSctp;
}

/// IPsec's protocols are the director's business, if only as followers of a connection.
bool concerns_director(wire::Protocol protocol) {
  constexpr std::uint8_t kEsp = 50, kAh = 51;
  return known_protocol(protocol) || static_cast<std::uint8_t>(protocol) == kEsp ||
         static_cast<std::uint8_t>(protocol) == kAh;
}

bool begins_connection(const wire::Datagram& d) {
  if (d.protocol() == wire::Protocol::kSctp) return sctp_event_of(d) == SctpEvent::kInit;
  return d.protocol() == wire::Protocol::kTcp && d.transport_real_size() >= wire::kTcpHeader &&
         (wire::TcpView{d.transport()}.flags() & wire::kSyn) != 0;
}

/// A packet that ends a connection by force: nobody is told about it.
bool is_abort(const wire::Datagram& d) {
  if (d.protocol() == wire::Protocol::kSctp) return sctp_event_of(d) == SctpEvent::kAbort;
  return d.protocol() == wire::Protocol::kTcp && d.transport_real_size() >= wire::kTcpHeader &&
         (wire::TcpView{d.transport()}.flags() & wire::kRst) != 0;
}

/// For a protocol that has ports, when they can be read.
wire::Flow flow_with_ports(const wire::Datagram& d) {
  const wire::Ipv4View ip = d.ip();
  return {{ip.source(), d.source_port()}, {ip.destination(), d.destination_port()}, ip.protocol()};
}

void count(Stats& stats, std::uint32_t bytes, bool out) {
  if (out) {
    ++stats.now.out_packets;
    stats.now.out_bytes += bytes;
  } else {
    ++stats.now.in_packets;
    stats.now.in_bytes += bytes;
  }
}

}  // namespace

// backup_only: while the backup daemon runs, requests are somebody else's.
bool Director::stands_aside() const {
  return settings_.backup_only != 0 && sync_daemons_[1].has_value();
}

hook::Verdict Director::inspect_in(const Visit& visit) {
  // Outside LOCAL_OUT only packets whose frame was addressed to this host.
  if (visit.info.hook != hook::Hook::kLocalOut && visit.info.link != hook::LinkClass::kHost) {
    return hook::Verdict::accept();
  }
  if (stands_aside()) return hook::Verdict::accept();
  const wire::Datagram& d = visit.datagram;
  const wire::Protocol protocol = d.protocol();
  if (!known_protocol(protocol)) return inspect_other(visit);
  if (!d.has_ports()) return hook::Verdict::accept();
  const wire::Flow flow = flow_with_ports(d);
  const std::uint32_t slot = table_.find_in(protocol, flow.source, flow.destination);
  if (slot != ConnectionTable::kNone) {
    const Use use = judge(visit, slot);
    if (use == Use::kGoOn) {
      note_found(visit, table_.at(slot));
      return carry_on(visit, slot);
    }
    if (use == Use::kBeSilent) return hook::Verdict::drop(DropReason::kIpvsDeadDestination);
  }
  if (!may_create(visit, flow)) return hook::Verdict::accept();
  const Found found = try_schedule(visit, flow, false);
  return found.slot == kNoSlot ? found.verdict : carry_on(visit, found.slot);
}

/// ICMP, and what has no ports to be told apart by.
hook::Verdict Director::inspect_other(const Visit& visit) {
  hook::Verdict verdict;
  const wire::Protocol protocol = visit.datagram.protocol();
  if (protocol == wire::Protocol::kIcmp) {
    relay_inwards(visit, &verdict);
    return verdict;
  }
  // What a tunnel brings is looked at on its own, unless ignore_tunneled forbids it.
  verdict.leave_alone = settings_.ignore_tunneled != 0 && !concerns_director(protocol);
  return verdict;
}

Director::Use Director::judge(const Visit& visit, std::uint32_t slot) {
  const Connection& c = table_.at(slot);
  // A new connection cannot begin where the old one's track is still in the table.
  const auto begin_anew = [&] {
    return over_old_track(visit, c) ? Use::kBeSilent : Use::kStartAnew;
  };
  if (begins_connection(visit.datagram) && wants_fresh_start(slot)) {
    if (table_.controlled(slot) == 0) table_.expire_soon(slot, visit.turn.now());
    return begin_anew();
  }
  if (c.destination == nullptr || !c.destination->deleted) return Use::kGoOn;
  // Its server was deleted: silence, or with expire_nodest_conn a fresh start.
  if (settings_.expire_nodest_conn == 0) return Use::kBeSilent;
  table_.expire_soon(slot, visit.turn.now());
  return begin_anew();
}

// A SYN over an old entry: scheduled anew when its server is quiesced (expire_nodest_conn), or when
// the entry is as good as closed (conn_reuse_mode; bit 2 counts FIN_WAIT of one-way methods too)
// and belongs to no template.
bool Director::wants_fresh_start(std::uint32_t slot) const {
  const Connection& c = table_.at(slot);
  if (settings_.expire_nodest_conn != 0 && c.destination != nullptr &&
      c.destination->options.weight == 0) {
    return true;
  }
  if (settings_.conn_reuse_mode == 0 || table_.controller(slot) != kNoSlot) return false;
  if (c.state == ConnectionState::kTimeWait || c.state == ConnectionState::kClose ||
      c.state == ConnectionState::kSctpClosed) {
    return true;
  }
  return (settings_.conn_reuse_mode & 2) != 0 && c.state == ConnectionState::kFinWait &&
         c.is(kNoOutput);
}

hook::Verdict Director::carry_on(const Visit& visit, std::uint32_t slot) {
  Connection& c = table_.at(slot);
  count_in(c, visit.datagram.packet().length());
  advance_state(visit.turn, slot, visit.datagram, false);
  c.count_in_packet();
  const hook::Verdict verdict = forward(visit, slot, false);
  if (c.is(kOnePacket)) {
    end_single(visit.turn, slot);
  } else {
    table_.restart(slot, c, visit.turn.now());
  }
  return verdict;
}

hook::Verdict Director::forward(const Visit& visit, std::uint32_t slot, bool relayed_error) {
  const Connection& c = table_.at(slot);
  const ForwarderEntry& entry = forwarder(c.method);
  const ForwardContext context = context_for(visit, slot, relayed_error);
  visit.turn.spend(entry.work);
  const hook::Verdict verdict = relayed_error ? entry.get().error_to_real(context, visit.datagram)
                                              : entry.get().to_real(context, visit.datagram);
  if (visit.info.tracker != nullptr && !keep_tracked(visit, c, verdict)) [[unlikely]]
    return hook::Verdict::drop(DropReason::kNatRefused);
  if (visit.turn.watched() && (verdict.kind == hook::Verdict::Kind::kSendToward ||
                               verdict.kind == hook::Verdict::Kind::kAccept)) {
    visit.turn.note(
        visit.datagram.packet(),
        {.kind = NoteKind::kIpvsForwarded, .a = c.real.address.value, .word = entry.name});
  }
  return verdict;
}

// net.ipv4.vs.conntrack: 0, and what is forwarded is taken out of connection tracking, so that no
// nat rule touches it; 1, and the new track learns where its replies will come from. False: the
// packet is to be dropped.
bool Director::keep_tracked(const Visit& visit, const Connection& c,
                            const hook::Verdict& verdict) const {
  hook::Track& track = *visit.info.track;
  const bool sent = verdict.kind == hook::Verdict::Kind::kSendToward;
  if (!sent && verdict.kind != hook::Verdict::Kind::kAccept) return true;
  if (sent && c.method == Method::kTunnel) {
    if (c.is(kTracked) && !visit.info.tracker->confirm(track, visit.turn.now())) return false;
    track = {};  // outside it is another packet
    return true;
  }
  if (!c.is(kTracked)) {
    if (track.tracked()) track = {.state = hook::Track::State::kUntracked};
  } else if (c.method == Method::kMasq && !c.is(kOnePacket)) {
    visit.info.tracker->expect_replies_from(track, c.real);
  }
  return true;
}

void Director::keep_reply_tracked(const Visit& visit, const Connection& c) const {
  hook::Track& track = *visit.info.track;
  if (!c.is(kTracked)) {
    if (track.tracked()) track = {.state = hook::Track::State::kUntracked};
  } else if (c.method == Method::kMasq && !c.is(kOnePacket)) {
    visit.info.tracker->expect_replies_to(track, c.service);
  }
}

bool Director::over_old_track(const Visit& visit, const Connection& c) const {
  return visit.info.tracker != nullptr && c.is(kTracked) &&
         visit.info.tracker->confirmed(*visit.info.track);
}

ForwardContext Director::context_for(const Visit& visit, std::uint32_t slot, bool relayed_error) {
  const Connection& c = table_.at(slot);
  const std::uint32_t end = table_.local_end(slot);
  return {.turn = visit.turn,
          .connection = c,
          .info = visit.info,
          .routes = visit.routes,
          .settings = settings_,
          .relayed_error = relayed_error,
          .local_end = end == LocalPool::kNone ? nullptr : &local_pool_.at(end)};
}

// A reply names its client, or with FULLNAT the local end that stands for the client.
std::uint32_t Director::find_reply(wire::Protocol protocol, const wire::Endpoint& source,
                                   const wire::Endpoint& destination) const {
  const std::uint32_t slot = table_.find_out(protocol, source, destination);
  if (slot != ConnectionTable::kNone || local_pool_.size() == 0) return slot;
  const std::uint32_t end = local_pool_.find(protocol, source, destination);
  return end == LocalPool::kNone ? ConnectionTable::kNone : local_pool_.at(end).connection;
}

hook::Verdict Director::inspect_out(const Visit& visit) {
  const wire::Datagram& d = visit.datagram;
  const wire::Protocol protocol = d.protocol();
  if (protocol == wire::Protocol::kIcmp) {
    hook::Verdict verdict;
    relay_outwards(visit, &verdict);
    return verdict;
  }
  if (!known_protocol(protocol) || !d.has_ports()) return hook::Verdict::accept();
  const wire::Flow flow = flow_with_ports(d);
  const std::uint32_t slot = find_reply(protocol, flow.source, flow.destination);
  if (slot != ConnectionTable::kNone) return answer(visit, slot);
  // No reply, so a request, which the IN function will look for next: its entry can be on the way.
  if (visit.info.hook == hook::Hook::kLocalIn) table_.prefetch({&flow, 1});
  return reply_without_entry(visit, flow);
}

hook::Verdict Director::answer(const Visit& visit, std::uint32_t slot) {
  Connection& c = table_.at(slot);
  const ForwardContext context = context_for(visit, slot);
  note_found(visit, c, Part::kReply);
  const ForwarderEntry& entry = forwarder(c.method);
  visit.turn.spend(entry.work);
  const hook::Verdict verdict = entry.get().to_client(context, visit.datagram);
  if (verdict.kind == hook::Verdict::Kind::kDrop || verdict.kind == hook::Verdict::Kind::kReply) {
    return verdict;
  }
  if (visit.info.tracker != nullptr) [[unlikely]]
    keep_reply_tracked(visit, c);
  count_out(c, visit.datagram.packet().length());
  advance_state(visit.turn, slot, visit.datagram, true);
  table_.restart(slot, c, visit.turn.now());
  return verdict;
}

// A reply without an entry goes on with the RIP as its source, or with nat_icmp_send its server is
// told.
hook::Verdict Director::reply_without_entry(const Visit& visit, const wire::Flow& flow) const {
  if (settings_.nat_icmp_send == 0) return hook::Verdict::accept();
  const wire::Datagram& d = visit.datagram;
  if (is_abort(d)) return hook::Verdict::accept();
  for (const auto& service : services_) {
    if (service->key.protocol != d.protocol()) continue;
    const Destination* destination = destination_of(*service, flow.source);
    if (destination == nullptr || destination->options.method != Method::kMasq) continue;
    hook::Verdict verdict = reply_with_error(
        d, DropReason::kNoSocket, static_cast<std::uint8_t>(wire::IcmpType::kUnreachable),
        wire::kPortUnreachable);
    verdict.icmp_source = {};  // not the client's address: the host's own
    return verdict;
  }
  return hook::Verdict::accept();
}

hook::Verdict Director::inspect_forwarded(const Visit& visit) {
  hook::Verdict verdict;
  if (visit.info.link != hook::LinkClass::kHost || stands_aside()) return verdict;
  if (visit.datagram.protocol() == wire::Protocol::kIcmp) relay_inwards(visit, &verdict);
  return verdict;
}

// Counted for the server, its service and in total; not at all without a server or a deleted one.
void Director::count_in(const Connection& c, std::uint32_t bytes) {
  if (c.destination == nullptr || c.destination->owner == nullptr) return;
  count(c.destination->stats, bytes, false);
  count(c.destination->owner->stats, bytes, false);
  count(total_, bytes, false);
}

void Director::count_out(const Connection& c, std::uint32_t bytes) {
  if (c.destination == nullptr || c.destination->owner == nullptr) return;
  count(c.destination->stats, bytes, true);
  count(c.destination->owner->stats, bytes, true);
  count(total_, bytes, true);
}

}  // namespace lvslab::lvs
