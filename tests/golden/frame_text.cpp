#include "frame_text.h"

#include <span>
#include <utility>
#include <vector>

#include "wire/dissect.h"

namespace lvslab::golden {
namespace {

using nlohmann::json;
using wire::Field;
using wire::Layer;
using Layers = std::span<const Layer>;

std::string named(const Layer& layer, std::string_view field) {
  const Field* found = layer.find(field);
  return found == nullptr ? std::string("-") : wire::field_text(*found);
}
std::uint64_t number(const Layer& layer, std::string_view field) {
  const Field* found = layer.find(field);
  return found == nullptr ? 0 : found->value;
}

std::string mac_name(const trace::Scene& scene, std::uint64_t value) {
  if (value == 0) return "zero";
  return scene.mac_text(wire::Mac{value});
}

struct IpWords {
  std::string src, dst, ttl, tos, len, df;
  std::string text() const {
    return src + ">" + dst + " ttl " + ttl + " tos " + tos + " len " + len + " df " + df;
  }
};

IpWords ip_words(const Layer& ip) {
  return {named(ip, "src"), named(ip, "dst"),
          named(ip, "ttl"), std::to_string(number(ip, "dsfield")),
          named(ip, "len"), named(ip, "flags.df")};
}
IpWords ip_words(const json& ip) {
  return {ip.at("src"),
          ip.at("dst"),
          std::to_string(ip.at("ttl").get<int>()),
          std::to_string(ip.at("tos").get<int>()),
          std::to_string(ip.at("len").get<int>()),
          ip.at("df").get<bool>() ? "1" : "0"};
}

std::string good(bool checksum) { return checksum ? "" : " BAD CHECKSUM"; }

std::string fragment_text(std::uint64_t offset, bool more) {
  return " fragment at " + std::to_string(offset) + (more ? " of more" : "");
}

/// What a SYN of Linux carries: MSS, SACK permitted, timestamps, NOP, window scale.
constexpr const char* kSynOptions = " options 2 4 8 1 3";

std::string option_kinds(std::span<const std::uint8_t> tcp, std::uint64_t header) {
  std::string kinds = " options";
  for (std::size_t at = 20; at < header && at < tcp.size();) {
    kinds += ' ' + std::to_string(tcp[at]);
    if (tcp[at] == 0) break;
    const std::size_t length = tcp[at] == 1 ? 1 : at + 1 < tcp.size() ? tcp[at + 1] : 0;
    if (length == 0) break;
    at += length;
  }
  return kinds;
}

std::string flag_letters(const Layer& tcp) {
  std::string letters;
  const std::pair<const char*, char> flags[] = {{"flags.fin", 'F'},   {"flags.syn", 'S'},
                                                {"flags.reset", 'R'}, {"flags.push", 'P'},
                                                {"flags.ack", 'A'},   {"flags.urg", 'U'}};
  for (const auto& [name, letter] : flags) {
    if (number(tcp, name) != 0) letters += letter;
  }
  return letters;
}

void classify(Frame& frame, const std::string& flags) {
  const bool control = flags.find_first_of("SFR") != std::string::npos;
  frame.pure_ack = frame.payload == 0 && !control;
  frame.bulk = frame.payload > 0 && !control;
}

std::string icmp_text(const std::string& type, const std::string& code) {
  return " ICMP " + type + "/" + code;
}

// --- this program's ------------------------------------------------------------------------------

/// A record at hand: its bytes and the numbers of its connections.
struct Reading {
  std::span<const std::uint8_t> bytes;
  RelativeNumbers& numbers;
};

std::string tcp_text(Frame& frame, const Layer& ip, const Layer& tcp, Reading& reading) {
  const std::string flags = flag_letters(tcp), sport = named(tcp, "srcport"),
                    dport = named(tcp, "dstport");
  const std::string from = named(ip, "src") + ":" + sport, to = named(ip, "dst") + ":" + dport;
  const bool syn = flags.find('S') != std::string::npos;
  const auto seq = static_cast<std::uint32_t>(number(tcp, "seq_raw"));
  if (syn) reading.numbers.syn(from + ">" + to, seq);
  frame.payload = number(tcp, "len");
  classify(frame, flags);
  frame.sequence = reading.numbers.text(from + ">" + to, seq);
  std::string text =
      " TCP " + sport + ">" + dport + " " + flags + " seq " + frame.sequence + " ack ";
  text += number(tcp, "flags.ack") == 0
              ? std::string("-")
              : reading.numbers.text(to + ">" + from,
                                     static_cast<std::uint32_t>(number(tcp, "ack_raw")));
  text += " data " + std::to_string(frame.payload) + " mss " + named(tcp, "options.mss_val");
  if (syn) text += option_kinds(reading.bytes.subspan(tcp.offset), number(tcp, "hdr_len"));
  return text + good(number(tcp, "checksum.status") == 1);
}

/// An ICMP error's quoted packet; `rest`: the layers from the quoted IP header on.
std::string quoted_text(Layers rest, std::uint64_t quoted_bytes) {
  std::string text =
      " about " + ip_words(rest[0]).text() + " quoted " + std::to_string(quoted_bytes);
  if (rest.size() < 2) return text;
  if (rest[1].name == "ip")
    return text + quoted_text(rest.subspan(1), quoted_bytes - number(rest[0], "hdr_len"));
  return text + " " + named(rest[1], "srcport") + ">" + named(rest[1], "dstport");
}

/// `layers` begin with an IP header. The checksum of what is cut cannot be told.
std::string ip_text(Frame& frame, Layers layers, Reading& reading, bool cut) {
  const Layer& ip = layers[0];
  const std::uint64_t offset = number(ip, "frag_offset") * 8;
  const bool more = number(ip, "flags.mf") != 0;
  std::string text = ip_words(ip).text() + good(number(ip, "checksum.status") == 1);
  if (more || offset != 0) text += fragment_text(offset, more);
  if (offset != 0 || layers.size() < 2) return text;
  cut = cut || more;
  const Layer& next = layers[1];
  if (next.name == "tcp") text += tcp_text(frame, ip, next, reading);
  if (next.name == "udp") {
    text += " UDP " + named(next, "srcport") + ">" + named(next, "dstport") + " data " +
            std::to_string(number(next, "length") - 8) +
            good(cut || number(next, "checksum.status") == 1);
  }
  if (next.name == "icmp") {
    text += icmp_text(named(next, "type"), named(next, "code")) + " seq " + named(next, "seq") +
            " mtu " + named(next, "mtu") + " gateway " + named(next, "redir_gw") +
            good(number(next, "checksum.status") == 1);
    if (layers.size() > 2 && layers[2].name == "ip")
      text += quoted_text(layers.subspan(2), number(ip, "len") - number(ip, "hdr_len") - 8);
  }
  if (next.name == "ip") text += " [" + ip_text(frame, layers.subspan(1), reading, cut) + "]";
  return text;
}

// --- the recording's -----------------------------------------------------------------------------

std::string number_text(const json& object, const char* name) {
  return object.contains(name) ? std::to_string(object.at(name).get<int>()) : "-";
}

std::string recorded_number(const json& tcp, const char* name) {
  if (!tcp.contains(name)) return "-";
  const json& value = tcp.at(name);
  return value.is_array() ? "raw " + std::to_string(value.at(1).get<std::uint32_t>())
                          : std::to_string(value.get<std::uint32_t>());
}

std::string recorded_tcp(Frame& frame, const json& tcp) {
  const std::string flags = tcp.at("flags");
  frame.payload = tcp.at("len");
  frame.sequence = recorded_number(tcp, "seq");
  classify(frame, flags);
  std::string text = " TCP " + number_text(tcp, "sport") + ">" + number_text(tcp, "dport") + " " +
                     flags + " seq " + frame.sequence + " ack " + recorded_number(tcp, "ack") +
                     " data " + std::to_string(frame.payload) + " mss " +
                     recorded_number(tcp, "mss");
  if (flags.find('S') != std::string::npos) text += kSynOptions;
  return text + good(tcp.at("csum_ok"));
}

std::string recorded_quote(const json& quoted) {
  std::string text =
      " about " + ip_words(quoted).text() + " quoted " + number_text(quoted, "quoted_bytes");
  if (quoted.contains("inner")) return text + recorded_quote(quoted.at("inner"));
  return text + " " + number_text(quoted, "sport") + ">" + number_text(quoted, "dport");
}

std::string recorded_ip(Frame& frame, const json& ip, bool cut) {
  const bool more = ip.value("mf", false);
  std::string text = ip_words(ip).text() + good(ip.at("csum_ok"));
  if (ip.contains("mf")) text += fragment_text(ip.at("offset"), more);
  cut = cut || more;
  if (ip.contains("tcp")) text += recorded_tcp(frame, ip.at("tcp"));
  if (ip.contains("udp")) {
    const json& udp = ip.at("udp");
    text += " UDP " + number_text(udp, "sport") + ">" + number_text(udp, "dport") + " data " +
            number_text(udp, "len") + good(cut || udp.at("csum_ok").get<bool>());
  }
  if (ip.contains("icmp")) {
    const json& icmp = ip.at("icmp");
    text += icmp_text(number_text(icmp, "type"), number_text(icmp, "code")) + " seq " +
            number_text(icmp, "seq") + " mtu " + number_text(icmp, "mtu") + " gateway " +
            icmp.value("gateway", "-") + good(icmp.at("csum_ok"));
    if (icmp.contains("original")) text += recorded_quote(icmp.at("original"));
  }
  if (ip.contains("inner")) text += " [" + recorded_ip(frame, ip.at("inner"), cut) + "]";
  return text;
}

}  // namespace

void describe_frame(Frame& frame, const Record& record, const trace::Scene& scene,
                    RelativeNumbers& numbers) {
  const bool raw = frame.point.find(".eth") == std::string::npos;  // tunl0: IP alone
  const std::vector<Layer> all = wire::dissect(
      record.bytes, record.zeros, raw ? wire::LinkType::kRawIp : wire::LinkType::kEthernet);
  Layers layers(all);
  if (!raw) {
    const Layer& eth = layers[0];
    frame.heading =
        mac_name(scene, number(eth, "src")) + ">" + mac_name(scene, number(eth, "dst")) + " ";
    layers = layers.subspan(1);
  }
  frame.text = frame.heading;
  if (layers.empty()) return;
  const Layer& first = layers[0];
  if (first.name == "arp") {
    frame.arp = true;
    frame.text += std::string("ARP ") + (number(first, "opcode") == 1 ? "request " : "reply ") +
                  mac_name(scene, number(first, "src.hw_mac")) + " " +
                  named(first, "src.proto_ipv4") + " -> " +
                  mac_name(scene, number(first, "dst.hw_mac")) + " " +
                  named(first, "dst.proto_ipv4");
    return;
  }
  if (first.name != "ip") return;
  const IpWords ip = ip_words(first);
  frame.heading += ip.src + ">" + ip.dst + " ttl " + ip.ttl;
  Reading reading{record.bytes, numbers};
  frame.text += ip_text(frame, layers, reading, false);
}

Frame recorded_frame(const json& recorded) {
  Frame frame;
  frame.ms = recorded.at("t_ms");
  frame.point = recorded.at("at");
  frame.out = recorded.at("dir") == "out";
  if (recorded.contains("eth_src"))
    frame.heading = recorded.at("eth_src").get<std::string>() + ">" +
                    recorded.at("eth_dst").get<std::string>() + " ";
  frame.text = frame.heading;
  if (recorded.contains("arp")) {
    const json& arp = recorded.at("arp");
    const auto word = [&](const char* name) { return arp.at(name).get<std::string>(); };
    frame.arp = true;
    frame.text += "ARP " + word("op") + " " + word("sender_mac") + " " + word("sender_ip") +
                  " -> " + word("target_mac") + " " + word("target_ip");
    return frame;
  }
  const json& ip = recorded.at("ip");
  const IpWords words = ip_words(ip);
  frame.heading += words.src + ">" + words.dst + " ttl " + words.ttl;
  frame.text += recorded_ip(frame, ip, false);
  return frame;
}

}  // namespace lvslab::golden
