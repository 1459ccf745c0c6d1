#include "cli/diff/texts.h"

#include "fmt/format.h"
#include "trace/sentence.h"
#include "wire/dissect.h"

namespace lvslab::cli {
namespace {

/// What a difference may be in is named, also where a sentence for the learner is shorter.
std::string note_line(const trace::Scene& scene, const Record& record) {
  const Note& n = record.note;
  if (n.kind == NoteKind::kStateRoute) {
    return fmt::format("route {}/{}{} out of {} {} table {}", scene.address_text({n.a}), n.y,
                       n.b == 0 ? "" : " by " + scene.address_text({n.b}),
                       scene.interface_text(record.node, static_cast<InterfaceIndex>(n.x)),
                       n.z != 0 ? "added to" : "removed from", n.word);
  }
  if (n.kind == NoteKind::kStateDestination) {
    return fmt::format("{}, weight {}, mode {} {}", trace::sentence(scene, record.node, n),
                       n.m >> 32, n.m & 0xffffffff, n.word);
  }
  std::string text = trace::sentence(scene, record.node, n);
  if (!text.empty()) return text;
  return fmt::format("{} {} {} ({} {} {} {} {})", note_kind_name(n.kind), scene.address_text({n.a}),
                     scene.address_text({n.b}), n.x, n.y, n.z, n.m, n.v);
}

std::string line_of(const trace::Scene& scene, const Record& record) {
  switch (record.kind) {
    case RecordKind::kFrameIn:
    case RecordKind::kFrameOut: {
      const auto& interfaces = scene.nodes[record.node].interfaces;
      const bool raw = record.interface < interfaces.size() && interfaces[record.interface].raw_ip;
      return fmt::format(
          "{} {} {}", record.kind == RecordKind::kFrameIn ? "in" : "out",
          scene.interface_text(record.node, record.interface),
          wire::summary(wire::dissect(record.bytes, record.zeros,
                                      raw ? wire::LinkType::kRawIp : wire::LinkType::kEthernet)));
    }
    case RecordKind::kLost:
      return fmt::format("lost on the link ({})",
                         drop_reason_name(static_cast<DropReason>(record.note.x)));
    case RecordKind::kConsole:
      return fmt::format("# {} (status {})", record.console->command, record.console->status);
    case RecordKind::kNote:
      return note_line(scene, record);
    case RecordKind::kTurn:
      break;
  }
  return {};
}

}  // namespace

TurnTexts::TurnTexts(const trace::Scene& scene, std::set<std::uint64_t> wanted)
    : scene_(scene), ladder_(trace::Ladder::make(scene, {})), wanted_(std::move(wanted)) {
  ladder_->text();  // its head
}

void TurnTexts::on_record(const Record& record) {
  if (record.event != event_) finish();
  event_ = record.event;
  ladder_->on_record(record);
  if (record.kind != RecordKind::kTurn && wanted_.contains(event_))
    records_[event_].push_back(line_of(scene_, record));
}

void TurnTexts::finish() {
  const std::string text = ladder_->text();
  if (wanted_.contains(event_)) texts_[event_] += text;
}

std::string TurnTexts::ladder(std::uint64_t event) const {
  const auto found = texts_.find(event);
  return found == texts_.end() ? std::string() : found->second;
}

std::vector<std::string> TurnTexts::records(std::uint64_t event) const {
  const auto found = records_.find(event);
  return found == records_.end() ? std::vector<std::string>() : found->second;
}

}  // namespace lvslab::cli
