#include "providers/sqlite/checkpoints.h"

#include <utility>

namespace duroxide::sqlite {

Checkpoints::Checkpoints(std::unique_ptr<Connection> connection,
                         Executor executor)
    : connection_(std::move(connection)), executor_(std::move(executor)) {}

void Checkpoints::AfterCommit(Connection& writer) {
  switch (state_) {
    case State::kIdle:
      if (writer.log_pages() < kLogPages) return;
      state_ = State::kCopying;
      return executor_([this] {
        connection_->Checkpoint();
        state_ = State::kCopied;
      });
    case State::kCopying:
      return;
    case State::kCopied:
      state_ = State::kIdle;
      return writer.Checkpoint();
  }
}

}  // namespace duroxide::sqlite
