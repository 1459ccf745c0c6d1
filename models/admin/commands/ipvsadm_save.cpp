// ipvsadm -S and -R. Thresholds, timeouts and daemons are not saved; the lines ascend, and as every
// server added goes to the head of the kernel's list, restoring turns the scheduling order round.
#include <sstream>

#include "admin/commands/ipvsadm_list.h"
#include "admin/commands/ipvsadm_names.h"

namespace lvslab::admin::ipvsadm {
namespace {

std::string service_words(const Machine& machine, const lvs::ServiceKey& key, bool numeric) {
  if (key.mark != 0) return "-f " + std::to_string(key.mark);
  const std::string text = endpoint_text(machine, key.address, key.protocol, numeric);
  if (key.protocol == wire::Protocol::kUdp) return "-u " + text;
  return (key.protocol == wire::Protocol::kSctp ? "--sctp-service " : "-t ") + text;
}

std::string tunnel_words(const lvs::TunnelOptions& tunnel) {
  constexpr std::string_view kSums[] = {" --tun-nocsum", " --tun-csum", " --tun-remcsum"};
  const std::string sum(kSums[tunnel.checksum % 3]);
  switch (tunnel.type) {
    case lvs::TunnelType::kGue:
      return " --tun-type gue --tun-port " + std::to_string(tunnel.port) + sum;
    case lvs::TunnelType::kGre:
      return " --tun-type gre" + sum;
    default:
      return " --tun-type ipip";
  }
}

std::string_view method_word(lvs::Method method) {
  switch (method) {
    case lvs::Method::kMasq:
      return "-m";
    case lvs::Method::kTunnel:
      return "-i";
    case lvs::Method::kFullNat:
      return "-b";
    default:
      return "-g";
  }
}

std::string service_command(const lvs::Service& service, const std::string& words) {
  const lvs::ServiceOptions& o = service.options;
  std::string line = "-A " + words + " -s " + o.scheduler;
  if (service.persistent()) {
    line += " -p " + std::to_string(o.persistence_timeout_s);
    if (o.persistence_netmask != 0xffffffff)
      line += " -M " + wire::to_string(wire::Ipv4{o.persistence_netmask});
    if (!o.engine.empty()) line += " --pe " + o.engine;
  }
  if (o.one_packet) line += " -o";
  const std::string flags = scheduler_flags_text(o.scheduler, o.flags);
  if (!flags.empty()) line += " -b " + flags;
  return line + "\n";
}

}  // namespace

int run_save(CommandContext& context, lvs::Director& director, const Request& request) {
  const bool numeric = request.has(Option::kNumeric);
  for (const lvs::Service* service : listed_services(director, true)) {
    const std::string words = service_words(context.machine, service->key, numeric);
    context.out += service_command(*service, words);
    for (const std::uint32_t place : service->local_addresses) {
      const wire::Ipv4 address = director.local_pool().address(place).address;
      context.out += "-P " + words + " -z " +
                     (numeric ? wire::to_string(address) : host_text(context.machine, address)) +
                     "\n";
    }
    for (const lvs::Destination* server : listed_servers(*service, true)) {
      const lvs::DestinationOptions& o = server->options;
      context.out +=
          "-a " + words + " -r " +
          endpoint_text(context.machine, server->address, service->key.protocol, numeric) + " ";
      context.out += method_word(o.method);
      context.out += " -w " + std::to_string(o.weight);
      if (o.method == lvs::Method::kTunnel) context.out += tunnel_words(o.tunnel);
      context.out += "\n";
    }
  }
  return 0;
}

int run_restore(CommandContext& context, const std::string& input) {
  int status = 0;
  std::istringstream lines(input);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> args{"ipvsadm"};
    std::istringstream words(line);
    for (std::string word; words >> word;)
      if (word != "ipvsadm") args.push_back(word);
    if (args.size() == 1) continue;
    bool ends = false;
    status = run_line(context, args, true, ends);
    if (ends) break;
  }
  return status;
}

}  // namespace lvslab::admin::ipvsadm
