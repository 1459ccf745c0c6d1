#include "hook/hook.h"

namespace lvslab::hook {

std::string_view hook_name(Hook hook) {
  constexpr std::string_view kNames[] = {"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"};
  return kNames[static_cast<std::size_t>(hook)];
}

}  // namespace lvslab::hook
