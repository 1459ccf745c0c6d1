// tcpdump: prints the frames of an interface as tcpdump 4.99.3 does. Without -c it goes on until it
// is stopped (kill, timeout, the end of the run); what it prints is the output of its own console
// entry, which is complete when it ends. Time stamps are the simulated time since the start.
#include <algorithm>

#include "admin/commands/commands.h"
#include "admin/commands/packet_filter.h"
#include "admin/commands/words.h"

namespace lvslab::admin {
namespace {

struct Options {
  DumpOptions dump;
  std::string device, filter;
  std::uint64_t count = 0;  ///< 0: no end
  std::uint32_t snapshot = 262'144;
  char direction = 0;  ///< -Q: i, o or both
  bool promiscuous = true, list = false, version = false;
};

std::string plural(std::uint64_t n, std::string_view what) {
  return std::to_string(n) + " packet" + (n == 1 ? "" : "s") + " " + std::string(what) + "\n";
}

class Tcpdump final : public Process, private net::Listener {
 public:
  Tcpdump(Machine& machine, Options options, PacketFilter filter, InterfaceIndex device)
      : machine_(machine),
        options_(std::move(options)),
        filter_(std::move(filter)),
        device_(device),
        printer_(machine, options_.dump) {
    machine_.host().add_listener(this);
    for (InterfaceIndex i = 0; i < machine_.host().interfaces().size(); ++i) {
      if (device_ != kNoInterface && device_ != i) continue;
      if (machine_.host().interface(i).removed) continue;
      machine_.host().hear_frames(i, true);
      heard_.push_back(i);
    }
  }
  ~Tcpdump() override {
    machine_.host().remove_listener(this);
    for (const InterfaceIndex i : heard_) machine_.host().hear_frames(i, false);
  }

  bool endless() const override { return options_.count == 0; }
  Instant next_wake() const override { return next_wake_; }

  std::optional<int> resume(CommandContext& context) override {
    context.out += std::exchange(text_, {});
    next_wake_ = Instant::never();
    if (options_.count == 0 || captured_ < options_.count) return std::nullopt;
    return end(context);
  }
  std::optional<int> terminate(CommandContext& context) override {
    // The tool ends a line it may have been printing when the signal came.
    context.out += std::exchange(text_, {}) + "\n";
    return end(context);
  }

 private:
  int end(CommandContext& context) {
    if (cut_) context.err += "tcpdump: lvslab: output cut off after 1 MiB\n";
    context.err += plural(captured_, "captured") + plural(captured_, "received by filter") +
                   plural(0, "dropped by kernel");
    return 0;
  }

  void on_frame(Turn& turn, const Packet& frame, InterfaceIndex device,
                Direction direction) override {
    if (options_.count != 0 && captured_ >= options_.count) return;
    const net::Interface& nic = machine_.host().interface(device);
    if (std::find(heard_.begin(), heard_.end(), device) == heard_.end()) return;
    const bool out = direction == Direction::kOut;
    if (options_.direction != 0 && (options_.direction == 'o') != out) return;
    const bool raw = nic.kind == net::InterfaceKind::kIpip;
    const FrameBytes bytes = FrameBytes::of(frame);
    const std::string_view kind = raw ? (out ? "Out" : "In") : kind_of(bytes, nic, out);
    // Only a promiscuous card hands up what was sent to others.
    if (kind == "P" && (!options_.promiscuous || device_ == kNoInterface)) return;
    if (!filter_.passes(filter_frame(bytes, !raw, out))) return;
    ++captured_;
    if (options_.count != 0 && captured_ >= options_.count) {
      next_wake_ = turn.now();
      machine_.process_changed();
    }
    if (text_.size() > kLargestOutput) {
      cut_ = true;
      return;
    }
    const DumpLink link = device_ == kNoInterface ? DumpLink::kCooked
                          : raw                   ? DumpLink::kRaw
                                                  : DumpLink::kEthernet;
    text_ += printer_.frame(turn.now(), bytes, link, {nic.name, nic.ifindex, kind, raw});
  }

  static std::string_view kind_of(const FrameBytes& bytes, const net::Interface& nic, bool out) {
    if (out) return "Out";
    std::uint64_t destination = 0;
    for (std::uint32_t i = 0; i < 6; ++i) destination = destination << 8 | bytes.at(i);
    if (destination == 0xffffffffffffULL) return "B";
    if ((bytes.at(0) & 1) != 0) return "M";
    return nic.loopback() || destination == nic.mac.value ? "In" : "P";
  }

  Machine& machine_;
  Options options_;
  PacketFilter filter_;
  InterfaceIndex device_;  ///< kNoInterface: any
  FramePrinter printer_;
  std::vector<InterfaceIndex> heard_;
  std::string text_;  ///< printed since the last resume
  std::uint64_t captured_ = 0;
  bool cut_ = false;
  Instant next_wake_ = Instant::never();
};

// --- the command line
// ---------------------------------------------------------------------------------------------

constexpr std::string_view kWithValue = "cisQBCEFGjMmrTVwWyzZ";
constexpr std::string_view kFlags = "aAbdDefghHIJKlLnNOpqStuUvxX#";

/// An error's text, or empty.
std::string take_option(Options& options, char letter, const std::string& value) {
  switch (letter) {
    case 'c': {
      const auto count = parse_number(value);
      if (!count || *count == 0 || *count > 0x7fffffff) return "invalid packet count " + value;
      options.count = *count;
      break;
    }
    case 'i':
      options.device = value;
      break;
    case 's': {
      const auto length = parse_number(value);
      if (!length || *length > 262'144) return "invalid snaplen " + value;
      options.snapshot = *length == 0 ? 262'144 : *length;
      break;
    }
    case 'Q':
      if (value != "in" && value != "out" && value != "inout")
        return "unknown capture direction `" + value + "'";
      options.direction = value == "inout" ? '\0' : value[0];
      break;
    case 'r':
    case 'w':
    case 'F':
      return std::string("-") + letter +
             " is not simulated: files of frames come from `lvslab run --pcap`";
    case 'A':
      options.dump.ascii = true;
      break;
    case 'e':
      options.dump.link_header = true;
      break;
    case 'n':
      options.dump.numeric = true;
      break;
    case 'p':
      options.promiscuous = false;
      break;
    case 'q':
      options.dump.quick = true;
      break;
    case 'S':
      options.dump.absolute = true;
      break;
    case 't':
      ++options.dump.time;
      break;
    case 'v':
      ++options.dump.verbose;
      break;
    case 'x':
      ++options.dump.hex;
      break;
    case 'X':
      ++options.dump.hex_ascii;
      break;
    case '#':
      options.dump.numbered = true;
      break;
    case 'D':
      options.list = true;
      break;
    default:
      break;  // how it buffers, or nothing that shows
  }
  return {};
}

constexpr std::pair<std::string_view, char> kLongOptions[] = {
    {"interface", 'i'},
    {"direction", 'Q'},
    {"snapshot-length", 's'},
    {"number", '#'},
    {"no-promiscuous-mode", 'p'},
    {"list-interfaces", 'D'},
    {"absolute-tcp-sequence-numbers", 'S'},
    {"immediate-mode", 'l'},
    {"monitor-mode", 'I'},
    {"dont-verify-checksums", 'K'},
    {"print", 'l'}};

constexpr std::string_view kUsage =
    "tcpdump version 4.99.3\nlibpcap version 1.10.3 (with TPACKET_V3)\nUsage: tcpdump [-AdDefhHIJKl"
    "LnNOpqStuUvxX#] [ -c count ] [ -i interface ] [ -Q in|out|inout ]\n\t\t[ -s snaplen ] [ "
    "expression ]\n";

/// An error's text, or empty. Words that are no options make the filter, wherever they stand.
std::string parse(const CommandContext& context, Options& options, bool& usage) {
  const auto& args = context.args;
  for (std::size_t i = 1; i < args.size(); ++i) {
    const std::string& word = args[i];
    std::string error;
    if (word.size() < 2 || word[0] != '-') {
      options.filter += (options.filter.empty() ? "" : " ") + word;
      continue;
    }
    if (word.starts_with("--")) {
      const std::size_t equals = word.find('=');
      const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
      options.version = options.version || name == "version" || name == "help";
      if (options.version) return {};
      const auto known = std::find_if(std::begin(kLongOptions), std::end(kLongOptions),
                                      [&](const auto& o) { return o.first == name; });
      if (known == std::end(kLongOptions)) {
        usage = true;
        return "unrecognized option '" + word + "'";
      }
      std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
      if (kWithValue.find(known->second) != std::string_view::npos && equals == std::string::npos &&
          i + 1 < args.size())
        value = args[++i];
      error = take_option(options, known->second, value);
    } else {
      for (std::size_t j = 1; j < word.size() && error.empty(); ++j) {
        const char letter = word[j];
        if (kWithValue.find(letter) != std::string_view::npos) {
          std::string value = word.substr(j + 1);
          if (value.empty() && i + 1 >= args.size()) {
            usage = true;
            return std::string("option requires an argument -- '") + letter + "'";
          }
          error = take_option(options, letter, value.empty() ? args[++i] : value);
          break;
        }
        if (kFlags.find(letter) == std::string_view::npos) {
          usage = true;
          return std::string("invalid option -- '") + letter + "'";
        }
        options.version = options.version || letter == 'h';
        error = take_option(options, letter, "");
      }
    }
    if (!error.empty()) return error;
  }
  return {};
}

int list_devices(CommandContext& context) {
  int number = 0;
  const auto line = [&](std::string_view name, std::string_view state) {
    context.out +=
        std::to_string(++number) + "." + std::string(name) + " [" + std::string(state) + "]\n";
  };
  const auto interfaces = context.machine.host().interfaces();
  for (const net::Interface& nic : interfaces) {
    if (!nic.removed && !nic.loopback() && nic.up)
      line(nic.name, nic.running() ? "Up, Running, Connected" : "Up, Disconnected");
  }
  line("any (Pseudo-device that captures on all interfaces)", "Up, Running");
  for (const net::Interface& nic : interfaces) {
    if (!nic.removed && nic.loopback()) line(nic.name, "Up, Running, Loopback");
  }
  return 0;
}

/// Without -i: the first card that is up.
std::string first_device(const Machine& machine) {
  for (const net::Interface& nic : machine.host().interfaces()) {
    if (!nic.removed && !nic.loopback() && nic.up) return nic.name;
  }
  return "lo";
}

}  // namespace

CommandResult run_tcpdump(CommandContext& context) {
  Options options;
  bool usage = false;
  std::string error = parse(context, options, usage);
  if (options.version) {
    context.out += kUsage;
    return 0;
  }
  if (options.list) return list_devices(context);
  const auto fail = [&](const std::string& text) {
    context.err += "tcpdump: " + text + "\n";
    if (usage) context.err += kUsage;
    return 1;
  };
  if (!error.empty()) return fail(error);
  if (options.device.empty()) options.device = first_device(context.machine);
  const bool any = options.device == "any";
  // A label stands for its interface, as everywhere where a device is named to the kernel.
  const net::Interface* nic = context.machine.host().find_interface(
      std::string_view(options.device).substr(0, options.device.find(':')));
  if (!any && nic == nullptr)
    return fail(options.device + ": No such device exists\n(No such device exists)");
  if (!any && !nic->up) return fail(options.device + ": That device is not up");
  PacketFilter filter = PacketFilter::parse(context.machine, options.filter, error);
  if (!error.empty()) return fail(error);
  const bool raw = !any && nic->kind == net::InterfaceKind::kIpip;
  if (any) context.err += "tcpdump: data link type LINUX_SLL2\n";
  context.err += options.dump.verbose == 0
                     ? "tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n"
                     : "tcpdump: ";
  context.err += "listening on " + options.device + ", link-type " +
                 (any   ? "LINUX_SLL2 (Linux cooked v2)"
                  : raw ? "RAW (Raw IP)"
                        : "EN10MB (Ethernet)") +
                 ", snapshot length " + std::to_string(options.snapshot) + " bytes\n";
  const InterfaceIndex device = any ? kNoInterface : nic->index;
  return CommandResult(
      std::make_unique<Tcpdump>(context.machine, std::move(options), std::move(filter), device));
}

}  // namespace lvslab::admin
