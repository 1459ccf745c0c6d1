// A machine with eth0 (192.168.0.21/24) on which the network commands are typed one by one, without
// a shell: words are split at blanks, what a command printed is compared as a whole.
#pragma once

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "admin/command.h"
#include "admin/commands/commands.h"
#include "admin/machine.h"

namespace lvslab::test {

class NetworkConsole {
 public:
  struct Outcome {
    int status;
    std::string out, err;
  };

  NetworkConsole() {
    turn.begin(Instant::start(), WatchLevel::kNothing);
    machine.host().add_ethernet(turn, "eth0", wire::Mac{0x0200000000a1}, 1500, true);
    run("ip addr add 192.168.0.21/24 brd + dev eth0");
  }
  ~NetworkConsole() {
    for (Transmission& t : turn.transmissions()) pool.retire(std::move(t.packet));
    turn.clear();
  }

  Outcome run(const std::string& line) {
    admin::CommandContext context{turn, machine, {}, {}, "/root", {}, {}};
    std::istringstream words(line);
    for (std::string word; words >> word;) context.args.push_back(word);
    return run(std::move(context));
  }
  Outcome run(std::vector<std::string> args) {
    admin::CommandContext context{turn, machine, std::move(args), {}, "/root", {}, {}};
    return run(std::move(context));
  }
  std::string out(const std::string& line) { return run(line).out; }
  std::string err(const std::string& line) { return run(line).err; }
  int status(const std::string& line) { return run(line).status; }
  /// What a command says that must succeed in silence; empty if it does.
  std::string silent(const std::string& line) {
    const Outcome outcome = run(line);
    return outcome.out + outcome.err +
           (outcome.status == 0 ? "" : "status " + std::to_string(outcome.status));
  }

  net::Host& host() { return machine.host(); }

  PacketPool pool;
  Turn turn{pool};
  admin::Machine machine{"rs1", 1, 0};

 private:
  static Outcome run(admin::CommandContext context) {
    const std::string& name = context.args.at(0);
    const auto function = name == "ip"         ? admin::run_ip
                          : name == "ifconfig" ? admin::run_ifconfig
                          : name == "route"    ? admin::run_route
                                               : admin::run_arp;
    const int status = function(context).status;
    return {status, std::move(context.out), std::move(context.err)};
  }
};

}  // namespace lvslab::test
