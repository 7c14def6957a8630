#include "net/kafka/fetch_wake.hpp"

namespace wskafka::kafka {

void wake_fetchers([[maybe_unused]] rd_kafka_t* client,
                   [[maybe_unused]] const credentials& as_configured) {
#if RD_KAFKA_VERSION < 0x02020000
  // A side effect, not a promise: the call ends by waking all broker threads.
  // It sets what is set already, so nothing else changes.
  const error_handle ignored(rd_kafka_sasl_set_credentials(
      client, as_configured.user.c_str(), as_configured.password.c_str()));
#endif
}

}  // namespace wskafka::kafka
