// Every decision can be said in a sentence.
#include "trace/sentence.h"

#include <gtest/gtest.h>

namespace lvslab::trace {
namespace {

Scene small_scene() {
  Scene scene;
  scene.nodes.push_back({.name = "lvs",
                         .role = "director",
                         .interfaces = {{"lo", {}, false}, {"eth0", {0x020000000001}, false}}});
  scene.nodes.push_back(
      {.name = "lan", .is_switch = true, .interfaces = {{"lvs:eth0", {}, false}}});
  scene.names.emplace_back(wire::Ipv4{0x0a000001}, "VIP");
  return scene;
}

class WhyKinds : public ::testing::TestWithParam<int> {};

TEST_P(WhyKinds, HaveASentenceWhateverTheirNumbers) {
  const Scene scene = small_scene();
  const auto kind = static_cast<NoteKind>(GetParam());
  for (const std::string_view word : {"word", ""}) {
    for (const std::uint32_t number : {0u, 1u, 70000u}) {
      Note note{.kind = kind,
                .a = 0x0a000001,
                .b = 0x0a000002,
                .x = number,
                .y = number,
                .z = number,
                .word = word};
      if (kind == NoteKind::kDropped)
        note.x = number % static_cast<std::uint32_t>(DropReason::kDropReasonCount);
      for (const NodeIndex node : {0u, 1u}) {
        const std::string text = sentence(scene, node, note);
        EXPECT_FALSE(text.empty()) << note_kind_name(kind);
        EXPECT_EQ(text.find('\n'), std::string::npos) << note_kind_name(kind);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, WhyKinds,
                         ::testing::Range(0, static_cast<int>(NoteKind::kStateInterface)),
                         [](const auto& p) {
                           std::string name(note_kind_name(static_cast<NoteKind>(p.param)));
                           for (char& c : name) {
                             if (c == '-') c = '_';
                           }
                           return name;
                         });

TEST(Sentence, NamesAddressesAndInterfacesAsTheScenarioDoes) {
  const Scene scene = small_scene();
  const Note refused{.kind = NoteKind::kArpRefused,
                     .a = 0x0a000001,
                     .b = 0x0a000002,
                     .x = 1,
                     .y = 1,
                     .word = "arp_ignore"};
  EXPECT_EQ(sentence(scene, 0, refused),
            "does not answer 10.0.0.2 who asks for 10.0.0.1 (VIP): arp_ignore=1 on eth0");
}

TEST(Sentence, EveryDropReasonHasAName) {
  const Scene scene = small_scene();
  for (std::uint32_t i = 1; i < static_cast<std::uint32_t>(DropReason::kDropReasonCount); ++i) {
    const auto reason = static_cast<DropReason>(i);
    const std::string text = sentence(scene, 0, {.kind = NoteKind::kDropped, .x = i});
    EXPECT_NE(text.find(drop_reason_name(reason)), std::string::npos);
    EXPECT_FALSE(drop_reason_sentence(reason).empty()) << drop_reason_name(reason);
    EXPECT_EQ(drop_reason_from_name(drop_reason_name(reason)), reason);
  }
}

}  // namespace
}  // namespace lvslab::trace
