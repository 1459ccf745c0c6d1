// The ladder as a Mermaid sequence diagram: a message per hop, a note where header fields changed
// or a packet ended.
#include <set>

#include "fmt/format.h"
#include "trace/hop_memory.h"
#include "trace/ladder.h"
#include "trace/sentence.h"

namespace lvslab::trace {
namespace {

// Mermaid reads ; and # as its own.
std::string escape(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == ';')
      out += "#59;";
    else if (c == '#')
      out += "#35;";
    else if (c == '\n')
      out += "<br/>";
    else
      out += c;
  }
  return out;
}

class MermaidLadder final : public Ladder {
 public:
  MermaidLadder(const Scene& scene, const LadderOptions& options)
      : scene_(scene), options_(options) {
    out_ = "sequenceDiagram\n";
    for (std::size_t i = 0; i < scene.nodes.size(); ++i)
      out_ += fmt::format("  participant n{} as {}\n", i, escape(scene.nodes[i].name));
  }

  void on_record(const Record& record) override {
    if (!wanted(record)) return;
    switch (record.kind) {
      case RecordKind::kFrameIn: {
        const auto layers = wire::dissect(record.bytes, record.zeros, wire::LinkType::kEthernet);
        const auto sender = sender_.find(record.cause);
        if (sender != sender_.end() && sender->second != record.node) {
          out_ += fmt::format("  n{}->>n{}: {}\n", sender->second, record.node,
                              escape(wire::summary(layers)));
        }
        memory_.entered(record, layers);
        return;
      }
      case RecordKind::kFrameOut: {
        sender_[record.event] = record.node;
        const HopMemory::Hop* hop = memory_.find(record.node, record.packet);
        if (hop == nullptr || !hop->seen || scene_.nodes[record.node].is_switch) return;
        std::string text;
        for (const wire::Change& c : wire::header_diff(
                 hop->layers,
                 wire::dissect(record.bytes, record.zeros, wire::LinkType::kEthernet))) {
          if (!text.empty()) text += "\n";
          text += c.kind == wire::Change::Kind::kField
                      ? fmt::format("{} {} -> {}", c.field, c.from, c.to)
                  : c.kind == wire::Change::Kind::kPushed ? "+ " + c.field
                                                          : "- " + c.field;
        }
        if (!text.empty()) note_over(record.node, text);
        return;
      }
      case RecordKind::kNote: {
        const Note& n = record.note;
        const auto reason = static_cast<DropReason>(n.x);
        const bool shown = (n.kind == NoteKind::kDropped && reason != DropReason::kArpNotForUs &&
                            reason != DropReason::kOtherHost) ||
                           n.kind == NoteKind::kIpvsPicked || n.kind == NoteKind::kArpRefused;
        if (shown) note_over(record.node, sentence(scene_, record.node, n, options_.words));
        return;
      }
      default:
        return;
    }
  }

  std::string text() override { return std::move(out_); }

 private:
  bool wanted(const Record& record) {
    if (!options_.connection) return true;
    const bool mine = record.tag.traffic == options_.connection->traffic &&
                      record.tag.connection == options_.connection->connection;
    if (mine || (record.tag.traffic == 0 && chosen_.contains(record.cause)))
      chosen_.insert(record.event);
    return mine || (record.tag.traffic == 0 && chosen_.contains(record.event));
  }
  void note_over(NodeIndex node, const std::string& text) {
    out_ += fmt::format("  Note over n{}: {}\n", node, escape(text));
  }

  const Scene& scene_;
  LadderOptions options_;
  HopMemory memory_;
  std::map<std::uint64_t, NodeIndex> sender_;
  std::set<std::uint64_t> chosen_;
  std::string out_;
};

}  // namespace

std::unique_ptr<Ladder> make_mermaid_ladder(const Scene& scene, const LadderOptions& options) {
  return std::make_unique<MermaidLadder>(scene, options);
}

}  // namespace lvslab::trace
