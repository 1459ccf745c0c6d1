// ARP against a real Linux 6.1, record by record: who answers for the VIP, what stands in the
// client's neighbour entry, which address a server puts into its own requests, and what arping
// sends and prints. The order in which several hosts answer one broadcast was an accident of the
// recording's bridge, so answerers are compared as sets.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>

#include "replay_lab.h"

namespace lvslab::golden {
namespace {

using nlohmann::json;

using Names = std::set<std::string>;

const std::vector<json>& records() {
  static const std::vector<json> all = read_records("arp.jsonl");
  return all;
}

std::vector<json> part(const std::string& name) {
  std::vector<json> found;
  for (const json& record : records()) {
    if (record.at("part") == name) found.push_back(record);
  }
  return found;
}

/// One LAN; hosts and the timeline are given as they are typed.
class Lan {
 public:
  void host(const std::string& name, const std::string& mac, const std::vector<std::string>& run,
            const std::string& serve = "[]") {
    add(name, {{"eth0", mac}}, run, serve);
  }
  void add(const std::string& name, const std::vector<std::pair<std::string, std::string>>& nics,
           const std::vector<std::string>& run, const std::string& serve) {
    hosts_ << "  " << name << ":\n    serve: " << serve << "\n    interfaces:\n";
    for (const auto& [nic, mac] : nics) {
      hosts_ << "      " << nic << ": {mac: \"" << mac << "\"}\n";
      links_ << "  - [" << name << ":" << nic << ", lan]\n";
    }
    hosts_ << "    run: |\n";
    for (const std::string& command : run) hosts_ << "      " << command << "\n";
  }
  void client(const std::vector<std::string>& more = {}, const std::string& serve = "[]") {
    host("client", "02:00:00:00:01:00", with("ip addr add 192.168.1.10/24 dev eth0", more), serve);
  }
  void director() {
    host("director", "02:00:00:00:03:00",
         {"ip addr add 192.168.1.2/24 dev eth0", "ip addr add 192.168.1.100/32 dev eth0"});
  }
  void server(int number, const std::vector<std::string>& more, const std::string& serve = "[]") {
    const std::string n = std::to_string(number);
    host("rs" + n, "02:00:00:00:1" + n + ":00",
         with("ip addr add 192.168.1.1" + n + "/24 dev eth0", more), serve);
  }
  void type(int at_ms, const std::string& host, const std::string& command) {
    timeline_ << "  - {at: " << at_ms << "ms, host: " << host << ", run: " << json(command).dump()
              << "}\n";
  }
  void arp(int at_ms, const std::string& from, const std::string& op, const std::string& sender,
           const std::string& target, const std::string& destination) {
    timeline_ << "  - {at: " << at_ms << "ms, inject: {interface: \"" << from
              << ":eth0\", arp: {op: " << op << ", sender: [" << sender << ", \"" << from
              << ":eth0\"], target: [" << target << "]}, ethernet: {destination: \"" << destination
              << "\"}}}\n";
  }
  void ask(int at_ms, const std::string& sender, const std::string& target) {
    arp(at_ms, "client", "request", sender, target + ", \"00:00:00:00:00:00\"",
        "ff:ff:ff:ff:ff:ff");
  }
  void raw(int at_ms, const std::string& interface, const std::string& hex) {
    timeline_ << "  - {at: " << at_ms << "ms, inject: {interface: \"" << interface << "\", raw: \""
              << hex << "\"}}\n";
  }
  std::string text(int duration_ms) const {
    return "lvslab: 1\nduration: " + std::to_string(duration_ms) + "ms\nhosts:\n" + hosts_.str() +
           "switches:\n  lan: {}\nlinks:\n" + links_.str() + "timeline:\n" + timeline_.str();
  }

 private:
  static std::vector<std::string> with(const std::string& first,
                                       const std::vector<std::string>& more) {
    std::vector<std::string> all{first};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::ostringstream hosts_, links_, timeline_;
};

/// NICs that sent a reply for `address` in that time; the reply's sender is the NIC itself.
Names answerers(const ReplayLab& lab, double from_ms, double to_ms, const std::string& address) {
  Names names;
  for (const Frame& frame : lab.arps_sent(from_ms, to_ms)) {
    const std::string claim = " ARP reply " + frame.point + " " + address + " ->";
    if (frame.text.find(claim) != std::string::npos) names.insert(frame.point);
  }
  return names;
}

Names recorded_answerers(const json& list) {
  Names names;
  for (const json& item : list)
    names.insert(item.is_string() ? item.get<std::string>() : item.at("from").get<std::string>());
  return names;
}

std::string shown(const Names& names) { return json(names).dump(); }

/// "192.168.1.100 dev eth0 lladdr 02:00:00:00:11:00 STALE" -> "rs1.eth0"
std::string owner(const std::string& entry) {
  static const std::pair<const char*, const char*> kMacs[] = {
      {"02:00:00:00:01:00", "client.eth0"},
      {"02:00:00:00:03:00", "director.eth0"},
      {"02:00:00:00:11:00", "rs1.eth0"},
      {"02:00:00:00:12:00", "rs2.eth0"}};
  for (const auto& [mac, name] : kMacs) {
    if (entry.find(mac) != std::string::npos) return name;
  }
  return {};
}

std::vector<std::string> put_vip(const json& record) {
  std::vector<std::string> commands;
  if (record.at("vip_on") == "dummy0")
    commands = {"ip link add dummy0 type dummy", "ip link set dummy0 up"};
  if (record.contains("vip_command") && record.at("vip_command").is_string()) {
    commands.push_back(record.at("vip_command"));
  }
  return commands;
}

constexpr const char* kShow = "ip neigh show 192.168.1.100";

void check_arp_ignore(const json& record) {
  Lan lan;
  std::vector<std::string> commands = put_vip(record);
  if (record.contains("sysctl") && record.at("sysctl").is_string()) {
    commands.push_back("sysctl -w " + record.at("sysctl").get<std::string>());
  }
  lan.client();
  lan.director();
  lan.server(1, commands);
  lan.server(2, commands);
  lan.ask(100, "192.168.1.10", "192.168.1.100");
  lan.ask(200, "192.168.1.10", "192.168.1.11");
  lan.ask(300, "172.31.9.9", "192.168.1.100");
  lan.ask(400, "0.0.0.0", "192.168.1.100");
  lan.type(500, "client", "ping -c 1 -W 1 192.168.1.100");
  lan.type(1700, "client", kShow);
  ReplayLab lab;
  ASSERT_EQ(lab.run(lan.text(1800)), "");
  const std::string vip = "192.168.1.100";
  const Names who = recorded_answerers(record.at("vip"));
  EXPECT_EQ(shown(answerers(lab, 100, 200, vip)), shown(who));
  EXPECT_EQ(shown(answerers(lab, 200, 300, "192.168.1.11")),
            shown(recorded_answerers(record.at("rip1"))));
  EXPECT_EQ(shown(answerers(lab, 300, 400, vip)),
            shown(recorded_answerers(record.at("vip_sender_other_subnet"))));
  EXPECT_EQ(shown(answerers(lab, 400, 500, vip)),
            shown(recorded_answerers(record.at("vip_sender_zero"))));
  const std::string kept = owner(lab.output(kShow));
  EXPECT_EQ(who.count(kept), 1u) << lab.output(kShow) << " is none of " << shown(who);
  if (who.size() == 1) {
    EXPECT_EQ(kept, record.at("client_neigh").get<std::string>());
  }
}

std::uint16_t folded(const std::vector<std::uint8_t>& bytes, std::size_t from, std::size_t to) {
  std::uint32_t sum = 0;
  for (std::size_t i = from; i + 1 < to; i += 2)
    sum += static_cast<std::uint32_t>(bytes[i] << 8 | bytes[i + 1]);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum & 0xffff);
}

/// The datagram the recordings sent straight to rs1's MAC: five bytes from port 40001 to the VIP's
/// port 5000.
std::string datagram_hex(const std::vector<std::uint8_t>& source,
                         const std::vector<std::uint8_t>& vip) {
  std::vector<std::uint8_t> bytes = {
      2,    0, 0, 0,  0x11, 0, 2,    0, 0,  0,  1, 0, 8, 0,  // Ethernet
      0x45, 0, 0, 33, 0,    1, 0x40, 0, 64, 17, 0, 0};       // IP: id 1, DF
  bytes.insert(bytes.end(), source.begin(), source.end());
  bytes.insert(bytes.end(), vip.begin(), vip.end());
  const std::uint16_t sum = folded(bytes, 14, 34);
  bytes[24] = static_cast<std::uint8_t>(sum >> 8);
  bytes[25] = static_cast<std::uint8_t>(sum & 0xff);
  for (const int byte :
       std::initializer_list<int>{0x9c, 0x41, 0x13, 0x88, 0, 13, 0, 0, 'h', 'e', 'l', 'l', 'o'}) {
    bytes.push_back(static_cast<std::uint8_t>(byte));
  }
  std::string hex;
  for (const std::uint8_t byte : bytes) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

bool client_sent_icmp(const json& record) {
  for (const json& frame : record.value("answer_frames", json::array())) {
    const std::string text = frame;
    if (text.compare(0, 11, "client.eth0") == 0 && text.find("ICMP 3/3") != std::string::npos)
      return true;
  }
  return false;
}

void check_arp_announce(const json& record) {
  const bool other_subnet = record.at("part") == "arp_announce_other_subnet";
  const bool by_router = record.at("resolves") != "client";
  const std::string vip = record.value("vip", "192.168.1.100");
  std::vector<std::string> commands = put_vip(record);
  if (other_subnet)
    commands.push_back("ip addr add " + vip + "/32 dev " + record.at("vip_on").get<std::string>());
  commands.push_back("sysctl -w net.ipv4.conf." + record.at("set_on").get<std::string>() +
                     ".arp_announce=" + std::to_string(record.at("arp_announce").get<int>()));
  commands.push_back("ip route add default via 192.168.1.10");
  Lan lan;
  // Linux limits how often it says "port unreachable" to one host: where the recording had used
  // that up, a program that never answers listens on the client's port, and nothing is said either.
  lan.client({}, client_sent_icmp(record) ? "[]" : "[{udp: 40001, state: hung}]");
  lan.director();
  lan.server(1, commands, "[{udp: 5000, reply_bytes: 6B}]");
  lan.type(100, "client",
           "ip neigh replace 192.168.1.100 lladdr 02:00:00:00:03:00 dev eth0 nud reachable");
  const std::vector<std::uint8_t> source = by_router ? std::vector<std::uint8_t>{10, 7, 7, 7}
                                                     : std::vector<std::uint8_t>{192, 168, 1, 10};
  lan.raw(500, "client:eth0",
          datagram_hex(source, other_subnet ? std::vector<std::uint8_t>{172, 31, 5, 100}
                                            : std::vector<std::uint8_t>{192, 168, 1, 100}));
  lan.type(600, "client", kShow);
  ReplayLab lab;
  ASSERT_EQ(lab.run(lan.text(700)), "");
  std::vector<std::string> recorded, ours;
  for (const json& request : record.at("arp_requests")) {
    const auto word = [&](const char* name) { return request.at(name).get<std::string>(); };
    recorded.push_back(word("sender_mac") + ">broadcast ARP " + word("op") + " " +
                       word("sender_mac") + " " + word("sender_ip") + " -> " + word("target_mac") +
                       " " + word("target_ip"));
  }
  for (const Frame& frame : lab.arps_sent(500, 600)) {
    if (frame.point == "rs1.eth0") ours.push_back(frame.text);
  }
  EXPECT_EQ(json(ours).dump(1), json(recorded).dump(1));
  if (other_subnet) return;
  EXPECT_EQ(lab.output(kShow), record.at("client_neigh_entry").get<std::string>());
  EXPECT_EQ(owner(lab.output(kShow)), record.at("client_neigh_after").get<std::string>());
}

void announce(Lan& lan, int at_ms, const std::string& what) {
  const std::string vip = "192.168.1.100", all = "ff:ff:ff:ff:ff:ff",
                    zero = ", \"00:00:00:00:00:00\"";
  if (what == "request tip=sip (arping -U)") {
    lan.arp(at_ms, "rs1", "request", vip, vip + zero, all);
  } else if (what == "request tip=sip tmac=ff (arping -U)") {
    lan.arp(at_ms, "rs1", "request", vip, vip + ", \"" + all + "\"", all);
  } else if (what == "reply tip=sip tmac=own (arping -A)") {
    lan.arp(at_ms, "rs1", "reply", vip, vip + ", \"rs1:eth0\"", all);
  } else if (what == "reply tip=sip tmac=ff") {
    lan.arp(at_ms, "rs1", "reply", vip, vip + ", \"" + all + "\"", all);
  } else if (what == "unsolicited unicast reply to the client") {
    lan.arp(at_ms, "rs1", "reply", vip, "192.168.1.10, \"client:eth0\"", "client:eth0");
  } else if (what == "request for the client's address, sender VIP") {
    lan.arp(at_ms, "rs1", "request", vip, "192.168.1.10" + zero, all);
  } else {
    ASSERT_EQ(what, "request for another address, sender VIP");
    lan.arp(at_ms, "rs1", "request", vip, "192.168.1.77" + zero, all);
  }
}

void check_gratuitous(const json& record) {
  const std::string before = record.at("entry_before");
  const std::string accept = "arp_accept=" + std::to_string(record.at("arp_accept").get<int>());
  Lan lan;
  lan.client({"sysctl -w net.ipv4.conf.all." + accept, "sysctl -w net.ipv4.conf.eth0." + accept});
  lan.director();
  lan.server(1, {});
  if (before != "none") {
    const std::string state = before.substr(0, before.find('-'));
    const std::string lladdr = state == "failed" ? "" : " lladdr 02:00:00:00:03:00";
    lan.type(100, "client", "ip neigh replace 192.168.1.100" + lladdr + " dev eth0 nud " + state);
  }
  const int at = before == "reachable-fresh" ? 400 : 3100;
  announce(lan, at, record.at("announcement"));
  lan.type(at + 100, "client", kShow);
  ReplayLab lab;
  ASSERT_EQ(lab.run(lan.text(at + 200)), "");
  EXPECT_EQ(lab.output(kShow), trimmed(record.at("text").get<std::string>()));
  const std::string after =
      record.at("entry_after").is_null() ? "" : record.at("entry_after").get<std::string>();
  EXPECT_EQ(owner(lab.output(kShow)), after);
}

void check_two_replies(const json& record) {
  const int gap = static_cast<int>(record.at("gap_s").get<double>() * 1000);
  Lan lan;
  lan.client();
  lan.server(1, {});
  lan.server(2, {});
  lan.type(100, "client", "ping -c 1 -W 1 192.168.1.100");
  const auto reply = [&](int at_ms, const std::string& from) {
    lan.arp(at_ms, from.substr(0, from.find('.')), "reply", "192.168.1.100",
            "192.168.1.10, \"client:eth0\"", "client:eth0");
  };
  reply(150, record.at("first"));
  reply(150 + gap, record.at("second"));
  lan.type(250 + gap, "client", kShow);
  ReplayLab lab;
  ASSERT_EQ(lab.run(lan.text(2500)), "");
  EXPECT_EQ(lab.output(kShow), record.at("text").get<std::string>());
  EXPECT_EQ(owner(lab.output(kShow)), record.at("kept").get<std::string>());
}

void check_flux(const json& record) {
  std::vector<std::string> commands = {"ip addr add 192.168.1.21/24 dev eth0",
                                       "ip addr add 192.168.1.22/24 dev eth1",
                                       "ip addr add 192.168.50.1/32 dev lo"};
  for (const char* name : {"arp_ignore", "arp_filter", "rp_filter"}) {
    commands.push_back("sysctl -w net.ipv4.conf.all." + std::string(name) + "=" +
                       std::to_string(record.at(name).get<int>()));
  }
  if (record.at("label").get<std::string>().find("source routing") == 0) {
    for (const std::string n : {"1", "2"}) {
      const std::string nic = n == "1" ? "eth0" : "eth1";
      commands.push_back("ip route add 192.168.1.0/24 dev " + nic + " src 192.168.1.2" + n +
                         " table 10" + n);
      commands.push_back("ip rule add from 192.168.1.2" + n + " table 10" + n);
    }
  }
  const std::string addresses[] = {"192.168.1.21", "192.168.1.22", "192.168.50.1"};
  Lan lan;
  lan.client();
  lan.add("host", {{"eth0", "02:00:00:00:21:00"}, {"eth1", "02:00:00:00:21:01"}}, commands, "[]");
  for (int i = 0; i < 3; ++i) lan.ask(100 + 100 * i, "192.168.1.10", addresses[i]);
  ReplayLab lab;
  ASSERT_EQ(lab.run(lan.text(500)), "");
  for (const Typed& typed : lab.typed)
    EXPECT_EQ(typed.status, 0) << typed.command << "\n" << typed.err;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(shown(answerers(lab, 100 + 100 * i, 200 + 100 * i, addresses[i])),
              shown(recorded_answerers(record.at(addresses[i]))))
        << addresses[i];
  }
}

/// The recorder's own form: "rs1.eth0 out rs1.eth0>broadcast ARP request 192.168.1.100 (rs1.eth0)
/// -> ... (broadcast)".
std::string arping_frame(const Frame& frame) {
  static const std::regex kForm(R"((\S+) ARP (\S+) (\S+) (\S+) -> (\S+) (\S+))");
  return frame.point + (frame.out ? " out " : " in ") +
         std::regex_replace(frame.text, kForm, "$1 ARP $2 $4 ($3) -> $6 ($5)");
}

void check_arping(const json& record) {
  const std::string command = record.at("cmd");
  Lan lan;
  lan.client();
  lan.director();
  lan.server(
      1, {"sysctl -w net.ipv4.conf.all.arp_ignore=1", "sysctl -w net.ipv4.conf.all.arp_announce=2",
          "ip addr add 192.168.1.100/32 dev lo"});
  lan.type(100, "rs1", command);
  ReplayLab lab;
  ASSERT_EQ(lab.run(lan.text(3000)), "");
  const auto timeless = [](const std::string& text) {
    return std::regex_replace(text, std::regex(R"( +[0-9.]+ms)"), " T ms");
  };
  const auto found = std::find_if(lab.typed.begin(), lab.typed.end(),
                                  [&](const Typed& t) { return t.command == command; });
  ASSERT_NE(found, lab.typed.end());
  EXPECT_EQ(timeless(found->out), timeless(record.at("out")));
  EXPECT_EQ(found->status, record.at("rc").get<int>());
  std::vector<std::string> ours, recorded;
  for (const Frame& frame : lab.frames) {
    if (frame.arp && frame.point == "rs1.eth0") ours.push_back(arping_frame(frame));
  }
  for (const json& frame : record.at("frames")) {
    recorded.push_back(std::regex_replace(frame.get<std::string>(), std::regex(" +"), " "));
  }
  EXPECT_EQ(json(ours).dump(1), json(recorded).dump(1));
}

void check_kernel_announcements(const json& record) {
  Lan lan;
  lan.client();
  lan.server(1, {"sysctl -w net.ipv4.conf.all.arp_notify=" +
                 std::to_string(record.at("arp_notify").get<int>())});
  lan.type(100, "rs1", "ip addr add 192.168.1.100/24 dev eth0");
  lan.type(200, "rs1", "ip link set eth0 down; ip link set eth0 up");
  lan.type(1000, "rs1", "ip link set eth0 address 02:00:00:00:11:99");
  ReplayLab lab;
  ASSERT_EQ(lab.run(lan.text(3000)), "");
  for (const Typed& typed : lab.typed)
    EXPECT_EQ(typed.status, 0) << typed.command << "\n" << typed.err;
  EXPECT_EQ(lab.arps_sent(100, 200).size(), record.at("on_addr_add").size());
  EXPECT_EQ(lab.arps_sent(200, 1000).size(), record.at("on_link_up").size());
  EXPECT_EQ(lab.arps_sent(1000, 3000).size(), record.at("on_mac_change").size());
}

/// Runs `check` on each record of a part, naming the record that failed.
void check_part(const std::string& name, std::size_t count, void (*check)(const json&)) {
  const std::vector<json> all = part(name);
  EXPECT_EQ(all.size(), count);
  for (json record : all) {
    json label = record;
    label.erase("answer_frames");
    SCOPED_TRACE(label.dump());
    check(record);
  }
}

TEST(RecordedArp, ArpIgnoreDecidesWhoAnswersForTheVip) {
  check_part("arp_ignore", 64, check_arp_ignore);
}
TEST(RecordedArp, ArpAnnounceDecidesTheSenderOfAServersRequests) {
  check_part("arp_announce", 23, check_arp_announce);
}
TEST(RecordedArp, AVipOfAnotherSubnetIsAnnouncedAtLevelZero) {
  check_part("arp_announce_other_subnet", 2, check_arp_announce);
}
TEST(RecordedArp, AnnouncementsChangeEntriesAsLinuxLetsThem) {
  check_part("gratuitous", 54, check_gratuitous);
}
TEST(RecordedArp, OfTwoRepliesTheSecondCountsOnlyAfterTheLockTime) {
  check_part("two_replies", 2, check_two_replies);
}
TEST(RecordedArp, TwoNicsOnOneLanAnswerForEachOther) { check_part("flux", 13, check_flux); }
TEST(RecordedArp, ArpingSendsAndPrintsTheSame) { check_part("arping", 3, check_arping); }
TEST(RecordedArp, TheKernelAnnouncesNothingByItself) {
  check_part("kernel_announcements", 1, check_kernel_announcements);
}

}  // namespace
}  // namespace lvslab::golden
