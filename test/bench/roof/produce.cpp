#include "test/bench/roof/kafka.hpp"
#include "test/bench/roof/roofs.hpp"
#include "test/bench/roof/times.hpp"
#include "tools/wskafka-load/clock.hpp"
#include "tools/wskafka-load/payload.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>

namespace wskafka::roof {
namespace {

using load::now_ns;

/// Belongs to the thread that polls for reports; atomic for the others' eyes.
struct reports {
  std::atomic<std::uint64_t> stored{0};
  std::atomic<std::uint64_t> failed{0};
  std::int64_t measured_from = 0;
  load::histogram times;
};

/// The message's own opaque is the time at which it was due.
void on_report(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto& to = *static_cast<reports*>(opaque);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++to.failed;
    return;
  }
  ++to.stored;
  const auto due = reinterpret_cast<std::intptr_t>(message->_private);
  if (due >= to.measured_from)
    to.times.add(now_ns() - due);
}

class writer {
 public:
  explicit writer(const kafka_options& asked)
      : asked_(asked),
        kafka_(make_handle(RD_KAFKA_PRODUCER,
                           {{"bootstrap.servers", asked.brokers},
                            {"enable.idempotence", "true"},
                            {"socket.nagle.disable", "true"},
                            {"linger.ms", std::to_string(asked.linger_ms)},
                            {"queue.buffering.max.messages", "0"},
                            {"queue.buffering.max.kbytes", "65536"}},
                           on_report, &reports_)),
        partitions_(partition_count(kafka_.get(), asked.topic)),
        topic_(rd_kafka_topic_new(kafka_.get(), asked.topic.c_str(), nullptr)),
        value_(asked.payload, 'x') {
    mark_.run = load::new_run();
    if (asked.as_json)
      value_.front() = value_.back() = '"';
  }
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;
  ~writer() { rd_kafka_topic_destroy(topic_); }

  json run() {
    std::atomic<bool> over{false};
    // The first record waits for connections and the producer's number; the
    // schedule begins behind it.
    send(now_ns());
    rd_kafka_flush(kafka_.get(), 30'000);
    const std::int64_t start = now_ns() + 1'000'000;
    measured_from_ = start + load::from_seconds(asked_.warmup);
    reports_.measured_from = measured_from_;
    std::thread poller([&] {
      while (!over)
        rd_kafka_poll(kafka_.get(), 50);
    });
    const double all = asked_.warmup + asked_.duration;
    if (asked_.rate > 0)
      paced(start, static_cast<std::uint64_t>(asked_.rate * all));
    else
      flood(start + load::from_seconds(all));
    const bool flushed =
        rd_kafka_flush(kafka_.get(), 30'000) == RD_KAFKA_RESP_ERR_NO_ERROR;
    const double cpu = own_cpu_s() - cpu_before_;
    const double wall = load::to_seconds(now_ns() - measured_from_);
    over = true;
    poller.join();
    if (!flushed || reports_.failed > 0 || reports_.stored != sequence_)
      throw std::runtime_error("of " + std::to_string(sequence_) +
                               " records Kafka stored " +
                               std::to_string(reports_.stored));
    const auto measured = static_cast<double>(sequence_ - warm_);
    return {{"sent", sequence_},
            {"stored", reports_.stored.load()},
            {"cpu_us_per_message", cpu * 1e6 / std::max(measured, 1.0)},
            {"rate", measured / wall},
            {"busy", sender_busy_},
            {"latency_us", times_json(reports_.times)}};
  }

 private:
  void measure_from_here() {
    warm_ = sequence_;
    cpu_before_ = own_cpu_s();
  }

  void send(std::int64_t due) {
    mark_.sequence = static_cast<std::uint32_t>(sequence_);
    mark_.intended = due;
    mark_.lag_us = static_cast<std::uint32_t>((now_ns() - due) / 1000);
    load::write_mark(value_.data() + (asked_.as_json ? 1 : 0), mark_);
    const auto partition = static_cast<std::int32_t>(
        sequence_ % static_cast<std::uint64_t>(partitions_));
    while (!produce_one(partition, due))
      usleep(500);  // its queue is full: the poller makes room
    ++sequence_;
  }

  bool produce_one(std::int32_t partition, std::int64_t due) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    auto* const opaque = reinterpret_cast<void*>(due);
    if (asked_.header_name.empty())
      return rd_kafka_produce(topic_, partition, RD_KAFKA_MSG_F_COPY,
                              value_.data(), value_.size(), nullptr, 0,
                              opaque) == 0;
    // The variadic call is made of casts; this is the same without.
    std::array<rd_kafka_vu_t, 6> what{};
    what[0].vtype = RD_KAFKA_VTYPE_RKT;
    what[0].u.rkt = topic_;
    what[1].vtype = RD_KAFKA_VTYPE_PARTITION;
    what[1].u.i32 = partition;
    what[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    what[2].u.i = RD_KAFKA_MSG_F_COPY;
    what[3].vtype = RD_KAFKA_VTYPE_VALUE;
    what[3].u.mem = {value_.data(), value_.size()};
    what[4].vtype = RD_KAFKA_VTYPE_HEADER;
    what[4].u.header = {asked_.header_name.c_str(), asked_.header_value.data(),
                        static_cast<ssize_t>(asked_.header_value.size())};
    what[5].vtype = RD_KAFKA_VTYPE_OPAQUE;
    what[5].u.ptr = opaque;
    rd_kafka_error_t* const error =
        rd_kafka_produceva(kafka_.get(), what.data(), what.size());
    rd_kafka_error_destroy(error);
    return error == nullptr;
  }

  /// An open loop, woken once a millisecond at most.
  void paced(std::int64_t start, std::uint64_t count) {
    bool measuring = false;
    const double gap = 1e9 / asked_.rate;
    const double cpu_start = own_cpu_s();
    while (sequence_ < count) {
      const std::int64_t now = now_ns();
      if (!measuring && now >= measured_from_) {
        measuring = true;
        measure_from_here();
      }
      for (std::int64_t due = due_at(start, gap);
           sequence_ < count && due <= now_ns(); due = due_at(start, gap))
        send(due);
      // Waking is dearer than what is measured: once a millisecond at most,
      // and when the next is due where that is later.
      const std::int64_t least = gap < 1e6 ? 1'000'000 : 0;
      const std::int64_t rest = std::max(due_at(start, gap) - now_ns(), least);
      usleep(static_cast<useconds_t>(std::max<std::int64_t>(rest, 0) / 1000));
    }
    sender_busy_ =
        (own_cpu_s() - cpu_start) / load::to_seconds(now_ns() - start);
  }

  std::int64_t due_at(std::int64_t start, double gap) const {
    return start +
           static_cast<std::int64_t>(static_cast<double>(sequence_) * gap);
  }

  void flood(std::int64_t until) {
    bool measuring = false;
    while (true) {
      const std::int64_t now = now_ns();
      if (now >= until)
        return;
      if (!measuring && now >= measured_from_) {
        measuring = true;
        measure_from_here();
      }
      for (int i = 0; i < 64; ++i)
        send(now);
    }
  }

  const kafka_options& asked_;
  reports reports_;
  handle kafka_;
  int partitions_;
  rd_kafka_topic_t* topic_;
  std::string value_;
  load::mark mark_;
  std::uint64_t sequence_ = 0;
  std::uint64_t warm_ = 0;
  std::int64_t measured_from_ = 0;
  double cpu_before_ = 0;
  double sender_busy_ = 0;
};

}  // namespace

json produce(const kafka_options& asked) {
  const std::size_t least = load::mark_size + (asked.as_json ? 2 : 0);
  if (asked.payload < least)
    throw std::runtime_error("--payload is at least " + std::to_string(least));
  return writer(asked).run();
}

}  // namespace wskafka::roof
