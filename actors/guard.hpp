#pragma once

#include "actors/environment.hpp"

#include <caf/error.hpp>
#include <caf/sec.hpp>

#include <exception>
#include <string>
#include <utility>

namespace wskafka {

/// What an escaped exception does to an actor of kind `Actor`: it is counted,
/// told as an `error` event, `after` runs, and the actor ends. Without it CAF
/// prints to stderr and nobody knows.
template <class Actor, class After>
void guard_handlers(Actor* self, environment& shared, After after) {
  self->set_exception_handler(
      [self, &shared, after](std::exception_ptr thrown) -> caf::error {
        std::string text = std::string("actor ") + self->name() + " failed: ";
        try {
          std::rethrow_exception(std::move(thrown));
        } catch (const std::exception& e) {
          text += e.what();
        } catch (...) {
          text += "unknown exception";
        }
        ++shared.count.actor_failures;
        event_info info;
        info.what = event::error;
        info.text = text;
        shared.events.emit(info);
        after();
        return caf::sec::runtime_error;
      });
}

}  // namespace wskafka
