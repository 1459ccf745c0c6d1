#include "trace/ladder_excerpt.h"

namespace lvslab::trace {

LadderExcerpt::LadderExcerpt(const Scene& scene, const Tag& connection, std::size_t most_bytes,
                             const lang::Words& words)
    : connection_(connection), most_(most_bytes) {
  LadderOptions how;
  how.connection = connection;
  how.words = words;
  ladder_ = Ladder::make(scene, how);
}

void LadderExcerpt::on_record(const Record& record) {
  if (ladder_ == nullptr) return;
  if (record.kind == RecordKind::kTurn) {
    ++turns_;
    if (turns_ % 32 == 0) text_ += ladder_->text();
    if (text_.size() > most_ || (ended_ != 0 && turns_ > ended_ + kTurnsAfterTheEnd))
      return finish();
  }
  if (record.kind == RecordKind::kNote && record.note.kind == NoteKind::kAppClosed &&
      record.note.tag.traffic == connection_.traffic &&
      record.note.tag.connection == connection_.connection)
    ended_ = turns_;
  ladder_->on_record(record);
}

void LadderExcerpt::finish() {
  if (ladder_ == nullptr) return;
  text_ += ladder_->text();
  ladder_.reset();
  if (text_.size() <= most_) return;
  cut_ = true;
  text_.resize(text_.rfind('\n', most_) + 1);
}

}  // namespace lvslab::trace
