// The makers of all panels, named in table.cpp.
#pragma once

namespace lvslab::gui {

struct Context;
class Panel;

Panel* make_topology(const Context& context);
Panel* make_ladder(const Context& context);
Panel* make_charts(const Context& context);
Panel* make_why(const Context& context);
Panel* make_layers(const Context& context);
Panel* make_bytes(const Context& context);
Panel* make_tables(const Context& context);
Panel* make_lessons(const Context& context);
Panel* make_source(const Context& context);
Panel* make_terminal(const Context& context);
Panel* make_comparison(const Context& context);
Panel* make_events(const Context& context);

}  // namespace lvslab::gui
