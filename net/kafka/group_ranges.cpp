#include "net/kafka/group_handle.hpp"

#include <utility>

/// What a group's handle does about partitions whose next record is not there:
/// it finds out what is.
namespace wskafka::kafka {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds patience{5000};
constexpr milliseconds pause_after_failure{500};

/// The others of its topic come right behind, and all go on together.
constexpr milliseconds gathering{100};

}  // namespace

void group_handle::on_out_of_range(const topic_partition& at) {
  lost_.insert(at);
  ask_at_ = clock::now() + gathering;
  around_.by->due(ask_at_);
}

void group_handle::ask_ranges() {
  ask_at_ = clock::time_point::max();
  if (lost_.empty() || std::exchange(asking_, true))
    return;
  around_.workers->run([self = shared_from_this(), client = client_,
                        of = std::vector<topic_partition>(
                            lost_.begin(), lost_.end())]() mutable {
    auto ranges =
        find_ranges(client->get(), of, std::nullopt, clock::now() + patience);
    // The closer waits for the client to be let go.
    client.reset();
    self->post([ranges = std::move(ranges)](group_handle& handle) {
      handle.on_ranges(ranges);
    });
  });
}

void group_handle::on_ranges(const std::vector<log_range>& ranges) {
  asking_ = false;
  for (const log_range& range : ranges) {
    if (lost_.count(range.at) == 0)
      continue;  // Assigned anew meanwhile.
    if (range.error) {
      around_.watch->note(range.error->message);
      continue;
    }
    lost_.erase(range.at);
    emit(out_of_range{range});
  }
  if (lost_.empty())
    return;
  ask_at_ = clock::now() + pause_after_failure;
  around_.by->due(ask_at_);
}

}  // namespace wskafka::kafka
