// Client, director and two real servers as network namespaces of the running kernel, joined by veth
// cables; no bridge. The client and the real servers use the kernel's stack; on the director's
// interfaces it has nothing to say: no address, no ARP, no forwarding.
//
//   client eth0 ------ eth0 lvs eth1 ------ eth0 rs1 eth1 ------ eth1 client
//   10.0.1.10                 eth2 ------ eth0 rs2 eth1 ------ eth2 client
//
// Everything is named after the process, and gone when the test ends.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "live/child.h"
#include "support/scratch_folder.h"

namespace lvslab::testing {

class LiveBed : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// "lvs" as this process calls its namespace.
  static std::string space(const std::string& host);
  /// The words that run `command` on a host.
  static std::vector<std::string> on(const std::string& host, std::vector<std::string> command);
  /// Runs a shell script on a host of the kernel's; a failure fails the test.
  void shell(const std::string& host, const std::string& script);
  Finished run(const std::vector<std::string>& words) { return run_child(words, file("run")); }
  std::string file(const std::string& name) const { return scratch_.file(name); }
  std::string write(const std::string& name, const std::string& text) const;

  /// python3's web server on port 80 of a real server, from the kernel's stack: its name at /, and
  /// at /big kBigBytes that do not repeat.
  void serve_web(const std::string& host);
  static constexpr int kBigBytes = 1'000'000;
  /// What an ordinary client gets, a word for each of `paths` of the VIP: the answer's text, or its
  /// checksum when it is long.
  std::vector<std::string> fetch(const std::vector<std::string>& paths);
  /// The checksum that fetch() gives for /big.
  std::string big_checksum() const { return big_checksum_; }
  /// tunl0 on a real server: the kernel's, else one made of a TUN device and a raw socket. False:
  /// neither is to be had.
  bool make_tunnel(const std::string& host);

  std::map<std::string, Child> children_;

 private:
  bool make_cables();
  ScratchFolder scratch_{"live"};
  std::string big_checksum_;
  bool made_ = false;
};

}  // namespace lvslab::testing
