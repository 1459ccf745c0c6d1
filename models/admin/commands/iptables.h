// One iptables command line, read but not yet done; and what iptables, iptables-save and
// iptables-restore share (version 1.8.9, legacy).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/command.h"
#include "net/netfilter/netfilter.h"

namespace lvslab::admin::iptables {

enum class Verb : char {
  kNone = 0,
  kAppend = 'A',
  kCheck = 'C',
  kDelete = 'D',
  kRename = 'E',
  kFlush = 'F',
  kInsert = 'I',
  kList = 'L',
  kNewChain = 'N',
  kPolicy = 'P',
  kReplace = 'R',
  kSave = 'S',
  kDeleteChain = 'X',
  kZero = 'Z'
};

struct Request {
  Verb verb = Verb::kNone;
  bool and_zero = false;  ///< -L -Z
  std::string table = "filter";
  std::string chain;  ///< empty: all
  std::string other;  ///< -P: the policy, -E: the new name
  std::optional<std::uint32_t> number;
  std::vector<net::netfilter::Rule> rules;  ///< one per pair of -s and -d addresses
  bool numeric = false, exact = false, line_numbers = false, help = false, version = false;
  unsigned verbose = 0;
};

/// Why a line was refused before the kernel saw it: text and exit status.
struct Refusal {
  std::string text;  ///< empty: nothing was wrong
  int status = 2;
};

const net::netfilter::Names& service_names();
/// `line`: without the program's name. Chains are looked up in `tables` only to tell them from
/// targets.
Refusal read_line(CommandContext& context, const std::vector<std::string>& line, Request& request);
/// What the kernel answers; empty: done.
std::string perform(const Request& request, net::netfilter::Table& table);
std::string list(CommandContext& context, const Request& request,
                 const net::netfilter::Table& table);
std::string save_lines(const Request& request, const net::netfilter::Table& table);
/// Autoloads the table's module.
net::netfilter::Table& use_table(CommandContext& context, const net::netfilter::TableKind& kind);
/// A rule that no chain or target stands behind, or that the kernel would not take in such a table.
Refusal check_targets(Request& request, const net::netfilter::Table& table, std::string& kernel);

}  // namespace lvslab::admin::iptables
