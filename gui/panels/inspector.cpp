// The panel Why: what happened to the packet at this node, in order, and where each decision comes
// from: the event that caused it, the entry of a table, the line of the scenario.
#include <QCoreApplication>
#include <QTextBrowser>
#include <QUrl>
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

QString escaped(const std::string& text) { return text_of(text).toHtmlEscaped(); }

QString row_link(replay::Row row, const QString& text) {
  return QString("<a href=\"row:%1\">%2</a>").arg(row).arg(text.toHtmlEscaped());
}

class WhyPanel final : public Panel {
  Q_DECLARE_TR_FUNCTIONS(WhyPanel)
 public:
  explicit WhyPanel(const Context& context);
  QString exported(const QString& kind) const override {
    return kind == "txt" ? page_->toPlainText() + "\n" : QString();
  }
  QStringList export_kinds() const override { return {"txt"}; }
  QString command_line() const override;

 protected:
  void reload() override { follow_event(); }
  void follow_event() override;
  void restyle() override { tell(); }
  void retranslate() override { tell(); }

 private:
  void tell();
  QString head() const;
  QString frames() const;
  QString pick() const;
  QString reasons() const;
  QString where(const replay::Event& event) const;
  QString place_link(const replay::ScenarioPlace& place) const;
  QString row(const QString& name, const QString& html) const;
  void follow(const QUrl& link);

  QTextBrowser* page_;
  replay::Inspection seen_;
};

WhyPanel::WhyPanel(const Context& context) : Panel(context), page_(new QTextBrowser) {
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(4, 4, 4, 4);
  all->addWidget(page_, 1);
  page_->setObjectName("why");
  page_->setOpenLinks(false);
  connect(page_, &QTextBrowser::anchorClicked, this, &WhyPanel::follow);
}

void WhyPanel::follow(const QUrl& link) {
  const QStringList parts = link.path().split(':');
  if (link.scheme() == "row") {
    context().playback.pause();
    context().playback.go_to_row(link.path().toULongLong());
  } else if (link.scheme() == "line" && parts.size() == 2) {
    Q_EMIT context().selection.source_wanted(parts[0].toInt(), parts[1].toInt());
  }
}

void WhyPanel::follow_event() {
  const replay::Recording* recording = context().document.recording();
  const bool any = recording != nullptr && context().selection.any();
  seen_ = any ? recording->inspect(context().selection.row()) : replay::Inspection();
  tell();
}

void WhyPanel::tell() {
  const replay::Recording* recording = context().document.recording();
  if (recording == nullptr || seen_.event.row == replay::kNoRow ||
      seen_.event.row >= recording->rows()) {
    page_->setHtml("<p>" + tr("Choose an event: here stands why it happened.").toHtmlEscaped() +
                   "</p>");
    return;
  }
  page_->setHtml(head() + frames() + pick() + reasons());
}

QString WhyPanel::row(const QString& name, const QString& html) const {
  return "<tr><td style=\"color:" + theme().faint.name() + "\">" + name.toHtmlEscaped() +
         "&nbsp;&nbsp;</td><td>" + html + "</td></tr>";
}

QString WhyPanel::where(const replay::Event& event) const {
  const trace::Scene& scene = context().document.recording()->scene();
  const QString node =
      event.node < scene.nodes.size() ? escaped(scene.nodes[event.node].name) : QString("?");
  return event.stage.empty() ? node : node + ", " + escaped(event.stage);
}

QString WhyPanel::place_link(const replay::ScenarioPlace& place) const {
  const QString name = text_of(place.file).section('/', -1) + ":" + QString::number(place.line);
  return QString("<a href=\"line:%1:%2\">%3</a> <code>%4</code>")
      .arg(place.line)
      .arg(place.column)
      .arg(name.toHtmlEscaped(), escaped(place.command).left(200));
}

QString WhyPanel::head() const {
  const replay::Event& event = seen_.event;
  QString table = row(tr("When"), clock_text(event.time).toHtmlEscaped() + " s");
  table += row(tr("Where"), where(event));
  if (!seen_.connection.empty()) table += row(tr("Connection"), escaped(seen_.connection));
  if (event.packet != 0) table += row(tr("Packet"), QString::number(event.packet));
  if (seen_.cause) {
    const replay::Event cause = context().document.recording()->event(*seen_.cause);
    table += row(tr("Cause"), row_link(cause.row, tr("event %1").arg(cause.row + 1)) + " " +
                                  where(cause) + ": " + escaped(cause.info));
  }
  if (seen_.place) table += row(tr("Scenario"), place_link(*seen_.place));
  for (const auto& [name, text] :
       {std::pair(tr("Hook"), seen_.hook), std::pair(tr("Rule"), seen_.rule),
        std::pair(tr("Route"), seen_.route), std::pair(tr("Next hop"), seen_.neighbour)}) {
    if (!text.empty()) table += row(name, escaped(text));
  }
  QString html = "<h3>" + escaped(event.info) + "</h3><table>" + table + "</table>";
  if (!seen_.output.empty()) html += "<pre>" + escaped(seen_.output) + "</pre>";
  return html;
}

QString WhyPanel::frames() const {
  QString html;
  for (const auto* frame : {&seen_.before, &seen_.after}) {
    if (!*frame) continue;
    const bool in = frame == &seen_.before;
    const trace::Scene& scene = context().document.recording()->scene();
    html += row(in ? tr("In") : tr("Out"),
                row_link((*frame)->row,
                         text_of(scene.interface_text((*frame)->node, (*frame)->interface))) +
                    " " + escaped(wire::summary((*frame)->layers)));
  }
  for (const wire::Change& change : seen_.changes) {
    const trace::Scene& scene = context().document.recording()->scene();
    const QString field = escaped(change.field);
    if (change.kind == wire::Change::Kind::kField)
      html += row("", QString("<span style=\"background-color:%1\">%2: %3 &rarr; %4</span>")
                          .arg(theme().changed.name(), field,
                               escaped(scene.named(change.field, change.from)),
                               escaped(scene.named(change.field, change.to))));
    else
      html += row("", change.kind == wire::Change::Kind::kPushed ? tr("+ %1 header").arg(field)
                                                                 : tr("- %1 header").arg(field));
  }
  return html.isEmpty() ? html : "<p></p><table>" + html + "</table>";
}

QString WhyPanel::pick() const {
  if (!seen_.pick) return {};
  const replay::Pick& pick = *seen_.pick;
  QString table = row(tr("Scheduler"), escaped(pick.scheduler));
  table += row(tr("Service"), escaped(pick.service));
  table += row(tr("Real server"), "<b>" + escaped(pick.destination) + "</b>");
  table += row(tr("Weight"), QString::number(pick.weight));
  table += row(tr("Active before"), QString::number(pick.active));
  table += row(tr("Inactive before"), QString::number(pick.inactive));
  if (pick.count != 0)
    table += row(tr("Place in the list"),
                 tr("%1 of %2, newest first").arg(pick.position).arg(pick.count).toHtmlEscaped());
  return "<h4>" + tr("The director's choice").toHtmlEscaped() + "</h4><table>" + table + "</table>";
}

QString WhyPanel::reasons() const {
  if (seen_.reasons.empty()) return {};
  QString html = "<h4>" + tr("What happened, in order").toHtmlEscaped() + "</h4><ol>";
  for (const replay::Reason& reason : seen_.reasons) {
    const bool here = reason.row == seen_.event.row;
    QString line = reason.stage.empty() ? QString() : "<b>" + escaped(reason.stage) + "</b> ";
    line += escaped(reason.sentence);
    if (!here) line += " " + row_link(reason.row, "\u2192 " + QString::number(reason.row + 1));
    if (reason.place)
      line += "<br>" + tr("asked for by").toHtmlEscaped() + " " + place_link(*reason.place);
    else if (reason.cause)
      line += "<br>" + row_link(*reason.cause, tr("known since event %1").arg(*reason.cause + 1));
    html += here ? "<li style=\"background-color:" + theme().changed.name() + "\">" + line + "</li>"
                 : "<li>" + line + "</li>";
  }
  return html + "</ol>";
}

QString WhyPanel::command_line() const {
  const QString file = context().document.scenario_path();
  if (file.isEmpty()) return {};
  QString line = "lvslab explain " + file;
  if (!seen_.connection.empty()) line += " --connection " + text_of(seen_.connection);
  return line;
}

}  // namespace

Panel* make_why(const Context& context) { return new WhyPanel(context); }

}  // namespace lvslab::gui
