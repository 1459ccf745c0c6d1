#include "admin/commands/ipvsadm_options.h"

#include <optional>

#include "admin/commands/ipvsadm_grammar.h"
#include "admin/commands/ipvsadm_names.h"

namespace lvslab::admin::ipvsadm {
namespace {

using C = Command;
using O = Option;

constexpr std::uint32_t kDefaultPersistence = 360;
constexpr std::int64_t kLongestTimeout = 31 * 86'400;
constexpr std::int64_t kLargestInt = 2'147'483'647;
constexpr std::size_t kSchedulerName = 15;

std::string quoted(std::string_view before, std::string_view text, std::string_view after) {
  std::string out(before);
  return out.append(text).append(after);
}

/// Reads one command line into a request.
class Parser {
 public:
  Parser(const Machine& machine, const std::vector<std::string>& args)
      : machine_(machine), args_(args), words_(args) {}

  tl::expected<Request, Failure> parse() {
    if (args_.size() <= 1) return request_;
    if (words_.next() != Words::Found::kOption || words_.known().word != Word::kCommand) {
      failure_ = {255, try_help(args_.front()), true};
      return tl::unexpected(failure_);
    }
    request_.command = words_.known().command;
    if (request_.command == C::kHelp || request_.command == C::kVersion) return request_;
    const std::string first_value = words_.value();
    if (!daemon_word(first_value) || !read_options() || !other_words(first_value))
      return tl::unexpected(failure_);
    const auto checked = check_request(request_, sched_flags_);
    if (!checked) return tl::unexpected(checked.error());
    return request_;
  }

 private:
  bool fail(std::string message, int status = 2) {
    failure_ = {status, std::move(message) + "\n", false};
    return false;
  }

  bool daemon_word(const std::string& word) {
    if (request_.command != C::kStartDaemon && request_.command != C::kStopDaemon) return true;
    request_.backup = word == "backup";
    if (word == "master" || word == "backup") return true;
    return fail(request_.command == C::kStartDaemon ? "illegal start-daemon parameter specified"
                                                    : "illegal start_daemon specified");
  }

  bool read_options() {
    for (;;) {
      switch (words_.next()) {
        case Words::Found::kEnd:
          return true;
        case Words::Found::kUnknown:
          return fail(words_.word() + ": unknown option", 255);
        case Words::Found::kNoValue:
          return fail(words_.word() + ": missing argument", 255);
        case Words::Found::kUnwanted:
          return fail(words_.word() + ": option does not take an argument", 255);
        case Words::Found::kOption:
          break;
      }
      const Known& known = words_.known();
      if (known.word == Word::kCommand) return fail(quoted("invalid option `", words_.word(), "'"));
      if (known.option != O::kCount) {
        if (request_.has(known.option)) {
          return fail(quoted("multiple '", option_name(known.option), "' options specified"));
        }
        request_.options |= option_bit(known.option);
      }
      if (!apply(known)) return false;
    }
  }

  bool other_words(const std::string& first_value) {
    std::size_t used = 0;
    if (request_.command == C::kSet) {
      const std::vector<std::string>& others = words_.others();
      for (std::size_t i = 0; i < 3; ++i) {
        if (i > others.size()) return fail("--set option requires 3 timeout values");
        const std::string& text = i == 0 ? first_value : others[i - 1];
        const auto seconds = parse_decimal(text, 0, kLongestTimeout);
        if (!seconds) return fail(quoted("invalid timeout value `", text, "' specified"));
        request_.timeouts[i] = static_cast<std::uint32_t>(*seconds);
      }
      used = 2;
    }
    if (words_.others().size() > used) return fail("unexpected argument " + words_.others()[used]);
    return true;
  }

  bool apply(const Known& known) {
    switch (known.word) {
      case Word::kTcp:
        return service(wire::Protocol::kTcp);
      case Word::kUdp:
        return service(wire::Protocol::kUdp);
      case Word::kSctp:
        return service(wire::Protocol::kSctp);
      case Word::kMark:
        return mark();
      case Word::kIpv6:
        if (request_.service.mark == 0) return fail("-6 used before -f");
        request_.service_ipv6 = true;
        return true;
      case Word::kDirect:
        return method(lvs::Method::kRoute);
      case Word::kTunnel:
        return method(lvs::Method::kTunnel);
      case Word::kMasquerade:
        return method(lvs::Method::kMasq);
      case Word::kFullNat:
        return method(lvs::Method::kFullNat);
      default:
        if (known.option == O::kLocalAddress) return local_address();
        return apply_service(known.option) && apply_server(known.option) &&
               apply_daemon(known.option);
    }
  }

  bool method(lvs::Method which) {
    request_.server_options.method = which;
    return true;
  }

  bool service(wire::Protocol protocol) {
    request_.service.protocol = protocol;
    return address(request_.service.address, request_.service_ipv6) ||
           fail("illegal virtual server address[:port] specified");
  }

  bool local_address() {
    const auto address = resolve_host(machine_, words_.value());
    if (!address) return fail("illegal local address specified");
    request_.local_address = *address;
    return true;
  }

  bool mark() {
    const auto value = parse_decimal(words_.value(), 1, 0xffffffff);
    if (!value) return fail(quoted("invalid fwmark value `", words_.value(), "' specified"));
    request_.service.mark = static_cast<std::uint32_t>(*value);
    return true;
  }

  /// HOST[:PORT] or [IPV6]:PORT; an endpoint without a port keeps the one it has.
  bool address(wire::Endpoint& endpoint, bool& ipv6) {
    const std::string& text = words_.value();
    ipv6 = is_ipv6_literal(text);
    if (ipv6) return true;
    std::size_t colon = text.find(':');
    if (!text.empty() && text[0] == '[') {
      const std::size_t end = text.find(']');
      if (end == std::string::npos || !is_ipv6_literal(text.substr(1, end - 1))) return false;
      if (text.substr(end + 1, 1) != ":") return false;
      ipv6 = true;
      colon = end + 1;
    } else {
      const std::string host = text.substr(0, colon);
      if (host.find_first_not_of("0123456789") == std::string::npos) return false;
      const auto found = resolve_host(machine_, host);
      if (!found) return false;
      endpoint.address = *found;
    }
    return colon == std::string::npos || port(text.substr(colon + 1), endpoint.port);
  }

  bool port(const std::string& text, std::uint16_t& result) {
    std::optional<std::uint16_t> found;
    if (const auto number = parse_decimal(text, 0, 65'535))
      found = static_cast<std::uint16_t>(*number);
    else
      found = service_port(text, request_.service.protocol);
    result = found.value_or(0);
    return found.has_value();
  }

  bool apply_service(Option which) {
    lvs::ServiceOptions& o = request_.service_options;
    const std::string& value = words_.value();
    switch (which) {
      case O::kScheduler:
        o.scheduler = value.substr(0, kSchedulerName);
        return true;
      case O::kSchedFlags:
        sched_flags_ = value;
        return true;
      case O::kEngine:
        o.engine = value;
        return true;
      case O::kOps:
        o.one_packet = true;
        return true;
      case O::kPersistent: {
        o.persistence_timeout_s = kDefaultPersistence;
        if (!words_.has_value()) return true;
        const auto seconds = parse_decimal(value, 1, kLongestTimeout);
        if (!seconds) return fail(quoted("invalid timeout value `", value, "' specified"));
        o.persistence_timeout_s = static_cast<std::uint32_t>(*seconds);
        return true;
      }
      case O::kNetmask: {
        if (request_.service_ipv6)
          return parse_decimal(value, 1, 128) || fail("illegal ipv6 netmask specified");
        const auto mask = resolve_host(machine_, value);
        if (!mask) return fail("illegal virtual server persistent mask specified");
        o.persistence_netmask = mask->value;
        return true;
      }
      default:
        return true;
    }
  }

  bool apply_server(Option which) {
    lvs::DestinationOptions& o = request_.server_options;
    switch (which) {
      case O::kRealServer:
        request_.server.port = request_.service.address.port;  // the service must have come first
        return address(request_.server, request_.server_ipv6) ||
               fail("illegal real server address[:port] specified");
      // Weights above the documented 65535 are taken, as the recorded tool takes them.
      case O::kWeight:
        return number(o.weight, 0, kLargestInt, "illegal weight specified");
      case O::kUpper:
        return number(o.upper_threshold, 0, kLargestInt, "illegal u_threshold specified");
      case O::kLower:
        return number(o.lower_threshold, 0, kLargestInt, "illegal l_threshold specified");
      case O::kTunType:
        if (words_.value() == "ipip")
          o.tunnel.type = lvs::TunnelType::kIpip;
        else if (words_.value() == "gue")
          o.tunnel.type = lvs::TunnelType::kGue;
        else if (words_.value() == "gre")
          o.tunnel.type = lvs::TunnelType::kGre;
        else
          return fail("illegal tunnel type specified");
        return true;
      case O::kTunPort:
        return number(o.tunnel.port, 1, 65'535, "illegal tunnel port specified");
      case O::kTunCsum:
        o.tunnel.checksum = 1;
        return true;
      case O::kTunRemCsum:
        o.tunnel.checksum = 2;
        return true;
      default:
        return true;
    }
  }

  bool apply_daemon(Option which) {
    lvs::SyncDaemon& d = request_.daemon;
    switch (which) {
      case O::kInterface:
        d.interface = words_.value().substr(0, 15);
        return true;
      case O::kSyncId:
        return number(d.sync_id, 0, 255, "illegal syncid specified");
      case O::kMaxLength:
        return number(d.max_length, 1, 65'507, "illegal sync-maxlen specified");
      case O::kPort:
        return number(d.port, 1, 65'535, "illegal mcast-port specified");
      case O::kTtl:
        return number(d.ttl, 1, 255, "illegal mcast-ttl specified");
      case O::kGroup: {
        const auto group = parse_loose_ipv4(words_.value());
        if (!group || !group->is_multicast()) return fail("illegal mcast-group specified");
        d.group = *group;
        return true;
      }
      default:
        return true;
    }
  }

  template <typename T>
  bool number(T& result, std::int64_t min, std::int64_t max, std::string_view complaint) {
    const auto value = parse_decimal(words_.value(), min, max);
    if (!value) return fail(std::string(complaint));
    result = static_cast<T>(*value);
    return true;
  }

  const Machine& machine_;
  const std::vector<std::string>& args_;
  Words words_;
  Request request_;
  std::string sched_flags_;
  Failure failure_;
};

}  // namespace

std::string try_help(const std::string& program) {
  return "Try `" + program + " -h' or '" + program + " --help' for more information.\n";
}

tl::expected<Request, Failure> parse_line(const Machine& machine,
                                          const std::vector<std::string>& args) {
  return Parser(machine, args).parse();
}

}  // namespace lvslab::admin::ipvsadm
