#include "replay_lab.h"

#include <fstream>
#include <utility>

namespace lvslab::golden {

using nlohmann::json;

std::string ReplayLab::run(const std::string& text) {
  const auto complaints = [](const std::vector<scenario::Message>& messages) {
    std::string all;
    for (const auto& message : messages)
      all += message.place.text() + ": " + message.what + ". " + message.hint + "\n";
    return all;
  };
  scenario::ReadResult read = scenario::read_scenario_text(text, "recording.yaml");
  if (!read.errors.empty()) return complaints(read.errors) + text;
  std::vector<scenario::Message> errors;
  lab_ = scenario::Lab::build(std::move(read.scenario), {}, errors);
  if (!errors.empty()) return complaints(errors) + text;
  collector_ = std::make_unique<metrics::Collector>(lab_->scene());
  lab_->world().watch(this, WatchLevel::kEverything);
  lab_->configure(errors);
  if (!errors.empty()) return complaints(errors) + text;
  lab_->run({});
  lab_->world().watch(nullptr, WatchLevel::kNothing);
  return complaints(lab_->runtime_errors());
}

void ReplayLab::on_record(const Record& record) {
  lab_->scene_keeper().on_record(record);
  collector_->on_record(record);
  const bool seen = record.kind == RecordKind::kFrameIn || record.kind == RecordKind::kFrameOut;
  if (record.kind == RecordKind::kConsole) {
    const double ms = lab_->is_ready() ? (record.time - lab_->ready()).in_seconds() * 1000 : -1;
    typed.push_back({ms, node_name(record.node), std::string(record.console->command),
                     std::string(record.console->out), std::string(record.console->err),
                     record.console->status});
  }
  if (!seen || record.node >= lab_->host_count()) return;
  const std::string point = lab_->scene().interface_text(record.node, record.interface);
  if (point.find(".eth") == std::string::npos && point.find(".tunl") == std::string::npos) return;
  Frame frame{.ms = lab_->is_ready() ? (record.time - lab_->ready()).in_seconds() * 1000 : -1,
              .point = point,
              .out = record.kind == RecordKind::kFrameOut};
  describe_frame(frame, record, lab_->scene(), numbers_);
  frames.push_back(std::move(frame));
}

std::string ReplayLab::answer(const std::string& host, const std::string& command) const {
  for (auto entry = typed.rbegin(); entry != typed.rend(); ++entry) {
    if (entry->host == host && entry->command == command) return entry->out + entry->err;
  }
  return "?";
}

std::string ReplayLab::node_name(NodeIndex node) const {
  return node == kNoNode ? "" : lab_->scene().nodes[node].name;
}

std::vector<Frame> ReplayLab::arps_sent(double from_ms, double to_ms) const {
  std::vector<Frame> found;
  for (const Frame& frame : frames) {
    if (frame.arp && frame.out && frame.ms >= from_ms && frame.ms < to_ms) found.push_back(frame);
  }
  return found;
}

std::string ReplayLab::output(const std::string& command) const {
  for (auto entry = typed.rbegin(); entry != typed.rend(); ++entry) {
    if (entry->command.compare(0, command.size(), command) == 0)
      return trimmed(entry->out + entry->err);
  }
  return "?";
}

std::vector<json> read_records(const std::string& file) {
  std::ifstream stream(LVSLAB_TEST_DATA "/golden/data/" + file);
  std::vector<json> records;
  for (std::string line; std::getline(stream, line);) records.push_back(json::parse(line));
  if (!records.empty()) records.erase(records.begin());
  return records;
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \n\t");
  return first == std::string::npos
             ? ""
             : text.substr(first, text.find_last_not_of(" \n\t") - first + 1);
}

}  // namespace lvslab::golden
