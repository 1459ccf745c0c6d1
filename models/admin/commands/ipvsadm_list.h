// ipvsadm's listings and the texts of services and servers that -S shares with them.
#pragma once

#include <string>
#include <vector>

#include "admin/command.h"
#include "admin/commands/ipvsadm_options.h"

namespace lvslab::admin::ipvsadm {

/// Services in the order of listings: by mark, protocol, address and port; unsorted: as the
/// kernel's tables would give them.
std::vector<const lvs::Service*> listed_services(const lvs::Director& director, bool sorted);
/// By address and port; unsorted: newest first.
std::vector<const lvs::Destination*> listed_servers(const lvs::Service& service, bool sorted);

/// "10.0.0.1:80" or, unless numeric, "www:http".
std::string endpoint_text(const Machine& machine, const wire::Endpoint& endpoint,
                          wire::Protocol protocol, bool numeric);
std::string left(std::string_view text, std::size_t width);

/// -L in all its forms. The exit status.
int run_list(CommandContext& context, lvs::Director& director, const Request& request);
/// -G: the local addresses of FULLNAT services.
int run_list_local(CommandContext& context, lvs::Director& director, const Request& request);
/// -S.
int run_save(CommandContext& context, lvs::Director& director, const Request& request);
/// -R: standard input, one command line a line.
int run_restore(CommandContext& context, const std::string& input);
/// One command line. `ends` is set when a restore must stop there.
int run_line(CommandContext& context, const std::vector<std::string>& args, bool restoring,
             bool& ends);

}  // namespace lvslab::admin::ipvsadm
