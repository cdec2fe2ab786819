// A page that needs nothing besides itself: no other file, no host, no script. Its parts, and the page they make:
//
//   PageTable table{"Rows by class", {"class", "rows"}, {{"benign", {52734.0, "52,734"}}}};
//   const std::string html = page("ids.weir", "judged on day2.csv", {{"rows", "Rows", draw(table)}});
//
// A number in a table has its exact value besides what people read: <data value="0.97213">97.21 %</data>.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/core/version.hpp>
#include <weir/report/markup.hpp>
#include <weir/report/page_style.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace charts {

/// "52,734"
[[nodiscard]] inline std::string grouped(std::int64_t count) {
  std::string digits = std::to_string(count);
  const std::size_t sign = count < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > sign + 3;) digits.insert(at -= 3, ",");
  return digits;
}

/// Of a table: a text, or a number and how it is written.
struct Cell {
  Markup content{};
  bool number = false;

  Cell(std::string_view of) : content(text(of)) {}
  Cell(const std::string& of) : content(text(of)) {}
  Cell(const char* of) : content(text(of)) {}
  /// What is not finite has no value, but words.
  Cell(double value, std::string_view written)
      : content(std::isfinite(value) ? element("data", {{"value", exact(value)}}, text(written))
                                     : text(written)),
        number(true) {}
  /// A count.
  template <std::integral Count>
  Cell(Count count) : Cell(static_cast<double>(count), grouped(static_cast<std::int64_t>(count))) {}
};

/// With four decimals.
[[nodiscard]] inline Cell number_cell(double value) { return {value, number_text(value)}; }
/// In per cent.
[[nodiscard]] inline Cell share_cell(double value) { return {value, percent_text(value)}; }

/// The first cell of a row says what the row is about.
struct PageTable {
  std::string caption{};
  std::vector<std::string> head{};
  std::vector<std::vector<Cell>> rows{};
};

/// A large figure of a page, what it is, and what it means.
struct Tile {
  std::string name{};
  Cell value;
  std::string meaning{};
};

struct PageSection {
  std::string id{};
  std::string title{};
  Markup content{};
};

/// It scrolls by itself where it is wider than the page.
[[nodiscard]] Markup draw(const PageTable& table);
[[nodiscard]] Markup draw(const std::vector<Tile>& tiles);
/// A drawing under its title, with words, and with its data on demand.
[[nodiscard]] Markup figure(std::string_view title, const Markup& drawing, std::string_view caption,
                            const Markup& data = {});
[[nodiscard]] Markup list_of(const std::vector<std::string>& sentences);
/// A sentence to be seen first; one that warns is marked.
[[nodiscard]] Markup verdict(std::string_view sentence, bool warns);

/// The whole document.
[[nodiscard]] std::string page(std::string_view title, std::string_view subtitle,
                               const std::vector<PageSection>& sections, std::string_view footer);

/// What stands at the foot of our pages.
[[nodiscard]] std::string made_by_weir();

#if WEIR_BODIES

WEIR_BODY std::string made_by_weir() {
  return "Made by weir " + std::to_string(WEIR_VERSION_MAJOR) + "." + std::to_string(WEIR_VERSION_MINOR) +
         "." + std::to_string(WEIR_VERSION_PATCH) + ". All on this page is in this file.";
}

namespace detail {

[[nodiscard]] inline Markup row_of(const std::vector<Cell>& cells) {
  Markup row;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const char* kind = cells[i].number ? "number" : "words";
    row += i == 0 ? element("th", {{"scope", "row"}, {"class", kind}}, cells[i].content)
                  : element("td", {{"class", kind}}, cells[i].content);
  }
  return element("tr", row);
}

}  // namespace detail

WEIR_BODY Markup draw(const PageTable& table) {
  Markup head, body;
  for (std::size_t i = 0; i < table.head.size(); ++i) {
    const bool number = !table.rows.empty() && i < table.rows[0].size() && table.rows[0][i].number;
    head += element("th", {{"scope", "col"}, {"class", number ? "number" : "words"}}, text(table.head[i]));
  }
  for (const std::vector<Cell>& row : table.rows) body += detail::row_of(row);
  return element("div",
                 {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", table.caption}},
                 element("table", words("caption", table.caption) + element("thead", element("tr", head)) +
                                      element("tbody", body)));
}

WEIR_BODY Markup draw(const std::vector<Tile>& tiles) {
  Markup list;
  for (const Tile& tile : tiles) {
    list += element("div", words("dt", tile.name) + element("dd", tile.value.content) +
                               (tile.meaning.empty() ? Markup() : words("dd", tile.meaning)));
  }
  return element("dl", {{"class", "tiles"}}, list);
}

WEIR_BODY Markup figure(std::string_view title, const Markup& drawing, std::string_view caption,
                        const Markup& data) {
  const Markup below = (caption.empty() ? Markup() : words("p", caption)) +
                       (data.empty() ? Markup() : element("details", words("summary", "Data") + data));
  return element("figure",
                 words("h3", title) + drawing + (below.empty() ? below : element("figcaption", below)));
}

WEIR_BODY Markup list_of(const std::vector<std::string>& sentences) {
  Markup items;
  for (const std::string& sentence : sentences) items += words("li", sentence);
  return items.empty() ? items : element("ul", {{"class", "notes"}}, items);
}

WEIR_BODY Markup verdict(std::string_view sentence, bool warns) {
  return element("p", {{"class", warns ? "verdict warns" : "verdict"}}, text(sentence));
}

WEIR_BODY std::string page(std::string_view title, std::string_view subtitle,
                           const std::vector<PageSection>& sections, std::string_view footer) {
  Markup links, content;
  for (const PageSection& section : sections) {
    const std::string heading = section.id + "-heading";
    links += element("li", element("a", {{"href", "#" + section.id}}, text(section.title)));
    content += element("section", {{"id", section.id}, {"aria-labelledby", heading}},
                       element("h2", {{"id", heading}}, text(section.title)) + section.content);
  }
  const Markup head =
      element("meta", {{"charset", "utf-8"}}) +
      element("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}) +
      element("meta", {{"http-equiv", "Content-Security-Policy"},
                       {"content", "default-src 'none'; style-src 'unsafe-inline'"}}) +
      words("title", title) + element("style", Markup::literal(std::string(page_style)));
  const Markup body = element("a", {{"class", "skip"}, {"href", "#content"}}, text("To the content")) +
                      element("header", words("h1", title) + words("p", subtitle)) +
                      element("nav", {{"aria-label", "Sections"}}, element("ul", links)) +
                      element("main", {{"id", "content"}}, content) + element("footer", text(footer));
  return "<!DOCTYPE html>\n" +
         element("html", {{"lang", "en"}, {"xmlns", "http://www.w3.org/1999/xhtml"}},
                 element("head", head) + element("body", body))
             .str() +
         "\n";
}

#endif

}  // namespace charts

}  // namespace weir::inline WEIR_ABI
