// A gateway between a LAN (eth0) and the world (eth1) on which rules are typed and packets are put
// in one by one. What comes out is told as a line of text, so that a test is a dialogue:
//
//   > eth0 tcp 10.0.0.9:1234 198.51.100.7:80 S        a packet arrives
//   < eth1 tcp 192.0.2.1:1234 198.51.100.7:80 S       what leaves, in order (no such line: nothing)
//   ! udp 5000 198.51.100.7:53                        the gateway itself sends (then "sent",
//   "EPERM") # iptables -F                                     a command; ~ 30: seconds go by
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "admin/machine.h"
#include "admin/script.h"
#include "wire/ethernet.h"
#include "wire/icmp.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace lvslab::test {

class PathBed {
 public:
  PathBed() {
    turn_.begin(now_, WatchLevel::kEverything);
    machine_.host().add_ethernet(turn_, "eth0", wire::Mac{0x0200000000a0}, 1500, true);
    machine_.host().add_ethernet(turn_, "eth1", wire::Mac{0x0200000000a1}, 1500, true);
    for (const char* line :
         {"ip addr add 10.0.0.1/24 dev eth0", "ip addr add 192.0.2.1/24 dev eth1",
          "ip route add default via 192.0.2.254", "sysctl -w net.ipv4.ip_forward=1",
          "ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev eth0 nud permanent",
          "ip neigh add 10.0.0.8 lladdr 02:00:00:00:00:08 dev eth0 nud permanent",
          "ip neigh add 192.0.2.254 lladdr 02:00:00:00:00:fe dev eth1 nud permanent",
          "ip neigh add 192.0.2.7 lladdr 02:00:00:00:00:07 dev eth1 nud permanent"})
      type(line);
    (void)output();
  }
  ~PathBed() {
    machine_.set_power(turn_, false);
    for (Transmission& left : turn_.transmissions()) pool_.retire(std::move(left.packet));
    turn_.clear();
  }

  admin::Machine& machine() { return machine_; }
  Turn& turn() { return turn_; }

  /// What typing the line printed.
  std::string type(const std::string& line) {
    std::vector<admin::PlacedError> errors;
    Printed printed;
    machine_.set_console(&printed);
    machine_.run(turn_, std::make_shared<const admin::Script>(
                            admin::Script::parse(line, {"test", 1, 1}, errors)));
    settle();
    machine_.set_console(nullptr);
    return printed.text;
  }

  /// Plays a dialogue; the first line that came out otherwise, or nothing.
  std::string play(const std::string& dialogue) {
    std::istringstream lines(dialogue);
    std::vector<std::string> out;
    std::size_t heard = 0;
    std::string last;
    for (std::string line; std::getline(lines, line);) {
      const std::size_t start = line.find_first_not_of(' ');
      if (start == std::string::npos) continue;
      line.erase(0, start);
      if (line[0] == '<') {
        const std::string wanted = line.substr(2);
        const std::string got = heard < out.size() ? out[heard] : "nothing";
        if (got != wanted) return "after \"" + last + "\" wanted " + wanted + ", got " + got;
        ++heard;
        continue;
      }
      if (heard < out.size()) return "after \"" + last + "\" nobody asked for " + out[heard];
      last = line;
      heard = 0;
      out = perform(line[0], line.substr(2));
    }
    return heard < out.size() ? "after \"" + last + "\" nobody asked for " + out[heard] : "";
  }

 private:
  struct Printed final : admin::Console {
    void command_ended(const admin::ConsoleEntry& entry) override { text += entry.out + entry.err; }
    void unknown_command(const std::string& place, const std::string& name) override {
      text += place + name;
    }
    std::string text;
  };

  std::vector<std::string> perform(char kind, const std::string& line) {
    std::vector<std::string> out;
    if (kind == '#') {
      std::string text = type(line);
      if (text.ends_with("\n")) text.pop_back();
      for (char& c : text) c = c == '\n' ? '|' : c;
      if (!text.empty()) out.push_back(text);
    } else if (kind == '~') {
      const Instant end = now_ + Duration::milliseconds(static_cast<int>(std::stod(line) * 1000));
      while (machine_.host().next_wake() <= end) {
        now_ = std::max(now_, machine_.host().next_wake());
        turn_.begin(now_, WatchLevel::kEverything);
        machine_.host().wake(turn_);
      }
      now_ = end;
      turn_.begin(now_, WatchLevel::kEverything);
    } else if (kind == '!') {
      out.push_back(send(line));
    } else {
      arrive(line);
    }
    settle();
    for (std::string& text : output()) out.push_back(std::move(text));
    return out;
  }

  /// Lets pass what the host wants to do at this very moment.
  void settle() {
    for (int i = 0; i < 50 && machine_.host().next_wake() <= now_; ++i) machine_.host().wake(turn_);
  }

  static wire::Endpoint endpoint(const std::string& text) {
    const std::size_t colon = text.find(':');
    const auto port = colon == std::string::npos ? 0 : std::stoi(text.substr(colon + 1));
    return {*wire::parse_ipv4(text.substr(0, colon)), static_cast<std::uint16_t>(port)};
  }

  // "eth0 tcp A:p B:q S s100 a0 n10 t64 f", "eth0 icmp A B 8/0 5", "eth1 icmp A B 3/3 udp A:p B:q".
  void arrive(const std::string& line) {
    std::istringstream words(line);
    std::string device;
    words >> device;
    std::uint8_t protocol = 0, ttl = 64;
    wire::Ipv4 source, destination;
    Packet packet = build(words, &protocol, &source, &destination, &ttl);
    wire::emit_ipv4(packet.push(wire::kIpv4Header), {.source = source,
                                                     .destination = destination,
                                                     .protocol = protocol,
                                                     .ttl = ttl,
                                                     .payload_length = packet.length()});
    const net::Interface* nic = machine_.host().find_interface(device);
    wire::emit_ethernet(packet.push(wire::kEthernetHeader), nic->mac, wire::Mac{0x020000000099},
                        0x0800);
    machine_.host().receive(turn_, nic->port, std::move(packet));
  }

  Packet build(std::istringstream& words, std::uint8_t* protocol, wire::Ipv4* source,
               wire::Ipv4* destination, std::uint8_t* ttl) {
    std::string kind, from, to;
    words >> kind >> from >> to;
    const wire::Endpoint a = endpoint(from), b = endpoint(to);
    *source = a.address;
    *destination = b.address;
    Packet packet = pool_.make(256);
    if (kind == "tcp") {
      *protocol = 6;
      build_tcp(words, packet, a, b, ttl);
    } else if (kind == "udp") {
      *protocol = 17;
      packet.append_zeros(10);
      wire::push_udp(packet, a, b);
    } else if (kind == "icmp") {
      *protocol = 1;
      std::string what;
      words >> what;
      const auto type = static_cast<std::uint8_t>(std::stoi(what));
      const auto code = static_cast<std::uint8_t>(std::stoi(what.substr(what.find('/') + 1)));
      std::uint32_t rest = 0;
      if (type == 0 || type == 8) {
        words >> rest;
        rest = (rest << 16) | 1;
      } else {
        std::uint8_t inner_protocol = 0, unused = 0;
        wire::Ipv4 inner_source, inner_destination;
        Packet inner = build(words, &inner_protocol, &inner_source, &inner_destination, &unused);
        wire::emit_ipv4(inner.push(wire::kIpv4Header), {.source = inner_source,
                                                        .destination = inner_destination,
                                                        .protocol = inner_protocol,
                                                        .payload_length = inner.length()});
        std::uint8_t* p = packet.append(inner.real_size());
        std::copy(inner.data(), inner.data() + inner.real_size(), p);
        packet.append_zeros(inner.zeros());
        pool_.retire(std::move(inner));
      }
      wire::push_icmp(packet, type, code, rest);
    } else {
      *protocol = static_cast<std::uint8_t>(std::stoi(kind));
      packet.append_zeros(20);
    }
    return packet;
  }

  void build_tcp(std::istringstream& words, Packet& packet, const wire::Endpoint& a,
                 const wire::Endpoint& b, std::uint8_t* ttl) {
    std::string flags;
    words >> flags;
    wire::TcpHeader header{.source_port = a.port, .destination_port = b.port, .window = 60'000};
    for (const char c : flags) {
      header.flags |= c == 'S'   ? wire::kSyn
                      : c == 'A' ? wire::kAck
                      : c == 'F' ? wire::kFin
                      : c == 'R' ? wire::kRst
                                 : wire::kPsh;
    }
    // A client's numbers begin at 100, a server's at 300.
    header.sequence = flags == "S" ? 100 : flags == "SA" ? 300 : 101;
    header.acknowledgement = flags == "S" ? 0 : flags == "SA" ? 101 : 301;
    std::uint32_t length = 0;
    for (std::string word; words >> word;) {
      const auto number = static_cast<std::uint32_t>(std::stoul(word.substr(1)));
      if (word[0] == 's') header.sequence = number;
      if (word[0] == 'a') header.acknowledgement = number;
      if (word[0] == 'n') length = number;
      if (word[0] == 't') *ttl = static_cast<std::uint8_t>(number);
      if (word[0] == 'm') header.options.mss = static_cast<std::uint16_t>(number);
      if (word[0] == 'w') header.window = static_cast<std::uint16_t>(number);
    }
    packet.append_zeros(length);
    wire::push_tcp(packet, a.address, b.address, header);
  }

  std::string send(const std::string& line) {
    std::istringstream words(line);
    std::string kind, from, to;
    words >> kind >> from >> to;
    const wire::Endpoint destination = endpoint(to);
    Packet packet = pool_.make(64);
    packet.append_zeros(10);
    const auto path = machine_.host().route_output({}, destination.address);
    wire::push_udp(packet, {path.source, static_cast<std::uint16_t>(std::stoi(from))}, destination);
    const net::SendResult result = machine_.host().send(turn_, {.packet = std::move(packet),
                                                                .source = path.source,
                                                                .destination = destination.address,
                                                                .protocol = wire::Protocol::kUdp});
    return result == net::SendResult::kSent       ? "sent"
           : result == net::SendResult::kFiltered ? "EPERM"
                                                  : "failed";
  }

  static std::string flow(const wire::Ipv4View& ip, const std::uint8_t* transport) {
    const auto end = [](wire::Ipv4 address, std::uint16_t port) {
      return to_string(address) + ":" + std::to_string(port);
    };
    return end(ip.source(), wire::load16(transport)) + " " +
           end(ip.destination(), wire::load16(transport + 2));
  }

  static bool sum_right(const wire::Datagram& d) {
    const bool icmp = d.protocol() == wire::Protocol::kIcmp;
    if (!icmp && d.protocol() != wire::Protocol::kTcp && d.protocol() != wire::Protocol::kUdp)
      return wire::checksum({d.packet().data(), d.header_length()}) == 0;
    const std::uint64_t pseudo =
        icmp ? 0
             : wire::pseudo_header_sum(d.ip().source(), d.ip().destination(), d.ip().protocol(),
                                       d.transport_length());
    const std::span<const std::uint8_t> header{d.packet().data(), d.header_length()};
    return wire::checksum(header) == 0 &&
           wire::finish_sum(wire::sum_words({d.transport(), d.transport_real_size()}, pseudo)) == 0;
  }

  static std::string describe(const wire::Datagram& d) {
    const wire::Ipv4View ip = d.ip();
    const std::string addresses = to_string(ip.source()) + " " + to_string(ip.destination());
    switch (d.protocol()) {
      case wire::Protocol::kTcp: {
        const wire::TcpView tcp{d.transport()};
        std::string flags;
        for (const auto& [bit, letter] : {std::pair{wire::kSyn, 'S'}, std::pair{wire::kFin, 'F'},
                                          std::pair{wire::kRst, 'R'}, std::pair{wire::kAck, 'A'}})
          if ((tcp.flags() & bit) != 0) flags += letter;
        const auto options = wire::parse_tcp_options(
            {tcp.p + wire::kTcpHeader, tcp.header_length() - wire::kTcpHeader});
        return "tcp " + flow(ip, tcp.p) + " " + flags +
               (options.mss ? " m" + std::to_string(*options.mss) : "");
      }
      case wire::Protocol::kUdp:
        return "udp " + flow(ip, d.transport());
      case wire::Protocol::kIcmp: {
        const wire::IcmpView icmp{d.transport()};
        std::string text = "icmp " + addresses + " " + std::to_string(icmp.type()) + "/" +
                           std::to_string(icmp.code());
        if (icmp.type() == 0 || icmp.type() == 8)
          return text + " " + std::to_string(icmp.echo_id());
        const wire::Ipv4View inner{d.transport() + 8};
        const std::uint8_t* transport = inner.p + inner.header_length();
        const std::string name = inner.protocol() == 6    ? "tcp "
                                 : inner.protocol() == 17 ? "udp "
                                                          : "";
        if (!name.empty()) return text + " " + name + flow(inner, transport);
        return text + " icmp " + to_string(inner.source()) + " " + to_string(inner.destination()) +
               " " + std::to_string(wire::load16(transport + 4));
      }
      default:
        return std::to_string(ip.protocol()) + " " + addresses;
    }
  }

  std::vector<std::string> output() {
    std::vector<std::string> all;
    for (Transmission& sent : turn_.transmissions()) {
      const std::string device = machine_.host().interface(sent.interface).name;
      const bool ipv4 = wire::EthernetView{sent.packet.data()}.type() == 0x0800;
      sent.packet.pull(wire::kEthernetHeader);
      wire::Datagram d;
      if (ipv4 && wire::Datagram::parse(sent.packet, d) == wire::Datagram::Problem::kNone) {
        all.push_back(device + " " + describe(d) + (sum_right(d) ? "" : " BAD CHECKSUM"));
        pool_.retire(d.take());
      } else {
        pool_.retire(std::move(sent.packet));
      }
    }
    turn_.clear();
    return all;
  }

  PacketPool pool_;
  Turn turn_{pool_};
  Instant now_;
  admin::Machine machine_{"gw", 1, 0};
};

}  // namespace lvslab::test
