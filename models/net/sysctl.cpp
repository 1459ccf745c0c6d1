#include "net/sysctl.h"

#include <array>

namespace lvslab::net {
namespace {

using I = InterfaceConf;
using N = NeighbourConf;
using G = GlobalConf;

constexpr std::array kInterfaceKeys = {
    SysctlKey<I>{"accept_local", &I::accept_local},
    SysctlKey<I>{"accept_redirects", &I::accept_redirects},
    SysctlKey<I>{"accept_source_route", &I::accept_source_route},
    SysctlKey<I>{"arp_accept", &I::arp_accept},
    SysctlKey<I>{"arp_announce", &I::arp_announce},
    SysctlKey<I>{"arp_evict_nocarrier", &I::arp_evict_nocarrier},
    SysctlKey<I>{"arp_filter", &I::arp_filter},
    SysctlKey<I>{"arp_ignore", &I::arp_ignore},
    SysctlKey<I>{"arp_notify", &I::arp_notify},
    SysctlKey<I>{"drop_gratuitous_arp", &I::drop_gratuitous_arp},
    SysctlKey<I>{"drop_unicast_in_l2_multicast", &I::drop_unicast_in_l2_multicast},
    SysctlKey<I>{"forwarding", &I::forwarding},
    SysctlKey<I>{"ignore_routes_with_linkdown", &I::ignore_routes_with_linkdown},
    SysctlKey<I>{"log_martians", &I::log_martians},
    SysctlKey<I>{"medium_id", &I::medium_id},
    SysctlKey<I>{"promote_secondaries", &I::promote_secondaries},
    SysctlKey<I>{"proxy_arp", &I::proxy_arp},
    SysctlKey<I>{"proxy_arp_pvlan", &I::proxy_arp_pvlan},
    SysctlKey<I>{"route_localnet", &I::route_localnet},
    SysctlKey<I>{"rp_filter", &I::rp_filter},
    SysctlKey<I>{"secure_redirects", &I::secure_redirects},
    SysctlKey<I>{"send_redirects", &I::send_redirects},
    SysctlKey<I>{"shared_media", &I::shared_media},
};
static_assert(kInterfaceKeys.size() * sizeof(int) == sizeof(I), "a key for every setting");

constexpr std::array kNeighbourKeys = {
    SysctlKey<N>{"anycast_delay", &N::anycast_delay},
    SysctlKey<N>{"app_solicit", &N::app_solicit},
    SysctlKey<N>{"base_reachable_time_ms", &N::base_reachable_time_ms},
    SysctlKey<N>{"delay_first_probe_time", &N::delay_first_probe_time},
    SysctlKey<N>{"gc_stale_time", &N::gc_stale_time},
    SysctlKey<N>{"locktime", &N::locktime},
    SysctlKey<N>{"mcast_resolicit", &N::mcast_resolicit},
    SysctlKey<N>{"mcast_solicit", &N::mcast_solicit},
    SysctlKey<N>{"proxy_delay", &N::proxy_delay},
    SysctlKey<N>{"proxy_qlen", &N::proxy_qlen},
    SysctlKey<N>{"retrans_time_ms", &N::retrans_time_ms},
    SysctlKey<N>{"ucast_solicit", &N::ucast_solicit},
    SysctlKey<N>{"unres_qlen_bytes", &N::unres_qlen_bytes},
};
static_assert(kNeighbourKeys.size() * sizeof(int) == sizeof(N), "a key for every setting");

// The two ends of ip_local_port_range are one key with two numbers at the prompt: not in this
// table.
constexpr std::array kGlobalKeys = {
    SysctlKey<G>{"fib_multipath_hash_policy", &G::fib_multipath_hash_policy},
    SysctlKey<G>{"gc_interval", &G::gc_interval},
    SysctlKey<G>{"gc_thresh1", &G::gc_thresh1},
    SysctlKey<G>{"gc_thresh2", &G::gc_thresh2},
    SysctlKey<G>{"gc_thresh3", &G::gc_thresh3},
    SysctlKey<G>{"icmp_echo_ignore_all", &G::icmp_echo_ignore_all},
    SysctlKey<G>{"icmp_echo_ignore_broadcasts", &G::icmp_echo_ignore_broadcasts},
    SysctlKey<G>{"icmp_errors_use_inbound_ifaddr", &G::icmp_errors_use_inbound_ifaddr},
    SysctlKey<G>{"icmp_msgs_burst", &G::icmp_msgs_burst},
    SysctlKey<G>{"icmp_msgs_per_sec", &G::icmp_msgs_per_sec},
    SysctlKey<G>{"icmp_ratelimit", &G::icmp_ratelimit},
    SysctlKey<G>{"icmp_ratemask", &G::icmp_ratemask},
    SysctlKey<G>{"ip_default_ttl", &G::ip_default_ttl},
    SysctlKey<G>{"ip_no_pmtu_disc", &G::ip_no_pmtu_disc},
    SysctlKey<G>{"ip_nonlocal_bind", &G::ip_nonlocal_bind},
    SysctlKey<G>{"ipfrag_high_thresh", &G::ipfrag_high_thresh},
    SysctlKey<G>{"ipfrag_max_dist", &G::ipfrag_max_dist},
    SysctlKey<G>{"ipfrag_time", &G::ipfrag_time},
    SysctlKey<G>{"min_adv_mss", &G::min_adv_mss},
    SysctlKey<G>{"min_pmtu", &G::min_pmtu},
    SysctlKey<G>{"mtu_expires", &G::mtu_expires},
    SysctlKey<G>{"somaxconn", &G::somaxconn},
    SysctlKey<G>{"tcp_ecn", &G::tcp_ecn},
    SysctlKey<G>{"tcp_fin_timeout", &G::tcp_fin_timeout},
    SysctlKey<G>{"tcp_keepalive_intvl", &G::tcp_keepalive_intvl},
    SysctlKey<G>{"tcp_keepalive_probes", &G::tcp_keepalive_probes},
    SysctlKey<G>{"tcp_keepalive_time", &G::tcp_keepalive_time},
    SysctlKey<G>{"tcp_max_syn_backlog", &G::tcp_max_syn_backlog},
    SysctlKey<G>{"tcp_orphan_retries", &G::tcp_orphan_retries},
    SysctlKey<G>{"tcp_retries1", &G::tcp_retries1},
    SysctlKey<G>{"tcp_retries2", &G::tcp_retries2},
    SysctlKey<G>{"tcp_rfc1337", &G::tcp_rfc1337},
    SysctlKey<G>{"tcp_sack", &G::tcp_sack},
    SysctlKey<G>{"tcp_syn_retries", &G::tcp_syn_retries},
    SysctlKey<G>{"tcp_synack_retries", &G::tcp_synack_retries},
    SysctlKey<G>{"tcp_syncookies", &G::tcp_syncookies},
    SysctlKey<G>{"tcp_timestamps", &G::tcp_timestamps},
    SysctlKey<G>{"tcp_tw_reuse", &G::tcp_tw_reuse},
    SysctlKey<G>{"tcp_window_scaling", &G::tcp_window_scaling},
};
static_assert((kGlobalKeys.size() + 2) * sizeof(int) == sizeof(G), "a key for every setting");

}  // namespace

std::span<const SysctlKey<InterfaceConf>> interface_keys() { return kInterfaceKeys; }
std::span<const SysctlKey<NeighbourConf>> neighbour_keys() { return kNeighbourKeys; }
std::span<const SysctlKey<GlobalConf>> global_keys() { return kGlobalKeys; }

}  // namespace lvslab::net
