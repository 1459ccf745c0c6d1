#include "admin/commands/ping.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "admin/commands/ipvsadm_names.h"
#include "wire/icmp.h"

namespace lvslab::admin {
namespace {

constexpr std::uint32_t kTimedSize = 16;

std::string thousandths(std::int64_t microseconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%lld.%03lld", static_cast<long long>(microseconds / 1000),
                static_cast<long long>(microseconds % 1000));
  return text;
}

/// Three significant digits or so: 0.555, 2.50, 25.0, 250.
std::string milliseconds(std::int64_t us) {
  int digits = us >= 99'950 ? 0 : us >= 9'995 ? 1 : us >= 1'000 ? 2 : 3;
  std::int64_t unit = 1'000;
  for (int i = 0; i < digits; ++i) unit /= 10;
  const std::int64_t rounded = (us + unit / 2) / unit;
  if (digits == 0) return std::to_string(rounded);
  std::int64_t scale = 1;
  for (int i = 0; i < digits; ++i) scale *= 10;
  std::string fraction = std::to_string(rounded % scale);
  fraction.insert(0, static_cast<std::size_t>(digits) - fraction.size(), '0');
  return std::to_string(rounded / scale) + "." + fraction;
}

std::string error_text(std::uint8_t type, std::uint8_t code, const wire::IcmpView& view) {
  if (type == static_cast<std::uint8_t>(wire::IcmpType::kTimeExceeded)) {
    return code == 0 ? "Time to live exceeded" : "Frag reassembly time exceeded";
  }
  if (type == static_cast<std::uint8_t>(wire::IcmpType::kRedirect)) {
    return std::string(code == 0 ? "Redirect Network" : "Redirect Host") +
           "(New nexthop: " + wire::to_string(view.gateway()) + ")";
  }
  if (type == static_cast<std::uint8_t>(wire::IcmpType::kSourceQuench)) return "Source Quench";
  if (type == static_cast<std::uint8_t>(wire::IcmpType::kParameterProblem))
    return "Parameter problem: pointer = 0";
  switch (code) {
    case 0:
      return "Destination Net Unreachable";
    case 1:
      return "Destination Host Unreachable";
    case 2:
      return "Destination Protocol Unreachable";
    case 3:
      return "Destination Port Unreachable";
    case 4:
      return "Frag needed and DF set (mtu = " + std::to_string(view.next_hop_mtu()) + ")";
    case 5:
      return "Source Route Failed";
    case 9:
      return "Destination Net Prohibited";
    case 10:
      return "Destination Host Prohibited";
    case 13:
      return "Packet filtered";
    default:
      return "Dest Unreachable, Bad Code: " + std::to_string(code);
  }
}

}  // namespace

Ping::Ping(Machine& machine, PingOptions options)
    : machine_(machine), options_(std::move(options)), id_(machine.next_echo_id()) {
  ip_id_ = static_cast<std::uint16_t>(mix(hash_name(machine.name()), id_));
  machine_.host().add_listener(this);
}

Ping::~Ping() { machine_.host().remove_listener(this); }

std::string Ping::header() const {
  std::string from;
  if (!options_.device_name.empty() || !options_.source.is_zero()) {
    wire::Ipv4 source = options_.source;
    if (source.is_zero())
      source = machine_.host().route_output({}, options_.address, options_.device).source;
    from = "from " + wire::to_string(source) + " " + options_.device_name + ": ";
  }
  return "PING " + options_.target + " (" + wire::to_string(options_.address) + ") " + from +
         std::to_string(options_.size) + "(" + std::to_string(options_.size + 28) +
         ") bytes of data.\n";
}

void Ping::acknowledge(std::uint16_t sequence) {
  const auto behind = static_cast<std::uint16_t>(static_cast<std::uint16_t>(sent_) - sequence);
  if (behind > 0x7fff) return;
  pipe_ = std::max<std::uint32_t>(pipe_, behind + 1u);
  acknowledged_ = sequence;
}

void Ping::on_icmp(Turn& turn, const wire::Datagram& datagram, InterfaceIndex) {
  if (datagram.transport_real_size() < wire::kIcmpHeader) return;
  const wire::IcmpView view{datagram.transport()};
  if (view.type() == static_cast<std::uint8_t>(wire::IcmpType::kEchoReply)) {
    if (view.echo_id() == id_) take_reply(turn, datagram);
  } else if (wire::icmp_is_error(view.type())) {
    take_error(turn, datagram);
  }
}

void Ping::take_reply(Turn& turn, const wire::Datagram& datagram) {
  const wire::IcmpView view{datagram.transport()};
  // The sequence on the wire has 16 bits.
  const std::uint32_t sequence = view.echo_sequence();
  auto found = waiting_.find(sequence);
  const bool duplicate = found == waiting_.end();
  if (duplicate) {
    found = answered_.find(sequence);
    if (found == answered_.end()) return;
    ++duplicates_;
  }
  const std::int64_t us = (turn.now() - found->second) / Duration::microseconds(1);
  if (!duplicate) {
    ++received_;
    shortest_us_ = received_ == 1 ? us : std::min(shortest_us_, us);
    longest_us_ = std::max(longest_us_, us);
    times_us_.push_back(us);
    answered_.insert(*found);
    waiting_.erase(found);
    if (answered_.size() > 64) answered_.erase(answered_.begin());
  }
  acknowledge(view.echo_sequence());
  if (!options_.quiet) {
    text_ += std::to_string(datagram.transport_length()) + " bytes from " +
             shown(datagram.ip().source()) + ": icmp_seq=" + std::to_string(sequence) +
             " ttl=" + std::to_string(datagram.ip().ttl());
    if (options_.size >= kTimedSize) text_ += " time=" + milliseconds(us) + " ms";
    text_ += duplicate ? " (DUP!)\n" : "\n";
  }
  next_wake_ = turn.now();
  machine_.process_changed();
}

void Ping::take_error(Turn& turn, const wire::Datagram& datagram) {
  const std::uint8_t* quoted = datagram.transport() + wire::kIcmpHeader;
  const std::uint32_t left = datagram.transport_real_size() - wire::kIcmpHeader;
  if (left < wire::kIpv4Header) return;
  const wire::Ipv4View ip{quoted};
  if (ip.protocol() != static_cast<std::uint8_t>(wire::Protocol::kIcmp) ||
      ip.header_length() < wire::kIpv4Header || left < ip.header_length() + wire::kIcmpHeader) {
    return;
  }
  const wire::IcmpView echo{quoted + ip.header_length()};
  if (echo.type() != static_cast<std::uint8_t>(wire::IcmpType::kEchoRequest) ||
      echo.echo_id() != id_)
    return;
  const wire::IcmpView view{datagram.transport()};
  const bool counts = view.type() != static_cast<std::uint8_t>(wire::IcmpType::kRedirect) &&
                      view.type() != static_cast<std::uint8_t>(wire::IcmpType::kSourceQuench);
  if (counts) {
    acknowledge(echo.echo_sequence());
    ++errors_;
    waiting_.erase(echo.echo_sequence());
  }
  if (!options_.quiet) {
    text_ += "From " + shown(datagram.ip().source()) +
             " icmp_seq=" + std::to_string(echo.echo_sequence()) + " " +
             error_text(view.type(), view.code(), view) + "\n";
  }
  next_wake_ = turn.now();
  machine_.process_changed();
}

void Ping::send(CommandContext& context) {
  Turn& turn = context.turn;
  ++sent_;
  const auto sequence = static_cast<std::uint16_t>(sent_);
  Packet packet = turn.packets().make(wire::kIcmpHeader);
  packet.append_zeros(options_.size);
  wire::push_icmp(packet, static_cast<std::uint8_t>(wire::IcmpType::kEchoRequest), 0,
                  static_cast<std::uint32_t>(id_) << 16 | sequence);
  if (sent_ == 1) first_sent_ = turn.now();
  last_sent_ = turn.now();
  waiting_[sequence] = turn.now();
  if (waiting_.size() > 4096) waiting_.erase(waiting_.begin());
  net::Outgoing out;
  out.packet = std::move(packet);
  out.source = options_.source;
  out.destination = options_.address;
  out.protocol = wire::Protocol::kIcmp;
  out.ttl = options_.ttl;
  out.tos = options_.tos;
  out.id = ++ip_id_;
  out.device = options_.device;
  const std::uint32_t mtu = machine_.host().path_mtu(options_.address, turn.now());
  const bool fits = options_.size + wire::kIcmpHeader + wire::kIpv4Header <= mtu;
  out.dont_fragment = options_.discovery == PingOptions::Discovery::kDo ||
                      (options_.discovery == PingOptions::Discovery::kWant && fits);
  std::string problem;
  switch (machine_.host().send(turn, std::move(out))) {
    case net::SendResult::kSent:
      return;
    case net::SendResult::kNetUnreachable:
      problem = "sendmsg: Network is unreachable";
      break;
    case net::SendResult::kHostUnreachable:
      problem = "sendmsg: No route to host";
      break;
    case net::SendResult::kProhibited:
      problem = "sendmsg: Permission denied";
      break;
    case net::SendResult::kInvalid:
      problem = "sendmsg: Invalid argument";
      break;
    case net::SendResult::kMessageTooLong:
      problem = "local error: message too long, mtu=" + std::to_string(mtu);
      break;
    case net::SendResult::kFiltered:
      problem = "sendmsg: Operation not permitted";
      break;
  }
  waiting_.erase(sequence);
  if (problem.starts_with("local")) ++errors_;
  if (!options_.quiet) context.err += "ping: " + problem + "\n";
}

bool Ping::done(Instant now) const {
  if (sent_ >= options_.count && received_ + errors_ >= options_.count) return true;
  if (options_.deadline && (now >= first_sent_ + *options_.deadline || errors_ > 0)) return true;
  return now >= give_up_;
}

std::optional<int> Ping::resume(CommandContext& context) {
  const Instant now = context.turn.now();
  context.out += std::exchange(text_, {});
  if (sent_ == 0) next_send_ = now;
  if (sent_ > 0 && done(now)) {
    context.out += statistics();
    const bool short_of = options_.deadline && options_.counted && received_ < options_.count;
    return received_ == 0 || short_of ? 1 : 0;
  }
  if (sent_ < options_.count && now >= next_send_) {
    if (options_.tells_outstanding && sent_ > 0 && !answered_.contains(sent_))
      context.out += "no answer yet for icmp_seq=" + std::to_string(sent_) + "\n";
    send(context);
    next_send_ = now + options_.interval;
    context.out += std::exchange(text_, {});
    if (sent_ == options_.count) {
      // The last answer is given two round trips, at least an interval; without any answer so far,
      // -W.
      const Duration twice = Duration::microseconds(2 * longest_us_);
      give_up_ = now + (received_ > 0 ? std::max(twice, options_.interval) : options_.linger);
    }
    if (done(now)) {  // refused or answered at once
      next_wake_ = now;
      return resume(context);
    }
  }
  next_wake_ = sent_ < options_.count ? next_send_ : give_up_;
  if (options_.deadline) next_wake_ = std::min(next_wake_, first_sent_ + *options_.deadline);
  return std::nullopt;
}

std::string Ping::shown(wire::Ipv4 address) const {
  const std::string text = wire::to_string(address);
  std::string name = options_.by_name ? ipvsadm::host_text(machine_, address) : text;
  if (options_.by_name && text == "127.0.0.1") name = "localhost";
  return name == text ? text : name + " (" + text + ")";
}

std::string Ping::statistics() const {
  std::string text = "\n--- " + options_.target + " ping statistics ---\n" + std::to_string(sent_) +
                     " packets transmitted, " + std::to_string(received_) + " received, ";
  if (duplicates_ > 0) text += "+" + std::to_string(duplicates_) + " duplicates, ";
  if (errors_ > 0) text += "+" + std::to_string(errors_) + " errors, ";
  // As %g prints it: six significant digits.
  char loss[32];
  std::snprintf(loss, sizeof loss, "%g",
                100.0 * static_cast<double>(sent_ - received_) / static_cast<double>(sent_));
  text += std::string(loss) + "% packet loss, time " +
          std::to_string((last_sent_ - first_sent_) / Duration::milliseconds(1)) + "ms\n";
  std::string pipe = pipe_ > 1 ? "pipe " + std::to_string(pipe_) : "";
  // Echoes too short for a time stamp are not timed.
  if (received_ > 0 && options_.size >= kTimedSize) {
    std::int64_t sum = 0;
    for (const std::int64_t us : times_us_) sum += us;
    const std::int64_t mean = sum / received_;
    double squares = 0;
    for (const std::int64_t us : times_us_)
      squares += static_cast<double>(us - mean) * static_cast<double>(us - mean);
    const auto deviation = static_cast<std::int64_t>(std::sqrt(squares / received_));
    text += "rtt min/avg/max/mdev = " + thousandths(shortest_us_) + "/" + thousandths(mean) + "/" +
            thousandths(longest_us_) + "/" + thousandths(deviation) + " ms";
    if (!pipe.empty()) pipe.insert(0, ", ");
  }
  text += pipe;
  return text + "\n";
}

}  // namespace lvslab::admin
