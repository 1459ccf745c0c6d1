// iptables: the packet filter's tables from the command line (1.8.9, legacy).
#include "admin/commands/commands.h"
#include "admin/commands/iptables.h"

namespace lvslab::admin {

using net::netfilter::Table;
using net::netfilter::TableKind;

namespace iptables {

Table& use_table(CommandContext& context, const TableKind& kind) {
  context.machine.load_module(context.turn, "iptable_" + std::string(kind.name));
  return context.machine.netfilter().table(kind);
}

}  // namespace iptables

namespace {

constexpr std::string_view kHelp =
    "iptables v1.8.9\n\n"
    "Usage: iptables -[ACD] chain rule-specification [options]\n"
    "       iptables -I chain [rulenum] rule-specification [options]\n"
    "       iptables -R chain rulenum rule-specification [options]\n"
    "       iptables -D chain rulenum [options]\n"
    "       iptables -[LS] [chain [rulenum]] [options]\n"
    "       iptables -[FZ] [chain] [options]\n"
    "       iptables -[NX] chain\n"
    "       iptables -E old-chain-name new-chain-name\n"
    "       iptables -P chain target [options]\n"
    "       iptables -h (print this help information)\n";

int refuse(CommandContext& context, const iptables::Refusal& refusal) {
  // A stray word is the one complaint without the program's name.
  const bool stray = refusal.text.starts_with("Bad argument");
  context.err += (stray ? "" : "iptables v1.8.9 (legacy): ") + refusal.text + "\n";
  if (refusal.status == 2)
    context.err += "Try `iptables -h' or 'iptables --help' for more information.\n";
  if (refusal.status == 3) context.err += "Perhaps iptables or your kernel needs to be upgraded.\n";
  return refusal.status;
}

int kernel_refused(CommandContext& context, const std::string& why) {
  // libiptc's texts for EINVAL are followed by where the kernel may have said more.
  const bool invalid = why == "Invalid argument" || why == "Bad policy name";
  context.err +=
      "iptables: " + why + "." + (invalid ? " Run `dmesg' for more information." : "") + "\n";
  return 1;
}

}  // namespace

CommandResult run_iptables(CommandContext& context) {
  const std::vector<std::string> line(context.args.begin() + 1, context.args.end());
  iptables::Request request;
  const iptables::Refusal refusal = iptables::read_line(context, line, request);
  if (!refusal.text.empty()) return refuse(context, refusal);
  if (request.help || request.version) {
    context.out += request.help ? std::string(kHelp) : "iptables v1.8.9 (legacy)\n";
    return 0;
  }
  const TableKind* kind = net::netfilter::find_table_kind(request.table);
  if (kind == nullptr) {
    if (request.table == "security")
      return refuse(context, {"table `" + request.table + "' is not yet modelled"});
    return refuse(context, {"can't initialize iptables table `" + request.table +
                                "': Table does not exist (do you need to insmod?)",
                            3});
  }
  Table& table = iptables::use_table(context, *kind);
  std::string why;
  if (const iptables::Refusal wrong = iptables::check_targets(request, table, why);
      !wrong.text.empty())
    return refuse(context, wrong);
  if (!why.empty()) return kernel_refused(context, why);
  if (request.chain.empty() || table.find(request.chain) != nullptr) {
    if (request.verb == iptables::Verb::kList) context.out += list(context, request, table);
    if (request.verb == iptables::Verb::kSave) context.out += save_lines(request, table);
  }
  why = iptables::perform(request, table);
  context.machine.netfilter().changed(table);
  if (table.tracks()) context.machine.load_module(context.turn, "nf_conntrack");
  return why.empty() ? 0 : kernel_refused(context, why);
}

}  // namespace lvslab::admin
