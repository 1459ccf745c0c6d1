// sed, awk, grep's context, xargs and the session's own commands: outputs as the real programs gave
// them on Debian 12.
#include <gtest/gtest.h>

#include "shell_bed.h"

namespace lvslab::admin {
namespace {

using test::ShellBed;

struct Case {
  std::string_view typed, out;
};

void check(std::initializer_list<Case> cases) {
  ShellBed bed;
  for (const Case& c : cases) {
    EXPECT_EQ(bed.output(std::string(c.typed) + "\n"), c.out) << c.typed;
    EXPECT_TRUE(bed.errors.empty()) << c.typed;
  }
}

TEST(Awk, FieldsPatternsAndSums) {
  check({
      {R"(echo "a b" | awk '{print $2}')", "b\n"},
      {R"(echo "a:b:c" | awk -F: '{print $1,$3}')", "a c\n"},
      {R"(echo "a:b:c" | awk -F':' '{print $NF}')", "c\n"},
      {R"(printf 'x 1\ny 2\n' | awk '/y/{print $2}')", "2\n"},
      {R"(printf 'x 1\ny 2\n' | awk '{s+=$2} END {print s}')", "3\n"},
      {R"(printf 'x 1\ny 2\n' | awk 'NR==2{print $1}')", "y\n"},
      {R"(printf 'x 1\ny 2\n' | awk '$2>1 {print $1}')", "y\n"},
      {R"(printf 'x 1\ny 2\nx 3\n' | awk '{c[$1]++} END {for (k in c) print k, c[k]}')",
       "x 2\ny 1\n"},
      {R"(awk 'BEGIN{print 1+1}')", "2\n"},
      {R"(awk 'BEGIN{printf "%s %d %5.2f|%-4s|\n", "a", 3, 2.5, "x"}')", "a 3  2.50|x   |\n"},
      {R"(echo "1 2 3" | awk '{$2="x"; print; print NF}')", "1 x 3\n3\n"},
      {R"(echo "10.0.0.1/24" | awk '{split($1,a,"/"); print a[1], length(a[1])}')", "10.0.0.1 8\n"},
      {R"(echo "aXbX" | awk '{gsub(/X/,"-"); print toupper($0), substr($0,2,2)}')", "A-B- -b\n"},
      {R"(printf '1\n2\n3\n4\n' | awk '/2/,/3/')", "2\n3\n"},
      {R"(awk 'BEGIN { for (i = 0; i < 3; i++) if (i != 1) printf i " "; print "" }')", "0 2 \n"},
      {R"(awk -v n=4 'BEGIN { while (n > 2) { n--; if (n == 3) continue; print n } exit 5 }')",
       "2\n"},
      {R"(printf 'a 5\nb 12\n' | awk '$2 > m { m = $2; w = $1 } END { print w }')", "b\n"},
      {R"(awk 'BEGIN{print length("abc") (1 ? "y" : "n") ("a" ~ /^a$/) index("abc","c")}')",
       "3y13\n"},
  });
}

TEST(Regex, AnEmptyMatchBehindAnotherIsNoneAndALineBeginsOnce) {
  check({
      {"echo abc | sed 's/b*/x/g'", "xaxcx\n"},
      {"echo abc | awk '{gsub(/b*/,\"x\"); print}'", "xaxcx\n"},
      {"echo abb | sed -E 's/^a|b/x/g'", "xxx\n"},
      {"echo abb | awk '{gsub(/^a|b/,\"x\"); print}'", "xxx\n"},
      {"echo aaa | sed -E 's/(^a)/x/g'", "xaa\n"},
      {"echo aaa | grep -o '^a'", "a\n"},
      {"echo 'ab ab' | sed 's/\\<a/x/2'", "ab xb\n"},
      {"echo aXbXc | sed 's/X/-/2g'", "aXb-c\n"},
  });
}

TEST(Awk, EndlessProgramsAndNonsenseEnd) {
  ShellBed bed;
  std::string sum = "1";
  for (int i = 0; i < 20'000; ++i) sum += "+1";
  EXPECT_EQ(bed.status("awk 'BEGIN{print " + sum + "}'\n"), 2);
  EXPECT_EQ(bed.status("awk 'BEGIN{x=\"x\"; while(length(x)<900000)x=x x; for(;;)y=x}'\n"), 2);
  EXPECT_EQ(bed.status("awk 'BEGIN{x=\"x\"; while(length(x)<500000)x=x x; "
                       "for(i=0;i<100000;i++)a[i]=x}'\n"),
            2);
  EXPECT_EQ(bed.status("awk 'BEGIN{while((getline line)>0)n++}'\n"), 2);
  EXPECT_EQ(bed.status("awk 'BEGIN{while(1);}'\n"), 2);
  EXPECT_EQ(bed.status("awk 'BEGIN{'\n"), 2);
  EXPECT_EQ(bed.status("awk 'BEGIN{x[}'\n"), 2);
  EXPECT_EQ(bed.status("awk 'BEGIN{print $(-1)}'\n"), 2);
  EXPECT_EQ(bed.status("awk 'BEGIN{s=\"x\"; while(1) s = s s}'\n"), 2);
  EXPECT_EQ(bed.status("awk '" + std::string(5'000, '(') + "'\n"), 2);
  EXPECT_EQ(bed.output("awk '{print}' /none\n"),
            "awk: cannot open \"/none\" (No such file or directory)\n");
}

TEST(Sed, SubstitutesSelectsAndInserts) {
  check({
      {"echo hello | sed 's/l/L/'", "heLlo\n"},
      {"echo hello | sed 's/l/L/g'", "heLLo\n"},
      {"echo hello | sed 's/l/L/2'", "helLo\n"},
      {"echo hello | sed -e 's/h/H/' -e 's/o$/O/'", "HellO\n"},
      {"printf 'a\\nb\\nc\\n' | sed -n '2p'", "b\n"},
      {"printf 'a\\nb\\nc\\n' | sed '2d'", "a\nc\n"},
      {"printf 'a\\nb\\nc\\n' | sed '/b/d'", "a\nc\n"},
      {"printf 'a\\nb\\nc\\n' | sed -n '1,2p'", "a\nb\n"},
      {"printf 'a\\nb\\nc\\n' | sed '$d'", "a\nb\n"},
      {"printf 'a\\nb\\nc\\n' | sed q", "a\n"},
      {"printf 'a\\nb\\nc\\n' | sed -n '$='", "3\n"},
      {"printf 'a\\nb\\nc\\n' | sed 's/.*/[&]/'", "[a]\n[b]\n[c]\n"},
      {"printf 'a\\nb\\nc\\n' | sed 'y/abc/xyz/'", "x\ny\nz\n"},
      {"printf 'a\\nb\\n' | sed '/a/i first'", "first\na\nb\n"},
      {"printf 'a\\nb\\n' | sed '/^a/c\\new'", "new\nb\n"},
      {"printf 'a\\nb\\n' | sed '$a end'", "a\nb\nend\n"},
      {"printf 'a\\nb\\n' | sed -n '/a/{s/a/A/;p}'", "A\n"},
      {"echo 'inet 10.0.0.1/24' | sed 's/.*inet \\([0-9.]*\\).*/\\1/'", "10.0.0.1\n"},
      {"echo 'inet 10.0.0.1/24' | sed -r 's#^.* ([0-9.]+)/([0-9]{1,2})$#\\2 \\1#'",
       "24 10.0.0.1\n"},
      {"echo abc | sed 's/x*/-/g'", "-a-b-c-\n"},
      {"echo a | sed 's/a/b'", "sed: -e expression #1, char 5: unterminated `s' command\n"},
      {"sed 's/x/y/' /none", "sed: can't read /none: No such file or directory\n"},
  });
}

TEST(Sed, EditsFilesInPlace) {
  ShellBed bed;
  bed.type("printf '#net.ipv4.ip_forward=1\\nx\\n' > /etc/sysctl.conf\n");
  EXPECT_EQ(bed.output("sed -i 's/^#\\(net.*\\)/\\1/' /etc/sysctl.conf; cat /etc/sysctl.conf\n"),
            "net.ipv4.ip_forward=1\nx\n");
  EXPECT_EQ(bed.output("sed -i.bak '/x/d' /etc/sysctl.conf; cat /etc/sysctl.conf.bak\n"),
            "net.ipv4.ip_forward=1\nx\n");
}

TEST(Grep, ShowsWhatStandsAround) {
  check({
      {"printf 'a\\nb\\nc\\nd\\n' | grep -A1 b", "b\nc\n"},
      {"printf 'a\\nb\\nc\\n' | grep -B 1 b", "a\nb\n"},
      {"printf 'a\\nb\\nc\\n' | grep -n -C1 b", "1-a\n2:b\n3-c\n"},
      {"printf 'a\\nb\\nc\\nd\\ne\\na\\n' | grep -A1 a", "a\nb\n--\na\n"},
      {"printf 'a\\nb\\na\\n' | grep -m1 a", "a\n"},
      {"printf 'a\\nb\\nc\\n' | egrep 'a|c'", "a\nc\n"},
      {"printf 'a.b\\nacb\\n' | fgrep a.b", "a.b\n"},
      {"echo 'x 10.0.0.1 y 10.0.0.2' | grep -oE '([0-9]{1,3}\\.){3}[0-9]{1,3}'",
       "10.0.0.1\n10.0.0.2\n"},
  });
}

TEST(Session, WordsForCommandsAndWhoOneIs) {
  check({
      {"printf 'a\\nb c\\n' | xargs echo x", "x a b c\n"},
      {"echo 1 2 3 | xargs -n 2 echo", "1 2\n3\n"},
      {"printf 'a b\\nc\\n' | xargs -I{} echo '<{}>'", "<a b>\n<c>\n"},
      {"printf 'a\\nb\\n' | tac", "b\na\n"},
      {"id -u; whoami", "0\nroot\n"},
      {"date +%F", "1970-01-01\n"},
  });
}

}  // namespace
}  // namespace lvslab::admin
