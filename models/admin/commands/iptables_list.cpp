// The two forms in which iptables shows rules: the columns of -L and the lines of -S.
#include <string>

#include "admin/commands/iptables.h"
#include "admin/commands/ipvsadm_names.h"
#include "admin/commands/words.h"
#include "net/netfilter/rule_text.h"

namespace lvslab::admin::iptables {

using net::netfilter::AddressTest;
using net::netfilter::Chain;
using net::netfilter::DeviceTest;
using net::netfilter::Rule;
using net::netfilter::Table;
using net::netfilter::TrafficCount;

namespace {

/// 99999 in full, then in thousands, millions ..., rounded.
std::string scaled(std::uint64_t number) {
  if (number <= 99'999) return pad_left(std::to_string(number), 5);
  for (const char unit : {'K', 'M', 'G'}) {
    number = (number + 500) / 1'000;
    if (number <= 9'999) return pad_left(std::to_string(number), 4) + unit;
  }
  return pad_left(std::to_string((number + 500) / 1'000), 4) + 'T';
}

std::string counter(const Request& request, std::uint64_t number) {
  return (request.exact ? pad_left(std::to_string(number), 8) : scaled(number)) + " ";
}

std::string plain_counter(const Request& request, std::uint64_t number) {
  const std::string text = counter(request, number);
  return text.substr(text.find_first_not_of(' '));
}

std::string address_column(CommandContext& context, const Request& request,
                           const AddressTest& test) {
  std::string text;
  if (test.mask == 0 && !request.numeric) {
    text = "anywhere";
  } else {
    text = request.numeric || test.mask != 0xffffffff
               ? to_string(test.address)
               : ipvsadm::host_text(context.machine, test.address);
    text += test.mask == 0 ? "/0" : net::netfilter::mask_text(test.mask);
  }
  return (test.inverted ? "!" : " ") + pad_right(text, 19) + " ";
}

std::string device_column(const Request& request, const DeviceTest& test) {
  const std::string any = request.numeric ? "*" : "any";
  return pad_right((test.inverted ? "!" : "") + (test.name.empty() ? any : test.name), 6) + " ";
}

std::string header(const Request& request, const Table& table, const Chain& chain) {
  std::string text = "Chain " + chain.name;
  if (chain.hook) {
    text += std::string(" (policy ") + (chain.drops ? "DROP" : "ACCEPT");
    if (request.verbose > 0) {
      text += " " + plain_counter(request, chain.policy_count.packets) + "packets, " +
              plain_counter(request, chain.policy_count.bytes) + "bytes";
    }
    text += ")\n";
  } else {
    text += " (" + std::to_string(table.references(chain.name)) + " references)\n";
  }
  if (request.line_numbers) text += "num  ";
  if (request.verbose > 0) text += request.exact ? "    pkts      bytes " : " pkts bytes ";
  text += "target     prot opt";
  if (request.verbose > 0) text += " in     out   ";
  return text + (request.verbose > 0 ? "  source" : " source") + "               destination" +
         "         \n";
}

std::string rule_row(CommandContext& context, const Request& request, const Rule& rule,
                     std::size_t number) {
  std::string text;
  if (request.line_numbers) text += pad_right(std::to_string(number), 4) + " ";
  if (request.verbose > 0)
    text += counter(request, rule.count.packets) + counter(request, rule.count.bytes);
  // The old revision of a target is listed under the name of the new one.
  text += pad_right(rule.target_name == "NOTRACK" ? "CT" : rule.target_name, 9) + " " +
          (rule.protocol_inverted ? "!" : " ");
  const std::string_view name =
      request.numeric ? std::string_view{} : net::netfilter::protocol_name(rule.protocol);
  text += pad_right(name.empty() ? std::to_string(rule.protocol) : std::string(name), 4) + " ";
  text += rule.fragment ? (rule.fragment_inverted ? "!f " : "-f ") : "-- ";
  if (request.verbose > 0)
    text += " " + device_column(request, rule.in) + device_column(request, rule.out);
  text += address_column(context, request, rule.source) +
          address_column(context, request, rule.destination);
  if (rule.go_to) text += "[goto] ";
  const net::netfilter::Listing listing{service_names(), request.numeric};
  for (const Rule::Use& use : rule.matches) text += use.match->list(listing);
  if (rule.target != nullptr) text += rule.target->list(listing);
  return text + "\n";
}

std::string count_option(const Request& request, const TrafficCount& count) {
  if (request.verbose == 0) return {};
  return " -c " + std::to_string(count.packets) + " " + std::to_string(count.bytes);
}

}  // namespace

std::string list(CommandContext& context, const Request& request, const Table& table) {
  std::string text;
  for (const Chain& chain : table.chains()) {
    if (!request.chain.empty() && chain.name != request.chain) continue;
    if (!request.number) {
      if (!text.empty()) text += "\n";
      text += header(request, table, chain);
    }
    for (std::size_t i = 0; i < chain.rules.size() && text.size() < kLargestOutput; ++i) {
      if (!request.number || *request.number == i + 1)
        text += rule_row(context, request, chain.rules[i], i + 1);
    }
  }
  return text;
}

// All chains come first, so that the lines can be typed again in this order.
std::string save_lines(const Request& request, const Table& table) {
  std::string text;
  const auto wanted = [&](const Chain& chain) {
    return request.chain.empty() || chain.name == request.chain;
  };
  for (const Chain& chain : table.chains()) {
    if (!wanted(chain) || request.number) continue;
    if (!chain.hook) {
      text += "-N " + chain.name + "\n";
      continue;
    }
    text += "-P " + chain.name + (chain.drops ? " DROP" : " ACCEPT") +
            count_option(request, chain.policy_count) + "\n";
  }
  for (const Chain& chain : table.chains()) {
    if (!wanted(chain)) continue;
    for (std::size_t i = 0; i < chain.rules.size() && text.size() < kLargestOutput; ++i) {
      if (request.number && *request.number != i + 1) continue;
      text += "-A " + chain.name + chain.rules[i].save(request.verbose > 0) + "\n";
    }
  }
  return text;
}

}  // namespace lvslab::admin::iptables
