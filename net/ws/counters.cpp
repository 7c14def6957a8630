#include "net/ws/counters.hpp"

namespace wskafka::ws {

void counters::add_to(statistics& sum) const {
  sum.accepted += accepted.get();
  sum.refused_origin += refused_origin.get();
  sum.refused_limit += refused_limit.get();
  sum.refused_other += refused_other.get();
  sum.open += open.get();
  sum.frames_in += frames_in.get();
  sum.bytes_in += bytes_in.get();
  sum.frames_out += frames_out.get();
  sum.bytes_out += bytes_out.get();
  sum.pings += pings.get();
  sum.pongs += pongs.get();
  sum.over_budget += over_budget.get();
  sum.read_pauses += read_pauses.get();
  sum.undeliverable += undeliverable.get();
  sum.accept_errors += accept_errors.get();
  sum.failures += failures.get();
  for (std::size_t i = 0; i < close_reasons; ++i)
    sum.closed[i] += closed[i].get();
}

}  // namespace wskafka::ws
