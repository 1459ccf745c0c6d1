// How many ICMP errors a host sends: one bucket for all (icmp_msgs_per_sec, icmp_msgs_burst) and
// one per destination (one per icmp_ratelimit, saved up to six). Errors about missing routes have
// one more per source: one a second, saved up to five.
#pragma once

#include <algorithm>
#include <vector>

#include "base/time.h"
#include "net/sysctl.h"
#include "wire/address.h"

namespace lvslab::net {

class IcmpLimits {
 public:
  /// Whether an error of `type`/`code` may go to `destination` now; takes its tokens if so.
  bool allow(Instant now, wire::Ipv4 destination, std::uint8_t type, std::uint8_t code,
             const GlobalConf& conf) {
    if (((conf.icmp_ratemask >> type) & 1) == 0) return true;
    if (type == 3 && code == 4) return true;
    if (!global(now, conf)) return false;
    if (conf.icmp_ratelimit <= 0) return true;
    return take(find(peers_, destination), now, Duration::milliseconds(conf.icmp_ratelimit), 6);
  }
  /// The extra bucket of "no route" errors, by the source of the packet complained of.
  bool allow_no_route(Instant now, wire::Ipv4 source) {
    return take(find(sources_, source), now, Duration::seconds(1), 5);
  }

 private:
  struct Bucket {
    wire::Ipv4 address;
    Duration tokens = Duration::seconds(60);
    Instant last;
  };
  bool global(Instant now, const GlobalConf& conf) {
    const Duration per_message = Duration::seconds(1) / std::max(1, conf.icmp_msgs_per_sec);
    const Duration most = per_message * conf.icmp_msgs_burst;
    credit_ = std::min(most, credit_ + (now - last_));
    last_ = now;
    if (credit_ < per_message) return false;
    credit_ = credit_ - per_message;
    return true;
  }
  static bool take(Bucket& bucket, Instant now, Duration cost, int burst) {
    bucket.tokens = std::min(cost * burst, bucket.tokens + (now - bucket.last));
    bucket.last = now;
    if (bucket.tokens < cost) return false;
    bucket.tokens = bucket.tokens - cost;
    return true;
  }
  static Bucket& find(std::vector<Bucket>& buckets, wire::Ipv4 address) {
    auto it = std::lower_bound(buckets.begin(), buckets.end(), address,
                               [](const Bucket& b, wire::Ipv4 a) { return b.address < a; });
    if (it == buckets.end() || it->address != address) {
      it = buckets.insert(it, Bucket{.address = address, .last = Instant::start()});
    }
    return *it;
  }
  Duration credit_ = Duration::seconds(1);
  Instant last_;
  std::vector<Bucket> peers_, sources_;  ///< by address
};

}  // namespace lvslab::net
