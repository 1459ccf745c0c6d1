// Clients and servers over real host stacks: box 0 is the server, the others are clients.
#include "app/load_bed.h"

namespace lvslab::app {
namespace {

class Load : public LoadBed {};

TEST_F(Load, ATcpConnectionReportsItsWholeLife) {
  serve(text_server());
  add(connection(Duration::milliseconds(5)));
  start();
  lab_->run(Duration::seconds(1));
  EXPECT_TRUE(client().settled());
  EXPECT_EQ(lab_->status(1, 1), "completed");
  const std::vector<NoteKind> kinds = {NoteKind::kAppIntended,    NoteKind::kAppOpened,
                                       NoteKind::kAppEstablished, NoteKind::kAppRequestSent,
                                       NoteKind::kAppFirstByte,   NoteKind::kAppReply,
                                       NoteKind::kAppClosed};
  ASSERT_EQ(lab_->box(1).notes.size(), kinds.size());
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const Note& note = lab_->box(1).notes[i];
    EXPECT_EQ(note.kind, kinds[i]) << i;
    EXPECT_EQ(note.tag.traffic, 1u) << i;
    EXPECT_EQ(note.tag.connection, 1u) << i;
    EXPECT_EQ(note.tag.request, i >= 3 && i <= 5 ? 1u : 0u) << i;
  }
  const std::vector<Note>& notes = lab_->box(1).notes;
  EXPECT_EQ(notes[0].a, lab_->box(0).address.value);
  EXPECT_EQ(notes[0].x, kPort);
  EXPECT_EQ(notes[1].a, lab_->box(1).address.value);
  EXPECT_EQ(notes[1].b, lab_->box(0).address.value);
  EXPECT_EQ(notes[3].v, 3u);
  EXPECT_EQ(notes[3].m, static_cast<std::uint64_t>(Duration::milliseconds(5).ps()));
  EXPECT_EQ(notes[5].v, 5u);
  EXPECT_EQ(notes[6].v, 3u);
  EXPECT_EQ(notes[6].m, 5u);
  ASSERT_EQ(lab_->notes(0, NoteKind::kAppServed).size(), 1u);
  EXPECT_EQ(lab_->notes(0, NoteKind::kAppServed)[0].tag, (Tag{1, 1, 0}));
  EXPECT_EQ(lab_->notes(0, NoteKind::kAppServerReply)[0].tag, (Tag{1, 1, 1}));
}

TEST_F(Load, AnEmptyRequestOnlyConnects) {
  serve(text_server());
  add(connection()).request = {};
  start();
  lab_->run(Duration::seconds(1));
  EXPECT_EQ(lab_->status(1, 1), "completed");
  EXPECT_TRUE(lab_->notes(1, NoteKind::kAppRequestSent).empty());
  EXPECT_EQ(lab_->notes(0, NoteKind::kAppServed).size(), 1u);
}

TEST_F(Load, ALargeReplyIsOneReplyAndItsZerosAreCounted) {
  ServeSpec spec = text_server();
  spec.reply = ServeSpec::Reply::kBytes;
  spec.bytes = 1'000'000;
  serve(spec);
  add(connection());
  start();
  lab_->run(Duration::seconds(5));
  ASSERT_EQ(lab_->notes(1, NoteKind::kAppReply).size(), 1u);
  EXPECT_EQ(lab_->notes(1, NoteKind::kAppReply)[0].v, 1'000'000u);
  EXPECT_EQ(lab_->status(1, 1), "completed");
}

TEST_F(Load, RequestsFollowEachOtherOnOneConnection) {
  serve(text_server());
  add(connection()).requests = 3;
  start();
  lab_->run(Duration::seconds(1));
  const auto replies = lab_->notes(1, NoteKind::kAppReply);
  ASSERT_EQ(replies.size(), 3u);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(replies[i].tag.request, i + 1);
  EXPECT_EQ(lab_->notes(0, NoteKind::kAppServed).size(), 1u);
  EXPECT_EQ(lab_->status(1, 1), "completed");
}

TEST_F(Load, AnEchoGivesBackTextAndZeros) {
  ServeSpec spec = text_server();
  spec.reply = ServeSpec::Reply::kEcho;
  serve(spec);
  add(connection()).request = {"abc", 5'000};
  start();
  lab_->run(Duration::seconds(1));
  ASSERT_EQ(lab_->notes(1, NoteKind::kAppReply).size(), 1u);
  EXPECT_EQ(lab_->notes(1, NoteKind::kAppReply)[0].v, 5'003u);
}

TEST_F(Load, TheServerClosesAfterItsLastReplyWhenThePlanSaysSo) {
  serve(text_server());
  ConnectionPlan& c = add(connection());
  c.close = Closer::kServer;
  c.requests = 2;
  start();
  lab_->run(Duration::seconds(1));
  EXPECT_EQ(lab_->notes(1, NoteKind::kAppReply).size(), 2u);
  EXPECT_EQ(lab_->status(1, 1), "completed");
  // Who closes first keeps TIME-WAIT.
  bool waits = false;
  for (const auto& view : lab_->box(0).sockets.list())
    waits |= view.state == transport::TcpState::kTimeWait;
  EXPECT_TRUE(waits);
}

TEST_F(Load, TheServerClosesAtAPlannedMomentEvenWhenNothingWasSent) {
  serve(text_server());
  ConnectionPlan& c = add(connection());
  c.request = {};
  c.close = Closer::kServer;
  c.close_at_set = true;
  c.close_at = Duration::seconds(3);
  start();
  lab_->run(Duration::milliseconds(2'999));
  EXPECT_EQ(lab_->status(1, 1), "");
  EXPECT_FALSE(client().settled());
  lab_->run(Duration::milliseconds(100));
  EXPECT_EQ(lab_->status(1, 1), "completed");
  EXPECT_TRUE(client().settled());
}

TEST_F(Load, AClientHoldsAndThenCloses) {
  serve(text_server());
  add(connection()).hold =
      Duration::seconds(40);  // longer than the timeout, which does not count here
  start();
  lab_->run(Duration::seconds(39));
  EXPECT_EQ(lab_->status(1, 1), "");
  EXPECT_EQ(client().open(), 1u);
  lab_->run(Duration::seconds(2));
  EXPECT_EQ(lab_->status(1, 1), "completed");
}

TEST_F(Load, AResetClosesAtOnce) {
  serve(text_server());
  add(connection()).close = Closer::kReset;
  start();
  lab_->run(Duration::seconds(1));
  EXPECT_EQ(lab_->status(1, 1), "completed");
  for (const auto& view : lab_->box(0).sockets.list())
    EXPECT_EQ(view.state, transport::TcpState::kListen);
}

TEST_F(Load, OneThatIsNeverClosedIsOpenAndSettled) {
  serve(text_server());
  add(connection()).close = Closer::kNever;
  start();
  lab_->run(Duration::seconds(100));
  EXPECT_EQ(lab_->status(1, 1), "open");
  EXPECT_TRUE(client().settled());
  bool established = false;
  for (const auto& v : lab_->box(1).sockets.list())
    established |= v.state == transport::TcpState::kEstablished;
  EXPECT_TRUE(established);
}

TEST_F(Load, MessagesWithTimesOfTheirOwnAreSentThenAndAnswered) {
  serve(text_server());
  ConnectionPlan& c = add(connection());
  c.send = {{Duration::seconds(2), {"two", 0}}, {Duration::seconds(50), {"", 5}}};
  start();
  lab_->run(Duration::seconds(60));
  const auto sent = lab_->notes(1, NoteKind::kAppRequestSent);
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_EQ(sent[1].m, static_cast<std::uint64_t>(Duration::seconds(2).ps()));
  EXPECT_EQ(sent[2].m, static_cast<std::uint64_t>(Duration::seconds(50).ps()));
  EXPECT_EQ(lab_->times(1, NoteKind::kAppRequestSent)[2], Duration::seconds(50));
  EXPECT_EQ(lab_->status(1, 1), "completed");
}

TEST_F(Load, AClosedPortIsRefused) {
  add(connection());
  start();
  lab_->run(Duration::seconds(1));
  EXPECT_EQ(lab_->status(1, 1), "refused");
  EXPECT_TRUE(client().settled());
}

TEST_F(Load, ARefusedConnectionIsTriedAgainUnderTheSameNumber) {
  add(connection()).retry = 2;
  start();
  lab_->run(Duration::seconds(1));
  EXPECT_EQ(lab_->notes(1, NoteKind::kAppOpened).size(), 3u);
  EXPECT_EQ(lab_->notes(1, NoteKind::kAppIntended).size(), 1u);
  ASSERT_EQ(lab_->notes(1, NoteKind::kAppClosed).size(), 1u);
  EXPECT_EQ(lab_->status(1, 1), "refused");
}

}  // namespace
}  // namespace lvslab::app
