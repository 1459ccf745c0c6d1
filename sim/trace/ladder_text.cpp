// The ladder as text. A block per turn: which node, what came in, why it did what it did, what went
// out and which header fields changed. What teaches nothing is kept short: switches take a line,
// hosts that only overhear a broadcast share one.
#include <algorithm>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "trace/clock_text.h"
#include "trace/hop_memory.h"
#include "trace/ladder.h"
#include "trace/sentence.h"

namespace lvslab::trace {
namespace {

std::string app_text(const lang::Words& t, const Note& note) {
  switch (note.kind) {
    case NoteKind::kAppIntended:
      return t("the load starts it");
    case NoteKind::kAppEstablished:
      return t("connection established for the client");
    case NoteKind::kAppRequestSent:
      return t("the client sends a request");
    case NoteKind::kAppReply:
      return t("the client has the whole reply");
    case NoteKind::kAppServed:
      return note.y == 0   ? t("the server process gets the connection")
             : note.y == 1 ? t("a request comes to the server's workers")
                           : t("the server process will not answer a request");
    case NoteKind::kAppServerReply:
      return t("the server process replies");
    default:
      return {};
  }
}

class TextLadder final : public Ladder {
 public:
  TextLadder(const Scene& scene, const LadderOptions& options) : scene_(scene), options_(options) {
    steps_ = "    - " + options_.words("way: ");
    head();
  }

  void on_record(const Record& record) override {
    if (record.event != turn_ || record.kind == RecordKind::kTurn) begin(record);
    if (options_.connection && record.tag.traffic != 0) {
      if (record.tag.traffic != options_.connection->traffic ||
          record.tag.connection != options_.connection->connection)
        return;
      wanted_ = true;
    }
    if (options_.packet && record.packet != 0) {
      if (record.packet != *options_.packet) return;
      wanted_ = true;
    }
    switch (record.kind) {
      case RecordKind::kFrameIn:
        return frame_in(record);
      case RecordKind::kFrameOut:
        return frame_out(record);
      case RecordKind::kNote:
        return note(record);
      case RecordKind::kLost:
        return lost(record);
      case RecordKind::kConsole:
        return console(record);
      case RecordKind::kTurn:
        return;
    }
  }

  std::string text() override {
    finish_turn();
    finish_overheard();
    return std::exchange(out_, {});
  }

 private:
  void head() {
    out_ += scene_.title.empty() ? options_.words("The way of every frame") : scene_.title;
    out_ += options_.words.say(" (seed {})", scene_.seed) + "\n\n";
    for (const SceneNode& node : scene_.nodes) {
      if (node.is_switch) continue;
      std::string line = fmt::format("  {:<10} {:<12}", node.name, options_.words(node.role));
      for (const SceneInterface& nic : node.interfaces) {
        if (!nic.mac.is_zero()) line += fmt::format(" {} {}", nic.name, wire::to_string(nic.mac));
      }
      out_ += line + "\n";
    }
    for (const auto& [address, name] : scene_.names)
      out_ += fmt::format("  {:<10} {}\n", name, wire::to_string(address));
    out_ += "\n";
  }

  void begin(const Record& record) {
    finish_turn();
    turn_ = record.event;
    node_ = record.node;
    time_ = record.time;
    wanted_ = !options_.packet && (!options_.connection || chosen_.contains(record.cause));
    overheard_only_ = true;
    lines_.clear();
    header_.clear();
  }

  void finish_turn() {
    if (wanted_ && options_.connection && turn_ != 0) chosen_.insert(turn_);
    if (!wanted_ || lines_.empty()) return lines_.clear();
    if (overheard_only_) {
      if (overheard_summary_ != header_) finish_overheard();
      overheard_summary_ = header_;
      overheard_.push_back(scene_.nodes[node_].name);
      return lines_.clear();
    }
    finish_overheard();
    const SceneNode& node = scene_.nodes[node_];
    const bool compact = node.is_switch;
    const std::string title = paint("1", node.name);
    if (compact) {
      std::string line;
      for (const std::string& part : lines_) line += (line.empty() ? "" : "; ") + part;
      out_ += fmt::format("{:>16}  {}: {}\n", clock_text(time_), title, line);
    } else {
      out_ += fmt::format("{:>16}  {}\n", clock_text(time_), title);
      for (const std::string& line : lines_) out_ += std::string(20, ' ') + line + "\n";
    }
    lines_.clear();
  }

  void finish_overheard() {
    if (overheard_.empty()) return;
    std::string names;
    for (const std::string& name : overheard_) names += (names.empty() ? "" : ", ") + name;
    out_ +=
        std::string(18, ' ') + options_.words.say("(heard too, not concerned: {})", names) + "\n";
    overheard_.clear();
    overheard_summary_.clear();
  }

  std::vector<wire::Layer> layers_of(const Record& record) const {
    const auto& interfaces = scene_.nodes[record.node].interfaces;
    const bool raw = record.interface < interfaces.size() && interfaces[record.interface].raw_ip;
    return wire::dissect(record.bytes, record.zeros,
                         raw ? wire::LinkType::kRawIp : wire::LinkType::kEthernet);
  }
  std::string interface_of(const Record& record) const {
    const auto& interfaces = scene_.nodes[record.node].interfaces;
    return record.interface < interfaces.size() ? interfaces[record.interface].name : "?";
  }
  std::string tag_of(const Record& record) const {
    const std::string tag = scene_.tag_text(record.tag);
    return tag.empty() ? "" : "   " + paint("36", "[" + tag + "]");
  }

  void frame_in(const Record& record) {
    std::vector<wire::Layer> layers = layers_of(record);
    header_ = wire::summary(layers);
    if (scene_.nodes[record.node].is_switch) {
      lines_.push_back(options_.words.say("{} from {}", header_, interface_of(record)));
    } else {
      lines_.push_back(
          options_.words.say("in  {:<5} {}{}", interface_of(record), header_, tag_of(record)));
    }
    memory_.entered(record, std::move(layers));
  }

  void frame_out(const Record& record) {
    overheard_only_ = false;
    if (scene_.nodes[record.node].is_switch) return;  // its decision is a note
    std::vector<wire::Layer> layers = layers_of(record);
    lines_.push_back(options_.words.say("out {:<5} {}{}", interface_of(record),
                                        wire::summary(layers), tag_of(record)));
    const HopMemory::Hop* hop = memory_.find(record.node, record.packet);
    if (hop == nullptr || !hop->seen) {
      const wire::Layer* eth =
          layers.empty() || layers.front().name != "eth" ? nullptr : &layers.front();
      if (eth != nullptr) {
        lines_.push_back(fmt::format("          eth.src {}, eth.dst {}",
                                     scene_.named("eth.src", wire::field_text(*eth->find("src"))),
                                     scene_.named("eth.dst", wire::field_text(*eth->find("dst")))));
      }
      return;
    }
    for (const wire::Change& change : wire::header_diff(hop->layers, layers)) {
      switch (change.kind) {
        case wire::Change::Kind::kField:
          lines_.push_back(paint("33", fmt::format("          {:<14} {} -> {}", change.field,
                                                   scene_.named(change.field, change.from),
                                                   scene_.named(change.field, change.to))));
          break;
        case wire::Change::Kind::kPushed:
          lines_.push_back(
              paint("33", options_.words.say("          + {} header {}", change.field, change.to)));
          break;
        case wire::Change::Kind::kPopped:
          lines_.push_back(paint(
              "33", options_.words.say("          - {} header {}", change.field, change.from)));
          break;
      }
    }
  }

  void note(const Record& record) {
    const Note& n = record.note;
    const bool in_switch = scene_.nodes[record.node].is_switch;
    switch (n.kind) {
      case NoteKind::kStateAddress:
      case NoteKind::kStateRoute:
      case NoteKind::kStateInterface:
      case NoteKind::kStateService:
      case NoteKind::kStateDestination:
        return;
      case NoteKind::kDropped: {
        const auto reason = static_cast<DropReason>(n.x);
        if (reason == DropReason::kArpNotForUs || reason == DropReason::kOtherHost) return;
        overheard_only_ = false;
        lines_.push_back(
            paint("1;31", "    X " + sentence(scene_, record.node, n, options_.words)));
        return;
      }
      default:
        break;
    }
    if (n.kind >= NoteKind::kAppIntended) return app(record);
    if (n.kind == NoteKind::kArpNoEffect) return;
    if (n.kind == NoteKind::kHook || n.kind == NoteKind::kRoute) return step(record);
    overheard_only_ = false;
    const std::string text = sentence(scene_, record.node, n, options_.words);
    if (!text.empty()) lines_.push_back(in_switch ? text : "    - " + text);
  }

  // The stations inside a host share a line: PREROUTING > route: ... > INPUT.
  void step(const Record& record) {
    overheard_only_ = false;
    const std::string text = record.note.kind == NoteKind::kHook
                                 ? std::string(record.note.word)
                                 : sentence(scene_, record.node, record.note, options_.words);
    if (!lines_.empty() && lines_.back().starts_with(steps_) && steps_packet_ == record.packet) {
      lines_.back() += " > " + text;
    } else {
      lines_.push_back(steps_ + text);
    }
    steps_packet_ = record.packet;
  }

  void app(const Record& record) {
    overheard_only_ = false;
    const std::string tag = scene_.tag_text(record.note.tag);
    if (record.note.kind == NoteKind::kAppClosed) {
      lines_.push_back(paint(record.note.word == "completed" ? "32" : "1;31",
                             fmt::format("    * {}: {}", tag, options_.words(record.note.word))));
      return;
    }
    const std::string what = app_text(options_.words, record.note);
    if (!what.empty()) lines_.push_back(fmt::format("    * {}: {}", tag, what));
  }

  void lost(const Record& record) {
    overheard_only_ = false;
    const auto reason = static_cast<DropReason>(record.note.x);
    lines_.push_back(
        paint("1;31", "    X " + options_.words.say("lost on the link at {} ({}): {}",
                                                    interface_of(record), drop_reason_name(reason),
                                                    options_.words(drop_reason_sentence(reason)))));
  }

  void console(const Record& record) {
    if (options_.connection || options_.packet) return;
    overheard_only_ = false;
    lines_.push_back(fmt::format("# {}", record.console->command));
    for (std::string_view text : {record.console->out, record.console->err}) {
      for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        lines_.push_back("  " + std::string(text.substr(at, end - at)));
        at = end + 1;
      }
    }
  }

  std::string paint(std::string_view code, const std::string& text) const {
    return options_.colour ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
  }

  const Scene& scene_;
  LadderOptions options_;
  HopMemory memory_;
  std::string out_, header_, overheard_summary_;
  std::vector<std::string> lines_, overheard_;
  std::set<std::uint64_t> chosen_;
  std::string steps_;
  std::uint64_t steps_packet_ = 0;
  std::uint64_t turn_ = 0;
  NodeIndex node_ = 0;
  Instant time_;
  bool wanted_ = true, overheard_only_ = true;
};

}  // namespace

std::unique_ptr<Ladder> make_text_ladder(const Scene& scene, const LadderOptions& options) {
  return std::make_unique<TextLadder>(scene, options);
}

std::unique_ptr<Ladder> Ladder::make(const Scene& scene, const LadderOptions& options) {
  return options.format == LadderOptions::Format::kMermaid ? make_mermaid_ladder(scene, options)
                                                           : make_text_ladder(scene, options);
}

}  // namespace lvslab::trace
