// What a host counts of IP, ICMP, TCP and UDP (RFC 4293, 4022, 4113, and Linux's own), under the
// names that nstat gives them.
#pragma once

#include <cstdint>
#include <string_view>

namespace lvslab::net {

/// Counters as `nstat` names them; only those that are shown somewhere.
enum class Counter : std::uint8_t {
  kIpInReceives,
  kIpInHdrErrors,
  kIpInAddrErrors,
  kIpForwDatagrams,
  kIpInUnknownProtos,
  kIpInDiscards,
  kIpInDelivers,
  kIpOutRequests,
  kIpOutDiscards,
  kIpOutNoRoutes,
  kIpReasmTimeout,
  kIpReasmReqds,
  kIpReasmOKs,
  kIpReasmFails,
  kIpFragOKs,
  kIpFragFails,
  kIpFragCreates,
  kIcmpInMsgs,
  kIcmpInErrors,
  kIcmpInDestUnreachs,
  kIcmpInTimeExcds,
  kIcmpInRedirects,
  kIcmpInEchos,
  kIcmpInEchoReps,
  kIcmpOutMsgs,
  kIcmpOutErrors,
  kIcmpOutDestUnreachs,
  kIcmpOutTimeExcds,
  kIcmpOutRedirects,
  kIcmpOutEchos,
  kIcmpOutEchoReps,
  kTcpActiveOpens,
  kTcpPassiveOpens,
  kTcpAttemptFails,
  kTcpEstabResets,
  kTcpInSegs,
  kTcpOutSegs,
  kTcpRetransSegs,
  kTcpInErrs,
  kTcpOutRsts,
  kUdpInDatagrams,
  kUdpNoPorts,
  kUdpInErrors,
  kUdpOutDatagrams,
  kUdpRcvbufErrors,
  kTcpExtListenOverflows,
  kTcpExtListenDrops,
  kTcpExtTimeouts,
  kIpExtInNoRoutes,
  kIpReversePathFilter,
  kCounterCount
};
std::string_view counter_name(
    Counter counter);  ///< "IpInReceives", "TcpExtIPReversePathFilter" ...

}  // namespace lvslab::net
