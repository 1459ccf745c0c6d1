// arping (iputils): asks or announces by ARP with frames of its own; the kernel's table,
// arp_announce and arp_ignore of this host play no part.
#include <algorithm>
#include <cstdio>

#include "admin/commands/commands.h"
#include "admin/commands/resolve.h"
#include "admin/commands/words.h"

namespace lvslab::admin {
namespace {

/// Without -c and -w a real arping goes on until somebody stops it.
constexpr std::uint32_t kProbesWithoutCount = 10;
constexpr std::uint32_t kMostProbes = 100'000;

enum class Mode : std::uint8_t { kAsk, kDetect, kAnnounceRequest, kAnnounceReply };

struct Options {
  Mode mode = Mode::kAsk;
  bool first_reply = false, quiet = false, broadcast = false;
  std::uint32_t count = 0;  ///< 0: not given
  std::optional<Duration> deadline;
  Duration interval = Duration::seconds(1);
  std::string device_name, target_name;
  InterfaceIndex device = kNoInterface;
  std::optional<wire::Ipv4> source;
  wire::Ipv4 target;
};

std::string upper_mac(wire::Mac mac) {
  std::string text = wire::to_string(mac);
  for (char& c : text) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

class Arping final : public Process, private net::Listener {
 public:
  Arping(Machine& machine, const Options& options) : machine_(machine), options_(options) {
    machine_.host().add_listener(this);
    limit_ = options.count != 0 ? options.count
             : options.deadline ? kMostProbes
                                : kProbesWithoutCount;
  }
  ~Arping() override { machine_.host().remove_listener(this); }

  std::optional<int> resume(CommandContext& context) override {
    const Instant now = context.turn.now();
    if (sent_ == 0) {
      started_ = now;
      next_send_ = now;
    }
    context.out += std::exchange(text_, {});
    const bool out_of_time = options_.deadline && now >= started_ + *options_.deadline;
    const bool all_sent = sent_ == limit_ && now >= next_send_;
    if (stop_ || out_of_time || all_sent) return end(context);
    if (now >= next_send_) {
      send(context.turn);
      next_send_ = now + options_.interval;
      context.out += std::exchange(text_, {});
    }
    next_wake_ = next_send_;
    if (options_.deadline) next_wake_ = std::min(next_wake_, started_ + *options_.deadline);
    return std::nullopt;
  }
  Instant next_wake() const override { return next_wake_; }

 private:
  void send(Turn& turn) {
    const wire::Mac own = machine_.host().interface(options_.device).mac;
    const bool broadcast = !learnt_ || options_.broadcast;
    wire::Arp arp;
    arp.operation = options_.mode == Mode::kAnnounceReply ? wire::kArpReply : wire::kArpRequest;
    arp.sender_mac = own;
    arp.sender_ip = *options_.source;
    arp.target_ip = options_.target;
    arp.target_mac =
        options_.mode == Mode::kAnnounceReply ? own : learnt_.value_or(wire::kBroadcastMac);
    ++sent_;
    if (broadcast) ++broadcasts_;
    last_sent_ = turn.now();
    machine_.host().send_arp(turn, options_.device, broadcast ? wire::kBroadcastMac : *learnt_, arp,
                             "arping");
  }

  // An answer comes from the target and is meant for this host; duplicate detection takes any frame
  // that says the address is somebody else's.
  void on_arp(Turn& turn, const wire::Arp& arp, bool unicast, InterfaceIndex device) override {
    if (device != options_.device || sent_ == 0 || arp.sender_ip != options_.target) return;
    const wire::Mac own = machine_.host().interface(device).mac;
    if (arp.operation != wire::kArpRequest && arp.operation != wire::kArpReply) return;
    if (arp.sender_mac == own) return;
    if (options_.mode == Mode::kDetect) {
      if (!options_.source->is_zero() && arp.target_ip != *options_.source) return;
    } else if (arp.target_ip != *options_.source || arp.target_mac != own) {
      return;
    }
    ++received_;
    if (arp.operation == wire::kArpRequest) ++requests_;
    if (!unicast) ++broadcasts_received_;
    if (!options_.quiet) {
      const std::int64_t us = (turn.now() - last_sent_) / Duration::microseconds(1);
      char time[40];
      std::snprintf(time, sizeof time, "  %lld.%03lldms", static_cast<long long>(us / 1000),
                    static_cast<long long>(us % 1000));
      text_ += std::string(unicast ? "Unicast " : "Broadcast ") +
               (arp.operation == wire::kArpReply ? "reply" : "request") + " from " +
               wire::to_string(arp.sender_ip) + " [" + upper_mac(arp.sender_mac) + "]" + time +
               "\n";
    }
    if (options_.mode == Mode::kAsk && !options_.broadcast) learnt_ = arp.sender_mac;
    stop_ = stop_ || options_.first_reply || options_.mode == Mode::kDetect;
    next_wake_ = turn.now();
    machine_.process_changed();
  }

  int end(CommandContext& context) const {
    if (!options_.quiet) {
      context.out += "Sent " + std::to_string(sent_) + " probes (" + std::to_string(broadcasts_) +
                     " broadcast(s))\nReceived " + std::to_string(received_) + " response(s)";
      std::string more;
      if (requests_ > 0) more = std::to_string(requests_) + " request(s)";
      if (broadcasts_received_ > 0)
        more += (more.empty() ? "" : ", ") + std::to_string(broadcasts_received_) + " broadcast(s)";
      context.out += more.empty() ? "\n" : " (" + more + ")\n";
    }
    if (options_.mode == Mode::kDetect) return received_ > 0 ? 1 : 0;
    if (options_.mode != Mode::kAsk) return 0;
    return received_ > 0 ? 0 : 1;
  }

  Machine& machine_;
  const Options options_;
  std::string text_;
  std::optional<wire::Mac> learnt_;
  std::uint32_t limit_ = 0, sent_ = 0, broadcasts_ = 0, received_ = 0, requests_ = 0,
                broadcasts_received_ = 0;
  bool stop_ = false;
  Instant started_, last_sent_, next_send_, next_wake_;
};

/// An error's text, or empty.
std::string parse(const CommandContext& context, Options& options) {
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    if (word.size() < 2 || word[0] != '-') {
      options.target_name = word;
      continue;
    }
    for (std::size_t j = 1; j < word.size(); ++j) {
      const char c = word[j];
      if (c == 'f')
        options.first_reply = true;
      else if (c == 'q')
        options.quiet = true;
      else if (c == 'b')
        options.broadcast = true;
      else if (c == 'D')
        options.mode = Mode::kDetect;
      else if (c == 'U')
        options.mode = Mode::kAnnounceRequest;
      else if (c == 'A')
        options.mode = Mode::kAnnounceReply;
      else if (std::string_view("cwiIs").find(c) == std::string_view::npos)
        return "arping: invalid option -- '" + std::string(1, c) + "'\n";
      else {
        std::string value = word.substr(j + 1);
        if (value.empty() && i + 1 < context.args.size()) value = context.args[++i];
        if (value.empty())
          return "arping: option requires an argument -- '" + std::string(1, c) + "'\n";
        const auto number = parse_number(value);
        const auto seconds = parse_seconds(value);
        const bool bad_number = c == 'c' && (!number || *number == 0 || *number > kMostProbes);
        const bool bad_time = (c == 'w' || c == 'i') && !seconds;
        if (bad_number || bad_time) return "arping: invalid argument: '" + value + "'\n";
        if (c == 'c') options.count = *number;
        if (c == 'w') options.deadline = *seconds;
        if (c == 'i') options.interval = std::max(*seconds, Duration::milliseconds(1));
        if (c == 'I') options.device_name = value;
        if (c == 's') {
          options.source = wire::parse_ipv4(value);
          if (!options.source) return "arping: invalid source " + value + "\n";
        }
        break;
      }
    }
  }
  return {};
}

/// The device and the sender address; an error's text, or empty.
std::string choose(const Machine& machine, Options& options) {
  const net::Host& host = machine.host();
  if (options.device_name.empty()) {
    // The way to the target decides; else the first device that speaks ARP.
    const net::Host::Path path = host.route_output({}, options.target);
    if (path.route != nullptr && path.device != kNoInterface)
      options.device_name = host.interface(path.device).name;
    for (const net::Interface& nic : host.interfaces()) {
      if (options.device_name.empty() && !nic.removed && nic.up && !nic.noarp && !nic.loopback())
        options.device_name = nic.name;
    }
    if (options.device_name.empty()) return "arping: no suitable device found\n";
  }
  const net::Interface* nic = host.find_interface(options.device_name);
  if (nic == nullptr) return "arping: Device " + options.device_name + " not available.\n";
  options.device = nic->index;
  if (!nic->up) return "Interface \"" + nic->name + "\" is down\n";
  if (nic->noarp || nic->loopback() || nic->kind == net::InterfaceKind::kIpip) {
    return "Interface \"" + nic->name + "\" is not ARPable\n";
  }
  if (options.mode == Mode::kDetect) {
    if (!options.source) options.source = wire::Ipv4{};
    return {};
  }
  const bool announces = options.mode != Mode::kAsk;
  if (announces && !options.source) options.source = options.target;
  if (options.source) {
    if (!options.source->is_zero() && !host.is_local(*options.source))
      return "arping: bind: Cannot assign requested address\n";
    return {};
  }
  const net::Host::Path path = host.route_output({}, options.target, nic->index);
  if (path.route == nullptr || path.source.is_zero())
    return "arping: connect: Network is unreachable\n";
  options.source = path.source;
  return {};
}

}  // namespace

CommandResult run_arping(CommandContext& context) {
  Options options;
  if (const std::string error = parse(context, options); !error.empty()) {
    context.err += error;
    return error.find("invalid argument") != std::string::npos ? 1 : 2;
  }
  if (options.target_name.empty()) {
    context.err += "Usage:\n  arping [options] <destination>\n";
    return 2;
  }
  const auto target = resolve(context.machine, options.target_name);
  if (!target) {
    context.err += "arping: " + options.target_name + ": Name or service not known\n";
    return 2;
  }
  options.target = *target;
  if (const std::string error = choose(context.machine, options); !error.empty()) {
    // What is wrong with the device itself goes to standard output.
    (error.starts_with("Interface") ? context.out : context.err) += error;
    return 2;
  }
  if (!options.quiet) {
    context.out += "ARPING " + wire::to_string(options.target) + " from " +
                   wire::to_string(*options.source) + " " + options.device_name + "\n";
  }
  auto arping = std::make_unique<Arping>(context.machine, options);
  if (const auto status = arping->resume(context)) return *status;
  return CommandResult(std::move(arping));
}

}  // namespace lvslab::admin
