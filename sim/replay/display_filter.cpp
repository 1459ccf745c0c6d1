#include "replay/display_filter.h"

#include <algorithm>

namespace lvslab::replay {
namespace {

// Of the event, not of a frame.
constexpr std::string_view kOwn[] = {"frame",
                                     "frame.time",
                                     "frame.time_relative",
                                     "frame.number",
                                     "frame.interface_name",
                                     "in",
                                     "out",
                                     "dropped",
                                     "command",
                                     "note",
                                     "node",
                                     "role",
                                     "conn",
                                     "traffic",
                                     "packet"};

wire::Field text_field(std::string_view name, std::string text) {
  return {.name = name, .type = wire::FieldType::kText, .text = std::move(text)};
}

wire::Layer layer(std::string_view name, wire::Field field) {
  return {.name = name, .fields = {std::move(field)}};
}

wire::Layer present(std::string_view name) {
  return layer(name, {.name = "", .type = wire::FieldType::kFlag, .value = 1, .text = {}});
}

wire::Layer text_layer(std::string_view name, std::string text) {
  return layer(name, text_field("", std::move(text)));
}

std::vector<wire::Layer> own_layers(const Event& event, const trace::Scene& scene) {
  const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(event.time.ps(), 0));
  wire::Layer frame{.name = "frame",
                    .fields = {{.name = "time", .value = time, .text = {}},
                               {.name = "time_relative", .value = time, .text = {}},
                               {.name = "number", .value = event.row + 1, .text = {}}}};
  std::vector<wire::Layer> layers;
  const bool is_frame = event.kind == EventKind::kFrameIn || event.kind == EventKind::kFrameOut;
  if (is_frame) {
    frame.fields.push_back({.name = "", .type = wire::FieldType::kFlag, .value = 1, .text = {}});
    layers.push_back(present(event.kind == EventKind::kFrameIn ? "in" : "out"));
  }
  if (event.node < scene.nodes.size()) {
    const trace::SceneNode& node = scene.nodes[event.node];
    layers.push_back(text_layer("node", node.name));
    layers.push_back(text_layer("role", node.role));
    if (event.interface < node.interfaces.size())
      frame.fields.push_back(text_field("interface_name", node.interfaces[event.interface].name));
  }
  layers.push_back(std::move(frame));
  if (event.dropped) layers.push_back(present("dropped"));
  if (event.kind == EventKind::kCommand) layers.push_back(present("command"));
  if (event.note != NoteKind::kNoteKindCount)
    layers.push_back(text_layer("note", std::string(note_kind_name(event.note))));
  if (const std::string name = scene.tag_text(event.tag); !name.empty()) {
    layers.push_back(text_layer("traffic", name.substr(0, name.rfind('/'))));
    layers.push_back(text_layer("conn", name));
  }
  if (event.packet != 0)
    layers.push_back(layer("packet", {.name = "", .value = event.packet, .text = {}}));
  if (!event.stage.empty()) layers.push_back(text_layer("stage", event.stage));
  if (!event.info.empty()) layers.push_back(text_layer("info", event.info));
  return layers;
}

}  // namespace

Result<DisplayFilter> DisplayFilter::parse(std::string_view text) {
  DisplayFilter filter;
  filter.text_ = std::string(text);
  if (text.find_first_not_of(" \t\n") == std::string_view::npos) return filter;
  auto parsed = trace::FrameFilter::parse(text, trace::event_names());
  if (!parsed) return tl::unexpected<Error>(parsed.error());
  for (const std::string& field : parsed->fields()) {
    if (field == "stage" || field == "info")
      filter.wants_texts_ = true;
    else if (std::find(std::begin(kOwn), std::end(kOwn), field) == std::end(kOwn))
      filter.wants_layers_ = true;
  }
  filter.filter_ = std::move(*parsed);
  return filter;
}

bool DisplayFilter::matches(const Event& event, const trace::Scene& scene,
                            const std::vector<wire::Layer>& layers) const {
  return everything() || filter_->matches(layers, own_layers(event, scene));
}

std::vector<wire::Field> values_of(std::string_view name, const Event& event,
                                   const trace::Scene& scene,
                                   const std::vector<wire::Layer>& layers) {
  const std::size_t dot = name.find('.');
  const std::string_view inner = dot == std::string_view::npos ? "" : name.substr(dot + 1);
  std::vector<wire::Field> values;
  const auto take = [&](const std::vector<wire::Layer>& from) {
    for (const wire::Layer& layer : from) {
      if (layer.name != name.substr(0, dot)) continue;
      for (const wire::Field& field : layer.fields) {
        if (field.name == inner) values.push_back(field);
      }
    }
  };
  take(layers);
  take(own_layers(event, scene));
  return values;
}

std::vector<std::string> display_filter_fields() {
  std::vector<std::string> names(trace::filter_fields().begin(), trace::filter_fields().end());
  for (const trace::FilterName& name : trace::event_names()) names.emplace_back(name.name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace lvslab::replay
