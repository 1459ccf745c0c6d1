#include "recorded_scenario.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

namespace lvslab::golden {
namespace {

using nlohmann::json;

constexpr const char* kEnd = "4.15s";  ///< before idle ARP entries are asked about again
constexpr const char* kDuration = "4.2s";

std::string quoted(const std::string& text) { return json(text).dump(); }

std::string port_of(const std::string& endpoint) {
  return endpoint.substr(endpoint.rfind(':') + 1);
}

std::vector<json> traffic_of(const json& record) {
  std::vector<json> items;
  for (const json& item : record.at("traffic")) {
    if (!item.is_null()) items.push_back(item);
  }
  return items;
}

/// What listens on `host`: everything that was answered in the recording, and what waited in vain.
std::string serve_text(const std::vector<json>& traffic, const std::string& host) {
  std::string text;
  std::set<std::string> ports;
  for (const json& item : traffic) {
    const std::string kind = item.at("traffic");
    if (kind == "ping") continue;
    const bool from_client = item.at("from") == "client";
    const bool server = from_client
                            ? host.compare(0, 2, "rs") == 0 || item.value("server", "") == host
                            : host == "client";
    const bool tcp = kind == "tcp";
    const std::string port = port_of(item.value("server_sees", item.at("dst").get<std::string>()));
    const bool refused = item.value(tcp ? "connect" : "result", "") == "ECONNREFUSED";
    if (!server || refused || !ports.insert(kind + port).second) continue;
    if (!text.empty()) text += ", ";
    text += tcp ? "{tcp: " + port +
                      ", reply_bytes: " + std::to_string(item.at("reply_bytes").get<int>()) + "B}"
                : "{udp: " + port + ", reply: echo}";
  }
  return "[" + text + "]";
}

/// The recording program's patience is not in the record; how often the SYN was sent is.
const char* patience(const json& record, const std::string& from) {
  long syns = 0;
  for (const json& frame : record.at("frames")) {
    if (frame.at("at") == from + ".eth0" && frame.at("dir") == "out" && frame.contains("ip") &&
        frame.at("ip").contains("tcp") && frame.at("ip").at("tcp").at("flags") == "S") {
      ++syns;
    }
  }
  return syns <= 1 ? "0.9s" : syns == 2 ? "2.5s" : "3.9s";
}

/// ICMP redirects are spaced out in time, and change the way of what comes later: there the pauses
/// of the recorded programs matter, about 85 ms before each step.
bool paced(const json& record) {
  const json& frames = record.at("frames");
  return std::any_of(frames.begin(), frames.end(), [](const json& frame) {
    return frame.contains("ip") && frame.at("ip").contains("icmp") &&
           frame.at("ip").at("icmp").at("type") == 5;
  });
}

std::string paced_text(const json& item) {
  return "    connections:\n      - {source: \"" + item.at("src").get<std::string>() +
         "\", at: 0s, request_bytes: 0B, hold: 130ms, close: client, send: [{at: 125ms, bytes: " +
         std::to_string(item.at("request_bytes").get<int>()) + "B}]}\n";
}

/// The server reads what it is sent at 245 ms and that the client closed at 430 ms.
std::string pauses_text(const json& record, const std::vector<std::string>& hosts) {
  std::string text;
  if (!paced(record)) return text;
  const std::pair<const char*, const char*> pauses[] = {
      {"50ms", "paused"}, {"245ms", "up"}, {"246ms", "paused"}, {"430ms", "up"}};
  for (const auto& [at, state] : pauses) {
    for (const std::string& host : hosts) {
      if (host.compare(0, 2, "rs") == 0)
        text += std::string("  - {at: ") + at + ", host: " + host +
                ", serve: {tcp: 80}, state: " + state + "}\n";
    }
  }
  return text;
}

/// What was sent, one after the other. `hold` stands for the recorded programs' pause before they
/// close.
std::string traffic_text(const json& record) {
  std::ostringstream text;
  const std::vector<json> traffic = traffic_of(record);
  for (std::size_t i = 0; i < traffic.size(); ++i) {
    const json& item = traffic[i];
    const std::string from = item.at("from"), kind = item.at("traffic");
    text << "  t" << i + 1 << ":\n    from: " << from
         << "\n    to: " << item.at("dst").get<std::string>() << "\n    protocol: " << kind << "\n";
    if (kind == "tcp" && paced(record)) {
      text << paced_text(item);
      continue;
    }
    text << "    start: " << 350 * i << "ms\n";
    if (kind == "ping") continue;
    text << "    source: " << item.at("src").get<std::string>()
         << "\n    request_bytes: " << item.at(kind == "tcp" ? "request_bytes" : "bytes").get<int>()
         << "B\n";
    if (kind == "tcp")
      text << "    hold: 80ms\n    close: " << item.at("closes_first").get<std::string>() << "\n";
    if (item.value("connect", "") == "ETIMEDOUT")
      text << "    timeout: " << patience(record, from) << "\n";
    if (item.contains("tos")) text << "    tos: " << item.at("tos").get<int>() << "\n";
    if (item.contains("ttl")) text << "    ttl: " << item.at("ttl").get<int>() << "\n";
    if (item.contains("df"))
      text << "    df: " << (item.at("df").get<bool>() ? "true" : "false") << "\n";
  }
  return text.str();
}

/// Where several hosts answer one ARP request, who was first was an accident of the recording's
/// bridge, and decides who is believed: cables of different length make the same order here.
std::map<std::string, int> answering_order(const json& record) {
  std::map<std::string, int> order;
  std::string asked;
  for (const json& frame : record.at("frames")) {
    if (!frame.contains("arp")) continue;
    const json& arp = frame.at("arp");
    if (asked.empty() && arp.at("op") == "request" && arp.at("target_ip") == "192.168.1.100")
      asked = arp.at("sender_ip");
    if (!asked.empty() && arp.at("op") == "reply" && arp.at("sender_ip") == "192.168.1.100" &&
        arp.at("target_ip") == asked && frame.at("dir") == "in") {
      const std::string answerer = arp.at("sender_mac");
      order.emplace(answerer.substr(0, answerer.find('.')), static_cast<int>(order.size()));
    }
  }
  return order;
}

bool has_tunnel(const json& record, const std::string& host) {
  const json& commands = record.at("commands");
  return std::any_of(commands.begin(), commands.end(), [&](const json& command) {
    return command.at("on") == host &&
           command.at("cmd").get<std::string>().find("tunl0") != std::string::npos;
  });
}

std::string questions(const json& record, const std::vector<std::string>& hosts) {
  std::string text;
  const auto ask = [&](const std::string& host, const char* command) {
    text += std::string("  - {at: ") + kEnd + ", host: " + host + ", run: \"" + command + "\"}\n";
  };
  for (const std::string& host : hosts) {
    ask(host, kNeighbours);
    ask(host, kCounters);
    if (has_tunnel(record, host)) ask(host, kTunnel);
    if (host != "director") continue;
    ask(host, kServices);
    ask(host, kConnections);
  }
  return text;
}

std::string host_text(const json& record, const std::string& host) {
  std::string text = "  " + host + ":\n    interfaces:\n", commands;
  for (const auto& [nic, mac] : record.at("macs").items()) {
    if (nic.compare(0, host.size() + 1, host + ".") != 0) continue;
    text +=
        "      " + nic.substr(host.size() + 1) + ": {mac: \"" + mac.get<std::string>() + "\"}\n";
  }
  for (const json& command : record.at("commands")) {
    if (command.at("on") == host)
      commands += "      " + command.at("cmd").get<std::string>() + "\n";
  }
  // The recorded kernel had IPVS loaded before the first command was typed.
  const bool early = commands.find("net.ipv4.vs.") != std::string::npos;
  if (has_tunnel(record, host) || early)
    text += std::string("    modules: [") + (has_tunnel(record, host) ? "ipip" : "") +
            (has_tunnel(record, host) && early ? ", " : "") + (early ? "ip_vs" : "") + "]\n";
  const std::string serve = serve_text(traffic_of(record), host);
  if (serve != "[]") text += "    serve: " + serve + "\n";
  return commands.empty() ? text : text + "    run: |\n" + commands;
}

}  // namespace

std::string scenario_of(const json& record) {
  std::vector<std::string> hosts;
  std::set<std::string> switches;
  std::string links;
  const std::map<std::string, int> order = answering_order(record);
  const auto add_host = [&](const std::string& host) {
    if (std::find(hosts.begin(), hosts.end(), host) == hosts.end()) hosts.push_back(host);
  };
  for (const json& link : record.at("links")) {
    const std::string node = link.at(0), nic = link.at(1);
    std::string peer = link.at(2);
    add_host(node);
    const std::size_t slash = peer.find('/');
    if (slash == std::string::npos) {
      switches.insert(peer);
    } else {
      add_host(peer.substr(0, slash));
      peer[slash] = ':';
    }
    const auto rank = order.find(node);
    const int delay = 5 + (order.size() > 1 && rank != order.end() ? 5 * rank->second : 0);
    links += "  - {between: [" + node + ":" + nic + ", " + peer +
             "], delay: " + std::to_string(delay) + "us}\n";
  }
  std::string text =
      "lvslab: 1\ntitle: " + quoted(record.at("about")) + "\nduration: " + kDuration + "\nhosts:\n";
  for (const std::string& host : hosts) text += host_text(record, host);
  text += "switches:\n";
  for (const std::string& name : switches) text += "  " + name + ": {}\n";
  return text + "links:\n" + links + "traffic:\n" + traffic_text(record) + "timeline:\n" +
         pauses_text(record, hosts) + questions(record, hosts);
}

}  // namespace lvslab::golden
