#include "base/note.h"

#include <cstddef>
#include <iterator>

namespace lvslab {
namespace {

struct DropText {
  DropReason reason;
  std::string_view name;
  std::string_view sentence;
};

constexpr DropText kDrops[] = {
    {DropReason::kNone, "none", "Nothing was dropped."},
    {DropReason::kQueueFull, "queue-full",
     "The queue of the link was full, so the frame was thrown away at its tail."},
    {DropReason::kLinkLoss, "link-loss", "The link lost the frame by chance, as it was told to."},
    {DropReason::kLinkDown, "link-down", "The link or the interface is down."},
    {DropReason::kNoLink, "no-link", "No cable is plugged into the interface."},
    {DropReason::kOtherHost, "other-host",
     "The frame is addressed to the MAC of another host; this one only overheard it."},
    {DropReason::kBadFrame, "bad-frame", "The Ethernet or VLAN header is cut short or malformed."},
    {DropReason::kUnknownEtherType, "unknown-ether-type",
     "Nothing on this host handles the frame's EtherType."},
    {DropReason::kVlanFiltered, "vlan-filtered",
     "The switch port does not carry the frame's VLAN."},
    {DropReason::kBridgeReserved, "bridge-reserved",
     "Group addresses reserved for bridges are never forwarded by one."},
    {DropReason::kSameSegment, "same-segment",
     "The destination lies on the port the frame came from, so the switch need not forward it."},
    {DropReason::kPowerOff, "power-off", "The machine is switched off."},
    {DropReason::kArpMalformed, "arp-malformed",
     "The ARP packet is cut short or not about IPv4 over Ethernet."},
    {DropReason::kArpIgnored, "arp-ignored",
     "arp_ignore says that this interface does not answer for that address."},
    {DropReason::kArpFiltered, "arp-filtered",
     "arp_filter is on, and the route back to the asker uses another interface."},
    {DropReason::kArpNotForUs, "arp-not-for-us",
     "The ARP packet asks for, or answers to, another host."},
    {DropReason::kArpSourceInvalid, "arp-source-invalid",
     "The asker's address is not one that may ask on this interface."},
    {DropReason::kBadIpHeader, "bad-ip-header",
     "The IP header is malformed or claims more bytes than arrived."},
    {DropReason::kBadIpChecksum, "bad-ip-checksum", "The IP header checksum is wrong."},
    {DropReason::kMartianSource, "martian-source",
     "The source address cannot be right on this interface: it is this host's own, a broadcast, "
     "multicast or loopback address."},
    {DropReason::kMartianDestination, "martian-destination",
     "The destination address may not appear on this interface (loopback or zero network)."},
    {DropReason::kReversePath, "reverse-path",
     "rp_filter is on, and the route back to the source does not use the interface the packet came "
     "in by."},
    {DropReason::kNoRoute, "no-route", "The routing tables hold no route to the destination."},
    {DropReason::kNotForwarding, "not-forwarding",
     "The packet is for another host and forwarding is off here."},
    {DropReason::kTtlExceeded, "ttl-exceeded", "The time to live ran out on the way."},
    {DropReason::kFragmentationNeeded, "fragmentation-needed",
     "The packet is larger than the MTU of the next link and may not be fragmented."},
    {DropReason::kBlackhole, "blackhole", "A blackhole route swallowed the packet silently."},
    {DropReason::kUnreachableRoute, "unreachable-route",
     "The matching route says that the destination is unreachable."},
    {DropReason::kProhibitedRoute, "prohibited-route",
     "The matching route says that traffic to the destination is prohibited."},
    {DropReason::kNoNeighbour, "no-neighbour", "The next hop never answered ARP."},
    {DropReason::kNeighbourQueueFull, "neighbour-queue-full",
     "Too many packets were already waiting for the same ARP answer."},
    {DropReason::kNeighbourTableFull, "neighbour-table-full",
     "The neighbour table has reached its limit (gc_thresh3)."},
    {DropReason::kReassemblyTimeout, "reassembly-timeout",
     "Not all fragments of the packet arrived in time."},
    {DropReason::kReassemblyOverlap, "reassembly-overlap",
     "Fragments overlap, so the whole packet is discarded."},
    {DropReason::kReassemblyMemory, "reassembly-memory",
     "The memory for packets in reassembly is used up."},
    {DropReason::kNoProtocol, "no-protocol", "Nothing on this host handles the IP protocol."},
    {DropReason::kNoTunnel, "no-tunnel",
     "No tunnel device takes this IPIP packet: it is missing, down, or set up for other ends."},
    {DropReason::kBroadcastNotForwarded, "broadcast-not-forwarded",
     "A router does not forward link-level broadcasts."},
    {DropReason::kBadTransportHeader, "bad-transport-header",
     "The TCP, UDP or ICMP header is cut short or malformed."},
    {DropReason::kBadTransportChecksum, "bad-transport-checksum",
     "The TCP, UDP or ICMP checksum is wrong."},
    {DropReason::kNoSocket, "no-socket",
     "No socket listens on that port and no known connection matches."},
    {DropReason::kBacklogFull, "backlog-full",
     "The listening socket's queue of connections is full."},
    {DropReason::kSocketBufferFull, "socket-buffer-full", "The socket's receive buffer is full."},
    {DropReason::kTcpOutOfWindow, "tcp-out-of-window",
     "The segment lies outside the receive window."},
    {DropReason::kTcpUnacceptable, "tcp-unacceptable",
     "The segment makes no sense in the connection's state."},
    {DropReason::kIcmpIgnored, "icmp-ignored",
     "This host does not answer or act on that ICMP message."},
    {DropReason::kIpvsNoDestination, "ipvs-no-destination",
     "The virtual service has no real server that may take a new connection."},
    {DropReason::kIpvsDeadDestination, "ipvs-dead-destination",
     "The real server of the connection is no longer in the table."},
    {DropReason::kIpvsBoundary, "ipvs-boundary",
     "The real server is on the other side of the local boundary: IPVS does not cross between "
     "local and non-local delivery."},
    {DropReason::kIpvsDropEntry, "ipvs-drop-entry",
     "IPVS is short of memory and drops new connections on purpose."},
    {DropReason::kIpvsNoLocalPort, "ipvs-no-local-port",
     "FULLNAT has no local address, or none with a free port towards that real server."},
    {DropReason::kFiltered, "filtered", "An iptables rule dropped or rejected the packet."},
    {DropReason::kConntrackFull, "conntrack-full",
     "The connection tracking table has reached its limit."},
    {DropReason::kNatRefused, "nat-refused",
     "Address translation has no address or port for the packet, or cannot translate what it says "
     "(a redirect)."},
    {DropReason::kCpuBacklog, "cpu-backlog",
     "Frames come faster than the host's processor handles them, and its queue is full."},
};
static_assert(std::size(kDrops) == static_cast<std::size_t>(DropReason::kDropReasonCount));

struct NoteName {
  NoteKind kind;
  std::string_view name;
};

constexpr NoteName kNotes[] = {
    {NoteKind::kDropped, "dropped"},
    {NoteKind::kDelivered, "delivered"},
    {NoteKind::kHook, "hook"},
    {NoteKind::kRoute, "route"},
    {NoteKind::kTtlDecremented, "ttl-decremented"},
    {NoteKind::kNeighbourUsed, "neighbour-used"},
    {NoteKind::kNeighbourWait, "neighbour-wait"},
    {NoteKind::kArpRequestSent, "arp-request-sent"},
    {NoteKind::kArpReplySent, "arp-reply-sent"},
    {NoteKind::kArpRefused, "arp-refused"},
    {NoteKind::kArpNoEffect, "arp-no-effect"},
    {NoteKind::kIcmpSent, "icmp-sent"},
    {NoteKind::kIcmpSuppressed, "icmp-suppressed"},
    {NoteKind::kRedirectAccepted, "redirect-accepted"},
    {NoteKind::kSourceChosen, "source-chosen"},
    {NoteKind::kFragmented, "fragmented"},
    {NoteKind::kReassembled, "reassembled"},
    {NoteKind::kPmtuLearnt, "pmtu-learnt"},
    {NoteKind::kChecksumWrong, "checksum-wrong"},
    {NoteKind::kMartian, "martian"},
    {NoteKind::kSwitchFlood, "switch-flood"},
    {NoteKind::kSwitchForward, "switch-forward"},
    {NoteKind::kIpvsPicked, "ipvs-picked"},
    {NoteKind::kIpvsFound, "ipvs-found"},
    {NoteKind::kIpvsForwarded, "ipvs-forwarded"},
    {NoteKind::kIpvsRefused, "ipvs-refused"},
    {NoteKind::kTcpEvent, "tcp-event"},
    {NoteKind::kRule, "rule"},
    {NoteKind::kTracked, "tracked"},
    {NoteKind::kTranslated, "translated"},
    {NoteKind::kCpuTime, "cpu-time"},
    {NoteKind::kStateInterface, "state-interface"},
    {NoteKind::kStateAddress, "state-address"},
    {NoteKind::kStateRoute, "state-route"},
    {NoteKind::kStateNeighbour, "state-neighbour"},
    {NoteKind::kStateMac, "state-mac"},
    {NoteKind::kStateService, "state-service"},
    {NoteKind::kStateDestination, "state-destination"},
    {NoteKind::kStateIpvsConnection, "state-ipvs-connection"},
    {NoteKind::kStateSocket, "state-socket"},
    {NoteKind::kStateExpectation, "state-expectation"},
    {NoteKind::kAppIntended, "app-intended"},
    {NoteKind::kAppOpened, "app-opened"},
    {NoteKind::kAppEstablished, "app-established"},
    {NoteKind::kAppRequestSent, "app-request-sent"},
    {NoteKind::kAppFirstByte, "app-first-byte"},
    {NoteKind::kAppReply, "app-reply"},
    {NoteKind::kAppClosed, "app-closed"},
    {NoteKind::kAppServed, "app-served"},
    {NoteKind::kAppServerReply, "app-server-reply"},
};
static_assert(std::size(kNotes) == static_cast<std::size_t>(NoteKind::kNoteKindCount));

constexpr bool tables_follow_the_enums() {
  for (std::size_t i = 0; i < std::size(kDrops); ++i) {
    if (static_cast<std::size_t>(kDrops[i].reason) != i) return false;
  }
  for (std::size_t i = 0; i < std::size(kNotes); ++i) {
    if (static_cast<std::size_t>(kNotes[i].kind) != i) return false;
  }
  return true;
}
static_assert(tables_follow_the_enums());

}  // namespace

std::string_view drop_reason_name(DropReason reason) {
  LVSLAB_CHECK(reason < DropReason::kDropReasonCount);
  return kDrops[static_cast<std::size_t>(reason)].name;
}

std::string_view drop_reason_sentence(DropReason reason) {
  LVSLAB_CHECK(reason < DropReason::kDropReasonCount);
  return kDrops[static_cast<std::size_t>(reason)].sentence;
}

DropReason drop_reason_from_name(std::string_view name) {
  for (const DropText& drop : kDrops) {
    if (drop.name == name) return drop.reason;
  }
  return DropReason::kNone;
}

std::string_view note_kind_name(NoteKind kind) {
  LVSLAB_CHECK(kind < NoteKind::kNoteKindCount);
  return kNotes[static_cast<std::size_t>(kind)].name;
}

}  // namespace lvslab
