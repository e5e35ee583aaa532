/// The precompiled header: what nearly every file that includes CAF includes. Files still include what they use, so
/// that they compile without it (PILLAR_PCH=OFF).
#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/message.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/typed_actor.hpp>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include <algorithm>
#include <chrono>
#include <coroutine>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>
