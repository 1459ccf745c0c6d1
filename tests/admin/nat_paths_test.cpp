// The ways of packets through raw, conntrack, mangle, nat and filter: rules, packets, what comes
// out.
#include <gtest/gtest.h>

#include "path_bed.h"

namespace lvslab::test {
namespace {

struct Case {
  const char* name;
  const char* rules;     ///< a command a line
  const char* dialogue;  ///< see path_bed.h
};

constexpr const char* kMasquerade = "iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE";
constexpr const char* kPublish =
    "iptables -t nat -A PREROUTING -d 192.0.2.1 -p tcp --dport 8080 -j DNAT "
    "--to-destination 10.0.0.9:80";
constexpr const char* kStateful =
    "iptables -P FORWARD DROP\n"
    "iptables -A FORWARD -m state --state ESTABLISHED,RELATED -j ACCEPT\n"
    "iptables -A FORWARD -i eth0 -m state --state NEW -j ACCEPT";
constexpr const char* kNoInvalid = "iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP";
// A connection 10.0.0.9:1234 -> 198.51.100.7:80 comes about through kMasquerade.
#define HANDSHAKE                                  \
  "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n"   \
  "< eth1 tcp 192.0.2.1:1234 198.51.100.7:80 S\n"  \
  "> eth1 tcp 198.51.100.7:80 192.0.2.1:1234 SA\n" \
  "< eth0 tcp 198.51.100.7:80 10.0.0.9:1234 SA\n"  \
  "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 A\n"   \
  "< eth1 tcp 192.0.2.1:1234 198.51.100.7:80 A\n"
#define PLAIN_HANDSHAKE                           \
  "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n"  \
  "< eth1 tcp 10.0.0.9:1234 198.51.100.7:80 S\n"  \
  "> eth1 tcp 198.51.100.7:80 10.0.0.9:1234 SA\n" \
  "< eth0 tcp 198.51.100.7:80 10.0.0.9:1234 SA\n" \
  "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 A\n"  \
  "< eth1 tcp 10.0.0.9:1234 198.51.100.7:80 A\n"
#define COUNT(n) "# sysctl -n net.netfilter.nf_conntrack_count\n< " n "\n"

const Case kCases[] = {
    // --- table nat ------------------------------------------------------------------------------
    {"NoRules", "",
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n< eth1 tcp 10.0.0.9:1234 198.51.100.7:80 S"},
    {"MasqueradeThereAndBack", kMasquerade, HANDSHAKE COUNT("1")},
    {"MasqueradeUdp", kMasquerade,
     "> eth0 udp 10.0.0.9:1234 198.51.100.7:53\n< eth1 udp 192.0.2.1:1234 198.51.100.7:53\n"
     "> eth1 udp 198.51.100.7:53 192.0.2.1:1234\n< eth0 udp 198.51.100.7:53 10.0.0.9:1234"},
    {"MasqueradePing", kMasquerade,
     "> eth0 icmp 10.0.0.9 198.51.100.7 8/0 7\n< eth1 icmp 192.0.2.1 198.51.100.7 8/0 7\n"
     "> eth1 icmp 198.51.100.7 192.0.2.1 0/0 7\n< eth0 icmp 198.51.100.7 10.0.0.9 0/0 7"},
    {"MasqueradeOfAProtocolWithoutPorts", kMasquerade,
     "> eth0 47 10.0.0.9 198.51.100.7\n< eth1 47 192.0.2.1 198.51.100.7\n"
     "> eth1 47 198.51.100.7 192.0.2.1\n< eth0 47 198.51.100.7 10.0.0.9"},
    {"ErrorsComeBackTranslatedOutsideAndIn", kMasquerade,
     "> eth0 udp 10.0.0.9:1234 198.51.100.7:53\n< eth1 udp 192.0.2.1:1234 198.51.100.7:53\n"
     "> eth1 icmp 203.0.113.1 192.0.2.1 3/1 udp 192.0.2.1:1234 198.51.100.7:53\n"
     "< eth0 icmp 203.0.113.1 10.0.0.9 3/1 udp 10.0.0.9:1234 198.51.100.7:53"},
    {"ErrorsAboutTcpToo", kMasquerade,
     HANDSHAKE "> eth1 icmp 203.0.113.1 192.0.2.1 3/4 tcp 192.0.2.1:1234 198.51.100.7:80 A\n"
               "< eth0 icmp 203.0.113.1 10.0.0.9 3/4 tcp 10.0.0.9:1234 198.51.100.7:80"},
    {"ErrorsAboutPingsToo", kMasquerade,
     "> eth0 icmp 10.0.0.9 198.51.100.7 8/0 7\n< eth1 icmp 192.0.2.1 198.51.100.7 8/0 7\n"
     "> eth1 icmp 203.0.113.1 192.0.2.1 11/0 icmp 192.0.2.1 198.51.100.7 8/0 7\n"
     "< eth0 icmp 203.0.113.1 10.0.0.9 11/0 icmp 10.0.0.9 198.51.100.7 7"},
    {"SourceNat", "iptables -t nat -A POSTROUTING -s 10.0.0.0/24 -j SNAT --to-source 192.0.2.5",
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n< eth1 tcp 192.0.2.5:1234 198.51.100.7:80 S"},
    {"SourceNatOfThePort",
     "iptables -t nat -A POSTROUTING -p tcp -j SNAT --to-source 192.0.2.5:5000",
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n< eth1 tcp 192.0.2.5:5000 198.51.100.7:80 S"},
    {"OnePortForTwoIsTooFew",
     "iptables -t nat -A POSTROUTING -p tcp -j SNAT --to-source 192.0.2.5:5000",
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n< eth1 tcp 192.0.2.5:5000 198.51.100.7:80 S\n"
     "> eth0 tcp 10.0.0.8:1234 198.51.100.7:80 S\n"
     "> eth0 tcp 10.0.0.8:1234 198.51.100.8:80 S\n< eth1 tcp 192.0.2.5:5000 198.51.100.8:80 S"},
    {"APortInTheRangeIsKept",
     "iptables -t nat -A POSTROUTING -p tcp -j MASQUERADE --to-ports 1000-2000",
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n< eth1 tcp 192.0.2.1:1234 198.51.100.7:80 S"},
    {"AcceptExempts",
     "iptables -t nat -A POSTROUTING -d 198.51.100.0/24 -j ACCEPT\n"
     "iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE",
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n< eth1 tcp 10.0.0.9:1234 198.51.100.7:80 S\n"
     "> eth0 tcp 10.0.0.9:1234 203.0.113.7:80 S\n< eth1 tcp 192.0.2.1:1234 203.0.113.7:80 S"},
    {"ChainsOfUsers",
     "iptables -t nat -N home\niptables -t nat -A POSTROUTING -s 10.0.0.0/24 -j home\n"
     "iptables -t nat -A home -d 198.51.100.0/24 -j RETURN\niptables -t nat -A home -j MASQUERADE",
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n< eth1 tcp 10.0.0.9:1234 198.51.100.7:80 S\n"
     "> eth0 tcp 10.0.0.9:1234 203.0.113.7:80 S\n< eth1 tcp 192.0.2.1:1234 203.0.113.7:80 S"},
    {"DestinationNat", kPublish,
     "> eth1 tcp 198.51.100.7:4000 192.0.2.1:8080 S\n< eth0 tcp 198.51.100.7:4000 10.0.0.9:80 S\n"
     "> eth0 tcp 10.0.0.9:80 198.51.100.7:4000 SA\n< eth1 tcp 192.0.2.1:8080 198.51.100.7:4000 SA"},
    {"DestinationNatKeepsThePort",
     "iptables -t nat -A PREROUTING -i eth1 -d 192.0.2.1 -j DNAT --to-destination 10.0.0.9",
     "> eth1 udp 198.51.100.7:4000 192.0.2.1:53\n< eth0 udp 198.51.100.7:4000 10.0.0.9:53"},
    {"OnlyThePortChanges",
     "iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination :8080",
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n< eth1 tcp 10.0.0.9:1234 198.51.100.7:8080 S\n"
     "> eth1 tcp 198.51.100.7:8080 10.0.0.9:1234 SA\n< eth0 tcp 198.51.100.7:80 10.0.0.9:1234 SA"},
    {"AServersErrorSeemsToComeFromThePublishedAddress",
     "iptables -t nat -A PREROUTING -p udp --dport 5353 -j DNAT --to-destination 10.0.0.9:53",
     "> eth1 udp 198.51.100.7:4000 192.0.2.1:5353\n< eth0 udp 198.51.100.7:4000 10.0.0.9:53\n"
     "> eth0 icmp 10.0.0.9 198.51.100.7 3/3 udp 198.51.100.7:4000 10.0.0.9:53\n"
     "< eth1 icmp 192.0.2.1 198.51.100.7 3/3 udp 198.51.100.7:4000 192.0.2.1:5353"},
    {"TheGatewaysOwnErrorQuotesWhatTheClientSent", kPublish,
     "> eth1 tcp 198.51.100.7:4000 192.0.2.1:8080 S t1\n"
     "< eth1 icmp 192.0.2.1 198.51.100.7 11/0 tcp 198.51.100.7:4000 192.0.2.1:8080"},
    {"ADeadServerIsReportedForThePublishedAddress",
     "iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.0.0.77:80",
     "> eth1 tcp 198.51.100.7:4000 192.0.2.1:8080 S\n~ 4\n"
     "< eth1 icmp 192.0.2.1 198.51.100.7 3/1 tcp 198.51.100.7:4000 192.0.2.1:8080"},
    {"DestinationNatElsewhereNeedsForwarding",
     "iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.0.0.9:80\n"
     "sysctl -q -w net.ipv4.ip_forward=0",
     "> eth1 tcp 198.51.100.7:4000 192.0.2.1:8080 S"},
    {"RedirectIsForThisHost",
     "iptables -t nat -A PREROUTING -d 203.0.113.80 -p tcp --dport 80 -j REDIRECT --to-ports 8080",
     "> eth1 tcp 198.51.100.7:4000 203.0.113.80:80 S\n"
     "< eth1 tcp 203.0.113.80:80 198.51.100.7:4000 RA"},
    {"RedirectToAListener",
     "systemctl start httpd\n"
     "iptables -t nat -A PREROUTING -d 203.0.113.80 -p tcp --dport 80 -j REDIRECT",
     "> eth1 tcp 198.51.100.7:4000 203.0.113.80:80 S m1460\n"
     "< eth1 tcp 203.0.113.80:80 198.51.100.7:4000 SA m1460"},
    {"RedirectNeedsNoForwarding",
     "sysctl -q -w net.ipv4.ip_forward=0\n"
     "iptables -t nat -A PREROUTING -d 203.0.113.80 -p tcp -j REDIRECT",
     "> eth1 tcp 198.51.100.7:4000 203.0.113.80:80 S\n"
     "< eth1 tcp 203.0.113.80:80 198.51.100.7:4000 RA"},
    {"RedirectNeedsAnAddressOfTheDevice",
     "iptables -t nat -A PREROUTING -d 203.0.113.80 -p tcp -j REDIRECT\n"
     "ip addr del 192.0.2.1/24 dev eth1",
     "> eth1 tcp 198.51.100.7:4000 203.0.113.80:80 S"},
    {"OutputIsReroutedAfterTranslation",
     "iptables -t nat -A OUTPUT -p udp --dport 53 -j DNAT --to-destination 10.0.0.9:5353",
     "! udp 5000 198.51.100.7:53\n< sent\n< eth0 udp 192.0.2.1:5000 10.0.0.9:5353\n"
     "> eth0 udp 10.0.0.9:5353 192.0.2.1:5000\n"
     "< eth0 icmp 192.0.2.1 10.0.0.9 3/3 udp 10.0.0.9:5353 192.0.2.1:5000"},
    {"OutputRedirectStaysHere",
     "iptables -t nat -A OUTPUT -p udp --dport 53 -j REDIRECT --to-ports 5353",
     "! udp 5000 198.51.100.7:53\n< sent"},
    {"SourceNatOfWhatComesIn",
     "iptables -t nat -A INPUT -p tcp --dport 22 -j SNAT --to-source 10.0.0.77",
     "> eth1 tcp 198.51.100.7:4000 192.0.2.1:22 S\n"
     "< eth1 tcp 192.0.2.1:22 198.51.100.7:4000 RA"},
    {"Hairpin",
     "iptables -t nat -A PREROUTING -d 192.0.2.1 -p tcp --dport 80 -j DNAT --to-destination "
     "10.0.0.9\niptables -t nat -A POSTROUTING -s 10.0.0.0/24 -o eth0 -j MASQUERADE",
     "> eth0 tcp 10.0.0.8:1234 192.0.2.1:80 S\n< eth0 tcp 10.0.0.1:1234 10.0.0.9:80 S\n"
     "> eth0 tcp 10.0.0.9:80 10.0.0.1:1234 SA\n< eth0 tcp 192.0.2.1:80 10.0.0.8:1234 SA"},
    {"BothEnds",
     "iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.0.0.9:80\n"
     "iptables -t nat -A POSTROUTING -o eth0 -j SNAT --to-source 10.0.0.1",
     "> eth1 tcp 198.51.100.7:4000 192.0.2.1:8080 S\n< eth0 tcp 10.0.0.1:4000 10.0.0.9:80 S\n"
     "> eth0 tcp 10.0.0.9:80 10.0.0.1:4000 SA\n< eth1 tcp 192.0.2.1:8080 198.51.100.7:4000 SA"},
    {"ByMark",
     "iptables -t mangle -A PREROUTING -p tcp --dport 443 -j MARK --set-mark 7\n"
     "iptables -t nat -A PREROUTING -m mark --mark 7 -j DNAT --to-destination 10.0.0.9",
     "> eth1 tcp 198.51.100.7:4000 192.0.2.1:443 S\n< eth0 tcp 198.51.100.7:4000 10.0.0.9:443 S"},
    {"ByManyPorts",
     "iptables -t nat -A PREROUTING -p tcp -m multiport --dports 80,443 -j DNAT --to-destination "
     "10.0.0.9",
     "> eth1 tcp 198.51.100.7:4000 192.0.2.1:443 S\n< eth0 tcp 198.51.100.7:4000 10.0.0.9:443 S"},
    {"LaterRulesDoNotTouchAConnection", kMasquerade,
     HANDSHAKE
     "# iptables -t nat -I POSTROUTING -j SNAT --to-source 192.0.2.99\n"
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 A n10\n"
     "< eth1 tcp 192.0.2.1:1234 198.51.100.7:80 A\n"
     "> eth0 tcp 10.0.0.8:1234 198.51.100.7:80 S\n< eth1 tcp 192.0.2.99:1234 198.51.100.7:80 S"},
    {"AConnectionOutlivesItsRule",
     "iptables -A FORWARD -m state --state INVALID -j DROP\n"
     "iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE",
     HANDSHAKE "# iptables -t nat -F\n> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 A n10\n"
               "< eth1 tcp 192.0.2.1:1234 198.51.100.7:80 A"},
    {"ASecondSynIsTranslatedAlike", kMasquerade,
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n< eth1 tcp 192.0.2.1:1234 198.51.100.7:80 S\n"
     "~ 1\n"
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n< eth1 tcp 192.0.2.1:1234 198.51.100.7:80 "
     "S\n" COUNT("1")},
    {"OneSourceKeepsItsMappingTowardsOthers",
     "iptables -t nat -A POSTROUTING -p tcp -j SNAT --to-source 192.0.2.5:5000-5000",
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n< eth1 tcp 192.0.2.5:5000 198.51.100.7:80 S\n"
     "> eth0 tcp 10.0.0.9:1234 198.51.100.8:80 S\n< eth1 tcp 192.0.2.5:5000 198.51.100.8:80 S"},
    {"MasqueradeEndsWithTheDevice", kMasquerade,
     HANDSHAKE "# ip link set eth1 down\n# ip link set eth1 up\n"
               "# ip neigh add 192.0.2.254 lladdr 02:00:00:00:00:fe dev eth1 nud permanent\n"
               "# ip route add default via 192.0.2.254\n" COUNT("0")},
    {"MasqueradeEndsWithTheAddress", kMasquerade,
     HANDSHAKE "# ip addr del 192.0.2.1/24 dev eth1\n" COUNT("0")},
    {"WithoutAnAddressThereIsNoMasquerade",
     "iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE\nip route add 203.0.113.0/24 dev eth1\n"
     "ip neigh add 203.0.113.7 lladdr 02:00:00:00:00:07 dev eth1 nud permanent\n"
     "ip addr flush dev eth1\nip addr flush dev eth0\nip route add 10.0.0.0/24 dev eth0\n"
     "ip route add 203.0.113.0/24 dev eth1",
     "> eth0 tcp 10.0.0.9:1234 203.0.113.7:80 S\n"
     "# dmesg | grep -c 'eth1 ate my IP address'\n< 1"},
    {"RulesThatNeedNoTrackingAreNotAsked", "iptables -t nat -A POSTROUTING -o eth1 -j ACCEPT",
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n< eth1 tcp 10.0.0.9:1234 198.51.100.7:80 S\n"
     "# iptables -t nat -S POSTROUTING -v\n"
     "< -P POSTROUTING ACCEPT -c 0 0|-A POSTROUTING -o eth1 -c 0 0 -j ACCEPT"},
    {"OnlyTheFirstPacketIsCounted", kMasquerade,
     HANDSHAKE "# iptables -t nat -S POSTROUTING -v\n"
               "< -P POSTROUTING ACCEPT -c 0 0|-A POSTROUTING -o eth1 -c 1 40 -j MASQUERADE"},
    {"ANattedHostIsNotRedirected",
     "iptables -t nat -A PREROUTING -d 192.0.2.1 -p tcp --dport 80 -j DNAT --to-destination "
     "10.0.0.9",
     "> eth0 tcp 10.0.0.8:1234 192.0.2.1:80 S\n< eth0 tcp 10.0.0.8:1234 10.0.0.9:80 S"},
    {"AResetOfARuleComesFromThePublishedAddress",
     "iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.0.0.9:80\n"
     "iptables -A FORWARD -p tcp -j REJECT --reject-with tcp-reset",
     "> eth1 tcp 198.51.100.7:4000 192.0.2.1:8080 S\n"
     "< eth1 tcp 192.0.2.1:8080 198.51.100.7:4000 RA"},
    {"AnErrorOfARuleToo",
     "iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.0.0.9:80\n"
     "iptables -A FORWARD -j REJECT",
     "> eth1 tcp 198.51.100.7:4000 192.0.2.1:8080 S\n"
     "< eth1 icmp 192.0.2.1 198.51.100.7 3/3 tcp 198.51.100.7:4000 192.0.2.1:8080"},
    // --- states ---------------------------------------------------------------------------------
    {"AStatefulFirewall", kStateful,
     PLAIN_HANDSHAKE "> eth1 tcp 198.51.100.7:80 10.0.0.9:1234 A s301 a101 n10\n"
                     "< eth0 tcp 198.51.100.7:80 10.0.0.9:1234 A\n"
                     "> eth1 tcp 198.51.100.7:4000 10.0.0.9:22 S"},
    {"RelatedErrorsPass", kStateful,
     "> eth0 udp 10.0.0.9:1234 198.51.100.7:53\n< eth1 udp 10.0.0.9:1234 198.51.100.7:53\n"
     "> eth1 icmp 203.0.113.1 10.0.0.9 3/1 udp 10.0.0.9:1234 198.51.100.7:53\n"
     "< eth0 icmp 203.0.113.1 10.0.0.9 3/1 udp 10.0.0.9:1234 198.51.100.7:53"},
    {"ErrorsAboutNothingDoNot", kStateful,
     "> eth1 icmp 203.0.113.1 10.0.0.9 3/1 udp 10.0.0.9:1234 198.51.100.7:53"},
    {"ErrorsToSomebodyElseDoNot", kStateful,
     "> eth0 udp 10.0.0.9:1234 198.51.100.7:53\n< eth1 udp 10.0.0.9:1234 198.51.100.7:53\n"
     "> eth1 icmp 203.0.113.1 10.0.0.8 3/1 udp 10.0.0.9:1234 198.51.100.7:53"},
    {"EchoRepliesWithoutARequestDoNot", kStateful, "> eth1 icmp 198.51.100.7 10.0.0.9 0/0 7"},
    {"AnAckInTheMiddleIsNew", kNoInvalid,
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 A\n< eth1 tcp 10.0.0.9:1234 198.51.100.7:80 "
     "A\n" COUNT("1")},
    {"UnlessPickingUpIsForbidden",
     "iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP\n"
     "sysctl -q -w net.netfilter.nf_conntrack_tcp_loose=0",
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 A\n" COUNT("0")},
    {"AFinInTheMiddleIsInvalid", kNoInvalid, "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 FA"},
    {"AResetInTheMiddleIsInvalid", kNoInvalid, "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 R"},
    {"ASynAckInTheMiddleIsInvalid", kNoInvalid, "> eth1 tcp 198.51.100.7:80 10.0.0.9:1234 SA"},
    {"SynAndFinIsInvalid", kNoInvalid, "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 SF"},
    {"OutsideTheWindowIsInvalid", kNoInvalid,
     PLAIN_HANDSHAKE "> eth1 tcp 198.51.100.7:80 10.0.0.9:1234 A s900000 a101 n10"},
    {"AcknowledgingTheUnsentIsInvalid", kNoInvalid,
     PLAIN_HANDSHAKE "> eth1 tcp 198.51.100.7:80 10.0.0.9:1234 A s301 a5000 n10"},
    {"UnlessWindowsDoNotCount",
     "iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP\n"
     "sysctl -q -w net.netfilter.nf_conntrack_tcp_be_liberal=1",
     PLAIN_HANDSHAKE "> eth1 tcp 198.51.100.7:80 10.0.0.9:1234 A s900000 a101 n10\n"
                     "< eth0 tcp 198.51.100.7:80 10.0.0.9:1234 A"},
    {"AnOldResetIsInvalid", kNoInvalid,
     PLAIN_HANDSHAKE "> eth1 tcp 198.51.100.7:80 10.0.0.9:1234 R s200 a0"},
    {"TranslatedConnectionsCanBeMatched",
     "iptables -P FORWARD DROP\niptables -A FORWARD -m conntrack --ctstate DNAT -j ACCEPT\n"
     "iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.0.0.9:80",
     "> eth1 tcp 198.51.100.7:4000 192.0.2.1:8080 S\n< eth0 tcp 198.51.100.7:4000 10.0.0.9:80 S\n"
     "> eth1 tcp 198.51.100.7:4000 10.0.0.9:80 S"},
    {"Directions",
     "iptables -P FORWARD DROP\niptables -A FORWARD -m conntrack --ctdir ORIGINAL -j ACCEPT",
     "> eth0 udp 10.0.0.9:1234 198.51.100.7:53\n< eth1 udp 10.0.0.9:1234 198.51.100.7:53\n"
     "> eth1 udp 198.51.100.7:53 10.0.0.9:1234"},
    {"UntrackedIsAState",
     "iptables -t raw -A PREROUTING -p udp -j NOTRACK\niptables -P FORWARD DROP\n"
     "iptables -A FORWARD -m conntrack --ctstate UNTRACKED -j ACCEPT",
     "> eth0 udp 10.0.0.9:1234 198.51.100.7:53\n< eth1 udp 10.0.0.9:1234 198.51.100.7:53\n"
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:53 S\n" COUNT("0")},
    {"WhatIsNotTrackedIsNotTranslated",
     "iptables -t raw -A PREROUTING -s 10.0.0.9 -j CT --notrack\n"
     "iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE",
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n< eth1 tcp 10.0.0.9:1234 198.51.100.7:80 S\n"
     "> eth0 tcp 10.0.0.8:1234 198.51.100.7:80 S\n< eth1 tcp 192.0.2.1:1234 198.51.100.7:80 S"},
    // --- the table of connections ---------------------------------------------------------------
    {"ADroppedFirstPacketLeavesNothing",
     "iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE\niptables -A FORWARD -j DROP",
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n~ 1\n" COUNT("0")},
    {"RawComesBeforeTracking",
     "iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE\niptables -t raw -A PREROUTING -j DROP",
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n" COUNT("0")},
    {"AFullTableDropsTheNewcomer",
     "iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE\n"
     "sysctl -q -w net.netfilter.nf_conntrack_max=1",
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n< eth1 tcp 192.0.2.1:1234 198.51.100.7:80 S\n"
     "> eth0 tcp 10.0.0.8:1234 198.51.100.7:80 S\n"
     "# dmesg | grep -c 'nf_conntrack: table full, dropping packet'\n< 1\n" COUNT("1")},
    {"UdpIsForgottenAfterHalfAMinute", kMasquerade,
     "> eth0 udp 10.0.0.9:1234 198.51.100.7:53\n< eth1 udp 192.0.2.1:1234 198.51.100.7:53\n~ "
     "29\n" COUNT("1") "~ 2\n" COUNT("0")},
    {"ALastingExchangeIsKeptLonger", kMasquerade,
     "> eth0 udp 10.0.0.9:1234 198.51.100.7:53\n< eth1 udp 192.0.2.1:1234 198.51.100.7:53\n"
     "> eth1 udp 198.51.100.7:53 192.0.2.1:1234\n< eth0 udp 198.51.100.7:53 10.0.0.9:1234\n~ 3\n"
     "> eth0 udp 10.0.0.9:1234 198.51.100.7:53\n< eth1 udp 192.0.2.1:1234 198.51.100.7:53\n~ "
     "119\n" COUNT("1") "~ 2\n" COUNT("0")},
    {"ASynIsForgottenAfterTwoMinutes", kMasquerade,
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n< eth1 tcp 192.0.2.1:1234 198.51.100.7:80 S\n"
     "~ 119\n" COUNT("1") "~ 2\n" COUNT("0")},
    {"AResetForAnAnswerEndsIt", kMasquerade,
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S\n< eth1 tcp 192.0.2.1:1234 198.51.100.7:80 S\n"
     "> eth1 tcp 198.51.100.7:80 192.0.2.1:1234 RA s0 a101\n"
     "< eth0 tcp 198.51.100.7:80 10.0.0.9:1234 RA\n" COUNT("0")},
    {"AClosedConnectionLingersAndGivesWay", kMasquerade,
     HANDSHAKE
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 FA\n< eth1 tcp 192.0.2.1:1234 198.51.100.7:80 FA\n"
     "> eth1 tcp 198.51.100.7:80 192.0.2.1:1234 FA s301 a102\n"
     "< eth0 tcp 198.51.100.7:80 10.0.0.9:1234 FA\n"
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 A s102 a302\n"
     "< eth1 tcp 192.0.2.1:1234 198.51.100.7:80 A\n~ 60\n" COUNT(
         "1") "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S s9000\n"
              "< eth1 tcp 192.0.2.1:1234 198.51.100.7:80 S\n" COUNT("1") "~ 61\n" COUNT(
                  "1") "~ 60\n" COUNT("0")},
    // --- senders and sizes ----------------------------------------------------------------------
    {"ADropInOutputIsToldToTheSender", "iptables -A OUTPUT -p udp -j DROP",
     "! udp 5000 198.51.100.7:53\n< EPERM"},
    {"ADropInPostroutingToo", "iptables -t mangle -A POSTROUTING -p udp -j DROP",
     "! udp 5000 198.51.100.7:53\n< EPERM"},
    {"SegmentsAreClampedToThePath",
     "ip link set eth1 mtu 1400\n"
     "iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu",
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S m1460\n"
     "< eth1 tcp 10.0.0.9:1234 198.51.100.7:80 S m1360\n"
     "> eth1 tcp 198.51.100.7:80 10.0.0.9:1234 SA m1200\n"
     "< eth0 tcp 198.51.100.7:80 10.0.0.9:1234 SA m1200"},
    {"SegmentsAreSetToANumber",
     "iptables -t mangle -A FORWARD -p tcp --syn -j TCPMSS --set-mss 1000",
     "> eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S m1460\n"
     "< eth1 tcp 10.0.0.9:1234 198.51.100.7:80 S m1000\n"
     "> eth0 tcp 10.0.0.9:1235 198.51.100.7:80 S m500\n"
     "< eth1 tcp 10.0.0.9:1235 198.51.100.7:80 S m500\n"
     "> eth0 tcp 10.0.0.9:1236 198.51.100.7:80 S\n"
     "< eth1 tcp 10.0.0.9:1236 198.51.100.7:80 S m536"},
    {"ARateHasABurst",
     "iptables -A FORWARD -p udp -m limit --limit 1/second --limit-burst 2 -j ACCEPT\n"
     "iptables -A FORWARD -p udp -j DROP",
     "> eth0 udp 10.0.0.9:1 198.51.100.7:53\n< eth1 udp 10.0.0.9:1 198.51.100.7:53\n"
     "> eth0 udp 10.0.0.9:2 198.51.100.7:53\n< eth1 udp 10.0.0.9:2 198.51.100.7:53\n"
     "> eth0 udp 10.0.0.9:3 198.51.100.7:53\n~ 1\n"
     "> eth0 udp 10.0.0.9:4 198.51.100.7:53\n< eth1 udp 10.0.0.9:4 198.51.100.7:53\n"
     "> eth0 udp 10.0.0.9:5 198.51.100.7:53"},
    {"LogWritesALine", "iptables -A INPUT -p tcp --dport 22 -j LOG --log-prefix 'ssh: '",
     "> eth1 tcp 198.51.100.7:4000 192.0.2.1:22 S\n< eth1 tcp 192.0.2.1:22 198.51.100.7:4000 RA\n"
     "# dmesg | cut -d']' -f2\n"
     "<  ssh: IN=eth1 OUT= MAC=02:00:00:00:00:a1:02:00:00:00:00:99:08:00 SRC=198.51.100.7 "
     "DST=192.0.2.1 LEN=40 TOS=0x00 PREC=0x00 TTL=64 ID=0 PROTO=TCP SPT=4000 DPT=22 WINDOW=60000 "
     "RES=0x00 SYN URGP=0 "},
};

class Paths : public ::testing::TestWithParam<Case> {};

TEST_P(Paths, AreThoseOfTheKernel) {
  PathBed bed;
  std::istringstream rules(GetParam().rules);
  for (std::string line; std::getline(rules, line);) EXPECT_EQ(bed.type(line), "") << line;
  EXPECT_EQ(bed.play(GetParam().dialogue), "");
}

INSTANTIATE_TEST_SUITE_P(Netfilter, Paths, ::testing::ValuesIn(kCases),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(Paths, ThereAreManyOfThem) { EXPECT_GE(std::size(kCases), 60u); }

// Two clients with the same port share an address: the second gets another port of the same class.
TEST(NatPorts, AClashIsSolvedWithinTheClassOfThePort) {
  struct Class {
    const char *port, *lowest, *highest;
  };
  for (const Class& c :
       {Class{"1234", "1024", "65535"}, Class{"300", "1", "511"}, Class{"900", "600", "1023"}}) {
    PathBed bed;
    ASSERT_EQ(bed.type(kMasquerade), "");
    const std::string port = c.port;
    ASSERT_EQ(bed.play("> eth0 udp 10.0.0.9:" + port +
                       " 198.51.100.7:53\n< eth1 udp 192.0.2.1:" + port + " 198.51.100.7:53"),
              "");
    const std::string got = bed.play("> eth0 udp 10.0.0.8:" + port + " 198.51.100.7:53\n< what");
    const std::string head = "got eth1 udp 192.0.2.1:";
    const std::size_t at = got.find(head);
    ASSERT_NE(at, std::string::npos) << got;
    const int chosen = std::stoi(got.substr(at + head.size()));
    EXPECT_NE(chosen, std::stoi(port));
    EXPECT_GE(chosen, std::stoi(c.lowest));
    EXPECT_LE(chosen, std::stoi(c.highest));
  }
}

TEST(NatPorts, TwoPingsWithOneIdentifierAreKeptApart) {
  PathBed bed;
  ASSERT_EQ(bed.type(kMasquerade), "");
  ASSERT_EQ(bed.play("> eth0 icmp 10.0.0.9 198.51.100.7 8/0 7\n"
                     "< eth1 icmp 192.0.2.1 198.51.100.7 8/0 7"),
            "");
  const std::string got = bed.play("> eth0 icmp 10.0.0.8 198.51.100.7 8/0 7\n< what");
  const std::string head = "got eth1 icmp 192.0.2.1 198.51.100.7 8/0 ";
  ASSERT_NE(got.find(head), std::string::npos) << got;
  const std::string id = got.substr(got.find(head) + head.size());
  EXPECT_NE(id, "7");
  EXPECT_EQ(bed.play("> eth1 icmp 198.51.100.7 192.0.2.1 0/0 " + id +
                     "\n< eth0 icmp 198.51.100.7 10.0.0.8 0/0 7"),
            "");
}

}  // namespace
}  // namespace lvslab::test
