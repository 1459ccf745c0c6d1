#include "admin/commands/ipvsadm_grammar.h"

namespace lvslab::admin::ipvsadm {
namespace {

constexpr Known command(std::string_view name, char letter, Command which,
                        Value value = Value::kNone) {
  return {name, letter, value, Word::kCommand, Option::kCount, which};
}
constexpr Known option(std::string_view name, char letter, Option which, Value value = Value::kNone,
                       Word word = Word::kPlain) {
  return {name, letter, value, word, which};
}

using C = Command;
using O = Option;
constexpr Known kGrammar[] = {
    command("add-service", 'A', C::kAddService),
    command("edit-service", 'E', C::kEditService),
    command("delete-service", 'D', C::kDeleteService),
    command("clear", 'C', C::kFlush),
    command("restore", 'R', C::kRestore),
    command("save", 'S', C::kSave),
    command("add-server", 'a', C::kAddServer),
    command("edit-server", 'e', C::kEditServer),
    command("delete-server", 'd', C::kDeleteServer),
    command("list", 'L', C::kList),
    command("", 'l', C::kList),
    command("zero", 'Z', C::kZero),
    command("set", 0, C::kSet, Value::kNeeded),
    command("start-daemon", 0, C::kStartDaemon, Value::kNeeded),
    command("stop-daemon", 0, C::kStopDaemon, Value::kNeeded),
    command("add-laddr", 'P', C::kAddLocal),  // these three: FULLNAT's own tools, not Debian's
    command("del-laddr", 'Q', C::kDeleteLocal),
    command("get-laddr", 'G', C::kListLocal),
    command("help", 'h', C::kHelp),
    command("version", 'v', C::kVersion),
    option("tcp-service", 't', O::kService, Value::kNeeded, Word::kTcp),
    option("udp-service", 'u', O::kService, Value::kNeeded, Word::kUdp),
    option("sctp-service", 0, O::kService, Value::kNeeded, Word::kSctp),
    option("fwmark-service", 'f', O::kService, Value::kNeeded, Word::kMark),
    option("ipv6", '6', O::kCount, Value::kNone, Word::kIpv6),
    option("scheduler", 's', O::kScheduler, Value::kNeeded),
    option("persistent", 'p', O::kPersistent, Value::kOptional),
    option("netmask", 'M', O::kNetmask, Value::kNeeded),
    option("pe", 0, O::kEngine, Value::kNeeded),
    option("sched-flags", 'b', O::kSchedFlags, Value::kNeeded),
    option("ops", 'o', O::kOps),
    option("real-server", 'r', O::kRealServer, Value::kNeeded),
    option("gatewaying", 'g', O::kMethod, Value::kNone, Word::kDirect),
    option("ipip", 'i', O::kMethod, Value::kNone, Word::kTunnel),
    option("masquerading", 'm', O::kMethod, Value::kNone, Word::kMasquerade),
    option("fullnat", 0, O::kMethod, Value::kNone, Word::kFullNat),  // not in Debian's tool
    option("local-address", 'z', O::kLocalAddress, Value::kNeeded),
    option("weight", 'w', O::kWeight, Value::kNeeded),
    option("u-threshold", 'x', O::kUpper, Value::kNeeded),
    option("l-threshold", 'y', O::kLower, Value::kNeeded),
    option("tun-type", 0, O::kTunType, Value::kNeeded),
    option("tun-port", 0, O::kTunPort, Value::kNeeded),
    option("tun-nocsum", 0, O::kTunNoCsum),
    option("tun-csum", 0, O::kTunCsum),
    option("tun-remcsum", 0, O::kTunRemCsum),
    option("numeric", 'n', O::kNumeric),
    option("connection", 'c', O::kConnection),
    option("timeout", 0, O::kTimeout),
    option("daemon", 0, O::kDaemon),
    option("stats", 0, O::kStats),
    option("rate", 0, O::kRate),
    option("thresholds", 0, O::kThresholds),
    option("persistent-conn", 0, O::kPersistentConn),
    option("tun-info", 0, O::kTunInfo),
    option("nosort", 0, O::kNoSort),
    option("sort", 0, O::kCount, Value::kNone, Word::kSort),
    option("exact", 'X', O::kExact),
    option("mcast-interface", 0, O::kInterface, Value::kNeeded),
    option("syncid", 0, O::kSyncId, Value::kNeeded),
    option("sync-maxlen", 0, O::kMaxLength, Value::kNeeded),
    option("mcast-group", 0, O::kGroup, Value::kNeeded),
    option("mcast-port", 0, O::kPort, Value::kNeeded),
    option("mcast-ttl", 0, O::kTtl, Value::kNeeded),
};

constexpr std::string_view kOptionNames[kOptions] = {"numeric",
                                                     "connection",
                                                     "service-address",
                                                     "scheduler",
                                                     "persistent",
                                                     "netmask",
                                                     "real-server",
                                                     "forwarding-method",
                                                     "weight",
                                                     "u-threshold",
                                                     "l-threshold",
                                                     "mcast-interface",
                                                     "timeout",
                                                     "daemon",
                                                     "stats",
                                                     "rate",
                                                     "thresholds",
                                                     "persistent-conn",
                                                     "nosort",
                                                     "syncid",
                                                     "exact",
                                                     "ops",
                                                     "pe",
                                                     "sched-flags",
                                                     "mcast-group",
                                                     "mcast-port",
                                                     "mcast-ttl",
                                                     "sync-maxlen",
                                                     "tun-info",
                                                     "tun-type",
                                                     "tun-port",
                                                     "tun-nocsum",
                                                     "tun-csum",
                                                     "tun-remcsum",
                                                     "local-address"};

const Known* named(std::string_view name) {
  for (const Known& k : kGrammar)
    if (!k.name.empty() && k.name == name) return &k;
  return nullptr;
}

}  // namespace

std::string_view option_name(Option option) {
  return kOptionNames[static_cast<std::size_t>(option)];
}

Words::Found Words::next() {
  has_value_ = false;
  if (!rest_.empty()) return short_option();
  while (next_ < args_.size()) {
    word_ = args_[next_++];
    if (only_words_ || word_.size() < 2 || word_[0] != '-') {
      others_.push_back(word_);
    } else if (word_ == "--") {
      only_words_ = true;
    } else if (word_[1] == '-') {
      return long_option();
    } else {
      rest_ = std::string_view(word_).substr(1);
      return short_option();
    }
  }
  return Found::kEnd;
}

Words::Found Words::long_option() {
  const std::string_view text = std::string_view(word_).substr(2);
  const std::size_t equals = text.find('=');
  known_ = named(text.substr(0, equals));
  if (known_ == nullptr) return Found::kUnknown;
  if (known_->word == Word::kCommand)
    serves_ = known_->command == C::kAddServer || known_->command == C::kEditServer;
  if (equals == std::string_view::npos) return take_value();
  if (known_->value == Value::kNone) return Found::kUnwanted;
  value_ = text.substr(equals + 1);
  has_value_ = true;
  return Found::kOption;
}

Words::Found Words::short_option() {
  const char letter = rest_[0];
  rest_.remove_prefix(1);
  known_ = nullptr;
  for (const Known& k : kGrammar)
    if (k.letter != 0 && k.letter == letter) known_ = &k;
  if (known_ == nullptr) return Found::kUnknown;
  if (known_->word == Word::kCommand) serves_ = letter == 'a' || letter == 'e';
  // To FULLNAT's tools a bare -b with a server is the method; with a value it is Debian's, who
  // refuses it there.
  const bool value_follows =
      !rest_.empty() || (next_ < args_.size() && args_[next_].substr(0, 1) != "-");
  if (letter == 'b' && serves_ && !value_follows) known_ = named("fullnat");
  if (known_->value == Value::kNone || rest_.empty()) return take_value();
  if (rest_[0] == '=') rest_.remove_prefix(1);
  value_ = rest_;
  has_value_ = true;
  rest_ = {};
  return Found::kOption;
}

/// The value is the next word; an optional one must not look like an option.
Words::Found Words::take_value() {
  if (known_->value == Value::kNone) return Found::kOption;
  if (next_ == args_.size())
    return known_->value == Value::kOptional ? Found::kOption : Found::kNoValue;
  if (known_->value == Value::kOptional && args_[next_].substr(0, 1) == "-") return Found::kOption;
  value_ = args_[next_++];
  has_value_ = true;
  return Found::kOption;
}

}  // namespace lvslab::admin::ipvsadm
