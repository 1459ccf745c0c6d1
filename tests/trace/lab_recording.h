// A scenario of the repository run once, with every frame kept as layers and the writers' files in
// a folder.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "support/scenario_run.h"
#include "support/text_file.h"
#include "wire/dissect.h"

namespace lvslab::trace {

inline constexpr char kLabB[] = "scenarios/labs/B-dr-on-one-lan.yaml";
inline constexpr char kLabD[] = "scenarios/labs/D-corrected.yaml";

/// Keeps each frame, in order.
class FrameKeeper final : public Watcher {
 public:
  explicit FrameKeeper(const Scene& scene) : scene_(scene) {}
  struct Frame {
    RecordKind kind;
    Instant time;
    NodeIndex node;
    InterfaceIndex interface;
    std::uint32_t length;
    std::vector<wire::Layer> layers;
  };
  void on_record(const Record& r) override {
    if (r.kind != RecordKind::kFrameIn && r.kind != RecordKind::kFrameOut) return;
    const auto& interfaces = scene_.nodes[r.node].interfaces;
    const bool raw = r.interface < interfaces.size() && interfaces[r.interface].raw_ip;
    frames.push_back({r.kind, r.time, r.node, r.interface,
                      static_cast<std::uint32_t>(r.bytes.size() + r.zeros),
                      wire::dissect(r.bytes, r.zeros,
                                    raw ? wire::LinkType::kRawIp : wire::LinkType::kEthernet)});
  }
  std::vector<Frame> frames;

 private:
  const Scene& scene_;
};

struct LabRecording {
  explicit LabRecording(const std::string& file)
      : folder(std::filesystem::path(file).stem().string()) {
    std::vector<std::unique_ptr<Writer>> writers;
    const auto add = [&](Result<std::unique_ptr<Writer>> writer) {
      if (!writer) std::abort();
      run.session->watchers().add(writer->get());
      writers.push_back(std::move(*writer));
    };
    lvslab::testing::run_scenario_into(run, lvslab::testing::options_for(file),
                                       [&](cli::Session& session) {
                                         const Scene& scene = session.lab().scene();
                                         keeper = std::make_unique<FrameKeeper>(scene);
                                         session.watchers().add(keeper.get());
                                         add(frames_writer(scene, folder.file("frames.jsonl")));
                                         add(console_writer(scene, folder.file("console.jsonl")));
                                         add(pcapng_writer(scene, folder.file("")));
                                       });
  }
  static const LabRecording& of(const std::string& file) {
    static LabRecording b(kLabB), d(kLabD);
    return file == kLabB ? b : d;
  }
  const Scene& scene() const { return run.session->lab().scene(); }

  lvslab::testing::ScratchFolder folder;
  lvslab::testing::ScenarioRun run;
  std::unique_ptr<FrameKeeper> keeper;
};

}  // namespace lvslab::trace
