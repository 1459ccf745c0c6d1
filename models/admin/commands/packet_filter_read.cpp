// Reads a capture filter. `and` and `or` bind alike, from left to right; a value without a word
// before it takes the words of the value before ("port 80 or 443").
#include <algorithm>
#include <optional>
#include <utility>

#include "admin/commands/ipvsadm_names.h"
#include "admin/commands/packet_filter.h"
#include "admin/commands/packet_filter_tokens.h"

namespace lvslab::admin {
namespace {

constexpr std::size_t kMostTokens = 2'000;
constexpr int kDeepest = 200;
constexpr std::string_view kSyntaxError = "can't parse filter expression: syntax error";

/// Words that name a protocol: what they are in an Ethernet frame or in IP.
struct Protocol {
  std::string_view name;
  std::uint16_t type;   ///< EtherType
  std::uint8_t number;  ///< of IP; 0: the word names the EtherType itself
};
constexpr Protocol kProtocols[] = {
    {"ip", 0x0800, 0},     {"arp", 0x0806, 0},    {"rarp", 0x8035, 0}, {"ip6", 0x86dd, 0},
    {"tcp", 0x0800, 6},    {"udp", 0x0800, 17},   {"icmp", 0x0800, 1}, {"igmp", 0x0800, 2},
    {"sctp", 0x0800, 132}, {"vrrp", 0x0800, 112}, {"esp", 0x0800, 50}, {"ah", 0x0800, 51},
    {"pim", 0x0800, 103},  {"icmp6", 0x86dd, 58}};

const Protocol* find_protocol(std::string_view name) {
  for (const Protocol& protocol : kProtocols) {
    if (protocol.name == name) return &protocol;
  }
  return nullptr;
}

constexpr std::pair<std::string_view, std::uint32_t> kConstants[] = {
    {"tcpflags", 13},        {"icmptype", 0},          {"icmpcode", 1},
    {"tcp-fin", 1},          {"tcp-syn", 2},           {"tcp-rst", 4},
    {"tcp-push", 8},         {"tcp-ack", 16},          {"tcp-urg", 32},
    {"tcp-ece", 64},         {"tcp-cwr", 128},         {"icmp-echoreply", 0},
    {"icmp-unreach", 3},     {"icmp-sourcequench", 4}, {"icmp-redirect", 5},
    {"icmp-echo", 8},        {"icmp-routeradvert", 9}, {"icmp-routersolicit", 10},
    {"icmp-timxceed", 11},   {"icmp-paramprob", 12},   {"icmp-tstamp", 13},
    {"icmp-tstampreply", 14}};

}  // namespace

class FilterReader {
 public:
  FilterReader(const Machine& machine, std::string_view text)
      : machine_(machine), tokens_(filter_tokens(text)) {}

  PacketFilter read(std::string& error) {
    if (tokens_.size() > kMostTokens) {
      error = kSyntaxError;
      return {};
    }
    if (!tokens_.empty()) {
      filter_.root_ = expression(0);
      if (next_ < tokens_.size()) fail();
    }
    error = error_;
    return std::move(filter_);
  }

 private:
  using Kind = PacketFilter::Kind;
  using Side = PacketFilter::Side;
  using Node = PacketFilter::Node;
  enum class Type : std::uint8_t { kNone, kHost, kNet, kPort, kRange, kProtocol };
  /// The words before a value.
  struct Words {
    bool ether = false;
    const Protocol* protocol = nullptr;
    std::optional<Side> side;
    Type type = Type::kNone;
    bool any() const { return ether || protocol != nullptr || side || type != Type::kNone; }
  };

  std::string_view peek(std::size_t ahead = 0) const {
    return next_ + ahead < tokens_.size() ? std::string_view(tokens_[next_ + ahead]) : "";
  }
  bool take(std::string_view token) {
    if (peek() != token || token.empty()) return false;
    ++next_;
    return true;
  }
  int fail(std::string text = std::string(kSyntaxError)) {
    if (error_.empty()) error_ = std::move(text);
    next_ = tokens_.size();
    return add({});
  }
  int add(const Node& node) {
    filter_.nodes_.push_back(node);
    return static_cast<int>(filter_.nodes_.size()) - 1;
  }
  int join(Kind kind, int left, int right) {
    return add({.kind = kind, .left = left, .right = right});
  }

  int expression(int depth) {
    int left = term(depth);
    for (;;) {
      const bool both = peek() == "and" || peek() == "&&";
      if (!both && peek() != "or" && peek() != "||") return left;
      ++next_;
      left = join(both ? Kind::kAnd : Kind::kOr, left, term(depth));
    }
  }

  int term(int depth) {
    if (depth > kDeepest || next_ >= tokens_.size()) return fail();
    if (take("not") || take("!")) return add({.kind = Kind::kNot, .left = term(depth + 1)});
    // A parenthesis may open an expression or a sum.
    const std::size_t start = next_, nodes = filter_.nodes_.size();
    const int comparison = compare(depth);
    if (comparison >= 0) return comparison;
    next_ = start;
    filter_.nodes_.resize(nodes);
    if (!take("(")) return primitive(depth);
    const int inner = expression(depth + 1);
    return take(")") ? inner : fail();
  }

  // --- comparisons ------------------------------------------------------------------------------

  /// -1: it is none.
  int compare(int depth) {
    const int left = sum(depth, 0);
    if (left < 0) return -1;
    static constexpr std::pair<std::string_view, char> kComparisons[] = {
        {"=", '='}, {"==", '='}, {"!=", '!'}, {"<", '<'}, {">", '>'}, {"<=", 'l'}, {">=", 'g'}};
    for (const auto& [text, op] : kComparisons) {
      if (!take(text)) continue;
      const int right = sum(depth, 0);
      if (right < 0) return fail();
      return add({.kind = Kind::kCompare, .op = op, .left = left, .right = right});
    }
    return -1;
  }

  /// By levels of binding: | , &, shifts, + -, * /.
  int sum(int depth, int level) {
    static constexpr std::pair<std::string_view, char> kLevels[][2] = {{{"|", '|'}, {"|", '|'}},
                                                                       {{"&", '&'}, {"&", '&'}},
                                                                       {{"<<", 'l'}, {">>", 'r'}},
                                                                       {{"+", '+'}, {"-", '-'}},
                                                                       {{"*", '*'}, {"/", '/'}}};
    if (level == 5) return operand(depth);
    int left = sum(depth, level + 1);
    for (bool found = left >= 0; found;) {
      found = false;
      for (const auto& [text, op] : kLevels[level]) {
        if (!take(text)) continue;
        const int right = sum(depth, level + 1);
        if (right < 0) return -1;
        left = add({.kind = Kind::kArithmetic, .op = op, .left = left, .right = right});
        found = true;
      }
    }
    return left;
  }

  int operand(int depth) {
    if (depth > kDeepest) return -1;
    if (take("(")) {
      const int inner = sum(depth + 1, 0);
      return inner >= 0 && take(")") ? inner : -1;
    }
    if (take("len")) return add({.kind = Kind::kLength});
    const std::string_view word = peek();
    for (const auto& [name, value] : kConstants) {
      if (word != name) continue;
      ++next_;
      return add({.kind = Kind::kNumber, .value = value});
    }
    if (peek(1) == "[") return load(depth);
    const auto value = filter_number(word);
    if (!value) return -1;
    ++next_;
    return add({.kind = Kind::kNumber, .value = *value});
  }

  int load(int depth) {
    const Protocol* protocol = find_protocol(peek());
    const bool ether = peek() == "ether" || peek() == "link";
    if (protocol == nullptr && !ether) return -1;
    next_ += 2;
    const int offset = sum(depth + 1, 0);
    std::uint64_t size = 1;
    if (offset >= 0 && take(":")) {
      size = filter_number(peek()).value_or(0);
      ++next_;
    }
    if (offset < 0 || (size != 1 && size != 2 && size != 4) || !take("]")) return -1;
    Node node{.kind = Kind::kLoad, .left = offset, .value = size};
    node.family = ether ? std::uint16_t{0} : protocol->type;
    node.protocol = ether ? std::uint8_t{0} : protocol->number;
    return add(node);
  }

  // --- primitives -------------------------------------------------------------------------------

  Words words() {
    Words read;
    for (;; ++next_) {
      const std::string_view word = peek();
      if (word == "ether" || word == "link") {
        read.ether = true;
      } else if (const Protocol* protocol = find_protocol(word);
                 protocol != nullptr && read.protocol == nullptr && !read.ether) {
        read.protocol = protocol;
      } else if (word == "src" || word == "dst") {
        read.side = word == "src" ? Side::kSource : Side::kDestination;
        const std::string_view other = word == "src" ? "dst" : "src";
        if ((peek(1) == "or" || peek(1) == "and") && peek(2) == other) {
          read.side = peek(1) == "or" ? Side::kEither : Side::kBoth;
          next_ += 2;
        }
      } else if (word == "host" || word == "net" || word == "port" || word == "portrange" ||
                 word == "proto") {
        read.type = word == "host"    ? Type::kHost
                    : word == "net"   ? Type::kNet
                    : word == "port"  ? Type::kPort
                    : word == "proto" ? Type::kProtocol
                                      : Type::kRange;
        ++next_;
        return read;
      } else {
        return read;
      }
    }
  }

  static bool is_reserved(std::string_view word) {
    static constexpr std::string_view kReserved[] = {
        "and",       "or",    "not",   "src",  "dst",  "host",    "net",     "port",
        "portrange", "proto", "ether", "link", "less", "greater", "gateway", "mask"};
    return find_protocol(word) != nullptr ||
           std::find(std::begin(kReserved), std::end(kReserved), word) != std::end(kReserved);
  }

  int primitive(int depth) {
    if (const int simple = plain(); simple >= 0) return simple;
    const Words read = words();
    const bool alone = read.protocol != nullptr && !read.side && read.type == Type::kNone;
    const std::string_view value = peek();
    const bool has_value = !value.empty() && is_filter_word(value[0], false) && !is_reserved(value);
    if (alone && (value == "broadcast" || value == "multicast") && read.protocol->name == "ip") {
      ++next_;
      return add({.kind = value == "broadcast" ? Kind::kIpBroadcast : Kind::kIpMulticast});
    }
    if (alone) return has_value ? fail() : protocol_node(*read.protocol);
    if (!read.any()) {
      if (!last_.any() || !has_value) return fail();
    } else {
      last_ = read;
    }
    if (read.any() && take("(")) {  // port (80 or 443)
      const int inner = expression(depth + 1);
      return take(")") ? inner : fail();
    }
    if (!has_value) return fail();
    return value_node(last_);
  }

  int plain() {
    const std::string_view word = peek();
    const bool ether = word == "ether" || word == "link";
    const std::string_view what = ether ? peek(1) : word;
    if (what == "broadcast" || what == "multicast") {
      next_ += ether ? 2 : 1;
      return add({.kind = what == "broadcast" ? Kind::kBroadcast : Kind::kMulticast});
    }
    if (word == "inbound" || word == "outbound") {
      ++next_;
      return add({.kind = word == "inbound" ? Kind::kInbound : Kind::kOutbound});
    }
    if (word == "vlan") {
      ++next_;
      const auto id = filter_number(peek());
      if (id) ++next_;
      return add({.kind = Kind::kVlan, .value = id.value_or(4096)});
    }
    if (word == "less" || word == "greater") {
      const auto length = filter_number(peek(1));
      if (!length) return fail();
      next_ += 2;
      const int left = add({.kind = Kind::kLength});
      const int right = add({.kind = Kind::kNumber, .value = *length});
      return add(
          {.kind = Kind::kCompare, .op = word == "less" ? 'l' : 'g', .left = left, .right = right});
    }
    if (word == "gateway") return fail("'gateway' not supported in this configuration");
    return -1;
  }

  int protocol_node(const Protocol& protocol) {
    if (protocol.number == 0) return add({.kind = Kind::kEtherType, .value = protocol.type});
    if (protocol.type != 0x0800) return add({.kind = Kind::kNever});
    return add({.kind = Kind::kProtocol, .value = protocol.number});
  }

  int value_node(const Words& how) {
    const std::string value = tokens_[next_++];
    switch (how.type) {
      case Type::kNone:
      case Type::kHost:
        return how.ether ? ether_host(how, value) : host(how, value);
      case Type::kNet:
        return net(how, value);
      case Type::kPort:
      case Type::kRange:
        return port(how, value);
      case Type::kProtocol:
        return protocol_value(how, value);
    }
    return fail();
  }

  /// Of `host` and `net`: ip, arp or rarp may stand before them.
  bool family_of(const Words& how, std::string_view type, Node& node) {
    if (how.protocol == nullptr) return true;
    node.family = how.protocol->type;
    if (how.protocol->number == 0) return true;
    fail("'" + std::string(how.protocol->name) + "' modifier applied to " + std::string(type));
    return false;
  }

  int host(const Words& how, const std::string& value) {
    Node node{.kind = Kind::kHost, .side = how.side.value_or(Side::kEither)};
    if (!family_of(how, "host", node)) return fail();
    auto address = wire::parse_ipv4(value);
    if (!address && value.find_first_not_of("0123456789.") == std::string::npos) {
      // Fewer than four numbers stand for a network.
      if (std::count(value.begin(), value.end(), '.') < 3) return net(how, value);
      return fail("invalid IPv4 address '" + value + "'");
    }
    if (!address && value.find('/') != std::string::npos) return net(how, value);
    if (!address) address = ipvsadm::resolve_host(machine_, value);
    if (!address) return fail("unknown host '" + value + "'");
    node.value = address->value;
    node.high = 0xffffffff;
    return add(node);
  }

  int ether_host(const Words& how, const std::string& value) {
    const auto mac = wire::parse_mac(value);
    if (!mac) return fail("unknown ether host '" + value + "'");
    return add(
        {.kind = Kind::kEtherHost, .side = how.side.value_or(Side::kEither), .value = mac->value});
  }

  int net(const Words& how, const std::string& value) {
    Node node{.kind = Kind::kHost, .side = how.side.value_or(Side::kEither)};
    if (!family_of(how, "net", node)) return fail();
    const std::size_t slash = value.find('/');
    const std::string digits = value.substr(0, slash);
    std::uint64_t address = 0;
    int parts = 0;
    for (std::size_t p = 0; p <= digits.size() && parts < 4; ++parts) {
      const std::size_t end = std::min(digits.find('.', p), digits.size());
      const auto part = filter_number(std::string_view(digits).substr(p, end - p));
      if (!part || *part > 255) return fail("invalid IPv4 address '" + digits + "'");
      address = address << 8 | *part;
      p = end + 1;
    }
    address <<= 8 * (4 - parts);
    std::uint64_t length = static_cast<std::uint64_t>(parts) * 8;
    if (slash != std::string::npos) {
      length = filter_number(std::string_view(value).substr(slash + 1)).value_or(99);
      if (length > 32) return fail("mask length must be <= 32");
    }
    node.high = length == 0 ? 0 : (0xffffffffULL << (32 - length)) & 0xffffffff;
    std::string text = value;
    if (slash == std::string::npos && take("mask")) {
      const auto mask = wire::parse_ipv4(peek());
      if (!mask) return fail();
      ++next_;
      node.high = mask->value;
      text += " mask " + to_string(*mask);
    }
    node.value = address;
    if ((address & ~node.high) != 0) return fail("non-network bits set in \"" + text + "\"");
    return add(node);
  }

  std::optional<std::uint64_t> port_number(std::string_view text, std::uint8_t protocol) {
    if (const auto number = filter_number(text)) {
      if (*number <= 65'535) return number;
      fail("illegal port number " + std::string(text) + " > 65535");
      return std::nullopt;
    }
    for (const auto kind : {wire::Protocol::kTcp, wire::Protocol::kUdp}) {
      if (protocol != 0 && static_cast<std::uint8_t>(kind) != protocol) continue;
      if (const auto port = ipvsadm::service_port(text, kind)) return *port;
    }
    fail("unknown port '" + std::string(text) + "'");
    return std::nullopt;
  }

  int port(const Words& how, const std::string& value) {
    Node node{.kind = Kind::kPort, .side = how.side.value_or(Side::kEither)};
    if (how.ether) return fail("'ether' modifier applied to port");
    if (how.protocol != nullptr && how.protocol->name != "ip") {
      const std::uint8_t number = how.protocol->number;
      if (number != 6 && number != 17 && number != 132) return fail("illegal qualifier of 'port'");
      node.protocol = number;
    }
    const std::size_t dash = how.type == Type::kRange ? value.find('-') : std::string::npos;
    const auto low = port_number(std::string_view(value).substr(0, dash), node.protocol);
    if (!low) return fail();
    const auto high = dash == std::string::npos
                          ? low
                          : port_number(std::string_view(value).substr(dash + 1), node.protocol);
    if (!high) return fail();
    node.value = std::min(*low, *high);
    node.high = std::max(*low, *high);
    return add(node);
  }

  int protocol_value(const Words& how, std::string value) {
    const bool escaped = value[0] == '\\';
    if (escaped) value.erase(0, 1);
    if (how.ether) {
      const Protocol* named = find_protocol(value);
      if (escaped && named != nullptr && named->number == 0) return protocol_node(*named);
      const auto type = filter_number(value);
      return type ? add({.kind = Kind::kEtherType, .value = *type})
                  : fail("unknown ether proto '" + value + "'");
    }
    auto number = filter_number(value);
    if (const Protocol* named = find_protocol(value); escaped && named != nullptr)
      number = named->number;
    if (value == "gre") number = 47;
    if (value == "ipencap") number = 4;
    if (!number) return fail("unknown ip proto '" + value + "'");
    return add({.kind = Kind::kProtocol, .value = *number});
  }

  const Machine& machine_;
  std::vector<std::string> tokens_;
  std::size_t next_ = 0;
  std::string error_;
  Words last_;
  PacketFilter filter_;
};

PacketFilter PacketFilter::parse(const Machine& machine, std::string_view text,
                                 std::string& error) {
  return FilterReader(machine, text).read(error);
}

}  // namespace lvslab::admin
