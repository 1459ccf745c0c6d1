// The panel Tables: what any host holds at this instant, as the tools there would print it; cells
// that the chosen event's turn changed are marked.
#include <QComboBox>
#include <QCoreApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QRegularExpression>
#include <QTabBar>
#include <QTableWidget>
#include <QVBoxLayout>

#include "gui/document.h"
#include "gui/panel.h"
#include "gui/panels/make.h"
#include "gui/playback.h"
#include "gui/selection.h"
#include "gui/texts.h"
#include "gui/theme.h"
#include "replay/recording.h"

namespace lvslab::gui {
namespace {

class TablesPanel final : public Panel {
  Q_DECLARE_TR_FUNCTIONS(TablesPanel)
 public:
  explicit TablesPanel(const Context& context);
  QString exported(const QString& kind) const override;
  QStringList export_kinds() const override { return {"csv"}; }

 protected:
  void reload() override;
  void follow_event() override { follow_node(); }
  void follow_node() override;
  void restyle() override { show_table(); }
  void retranslate() override { show_table(); }

 private:
  void show_table();
  void open_place(int row, int column);
  const replay::HostTable* shown() const;

  QComboBox* host_;
  QLabel* note_;
  QTabBar* tabs_;
  QTableWidget* table_;
  std::vector<replay::HostTable> tables_;
  std::string wanted_;  ///< the table that was looked at last
};

TablesPanel::TablesPanel(const Context& context)
    : Panel(context),
      host_(new QComboBox),
      note_(new QLabel),
      tabs_(new QTabBar),
      table_(new QTableWidget) {
  auto* bar = new QHBoxLayout;
  bar->addWidget(host_);
  bar->addWidget(note_, 1);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(4, 4, 4, 4);
  all->setSpacing(4);
  all->addLayout(bar);
  all->addWidget(tabs_);
  all->addWidget(table_, 1);
  host_->setObjectName("tables_host");
  tabs_->setObjectName("tables_tabs");
  tabs_->setExpanding(false);
  tabs_->setUsesScrollButtons(true);
  table_->setObjectName("tables_table");
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->verticalHeader()->hide();
  table_->horizontalHeader()->setStretchLastSection(true);
  table_->setShowGrid(false);
  connect(host_, &QComboBox::activated, this, [this](int index) {
    this->context().selection.choose_node(host_->itemData(index).toUInt());
  });
  connect(tabs_, &QTabBar::tabBarClicked, this, [this](int index) {
    if (index >= 0 && index < static_cast<int>(tables_.size()))
      wanted_ = tables_[static_cast<std::size_t>(index)].name;
  });
  connect(tabs_, &QTabBar::currentChanged, this, &TablesPanel::show_table);
  connect(table_, &QTableWidget::cellDoubleClicked, this, &TablesPanel::open_place);
}

void TablesPanel::reload() {
  host_->clear();
  tables_.clear();
  if (const replay::Recording* recording = context().document.recording()) {
    const auto& nodes = recording->scene().nodes;
    for (std::size_t i = 0; i < nodes.size(); ++i)
      host_->addItem(text_of(nodes[i].name), static_cast<unsigned>(i));
  }
  follow_node();
}

void TablesPanel::follow_node() {
  const replay::Recording* recording = context().document.recording();
  if (recording == nullptr || recording->rows() == 0) {
    tables_.clear();
  } else {
    const NodeIndex node = context().selection.node() == kNoNode ? 0 : context().selection.node();
    const replay::Row row = context().selection.any() ? context().selection.row() : 0;
    host_->setCurrentIndex(host_->findData(node));
    tables_ = recording->tables(node, row);
  }
  const QSignalBlocker quiet(tabs_);
  while (tabs_->count() > static_cast<int>(tables_.size())) tabs_->removeTab(tabs_->count() - 1);
  while (tabs_->count() < static_cast<int>(tables_.size())) tabs_->addTab(QString());
  int choose = 0;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    bool changed = false;
    for (const auto& line : tables_[i].lines) {
      changed = changed || line.removed;
      for (const auto& cell : line.cells) changed = changed || cell.changed;
    }
    const QString mark = changed ? "\u25c6 " : "";
    tabs_->setTabText(static_cast<int>(i), mark + text_of(tables_[i].command));
    if (tables_[i].name == wanted_ || (wanted_.empty() && tables_[i].name == "addresses"))
      choose = static_cast<int>(i);
  }
  tabs_->setCurrentIndex(choose);
  show_table();
}

const replay::HostTable* TablesPanel::shown() const {
  const int index = tabs_->currentIndex();
  const bool there = index >= 0 && index < static_cast<int>(tables_.size());
  return there ? &tables_[static_cast<std::size_t>(index)] : nullptr;
}

void TablesPanel::show_table() {
  const replay::HostTable* table = shown();
  table_->clear();
  table_->setRowCount(0);
  note_->clear();
  if (table == nullptr) return;
  table_->setColumnCount(static_cast<int>(table->columns.size()));
  QStringList columns;
  for (const std::string& column : table->columns) columns << text_of(column);
  table_->setHorizontalHeaderLabels(columns);
  table_->setRowCount(static_cast<int>(table->lines.size()));
  for (std::size_t i = 0; i < table->lines.size(); ++i) {
    const auto& line = table->lines[i];
    for (std::size_t k = 0; k < line.cells.size(); ++k) {
      auto* item = new QTableWidgetItem(text_of(line.cells[k].text));
      QFont font = fixed_font(text_percent());
      font.setStrikeOut(line.removed);
      font.setBold(line.cells[k].changed);
      item->setFont(font);
      if (line.cells[k].changed) {
        item->setBackground(theme().changed);
        item->setData(Qt::AccessibleDescriptionRole, line.removed ? tr("gone") : tr("changed"));
      }
      table_->setItem(static_cast<int>(i), static_cast<int>(k), item);
    }
  }
  table_->resizeColumnsToContents();
  table_->resizeRowsToContents();
  QStringList notes;
  if (table->lines.empty()) notes << tr("Empty.");
  if (table->more != 0) notes << tr("%1 more lines").arg(table->more);
  note_->setText(notes.join(" "));
}

// The line of the scenario that asked for an entry, or else the event that made it.
void TablesPanel::open_place(int row, int) {
  const replay::HostTable* table = shown();
  const replay::Recording* recording = context().document.recording();
  if (table == nullptr || recording == nullptr || row < 0 ||
      row >= static_cast<int>(table->lines.size()))
    return;
  const auto& line = table->lines[static_cast<std::size_t>(row)];
  const NodeIndex node = host_->currentData().toUInt();
  if (const auto place = recording->place_of_line(node, line))
    Q_EMIT context().selection.source_wanted(place->line, place->column);
  else if (line.since < recording->rows())
    context().playback.go_to_row(line.since);
}

QString TablesPanel::exported(const QString& kind) const {
  const replay::HostTable* table = shown();
  if (kind != "csv" || table == nullptr) return {};
  const auto quoted = [](QString text) {
    return text.contains(QRegularExpression("[,\"\n]")) ? "\"" + text.replace("\"", "\"\"") + "\""
                                                        : text;
  };
  QStringList lines, words;
  for (const std::string& column : table->columns) words << quoted(text_of(column));
  lines << words.join(",");
  for (const auto& line : table->lines) {
    if (line.removed) continue;
    words.clear();
    for (const auto& cell : line.cells) words << quoted(text_of(cell.text));
    lines << words.join(",");
  }
  return lines.join("\n") + "\n";
}

}  // namespace

Panel* make_tables(const Context& context) { return new TablesPanel(context); }

}  // namespace lvslab::gui
