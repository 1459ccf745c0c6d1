#include "gui/panels/events_model.h"

#include <QColor>
#include <QFont>
#include <QThread>
#include <algorithm>
#include <atomic>
#include <limits>

#include "gui/playback.h"
#include "gui/texts.h"
#include "gui/theme.h"
#include "replay/display_filter.h"
#include "replay/recording.h"

namespace lvslab::gui {

struct EventsModel::Work {
  explicit Work(replay::Recording reader, replay::DisplayFilter what)
      : recording(std::move(reader)), filter(std::move(what)) {}
  replay::Recording recording;
  replay::DisplayFilter filter;
  std::atomic<bool> stop = false;
  QThread* thread = nullptr;
};

EventsModel::EventsModel(const Playback& playback, QObject* parent)
    : QAbstractTableModel(parent), playback_(playback) {}

EventsModel::~EventsModel() { stop_work(); }

void EventsModel::set_recording(replay::Recording* recording) {
  stop_work();
  beginResetModel();
  recording_ = recording;
  filter_.reset();
  places_.clear();
  blocks_.clear();
  used_.clear();
  const replay::Row rows = recording == nullptr ? 0 : recording->rows();
  count_ = static_cast<int>(std::min<replay::Row>(rows, std::numeric_limits<int>::max() / 64));
  endResetModel();
  Q_EMIT found(count_, true);
}

void EventsModel::set_filter(std::unique_ptr<replay::DisplayFilter> filter) {
  replay::Recording* recording = recording_;
  if (filter == nullptr) return set_recording(recording);
  stop_work();
  beginResetModel();
  filter_ = std::move(filter);
  places_.clear();
  blocks_.clear();
  used_.clear();
  count_ = 0;
  endResetModel();
  if (recording != nullptr) start_work();
}

void EventsModel::start_work() {
  auto reader = recording_->again();
  if (!reader) return;
  auto again = replay::DisplayFilter::parse(filter_->text());
  if (!again) return;
  work_ = std::make_shared<Work>(std::move(*reader), std::move(*again));
  auto work = work_;
  work->thread = QThread::create([this, work] {
    constexpr replay::Row kSlice = 4'000;
    const replay::Row rows = work->recording.rows();
    std::vector<replay::Row> batch;
    for (replay::Row at = 0; at < rows && !work->stop; at += kSlice) {
      work->recording.matching(work->filter, at, std::min(at + kSlice, rows), batch);
      const bool done = at + kSlice >= rows;
      // The first ones at once, later ones in larger parcels: each makes the table count anew.
      if (!done && batch.size() < (at < 40'000 ? 1u : 20'000u) && (at / kSlice) % 32 != 0) continue;
      QMetaObject::invokeMethod(
          this, [this, work, rows_found = std::move(batch), done] { take(work, rows_found, done); },
          Qt::QueuedConnection);
      batch = {};
    }
    if (rows == 0)
      QMetaObject::invokeMethod(
          this, [this, work] { take(work, {}, true); }, Qt::QueuedConnection);
  });
  connect(work->thread, &QThread::finished, work->thread, &QObject::deleteLater);
  work->thread->start();
}

void EventsModel::stop_work() {
  if (work_ == nullptr) return;
  work_->stop = true;
  work_->thread->wait();
  work_.reset();
}

void EventsModel::take(const std::shared_ptr<Work>& work, std::vector<replay::Row> rows,
                       bool done) {
  if (work != work_) return;
  if (!rows.empty()) {
    const int first = count_;
    beginInsertRows({}, first, first + static_cast<int>(rows.size()) - 1);
    places_.insert(places_.end(), rows.begin(), rows.end());
    count_ = static_cast<int>(places_.size());
    blocks_.erase(first / kBlock);
    used_.remove(first / kBlock);
    endInsertRows();
  }
  if (done) {
    work_->thread->wait();
    work_.reset();
  }
  Q_EMIT found(count_, done);
}

replay::Row EventsModel::row_at(int place) const {
  if (place < 0 || place >= count_) return replay::kNoRow;
  return filter_ != nullptr ? places_[static_cast<std::size_t>(place)]
                            : static_cast<replay::Row>(place);
}

int EventsModel::place_of(replay::Row row) const {
  if (row == replay::kNoRow || count_ == 0) return -1;
  if (filter_ == nullptr)
    return static_cast<int>(std::min<replay::Row>(row, static_cast<replay::Row>(count_) - 1));
  return static_cast<int>(std::upper_bound(places_.begin(), places_.end(), row) - places_.begin()) -
         1;
}

void EventsModel::bookmarks_changed() {
  if (count_ > 0) Q_EMIT dataChanged(index(0, kNumber), index(count_ - 1, kNumber));
}

void EventsModel::forget_colours() {
  if (count_ > 0) Q_EMIT dataChanged(index(0, 0), index(count_ - 1, kColumns - 1));
}

const replay::Event* EventsModel::event_at(int place) const {
  const int number = place / kBlock;
  auto found = blocks_.find(number);
  if (found == blocks_.end()) {
    Block block;
    const int first = number * kBlock, last = std::min(first + kBlock, count_);
    if (filter_ == nullptr) {
      block.events = recording_->events(static_cast<replay::Row>(first),
                                        static_cast<std::size_t>(last - first));
    } else {
      for (int i = first; i < last; ++i) block.events.push_back(recording_->event(row_at(i)));
    }
    if (blocks_.size() >= kMostBlocks) {
      blocks_.erase(used_.back());
      used_.pop_back();
    }
    used_.push_front(number);
    block.used = used_.begin();
    found = blocks_.emplace(number, std::move(block)).first;
  } else if (found->second.used != used_.begin()) {
    used_.splice(used_.begin(), used_, found->second.used);
  }
  const auto at = static_cast<std::size_t>(place % kBlock);
  return at < found->second.events.size() ? &found->second.events[at] : nullptr;
}

int EventsModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : count_; }

int EventsModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(kColumns);
}

QVariant EventsModel::text_at(const replay::Event& event, int place, int column) const {
  switch (column) {
    case kNumber:
      return (playback_.bookmarks().contains(event.row) ? QString::fromUtf8("\u25c6 ")
                                                        : QString()) +
             QString::number(event.row + 1);
    case kTime:
      return clock_text(event.time);
    case kDelta: {
      const replay::Row before = place > 0 ? row_at(place - 1) : replay::kNoRow;
      return before == replay::kNoRow ? QString()
                                      : span_text(event.time - recording_->time_of(before));
    }
    case kNode: {
      const auto& nodes = recording_->scene().nodes;
      return event.node < nodes.size() ? text_of(nodes[event.node].name) : QString();
    }
    case kStage:
      return text_of(event.stage);
    case kType:
      return text_of(event.type);
    case kSource:
      return text_of(event.source);
    case kDestination:
      return text_of(event.destination);
    default:
      return (event.dropped ? QString::fromUtf8("\u2717 ") : QString()) + text_of(event.info);
  }
}

QVariant EventsModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || recording_ == nullptr || index.row() >= count_) return {};
  if (role == Qt::TextAlignmentRole && index.column() <= kDelta)
    return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
  if (role != Qt::DisplayRole && role != Qt::BackgroundRole && role != Qt::ForegroundRole &&
      role != Qt::ToolTipRole)
    return {};
  const replay::Event* event = event_at(index.row());
  if (event == nullptr) return {};
  const bool frame =
      event->kind == replay::EventKind::kFrameIn || event->kind == replay::EventKind::kFrameOut;
  switch (role) {
    case Qt::BackgroundRole:
      if (!frame) return {};
      return theme().layer_row(layer_of(event->protocol));
    case Qt::ForegroundRole:
      if (event->dropped) return theme().bad;
      if (frame && index.column() == kType) return theme().layer(layer_of(event->protocol));
      return frame ? QVariant() : QVariant(theme().faint);
    case Qt::ToolTipRole:
      return index.column() >= kSource
                 ? tip_of(text_at(*event, index.row(), index.column()).toString())
                 : QVariant();
    default:
      return text_at(*event, index.row(), index.column());
  }
}

QVariant EventsModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole)
    return static_cast<int>((section <= kDelta ? Qt::AlignRight : Qt::AlignLeft) |
                            Qt::AlignVCenter);
  if (role != Qt::DisplayRole) return {};
  switch (section) {
    case kNumber:
      return tr("No.");
    case kTime:
      return tr("Time (s)");
    case kDelta:
      return tr("Delta");
    case kNode:
      return tr("Node");
    case kStage:
      return tr("Stage");
    case kType:
      return tr("Type");
    case kSource:
      return tr("Source");
    case kDestination:
      return tr("Destination");
    default:
      return tr("Info");
  }
}

}  // namespace lvslab::gui
