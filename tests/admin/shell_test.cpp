// What the shell does with a script: expansion, control flow, redirection, waiting, bounds.
#include <gtest/gtest.h>

#include "shell_bed.h"

namespace lvslab::admin {
namespace {

using test::ShellBed;

std::string run(const std::string& text) { return ShellBed().output(text); }

TEST(Shell, QuotingAndVariables) {
  EXPECT_EQ(run("VIP=192.168.0.100\necho $VIP '$VIP' \"$VIP:80\" ${VIP} \\$VIP\n"),
            "192.168.0.100 $VIP 192.168.0.100:80 192.168.0.100 $VIP\n");
  EXPECT_EQ(run("echo [$undefined] \"\" ''x\n"), "[]  x\n");
  EXPECT_EQ(run("a='x  y'; echo $a; echo \"$a\"\n"), "x y\nx  y\n");
  EXPECT_EQ(run("echo ${x:-d} ${x-d} ${x:=e} $x ${x:+f} ${#x}\n"), "d d e e f 1\n");
  EXPECT_EQ(
      run("f=/etc/a.b.c; echo ${f##*/} ${f%.*} ${f%%.*} ${f#/etc} ${f/b/X} ${f//./-} ${f:1:3}\n"),
      "a.b.c /etc/a.b /etc/a /a.b.c /etc/a.X.c /etc/a-b-c etc\n");
}

TEST(Shell, SubstitutionAndArithmetic) {
  EXPECT_EQ(run("echo $(echo a; echo b) `echo c` $((2+3*4)) $(( (1<<4) | 1 ))\n"), "a b c 14 17\n");
  EXPECT_EQ(run("i=3; echo $((i++)) $i $((i > 3 ? 10 : 20)) $((i += 2)) $i\n"), "3 4 10 6 6\n");
  EXPECT_EQ(run("x=$(false); echo $?\n"), "1\n");
  EXPECT_EQ(run("echo $((1/0))\n"), "bash: 1/0: division by 0 (error token is \"0\")\n");
  EXPECT_EQ(run("echo \"$(echo \"$(echo deep)\")\"\n"), "deep\n");
}

TEST(Shell, BracesAndFileNames) {
  EXPECT_EQ(run("echo a{b,c}d {1..3} {a,b}{1,2} {x} {01..03}\n"),
            "abd acd 1 2 3 a1 a2 b1 b2 {x} 01 02 03\n");
  EXPECT_EQ(run("echo /proc/sys/net/ipv4/conf/*/arp_ignore\n"),
            "/proc/sys/net/ipv4/conf/all/arp_ignore /proc/sys/net/ipv4/conf/default/arp_ignore "
            "/proc/sys/net/ipv4/conf/eth0/arp_ignore /proc/sys/net/ipv4/conf/lo/arp_ignore\n");
  EXPECT_EQ(run("echo /nothing/* '/etc/*'\n"), "/nothing/* /etc/*\n");
}

TEST(Shell, ControlFlow) {
  EXPECT_EQ(run("for i in 1 2 3; do if [ $i -eq 2 ]; then continue; elif [ $i = 3 ]; then break; "
                "else echo $i; fi; done\n"),
            "1\n");
  EXPECT_EQ(
      run("i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done; until false; do break; done\n"),
      "0\n1\n2\n");
  EXPECT_EQ(run("for ((i=0;i<3;i++)); do echo -n $i; done; echo\n"), "012\n");
  EXPECT_EQ(run("case stop in start|go) echo a;; st*) echo b;; *) echo c;; esac\n"), "b\n");
  EXPECT_EQ(run("f() { local x=1; echo $1 $# $x; return 3; }\nx=9; f a b; echo $? $x\n"),
            "a 2 1\n3 9\n");
  EXPECT_EQ(run("true && echo a || echo b; false && echo c || echo d; ! true || echo e\n"),
            "a\nd\ne\n");
  EXPECT_EQ(run("x=1; (x=2; echo $x); { x=3; }; echo $x\n"), "2\n3\n");
  EXPECT_EQ(run("[[ abc == a* && ! -f /x ]] && echo y; ((3 > 4)) || echo n\n"), "y\nn\n");
  EXPECT_EQ(run("set -e; false || true; echo a; false; echo never\n"), "a\n");
}

TEST(Shell, AnInitScriptRunsAsAFile) {
  ShellBed bed;
  bed.machine().files()["/etc/init.d/realserver"] = {
      "#!/bin/bash\n. /etc/rc.d/init.d/functions\ncase \"$1\" in\nstart)\n  echo 1 "
      ">/proc/sys/net/ipv4/conf/lo/arp_ignore\n"
      "  echo started\n  ;;\n*)\n  echo \"Usage: $0 {start|stop}\"\n  exit 1\nesac\nexit 0\n",
      0755, false};
  EXPECT_EQ(bed.output("/etc/init.d/realserver start; cat /proc/sys/net/ipv4/conf/lo/arp_ignore\n"),
            "started\n1\n");
  EXPECT_EQ(bed.output("bash /etc/init.d/realserver\necho $?\n"),
            "Usage: /etc/init.d/realserver {start|stop}\n1\n");
  bed.machine().files()["/etc/init.d/realserver"].mode = 0644;
  EXPECT_EQ(bed.output("/etc/init.d/realserver start\n"),
            "bash: /etc/init.d/realserver: Permission denied\n");
}

TEST(Shell, RedirectionAndHereDocuments) {
  EXPECT_EQ(run("echo a > /tmp/f; echo b >> /tmp/f; cat < /tmp/f\n"), "a\nb\n");
  EXPECT_EQ(run("x=1\ncat > /tmp/f <<EOF\n$x $(echo y)\n  \\$z\nEOF\ncat /tmp/f\n"), "1 y\n  $z\n");
  EXPECT_EQ(run("cat <<-'EOF'\n\t$x\n\tEOF\ncat <<< \"a b\"\n"), "$x\na b\n");
  EXPECT_EQ(run("{ echo o; cat /none; } > /tmp/f 2>&1; cat /tmp/f; cat /none &> /dev/null; cat "
                "/none 2>/dev/null\n"),
            "o\ncat: /none: No such file or directory\n");
  EXPECT_EQ(run("echo a > /none/f\n"), "bash: /none/f: No such file or directory\n");
  EXPECT_EQ(run("for i in 1 2; do echo $i; done > /tmp/f; while read l; do echo \"<$l>\"; done < "
                "/tmp/f\n"),
            "<1>\n<2>\n");
}

TEST(Shell, BracesInARedirectionAreAmbiguousAsInBash) {
  ShellBed bed;
  EXPECT_EQ(bed.output("echo 1 > /proc/sys/net/ipv4/conf/{lo,all}/arp_ignore\n"),
            "bash: /proc/sys/net/ipv4/conf/{lo,all}/arp_ignore: ambiguous redirect\n");
  EXPECT_EQ(bed.console().entries.back().status, 1);
  EXPECT_EQ(bed.machine().host().conf_all().arp_ignore, 0);
}

TEST(Shell, PipelinesRunOneAfterTheOtherAndMakeOneEntry) {
  ShellBed bed;
  bed.type("printf 'b\\na\\nb\\n' | sort | uniq -c | grep b\nX=b\necho abc | grep -c $X\n");
  ASSERT_EQ(bed.console().entries.size(), 2u);
  EXPECT_EQ(bed.console().entries[0].out, "      2 b\n");
  EXPECT_EQ(bed.console().entries[1].command, "echo abc | grep -c b");
  EXPECT_EQ(bed.console().entries[1].out, "1\n");
}

TEST(Console, EachCommandIsAnEntryWithPlaceStatusAndTexts) {
  ShellBed bed;
  bed.machine().set_variable("VIP", "10.0.0.100");
  bed.type("VIP2=x\necho  $VIP 2>/dev/null\n  false\ncat /none\nif false; then echo a; fi\n");
  const auto& entries = bed.console().entries;
  ASSERT_EQ(entries.size(), 4u);
  EXPECT_EQ(entries[0].command, "echo 10.0.0.100 2>/dev/null");
  EXPECT_EQ(entries[0].place, "lab.yaml:11:5");
  EXPECT_EQ(entries[1].place, "lab.yaml:12:7");
  EXPECT_EQ(entries[1].status, 1);
  EXPECT_FALSE(entries[1].tested);
  EXPECT_EQ(entries[2].err, "cat: /none: No such file or directory\n");
  EXPECT_TRUE(entries[3].tested);
}

TEST(Shell, AnUnknownCommandAtRunTimeIsReportedAndTheNextOneStillRuns) {
  ShellBed bed;
  EXPECT_EQ(bed.output("x=frobnicate\n$x a\necho next\n"),
            "bash: frobnicate: command not found\nnext\n");
  ASSERT_EQ(bed.console().unknown.size(), 1u);
  EXPECT_EQ(bed.console().unknown[0], "lab.yaml:11:5 frobnicate");
  EXPECT_EQ(bed.console().entries[0].status, 127);
}

TEST(Shell, AWaitingCommandHoldsItsOwnMachineOnly) {
  ShellBed bed(2);
  bed.start("sleep 5; echo late\n", 0);
  bed.start("echo early\n", 1);
  EXPECT_TRUE(bed.machine(0).shell_busy());
  EXPECT_FALSE(bed.machine(1).shell_busy());
  bed.run_for(Duration::seconds(4));
  EXPECT_EQ(bed.console(0).entries.size(), 0u);
  bed.run_for(Duration::seconds(2));
  ASSERT_EQ(bed.console(0).entries.size(), 2u);
  EXPECT_EQ(bed.console(0).entries[1].time, Instant::at(Duration::seconds(5)));
  EXPECT_FALSE(bed.machine(0).shell_busy());
}

TEST(Shell, SubstitutionsAndPipesMayWaitToo) {
  ShellBed bed;
  EXPECT_EQ(bed.output("x=$(sleep 1; echo a); echo $x$(sleep 2; echo b)$((1+1)) | cat\n"), "ab2\n");
  EXPECT_EQ(bed.now(), Instant::at(Duration::seconds(3)));
}

TEST(Shell, BackgroundJobsGoOnBesideTheScript) {
  ShellBed bed;
  bed.type("{ sleep 3; echo bg; } &\necho fg\nsleep 1\n");
  EXPECT_EQ(bed.now(), Instant::at(Duration::seconds(1)));
  EXPECT_EQ(bed.console().entries[0].out, "fg\n");
  bed.type("wait; echo all\n");
  EXPECT_EQ(bed.now(), Instant::at(Duration::seconds(3)));
  EXPECT_EQ(bed.console().entries.back().out, "all\n");
}

TEST(Shell, ScriptsGivenWhileOneRunsAreRunAfterIt) {
  ShellBed bed;
  bed.start("x=1; sleep 2; echo first\n");
  bed.type("echo second $x\n");
  EXPECT_EQ(bed.console().entries.back().out, "second 1\n");
  EXPECT_EQ(bed.now(), Instant::at(Duration::seconds(2)));
}

class Bounded : public testing::TestWithParam<const char*> {};
TEST_P(Bounded, AScriptWithoutEndIsStoppedWithStatus2) {
  ShellBed bed;
  bed.start(GetParam());
  ASSERT_FALSE(bed.console().entries.empty());
  EXPECT_EQ(bed.console().entries.back().status, 2) << bed.console().entries.back().err;
  EXPECT_FALSE(bed.machine().shell_busy());
  EXPECT_EQ(bed.output("echo alive\n"), "alive\n");
}
INSTANTIATE_TEST_SUITE_P(Shell, Bounded,
                         testing::Values("while true; do :; done\n", "f() { f; }\nf\n",
                                         "x=aaaaaaaaaaaaaaaa\nwhile true; do x=$x$x; done\n",
                                         "echo {1..9999999}\n",
                                         "until false; do x=$(echo $x$x a); done\n",
                                         "f() { f & f & }\nf\nwhile true; do :; done\n"));

}  // namespace
}  // namespace lvslab::admin
