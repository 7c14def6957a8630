#include "net/kafka/fetch_wake.hpp"

#include <utility>

namespace wskafka::kafka {
namespace {

constexpr std::chrono::milliseconds wake_pause{5};

}  // namespace

void wake_fetchers([[maybe_unused]] rd_kafka_t* client,
                   [[maybe_unused]] const credentials& as_configured) {
#if RD_KAFKA_VERSION < 0x02020000
  // A side effect, not a promise: the call ends by waking all broker threads.
  // It sets what is set already, so nothing else changes.
  const error_handle ignored(rd_kafka_sasl_set_credentials(
      client, as_configured.user.c_str(), as_configured.password.c_str()));
#endif
}

void fetch_pacer::consumed(poller& by) {
  if (!std::exchange(consumed_, true))
    by.due(woken_at_ + wake_pause);
}

fetch_pacer::clock::time_point fetch_pacer::tick(rd_kafka_t* client,
                                                 clock::time_point now) {
  if (!consumed_)
    return clock::time_point::max();
  if (now < woken_at_ + wake_pause)
    return woken_at_ + wake_pause;
  consumed_ = false;
  woken_at_ = now;
  wake_fetchers(client, login_);
  return clock::time_point::max();
}

}  // namespace wskafka::kafka
