#include "trace/owners.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace lvslab::trace {

bool Owners::Belief::changed() const {
  return std::any_of(stretches.begin(), stretches.end(),
                     [&](const Stretch& s) { return s.mac != stretches.front().mac; });
}

void Owners::on_record(const Record& record) {
  if (record.kind != RecordKind::kNote || record.note.kind != NoteKind::kStateNeighbour) return;
  const wire::Mac mac{record.note.word.empty() ? 0 : record.note.m};
  const auto interface = static_cast<InterfaceIndex>(record.note.x);
  const Key key{{record.node, interface}, wire::Ipv4{record.note.a}};
  const auto known = beliefs_.find(key);
  if (known == beliefs_.end() && mac.is_zero()) return;
  Belief& belief = beliefs_[key];
  belief.node = record.node;
  belief.interface = interface;
  belief.address = wire::Ipv4{record.note.a};
  if (!belief.stretches.empty() && belief.stretches.back().until.is_never()) {
    if (belief.stretches.back().mac == mac) return;
    belief.stretches.back().until = record.time;
  }
  if (!mac.is_zero()) belief.stretches.push_back({mac, record.time});
}

std::vector<const Owners::Belief*> Owners::beliefs() const {
  std::vector<const Belief*> all;
  all.reserve(beliefs_.size());
  for (const auto& [key, belief] : beliefs_) all.push_back(&belief);
  return all;
}

std::string owners_text(const Owners& owners, const Scene& scene, const lang::Words& words) {
  std::set<wire::Ipv4> told;
  for (const Owners::Belief* belief : owners.beliefs()) {
    if (belief->changed()) told.insert(belief->address);
  }
  if (told.empty()) return {};
  std::string text = words("Who was believed to own what, where that changed:") + "\n";
  for (const Owners::Belief* belief : owners.beliefs()) {
    if (!told.contains(belief->address)) continue;
    for (const Owners::Stretch& s : belief->stretches) {
      text += fmt::format("  {:<22} {:<26} {:<14} {:>12.6f} s .. {}\n",
                          scene.interface_text(belief->node, belief->interface),
                          scene.address_text(belief->address), scene.mac_text(s.mac),
                          s.from.since_start().in_seconds(),
                          s.until.is_never()
                              ? words("the end")
                              : fmt::format("{:.6f} s", s.until.since_start().in_seconds()));
    }
  }
  return text;
}

std::string with_owners(std::string ladder, const Owners& owners, const Scene& scene,
                        const lang::Words& words) {
  const std::string believed = owners_text(owners, scene, words);
  if (!believed.empty()) ladder += "\n" + believed;
  return ladder;
}

}  // namespace lvslab::trace
