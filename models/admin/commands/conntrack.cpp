// conntrack (conntrack-tools 1.4.7): lists, counts and removes the entries of connection tracking.
// Source: the tool's output as recorded on Debian 12.
#include "admin/commands/conntrack.h"

#include <algorithm>
#include <array>

#include "admin/commands/text_tools.h"
#include "admin/commands/words.h"

namespace lvslab::admin {
namespace {

using net::netfilter::ConntrackEntry;
using net::netfilter::Tuple;

constexpr std::string_view kVersion = "conntrack v1.4.7 (conntrack-tools)";

std::string tuple_text(const Tuple& tuple) {
  std::string text = " src=" + wire::to_string(tuple.source.address) +
                     " dst=" + wire::to_string(tuple.destination.address);
  if (tuple.protocol == static_cast<std::uint8_t>(wire::Protocol::kIcmp)) {
    return text + " type=" + std::to_string(tuple.destination.port >> 8) +
           " code=" + std::to_string(tuple.destination.port & 0xff) +
           " id=" + std::to_string(tuple.source.port);
  }
  const bool ports = tuple.protocol == static_cast<std::uint8_t>(wire::Protocol::kTcp) ||
                     tuple.protocol == static_cast<std::uint8_t>(wire::Protocol::kUdp);
  if (!ports) return text;
  return text + " sport=" + std::to_string(tuple.source.port) +
         " dport=" + std::to_string(tuple.destination.port);
}

std::string protocol_name(std::uint8_t protocol) {
  if (protocol == static_cast<std::uint8_t>(wire::Protocol::kTcp)) return "tcp";
  if (protocol == static_cast<std::uint8_t>(wire::Protocol::kUdp)) return "udp";
  if (protocol == static_cast<std::uint8_t>(wire::Protocol::kIcmp)) return "icmp";
  return "unknown";
}

/// What the command line selects.
struct Selection {
  std::optional<std::uint8_t> protocol;
  std::array<std::optional<wire::Ipv4>, 4> addresses;  ///< source, destination; of the reply too
  std::array<std::optional<std::uint32_t>, 2> ports;
  std::string state, status;
  bool source_translated = false, destination_translated = false, any_translated = false;
  bool extended = false;
};

bool selected(const Selection& wanted, const ConntrackEntry& entry) {
  const Tuple& way = entry.tuples[0];
  const Tuple& back = entry.tuples[1];
  const auto is = [](const auto& given, const auto& value) { return !given || *given == value; };
  const bool source = back.destination != way.source;
  const bool destination = back.source != way.destination;
  const bool icmp = way.protocol == static_cast<std::uint8_t>(wire::Protocol::kIcmp);
  if (!is(wanted.protocol, way.protocol) || !is(wanted.addresses[0], way.source.address) ||
      !is(wanted.addresses[1], way.destination.address) ||
      !is(wanted.addresses[2], back.source.address) ||
      !is(wanted.addresses[3], back.destination.address) ||
      !is(wanted.ports[0], std::uint32_t{way.source.port}) ||
      !is(wanted.ports[1], std::uint32_t{way.destination.port}))
    return false;
  if (!wanted.state.empty() && wanted.state != tcp_track_name(entry.tcp.state())) return false;
  if (wanted.status == "ASSURED" && !entry.assured) return false;
  if (wanted.status == "SEEN_REPLY" && !entry.seen_reply) return false;
  if (wanted.status == "UNREPLIED" && entry.seen_reply) return false;
  if (wanted.source_translated && (!source || icmp)) return false;
  if (wanted.destination_translated && (!destination || icmp)) return false;
  return !wanted.any_translated || ((source || destination) && !icmp);
}

void remove(net::netfilter::Conntrack& tracker, const ConntrackEntry& listed, Instant now) {
  const hook::Track track{hook::Track::State::kEstablished, false, listed.slot, listed.generation};
  if (ConntrackEntry* entry = tracker.entry(track)) tracker.remove(*entry, now);
}

/// What is asked for: the command's letter, and what it selects.
struct Request {
  char command = 0;
  Selection selection;
};

std::string complaint(const std::string& what) {
  return std::string(kVersion) + ": " + what +
         "\nTry `conntrack -h' or 'conntrack --help' for more information.\n";
}

struct Option {
  std::string_view letter, name;
  bool takes_value;
};
constexpr auto kOptions = std::to_array<Option>({
    {"-L", "--dump", false},    {"-D", "--delete", false},     {"-F", "--flush", false},
    {"-C", "--count", false},   {"-S", "--stats", false},      {"-V", "--version", false},
    {"-s", "--orig-src", true}, {"-s", "--src", true},         {"-d", "--orig-dst", true},
    {"-d", "--dst", true},      {"-r", "--reply-src", true},   {"-q", "--reply-dst", true},
    {"-p", "--proto", true},    {"-f", "--family", true},      {"-u", "--status", true},
    {"-o", "--output", true},   {"-m", "--mark", true},        {"-n", "--src-nat", false},
    {"-g", "--dst-nat", false}, {"-j", "--any-nat", false},    {"", "--sport", true},
    {"", "--dport", true},      {"", "--orig-port-src", true}, {"", "--orig-port-dst", true},
    {"", "--state", true},
});

std::string take_protocol(Selection& selection, const std::string& value) {
  if (value == "tcp" || value == "6") {
    selection.protocol = static_cast<std::uint8_t>(wire::Protocol::kTcp);
  } else if (value == "udp" || value == "17") {
    selection.protocol = static_cast<std::uint8_t>(wire::Protocol::kUdp);
  } else if (value == "icmp" || value == "1") {
    selection.protocol = static_cast<std::uint8_t>(wire::Protocol::kIcmp);
  } else {
    return complaint("`" + value + "' unsupported protocol");
  }
  return {};
}

/// An error's text, or empty.
std::string take_value(Selection& selection, const Option& option, const std::string& value) {
  constexpr std::string_view kAddresses = "sdrq";
  if (option.letter == "-p") return take_protocol(selection, value);
  if (option.letter.size() == 2 && kAddresses.find(option.letter[1]) != std::string_view::npos) {
    const auto address = wire::parse_ipv4(value);
    if (!address) return complaint("Invalid IP address `" + value + "'");
    selection.addresses[kAddresses.find(option.letter[1])] = *address;
  } else if (option.letter == "-u") {
    selection.status = value;
  } else if (option.letter == "-o") {
    selection.extended = value.find("extended") != std::string::npos;
  } else if (option.name == "--state") {
    selection.state = value;
  } else if (option.letter.empty()) {
    const auto port = parse_number(value);
    if (!port || *port > 0xffff) return complaint("`" + value + "' bad port");
    selection.ports[option.name.ends_with("dport") || option.name.ends_with("dst")] = *port;
  }
  return {};
}

/// An error's text, or empty.
std::string parse(const std::vector<std::string>& args, Request& request) {
  for (std::size_t i = 1; i < args.size(); ++i) {
    const std::string& word = args[i];
    if (word.empty() || word[0] != '-') {
      if (word == "conntrack") continue;
      return complaint("unknown type `" + word + "'");
    }
    const auto option = std::find_if(kOptions.begin(), kOptions.end(), [&](const Option& o) {
      return word == o.letter || word == o.name;
    });
    if (option == kOptions.end()) return complaint("unknown option `" + word + "'");
    if (option->takes_value) {
      if (i + 1 >= args.size()) return complaint("option `" + word + "' requires an argument");
      if (std::string error = take_value(request.selection, *option, args[++i]); !error.empty())
        return error;
      continue;
    }
    const char letter = option->letter[1];
    if (letter == 'n') request.selection.source_translated = true;
    if (letter == 'g') request.selection.destination_translated = true;
    if (letter == 'j') request.selection.any_translated = true;
    if (std::string_view("ngj").find(letter) == std::string_view::npos) request.command = letter;
  }
  const auto tcp = static_cast<std::uint8_t>(wire::Protocol::kTcp);
  const Selection& wanted = request.selection;
  if (!wanted.state.empty() && wanted.protocol != tcp) return complaint("unknown option `--state'");
  if ((wanted.ports[0] || wanted.ports[1]) && !wanted.protocol)
    return complaint(std::string("unknown option `--") + (wanted.ports[0] ? "sport'" : "dport'"));
  return {};
}

}  // namespace

std::string conntrack_line(const ConntrackEntry& entry, Instant now, bool extended) {
  const Tuple& way = entry.tuples[0];
  const bool tcp = way.protocol == static_cast<std::uint8_t>(wire::Protocol::kTcp);
  // The clock of the kernel has always gone on since the packet that renewed the entry.
  const Duration tick = Duration::milliseconds(1);
  const std::int64_t left = (entry.expires - now - tick) / Duration::seconds(1);
  std::string text = extended ? "ipv4     2 " : "";
  text += pad_right(protocol_name(way.protocol), 8) + " " + std::to_string(way.protocol) + " " +
          std::to_string(std::max<std::int64_t>(left, 0));
  if (tcp) text += " " + std::string(tcp_track_name(entry.tcp.state()));
  text += tuple_text(way);
  if (!entry.seen_reply) text += " [UNREPLIED]";
  text += tuple_text(entry.tuples[1]);
  if (entry.assured) text += " [ASSURED]";
  return text + " mark=0";
}

CommandResult run_conntrack(CommandContext& context) {
  Request request;
  if (const std::string error = parse(context.args, request); !error.empty()) {
    context.err += error;
    return 2;
  }
  const Instant now = context.turn.now();
  if (request.command == 'V') {
    context.out += std::string(kVersion) + "\n";
    return 0;
  }
  if (request.command == 0) {
    context.err += complaint("no command specified");
    return 2;
  }
  // Asking over netlink loads the kernel's module, which then tracks nothing until a rule needs it.
  context.machine.load_module(context.turn, "nf_conntrack");
  net::netfilter::Conntrack* tracker = context.machine.netfilter().conntrack();
  const auto all = tracker == nullptr ? std::vector<const ConntrackEntry*>{} : tracker->list(now);
  if (request.command == 'C') {
    context.out += std::to_string(all.size()) + "\n";
    return 0;
  }
  if (request.command == 'S') {
    context.out +=
        "cpu=0   \tfound=0 invalid=0 insert=0 insert_failed=0 drop=0 early_drop=0 error=0 "
        "search_restart=0 clash_resolve=0 chaintoolong=0 \n";
    return 0;
  }
  if (request.command == 'F') {
    for (const ConntrackEntry* entry : all) remove(*tracker, *entry, now);
    context.err += std::string(kVersion) + ": connection tracking table has been emptied.\n";
    return 0;
  }
  std::size_t count = 0;
  for (const ConntrackEntry* entry : all) {
    if (!selected(request.selection, *entry)) continue;
    ++count;
    if (context.out.size() < kLargestOutput) {
      context.out += conntrack_line(*entry, now, request.selection.extended) + " use=1\n";
    }
    if (request.command == 'D') remove(*tracker, *entry, now);
  }
  const bool deletes = request.command == 'D';
  context.err += std::string(kVersion) + ": " + std::to_string(count) + " flow entries have been " +
                 (deletes ? "deleted" : "shown") + ".\n";
  return deletes && count == 0 ? 1 : 0;
}

}  // namespace lvslab::admin
