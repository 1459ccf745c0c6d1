// The event list: everything that was seen, coloured by layer, with Wireshark's filter language.
#include <QAction>
#include <QComboBox>
#include <QCompleter>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QTimer>
#include <QVBoxLayout>

#include "gui/document.h"
#include "gui/panel.h"
#include "gui/panels/events_model.h"
#include "gui/panels/make.h"
#include "gui/playback.h"
#include "gui/selection.h"
#include "gui/texts.h"
#include "replay/display_filter.h"
#include "replay/recording.h"

namespace lvslab::gui {
namespace {

// What the box beside the filter narrows the list to; the filter proper comes on top.
constexpr const char* kKinds[] = {"", "frame or dropped", "frame", "dropped"};

class EventsPanel final : public Panel {
  Q_DECLARE_TR_FUNCTIONS(EventsPanel)
 public:
  explicit EventsPanel(const Context& context);
  bool focus_search() override;
  QString exported(const QString& kind) const override;
  QStringList export_kinds() const override { return {"csv"}; }
  QWidget* picture() override { return table_; }
  void settle() override;

 protected:
  void reload() override;
  void follow_event() override;
  void restyle() override;
  void retranslate() override;

 private:
  void apply_filter();
  void show_count(int rows, bool done);
  void size_columns();

  EventsModel* model_;
  QTableView* table_;
  QLineEdit* filter_;
  QComboBox* kinds_;
  QLabel* count_;
  bool following_ = false;
};

EventsPanel::EventsPanel(const Context& context)
    : Panel(context),
      model_(new EventsModel(context.playback, this)),
      table_(new QTableView),
      filter_(new QLineEdit),
      kinds_(new QComboBox),
      count_(new QLabel) {
  auto* bar = new QHBoxLayout;
  bar->addWidget(kinds_);
  bar->addWidget(filter_, 1);
  bar->addWidget(count_);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(4, 4, 4, 4);
  all->setSpacing(4);
  all->addLayout(bar);
  all->addWidget(table_, 1);
  for (const char* kind : kKinds) kinds_->addItem(QString(), QString::fromLatin1(kind));
  filter_->setObjectName("filter");
  filter_->setClearButtonEnabled(true);
  QStringList words;
  for (const std::string& field : replay::display_filter_fields()) words << text_of(field);
  auto* completer = new QCompleter(words, this);
  completer->setCaseSensitivity(Qt::CaseInsensitive);
  filter_->setCompleter(completer);
  table_->setObjectName("events");
  table_->setModel(model_);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setShowGrid(false);
  table_->setWordWrap(false);
  table_->setTextElideMode(Qt::ElideRight);
  table_->setTabKeyNavigation(false);
  table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  table_->horizontalHeader()->setHighlightSections(false);
  table_->horizontalHeader()->setStretchLastSection(true);
  connect(filter_, &QLineEdit::returnPressed, this, &EventsPanel::apply_filter);
  connect(filter_, &QLineEdit::textChanged, this, [this](const QString& text) {
    if (text.isEmpty()) apply_filter();
  });
  connect(kinds_, &QComboBox::currentIndexChanged, this, &EventsPanel::apply_filter);
  connect(model_, &EventsModel::found, this, &EventsPanel::show_count);
  connect(&context.playback, &Playback::bookmarks_changed, model_, &EventsModel::bookmarks_changed);
  connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& now) {
            if (following_ || !now.isValid()) return;
            this->context().playback.pause();
            this->context().playback.go_to_row(model_->row_at(now.row()));
          });
}

bool EventsPanel::focus_search() {
  filter_->setFocus(Qt::ShortcutFocusReason);
  filter_->selectAll();
  return true;
}

void EventsPanel::reload() {
  model_->set_recording(context().document.recording());
  size_columns();
  if (kinds_->currentIndex() > 0 || !filter_->text().isEmpty()) apply_filter();
}

void EventsPanel::apply_filter() {
  const QString kind = kinds_->currentData().toString();
  QString words = filter_->text().trimmed();
  if (!kind.isEmpty()) words = words.isEmpty() ? kind : "(" + kind + ") and (" + words + ")";
  filter_->setToolTip(
      tr("Display filter, as in Wireshark: tcp.flags.syn == 1, arp, node == lvs, "
         "conn == web/1, dropped, note == ipvs-picked, info contains \"rr\""));
  if (words.isEmpty()) {
    count_->setText({});
    model_->set_filter(nullptr);
  } else if (auto filter = replay::DisplayFilter::parse(words.toStdString())) {
    model_->set_filter(std::make_unique<replay::DisplayFilter>(std::move(*filter)));
  } else {
    const QString why = text_of(filter.error().what + ". " + filter.error().hint);
    count_->setText(
        QString("<span style=\"color:%1\">%2</span>").arg(theme().bad.name(), tr("not a filter")));
    filter_->setToolTip(why);
    Q_EMIT context().playback.message(why);
  }
  follow_event();
}

void EventsPanel::show_count(int rows, bool done) {
  const replay::Row all = context().playback.rows();
  count_->setText(done ? tr("%1 of %2").arg(rows).arg(all)
                       : tr("%1 of %2, looking on").arg(rows).arg(all));
  if (done) follow_event();
}

void EventsPanel::follow_event() {
  const int place = model_->place_of(context().selection.row());
  following_ = true;
  if (place < 0) {
    table_->clearSelection();
    table_->setCurrentIndex({});
  } else {
    const QModelIndex index = model_->index(place, EventsModel::kTime);
    table_->setCurrentIndex(index);
    table_->selectRow(place);
    // Steps move the mark; jumps bring their row to the middle.
    const int y = table_->rowViewportPosition(place);
    const bool seen = y >= 0 && y + table_->rowHeight(place) <= table_->viewport()->height();
    if (!seen) table_->scrollTo(index, QAbstractItemView::PositionAtCenter);
  }
  following_ = false;
}

void EventsPanel::size_columns() {
  const QFontMetrics metrics(table_->font());
  const int wide = metrics.horizontalAdvance('0');
  const int chars[] = {8, 15, 11, 10, 15, 16, 24, 24};
  for (int i = 0; i < EventsModel::kInfo; ++i) table_->setColumnWidth(i, chars[i] * wide);
  table_->verticalHeader()->setDefaultSectionSize(metrics.height() + 5);
}

void EventsPanel::restyle() {
  table_->setFont(plain_font(text_percent()));
  size_columns();
  model_->forget_colours();
}

void EventsPanel::retranslate() {
  const QString names[] = {tr("Everything"), tr("Frames and drops"), tr("Frames"), tr("Drops")};
  for (int i = 0; i < kinds_->count(); ++i) kinds_->setItemText(i, names[i]);
  filter_->setPlaceholderText(tr("Filter, as tcp.port == 80 and node == lvs (Ctrl+F)"));
  filter_->setAccessibleName(tr("Filter"));
  table_->setAccessibleName(tr("Events"));
  Q_EMIT model_->headerDataChanged(Qt::Horizontal, 0, EventsModel::kColumns - 1);
  show_count(model_->rowCount(), !model_->filtering());
}

QString EventsPanel::exported(const QString& kind) const {
  if (kind != "csv") return {};
  constexpr int kMost = 100'000;
  QString text;
  for (int c = 0; c < EventsModel::kColumns; ++c)
    text += (c ? "," : "") + model_->headerData(c, Qt::Horizontal, Qt::DisplayRole).toString();
  text += "\n";
  for (int row = 0; row < std::min(model_->rowCount(), kMost); ++row) {
    for (int c = 0; c < EventsModel::kColumns; ++c) {
      QString cell = model_->data(model_->index(row, c), Qt::DisplayRole).toString();
      if (cell.contains(',') || cell.contains('"') || cell.contains('\n'))
        cell = "\"" + cell.replace("\"", "\"\"") + "\"";
      text += (c ? "," : "") + cell;
    }
    text += "\n";
  }
  return text;
}

void EventsPanel::settle() {
  Panel::settle();
  while (model_->filtering()) QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
  follow_event();
}

}  // namespace

Panel* make_events(const Context& context) { return new EventsPanel(context); }

}  // namespace lvslab::gui
