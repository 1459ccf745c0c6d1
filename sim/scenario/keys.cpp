#include "scenario/keys.h"

namespace lvslab::scenario {
namespace {

constexpr bool kRequired = true;
constexpr bool kLater = true;

constexpr Key kVlan[] = {
    {"access", Shape::kNumber, "VLAN of untagged frames, 1 to 4094"},
    {"trunk", Shape::kAny, "list of VLANs carried with a tag"},
};
constexpr Key kPort[] = {
    {"port", Shape::kName, "the switch, or switch:label", {}, nullptr, kRequired},
    {"vlan", Shape::kMap, "the VLANs of this switch port", {}, &kVlanKeys, kRequired},
};
constexpr Key kLinkDefault[] = {
    {"rate", Shape::kBitRate, "bits per second each way, or unlimited (default 1Gbps)"},
    {"delay", Shape::kDuration, "propagation delay (default 5us)"},
    {"queue", Shape::kNumber, "frames that may wait, drop-tail (default 1000)"},
    {"loss", Shape::kPercent, "chance that a frame is lost (default 0%)"},
};
constexpr Key kLink[] = {
    {"between",
     Shape::kEnds,
     "the two ends: host:interface, switch, or switch:label",
     {},
     nullptr,
     kRequired},
    {"rate", Shape::kBitRate, "bits per second each way, or unlimited"},
    {"delay", Shape::kDuration, "propagation delay"},
    {"queue", Shape::kNumber, "frames that may wait, drop-tail"},
    {"loss", Shape::kPercent, "chance that a frame is lost"},
    {"name", Shape::kName, "for the timeline and the trace"},
};
constexpr Key kSwitch[] = {
    {"mac_aging", Shape::kDuration,
     "a MAC address not heard for so long is forgotten (default 300s)"},
};
constexpr Key kInterface[] = {
    {"address", Shape::kPrefixes, "address with prefix length, or a list of them"},
    {"mac", Shape::kMac, "default 02:00:00:HH:HH:II, host number and interface number"},
    {"mtu", Shape::kNumber, "68 to 9000 (default 1500)"},
};
constexpr Key kFileText[] = {
    {"mode", Shape::kText, "octal permissions, \"0644\""},
    {"text",
     Shape::kText,
     "the content; ${NAME} of a known name is replaced",
     {},
     nullptr,
     kRequired},
};
constexpr Key kServe[] = {
    {"tcp", Shape::kNumber, "TCP port"},
    {"udp", Shape::kNumber, "UDP port"},
    {"bind", Shape::kAddress, "local address (default any)"},
    {"reply", Shape::kText,
     "text sent for each request; the plain word echo sends the request back (default echo)"},
    {"reply_bytes", Shape::kText, "so many bytes sent for each request: a size or a distribution"},
    {"backlog", Shape::kNumber, "connections that may wait for accept (default 128)"},
    {"state", Shape::kWord, "at the start (default up)", "up|closed|hung|paused"},
    {"service_time", Shape::kText,
     "what a request takes one worker: a duration or a distribution (default 0s)"},
    {"workers", Shape::kNumber, "requests served at the same time (default 1)"},
    {"discipline", Shape::kWord,
     "first come first served, or processor sharing among all requests (default fcfs)", "fcfs|ps"},
    {"speed", Shape::kText, "of each worker, 1.0 is normal, 0 stands still (default 1.0)"},
};
constexpr Key kPerPacket[] = {
    {"route", Shape::kText, "forwarded, IPVS having no part in it: a duration or a distribution"},
    {"dr", Shape::kText, "sent on by direct routing"},
    {"tun", Shape::kText, "sent on in a tunnel"},
    {"nat", Shape::kText, "masqueraded: a request, and each reply"},
    {"fullnat", Shape::kText, "both ends rewritten: a request, and each reply"},
};
constexpr Key kCpu[] = {
    {"cores", Shape::kNumber, "flows are spread over them by addresses and ports (default 1)"},
    {"queue", Shape::kNumber, "frames that may wait for a core, drop-tail (default 1000)"},
    {"per_packet",
     Shape::kMap,
     "what one packet takes a core (default 0s)",
     {},
     &kPerPacketKeys,
     kRequired},
};
constexpr Key kHost[] = {
    {"role", Shape::kWord, "for pictures and tables only", "client|router|director|real-server"},
    {"like", Shape::kName,
     "another host whose keys are taken; those given here replace whole keys"},
    {"interfaces",
     Shape::kNamedMaps,
     "an interface exists because a link names it",
     {},
     &kInterfaceKeys},
    {"gateway", Shape::kAddress, "of the default route"},
    {"sysctl", Shape::kScalars, "kernel settings, net.ipv4.ip_forward: 1"},
    {"modules", Shape::kTexts, "kernel modules loaded at the start"},
    {"files", Shape::kTextOrMaps, "PATH: text, or {mode, text}", {}, &kFileTextKeys},
    {"run", Shape::kScript,
     "what an administrator types, in order; names and params are shell variables"},
    {"serve", Shape::kList, "server processes", {}, &kServeKeys},
    {"cpu", Shape::kMap, "forwarding takes its processor time (default: none)", {}, &kCpuKeys},
    {"multipath", Shape::kAny, "several next hops", {}, nullptr, false, kLater},
};
constexpr Key kSend[] = {
    {"at", Shape::kDuration, "the moment, since ready", {}, nullptr, kRequired},
    {"text", Shape::kText, "what is sent"},
    {"bytes", Shape::kSize, "or so many zero bytes"},
};
constexpr Key kClose[] = {
    {"at", Shape::kDuration, "the moment, since ready", {}, nullptr, kRequired},
    {"by", Shape::kWord, "who closes (default client)", "client|server|reset"},
};

// What a traffic and one of its listed connections have in common.
#define LVSLAB_COMMON_TRAFFIC_KEYS                                                                 \
  {"request", Shape::kText, "first thing sent (default, TCP: GET / HTTP/1.1...)"},                 \
      {"request_bytes", Shape::kText,                                                              \
       "or so many zero bytes, a size or a distribution; 0B: connect only (default: ping 56B, "    \
       "UDP 64B)"},                                                                                \
      {"requests_per_connection", Shape::kNumber,                                                  \
       "each sent when the one before is answered (default 1)"},                                   \
      {"think", Shape::kText,                                                                      \
       "between a reply and the next request: a duration or a distribution (default 0s)"},         \
      {"hold", Shape::kText,                                                                       \
       "kept open this long after the last reply: a duration or a distribution (default 0s)"},     \
      {"close", Shape::kWordOrMap, "who closes (default client); {at, by} in a listed connection", \
       "client|server|reset|never", &kCloseKeys},                                                  \
      {"timeout", Shape::kDuration, "a connection without an answer fails after (default 30s)"},   \
      {"retry", Shape::kNumber, "attempts after a failed one (default 0)"},                        \
      {"ttl", Shape::kNumber, "1 to 255 (default: the host's)"},                                   \
      {"tos", Shape::kNumber, "0 to 255 (default 0)"}, {                                           \
    "df", Shape::kFlag,                                                                            \
        "UDP: true refuses what does not fit, false never sets DF (default: DF on what fits)"      \
  }

constexpr Key kConnection[] = {
    {"at", Shape::kDuration, "intended start since ready (default: the traffic's start)"},
    {"from", Shape::kName, "the client host (default: the traffic's, in turn)"},
    {"to", Shape::kService, "address:port; ping: address"},
    {"source", Shape::kService, "address:port"},
    {"send", Shape::kList, "further messages at given times", {}, &kSendKeys},
    LVSLAB_COMMON_TRAFFIC_KEYS,
};
constexpr Key kPopulation[] = {
    {"host", Shape::kName, "whose addresses they are", {}, nullptr, kRequired},
    {"prefix", Shape::kText, "all its addresses are the host's own", {}, nullptr, kRequired},
    {"addresses", Shape::kNumber, "so many of them, from the first (default: all, up to 16777216)"},
    {"pick", Shape::kText,
     "each connection's address: uniform, or zipf EXPONENT (default uniform)"},
    {"file", Shape::kText, "or a file of addresses: one a line, or address,weight"},
    {"share", Shape::kAny,
     "ADDRESS: percentage of all connections, whatever pick says of the rest"},
};
constexpr Key kTraffic[] = {
    {"from",
     Shape::kNames,
     "the client host, a list of them, a range \"client[1-3]\", or a population",
     {},
     nullptr,
     kRequired},
    {"to", Shape::kService, "address:port; ping: address"},
    {"protocol", Shape::kWord, "default tcp", "tcp|udp|ping"},
    {"connections",
     Shape::kCountOrList,
     "how many, or each by itself (default 1)",
     {},
     &kConnectionKeys},
    {"arrivals", Shape::kAny,
     "every D | poisson N/s | at [D, D] | closed {users: N, think: D} | file NAME"},
    {"start", Shape::kDuration, "of the first arrival since ready (default 0s)"},
    {"duration", Shape::kDuration, "no arrival later than this after the start"},
    {"source", Shape::kService, "address:first port; one more for each connection"},
    LVSLAB_COMMON_TRAFFIC_KEYS,
};
#undef LVSLAB_COMMON_TRAFFIC_KEYS

constexpr Key kEthernet[] = {
    {"source", Shape::kMac, "default: the ARP sender's"},
    {"destination", Shape::kMac, "default: broadcast for a request, the ARP target's for a reply"},
};
constexpr Key kArp[] = {
    {"op", Shape::kText, "the operation: request, reply, or a number", {}, nullptr, kRequired},
    {"sender", Shape::kPair, "a pair [address, MAC or host:interface]", {}, nullptr, kRequired},
    {"target", Shape::kPair, "a pair [address, MAC or host:interface]", {}, nullptr, kRequired},
};
constexpr Key kInject[] = {
    {"interface",
     Shape::kName,
     "the host:interface that the frame leaves by",
     {},
     nullptr,
     kRequired},
    {"arp", Shape::kMap, "an ARP packet", {}, &kArpKeys},
    {"ethernet", Shape::kMap, "the frame's own addresses, with arp", {}, &kEthernetKeys},
    {"raw", Shape::kText, "or a whole Ethernet frame in hexadecimal"},
};
constexpr Key kService[] = {
    {"tcp", Shape::kNumber, "TCP port"},
    {"udp", Shape::kNumber, "UDP port"},
};
constexpr Key kTimeline[] = {
    {"at", Shape::kDuration, "the moment, since ready", {}, nullptr, kRequired},
    {"host", Shape::kName, "with run, power or serve"},
    {"run", Shape::kScript, "commands"},
    {"power", Shape::kWord, "the machine's power", "on|off"},
    {"serve", Shape::kMap, "which server, with state, speed or service_time", {}, &kServiceKeys},
    {"link", Shape::kEnds, "a link's name or its two ends, with state, loss, rate or delay"},
    {"state", Shape::kWord, "link: up, down; serve: up, closed, hung, paused",
     "up|down|closed|hung|paused"},
    {"loss", Shape::kPercent, "of a link"},
    {"rate", Shape::kBitRate, "of a link"},
    {"delay", Shape::kDuration, "of a link"},
    {"speed", Shape::kText, "of a server's workers"},
    {"service_time", Shape::kText, "of a server's requests to come"},
    {"inject", Shape::kMap, "a frame put on the wire", {}, &kInjectKeys},
};
constexpr Key kWaive[] = {
    {"finding", Shape::kName, "its id, as `lvslab list findings` says", {}, nullptr, kRequired},
    {"host", Shape::kName, "on this host only"},
    {"reason", Shape::kText, "why it is meant to be so: it is printed", {}, nullptr, kRequired},
};
constexpr Key kCompareExpect[] = {
    {"cell", Shape::kText, "its name, as \"rr\" or \"rr / 10\"", {}, nullptr, kRequired},
    {"metric", Shape::kWord, "default mean", "mean|p50|p90|p99|p99.9|max|rate|failed|jain"},
    {"is", Shape::kWord, "against the baseline",
     "better|worse|not distinguishable|within the threshold", nullptr, kRequired},
};
constexpr Key kCompare[] = {
    {"vary", Shape::kAny, "PARAM: a list of values, or a range 1..10, 0.5..0.9 step 0.1"},
    {"variants", Shape::kAny, "NAME: what it changes, {link_defaults.rate: 100Mbps, PARAM: value}"},
    {"baseline", Shape::kText, "a varied value, a variant or a whole cell (default: the first)"},
    {"replications", Shape::kNumber, "of each cell at first (default 20)"},
    {"max_replications", Shape::kNumber, "where half_width stops asking (default: ten times more)"},
    {"warm_up", Shape::kDuration, "requests before this are left out (default: by MSER-5)"},
    {"metrics", Shape::kTexts, "what is compared (default mean, p99)"},
    {"threshold", Shape::kPercent, "a smaller difference does not matter in practice (default 0%)"},
    {"half_width", Shape::kPercent, "replicate until each mean is known so well"},
    {"knee", Shape::kText, "highest PARAM with p99 < 20ms"},
    {"unit", Shape::kDuration, "means are also printed in this, the mean service time"},
    {"exact", Shape::kAny, "CELL: the mean latency as theory has it"},
    {"expect", Shape::kList, "verdicts that must come out", {}, &kCompareExpectKeys},
};
constexpr Key kQuestion[] = {
    {"ask", Shape::kText, "the question", {}, nullptr, kRequired},
    {"choices", Shape::kChoices,
     "what may be predicted: texts, or TEXT: what the event shown would hold were it so"},
    {"answer",
     Shape::kText,
     "one of the choices, or what the event shown holds",
     {},
     nullptr,
     kRequired},
    {"why", Shape::kText, "told with the answer", {}, nullptr, kRequired},
    {"show",
     Shape::kText,
     "a display filter: the first event that matches shows the answer",
     {},
     nullptr,
     kRequired},
    {"value", Shape::kText,
     "the field of that event which holds the answer, or count (default: its sentence)"},
};
constexpr Key kLesson[] = {
    {"number", Shape::kNumber, "its place among the lessons", {}, nullptr, kRequired},
    {"idea", Shape::kText, "the one thing it teaches, a sentence", {}, nullptr, kRequired},
    {"questions", Shape::kList, "asked before the run answers", {}, &kQuestionKeys, kRequired},
};
constexpr Key kFile[] = {
    {"lvslab", Shape::kNumber, "the version of the language: 1", {}, nullptr, kRequired},
    {"include", Shape::kTextOrList, "files whose keys come first, relative to this one"},
    {"extends", Shape::kText, "a file this one differs from by `change`"},
    {"change", Shape::kAny, "the difference: maps are merged, anything else replaced, ~ removes"},
    {"title", Shape::kText, "one line"},
    {"about", Shape::kText, "prose for the learner (Markdown)"},
    {"skip", Shape::kText, "why this file is not run"},
    {"seed", Shape::kNumber, "of all chance (default 1)"},
    {"duration", Shape::kDuration, "default: until everything is settled"},
    {"names", Shape::kScalars, "NAME: address; traces print addresses by these names"},
    {"params", Shape::kScalars, "NAME: value, replaced by --set NAME=VALUE"},
    {"link_defaults", Shape::kMap, "of links that do not say otherwise", {}, &kLinkDefaultKeys},
    {"hosts", Shape::kNamedMaps, "NAME or \"NAME[A-B]\": a host", {}, &kHostKeys},
    {"switches", Shape::kNamedMaps, "NAME: a learning switch", {}, &kSwitchKeys},
    {"links", Shape::kLinks, "cables", {}, &kLinkKeys},
    {"traffic", Shape::kNamedMaps, "NAME: what clients ask for", {}, &kTrafficKeys},
    {"timeline", Shape::kList, "what happens when, since ready", {}, &kTimelineKeys},
    {"expect", Shape::kExpectations, "what must come true"},
    {"waive", Shape::kList, "findings of `check` that are meant to be", {}, &kWaiveKeys},
    {"compare", Shape::kMap, "a grid of runs, for `lvslab compare`", {}, &kCompareKeys},
    {"lesson", Shape::kMap, "questions whose answers the run shows", {}, &kLessonKeys},
    {"populations", Shape::kNamedMaps, "NAME: a prefix full of clients", {}, &kPopulationKeys},
};

}  // namespace

constexpr KeyTable kFileKeys{"a scenario", kFile};
constexpr KeyTable kLinkDefaultKeys{"link_defaults", kLinkDefault};
constexpr KeyTable kHostKeys{"a host", kHost};
constexpr KeyTable kInterfaceKeys{"an interface", kInterface};
constexpr KeyTable kFileTextKeys{"a file", kFileText};
constexpr KeyTable kServeKeys{"a server", kServe};
constexpr KeyTable kCpuKeys{"cpu", kCpu};
constexpr KeyTable kPerPacketKeys{"per_packet", kPerPacket};
constexpr KeyTable kSwitchKeys{"a switch", kSwitch};
constexpr KeyTable kLinkKeys{"a link", kLink};
constexpr KeyTable kPortKeys{"a switch port", kPort};
constexpr KeyTable kVlanKeys{"vlan", kVlan};
constexpr KeyTable kPopulationKeys{"a population", kPopulation};
constexpr KeyTable kTrafficKeys{"a traffic", kTraffic};
constexpr KeyTable kConnectionKeys{"a connection", kConnection};
constexpr KeyTable kSendKeys{"a message", kSend};
constexpr KeyTable kCloseKeys{"close", kClose};
constexpr KeyTable kTimelineKeys{"a timeline item", kTimeline};
constexpr KeyTable kWaiveKeys{"a waiver", kWaive};
constexpr KeyTable kCompareKeys{"compare", kCompare};
constexpr KeyTable kCompareExpectKeys{"a verdict", kCompareExpect};
constexpr KeyTable kLessonKeys{"lesson", kLesson};
constexpr KeyTable kQuestionKeys{"a question", kQuestion};
constexpr KeyTable kServiceKeys{"serve", kService};
constexpr KeyTable kInjectKeys{"inject", kInject};
constexpr KeyTable kArpKeys{"an ARP packet", kArp};
constexpr KeyTable kEthernetKeys{"ethernet", kEthernet};

}  // namespace lvslab::scenario
