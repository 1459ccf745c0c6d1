// The forms in which `lvslab test` tells its results, with texts that would break each of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "cli/suite/parcel.h"
#include "report/cases.h"

namespace lvslab::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

CaseResult failing() {
  CaseResult result;
  result.path = "labs/a & <b>.yaml";
  result.title = "Title # \"quoted\"";
  result.status = CaseResult::Status::kFailed;
  result.expectations = 3;
  Mismatch one;
  one.place = {
      "labs/a & <b>.yaml",
      12,
      5,
  };
  one.kind = "console";
  one.expected = "contains 100%\r\nof it";
  one.actual = "]]> \x01 \xff <none>";
  one.when = "finally";
  one.cause = "0.000 001 000 s, a: this, that: both";
  one.reproduce = "lvslab explain x";
  result.mismatches = {one, one};
  result.remarks = {"a remark"};
  result.messages = "said\n\non stderr\n";
  return result;
}

CaseResult skipped() {
  CaseResult result;
  result.path = "labs/later.yaml";
  result.status = CaseResult::Status::kSkipped;
  result.reason = "because # of\nit";
  return result;
}

TEST(CaseReports, LinesAreIndentedAndHaveNoBlanksAtTheirEnds) {
  const std::string text = case_lines(failing(), false);
  EXPECT_THAT(text, HasSubstr("FAIL  labs/a & <b>.yaml: 3 expectations, 2 failed\n"));
  EXPECT_THAT(text, HasSubstr("      labs/a & <b>.yaml:12:5: console\n"));
  EXPECT_THAT(text, HasSubstr("        first cause  0.000 001 000 s, a: this"));
  EXPECT_THAT(text, HasSubstr("      said\n\n      on stderr\n      a remark\n"));
  EXPECT_THAT(text, Not(HasSubstr(" \n")));
  EXPECT_THAT(text, Not(HasSubstr(" ms")));
  EXPECT_THAT(case_lines(failing(), true, 12), HasSubstr(", 12 ms\n"));
}

TEST(CaseReports, JunitIsWellFormedWhateverATextHolds) {
  const std::string xml = junit({failing(), skipped()});
  EXPECT_THAT(xml, HasSubstr("<testsuites name=\"lvslab\" tests=\"2\" failures=\"1\" errors=\"0\" "
                             "skipped=\"1\">"));
  EXPECT_THAT(xml, HasSubstr("classname=\"labs\" name=\"a &amp; &lt;b&gt;.yaml\""));
  EXPECT_THAT(xml, HasSubstr("actual       ]]&gt; ? ? &lt;none&gt;&#10;"));
  EXPECT_THAT(xml, HasSubstr("<skipped message=\"because # of&#10;it\"/>"));
  EXPECT_THAT(xml, Not(HasSubstr("time=")));
  EXPECT_EQ(xml, junit({failing(), skipped()}));
}

TEST(CaseReports, JunitHasASuiteForEachFolder) {
  CaseResult a, b;
  a.path = "one/x.yaml";
  b.path = "two/deep/x.yaml";
  const std::string xml = junit({a, b});
  EXPECT_THAT(xml, HasSubstr("<testsuite name=\"one\" tests=\"1\""));
  EXPECT_THAT(xml, HasSubstr("<testsuite name=\"two/deep\" tests=\"1\""));
  EXPECT_THAT(xml, HasSubstr("classname=\"two.deep\""));
}

TEST(CaseReports, AnnotationsEscapeWhatEndsAProperty) {
  CaseResult result = failing();
  result.mismatches[0].place.file = "a,b:c%.yaml";
  const std::string text = annotations(result);
  EXPECT_THAT(text, HasSubstr("::error file=a%2Cb%3Ac%25.yaml,line=12,col=5,title=console::"));
  EXPECT_THAT(text, HasSubstr("contains 100%25%0D%0A"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << "one line a mismatch";
  EXPECT_EQ(annotations(skipped()), "");
}

TEST(CaseReports, TapKeepsDirectivesApartFromDescriptions) {
  CaseResult odd;
  odd.path = "a # b.yaml";
  EXPECT_EQ(tap_case(odd, 1), "ok 1 - a \\# b.yaml\n");
  EXPECT_EQ(tap_case(skipped(), 2), "ok 2 - labs/later.yaml # SKIP because \\# of it\n");
  const std::string text = tap_case(failing(), 3);
  EXPECT_THAT(text, HasSubstr("not ok 3 - labs/a & <b>.yaml\n  ---\n"));
  EXPECT_THAT(text, HasSubstr("expected: \"contains 100%\\u000d\\nof it\"\n"));
  EXPECT_THAT(text, HasSubstr("\n  ...\n# a remark\n")) << "the block belongs to its line";
}

TEST(CaseReports, AResultSurvivesTheWayFromAWorker) {
  for (const CaseResult& result : {failing(), skipped(), CaseResult{}}) {
    const auto back = cli::unpack(cli::pack(result));
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(case_lines(*back, false), case_lines(result, false));
    EXPECT_EQ(junit({*back}), junit({result}));
  }
  const std::string bytes = cli::pack(failing());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(cli::unpack(std::string_view(bytes).substr(0, size)).has_value()) << size;
}

}  // namespace
}  // namespace lvslab::report
