// The knobs under net.ipv4 that a host's behaviour depends on, as plain integers with the kernel's
// defaults, and the table of their names. How `all` and an interface combine is stated at each
// accessor of EffectiveConf (max, or, and, interface only).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lvslab::net {

/// net.ipv4.conf.{all,default,IF}.*
struct InterfaceConf {
  // Asked for every packet, so that they stand together.
  int forwarding = 0, rp_filter = 0, accept_local = 0, route_localnet = 0, send_redirects = 1;
  int arp_ignore = 0, arp_announce = 0, arp_filter = 0, arp_accept = 0, arp_notify = 0;
  int drop_gratuitous_arp = 0, arp_evict_nocarrier = 1, proxy_arp = 0, proxy_arp_pvlan = 0,
      medium_id = 0;
  int log_martians = 0, promote_secondaries = 0;
  int accept_redirects = 1, secure_redirects = 1, shared_media = 1;
  int accept_source_route = 1, drop_unicast_in_l2_multicast = 0, ignore_routes_with_linkdown = 0;
};

/// net.ipv4.neigh.{default,IF}.*; times in the unit of the key.
struct NeighbourConf {
  int base_reachable_time_ms = 30'000, delay_first_probe_time = 5, retrans_time_ms = 1'000;
  int gc_stale_time = 60, ucast_solicit = 3, mcast_solicit = 3, app_solicit = 0,
      mcast_resolicit = 0;
  int locktime = 100;  ///< hundredths of a second
  int unres_qlen_bytes = 212'992, proxy_delay = 80, proxy_qlen = 64, anycast_delay = 100;
};

/// Keys without an interface.
struct GlobalConf {
  int ip_default_ttl = 64, ip_nonlocal_bind = 0, ip_no_pmtu_disc = 0, min_pmtu = 552,
      mtu_expires = 600, min_adv_mss = 256;
  int icmp_echo_ignore_all = 0, icmp_echo_ignore_broadcasts = 1, icmp_errors_use_inbound_ifaddr = 0;
  int icmp_ratelimit = 1'000, icmp_ratemask = 6168, icmp_msgs_per_sec = 1'000, icmp_msgs_burst = 50;
  int fib_multipath_hash_policy = 0;
  int ipfrag_time = 30, ipfrag_high_thresh = 4'194'304, ipfrag_max_dist = 64;
  int port_range_low = 32'768, port_range_high = 60'999, somaxconn = 4'096;
  int tcp_syn_retries = 6, tcp_synack_retries = 5, tcp_retries1 = 3, tcp_retries2 = 15,
      tcp_fin_timeout = 60;
  int tcp_orphan_retries = 0, tcp_keepalive_time = 7'200, tcp_keepalive_intvl = 75,
      tcp_keepalive_probes = 9;
  int tcp_timestamps = 1, tcp_sack = 1, tcp_window_scaling = 1, tcp_syncookies = 1,
      tcp_tw_reuse = 2, tcp_max_syn_backlog = 1'024, tcp_rfc1337 = 0, tcp_ecn = 2;
  int gc_thresh1 = 128, gc_thresh2 = 512, gc_thresh3 = 1'024, gc_interval = 30;
};

template <typename Struct>
struct SysctlKey {
  std::string_view name;  ///< last part: "arp_ignore"
  int Struct::*member;
};
/// All keys of each group, sorted by name.
std::span<const SysctlKey<InterfaceConf>> interface_keys();
std::span<const SysctlKey<NeighbourConf>> neighbour_keys();
std::span<const SysctlKey<GlobalConf>> global_keys();

}  // namespace lvslab::net
