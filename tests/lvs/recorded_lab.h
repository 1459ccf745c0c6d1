// Replays a recorded scenario against a director: the same commands, and the packets of the same
// connections in the same order. A line of the recording is one of
//   scenario NAME FORWARDING            cmd T COMMAND...              sleep T
//   connect T ID PROTO MARK SRC DST RESULT PICK|- STATE|-             close T ID HOW STATE
//   send T ID arrived|lost              after PROTO SERVICE SCHEDULER
//   REAL/WEIGHT/ACTIVE/INACTIVE...
// with T in seconds; reals of 10.1.0.0/24 are written without that prefix.
#pragma once

#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "director_bed.h"

namespace lvslab::lvs::test {

inline wire::Endpoint endpoint(const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string host = text.substr(0, colon);
  const bool is_short = host.find('.') == std::string::npos;
  const auto address = wire::parse_ipv4(is_short ? "10.1.0." + host : host);
  EXPECT_TRUE(address.has_value()) << text;
  const int port = colon == std::string::npos ? 0 : std::stoi(text.substr(colon + 1));
  return {address.value_or(wire::Ipv4{}), static_cast<std::uint16_t>(port)};
}

class RecordedLab {
 public:
  /// The mistake that a line brought to light, or nothing.
  std::string play(const std::string& line) {
    std::istringstream words(line);
    std::string kind;
    words >> kind;
    if (kind == "scenario") return {};
    if (kind == "after") return compare(words);
    double seconds = 0;
    words >> seconds;
    const Instant when =
        Instant::at(Duration::microseconds(static_cast<std::int64_t>(seconds * 1e6)));
    if (when > bed_.now) bed_.pass(when - bed_.now);
    bed_.turn.clear();
    if (kind == "cmd") return command(words);
    if (kind == "connect") return connect(words);
    if (kind == "close") return close(words);
    if (kind == "send") return send(words);
    return kind == "sleep" ? "" : "unknown line";
  }

 private:
  struct Client {
    wire::Endpoint from, to, real;
    std::uint32_t mark = 0;
    Method method = Method::kMasq;
  };

  std::string command(std::istringstream& words) {
    std::vector<std::string> argv;
    for (std::string word; words >> word;) argv.push_back(word);
    if (argv[0] == "sysctl") return set(argv.back());
    if (argv[1] == "--set") {
      const auto number = [&](std::size_t i) {
        return static_cast<std::uint32_t>(std::stoul(argv[i]));
      };
      bed_.director.set_timeouts(number(2), number(3), number(4));
      return {};
    }
    ServiceKey key;
    ServiceOptions service;
    DestinationOptions options;
    wire::Endpoint real;
    for (std::size_t i = 2; i < argv.size(); ++i) {
      const std::string& word = argv[i];
      const auto number = [&] { return static_cast<std::uint32_t>(std::stoul(argv[++i])); };
      if (word == "-t" || word == "-u") {
        key.protocol = word == "-t" ? wire::Protocol::kTcp : wire::Protocol::kUdp;
        key.address = endpoint(argv[++i]);
      } else if (word == "-f") {
        key.mark = number();
      } else if (word == "-s") {
        service.scheduler = argv[++i];
      } else if (word == "-p") {
        service.persistence_timeout_s = number();
      } else if (word == "-M") {
        service.persistence_netmask = wire::parse_ipv4(argv[++i])->value;
      } else if (word == "-b") {
        service.flags.flag1 = argv[++i].find("fallback") != std::string::npos;
        service.flags.flag2 = argv[i].find("port") != std::string::npos;
      } else if (word == "--ops") {
        service.one_packet = true;
      } else if (word == "-r") {
        real = endpoint(argv[++i]);
      } else if (word == "-m") {
        options.method = Method::kMasq;
      } else if (word == "-w") {
        options.weight = static_cast<std::int32_t>(number());
      } else if (word == "-x") {
        options.upper_threshold = number();
      } else if (word == "-y") {
        options.lower_threshold = number();
      } else if (word != "-g") {
        return "unknown option " + word;
      }
    }
    return apply(argv[1], key, service, real, options);
  }

  std::string apply(const std::string& verb, const ServiceKey& key, const ServiceOptions& service,
                    wire::Endpoint real, const DestinationOptions& options) {
    Director& d = bed_.director;
    Turn& turn = bed_.turn;
    AdminError error = AdminError::kInvalid;
    if (verb == "-A") error = d.add_service(turn, key, service);
    if (verb == "-E") error = d.edit_service(turn, key, service);
    if (verb == "-a") error = d.add_destination(turn, key, real, options, bed_.routes);
    if (verb == "-e") error = d.edit_destination(turn, key, real, options);
    if (verb == "-d") error = d.remove_destination(turn, key, real);
    return error == AdminError::kNone ? "" : "refused: " + std::to_string(static_cast<int>(error));
  }

  std::string set(const std::string& assignment) {
    DirectorSettings& s = bed_.director.settings();
    const std::size_t equals = assignment.find('=');
    const std::string name = assignment.substr(0, equals);
    const int value = std::stoi(assignment.substr(equals + 1));
    if (name == "net.ipv4.vs.conn_reuse_mode")
      s.conn_reuse_mode = value;
    else if (name == "net.ipv4.vs.expire_nodest_conn")
      s.expire_nodest_conn = value;
    else if (name == "net.ipv4.vs.expire_quiescent_template")
      s.expire_quiescent_template = value;
    else
      return "unknown sysctl " + name;
    return {};
  }

  std::string connect(std::istringstream& words) {
    std::string id, protocol, from, to, result, pick, state;
    Client c;
    words >> id >> protocol >> c.mark >> from >> to >> result >> pick >> state;
    c.from = endpoint(from);
    c.to = endpoint(to);
    const bool udp = protocol == "udp";
    bed_.mark = c.mark;
    bed_.turn.clear();
    const hook::Verdict verdict =
        udp ? bed_.push(bed_.udp(c.from, c.to)) : bed_.send(c.from, kSyn, c.to);
    if (pick == "-") {  // by ICMP, or by the host's own RST where no service is
      const bool served = c.mark != 0 || serves(c.to);
      const bool refused = verdict.kind == Kind::kReply && verdict.icmp_code == 3;
      return served == refused ? "" : "should be refused";
    }
    if (verdict.kind != Kind::kSendToward) return "should be sent to " + pick;
    c.real = endpoint(pick);
    if (verdict.toward != c.real.address) {
      return "picked " + wire::to_string(verdict.toward) + " instead of " + pick;
    }
    const auto proto = udp ? wire::Protocol::kUdp : wire::Protocol::kTcp;
    if (const Connection* entry = bed_.find(c.from, c.to, proto)) {
      c.method = entry->method;
      if (entry->real != c.real) return "port " + std::to_string(entry->real.port);
    }
    clients_[id] = c;
    if (udp) {
      bed_.push(bed_.udp(c.real, c.from), hook::Hook::kForward);
    } else if (result == "ECONNREFUSED") {
      reply(c, kRst | kAck);
    } else if (result == "ok") {
      reply(c, kSyn | kAck);
      request(c, kAck);
    }
    const Connection* entry = bed_.find(c.from, c.to, proto);
    const std::string now(entry == nullptr ? "-" : connection_state_name(entry->state));
    return now == state ? "" : "state " + now + " instead of " + state;
  }

  std::string close(std::istringstream& words) {
    std::string id, how, state;
    words >> id >> how >> state;
    const Client& c = clients_.at(id);
    if (how == "reset") {
      request(c, kRst | kAck);
    } else if (how == "server") {
      reply(c, kFin | kAck);
      request(c, kFin | kAck);
      reply(c, kAck);
    } else {
      request(c, kFin | kAck);
      reply(c, kFin | kAck);
      request(c, kAck);
    }
    const Connection* entry = bed_.find(c.from, c.to);
    const std::string now(entry == nullptr ? "-" : connection_state_name(entry->state));
    return now == state ? "" : "state " + now + " instead of " + state;
  }

  std::string send(std::istringstream& words) {
    std::string id, outcome;
    words >> id >> outcome;
    const bool arrived = request(clients_.at(id), kAck | wire::kPsh).kind == Kind::kSendToward;
    return arrived == (outcome == "arrived") ? "" : "should be " + outcome;
  }

  std::string compare(std::istringstream& words) {
    std::string protocol, address, scheduler;
    words >> protocol >> address >> scheduler;
    ServiceKey key;
    if (protocol == "FWM") {
      key.mark = static_cast<std::uint32_t>(std::stoul(address));
    } else {
      key.protocol = protocol == "TCP" ? wire::Protocol::kTcp : wire::Protocol::kUdp;
      key.address = endpoint(address);
    }
    const Service* service = bed_.director.find_service(key);
    if (service == nullptr) return "no such service";
    std::string expected, found;
    for (std::string word; words >> word;) expected += " " + word;
    for (const Destination* d : service->destinations) {
      found += " " + std::to_string(d->address.address.value & 0xff) + ":" +
               std::to_string(d->address.port) + "/" + std::to_string(d->options.weight) + "/" +
               std::to_string(d->active) + "/" + std::to_string(d->inactive());
    }
    return found == expected ? "" : "list" + found + " instead of" + expected;
  }

  bool serves(wire::Endpoint address) const {
    return bed_.director.find_service({.address = address}) != nullptr;
  }
  hook::Verdict request(const Client& c, std::uint8_t flags) {
    bed_.mark = c.mark;
    return bed_.send(c.from, flags, c.to);
  }
  // Replies of directly routed connections do not pass the director.
  void reply(const Client& c, std::uint8_t flags) {
    if (c.method == Method::kMasq) bed_.push(bed_.tcp(c.real, c.from, flags), hook::Hook::kForward);
  }

  Bed bed_;
  std::map<std::string, Client> clients_;
};

}  // namespace lvslab::lvs::test
