#include "tools/wskafka-load/progress.hpp"

#include "tools/wskafka-load/clock.hpp"
#include "tools/wskafka-load/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace wskafka::load {
namespace {

constexpr int bar_width = 30;
constexpr std::int64_t redraw_gap = 100'000'000;

bool is_terminal() {
  const char* const kind = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && kind != nullptr &&
         std::strcmp(kind, "dumb") != 0;
}

bool wants_colour() {
  const char* const no = std::getenv("NO_COLOR");
  return no == nullptr || *no == '\0';
}

std::string rate(std::uint64_t count, double seconds) {
  return with_commas(static_cast<std::uint64_t>(
      std::llround(static_cast<double>(count) / std::max(seconds, 1e-3))));
}

}  // namespace

progress::progress(const options& asked)
    : quiet_(asked.quiet),
      publishes_(asked.publishes()),
      subscribes_(asked.subscribes()),
      terminal_(is_terminal()),
      colour_(terminal_ && wants_colour()) {}

progress::~progress() {
  erase_bar();
}

void progress::erase_bar() {
  if (!bar_.empty())
    std::fputs("\r\033[K", stderr);
  bar_.clear();
}

void progress::say(const std::string& line) {
  if (quiet_)
    return;
  erase_bar();
  std::fprintf(stderr, "%s\n", line.c_str());
}

void progress::warn(const std::string& line) {
  erase_bar();
  std::fprintf(stderr,
               colour_ ? "\033[33mwarning:\033[0m %s\n" : "warning: %s\n",
               line.c_str());
}

void progress::line(const second& one) {
  std::string text = fmt::format("{:5.0f} s ", one.at + one.length);
  if (publishes_)
    text += fmt::format(" sent {}/s", rate(one.sent, one.length));
  if (subscribes_)
    text += fmt::format("  delivered {}/s", rate(one.delivered, one.length));
  if (!publishes_ && !subscribes_)
    text += fmt::format(" {} connections", with_commas(one.connections));
  if (one.failed > 0)
    text += fmt::format("  failed {}", with_commas(one.failed));
  if (one.p50)
    text += fmt::format("  {}p50 {}  p99 {}  max {}",
                        publishes_ && !subscribes_ ? "late " : "",
                        duration_text(static_cast<double>(*one.p50)),
                        duration_text(static_cast<double>(*one.p99)),
                        duration_text(static_cast<double>(*one.max)));
  text += fmt::format("  cpu: own {:.0f} %", 100 * one.own_cpu);
  if (one.server_cpu)
    text += fmt::format(", server {:.0f} %", 100 * *one.server_cpu);
  if (one.warmup)
    text += "  (warm-up)";
  if (one.drain)
    text += "  (draining)";
  say(text);
}

void progress::bar(const std::string& what, double share) {
  if (quiet_ || !terminal_)
    return;
  const std::int64_t now = now_ns();
  if (!bar_.empty() && now - drawn_ < redraw_gap)
    return;
  drawn_ = now;
  share = std::clamp(share, 0.0, 1.0);
  const int full = static_cast<int>(share * bar_width);
  const std::string done(static_cast<std::size_t>(full), '#');
  const std::string left(static_cast<std::size_t>(bar_width - full), '.');
  bar_ = colour_
             ? fmt::format("\033[32m{}\033[0m{} {:3.0f} % {}", done, left,
                           100 * share, what)
             : fmt::format("{}{} {:3.0f} % {}", done, left, 100 * share, what);
  std::fprintf(stderr, "\r\033[K%s", bar_.c_str());
  std::fflush(stderr);
}

}  // namespace wskafka::load
