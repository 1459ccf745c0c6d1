// The functions behind commands/table.cpp, one per command name.
#pragma once

#include "admin/command.h"

namespace lvslab::admin {

// addresses, links, routes and neighbours
CommandResult run_ip(CommandContext& context);
CommandResult run_ifconfig(CommandContext& context);
CommandResult run_route(CommandContext& context);
CommandResult run_arp(CommandContext& context);
CommandResult run_ifup(CommandContext& context);
CommandResult run_ifdown(CommandContext& context);
// the director
CommandResult run_ipvsadm(CommandContext& context);
CommandResult run_ipvsadm_save(CommandContext& context);
CommandResult run_ipvsadm_restore(CommandContext& context);
// the packet filter
CommandResult run_iptables(CommandContext& context);
CommandResult run_iptables_save(CommandContext& context);
CommandResult run_iptables_restore(CommandContext& context);
// the kernel
CommandResult run_sysctl(CommandContext& context);
CommandResult run_modprobe(CommandContext& context);
CommandResult run_lsmod(CommandContext& context);
CommandResult run_uname(CommandContext& context);
CommandResult run_arptables(CommandContext& context);
CommandResult run_dmesg(CommandContext& context);
CommandResult run_hostname(CommandContext& context);
CommandResult run_hostnamectl(CommandContext& context);
CommandResult run_setenforce(CommandContext& context);
CommandResult run_getenforce(CommandContext& context);
// services and packages
CommandResult run_systemctl(CommandContext& context);
CommandResult run_service(CommandContext& context);
CommandResult run_chkconfig(CommandContext& context);
CommandResult run_reboot(CommandContext& context);
CommandResult run_package_manager(CommandContext& context);
CommandResult run_nmcli(CommandContext& context);
// looking at the network
CommandResult run_ping(CommandContext& context);
CommandResult run_arping(CommandContext& context);
CommandResult run_curl(CommandContext& context);
CommandResult run_ss(CommandContext& context);
CommandResult run_netstat(CommandContext& context);
CommandResult run_nstat(CommandContext& context);
CommandResult run_tcpdump(CommandContext& context);
// files
CommandResult run_cat(CommandContext& context);
CommandResult run_tee(CommandContext& context);
CommandResult run_ls(CommandContext& context);
CommandResult run_mkdir(CommandContext& context);
CommandResult run_touch(CommandContext& context);
CommandResult run_chmod(CommandContext& context);
CommandResult run_rm(CommandContext& context);
CommandResult run_cp(CommandContext& context);
CommandResult run_mv(CommandContext& context);
// texts
CommandResult run_echo(CommandContext& context);
CommandResult run_printf(CommandContext& context);
CommandResult run_grep(CommandContext& context);
CommandResult run_sort(CommandContext& context);
CommandResult run_uniq(CommandContext& context);
CommandResult run_head(CommandContext& context);
CommandResult run_tail(CommandContext& context);
CommandResult run_wc(CommandContext& context);
CommandResult run_cut(CommandContext& context);
CommandResult run_tr(CommandContext& context);
CommandResult run_seq(CommandContext& context);
CommandResult run_basename(CommandContext& context);
CommandResult run_dirname(CommandContext& context);
// the shell's helpers
CommandResult run_true(CommandContext& context);
CommandResult run_false(CommandContext& context);
CommandResult run_test(CommandContext& context);
CommandResult run_sleep(CommandContext& context);

}  // namespace lvslab::admin
