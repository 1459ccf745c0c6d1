// ifconfig (net-tools 2.10): one address per label, set by the old ioctls of the kernel. Words act
// from left to right; an address begins with the mask of its class, for an instant or for good;
// `down` on a label removes its address. An error does not stop the words after it.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/commands/commands.h"
#include "admin/commands/ifconfig_show.h"
#include "admin/commands/words.h"

namespace lvslab::admin {
namespace {

using net::Address;
using net::ConfigError;
using net::Interface;

// Exit statuses: what went wrong with flags outweighs the rest.
constexpr int kFailed = 1, kFlagsFailed = 255, kUsage = 3;

/// Class A, B, C by the first bits; what has no class (experimental, 0.0.0.0) and multicast stand
/// apart.
std::optional<std::uint8_t> class_length(wire::Ipv4 address) {
  if (address.is_zero() || address.is_limited_broadcast()) return std::uint8_t{0};
  if (address.is_multicast()) return std::nullopt;
  if ((address.value >> 31) == 0) return std::uint8_t{8};
  if ((address.value >> 30) == 2) return std::uint8_t{16};
  if ((address.value >> 29) == 6) return std::uint8_t{24};
  return std::uint8_t{32};
}

class Ifconfig {
 public:
  Ifconfig(CommandContext& context, std::string name)
      : context_(context), host_(context.machine.host()), name_(std::move(name)) {}

  /// The words after the name. The exit status.
  int run(std::size_t next);

 private:
  const Interface* device() const { return host_.find_interface(device_of_label(name_)); }
  const Address* address() const {
    const Interface* nic = device();
    return nic == nullptr ? nullptr : find_label(*nic, name_);
  }
  bool is_label() const { return name_.find(':') != std::string::npos; }

  void complain(std::string_view request, std::string_view why, int status = kFailed) {
    context_.err += std::string(request) + ": " + std::string(why) + "\n";
    status_ = std::max(status_, status);
  }
  int usage() {
    context_.err +=
        "Usage: ifconfig [-a] [-s] [ INTERFACE [ ADDRESS[/LENGTH] ] [ netmask MASK ] [ broadcast "
        "ADDRESS ]\n"
        "                [ up | down ] [ mtu N ] [ hw ether MAC ] [ [-]arp ] [ [-]promisc ] ]\n";
    return kUsage;
  }
  int bad_host(const std::string& word) {
    context_.err +=
        word + (may_be_host_name(word) ? ": Host name lookup failure\n" : ": Unknown host\n");
    return kFailed;
  }
  int not_simulated(const std::string& word) {
    context_.err += "ifconfig: " + word + " is not simulated\n";
    return kFailed;
  }

  /// What one word does; `argument` is what follows it. 0 or the status at which everything stops.
  int act(const std::string& word, const std::vector<std::string>& args, std::size_t& next);
  int act_with_argument(const std::string& word, const std::string& argument);
  int set_hardware(const std::vector<std::string>& args, std::size_t& next);
  int set_address_word(const std::string& word);
  void set_address(wire::Ipv4 local);
  void set_mask(wire::Ipv4 mask);
  void set_broadcast(wire::Ipv4 broadcast);
  void set_mtu(const std::string& word);
  enum class Flag { kUp, kBroadcast, kNoarp, kPromiscuous };
  void set_flag(Flag flag, bool on);
  void replace(const Address& old, const Address& now);

  CommandContext& context_;
  net::Host& host_;
  std::string name_;
  int status_ = 0;
};

// The kernel reads a label's flags from its device, writes all of them back, and takes a label
// without UP for one that shall go. So any flag set on a label of a device that is down removes the
// label's address.
void Ifconfig::set_flag(Flag flag, bool on) {
  const Interface* nic = device();
  if (nic == nullptr)
    return complain(name_, "ERROR while getting interface flags: No such device", kFlagsFailed);
  if (is_label()) {
    const Address* own = address();
    if (own == nullptr)
      return complain("SIOCSIFFLAGS", "Cannot assign requested address", kFlagsFailed);
    const bool stays = flag == Flag::kUp ? on : nic->up;
    if (!stays) host_.remove_address(context_.turn, nic->index, own->local, own->prefix_length);
    return;
  }
  switch (flag) {
    case Flag::kUp:
      if (host_.set_up(context_.turn, nic->index, on) != ConfigError::kNone) {
        complain("SIOCSIFFLAGS", "Network is down", kFlagsFailed);
      }
      break;
    case Flag::kNoarp:
      host_.set_noarp(context_.turn, nic->index, on);
      break;
    case Flag::kPromiscuous:
      host_.edit_interface(nic->index).promiscuous = on;
      break;
    case Flag::kBroadcast:
      break;
  }
}

// Delete and add again, as the kernel does; if the new form exists already nothing says so.
void Ifconfig::replace(const Address& old, const Address& now) {
  const InterfaceIndex index = device()->index;
  const Address added = now;
  host_.remove_address(context_.turn, index, wire::Ipv4{old.local}, old.prefix_length);
  host_.add_address(context_.turn, index, added);
}

void Ifconfig::set_address(wire::Ipv4 local) {
  const Interface* nic = device();
  if (nic == nullptr) return complain("SIOCSIFADDR", "No such device");
  const auto length = class_length(local);
  if (!length) return complain("SIOCSIFADDR", "Invalid argument");
  const Address* old = address();
  if (old != nullptr && old->local == local) return;
  if (old != nullptr) {
    const Address gone = *old;
    host_.remove_address(context_.turn, nic->index, gone.local, gone.prefix_length);
  }
  if (local.is_zero()) return;
  const bool broadcasts = interface_flags(*nic) & kFlagBroadcast;
  const bool point_to_point = interface_flags(*nic) & kFlagPointToPoint;
  Address now;
  now.local = local;
  now.prefix_length = point_to_point ? std::uint8_t{32} : *length;
  now.scope = local.is_loopback() ? net::Scope::kHost : net::Scope::kUniverse;
  now.label = name_;
  if (broadcasts && now.prefix_length < 31) now.broadcast = now.prefix().broadcast();
  switch (host_.add_address(context_.turn, nic->index, now)) {
    case ConfigError::kNone:
      break;
    case ConfigError::kExists:
      complain("SIOCSIFADDR", "File exists");
      break;
    default:
      complain("SIOCSIFADDR", "Invalid argument");
      break;
  }
}

void Ifconfig::set_mask(wire::Ipv4 mask) {
  if (device() == nullptr) return complain("SIOCSIFNETMASK", "No such device");
  const Address* old = address();
  if (old == nullptr) return complain("SIOCSIFNETMASK", "Cannot assign requested address");
  const auto length = wire::mask_length(mask);
  if (!length) return complain("SIOCSIFNETMASK", "Invalid argument");
  if (old->prefix_length == *length) return;
  Address now = *old;
  now.prefix_length = *length;
  // The broadcast follows only if it was the computed one and the new prefix has room for one.
  if ((interface_flags(*device()) & kFlagBroadcast) && *length < 31 &&
      old->broadcast == old->prefix().broadcast()) {
    now.broadcast = now.prefix().broadcast();
  }
  replace(Address(*old), now);
}

void Ifconfig::set_broadcast(wire::Ipv4 broadcast) {
  if (device() == nullptr) {
    complain("SIOCSIFBRDADDR", "No such device");
  } else if (const Address* old = address(); old == nullptr) {
    complain("SIOCSIFBRDADDR", "Cannot assign requested address");
  } else if (old->broadcast != broadcast) {
    Address now = *old;
    now.broadcast = broadcast;
    replace(Address(*old), now);
  }
  set_flag(Flag::kBroadcast, true);
}

void Ifconfig::set_mtu(const std::string& word) {
  const Interface* nic = device();
  if (nic == nullptr) return complain("SIOCSIFMTU", "No such device");
  const auto mtu = parse_number(word);
  if (!mtu || host_.set_mtu(context_.turn, nic->index, *mtu) != ConfigError::kNone) {
    complain("SIOCSIFMTU", "Invalid argument");
  }
}

int Ifconfig::set_hardware(const std::vector<std::string>& args, std::size_t& next) {
  if (next + 1 >= args.size() || args[next] != "ether") return usage();
  const std::string& word = args[next + 1];
  next += 2;
  const auto mac = parse_lladdr(word);
  if (!mac) {
    context_.err += word + ": invalid ether address.\n";
    return kFailed;
  }
  const Interface* nic = device();
  if (nic == nullptr) {
    complain("SIOCSIFHWADDR", "No such device");
  } else if (host_.set_mac(context_.turn, nic->index, *mac) != ConfigError::kNone) {
    complain("SIOCSIFHWADDR",
             nic->loopback() ? "Operation not supported" : "Cannot assign requested address");
  }
  return 0;
}

int Ifconfig::set_address_word(const std::string& word) {
  const std::size_t slash = word.find('/');
  const std::string head = word.substr(0, slash);
  const std::optional<wire::Ipv4> local = head == "default" ? wire::Ipv4{} : parse_inet_short(head);
  if (!local) {
    bad_host(head);
    context_.err += "ifconfig: `--help' gives usage information.\n";
    return kFailed;
  }
  std::optional<std::uint32_t> length;
  if (slash != std::string::npos) {
    length = parse_number(std::string_view(word).substr(slash + 1));
    if (!length) return usage();
  }
  set_address(*local);
  // A label that has just lost its address has nothing to set up.
  if (!local->is_zero() || !is_label()) set_flag(Flag::kUp, true);
  if (length && *length > 32) {
    complain("SIOCSIFNETMASK", "Invalid argument");
  } else if (length) {
    set_mask({wire::netmask(static_cast<int>(*length))});
  }
  return 0;
}

int Ifconfig::act_with_argument(const std::string& word, const std::string& argument) {
  if (word == "mtu") {
    set_mtu(argument);
    return 0;
  }
  if (word == "txqueuelen") {
    const auto length = parse_number(argument);
    const Interface* nic = device();
    if (nic == nullptr || !length || *length > 0x7fffffff) {
      complain("SIOCSIFTXQLEN", nic == nullptr ? "No such device" : "Invalid argument");
    } else {
      host_.edit_interface(nic->index).txqueuelen = static_cast<int>(*length);
    }
    return 0;
  }
  const auto address = parse_inet_short(argument);
  if (!address) return bad_host(argument);
  if (word == "netmask") {
    set_mask(*address);
  } else {
    set_broadcast(*address);
  }
  return 0;
}

int Ifconfig::act(const std::string& word, const std::vector<std::string>& args,
                  std::size_t& next) {
  if (word == "up" || word == "down") {
    set_flag(Flag::kUp, word == "up");
  } else if (word == "arp" || word == "-arp") {
    set_flag(Flag::kNoarp, word == "-arp");
  } else if (word == "promisc" || word == "-promisc") {
    set_flag(Flag::kPromiscuous, word == "promisc");
  } else if (word == "inet" || word == "multicast" || word == "-multicast" || word == "allmulti" ||
             word == "-allmulti" || word == "-broadcast" || word == "trailers" ||
             word == "-trailers" || word == "-pointopoint") {
    // Nothing that could be seen here.
  } else if (word == "hw") {
    return set_hardware(args, next);
  } else if (word == "netmask" || word == "mtu" || word == "txqueuelen" || word == "broadcast") {
    if (next >= args.size()) return word == "broadcast" ? 0 : usage();
    return act_with_argument(word, args[next++]);
  } else if (word == "add" || word == "del" || word == "inet6" || word == "pointopoint" ||
             word == "dstaddr" || word == "tunnel" || word == "name" || word == "media") {
    return not_simulated(word);
  } else {
    return set_address_word(word);
  }
  return 0;
}

int Ifconfig::run(std::size_t next) {
  const std::vector<std::string>& args = context_.args;
  while (next < args.size()) {
    const std::string& word = args[next++];
    if (const int status = act(word, args, next); status != 0) return status;
  }
  return status_;
}

}  // namespace

CommandResult run_ifconfig(CommandContext& context) {
  bool all = false, brief = false;
  std::size_t next = 1;
  for (; next < context.args.size() && context.args[next].rfind('-', 0) == 0; ++next) {
    const std::string& option = context.args[next];
    if (option == "-a") {
      all = true;
    } else if (option == "-s") {
      brief = true;
    } else if (option != "-v") {
      context.err += "ifconfig: option `" + option +
                     "' not recognised.\nifconfig: `--help' gives usage information.\n";
      return 1;
    }
  }
  const net::Host& host = context.machine.host();
  if (next >= context.args.size()) {
    context.out += list_interfaces(host, all, brief);
    return 0;
  }
  // A name is cut to what the kernel's request has room for.
  const std::string name = context.args[next].substr(0, kLongestName);
  if (next + 1 < context.args.size()) return Ifconfig(context, name).run(next + 1);
  const net::Interface* nic = host.find_interface(device_of_label(name));
  if (nic == nullptr) {
    context.err += name + ": error fetching interface information: Device not found\n";
    return 1;
  }
  context.out +=
      brief ? interface_row_title() + interface_row(*nic, name) : interface_block(*nic, name);
  return 0;
}

}  // namespace lvslab::admin
