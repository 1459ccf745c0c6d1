// gui_gap RECORDING: how long the desktop program's window is deaf at most, by what is done with
// it. A gap is the time in which one event is handled: until it is over no key and no click is
// heard.
#include <QApplication>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QTableView>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <utility>

#include "gui/language.h"
#include "gui/theme.h"
#include "gui/window.h"
#include "replay/recording.h"

namespace {

using lvslab::gui::Playback;
using lvslab::gui::Window;

class Timed final : public QApplication {
 public:
  using QApplication::QApplication;
  bool notify(QObject* receiver, QEvent* event) override {
    if (depth_ > 0) return QApplication::notify(receiver, event);
    QElapsedTimer time;
    time.start();
    ++depth_;
    const bool result = QApplication::notify(receiver, event);
    --depth_;
    longest_ = std::max(longest_, time.nsecsElapsed());
    return result;
  }
  double take_longest_ms() { return static_cast<double>(std::exchange(longest_, 0)) / 1e6; }

 private:
  int depth_ = 0;
  qint64 longest_ = 0;
};

void serve(int ms) {
  QElapsedTimer time;
  time.start();
  do {
    QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 5);
  } while (time.elapsed() < ms);
}

/// Does it `times` times as one event each, the loop running on between.
void measure(Timed& app, const char* what, int times, int pause_ms,
             const std::function<void(int)>& act) {
  app.take_longest_ms();
  QObject context;
  for (int i = 0; i < times; ++i) {
    QMetaObject::invokeMethod(
        &context, [&] { act(i); }, Qt::QueuedConnection);
    serve(pause_ms);
  }
  std::printf("%-22s %5d times, longest gap %7.1f ms\n", what, times, app.take_longest_ms());
}

void measure_all(Timed& app, Window& window) {
  Playback& play = window.playback();
  const auto rows = static_cast<qint64>(window.document().recording()->rows());
  for (const char* panel : {"ladder", "charts", "source", "layers", "bytes", "tables", "why"})
    measure(app, panel, 1, 300, [&](int) { window.show_panel(panel); });
  for (const char* panel : {"topology", "ladder"}) {
    window.show_panel(panel);
    serve(200);
    std::printf("with the %s:\n", panel);
    measure(app, "  next event", 200, 5, [&](int) { play.step_event(1); });
    measure(app, "  next hop", 100, 5, [&](int) { play.step_hop(1); });
    measure(app, "  jump", 60, 20, [&](int i) {
      play.go_to_row(static_cast<lvslab::replay::Row>(rows * (i * 37 % 60) / 60));
    });
    measure(app, "  start and end", 10, 50,
            [&](int i) { i % 2 == 0 ? play.to_end() : play.to_start(); });
    measure(app, "  resize", 20, 30, [&](int i) { window.resize(1000 + i * 20, 700 + i * 10); });
  }
  window.show_panel("topology");
  play.to_start();
  play.set_speed(Playback::kFastest);
  measure(app, "playing 3 s", 1, 3'000, [&](int) { play.play(); });
  play.pause();
  if (auto* table = window.findChild<QTableView*>("events")) {
    QScrollBar* bar = table->verticalScrollBar();
    measure(app, "scrolling", 200, 5, [&](int i) {
      bar->setValue(static_cast<int>(static_cast<qint64>(bar->maximum()) * (i * 37 % 100) / 100));
    });
  }
  measure(app, "search to the end", 1, 3'000, [&](int) { play.run_until("tcp.flags.reset == 1"); });
  measure(app, "dark and light", 4, 200,
          [&](int i) { window.use_theme(i % 2 == 0, i < 2 ? 100 : 150); });
}

}  // namespace

int main(int argc, char** argv) {
  if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  Timed app(argc, argv);
  if (argc != 2) {
    std::fprintf(stderr, "usage: gui_gap RECORDING (lvslab run FILE --record RECORDING)\n");
    return 2;
  }
  lvslab::gui::apply_theme(lvslab::gui::light_theme(), 100);
  Window window;
  window.resize(1200, 800);
  window.show();
  serve(200);
  app.take_longest_ms();
  QElapsedTimer opening;
  opening.start();
  window.open(argv[1]);
  while (window.document().opening() || window.runner().running()) serve(1);
  std::printf("opened in %lld ms, longest gap %.1f ms\n", static_cast<long long>(opening.elapsed()),
              app.take_longest_ms());
  if (window.document().recording() == nullptr) {
    std::fprintf(stderr, "gui_gap: %s\n", qPrintable(window.document().problem()));
    return 1;
  }
  std::printf("%llu events\n",
              static_cast<unsigned long long>(window.document().recording()->rows()));
  measure_all(app, window);
  return 0;
}
