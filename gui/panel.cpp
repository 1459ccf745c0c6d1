#include "gui/panel.h"

#include <QEvent>

#include "gui/document.h"
#include "gui/selection.h"

namespace lvslab::gui {

Panel::Panel(const Context& context, QWidget* parent) : QWidget(parent), context_(context) {
  connect(&context.document, &Document::changed, this,
          [this] { stale(kReload | kEvent | kNode | kClock); });
  connect(&context.selection, &Selection::event_changed, this, [this] { stale(kEvent); });
  connect(&context.selection, &Selection::node_changed, this, [this] { stale(kNode); });
  connect(&context.selection, &Selection::clock_changed, this, [this] { stale(kClock); });
}

QString Panel::exported(const QString&) const { return {}; }

void Panel::settle() { catch_up(); }

void Panel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  catch_up();
}

void Panel::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::LanguageChange) stale(kTexts);
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) stale(kStyle);
}

void Panel::stale(unsigned what) {
  stale_ |= what;
  if (isVisible()) catch_up();
}

void Panel::catch_up() {
  // What a step changes is done in the next round, so that no step is lost and none done twice.
  while (stale_ != 0) {
    const unsigned now = stale_;
    stale_ = 0;
    if (now & kTexts) retranslate();
    if (now & kStyle) restyle();
    if (now & kReload) reload();
    if (now & kNode) follow_node();
    if (now & kEvent) follow_event();
    if (now & kClock) follow_clock();
  }
}

}  // namespace lvslab::gui
