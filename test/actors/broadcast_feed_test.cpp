#include "actors/broadcast.hpp"
#include "test/actors/feed_talk.hpp"

using namespace wskafka;
using test::feed_talk;
using test::json;
using test::strings;

TEST_SUITE_BEGIN("actors/broadcast_feed");

TEST_CASE_FIXTURE(feed_talk,
                  "what memory has comes from there, then the rest") {
  begin();
  join(1);
  produce(3);
  produce(2);
  open(2);
  resume(2, at(1));
  CHECK(tails().locates.empty());
  const json reply = answered(2);
  CHECK(reply.at("pos") == json::parse(at(1)));
  CHECK(reply.at("recovered") == true);
  CHECK(got(2) == offsets(1, 5));
  produce(2);
  CHECK(got(2) == offsets(5, 7));
  CHECK(got(1) == offsets(0, 7));
  CHECK(w.kafka.past->reads.empty());
  CHECK(w.count.delivered == 5 + 4 + 2 * 2);
}

TEST_CASE("that it has caught up is told before its shard can tell of more") {
  using std::chrono::seconds;
  test::actor_world w;
  w.kafka.set_topic("a", 1);
  const auto hub = std::make_shared<tail_hub>();
  const auto member = test::listen_as_connection(w.actors, w.inbound);
  const auto actor = w.actors.spawn<broadcast>(
      w.shared, "a", *w.kafka.tails(hub, w.book.open()).value, hub,
      w.kafka.history(), test::listen_as_gateway(w.actors, w.inbound));
  const auto tell = [&](auto message) {
    caf::anon_send(actor, std::move(message));
    w.run();
  };
  const peer one = w.open(1);
  join_broadcast join{one, 5, broadcast_member{member}, seconds(60)};
  join.start = std::make_shared<start_point>();
  tell(join);
  w.kafka.tail_reader().start();
  w.run();
  ws::join_channel joins;
  joins.channel = w.inbound.take_one<broadcast_ready>().channel;
  joins.behind = true;
  w.sockets.send({one.ref, joins});
  w.sockets.on_last = [&] {
    caf::anon_send(member, broadcast_caught_up{6, "a"});
  };
  tell(feed_member{1, 5});
  const auto caught_up = w.inbound.take<broadcast_caught_up>();
  REQUIRE(caught_up.size() == 2);
  CHECK(caught_up[0].subscription == 5);
}

TEST_CASE_FIXTURE(feed_talk, "memory is sent a chunk for each write") {
  begin();
  join(1);
  for (int i = 0; i < 10; ++i)
    produce(1);
  open(2);
  leave_credit(2, 70);
  resume(2, at(0));
  const auto text = w.sockets.take_text(2);
  // The reply has used up the credit: one frame goes all the same.
  CHECK(text.size() == 1 + 1);
  produce(1);
  CHECK(w.sockets.take_text(2).empty());
  // Who comes later does not wait for it.
  open(3);
  resume(3, at(5));
  answered(3);
  CHECK(got(3) == offsets(5, 11));
  CHECK(got(2) == offsets(1, 11));
  produce(1);
  CHECK(got(2) == offsets(11, 12));
}

TEST_CASE_FIXTURE(feed_talk, "the words for a start") {
  begin();
  join(1);
  produce(4);
  open(2);
  SUBCASE("latest") {
    resume(2, R"("latest")");
    CHECK(answered(2).at("pos") == json::parse(at(4)));
    CHECK(got(2).empty());
  }
  SUBCASE("earliest") {
    resume(2, R"("earliest")");
    tails().log_begins[{"a", 0}] = 1;
    tell_ranges();
    const json reply = answered(2);
    CHECK(reply.at("pos") == json::parse(at(1)));
    CHECK(reply.count("recovered") == 0);
    CHECK(got(2) == offsets(1, 4));
  }
  SUBCASE("a time") {
    resume(2, R"({"timestamp":1234})");
    REQUIRE(tails().locates.size() == 1);
    CHECK(tails().locates[0].time == 1234);
    tell_ranges(3);
    CHECK(answered(2).at("pos") == json::parse(at(3)));
    CHECK(got(2) == offsets(3, 4));
  }
  SUBCASE("a list without the partition: its first record") {
    resume(2, "[]");
    tails().log_begins[{"a", 0}] = 2;
    tell_ranges();
    const json reply = answered(2);
    CHECK(reply.at("pos") == json::parse(at(2)));
    CHECK(reply.at("recovered") == true);
    CHECK(got(2) == offsets(2, 4));
  }
  produce(1);
  CHECK(got(2) == offsets(4, 5));
}

TEST_CASE_FIXTURE(feed_talk, "a partition that is not there is refused") {
  begin();
  join(1);
  open(2);
  resume(2, R"([{"topic":"a","partition":7,"offset":0}])");
  CHECK(reply(2) == "UNKNOWN_TOPIC_OR_PARTITION");
  produce(1);
  CHECK(got(2).empty());
}

TEST_CASE_FIXTURE(feed_talk, "what is older comes from Kafka, to the seam") {
  begin();
  tails_begin_at(10);
  join(1);
  produce(5);
  open(2);
  resume(2, at(2));
  tell_ranges();
  CHECK(replies(2).empty());
  REQUIRE(read().from.size() == 1);
  CHECK(read().from[0].offset == 2);
  read_tells(kafka::history_begun{});
  const json reply = answered(2);
  CHECK(reply.at("pos") == json::parse(at(2)));
  CHECK(reply.at("recovered") == true);
  SUBCASE("that a record crosses") {
    read_gives(2, 6);
    produce(1);
    CHECK(got(2) == offsets(2, 6));
    read_gives(6, 12);
    CHECK(got(2) == offsets(6, 16));
  }
  SUBCASE("that the end of the log crosses") {
    // Nothing but control records at 8 and 9.
    read_gives(2, 8);
    read_tells(kafka::history_end{0});
    strings expected = offsets(2, 8);
    for (const std::string& each : offsets(10, 15))
      expected.push_back(each);
    CHECK(got(2) == expected);
    produce(1);
  }
  CHECK(read().ended);
  produce(1);
  CHECK(got(2).back() == "16");
  CHECK(read().payer->held(net::direction::out) == 0);
}

TEST_CASE_FIXTURE(feed_talk, "what leaves memory during a read is read next") {
  w.kafka.set_topic("a", 2);
  w.options.consumer.broadcast_history = 1;
  begin();
  tails_begin_at(10);
  open(1);
  ask(1, R"("a")");
  tails().start(2);
  w.run();
  tails().fetch({"a", 1}, 1);
  w.run();
  open(2);
  resume(2, R"([{"topic":"a","partition":0,"offset":8},)"
            R"({"topic":"a","partition":1,"offset":0}])");
  tell_ranges();
  read_tells(kafka::history_begun{});
  answered(2);
  CHECK(read().from.size() == 1);
  // Memory has room for one flush.
  produce(1);
  read_gives(8, 11);
  CHECK(got(2) == offsets(8, 11));
  REQUIRE(w.kafka.past->reads.size() == 2);
  REQUIRE(read().from.size() == 1);
  CHECK(read().from[0].at.partition == 1);
  CHECK(read().from[0].offset == 0);
  read().tell_records(1, 0, 1);
  w.run();
  CHECK(got(2) == offsets(0, 1));
  CHECK(read().ended);
  produce(1);
  CHECK(got(2) == offsets(11, 12));
}

TEST_CASE_FIXTURE(feed_talk, "a read is paid for until it is written") {
  begin();
  tails_begin_at(10);
  join(1);
  open(2);
  resume(2, at(0));
  tell_ranges();
  read_tells(kafka::history_begun{});
  read_gives(0, 3);
  // Not before the reply is out.
  CHECK(answered(2).at("s") == 0);
  CHECK(read().payer->held(net::direction::out) > 0);
  CHECK(got(2) == offsets(0, 3));
  CHECK(read().payer->held(net::direction::out) == 0);
  SUBCASE("or who asked for it has gone") {
    read_gives(3, 6);
    close(2);
  }
  SUBCASE("or has unsubscribed") {
    read_gives(3, 6);
    unsubscribe(2);
  }
  CHECK(read().ended);
  read_gives(6, 8);
  CHECK(read().payer->held(net::direction::out) == 0);
}

TEST_CASE_FIXTURE(feed_talk, "what retention took is told") {
  begin();
  tails_begin_at(10);
  join(1);
  open(2);
  resume(2, at(2));
  tails().log_begins[{"a", 0}] = 5;
  SUBCASE("at once") {
    tell_ranges();
    CHECK(read().from[0].offset == 5);
    read_tells(kafka::history_begun{});
    const json reply = answered(2);
    CHECK(reply.at("pos") == json::parse(at(5)));
    CHECK(reply.at("recovered") == false);
    read_gives(5, 10);
    strings expected{"2-5 retention"};
    for (const std::string& each : offsets(5, 10))
      expected.push_back(each);
    CHECK(got(2) == expected);
  }
  SUBCASE("while it is being read") {
    tails().log_begins[{"a", 0}] = 0;
    tell_ranges();
    read_tells(kafka::history_begun{});
    CHECK(answered(2).at("recovered") == true);
    read_gives(2, 4);
    CHECK(got(2) == offsets(2, 4));
    tails().log_begins[{"a", 0}] = 7;
    read_tells(kafka::history_failed{
        0, {"OFFSET_OUT_OF_RANGE", "Gone.", false}, true, false});
    tell_ranges();
    CHECK(w.kafka.past->reads.size() == 2);
    CHECK(read().from[0].offset == 7);
    read_tells(kafka::history_begun{});
    read_gives(7, 10);
    CHECK(got(2) == strings{"4-7 retention", "7", "8", "9"});
  }
}

TEST_CASE_FIXTURE(feed_talk, "one topic of several has lost something") {
  begin();
  tails_begin_at(10);
  join(1);
  open(2);
  say(2, R"({"id":1,"t":"topic","a":"subscribe","p":{"t":["a","b"],)"
         R"("broadcast":true,"from":[{"topic":"a","partition":0,"offset":2},)"
         R"({"topic":"b","partition":0,"offset":0}]}})");
  tails().log_begins[{"a", 0}] = 5;
  tell_ranges();
  CHECK(replies(2).empty());
  read_tells(kafka::history_begun{});
  const json reply = answered(2);
  CHECK(reply.at("pos") ==
        json::parse(R"([{"topic":"a","partition":0,"offset":5},)"
                    R"({"topic":"b","partition":0,"offset":0}])"));
  CHECK(reply.at("recovered") == false);
}

TEST_CASE_FIXTURE(feed_talk, "a position beyond the log was of another") {
  begin();
  tails_begin_at(10);
  SUBCASE("whose first record is next") {
    join(1);
    open(2);
    resume(2, at(50));
    tell_ranges();
    read_tells(kafka::history_begun{});
    CHECK(answered(2).at("recovered") == false);
    read_gives(0, 10);
    strings expected{"50-0 truncated"};
    for (const std::string& each : offsets(0, 10))
      expected.push_back(each);
    CHECK(got(2) == expected);
  }
  SUBCASE("whose end is next, by outOfRangeOffset") {
    w.options.consumer.out_of_range_offset = config::start_offset::latest;
    join(1);
    open(2);
    resume(2, at(50));
    tell_ranges();
    const json reply = answered(2);
    CHECK(reply.at("pos") == json::parse(at(10)));
    CHECK(reply.at("recovered") == false);
    CHECK(got(2) == strings{"50-10 truncated"});
    produce(1);
    CHECK(got(2) == strings{"10"});
  }
}

TEST_CASE_FIXTURE(feed_talk, "who has seen more than we have waits for it") {
  begin();
  join(1);
  open(2);
  resume(2, at(4));
  tails().log_ends[{"a", 0}] = 5;
  tell_ranges();
  CHECK(answered(2).at("recovered") == true);
  produce(3);
  CHECK(got(2).empty());
  produce(3);
  CHECK(got(2) == offsets(4, 6));
  produce(1);
  CHECK(got(2) == offsets(6, 7));
}

TEST_CASE_FIXTURE(feed_talk, "gaps are told to those who named a start") {
  begin();
  join(1);
  open(2);
  resume(2, at(0));
  CHECK(answered(2).at("s") == 0);
  produce(2);
  tails().jump({"a", 0}, 5, false);
  w.run();
  produce(1);
  CHECK(got(1) == strings{"0", "1", "5"});
  CHECK(got(2) == strings{"0", "1", "2-5 retention", "5"});
  SUBCASE("records that are too large among them") {
    w.options.websocket.max_record_out = 100;
    fetch(std::string(200, 'x'));
    produce(1);
    CHECK(got(1) == strings{"7"});
    CHECK(got(2) == strings{"6-7 oversized", "7"});
  }
  SUBCASE("and a topic created anew") {
    tails().jump({"a", 0}, 0, true);
    w.run();
    produce(1);
    CHECK(got(1) == strings{"0"});
    CHECK(got(2) == strings{"6-0 truncated", "0"});
    // What memory had of the one before is forgotten.
    open(3);
    resume(3, at(0));
    CHECK(answered(3).at("recovered") == true);
    CHECK(got(3) == strings{"0"});
  }
}

TEST_CASE_FIXTURE(feed_talk, "a failure to read is told, or tried again") {
  begin();
  tails_begin_at(10);
  join(1);
  open(2);
  const kafka::failure full{"LIMIT_REACHED", "Too many.", true};
  const kafka::failure away{"TIMEOUT", "No answer.", true};
  SUBCASE("told when there are too many") {
    w.kafka.past->refused = full;
    resume(2, at(2));
    tell_ranges();
    CHECK(reply(2) == "LIMIT_REACHED");
  }
  SUBCASE("told when no handle can be made") {
    resume(2, at(2));
    tell_ranges();
    read_tells(kafka::history_failed{0, full, false, true});
    CHECK(reply(2) == "LIMIT_REACHED");
  }
  SUBCASE("told when the log cannot be found") {
    resume(2, at(2));
    tails().fail_locates({"TOPIC_AUTHORIZATION_FAILED", "No.", false});
    w.run();
    CHECK(reply(2) == "TOPIC_AUTHORIZATION_FAILED");
  }
  SUBCASE("the question again") {
    resume(2, at(2));
    tails().fail_locates(away);
    w.run();
    w.advance(std::chrono::milliseconds(300));
    tell_ranges();
    read_tells(kafka::history_begun{});
    CHECK(answered(2).at("s") == 0);
    read_gives(2, 10);
    CHECK(got(2) == offsets(2, 10));
  }
  SUBCASE("the read again") {
    resume(2, at(2));
    tell_ranges();
    read_tells(kafka::history_begun{});
    CHECK(answered(2).at("s") == 0);
    read_gives(2, 5);
    read_tells(kafka::history_failed{0, away, false, true});
    CHECK(got(2) == offsets(2, 5));
    w.advance(std::chrono::milliseconds(300));
    CHECK(w.kafka.past->reads.size() == 2);
    read_tells(kafka::history_begun{});
    read_gives(5, 10);
    CHECK(got(2) == offsets(5, 10));
  }
  SUBCASE("the read again, at its time whatever comes meanwhile") {
    resume(2, at(2));
    tell_ranges();
    read_tells(kafka::history_begun{});
    CHECK(answered(2).at("s") == 0);
    w.kafka.past->refused = full;
    read_tells(kafka::history_failed{0, away, false, true});
    produce(1);
    CHECK(w.kafka.past->refusals == 0);
    w.advance(std::chrono::milliseconds(201));
    CHECK(w.kafka.past->refusals == 1);
    for (int i = 0; i < 5; ++i)
      produce(1);
    CHECK(w.kafka.past->refusals == 1);
    w.advance(std::chrono::milliseconds(201));
    CHECK(w.kafka.past->refusals == 2);
    w.kafka.past->refused.reset();
    w.advance(std::chrono::milliseconds(201));
    read_tells(kafka::history_begun{});
    read_gives(2, 10);
    CHECK(got(2) == offsets(2, 16));
  }
  SUBCASE("its deadline ends the wait") {
    resume(2, at(2));
    tell_ranges();
    w.advance(w.options.kafka.request_timeout + std::chrono::milliseconds(1));
    CHECK(reply(2) == "TIMEOUT");
    CHECK(read().ended);
  }
  SUBCASE("the stop") {
    resume(2, at(2));
    tell_ranges();
    stop();
    CHECK(reply(2) == "SHUTTING_DOWN");
    CHECK(read().ended);
  }
}

TEST_SUITE_END();
