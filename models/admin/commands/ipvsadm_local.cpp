// ipvsadm -G: the local addresses of services, in the layout of FULLNAT's own tools.
#include "admin/commands/ipvsadm_list.h"
#include "admin/commands/ipvsadm_names.h"

namespace lvslab::admin::ipvsadm {
namespace {

std::string row(std::string_view service, std::string_view total, std::string_view address,
                std::string_view conflicts, std::string_view connections) {
  return left(service, 20) + " " + left(total, 8) + " " + left(address, 20) + " " +
         left(conflicts, 10) + " " + left(connections, 10) + "\n";
}

}  // namespace

int run_list_local(CommandContext& context, lvs::Director& director, const Request& request) {
  const bool numeric = request.has(Option::kNumeric);
  const lvs::Service* only = nullptr;
  if (request.has(Option::kService)) {
    only = director.find_service(request.service);
    if (only == nullptr) {
      context.err += "No such service\n";
      return 1;
    }
  }
  context.out += row("VIP:VPORT", "TOTAL", "SNAT_IP", "CONFLICTS", "CONNS");
  for (const lvs::Service* service : listed_services(director, true)) {
    if (only != nullptr && service != only) continue;
    const lvs::ServiceKey& key = service->key;
    const std::string name =
        key.mark != 0 ? "FWM " + std::to_string(key.mark)
                      : endpoint_text(context.machine, key.address, key.protocol, numeric);
    context.out += row(name, std::to_string(service->local_addresses.size()), "", "", "");
    for (const std::uint32_t place : service->local_addresses) {
      const lvs::LocalAddress& local = director.local_pool().address(place);
      const std::string address =
          numeric ? wire::to_string(local.address) : host_text(context.machine, local.address);
      context.out +=
          row("", "", address, std::to_string(local.conflicts), std::to_string(local.connections));
    }
  }
  return 0;
}

}  // namespace lvslab::admin::ipvsadm
