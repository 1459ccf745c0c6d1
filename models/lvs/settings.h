// net.ipv4.vs.*: the director's sysctls with the kernel's names and defaults (Linux 6.1). The three
// parts of sync_threshold and friends keep the kernel's units: packets and seconds.
#pragma once

namespace lvslab::lvs {

struct DirectorSettings {
  int am_droprate = 10, amemthresh = 1024, backup_only = 0, cache_bypass = 0;
  int conn_reuse_mode = 1, conntrack = 0, drop_entry = 0, drop_packet = 0;
  int expire_nodest_conn = 0, expire_quiescent_template = 0, ignore_tunneled = 0;
  int lblc_expiration = 86'400, lblcr_expiration = 86'400, nat_icmp_send = 0, pmtu_disc = 1;
  int run_estimation = 1, schedule_icmp = 0, secure_tcp = 0, sloppy_tcp = 0, sloppy_sctp = 0;
  int snat_reroute = 1, sync_persist_mode = 0, sync_ports = 1, sync_qlen_max = 7157;
  int sync_refresh_period = 0, sync_retries = 0, sync_sock_size = 0, sync_version = 1;
  int sync_threshold = 3, sync_period = 50;
};

}  // namespace lvslab::lvs
