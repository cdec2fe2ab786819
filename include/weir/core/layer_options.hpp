// How a layer's options travel: into a file and a text, and back into a layer.
//
// A layer with options either lists them itself (core/fields.hpp), or has
//   struct Settings { ... fields(visit, settings) }   all that a file says of it
//   Settings settings() const
//   static L made(const Settings&, Shape input)       for samples of that shape; weights are zero
// and may have
//   static void adapt(ConfigReader&, Settings&, Shape input)   completes options that depend on the samples,
//                                                              and complains of those that do not fit them
//   static double values_needed(const Settings&, Shape input)  of parameters and buffers, before they are
//   taken
// A layer that lists nothing has no options.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/config.hpp>
#include <weir/core/error.hpp>
#include <weir/core/fields.hpp>

#include <type_traits>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

template <class L>
concept ListsOptions = requires(FieldWriter visit, const L layer) {
  L::fields(visit, layer);
};
template <class L>
concept HasSettings = requires(const L layer) {
  layer.settings();
};

/// What a layer without options has in their place.
struct NoSettings {
  template <class Visitor, class Options>
  static void fields(Visitor&, Options&) noexcept {}
};

template <class L>
[[nodiscard]] auto empty_settings() {
  if constexpr (HasSettings<L>) {
    return typename L::Settings{};
  } else if constexpr (ListsOptions<L>) {
    return L{};
  } else {
    return NoSettings{};
  }
}
template <class L>
using SettingsOf = decltype(empty_settings<L>());

/// The settings that `config` gives for samples of that shape; complaints stay in the reader.
template <class L>
[[nodiscard]] SettingsOf<L> read_settings(ConfigReader& reader, Shape input) {
  SettingsOf<L> settings = empty_settings<L>();
  read_fields(reader, settings);
  if constexpr (requires { L::adapt(reader, settings, input); }) {
    if (reader.ok()) L::adapt(reader, settings, input);
  }
  return settings;
}

/// How many values a layer of that config would take; 0 for one that takes none, or that would be refused.
template <class L>
[[nodiscard]] double values_needed(const Config& config, Shape input) {
  using Settings = SettingsOf<L>;
  if constexpr (requires(const Settings settings) { L::values_needed(settings, input); }) {
    ConfigReader reader(L::kind, config);
    const Settings settings = read_settings<L>(reader, input);
    return reader.ok() ? L::values_needed(settings, input) : 0.0;
  } else {
    return 0.0;
  }
}

}  // namespace detail

/// A layer's options as named values, in the order of their list.
template <class L>
[[nodiscard]] Config config_of(const L& layer) {
  if constexpr (requires { layer.config(); }) {  // of a kind known at run time
    return layer.config();
  } else if constexpr (detail::HasSettings<L>) {
    return config_from(layer.settings());
  } else if constexpr (detail::ListsOptions<L>) {
    return config_from(layer);
  } else {
    return {};
  }
}

namespace detail {

/// What `use` makes of the layer of these options for samples of that shape; or why there is none.
template <class L, class Use>
[[nodiscard]] auto with_config(const Config& config, Shape input, Use use)
    -> Result<std::invoke_result_t<Use, L>> {
  ConfigReader reader(L::kind, config);
  const auto settings = read_settings<L>(reader, input);
  if (!reader.ok()) return reader.failure();
  if constexpr (HasSettings<L>) {
    return reader.finish(use(L::made(settings, input)));
  } else if constexpr (ListsOptions<L>) {
    return reader.finish(use(settings));
  } else {
    return reader.finish(use(L{}));
  }
}

}  // namespace detail

/// The layer of these options for samples of that shape, with weights of zero; or why there is none.
template <class L>
[[nodiscard]] Result<L> from_config(const Config& config, Shape input) {
  return detail::with_config<L>(config, input, [](L layer) { return layer; });
}

/// What there is to choose of a layer, for docs and programs.
template <class L>
[[nodiscard]] std::vector<FieldText> options_of() {
  return field_texts(detail::empty_settings<L>());
}

}  // namespace weir::inline WEIR_ABI
