// Time in the window: play, pause, steps and jumps over the rows of the event list. Simulated time
// passes at rate() per second of wall time, but a silence never lasts longer than a second.
// Everything ends in the selection; nothing here is drawn.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <memory>
#include <set>

#include "replay/event.h"

namespace lvslab::replay {
class DisplayFilter;
}

namespace lvslab::gui {

class Document;
class Selection;

class Playback : public QObject {
  Q_OBJECT
 public:
  Playback(Document& document, Selection& selection, QObject* parent = nullptr);
  ~Playback() override;

  bool playing() const { return playing_; }
  void play();
  void pause();
  void toggle() { playing_ ? pause() : play(); }

  static constexpr int kSlowest = 0, kFastest = 24, kUsual = 4;
  int speed() const { return speed_; }
  void set_speed(int step);
  /// Simulated picoseconds per second: 1 us at speed 0, doubled by each step.
  double rate() const;

  replay::Row rows() const;
  void step_event(int direction);
  /// To where the chosen packet is seen next (or before).
  void step_hop(int direction);
  void to_start();
  void to_end();
  void go_to_row(replay::Row row);
  /// To the first event that is not earlier.
  void go_to_time(Instant time);
  /// Looks on from the chosen row for one that matches, in slices: found or not comes as a message,
  /// and the row is chosen. `words`: a display filter of replay; false: it is none, see message().
  bool run_until(const QString& words);
  void stop_search();
  bool searching() const { return search_ != nullptr; }

  const std::set<replay::Row>& bookmarks() const { return bookmarks_; }
  void toggle_bookmark();
  void step_bookmark(int direction);

 Q_SIGNALS:
  void state_changed();  ///< playing, speed, searching
  void bookmarks_changed();
  void message(const QString& text);

 private:
  void tick();
  void search_on();
  Document& document_;
  Selection& selection_;
  QTimer timer_, search_timer_;
  QElapsedTimer wall_;
  bool playing_ = false;
  int speed_ = kUsual;
  double clock_ = 0;  ///< ps, finer than the selection's
  std::set<replay::Row> bookmarks_;
  std::unique_ptr<replay::DisplayFilter> search_;
  replay::Row search_at_ = 0;
};

}  // namespace lvslab::gui
