#include "replay_lab.h"

#include <fstream>
#include <span>
#include <utility>

#include "wire/dissect.h"

namespace lvslab::golden {
namespace {

using nlohmann::json;
using wire::Field;
using wire::Layer;

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

std::string recorded_number(const json& tcp, const char* name) {
  if (!tcp.contains(name)) return "-";
  const json& value = tcp.at(name);
  return value.is_array() ? "raw " + std::to_string(value.at(1).get<std::uint32_t>())
                          : std::to_string(value.get<std::uint32_t>());
}

void describe_tcp(Frame& frame, const Layer& ip, const Layer& tcp,
                  std::span<const std::uint8_t> bytes, RelativeNumbers& numbers) {
  const std::string flags = flag_letters(tcp), sport = named(tcp, "srcport"),
                    dport = named(tcp, "dstport");
  const std::string from = named(ip, "src") + ":" + sport, to = named(ip, "dst") + ":" + dport;
  const bool syn = flags.find('S') != std::string::npos;
  const auto seq = static_cast<std::uint32_t>(number(tcp, "seq_raw"));
  if (syn) numbers.syn(from + ">" + to, seq);
  frame.payload = number(tcp, "len");
  classify(frame, flags);
  frame.text += " TCP " + sport + ">" + dport + " " + flags + " seq " +
                numbers.text(from + ">" + to, seq) + " ack ";
  frame.text +=
      number(tcp, "flags.ack") == 0
          ? std::string("-")
          : numbers.text(to + ">" + from, static_cast<std::uint32_t>(number(tcp, "ack_raw")));
  frame.text += " data " + std::to_string(frame.payload) + " mss " + named(tcp, "options.mss_val");
  if (syn) frame.text += option_kinds(bytes.subspan(tcp.offset), number(tcp, "hdr_len"));
  frame.text += good(number(tcp, "checksum.status") == 1);
}

void recorded_tcp(Frame& frame, const json& tcp) {
  const std::string flags = tcp.at("flags");
  frame.payload = tcp.at("len");
  classify(frame, flags);
  frame.text += " TCP " + std::to_string(tcp.at("sport").get<int>()) + ">" +
                std::to_string(tcp.at("dport").get<int>()) + " " + flags + " seq " +
                recorded_number(tcp, "seq") + " ack " + recorded_number(tcp, "ack") + " data " +
                std::to_string(frame.payload) + " mss " + recorded_number(tcp, "mss");
  if (flags.find('S') != std::string::npos) frame.text += kSynOptions;
  frame.text += good(tcp.at("csum_ok"));
}

std::string icmp_text(const std::string& type, const std::string& code) {
  return " ICMP " + type + "/" + code;
}

/// An ICMP error's quoted packet; `rest`: the layers from the quoted IP header on.
std::string quoted_text(std::span<const Layer> rest, std::uint64_t quoted_bytes) {
  std::string text =
      " about " + ip_words(rest[0]).text() + " quoted " + std::to_string(quoted_bytes);
  if (rest.size() > 1) text += " " + named(rest[1], "srcport") + ">" + named(rest[1], "dstport");
  return text;
}
std::string quoted_text(const json& quoted) {
  return " about " + ip_words(quoted).text() + " quoted " +
         std::to_string(quoted.at("quoted_bytes").get<int>()) + " " +
         std::to_string(quoted.at("sport").get<int>()) + ">" +
         std::to_string(quoted.at("dport").get<int>());
}

std::string number_text(const json& object, const char* name) {
  return object.contains(name) ? std::to_string(object.at(name).get<int>()) : "-";
}

}  // namespace

Frame ReplayLab::describe(const Record& record, const std::string& point) {
  const trace::Scene& scene = lab_->scene();
  Frame frame;
  frame.point = point;
  frame.out = record.kind == RecordKind::kFrameOut;
  frame.ms = lab_->is_ready() ? (record.time - lab_->ready()).in_seconds() * 1000 : -1;
  const std::vector<Layer> layers =
      wire::dissect(record.bytes, record.zeros, wire::LinkType::kEthernet);
  const Layer& eth = layers.at(0);
  frame.heading = mac_name(scene, number(eth, "src")) + ">" + mac_name(scene, number(eth, "dst"));
  frame.text = frame.heading;
  if (layers.size() < 2) return frame;
  const Layer& second = layers[1];
  if (second.name == "arp") {
    frame.arp = true;
    frame.text += std::string(" ARP ") + (number(second, "opcode") == 1 ? "request " : "reply ") +
                  mac_name(scene, number(second, "src.hw_mac")) + " " +
                  named(second, "src.proto_ipv4") + " -> " +
                  mac_name(scene, number(second, "dst.hw_mac")) + " " +
                  named(second, "dst.proto_ipv4");
    return frame;
  }
  if (second.name != "ip") return frame;
  const IpWords ip = ip_words(second);
  frame.heading += " " + ip.src + ">" + ip.dst + " ttl " + ip.ttl;
  frame.text += " " + ip.text() + good(number(second, "checksum.status") == 1);
  if (number(second, "frag_offset") != 0)
    frame.text += " fragment at " + named(second, "frag_offset");
  if (layers.size() < 3) return frame;
  const Layer& third = layers[2];
  if (third.name == "tcp") describe_tcp(frame, second, third, record.bytes, numbers_);
  if (third.name == "udp") {
    frame.text += " UDP " + named(third, "srcport") + ">" + named(third, "dstport") + " data " +
                  std::to_string(number(third, "length") - 8) +
                  good(number(third, "checksum.status") == 1);
  }
  if (third.name == "icmp") {
    frame.text += icmp_text(named(third, "type"), named(third, "code")) + " mtu " +
                  named(third, "mtu") + good(number(third, "checksum.status") == 1);
    if (layers.size() > 3 && layers[3].name == "ip") {
      const std::uint64_t quoted = number(second, "len") - number(second, "hdr_len") - 8;
      frame.text += quoted_text(std::span(layers).subspan(3), quoted);
    }
  }
  return frame;
}

Frame recorded_frame(const json& recorded) {
  Frame frame;
  frame.ms = recorded.at("t_ms");
  frame.point = recorded.at("at");
  frame.out = recorded.at("dir") == "out";
  frame.heading =
      recorded.at("eth_src").get<std::string>() + ">" + recorded.at("eth_dst").get<std::string>();
  frame.text = frame.heading;
  if (recorded.contains("arp")) {
    const json& arp = recorded.at("arp");
    const auto word = [&](const char* name) { return arp.at(name).get<std::string>(); };
    frame.arp = true;
    frame.text += " ARP " + word("op") + " " + word("sender_mac") + " " + word("sender_ip") +
                  " -> " + word("target_mac") + " " + word("target_ip");
    return frame;
  }
  const json& ip = recorded.at("ip");
  const IpWords words = ip_words(ip);
  frame.heading += " " + words.src + ">" + words.dst + " ttl " + words.ttl;
  frame.text += " " + words.text() + good(ip.at("csum_ok"));
  if (ip.contains("tcp")) recorded_tcp(frame, ip.at("tcp"));
  if (ip.contains("udp")) {
    const json& udp = ip.at("udp");
    frame.text += " UDP " + number_text(udp, "sport") + ">" + number_text(udp, "dport") + " data " +
                  number_text(udp, "len") + good(udp.at("csum_ok"));
  }
  if (ip.contains("icmp")) {
    const json& icmp = ip.at("icmp");
    frame.text += icmp_text(number_text(icmp, "type"), number_text(icmp, "code")) + " mtu " +
                  number_text(icmp, "mtu") + good(icmp.at("csum_ok"));
    if (icmp.contains("original")) frame.text += quoted_text(icmp.at("original"));
  }
  return frame;
}

std::string ReplayLab::run(const std::string& text) {
  const auto complaints = [](const std::vector<scenario::Message>& messages) {
    std::string all;
    for (const auto& message : messages)
      all += message.place.text() + ": " + message.what + ". " + message.hint + "\n";
    return all;
  };
  scenario::ReadResult read = scenario::read_scenario_text(text, "recording.yaml");
  if (!read.errors.empty()) return complaints(read.errors) + text;
  std::vector<scenario::Message> errors;
  lab_ = scenario::Lab::build(std::move(read.scenario), {}, errors);
  if (!errors.empty()) return complaints(errors) + text;
  lab_->world().watch(this, WatchLevel::kEverything);
  lab_->configure(errors);
  if (!errors.empty()) return complaints(errors) + text;
  lab_->run({});
  lab_->world().watch(nullptr, WatchLevel::kNothing);
  return complaints(lab_->runtime_errors());
}

void ReplayLab::on_record(const Record& record) {
  const bool frame = record.kind == RecordKind::kFrameIn || record.kind == RecordKind::kFrameOut;
  if (record.kind == RecordKind::kConsole) {
    const double ms = lab_->is_ready() ? (record.time - lab_->ready()).in_seconds() * 1000 : -1;
    typed.push_back({ms, std::string(record.console->command), std::string(record.console->out),
                     std::string(record.console->err), record.console->status});
  }
  if (!frame || record.node >= lab_->host_count()) return;
  const std::string point = lab_->scene().interface_text(record.node, record.interface);
  if (point.find(".eth") == std::string::npos) return;
  frames.push_back(describe(record, point));
}

std::vector<Frame> ReplayLab::arps_sent(double from_ms, double to_ms) const {
  std::vector<Frame> found;
  for (const Frame& frame : frames) {
    if (frame.arp && frame.out && frame.ms >= from_ms && frame.ms < to_ms) found.push_back(frame);
  }
  return found;
}

std::string ReplayLab::output(const std::string& command) const {
  for (auto entry = typed.rbegin(); entry != typed.rend(); ++entry) {
    if (entry->command.compare(0, command.size(), command) == 0)
      return trimmed(entry->out + entry->err);
  }
  return "?";
}

std::vector<json> read_records(const std::string& file) {
  std::ifstream stream(LVSLAB_TEST_DATA "/golden/data/" + file);
  std::vector<json> records;
  for (std::string line; std::getline(stream, line);) records.push_back(json::parse(line));
  if (!records.empty()) records.erase(records.begin());
  return records;
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \n\t");
  return first == std::string::npos
             ? ""
             : text.substr(first, text.find_last_not_of(" \n\t") - first + 1);
}

}  // namespace lvslab::golden
