// How a page looks: light and dark as the reader's system is, wide and narrow, and on paper. Every text stands out from its
// ground at 4.5 to 1 or more, in the cells of a matrix, too. No `<` and no `&`: the page is XML as well.
#pragma once

#include <weir/core/abi.hpp>

#include <string_view>

namespace weir::inline WEIR_ABI {

namespace charts {

inline constexpr std::string_view page_style = R"css(
:root{--ground:#f5f6f8;--card:#fff;--ink:#1a2330;--muted:#556172;--rule:#dde2e8;--s0:#1c5fa8;--s1:#b44d08;--s2:#1e774b;
--s3:#853aa3;--s4:#a02049;--s5:#586610;--shadow:0 1px 2px rgb(20 30 50/.07);color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--ground:#11151b;--card:#191f28;--ink:#e7ebf1;--muted:#a5b0be;--rule:#323c49;
--s0:#6cb0fd;--s1:#f49b50;--s2:#5fca90;--s3:#d095eb;--s4:#f3839f;--s5:#bdca50;--shadow:none}}
*{box-sizing:border-box}
html{scroll-behavior:smooth}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",
"DejaVu Sans",sans-serif;overflow-wrap:anywhere}
header,main,footer,nav ul{max-width:1100px;margin:0 auto;padding:0 24px}
header{padding-top:40px}
header p,footer{color:var(--muted)}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .3em;letter-spacing:-.01em}
h2{font-size:1.35rem;margin:2.4em 0 .7em;padding-bottom:.3em;border-bottom:2px solid var(--rule)}
h3{font-size:1.05rem;margin:1.8em 0 .6em}
p{max-width:75ch;margin:.5em 0 1em}
a{color:var(--s0)}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--s0);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-999em}
.skip:focus{left:16px;top:8px;background:var(--card);padding:8px 14px;z-index:2}
nav{margin-top:18px}
nav ul{display:flex;flex-wrap:wrap;gap:4px 22px;list-style:none}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,150px),1fr));gap:14px;margin:1em 0 1.4em}
.tiles div,figure{background:var(--card);border:1px solid var(--rule);border-radius:10px;box-shadow:var(--shadow)}
.tiles div{padding:14px 16px;display:flex;flex-direction:column}
.tiles dt{color:var(--muted);font-size:.88rem}
.tiles dd{margin:0;font-size:1.45rem;font-weight:600;white-space:nowrap;font-variant-numeric:tabular-nums;line-height:1.3;letter-spacing:-.01em}
.tiles dd+dd{font-size:.85rem;white-space:normal;font-weight:400;color:var(--muted);line-height:1.4;letter-spacing:0;margin-top:2px}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,430px),1fr));gap:18px;align-items:start}
figure{margin:0 0 2px;padding:16px 18px 12px}
figure h3,figure h4{margin:0 0 .6em;font-size:1.02rem}
figcaption p{color:var(--muted);font-size:.92rem;margin:.5em 0}
svg{display:block;width:100%;height:auto;max-width:560px;margin:0 auto;overflow:visible}
svg text{fill:var(--ink);font:12.5px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;
font-variant-numeric:tabular-nums}
svg .tick{font-size:11.5px}
svg .count{font-size:15px;font-weight:600}
svg .small{font-size:12px}
svg .halo{paint-order:stroke;stroke:var(--card);stroke-width:4px}
.grid{stroke:var(--rule)}
.axis{stroke:var(--muted)}
.diagonal{stroke:var(--muted);stroke-dasharray:2 5}
.mark{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:5 4}
.whisker{stroke:var(--ink);stroke-width:1.5}
.line{fill:none;stroke-width:2.2;stroke-linejoin:round}
.area{fill-opacity:.16}
.dot{fill-opacity:.65}
.s0{--c:var(--s0)}.s1{--c:var(--s1);stroke-dasharray:7 4}.s2{--c:var(--s2);stroke-dasharray:2 3}
.s3{--c:var(--s3);stroke-dasharray:10 3 2 3}.s4{--c:var(--s4);stroke-dasharray:4 2}.s5{--c:var(--s5);stroke-dasharray:14 4}
.line{stroke:var(--c)}.area,.dot{fill:var(--c)}
.bar{fill:var(--s0);fill-opacity:.75}
.below{fill:var(--s1)}
.cell{stroke:var(--rule);stroke-width:1}
.right{fill:var(--s0)}.wrong{fill:var(--s1)}
.h0{fill-opacity:0}.h1{fill-opacity:.08}.h2{fill-opacity:.14}.h3{fill-opacity:.2}.h4{fill-opacity:.26}.h5{fill-opacity:.32}
.h6{fill-opacity:.38}.h7{fill-opacity:.44}.h8{fill-opacity:.5}
.scroll{overflow-x:auto;margin:.6em 0 1.2em}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.93rem}
caption{text-align:left;color:var(--muted);padding:2px 0 6px;font-size:.9rem}
th,td{padding:5px 22px 5px 0;text-align:left;vertical-align:top;overflow-wrap:break-word;max-width:32em;
border-bottom:1px solid var(--rule)}
th{font-weight:600}
td.number,th.number{text-align:right;white-space:nowrap}
tbody th{font-weight:500}
details{margin-top:.6em;font-size:.95rem}
summary{cursor:pointer;color:var(--s0);width:fit-content}
.notes li{margin:.3em 0;max-width:90ch}
.verdict{background:var(--card);border:1px solid var(--rule);border-left:5px solid var(--s0);border-radius:6px;padding:10px 16px;
max-width:none}
.verdict.warns{border-left-color:var(--s1)}
footer{padding-top:36px;padding-bottom:48px;font-size:.9rem}
@media (max-width:560px){header,main,footer,nav ul{padding-left:16px;padding-right:16px}header{padding-top:24px}
h1{font-size:1.5rem}figure{padding:12px 10px 10px}.tiles{grid-template-columns:1fr 1fr;gap:10px}.tiles div{padding:10px 12px}
.tiles dd{font-size:1.3rem}svg text{font-size:14.5px}svg .tick{font-size:13.5px}svg .small{font-size:13px}}
@media print{:root{--ground:#fff;--card:#fff;--ink:#000;--muted:#444;--rule:#ccc;--s0:#1c5fa8;--s1:#b44d08;--s2:#1e774b;
--s3:#853aa3;--s4:#a02049;--s5:#586610;--shadow:none}body{font-size:10.5pt}nav,.skip,details:not([open]){display:none}
figure,.tiles div,tr{break-inside:avoid}h2,h3{break-after:avoid}.scroll{overflow:visible}}
)css";

}  // namespace charts

}  // namespace weir::inline WEIR_ABI
