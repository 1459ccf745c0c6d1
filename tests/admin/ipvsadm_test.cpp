// ipvsadm against what the real tool printed: every record of golden/data/text.jsonl that needs
// neither traffic nor IPv6 is typed again and compared byte for byte.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "admin/commands/commands.h"
#include "admin/commands/ipvsadm_names.h"
#include "admin/machine.h"
#include "lvs/scheduler.h"

namespace lvslab::admin {
namespace {

const std::set<std::string, std::less<>> kKernelSchedulers = {
    "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh", "twos"};

struct Answer {
  int status = 0;
  std::string out, err;
};

std::vector<std::string> split(const std::string& text) {
  std::istringstream words(text);
  std::vector<std::string> list;
  for (std::string word; words >> word;) list.push_back(word);
  return list;
}

/// A director of its own, driven without a world.
class Director {
 public:
  Director() : machine_("lvs", 1, 0) {
    turn_.begin(Instant(), WatchLevel::kNothing);
    machine_.host().add_ethernet(turn_, "eth0", {0x020000000001}, 1500, true);
  }
  ~Director() { turn_.clear(); }

  Answer type(const std::string& line, const std::string& input = {}) {
    CommandContext context{turn_, machine_, split(line), input, {}, {}};
    CommandResult (*run)(CommandContext&) = run_ipvsadm;
    if (context.args[0] == "ipvsadm-save") run = run_ipvsadm_save;
    if (context.args[0] == "ipvsadm-restore") run = run_ipvsadm_restore;
    const int status = run(context).status;
    return {status, context.out, context.err};
  }
  Machine& machine() { return machine_; }

 private:
  PacketPool pool_;
  Turn turn_{pool_};
  Machine machine_;
};

// --- the recordings
// --------------------------------------------------------------------------------

/// Invocations that were typed on the recorded director, as its listings show, without being among
/// the records: each is made up for when a record first shows its effect.
struct Unrecorded {
  std::string_view shown;
  const char* command;
  bool done = false;
};

class Replay {
 public:
  void replay(const nlohmann::json& record) {
    const std::string part = record["part"];
    if (part == "meta") return;
    const std::string command = record["cmd"];
    if (needs_traffic(record)) return skip(traffic_);
    if (part == "restore") return restore(record);
    const std::string key = service_of(command);
    if (ipv6(command) || lacks_scheduler(split(command))) {
      if (!key.empty() && record["rc"] == 0) left_out_.insert(key);
      return skip(left_);
    }
    if (left_out_.count(key) != 0) return skip(left_);
    compare(record, record.value("stdin", ""));
  }

  void report() const {
    std::cout << "replayed " << replayed_ << " records; skipped: " << traffic_ << " for traffic, "
              << left_ << " for IPv6 or a scheduler that does not exist yet\n";
  }
  int replayed() const { return replayed_; }

 private:
  static void skip(int& count) { ++count; }

  static bool needs_traffic(const nlohmann::json& record) {
    const std::string state = record.value("state", "");
    if (state.rfind("traffic", 0) == 0) return true;
    const std::string command = record["cmd"];
    return state != "empty" && command.rfind("ipvsadm -Lnc", 0) == 0 && record["rc"] == 0;
  }

  /// Sets up an IPv6 service or a server of one.
  static bool ipv6(const std::string& text) {
    return text.find("-A -t [") != std::string::npos || text.find("-a -t [") != std::string::npos;
  }

  /// A command that names a scheduler of the kernel that lvslab does not have yet.
  static bool lacks_scheduler(const std::vector<std::string>& words) {
    bool adds = false;
    std::string name = "wlc";
    for (std::size_t i = 0; i < words.size(); ++i) {
      adds |= words[i] == "-A" || words[i] == "-E";
      if (words[i] == "-s" && i + 1 < words.size()) name = words[i + 1];
    }
    return adds && kKernelSchedulers.count(name) != 0 && lvs::find_scheduler(name) == nullptr;
  }

  /// "TCP  10.0.0.100:80", as a listing begins the line.
  static std::string service_of(const std::string& command) {
    const std::vector<std::string> words = split(command);
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      if (words[i] == "-t") return "TCP  " + words[i + 1];
      if (words[i] == "-u") return "UDP  " + words[i + 1];
      if (words[i] == "-f") return "FWM  " + words[i + 1];
    }
    return {};
  }

  /// What a listing or a saved file says of services that are left out is taken away.
  std::string without_left_out(const std::string& text) const {
    std::string kept;
    bool keep = true;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const bool saved = line.rfind("-A ", 0) == 0 || line.rfind("-a ", 0) == 0;
      if (saved)
        keep = left_out_.count(service_of(line)) == 0 && !ipv6(line);
      else if (line.rfind("  -> ", 0) != 0)
        keep = left_out_.count(line.substr(0, line.find(' ', 5))) == 0;
      if (keep) kept += line + "\n";
    }
    return kept;
  }

  void restore(const nlohmann::json& record) {
    std::string input;
    std::istringstream lines(record["stdin"].get<std::string>());
    for (std::string line; std::getline(lines, line);) {
      if (ipv6(line) || lacks_scheduler(split(line))) left_out_.insert(service_of(line));
      if (left_out_.count(service_of(line)) == 0) input += line + "\n";
    }
    compare(record, input);
  }

  void make_up(const std::string& expected) {
    for (Unrecorded& u : unrecorded_) {
      if (u.done || expected.find(u.shown) == std::string::npos) continue;
      u.done = true;
      ASSERT_EQ(director_.type(u.command).status, 0) << u.command;
    }
  }

  /// Types the commands of a record: several after each other, and a pipe to grep.
  Answer type(const std::string& commands, const std::string& input) {
    Answer all;
    static const std::regex separator("; ");
    for (std::sregex_token_iterator it(commands.begin(), commands.end(), separator, -1), end;
         it != end; ++it) {
      std::string command = *it;
      const std::size_t pipe = command.find(" | grep -E '");
      std::string pattern;
      if (pipe != std::string::npos) {
        pattern = command.substr(pipe + 12, command.size() - pipe - 13);
        command.resize(pipe);
      }
      const Answer one = director_.type(command, input);
      std::istringstream lines(one.out);
      for (std::string line; std::getline(lines, line);)
        if (pattern.empty() || std::regex_search(line, std::regex(pattern))) all.out += line + "\n";
      all.err += one.err;
      all.status = one.status;
    }
    return all;
  }

  void compare(const nlohmann::json& record, const std::string& input) {
    make_up(record["stdout"]);
    const Answer answer = type(record["cmd"], input);
    ++replayed_;
    SCOPED_TRACE(record["part"].get<std::string>() + " " + record.value("state", "") + ": " +
                 record["cmd"].get<std::string>());
    EXPECT_EQ(answer.status, record["rc"].get<int>());
    EXPECT_EQ(answer.err, record["stderr"].get<std::string>());
    EXPECT_EQ(without_left_out(answer.out), without_left_out(record["stdout"]));
  }

  Director director_;
  std::set<std::string> left_out_;
  int replayed_ = 0, traffic_ = 0, left_ = 0;
  std::vector<Unrecorded> unrecorded_ = {
      {"TCP  0.0.0.0:80", "ipvsadm -A -t 0.0.0.0:80 -s rr"},
      {"10.0.0.100:87", "ipvsadm -A -t 10.0.0.100:87 -s rr -p 60 -M 33"},
      {"  -> 10.0.0.100:80", "ipvsadm -a -t 10.0.0.100:80 -r 10.0.0.100:80 -m"},
      {"  -> 10.1.0.3:443", "ipvsadm -a -t 10.0.0.100:443 -r 10.1.0.3:8080"},
      {"  -> 10.1.0.4:443", "ipvsadm -a -t 10.0.0.100:443 -r 10.1.0.4:8080 -i"},
      {"-r 10.1.0.1:201", "ipvsadm -a -t 10.0.0.100:201 -r 10.1.0.1:80"},
      {"10.0.0.100:7001", "ipvsadm -A -t 10.0.0.100:7001 -s rr"},
      {"10.0.0.100:7003", "ipvsadm -A -t 10.0.0.100:7003 -s rr"},
  };
};

TEST(Ipvsadm, SaysWhatTheRecordedToolSaid) {
  std::ifstream file(LVSLAB_TEST_DATA "/golden/data/text.jsonl");
  ASSERT_TRUE(file);
  Replay replay;
  for (std::string line; std::getline(file, line);) replay.replay(nlohmann::json::parse(line));
  replay.report();
  EXPECT_GE(replay.replayed(), 100);
}

// --- what the recordings do not show
// -----------------------------------------------------------------

TEST(Ipvsadm, BundledAttachedAndEqualsFormsMeanTheSame) {
  Director d;
  EXPECT_EQ(d.type("ipvsadm -At 10.0.0.1:80 -srr -p50").status, 0);
  EXPECT_EQ(d.type("ipvsadm --add-service --udp-service=10.0.0.1:53 --scheduler=rr --persistent=60")
                .status,
            0);
  EXPECT_EQ(d.type("ipvsadm -a -t10.0.0.1:80 --real-server 10.0.0.2 -mw 3").status, 0);
  EXPECT_EQ(d.type("ipvsadm -Sn").out,
            "-A -t 10.0.0.1:80 -s rr -p 50\n-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 3\n"
            "-A -u 10.0.0.1:53 -s rr -p 60\n");
}

TEST(Ipvsadm, PersistenceTakesTheNextWordUnlessItLooksLikeAnOption) {
  Director d;
  EXPECT_EQ(d.type("ipvsadm -A -t 10.0.0.1:80 -p -s rr").status, 0);
  EXPECT_EQ(d.type("ipvsadm -A -t 10.0.0.1:81 -s rr -p 77").status, 0);
  EXPECT_EQ(d.type("ipvsadm -A -t 10.0.0.1:82 -s rr -pn").err,
            "invalid timeout value `n' specified\n");
  EXPECT_EQ(d.type("ipvsadm -Sn").out,
            "-A -t 10.0.0.1:80 -s rr -p 360\n-A -t 10.0.0.1:81 -s rr -p 77\n");
}

TEST(Ipvsadm, TheServicesPortIsTheServersOnlyWhenTheServiceCameFirst) {
  Director d;
  d.type("ipvsadm -A -t 10.0.0.1:80 -s rr");
  d.type("ipvsadm -a -t 10.0.0.1:80 -r 10.0.0.2 -m");
  d.type("ipvsadm -a -r 10.0.0.3 -t 10.0.0.1:80 -m");
  EXPECT_EQ(d.type("ipvsadm -Sn").out,
            "-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 1\n"
            "-a -t 10.0.0.1:80 -r 10.0.0.3:0 -m -w 1\n");
}

TEST(Ipvsadm, AnOptionMayStandOnlyOnceUnderAnyOfItsNames) {
  Director d;
  const auto error = [&](const char* line) { return d.type(line).err; };
  EXPECT_EQ(error("ipvsadm -a -t 10.0.0.1:80 -r 10.0.0.2 -g -m"),
            "multiple 'forwarding-method' options specified\n");
  EXPECT_EQ(error("ipvsadm -A -t 10.0.0.1:80 -u 10.0.0.1:80"),
            "multiple 'service-address' options specified\n");
}

TEST(Ipvsadm, UnknownOptionsAndMissingValuesEndWith255) {
  Director d;
  const Answer unknown = d.type("ipvsadm -L --bogus");
  EXPECT_EQ(unknown.status, 255);
  EXPECT_EQ(unknown.err, "--bogus: unknown option\n");
  const Answer missing = d.type("ipvsadm -A -t");
  EXPECT_EQ(missing.status, 255);
  EXPECT_EQ(missing.err, "-t: missing argument\n");
}

TEST(Ipvsadm, TunnelOptionsAreForTunnelsAndFitTheirType) {
  Director d;
  d.type("ipvsadm -A -t 10.0.0.1:80 -s rr");
  const std::string add = "ipvsadm -a -t 10.0.0.1:80 -r 10.0.0.2 ";
  EXPECT_EQ(d.type(add + "-g --tun-type gre").err, "Tunnel options conflict with forward method\n");
  EXPECT_EQ(d.type(add + "-i --tun-type gue").status, 2);
  EXPECT_EQ(d.type(add + "-i --tun-type gre --tun-remcsum").status, 2);
  EXPECT_EQ(d.type(add + "-i --tun-type gue --tun-port 6080 --tun-remcsum").status, 0);
  EXPECT_EQ(
      d.type("ipvsadm -Ln --tun-info -t 10.0.0.1:80").out,
      "Prot LocalAddress:Port Scheduler Flags\n"
      "  -> RemoteAddress:Port           Forward TunnelInfo    Weight ActiveConn InActConn\n"
      "TCP  10.0.0.1:80 rr\n"
      "  -> 10.0.0.2:80                  Tunnel  gue:6080:r+c  1      0          0         \n");
}

TEST(Ipvsadm, AddressesFarApartSortTheWrongWayRoundAsInTheRealTool) {
  Director d;
  for (const char* address : {"10.0.0.1", "192.168.0.1", "20.0.0.1"})
    d.type(std::string("ipvsadm -A -t ") + address + ":80 -s rr");
  const std::string out = d.type("ipvsadm -Sn").out;
  EXPECT_LT(out.find("10.0.0.1:"), out.find("20.0.0.1:"));
  EXPECT_LT(out.find("192.168.0.1:"), out.find("10.0.0.1:"));
}

TEST(Ipvsadm, NamesComeFromEtcHostsAndTheWellKnownPorts) {
  Director d;
  d.machine().files()["/etc/hosts"].text =
      "127.0.0.1 localhost\n10.0.0.1 www.example.com www # the VIP\n";
  EXPECT_EQ(d.type("ipvsadm -A -t www:https -s rr").status, 0);
  EXPECT_EQ(d.type("ipvsadm -Sn").out, "-A -t 10.0.0.1:443 -s rr\n");
  EXPECT_EQ(d.type("ipvsadm -S").out, "-A -t www.example.com:https -s rr\n");
}

TEST(Ipvsadm, DaemonsAreKeptAndListedMasterFirst) {
  Director d;
  EXPECT_EQ(d.type("ipvsadm --start-daemon backup --syncid 7").status, 0);
  EXPECT_EQ(d.type("ipvsadm --start-daemon master").status, 0);
  const Answer again = d.type("ipvsadm --start-daemon master");
  EXPECT_EQ(again.status, 255);
  EXPECT_EQ(again.err, "Daemon has already run\n");
  EXPECT_EQ(
      d.type("ipvsadm -L --daemon").out,
      "master sync daemon (mcast=eth0, syncid=0, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)\n"
      "backup sync daemon (mcast=eth0, syncid=7, maxlen=1472, group=224.0.0.81, port=8848, "
      "ttl=1)\n");
  EXPECT_EQ(d.type("ipvsadm --stop-daemon master").status, 0);
  EXPECT_EQ(d.type("ipvsadm --stop-daemon master").err, "No daemon is running\n");
}

TEST(Ipvsadm, RestoreGoesOnAfterTheKernelsRefusalAndStopsAtAWrongArgument) {
  Director d;
  const Answer refused = d.type(
      "ipvsadm -R",
      "-A -t 10.0.0.1:80 -s rr\n\n-A -t 10.0.0.1:80 -s rr\nipvsadm -A -t 10.0.0.1:81 -s rr\n");
  EXPECT_EQ(refused.status, 0);
  EXPECT_EQ(refused.err, "Service already exists\n");
  const Answer stopped = d.type("ipvsadm -R", "-A -t 10.0.0.1:x -s rr\n-A -t 10.0.0.1:82 -s rr\n");
  EXPECT_EQ(stopped.status, 2);
  EXPECT_EQ(d.type("ipvsadm -R", "-R\n").status, 255);
  EXPECT_EQ(d.type("ipvsadm -Sn").out, "-A -t 10.0.0.1:80 -s rr\n-A -t 10.0.0.1:81 -s rr\n");
}

TEST(Ipvsadm, TheScriptsSaveAndRestoreAndClearFirst) {
  Director d;
  d.type("ipvsadm -A -t 10.0.0.1:80 -s rr");
  EXPECT_EQ(d.type("ipvsadm-save -n").out, "-A -t 10.0.0.1:80 -s rr\n");
  EXPECT_EQ(d.type("ipvsadm-restore", "# rules\n-A -u 10.0.0.1:53 -s rr\n").status, 0);
  EXPECT_EQ(d.type("ipvsadm-save -n").out, "-A -u 10.0.0.1:53 -s rr\n");
}

TEST(Ipvsadm, RestoredServersAreWalkedInDescendingOrder) {
  Director d;
  d.type("ipvsadm -R",
         "-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.1:80 -r 10.0.0.2:80\n-a -t 10.0.0.1:80 -r "
         "10.0.0.3:80\n");
  const std::string out = d.type("ipvsadm -Ln --nosort").out;
  EXPECT_LT(out.find("10.0.0.3:80"), out.find("10.0.0.2:80"));
}

TEST(Ipvsadm, Ipv6ServicesAreParsedAndThenRefused) {
  Director d;
  const Answer answer = d.type("ipvsadm -A -t [2001:db8::1]:80 -s rr");
  EXPECT_EQ(answer.status, 255);
  EXPECT_EQ(answer.err, "Operation not supported with specified address family\n");
  EXPECT_EQ(d.type("ipvsadm -A -t [2001:db8::1] -s rr").status, 2);
  EXPECT_EQ(d.type("ipvsadm -A -6 -f 1").err, "-6 used before -f\n");
}

TEST(Ipvsadm, ExclusiveAndConflictingListsAreRefused) {
  Director d;
  EXPECT_EQ(d.type("ipvsadm -L -c --timeout").err,
            "The option 'timeout' conflicts with the 'connection' option in the 'list' command\n");
  EXPECT_EQ(d.type("ipvsadm -L --daemon --persistent-conn").err,
            "options conflicts in the list command\n");
}

TEST(Ipvsadm, HostileWordsGiveAnAnswerAndNothingElse) {
  Director d;
  for (const char* line :
       {"ipvsadm -", "ipvsadm --", "ipvsadm -A -t", "ipvsadm -A -t [", "ipvsadm -A -t []:80",
        "ipvsadm -A -t [::]: -s rr", "ipvsadm -A -t :80", "ipvsadm -A -t 1.2.3.4:99999",
        "ipvsadm -A -f -1", "ipvsadm -A -f 99999999999999999999999999", "ipvsadm -A --=x",
        "ipvsadm -A -t 12345:80", "ipvsadm -A -t 1.2.3.4:80 -b ,,,x",
        "ipvsadm --set 99999999999 1 1", "ipvsadm -A -t 1.2.3.4.5:80"}) {
    const Answer answer = d.type(line);
    EXPECT_NE(answer.status, 0) << line;
    EXPECT_FALSE(answer.err.empty()) << line;
  }
  EXPECT_EQ(d.type("ipvsadm -Sn").out, "");
}

TEST(Ipvsadm, LooseAddressesAreReadAsTheCLibraryReadsThem) {
  using ipvsadm::parse_loose_ipv4;
  EXPECT_EQ(parse_loose_ipv4("10.1"), wire::ipv4(10, 0, 0, 1));
  EXPECT_EQ(parse_loose_ipv4("33"), wire::ipv4(0, 0, 0, 33));
  EXPECT_EQ(parse_loose_ipv4("0x0a000001"), wire::ipv4(10, 0, 0, 1));
  EXPECT_EQ(parse_loose_ipv4("010.0.0.1"), wire::ipv4(8, 0, 0, 1));
  EXPECT_EQ(parse_loose_ipv4("10.1.0.256"), std::nullopt);
  EXPECT_EQ(parse_loose_ipv4("10..1"), std::nullopt);
  EXPECT_EQ(parse_loose_ipv4(""), std::nullopt);
  EXPECT_TRUE(ipvsadm::is_ipv6_literal("2001:db8::1"));
  EXPECT_TRUE(ipvsadm::is_ipv6_literal("::"));
  EXPECT_TRUE(ipvsadm::is_ipv6_literal("::ffff:10.0.0.1"));
  EXPECT_FALSE(ipvsadm::is_ipv6_literal("1:2:3:4:5:6:7"));
  EXPECT_FALSE(ipvsadm::is_ipv6_literal("1::2::3"));
  EXPECT_FALSE(ipvsadm::is_ipv6_literal("1:2:3:4:5:6:7:"));
  EXPECT_FALSE(ipvsadm::is_ipv6_literal("abc"));
}

}  // namespace
}  // namespace lvslab::admin
