// TCP as tcpdump prints it: flags, sequence numbers relative to the conversation's first ones,
// options, and the first line of what HTTP, FTP and SMTP carry.
#include "wire/tcp.h"

#include <algorithm>
#include <string_view>

#include "admin/commands/tcpdump_print.h"

namespace lvslab::admin {
namespace {

constexpr std::size_t kMostConversations = 65'536;
constexpr std::uint32_t kLongestLine = 2'000;

std::string flag_text(std::uint8_t flags) {
  constexpr std::string_view kLetters = "FSRP.UEW";
  std::string text;
  for (std::size_t bit = 0; bit < kLetters.size(); ++bit) {
    if ((flags >> bit & 1) != 0) text += kLetters[bit];
  }
  return text.empty() ? "none" : text;
}

constexpr std::string_view kHttpWords[] = {
    "GET",      "PUT",      "COPY",     "HEAD",      "LOCK",      "MOVE",     "POLL",    "POST",
    "BCOPY",    "BMOVE",    "MKCOL",    "TRACE",     "LABEL",     "MERGE",    "DELETE",  "SEARCH",
    "UNLOCK",   "REPORT",   "UPDATE",   "NOTIFY",    "BDELETE",   "CONNECT",  "OPTIONS", "CHECKIN",
    "PROPFIND", "CHECKOUT", "CCM_POST", "SUBSCRIBE", "PROPPATCH", "BPROPFIND"};

std::string text_of(const FrameBytes& data) {
  const std::uint32_t most = std::min({data.captured, data.length, kLongestLine});
  std::string text;
  for (std::uint32_t i = 0; i < most; ++i) text += static_cast<char>(data.at(i));
  return text;
}

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= ' ' && c <= '~') || c == '\t' || c == '\r' || c == '\n';
  });
}

/// Whether the text begins like a request or an answer of a protocol of lines. `words`: its
/// requests; an answer has a number as its second word.
bool is_exchange(std::string_view text, std::span<const std::string_view> words) {
  if (words.empty()) return true;
  const std::size_t line = std::min(text.find_first_of("\r\n"), text.size());
  text = text.substr(0, line);
  if (text.empty() || !printable(text)) return false;
  const std::size_t first = std::min(text.find(' '), text.size());
  std::string verb{text.substr(0, first)};
  for (char& c : verb) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (std::find(words.begin(), words.end(), verb) != words.end()) return true;
  const std::size_t start = std::min(text.find_first_not_of(' ', first), text.size());
  const std::size_t end = std::min(text.find(' ', start), text.size());
  const std::string_view second = text.substr(start, end - start);
  return second.size() == 3 && second.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::string FramePrinter::payload(const FrameBytes& data, std::uint16_t source,
                                  std::uint16_t destination) const {
  const auto is = [&](std::uint16_t port) { return source == port || destination == port; };
  if (is(53)) {  // DNS over TCP has the message's length in front
    if (data.length < 2) return {};
    const std::uint32_t said = data.at16(0);
    if (said != data.length - 2)
      return dump_format(" [prefix length(%u) != length(%u)] (invalid)", said, data.length - 2);
    return " " + dns_text(data.from(2));
  }
  const bool http = is(80) || is(8080);
  const std::string_view name = http ? "HTTP" : is(21) ? "FTP" : is(25) ? "SMTP" : "";
  if (name.empty()) return {};
  std::string text = ": " + std::string(name);
  const std::string content = text_of(data);
  if (!is_exchange(content, http ? std::span<const std::string_view>(kHttpWords)
                                 : std::span<const std::string_view>())) {
    return text;
  }
  if (options_.verbose > 0) text += ", length: " + std::to_string(data.length);
  for (std::size_t p = 0; p < content.size();) {
    const std::size_t end = content.find_first_of("\r\n", p);
    if (!printable(std::string_view(content).substr(p, end - p))) break;
    text += options_.verbose > 0 ? "\n\t" : ": ";
    text += content.substr(p, end == std::string::npos ? end : end - p);
    if (end == std::string::npos) {
      std::string small{name};
      std::transform(small.begin(), small.end(), small.begin(),
                     [](char c) { return static_cast<char>(c - 'A' + 'a'); });
      return text + " [|" + small + "]";
    }
    if (options_.verbose == 0) break;
    p = end + (content.compare(end, 2, "\r\n") == 0 ? 2 : 1);
  }
  return text;
}

std::string FramePrinter::tcp_options(const FrameBytes& options, std::uint32_t base) const {
  std::string text;
  for (std::uint32_t at = 0; at < options.captured;) {
    const std::uint8_t kind = options.at(at);
    const std::uint32_t length = kind <= 1 ? 1 : at + 1 < options.captured ? options.at(at + 1) : 0;
    if (length == 0 || at + length > options.captured) return text + "[bad opt]";
    const std::uint32_t value = at + 2;
    if (!text.empty()) text += ',';
    switch (kind) {
      case 0:
        return text + "eol";
      case 1:
        text += "nop";
        break;
      case 2:
        text += "mss " + std::to_string(options.at16(value));
        break;
      case 3:
        text += "wscale " + std::to_string(options.at(value));
        break;
      case 4:
        text += "sackOK";
        break;
      case 5:
        text += "sack " + std::to_string((length - 2) / 8) + " ";
        for (std::uint32_t edge = value; edge + 8 <= at + length; edge += 8) {
          text += dump_format("{%u:%u}", options.at32(edge) - base, options.at32(edge + 4) - base);
        }
        break;
      case 8:
        text += dump_format("TS val %u ecr %u", options.at32(value), options.at32(value + 4));
        break;
      case 253:
      case 254:
        text += dump_format("exp-%04x", options.at16(value));
        break;
      default:
        text += "unknown-" + std::to_string(kind);
        if (length > 2) text += " 0x";
        for (std::uint32_t i = value; i < at + length; ++i)
          text += dump_format("%02x", options.at(i));
    }
    at += length;
  }
  return text;
}

std::string FramePrinter::tcp(const FrameBytes& ip, const FrameBytes& bytes, bool more_fragments) {
  const wire::Ipv4 source{ip.at32(12)}, destination{ip.at32(16)};
  if (!bytes.has(4)) return address(source) + " > " + address(destination) + ":  [|tcp]";
  const std::uint16_t from = bytes.at16(0), to = bytes.at16(2);
  std::string text = address(source) + "." + port(from, true) + " > " + address(destination) + "." +
                     port(to, true) + ": ";
  if (!bytes.has(wire::kTcpHeader)) return text + " [|tcp]";
  const std::uint32_t header = static_cast<std::uint32_t>(bytes.at(12) >> 4) * 4;
  if (header < wire::kTcpHeader || header > bytes.length)
    return text + dump_format(" [bad hdr length %u - too %s, %s %u]", header,
                              header < wire::kTcpHeader ? "short" : "long",
                              header < wire::kTcpHeader ? "<" : ">",
                              header < wire::kTcpHeader ? wire::kTcpHeader : bytes.length);
  const std::uint32_t length = bytes.length - header;
  if (options_.quick) {
    return text + "tcp " + std::to_string(length);
  }
  std::uint32_t sequence = bytes.at32(4), acknowledgement = bytes.at32(8);
  const std::uint8_t flags = bytes.at(13);
  std::uint32_t acknowledged_base = 0;
  if (!options_.absolute && (flags & wire::kAck) != 0) {
    const bool larger = std::pair(source.value, from) > std::pair(destination.value, to);
    const Ends ends = larger ? Ends{destination.value, to, source.value, from}
                             : Ends{source.value, from, destination.value, to};
    const auto known = conversations_.find(ends);
    if (known == conversations_.end() || (flags & wire::kSyn) != 0) {
      if (conversations_.size() >= kMostConversations) conversations_.clear();
      conversations_[ends] =
          larger ? Bases{acknowledgement - 1, sequence} : Bases{sequence, acknowledgement - 1};
    } else {
      const Bases& bases = known->second;
      acknowledged_base = larger ? bases.sequence : bases.acknowledgement;
      sequence -= larger ? bases.acknowledgement : bases.sequence;
      acknowledgement -= acknowledged_base;
    }
  }
  text += "Flags [" + flag_text(flags) + "]";
  if (options_.verbose > 0 && !more_fragments && bytes.captured >= bytes.length) {
    const std::uint16_t sum = sum_of(bytes, pseudo_header(ip, bytes.length));
    const std::uint16_t present = bytes.at16(16);
    text += dump_format(", cksum 0x%04x (", present);
    text +=
        sum == 0 ? "correct)" : dump_format("incorrect -> 0x%04x)", right_checksum(present, sum));
  }
  const std::uint8_t numbered = wire::kSyn | wire::kFin | wire::kRst;
  if (options_.verbose > 1 || length > 0 || (flags & numbered) != 0) {
    text += dump_format(", seq %u", sequence);
    if (length > 0) text += dump_format(":%u", sequence + length);
  }
  if ((flags & wire::kAck) != 0) text += dump_format(", ack %u", acknowledgement);
  text += ", win " + std::to_string(bytes.at16(14));
  if ((flags & wire::kUrg) != 0) text += ", urg " + std::to_string(bytes.at16(18));
  if (header > wire::kTcpHeader) {
    const FrameBytes options = bytes.from(wire::kTcpHeader).cut(header - wire::kTcpHeader);
    text += ", options [" + tcp_options(options, acknowledged_base) + "]";
  }
  text += ", length " + std::to_string(length);
  return length > 0 ? text + payload(bytes.from(header), from, to) : text;
}

}  // namespace lvslab::admin
