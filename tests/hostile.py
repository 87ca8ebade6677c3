"""Texts that somebody may have in a name, and that nothing may take for more than a text."""

from __future__ import annotations

HOSTILE = [
    "<script>window.__pwned = 1</script>",
    "</script><script>window.__pwned = 2</script>",
    '"><img src=x onerror="window.__pwned = 3">',
    "`${window.__pwned = 4}`",
    "{{ 7 * 7 }}{% raw %}{# x #}",
    "' + (window.__pwned = 5) + '",
    "C:\\2019\\u0041\\x41 \\",
    "one\u2028two\u2029three",
    "\u202eabc\u202d \u05e9\u05dc\u05d5\u05dd العربية",
    "🏠👩‍👩‍👧 emoji 𠮷野家",
    "javascript:window.__pwned=6",
    "<!--<script>",
    "]]>&lt;b&gt;&amp;",
    "$& $1 $$ {n} {name}",
    "__proto__",
    "长" * 10_000,
    "{% raw %}{{ '' }}{% endraw %}",
    "nul \x00, bell \x07, escape \x1b[31m, delete \x7f",
    '=HYPERLINK("javascript:window.__pwned=7","x")',
    "@SUM(1)*cmd|' /C calc'!A0",
    "+1+1",
    "＝1+1",
    "'a quote of its own",
    'a, "quoted"; text\tof $\\frac{1}{2}$',
]
"""Markup, templates, JavaScript, spreadsheets, terminals, directions of writing, letters beyond 16 bits, and length."""
