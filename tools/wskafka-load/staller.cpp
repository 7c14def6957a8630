#include "tools/wskafka-load/staller.hpp"

namespace wskafka::load {

void staller::on_message(std::string_view text) {
  if (positioned())
    return;  // It came with the reply, or with the close.
  subscriber::on_message(text);
  if (positioned())
    link_.stop_reading();
}

void staller::on_end(const std::string& why, bool asked) {
  if (!positioned()) {
    subscriber::on_end(why, asked);
    return;
  }
  // Who does not read hears of it only when it reads again, to say good-bye.
  constexpr int normal = 1000;
  if (!asked || link_.close_code() != normal)
    ++owner_.count().stalled_closed;
  subscriber::on_end(why, true);
}

}  // namespace wskafka::load
