#include "replay_end.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <sstream>
#include <vector>

#include "recorded_scenario.h"

namespace lvslab::golden {
namespace {

using nlohmann::json;

std::vector<std::string> lines_of(const std::string& text, std::size_t skip = 0) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (skip > 0) {
      --skip;
    } else if (!trimmed(line).empty()) {
      lines.push_back(trimmed(line));
    }
  }
  return lines;
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::string joined(const std::multiset<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "\n      " + line;
  return text.empty() ? "\n      (none)" : text;
}

std::string compared(const std::string& what, const std::multiset<std::string>& recorded,
                     const std::multiset<std::string>& ours) {
  if (recorded == ours) return {};
  return "  " + what + "\n    recorded:" + joined(recorded) + "\n    ours:" + joined(ours) + "\n";
}

/// What the client's program saw, in the words of connections.csv.
std::string status_of(const std::string& result) {
  if (result == "ECONNREFUSED") return "refused";
  if (result == "EHOSTUNREACH" || result == "EMSGSIZE") return "unreachable";
  return result == "ETIMEDOUT" ? "timeout" : "completed";
}

std::string outcome_of(const json& item) {
  if (item.at("traffic") == "ping") return item.at("rc") == 0 ? "ok" : "ETIMEDOUT";
  return item.contains("connect") ? item.at("connect") : item.at("result");
}

/// "TCP 192.168.1.100:80 rr" and its servers, in the kernel's order.
json listed_services(const std::string& listing) {
  json services = json::object();
  std::string service;
  for (const std::string& line : lines_of(listing, 3)) {
    const std::vector<std::string> w = words_of(line);
    if (w[0] != "->") {
      service = w[0] + " " + w.at(1) + " " + w.at(2);
      services[service] = json::array();
    } else {
      services[service].push_back(
          {w.at(1), std::stoi(w.at(3)), std::stoi(w.at(4)), std::stoi(w.at(5))});
    }
  }
  return services;
}

/// The counters that the recording looked at.
constexpr std::array<const char*, 9> kWatched{
    "IpForwDatagrams",  "IpInAddrErrors",   "IpInHdrErrors",
    "IpOutDiscards",    "TcpOutRsts",       "IcmpOutDestUnreachs",
    "IcmpOutTimeExcds", "IcmpOutRedirects", "TcpExtIPReversePathFilter"};

long forwarded_acks(const std::vector<Frame>& frames, const std::string& host) {
  return std::count_if(frames.begin(), frames.end(), [&](const Frame& frame) {
    return frame.out && frame.pure_ack && frame.point.compare(0, host.size() + 1, host + ".") == 0;
  });
}

/// `free`: how much of it may differ between two runs.
void keep(std::multiset<std::string>& shown, const std::string& name, long value, long free = 0) {
  if (value != 0) value -= free;
  if (value != 0) shown.insert(name + " " + std::to_string(value));
}

}  // namespace

std::string outcome_differences(const json& record, const ReplayLab& lab) {
  std::string text;
  std::uint32_t number = 0;
  for (const json& item : record.at("traffic")) {
    if (item.is_null()) continue;
    ++number;
    const metrics::ConnectionRow* row = lab.load().find(number, 1);
    const std::string name = "traffic " + std::to_string(number), result = outcome_of(item);
    if (row == nullptr) return text + "  " + name + " did not happen\n";
    // A connection may hang after all was said, as when its FIN comes from a stranger.
    const bool said = result == "ok" && row->status() != "completed" && row->replies > 0;
    const bool whole = !item.contains("client_got") ||
                       row->bytes_down == item.at("client_got").get<std::uint64_t>();
    const bool through = said || (row->status() == status_of(result) && whole);
    if (!through)
      text += "  " + name + ": recorded " + result + ", ours " + std::string(row->status()) +
              " after " + std::to_string(row->bytes_down) + " bytes\n";
    if (item.contains("server") && lab.node_name(row->real_server) != item.at("server"))
      text += "  " + name + ": served by " + lab.node_name(row->real_server) + ", recorded " +
              item.at("server").get<std::string>() + "\n";
  }
  return text;
}

std::string neighbour_differences(const json& record, const ReplayLab& lab) {
  std::string text;
  for (const auto& [host, entries] : record.at("neigh").items()) {
    std::multiset<std::string> recorded, ours;
    for (const json& entry : entries) recorded.insert(trimmed(entry.get<std::string>()));
    for (const std::string& line : lines_of(lab.answer(host, kNeighbours))) ours.insert(line);
    text += compared("neighbours of " + host, recorded, ours);
  }
  return text;
}

std::string director_differences(const json& record, const ReplayLab& lab) {
  const json& recorded = record.at("director");
  std::string text;
  const json services = listed_services(lab.answer("director", kServices));
  if (services != recorded.at("services"))
    text += "  services: recorded " + recorded.at("services").dump() + ", ours " + services.dump() +
            "\n";
  std::multiset<std::string> theirs, ours;
  for (const json& c : recorded.at("conns")) {
    const auto word = [&](const char* name) { return c.at(name).get<std::string>() + " "; };
    theirs.insert(word("proto") + word("state") + word("client") + word("virtual") + word("real"));
  }
  for (const std::string& line : lines_of(lab.answer("director", kConnections), 2)) {
    const std::vector<std::string> w = words_of(line);
    ours.insert(w.at(0) + " " + w.at(2) + " " + w.at(3) + " " + w.at(4) + " " + w.at(5) + " ");
  }
  return text + compared("connections", theirs, ours);
}

namespace {

/// Packets that came out of tunl0, but for pure ACKs.
std::string tunnel_difference(const json& after, const std::string& host,
                              const std::vector<Frame>& theirs, const ReplayLab& lab) {
  const std::string answer = lab.answer(host, kTunnel);
  if (answer == "?" || !after.contains("tunl0")) return {};
  const auto acks = [&](const std::vector<Frame>& frames) {
    return std::count_if(frames.begin(), frames.end(), [&](const Frame& frame) {
      return frame.pure_ack && !frame.out && frame.point == host + ".tunl0";
    });
  };
  std::multiset<std::string> recorded, ours;
  keep(recorded, "packets", std::stol(after.at("tunl0").at(2).get<std::string>()) - acks(theirs));
  keep(ours, "packets", std::stol(words_of(lines_of(answer).at(3)).at(1)) - acks(lab.frames));
  return compared("tunl0 of " + host, recorded, ours);
}

// Redirects that never left (nat discards them): how many were tried is a matter of milliseconds,
// since each doubles the time until the next (20 ms at first).
void hide_pace(std::multiset<std::string>& counters) {
  const std::string tried = "IcmpOutRedirects ", discarded = "IpOutDiscards ";
  const auto find = [&](const std::string& name) {
    return std::find_if(counters.begin(), counters.end(),
                        [&](const std::string& text) { return text.starts_with(name); });
  };
  const auto first = find(tried), second = find(discarded);
  if (first == counters.end() || second == counters.end() ||
      first->substr(tried.size()) != second->substr(discarded.size()))
    return;
  counters.erase(first);
  counters.erase(find(discarded));
  counters.insert("as many redirects tried as discarded");
}

}  // namespace

std::string counter_differences(const json& record, const ReplayLab& lab) {
  if (!record.contains("after")) return {};
  std::vector<Frame> theirs;
  for (const json& frame : record.at("frames")) theirs.push_back(recorded_frame(frame));
  std::string text;
  for (const auto& [host, after] : record.at("after").items()) {
    if (lab.answer(host, kCounters) == "?") continue;  // it had no part in this experiment
    std::multiset<std::string> recorded, ours;
    for (const auto& [name, value] : after.at("counters").items()) {
      std::string plain = name;
      plain.erase(std::remove(plain.begin(), plain.end(), '.'), plain.end());
      const long free = plain == "IpForwDatagrams" ? forwarded_acks(theirs, host) : 0;
      keep(recorded, plain, value.get<long>(), free);
    }
    for (const std::string& line : lines_of(lab.answer(host, kCounters), 1)) {
      const std::vector<std::string> w = words_of(line);
      const auto watched = [&](const char* name) { return w.at(0) == name; };
      if (std::none_of(kWatched.begin(), kWatched.end(), watched)) continue;
      const long free = w.at(0) == "IpForwDatagrams" ? forwarded_acks(lab.frames, host) : 0;
      keep(ours, w.at(0), std::stol(w.at(1)), free);
    }
    hide_pace(recorded);
    hide_pace(ours);
    text += compared("counters of " + host, recorded, ours);
    text += tunnel_difference(after, host, theirs, lab);
  }
  return text;
}

}  // namespace lvslab::golden
