#include "gui/playback.h"

#include <algorithm>
#include <cmath>

#include "gui/document.h"
#include "gui/selection.h"
#include "replay/display_filter.h"
#include "replay/recording.h"

namespace lvslab::gui {
namespace {

constexpr int kFrame = 33;               // ms: thirty pictures a second
constexpr double kLongestSilence = 0.8;  // s of wall time
constexpr std::uint64_t kSearchSlice =
    20'000;  // events looked at before the window is served again

}  // namespace

Playback::Playback(Document& document, Selection& selection, QObject* parent)
    : QObject(parent), document_(document), selection_(selection) {
  timer_.setInterval(kFrame);
  connect(&timer_, &QTimer::timeout, this, &Playback::tick);
  search_timer_.setInterval(0);
  connect(&search_timer_, &QTimer::timeout, this, &Playback::search_on);
  connect(&document, &Document::changed, this, [this] {
    pause();
    search_timer_.stop();
    search_.reset();
    bookmarks_.clear();
    Q_EMIT bookmarks_changed();
    Q_EMIT state_changed();
  });
}

Playback::~Playback() = default;

replay::Row Playback::rows() const {
  return document_.recording() == nullptr ? 0 : document_.recording()->rows();
}

double Playback::rate() const { return 1e6 * std::pow(2.0, speed_); }

void Playback::set_speed(int step) {
  speed_ = std::clamp(step, kSlowest, kFastest);
  Q_EMIT state_changed();
}

void Playback::play() {
  if (playing_ || rows() == 0) return;
  if (!selection_.any() || selection_.row() + 1 >= rows()) to_start();
  playing_ = true;
  clock_ = static_cast<double>(selection_.clock().ps());
  wall_.start();
  timer_.start();
  Q_EMIT state_changed();
}

void Playback::pause() {
  if (!playing_) return;
  playing_ = false;
  timer_.stop();
  Q_EMIT state_changed();
}

void Playback::tick() {
  const replay::Recording* recording = document_.recording();
  if (recording == nullptr || !selection_.any()) return pause();
  double left = std::min(static_cast<double>(wall_.restart()) / 1000.0, 0.1);
  replay::Row row = selection_.row();
  const replay::Row last = recording->rows() - 1;
  // Walks from event to event; where many fall into one picture, by time.
  for (int steps = 0; left > 0 && row < last; ++steps) {
    const double next = static_cast<double>(recording->time_of(row + 1).ps());
    const double silence = std::max(next - clock_, 0.0);
    const double here = static_cast<double>(recording->time_of(row).ps());
    const double pace = std::max(rate(), (next - here) / kLongestSilence);
    if (silence > left * pace) {
      clock_ += left * pace;
      break;
    }
    left -= silence / pace;
    clock_ = next;
    ++row;
    if (steps == 64) {
      const auto reached =
          Instant::at(Duration::picoseconds(static_cast<std::int64_t>(clock_ + left * rate())));
      row = std::clamp(recording->row_at(reached), row, last);
      clock_ = static_cast<double>(recording->time_of(row).ps());
      break;
    }
  }
  if (row != selection_.row()) {
    const double reached = clock_;  // between two events
    go_to_row(row);
    clock_ = reached;
  }
  if (row >= last) return pause();
  selection_.set_clock(Instant::at(Duration::picoseconds(static_cast<std::int64_t>(clock_))));
}

void Playback::go_to_row(replay::Row row) {
  const replay::Recording* recording = document_.recording();
  if (recording == nullptr || recording->rows() == 0) return;
  row = std::min(row, recording->rows() - 1);
  const replay::Event event = recording->event(row);
  clock_ = static_cast<double>(event.time.ps());
  selection_.choose({row, event.time, event.node, event.packet, event.tag});
}

void Playback::step_event(int direction) {
  if (rows() == 0) return;
  pause();
  if (!selection_.any()) return go_to_row(0);
  if (direction > 0)
    go_to_row(selection_.row() + 1);
  else if (selection_.row() > 0)
    go_to_row(selection_.row() - 1);
}

void Playback::step_hop(int direction) {
  const replay::Recording* recording = document_.recording();
  if (recording == nullptr || !selection_.any()) return step_event(direction);
  pause();
  const auto way = direction > 0 ? replay::Direction::kForward : replay::Direction::kBack;
  if (const auto row = recording->hop(selection_.row(), way))
    go_to_row(*row);
  else
    Q_EMIT message(direction > 0 ? tr("This packet is not seen again.")
                                 : tr("This packet was not seen before."));
}

void Playback::to_start() {
  pause();
  go_to_row(0);
}

void Playback::to_end() {
  pause();
  if (rows() != 0) go_to_row(rows() - 1);
}

void Playback::go_to_time(Instant time) {
  if (rows() != 0) go_to_row(document_.recording()->row_at(time));
}

bool Playback::run_until(const QString& words) {
  if (rows() == 0) return false;
  auto filter = replay::DisplayFilter::parse(words.toStdString());
  if (!filter) {
    Q_EMIT message(QString::fromStdString(filter.error().what + ". " + filter.error().hint));
    return false;
  }
  pause();
  search_ = std::make_unique<replay::DisplayFilter>(std::move(*filter));
  search_at_ = selection_.any() ? selection_.row() + 1 : 0;
  search_timer_.start();
  Q_EMIT state_changed();
  return true;
}

void Playback::stop_search() {
  if (search_ == nullptr) return;
  search_timer_.stop();
  search_.reset();
  Q_EMIT state_changed();
}

void Playback::search_on() {
  const replay::Recording* recording = document_.recording();
  if (recording == nullptr || search_ == nullptr) return search_timer_.stop();
  const auto step =
      recording->find(*search_, search_at_, replay::Direction::kForward, kSearchSlice);
  search_at_ = step.next;
  if (!step.found && !step.done) return;
  search_timer_.stop();
  search_.reset();
  if (step.found)
    go_to_row(*step.found);
  else
    Q_EMIT message(tr("Nothing matches from here to the end."));
  Q_EMIT state_changed();
}

void Playback::toggle_bookmark() {
  if (!selection_.any()) return;
  if (bookmarks_.erase(selection_.row()) == 0) bookmarks_.insert(selection_.row());
  Q_EMIT bookmarks_changed();
}

void Playback::step_bookmark(int direction) {
  if (bookmarks_.empty()) return Q_EMIT message(tr("There is no bookmark: B sets one."));
  const replay::Row here = selection_.any() ? selection_.row() : 0;
  if (direction > 0) {
    const auto next = bookmarks_.upper_bound(here);
    go_to_row(next == bookmarks_.end() ? *bookmarks_.begin() : *next);
  } else {
    const auto next = bookmarks_.lower_bound(here);
    go_to_row(next == bookmarks_.begin() ? *bookmarks_.rbegin() : *std::prev(next));
  }
}

}  // namespace lvslab::gui
