#include "expect/expectations/entries.h"

namespace lvslab::expect {
namespace {

constexpr ExpectationEntry kExpectations[] = {
    {"connections", make_connections,
     "how a traffic's connections ended, who served them, in which order, how fast"},
    {"connection", make_connection, "one connection: its server, status, latency, bytes"},
    {"ipvs", make_ipvs,
     "a service's destinations in the kernel's order, with weight, active and inactive "
     "connections"},
    {"neighbour", make_neighbour,
     "which MAC a host's ARP table has for an address: finally, always, never, at a time"},
    {"mac", make_mac, "behind which port a switch thinks a MAC is"},
    {"frames", make_frames, "how many frames a filter selects at a place"},
    {"path", make_path, "the nodes a connection's first request and reply pass"},
    {"changes", make_changes, "the header fields a host changes on a connection's way"},
    {"drops", make_drops, "how many packets ended for a reason"},
    {"counter", make_counter, "an SNMP counter of a host at the end"},
    {"console", make_console, "what a command printed and its exit status"},
    {"findings", make_findings,
     "exactly which errors and warnings `check` finds: at ready, or since some moment of the "
     "timeline and at the end"},
    {"outcomes", make_outcomes,
     "a declared race: every outcome listed occurs under some order of simultaneous events, no "
     "other does (`lvslab test` tries 16 or more)"},
};

}  // namespace

std::span<const ExpectationEntry> expectations() { return kExpectations; }

}  // namespace lvslab::expect
