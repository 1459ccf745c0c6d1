// Time in the window: play, pause, steps and jumps over the rows of the event list. Simulated time passes at
// rate() per second of wall time, but a silence never lasts longer than a second. Everything ends in the
// selection; nothing here is drawn.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <set>
#include <string>

namespace lvslab::gui {

class Document;
class Selection;

class Playback : public QObject {
  Q_OBJECT
 public:
  Playback(Document& document, Selection& selection, QObject* parent = nullptr);

  bool playing() const { return playing_; }
  void play();
  void pause();
  void toggle() { playing_ ? pause() : play(); }

  static constexpr int kSlowest = 0, kFastest = 24, kUsual = 4;
  int speed() const { return speed_; }
  void set_speed(int step);
  /// Simulated seconds per second: 1 us at speed 0, doubled by each step.
  double rate() const;

  std::int64_t rows() const;
  void step_event(int direction);
  /// To where the chosen packet is seen next (or before).
  void step_hop(int direction);
  void to_start();
  void to_end();
  void go_to_row(std::int64_t row);
  void go_to_event(std::int64_t event);
  /// To the last row that is not later.
  void go_to_time(std::int64_t ps);
  /// Goes on to the next row that matches; a display filter of replay. False: none, see message().
  bool run_until(const std::string& filter);

  const std::set<std::int64_t>& bookmarks() const { return bookmarks_; }
  void toggle_bookmark();
  void step_bookmark(int direction);

 Q_SIGNALS:
  void state_changed();  ///< playing, speed
  void bookmarks_changed();
  void message(const QString& text);

 private:
  void tick();
  Document& document_;
  Selection& selection_;
  QTimer timer_;
  QElapsedTimer wall_;
  bool playing_ = false;
  int speed_ = kUsual;
  double clock_ = 0;  ///< ps, finer than the selection's
  std::set<std::int64_t> bookmarks_;
};

}  // namespace lvslab::gui
