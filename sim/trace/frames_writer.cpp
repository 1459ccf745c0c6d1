// frames.jsonl: a line per frame seen at an interface.
#include <cstdio>

#include "trace/hop_memory.h"
#include "trace/json.h"
#include "trace/output_file.h"
#include "trace/sentence.h"
#include "trace/writers.h"

namespace lvslab::trace {
namespace {

void append_field(std::string& out, const wire::Field& field) {
  json_string(out, field.name);
  out += ':';
  switch (field.type) {
    case wire::FieldType::kNumber:
      out += std::to_string(field.value);
      break;
    case wire::FieldType::kFlag:
      out += field.value != 0 ? "true" : "false";
      break;
    default:
      json_string(out, wire::field_text(field));
  }
}

void append_layer(std::string& out, const wire::Layer& layer) {
  out += "{\"layer\":";
  json_string(out, layer.name);
  std::string_view previous;
  for (const wire::Field& field : layer.fields) {
    if (field.name == previous)
      continue;  // repeated fields (SACK blocks): the first stands for the key
    previous = field.name;
    out += ',';
    append_field(out, field);
  }
  out += '}';
}

void append_changes(std::string& out, const std::vector<wire::Change>& changes) {
  out += ",\"changes\":[";
  bool first = true;
  for (const wire::Change& change : changes) {
    if (!first) out += ',';
    first = false;
    out += '[';
    json_string(out, change.field);
    out += ',';
    switch (change.kind) {
      case wire::Change::Kind::kField:
        json_string(out, change.from);
        out += ',';
        json_string(out, change.to);
        break;
      case wire::Change::Kind::kPushed:
        out += "null,";
        append_layer(out, change.layer);
        break;
      case wire::Change::Kind::kPopped:
        append_layer(out, change.layer);
        out += ",null";
        break;
    }
    out += ']';
  }
  out += ']';
}

class FramesWriter final : public Writer {
 public:
  FramesWriter(const Scene& scene, OutputFile file) : scene_(scene), file_(std::move(file)) {}

  void on_record(const Record& record) override {
    switch (record.kind) {
      case RecordKind::kFrameIn:
      case RecordKind::kFrameOut:
        return write(record);
      case RecordKind::kNote:
        if (record.packet != 0) memory_.noted(record);
        return;
      default:
        return;
    }
  }

  bool finish() override { return file_.flush(); }

 private:
  void write(const Record& record) {
    const bool in = record.kind == RecordKind::kFrameIn;
    const SceneNode& node = scene_.nodes[record.node];
    const bool raw =
        record.interface < node.interfaces.size() && node.interfaces[record.interface].raw_ip;
    std::vector<wire::Layer> layers = wire::dissect(
        record.bytes, record.zeros, raw ? wire::LinkType::kRawIp : wire::LinkType::kEthernet);
    line_.clear();
    line_ += number_ == 0 ? "{\"schema\":1,\"n\":" : "{\"n\":";
    line_ += std::to_string(++number_) + ",\"t\":" + seconds12(record.time) + ",\"node\":";
    json_string(line_, node.name);
    line_ += ",\"interface\":";
    json_string(line_, record.interface < node.interfaces.size()
                           ? node.interfaces[record.interface].name
                           : std::string());
    line_ += in ? ",\"direction\":\"in\"" : ",\"direction\":\"out\"";
    line_ += ",\"packet\":" + std::to_string(record.packet);
    if (record.parent != 0) line_ += ",\"parent\":" + std::to_string(record.parent);
    line_ += ",\"length\":" + std::to_string(record.bytes.size() + record.zeros) + ",\"layers\":[";
    for (std::size_t i = 0; i < layers.size(); ++i) {
      if (i > 0) line_ += ',';
      append_layer(line_, layers[i]);
    }
    line_ += ']';
    HopMemory::Hop& hop = memory_.at(record.node, record.packet);
    if (in) {
      // Inside a node a packet may be seen entering again (tunl0): the way out is compared with the
      // last time.
      hop.layers = std::move(layers);
      hop.seen = true;
    } else {
      if (hop.seen)
        append_changes(line_, wire::header_diff(hop.layers, layers));
      else
        line_ += ",\"changes\":[]";
    }
    line_ += ",\"notes\":[";
    for (std::size_t i = 0; i < hop.notes.size(); ++i) {
      if (i > 0) line_ += ',';
      append_note(record.node, hop.notes[i]);
    }
    hop.notes.clear();
    line_ += ']';
    const std::string tag = scene_.tag_text(record.tag);
    if (!tag.empty()) {
      line_ += ",\"connection\":";
      json_string(line_, tag);
    }
    line_ += "}\n";
    file_.write(line_);
  }

  void append_note(NodeIndex node, const Note& note) {
    line_ += "{\"kind\":";
    json_string(line_, note_kind_name(note.kind));
    line_ += ",\"text\":";
    json_string(line_, sentence(scene_, node, note));
    line_ += '}';
  }

  const Scene& scene_;
  OutputFile file_;
  HopMemory memory_;
  std::string line_;
  std::uint64_t number_ = 0;
};

class ConsoleWriter final : public Writer {
 public:
  ConsoleWriter(const Scene& scene, OutputFile file) : scene_(scene), file_(std::move(file)) {}

  void on_record(const Record& record) override {
    if (record.kind != RecordKind::kConsole) return;
    line_ = first_ ? "{\"schema\":1,\"t\":" : "{\"t\":";
    first_ = false;
    line_ += seconds12(record.time) + ",\"host\":";
    json_string(line_, scene_.nodes[record.node].name);
    line_ += ",\"command\":";
    json_string(line_, record.console->command);
    line_ += ",\"status\":" + std::to_string(record.console->status) + ",\"stdout\":";
    json_string(line_, record.console->out);
    line_ += ",\"stderr\":";
    json_string(line_, record.console->err);
    line_ += ",\"place\":";
    json_string(line_, record.console->place);
    line_ += "}\n";
    file_.write(line_);
  }

  bool finish() override { return file_.flush(); }

 private:
  const Scene& scene_;
  OutputFile file_;
  std::string line_;
  bool first_ = true;
};

}  // namespace

Result<std::unique_ptr<Writer>> frames_writer(const Scene& scene, const std::string& path) {
  auto file = OutputFile::open(path);
  if (!file) return tl::unexpected<Error>(file.error());
  return std::unique_ptr<Writer>(std::make_unique<FramesWriter>(scene, std::move(*file)));
}

Result<std::unique_ptr<Writer>> console_writer(const Scene& scene, const std::string& path) {
  auto file = OutputFile::open(path);
  if (!file) return tl::unexpected<Error>(file.error());
  return std::unique_ptr<Writer>(std::make_unique<ConsoleWriter>(scene, std::move(*file)));
}

}  // namespace lvslab::trace
