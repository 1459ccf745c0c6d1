#include "gui/packet_export.h"

#include <QCoreApplication>
#include <algorithm>

#include "gui/texts.h"
#include "replay/recording.h"
#include "trace/writers.h"

namespace lvslab::gui {
namespace {

constexpr replay::Row kWhole = 300'000, kAround = 100'000;

class Sieve final : public Watcher {
 public:
  Sieve(trace::Writer& writer, const Chosen& chosen) : writer_(writer), chosen_(chosen) {}
  void on_record(const Record& record) override {
    const bool about_packet = record.packet != 0;
    const bool wanted = chosen_.tag.traffic != 0
                            ? record.tag.traffic == chosen_.tag.traffic &&
                                  record.tag.connection == chosen_.tag.connection
                            : chosen_.packet == 0 || record.packet == chosen_.packet;
    if (wanted || !about_packet) writer_.on_record(record);
  }

 private:
  trace::Writer& writer_;
  const Chosen& chosen_;
};

}  // namespace

QString write_packets(const replay::Recording& recording, const Chosen& chosen,
                      const QString& folder) {
  auto writer = trace::pcapng_writer(recording.scene(), folder.toStdString());
  if (!writer) return text_of(writer.error().what);
  replay::Row from = 0, to = recording.rows();
  if (to > kWhole && chosen.row != replay::kNoRow) {
    from = chosen.row > kAround ? chosen.row - kAround : 0;
    to = std::min(to, chosen.row + kAround);
  }
  to = std::min(to, from + kWhole);
  Sieve sieve(**writer, chosen);
  recording.replay(sieve, from, to);
  return (*writer)->finish()
             ? QString()
             : QCoreApplication::translate("Export", "Could not write %1.").arg(folder);
}

}  // namespace lvslab::gui
