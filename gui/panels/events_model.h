// The event list as a table: rows are read from the recording in blocks when they are looked at,
// and forgotten again; with a filter it holds the numbers of the rows that match, which come in
// while a thread looks for them.
#pragma once

#include <QAbstractTableModel>
#include <list>
#include <memory>
#include <unordered_map>
#include <vector>

#include "replay/event.h"

namespace lvslab::replay {
class DisplayFilter;
class Recording;
}  // namespace lvslab::replay

namespace lvslab::gui {

class Playback;

class EventsModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column {
    kNumber,
    kTime,
    kDelta,
    kNode,
    kStage,
    kType,
    kSource,
    kDestination,
    kInfo,
    kColumns
  };

  explicit EventsModel(const Playback& playback, QObject* parent = nullptr);
  ~EventsModel() override;

  void set_recording(replay::Recording* recording);
  /// Null: all events.
  void set_filter(std::unique_ptr<replay::DisplayFilter> filter);
  bool filtering() const { return work_ != nullptr; }
  bool filtered() const { return filter_ != nullptr; }

  replay::Row row_at(int place) const;
  /// Where a row stands, or the last one before it; -1: none.
  int place_of(replay::Row row) const;
  void bookmarks_changed();
  void forget_colours();

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 Q_SIGNALS:
  /// Rows found so far, and whether all have been looked at.
  void found(int rows, bool done);

 private:
  struct Work;
  static constexpr int kBlock = 128;
  static constexpr std::size_t kMostBlocks = 64;
  struct Block {
    std::vector<replay::Event> events;
    std::list<int>::iterator used;
  };
  const replay::Event* event_at(int place) const;
  QVariant text_at(const replay::Event& event, int place, int column) const;
  void start_work();
  void stop_work();
  void take(const std::shared_ptr<Work>& work, std::vector<replay::Row> rows, bool done);

  const Playback& playback_;
  replay::Recording* recording_ = nullptr;
  std::unique_ptr<replay::DisplayFilter> filter_;
  std::vector<replay::Row> places_;  ///< with a filter
  int count_ = 0;
  std::shared_ptr<Work> work_;
  mutable std::unordered_map<int, Block> blocks_;
  mutable std::list<int> used_;  ///< latest first
};

}  // namespace lvslab::gui
