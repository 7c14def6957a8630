#include "tools/wskafka-load/client.hpp"

#include "tools/wskafka-load/clock.hpp"
#include "tools/wskafka-load/text.hpp"

#include <fmt/format.h>

namespace wskafka::load {

void client::open(int poll, std::int64_t due) {
  due_ = due;
  link_.start(poll);
}

void client::on_open() {
  opened_ = true;
  const std::int64_t now = now_ns();
  owner_.seen().handshake.add(now - due_);
  if (owner_.shared().asked.what == command::connect)
    owner_.seen().shown.add(now - due_);
  owner_.seen().last_open = now;
  ++owner_.count().opened;
  prepare();
}

void client::ready() {
  ++owner_.count().ready;
}

void client::on_message(std::string_view text) {
  // Nothing was asked for.
  owner_.problem(fmt::format("an unexpected message: {}", excerpt(text)));
}

void client::on_end(const std::string& why, bool asked) {
  loop_counters& count = owner_.count();
  ++count.ended;
  if (!opened_)
    ++count.open_failed;
  else if (!asked)
    ++count.lost;
  if (!asked)
    owner_.problem(why);
}

}  // namespace wskafka::load
