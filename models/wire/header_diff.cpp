#include "wire/header_diff.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace lvslab::wire {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// A pair of matched layers, or one alone: pushed (no `before`) or popped (no `after`).
struct Match {
  std::size_t before = kNone;
  std::size_t after = kNone;
};

/// Where `name` is among the layers outside of `end`, nearest first.
std::size_t outward(const std::vector<Layer>& layers, std::size_t end, std::string_view name) {
  while (end-- > 0) {
    if (layers[end].name == name) return end;
  }
  return kNone;
}

/// From the innermost layer outwards; the result is ordered from outside.
std::vector<Match> match_layers(const std::vector<Layer>& before, const std::vector<Layer>& after) {
  std::vector<Match> matches;
  std::size_t b = before.size(), a = after.size();
  while (b > 0 || a > 0) {
    if (b > 0 && a > 0) {
      if (before[b - 1].name == after[a - 1].name) {
        matches.push_back({--b, --a});
        continue;
      }
      const std::size_t in_after = outward(after, a, before[b - 1].name);
      const std::size_t in_before = outward(before, b, after[a - 1].name);
      const std::size_t pushed = in_after == kNone ? kNone : a - in_after;
      const std::size_t popped = in_before == kNone ? kNone : b - in_before;
      // The nearer counterpart wins; without any, the old layer gives way to the new one.
      if (pushed != kNone && (popped == kNone || pushed <= popped)) {
        matches.push_back({kNone, --a});
      } else {
        matches.push_back({--b, kNone});
      }
    } else if (a > 0) {
      matches.push_back({kNone, --a});
    } else {
      matches.push_back({--b, kNone});
    }
  }
  std::reverse(matches.begin(), matches.end());
  return matches;
}

/// Fields that say again what another field of the layer says.
bool repeats_another(std::string_view layer, std::string_view field) {
  if (layer == "ip") {
    return field == "flags" || field == "dsfield.dscp" || field == "dsfield.ecn";
  }
  if (layer == "tcp") {
    return field == "seq_raw" || field == "ack_raw" || field.substr(0, 6) == "flags.";
  }
  return false;
}

/// "ip", or "ip[1]" when there is more than one of the name.
std::string indexed_name(const std::vector<Layer>& layers, std::size_t at) {
  std::size_t outside = 0, count = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].name != layers[at].name) continue;
    ++count;
    if (i < at) ++outside;
  }
  std::string name(layers[at].name);
  if (count > 1) name += "[" + std::to_string(outside) + "]";
  return name;
}

/// The `nth` field of that name (options repeat), or nullptr.
const Field* nth_field(const Layer& layer, std::string_view name, std::size_t nth) {
  for (const Field& field : layer.fields) {
    if (field.name == name && nth-- == 0) return &field;
  }
  return nullptr;
}

std::size_t earlier(const Layer& layer, std::size_t at) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < at; ++i) {
    if (layer.fields[i].name == layer.fields[at].name) ++count;
  }
  return count;
}

void compare_fields(const Layer& before, const Layer& after, const std::string& name,
                    std::vector<Change>& changes) {
  const auto changed = [&](std::string_view field, const Field* from, const Field* to) {
    Change change{.kind = Change::Kind::kField, .field = name + "." + std::string(field)};
    if (from != nullptr) change.from = field_text(*from);
    if (to != nullptr) change.to = field_text(*to);
    changes.push_back(std::move(change));
  };
  for (std::size_t i = 0; i < before.fields.size(); ++i) {
    const Field& from = before.fields[i];
    if (repeats_another(before.name, from.name)) continue;
    // Layers of one kind mostly hold the same fields in the same places.
    const Field* to = i < after.fields.size() && after.fields[i].name == from.name &&
                              earlier(after, i) == earlier(before, i)
                          ? &after.fields[i]
                          : nth_field(after, from.name, earlier(before, i));
    if (to == nullptr || to->value != from.value || to->text != from.text) {
      changed(from.name, &from, to);
    }
  }
  for (std::size_t i = 0; i < after.fields.size(); ++i) {
    const Field& to = after.fields[i];
    if (repeats_another(after.name, to.name)) continue;
    if (nth_field(before, to.name, earlier(after, i)) == nullptr) changed(to.name, nullptr, &to);
  }
}

/// A pushed or popped layer in few words: what it says of both ends.
std::string layer_text(const Layer& layer) {
  const Field* source = layer.find("src");
  const Field* destination = layer.find("dst");
  if (source != nullptr && destination != nullptr) {
    return field_text(*source) + " -> " + field_text(*destination);
  }
  const Field* id = layer.find("id");
  return id != nullptr ? field_text(*id) : std::string(layer.name);
}

}  // namespace

std::vector<Change> header_diff(const std::vector<Layer>& before, const std::vector<Layer>& after) {
  std::vector<Change> changes;
  for (const Match& match : match_layers(before, after)) {
    if (match.before == kNone) {
      const Layer& layer = after[match.after];
      changes.push_back({.kind = Change::Kind::kPushed,
                         .field = std::string(layer.name),
                         .from = {},
                         .to = layer_text(layer),
                         .layer = layer});
    } else if (match.after == kNone) {
      const Layer& layer = before[match.before];
      changes.push_back({.kind = Change::Kind::kPopped,
                         .field = std::string(layer.name),
                         .from = layer_text(layer),
                         .to = {},
                         .layer = layer});
    } else {
      // Counted in the frame that has the name more than once: after a push that is the new one.
      const std::string in_before = indexed_name(before, match.before);
      const std::string in_after = indexed_name(after, match.after);
      compare_fields(before[match.before], after[match.after],
                     in_after.back() == ']' ? in_after : in_before, changes);
    }
  }
  return changes;
}

}  // namespace lvslab::wire
