#include "conformance/locked.h"

namespace duroxide::conformance {

std::ostream& operator<<(std::ostream& out, const LockedItem& locked) {
  return out << "instance \"" << locked.item().instance() << "\", execution "
             << locked.item().execution_id() << ", "
             << locked.item().messages_size() << " message(s), attempt "
             << locked.attempt_count() << ", token \"" << locked.token()
             << "\"";
}

std::ostream& operator<<(std::ostream& out, const LockedWork& locked) {
  const v1::ActivityExecuteItem& activity = locked.item().activity_execute();
  return out << "activity " << activity.id() << " \"" << activity.name()
             << "\" of instance \"" << activity.instance() << "\", attempt "
             << locked.attempt_count() << ", token \"" << locked.token()
             << "\"";
}

}  // namespace duroxide::conformance
