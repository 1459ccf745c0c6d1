#include "trace/frame_filter.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

namespace lvslab::trace {

// One node of a filter: a logical operator over others, or a test of one field.
struct FrameFilter::Expression {
  enum class Kind : std::uint8_t { kAnd, kOr, kNot, kExists, kCompare } kind = Kind::kExists;
  enum class Operator : std::uint8_t {
    kEqual,
    kNotEqual,
    kLess,
    kAtMost,
    kGreater,
    kAtLeast
  } op = Operator::kEqual;
  std::unique_ptr<Expression> left, right;
  std::string field;
  // The value: a number (address, MAC, flag), perhaps with a mask, or a text.
  bool is_text = false;
  std::uint64_t number = 0, mask = ~std::uint64_t{0};
  std::string text;
};

namespace {

using Expression = FrameFilter::Expression;

// Names a filter may use, and Wireshark's "either end" names as the pair they stand for.
constexpr std::pair<std::string_view, std::pair<std::string_view, std::string_view>> kEitherEnd[] =
    {
        {"eth.addr", {"eth.src", "eth.dst"}},
        {"ip.addr", {"ip.src", "ip.dst"}},
        {"ip.host", {"ip.src", "ip.dst"}},
        {"tcp.port", {"tcp.srcport", "tcp.dstport"}},
        {"udp.port", {"udp.srcport", "udp.dstport"}},
};

const std::vector<std::string_view>& fields() {
  static const std::vector<std::string_view> kFields = [] {
    std::vector<std::string_view> list = {"arp",
                                          "arp.dst.hw_mac",
                                          "arp.dst.proto_ipv4",
                                          "arp.hw.size",
                                          "arp.hw.type",
                                          "arp.isannouncement",
                                          "arp.isgratuitous",
                                          "arp.isprobe",
                                          "arp.opcode",
                                          "arp.proto.size",
                                          "arp.proto.type",
                                          "arp.src.hw_mac",
                                          "arp.src.proto_ipv4",
                                          "data",
                                          "data.len",
                                          "eth",
                                          "eth.addr",
                                          "eth.dst",
                                          "eth.len",
                                          "eth.padding",
                                          "eth.src",
                                          "eth.trailer",
                                          "eth.type",
                                          "frame.len",
                                          "icmp",
                                          "icmp.checksum",
                                          "icmp.checksum.status",
                                          "icmp.code",
                                          "icmp.ident",
                                          "icmp.mtu",
                                          "icmp.pointer",
                                          "icmp.redir_gw",
                                          "icmp.seq",
                                          "icmp.type",
                                          "ip",
                                          "ip.addr",
                                          "ip.checksum",
                                          "ip.checksum.status",
                                          "ip.dsfield",
                                          "ip.dsfield.dscp",
                                          "ip.dsfield.ecn",
                                          "ip.dst",
                                          "ip.flags",
                                          "ip.flags.df",
                                          "ip.flags.mf",
                                          "ip.flags.rb",
                                          "ip.frag_offset",
                                          "ip.hdr_len",
                                          "ip.host",
                                          "ip.id",
                                          "ip.len",
                                          "ip.opt.type",
                                          "ip.proto",
                                          "ip.src",
                                          "ip.ttl",
                                          "ip.version",
                                          "tcp",
                                          "tcp.ack",
                                          "tcp.ack_raw",
                                          "tcp.checksum",
                                          "tcp.checksum.status",
                                          "tcp.dstport",
                                          "tcp.flags",
                                          "tcp.flags.ack",
                                          "tcp.flags.ae",
                                          "tcp.flags.cwr",
                                          "tcp.flags.ece",
                                          "tcp.flags.fin",
                                          "tcp.flags.push",
                                          "tcp.flags.res",
                                          "tcp.flags.reset",
                                          "tcp.flags.syn",
                                          "tcp.flags.urg",
                                          "tcp.hdr_len",
                                          "tcp.len",
                                          "tcp.options.mss_val",
                                          "tcp.options.sack.count",
                                          "tcp.options.sack_le",
                                          "tcp.options.sack_perm",
                                          "tcp.options.sack_re",
                                          "tcp.options.timestamp.tsecr",
                                          "tcp.options.timestamp.tsval",
                                          "tcp.options.wscale.shift",
                                          "tcp.port",
                                          "tcp.seq",
                                          "tcp.seq_raw",
                                          "tcp.srcport",
                                          "tcp.urgent_pointer",
                                          "tcp.window_size_value",
                                          "udp",
                                          "udp.checksum",
                                          "udp.checksum.status",
                                          "udp.dstport",
                                          "udp.length",
                                          "udp.port",
                                          "udp.srcport",
                                          "vlan",
                                          "vlan.dei",
                                          "vlan.etype",
                                          "vlan.id",
                                          "vlan.priority"};
    std::sort(list.begin(), list.end());
    return list;
  }();
  return kFields;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<std::unique_ptr<Expression>> parse() {
    auto root = parse_or(0);
    if (!root) return root;
    skip();
    if (at_ < text_.size())
      return error("unexpected '" + std::string(text_.substr(at_, 12)) + "'",
                   "join tests with && or ||");
    return root;
  }

 private:
  using Node = Result<std::unique_ptr<Expression>>;
  static constexpr int kDeepest = 3 * 64;  // a parenthesis goes through or, and, not

  tl::unexpected<Error> error(std::string what, std::string hint) const {
    return fail("in the filter at character " + std::to_string(at_ + 1) + ": " + std::move(what),
                std::move(hint));
  }
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n'))
      ++at_;
  }
  static bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_';
  }
  bool take(std::string_view symbol, std::string_view word = {}) {
    skip();
    if (!symbol.empty() && text_.substr(at_, symbol.size()) == symbol) {
      at_ += symbol.size();
      return true;
    }
    if (!word.empty() && text_.substr(at_, word.size()) == word) {
      const std::size_t end = at_ + word.size();
      if (end == text_.size() || !is_word(text_[end])) {
        at_ = end;
        return true;
      }
    }
    return false;
  }

  Node parse_or(int depth) { return parse_chain(depth, Expression::Kind::kOr); }
  Node parse_chain(int depth, Expression::Kind kind) {
    if (depth > kDeepest) return error("nested too deeply", "at most 64 levels");
    const bool is_or = kind == Expression::Kind::kOr;
    auto left = is_or ? parse_chain(depth + 1, Expression::Kind::kAnd) : parse_not(depth + 1);
    while (left && (is_or ? take("||", "or") : take("&&", "and"))) {
      auto right = is_or ? parse_chain(depth + 1, Expression::Kind::kAnd) : parse_not(depth + 1);
      if (!right) return right;
      auto node = std::make_unique<Expression>();
      node->kind = kind;
      node->left = std::move(*left);
      node->right = std::move(*right);
      left = std::move(node);
    }
    return left;
  }
  Node parse_not(int depth) {
    if (depth > kDeepest) return error("nested too deeply", "at most 64 levels");
    skip();
    const bool bang = at_ + 1 < text_.size() && text_[at_] == '!' && text_[at_ + 1] != '=';
    if (bang || take({}, "not")) {
      if (bang) ++at_;
      auto inner = parse_not(depth + 1);
      if (!inner) return inner;
      auto node = std::make_unique<Expression>();
      node->kind = Expression::Kind::kNot;
      node->left = std::move(*inner);
      return node;
    }
    if (take("(")) {
      auto inner = parse_or(depth + 1);
      if (inner && !take(")")) return error("')' is missing", "close every parenthesis");
      return inner;
    }
    return parse_test();
  }

  Node parse_test() {
    skip();
    const std::size_t start = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    const std::string_view name = text_.substr(start, at_ - start);
    if (name.empty()) return error("a field name is missing", "for example ip.src == 192.168.0.1");
    if (!std::binary_search(fields().begin(), fields().end(), name)) {
      at_ = start;
      return error("unknown field '" + std::string(name) + "'", "see: lvslab list fields");
    }
    auto node = std::make_unique<Expression>();
    node->field = std::string(name);
    using Op = Expression::Operator;
    constexpr std::pair<std::pair<std::string_view, std::string_view>, Op> kOperators[] = {
        {{"==", "eq"}, Op::kEqual},   {{"!=", "ne"}, Op::kNotEqual}, {{"<=", "le"}, Op::kAtMost},
        {{">=", "ge"}, Op::kAtLeast}, {{"<", "lt"}, Op::kLess},      {{">", "gt"}, Op::kGreater}};
    for (const auto& [spelling, op] : kOperators) {
      if (!take(spelling.first, spelling.second)) continue;
      node->kind = Expression::Kind::kCompare;
      node->op = op;
      return parse_value(std::move(node));
    }
    return node;
  }

  Node parse_value(std::unique_ptr<Expression> node) {
    skip();
    if (at_ < text_.size() && text_[at_] == '"') {
      const std::size_t end = text_.find('"', at_ + 1);
      if (end == std::string_view::npos)
        return error("the text is not closed", "end it with a quote");
      node->is_text = true;
      node->text = std::string(text_.substr(at_ + 1, end - at_ - 1));
      at_ = end + 1;
      return node;
    }
    const std::size_t start = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '.' ||
            text_[at_] == ':' || text_[at_] == '/' || text_[at_] == '-'))
      ++at_;
    const std::string_view word = text_.substr(start, at_ - start);
    if (word.empty())
      return error("a value is missing", "a number, an address or a text in quotes");
    if (const auto mac = wire::parse_mac(word)) {
      node->number = mac->value;
      return node;
    }
    if (word.find('.') != std::string_view::npos) {
      const auto prefix = wire::parse_prefix(word);
      if (!prefix) {
        at_ = start;
        return error("'" + std::string(word) + "' is no address",
                     "as 192.168.0.1 or 192.168.0.0/24");
      }
      node->mask = wire::netmask(prefix->length);
      node->number = prefix->address.value & node->mask;
      return node;
    }
    if (word == "true" || word == "false" || word == "True" || word == "False") {
      node->number = word[0] == 't' || word[0] == 'T' ? 1 : 0;
      return node;
    }
    const bool hex = word.substr(0, 2) == "0x";
    const char* first = word.data() + (hex ? 2 : 0);
    const auto [end, problem] =
        std::from_chars(first, word.data() + word.size(), node->number, hex ? 16 : 10);
    if (problem != std::errc{} || end != word.data() + word.size() || first == end) {
      at_ = start;
      return error("'" + std::string(word) + "' is no value",
                   "a number, an address or a text in quotes");
    }
    return node;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool compare(const Expression& e, const wire::Field& field) {
  using Op = Expression::Operator;
  if (e.is_text || field.type == wire::FieldType::kText || field.type == wire::FieldType::kBytes) {
    const std::string seen = wire::field_text(field);
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
  }
  return false;
}

// Calls `visit` for every occurrence of a field; a layer's name alone is its presence.
template <typename Visit>
void each(const std::vector<wire::Layer>& layers, std::string_view name, const Visit& visit) {
  if (name == "frame.len") {
    std::uint64_t length = 0;
    for (const wire::Layer& layer : layers)
      length = std::max<std::uint64_t>(length, layer.offset + layer.size);
    visit(wire::Field{.name = "len", .value = length});
    return;
  }
  for (const auto& [either, ends] : kEitherEnd) {
    if (name != either) continue;
    each(layers, ends.first, visit);
    each(layers, ends.second, visit);
    return;
  }
  const std::size_t dot = name.find('.');
  for (const wire::Layer& layer : layers) {
    if (layer.name != name.substr(0, dot)) continue;
    if (dot == std::string_view::npos) {
      visit(wire::Field{.name = layer.name, .value = 1});
      continue;
    }
    for (const wire::Field& field : layer.fields) {
      if (field.name == name.substr(dot + 1)) visit(field);
    }
  }
}

bool matches_node(const Expression& e, const std::vector<wire::Layer>& layers) {
  switch (e.kind) {
    case Expression::Kind::kAnd:
      return matches_node(*e.left, layers) && matches_node(*e.right, layers);
    case Expression::Kind::kOr:
      return matches_node(*e.left, layers) || matches_node(*e.right, layers);
    case Expression::Kind::kNot:
      return !matches_node(*e.left, layers);
    default:
      break;
  }
  bool any = false, all = true;
  std::size_t count = 0;
  each(layers, e.field, [&](const wire::Field& field) {
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

Result<FrameFilter> FrameFilter::parse(std::string_view text) {
  if (text.size() > 4096) return fail("the filter is longer than 4096 characters", "shorten it");
  auto root = Parser(text).parse();
  if (!root) return tl::unexpected<Error>(root.error());
  FrameFilter filter;
  filter.root_ = std::move(*root);
  return filter;
}

bool FrameFilter::matches(const std::vector<wire::Layer>& layers) const {
  return matches_node(*root_, layers);
}

const std::vector<std::string_view>& filter_fields() { return fields(); }

}  // namespace lvslab::trace
