// Very many clients on one host: a prefix of addresses that are all the host's own (a local route,
// as `ip route add local PREFIX dev lo` makes), and a law by which each connection draws whose it
// is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"
#include "wire/address.h"

namespace lvslab::app {

class Population {
 public:
  static constexpr std::uint64_t kMost = std::uint64_t{1} << 24;  ///< addresses of one prefix
  static constexpr std::uint64_t kMostWeighed = std::uint64_t{1} << 20;

  struct Member {
    wire::Ipv4 address;
    double weight = 1;  ///< above 0
  };

  std::string name;
  std::uint32_t host = 0;  ///< node number
  wire::Prefix prefix;

  /// `count` addresses from the first usable one of the prefix, all alike.
  void use_uniform(std::uint64_t count);
  /// The k-th of them with weight 1 / k^exponent.
  void use_zipf(std::uint64_t count, double exponent);
  void use(const std::vector<Member>& members);
  /// With this chance (in millionths, all together at most a million) it is this address, whatever
  /// the law says of the rest: a crowd behind one translated address.
  void add_share(wire::Ipv4 address, std::uint64_t millionths);

  /// The addresses of a prefix that hosts may have: without its own number and its broadcast.
  static std::uint64_t usable(const wire::Prefix& prefix);
  static wire::Ipv4 first(const wire::Prefix& prefix);

  /// Whose a connection is; a pure function of the chance given.
  wire::Ipv4 draw(Random chance) const;

 private:
  struct Share {
    wire::Ipv4 address;
    std::uint64_t until = 0;  ///< in millionths, cumulated
  };
  std::uint64_t count_ = 0;
  std::vector<double> cumulated_;    ///< weights up to and with each; empty: all alike
  std::vector<wire::Ipv4> members_;  ///< empty: from the first on
  std::vector<Share> shares_;
};

}  // namespace lvslab::app
