#include "providers/sqlite/checkpoints.h"

#include <utility>

namespace duroxide::sqlite {

Checkpoints::Checkpoints(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)), thread_([this] { Loop(); }) {}

Checkpoints::~Checkpoints() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Checkpoints::AfterCommit(Connection& writer) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::kCopying) return;
    if (state_ == State::kIdle) {
      if (writer.log_pages() < kLogPages) return;
      state_ = State::kCopying;
      wake_.notify_one();
      return;
    }
    state_ = State::kIdle;
  }
  writer.Checkpoint();
}

void Checkpoints::Loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || state_ == State::kCopying; });
    if (stopping_) return;
    lock.unlock();
    connection_->Checkpoint();
    lock.lock();
    state_ = State::kCopied;
  }
}

}  // namespace duroxide::sqlite
