// What a host has learnt about single destinations: a better gateway from an ICMP redirect (300 s),
// a smaller path MTU from "fragmentation needed" (600 s); and what redirects it has sent to whom.
#pragma once

#include <algorithm>
#include <vector>

#include "base/time.h"
#include "wire/address.h"

namespace lvslab::net {

class PathCache {
 public:
  struct Path {
    wire::Ipv4 destination;
    wire::Ipv4 gateway;  ///< 0: none learnt
    Instant gateway_expires = Instant::start();
    std::uint32_t mtu = 0;    ///< 0: none learnt
    bool mtu_locked = false;  ///< below min_pmtu: DF is no longer set
    Instant mtu_expires = Instant::start();
  };
  const Path* find(wire::Ipv4 destination) const {
    auto it = place(destination);
    return it != paths_.end() && it->destination == destination ? &*it : nullptr;
  }
  Path& edit(wire::Ipv4 destination) {
    auto it = paths_.begin() + (place(destination) - paths_.begin());
    if (it == paths_.end() || it->destination != destination) {
      it = paths_.insert(it, Path{.destination = destination});
    }
    return *it;
  }
  void forget_gateways() {
    for (Path& p : paths_) p.gateway = {};
  }

  /// Whether a redirect may go to `host` now: the first at once, then after gaps of 40, 80, 160 ms
  /// ..., none after the ninth; 20.48 s of silence start anew.
  bool allow_redirect(wire::Ipv4 host, Instant now) {
    auto it =
        std::find_if(sent_.begin(), sent_.end(), [&](const Sent& s) { return s.host == host; });
    if (it == sent_.end()) {
      sent_.push_back({host, 1, now});
      return true;
    }
    if (now > it->last + Duration::microseconds(20'480'000)) it->count = 0;
    if (it->count >= 9) {
      it->last = now;  // still asking: stays silent until there is silence
      return false;
    }
    if (it->count > 0 &&
        now < it->last + Duration::milliseconds(20) * (std::int64_t{1} << it->count)) {
      return false;
    }
    ++it->count;
    it->last = now;
    return true;
  }

 private:
  std::vector<Path>::const_iterator place(wire::Ipv4 destination) const {
    return std::lower_bound(paths_.begin(), paths_.end(), destination,
                            [](const Path& p, wire::Ipv4 d) { return p.destination < d; });
  }
  struct Sent {
    wire::Ipv4 host;
    int count;
    Instant last;
  };
  std::vector<Path> paths_;  ///< by destination
  std::vector<Sent> sent_;
};

}  // namespace lvslab::net
