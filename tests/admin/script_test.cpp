// What is found when a script is read: syntax errors and unknown commands with their places.
#include <gtest/gtest.h>

#include "admin/command.h"
#include "admin/script_tree.h"

namespace lvslab::admin {
namespace {

std::vector<PlacedError> errors_of(std::string_view text) {
  std::vector<PlacedError> errors;
  (void)Script::parse(text, {"lab.yaml", 20, 7}, errors);
  return errors;
}

TEST(Script, AnUnknownCommandIsAnErrorWithItsPlaceAndTheNearestName) {
  const auto errors = errors_of("echo a\n  ipvsadn -L\n");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].line, 21);
  EXPECT_EQ(errors[0].column, 9);
  EXPECT_EQ(errors[0].what, "unknown command `ipvsadn'");
  EXPECT_EQ(errors[0].hint, "did you mean ipvsadm?");
}

TEST(Script, AllUnknownCommandsAreReportedInOneGo) {
  EXPECT_EQ(errors_of("frob\nif quux; then x=$(blorp); fi\ncat <<EOF\n$(zork)\nEOF\n").size(), 4u);
}

TEST(Script, FunctionsBuiltinsPathsAndVariablesAreNotUnknown) {
  EXPECT_TRUE(errors_of("start() { echo x; }\nstart\n/sbin/ifconfig eth0\n./mine.sh\n$CMD a\nsudo "
                        "ip a\nexport A=1\n")
                  .empty());
  EXPECT_EQ(errors_of("sudo frob\n").size(), 1u);
}

TEST(Script, WhatASourcedFileMayDefineIsLeftToTheRun) {
  EXPECT_TRUE(errors_of(". /etc/mine\nmystery\n").empty());
}

TEST(Script, PromptsBeforeACommandAreSkipped) {
  EXPECT_TRUE(errors_of("[root@RS1 ~]# echo a\n[root@RS1 system-connections]#ip a\nroot@rs1:~# "
                        "echo b\n$ echo c\n")
                  .empty());
  EXPECT_TRUE(errors_of("[ -f /etc/x ] && echo a@b\n").empty());
}

TEST(Script, SyntaxErrorsAreWordedAsBashWordsThem) {
  EXPECT_EQ(errors_of("if true; then echo a\n").at(0).what, "syntax error: unexpected end of file");
  EXPECT_EQ(errors_of("echo a; fi\n").at(0).what, "syntax error near unexpected token `fi'");
  EXPECT_EQ(errors_of("echo 'a\n").at(0).what,
            "unexpected end of file while looking for matching `''");
  EXPECT_EQ(errors_of("a=(1 2)\n").at(0).what, "arrays are not known here");
  EXPECT_EQ(errors_of("| cat\n").at(0).what, "syntax error near unexpected token `|'");
  EXPECT_EQ(errors_of("echo ${x!y}\n").at(0).what, "${x: bad substitution");
}

TEST(Script, NestingAndSizeAreBounded) {
  std::string deep;
  for (int i = 0; i < 5'000; ++i) deep += "$(";
  EXPECT_EQ(errors_of("echo " + deep).at(0).what, "nested too deep");
  EXPECT_EQ(errors_of(std::string(5'000, '(')).at(0).what, "nested too deep");
  EXPECT_EQ(errors_of(std::string((1u << 20) + 1, ' ')).at(0).what,
            "the script is larger than 1 MiB");
}

TEST(Commands, TheTableIsSortedAndEveryEntryIsDescribed) {
  std::string_view last;
  for (const CommandEntry& entry : commands()) {
    EXPECT_LT(last, entry.name);
    EXPECT_FALSE(entry.about.empty()) << entry.name;
    EXPECT_EQ(find_command("/usr/sbin/" + std::string(entry.name)), &entry);
    EXPECT_FALSE(is_builtin(entry.name)) << entry.name;
    last = entry.name;
  }
  EXPECT_EQ(find_command("./ip"), nullptr);
}

}  // namespace
}  // namespace lvslab::admin
