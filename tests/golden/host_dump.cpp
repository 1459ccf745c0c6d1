#include "host_dump.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace lvslab::golden {
namespace {

using nlohmann::json;

constexpr const char* kAddresses = "ip -d addr";
constexpr const char* kRoutes = "ip route show table all";
constexpr const char* kRules = "ip rule";
constexpr const char* kNeighbourList = "ip neigh";
constexpr const char* kDirectorServices = "ipvsadm-save -n";
constexpr std::pair<const char*, const char*> kTexts[] = {{"sysctl -a", "sysctl.txt"},
                                                          {"lsmod", "modules.txt"},
                                                          {"ss -ltnuH", "listen.txt"},
                                                          {"iptables-save", "iptables.txt"}};

std::vector<std::vector<std::string>> lines_of(const std::string& text) {
  std::vector<std::vector<std::string>> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    std::vector<std::string> found;
    for (std::string word; words >> word;) found.push_back(word);
    if (!found.empty()) lines.push_back(found);
  }
  return lines;
}

std::string after(const std::vector<std::string>& words, const std::string& key) {
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == key) return words[i + 1];
  }
  return {};
}

json flags_of(const std::string& text) {
  json flags = json::array();
  std::istringstream stream(text.substr(1, text.size() - 2));
  for (std::string flag; std::getline(stream, flag, ',');) flags.push_back(flag);
  return flags;
}

json addresses(const std::string& text) {
  json list = json::array();
  for (const auto& words : lines_of(text)) {
    if (words.size() > 2 && words[0].back() == ':' && words[2][0] == '<') {
      const std::string name = words[1].substr(0, words[1].find_first_of("@:"));
      list.push_back({{"ifname", name},
                      {"flags", flags_of(words[2])},
                      {"mtu", std::stoi(after(words, "mtu"))},
                      {"addr_info", json::array()}});
    } else if (words[0].compare(0, 5, "link/") == 0) {
      list.back()["link_type"] = words[0].substr(5);
      list.back()["address"] = words[1];
    } else if (words[0] == "inet") {
      const std::size_t slash = words[1].find('/');
      json info = {{"family", "inet"},
                   {"local", words[1].substr(0, slash)},
                   {"prefixlen", std::stoi(words[1].substr(slash + 1))},
                   {"scope", after(words, "scope")},
                   {"label", words.back()}};
      if (!after(words, "brd").empty()) info["broadcast"] = after(words, "brd");
      list.back()["addr_info"].push_back(info);
    }
  }
  return list;
}

json routes(const std::string& text) {
  json list = json::array();
  for (const auto& words : lines_of(text)) {
    const bool typed =
        std::isalpha(static_cast<unsigned char>(words[0][0])) && words[0] != "default";
    json route = {{"dst", words[typed ? 1 : 0]}, {"flags", json::array()}};
    if (typed) route["type"] = words[0];
    const std::pair<const char*, const char*> keys[] = {{"via", "gateway"}, {"dev", "dev"},
                                                        {"table", "table"}, {"proto", "protocol"},
                                                        {"scope", "scope"}, {"src", "prefsrc"}};
    for (const auto& [word, key] : keys) {
      if (!after(words, word).empty()) route[key] = after(words, word);
    }
    if (!after(words, "metric").empty()) route["metric"] = std::stoi(after(words, "metric"));
    if (words.back() == "onlink") route["flags"].push_back("onlink");
    list.push_back(route);
  }
  return list;
}

json rules(const std::string& text) {
  json list = json::array();
  for (const auto& words : lines_of(text)) {
    json rule = {{"priority", std::stoi(words[0])},
                 {"src", after(words, "from")},
                 {"table", after(words, "lookup")}};
    if (!after(words, "fwmark").empty()) rule["fwmark"] = after(words, "fwmark");
    list.push_back(rule);
  }
  return list;
}

json neighbours(const std::string& text) {
  json list = json::array();
  for (const auto& words : lines_of(text)) {
    json entry = {{"dst", words[0]}, {"dev", after(words, "dev")}, {"state", {words.back()}}};
    if (!after(words, "lladdr").empty()) entry["lladdr"] = after(words, "lladdr");
    list.push_back(entry);
  }
  return list;
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

std::string dump_questions(const std::vector<std::string>& hosts, const std::string& director,
                           const std::string& at) {
  std::string text;
  const auto ask = [&](const std::string& host, const std::string& command) {
    text += "  - {at: " + at + ", host: " + host + ", run: \"" + command + "\"}\n";
  };
  for (const std::string& host : hosts) {
    for (const char* command : {kAddresses, kRoutes, kRules, kNeighbourList}) ask(host, command);
    for (const auto& [command, file] : kTexts) ask(host, command);
  }
  ask(director, kDirectorServices);
  return text;
}

void write_dumps(const ReplayLab& lab, const std::vector<std::string>& hosts,
                 const std::string& director, const std::string& folder) {
  for (const std::string& host : hosts) {
    const std::filesystem::path place = std::filesystem::path(folder) / host;
    std::filesystem::create_directories(place);
    write(place / "addr.json", addresses(lab.answer(host, kAddresses)).dump());
    write(place / "route.json", routes(lab.answer(host, kRoutes)).dump());
    write(place / "rule.json", rules(lab.answer(host, kRules)).dump());
    write(place / "neigh.json", neighbours(lab.answer(host, kNeighbourList)).dump());
    for (const auto& [command, file] : kTexts) write(place / file, lab.answer(host, command));
    if (host == director) write(place / "ipvsadm.txt", lab.answer(host, kDirectorServices));
  }
}

}  // namespace lvslab::golden
