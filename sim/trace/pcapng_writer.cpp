// pcapng: one file per interface and one with all. Section header, an interface block with name and
// picosecond stamps, a packet block per frame with direction and a comment that says what changed.
#include <map>
#include <set>

#include "trace/hop_memory.h"
#include "trace/output_file.h"
#include "trace/sentence.h"
#include "trace/writers.h"

namespace lvslab::trace {
namespace {

constexpr std::uint16_t kEthernet = 1, kRawIp = 101;
constexpr std::uint16_t kCommentOption = 1, kNameOption = 2, kFlagsOption = 2,
                        kResolutionOption = 9, kApplicationOption = 4;
constexpr std::size_t kLongestComment = 4000;

class Block {
 public:
  explicit Block(std::uint32_t type) { put32(type), put32(0); }
  void put16(std::uint16_t v) { bytes_.append(reinterpret_cast<const char*>(&v), 2); }
  void put32(std::uint32_t v) { bytes_.append(reinterpret_cast<const char*>(&v), 4); }
  void put(std::string_view text) { bytes_.append(text); }
  void zeros(std::size_t n) { bytes_.append(n, '\0'); }
  void pad() { zeros((4 - bytes_.size() % 4) % 4); }
  void option(std::uint16_t code, std::string_view value) {
    put16(code);
    put16(static_cast<std::uint16_t>(value.size()));
    put(value);
    pad();
  }
  std::string finish() {
    put32(0);  // end of options
    const auto length = static_cast<std::uint32_t>(bytes_.size() + 4);
    put32(length);
    bytes_.replace(4, 4, reinterpret_cast<const char*>(&length), 4);
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
};

std::string section_header() {
  Block block(0x0a0d0d0a);
  block.put32(0x1a2b3c4d);
  block.put16(1);
  block.put16(0);
  block.put32(0xffffffff);  // section length unknown
  block.put32(0xffffffff);
  block.option(kApplicationOption, "lvslab");
  return block.finish();
}

std::string interface_block(const std::string& name, bool raw) {
  Block block(1);
  block.put16(raw ? kRawIp : kEthernet);
  block.put16(0);
  block.put32(0);  // no snap length
  block.option(kNameOption, name);
  block.option(kResolutionOption, std::string_view("\x0c", 1));  // 10^-12 s
  return block.finish();
}

class PcapngWriter final : public Writer {
 public:
  PcapngWriter(const Scene& scene, std::string directory, OutputFile all)
      : scene_(scene), directory_(std::move(directory)), all_(std::move(all)) {
    all_.write(section_header());
  }

  void on_record(const Record& record) override {
    if (record.kind == RecordKind::kNote && record.packet != 0) memory_.noted(record);
    if (record.kind != RecordKind::kFrameIn && record.kind != RecordKind::kFrameOut) return;
    const bool raw = is_raw(record);
    const std::string comment = comment_of(record, raw);
    const std::uint32_t in_all = interface_in_all(record, raw);
    all_.write(packet(record, in_all, comment));
    if (OutputFile* own = own_file(record, raw)) own->write(packet(record, 0, comment));
  }

  bool finish() override {
    bool good = all_.flush();
    for (auto& [key, file] : own_) good = file != nullptr && file->flush() && good;
    return good;
  }

 private:
  using Key = std::pair<NodeIndex, InterfaceIndex>;

  bool is_raw(const Record& record) const {
    const auto& interfaces = scene_.nodes[record.node].interfaces;
    return record.interface < interfaces.size() && interfaces[record.interface].raw_ip;
  }
  std::string name_of(const Record& record) const {
    const SceneNode& node = scene_.nodes[record.node];
    const std::string port = record.interface < node.interfaces.size()
                                 ? node.interfaces[record.interface].name
                                 : std::to_string(record.interface);
    return node.name + ":" + port;
  }

  std::uint32_t interface_in_all(const Record& record, bool raw) {
    const auto [it, fresh] = in_all_.try_emplace({record.node, record.interface},
                                                 static_cast<std::uint32_t>(in_all_.size()));
    if (fresh) all_.write(interface_block(name_of(record), raw));
    return it->second;
  }

  OutputFile* own_file(const Record& record, bool raw) {
    const auto [it, fresh] = own_.try_emplace({record.node, record.interface});
    if (fresh) {
      std::string name = name_of(record);
      for (char& c : name) {
        if (c == ':' || c == '/') c = '-';
      }
      while (!names_.insert(name).second) name += '_';  // "a-b" of c and "a" of b-c
      auto file = OutputFile::open(directory_ + "/" + name + ".pcapng");
      if (file) {
        it->second = std::make_unique<OutputFile>(std::move(*file));
        it->second->write(section_header());
        it->second->write(interface_block(name_of(record), raw));
      }
    }
    return it->second.get();
  }

  std::string comment_of(const Record& record, bool raw) {
    auto layers = wire::dissect(record.bytes, record.zeros,
                                raw ? wire::LinkType::kRawIp : wire::LinkType::kEthernet);
    HopMemory::Hop& hop = memory_.at(record.node, record.packet);
    std::string comment = scene_.tag_text(record.tag);
    if (record.kind == RecordKind::kFrameIn) {
      hop.layers = std::move(layers);
      hop.seen = true;
      return comment;
    }
    if (hop.seen) {
      for (const wire::Change& change : wire::header_diff(hop.layers, layers)) {
        comment += comment.empty() ? "" : "; ";
        comment += change.kind == wire::Change::Kind::kField
                       ? change.field + " " + change.from + " -> " + change.to
                   : change.kind == wire::Change::Kind::kPushed ? "+ " + change.field
                                                                : "- " + change.field;
      }
    }
    for (const Note& note : hop.notes) {
      const std::string text = sentence(scene_, record.node, note);
      if (!text.empty()) comment += (comment.empty() ? "" : "; ") + text;
    }
    hop.notes.clear();
    if (comment.size() > kLongestComment) {
      std::size_t end = kLongestComment;
      while ((static_cast<unsigned char>(comment[end]) & 0xc0) == 0x80)
        --end;  // not within a character
      comment.resize(end);
    }
    return comment;
  }

  static std::string packet(const Record& record, std::uint32_t interface,
                            const std::string& comment) {
    Block block(6);
    block.put32(interface);
    const auto stamp = static_cast<std::uint64_t>(record.time.ps());
    block.put32(static_cast<std::uint32_t>(stamp >> 32));
    block.put32(static_cast<std::uint32_t>(stamp));
    const auto length = static_cast<std::uint32_t>(record.bytes.size() + record.zeros);
    block.put32(length);
    block.put32(length);
    block.put({reinterpret_cast<const char*>(record.bytes.data()), record.bytes.size()});
    block.zeros(record.zeros);
    block.pad();
    const std::uint32_t flags = record.kind == RecordKind::kFrameIn ? 1 : 2;
    block.option(kFlagsOption, {reinterpret_cast<const char*>(&flags), 4});
    if (!comment.empty()) block.option(kCommentOption, comment);
    return block.finish();
  }

  const Scene& scene_;
  std::string directory_;
  OutputFile all_;
  std::map<Key, std::uint32_t> in_all_;
  std::map<Key, std::unique_ptr<OutputFile>> own_;
  std::set<std::string> names_{"all"};
  HopMemory memory_;
};

}  // namespace

Result<std::unique_ptr<Writer>> pcapng_writer(const Scene& scene, const std::string& directory) {
  auto all = OutputFile::open(directory + "/all.pcapng");
  if (!all) return tl::unexpected<Error>(all.error());
  return std::unique_ptr<Writer>(std::make_unique<PcapngWriter>(scene, directory, std::move(*all)));
}

}  // namespace lvslab::trace
