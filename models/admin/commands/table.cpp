// Every command lvslab knows. One line each, by name.
#include <algorithm>
#include <array>

#include "admin/commands/commands.h"
#include "admin/commands/text_tools.h"

namespace lvslab::admin {
namespace {

constexpr auto kCommands = std::to_array<CommandEntry>({
    {"[", run_test, "evaluate a condition"},
    {"apt", run_package_manager, "install packages: succeeds silently"},
    {"apt-get", run_package_manager, "install packages: succeeds silently"},
    {"arp", run_arp, "show and change the ARP cache (net-tools)"},
    {"arping", run_arping, "ask or announce by ARP (iputils)"},
    {"arptables", run_arptables, "rules for ARP messages: drop or change what is heard and said"},
    {"arptables-legacy", run_arptables, "the same as arptables"},
    {"awk", run_awk, "rules for lines and their fields", true},
    {"basename", run_basename, "last part of a path"},
    {"cat", run_cat, "print files, /proc/sys included", true},
    {"chkconfig", run_chkconfig, "services that start at boot (init)"},
    {"chmod", run_chmod, "change a file's mode"},
    {"conntrack", run_conntrack, "list, count and remove tracked connections (1.4.7)"},
    {"cp", run_cp, "copy files"},
    {"curl", run_curl, "one HTTP GET; prints the body"},
    {"cut", run_cut, "parts of lines", true},
    {"date", run_date, "the clock of the lab, which starts with the year 1970"},
    {"dirname", run_dirname, "a path without its last part"},
    {"dmesg", run_dmesg, "the kernel's messages: LOG rules, a full table of connections"},
    {"dnf", run_package_manager, "install packages: succeeds silently"},
    {"echo", run_echo, "print words"},
    {"egrep", run_grep, "grep -E", true},
    {"false", run_false, "fail"},
    {"fgrep", run_grep, "grep -F", true},
    {"getenforce", run_getenforce, "SELinux mode"},
    {"grep", run_grep, "lines that match", true},
    {"head", run_head, "first lines", true},
    {"hostname", run_hostname, "the host's name"},
    {"hostnamectl", run_hostnamectl, "the host's name (systemd)"},
    {"id", run_id, "who runs the command: root"},
    {"ifconfig", run_ifconfig, "show and set interfaces (net-tools)"},
    {"ifdown", run_ifdown, "take an interface of the configuration files down"},
    {"ifup", run_ifup, "bring an interface of the configuration files up"},
    {"ip", run_ip, "addresses, links, routes, neighbours, tunnels (iproute2)"},
    {"iptables", run_iptables, "packet filter: tables raw, mangle, nat and filter (1.8.9, legacy)"},
    {"iptables-legacy", run_iptables, "the same as iptables"},
    {"iptables-legacy-restore", run_iptables_restore, "the same as iptables-restore", true},
    {"iptables-legacy-save", run_iptables_save, "the same as iptables-save"},
    {"iptables-restore", run_iptables_restore, "load iptables rules from standard input", true},
    {"iptables-save", run_iptables_save, "print iptables rules"},
    {"ipvsadm", run_ipvsadm, "administer the director (1.31)"},
    {"ipvsadm-restore", run_ipvsadm_restore, "load ipvsadm rules from standard input", true},
    {"ipvsadm-save", run_ipvsadm_save, "print ipvsadm rules"},
    {"ls", run_ls, "list files"},
    {"lsmod", run_lsmod, "list kernel modules"},
    {"mkdir", run_mkdir, "make directories"},
    {"modprobe", run_modprobe, "load and unload kernel modules"},
    {"mv", run_mv, "move files"},
    {"netstat", run_netstat, "sockets and routes (net-tools)"},
    {"nmcli", run_nmcli, "NetworkManager connections and keyfiles"},
    {"nstat", run_nstat, "kernel counters"},
    {"ping", run_ping, "ICMP echo (iputils)"},
    {"printf", run_printf, "print with a format"},
    {"reboot", run_reboot, "start the machine anew: what is not in files is lost"},
    {"rm", run_rm, "remove files"},
    {"route", run_route, "show and change routes (net-tools)"},
    {"sed", run_sed, "edit lines by a script", true},
    {"seq", run_seq, "count"},
    {"service", run_service, "start and stop services (init)"},
    {"setenforce", run_setenforce, "SELinux mode: succeeds silently"},
    {"sleep", run_sleep, "wait in simulated time"},
    {"sort", run_sort, "sort lines", true},
    {"ss", run_ss, "sockets (iproute2)"},
    {"sysctl", run_sysctl, "read and write /proc/sys"},
    {"systemctl", run_systemctl, "start, stop, enable services (systemd)"},
    {"tac", run_tac, "lines, the last one first", true},
    {"tail", run_tail, "last lines", true},
    {"tcpdump", run_tcpdump, "the frames of an interface (4.99.3)"},
    {"tee", run_tee, "copy standard input to files", true},
    {"test", run_test, "evaluate a condition"},
    {"touch", run_touch, "make empty files"},
    {"tr", run_tr, "translate characters", true},
    {"true", run_true, "succeed"},
    {"uname", run_uname, "the kernel's name"},
    {"uniq", run_uniq, "drop repeated lines", true},
    {"wc", run_wc, "count lines, words, bytes", true},
    {"whoami", run_whoami, "who runs the command: root"},
    {"xargs", run_xargs, "run a command with words from standard input", true},
    {"yum", run_package_manager, "install packages: succeeds silently"},
});

}  // namespace

std::span<const CommandEntry> commands() { return kCommands; }

const CommandEntry* find_command(std::string_view name) {
  // Only the usual folders of programs stand for the bare name: ./ip is a file of the user's own.
  if (const std::size_t slash = name.rfind('/'); slash != std::string_view::npos) {
    constexpr std::string_view kFolders[] = {"/bin/",      "/sbin/",          "/usr/bin/",
                                             "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/"};
    const std::string_view folder = name.substr(0, slash + 1);
    if (std::find(std::begin(kFolders), std::end(kFolders), folder) == std::end(kFolders)) {
      return nullptr;
    }
    name.remove_prefix(slash + 1);
  }
  for (const CommandEntry& entry : kCommands) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

}  // namespace lvslab::admin
