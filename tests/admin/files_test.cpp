// The machine's files and the commands that read and change them.
#include "admin/files.h"

#include <gtest/gtest.h>

#include "admin/commands/regex.h"
#include "admin/pattern.h"
#include "shell_bed.h"

namespace lvslab::admin {
namespace {

using test::ShellBed;

std::string run(const std::string& text) { return ShellBed().output(text); }

TEST(Files, PathsAreResolved) {
  EXPECT_EQ(absolute_path("/root", "a/../b/./c"), "/root/b/c");
  EXPECT_EQ(absolute_path("/root", "../../../x"), "/x");
  EXPECT_EQ(absolute_path("/", "/"), "/");
}

TEST(Files, MakingMovingAndRemoving) {
  EXPECT_EQ(run("mkdir -p /srv/a/b; cd /srv/a; echo x > f; cp f b/; mv f g; ls; ls b; cat b/f\n"),
            "b\ng\nf\nx\n");
  EXPECT_EQ(run("touch /tmp/a; rm /tmp/a; cat /tmp/a; rm -f /tmp/a; rm /tmp\n"),
            "cat: /tmp/a: No such file or directory\nrm: cannot remove '/tmp': Is a directory\n");
  EXPECT_EQ(run("mkdir /no/way; touch /no/file; ls /no\n"),
            "mkdir: cannot create directory '/no/way': No such file or directory\n"
            "touch: cannot touch '/no/file': No such file or directory\nls: cannot access '/no': "
            "No such file or directory\n");
}

TEST(Files, ModesChange) {
  ShellBed bed;
  bed.type("touch /tmp/a; chmod 600 /tmp/a\n");
  EXPECT_EQ(bed.machine().files()["/tmp/a"].mode, 0600u);
  bed.type("chmod +x /tmp/a; chmod u=rw,go-r /tmp/a\n");
  EXPECT_EQ(bed.machine().files()["/tmp/a"].mode, 0611u);
  EXPECT_EQ(bed.output("chmod 9 /tmp/a\n"),
            "chmod: invalid mode: '9'\nTry 'chmod --help' for more information.\n");
}

TEST(Files, Conditions) {
  EXPECT_EQ(run("[ -d /etc ] && echo d; [ -f /etc ] || echo f; test -e "
                "/proc/sys/net/ipv4/ip_forward && echo e; [ -x /none ] || echo x\n"),
            "d\nf\ne\nx\n");
  EXPECT_EQ(run("[ a = b -o 3 -gt 2 ] && echo o; [ ! -z x ] && echo z; [ 1 -eq x ]\n"),
            "o\nz\nbash: [: x: integer expression expected\n");
  EXPECT_EQ(run("[ a = a\n"), "bash: [: missing `]'\n");
}

TEST(Texts, Filters) {
  EXPECT_EQ(run("printf '%s-%03d|%-4s|%5s\\n' a 7 b c d 8 e f\n"),
            "a-007|b   |    c\nd-008|e   |    f\n");
  EXPECT_EQ(run("seq 1 5 | head -n 2; seq 5 | tail -2; seq 3 | wc -l; echo -e 'a\\tb'\n"),
            "1\n2\n4\n5\n3\na\tb\n");
  EXPECT_EQ(run("printf '10\\n9\\n1\\n' | sort -n | tr '\\n' ' '; echo a:b:c | cut -d: -f2,3; echo "
                "x | tee /tmp/f; cat /tmp/f\n"),
            "1 9 10 b:c\nx\nx\n");
  EXPECT_EQ(run("basename /a/b.sh .sh; dirname /a/b\n"), "b\n/a\n");
}

TEST(Grep, PatternsAndOptions) {
  const std::string file = "printf 'eth0 up\\nlo down\\nETH1\\n' > /tmp/f\n";
  EXPECT_EQ(run(file + "grep '^eth[0-9]' /tmp/f; grep -iv eth /tmp/f; grep -c o /tmp/f; grep -E "
                       "'(lo|ETH).*' -n /tmp/f; grep -o 'u.' /tmp/f\n"),
            "eth0 up\nlo down\n1\n2:lo down\n3:ETH1\nup\n");
  EXPECT_EQ(ShellBed().status(file + "grep -q nothing /tmp/f\n"), 1);
  EXPECT_EQ(run("grep '[' /etc/x\n"), "grep: Unmatched [, [^, [:, [., or [=\n");
}

TEST(Regex, AHostilePatternEnds) {
  Regex regex("(a*)*(a*)*(a|aa)*b", Regex::Syntax::kExtended, false);
  std::size_t from = 0;
  std::size_t length = 0;
  EXPECT_FALSE(regex.search(std::string(5'000, 'a'), from, length));
}

TEST(Pattern, StarsQuestionMarksAndSets) {
  std::uint64_t budget = 1'000'000;
  EXPECT_TRUE(pattern_matches("a*b?[c-e][!x]", "aXXbYdz", budget));
  EXPECT_FALSE(pattern_matches("a*b", "aXXc", budget));
  EXPECT_TRUE(pattern_matches("\\*[", "*[", budget));
  EXPECT_TRUE(pattern_matches("*a*a*a*", std::string(100, 'a'), budget));
}

}  // namespace
}  // namespace lvslab::admin
