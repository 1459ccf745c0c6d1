// iptables 1.8.9 (legacy): what it prints, refuses and exits with.
#include <gtest/gtest.h>

#include "shell_bed.h"

namespace lvslab::test {
namespace {

constexpr const char* kHelp = "Try `iptables -h' or 'iptables --help' for more information.\n";

std::string refusal(const std::string& text) {
  return "iptables v1.8.9 (legacy): " + text + "\n" + kHelp;
}

TEST(Iptables, RulesAreSavedInTheCanonicalForm) {
  ShellBed bed;
  EXPECT_EQ(bed.output("iptables -t mangle -A PREROUTING -d 10.5.0.0/16 -p tcp --dport 80 -j MARK "
                       "--set-mark 1"),
            "");
  EXPECT_EQ(bed.output("iptables -t mangle -S"),
            "-P PREROUTING ACCEPT\n-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n"
            "-P POSTROUTING ACCEPT\n-A PREROUTING -d 10.5.0.0/16 -p tcp -m tcp --dport 80 -j MARK "
            "--set-xmark 0x1/0xffffffff\n");
}

struct Saved {
  const char *typed, *saved;
};
TEST(Iptables, EveryMatchAndTargetSavesWhatItRead) {
  const Saved cases[] = {
      {"-s 10.0.0.7 -j DROP", "-s 10.0.0.7/32 -j DROP"},
      {"! -s 10.0.0.7/24 -i eth+ -j ACCEPT", "! -s 10.0.0.0/24 -i eth+ -j ACCEPT"},
      {"-d 10.0.0.0/255.255.0.0 -j RETURN", "-d 10.0.0.0/16 -j RETURN"},
      {"-p tcp --sport 1024: ! --dport http -j DROP",
       "-p tcp -m tcp --sport 1024:65535 ! --dport 80 -j DROP"},
      {"-p tcp --syn -j DROP", "-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP"},
      {"-p udp -m udp --dport=53 -j ACCEPT", "-p udp -m udp --dport 53 -j ACCEPT"},
      {"-p tcp -m multiport --dports 80,443,8000:8080 -j ACCEPT",
       "-p tcp -m multiport --dports 80,443,8000:8080 -j ACCEPT"},
      {"-p icmp --icmp-type echo-request -j DROP", "-p icmp -m icmp --icmp-type 8 -j DROP"},
      {"-m mark ! --mark 0x10/0xf0 -j DROP", "-m mark ! --mark 0x10/0xf0 -j DROP"},
      {"-m comment --comment 'two words' -j DROP", "-m comment --comment \"two words\" -j DROP"},
      {"-j MARK --or-mark 4", "-j MARK --set-xmark 0x4/0x4"},
      {"-j MARK --and-mark 0xff", "-j MARK --set-xmark 0x0/0xffffff00"},
      {"-j MARK --xor-mark 3", "-j MARK --set-xmark 0x3/0x0"},
      {"-j MARK --set-mark 1/0x3", "-j MARK --set-xmark 0x1/0x3"},
      {"-j REJECT", "-j REJECT --reject-with icmp-port-unreachable"},
      {"-p tcp -j REJECT --reject-with tcp-reset", "-p tcp -j REJECT --reject-with tcp-reset"},
      {"-j LOG --log-prefix hello --log-level info", "-j LOG --log-prefix hello --log-level 6"},
      {"-p 89 -j ACCEPT", "-p ospf -j ACCEPT"},
      {"-f -j DROP", "-f -j DROP"},
      {"-s 10.0.0.1", "-s 10.0.0.1/32"},
  };
  for (const Saved& c : cases) {
    ShellBed bed;
    EXPECT_EQ(bed.output(std::string("iptables -A INPUT ") + c.typed), "") << c.typed;
    EXPECT_EQ(bed.output("iptables -S INPUT"),
              "-P INPUT ACCEPT\n-A INPUT " + std::string(c.saved) + "\n")
        << c.typed;
    EXPECT_EQ(bed.status(std::string("iptables -C INPUT ") + c.saved), 0) << c.saved;
    EXPECT_EQ(bed.status(std::string("iptables -D INPUT ") + c.saved), 0) << c.saved;
    EXPECT_EQ(bed.output("iptables -S INPUT"), "-P INPUT ACCEPT\n");
  }
}

TEST(Iptables, ListingHasTheToolsColumns) {
  ShellBed bed;
  bed.type(
      "iptables -A INPUT -p tcp -m multiport --dports 80,443 -j REJECT --reject-with "
      "tcp-reset");
  bed.type("iptables -A INPUT -i lo -s 10.0.0.0/8 -p tcp --dport 80 -j ACCEPT");
  EXPECT_EQ(bed.output("iptables -nL INPUT"),
            "Chain INPUT (policy ACCEPT)\n"
            "target     prot opt source               destination         \n"
            "REJECT     6    --  0.0.0.0/0            0.0.0.0/0            multiport dports 80,443 "
            "reject-with tcp-reset\n"
            "ACCEPT     6    --  10.0.0.0/8           0.0.0.0/0            tcp dpt:80\n");
  EXPECT_EQ(bed.output("iptables -L INPUT 2 -v --line-numbers"),
            "2        0     0 ACCEPT     tcp  --  lo     any     10.0.0.0/8           anywhere     "
            "        tcp dpt:http\n");
  EXPECT_EQ(bed.output("iptables -nvL INPUT").substr(0, 135),
            "Chain INPUT (policy ACCEPT 0 packets, 0 bytes)\n"
            " pkts bytes target     prot opt in     out     source               destination       "
            "  ");
}

TEST(Iptables, ARuleForAChainWithoutANameIsRefused) {
  ShellBed bed;
  EXPECT_EQ(bed.status("iptables -A '' -j ACCEPT"), 1);
  EXPECT_NE(bed.status("iptables -D '' 1"), 0);
  EXPECT_EQ(bed.status("iptables -A INPUT -j ACCEPT"), 0);
}

TEST(Iptables, UserChainsAreCountedRenamedAndGuarded) {
  ShellBed bed;
  bed.type("iptables -N web; iptables -A INPUT -p tcp -j web; iptables -A web -j ACCEPT");
  EXPECT_EQ(bed.output("iptables -nL web"),
            "Chain web (1 references)\n"
            "target     prot opt source               destination         \n"
            "ACCEPT     0    --  0.0.0.0/0            0.0.0.0/0           \n");
  EXPECT_EQ(bed.output("iptables -X web"), "iptables: Too many links.\n");
  EXPECT_EQ(bed.output("iptables -N web"), "iptables: Chain already exists.\n");
  EXPECT_EQ(bed.output("iptables -A web -j web"), "iptables: Too many levels of symbolic links.\n");
  EXPECT_EQ(bed.output("iptables -E web www"), "");
  EXPECT_EQ(bed.output("iptables -S"),
            "-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n-N www\n-A INPUT -p tcp -j "
            "www\n-A www -j ACCEPT\n");
  bed.type("iptables -F INPUT");
  EXPECT_EQ(bed.output("iptables -X"), "iptables: Directory not empty.\n");
  bed.type("iptables -F; iptables -X");
  EXPECT_EQ(bed.output("iptables -S"), "-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n");
}

TEST(Iptables, RulesAreInsertedReplacedAndDeletedByNumber) {
  ShellBed bed;
  bed.type("iptables -A INPUT -s 10.0.0.2 -j DROP; iptables -I INPUT -s 10.0.0.1 -j DROP");
  bed.type("iptables -I INPUT 3 -s 10.0.0.3,10.0.0.4 -j DROP; iptables -R INPUT 2 -j ACCEPT");
  bed.type("iptables -D INPUT 1");
  EXPECT_EQ(bed.output("iptables -S INPUT"),
            "-P INPUT ACCEPT\n-A INPUT -j ACCEPT\n-A INPUT -s 10.0.0.3/32 -j DROP\n"
            "-A INPUT -s 10.0.0.4/32 -j DROP\n");
  EXPECT_EQ(bed.output("iptables -D INPUT 9"), "iptables: Index of deletion too big.\n");
  EXPECT_EQ(bed.output("iptables -I INPUT 9 -j DROP"), "iptables: Index of insertion too big.\n");
  EXPECT_EQ(bed.output("iptables -R INPUT 9 -j DROP"), "iptables: Index of replacement too big.\n");
}

constexpr const char* kNatDrop =
    "\nThe \"nat\" table is not intended for filtering, the use of DROP is therefore "
    "inhibited.\n\n";

struct Mistake {
  const char* typed;
  std::string text;
  int status;
};
TEST(Iptables, MistakesHaveTheToolsTextsAndStatuses) {
  const Mistake cases[] = {
      {"iptables", refusal("no command specified"), 2},
      {"iptables -A NOPE -j DROP", "iptables: No chain/target/match by that name.\n", 1},
      {"iptables -L NOPE", "iptables: No chain/target/match by that name.\n", 1},
      {"iptables -D INPUT -j DROP",
       "iptables: Bad rule (does a matching rule exist in that chain?).\n", 1},
      {"iptables -A INPUT --dport 80 -j DROP", refusal("unknown option \"--dport\""), 2},
      {"iptables -A INPUT -j NOPE",
       refusal("Couldn't load target `NOPE':No such file or directory\n"), 2},
      {"iptables -A INPUT -m nope -j DROP",
       refusal("Couldn't load match `nope':No such file or directory\n"), 2},
      {"iptables -A INPUT -o eth0 -j DROP", refusal("Can't use -o with INPUT\n"), 2},
      {"iptables -A INPUT -j REJECT --reject-with foo", refusal("unknown reject type \"foo\""), 2},
      {"iptables -A INPUT -s 300.1.1.1 -j DROP", refusal("host/network `300.1.1.1' not found"), 2},
      {"iptables -t nope -L",
       "iptables v1.8.9 (legacy): can't initialize iptables table `nope': Table does not exist "
       "(do you need to insmod?)\nPerhaps iptables or your kernel needs to be upgraded.\n",
       3},
      {"iptables -P INPUT REJECT", "iptables: Bad policy name. Run `dmesg' for more information.\n",
       1},
      {"iptables -t mangle -A FORWARD -j REJECT",
       "iptables: Invalid argument. Run `dmesg' for more information.\n", 1},
      {"iptables -A INPUT -j REJECT --reject-with tcp-reset",
       "iptables: Invalid argument. Run `dmesg' for more information.\n", 1},
      {"iptables -A FORWARD -j MASQUERADE",
       "iptables: Invalid argument. Run `dmesg' for more information.\n", 1},
      {"iptables -t nat -A PREROUTING -j SNAT --to-source 10.0.0.1",
       "iptables: Invalid argument. Run `dmesg' for more information.\n", 1},
      {"iptables -t nat -A POSTROUTING -j REDIRECT",
       "iptables: Invalid argument. Run `dmesg' for more information.\n", 1},
      {"iptables -t nat -A PREROUTING -j DROP", refusal(kNatDrop), 2},
      {"iptables -t nat -P PREROUTING DROP", refusal(kNatDrop), 2},
      {"iptables -t nat -A PREROUTING -j REDIRECT --to-ports 8080",
       refusal("Need TCP, UDP, SCTP or DCCP with port specification"), 2},
      {"iptables -t nat -A PREROUTING -j DNAT --to-destination 10.0.0.1:80",
       refusal("Need TCP, UDP, SCTP or DCCP with port specification"), 2},
      {"iptables -t nat -A PREROUTING -j DNAT",
       refusal("DNAT: option \"--to-destination\" must be specified\n"), 2},
      {"iptables -X INPUT", "iptables: Invalid argument. Run `dmesg' for more information.\n", 1},
      {"iptables -P nope DROP", "iptables: Bad built-in chain name.\n", 1},
      {"iptables -D INPUT x", refusal("Invalid rule number `x'"), 2},
      {"iptables -A INPUT -p tcp --tcp-flags SYN -j DROP",
       refusal("--tcp-flags requires two args."), 2},
      {"iptables -A INPUT -p icmp --icmp-type foo -j DROP", refusal("Unknown ICMP type `foo'"), 2},
      {"iptables -t nat -A PREROUTING -j DNAT --to-destination x.y",
       refusal("Bad IP address \"x.y\""), 2},
      {"iptables -A INPUT -m state --state FOO -j DROP", refusal("Bad state \"FOO\""), 2},
      {"iptables -A INPUT -m conntrack --ctstate FOO -j DROP", refusal("Bad ctstate \"FOO\""), 2},
      {"iptables -A INPUT -m limit --limit x/second -j DROP", refusal("bad rate \"x/second\"'"), 2},
      {"iptables -t mangle -A FORWARD -p tcp -j TCPMSS --clamp-mss-to-pmtu",
       "iptables: Invalid argument. Run `dmesg' for more information.\n", 1},
      {"iptables -t mangle -A PREROUTING -p tcp --syn -j TCPMSS --clamp-mss-to-pmtu",
       "iptables: Invalid argument. Run `dmesg' for more information.\n", 1},
  };
  for (const Mistake& c : cases) {
    ShellBed bed;
    EXPECT_EQ(bed.output(c.typed), c.text) << c.typed;
    EXPECT_EQ(bed.status(c.typed), c.status) << c.typed;
  }
}

struct Shown {
  const char *table, *chain, *rule, *saved, *listed;
};
TEST(Iptables, WhatTableNatAndStatesLookLike) {
  const Shown cases[] = {
      {"nat", "POSTROUTING", "-s 10.0.0.0/24 -o eth0 -j MASQUERADE",
       "-s 10.0.0.0/24 -o eth0 -j MASQUERADE",
       "MASQUERADE  0    --  10.0.0.0/24          0.0.0.0/0           \n"},
      {"nat", "POSTROUTING", "-p udp -j MASQUERADE --to-ports 1024-2048 --random",
       "-p udp -j MASQUERADE --to-ports 1024-2048 --random",
       "MASQUERADE  17   --  0.0.0.0/0            0.0.0.0/0            masq ports: 1024-2048 "
       "random\n"},
      {"nat", "POSTROUTING", "-p tcp -j SNAT --to-source 192.0.2.1-192.0.2.5:1024-2000",
       "-p tcp -j SNAT --to-source 192.0.2.1-192.0.2.5:1024-2000",
       "SNAT       6    --  0.0.0.0/0            0.0.0.0/0            "
       "to:192.0.2.1-192.0.2.5:1024-2000\n"},
      {"nat", "PREROUTING", "-p tcp --dport http -j DNAT --to-destination 10.0.0.2:80",
       "-p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.2:80",
       "DNAT       6    --  0.0.0.0/0            0.0.0.0/0            tcp dpt:80 "
       "to:10.0.0.2:80\n"},
      {"nat", "PREROUTING", "-p tcp --dport 80 -j REDIRECT --to-port 443",
       "-p tcp -m tcp --dport 80 -j REDIRECT --to-ports 443",
       "REDIRECT   6    --  0.0.0.0/0            0.0.0.0/0            tcp dpt:80 redir ports "
       "443\n"},
      {"filter", "INPUT", "-m state --state NEW,ESTABLISHED,RELATED -j ACCEPT",
       "-m state --state NEW,RELATED,ESTABLISHED -j ACCEPT",
       "ACCEPT     0    --  0.0.0.0/0            0.0.0.0/0            state "
       "NEW,RELATED,ESTABLISHED\n"},
      {"filter", "INPUT",
       "-p tcp -m multiport --dports 80,443 -m conntrack --ctstate NEW -j REJECT --reject-with "
       "tcp-reset",
       "-p tcp -m multiport --dports 80,443 -m conntrack --ctstate NEW -j REJECT --reject-with "
       "tcp-reset",
       "REJECT     6    --  0.0.0.0/0            0.0.0.0/0            multiport dports 80,443 "
       "ctstate NEW reject-with tcp-reset\n"},
      {"filter", "INPUT", "-m limit --limit 5/minute -j ACCEPT", "-m limit --limit 5/min -j ACCEPT",
       "ACCEPT     0    --  0.0.0.0/0            0.0.0.0/0            limit: avg 5/min burst 5\n"},
      {"mangle", "FORWARD", "-p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu",
       "-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu",
       "TCPMSS     6    --  0.0.0.0/0            0.0.0.0/0            tcp flags:0x06/0x02 TCPMSS "
       "clamp to PMTU\n"},
  };
  for (const Shown& c : cases) {
    ShellBed bed;
    const std::string tool = std::string("iptables -t ") + c.table;
    EXPECT_EQ(bed.output(tool + " -A " + c.chain + " " + c.rule), "") << c.rule;
    EXPECT_EQ(bed.output(tool + " -S " + c.chain + " 1"),
              std::string("-A ") + c.chain + " " + c.saved + "\n");
    EXPECT_EQ(bed.output(tool + " -L " + c.chain + " 1 -n"), c.listed);
    EXPECT_EQ(bed.status(tool + " -D " + c.chain + " " + c.saved), 0) << c.saved;
  }
}

TEST(Iptables, TableNatIsSavedAndRestored) {
  ShellBed bed;
  bed.type("iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE");
  bed.type("iptables-save > /tmp/rules; iptables -t nat -F");
  EXPECT_EQ(bed.output("iptables-restore < /tmp/rules"), "");
  EXPECT_EQ(bed.output("iptables-save | grep -v '^#'"),
            "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
            ":POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -o eth0 -j MASQUERADE\nCOMMIT\n");
  EXPECT_EQ(bed.output("lsmod | grep -c '^iptable_nat '"), "1\n");
}

TEST(Iptables, SaveAndRestoreAreInverse) {
  ShellBed bed;
  bed.type("iptables -P FORWARD DROP; iptables -N web; iptables -A INPUT -p tcp -j web");
  bed.type("iptables -A web -s 10.0.0.0/8 -m comment --comment 'a b' -c 3 180 -j ACCEPT");
  bed.type("iptables-save -c > /tmp/rules; iptables -F; iptables -X; iptables -P FORWARD ACCEPT");
  EXPECT_EQ(bed.output("iptables-restore -c < /tmp/rules"), "");
  EXPECT_EQ(bed.output("iptables-save -c | grep -v '^#'"),
            "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
            ":web - [0:0]\n[0:0] -A INPUT -p tcp -j web\n[3:180] -A web -s 10.0.0.0/8 -m comment "
            "--comment \"a b\" -j ACCEPT\nCOMMIT\n");
}

TEST(Iptables, RestoreTakesATableWholeOrNotAtAll) {
  ShellBed bed;
  bed.type("iptables -A INPUT -s 10.0.0.1 -j DROP");
  EXPECT_EQ(bed.output("printf '*filter\\n-A INPUT -j DROP\\n-A NOPE -j DROP\\nCOMMIT\\n' | "
                       "iptables-restore"),
            "iptables-restore: line 3 failed\n");
  EXPECT_EQ(bed.output("iptables -S INPUT"), "-P INPUT ACCEPT\n-A INPUT -s 10.0.0.1/32 -j DROP\n");
}

TEST(Iptables, AFilteredPingIsCountedAndNotAnswered) {
  ShellBed bed(2);
  bed.type("ip addr add 10.0.0.1/24 dev eth0", 0);
  bed.type("ip addr add 10.0.0.2/24 dev eth0; iptables -A INPUT -p icmp -j DROP", 1);
  EXPECT_EQ(bed.status("ping -c 2 -W 1 10.0.0.2", 0), 1);
  EXPECT_EQ(bed.output("iptables -S INPUT -v", 1),
            "-P INPUT ACCEPT -c 0 0\n-A INPUT -p icmp -c 2 168 -j DROP\n");
  EXPECT_EQ(bed.status("iptables -Z; iptables -D INPUT 1; true", 1), 0);
  EXPECT_EQ(bed.status("ping -c 1 -W 1 10.0.0.2", 0), 0);
}

}  // namespace
}  // namespace lvslab::test
