// arp (net-tools 2.10): the ARP table as the old interface of the kernel shows and changes it.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/commands/commands.h"
#include "admin/commands/words.h"

namespace lvslab::admin {
namespace {

using net::Interface;
using net::Neighbour;
using net::NeighbourState;

constexpr int kUsageStatus = 3, kFailed = 255;

constexpr std::string_view kUsage =
    "Usage: arp [-n] [-a] [-e] [-i INTERFACE] [ HOST ]\n"
    "       arp [-i INTERFACE] -d HOST [pub]\n"
    "       arp [-i INTERFACE] -s HOST MAC [temp] [pub]\n"
    "       arp [-i INTERFACE] -Ds HOST INTERFACE pub\n"
    "       arp -f [FILE]\n";

struct ArpOptions {
  bool bsd = false, verbose = false, use_device = false;
  enum class Mode { kShow, kSet, kDelete, kFile } mode = Mode::kShow;
  std::string device;
};

class ArpCommand {
 public:
  ArpCommand(CommandContext& context, ArpOptions options)
      : context_(context), host_(context.machine.host()), options_(std::move(options)) {}

  int show(std::size_t next);
  int set(const std::vector<std::string>& words);
  int remove(const std::vector<std::string>& words);
  int read_file(std::size_t next);

 private:
  int usage() {
    context_.err += kUsage;
    return kUsageStatus;
  }
  int complain(const std::string& text) {
    context_.err += text + "\n";
    return kFailed;
  }
  std::optional<wire::Ipv4> read_host(const std::string& word) {
    const auto address = parse_inet_short(word);
    if (!address)
      complain(word + (may_be_host_name(word) ? ": Host name lookup failure" : ": Unknown host"));
    return address;
  }
  /// The device named by -i, else the one the route to `address` uses. Null: said why.
  const Interface* device_for(wire::Ipv4 address, std::string_view request);
  int set_proxy(wire::Ipv4 address, const std::string& device);
  std::string bsd_line(const std::string& address, const std::string& what,
                       InterfaceIndex device) const {
    return "? (" + address + ") at " + what + " on " + host_.interface(device).name + "\n";
  }
  std::string line(const Neighbour& entry) const;
  std::string proxy_line(InterfaceIndex device, wire::Ipv4 address) const;

  CommandContext& context_;
  net::Host& host_;
  ArpOptions options_;
};

std::string column_line(const std::string& address, std::string_view type,
                        std::string_view hardware, std::string_view flags,
                        const std::string& device) {
  return pad_right(address, 23) + "  " + pad_right(type, 8) + pad_right(hardware, 20) +
         pad_right(flags, 6) + pad_right("", 16) + device + "\n";
}

std::string ArpCommand::line(const Neighbour& entry) const {
  const bool known = net::neighbour_valid(entry.state);
  const bool permanent = entry.state == NeighbourState::kPermanent;
  const std::string address = to_string(entry.address);
  if (options_.bsd) {
    return bsd_line(
        address,
        known ? to_string(entry.mac) + " [ether]" + (permanent ? " PERM" : "") : "<incomplete>",
        entry.device);
  }
  const std::string& device = host_.interface(entry.device).name;
  if (!known) return column_line(address, "", "(incomplete)", "", device);
  return column_line(address, "ether", to_string(entry.mac), permanent ? "CM" : "C", device);
}

std::string ArpCommand::proxy_line(InterfaceIndex device, wire::Ipv4 address) const {
  if (options_.bsd) return bsd_line(to_string(address), "<from_interface> PERM PUB", device);
  return column_line(to_string(address), "*", "<from_interface>", "MP",
                     host_.interface(device).name);
}

int ArpCommand::show(std::size_t next) {
  std::optional<wire::Ipv4> only;
  if (next < context_.args.size()) {
    only = read_host(context_.args[next]);
    if (!only) return kFailed;
  }
  std::string rows;
  std::size_t entries = 0, found = 0;
  const auto take = [&](wire::Ipv4 address, InterfaceIndex device, const std::string& text) {
    ++entries;
    if (only && address != *only) return;
    if (!options_.device.empty() && host_.interface(device).name != options_.device) return;
    ++found;
    rows += text;
  };
  for (const Neighbour* entry : host_.neighbours().list()) {
    // What needs no resolution (lo, tunnels, multicast) is not in the file the tool reads.
    if (entry->state == NeighbourState::kNoarp || entry->state == NeighbourState::kNone) continue;
    take(entry->address, entry->device, line(*entry));
  }
  for (const auto& [device, address] : host_.neighbours().proxies()) {
    take(address, device, proxy_line(device, address));
  }
  if (found > 0 && !options_.bsd) {
    context_.out +=
        "Address                  HWtype  HWaddress           Flags Mask            Iface\n";
  }
  context_.out += rows;
  if (options_.verbose) {
    context_.out += "Entries: " + std::to_string(entries) +
                    "\tSkipped: " + std::to_string(entries - found) +
                    "\tFound: " + std::to_string(found) + "\n";
  }
  if (found > 0 || (!only && options_.device.empty())) return 0;
  if (only && !options_.bsd) {
    const std::string& name = context_.args[next];
    context_.out += name + " (" + to_string(*only) + ") -- no entry\n";
  } else {
    context_.out += "arp: in " + std::to_string(entries) + " entries no match found.\n";
  }
  return 0;
}

const Interface* ArpCommand::device_for(wire::Ipv4 address, std::string_view request) {
  if (!options_.device.empty()) {
    const Interface* named = host_.find_interface(options_.device);
    if (named == nullptr) complain(std::string(request) + ": No such device");
    return named;
  }
  const net::Host::Path path = host_.route_output({}, address);
  if (path.kind == hook::RouteKind::kNone || path.device >= host_.interfaces().size()) {
    complain(std::string(request) + ": Network is unreachable");
    return nullptr;
  }
  return &host_.interface(path.device);
}

int ArpCommand::set_proxy(wire::Ipv4 address, const std::string& device) {
  const Interface* nic = host_.find_interface(device);
  if (nic == nullptr) return complain("SIOCSARP: No such device");
  if (!host_.neighbours().has_proxy(nic->index, address))
    host_.neighbours().add_proxy(nic->index, address);
  return 0;
}

int ArpCommand::set(const std::vector<std::string>& words) {
  if (words.empty()) return complain("arp: need host name");
  const auto address = read_host(words[0]);
  if (!address) return kFailed;
  if (words.size() < 2) return complain("arp: need hardware address");
  wire::Mac mac;
  std::string device = options_.device;
  if (options_.use_device) {
    const Interface* source = host_.find_interface(words[1]);
    if (source == nullptr)
      return complain("arp: cant get HW-Address for `" + words[1] + "': No such device.");
    mac = source->mac;
    if (device.empty()) device = words[1];
  } else if (const auto given = parse_lladdr(words[1])) {
    mac = *given;
  } else {
    return complain("arp: invalid hardware address");
  }
  bool temporary = false, publish = false;
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (words[i] == "temp") {
      temporary = true;
    } else if (words[i] == "pub") {
      publish = true;
    } else if ((words[i] == "dev" || words[i] == "netmask") && i + 1 < words.size()) {
      if (words[i] == "dev") device = words[i + 1];
      ++i;
    } else {
      return usage();
    }
  }
  if (publish) return set_proxy(*address, device);
  options_.device = device;
  const Interface* nic = device_for(*address, "SIOCSARP");
  if (nic == nullptr) return kFailed;
  if (nic->noarp || nic->loopback()) return complain("SIOCSARP: Invalid argument");
  host_.neighbours().update(context_.turn, nic->index, *address, mac,
                            temporary ? NeighbourState::kStale : NeighbourState::kPermanent,
                            net::kOverride | net::kAdmin, true);
  return 0;
}

int ArpCommand::remove(const std::vector<std::string>& words) {
  if (words.empty()) return complain("arp: need host name");
  const auto address = read_host(words[0]);
  if (!address) return kFailed;
  bool publish = false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] != "pub" && words[i] != "priv" && words[i] != "temp") return usage();
    publish |= words[i] == "pub";
  }
  bool removed = false;
  if (publish) {
    for (const Interface& nic : host_.interfaces()) {
      if (nic.removed || (!options_.device.empty() && nic.name != options_.device)) continue;
      removed |= host_.neighbours().remove_proxy(nic.index, *address);
    }
  } else {
    const Interface* nic = device_for(*address, "SIOCDARP(dontpub)");
    if (nic == nullptr) return kFailed;
    removed = host_.neighbours().find(nic->index, *address) != nullptr;
    if (removed) host_.neighbours().remove(context_.turn, nic->index, *address);
  }
  if (removed) return 0;
  context_.out += "No ARP entry for " + words[0] + "\n";
  return kFailed;
}

std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while ((at = line.find_first_not_of(" \t\r", at)) != std::string_view::npos) {
    const std::size_t end = std::min(line.find_first_of(" \t\r", at), line.size());
    words.emplace_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

int ArpCommand::read_file(std::size_t next) {
  const std::string name = next < context_.args.size() ? context_.args[next] : "/etc/ethers";
  const auto& files = context_.machine.files();
  auto file = files.find(name);
  if (file == files.end()) file = files.find(context_.directory + "/" + name);
  if (file == files.end() || file->second.directory) {
    return complain("arp: cannot open etherfile " + name + " !");
  }
  int status = 0, number = 0;
  const std::string text = file->second.text;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::vector<std::string> words = split(std::string_view(text).substr(at, end - at));
    at = end + 1;
    ++number;
    if (words.empty() || words[0][0] == '#') continue;
    if (words.size() < 2) {
      status = complain("arp: format error on line " + std::to_string(number) + " of etherfile " +
                        name + " !");
      continue;
    }
    if (const int failed = set(words); failed != 0) status = failed;
  }
  return status;
}

/// Reads the options; `next` is then the first word behind them. False: they are wrong.
bool read_options(const std::vector<std::string>& args, std::size_t& next, ArpOptions& options) {
  using Mode = ArpOptions::Mode;
  for (; next < args.size() && args[next].size() > 1 && args[next][0] == '-'; ++next) {
    const std::string& word = args[next];
    bool takes_argument = false, is_device = false;
    if (word == "--numeric" || word == "--verbose" || word == "--use-device" || word == "--set" ||
        word == "--delete" || word == "--file" || word == "--device") {
      options.verbose |= word == "--verbose";
      options.use_device |= word == "--use-device";
      if (word == "--set") options.mode = Mode::kSet;
      if (word == "--delete") options.mode = Mode::kDelete;
      if (word == "--file") options.mode = Mode::kFile;
      takes_argument = is_device = word == "--device";
    } else {
      for (std::size_t i = 1; i < word.size(); ++i) {
        switch (word[i]) {
          case 'n':
          case 'e':
            break;
          case 'a':
            options.bsd = true;
            break;
          case 'v':
            options.verbose = true;
            break;
          case 'D':
            options.use_device = true;
            break;
          case 's':
            options.mode = Mode::kSet;
            break;
          case 'd':
            options.mode = Mode::kDelete;
            break;
          case 'f':
            options.mode = Mode::kFile;
            break;
          case 'i':
            takes_argument = is_device = true;
            break;
          case 'H':
          case 't':
          case 'A':
          case 'p':
            takes_argument = true;
            break;
          default:
            return false;
        }
        if (!takes_argument) continue;
        if (i + 1 < word.size()) {  // -ieth0
          if (is_device) options.device = word.substr(i + 1);
          takes_argument = false;
        }
        break;
      }
    }
    if (!takes_argument) continue;
    if (++next >= args.size()) return false;
    if (is_device) options.device = args[next];
  }
  return true;
}

}  // namespace

CommandResult run_arp(CommandContext& context) {
  ArpOptions options;
  std::size_t next = 1;
  if (!read_options(context.args, next, options)) {
    context.err += kUsage;
    return kUsageStatus;
  }
  const auto first =
      context.args.begin() + static_cast<std::ptrdiff_t>(std::min(next, context.args.size()));
  // Options may stand behind the host too (arp -s HOST MAC -i eth0).
  std::vector<std::string> words;
  for (auto at = first; at != context.args.end(); ++at) {
    if (*at == "-i" && at + 1 != context.args.end()) {
      options.device = *++at;
    } else {
      words.push_back(*at);
    }
  }
  ArpCommand command(context, options);
  switch (options.mode) {
    case ArpOptions::Mode::kSet:
      return command.set(words);
    case ArpOptions::Mode::kDelete:
      return command.remove(words);
    case ArpOptions::Mode::kFile:
      return command.read_file(next);
    case ArpOptions::Mode::kShow:
      break;
  }
  return command.show(next);
}

}  // namespace lvslab::admin
