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

fetch_room::fetch_room(const consumer_shape& client)
    : half_records_(static_cast<std::size_t>(client.queue_records) / 2),
      half_bytes_(static_cast<std::size_t>(client.queue_kbytes) * 1024 / 2) {}

bool fetch_room::polled(std::size_t records, std::size_t bytes, bool emptied) {
  records_ += records;
  bytes_ += bytes;
  const bool half = records_ >= half_records_ || bytes_ >= half_bytes_;
  if (emptied)
    records_ = bytes_ = 0;
  return half;
}

void fetch_pacer::has_room(poller& by) {
  if (!std::exchange(has_room_, true))
    by.due(woken_at_ + wake_pause);
}

fetch_pacer::clock::time_point fetch_pacer::tick(rd_kafka_t* client,
                                                 clock::time_point now) {
  if (!has_room_)
    return clock::time_point::max();
  if (now < woken_at_ + wake_pause)
    return woken_at_ + wake_pause;
  has_room_ = false;
  woken_at_ = now;
  wake_fetchers(client, login_);
  return clock::time_point::max();
}

}  // namespace wskafka::kafka
