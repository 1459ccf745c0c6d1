#include "cli/limits.h"

namespace lvslab::cli {
namespace {

constexpr Limit kLimits[] = {
    // links
    {"ethernet",
     "frames carry no FCS and no padding; links add both to the time a frame takes, but no "
     "preamble or gap: short frames pass a little faster, tcpdump shows ARP with length 28, not "
     "46"},
    {"switch",
     "no spanning tree, no IGMP snooping: a loop of switches is refused when the file is read"},
    {"multicast", "no group is joined: multicast is flooded by switches and ignored by hosts"},
    {"qdisc",
     "no traffic control (tc): a link's queue is drop-tail, its length the link's `queue`, and "
     "txqueuelen only shows"},
    {"live", "a real interface's carrier is not watched: its host sees it up until it is removed"},
    // hosts
    {"ipv6",
     "not yet: addresses are IPv4 only; ipvsadm lists what is configured for IPv6, nothing is "
     "forwarded",
     "addresses.cpp"},
    {"ip options",
     "source routes, timestamps and router alerts in IP headers are carried, not acted upon"},
    {"ip id",
     "counters and random starts are ours: values differ from a kernel's, the rules when they are "
     "0 do not"},
    {"tcp",
     "NewReno with SACK instead of CUBIC, no tail loss probe, no segmentation offload: long "
     "transfers differ in pace"},
    {"cpu",
     "without `cpu` a host takes no time to handle a frame; with it forwarding does, by what is "
     "done "
     "to the packet; scripts, ARP and what a host itself sends or receives take none, and its "
     "queue "
     "outlives a power-off",
     "cpu.h world_cpu.cpp"},
    {"timers",
     "kernel timers fire on a common 4 ms grid with the timer wheel's rounding; real machines' "
     "grids are shifted"},
    {"devices",
     "hosts have ethernet, lo, dummy, vlan (802.1Q) and ipip devices; bridge, bond, veth, macvlan, "
     "vxlan, gre and sit are refused with \"not simulated\": use a switch of the lab for a bridge, "
     "a host for a namespace",
     "ip_link.cpp ip_tunnel.cpp"},
    {"ip addr", "no peer addresses, lifetimes or metrics of addresses: such a command is refused",
     "ip_addr.cpp ifconfig.cpp"},
    {"ip route",
     "of a route over several next hops `check` walks the first, fib_multipath_hash_policy 1 "
     "counts for "
     "forwarded packets only, 2 and 3 act as 0; no route options but mtu, src, "
     "metric and onlink; rules "
     "select by from, to, fwmark and iif: others are refused",
     "ip_route ip_rule.cpp"},
    {"ip neigh",
     "flags router, extern_learn, use and managed are refused; entries learn and age as the "
     "kernel's do",
     "ip_neigh.cpp"},
    {"ip",
     "objects without a part in a lab (netns, monitor, xfrm, maddress, nexthop ...) and -json are "
     "refused",
     "ip.cpp ip.h"},
    {"netfilter",
     "what iptables knows but the filter does not (-m hashlimit, -j NETMAP, table security ...) is "
     "refused as not yet modelled, with status 2",
     "iptables netfilter"},
    {"nat ports",
     "a port that must be another is drawn from a stream of chance of its own: the class and the "
     "limits are the kernel's, the number is not"},
    {"conntrack",
     "no helpers (FTP, SIP), so nothing but ICMP errors is RELATED; SCTP and GRE have the timeout "
     "of any protocol; no accounting; a full table finds unanswered entries to drop by a hash of "
     "its own"},
    {"netfilter mark",
     "a mark set in OUTPUT leads packets of the host itself over another route, not those that "
     "IPVS sends on"},
    {"sysctl",
     "settings without a part in a lab (kernel.*, vm.*, socket buffers, tcp_mem ...) are kept and "
     "shown and change nothing: tuning them shows no effect here"},
    // the director
    {"ipvs", "modes and schedulers are those that `list modes` and `list schedulers` show"},
    {"fullnat",
     "not in the mainline kernel: rewriting, ports and TOA as alibaba's LVS has them, states and "
     "timeouts those of Linux 6.1; -P takes only addresses that the director has"},
    {"tunnel type",
     "--tun-type gue and gre: the director's frames bear these headers, but a lab's hosts have no "
     "device that takes them off: only ipip reaches a socket"},
    {"models",
     "schedulers marked (model) are not in the kernel: ipvsadm on a real director refuses their "
     "names"},
    {"sync",
     "sync daemons are configured and listed but send nothing: a backup knows no connection of its "
     "master's",
     "sync_daemon.h"},
    {"ip_vs_ftp", "the module loads and does nothing: active FTP through NAT fails"},
    {"keepalived", "not yet: no VRRP, no health checks; a take-over is typed or scheduled"},
    // administration
    {"names", "no name resolution beyond /etc/hosts: hosts are addresses"},
    {"shell",
     "bash's language without job control at a terminal (fg, bg), traps, arrays and redirections "
     "of "
     "exec; a script ends after 1,000,000 steps; everything is done by root"},
    {"boot",
     "power on and `reboot` take no time; files are applied then, not at time 0; what the file's "
     "interfaces, gateway, sysctl and modules gave is lost like typed commands, `serve` starts "
     "again"},
    {"network files",
     "ifcfg files: HWADDR is not compared, no bonds or bridges; DHCP finds no server; "
     "NetworkManager announces nothing when it brings an address up, ifup does"},
    {"services",
     "systemctl knows web servers, ipvsadm, the network, rc-local and sysctl; others are not "
     "found; "
     "a web server answers every path with one text"},
    {"awk, sed",
     "awk without functions of one's own, getline, pipes and redirections; sed knows { } = a c d i "
     "n p q "
     "s y; both are bounded in steps and in the size of a text",
     "awk.cpp sed.cpp"},
    {"packages", "dnf, yum and apt succeed at once: everything known is installed"},
    {"ping", "without -c a ping in a script ends after 10 echoes, since nobody can press Ctrl-C"},
    {"curl", "one GET (or HEAD) a URL, in clear for https too: no TLS, no redirects, no -w texts",
     "curl.cpp"},
    {"tcpdump",
     "time stamps count from the start of the run; decodes ARP, ICMP, UDP, TCP, IP in IP, the "
     "first "
     "lines of HTTP, FTP, SMTP and DNS's header, other protocols by number; no files (-w, -r: use "
     "`lvslab run --pcap`); without -c it goes on beside the script until the run ends, and its "
     "console entry comes then, at most 1 MiB",
     "tcpdump.cpp"},
    {"load", "traffic of a scenario is no process of its host: ss shows it, ps and kill do not"},
    {"service",
     "a server accepts every connection at once and queues requests, however many there are; work "
     "for a client that has gone is done all the same"},
    // the program
    {"verbs",
     "grade judges what happens, not how a file is written: a student's traffic, timeline and "
     "expectations are the teacher's; a lesson's own texts stay in the language of its file",
     "cli.cpp table.cpp list.cpp cli.h"},
    {"compare",
     "expectations of the file are not judged in its cells, only those of `compare`; ranks share a "
     "folder that all of them see, and its file system must make files exclusively (O_EXCL)"},
    {"check",
     "looks at the tables when the lab is ready, after each thing on the timeline and at the end, "
     "not between; a destination that DNAT changes is not followed; of clients that reach a "
     "director by the same way one is walked through its real servers"},
    {"import",
     "not taken over: IPv6, nftables beyond iptables, VRRP, health checks and sorry servers of "
     "keepalived, thresholds and connections of the director, the order in which its real servers "
     "were added "
     "(ipvsadm-save sorts them), tunnels but tunl0, policy beyond "
     "rules, addresses with a peer, routes over several next hops; cables and what servers "
     "answer are guessed, and networks with the same addresses are taken for one"},
    {"language",
     "multipath is an accepted word of the scenario language, answered \"not yet\": `ip route add "
     "... nexthop` in `run` does it",
     "decoder.cpp keys.h expectation_keys.h panel.cpp"},
};

}  // namespace

std::span<const Limit> limits() { return kLimits; }

}  // namespace lvslab::cli
