#include "tools/wskafka/log_line.hpp"

#include <doctest/doctest.h>

#include <string>

using wskafka::event;
using wskafka::event_info;
using wskafka::cli::log_line;

namespace {

nlohmann::json parsed(const log_line& line) {
  return nlohmann::json::parse('{' + line.json() + '}');
}

bool printable(const std::string& line) {
  for (const char c : line)
    if (c < ' ' || c > '~')
      return false;
  return true;
}

}  // namespace

TEST_SUITE("tools/wskafka/log_line") {
  TEST_CASE("nobody outside writes a line, or to the terminal") {
    // With a group's name a client chooses what is logged.
    const struct {
      std::string from, shown;
    } rows[] = {
        {"a\nready", R"(a\nready)"},
        {"a\r\tb", R"(a\r\tb)"},
        {std::string("a\0b", 3), R"(a\u0000b)"},
        {"\x1b[2J", R"(\u001b[2J)"},
        {"\x7f", R"(\u007f)"},
        // C1's "next line" and "control sequence", Unicode's line separator.
        {"\xc2\x85\xc2\x9b", R"(\u0085\u009b)"},
        {"\xe2\x80\xa8", R"(\u2028)"},
        {"no \xff UTF-8", R"(no \ufffd UTF-8)"},
        // These stay as they are for people.
        {R"(say "x" \ y)", R"(say "x" \ y)"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.shown);
      event_info info;
      info.what = event::consumer_error;
      info.group = row.from;
      info.text = row.from;
      const log_line line = log_line::of(info);
      CHECK(line.text() ==
            "consumer-error group=" + row.shown + " " + row.shown);
      CHECK(printable(line.json()));
      CHECK(log_line::of(row.from).text() == row.shown);
      if (row.shown.find("ufffd") == std::string::npos)
        CHECK(parsed(line).at("text") == row.from);
    }
  }

  TEST_CASE("an event's line has what it has, in order, and nothing else") {
    event_info info;
    info.what = event::ws_close;
    info.ws = 7;
    info.code = 1006;
    info.text = "lost";
    CHECK(log_line::of(info).text() == "ws-close ws=7 code=1006 reason=lost");
    CHECK(log_line::of(info).json() ==
          R"("event":"ws-close","ws":7,"code":1006,"reason":"lost")");
    info = {};
    info.what = event::producer_error;
    info.ws = 7;
    info.count = 3;
    info.text = "Too large.";
    CHECK(log_line::of(info).text() ==
          "producer-error ws=7 count=3 Too large.");
    info = {};
    info.what = event::producer_ready;
    CHECK(log_line::of(info).text() == "producer-ready");
  }

  TEST_CASE("a line that stands for others says for how many") {
    log_line line = log_line::of("down");
    line.repeated(12);
    CHECK(line.text() == "down left_out=12");
    CHECK(parsed(line).at("left_out") == 12);
  }
}
