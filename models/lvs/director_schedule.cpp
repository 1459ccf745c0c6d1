// New connections: which service a packet is for, which server its scheduler picks, and what
// happens when there is none.
#include "base/check.h"
#include "lvs/director.h"
#include "lvs/sctp_state.h"
#include "wire/icmp.h"
#include "wire/tcp.h"

namespace lvslab::lvs {

namespace {

constexpr std::uint16_t kFtpPort = 21, kFtpDataPort = 20;
constexpr std::uint16_t kFirstUnprivilegedPort = 1024;

}  // namespace

// The mark first, then the exact address and port, then an FTP service for its data connections,
// then a service for all ports.
Service* Director::lookup(std::uint32_t mark, wire::Protocol protocol,
                          const wire::Endpoint& address) const {
  if (mark != 0) {
    if (Service* marked = service_of({.mark = mark})) return marked;
  }
  if (Service* exact = service_of({.protocol = protocol, .address = address})) return exact;
  if (protocol == wire::Protocol::kTcp &&
      (address.port == kFtpDataPort || address.port >= kFirstUnprivilegedPort)) {
    Service* ftp = service_of({.protocol = protocol, .address = {address.address, kFtpPort}});
    if (ftp != nullptr) return ftp;
  }
  return service_of({.protocol = protocol, .address = {address.address, 0}});
}

// TCP begins with a SYN (SYN+ACK counts too), unless sloppy_tcp lets any segment but a RST begin;
// SCTP with an INIT, unless sloppy_sctp lets any packet but an ABORT begin.
bool Director::may_create(const Visit& visit, const wire::Flow& flow) const {
  const wire::Datagram& d = visit.datagram;
  if (d.protocol() == wire::Protocol::kTcp) {
    if (d.transport_real_size() < wire::kTcpHeader) return false;
    const std::uint8_t flags = wire::TcpView{d.transport()}.flags();
    if ((flags & wire::kRst) != 0) return false;
    if ((flags & wire::kSyn) == 0 && settings_.sloppy_tcp == 0) return false;
  }
  if (d.protocol() == wire::Protocol::kSctp) {
    const std::optional<SctpEvent> event = sctp_event_of(d);
    if (!event || *event == SctpEvent::kAbort) return false;
    if (*event != SctpEvent::kInit && settings_.sloppy_sctp == 0) return false;
  }
  // A reply of a server on this very host is no request.
  const bool from_here =
      visit.info.locally_generated || visit.info.link == hook::LinkClass::kLoopback;
  return !from_here ||
         table_.find_in(d.protocol(), flow.destination, flow.source) == ConnectionTable::kNone;
}

Director::Found Director::try_schedule(const Visit& visit, const wire::Flow& flow, bool inverse) {
  if (flow.source.port == kFtpDataPort) return {};  // never scheduled
  const auto protocol = static_cast<wire::Protocol>(flow.protocol);
  Service* service = lookup(visit.info.mark, protocol, flow.destination);
  if (service == nullptr) return {};
  if (rate_drops_packet()) {
    note_refusal(visit, flow.destination, "drop_packet");
    return {.verdict = hook::Verdict::drop(DropReason::kIpvsDropEntry)};
  }
  const Attempt attempt{*service, flow, inverse};
  if (service->persistent()) return schedule_persistent(visit, attempt);
  // Only a persistent or a marked service takes packets to other ports than its own.
  const bool own_port =
      service->key.mark != 0 || flow.destination.port == service->key.address.port;
  Destination* picked = own_port ? ask_scheduler(visit, attempt) : nullptr;
  if (picked == nullptr) return leave(visit, attempt);
  const std::uint16_t port =
      picked->address.port != 0 ? picked->address.port : flow.destination.port;
  note_pick(visit, attempt, *picked);
  Connection made = describe(attempt, picked, port);
  return admit(visit, attempt, made, kNoSlot);
}

Destination* Director::ask_scheduler(const Visit& visit, const Attempt& attempt) {
  Service& service = attempt.service;
  if (service.scheduler == nullptr || service.destinations.empty()) return nullptr;
  const SchedulingRequest request{attempt.flow, attempt.inverse, visit.turn.now(),
                                  service.options.flags, &settings_};
  Destination* picked = service.scheduler->pick(service.destinations, request);
  LVSLAB_CHECK(picked == nullptr || (picked->owner == &service && picked->options.weight > 0));
  return picked;
}

// Nobody takes it: on to its own destination (cache_bypass), to the own stack (FTP data), or
// refused.
Director::Found Director::leave(const Visit& visit, const Attempt& attempt) {
  const wire::Endpoint& wanted = attempt.flow.destination;
  if (settings_.cache_bypass != 0 && attempt.service.key.mark != 0 && !attempt.inverse &&
      !visit.routes.is_local(wanted.address) && !wanted.address.is_multicast() &&
      !wanted.address.is_limited_broadcast()) {
    const std::uint32_t slot = table_.insert(describe(attempt, nullptr, 0));
    table_.set_tag(slot, visit.datagram.packet().tag());
    return {.slot = slot};
  }
  if (attempt.service.key.address.port == kFtpPort && wanted.port != kFtpPort) return {};
  if (attempt.inverse) return {.verdict = hook::Verdict::drop(DropReason::kIpvsNoDestination)};
  note_refusal(visit, wanted,
               attempt.service.destinations.empty() ? "the service has no real server"
                                                    : "no real server is available");
  return {.verdict = reply_with_error(visit.datagram, DropReason::kIpvsNoDestination,
                                      static_cast<std::uint8_t>(wire::IcmpType::kUnreachable),
                                      wire::kPortUnreachable)};
}

// A connection starts as inactive, with the method that its server has now: later edits of the
// server do not change it.
Connection Director::describe(const Attempt& attempt, Destination* destination,
                              std::uint16_t port) const {
  Connection c;
  c.client = attempt.flow.source;
  c.service = attempt.flow.destination;
  c.protocol = static_cast<wire::Protocol>(attempt.flow.protocol);
  c.set(kInactive);
  if (settings_.conntrack != 0) c.set(kTracked);
  if (destination == nullptr) {
    c.method = Method::kBypass;
    return c;
  }
  c.destination = destination;
  c.real = {destination->address.address, port};
  c.method = destination->options.method;
  if (c.method != Method::kMasq && c.method != Method::kFullNat) c.set(kNoOutput);
  return c;
}

Director::Found Director::admit(const Visit& visit, const Attempt& attempt, Connection& made,
                                std::uint32_t controller) {
  Service& service = attempt.service;
  const bool single = service.options.one_packet && made.protocol == wire::Protocol::kUdp;
  if (single) made.set(kOnePacket);
  std::uint32_t end = LocalPool::kNone;
  if (made.method == Method::kFullNat) {
    end = local_pool_.take(service, made.protocol, made.real, visit.turn.now());
    if (end == LocalPool::kNone) {
      note_refusal(visit, attempt.flow.destination, "no local address has a free port");
      return {.verdict = hook::Verdict::drop(DropReason::kIpvsNoLocalPort)};
    }
  }
  bind(visit.turn, made, *made.destination);
  ++made.destination->stats.now.connections;
  ++service.stats.now.connections;
  ++total_.now.connections;
  const std::uint32_t slot = single ? table_.insert_unseen(made) : table_.insert(made);
  table_.set_tag(slot, visit.datagram.packet().tag());
  if (controller != kNoSlot) table_.set_controller(slot, controller);
  if (end != LocalPool::kNone) {
    table_.set_local_end(slot, end);
    if (!single) local_pool_.at(end).connection = slot;
  }
  return {.slot = slot};
}

void Director::bind(Turn& turn, Connection& c, Destination& destination) {
  c.destination = &destination;
  destination.count_bound(c.is(kTemplate));
  if (destination.owner == nullptr) return;
  if (destination.owner->scheduler) destination.owner->scheduler->on_counted(destination);
  note_destination(turn, destination.owner->key, destination);
}

void Director::unbind(Turn& turn, std::uint32_t slot) {
  Connection& c = table_.at(slot);
  const std::uint32_t end = table_.local_end(slot);
  if (end != LocalPool::kNone) {
    local_pool_.release(end);
    table_.set_local_end(slot, LocalPool::kNone);
  }
  if (table_.controller(slot) != kNoSlot) table_.set_controller(slot, kNoSlot);
  Destination* destination = c.destination;
  c.destination = nullptr;
  if (destination == nullptr) return;
  destination->count_released(c.is(kTemplate), c.is(kInactive));
  if (destination->owner == nullptr) return;
  if (destination->owner->scheduler) destination->owner->scheduler->on_counted(*destination);
  note_destination(turn, destination->owner->key, *destination);
}

/// Its packet has passed.
void Director::end_single(Turn& turn, std::uint32_t slot) {
  unbind(turn, slot);
  table_.erase(slot);
}

}  // namespace lvslab::lvs
