// The functions behind commands/table.cpp for programs that edit texts, for the session's own, and
// for the connections of the packet filter.
#pragma once

#include "admin/command.h"

namespace lvslab::admin {

CommandResult run_sed(CommandContext& context);
CommandResult run_awk(CommandContext& context);
CommandResult run_tac(CommandContext& context);
CommandResult run_xargs(CommandContext& context);
CommandResult run_date(CommandContext& context);
CommandResult run_id(CommandContext& context);
CommandResult run_whoami(CommandContext& context);
CommandResult run_conntrack(CommandContext& context);

}  // namespace lvslab::admin
