// A scenario of the repository run in this process and recorded, with every record of the run kept
// as a line of text, and the recording open.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "replay/recording.h"
#include "support/scenario_run.h"
#include "trace/hop_memory.h"

namespace lvslab::replay {

inline constexpr char kLabD[] = "scenarios/labs/D-corrected.yaml";

/// All that a record says, as far as a recording keeps it: whose connection a frame was is kept for
/// the turn, and which interface a link lost it from is the one it left by.
inline std::string line_of(const Record& r) {
  std::ostringstream out;
  out << static_cast<int>(r.kind) << " e" << r.event << " c" << r.cause << " t" << r.time.ps()
      << " n" << r.node << " p" << r.packet;
  switch (r.kind) {
    case RecordKind::kFrameIn:
    case RecordKind::kFrameOut:
      out << " i" << r.interface << " parent" << r.parent << " z" << r.zeros << ' ';
      for (const std::uint8_t byte : r.bytes) out << std::hex << int{byte} << '.';
      break;
    case RecordKind::kNote:
    case RecordKind::kLost:
      out << ' ' << note_kind_name(r.note.kind) << " '" << r.note.word << "' " << r.note.a << ' '
          << r.note.b << ' ' << r.note.x << ' ' << r.note.y << ' ' << r.note.z << ' ' << r.note.m
          << ' ' << r.note.v << " tag" << r.note.tag.traffic << '/' << r.note.tag.connection << '/'
          << r.note.tag.request;
      break;
    case RecordKind::kConsole:
      out << ' ' << r.console->command << '|' << r.console->status << '|' << r.console->out << '|'
          << r.console->err << '|' << r.console->place;
      break;
    case RecordKind::kTurn:
      break;
  }
  return out.str();
}

/// The records of a run, as lines; and what changed in each frame that left, as frames.jsonl has
/// it.
class Keeper final : public Watcher {
 public:
  explicit Keeper(const trace::Scene& scene) : scene_(scene) {}
  void on_record(const Record& r) override {
    if (r.kind == RecordKind::kTurn) return;
    lines.push_back(line_of(r));
    if (r.kind != RecordKind::kFrameIn && r.kind != RecordKind::kFrameOut) return;
    const auto& nics = scene_.nodes[r.node].interfaces;
    const bool raw = r.interface < nics.size() && nics[r.interface].raw_ip;
    auto layers =
        wire::dissect(r.bytes, r.zeros, raw ? wire::LinkType::kRawIp : wire::LinkType::kEthernet);
    if (r.kind == RecordKind::kFrameIn) {
      memory_.entered(r, std::move(layers));
      return;
    }
    const auto& hop = memory_.at(r.node, r.packet);
    std::string text = hop.seen ? "" : "made here";
    if (hop.seen) text = changes_text(wire::header_diff(hop.layers, layers));
    changes[lines.size() - 1] = text;
  }
  static std::string changes_text(const std::vector<wire::Change>& changes) {
    std::string text;
    for (const wire::Change& change : changes)
      text += change.field + ":" + change.from + ">" + change.to + ";";
    return text;
  }
  std::vector<std::string> lines;
  std::map<std::size_t, std::string> changes;  ///< by line

 private:
  const trace::Scene& scene_;
  trace::HopMemory memory_;
};

struct RecordedLab {
  explicit RecordedLab(const std::string& file)
      : folder("replay-" + std::filesystem::path(file).stem().string()),
        path(folder.file("lab.sqlite")) {
    std::unique_ptr<trace::Writer> writer;
    lvslab::testing::run_scenario_into(
        run, lvslab::testing::options_for(file), [&](cli::Session& session) {
          const trace::Scene& scene = session.lab().scene();
          auto made = trace::sqlite_recording(scene, path, session.text());
          if (!made) std::abort();
          writer = std::move(*made);
          keeper = std::make_unique<Keeper>(scene);
          session.watchers().add(writer.get());
          session.watchers().add(keeper.get());
        });
    writer->finish();
    writer.reset();
    auto opened = Recording::open(path);
    EXPECT_TRUE(opened) << opened.error().what;
    if (opened) recording = std::make_unique<Recording>(std::move(*opened));
  }
  static const RecordedLab& d() {
    static const RecordedLab lab(kLabD);
    return lab;
  }
  const trace::Scene& scene() const { return run.session->lab().scene(); }

  lvslab::testing::ScratchFolder folder;
  std::string path;
  lvslab::testing::ScenarioRun run;
  std::unique_ptr<Keeper> keeper;
  std::unique_ptr<Recording> recording;
};

inline NodeIndex node_named(const Recording& recording, const std::string& name) {
  const auto& nodes = recording.scene().nodes;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].name == name) return static_cast<NodeIndex>(i);
  }
  return kNoNode;
}

}  // namespace lvslab::replay
