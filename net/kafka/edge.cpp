#include "net/kafka/edge.hpp"

#include "net/kafka/edge_impl.hpp"
#include "net/kafka/error.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

namespace wskafka::kafka {
namespace {

/// librdkafka finds some mistakes only when a handle is made; the first
/// subscriber is not to find them. Without an address it connects to nothing.
failure try_consumer(const config::options& options, const reaper& graves) {
  result<client_handle> trial = make_consumer(options, {}, "trial", {});
  if (!trial)
    return trial.error;
  graves.destroy(std::move(*trial.value), {},
                 RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  return {};
}

result<std::unique_ptr<edge>> make(const config::options& options,
                                   edge_listener& events) {
  edge_impl::parts made;
  if (options.kafka.host.empty()) {
    auto embedded = embedded_broker::start();
    if (!embedded)
      return {std::nullopt, embedded.error};
    made.embedded = std::move(*embedded.value);
    made.address = {made.embedded->address(), made.embedded->address(), true};
  } else {
    const std::string& own = options.consumer.host;
    made.address = {options.kafka.host, own.empty() ? options.kafka.host : own,
                    false};
  }
  const failure wrong = try_consumer(options, made.graves);
  if (!wrong.code.empty())
    return {std::nullopt, wrong};
  auto admin = make_admin(options, made.address);
  if (!admin)
    return {std::nullopt, admin.error};
  auto producer = make_producer(options, made.address);
  if (!producer)
    return {std::nullopt, producer.error};
  made.admin = std::move(*admin.value);
  made.producer = std::move(*producer.value);
  return {std::make_unique<edge_impl>(options, events, std::move(made)), {}};
}

/// How long what was made for a trial may take to go.
constexpr std::chrono::seconds trial_patience{5};

}  // namespace

std::vector<failure> edge::refusals(const config::options& options) {
  const reaper graves;
  std::vector<failure> found;
  const auto note = [&](const failure& wrong) {
    const bool told = std::any_of(
        found.begin(), found.end(),
        [&](const failure& each) { return each.message == wrong.message; });
    if (!wrong.code.empty() && !told)
      found.push_back(wrong);
  };
  const auto try_one = [&](result<client_handle> trial) {
    if (trial)
      graves.destroy(std::move(*trial.value));
    else
      note(trial.error);
  };
  note(try_consumer(options, graves));
  try_one(make_producer(options, {}));
  try_one(make_admin(options, {}));
  graves.wait(std::chrono::steady_clock::now() + trial_patience);
  return found;
}

result<std::unique_ptr<edge>> edge::open(const config::options& options,
                                         edge_listener& events) {
  try {
    return make(options, events);
  } catch (const std::system_error& e) {
    return {
        std::nullopt,
        own_failure("INTERNAL",
                    std::string("cannot open the Kafka edge: ") + e.what())};
  }
}

}  // namespace wskafka::kafka
