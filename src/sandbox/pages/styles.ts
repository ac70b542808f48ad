/** The one style sheet of the sandbox's pages. Light and dark follow the reader's system. */
export const styles = `
:root {
  color-scheme: light dark;
  --bg: #fafafa; --card: #fff; --line: #e3e3e6; --text: #16161a; --soft: #70707a; --tint: #f1f1f4;
  --warm: linear-gradient(45deg, #f9ae43, #e0567a 55%, #8a3fc6); --blue: #2f6fed; --red: #d93a4a; --green: #1d9a60;
}
@media (prefers-color-scheme: dark) {
  :root { --bg: #0e0e11; --card: #17171c; --line: #2b2b32; --text: #f3f3f6; --soft: #9a9aa6; --tint: #212128; --blue: #5b8fff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); line-height: 1.45;
  font: 15px/1.45 Inter, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
a { color: inherit; text-decoration: none; }
h1, h2, p { margin: 0; }
.top { position: sticky; top: 0; z-index: 5; display: flex; align-items: center; gap: 16px; padding: 12px 24px;
  background: color-mix(in srgb, var(--bg) 86%, transparent); backdrop-filter: blur(14px); border-bottom: 1px solid var(--line); }
.brand { display: flex; align-items: center; gap: 10px; font-weight: 700; font-size: 19px; letter-spacing: -.03em; }
.mark { width: 26px; height: 26px; border-radius: 8px; background: var(--warm); position: relative; }
.mark::after { content: ""; position: absolute; inset: 6px; border: 2.5px solid #fff; border-radius: 50%; }
.hint { color: var(--soft); font-size: 13px; }
main { max-width: 940px; margin: 0 auto; padding: 0 20px 80px; }
.avatar { --size: 34px; flex: none; display: inline-grid; place-items: center; width: var(--size); height: var(--size);
  border-radius: 50%; color: #fff; font-weight: 650; font-size: calc(var(--size) * .42);
  background: linear-gradient(140deg, hsl(var(--hue) 72% 60%), hsl(calc(var(--hue) + 50) 68% 44%)); }
.avatar.large { --size: 124px; box-shadow: 0 0 0 4px var(--bg), 0 0 0 7px #e0567a; }
.avatar.story { --size: 58px; }
.profile { display: flex; gap: 52px; align-items: center; padding: 44px 20px 28px; }
.profile h2 { display: flex; align-items: center; gap: 12px; font-size: 21px; font-weight: 600; letter-spacing: -.01em; }
.chip { padding: 3px 9px; border-radius: 99px; background: var(--tint); color: var(--soft); font-size: 11.5px; font-weight: 550; }
.chip.bad { background: color-mix(in srgb, var(--red) 16%, transparent); color: var(--red); }
.counts { display: flex; gap: 30px; margin: 14px 0 12px; }
.counts b { font-weight: 650; }
.bio { color: var(--soft); max-width: 46ch; }
.bio strong { display: block; color: var(--text); font-weight: 600; }
.stories { display: flex; gap: 20px; padding: 4px 20px 24px; overflow-x: auto; }
.stories a { width: 72px; text-align: center; font-size: 12px; color: var(--soft); }
.ring { display: block; width: 72px; height: 72px; padding: 3px; border-radius: 50%; background: var(--warm); margin-bottom: 6px; }
.ring img, .ring video { width: 100%; height: 100%; object-fit: cover; border-radius: 50%; border: 3px solid var(--bg); display: block; }
.jobs { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px; margin: 0 0 22px; }
.job { display: flex; align-items: center; gap: 14px; padding: 9px 16px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; font-size: 14px; }
.job .what { flex: 1; min-width: 0; }
.job .cut { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.job small { color: var(--soft); font-size: 12.5px; } .job .what small { display: block; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.dot { flex: none; width: 12px; height: 12px; border-radius: 50%; background: var(--soft); }
.dot.FINISHED { background: var(--green); }
.dot.ERROR, .dot.EXPIRED { background: var(--red); }
.dot.IN_PROGRESS { background: none; border: 2.5px solid var(--line); border-top-color: #e0567a; width: 16px; height: 16px; animation: turn .9s linear infinite; }
@keyframes turn { to { transform: rotate(1turn); } }
.grid { display: grid; grid-template-columns: repeat(3, 1fr); gap: 4px; }
.tile { position: relative; aspect-ratio: 4 / 5; background: var(--tint); overflow: hidden; display: block; }
.grid .tile:first-child { border-top-left-radius: 14px; }
.tile img, .tile video { width: 100%; height: 100%; object-fit: cover; display: block; transition: transform .5s; }
.tile:hover img, .tile:hover video { transform: scale(1.04); }
.badge { position: absolute; top: 10px; right: 10px; display: flex; padding: 5px; border-radius: 8px; background: #0007; backdrop-filter: blur(6px); }
.badge svg { width: 15px; height: 15px; fill: #fff; }
.over { position: absolute; inset: auto 0 0; padding: 46px 14px 12px; color: #fff; font-size: 13px;
  background: linear-gradient(transparent, #000b); }
.over p { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
.over time { opacity: .8; font-size: 12px; }
.empty { padding: 46px 20px; text-align: center; color: var(--soft); border: 1.5px dashed var(--line); border-radius: 14px; }
.quiet { display: flex; flex-wrap: wrap; gap: 10px; padding: 34px 0 0; border-top: 1px solid var(--line); margin-top: 56px; }
.quiet h2 { width: 100%; font-size: 13px; font-weight: 600; color: var(--soft); }
.quiet span.one { display: flex; align-items: center; gap: 10px; padding: 7px 16px 7px 8px; border: 1px solid var(--line); border-radius: 99px; background: var(--card); font-size: 13.5px; }
.post { display: grid; grid-template-columns: minmax(0, 1.25fr) minmax(280px, .75fr); margin-top: 32px; background: var(--card);
  border: 1px solid var(--line); border-radius: 16px; overflow: hidden; }
.stage { background: #0b0b0d; display: flex; overflow-x: auto; scroll-snap-type: x mandatory; min-height: 320px; }
.stage > * { flex: 0 0 100%; width: 100%; max-height: 82vh; object-fit: contain; scroll-snap-align: center; margin: auto; }
.side { display: flex; flex-direction: column; border-left: 1px solid var(--line); }
.who { display: flex; align-items: center; gap: 12px; padding: 16px 18px; border-bottom: 1px solid var(--line); font-weight: 600; }
.words { flex: 1; padding: 18px; white-space: pre-wrap; overflow-wrap: anywhere; }
.facts { margin: 0; padding: 16px 18px; border-top: 1px solid var(--line); display: grid; grid-template-columns: auto 1fr; gap: 6px 18px; font-size: 13px; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.consent { max-width: 468px; margin: 48px auto; background: var(--card); border: 1px solid var(--line); border-radius: 20px; overflow: hidden; box-shadow: 0 18px 60px #0000000f; }
.consent header { padding: 34px 32px 22px; text-align: center; }
.pair { display: flex; justify-content: center; align-items: center; gap: 14px; margin-bottom: 20px; color: var(--soft); }
.pair .mark { width: 52px; height: 52px; border-radius: 16px; } .pair .mark::after { inset: 12px; border-width: 4px; }
.pair .avatar { --size: 52px; border-radius: 16px; }
.consent h1 { font-size: 20px; font-weight: 650; letter-spacing: -.015em; line-height: 1.3; }
.consent header p { color: var(--soft); margin-top: 8px; font-size: 14px; }
.consent fieldset { border: 0; margin: 0; padding: 0 20px 8px; }
.consent legend { padding: 10px 12px 6px; font-size: 12.5px; font-weight: 600; color: var(--soft); }
.pick { display: flex; align-items: center; gap: 14px; padding: 10px 12px; border-radius: 12px; cursor: pointer; }
.pick:hover { background: var(--tint); }
.pick div { flex: 1; font-weight: 550; } .pick small { display: block; color: var(--soft); font-weight: 400; }
.pick input { width: 20px; height: 20px; accent-color: var(--blue); margin: 0; }
.scopes { margin: 6px 32px 20px; padding: 14px 18px; border-radius: 12px; background: var(--tint); font-size: 13px; color: var(--soft); }
.scopes summary { cursor: pointer; color: var(--text); font-weight: 550; } .scopes ul { margin: 10px 0 0; padding: 0; list-style: none; } .scopes label { display: flex; gap: 8px; padding: 3px 0; }
.actions { display: grid; gap: 10px; padding: 8px 32px 30px; }
button { font: inherit; font-weight: 600; padding: 12px; border: 0; border-radius: 12px; cursor: pointer; background: var(--tint); color: var(--text); }
button.yes { background: var(--blue); color: #fff; }
.switch { text-align: center; padding: 0 32px 26px; font-size: 13.5px; color: var(--soft); } .switch a { color: var(--blue); font-weight: 550; }
@media (max-width: 720px) {
  .hint { display: none; } .profile { gap: 22px; padding: 28px 4px 20px; } .avatar.large { --size: 78px; }
  .counts { gap: 16px; font-size: 14px; } .jobs { grid-template-columns: minmax(0, 1fr); } .post { grid-template-columns: 1fr; } .side { border-left: 0; } .over p { -webkit-line-clamp: 1; }
}
`;
