#include "net/netfilter/nat.h"

#include "net/netfilter/table.h"

namespace lvslab::net::netfilter {
namespace {

using hook::Track;
using hook::Verdict;

constexpr std::string_view kKeepApart = "the replies would be taken for another connection's";

/// Which end of a connection's first packet stands behind this end of the packet at hand.
std::size_t meant(End end, bool reply) {
  return static_cast<std::size_t>(reply ? other(end) : end);
}

}  // namespace

// Ports are drawn from a stream of their own: it begins where the host's stands.
Nat::Nat(Conntrack& tracker, Table& table, KernelLog& log)
    : tracker_(tracker),
      table_(table),
      log_(log),
      random_(mix(Random(tracker.host().random()).bits(), hash_name("nat"))) {}

Verdict Nat::inspect(Turn& turn, wire::Datagram& datagram, const hook::PacketInfo& info,
                     const hook::RouteLookup& routes) {
  (void)routes;
  ConntrackEntry* entry = tracker_.entry(*info.track);
  if (entry == nullptr) return Verdict::accept();
  const End end = info.hook == hook::Hook::kPrerouting || info.hook == hook::Hook::kLocalOut
                      ? End::kDestination
                      : End::kSource;
  const bool related = info.track->state == Track::State::kRelated;
  if (related && datagram.protocol() == wire::Protocol::kIcmp)
    return translate_error(turn, datagram, info, *entry, end);
  Verdict verdict;
  const bool begins = related || info.track->state == Track::State::kNew;
  if (begins && !entry->settled[static_cast<std::size_t>(end)]) {
    verdict = ask_rules(turn, datagram, info, *entry, end);
    if (verdict.kind != Verdict::Kind::kAccept) return verdict;
  } else if (left_its_device(info, *entry)) {
    tracker_.remove(*entry, turn.now());
    return Verdict::drop(DropReason::kNatRefused);
  }
  translate(turn, datagram, info, *entry, end);
  return verdict;
}

// What no rule changes must still be told apart from others when it is answered.
Verdict Nat::ask_rules(Turn& turn, wire::Datagram& datagram, const hook::PacketInfo& info,
                       ConntrackEntry& entry, End end) {
  Seen seen{turn, tracker_.host(), datagram, info, info.mark, &tracker_, &log_, &random_};
  if (table_.drops(seen)) return Verdict::drop(seen.reason);
  if (!entry.settled[static_cast<std::size_t>(end)]) {
    const auto present = reply_to(entry.tuples[1]);
    if (!present) return Verdict::accept();
    const wire::Ipv4 same =
        end == End::kSource ? present->source.address : present->destination.address;
    settle(tracker_, entry, end, {.addresses = true, .low = same, .high = same}, kKeepApart,
           random_, turn.now());
  }
  Verdict verdict;
  verdict.remark = seen.mark != info.mark;
  verdict.mark = seen.mark;
  return verdict;
}

// A connection masqueraded behind one device does not go on behind another.
bool Nat::left_its_device(const hook::PacketInfo& info, const ConntrackEntry& entry) const {
  return info.hook == hook::Hook::kPostrouting && !info.track->reply &&
         entry.masquerade_device != kNoInterface && entry.masquerade_device != info.out_device;
}

void Nat::translate(Turn& turn, wire::Datagram& datagram, const hook::PacketInfo& info,
                    const ConntrackEntry& entry, End end) {
  const bool reply = info.track->reply;
  const std::size_t which = meant(end, reply);
  if (!entry.translated[which]) return;
  const auto target = reply_to(entry.tuples[reply ? 0 : 1]);
  if (!target) return;
  const wire::Flow before = wire::flow_of(datagram);
  rewrite_end(datagram, end, *target);
  if (!turn.watched()) return;
  const wire::Flow after = wire::flow_of(datagram);
  const bool source = end == End::kSource;
  const wire::Endpoint& from = source ? before.source : before.destination;
  const wire::Endpoint& to = source ? after.source : after.destination;
  if (from == to) return;
  turn.note(datagram.packet(), {.kind = NoteKind::kTranslated,
                                .a = from.address.value,
                                .b = to.address.value,
                                .x = from.port,
                                .y = to.port,
                                .z = (source ? 0u : 1u) | (reply ? 2u : 0u),
                                .word = entry.rule[which]});
}

// Outside the error must seem to come from, or go to, where its packet was thought to go; inside it
// must quote the packet as its sender knows it.
Verdict Nat::translate_error(Turn& turn, wire::Datagram& error, const hook::PacketInfo& info,
                             const ConntrackEntry& entry, End end) {
  const std::uint32_t size = error.transport_real_size();
  if (size < wire::kIcmpHeader + wire::kIpv4Header ||
      wire::checksum({error.transport(), size}) != 0) {
    return Verdict::drop(DropReason::kBadTransportChecksum);
  }
  const auto type = static_cast<wire::IcmpType>(error.transport()[0]);
  const bool translated = entry.translated[0] || entry.translated[1];
  // The host that is redirected knows other addresses than the router that says so.
  if (type == wire::IcmpType::kRedirect && (translated || !entry.settled[0] || !entry.settled[1])) {
    return Verdict::drop(DropReason::kNatRefused);
  }
  const bool reply = info.track->reply;
  const std::size_t which = meant(end, reply);
  if (!entry.translated[which]) return Verdict::accept();
  const Tuple& inside = entry.tuples[reply ? 0 : 1];
  const auto outside = reply_to(inside);
  if (!outside) return Verdict::accept();
  const wire::Ipv4 before = end == End::kSource ? error.ip().source() : error.ip().destination();
  rewrite_quoted_end(error, other(end), inside);
  const wire::Ipv4 after =
      end == End::kSource ? outside->source.address : outside->destination.address;
  if (end == End::kSource)
    wire::set_source(error.edit_ip(), after);
  else
    wire::set_destination(error.edit_ip(), after);
  if (turn.watched() && before != after) {
    turn.note(error.packet(), {.kind = NoteKind::kTranslated,
                               .a = before.value,
                               .b = after.value,
                               .z = (end == End::kSource ? 0u : 1u) | (reply ? 2u : 0u) | 4u,
                               .word = entry.rule[which]});
  }
  return Verdict::accept();
}

}  // namespace lvslab::net::netfilter
