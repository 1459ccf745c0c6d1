// What a rule of the packet filter is made of: matches, which say whether it fits a packet, and a
// target, which says what becomes of it (iptables(8), iptables-extensions(8)). One .cpp each in
// matches/ and targets/ and one line in their table.cpp. An extension reads its own options of a
// command line and prints itself in both forms the tools know.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hook/hook.h"
#include "net/host.h"
#include "net/netfilter/kernel_log.h"
#include "wire/datagram.h"

namespace lvslab::net::netfilter {

class Conntrack;
struct Rule;

/// A packet at a hook. The mark is what rules before have made of it.
struct Seen {
  Turn& turn;
  Host& host;
  wire::Datagram& datagram;
  const hook::PacketInfo& info;
  std::uint32_t mark;
  Conntrack* tracker = nullptr;  ///< null: no rule of this host needs it
  KernelLog* log = nullptr;
  Random* random = nullptr;                   ///< table nat: for ports
  std::string_view rule{};                    ///< the rule at hand, for notes
  DropReason reason = DropReason::kFiltered;  ///< why a target drops it
};

/// /etc/services as the tool that reads or prints knows it.
struct Names {
  std::optional<std::uint16_t> (*port)(std::string_view name, wire::Protocol protocol);
  std::string_view (*port_name)(std::uint16_t port, wire::Protocol protocol);
};

/// How `-L` prints.
struct Listing {
  const Names& names;
  bool numeric = false;
};

/// The words of one line while they are read. The first mistake stays.
class Words {
 public:
  Words(std::span<const std::string> words, const Names& names) : names_(names), words_(words) {}

  const Names& names() const { return names_; }
  bool more() const { return !failed() && next_ < words_.size(); }
  const std::string& peek() const { return words_[next_]; }
  std::string take() { return words_[next_++]; }

  /// Begins an option as it was typed; "--dport=80" carries its value.
  void begin(std::string option, bool inverted, std::optional<std::string> attached) {
    option_ = std::move(option);
    inverted_ = inverted;
    attached_ = std::move(attached);
  }
  const std::string& option() const { return option_; }
  bool inverted() const { return inverted_; }
  /// The value of the option; a mistake if there is none.
  std::string value();
  bool is(std::string_view name) const { return option_ == name; }

  /// A mistake of the user's, without the newline; the tool adds how to get help.
  void fail(std::string text) {
    if (!failed()) error_ = std::move(text);
  }
  bool failed() const { return !error_.empty(); }
  const std::string& error() const { return error_; }

  std::uint8_t protocol = 0;  ///< of -p, as far as the line was read
  bool protocol_inverted = false;

 private:
  const Names& names_;
  std::span<const std::string> words_;
  std::size_t next_ = 0;
  std::string option_, error_;
  bool inverted_ = false;
  std::optional<std::string> attached_;
};

class Extension {
 public:
  virtual ~Extension() = default;
  /// Reads the option at hand if it is one of its own.
  virtual bool read(Words& words) = 0;
  /// Once the whole line was read.
  virtual void finish(Words& words) { (void)words; }
  virtual std::string save() const = 0;                        ///< " --dport 80", as -S prints
  virtual std::string list(const Listing& listing) const = 0;  ///< " tcp dpt:80", as -L prints
  /// A rule with it makes the host track connections.
  virtual bool tracks() const { return false; }
};

class Match : public Extension {
 public:
  virtual bool matches(const Seen& seen) const = 0;
  /// Only TCP segments with SYN fit it.
  virtual bool needs_syn() const { return false; }
};

enum class Effect : std::uint8_t { kContinue, kAccept, kDrop };

class Target : public Extension {
 public:
  virtual Effect apply(Seen& seen) const = 0;
  /// Whether the kernel takes it in such a rule; else "Invalid argument".
  virtual bool valid(const Rule& rule) const {
    (void)rule;
    return true;
  }
  /// Whether packets may reach it from that hook.
  virtual bool works_at(hook::Hook where) const {
    (void)where;
    return true;
  }
};

struct MatchEntry {
  std::string_view name;
  std::uint8_t protocol;  ///< -p that must stand before it; 0: any
  std::unique_ptr<Match> (*make)();
};
struct TargetEntry {
  std::string_view name;
  std::string_view shown;  ///< the name it is kept under
  std::string_view table;  ///< the only table that takes it; empty: any
  std::unique_ptr<Target> (*make)();
};
const MatchEntry* find_match(std::string_view name);
const TargetEntry* find_target(std::string_view name);
/// Known to iptables but not to this packet filter.
bool is_unmodelled_match(std::string_view name);
bool is_unmodelled_target(std::string_view name);

// --- helpers of extensions ----------------------------------------------------------------------
/// "0x1f" in C notation; nothing beyond 32 bits.
std::optional<std::uint32_t> read_number(std::string_view text);
std::string hex(std::uint32_t number);
/// "V" or "V/M".
struct Masked {
  std::uint32_t value = 0, mask = 0xffffffff;
};
std::optional<Masked> read_masked(std::string_view text);
/// In double quotes where iptables-save writes them.
std::string save_string(std::string_view text);
struct PortRange {
  std::uint16_t first = 0, last = 0xffff;
  bool contains(std::uint16_t port) const { return port >= first && port <= last; }
  bool all() const { return first == 0 && last == 0xffff; }
};
std::optional<std::uint16_t> read_port(Words& words, std::string_view text);
std::string port_text(std::uint16_t port, wire::Protocol protocol, const Listing& listing);

}  // namespace lvslab::net::netfilter
