// ipvsadm beyond Debian's: FULLNAT's options as its own tools have them, the models among the
// schedulers, SCTP in listings; and -S followed by -R as the identity for random rules.
#include <gtest/gtest.h>

#include <sstream>

#include "admin/commands/commands.h"
#include "admin/machine.h"
#include "lvs/scheduler.h"

namespace lvslab::admin {
namespace {

struct Answer {
  int status = 0;
  std::string out, err;
};

class Console {
 public:
  Console() : machine_("lvs", 1, 0) {
    turn_.begin(Instant(), WatchLevel::kNothing);
    net::Host& host = machine_.host();
    const InterfaceIndex nic = host.add_ethernet(turn_, "eth0", {0x020000000001}, 1500, true);
    for (int last = 1; last <= 8; ++last) {
      host.add_address(turn_, nic, {.local = wire::ipv4(10, 0, 0, last), .prefix_length = 24});
    }
  }
  ~Console() { turn_.clear(); }

  Answer type(const std::string& line, const std::string& input = {}) {
    std::istringstream words(line);
    std::vector<std::string> args;
    for (std::string word; words >> word;) args.push_back(word);
    CommandContext context{turn_, machine_, args, input, {}, {}};
    const int status = run_ipvsadm(context).status;
    return {status, context.out, context.err};
  }
  void fine(const std::string& line) {
    const Answer answer = type(line);
    EXPECT_EQ(answer.status, 0) << line << ": " << answer.err;
  }
  Machine& machine() { return machine_; }

 private:
  PacketPool pool_;
  Turn turn_{pool_};
  Machine machine_;
};

TEST(IpvsadmFullNat, MethodAndLocalAddressesAreSetListedAndSaved) {
  Console c;
  c.fine("ipvsadm -A -t 10.0.0.1:80 -s rr");
  c.fine("ipvsadm -P -t 10.0.0.1:80 -z 10.0.0.5");
  c.fine("ipvsadm --add-laddr -t 10.0.0.1:80 --local-address 10.0.0.6");
  c.fine("ipvsadm -a -t 10.0.0.1:80 -r 10.1.0.1:8080 -b -w 3");
  c.fine("ipvsadm -a -t 10.0.0.1:80 -r 10.1.0.2:8080 -w 2 -b");
  c.fine("ipvsadm -e -t 10.0.0.1:80 -r 10.1.0.2:8080 -b");
  EXPECT_EQ(c.type("ipvsadm -Ln -t 10.0.0.1:80").out,
            "Prot LocalAddress:Port Scheduler Flags\n"
            "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n"
            "TCP  10.0.0.1:80 rr\n"
            "  -> 10.1.0.1:8080                FullNat 3      0          0         \n"
            "  -> 10.1.0.2:8080                FullNat 1      0          0         \n");
  EXPECT_EQ(c.type("ipvsadm -Sn").out,
            "-A -t 10.0.0.1:80 -s rr\n"
            "-P -t 10.0.0.1:80 -z 10.0.0.5\n"
            "-P -t 10.0.0.1:80 -z 10.0.0.6\n"
            "-a -t 10.0.0.1:80 -r 10.1.0.1:8080 -b -w 3\n"
            "-a -t 10.0.0.1:80 -r 10.1.0.2:8080 -b -w 1\n");
  EXPECT_EQ(c.type("ipvsadm -G -n").out,
            "VIP:VPORT            TOTAL    SNAT_IP              CONFLICTS  CONNS     \n"
            "10.0.0.1:80          2                                                  \n"
            "                              10.0.0.5             0          0         \n"
            "                              10.0.0.6             0          0         \n");
  c.fine("ipvsadm -Q -t 10.0.0.1:80 -z 10.0.0.5");
  EXPECT_EQ(c.type("ipvsadm -G -n -t 10.0.0.1:80").out,
            "VIP:VPORT            TOTAL    SNAT_IP              CONFLICTS  CONNS     \n"
            "10.0.0.1:80          1                                                  \n"
            "                              10.0.0.6             0          0         \n");
}

TEST(IpvsadmFullNat, Refusals) {
  Console c;
  c.fine("ipvsadm -A -t 10.0.0.1:80 -s rr");
  const auto says = [&](const std::string& line, int status, const std::string& text) {
    const Answer answer = c.type(line);
    EXPECT_EQ(answer.status, status) << line;
    EXPECT_EQ(answer.err, text) << line;
  };
  says("ipvsadm -P -t 10.0.0.1:80", 2,
       "You need to supply the 'local-address' option for the 'add-laddr' command\n");
  says("ipvsadm -P -z 10.0.0.5", 2,
       "You need to supply the 'service-address' option for the 'add-laddr' command\n");
  says("ipvsadm -P -t 10.0.0.9:80 -z 10.0.0.5", 255, "Service not defined\n");
  says("ipvsadm -P -t 10.0.0.1:80 -z 10.9.9.9", 255,
       "Invalid operation.  Possibly wrong module version, address not unicast, ...\n");
  says("ipvsadm -Q -t 10.0.0.1:80 -z 10.0.0.5", 255, "No such local address\n");
  c.fine("ipvsadm -P -t 10.0.0.1:80 -z 10.0.0.5");
  says("ipvsadm -P -t 10.0.0.1:80 -z 10.0.0.5", 255, "Local address already exists\n");
  // Debian's -b takes a value, and is refused with a real server.
  says("ipvsadm -a -t 10.0.0.1:80 -r 10.1.0.1:80 -b sh-port", 2,
       "Illegal 'sched-flags' option with the 'add-server' command\n");
  says("ipvsadm -a -t 10.0.0.1:80 -r 10.1.0.1:80 -m -b", 2,
       "multiple 'forwarding-method' options specified\n");
  says("ipvsadm -A -t 10.0.0.1:81 -s rr -z 10.0.0.5", 2,
       "Illegal 'local-address' option with the 'add-service' command\n");
}

TEST(Ipvsadm, TakesEverySchedulerOfTheTableByName) {
  Console c;
  int port = 1000;
  for (const lvs::SchedulerEntry& entry : lvs::schedulers()) {
    const std::string service = "10.0.0.1:" + std::to_string(port++);
    c.fine("ipvsadm -A -t " + service + " -s " + std::string(entry.name));
    EXPECT_NE(c.type("ipvsadm -Ln -t " + service)
                  .out.find(service + " " + std::string(entry.name) + "\n"),
              std::string::npos);
  }
  EXPECT_EQ(c.type("ipvsadm -A -t 10.0.0.1:80 -s wlc-activ").err,
            "Scheduler or persistence engine not found\n");
}

TEST(Ipvsadm, ListsSctpServices) {
  Console c;
  c.fine("ipvsadm -A --sctp-service 10.0.0.1:9000 -s rr");
  c.fine("ipvsadm -a --sctp-service 10.0.0.1:9000 -r 10.1.0.1:9000 -m");
  EXPECT_NE(c.type("ipvsadm -Ln").out.find("SCTP 10.0.0.1:9000 rr\n  -> 10.1.0.1:9000"),
            std::string::npos);
  EXPECT_EQ(c.type("ipvsadm -Sn").out,
            "-A --sctp-service 10.0.0.1:9000 -s rr\n"
            "-a --sctp-service 10.0.0.1:9000 -r 10.1.0.1:9000 -m -w 1\n");
}

/// Types random rules; what the tool refuses is refused.
void configure(Console& c, Random& random) {
  const auto number = [&](std::uint64_t below) { return std::to_string(random.below(below)); };
  for (int i = 0; i < 12; ++i) {
    constexpr const char* kKinds[] = {"-t", "-u", "--sctp-service"};
    const std::uint64_t kind = random.below(4);
    const std::string service = kind == 3
                                    ? "-f " + std::to_string(1 + random.below(9))
                                    : std::string(kKinds[kind]) + " 10.0.0." +
                                          std::to_string(1 + random.below(4)) + ":" + number(3);
    const auto& entry = lvs::schedulers()[random.below(lvs::schedulers().size())];
    std::string line = "ipvsadm -A " + service + " -s " + std::string(entry.name);
    if (random.below(2) == 0) line += " -p " + std::to_string(1 + random.below(999));
    if (random.below(3) == 0) line += " -M 255.255.255.0";
    if (random.below(4) == 0) line += " -o";
    if (entry.name == "sh" || entry.name == "mh") {
      line += " -b " + std::string(entry.name) + "-port," + std::string(entry.name) + "-fallback";
    } else if (random.below(4) == 0) {
      line += " -b flag-1,flag-3";
    }
    c.type(line);
    for (std::uint64_t n = random.below(3); n > 0; --n) {
      c.type("ipvsadm -P " + service + " -z 10.0.0." + std::to_string(5 + random.below(4)));
    }
    for (std::uint64_t n = random.below(6); n > 0; --n) {
      constexpr const char* kMethods[] = {"-g",
                                          "-m",
                                          "-i",
                                          "-b",
                                          "-i --tun-type gue --tun-port 6080 --tun-remcsum",
                                          "-i --tun-type gre --tun-csum"};
      c.type("ipvsadm -a " + service + " -r 10.1.0." + number(9) + ":" + number(4) + " " +
             kMethods[random.below(6)] + " -w " + number(70000));
    }
  }
}

// A mask without persistence is not saved, nor thresholds: what is saved is what comes back.
TEST(Ipvsadm, SaveThenRestoreIsTheIdentity) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Random random(seed, "rules");
    Console first, second;
    configure(first, random);
    const std::string saved = first.type("ipvsadm -Sn").out;
    const Answer restored = second.type("ipvsadm -R", saved);
    ASSERT_EQ(restored.err, "") << saved;
    ASSERT_EQ(restored.status, 0);
    ASSERT_EQ(second.type("ipvsadm -Sn").out, saved);
    ASSERT_EQ(second.type("ipvsadm -Ln").out, first.type("ipvsadm -Ln").out);
    ASSERT_EQ(second.type("ipvsadm -Gn").out, first.type("ipvsadm -Gn").out);
    // Names stand for the same numbers.
    Console third;
    third.type("ipvsadm -R", first.type("ipvsadm -S").out);
    ASSERT_EQ(third.type("ipvsadm -Sn").out, saved);
  }
}

}  // namespace
}  // namespace lvslab::admin
