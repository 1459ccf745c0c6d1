#include "trace/frame_filter.h"

#include <algorithm>

#include "trace/frame_filter_expression.h"

namespace lvslab::trace {
namespace {

using Expression = FrameFilter::Expression;

bool compare(const Expression& e, const wire::Field& field) {
  using Op = Expression::Operator;
  if (e.is_text || field.type == wire::FieldType::kText || field.type == wire::FieldType::kBytes) {
    const std::string seen = wire::field_text(field);
    if (e.op == Op::kContains) return seen.find(e.text) != std::string::npos;
    const std::string wanted = e.is_text ? e.text : std::to_string(e.number);
    return e.op == Op::kEqual ? seen == wanted : e.op == Op::kNotEqual && seen != wanted;
  }
  const std::uint64_t seen = field.value & e.mask;
  switch (e.op) {
    case Op::kEqual:
      return seen == e.number;
    case Op::kNotEqual:
      return seen != e.number;
    case Op::kLess:
      return seen < e.number;
    case Op::kAtMost:
      return seen <= e.number;
    case Op::kGreater:
      return seen > e.number;
    case Op::kAtLeast:
      return seen >= e.number;
    case Op::kContains:
      break;
  }
  return false;
}

// What a filter looks at: a frame, and the caller's own names.
struct Seen {
  const std::vector<wire::Layer>& layers;
  const std::vector<wire::Layer>& more;
};

// A caller's name alone is the layer's field without a name.
template <typename Visit>
void each_in(const std::vector<wire::Layer>& layers, bool callers, std::string_view name,
             const Visit& visit) {
  const std::size_t dot = name.find('.');
  for (const wire::Layer& layer : layers) {
    if (layer.name != name.substr(0, dot)) continue;
    if (dot == std::string_view::npos && !callers) {
      visit(wire::Field{.name = layer.name, .value = 1});
      continue;
    }
    const std::string_view wanted = dot == std::string_view::npos ? "" : name.substr(dot + 1);
    for (const wire::Field& field : layer.fields) {
      if (field.name == wanted) visit(field);
    }
  }
}

// Calls `visit` for every occurrence of a field; a layer's name alone is its presence.
template <typename Visit>
void each(const Seen& seen, std::string_view name, const Visit& visit) {
  if (name == "frame.len") {
    std::uint64_t length = 0;
    for (const wire::Layer& layer : seen.layers)
      length = std::max<std::uint64_t>(length, layer.offset + layer.size);
    visit(wire::Field{.name = "len", .value = length});
    return;
  }
  for (const auto& [either, ends] : kEitherEnd) {
    if (name != either) continue;
    each(seen, ends.first, visit);
    each(seen, ends.second, visit);
    return;
  }
  each_in(seen.layers, false, name, visit);
  each_in(seen.more, true, name, visit);
}

bool matches_node(const Expression& e, const Seen& seen) {
  switch (e.kind) {
    case Expression::Kind::kAnd:
      return matches_node(*e.left, seen) && matches_node(*e.right, seen);
    case Expression::Kind::kOr:
      return matches_node(*e.left, seen) || matches_node(*e.right, seen);
    case Expression::Kind::kNot:
      return !matches_node(*e.left, seen);
    default:
      break;
  }
  bool any = false, all = true;
  std::size_t count = 0;
  each(seen, e.field, [&](const wire::Field& field) {
    ++count;
    const bool holds = e.kind == Expression::Kind::kExists || compare(e, field);
    any = any || holds;
    all = all && holds;
  });
  // `!=` must be true of every occurrence, everything else of one; without an occurrence nothing
  // holds.
  return e.kind == Expression::Kind::kCompare && e.op == Expression::Operator::kNotEqual
             ? count > 0 && all
             : any;
}

}  // namespace

FrameFilter::FrameFilter() = default;
FrameFilter::FrameFilter(FrameFilter&&) noexcept = default;
FrameFilter& FrameFilter::operator=(FrameFilter&&) noexcept = default;
FrameFilter::~FrameFilter() = default;

bool FrameFilter::matches(const std::vector<wire::Layer>& layers) const {
  return matches(layers, {});
}

bool FrameFilter::matches(const std::vector<wire::Layer>& layers,
                          const std::vector<wire::Layer>& more) const {
  return matches_node(*root_, {layers, more});
}

std::vector<std::string> FrameFilter::fields() const {
  std::vector<std::string> list;
  std::vector<const Expression*> left = {root_.get()};
  while (!left.empty()) {
    const Expression* node = left.back();
    left.pop_back();
    if (node == nullptr) continue;
    if (!node->field.empty()) list.push_back(node->field);
    left.push_back(node->left.get());
    left.push_back(node->right.get());
  }
  return list;
}

}  // namespace lvslab::trace
