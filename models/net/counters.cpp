// Names of the counters, as `nstat` prints them.
#include "net/counters.h"

#include <array>

#include "base/check.h"

namespace lvslab::net {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Counter::kCounterCount)> kNames = {
    "IpInReceives",        "IpInHdrErrors",
    "IpInAddrErrors",      "IpForwDatagrams",
    "IpInUnknownProtos",   "IpInDiscards",
    "IpInDelivers",        "IpOutRequests",
    "IpOutDiscards",       "IpOutNoRoutes",
    "IpReasmTimeout",      "IpReasmReqds",
    "IpReasmOKs",          "IpReasmFails",
    "IpFragOKs",           "IpFragFails",
    "IpFragCreates",       "IcmpInMsgs",
    "IcmpInErrors",        "IcmpInDestUnreachs",
    "IcmpInTimeExcds",     "IcmpInRedirects",
    "IcmpInEchos",         "IcmpInEchoReps",
    "IcmpOutMsgs",         "IcmpOutErrors",
    "IcmpOutDestUnreachs", "IcmpOutTimeExcds",
    "IcmpOutRedirects",    "IcmpOutEchos",
    "IcmpOutEchoReps",     "TcpActiveOpens",
    "TcpPassiveOpens",     "TcpAttemptFails",
    "TcpEstabResets",      "TcpInSegs",
    "TcpOutSegs",          "TcpRetransSegs",
    "TcpInErrs",           "TcpOutRsts",
    "UdpInDatagrams",      "UdpNoPorts",
    "UdpInErrors",         "UdpOutDatagrams",
    "UdpRcvbufErrors",     "TcpExtListenOverflows",
    "TcpExtListenDrops",   "TcpExtTCPTimeouts",
    "IpExtInNoRoutes",     "TcpExtIPReversePathFilter",
};
static_assert(!kNames.back().empty(), "a name for every counter");

}  // namespace

std::string_view counter_name(Counter counter) {
  LVSLAB_CHECK(counter < Counter::kCounterCount);
  return kNames[static_cast<std::size_t>(counter)];
}

}  // namespace lvslab::net
