// The three functions at the host's hooks: IN (requests are found or scheduled, then forwarded),
// OUT (replies) and, for packets that are only routed through, ICMP errors.
#include "lvs/director.h"
#include "lvs/tcp_state.h"
#include "wire/icmp.h"
#include "wire/tcp.h"

namespace lvslab::lvs {

namespace {

bool known_protocol(wire::Protocol protocol) {
  return protocol == wire::Protocol::kTcp || protocol == wire::Protocol::kUdp;
}

bool begins_connection(const wire::Datagram& d) {
  return d.protocol() == wire::Protocol::kTcp && d.transport_real_size() >= wire::kTcpHeader &&
         (wire::TcpView{d.transport()}.flags() & wire::kSyn) != 0;
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

hook::Verdict Director::inspect_in(const Visit& visit) {
  // Outside LOCAL_OUT only packets whose frame was addressed to this host.
  if (visit.info.hook != hook::Hook::kLocalOut && visit.info.link != hook::LinkClass::kHost) {
    return hook::Verdict::accept();
  }
  hook::Verdict verdict;
  const wire::Datagram& d = visit.datagram;
  if (d.protocol() == wire::Protocol::kIcmp) {
    relay_inwards(visit, &verdict);
    return verdict;
  }
  if (!known_protocol(d.protocol()) || !d.has_ports()) return verdict;
  const wire::Flow flow = wire::flow_of(d);
  const std::uint32_t slot = find_usable(visit, flow, &verdict);
  if (verdict.kind != hook::Verdict::Kind::kAccept) return verdict;
  if (slot != ConnectionTable::kNone) {
    Connection& c = table_.at(slot);
    note_found(visit, c);
    verdict = carry_on(visit, c);
    table_.restart(slot, visit.turn.now());
    return verdict;
  }
  if (!may_create(visit, flow)) return verdict;
  const Found found = try_schedule(visit, flow, false);
  if (found.connection == nullptr) return found.verdict;
  verdict = carry_on(visit, *found.connection);
  if (found.slot != kNoSlot) {
    table_.restart(found.slot, visit.turn.now());
  } else {
    unbind(visit.turn, *found.connection);
  }
  return verdict;
}

// The entry this packet may go on with; none also when it is a new connection over an old entry. A
// verdict other than Accept ends the matter.
std::uint32_t Director::find_usable(const Visit& visit, const wire::Flow& flow,
                                    hook::Verdict* verdict) {
  const std::uint32_t slot =
      table_.find_in(visit.datagram.protocol(), flow.source, flow.destination);
  if (slot == ConnectionTable::kNone) return slot;
  Connection& c = table_.at(slot);
  if (begins_connection(visit.datagram) && wants_fresh_start(c)) {
    if (c.controlled == 0) table_.expire_soon(slot, visit.turn.now());
    return ConnectionTable::kNone;
  }
  if (c.destination == nullptr || !c.destination->deleted) return slot;
  // Its server was deleted: silence, or with expire_nodest_conn a fresh start.
  if (settings_.expire_nodest_conn != 0) {
    table_.expire_soon(slot, visit.turn.now());
    return ConnectionTable::kNone;
  }
  *verdict = hook::Verdict::drop(DropReason::kIpvsDeadDestination);
  return ConnectionTable::kNone;
}

// A SYN over an old entry: scheduled anew when its server is quiesced (expire_nodest_conn), or when
// the entry is as good as closed (conn_reuse_mode; bit 2 counts FIN_WAIT of one-way methods too)
// and belongs to no template.
bool Director::wants_fresh_start(const Connection& c) const {
  if (settings_.expire_nodest_conn != 0 && c.destination != nullptr &&
      c.destination->options.weight == 0) {
    return true;
  }
  if (settings_.conn_reuse_mode == 0 || c.controller != kNoSlot) return false;
  if (c.state == ConnectionState::kTimeWait || c.state == ConnectionState::kClose) return true;
  return (settings_.conn_reuse_mode & 2) != 0 && c.state == ConnectionState::kFinWait &&
         c.is(kNoOutput);
}

hook::Verdict Director::carry_on(const Visit& visit, Connection& c) {
  count_in(c, visit.datagram.packet().length());
  advance_state(visit.turn, c, visit.datagram, false);
  const hook::Verdict verdict = forward(visit, c, false);
  ++c.in_packets;
  return verdict;
}

hook::Verdict Director::forward(const Visit& visit, Connection& c, bool relayed_error) {
  const ForwarderEntry& entry = forwarder(c.method);
  const ForwardContext context{visit.turn, c, visit.info, visit.routes, settings_, relayed_error};
  const hook::Verdict verdict = relayed_error ? entry.get().error_to_real(context, visit.datagram)
                                              : entry.get().to_real(context, visit.datagram);
  if (visit.turn.watched() && (verdict.kind == hook::Verdict::Kind::kSendToward ||
                               verdict.kind == hook::Verdict::Kind::kAccept)) {
    visit.turn.note(
        visit.datagram.packet(),
        {.kind = NoteKind::kIpvsForwarded, .a = c.real.address.value, .word = entry.name});
  }
  return verdict;
}

hook::Verdict Director::inspect_out(const Visit& visit) {
  hook::Verdict verdict;
  const wire::Datagram& d = visit.datagram;
  if (d.protocol() == wire::Protocol::kIcmp) {
    relay_outwards(visit, &verdict);
    return verdict;
  }
  if (!known_protocol(d.protocol()) || !d.has_ports()) return verdict;
  const wire::Flow flow = wire::flow_of(d);
  const std::uint32_t slot = table_.find_out(d.protocol(), flow.source, flow.destination);
  if (slot == ConnectionTable::kNone) return reply_without_entry(visit, flow);
  Connection& c = table_.at(slot);
  const ForwardContext context{visit.turn, c, visit.info, visit.routes, settings_};
  verdict = forwarder(c.method).get().to_client(context, visit.datagram);
  if (verdict.kind == hook::Verdict::Kind::kDrop) return verdict;
  count_out(c, d.packet().length());
  advance_state(visit.turn, c, visit.datagram, true);
  table_.restart(slot, visit.turn.now());
  return verdict;
}

// A reply without an entry goes on with the RIP as its source, or with nat_icmp_send its server is
// told.
hook::Verdict Director::reply_without_entry(const Visit& visit, const wire::Flow& flow) const {
  if (settings_.nat_icmp_send == 0) return hook::Verdict::accept();
  const wire::Datagram& d = visit.datagram;
  const bool reset = d.protocol() == wire::Protocol::kTcp &&
                     d.transport_real_size() >= wire::kTcpHeader &&
                     (wire::TcpView{d.transport()}.flags() & wire::kRst) != 0;
  if (reset) return hook::Verdict::accept();
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
  if (visit.info.link != hook::LinkClass::kHost) return verdict;
  if (visit.datagram.protocol() == wire::Protocol::kIcmp) relay_inwards(visit, &verdict);
  return verdict;
}

void Director::advance_state(Turn& turn, Connection& c, const wire::Datagram& d, bool out) {
  const ConnectionState before = c.state;
  bool proven = false;  // its template is worth keeping
  if (c.protocol == wire::Protocol::kTcp) {
    if (d.transport_real_size() < wire::kTcpHeader) return;
    TcpDirection direction = out ? TcpDirection::kOutput : TcpDirection::kInput;
    if (out) {
      c.unset(kNoOutput);
    } else if (c.is(kNoOutput)) {
      direction = TcpDirection::kInputOnly;
    }
    const TcpEvent event = tcp_event(wire::TcpView{d.transport()}.flags());
    c.state = next_tcp_state(direction, event, before, settings_.secure_tcp == 3);
    proven = c.state == ConnectionState::kEstablished && c.state != before;
  } else {
    c.state = ConnectionState::kUdp;
    proven = out;
  }
  c.timeout_s = timeout_of(c.state);
  if (proven && c.controller != kNoSlot) {
    Connection& controller = table_.at(c.controller);
    if (controller.state != ConnectionState::kAssured) {
      controller.state = ConnectionState::kAssured;
      note_connection(turn, controller);
    }
  }
  if (c.state == before) return;
  const bool active = counts_as_active(c.state);
  if (Destination* destination = c.destination;
      destination != nullptr && active == c.is(kInactive)) {
    if (active) {
      ++destination->active;
      c.unset(kInactive);
    } else {
      if (destination->active > 0) --destination->active;
      c.set(kInactive);
    }
    if (destination->owner != nullptr) {
      if (destination->owner->scheduler) destination->owner->scheduler->on_counted(*destination);
      note_destination(turn, destination->owner->key, *destination);
    }
  }
  note_connection(turn, c);
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

std::uint32_t Director::timeout_of(ConnectionState state) const {
  switch (state) {
    case ConnectionState::kEstablished:
      return timeouts_[0];
    case ConnectionState::kFinWait:
      return timeouts_[1];
    case ConnectionState::kUdp:
      return timeouts_[2];
    default:
      return default_timeout_s(state);
  }
}

}  // namespace lvslab::lvs
