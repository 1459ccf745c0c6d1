// For every finding a lab that has it and one nearby that has not.
#pragma once

#include <ostream>
#include <string_view>

namespace lvslab::test {

struct FindingCase {
  std::string_view id, host;
  std::string_view file;     ///< below scenarios/
  std::string_view change;   ///< what is changed in it; empty: it has the finding as it stands
  std::string_view healthy;  ///< the lab nearby; empty: the file as it stands
  bool run = false;          ///< seen while running only
};

inline void PrintTo(const FindingCase& c, std::ostream* out) { *out << c.id; }

inline constexpr FindingCase kFindingCases[] = {
    {"host-off", "rs1", "modes/dr.yaml", "timeline: [{at: 1s, host: rs1, power: off}]", "", true},
    {"interface-down", "rs1", "modes/dr.yaml", "hosts: {rs1: {run: ip link set eth0 down}}", ""},
    {"cable-down", "rs1", "modes/dr.yaml",
     "timeline: [{at: 1s, link: [rs1:eth0, lan], state: down}]", "", true},
    {"lossy-link", "client", "modes/dr.yaml", "link_defaults: {loss: 5%}", ""},
    {"duplicate-mac", "rs2", "arp-conflicts/26-cloned-mac-broken.yaml", "",
     "arp-conflicts/26-cloned-mac.yaml"},
    {"arp-off", "rs1", "modes/dr.yaml", "hosts: {rs1: {run: ip link set eth0 arp off}}", ""},
    {"two-cards-one-segment", "lvs", "arp-conflicts/17-two-cards-on-one-lan-broken.yaml", "",
     "arp-conflicts/17-two-cards-on-one-lan.yaml"},
    {"duplicate-address", "rs2", "modes/dr.yaml",
     "hosts: {rs2: {run: ip addr add 192.168.10.11/24 dev eth0}}", ""},
    {"two-directors-own-vip", "lvs2", "arp-conflicts/16-split-brain-broken.yaml", "",
     "arp-conflicts/16-split-brain.yaml", true},
    {"vip-prefix-on-lo", "rs1", "arp-conflicts/10-netmask-24-broken.yaml", "",
     "arp-conflicts/10-netmask-24.yaml"},
    {"static-neighbour-wrong", "router", "modes/dr.yaml",
     "hosts: {router: {run: ip neigh add $VIP lladdr 02:00:00:00:99:99 dev eth1 nud permanent}}",
     ""},
    {"static-neighbour-pins-vip", "router", "arp-conflicts/21-static-entry-broken.yaml", "",
     "arp-conflicts/21-static-entry.yaml"},
    {"gratuitous-arp-refused", "router", "arp-conflicts/14-announcement-refused-broken.yaml", "",
     "arp-conflicts/14-announcement-refused.yaml"},
    {"arp-ignore-off", "rs1", "arp-conflicts/01-real-servers-answer-broken.yaml", "",
     "arp-conflicts/01-real-servers-answer.yaml"},
    {"arp-ignore-on-lo-only", "rs1", "arp-conflicts/04-sysctl-on-lo-only-broken.yaml", "",
     "arp-conflicts/04-sysctl-on-lo-only.yaml"},
    {"arp-ignore-on-default-only", "rs1", "arp-conflicts/05-sysctl-on-default-only-broken.yaml", "",
     "arp-conflicts/05-sysctl-on-default-only.yaml"},
    {"arp-ignore-on-another-card", "rs1", "modes/dr.yaml",
     "hosts: {rs1: {sysctl: {net.ipv4.conf.all.arp_ignore: 0}, "
     "run: 'modprobe dummy; sysctl -w net.ipv4.conf.dummy0.arp_ignore=1'}}",
     ""},
    {"arp-ignore-without-effect", "rs1", "modes/dr.yaml",
     "hosts: {rs1: {sysctl: {net.ipv4.conf.all.arp_ignore: 3}}}", ""},
    {"vip-on-lan-card", "rs1", "arp-conflicts/06-alias-on-eth0-broken.yaml", "",
     "arp-conflicts/06-alias-on-eth0.yaml"},
    {"proxy-arp-for-vip", "vpn", "arp-conflicts/24-proxy-arp-broken.yaml", "",
     "arp-conflicts/24-proxy-arp.yaml"},
    {"vip-owned-by-stranger", "rs2", "modes/dr.yaml",
     "hosts: {rs2: {role: client, interfaces: {eth0: {address: 192.168.10.50/24}}, "
     "sysctl: {net.ipv4.conf.all.arp_ignore: 0}}}",
     ""},
    {"arp-notify-announces-vip", "rs1", "arp-conflicts/25-arp-notify-broken.yaml", "",
     "arp-conflicts/25-arp-notify.yaml"},
    {"vip-before-arp-ignore", "rs1", "arp-conflicts/08-vip-before-sysctls-broken.yaml", "",
     "arp-conflicts/08-vip-before-sysctls.yaml"},
    {"vip-cache-poisoned", "early", "arp-conflicts/08-vip-before-sysctls-broken.yaml", "",
     "arp-conflicts/08-vip-before-sysctls.yaml", true},
    {"arp-announce-off", "rs1", "arp-conflicts/02-announce-0-broken.yaml", "",
     "arp-conflicts/02-announce-0.yaml"},
    {"arp-announce-1", "rs1", "arp-conflicts/03-announce-1-broken.yaml", "",
     "arp-conflicts/03-announce-1.yaml"},
    {"arp-announce-on-lo-only", "rs1", "arp-conflicts/04-sysctl-on-lo-only-broken.yaml", "",
     "arp-conflicts/04-sysctl-on-lo-only.yaml"},
    {"vip-first-on-card", "rs1", "modes/dr.yaml",
     "hosts: {rs1: {interfaces: {eth0: {address: [$VIP/24, 192.168.10.11/24]}, lo: ~}}}", ""},
    {"service-without-destinations", "lvs", "modes/dr.yaml",
     "hosts: {lvs: {run: ipvsadm -A -t $VIP:80 -s rr}}", ""},
    {"all-weights-zero", "lvs", "modes/dr.yaml",
     "hosts: {lvs: {run: 'ipvsadm -A -t $VIP:80 -s rr; "
     "ipvsadm -a -t $VIP:80 -r 192.168.10.11:80 -g -w 0'}}",
     ""},
    {"weight-zero", "lvs", "modes/dr.yaml",
     "hosts: {lvs: {run: 'ipvsadm -A -t $VIP:80 -s rr; "
     "ipvsadm -a -t $VIP:80 -r 192.168.10.11:80 -g; "
     "ipvsadm -a -t $VIP:80 -r 192.168.10.12:80 -g -w 0'}}",
     ""},
    {"port-mapping-in-dr", "lvs", "modes/dr.yaml",
     "hosts: {lvs: {run: 'ipvsadm -A -t $VIP:80 -s rr; "
     "ipvsadm -a -t $VIP:80 -r 192.168.10.11:8080 -g'}}",
     ""},
    {"persistence-with-sh", "lvs", "modes/dr.yaml",
     "hosts: {lvs: {run: 'ipvsadm -A -t $VIP:80 -s sh -p 300; "
     "ipvsadm -a -t $VIP:80 -r 192.168.10.11:80 -g'}}",
     ""},
    {"fullnat-without-local-address", "lvs", "modes/fullnat.yaml",
     "hosts: {lvs: {run: 'ipvsadm -A -t $VIP:80 -s rr; "
     "ipvsadm -a -t $VIP:80 -r 192.168.10.11:80 -b'}}",
     ""},
    {"no-service", "lvs", "modes/dr.yaml",
     "hosts: {lvs: {run: 'ipvsadm -A -t $VIP:8080 -s rr; "
     "ipvsadm -a -t $VIP:8080 -r 192.168.10.11:8080 -g'}}",
     ""},
    {"conntrack-too-small", "lvs", "modes/dr.yaml",
     "hosts: {lvs: {run: 'ipvsadm -A -t $VIP:80 -s rr; "
     "ipvsadm -a -t $VIP:80 -r 192.168.10.11:80 -g; "
     "iptables -A INPUT -m conntrack --ctstate NEW -j ACCEPT; "
     "sysctl -w net.netfilter.nf_conntrack_max=3'}}",
     ""},
    {"ephemeral-ports-too-few", "client", "modes/dr.yaml",
     "hosts: {client: {run: 'sysctl -w net.ipv4.ip_local_port_range=\"40000 40003\"'}}", ""},
    {"marks-without-service", "lvs", "modes/dr.yaml",
     "hosts: {router: {run: ''}, lvs: {run: 'ipvsadm -A -t $VIP:80 -s rr; "
     "ipvsadm -a -t $VIP:80 -r 192.168.10.11:80 -g; "
     "iptables -t mangle -A PREROUTING -d $VIP -j MARK --set-mark 7'}}",
     ""},
    {"service-without-marks", "lvs", "modes/dr.yaml",
     "hosts: {lvs: {run: 'ipvsadm -A -f 1 -s rr; ipvsadm -a -f 1 -r 192.168.10.11:0 -g'}}", ""},
    {"no-route-to-vip", "client", "modes/dr.yaml", "hosts: {client: {gateway: ~}}", ""},
    {"vip-missing-on-director", "lvs", "modes/dr.yaml",
     "hosts: {lvs: {interfaces: {eth0: {address: [192.168.10.2/24]}}}}", ""},
    {"director-does-not-answer", "lvs", "modes/dr.yaml",
     "hosts: {lvs: {sysctl: {net.ipv4.conf.all.arp_ignore: 8}}}", ""},
    {"address-not-answered", "rs1", "modes/dr.yaml",
     "hosts: {rs1: {sysctl: {net.ipv4.conf.all.arp_ignore: 8}}}", ""},
    {"director-asks-from-vip", "lvs", "arp-conflicts/11-director-vip-first-broken.yaml", "",
     "arp-conflicts/11-director-vip-first.yaml"},
    {"rp-filter-mutes-arp", "lvs", "arp-conflicts/18-rp-filter-broken.yaml", "",
     "arp-conflicts/18-rp-filter.yaml"},
    {"arptables-blocks", "lvs", "modes/dr.yaml",
     "hosts: {lvs: {run: 'ipvsadm -A -t $VIP:80 -s rr; "
     "ipvsadm -a -t $VIP:80 -r 192.168.10.11:80 -g; arptables -A INPUT -d $VIP -j DROP'}}",
     ""},
    {"gateway-unowned", "client", "modes/dr.yaml", "hosts: {client: {gateway: 10.1.0.99}}", ""},
    {"gateway-is-no-router", "rs1", "modes/dr.yaml",
     "hosts: {rs1: {gateway: 192.168.10.12}, rs2: {gateway: 192.168.10.1}}", ""},
    {"router-not-forwarding", "router", "modes/dr.yaml",
     "hosts: {router: {sysctl: {net.ipv4.ip_forward: 0}}}", ""},
    {"not-on-the-same-segment", "rs1", "modes/dr.yaml",
     "switches: {other: {}}\n  links: [[client:eth0, edge], [router:eth0, edge], [router:eth1, "
     "lan], "
     "[lvs:eth0, lan], [rs2:eth0, lan], [rs1:eth0, other]]",
     ""},
    {"netmask-too-wide", "rs1", "modes/dr.yaml",
     "hosts: {rs1: {run: ip route add 10.1.0.0/16 dev eth0}}", ""},
    {"rp-filter-drops", "lvs", "modes/dr.yaml",
     "hosts: {lvs: {run: 'ipvsadm -A -t $VIP:80 -s rr; "
     "ipvsadm -a -t $VIP:80 -r 192.168.10.11:80 -g; modprobe dummy; ip link set dummy0 up; "
     "ip route add 10.1.0.0/24 dev dummy0; sysctl -w net.ipv4.conf.all.rp_filter=1'}}",
     ""},
    {"martian-source", "rs1", "modes/dr.yaml",
     "hosts: {rs1: {run: ip addr add 10.1.0.10/32 dev lo}}", ""},
    {"filtered", "router", "modes/dr.yaml",
     "hosts: {router: {run: 'iptables -P FORWARD DROP; "
     "iptables -A FORWARD -m state --state ESTABLISHED -j ACCEPT'}}",
     ""},
    {"route-refused", "router", "modes/dr.yaml",
     "hosts: {router: {run: ip route add blackhole $VIP/32}}", ""},
    {"forwarding-loop", "", "modes/dr.yaml",
     "hosts: {router: {run: ip route add 172.20.0.0/16 via 192.168.10.2}}\n"
     "  traffic: {web: {to: '172.20.0.1:80'}}",
     ""},
    {"address-unowned", "router", "modes/dr.yaml", "traffic: {web: {to: '192.168.10.77:80'}}", ""},
    {"no-route-to-real-server", "lvs", "modes/dr.yaml",
     "hosts: {lvs: {gateway: ~, run: 'ip route add 10.1.0.0/24 via 192.168.10.1; "
     "ipvsadm -A -t $VIP:80 -s rr; ipvsadm -a -t $VIP:80 -r 172.30.0.1:80 -g'}}",
     ""},
    {"real-server-address-unowned", "lvs", "modes/dr.yaml",
     "hosts: {lvs: {run: 'ipvsadm -A -t $VIP:80 -s rr; "
     "ipvsadm -a -t $VIP:80 -r 192.168.10.77:80 -g'}}",
     ""},
    {"address-lost", "rs1", "modes/dr.yaml",
     "hosts: {rs1: {run: ip addr del 192.168.10.11/24 dev eth0}, rs2: {run: 'true'}}", ""},
    {"wrong-method", "lvs", "modes/dr.yaml", "params: {METHOD: -m}", ""},
    {"dr-across-router", "lvs", "claims/08-one-segment.yaml", "", "modes/dr.yaml"},
    {"vip-missing-on-real-server", "rs1", "modes/dr.yaml", "hosts: {rs1: {interfaces: {lo: ~}}}",
     ""},
    {"tunnel-missing", "rs1", "modes/tun.yaml",
     "hosts: {rs1: {modules: ~, interfaces: {tunl0: ~}, sysctl: {net.ipv4.conf.tunl0.rp_filter: "
     "~}},"
     " rs2: {modules: [ipip]}}",
     ""},
    {"tunnel-down", "rs1", "modes/tun.yaml", "hosts: {rs1: {run: ip link set tunl0 down}}", ""},
    {"rp-filter-on-tunnel", "rs1", "modes/tun.yaml",
     "hosts: {rs1: {sysctl: {net.ipv4.conf.all.rp_filter: 1}}}", ""},
    {"nothing-listens", "rs1", "modes/dr.yaml", "hosts: {rs1: {serve: [{tcp: 8081}]}}", ""},
    {"bound-to-another-address", "rs1", "modes/dr.yaml",
     "hosts: {rs1: {serve: [{tcp: 80, bind: 192.168.10.11}]}, rs2: {serve: [{tcp: 80}]}}", ""},
    {"server-silent", "rs1", "modes/dr.yaml",
     "timeline: [{at: 1s, host: rs1, serve: {tcp: 80}, state: hung}]", "", true},
    {"no-route-to-client", "rs1", "modes/dr.yaml", "hosts: {rs1: {gateway: ~}}", ""},
    {"nat-gateway-not-director", "rs2", "claims/11-nat-gateway.yaml", "", "modes/nat.yaml"},
    {"nat-one-network", "rs1", "claims/12-nat-one-network.yaml", "", "modes/nat.yaml"},
    {"nat-director-not-forwarding", "lvs", "modes/nat.yaml",
     "hosts: {lvs: {sysctl: {net.ipv4.ip_forward: 0}}}", ""},
    {"nat-redirects", "lvs", "claims/12-nat-one-network-remote.yaml", "",
     "director/nat-on-one-lan-with-masquerade.yaml"},
    {"dr-gateway-is-director", "rs1", "arp-conflicts/20-gateway-is-the-director-broken.yaml", "",
     "arp-conflicts/20-gateway-is-the-director.yaml"},
    {"tunnel-mtu", "lvs", "labs/H-mtu-df-set.yaml", "", "labs/H-mtu-df-clear.yaml"},
    {"mtu-mismatch", "rs1", "modes/dr.yaml", "hosts: {rs1: {interfaces: {eth0: {mtu: 1400}}}}", ""},
    {"command-failed", "rs1", "modes/dr.yaml",
     "hosts: {rs1: {run: ip addr add 10.9.9.9/24 dev eth9}}", ""},
    {"single-point-of-failure", "lan", "arp-conflicts/13-failover.yaml", "", "modes/dr.yaml"},
};

}  // namespace lvslab::test
