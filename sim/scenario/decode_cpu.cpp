// A host's `cpu`: what forwarding a packet costs it.
#include "scenario/decoder.h"
#include "scenario/laws.h"
#include "scenario/limits.h"

namespace lvslab::scenario {

void decode_cpu(Context& context, const Node* node, const Mark& where, HostSpec& host) {
  if (node == nullptr) return;
  const Fields fields(context, node, kCpuKeys, where);
  engine::CpuModel model;
  context.read_count(fields.get("cores"), model.cores, 1, limits::kCores);
  context.read_count(fields.get("queue"), model.queue_frames, 0, limits::kQueueFrames);
  if (const Node* costs = fields.get("per_packet")) {
    const Fields kinds(context, costs, kPerPacketKeys, costs->mark);
    for (std::size_t i = 1; i < engine::kWorkKinds; ++i) {
      context.read_law(kinds.get(work_name(static_cast<Work>(i))), model.per_packet[i],
                       parse_time_law);
    }
  }
  host.cpu = std::move(model);
}

}  // namespace lvslab::scenario
