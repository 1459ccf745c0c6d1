#include "scenario/expectation_keys.h"

namespace lvslab::scenario {
namespace {

using V = ValueShape;
constexpr bool kRequired = true;
constexpr std::string_view kStatuses = "completed|reset|refused|timeout|unreachable|open";

constexpr ExpectationKey kConnectionsKeys[] = {
    {"completed", V::kCount, "connections that ended well"},
    {"failed", V::kCount, "connections that did not (not those still open)"},
    {"reset", V::kCount, "reset by the other side"},
    {"refused", V::kCount, "refused"},
    {"timeout", V::kCount, "without an answer in time"},
    {"unreachable", V::kCount, "told by ICMP that there is no way"},
    {"open", V::kCount, "open at the end"},
    {"served_by", V::kServerCounts, "connections by server; servers not named have none"},
    {"order", V::kServers, "the server of each connection, in order of intended start"},
    {"latency", V::kLatencies, "of requests, from the intended start"},
    {"requests", V::kCount, "requests answered"},
    {"retransmissions", V::kCount, "segments sent again"},
};
constexpr ExpectationKey kOneConnectionKeys[] = {
    {"real_server", V::kServer, "who served it; none: nobody"},
    {"status", V::kWord, "how it ended", false, kStatuses},
    {"latency", V::kDurationBound, "of its slowest request"},
    {"requests", V::kCount, "requests answered"},
    {"bytes_up", V::kSizeBound, "payload to the server"},
    {"bytes_down", V::kSizeBound, "payload to the client"},
    {"retransmissions", V::kCount, "segments sent again"},
    {"ipvs_state", V::kText, "of the director's entry when the client is done"},
    {"mode", V::kText, "forwarding mode"},
};
constexpr ExpectationKey kIpvsSubject[] = {
    {"of", V::kHost, "the director", kRequired},
    {"service", V::kService, "address:port"},
    {"protocol", V::kWord, "default tcp", false, "tcp|udp"},
    {"fwmark", V::kNumber, "or the firewall mark"},
};
constexpr ExpectationKey kIpvsKeys[] = {
    {"destinations", V::kDestinations,
     "[address:port, weight, active, inactive] in the kernel's order"},
    {"at", V::kDuration, "since ready (default: at the end)"},
};
constexpr ExpectationKey kNeighbourSubject[] = {
    {"of", V::kHost, "the owner of the table", kRequired},
    {"address", V::kAddress, "the address of the entry", kRequired},
};
constexpr ExpectationKey kNeighbourKeys[] = {
    {"is", V::kNeighbour, "a host:interface, a MAC, or none", kRequired},
    {"when", V::kWhen, "always, finally, never, or a time (default finally)"},
};
constexpr ExpectationKey kMacSubject[] = {
    {"of", V::kSwitch, "the owner of the table", kRequired},
    {"address", V::kMac, "MAC or host:interface", kRequired},
};
constexpr ExpectationKey kMacKeys[] = {
    {"is", V::kPort, "the far end of its port (host:interface or switch), its label, or none",
     kRequired},
    {"when", V::kWhen, "always, finally, never, or a time (default finally)"},
};
constexpr ExpectationKey kFramesSubject[] = {
    {"at", V::kPoint, "host:interface, or a host or switch as a whole", kRequired},
    {"direction", V::kWord, "default both", false, "in|out"},
    {"where", V::kFilter, "which frames, as Wireshark's display filter"},
    {"connection", V::kConnection, "only this connection's"},
};
constexpr ExpectationKey kCountKeys[] = {
    {"count", V::kCount, "the number of them", kRequired},
};
constexpr ExpectationKey kPathSubject[] = {
    {"connection", V::kConnection, "the connection, as web/1", kRequired},
    {"request", V::kNodes, "nodes from the client to the server"},
    {"reply", V::kNodes, "nodes from the server to the client"},
};
constexpr ExpectationKey kChangesSubject[] = {
    {"connection", V::kConnection, "the connection, as web/1", kRequired},
    {"at", V::kHost, "the host, between in and out", kRequired},
    {"direction", V::kWord, "default request", false, "request|reply"},
};
constexpr ExpectationKey kChangesKeys[] = {
    {"exactly", V::kTexts, "the header fields that change, all of them"},
    {"including", V::kTexts, "header fields that change among others"},
};
constexpr ExpectationKey kDropsSubject[] = {
    {"at", V::kNode, "where (default anywhere)"},
    {"reason", V::kDropReason, "why (default any reason)"},
};
constexpr ExpectationKey kCounterSubject[] = {
    {"of", V::kHost, "the host that counts", kRequired},
    {"name", V::kText, "its name, such as IpInAddrErrors", kRequired},
};
constexpr ExpectationKey kCounterKeys[] = {
    {"value", V::kCount, "its value at the end", kRequired},
};
constexpr ExpectationKey kConsoleSubject[] = {
    {"host", V::kHost, "the host it was typed on", kRequired},
    {"command", V::kText, "the command as typed", kRequired},
    {"nth", V::kNumber, "which time it was typed (default 1)"},
};
constexpr ExpectationKey kConsoleKeys[] = {
    {"contains", V::kText, "a part of what it printed"},
    {"lacks", V::kText, "what it did not print"},
    {"equals", V::kText, "all it printed"},
    {"status", V::kCount, "its exit status"},
};
constexpr ExpectationKey kOutcomesSubject[] = {
    {"of", V::kRace, "what differs: neighbour HOST ADDRESS, connection web/1, or served web",
     kRequired},
    {"are", V::kShares,
     "each outcome with its share of the orders of simultaneous events: any, > 20%, 30% .. 70%, 3",
     kRequired},
};

constexpr ExpectationKind kKinds[] = {
    {"connections", "a traffic's figures", V::kTraffic, {}, kConnectionsKeys},
    {"connection", "one connection", V::kConnection, {}, kOneConnectionKeys},
    {"ipvs", "a director's service", V::kMap, kIpvsSubject, kIpvsKeys},
    {"neighbour", "an entry of an ARP table", V::kMap, kNeighbourSubject, kNeighbourKeys},
    {"mac", "an entry of a switch's MAC table", V::kMap, kMacSubject, kMacKeys},
    {"frames", "frames seen at a place", V::kMap, kFramesSubject, kCountKeys},
    {"path", "the nodes a connection's packets pass", V::kMap, kPathSubject, {}, false},
    {"changes", "header fields a host changes", V::kMap, kChangesSubject, kChangesKeys},
    {"drops", "packets dropped", V::kMap, kDropsSubject, kCountKeys},
    {"counter", "a host's SNMP counter", V::kMap, kCounterSubject, kCounterKeys},
    {"console", "what a command printed", V::kMap, kConsoleSubject, kConsoleKeys},
    {"findings", "what `check` reports, by id or \"id on HOST\"", V::kTexts, {}, {}, false},
    {"outcomes",
     "a declared race: each outcome listed occurs under some order of simultaneous "
     "events, no other does",
     V::kMap,
     kOutcomesSubject,
     {},
     false},
};

}  // namespace

std::span<const ExpectationKind> expectation_kinds() { return kKinds; }

const ExpectationKind* find_expectation_kind(std::string_view kind) {
  for (const ExpectationKind& known : kKinds) {
    if (known.kind == kind) return &known;
  }
  return nullptr;
}

}  // namespace lvslab::scenario
