// The packet files: right by the format, and read by tshark without a word of complaint.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "support/process.h"
#include "trace/lab_recording.h"
#include "trace/pcapng_reader.h"

namespace lvslab::trace {
namespace {

using lvslab::testing::have_program;
using lvslab::testing::lines_of;
using lvslab::testing::read_text_file;
using lvslab::testing::run_process;
using lvslab::testing::ScratchFolder;

TEST(PcapngFile, OfAllHoldsEveryFrameWithItsPicosecond) {
  const LabRecording& lab = LabRecording::of(kLabB);
  const PcapngFile file = read_pcapng(read_text_file(lab.folder.file("all.pcapng")));
  ASSERT_EQ(file.packets.size(), lab.keeper->frames.size());
  for (std::size_t i = 0; i < file.packets.size(); ++i) {
    const auto& packet = file.packets[i];
    const auto& frame = lab.keeper->frames[i];
    EXPECT_EQ(packet.stamp, static_cast<std::uint64_t>(frame.time.ps()));
    EXPECT_EQ(packet.bytes.size(), frame.length) << "zeros that need no memory are written out";
    EXPECT_EQ(packet.flags, frame.kind == RecordKind::kFrameIn ? 1u : 2u);
    EXPECT_THAT(file.interfaces[packet.interface].name,
                ::testing::StartsWith(lab.scene().nodes[frame.node].name + ":"));
  }
  for (const auto& nic : file.interfaces) {
    EXPECT_EQ(nic.resolution, 12);
    EXPECT_EQ(nic.link_type, 1);
  }
}

TEST(PcapngFile, OfAnInterfaceHoldsItsFramesAlone) {
  const LabRecording& lab = LabRecording::of(kLabB);
  std::size_t frames = 0;
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(lab.folder.path())) {
    if (entry.path().extension() != ".pcapng" || entry.path().stem() == "all") continue;
    const PcapngFile file = read_pcapng(read_text_file(entry.path().string()));
    ASSERT_EQ(file.interfaces.size(), 1u) << entry.path();
    EXPECT_TRUE(names.insert(file.interfaces[0].name).second);
    frames += file.packets.size();
  }
  EXPECT_EQ(frames, lab.keeper->frames.size());
  for (const char* name : {"client-eth0", "director-eth0", "rs1-eth0", "rs2-eth0"}) {
    EXPECT_TRUE(std::filesystem::exists(lab.folder.file(std::string(name) + ".pcapng"))) << name;
  }
}

TEST(PcapngFile, SaysInACommentWhatADirectorChanged) {
  const PcapngFile file =
      read_pcapng(read_text_file(LabRecording::of(kLabB).folder.file("director-eth0.pcapng")));
  bool said = false;
  for (const auto& packet : file.packets) {
    if (packet.flags != 2 || packet.comment.find("web/1") != 0) continue;
    EXPECT_THAT(packet.comment, ::testing::ContainsRegex("eth.dst [0-9a-f:]+ -> [0-9a-f:]+"));
    EXPECT_THAT(packet.comment, ::testing::HasSubstr("ip.ttl 64 -> 63"));
    said = true;
  }
  EXPECT_TRUE(said);
}

// What tshark says besides frames. As root it always warns about that.
std::string complaints(const std::string& err) {
  std::string text;
  for (const std::string& line : lines_of(err)) {
    if (line.find("Running as user") == std::string::npos && !line.empty()) text += line + "\n";
  }
  return text;
}

class ReadByTshark : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!have_program("tshark")) GTEST_SKIP() << "tshark is not installed: nothing was read";
  }
  ScratchFolder scratch_{"tshark"};
};
INSTANTIATE_TEST_SUITE_P(Labs, ReadByTshark, ::testing::Values(kLabB, kLabD),
                         [](const auto& p) { return std::string(p.index == 0 ? "B" : "D"); });

TEST_P(ReadByTshark, EveryFileIsReadWithoutComplaintAndWithItsNamesAndStamps) {
  const LabRecording& lab = LabRecording::of(GetParam());
  for (const auto& entry : std::filesystem::directory_iterator(lab.folder.path())) {
    if (entry.path().extension() != ".pcapng") continue;
    const auto read =
        run_process("tshark -r '" + entry.path().string() +
                        "' -T fields -e frame.interface_name -e frame.time_epoch -e frame.len",
                    scratch_.path().string());
    ASSERT_EQ(read.status, 0) << entry.path() << read.err;
    EXPECT_EQ(complaints(read.err), "") << entry.path();
    const PcapngFile file = read_pcapng(read_text_file(entry.path().string()));
    const auto lines = lines_of(read.out);
    ASSERT_EQ(lines.size(), file.packets.size()) << entry.path();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const auto& packet = file.packets[i];
      std::string nanoseconds = std::to_string(packet.stamp / 1000 % 1'000'000'000);
      nanoseconds.insert(0, 9 - nanoseconds.size(), '0');
      EXPECT_EQ(lines[i], file.interfaces[packet.interface].name + "\t" +
                              std::to_string(packet.stamp / 1'000'000'000'000ULL) + "." +
                              nanoseconds + "\t" + std::to_string(packet.bytes.size()));
    }
  }
}

TEST_P(ReadByTshark, NoFrameIsMalformedAndEveryChecksumIsRight) {
  const LabRecording& lab = LabRecording::of(GetParam());
  const auto bad =
      run_process("tshark -r '" + lab.folder.file("all.pcapng") +
                      "' -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE " +
                      "-Y '_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0'",
                  scratch_.path().string());
  ASSERT_EQ(bad.status, 0) << bad.err;
  EXPECT_EQ(bad.out, "");
}

TEST_P(ReadByTshark, CommentsAreShownAsWritten) {
  const LabRecording& lab = LabRecording::of(GetParam());
  const auto shown = run_process("tshark -r '" + lab.folder.file("all.pcapng") +
                                     "' -Y frame.comment -T fields -e frame.comment",
                                 scratch_.path().string());
  ASSERT_EQ(shown.status, 0) << shown.err;
  std::vector<std::string> written;
  for (const auto& packet : read_pcapng(read_text_file(lab.folder.file("all.pcapng"))).packets) {
    if (!packet.comment.empty()) written.push_back(packet.comment);
  }
  EXPECT_FALSE(written.empty());
  EXPECT_EQ(lines_of(shown.out), written);
}

}  // namespace
}  // namespace lvslab::trace
