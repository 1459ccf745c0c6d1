// The `where` language selects what Wireshark's display filters select.
#include "trace/frame_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/process.h"
#include "trace/lab_recording.h"

namespace lvslab::trace {
namespace {

using ::testing::HasSubstr;
using wire::Field;
using wire::FieldType;
using wire::Layer;

// A TCP segment in a tunnel: two ip layers, as an IPIP packet has them.
std::vector<Layer> tunnelled() {
  const auto ip = [](std::uint64_t src, std::uint64_t dst, std::uint64_t ttl) {
    return Layer{.name = "ip",
                 .fields = {{.name = "src", .type = FieldType::kIpv4, .value = src},
                            {.name = "dst", .type = FieldType::kIpv4, .value = dst},
                            {.name = "ttl", .value = ttl}}};
  };
  return {Layer{.name = "eth",
                .offset = 0,
                .size = 14,
                .fields = {{.name = "src", .type = FieldType::kMac, .value = 0x020000000001},
                           {.name = "dst", .type = FieldType::kMac, .value = 0x020000000002}}},
          ip(0x0a000001, 0x0a000002, 64), ip(0xc0a80005, 0xc0a80164, 63),
          Layer{.name = "tcp",
                .offset = 54,
                .size = 20,
                .fields = {{.name = "srcport", .value = 40000},
                           {.name = "dstport", .value = 80},
                           {.name = "flags.syn", .type = FieldType::kFlag, .value = 1},
                           {.name = "flags.ack", .type = FieldType::kFlag, .value = 0},
                           {.name = "flags", .type = FieldType::kHex, .value = 2}}}};
}

bool selects(std::string_view expression) {
  const auto filter = FrameFilter::parse(expression);
  if (!filter) {
    ADD_FAILURE() << expression << ": " << filter.error().what;
    return false;
  }
  return filter->matches(tunnelled());
}

TEST(FrameFilter, EqualIsTrueOfAnyOccurrenceAndNotEqualOfAll) {
  EXPECT_TRUE(selects("ip.src == 10.0.0.1"));
  EXPECT_TRUE(selects("ip.src == 192.168.0.5"));
  EXPECT_FALSE(selects("ip.src != 192.168.0.5"));
  EXPECT_TRUE(selects("ip.src != 192.168.0.6"));
  EXPECT_TRUE(selects("ip.ttl < 64"));
  EXPECT_TRUE(selects("ip.ttl >= 64"));
  EXPECT_FALSE(selects("!(ip.ttl == 63)"));
}

TEST(FrameFilter, OfAFieldThatIsNotThereNothingIsTrue) {
  EXPECT_FALSE(selects("udp.port == 53"));
  EXPECT_FALSE(selects("udp.port != 53"));
  EXPECT_TRUE(selects("!(udp.port == 53)"));
  EXPECT_FALSE(selects("icmp"));
  EXPECT_TRUE(selects("!icmp"));
}

TEST(FrameFilter, APrefixMatchesItsAddresses) {
  EXPECT_TRUE(selects("ip.src == 192.168.0.0/24"));
  EXPECT_TRUE(selects("ip.dst == 192.168.0.0/16"));
  EXPECT_FALSE(selects("ip.dst == 192.168.0.0/24"));
  EXPECT_FALSE(selects("ip.src != 192.168.0.0/24"));
  EXPECT_TRUE(selects("ip.src == 0.0.0.0/0"));
  EXPECT_TRUE(selects("ip.src == 192.168.0.77/24")) << "host bits of the prefix do not count";
}

TEST(FrameFilter, EitherEndNamesStandForBothEnds) {
  EXPECT_TRUE(selects("tcp.port == 80"));
  EXPECT_TRUE(selects("tcp.port == 40000"));
  EXPECT_FALSE(selects("tcp.port != 80"));
  EXPECT_TRUE(selects("ip.addr == 10.0.0.2"));
  EXPECT_TRUE(selects("eth.addr == 02:00:00:00:00:02"));
}

TEST(FrameFilter, AndBindsCloserThanOrAndNotCloserThanAnd) {
  EXPECT_TRUE(selects("tcp || udp && icmp"));
  EXPECT_FALSE(selects("(tcp || udp) && icmp"));
  EXPECT_TRUE(selects("not udp and tcp"));
  EXPECT_FALSE(selects("not (udp or tcp)"));
  EXPECT_TRUE(selects("! ! tcp"));
  EXPECT_TRUE(selects("tcp.flags.syn == 1 and tcp.flags.ack == 0 or arp"));
}

TEST(FrameFilter, WordsAndSymbolsMeanTheSame) {
  EXPECT_TRUE(selects("tcp.dstport eq 80 and ip.ttl gt 62 and ip.ttl le 64 && tcp.dstport ne 81"));
  EXPECT_FALSE(selects("tcp.dstport lt 80 or tcp.srcport ge 40001"));
  EXPECT_TRUE(selects("tcp.flags == 0x2"));
  EXPECT_TRUE(selects("tcp.flags.syn == true"));
  EXPECT_TRUE(selects("tcp and\nnot\nudp")) << "a filter may span lines";
  EXPECT_TRUE(selects("tcp and!udp"));
}

TEST(FrameFilter, TheLengthOfTheFrameCountsItsHeaders) { EXPECT_TRUE(selects("frame.len == 74")); }

TEST(FrameFilter, AMistakeIsNamedWithItsPlace) {
  const std::tuple<std::string_view, int, std::string_view> kMistakes[] = {
      {"", 1, "field name is missing"},
      {"ip.scr == 10.0.0.1", 1, "unknown field 'ip.scr'"},
      {"tcp && ip.scr == 1", 8, "unknown field 'ip.scr'"},
      {"ip.src == 10.0.0.256", 11, "no address"},
      {"ip.src == 10.0.0.0/33", 11, "no address"},
      {"ip.ttl == 6x", 11, "no value"},
      {"ip.ttl ==", 10, "value is missing"},
      {"(tcp", 5, "')' is missing"},
      {"tcp udp", 5, "unexpected 'udp'"},
      {"tcp)", 4, "unexpected ')'"},
      {"tcp &&", 7, "field name is missing"},
      {"ip.src == \"10.0.0.1", 11, "not closed"},
      {"ip.ttl = 5", 8, "unexpected '= 5'"},
      {"ip.ttl == 0x", 11, "no value"},
      {"ip.ttl == 99999999999999999999", 11, "no value"},
  };
  for (const auto& [text, column, what] : kMistakes) {
    const auto filter = FrameFilter::parse(text);
    ASSERT_FALSE(filter) << text;
    EXPECT_THAT(filter.error().what, HasSubstr("at character " + std::to_string(column) + ":"))
        << text;
    EXPECT_THAT(filter.error().what, HasSubstr(std::string(what))) << text;
    EXPECT_FALSE(filter.error().hint.empty()) << text;
  }
}

TEST(FrameFilter, DepthAndLengthAreBounded) {
  const auto nested = [](std::size_t n) {
    return std::string(n, '(') + "tcp" + std::string(n, ')');
  };
  EXPECT_TRUE(FrameFilter::parse(nested(60)));
  EXPECT_FALSE(FrameFilter::parse(nested(70)));
  EXPECT_FALSE(FrameFilter::parse(std::string(2000, '!') + "tcp"));
  EXPECT_FALSE(FrameFilter::parse("tcp" + std::string(5000, ' ')));
}

TEST(FrameFilter, EveryFieldThatFramesHaveCanBeAskedForByWiresharksName) {
  const auto& known = filter_fields();
  std::set<std::string> unknown;
  for (const char* lab : {kLabB, kLabD}) {
    for (const FrameKeeper::Frame& frame : LabRecording::of(lab).keeper->frames) {
      for (const Layer& layer : frame.layers) {
        for (const Field& field : layer.fields) {
          const std::string name = std::string(layer.name) + "." + std::string(field.name);
          if (!std::binary_search(known.begin(), known.end(), name)) unknown.insert(name);
        }
      }
    }
  }
  EXPECT_THAT(unknown, ::testing::IsSubsetOf({"data.data", "data.text"}))
      << "bytes are compared by no filter yet";
}

// The same expression given to tshark selects as many frames of the same run.
class AsTshark : public ::testing::TestWithParam<const char*> {};

TEST_P(AsTshark, SelectsTheSameNumberOfFrames) {
  if (!lvslab::testing::have_program("tshark"))
    GTEST_SKIP() << "tshark is not installed: nothing was compared";
  const LabRecording& lab = LabRecording::of(kLabD);
  const std::string expression = GetParam();
  const auto filter = FrameFilter::parse(expression);
  ASSERT_TRUE(filter) << filter.error().what;
  const auto ours =
      std::count_if(lab.keeper->frames.begin(), lab.keeper->frames.end(),
                    [&](const FrameKeeper::Frame& frame) { return filter->matches(frame.layers); });
  const lvslab::testing::ScratchFolder scratch("tshark");
  const auto theirs =
      lvslab::testing::run_process("tshark -r '" + lab.folder.file("all.pcapng") + "' -Y '" +
                                       expression + "' -T fields -e frame.number",
                                   scratch.path().string());
  ASSERT_EQ(theirs.status, 0) << theirs.err;
  EXPECT_EQ(static_cast<std::size_t>(ours), lvslab::testing::lines_of(theirs.out).size());
  EXPECT_GT(ours, 0) << "an expression that selects nothing compares nothing";
}

INSTANTIATE_TEST_SUITE_P(
    Expressions, AsTshark,
    ::testing::Values("arp", "arp.opcode == 2", "arp.opcode == 1 && eth.dst == ff:ff:ff:ff:ff:ff",
                      "arp.src.proto_ipv4 == 192.168.0.0/16 or arp.dst.proto_ipv4 == 10.0.0.0/8",
                      "!arp", "tcp.flags.syn == 1 && tcp.flags.ack == 0", "tcp.flags == 0x012",
                      "tcp.port == 80", "tcp.srcport != 80 && tcp", "tcp.len > 0",
                      "tcp.flags.fin == 1 or tcp.flags.reset == 1", "ip.ttl < 64",
                      "ip.ttl ge 63 and not arp", "ip.src == 192.168.182.0/24",
                      "ip.src != 192.168.182.0/24", "!(ip.addr == 192.168.182.0/24)",
                      "tcp.options.mss_val == 1460", "tcp.options.wscale.shift",
                      "frame.len > 80 && frame.len <= 2000", "tcp.window_size_value > 1000",
                      "ip.flags.df == 1", "tcp.seq_raw > 2147483648", "eth.type == 0x0806",
                      "ip.id != 0", "tcp.hdr_len > 20"));

}  // namespace
}  // namespace lvslab::trace
